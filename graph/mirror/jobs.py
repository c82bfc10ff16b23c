"""What the mirror has to do next, given what its marker says and which generations are here."""

from collections.abc import Collection
from pathlib import Path
from typing import Final, Literal
from uuid import uuid4

import orjson
from polars.exceptions import PolarsError

from graph.generation import Generation
from graph.home import Home
from graph.mirror import plan, schema
from graph.mirror.delta import Delta, delta, recorded
from graph.mirror.elements import Elements, elements_in
from graph.mirror.engine import Refused
from graph.mirror.lease import Job, Marker
from graph.mirror.plan import Plan

Demand = Literal["current", "rebuilt", "repaired"]
"""The generation however it is reached; built anew; built anew because what stands there cannot be trusted."""

_NOTHING: Final = Elements((), ())


class Jobs:
    """Finds jobs and makes their plans; the last plan is kept, because a large one takes a while to make."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._ready: tuple[str, Plan] | None = None

    def forget(self) -> None:
        """Let go of the plan."""
        self._ready = None

    def pending(self, marker: Marker, demand: Demand, broken: Collection[str]) -> Job | None:
        """The job that the marker names, if it can go on and serves the demand. `broken`: slots without constraint."""
        job = marker.job
        if job is None or demand == "repaired" or job.building in broken or job.schema != schema.VERSION:
            return None
        if job.mode == "delta" and demand == "rebuilt":
            return None
        return job if self.plan_of(job, marker) else None

    def new(self, marker: Marker, generation: Generation, demand: Demand, broken: Collection[str]) -> Job | None:
        """A job towards `generation`; `None` where the mirror holds it. Raises `Refused` where it cannot be read."""
        if demand == "current" and marker.slot not in broken and marker.sound:
            if marker.names(generation):
                return None
            job = _job("delta", str(marker.slot), generation)
            if self.plan_of(job, marker):
                return job
        job = _job("rebuild" if marker.slot else "load", _other(marker.slot), generation)
        if self.plan_of(job, marker) is None:
            raise Refused(
                f"generation {generation.id} cannot be mirrored by this version of the program: build it anew"
            )
        return job

    def plan_of(self, job: Job, marker: Marker) -> Plan | None:
        """What a job writes; `None` where the generations that it needs are not here any more."""
        if self._ready is None or self._ready[0] != job.id:
            self._ready = None  # before the next one takes its memory
            made = self._made(job, marker)
            self._ready = (job.id, made) if made else None
        return self._ready[1] if self._ready else None

    def _made(self, job: Job, marker: Marker) -> Plan | None:
        if job.mode == "delta":
            change = self._change(marker, job)
            return plan.change(change, job.building) if change else None
        elements = self._elements(job.target, job.target_sha256)
        return plan.load(elements, job.building, hidden=job.mode == "rebuild") if elements else None

    def _change(self, marker: Marker, job: Job) -> Delta | None:
        """The delta as the build recorded it, else made from both generations."""
        if marker.generation is None or marker.graph_sha256 is None:
            return None
        if marker.graph_sha256 == job.target_sha256:
            return delta(_NOTHING, _NOTHING)
        target = self._folder(job.target, job.target_sha256)
        found = recorded(target, marker.graph_sha256) if target else None
        if found is not None:
            return found
        old = self._elements(marker.generation, marker.graph_sha256)
        new = self._elements(job.target, job.target_sha256) if old else None
        return delta(old, new) if new else None

    def _elements(self, generation: str, sha256: str) -> Elements | None:
        folder = self._folder(generation, sha256)
        try:
            return elements_in(folder) if folder else None
        except (OSError, ValueError, PolarsError):
            return None

    def _folder(self, generation: str, sha256: str) -> Path | None:
        """The folder of a generation that is kept, if it holds the graph with that hash."""
        folder = self._home.generations / generation
        try:
            run = orjson.loads((folder / "run.json").read_bytes())
        except (OSError, ValueError):
            return None
        return folder if run.get("graph_sha256") == sha256 else None


def _job(mode: Literal["load", "rebuild", "delta"], slot: str, generation: Generation) -> Job:
    return Job(str(uuid4()), mode, slot, generation.id, generation.graph_sha256, schema.VERSION, 0)


def _other(slot: str | None) -> str:
    """The slot that is not shown."""
    return next(one for one in schema.SLOTS if one != slot)
