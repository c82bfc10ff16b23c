"""The mirror in the background of a service: current when it can be, quiet when it cannot, never waited for."""

import logging
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from api.app import create_app
from api.pipeline import Plan, build_generation
from api.settings import Settings
from graph import Generation
from graph.home import Home
from graph.mirror import plan
from graph.mirror.address import Address
from graph.mirror.bolt import Bolt, connect
from graph.mirror.elements import elements_in
from graph.mirror.engine import Cypher, Refused, Unreachable
from graph.mirror.lease import Lease, release, take
from graph.mirror.service import FIRST_WAIT, LAST_WAIT, REFUSED_WAIT, MirrorService, Waits
from graph.mirror.status import MirrorStatus
from graph.mirror.verify import verify
from tests.client import running
from tests.mirror.homes import generation_of, make_home
from tests.mirror.server import free_port

PATIENCE_S = 120.0
PASSWORD = "not-to-be-seen"  # noqa: S105 - of no server


@pytest.fixture
def small(tmp_path: Path) -> Home:
    """A home with two generations, of which the first is current."""
    made = make_home(tmp_path / "home", 100, examples=False)
    made.publish("000001-test")
    return made


def service_of(home: Home, open_engine: Callable[[], Cypher], **settings: float) -> MirrorService:
    return MirrorService(home, open_engine, check_seconds=0.01, waits=Waits(0.01, 0.05), **settings)


def wait_until(service: MirrorService, reached: Callable[[MirrorStatus], bool]) -> MirrorStatus:
    """The status when it is so at last."""
    until = time.monotonic() + PATIENCE_S
    while not reached(status := service.status()):
        assert time.monotonic() < until, status
        time.sleep(0.01)
    return status


def current(service: MirrorService, generation: str) -> MirrorStatus:
    return wait_until(service, lambda status: (status.state, status.generation) == ("ok", generation))


# With a server


@pytest.mark.neo4j
def test_it_follows_what_is_published(bolt: Bolt, database: Address, small: Home) -> None:
    service = service_of(small, lambda: connect(database))
    service.start()
    status = current(service, "000001-test")
    assert (status.lag, status.error) == (0, None)
    assert status.batches > 0
    small.publish("000002-test")
    assert current(service, "000002-test").lag == 0
    service.stop()
    found = verify(bolt, generation_of(small, 2))
    assert found.equal
    assert found.mirrored == "000002-test"


@pytest.mark.neo4j
def test_what_was_wiped_is_filled_again(bolt: Bolt, database: Address, small: Home) -> None:
    service = service_of(small, lambda: connect(database), recheck_seconds=0.01)
    service.start()
    before = current(service, "000001-test").batches
    bolt.run("MATCH (n) DETACH DELETE n")
    wait_until(service, lambda status: status.state == "ok" and status.batches > before)
    service.stop()
    assert verify(bolt, generation_of(small, 1)).equal


@pytest.mark.neo4j
def test_of_several_one_works(bolt: Bolt, database: Address, small: Home) -> None:
    services = [service_of(small, lambda: connect(database)) for _ in range(3)]
    for service in services:
        service.start()
    batches = sum(current(service, "000001-test").batches for service in services)
    for service in services:
        service.stop()
    rows = plan.load(elements_in(generation_of(small, 1).path), "_A", hidden=False).total
    assert batches == 1, f"{rows} rows are one batch, and one of them has written it"
    assert verify(bolt, generation_of(small, 1)).equal


@pytest.mark.neo4j
def test_a_lease_of_somebody_else_is_waited_for(bolt: Bolt, database: Address, small: Home) -> None:
    other = Lease("somebody", 600.0)
    take(bolt, other)
    service = service_of(small, lambda: connect(database), recheck_seconds=0.01)
    service.start()
    status = wait_until(service, lambda status: status.error is not None)
    assert status.state == "syncing"
    assert "(somebody) is writing the mirror" in str(status.error)
    release(bolt, other)
    assert current(service, "000001-test").error is None
    service.stop()


@pytest.mark.neo4j
def test_it_stops_between_two_batches_and_gives_the_lease_back(bolt: Bolt, database: Address, tmp_path: Path) -> None:
    large = make_home(tmp_path / "large", 4000, editions=1, examples=False)
    service = service_of(large, lambda: connect(database))
    service.start()
    wait_until(service, lambda status: status.batches > 0)
    service.stop()
    until = time.monotonic() + PATIENCE_S
    while (held := bolt.run("MATCH (m:_Mirror) RETURN m.owner AS owner, m.done AS done")[0])["owner"] is not None:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert isinstance(held["done"], int)
    assert held["done"] > 0, "the job goes on where it was"
    assert bolt.run("MATCH (n:_A) RETURN count(n) AS nodes")[0]["nodes"] != 0


# Without one


