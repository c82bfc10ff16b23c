"""Keeps the mirror current in the background of a service, and says how it is; nothing ever waits for it.

One thread follows the pointer to the current generation. What goes wrong is tried again after a while that doubles, so
that a server that is down, slow or full is left in peace, and is brought up to date as soon as it can be. Several
processes may each have such a thread: the lease lets one of them work.
"""

import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread
from typing import Final

from graph.generation import Generation
from graph.home import Home
from graph.mirror.engine import Cypher, MirrorError, Refused
from graph.mirror.lease import Held, read_marker
from graph.mirror.status import MirrorStatus, State
from graph.mirror.sync import Syncer
from ontology.provenance import utc_now

log = logging.getLogger(__name__)

BATCH_ROWS: Final = 2_000
"""Fewer than by hand: while a batch is packed, requests wait for the interpreter."""
FIRST_WAIT, LAST_WAIT = 1.0, 60.0
"""Seconds until the next try after the first failure, and at most."""
REFUSED_WAIT: Final = 10.0
"""Seconds at least after a refusal: a wrong password, given often, keeps out for 5 seconds who has the right one."""
RECHECK_SECONDS: Final = 30.0
"""How often the server is asked whether it still holds what it held."""
HELD_SECONDS: Final = 5.0
"""How often it is looked, at most, whether somebody else who is at work is done."""
SILENT_SECONDS: Final = 15.0
"""After so long without a sign a server hangs."""
STOP_SECONDS: Final = 0.9


class Waits:
    """How long to wait before the next try: twice as long each time, a little more or less by chance."""

    def __init__(self, first: float = FIRST_WAIT, last: float = LAST_WAIT) -> None:
        self._first = self._next = first
        self._last = last
        self._chance = random.Random()  # noqa: S311 - so that several processes do not try in step

    def next(self, at_least: float = 0.0) -> float:
        """The seconds to wait now."""
        seconds = min(self._last, max(self._next, at_least))
        self._next = min(self._last, seconds * 2)
        return seconds * self._chance.uniform(0.8, 1.2)

    def reset(self) -> None:
        """Something went well: begin with the shortest again."""
        self._next = self._first


class MirrorService:
    """Mirrors each new generation of a home. `connect` opens the engine, and may fail with a `MirrorError`."""

    def __init__(
        self,
        home: Home,
        connect: Callable[[], Cypher],
        *,
        check_seconds: float = 1.0,
        recheck_seconds: float = RECHECK_SECONDS,
        waits: Waits | None = None,
    ) -> None:
        self._home = home
        self._connect = connect
        self._check_seconds = check_seconds
        self._recheck_seconds = recheck_seconds
        self._waits = waits or Waits()
        self._syncer = Syncer(home, batch_rows=BATCH_ROWS)
        self._engine: Cypher | None = None
        self._status = MirrorStatus("syncing", since=utc_now())
        self._asked = float("-inf")
        self._waiting_since: float | None = None
        self._stopping = Event()
        self._thread = Thread(target=self._run, daemon=True, name="mirror")

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the batch that is being written. A thread that hangs is left behind: it can do no harm."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def status(self) -> MirrorStatus:
        """How it is now. Asks nobody but the home."""
        status, since = self._status, self._waiting_since
        status = replace(status, lag=self._lag(status.generation))
        if since is not None and (silent := time.monotonic() - since) > SILENT_SECONDS and status.state != "degraded":
            return replace(status, state="degraded", error=f"nothing has come from Neo4j for {silent:.0f} seconds")
        return status

    def _lag(self, mirrored: str | None) -> int | None:
        current = self._home.current_id()
        if mirrored is None or current is None:
            return None
        newer = sum(mirrored < one <= current for one in self._home.ids())
        return newer or int(mirrored != current)

    # The thread

    def _run(self) -> None:
        while not self._stopping.is_set():
            seconds = self._round()
            self._stopping.wait(seconds)
        self._disconnect()

    def _round(self) -> float:
        """Look whether there is something to do, and do it; the seconds until the next look."""
        current = self._home.current_id()
        if current is None or not self._due(current):
            return self._check_seconds
        self._waiting_since = time.monotonic()
        try:
            return self._sync(current)
        except _StoppedError:
            return 0.0
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not end the thread
            return self._failed(error)
        finally:
            self._waiting_since = None

    def _due(self, current: str) -> bool:
        done = self._status.state == "ok" and self._status.generation == current
        return not done or time.monotonic() - self._asked >= self._recheck_seconds

    def _sync(self, current: str) -> float:
        self._engine = self._engine or self._connect()
        try:
            self._syncer.sync(self._engine, Generation(self._home.generations / current), progress=self._progress)
        except Held as held:
            self._say("syncing", _held_generation(self._engine), str(held))
            return min(max(held.seconds, self._check_seconds), HELD_SECONDS, self._recheck_seconds)
        self._asked = time.monotonic()
        self._waits.reset()
        self._say("ok", current)
        return self._check_seconds

    def _progress(self, _what: str, _done: int, _total: int) -> None:
        self._waiting_since = time.monotonic()
        self._say("syncing", self._status.generation)
        self._status = replace(self._status, batches=self._status.batches + 1)
        if self._stopping.is_set():
            raise _StoppedError

    def _failed(self, error: Exception) -> float:
        """Say what is wrong, and let go of a connection that may be broken; the seconds until the next try."""
        self._disconnect()
        if not isinstance(error, MirrorError):
            log.exception("the mirror cannot be kept current", exc_info=error)
        sentence = str(error) if isinstance(error, MirrorError) else f"{type(error).__name__}: see the log"
        self._say("degraded", self._status.generation, sentence)
        return self._waits.next(REFUSED_WAIT if isinstance(error, Refused) else 0.0)

    def _disconnect(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            with suppress(MirrorError):
                engine.close()

    def _say(self, state: State, generation: str | None, error: str | None = None) -> None:
        before = self._status
        since = before.since if before.state == state else utc_now()
        self._status = MirrorStatus(state, generation, None, error, since, before.batches)
        if (before.state, before.error) != (state, error):
            log.log(
                logging.WARNING if state == "degraded" else logging.INFO, "mirror %s: %s", state, error or generation
            )


class _StoppedError(Exception):
    """The service ends: the batch that was just written was the last one."""


def _held_generation(engine: Cypher) -> str | None:
    marker = read_marker(engine)
    return marker.generation if marker else None
