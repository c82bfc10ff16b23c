"""Reads one foreign file in a process of its own: `python -P -m loaders.reading.child SPEC`.

Writes lines of JSON to standard output: first what the file is, then batches of rows, at last `"end"`. A file that
cannot be read is an error in place of what comes next. No `"end"`: the process was stopped.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TypedDict

import orjson

from loaders.errors import FileError
from loaders.reading import sandbox
from loaders.reading.opening import open_raw
from loaders.reading.raw import Broken, Hints, RawRow, RawTable

_BATCH_ROWS = 1000
_BATCH_CHARACTERS = 1 << 18


class Spec(TypedDict):
    """What the child is told."""

    path: str
    name: str
    required: list[str]
    aliases: dict[str, str]
    parent: int
    memory_bytes: int
    cpu_seconds: int


def main() -> None:
    """Give the rights away, read, write."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its children
    spec: Spec = json.loads(sys.argv[1])
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)  # whatever a library prints is no row
    _restrict(spec)
    try:
        with Path(spec["path"]).open("rb") as stream:
            table = open_raw(stream, Hints(spec["name"], tuple(spec["required"]), spec["aliases"]))
            _write(table, out)
    except FileError as error:
        _line(out, {"error": [error.code, error.detail, error.column, error.row]})
    except MemoryError:
        _line(out, {"error": ["reader_stopped", "memory", None, 1]})
    out.flush()
    os._exit(0)  # the rest of the file may be in threads of an engine, which have nothing more to say


def _restrict(spec: Spec) -> None:
    """Take away what the machine lets us take away. Where it has no sandbox, the limits hold all the same."""
    sandbox.die_with(spec["parent"])
    try:
        sandbox.restrict()
    except sandbox.NoSandboxError:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        sandbox.limit_memory(spec["memory_bytes"])
    resource.setrlimit(resource.RLIMIT_CPU, (spec["cpu_seconds"], spec["cpu_seconds"] + 1))


def _write(table: RawTable, out: IO[bytes]) -> None:
    _line(out, {"header": table.header, "remarks": [[one.code, one.detail] for one in table.remarks]})
    for batch in _batches(table.rows):
        _line(out, batch)
    _line(out, "end")


def _batches(rows: Iterator[RawRow]) -> Iterator[list[list[object]]]:
    batch: list[list[object]] = []
    size = 0
    for number, cells in rows:
        broken = isinstance(cells, Broken)
        batch.append([number, cells.code, cells.detail, cells.text] if isinstance(cells, Broken) else [number, cells])
        size += len(cells.text) if isinstance(cells, Broken) else sum(map(len, cells))
        if broken or len(batch) == _BATCH_ROWS or size > _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _line(out: IO[bytes], value: object) -> None:
    out.write(orjson.dumps(value) + b"\n")


if __name__ == "__main__":
    main()
