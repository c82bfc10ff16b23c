"""What a job of the mirror writes: rows in an order that never changes, and the Cypher that writes them.

A job has reached a number of rows; from there on batches of any size may be cut. Names in the texts come from the
closed map alone, values travel as parameters: a row is a list, in the order of its frame's columns.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from graph.mirror import schema
from graph.mirror.delta import Delta
from graph.mirror.elements import END, START, Elements, Links, Nodes, iris_of

Phase = Literal["links gone", "nodes back", "nodes", "links", "nodes gone", "labels"]

_STRIPPED: Final = (schema.STUB, *sorted(schema.labels()))
"""Labels that a node of the mirror may have beside its slot."""


@dataclass(frozen=True)
class Part:
    """Rows of one kind and the query that writes some of them (`$rows`), giving the number that it wrote as `count`.

    `exact`: fewer than there are rows would mean that somebody has changed what the mirror relies on.
    """

    phase: Phase
    query: str
    frame: pl.DataFrame
    exact: bool = True


@dataclass(frozen=True)
class Piece:
    """Some rows of a part."""

    part: Part
    rows: list[tuple[object, ...]]


@dataclass(frozen=True)
class Plan:
    """The parts of a job, in order. The rows from `switch` on make a mirror visible that was built hidden."""

    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """How many rows there are."""
        return sum(part.frame.height for part in self.parts)

    @property
    def switch(self) -> int:
        """How many rows come before the labels of a hidden mirror; all of them where there is none."""
        return sum(part.frame.height for part in self.parts if part.phase != "labels")

    def batch(self, start: int, count: int) -> Iterator[Piece]:
        """The rows from `start` on, `count` at most, by part."""
        before = 0
        for part in self.parts:
            first = max(0, start - before)
            last = min(part.frame.height, start + count - before)
            if first < last:
                yield Piece(part, part.frame.slice(first, last - first).rows())
            before += part.frame.height


def load(elements: Elements, slot: str, *, hidden: bool) -> Plan:
    """Fill an empty slot; a hidden one gets the labels of the domain at the end, beside what is shown meanwhile."""
    nodes = [_created(one, slot, () if hidden else one.labels) for one in elements.nodes]
    links = [_created_links(one, slot) for one in elements.links]
    labels = [_labelled(one, slot) for one in elements.nodes] if hidden else []
    return Plan((*nodes, *links, *labels))


def change(delta: Delta, slot: str) -> Plan:
    """Apply a delta to a slot."""
    gone = [_links_gone(one, slot) for one in delta.links_gone]
    nodes = [_merged(one, slot) for one in delta.nodes_set]
    links = [_merged_links(one, slot) for one in delta.links_set]
    return Plan((*gone, _taken_back(delta, slot), *nodes, *links, _nodes_gone(delta.nodes_gone, slot)))


# Nodes


def _created(nodes: Nodes, slot: str, labels: Iterable[str]) -> Part:
    frame = _filled(nodes.frame)
    query = f"UNWIND $rows AS row CREATE (n{_marked(slot, *labels)} {_map(frame.columns)}) RETURN count(*) AS count"
    return Part("nodes", query, frame)


def _taken_back(delta: Delta, slot: str) -> Part:
    """Nodes that were given up, and are kept for others, are the mirror's again: see `without_ours`."""
    query = (
        f"UNWIND $rows AS row MATCH (n{_marked(schema.GONE)} {{iri: row[0]}}) "
        f"SET n{_marked(slot)} REMOVE n{_marked(schema.GONE)} RETURN count(*) AS count"
    )
    return Part("nodes back", query, iris_of(delta.nodes_set), exact=False)


def _merged(nodes: Nodes, slot: str) -> Part:
    """Properties travel as a map: the text stays the same from delta to delta, and the server plans it once."""
    odd = [label for label in _STRIPPED if label not in nodes.labels]
    query = (
        f"UNWIND $rows AS row MERGE (n{_marked(slot)} {{iri: row[0]}}) SET n = row[1] "
        f"SET n{_marked(*nodes.labels)} REMOVE n{_marked(*odd)} RETURN count(*) AS count"
    )
    return Part("nodes", query, nodes.frame.select("iri", pl.struct(_filled(nodes.frame).columns).alias("properties")))


