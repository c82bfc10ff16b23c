"""Files to which lines are only ever added, by one writer at a time, each line whole and on the disk."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other writers of a file out; makes its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def append(path: Path, line: bytes) -> None:
    """Add a line, which ends with a line feed, and wait until it is on the disk; to be called while it is `locked`."""
    with path.open("a+b") as stream:
        # A line that a crash cut short must not swallow the next one.
        if stream.seek(0, os.SEEK_END):
            stream.seek(-1, os.SEEK_END)
            line = line if stream.read() == b"\n" else b"\n" + line
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())
