"""Work in a process of its own: on another core, and what hangs or crashes there takes nothing down with it.

python -m MODULE      imports what it needs, then waits for a line on standard input: the argument, as JSON;
                      answers on standard output, as JSON, and ends. It ends too when its caller does.
"""

import subprocess
import sys
from collections.abc import Callable
from typing import Any, Self

import orjson


class Apart:
    """A module that works apart, and calls `answer` where it is run as a program.

    Made early, it imports while its caller is busy. A context manager: leaving it ends the process.
    """

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", module]
        # A session of its own: Ctrl-C is the caller's to handle.
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._module = module

    def start(self, argument: str) -> None:
        """Let it work on `argument`."""
        assert self._process.stdin is not None  # noqa: S101 - it was asked for above
        self._process.stdin.write(orjson.dumps(argument) + b"\n")
        self._process.stdin.flush()

    def result(self, timeout_s: float = 1800) -> Any:
        """Wait for the answer; raises `RuntimeError` where the module failed or takes too long."""
        try:
            output, _ = self._process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{self._module} took over {timeout_s:.0f} s and was stopped: try again") from None
        if self._process.returncode:
            raise RuntimeError(f"{self._module} ended with status {self._process.returncode}: see the error above")
        return orjson.loads(output)

    def __enter__(self) -> Self:
        """Return the process itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.communicate()


def answer(work: Callable[[str], object]) -> None:
    """Do `work` on the argument that the caller sends, and send back what it returns; nothing if the caller is gone."""
    if line := sys.stdin.buffer.readline():
        sys.stdout.buffer.write(orjson.dumps(work(orjson.loads(line))))
