"""The marker: the one node that says what is mirrored, what is being written, how far that is, and by whom.

It is written in the same transaction as what it speaks of, so that it is right whatever happens to the connection, to
the server or to us. Its first write in a transaction locks it: of two who write, the second waits, and then sees what
the first has done. Times are those of the server's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, cast, get_args

from graph.generation import Generation
from graph.mirror import schema
from graph.mirror.engine import Cypher, MirrorError, Refused, Row, Transaction

Mode = Literal["load", "rebuild", "delta"]

ID: Final = "alliances"
_MATCH: Final = f"MATCH (m:{schema.MARKER} {{id: $id}})"
_FIELDS: Final = (
    "generation", "graph_sha256", "slot", "schema", "clearing", "job", "mode", "building", "target", "target_sha256",
    "target_schema", "done", "owner", "until",
)  # fmt: skip
_RETURN: Final = f"RETURN {', '.join(f'm.{name} AS {name}' for name in _FIELDS)}, timestamp() AS now"


@dataclass(frozen=True)
class Job:
    """What is being written: `target` into the slot `building`; `done` rows of it are there."""

    id: str
    mode: Mode
    building: str
    target: str
    target_sha256: str
    schema: int
    """The version of the map that it is written by."""
    done: int


@dataclass(frozen=True)
class Marker:
    """What the marker says. `None`: nothing, nobody."""

    generation: str | None
    graph_sha256: str | None
    slot: str | None
    """Where the mirror is that is shown; without one nothing was mirrored completely yet."""
    schema: int | None
    clearing: str | None
    """A slot that is to be emptied."""
    job: Job | None
    owner: str | None
    until: int | None
    """The end of the owner's lease, in milliseconds since 1970."""
    now: int

    @property
    def sound(self) -> bool:
        """Whether what is shown is all of a generation, as this version mirrors it: what a delta can begin at."""
        half = self.job is not None and self.job.mode == "delta" and self.job.done > 0
        named = self.slot is not None and self.generation is not None and self.graph_sha256 is not None
        return named and not half and self.schema == schema.VERSION

    def names(self, generation: Generation) -> bool:
        """Whether this generation is what is shown."""
        return (self.generation, self.graph_sha256) == (generation.id, generation.graph_sha256)

    def holds(self, generation: Generation) -> bool:
        """Whether the mirror is of this generation, whole, with nothing left to do."""
        return self.sound and self.names(generation) and self.job is None and self.clearing is None

    def refuse_others(self, lease: "Lease") -> None:
        """Raise `Held` where somebody else's lease has not ended."""
        if self.owner not in {None, lease.owner} and (self.until or 0) > self.now:
            raise Held(str(self.owner), self.until or 0, self.now)


class Held(MirrorError):  # noqa: N818 - like its siblings in graph.mirror.engine
    """Somebody else keeps the mirror current; `seconds` are those until their lease ends, unless they renew it."""

    def __init__(self, owner: str, until: int, now: int) -> None:
        at = datetime.fromtimestamp(until / 1000, UTC).strftime("%H:%M:%S")
        super().__init__(f"another program ({owner}) is writing the mirror, until {at} UTC at least: try again then")
        self.seconds = max(0.0, (until - now) / 1000)


class Overtaken(MirrorError):  # noqa: N818
    """The marker is not where it was thought to be: what was to be written was not. It has to be read again."""


@dataclass(frozen=True)
class Lease:
    """The right to write, for so long after each write."""

    owner: str
    seconds: float

    @property
    def milliseconds(self) -> int:
        """The same, as the server counts."""
        return round(self.seconds * 1000)


def read_marker(engine: Cypher) -> Marker | None:
    """What the marker says, without a lock; `None` if there is none. Raises `Refused` where there are several."""
    return _only([row for chunk in engine.read(f"{_MATCH} {_RETURN}", {"id": ID}) for row in chunk])


