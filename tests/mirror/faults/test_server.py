"""A server that is not there, hangs, refuses, is too small, or was changed by hand."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from api.app import create_app
from api.pipeline import Plan, build_generation
from api.settings import Settings
from graph import Generation
from graph.home import Home
from graph.mirror.bolt import connect
from graph.mirror.engine import Cypher, Refused
from graph.mirror.service import MirrorService, Waits
from graph.mirror.status import MirrorStatus
from graph.mirror.sync import Syncer
from graph.mirror.verify import verify
from ontology.records import Actor
from tests.client import Client, running
from tests.conftest import Edit
from tests.mirror.faults.conftest import Proven
from tests.mirror.homes import generation_of, publish
from tests.mirror.kills import persist
from tests.mirror.server import Server

pytestmark = [pytest.mark.neo4j, pytest.mark.faults]

PATIENCE_S = 240.0
SPARQL = "/sparql?query=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D"
ASKED = ("/healthz", "/readyz", "/metrics", "/api/v1/alliances?limit=5", "/id/actor/ecosystem:le-rameau", SPARQL)


# Seen from the application


@pytest.fixture
def built(tmp_path: Path, small_territories: Path) -> Home:
    """A home with a generation that an application can serve."""
    home = Home(tmp_path / "home")
    build_generation(home, Plan({"territories": small_territories}))
    return home


@pytest.fixture
def application(built: Home, victim: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Client]]:
    """Starts an application over it that mirrors to the server."""
    for name in ("uri", "user", "password"):
        monkeypatch.setenv(f"NEO4J_{name.upper()}", getattr(victim.address, name))
    with ExitStack() as stack:
        yield lambda: stack.enter_context(running(create_app(Settings(home=built.path))))


def wait_for(client: Client, state: str) -> dict[str, object]:
    """The mirror's part of `/readyz` when it is so at last; the service is ready all the time."""
    until = time.monotonic() + PATIENCE_S
    while (body := client.json("/readyz"))["mirror"]["state"] != state:
        assert body["status"] == "ready"
        assert time.monotonic() < until, body
        time.sleep(0.1)
    found: dict[str, object] = body["mirror"]
    return found


def answers(client: Client) -> str:
    """What is asked is answered; says how long the slowest took."""
    slowest = 0.0
    for url in ASKED:
        began = time.monotonic()
        response = client.get(url)
        assert response.status_code in {200, 303}, url
        slowest = max(slowest, time.monotonic() - began)
    return f"{len(ASKED)} routes answered, in {slowest:.2f} s at most"


def test_down_at_start(victim: Server, built: Home, application: Callable[[], Client], proven: Proven) -> None:
    victim.stop()
    client = application()
    mirror = wait_for(client, "degraded")
    assert (mirror["generation"], mirror["lag"]) == (None, None)
    answered = answers(client)
    victim.restart()
    mirror = wait_for(client, "ok")
    assert (mirror["lag"], mirror["error"]) == (0, None)
    proven(victim.address, Generation(built.current()), f"{answered}; caught up by itself")


def test_stopped_for_a_while(
    victim: Server,
    built: Home,
    edit: Edit,
    ecosystem_copy: Path,
    application: Callable[[], Client],
    proven: Proven,
) -> None:
    """`kill -STOP`, a generation is published, `kill -CONT`."""
    client = application()
    wait_for(client, "ok")
    edit("actors.csv", "Le RAMEAU", "Le Rameau d'olivier")
    victim.pause()
    try:
        build_generation(built, Plan({"ecosystem": ecosystem_copy}))
        mirror = wait_for(client, "degraded")
        assert mirror["lag"] == 1
        assert "\nalliances_mirror_lag_generations 1\n" in client.get("/metrics").text
        answered = answers(client)
    finally:
        victim.resume()
    mirror = wait_for(client, "ok")
    assert (mirror["generation"], mirror["lag"]) == (built.current_id(), 0)
    assert "\nalliances_mirror_lag_generations 0\n" in client.get("/metrics").text
    proven(victim.address, Generation(built.current()), f"{answered}; caught up by itself")


# It refuses


def wait_until(service: MirrorService, reached: Callable[[MirrorStatus], bool]) -> MirrorStatus:
    """The status when it is so at last."""
    until = time.monotonic() + PATIENCE_S
    while not reached(status := service.status()):
        assert time.monotonic() < until, status
        time.sleep(0.05)
    return status


