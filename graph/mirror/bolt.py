"""A Neo4j server over Bolt, through the official driver.

The driver would repeat what fails for half a minute and more; here nothing is tried twice, and no call waits for long:
who asks knows better whether, and when, to try again.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import neo4j
from neo4j.exceptions import (
    AuthConfigurationError,
    CertificateConfigurationError,
    ConfigurationError,
    DriverError,
    Neo4jError,
)
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point, WGS84Point
from neo4j.time import Date, DateTime, Duration, Time

from graph.mirror.address import Address
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
"""Rows that `read` gives at a time, and that the server sends at a time."""

_WAITS: Final[dict[str, Any]] = {
    "connection_timeout": 2.0,
    "connection_acquisition_timeout": 3.0,
    "connection_write_timeout": 30.0,
    "max_transaction_retry_time": 0.0,
}
"""Seconds; a server on the other side of the world answers in a third of one."""

_READ_ONLY: Final = frozenset({"AccessMode", "WriteOnReadOnlyAccessDatabase", "ForbiddenOnReadOnlyDatabase"})
_OUT_OF_MEMORY: Final = frozenset({"MemoryPoolOutOfMemoryError", "OutOfMemoryError", "TransactionOutOfMemoryError"})
_MODE: Final = re.compile(r"(?:\s|//[^\n]*\n|/\*.*?\*/)*(EXPLAIN|PROFILE)\b", re.IGNORECASE | re.DOTALL)
"""What a query begins with that is to be explained instead of run, or run and explained."""

_POSITION: Final = re.compile(r"\(line (\d+), column (\d+) .*", re.DOTALL)


class Bolt:
    """A server as an engine; made by `connect`."""

    def __init__(self, driver: neo4j.Driver, address: Address, version: str) -> None:
        self._driver = driver
        self._address = address
        self.name = f"Neo4j {version} over Bolt"

    def run(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows of a query, in a transaction of its own."""
        with _told(self._address), self._session(neo4j.WRITE_ACCESS) as session:
            return _rows(session.run(_own(query), dict(parameters or {})))

    def read(self, query: str, parameters: Parameters | None = None) -> Iterator[list[Row]]:
        """The rows of a query that only reads, `CHUNK_ROWS` at a time."""
        with _told(self._address), self._session(neo4j.READ_ACCESS) as session:
            result = session.run(_own(query), dict(parameters or {}))
            while records := result.fetch(CHUNK_ROWS):
                yield [_row(record) for record in records]

    def ask(self, query: str, seconds: float) -> Asked:
        """The whole answer to a query that somebody wrote."""
        with _told(self._address), self._session(neo4j.READ_ACCESS) as session:
            self._refuse_files(session, query)
            result = session.run(neo4j.Query(_own(query), timeout=seconds))
            return Asked(tuple(result.keys()), _rows(result))

    def _refuse_files(self, session: neo4j.Session, query: str) -> None:
        """Look at the plan, not at the text: Cypher lets a letter be written as its code."""
        mode = _MODE.match(query)
        if mode and mode[1].upper() == "EXPLAIN":
            return
        try:
            plan = session.run(_own(f"EXPLAIN\n{query[mode.end() :] if mode else query}")).consume().plan
        except Neo4jError as error:
            raise _of_server(error, self._address, lines_before=1) from error
        if any(operator.startswith("LoadCSV") for operator in _operators(plan)):
            raise Refused("LOAD CSV reads files and addresses: a question may only read the graph")

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction, kept at the end of the block."""
        with (
            _told(self._address),
            self._session(neo4j.WRITE_ACCESS) as session,
            session.begin_transaction() as begun,
        ):
            yield _Begun(begun)
            begun.commit()

    def close(self) -> None:
        """Close every connection."""
        self._driver.close()

    def _session(self, access: str) -> neo4j.Session:
        return self._driver.session(database=self._address.database, default_access_mode=access, fetch_size=CHUNK_ROWS)


class _Begun:
    def __init__(self, begun: neo4j.Transaction) -> None:
        self._begun = begun

    def run(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows of a query."""
        return _rows(self._begun.run(_own(query), dict(parameters or {})))


def connect(address: Address, user_agent: str = "alliances") -> Bolt:
    """Connect to a server, with one try; raises `Unreachable` or `Refused`."""
    with _told(address):
        driver = _driver(address, user_agent)
        try:
            with driver.session(database=address.database, default_access_mode=neo4j.READ_ACCESS) as session:
                agent = session.run("RETURN 1").consume().server.agent
        except BaseException:
            driver.close()
            raise
    return Bolt(driver, address, agent.removeprefix("Neo4j/"))


