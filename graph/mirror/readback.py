"""What an engine holds, read back as elements; whatever is not as the mirror writes it is named in words.

Nothing that stands in the engine makes this fail: its users may write to it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol, cast

import polars as pl

from graph.mirror import schema
from graph.mirror.elements import END, START, Elements, Links, Nodes, iris_of
from graph.mirror.engine import Row
from graph.mirror.rows import Properties, Rows, is_iri, shown
from graph.mirror.schema import LinkKind
from ontology.rdf import RDF

_ENGINES_OWN: Final = re.compile(r"_[0-9]+")
"""Labels that the engine in this process needs for itself: see `graph.mirror.embedded`."""
_OURS: Final = (*schema.SLOTS, schema.MARKER, schema.GONE)


class Readable(Protocol):
    """The part of an engine (`graph.mirror.engine.Cypher`) that reading back takes."""

    @property
    def name(self) -> str:
        """The engine and its version."""

    def read(self, query: str) -> Iterable[list[Row]]:
        """The rows of a query that only reads, in chunks."""


@dataclass(frozen=True)
class Held:
    """What one slot of a database holds.

    `strange`: a sentence on each thing that the mirror would not have written; where it concerns a value it begins
    like the statement that the value should make. `elements` are what is as it should be. The rest is others'.
    """

    elements: Elements
    strange: list[str]
    foreign_nodes: int
    foreign_links: int


def read_back(engine: Readable, slot: str) -> Held:
    """Read everything that stands under a slot. Not one snapshot: nobody should be writing meanwhile."""
    strange: list[str] = []
    nodes = _nodes(engine, schema.checked(slot), strange)
    links, others = _links(engine, schema.checked(slot), strange)
    strange += [*_doubles(nodes, links), *_idle_stubs(nodes, links)]
    foreign = f"NOT ({' OR '.join(f'n:{schema.checked(label)}' for label in _OURS)})"
    foreign_nodes = _count(engine, f"MATCH (n) WHERE {foreign} RETURN count(n) AS count")
    around = _count(engine, f"MATCH (n)-[r]-() WHERE {foreign} RETURN count(DISTINCT r) AS count")
    return Held(Elements(nodes, links), strange, foreign_nodes, others + around)


def _count(engine: Readable, query: str) -> int:
    (row,) = _rows(engine, query)
    return int(str(row["count"]))


# Nodes


def _nodes(engine: Readable, slot: str, strange: list[str]) -> tuple[Nodes, ...]:
    kinds = {labels: Rows(":".join(labels), kind.keys, strange) for labels, kind in schema.node_kinds().items()}
    kinds[schema.STUB,] = Rows(schema.STUB, schema.STUB_KEYS, strange, own=("iri",))
    for row in _rows(engine, f"MATCH (n:{slot}) RETURN labels(n) AS labels, properties(n) AS properties"):
        properties = _properties(row)
        labels, odd = _told_apart(frozenset(_labels(row)) - {slot})
        strange += (f"{_named(properties)} has the label {shown(one)}, which is not the mirror's" for one in odd)
        if labels in kinds:
            kinds[labels].add(properties)
        else:
            about = f"{_named(properties)} <{RDF}type>"
            strange.append(f"{about} (:{':'.join(labels)}): no node of the mirror has just these labels")
    frames = ((labels, rows.frame()) for labels, rows in sorted(kinds.items()))
    return tuple(Nodes(labels, frame) for labels, frame in frames if not frame.is_empty())


@cache
def _told_apart(found: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels of the map, in its order if it knows them together; and the strangers."""
    known = found & {*schema.labels(), schema.STUB}
    together = {frozenset(labels): labels for labels in schema.node_kinds()}
    odd = (label for label in sorted(found - known) if not _ENGINES_OWN.fullmatch(label))
    return together.get(known, tuple(sorted(known))), tuple(odd)


def _named(properties: Properties) -> str:
    iri = properties.get("iri")
    return f"<{iri}>" if is_iri(iri) else f"({shown(dict(properties))})"


# Relationships


def _links(engine: Readable, slot: str, strange: list[str]) -> tuple[tuple[Links, ...], int]:
    """The relationships of the map between nodes of the slot, and how many others there are between them.

    One row a node that they start at: a row each takes the driver three times as long.
    """
    kinds = {kind.type: _waiting(kind, strange) for kind in schema.link_kinds().values()}
    others = 0
    for start, kind, end, properties in _links_as_held(engine, slot):
        rows = kinds.get(kind)
        if rows is None:
            others += 1
        else:
            rows.add({**properties, START: start, END: end})
    frames = ((kind, kinds[kind.type].frame()) for kind in schema.link_kinds().values())
    return tuple(Links(kind.type, kind.keyed, frame) for kind, frame in frames if not frame.is_empty()), others


def _links_as_held(engine: Readable, slot: str) -> Iterator[tuple[object, str, object, Properties]]:
    """Start, type, end and properties of each relationship between nodes of the slot."""
    links = f"[(a)-[r]->(b:{slot}) | [type(r), b.iri, properties(r)]]"
    query = f"MATCH (a:{slot}) WHERE (a)-->() RETURN a.iri AS start, {links} AS links"
    for row in _rows(engine, query):
        for kind, end, properties in cast("list[tuple[str, object, Properties]]", row["links"]):
            yield row["start"], kind, end, properties


def _waiting(kind: LinkKind, strange: list[str]) -> Rows:
    own = ("iri", "source") if kind.keyed else ("source",)
    return Rows(f"a relationship {kind.type}", kind.keys, strange, (START, END), own, kind.iri)


# What is wrong with the whole


def _doubles(nodes: Iterable[Nodes], links: Iterable[Links]) -> Iterator[str]:
    """Sentences on what is there more than once."""
    yield from (f"<{iri}> is {count} nodes" for iri, count in _repeated(iris_of(nodes), "iri"))
    for one in links:
        if one.keyed:
            found = _repeated(one.frame, "iri")
            yield from (f"<{iri}> is {count} relationships {one.type}" for iri, count in found)
        else:
            name = schema.link_kinds()[one.type].iri
            for start, end, count in _repeated(one.frame, START, END):
                yield f"<{start}> <{name}> <{end}> is {count} relationships {one.type}"


def _repeated(frame: pl.DataFrame, *identity: str) -> Iterator[tuple[object, ...]]:
    counted = frame.group_by(identity).agg(count=pl.len())
    return counted.filter(pl.col("count") > 1).sort(identity).iter_rows()


def _idle_stubs(nodes: Iterable[Nodes], links: Iterable[Links]) -> Iterator[str]:
    for stubs in (one.frame.select("iri") for one in nodes if one.labels == (schema.STUB,)):
        needed = pl.concat([stubs.clear(), *(one.frame.select(iri=end) for one in links for end in (START, END))])
        idle = stubs.join(needed, on="iri", how="anti").sort("iri")
        yield from (f"<{iri}> is a stub that no relationship of the mirror needs" for iri in idle["iri"])


# What an engine gives


def _rows(engine: Readable, query: str) -> Iterator[Row]:
    return (row for chunk in engine.read(query) for row in chunk)


def _properties(row: Row) -> Properties:
    return cast("Properties", row["properties"])


def _labels(row: Row) -> list[str]:
    return cast("list[str]", row["labels"])
