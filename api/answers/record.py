"""One record, with everything known of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

from api.answers.answer import Row
from api.answers.coverage import coverage_of
from api.answers.reader import Reader
from api.answers.relations import TWIN

_MEMBERSHIP = {
    "id": "alliance_id", "iri": "alliance", "name": "alliance_name", "kind": "alliance_kind", "role": "role",
    "start": "start", "end": "end", "period_basis": "period_basis", "source_urls": "source_urls",
}  # fmt: skip


_PLACED = ("alliances", "actors")


def record(reader: Reader, name: str, text: str, *, provenance: bool = False) -> Row:
    """The record of the list `name` that the id `text` names: the row of the list, its ties, and `context`.

    With `provenance` the cells that it was read from. Raises `NotFoundError`, `AmbiguousError` with the
    candidates, or `BadQuestionError` for a territory code that means several.
    """
    row = reader.find(name, text)
    shown = {field: value for field, value in row.items() if not field.startswith("_")}
    shown |= _EXTRAS[name](reader, row) if name in _EXTRAS else _ties(reader, row)
    if provenance:
        shown["origins"] = origins(reader, row["iri"])
    scope = f"one record of the list {name}"
    return {"context": reader.context(scope, coverage=coverage_of(reader, name)), **shown}


def _ties(reader: Reader, row: Row) -> Row:
    """Direct ties in both directions, the twin, and figures: what any thing may have."""
    relations = reader.ties[row["iri"]].drop("node").to_dicts()
    return {
        "relations": relations,
        TWIN: [tie["other"] for tie in relations if tie["relation"] == TWIN],
        "figures": reader.figures_of[row["iri"]].drop("study").to_dicts(),
    }


def _actor(reader: Reader, row: Row) -> Row:
    memberships = reader.memberships_of[row["iri"]].select(**_MEMBERSHIP)
    merged = reader.merged.filter(merged_into=row["iri"]).select("id", "source", "iri", "name")
    return {"memberships": memberships.to_dicts(), "merged": merged.to_dicts(), **_ties(reader, row)}


def _chantier(reader: Reader, row: Row) -> Row:
    measures = reader.frame("measures").filter(chantier=row["id"])
    return {"measures": measures.select("id", "iri", "name", "number").to_dicts(), **_ties(reader, row)}


def _territory(reader: Reader, row: Row) -> Row:
    """Where it lies, and how much is known to be there."""
    codes, known = reader.within(row["id"]).implode(), reader.codes
    inside = reader.inside[row["id"]].filter(pl.col("id") != row["id"])
    around = reader.tables.closure.filter((pl.col("id") == row["id"]) & (pl.col("ancestor") != row["id"]))["ancestor"]
    counts = {name: reader.frame(name).filter(pl.col("territory").is_in(codes)).height for name in _PLACED}
    return {
        "within": [_container(reader.find("territories", code)) for code in around if code in known],
        "contains": dict(inside.group_by("level").len().sort("level").iter_rows()),
        **counts,
    }


def _container(row: Row) -> Row:
    return {"code": row["id"], "name": row["name"], "level": row["level"]}


def _nothing(_reader: Reader, _row: Row) -> Row:
    return {}


_EXTRAS: Mapping[str, Callable[[Reader, Row], Row]] = MappingProxyType(
    {
        "actors": _actor,
        "chantiers": _chantier,
        "territories": _territory,
        "targets": _nothing,
        "sources": _nothing,
    }
)


def origins(reader: Reader, iri: str) -> list[Row]:
    """The cells that a thing was read from: `field, source, file, sha256, row, column, raw` (row 1 is the header).

    Of an actor also those of the actors that were merged into it.
    """
    files = reader.generation.table("files").select("source", "file", "sha256")
    merged = reader.merged.filter(merged_into=iri)["iri"].to_list()
    cells = reader.generation.table("origins").filter(pl.col("iri").is_in([iri, *merged]))
    named = cells.join(files, on=["source", "file"], how="left", maintain_order="left")
    return named.select("field", "source", "file", "sha256", "row", "column", "raw").to_dicts()
