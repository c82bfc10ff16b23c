"""Build the shipped territory reference from the publishers' files, byte for byte the same each time.

    python tools/build_territories.py SOURCE_FOLDER [--out FOLDER]

SOURCE_FOLDER holds `territoires/` (the JSON files of the npm package `@etalab/decoupage-administratif`
and `communes_points.csv`) and `geo/` (`regions.geojson`, `departements.geojson`, `epci.geojson`).
`loaders/data/territories/README.md` says what the two files written hold, and why.
"""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Item = Mapping[str, Any]  # one object of the publishers' JSON, whose shape is theirs
Row = Mapping[str, object]
Ring = Sequence[Sequence[float]]

OUT = Path(__file__).parents[1] / "loaders" / "data" / "territories"
TERRITORY_COLUMNS = ("code", "level", "name", "siren", "population", "longitude", "latitude", "parents", "wkt")
COMMUNE_COLUMNS = (
    "insee", "name", "siren", "population", "longitude", "latitude", "epci", "ept", "departement", "old_codes",
)  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """The publishers' files, read."""

    regions: list[Item]
    departements: list[Item]
    communes: list[Item]
    """Communes of today alone, by code."""
    parts: list[Item]
    """Delegated and associated communes and municipal arrondissements."""
    epci: list[Item]
    ept: list[Item]
    points: Mapping[str, tuple[str, str]]
    """Longitude and latitude, as written, of each commune that has a point."""
    outlines: Mapping[str, str]
    """WKT by territory code."""


def main() -> None:
    """Read the folder given on the command line, write the two files, say what they hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="SOURCE_FOLDER")
    parser.add_argument("--out", type=Path, default=OUT, metavar="FOLDER", help="where to write (default: %(default)s)")
    arguments = parser.parse_args()
    origin = read(arguments.source)
    for name, columns, rows in (
        ("territories.csv", TERRITORY_COLUMNS, list(territory_rows(origin))),
        ("communes.csv", COMMUNE_COLUMNS, list(commune_rows(origin))),
    ):
        write(arguments.out / name, columns, rows)
        print(f"{name}: {len(rows)} rows")


def read(folder: Path) -> Origin:
    """Everything that the reference is made from."""
    communes = _read_json(folder / "territoires" / "communes.json")
    return Origin(
        regions=[one for one in _read_json(folder / "territoires" / "regions.json") if one["zone"] != "com"],
        departements=_read_json(folder / "territoires" / "departements.json"),
        communes=[one for one in communes if one["type"] == "commune-actuelle"],
        parts=[one for one in communes if one["type"] != "commune-actuelle"],
        epci=_read_json(folder / "territoires" / "epci.json"),
        ept=_read_json(folder / "territoires" / "ept.json"),
        points=_read_points(folder / "territoires" / "communes_points.csv"),
        outlines={
            f"{prefix}-{code}": outline
            for prefix, name in (("REG", "regions"), ("DEP", "departements"), ("EPCI", "epci"))
            for code, outline in _read_outlines(folder / "geo" / f"{name}.geojson")
        },
    )


def write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Write a CSV file: UTF-8, LF, an empty cell for `None` and for what a row does not say."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# Reading.


def _read_json(path: Path) -> list[Item]:
    items: list[Item] = json.loads(path.read_text(encoding="utf-8"))
    return sorted(items, key=lambda one: one["code"])


def _read_points(path: Path) -> dict[str, tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["lon"], row["lat"]) for row in csv.DictReader(file) if row["lon"] and row["lat"]}


def _read_outlines(path: Path) -> Iterator[tuple[str, str]]:
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        yield feature["properties"]["code"], wkt_of(feature["geometry"])


def wkt_of(geometry: Item) -> str:
    """A GeoJSON polygon or multipolygon as WKT (longitude latitude, at most six significant digits)."""
    match geometry["type"]:
        case "Polygon":
            return f"POLYGON{_polygon(geometry['coordinates'])}"
        case "MultiPolygon":
            return f"MULTIPOLYGON({','.join(map(_polygon, geometry['coordinates']))})"
    raise ValueError(f"a territory's outline is a polygon, not a {geometry['type']}")


def _polygon(rings: Sequence[Ring]) -> str:
    return f"({','.join('(' + ','.join(f'{x:.6g} {y:.6g}' for x, y in ring) + ')' for ring in rings)})"


# The communes.


def commune_rows(origin: Origin) -> Iterator[Row]:
    """One row a commune of today, by code."""
    epci, ept = _group_of_commune(origin.epci), _group_of_commune(origin.ept)
    old_codes = old_codes_of(origin.communes, origin.parts)
    for one in origin.communes:
        code = one["code"]
        longitude, latitude = origin.points.get(code, ("", ""))
        yield {
            "insee": code,
            "name": one["nom"],
            "siren": one.get("siren"),
            "population": one.get("population"),
            "longitude": longitude,
            "latitude": latitude,
            "epci": epci.get(code),
            "ept": ept.get(code),
            "departement": one["departement"],
            "old_codes": "|".join(old_codes.get(code, ())),
        }


def _group_of_commune(groups: Iterable[Item]) -> dict[str, str]:
    return {member["code"]: group["code"] for group in groups for member in group["membres"]}


def old_codes_of(communes: Iterable[Item], parts: Iterable[Item]) -> dict[str, tuple[str, ...]]:
    """The codes, sorted, that lead to each commune of today, itself apart; each code leads to one only.

    A code that a commune of today bears is never an old one. Where a code is a part of one commune today
    and was once merged into another (since split), the part of today counts. Raises `ValueError` where
    that does not decide.
    """
    homes = _claims((code, one["code"]) for one in communes for code in one.get("anciensCodes", ()))
    homes |= _claims((one["code"], one["chefLieu"] if "chefLieu" in one else one["commune"]) for one in parts)
    current = {one["code"] for one in communes}
    found = defaultdict(list)
    for code in sorted(homes.keys() - current):
        if len(homes[code]) > 1:
            raise ValueError(f"the old code {code} leads to several communes, {sorted(homes[code])}: decide which")
        found[homes[code].pop()].append(code)
    return {code: tuple(old) for code, old in found.items()}


def _claims(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    claims = defaultdict(set)
    for old, commune in pairs:
        claims[old].add(commune)
    return dict(claims)


# The territories above them.


def territory_rows(origin: Origin) -> Iterator[Row]:
    """One row a territory above the communes, parents first."""
    yield {"code": "FRA", "level": "pays", "name": "France", "population": _population_of_france(origin)}
    yield from _administrative_rows(origin)
    yield from _group_rows(origin)


def _population_of_france(origin: Origin) -> int:
    """The sum of the 101 départements: INSEE's « France », without the overseas collectivities."""
    return sum(one["population"] for one in origin.communes if one["zone"] != "com")


