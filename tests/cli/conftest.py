"""The command `alliances`, as a user starts it: a process of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from api.cli import run
from graph.home import Home
from tests import tree

PATIENCE_S = 200.0
"""For a build on a machine that does many other things."""

Alliances = Callable[..., subprocess.CompletedProcess[str]]
Said = Callable[..., tuple[int, str, str]]


def start(home: Path, *arguments: str, folder: Path | None = None) -> subprocess.Popen[str]:
    """The program, started in a home of the test's choice."""
    environment = {**os.environ, "ALLIANCES_HOME": str(home), "PYTHONPATH": str(tree.ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", *arguments],
        env=environment,
        cwd=folder or tree.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a service, and its process; it is stopped as by Ctrl-C."""
    process = start(home, *arguments, "--port", "0")
    try:
        yield _address(process), process
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, f"{line}{process.stderr.read() if process.stderr else ''}"
    return found[0]


def wait_for(stream: IO[str], text: str) -> None:
    """Read lines until one holds the text."""
    until = time.monotonic() + PATIENCE_S
    while text not in (line := stream.readline()):
        assert line, f"{text!r} was never said"
        assert time.monotonic() < until


@pytest.fixture
def alliances(home: Home, tmp_path: Path) -> Alliances:
    """Run the program over the home of the session, in an empty folder."""

    def command(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        process = start(home.path, *arguments, folder=tmp_path)
        out, err = process.communicate(stdin, timeout=PATIENCE_S)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    return command


@pytest.fixture
def said(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Said:
    """The same without a process, for the many questions: exit status, standard output, standard error."""
    monkeypatch.setenv("ALLIANCES_HOME", str(home.path))
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        captured = capsysbinary.readouterr()
        return status, captured.out.decode(), captured.err.decode()

    return command
