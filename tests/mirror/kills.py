"""Rounds in which a server is killed while the mirror is written, and what must come of it."""

import random
import time
from collections.abc import Callable
from threading import Timer

from graph import Generation
from graph.home import Home
from graph.mirror.address import Address
from graph.mirror.bolt import connect
from graph.mirror.engine import Unreachable
from graph.mirror.sync import Syncer
from graph.mirror.verify import Verification, verify
from graph.mirror.writing import Synced
from tests.mirror.homes import generation_of
from tests.mirror.server import Server, wipe

PATIENCE_S = 240.0
KINDS = ("load", "delta", "rebuild")
_BATCH_ROWS = {"load": 500, "delta": 20, "rebuild": 500}
_LONGEST_S = 0.06
"""A batch takes about so long: the kill comes anywhere in it."""


def assert_equal(address: Address, generation: Generation) -> Verification:
    """The mirror at an address is of this generation, proven, and nobody is at work; gives the proof."""
    engine = connect(address)
    try:
        found = verify(engine, generation)
        assert (found.missing, found.extra, found.altered) == ((), (), ())
        assert found.equal
        assert found.mirrored == generation.id
        (row,) = engine.run("MATCH (m:_Mirror) RETURN m.job AS job, m.clearing AS clearing")
        assert row == {"job": None, "clearing": None}
        return found
    finally:
        engine.close()


def persist(syncer: Syncer, address: Address, generation: Generation) -> Synced:
    """Sync until it is done, whatever happens to the connection."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            engine = connect(address)
            try:
                return syncer.sync(engine, generation)
            finally:
                engine.close()
        except Unreachable:
            assert time.monotonic() < until
            time.sleep(0.2)


def kill_round(server: Server, home: Home, seed: int) -> tuple[str, Generation]:
    """Kill a server at a random time of a load, a delta or a rebuild, start it again, go on.

    Gives where it was, and which generation the mirror must equal now.
    """
    chance = random.Random(seed)  # noqa: S311 - a round can be repeated
    kind = KINDS[seed % len(KINDS)]
    target = generation_of(home, 1 if kind == "load" else 2)
    _prepare(server.address, home, kind)
    syncer = Syncer(home, batch_rows=_BATCH_ROWS[kind])
    batches = chance.randint(1, 15)
    killer = _Killer(server.kill, batches, chance.uniform(0, _LONGEST_S))
    engine = connect(server.address)
    try:
        syncer.sync(engine, target, rebuild=kind == "rebuild", progress=killer)
    except Unreachable:
        where = f"{kind}: killed after {killer.reached}"
    else:
        where = f"{kind}: killed when it was done"
    finally:
        engine.close()
    killer.join()
    server.restart()
    persist(syncer, server.address, target)
    return where, target


def _prepare(address: Address, home: Home, kind: str) -> None:
    engine = connect(address)
    wipe(engine)
    if kind != "load":
        Syncer(home).sync(engine, generation_of(home, 1))
    engine.close()


class _Killer:
    """A progress that kills after so many batches and a moment."""

    def __init__(self, kill: Callable[[], None], batches: int, moment: float) -> None:
        self._left = batches
        self._timer = Timer(moment, kill)
        self.reached = "nothing"

    def __call__(self, _what: str, done: int, total: int) -> None:
        self.reached = f"{done} of {total} rows"
        self._left -= 1
        if not self._left:
            self._timer.start()

    def join(self) -> None:
        """Wait until the kill has happened; it happens now if it was not due before the end."""
        if self._left > 0:
            self._timer.start()
        self._timer.join()
