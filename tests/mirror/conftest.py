"""Engines for the tests of the mirror: one in this process, and a real Neo4j server, once a test run and worker."""

import os
from collections.abc import Iterator

import pytest

from graph.mirror.address import Address
from graph.mirror.bolt import Bolt, connect
from graph.mirror.embedded import Embedded
from graph.mirror.engine import Cypher
from tests.mirror.server import Server, offered, wipe


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server | None]:
    """A Neo4j server that is started here, once; none where a database is offered."""
    if offered() is not None:
        yield None
        return
    started = Server.start(tmp_path_factory.mktemp("neo4j"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def database(server: Server | None) -> Address:
    """An empty database: the one that is offered, else that of `server`.

    An offered one that holds anything is refused: tests wipe it.
    """
    if server is not None:
        return server.address
    lent = offered()
    assert lent is not None
    _refuse_full(lent)
    return lent


def _refuse_full(lent: Address) -> None:
    if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
        pytest.fail(
            "ALLIANCES_TEST_NEO4J_URI names one database, which two workers would wipe for each other: WORKERS=1"
        )
    engine = connect(lent)
    held = engine.run("MATCH (n) RETURN count(n) AS nodes")[0]["nodes"]
    engine.close()
    if held:
        pytest.fail(f"ALLIANCES_TEST_NEO4J_URI names a database with {held} nodes: tests would wipe it")


@pytest.fixture
def bolt(database: Address) -> Iterator[Bolt]:
    """That database, empty, over Bolt."""
    engine = connect(database)
    wipe(engine)
    yield engine
    wipe(engine)
    engine.close()


@pytest.fixture(params=["embedded", pytest.param("bolt", marks=pytest.mark.neo4j)])
def engine(request: pytest.FixtureRequest) -> Iterator[Cypher]:
    """An empty engine: each test that takes it runs once in each."""
    if request.param == "bolt":
        yield request.getfixturevalue("bolt")
        return
    embedded = Embedded()
    yield embedded
    embedded.close()
