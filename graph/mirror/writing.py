"""Writes a job batch by batch. Each batch is one transaction that begins with the marker."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from graph.mirror import plan, schema
from graph.mirror.engine import BadQuery, Cypher, MirrorError, TooBig, Transaction
from graph.mirror.lease import Job, Lease, Mode, finished, step
from graph.mirror.plan import Piece, Plan

Progress = Callable[[str, int, int], None]
"""Called with what is being written, how many rows of the job are done, and of how many."""

BATCH_ROWS: Final = 10_000


@dataclass
class Synced:
    """What a sync did. `modes` are the jobs that it finished: none where the mirror held the generation already."""

    generation: str
    modes: list[Mode] = field(default_factory=list)
    rows: int = 0
    """Those that were sent. A delta sends the IRIs of its nodes once more, to take back those that were given up."""
    batches: int = 0
    kept: int = 0
    """Nodes that were given up and stay as `:_Gone`, because others have tied something to them."""


class Damaged(MirrorError):  # noqa: N818 - like its siblings in graph.mirror.engine
    """Something that the mirror relies on was changed by others: it has to be built anew."""


@dataclass
class Pace:
    """How much goes into a transaction: less after one that failed, then slowly more again."""

    most: int = BATCH_ROWS
    rows: int = BATCH_ROWS
    tried: int = BATCH_ROWS
    """The rows of the last transaction, which may have been fewer because no more were left."""
    at_once: bool = True
    """Whether a mirror that was built hidden is shown in one transaction."""

    def next(self, left: int) -> int:
        """How many rows to try now, of so many that are left."""
        self.tried = min(self.rows, left)
        return self.tried

    def slower(self) -> None:
        """A transaction was too big, or was cut off, perhaps for being too big."""
        self.rows, self.at_once = max(1, min(self.rows, self.tried) // 2), False

    def faster(self) -> None:
        """A transaction of `rows` went well."""
        self.rows = min(self.most, self.rows + self.rows // 4 + 1)


@dataclass
class Writer:
    """Writes to one engine under one lease, and counts in `done` what it writes."""

    engine: Cypher
    lease: Lease
    pace: Pace
    progress: Progress
    done: Synced

    def write(self, job: Job, rows: Plan) -> None:
        """Write what is left of a job, and make its target what is mirrored.

        Raises `Damaged` where what the mirror relies on is not there, or is twice.
        """
        if job.done == rows.total:
            self._in_transaction(job, finished(job), [])
        while job.done < rows.total:
            if job.done >= rows.switch and self.pace.at_once and self._show(job, rows):
                break
            job = self._batch(job, rows)
        self.done.modes.append(job.mode)

    def _batch(self, job: Job, rows: Plan) -> Job:
        """The job after one more batch, the last of which ends it; the same, at a slower pace, if it was too big."""
        end = rows.switch if job.done < rows.switch else rows.total
        count = self.pace.next(end - job.done)
        reached = replace(job, done=job.done + count)
        try:
            changes: dict[str, object | None] = finished(job) if reached.done == rows.total else {"done": reached.done}
            self._in_transaction(job, changes, list(rows.batch(job.done, count)))
        except TooBig:
            if count == 1:
                raise
            self.pace.slower()
            return job
        self.pace.faster()
        self.done.rows += count
        self.progress(job.mode, reached.done, rows.total)
        return reached

    def _show(self, job: Job, rows: Plan) -> bool:
        """Show what was built hidden and hide what was shown, in one transaction; `False` where that is too big."""
        (other,) = (slot for slot in schema.SLOTS if slot != job.building)
        try:
            with self.engine.transaction() as transaction:
                step(transaction, self.lease, job, finished(job))
                transaction.run(plan.unlabelled(other))
                for piece in rows.batch(job.done, rows.total - job.done):
                    self._put(transaction, piece)
        except TooBig:
            self.pace.at_once = False
            return False
        self.done.batches += 1
        self.done.rows += rows.total - job.done
        self.progress(job.mode, rows.total, rows.total)
        return True

    def _in_transaction(self, job: Job, changes: dict[str, object | None], pieces: list[Piece]) -> None:
        kept = 0
        with self.engine.transaction() as transaction:
            step(transaction, self.lease, job, changes)
            for piece in pieces:
                kept += self._put(transaction, piece)
        self.done.batches += 1
        self.done.kept += kept

    def _put(self, transaction: Transaction, piece: Piece) -> int:
        """Write a piece; how many nodes had to be kept for others."""
        try:
            (written,) = transaction.run(piece.part.query, {"rows": piece.rows})
        except BadQuery as error:
            raise Damaged(f"the mirror was changed by somebody else and has to be built anew: {error}") from error
        if piece.part.exact and int(str(written["count"])) < len(piece.rows):
            raise Damaged("nodes of the mirror were removed by somebody else: it has to be built anew")
        return int(str(written.get("kept", 0)))
