"""Batches that come twice, from two syncers, or out of order."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from graph.home import Home
from graph.mirror import plan, schema
from graph.mirror.bolt import Bolt, connect
from graph.mirror.elements import elements_in
from graph.mirror.engine import Unreachable
from graph.mirror.lease import Held, Job, Lease, Overtaken, begun, step, take
from graph.mirror.sync import Syncer
from tests.mirror.faults.conftest import Proven
from tests.mirror.homes import generation_of
from tests.mirror.kills import persist
from tests.mirror.server import Server

pytestmark = [pytest.mark.neo4j, pytest.mark.faults]

ROWS = 1500
LEASE = Lease("one", 600.0)


class Delivery:
    """Delivers the batches of a first load by hand, in any order."""

    def __init__(self, engine: Bolt, home: Home) -> None:
        generation = generation_of(home, 1)
        self.engine = engine
        self.plan = plan.load(elements_in(generation.path), "_A", hidden=False)
        self._job = Job("j", "load", "_A", generation.id, generation.graph_sha256, schema.VERSION, 0)
        take(engine, LEASE)
        with engine.transaction() as transaction:
            step(transaction, LEASE, None, begun(self._job))
        self.starts = list(range(0, self.plan.total, ROWS))

    def deliver(self, start: int, engine: Bolt | None = None) -> bool:
        """Whether the batch that begins at a row was taken."""
        at = replace(self._job, done=start)
        count = min(ROWS, self.plan.total - start)
        with suppress(Overtaken), (engine or self.engine).transaction() as transaction:
            step(transaction, LEASE, at, {"done": start + count})
            for piece in self.plan.batch(start, count):
                transaction.run(piece.part.query, {"rows": piece.rows})
            return True
        return False


@pytest.fixture
def delivery(victim: Server, home: Home) -> Iterator[Delivery]:
    engine = connect(victim.address)
    with engine.transaction() as transaction:
        transaction.run("CREATE CONSTRAINT FOR (n:_Mirror) REQUIRE n.id IS UNIQUE")
        transaction.run("CREATE CONSTRAINT FOR (n:_A) REQUIRE n.iri IS UNIQUE")
    yield Delivery(engine, home)
    engine.close()


def finish(victim: Server, home: Home) -> None:
    """Let the syncer take up the job where it is: all rows are there."""
    done = persist(Syncer(home, owner=LEASE.owner), victim.address, generation_of(home, 1))
    assert (done.modes, done.rows) == (["load"], 0)


def test_each_batch_twice(victim: Server, home: Home, delivery: Delivery, proven: Proven) -> None:
    for start in delivery.starts:
        assert delivery.deliver(start)
        assert not delivery.deliver(start)
    finish(victim, home)
    proven(victim.address, generation_of(home, 1), f"{len(delivery.starts)} batches, each refused when it came again")


def test_each_batch_twice_at_once(victim: Server, home: Home, delivery: Delivery, proven: Proven) -> None:
    other = connect(victim.address)
    with ThreadPoolExecutor(2) as pool:
        for start in delivery.starts:
            taken = pool.map(lambda engine, start=start: delivery.deliver(start, engine), (delivery.engine, other))
            assert sorted(taken) == [False, True]
    other.close()
    finish(victim, home)
    proven(victim.address, generation_of(home, 1), f"{len(delivery.starts)} batches, each one taken once")


def test_shuffled_batches(victim: Server, home: Home, delivery: Delivery, proven: Proven) -> None:
    waiting, refused = list(delivery.starts), 0
    chance = random.Random(17)  # noqa: S311 - the same order each time
    while waiting:
        chance.shuffle(waiting)
        taken = [start for start in waiting if delivery.deliver(start)]
        refused += len(waiting) - len(taken)
        waiting = [start for start in waiting if start not in taken]
    assert refused > len(delivery.starts)
    finish(victim, home)
    proven(victim.address, generation_of(home, 1), f"{refused} deliveries refused before their turn")


def test_two_syncers_at_once(victim: Server, home: Home, proven: Proven) -> None:
    """Their leases end at once, so that each always thinks that it may begin."""
    gave_way: list[str] = []
    written: list[int] = []

    def count(_what: str, done: int, _total: int) -> None:
        written.append(done)

    def insist(owner: str) -> None:
        engine = connect(victim.address)
        syncer = Syncer(home, owner=owner, lease_seconds=0, batch_rows=ROWS)
        for _ in range(1000):
            try:
                syncer.sync(engine, generation_of(home, 1), progress=count)
                break
            except (Held, Overtaken, Unreachable) as error:  # a deadlock that the server ends is `Unreachable`
                gave_way.append(type(error).__name__)
        engine.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(insist, ("one", "two")))
    assert len(written) == len(set(written)), "no batch was written by both"
    assert max(written) == plan.load(elements_in(generation_of(home, 1).path), "_A", hidden=False).total
    persist(Syncer(home), victim.address, generation_of(home, 1))
    proven(
        victim.address,
        generation_of(home, 1),
        f"{len(written)} batches, none twice; {len(gave_way)} gave way",
    )
