"""What may happen on the wire: it is cut in a commit or in the middle of a batch, or it is slow."""

import time
from typing import Literal

import pytest

from graph.home import Home
from graph.mirror import plan
from graph.mirror.address import Address
from graph.mirror.bolt import connect
from graph.mirror.elements import elements_in
from graph.mirror.engine import Unreachable
from graph.mirror.lease import Marker, read_marker
from graph.mirror.sync import Syncer
from tests.mirror.faults.conftest import Proven
from tests.mirror.homes import generation_of
from tests.mirror.kills import persist
from tests.mirror.proxy import Proxy
from tests.mirror.server import PASSWORD, Server

pytestmark = [pytest.mark.neo4j, pytest.mark.faults]

Cut = Literal["lost", "unanswered"]

ROWS = 1000
DELAY_S = 0.5
COMMITS_BEFORE_ROWS = 3
"""The lease, the job, and that the slot is empty."""


def over(wire: Proxy) -> Address:
    """The server at the other end of the wire."""
    return Address(f"bolt://127.0.0.1:{wire.port}", "neo4j", PASSWORD)


def loaded(server: Server, home: Home) -> None:
    engine = connect(server.address)
    Syncer(home).sync(engine, generation_of(home, 1))
    engine.close()


def cut_off(syncer: Syncer, wire: Proxy, home: Home, number: int) -> None:
    """Sync to a generation over the wire, and be cut off."""
    engine = connect(over(wire))
    with pytest.raises(Unreachable):
        syncer.sync(engine, generation_of(home, number))
    engine.close()
    assert wire.cuts == 1


def marker_of(server: Server) -> Marker:
    engine = connect(server.address)
    marker = read_marker(engine)
    engine.close()
    assert marker is not None
    return marker


def rows_there(server: Server) -> object:
    """How many nodes and relationships stand in the slot of a first load."""
    engine = connect(server.address)
    (row,) = engine.run("RETURN COUNT { (:_A) } + COUNT { (:_A)-->() } AS rows")
    engine.close()
    return row["rows"]


@pytest.mark.parametrize("how", ["lost", "unanswered"])
@pytest.mark.parametrize("batch", [1, 4, 12])
def test_cut_inside_commit_of_a_load(
    victim: Server, wire: Proxy, home: Home, batch: int, how: Cut, proven: Proven
) -> None:
    syncer = Syncer(home, batch_rows=ROWS)
    wire.cut_commit(COMMITS_BEFORE_ROWS + batch, how)
    cut_off(syncer, wire, home, 1)
    there = ROWS * (batch if how == "unanswered" else batch - 1)
    job = marker_of(victim).job
    assert job is not None
    assert job.done == there
    assert rows_there(victim) == there
    done = persist(syncer, over(wire), generation_of(home, 1))
    proven(victim.address, generation_of(home, 1), f"{there} rows were there, {done.rows} came after it")
    assert there + done.rows == plan.load(elements_in(generation_of(home, 1).path), "_A", hidden=False).total


@pytest.mark.parametrize("how", ["lost", "unanswered"])
@pytest.mark.parametrize("commit", [1, 2])
def test_cut_inside_commit_before_the_first_row(
    victim: Server, wire: Proxy, home: Home, commit: int, how: Cut, proven: Proven
) -> None:
    syncer = Syncer(home)
    wire.cut_commit(commit, how)
    cut_off(syncer, wire, home, 1)
    assert persist(syncer, over(wire), generation_of(home, 1)).modes == ["load"]
    proven(victim.address, generation_of(home, 1), ("the lease", "the job")[commit - 1] + " had to be taken again")


@pytest.mark.parametrize("how", ["lost", "unanswered"])
def test_cut_inside_commit_of_a_delta(victim: Server, wire: Proxy, home: Home, how: Cut, proven: Proven) -> None:
    loaded(victim, home)
    syncer = Syncer(home, batch_rows=20)
    wire.cut_commit(4, how)
    cut_off(syncer, wire, home, 2)
    done = persist(syncer, over(wire), generation_of(home, 2))
    assert done.modes == ["delta"], "it went on, and was not built anew"
    proven(victim.address, generation_of(home, 2), f"the same delta went on: {done.rows} rows")


@pytest.mark.parametrize("how", ["lost", "unanswered"])
def test_cut_inside_commit_of_a_switch(victim: Server, wire: Proxy, home: Home, how: Cut, proven: Proven) -> None:
    """The commit that shows what was built hidden."""
    loaded(victim, home)
    syncer = Syncer(home)
    elements = elements_in(generation_of(home, 2).path)
    rows = plan.load(elements, "_B", hidden=True)

    def arm(_what: str, done: int, _total: int) -> None:
        if done == rows.switch:
            wire.cut_commit(1, how)

    engine = connect(over(wire))
    with pytest.raises(Unreachable):
        syncer.sync(engine, generation_of(home, 2), rebuild=True, progress=arm)
    engine.close()
    assert wire.cuts == 1
    assert marker_of(victim).slot == ("_B" if how == "unanswered" else "_A")
    persist(syncer, over(wire), generation_of(home, 2))
    shown = "new" if how == "unanswered" else "old"
    proven(victim.address, generation_of(home, 2), f"the {shown} one was shown until it went on")


@pytest.mark.parametrize("kilobytes", [20, 300, 900])
def test_half_a_batch(victim: Server, wire: Proxy, home: Home, kilobytes: int, proven: Proven) -> None:
    syncer = Syncer(home, batch_rows=5000)
    wire.cut_after(kilobytes * 1000)
    cut_off(syncer, wire, home, 1)
    job = marker_of(victim).job
    there = job.done if job else 0
    assert rows_there(victim) == there, "nothing of the half"
    done = persist(syncer, over(wire), generation_of(home, 1))
    proven(victim.address, generation_of(home, 1), f"{there} rows were there, {done.rows} came after it")


def test_half_a_second_of_delay(victim: Server, wire: Proxy, home: Home, proven: Proven) -> None:
    loaded(victim, home)
    wire.delay = DELAY_S
    began = time.monotonic()
    done = persist(Syncer(home), over(wire), generation_of(home, 2))
    assert time.monotonic() - began > 4 * DELAY_S, "each question waits"
    assert done.modes == ["delta"]
    proven(victim.address, generation_of(home, 2), f"a delta of {done.rows} rows, {time.monotonic() - began:.0f} s")
