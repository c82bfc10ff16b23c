"""Twenty rounds of kill -9 at random times of a load, a delta or a rebuild."""

import pytest

from graph.home import Home
from tests.mirror.faults.conftest import Proven
from tests.mirror.kills import KINDS, kill_round
from tests.mirror.server import Server

pytestmark = [pytest.mark.neo4j, pytest.mark.faults]


@pytest.mark.parametrize("seed", range(100, 120))
def test_kill(victim: Server, home: Home, seed: int, proven: Proven) -> None:
    where, target = kill_round(victim, home, seed)
    assert where.startswith(KINDS[seed % len(KINDS)])
    proven(victim.address, target, where)