def _driver(address: Address, user_agent: str) -> neo4j.Driver:
    return neo4j.GraphDatabase.driver(
        address.uri,
        auth=(address.user, address.password),
        user_agent=user_agent,
        notifications_min_severity="OFF",
        telemetry_disabled=True,
        **_WAITS,
    )


def _own(query: str) -> Any:
    """The text of a query. `Any`: the driver asks for a `LiteralString`; the names in it come from a closed map."""
    return query


def _operators(plan: Mapping[str, Any] | None) -> Iterator[str]:
    if plan:
        yield str(plan["operatorType"])
        for child in plan.get("children", ()):
            yield from _operators(child)


# Values


def _rows(result: Iterable[neo4j.Record]) -> list[Row]:
    return [_row(record) for record in result]


def _row(record: neo4j.Record) -> Row:
    return {name: _plain(value) for name, value in record.items()}  # type: ignore[no-untyped-call]


def _plain(value: object) -> object:
    """A value without the driver's own types: see `graph.mirror.engine.Row`."""
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is list:
        return [_plain(one) for one in value]  # type: ignore[attr-defined]
    if kind is dict:
        return _map(value)  # type: ignore[arg-type]
    for known, write in _WRITTEN:
        if isinstance(value, known):
            return write(value)
    return value


_AS_IS: Final = frozenset({str, int, float, bool, type(None), bytes})


def _node(value: Node) -> object:
    return {"labels": sorted(value.labels), "properties": _map(value)}


def _relationship(value: Relationship) -> object:
    return {"type": value.type, "properties": _map(value)}


def _path(value: Path) -> object:
    return {
        "nodes": [_node(one) for one in value.nodes],
        "relationships": [_relationship(one) for one in value.relationships],
    }


def _map(value: Mapping[str, object]) -> dict[str, object]:
    return {name: _plain(one) for name, one in sorted(value.items())}


def _point(value: Point) -> object:
    names = ("longitude", "latitude", "height") if isinstance(value, WGS84Point) else ("x", "y", "z")
    return dict(zip(names, value, strict=False))


def _duration(value: Duration) -> object:
    parts = {"months": value.months, "days": value.days, "seconds": value.seconds, "nanoseconds": value.nanoseconds}
    return {name: part for name, part in parts.items() if part or name != "nanoseconds"}


_WRITTEN: Final[tuple[tuple[type[Any], Callable[[Any], object]], ...]] = (
    (Node, _node),
    (Relationship, _relationship),
    (Path, _path),
    (DateTime, DateTime.to_native),
    (Date, Date.to_native),
    (Time, Time.to_native),
    (Duration, _duration),
    (Point, _point),
)


# Errors


@contextmanager
def _told(address: Address) -> Iterator[None]:
    """Turn the driver's errors into ours. Its own text is passed on only where the server wrote it."""
    try:
        yield
    except MirrorError:
        raise
    except Neo4jError as error:
        raise _of_server(error, address) from error
    except (ConfigurationError, AuthConfigurationError, CertificateConfigurationError) as error:
        raise Refused(
            f"Neo4j at {address.place} cannot be asked so ({type(error).__name__}): check NEO4J_URI"
        ) from error
    except (DriverError, OSError) as error:
        raise Unreachable(f"Neo4j at {address.place} does not answer ({type(error).__name__})") from error


def _of_server(error: Neo4jError, address: Address, lines_before: int = 0) -> MirrorError:
    kind, area, name = f"{error.code}...".split(".")[1:4]
    said = f"Neo4j at {address.place}: {_sentence(error.message or name, lines_before)}"
    if area == "Security":
        return Refused(f"{said} ({name}); check NEO4J_USER and NEO4J_PASSWORD")
    if name in _READ_ONLY:
        return Refused(said)
    if name in _OUT_OF_MEMORY:
        return TooBig(said)
    if name.startswith("TransactionTimedOut"):
        return TooSlow(f"Neo4j at {address.place} stopped the query: its time was up")
    return BadQuery(said) if kind == "ClientError" else Unreachable(f"{said} ({name})")


def _sentence(message: str, lines_before: int) -> str:
    """The server's words on one line, with the position in the text that was given, without a drawing of it."""
    words = _POSITION.sub(lambda found: f"(line {int(found[1]) - lines_before}, column {found[2]})", message)
    return " ".join(words.split())