def _administrative_rows(origin: Origin) -> Iterator[Row]:
    """The régions, then the départements and the overseas collectivities."""
    inside = defaultdict(list)
    for one in origin.communes:
        inside[f"REG-{one['region']}"].append(one)
        inside[f"DEP-{one['departement']}"].append(one)
    for code, level, name, parent in _administrative(origin):
        yield {
            "code": code,
            "level": level,
            "name": name,
            "population": _population(inside[code]),
            "parents": parent,
            **_drawn(code, inside[code], origin),
        }


def _administrative(origin: Origin) -> Iterator[tuple[str, str, str, str]]:
    """(code, level, name, parent) of each région, département and overseas collectivity."""
    for one in origin.regions:
        yield f"REG-{one['code']}", "region", one["nom"], "FRA"
    for one in origin.departements:
        overseas = one["zone"] == "com"
        level, parent = ("collectivite", "FRA") if overseas else ("departement", f"REG-{one['region']}")
        yield f"DEP-{one['code']}", level, one["nom"], parent


def _population(communes: Sequence[Item]) -> int | None:
    """The population of all the communes; none where that of one is unknown."""
    known = [one["population"] for one in communes if one.get("population") is not None]
    return sum(known) if len(known) == len(communes) else None


def _group_rows(origin: Origin) -> Iterator[Row]:
    """The EPCI, then the EPT."""
    communes = {one["code"]: one for one in origin.communes}
    epci = _group_of_commune(origin.epci)
    for level, groups in (("epci", origin.epci), ("ept", origin.ept)):
        for group in groups:
            code = f"{level.upper()}-{group['code']}"
            members = [communes[member["code"]] for member in group["membres"]]
            holding = {f"EPCI-{epci[one['code']]}" for one in members} if level == "ept" else set()
            yield {
                "code": code,
                "level": level,
                "name": group["nom"],
                "siren": group["code"],
                "population": group["populationMunicipale"],
                "parents": "|".join([*holding, *_enclosing(members)]),
                **_drawn(code, members, origin),
            }


def _enclosing(communes: Sequence[Item]) -> list[str]:
    """The département and région that hold all the communes; the country where there is no such région."""
    departements = {f"DEP-{one['departement']}" for one in communes}
    regions = {f"REG-{one['region']}" for one in communes}
    return [*(departements if len(departements) == 1 else ()), *(regions if len(regions) == 1 else ("FRA",))]


def _drawn(code: str, communes: Iterable[Item], origin: Origin) -> Row:
    """Where to draw a territory: its outline, and the mean of its communes' points; empty where unknown."""
    points = [origin.points[one["code"]] for one in communes if one["code"] in origin.points]
    axes = [f"{sum(map(float, axis)) / len(points):.4f}" for axis in zip(*points, strict=True)]
    longitude, latitude = axes or ("", "")
    return {"longitude": longitude, "latitude": latitude, "wkt": origin.outlines.get(code)}


if __name__ == "__main__":
    main()
