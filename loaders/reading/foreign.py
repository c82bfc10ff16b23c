"""Reads a file that somebody else made in a child process, which has no network and limited memory and time.

    with opened(path, hints) as table:
        table.header, table.rows

What crashes, hangs or eats memory there costs that file only, and is said.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from loaders.errors import FileError
from loaders.reading.child import Spec
from loaders.reading.raw import Broken, Hints, RawRow, RawTable, Remark

_READ_BYTES = 1 << 18
_MOST_LINE_BYTES = 64 << 20


@dataclass(frozen=True)
class Limits:
    """What one file may take."""

    memory_bytes: int = 2 << 30
    cpu_seconds: int = 900
    silent_seconds: float = 120
    """How long the child may work without giving a row; the time that the parent takes does not count."""


LIMITS = Limits()
Lines = Generator[bytes, None, None]


def open_foreign(path: Path, hints: Hints, limits: Limits = LIMITS) -> RawTable:
    """The table of a file; raises `FileError` where there is none. The child ends with `rows`, read or closed."""
    lines = _lines(path, hints, limits)
    try:
        first = _message(next(lines))
    except FileError:
        lines.close()
        raise
    remarks = [Remark(code, detail) for code, detail in first["remarks"]]
    return RawTable(tuple(first["header"]), _rows(lines), remarks, lines.close)


def _rows(lines: Lines) -> Iterator[RawRow]:
    with closing(lines):
        for line in lines:
            message = _message(line)
            if message == "end":
                return
            for number, *cells in message:
                yield number, (cells[0] if len(cells) == 1 else Broken(*cells))


def _message(line: bytes) -> Any:
    """A line of the child (`Any`: JSON); raises the `FileError` that it reports."""
    message = orjson.loads(line)
    if isinstance(message, dict) and "error" in message:
        code, detail, column, row = message["error"]
        raise FileError(code, detail, column=column, row=row)
    return message


def _lines(path: Path, hints: Hints, limits: Limits) -> Lines:
    """The lines of the child, the last of which is `"end"` or an error; it is gone when this is closed."""
    process = _start(path, hints, limits)
    assert process.stdout is not None  # noqa: S101 - it was asked for
    try:
        yield from _whole_lines(process, process.stdout, limits)
    finally:
        process.kill()
        process.communicate()


def _start(path: Path, hints: Hints, limits: Limits) -> "subprocess.Popen[bytes]":
    spec: Spec = {
        "path": str(path.resolve()),
        "name": hints.name,
        "required": list(hints.required),
        "aliases": dict(hints.aliases),
        "parent": os.getpid(),
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
    }
    # -P: the folder that one works in may hold modules of the same names. A session of its own: Ctrl-C is ours.
    command = [sys.executable, "-P", "-m", "loaders.reading.child", orjson.dumps(spec).decode()]
    return subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )


def _whole_lines(process: "subprocess.Popen[bytes]", pipe: IO[bytes], limits: Limits) -> Iterator[bytes]:
    waiting = b""
    while chunk := _read(pipe, limits):
        *whole, waiting = (waiting + chunk).split(b"\n")
        yield from whole
        if len(waiting) > _MOST_LINE_BYTES:
            raise FileError("reader_stopped", f"a row has over {_MOST_LINE_BYTES:,} bytes")
    raise FileError("reader_stopped", _why(process.wait()))


def _read(pipe: IO[bytes], limits: Limits) -> bytes:
    started = time.monotonic()
    ready, _, _ = select.select([pipe], [], [], limits.silent_seconds)
    if not ready:
        raise FileError("reader_stopped", f"no row in {time.monotonic() - started:.0f} s")
    return os.read(pipe.fileno(), _READ_BYTES)


def _why(status: int) -> str:
    """What ended a child that did not say so itself."""
    if status == -signal.SIGXCPU:
        return "time"
    if status in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGKILL):
        return "memory"
    return f"status {status}"
