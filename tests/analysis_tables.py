"""Tables for the tests of the analysis: a small invented hierarchy, and the real files beside the checkout."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from graph.selection import Tables
from ontology import iris

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
SOURCE = "test"

# Normandie holds 14 and 61, Occitanie 48 and 30; EPCI-200000003 crosses 48 and 30; EPCI-200000004 holds an EPT.
_TERRITORIES: list[tuple[str, str, str, int | None, list[str]]] = [
    ("FRA", "France", "pays", 66_000_000, []),
    ("REG-28", "Normandie", "region", 3_300_000, ["FRA"]),
    ("REG-76", "Occitanie", "region", 6_000_000, ["FRA"]),
    ("REG-11", "Île-de-France", "region", 12_000_000, ["FRA"]),
    ("DEP-14", "Calvados", "departement", 700_000, ["REG-28"]),
    ("DEP-61", "Orne", "departement", 270_000, ["REG-28"]),
    ("DEP-28", "Eure-et-Loir", "departement", 430_000, []),
    ("DEP-48", "Lozère", "departement", 76_000, ["REG-76"]),
    ("DEP-30", "Gard", "departement", 750_000, ["REG-76"]),
    ("DEP-93", "Seine-Saint-Denis", "departement", 1_700_000, ["REG-11"]),
    ("DEP-978", "Saint-Martin", "collectivite", 31_000, ["FRA"]),
    ("EPCI-200000001", "CU de Caen", "epci", 270_000, ["DEP-14"]),
    ("EPCI-200000002", "CC de Mende", "epci", 16_000, ["DEP-48"]),
    ("EPCI-200000003", "CC des Causses", "epci", 5_000, ["REG-76"]),
    ("EPCI-200000004", "Métropole", "epci", 7_000_000, ["REG-11"]),
    ("EPT-200000005", "Plaine", "ept", 400_000, ["DEP-93", "EPCI-200000004"]),
    ("COM-14118", "Caen", "commune", 108_000, ["EPCI-200000001", "DEP-14"]),
    ("COM-14327", "Hérouville", "commune", 22_000, ["EPCI-200000001", "DEP-14"]),
    ("COM-61001", "Alençon", "commune", 25_000, ["DEP-61"]),
    ("COM-48095", "Mende", "commune", 12_000, ["EPCI-200000002", "DEP-48"]),
    ("COM-48001", "Causse d'en haut", "commune", 100, ["EPCI-200000003", "DEP-48"]),
    ("COM-30001", "Causse d'en bas", "commune", 0, ["EPCI-200000003", "DEP-30"]),
    ("COM-93066", "Saint-Denis", "commune", 150_000, ["EPT-200000005", "EPCI-200000004", "DEP-93"]),
    ("COM-97801", "Saint-Martin", "commune", 31_000, ["DEP-978"]),
]

Parented = tuple[str, str, str, list[str]]
Place = tuple[str, str | None]
Dated = tuple[str, str | None, str | None, str | None]


def actor(key: str) -> str:
    return iris.mint("actor", SOURCE, key)


def alliance(key: str) -> str:
    return iris.mint("alliance", SOURCE, key)


def territories() -> pl.DataFrame:
    rows = [(iris.territory(row[0]), *row) for row in _TERRITORIES]
    schema = ["iri", "id", "name", "level", "population", "parents"]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(
        siren=pl.when(pl.col("level").is_in(["epci", "ept"])).then(pl.col("id").str.split("-").list.last()),
        old_codes=pl.when(pl.col("id") == "COM-14118").then(pl.lit(["14119"])).otherwise(pl.lit([])),
    )


def small(
    actors: Sequence[Place] = (),
    alliances: Sequence[Place | Dated] = (),
    memberships: Sequence[tuple[str, str]] = (),
    persons: Sequence[str] = (),
) -> Tables:
    """Actors (key, seat), alliances (key, place[, start, end]) and memberships (alliance, actor), undated."""
    people = [(key, None) for key in persons]
    actor_rows = [
        (actor(key), key, key.title(), kind, seat)
        for kind, chosen in (("association", actors), ("person", people))
        for key, seat in chosen
    ]
    alliance_rows = [
        (alliance(key), key, key.title(), "food", place, *(dates or (None, None))) for key, place, *dates in alliances
    ]
    member_rows = [(alliance(one), actor(other), "partner", None, None) for one, other in memberships]
    return Tables(
        _strings(actor_rows, ("iri", "id", "name", "kind", "territory")),
        _strings(alliance_rows, ("iri", "id", "name", "kind", "territory", "start", "end")),
        _strings(member_rows, ("alliance", "actor", "role", "start", "end")),
        territories(),
    )


def real() -> Tables:
    """The ecosystem and the territories of 2026, straight from their files; skips where they are not."""
    if not SHARED.is_dir():
        pytest.skip("the real data is not beside this checkout")
    alliances, dates = _real_alliances()
    return Tables(_real_actors(), alliances, _real_memberships(dates), _real_territories())


def rows_of(name: str) -> list[dict[str, str]]:
    with (SHARED / "ecosystem" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seat_of(row: dict[str, str]) -> str | None:
    places = (("COM-", "seat_insee"), ("DEP-", "seat_departement"), ("REG-", "seat_region"))
    return next((prefix + row[column] for prefix, column in places if row.get(column)), None)


def place_of(row: dict[str, str]) -> str | None:
    prefixes = {"commune": "COM-", "epci": "EPCI-", "departement": "DEP-", "region": "REG-"}
    return prefixes[row["scope"]] + row["territory_code"] if row["territory_code"] else None


def _real_actors() -> pl.DataFrame:
    rows = [
        (iris.mint("actor", "ecosystem", row["id"]), row["id"], row["name"], row["kind"], seat_of(row))
        for row in rows_of("actors.csv") + rows_of("local_actors.csv")
    ]
    return _strings(rows, ("iri", "id", "name", "kind", "territory"))


def _real_alliances() -> tuple[pl.DataFrame, dict[str, tuple[str | None, str | None]]]:
    dates = {row["id"]: (row["start"] or None, row["end"] or None) for row in rows_of("alliances.csv")}
    rows = [
        (iris.mint("alliance", "ecosystem", row["id"]), row["id"], row["name"], row["kind"], place_of(row))
        + dates[row["id"]]
        for row in rows_of("alliances.csv")
    ]
    return _strings(rows, ("iri", "id", "name", "kind", "territory", "start", "end")), dates


def _real_memberships(dates: dict[str, tuple[str | None, str | None]]) -> pl.DataFrame:
    rows = [
        (
            iris.mint("alliance", "ecosystem", row["alliance_id"]),
            iris.mint("actor", "ecosystem", row["actor_id"]),
            row["role"],
            *dates[row["alliance_id"]],
        )
        for row in rows_of("alliance_members.csv")
    ]
    return _strings(rows, ("alliance", "actor", "role", "start", "end"))


def _real_territories() -> pl.DataFrame:
    """Every level with 1,000 inhabitants each: these files are here for what lies in what."""
    files = {
        name: json.loads((SHARED / "opendata" / "territoires" / f"{name}.json").read_text("utf-8")) for name in _FILES
    }
    communes = [row for row in files["communes"] if row["type"] == "commune-actuelle"]
    departement = {row["code"]: row["departement"] for row in communes}
    rows: list[Parented] = [("FRA", "France", "pays", [])]
    rows += [("REG-" + row["code"], row["nom"], "region", ["FRA"]) for row in files["regions"] if row["zone"] != "com"]
    rows += [_real_departement(row) for row in files["departements"]]
    groups: dict[str, list[str]] = {}
    for prefix, level in (("EPCI-", "epci"), ("EPT-", "ept")):
        for row in files[level]:
            held = {departement[member["code"]] for member in row["membres"]}
            rows.append((prefix + row["code"], row["nom"], level, ["DEP-" + held.pop()] if len(held) == 1 else []))
            for member in row["membres"]:
                groups.setdefault(member["code"], []).append(prefix + row["code"])
    for row in communes:
        parents = ["DEP-" + row["departement"], *groups.get(row["code"], [])]
        rows.append(("COM-" + row["code"], row["nom"], "commune", parents))
    frame = pl.DataFrame(rows, schema=["id", "name", "level", "parents"], orient="row", infer_schema_length=None)
    return frame.with_columns(iri=pl.lit(iris.territory("-").removesuffix("-")) + pl.col("id"), population=pl.lit(1000))


def _real_departement(row: dict[str, str]) -> Parented:
    overseas = row["zone"] == "com"
    level = "collectivite" if overseas else "departement"
    return "DEP-" + row["code"], row["nom"], level, ["FRA" if overseas else "REG-" + row["region"]]


_FILES = ("regions", "departements", "epci", "ept", "communes")


def _strings(rows: Sequence[tuple[str | None, ...]], columns: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
