"""What the mirror asks of a Cypher engine, and how engines fail: a Neo4j server and one in process give the same."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Parameters: TypeAlias = Mapping[str, object]
Row: TypeAlias = dict[str, object]
"""A row by column name. Values are null, booleans, numbers, texts, dates, lists and maps; a node, a relationship
and a path are maps as `graph.mirror.values` writes them."""


@dataclass(frozen=True)
class Asked:
    """The answer to a question that somebody wrote."""

    columns: tuple[str, ...]
    rows: list[Row]


class Transaction(Protocol):
    """What runs together: all of it is kept, or nothing."""

    def run(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows of a query."""


class Cypher(Protocol):
    """An engine that answers Cypher. Not to be shared between threads."""

    @property
    def name(self) -> str:
        """The engine and its version, as people read it: « Neo4j 5.26.30 over Bolt »."""

    def run(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows of a query, which may write, in a transaction of its own."""

    def read(self, query: str, parameters: Parameters | None = None) -> Iterator[list[Row]]:
        """The rows of a query that only reads, in chunks, as they come; a write is `Refused`."""

    def ask(self, query: str, seconds: float) -> Asked:
        """The whole answer to a query of somebody else's, which gets so many seconds.

        `Refused` where it writes, reads a file or loads an address; `TooSlow` where the time is up. No sandbox all
        the same: only for who may run programs here, never over HTTP.
        """

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction: kept at the end of the block, undone if an error leaves it. Nothing is tried twice.

        `Unreachable` at its end means that nobody knows whether it was kept: the marker, written in the same
        transaction, tells.
        """

    def close(self) -> None:
        """Let go of the engine; a second time does nothing."""


class MirrorError(Exception):
    """An engine did not do what it was asked. The text is one sentence, and never holds a password."""


class Unreachable(MirrorError):  # noqa: N818 - the four say what is the matter, as in `except Unreachable`
    """The engine is down, hangs, was cut off or is busy: worth another try later."""


class Refused(MirrorError):  # noqa: N818
    """The engine will not: a wrong password, a missing right, a write where only reading is allowed."""


class TooBig(MirrorError):  # noqa: N818
    """A transaction needed more memory than the engine gives: worth another try with fewer rows."""


class TooSlow(MirrorError):  # noqa: N818
    """A query took longer than it was given."""


class BadQuery(MirrorError):  # noqa: N818
    """The query is wrong, or what it writes breaks a constraint: no use in trying again."""
