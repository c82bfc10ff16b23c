"""A server that is killed while the mirror is written: three rounds here, twenty in `make faults`."""

from collections.abc import Iterator

import pytest

from graph.home import Home
from tests.mirror.homes import make_home
from tests.mirror.kills import KINDS, assert_equal, kill_round
from tests.mirror.server import Server

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of our own, to be killed."""
    server = Server.start(tmp_path_factory.mktemp("doomed"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with two generations of 14,000 rows."""
    return make_home(tmp_path_factory.mktemp("home"), 2000, examples=False)


@pytest.mark.parametrize("seed", range(len(KINDS)))
def test_a_killed_server(doomed: Server, home: Home, seed: int) -> None:
    where, target = kill_round(doomed, home, seed)
    assert where.startswith(KINDS[seed])
    assert_equal(doomed.address, target)
