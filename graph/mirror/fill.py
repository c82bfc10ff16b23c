"""Filling the engine in this process with a whole mirror, in seconds; `graph.mirror.embedded` tells its habits."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import polars as pl

from graph.mirror import schema
from graph.mirror.elements import END, START, Elements, Links
from graph.mirror.embedded import Embedded

FILL_ROWS: Final = 20_000
"""Rows that are written at a time."""


def fill(engine: Embedded, elements: Elements, *, generation: str, graph_sha256: str) -> None:
    """Write a whole mirror into an empty engine: nodes, relationships, then the marker that names the generation."""
    places = _places(elements)
    for nodes in elements.nodes:
        _fill_nodes(engine, nodes.frame.join(places, on="iri"), (schema.SLOTS[0], *nodes.labels))
    for place in places["_first"].unique().sort():
        engine.run(f"CREATE CONSTRAINT iri{place} FOR (n:{place}) REQUIRE n.iri IS UNIQUE")
    for links in elements.links:
        _fill_links(engine, links, places)
    marker = {"id": "alliances", "generation": generation, "graph_sha256": graph_sha256, "slot": schema.SLOTS[0]}
    engine.run(f"CREATE (m:{schema.MARKER}) SET m = $marker", {"marker": marker})


def _places(elements: Elements) -> pl.DataFrame:
    """`iri` and `_first`, the first label: `_` and how many nodes with the same `id` come before it."""
    known = pl.concat([nodes.frame.select("iri", _key(nodes.frame)) for nodes in elements.nodes])
    before = pl.int_range(pl.len()).over("id", order_by="iri")
    return known.select("iri", _first=pl.format("_{}", before))


def _key(frame: pl.DataFrame) -> pl.Expr:
    """The `id`; a node without one, a stub, stands under its IRI."""
    return pl.coalesce("id", "iri").alias("id") if "id" in frame.columns else pl.col("iri").alias("id")


def _fill_nodes(engine: Embedded, frame: pl.DataFrame, labels: Iterable[str]) -> None:
    titled = frame.with_columns(title=_key(frame))
    for (place,), part in titled.partition_by("_first", as_dict=True, maintain_order=True).items():
        pattern = ":".join([str(place), *map(schema.checked, labels)])
        _write(engine, f"UNWIND $rows AS row CREATE (n:{pattern}) SET n = row", _maps(part.drop("_first")))


def _fill_links(engine: Embedded, links: Links, places: pl.DataFrame) -> None:
    starts, ends = (places.rename({"iri": side, "_first": f"_{side}"}) for side in (START, END))
    placed = links.frame.join(starts, on=START).join(ends, on=END)
    sides = [f"_{START}", f"_{END}"]
    for (start, end), part in placed.partition_by(*sides, as_dict=True, maintain_order=True).items():
        query = (
            "UNWIND $rows AS row "
            f"MATCH (a:{start} {{iri: row.a}}), (b:{end} {{iri: row.b}}) "
            f"CREATE (a)-[r:{schema.checked(links.type)}]->(b) SET r = row.r"
        )
        properties = _maps(part.drop(START, END, *sides))
        rows = zip(part[START], part[END], properties, strict=True)
        _write(engine, query, ({"a": a, "b": b, "r": one} for a, b, one in rows))


def _write(engine: Embedded, query: str, rows: Iterator[dict[str, object]]) -> None:
    while batch := list(islice(rows, FILL_ROWS)):
        engine.run(query, {"rows": batch})


def _maps(frame: pl.DataFrame) -> Iterator[dict[str, object]]:
    """Rows as maps without what is missing: a null in Cypher is no property."""
    return ({name: value for name, value in row.items() if value is not None} for row in frame.iter_rows(named=True))
