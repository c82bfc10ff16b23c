"""A Cypher engine in this process (kglite), for whoever has no Neo4j server.

It answers as Neo4j does, but for a few habits of its own, which this module keeps from those who ask:

- A node's *first* label is its identity's: no two nodes with it may have the same `id`, or a look-up by `id` finds only
  one of them. Our `id` is unique within a class of a source, not beyond. So `graph.mirror.fill` gives nodes a first
  label that is only for this engine, `_0`, and `_1` to the second node with the same `id`, and so on.
- Every node has a `title`, which is its `name` unless it is given one, and a `type`. A title that equals the `id`
  is left out of `properties(n)` like the `type`; `fill` gives each node such a title.
- A constraint counts for nodes whose first label it names. The nodes of `fill` have unique IRIs without one.
- It understands some Cypher otherwise: see `graph.mirror.dialect`.
- There is no `timestamp()`; `datetime().epochMillis` is the same number in both engines.
- A transaction works on a copy of the graph: correct, and slow on a large one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import kglite

from graph.mirror.dialect import adapted, column, reads_files
from graph.mirror.engine import (
    Asked,
    BadQuery,
    MirrorError,
    Parameters,
    Refused,
    Row,
    TooBig,
    TooSlow,
    Transaction,
    Unreachable,
)

CHUNK_ROWS: Final = 1000
"""Rows that `read` gives at a time."""

_FIRST_LABEL: Final = re.compile(r"_[0-9]+")


class Embedded:
    """An empty graph in this process."""

    def __init__(self) -> None:
        kglite.set_query_warning_policy("silent")  # a label that no node has is no reason to talk to the terminal
        self._graph = kglite.KnowledgeGraph()
        self.name = f"kglite {kglite.__version__} in process"

    def run(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows of a query, in a transaction of its own."""
        with _told():
            return _rows(self._cypher(query, parameters))

    def read(self, query: str, parameters: Parameters | None = None) -> Iterator[list[Row]]:
        """The rows of a query that only reads, `CHUNK_ROWS` at a time."""
        with _told():
            found = self._read_only(query, parameters)
            for start in range(0, len(found), CHUNK_ROWS):
                yield [_row(found[place]) for place in range(start, min(start + CHUNK_ROWS, len(found)))]

    def ask(self, query: str, seconds: float) -> Asked:
        """The whole answer to a query that somebody wrote."""
        if reads_files(query):
            raise Refused("LOAD CSV reads files and addresses: a question may only read the graph")
        with _told():
            found = self._read_only(query, None, timeout_ms=max(1, int(seconds * 1000)))
            if isinstance(found, str):  # « FORMAT CSV », which is no Cypher
                raise BadQuery("FORMAT is no word of Cypher: ask for another format with --format")
            return Asked(tuple(map(column, found.columns)), _rows(found))

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction, kept at the end of the block."""
        with _told():
            begun = self._graph.begin()
            try:
                yield _Begun(begun)
            except BaseException:
                begun.rollback()
                raise
            begun.commit()

    def close(self) -> None:
        """Forget the graph."""
        self._graph = kglite.KnowledgeGraph()

    def _read_only(self, query: str, parameters: Parameters | None, **limits: Any) -> Any:
        self._graph.read_only(True)
        try:
            return self._cypher(query, parameters, **limits)
        finally:
            self._graph.read_only(False)

    def _cypher(self, query: str, parameters: Parameters | None, **limits: Any) -> Any:
        """What the engine gives. `Any`: its own type, or a text for a query of a dialect of its own."""
        return self._graph.cypher(adapted(query), params=dict(parameters or {}), hide_structural_keys=True, **limits)


class _Begun:
    def __init__(self, begun: kglite.Transaction) -> None:
        self._begun = begun

    def run(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows of a query."""
        with _told():
            return _rows(self._begun.cypher(adapted(query), params=dict(parameters or {})))


# Values


def _rows(found: Any) -> list[Row]:
    return [_row(row) for row in found]


def _row(row: Mapping[str, object]) -> Row:
    return {column(name): _plain(value) for name, value in row.items()}


def _plain(value: object) -> object:
    """A value without the engine's own numbering of nodes: see `graph.mirror.engine.Row`."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == _NODE:
        return {"labels": _labels(value["labels"]), "properties": _properties(value)}
    if value.keys() == _RELATIONSHIP:
        return {"type": value["type"], "properties": _sorted(value["properties"])}
    return {name: _plain(one) for name, one in value.items()}


_NODE: Final = {"id", "labels", "properties"}
_RELATIONSHIP: Final = {"id", "start", "end", "type", "properties"}


def _labels(labels: Iterable[str]) -> list[str]:
    return sorted(label for label in labels if not _FIRST_LABEL.fullmatch(label))


def _properties(node: Mapping[str, Any]) -> dict[str, object]:
    """The properties without the title and the type that the engine makes up: its first label, and the `id` or both."""
    properties, first = node["properties"], node["labels"][0]
    made_up = {"type": {first}, "title": {properties["id"], f"{first}_{properties['id']}", properties.get("name")}}
    return _sorted({name: value for name, value in properties.items() if value not in made_up.get(name, ())})


def _sorted(properties: Mapping[str, object]) -> dict[str, object]:
    return {name: _plain(value) for name, value in sorted(properties.items())}


# Errors


@contextmanager
def _told() -> Iterator[None]:
    """Turn the engine's errors into ours."""
    try:
        yield
    except MirrorError:
        raise
    except kglite.ReadOnlyError as error:
        raise Refused("this query writes: a question may only read the graph") from error
    except kglite.CypherTimeoutError as error:
        raise TooSlow("the engine stopped the query: its time was up") from error
    except kglite.TransactionConflictError as error:
        raise Unreachable("another transaction came between: try again") from error
    except (kglite.KgError, TypeError, ValueError, OverflowError) as error:
        raise BadQuery(_sentence(str(error))) from error
    except MemoryError as error:
        raise TooBig("the engine ran out of memory") from error


def _sentence(message: str) -> str:
    """The engine's words without its drawing of the position."""
    return message.partition("\n")[0]
