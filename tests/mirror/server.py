"""A Neo4j server of our own for tests, which can be stopped, killed, paused and started again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

import pytest

from graph.mirror.address import Address
from graph.mirror.bolt import Bolt, connect
from graph.mirror.engine import MirrorError

RECIPE: Final = Path(__file__).resolve().parents[2] / "tools" / "neo4j" / "start.py"
PASSWORD: Final = "alliances-tests"  # noqa: S105 - of a server on the loopback that lives as long as a test run
STARTS_WITHIN: Final = 180.0
"""Seconds; a start takes 10, and the first one on a machine waits for the jars."""
STOPS_WITHIN: Final = 60.0

_OFFERED: Final = {
    name: os.environ.get(f"ALLIANCES_TEST_NEO4J_{name}", default)
    for name, default in (("URI", ""), ("USER", "neo4j"), ("PASSWORD", ""))
}
"""An empty database that somebody lends to the tests; read before the tests hide the environment."""


@dataclass
class Server:
    """A server process and the folder that it keeps everything in. Use `start`."""

    folder: Path
    port: int
    settings: Mapping[str, str]
    heap: str
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    starts: int = 0

    @classmethod
    def start(
        cls, folder: Path, port: int | None = None, *, settings: Mapping[str, str] | None = None, heap: str = "512m"
    ) -> "Server":
        """Start a server and wait until it answers; skips, or fails, where there is no Java or no Maven."""
        need_java()
        server = cls(folder, port or free_port(), settings or {}, heap)
        server.restart()
        return server

    @property
    def address(self) -> Address:
        """Where it answers."""
        return Address(f"bolt://127.0.0.1:{self.port}", "neo4j", PASSWORD)

    @property
    def log(self) -> str:
        """What it said, with what Neo4j logged."""
        return "\n".join(
            file.read_text(encoding="utf-8", errors="replace")[-5000:]
            for file in (*sorted(self.folder.glob("console-*.log")), *self.folder.glob("logs/debug.log"))
        )

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def restart(self) -> None:
        """Start it (again) on its folder and its port, and wait until it answers."""
        self.stop()
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it without waiting."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = [f"{key}={value}" for key, value in self.settings.items()]
        given = [str(self.folder), "--port", str(self.port), "--heap", self.heap, "--until-eof", *settings]
        self.starts += 1
        with self._console.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(RECIPE), *given],
                stdin=subprocess.PIPE,  # ends with this process, and the server with it
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "NEO4J_PASSWORD": PASSWORD},
            )

    def wait(self) -> None:
        """Wait until it answers over Bolt; fails, showing its log, where it does not."""
        deadline = time.monotonic() + STARTS_WITHIN
        while not self._ready() and self.running and time.monotonic() < deadline:
            time.sleep(0.1)
        try:
            connect(self.address).close()
        except MirrorError as error:
            self.kill()
            pytest.fail(f"the Neo4j server in {self.folder} did not start: {error}\n{self.log}")

    @property
    def _console(self) -> Path:
        return self.folder / f"console-{self.starts:03}.log"

    def _ready(self) -> bool:
        """Whether it said so: it answers over Bolt before it has its password, and counts wrong ones."""
        return "ready" in self._console.read_text(encoding="utf-8", errors="replace").splitlines()

    def stop(self) -> None:
        """End it as an operator would; one that does not end is killed."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, by: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(by)
        try:
            self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process = None

    def pause(self) -> None:
        """Let it hang: connections stay, nothing answers."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


def offered() -> Address | None:
    """The database that somebody lends to the tests, if any."""
    uri, user, password = _OFFERED.values()
    return Address(uri, user, password) if uri else None


def need_java() -> None:
    """Skip, or fail, where no server can be started."""
    missing = [name for name in ("java", "mvn") if shutil.which(name) is None]
    if missing:
        without(f"no Neo4j server for the tests: {' and '.join(missing)} not found")


def without(reason: str) -> NoReturn:
    """Skip a test that needs a server; fail it where `ALLIANCES_REQUIRE` names neo4j."""
    if "neo4j" in os.environ.get("ALLIANCES_REQUIRE", "").split(","):
        pytest.fail(f"{reason}, and ALLIANCES_REQUIRE asks for it")
    pytest.skip(reason)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wipe(engine: Bolt) -> None:
    """Empty a database: nodes, constraints, indexes."""
    engine.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS")
    for row in engine.run("SHOW CONSTRAINTS YIELD name"):
        engine.run(f"DROP CONSTRAINT `{row['name']}`")
    for row in engine.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'"):
        engine.run(f"DROP INDEX `{row['name']}`")