def take(engine: Cypher, lease: Lease) -> Marker:
    """Take the lease, or renew it, and read the marker; makes it if it is missing. Raises `Held`."""
    lock = f"MERGE (m:{schema.MARKER} {{id: $id}}) SET m.asked = timestamp() {_RETURN}"
    with engine.transaction() as transaction:
        marker = _only(transaction.run(lock, {"id": ID}))
        if marker is None:
            raise Overtaken("the marker of the mirror was removed a moment ago")
        marker.refuse_others(lease)
        transaction.run(
            f"{_MATCH} SET m.owner = $owner, m.until = timestamp() + $lease",
            {"id": ID, "owner": lease.owner, "lease": lease.milliseconds},
        )
    return marker


def release(engine: Cypher, lease: Lease) -> None:
    """Give the lease back, if it is still ours."""
    query = f"{_MATCH} WHERE m.owner = $owner SET m.owner = null, m.until = null"
    engine.run(query, {"id": ID, "owner": lease.owner})


def step(transaction: Transaction, lease: Lease, job: Job | None, changes: Mapping[str, object | None]) -> None:
    """Change the marker and renew the lease, if the lease is ours and the marker stands exactly where `job` is.

    To be called first in a transaction. Raises `Overtaken` where it does not, for the transaction to be undone.
    """
    query = (
        f"{_MATCH} SET m.until = timestamp() + $lease WITH m WHERE m.owner = $owner AND coalesce(m.job, '') = $at.job "
        "AND coalesce(m.done, 0) = $at.done SET m += $changes RETURN count(m) AS count"
    )
    # In a map: a text given by itself is planned for anew where its length is of another order.
    at = {"job": job.id if job else "", "done": job.done if job else 0}
    given = {"id": ID, "owner": lease.owner, "lease": lease.milliseconds, "at": at, "changes": dict(changes)}
    (row,) = transaction.run(query, given)
    if row["count"] != 1:
        raise Overtaken("the mirror has moved on meanwhile: it has to be looked at again")


def begun(job: Job) -> dict[str, object | None]:
    """The changes to the marker that begin a job."""
    return {
        "job": job.id,
        "mode": job.mode,
        "building": job.building,
        "target": job.target,
        "target_sha256": job.target_sha256,
        "target_schema": job.schema,
        "done": 0,
    }


def finished(job: Job) -> dict[str, object | None]:
    """The changes that end it: what it wrote is what is mirrored, and the other slot is to be emptied."""
    (other,) = (slot for slot in schema.SLOTS if slot != job.building)
    ended = dict.fromkeys(("job", "mode", "building", "target", "target_sha256", "target_schema", "done"))
    held = {"generation": job.target, "graph_sha256": job.target_sha256, "slot": job.building, "schema": job.schema}
    return {**ended, **held, **({} if job.mode == "delta" else {"clearing": other})}


def _only(rows: list[Row]) -> Marker | None:
    if len(rows) > 1:
        raise Refused(
            f"the database holds {len(rows)} markers of the mirror (:{schema.MARKER}): remove them, and mirror again"
        )
    return _marker(rows[0]) if rows else None


def _marker(row: Row) -> Marker:
    """The marker in a row of `_RETURN`; values of a wrong type, which are not ours, count as missing."""
    return Marker(
        generation=_text(row["generation"]),
        graph_sha256=_text(row["graph_sha256"]),
        slot=_slot(row["slot"]),
        schema=_number(row["schema"]),
        clearing=_slot(row["clearing"]),
        job=_job(row),
        owner=_text(row["owner"]),
        until=_number(row["until"]),
        now=_number(row["now"]) or 0,
    )


def _job(row: Row) -> Job | None:
    name, mode, target, sha256 = (_text(row[key]) for key in ("job", "mode", "target", "target_sha256"))
    building, version = _slot(row["building"]), _number(row["target_schema"])
    if name is None or mode not in get_args(Mode) or building is None or target is None or sha256 is None:
        return None
    return Job(name, cast("Mode", mode), building, target, sha256, version or 0, _number(row["done"]) or 0)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _slot(value: object) -> str | None:
    return value if isinstance(value, str) and value in schema.SLOTS else None