def test_wrong_password(victim: Server, home: Home, caplog: pytest.LogCaptureFixture, proven: Proven) -> None:
    given = [replace(victim.address, password="open-sesame")]  # noqa: S106 - opens nothing
    tries: list[float] = []

    def open_engine() -> Cypher:
        tries.append(time.monotonic())
        return connect(given[-1])

    service = MirrorService(home, open_engine, check_seconds=0.05, waits=Waits())
    with caplog.at_level(logging.DEBUG):
        service.start()
        while len(tries) < 2:
            status = wait_until(service, lambda status: status.state == "degraded")
            connect(victim.address).close()  # who has the right one is never kept out
            time.sleep(0.5)
        given.append(victim.address)
        wait_until(service, lambda status: status.state == "ok")
        service.stop()
    assert "NEO4J_PASSWORD" in str(status.error)
    assert tries[1] - tries[0] > 5, "longer than a server keeps out whoever tries often"
    assert "open-sesame" not in f"{status} {caplog.text}"
    assert victim.address.password not in caplog.text
    happened = f"{len(tries) - 1} tries in {tries[2] - tries[0]:.0f} s, in no log; the right one got in all the time"
    proven(victim.address, generation_of(home, 2), happened)


def test_read_only(victim: Server, home: Home, proven: Proven) -> None:
    persist(Syncer(home), victim.address, generation_of(home, 1))
    victim.settings = {"server.databases.default_to_read_only": "true"}
    victim.restart()
    engine = connect(victim.address)
    try:
        assert Syncer(home).sync(engine, generation_of(home, 1)).modes == [], "nothing to write is no failure"
        with pytest.raises(Refused) as refusal:
            Syncer(home).sync(engine, generation_of(home, 2))
    finally:
        engine.close()
        victim.settings = {}
        victim.restart()
    assert persist(Syncer(home), victim.address, generation_of(home, 2)).modes == ["delta"]
    proven(victim.address, generation_of(home, 2), str(refusal.value))


# It is too small


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], Server]]:
    """Starts a server with 256 MB of heap and some settings."""
    started: list[Server] = []

    def start(settings: dict[str, str]) -> Server:
        started.append(Server.start(tmp_path / "small", settings=settings, heap="256m"))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.mark.parametrize("limit", [{}, {"db.memory.transaction.max": "8m"}], ids=["heap", "transaction"])
@pytest.mark.timeout(600)
def test_a_batch_that_is_larger_than_its_memory(
    small: Callable[[dict[str, str]], Server], tmp_path: Path, limit: dict[str, str], proven: Proven
) -> None:
    """One batch of 200 MB: 20,000 rows of 10 kB."""
    large = publish(Home(tmp_path / "large"), map(verbose, range(20_000)), "000001-test")
    server = small(limit)
    done = persist(Syncer(Home(tmp_path / "large"), batch_rows=100_000), server.address, large)
    assert done.batches > 3, "it did not fit into one or two"
    proven(server.address, large, f"{done.rows} rows of 10 kB in {done.batches} batches instead of one")


def verbose(number: int) -> Actor:
    """An actor with a long description."""
    return Actor(
        source="ecosystem", key=f"a{number}", name=f"N° {number}", kind="association", description="mot " * 2_500
    )


# It was changed by hand


def test_changed_by_hand(victim: Server, home: Home, proven: Proven) -> None:
    persist(Syncer(home), victim.address, generation_of(home, 1))
    engine = connect(victim.address)
    for row in engine.run("SHOW CONSTRAINTS YIELD name"):
        engine.run("DROP CONSTRAINT $name", {"name": row["name"]})
    engine.run("MATCH (a:Actor) WITH a ORDER BY a.iri LIMIT 1 CREATE (:Actor:Mine {iri: a.iri, name: 'by hand'})")
    engine.run("MATCH (a:_A:Actor) WITH a ORDER BY a.iri LIMIT 1 CREATE (:_A:Actor {iri: a.iri, name: 'twice'})")
    assert not verify(engine, generation_of(home, 1)).equal
    assert persist(Syncer(home), victim.address, generation_of(home, 2)).modes == ["rebuild"]
    assert engine.run("MATCH (n:Mine) RETURN n.name AS name") == [{"name": "by hand"}]
    assert len(engine.run("SHOW CONSTRAINTS YIELD name")) == 3
    engine.close()
    proven(victim.address, generation_of(home, 2), "constraints made again, the double gone, the foreign node there")


def test_a_node_added_by_hand(victim: Server, home: Home, proven: Proven) -> None:
    """With a label of the mirror's own, so that it passes for a part of it."""
    persist(Syncer(home), victim.address, generation_of(home, 1))
    engine = connect(victim.address)
    engine.run("CREATE (:_A:Actor {iri: 'https://example.org/by-hand', name: 'By hand'})")
    found = verify(engine, generation_of(home, 1))
    assert not found.equal
    assert any("by-hand" in line for line in found.extra)
    Syncer(home).sync(engine, generation_of(home, 1), rebuild=True)
    engine.close()
    proven(victim.address, generation_of(home, 1), f"verify named {found.extra_total} extra; gone after --rebuild")
