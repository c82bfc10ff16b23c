"""`alliances up` and `alliances serve`, as processes."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import orjson
import pytest

from graph.home import Home
from tests import tree
from tests.cli.conftest import Alliances, serving, start

START_CPU_S = 8.0
"""Processor time, because the machine does other things too; 6.4 where it was tried, nearly all of it imports."""


def _cpu_seconds(process: subprocess.Popen[str]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(sys.platform != "linux", reason="reads processor time from /proc")
def test_up_serves_what_was_built_without_building_it_again(home: Home) -> None:
    before = home.ids()
    with serving(home.path, "up") as (address, process):
        assert _cpu_seconds(process) < START_CPU_S
        ready = httpx.get(f"{address}/readyz", timeout=60).json()
        assert ready["generation"] == home.current_id()
    assert process.returncode == 0
    assert home.ids() == before


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_several_workers_stop_when_told(home: Home, sign: signal.Signals) -> None:
    with serving(home.path, "serve", "--workers", "2") as (address, process):
        assert httpx.get(f"{address}/api/v1/measures", timeout=60).json()["total"] == 3
        process.send_signal(sign)
        assert process.wait(timeout=60) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/healthz")


def test_a_build_that_fails_leaves_the_older_generation_serving(home: Home, tmp_path: Path) -> None:
    copy = Home(Path(shutil.copytree(home.path, tmp_path / "home")))
    card = copy.current() / "run.json"
    run = orjson.loads(card.read_bytes())
    card.write_bytes(orjson.dumps({**run, "versions": {**run["versions"], "code": "older"}}))
    with (copy.path / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with serving(copy.path, "up") as (address, process):
            assert httpx.get(f"{address}/readyz", timeout=60).json()["generation"] == home.current_id()
            assert process.stderr is not None
            warning = process.stderr.readline()
    assert "WARNING" in warning
    assert "another build is running" in warning


def test_a_port_that_is_taken_is_said_before_anything_is_built(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = start(tmp_path / "home", "up", "--port", port)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert port in err
    assert "--port" in err
    assert not (tmp_path / "home").exists()


def test_a_setting_that_makes_no_sense_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLIANCES_SPARQL_WORKERS", "many")
    process = start(home.path, "serve", "--port", "0")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "ALLIANCES_SPARQL_WORKERS" in err


def test_help_does_not_wait_for_libraries_of_data(alliances: Alliances) -> None:
    code = (
        "import sys; from api.cli import run; run(['--help'])\n"
        "heavy = {'polars', 'rich', 'networkx', 'scipy', 'fastapi', 'pyoxigraph', 'pydantic'} & sys.modules.keys()\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree.ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "isolation" in done.stdout
    assert alliances().stdout.split() == done.stdout.split()
