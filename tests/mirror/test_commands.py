"""`alliances mirror` and `alliances verify`."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from api.cli import run
from graph.home import Home
from graph.mirror.address import Address
from graph.mirror.bolt import Bolt
from graph.mirror.lease import Lease, take
from tests.mirror.homes import generation_of, make_home
from tests.mirror.server import free_port

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with one generation, for the commands."""
    monkeypatch.setenv("ALLIANCES_HOME", str(tmp_path / "home"))
    return make_home(tmp_path / "home", 100, editions=1)


@pytest.fixture
def said(home: Home, capsysbinary: pytest.CaptureFixture[bytes]) -> Said:
    """Run a command: exit status, standard output, standard error."""

    def command(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        captured = capsysbinary.readouterr()
        return status, captured.out.decode(), captured.err.decode()

    return command


@pytest.fixture
def server_named(database: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of somebody who has a server."""
    for name in ("uri", "user", "password"):
        monkeypatch.setenv(f"NEO4J_{name.upper()}", getattr(database, name))


def test_verify_without_a_server_fills_the_engine_here(home: Home, said: Said) -> None:
    status, out, _ = said("verify", "--format", "json")
    body = orjson.loads(out)
    assert status == 0
    assert body["equal"] is True
    assert body["engine"].startswith("kglite ")
    assert body["statements"] > 1000
    assert body["context"] == {
        "generation": "000001-test", "graph_sha256": generation_of(home, 1).graph_sha256,
    }  # fmt: skip
    status, out, _ = said("verify")
    assert status == 0
    assert f"all {body['statements']:,} statements of generation 000001-test, and no other" in out


def test_mirror_needs_a_server(said: Said) -> None:
    status, out, err = said("mirror")
    assert (status, out) == (2, "")
    assert "set NEO4J_URI, or give --uri" in err


def test_a_server_that_is_not_there_is_said_at_once(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "not-to-be-seen")
    for command in ("mirror", "verify"):
        status, out, err = said(command, "--uri", f"bolt://127.0.0.1:{free_port()}")
        assert (status, out) == (1, "")
        assert "does not answer" in err
        assert "not-to-be-seen" not in err


@pytest.mark.neo4j
@pytest.mark.usefixtures("server_named")
def test_mirror_then_verify(bolt: Bolt, said: Said) -> None:
    status, out, err = said("mirror", "--format", "json")
    body = orjson.loads(out)
    assert (status, body["jobs"]) == (0, ["load"])
    assert body["engine"] == bolt.name
    assert "filling the mirror" in err
    assert said("mirror") == (0, f"\n{bolt.name} holds generation 000001-test already\n", "")
    status, out, _ = said("verify", "--format", "json")
    assert (status, orjson.loads(out)["equal"]) == (0, True)
    status, out, _ = said("mirror", "--rebuild")
    assert status == 0
    assert "holds generation 000001-test (rebuild: " in out


@pytest.mark.neo4j
@pytest.mark.usefixtures("server_named")
def test_verify_names_what_differs(bolt: Bolt, said: Said) -> None:
    assert said("verify")[0] == 1, "nothing was mirrored yet"
    said("mirror")
    bolt.run("CREATE (:Note)-[:ON]->(:Note)")
    bolt.run("MATCH (n:Actor {id: 'a7'}) SET n.name = 'Quelqu’un'")
    bolt.run("MATCH (n:Actor {id: 'a8'}) REMOVE n.siren")
    status, out, _ = said("verify", "--format", "json")
    body = orjson.loads(out)
    assert (status, body["equal"], body["altered_total"]) == (1, False, 1)
    (altered,) = body["altered"]
    assert "Association n° 7" in altered["expected"]
    assert "Quelqu’un" in altered["found"]
    assert any("000000008" in line for line in body["missing"])
    assert body["foreign"] == {"nodes": 2, "relationships": 1}
    status, out, _ = said("verify")
    assert status == 1
    assert "mirror --rebuild" in out
    assert "2 nodes, 1 relationships" in out


@pytest.mark.neo4j
@pytest.mark.usefixtures("server_named")
def test_a_second_one_is_told_who_is_at_it(bolt: Bolt, said: Said) -> None:
    take(bolt, Lease("the service", 600.0))
    status, _, err = said("mirror")
    assert status == 1
    assert "another program (the service) is writing the mirror" in err