def test_a_server_that_is_not_there_is_asked_now_and_then(small: Home, caplog: pytest.LogCaptureFixture) -> None:
    address = Address(f"bolt://127.0.0.1:{free_port()}", "neo4j", PASSWORD)
    tries: list[float] = []

    def open_engine() -> Cypher:
        tries.append(time.monotonic())
        return connect(address)

    service = service_of(small, open_engine)
    with caplog.at_level(logging.INFO):
        service.start()
        status = wait_until(service, lambda status: status.state == "degraded" and len(tries) > 4)
        service.stop()
    assert status.generation is None
    assert status.lag is None
    assert address.place in str(status.error)
    assert len(caplog.records) == 1, "said once, not at every try"
    assert PASSWORD not in f"{status} {caplog.text}"
    assert all(later - earlier >= 0.008 for earlier, later in pairwise(tries))


def test_what_nobody_foresaw_is_logged_and_tried_again(small: Home, caplog: pytest.LogCaptureFixture) -> None:
    tries: list[int] = []

    def open_engine() -> Cypher:
        tries.append(1)
        raise RuntimeError("never seen")

    service = service_of(small, open_engine)
    service.start()
    status = wait_until(service, lambda status: status.state == "degraded" and len(tries) > 2)
    service.stop()
    assert status.error == "RuntimeError: see the log"
    assert "never seen" in caplog.text


def test_nothing_published_is_nothing_to_do(tmp_path: Path) -> None:
    tries: list[int] = []

    def open_engine() -> Cypher:
        tries.append(1)
        raise Unreachable("nobody asked")

    service = service_of(Home(tmp_path), open_engine)
    service.start()
    time.sleep(0.1)
    service.stop()
    assert tries == []


def test_waits_double_up_to_a_minute() -> None:
    waits = Waits()
    seconds = [waits.next() for _ in range(9)]
    for number, waited in enumerate(seconds):
        planned = min(LAST_WAIT, FIRST_WAIT * 2**number)
        assert planned * 0.8 <= waited <= planned * 1.2
    waits.reset()
    assert waits.next() <= FIRST_WAIT * 1.2
    assert waits.next(at_least=REFUSED_WAIT) >= REFUSED_WAIT * 0.8
    assert len({Waits().next() for _ in range(5)}) > 1, "not in step"


def test_a_refusal_is_not_repeated_at_once(small: Home) -> None:
    tries: list[int] = []

    def open_engine() -> Cypher:
        tries.append(1)
        raise Refused("the password is wrong")

    service = MirrorService(small, open_engine, check_seconds=0.01, waits=Waits(0.01, LAST_WAIT))
    service.start()
    wait_until(service, lambda status: status.state == "degraded")
    time.sleep(0.3)
    service.stop()
    assert len(tries) == 1


# In the application


@pytest.mark.parametrize(
    ("uri", "said"),
    [("bolt://127.0.0.1:{port}", "127.0.0.1:{port} does not answer"), ("http://localhost", "no address of Neo4j")],
)
def test_the_application_answers_and_says_how_the_mirror_is(
    home: Home, monkeypatch: pytest.MonkeyPatch, uri: str, said: str
) -> None:
    port = free_port()
    monkeypatch.setenv("NEO4J_URI", uri.format(port=port))
    monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    with running(create_app(Settings(home=home.path))) as client:
        until = time.monotonic() + PATIENCE_S
        while (body := client.json("/readyz"))["mirror"]["state"] != "degraded":
            assert time.monotonic() < until
        assert body["status"] == "ready"
        assert said.format(port=port) in body["mirror"]["error"]
        metrics = client.get("/metrics").text
        assert "\nalliances_mirror_up 0\n" in metrics
        assert '\nalliances_mirror_state{state="degraded"} 1\n' in metrics
        assert "alliances_mirror_lag_generations " in metrics
        assert PASSWORD not in f"{body} {metrics}"


def test_without_a_server_there_is_no_mirror(home: Home) -> None:
    with running(create_app(Settings(home=home.path))) as client:
        assert client.json("/readyz")["mirror"]["state"] == "off"
        assert "alliances_mirror" not in client.get("/metrics").text


@pytest.mark.neo4j
def test_the_application_keeps_the_mirror_current(
    bolt: Bolt, database: Address, tmp_path: Path, small_territories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    built = build_generation(home, Plan({"territories": small_territories}))
    for name in ("uri", "user", "password"):
        monkeypatch.setenv(f"NEO4J_{name.upper()}", getattr(database, name))
    with running(create_app(Settings(home=home.path))) as client:
        until = time.monotonic() + PATIENCE_S
        while (mirror := client.json("/readyz")["mirror"])["state"] != "ok":
            assert time.monotonic() < until, mirror
        assert (mirror["generation"], mirror["lag"]) == (built.generation, 0)
        assert "\nalliances_mirror_up 1\n" in client.get("/metrics").text
    assert verify(bolt, Generation(built.path)).equal