def _labelled(nodes: Nodes, slot: str) -> Part:
    query = (
        f"UNWIND $rows AS row MATCH (n{_marked(slot)} {{iri: row[0]}}) "
        f"SET n{_marked(*nodes.labels)} RETURN count(*) AS count"
    )
    return Part("labels", query, nodes.frame.select("iri"))


def _nodes_gone(frame: pl.DataFrame, slot: str) -> Part:
    """A node goes away with its last relationship; one that others have tied something to stays, stripped."""
    query = f"UNWIND $rows AS row MATCH (n{_marked(slot)} {{iri: row[0]}}) {without_ours(slot)}"
    return Part("nodes gone", query, frame, exact=False)


def without_ours(slot: str) -> str:
    """The end of a query that takes nodes `n` of a slot out of the mirror; gives `count` and, of these, `kept`.

    Relationships of the mirror must be gone. A node that has others yet is kept, with its IRI, for whoever made them.
    """
    return (
        "WITH n, EXISTS { (n)--() } AS tied "
        f"FOREACH (_ IN CASE WHEN tied THEN [1] ELSE [] END | SET n = {{iri: n.iri}} SET n{_marked(schema.GONE)} "
        f"REMOVE n{_marked(slot, *_STRIPPED)}) "
        "FOREACH (_ IN CASE WHEN tied THEN [] ELSE [1] END | DELETE n) "
        "RETURN count(*) AS count, sum(CASE WHEN tied THEN 1 ELSE 0 END) AS kept"
    )


def stripped(slot: str) -> str:
    """The labels that a node of a slot, or one kept as `:_Gone`, may have, as they are written after it."""
    return _marked(slot, *_STRIPPED)


def unlabelled(slot: str) -> str:
    """A query that hides a slot: its nodes lose the labels of the domain."""
    return f"MATCH (n{_marked(slot)}) REMOVE n{_marked(*_STRIPPED)}"


# Relationships


def _created_links(links: Links, slot: str) -> Part:
    frame = _filled(links.frame)
    own = _own(frame)
    query = f"{_both_ends(slot)} CREATE (a)-[:{schema.checked(links.type)} {_map(own, offset=2)}]->(b)"
    return Part("links", f"{query} RETURN count(*) AS count", frame.select(START, END, *own))


def _merged_links(links: Links, slot: str) -> Part:
    """Properties travel as a map, as in `_merged`."""
    identity = "{iri: row[2].iri}" if links.keyed else ""
    query = f"{_both_ends(slot)} MERGE (a)-[r:{schema.checked(links.type)} {identity}]->(b) SET r = row[2]"
    frame = links.frame.select(START, END, pl.struct(_own(_filled(links.frame))).alias("properties"))
    return Part("links", f"{query} RETURN count(*) AS count", frame)


def _own(frame: pl.DataFrame) -> list[str]:
    """The columns of a frame of links that are properties."""
    return [name for name in frame.columns if name not in {START, END}]


def _links_gone(links: Links, slot: str) -> Part:
    """Within `CALL` both ends are known, so that the server goes from the one with fewer ties, not from a hub."""
    identity = _map(["iri"], offset=2) if links.keyed else ""
    query = (
        f"{_both_ends(slot)} CALL (row, a, b) {{ "
        f"MATCH (a)-[r:{schema.checked(links.type)} {identity}]->(b) DELETE r }} RETURN count(*) AS count"
    )
    return Part("links gone", query, links.frame, exact=False)


def _both_ends(slot: str) -> str:
    label = _marked(slot)
    return f"UNWIND $rows AS row MATCH (a{label} {{iri: row[0]}}) MATCH (b{label} {{iri: row[1]}})"


# Texts


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """Without the columns that hold nothing; `iri` stays first."""
    return frame.select(name for name in frame.columns if frame[name].null_count() < frame.height)


def _marked(*labels: str) -> str:
    return "".join(f":{schema.checked(label)}" for label in labels)


def _map(names: Iterable[str], offset: int = 0) -> str:
    """A map of property keys to the values of a row, from the place `offset` on."""
    pairs = (f"{_key(name)}: row[{place}]" for place, name in enumerate(names, start=offset))
    return f"{{{', '.join(pairs)}}}"


def _key(name: str) -> str:
    """A property key; in backticks, because `end` is a word of Cypher."""
    return f"`{schema.checked(name)}`"
