"""Brings the mirror to a generation, from wherever it stands.

    marker ─▶ lease ─▶ constraints ─▶ job: load, rebuild or delta ─▶ batches ─▶ empty the other slot
                 ▲                                                                   │
                 └───────────── until the mirror holds the generation ───────────────┘

Each step is one transaction that begins with the marker (`graph.mirror.lease`), so that whatever was cut off goes on
where it was, and nothing is done twice or left out. Failures of the engine are raised (`MirrorError`): to call again is
always right, and how soon is for the caller to decide.

What others put into the database stays: their nodes, and the relationships that they tied to ours. A node that has to
go but holds such a relationship is kept as `:_Gone`, and is taken back when its IRI returns.
"""

from contextlib import suppress
from typing import Final, Literal
from uuid import uuid4

from graph.generation import Generation
from graph.home import Home
from graph.mirror import constraints
from graph.mirror.clearing import Clearer
from graph.mirror.engine import Cypher, MirrorError, Unreachable
from graph.mirror.jobs import Demand, Jobs
from graph.mirror.lease import Held, Job, Lease, Marker, Mode, Overtaken, begun, read_marker, release, step, take
from graph.mirror.writing import BATCH_ROWS, Damaged, Pace, Progress, Synced, Writer

LEASE_SECONDS: Final = 30.0
"""How long a syncer that is gone keeps others out. It is renewed with each batch."""
_TRIES: Final = 5
"""How often the marker may have moved on, or the mirror turn out to be damaged, before a sync gives up."""


class Syncer:
    """Keeps the mirror of one home. What a job needs stays in memory until it is done: going on costs nothing.

    Not to be shared between threads.
    """

    def __init__(
        self,
        home: Home,
        *,
        owner: str | None = None,
        lease_seconds: float = LEASE_SECONDS,
        batch_rows: int = BATCH_ROWS,
    ) -> None:
        self._lease = Lease(owner or str(uuid4()), lease_seconds)
        self._pace = Pace(batch_rows, batch_rows)
        self._jobs = Jobs(home)

    def sync(
        self,
        engine: Cypher,
        generation: Generation,
        *,
        rebuild: bool = False,
        progress: Progress = lambda _what, _done, _total: None,
    ) -> Synced:
        """Bring the mirror to `generation`. `rebuild`: anew, beside the one that is shown until it is ready.

        Where it holds the generation already, nothing is written. Raises `Held` where somebody else is at it.
        """
        done = Synced(generation.id)
        marker = read_marker(engine)
        if not rebuild and marker is not None and marker.holds(generation) and not constraints.missing(engine):
            return done
        if marker is not None:
            marker.refuse_others(self._lease)
        try:
            self._bring(Writer(engine, self._lease, self._pace, progress, done), generation, rebuild=rebuild)
        except Unreachable:
            self._pace.slower()
            raise
        except Held:
            raise
        except BaseException:  # whoever stops it, others need not wait for the end of the lease
            self._release(engine)
            raise
        self._release(engine)
        self._jobs.forget()
        return done

    def _release(self, engine: Cypher) -> None:
        with suppress(MirrorError):  # it ends by itself
            release(engine, self._lease)

    def _bring(self, writer: Writer, generation: Generation, *, rebuild: bool) -> None:
        """Do one job after the other until there is none."""
        demand: Demand = "rebuilt" if rebuild else "current"
        for left in reversed(range(_TRIES)):
            try:
                while (step_taken := self._advance(writer, generation, demand)) is not None:
                    demand = "current" if step_taken in {"load", "rebuild"} else demand
            except (Damaged, Overtaken) as error:
                if not left:
                    raise
                demand = "repaired" if isinstance(error, Damaged) else demand
            else:
                return

    def _advance(self, writer: Writer, generation: Generation, demand: Demand) -> Mode | Literal["empty"] | None:
        """Take the next step, and say which; `None` if there is none left."""
        marker, broken = self._prepared(writer.engine)
        if marker.clearing:
            self._empty(self._clearer(writer), marker.clearing, marker.slot)
            return "empty"
        job = self._jobs.pending(marker, demand, broken)
        if job is None:
            job = self._jobs.new(marker, generation, demand, broken)
            if job is None:
                constraints.ensure_indexes(writer.engine)
                return None
            self._begin(writer.engine, marker, job, spoilt=demand == "repaired" or marker.slot in broken)
        self._write(writer, marker, job)
        return job.mode

    def _clearer(self, writer: Writer, job: Job | None = None) -> Clearer:
        return Clearer(writer.engine, self._lease, self._pace, writer.done, job)

    def _prepared(self, engine: Cypher) -> tuple[Marker, frozenset[str]]:
        """The marker under our lease, and the slots that cannot have their constraint."""
        broken = constraints.ensure_constraints(engine)
        return take(engine, self._lease), broken

    def _empty(self, clearer: Clearer, slot: str, shown: str | None) -> None:
        if shown:
            clearer.hand_over(slot, shown)
        clearer.clear(slot)
        clearer.forget()

    def _begin(self, engine: Cypher, marker: Marker, job: Job, *, spoilt: bool) -> None:
        """Write a new job into the marker. What a delta was half written to is of no generation any more."""
        half = marker.job is not None and marker.job.mode == "delta" and marker.job.done > 0
        changes = begun(job)
        if spoilt or half:
            changes |= {"generation": None, "graph_sha256": None}
        with engine.transaction() as transaction:
            step(transaction, self._lease, marker.job, changes)

    def _write(self, writer: Writer, marker: Marker, job: Job) -> None:
        rows = self._jobs.plan_of(job, marker)
        if rows is None:
            raise Overtaken("a generation that the mirror needs was removed meanwhile")
        if job.mode != "delta" and job.done == 0:
            self._clearer(writer, job).clear(job.building)
            if job.building in constraints.ensure_constraints(writer.engine):
                raise Damaged("somebody else writes what the mirror's constraints forbid")
        writer.write(job, rows)
