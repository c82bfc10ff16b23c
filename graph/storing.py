"""Loads a dump into a store while the dump is still being written, in a process of its own.

    python -P storing.py STORE DUMP      reads on standard input where each piece of the dump stands, `end` at last

What the store needs while it loads is given back when the process ends; beside Python's own objects it would
scatter, and memory grow with every piece. It is started as a file, not as a module of its package, because the
package would bring what only analysis needs.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Self, TypeAlias

from pyoxigraph import RdfFormat, Store
from zlib_ng import zlib_ng

Piece: TypeAlias = tuple[int, int]
"""Where a piece of the dump begins, and how long it is (bytes of the file)."""
NO_HEADER = -15
"""What zlib calls a piece from the middle of a gzip file."""
_END = b"end\n"
_AT_ONCE_BYTES: Final = 60_000_000
"""How much text is loaded at once: more takes more memory; after less the store orders again what it holds, which takes
longest."""


class Storing:
    """A store that is being loaded from the pieces of a dump. A context manager: leaving it ends the process."""

    def __init__(self, store: Path, dump: Path) -> None:
        command = [sys.executable, "-P", __file__, str(store), str(dump)]
        # A session of its own: Ctrl-C is the caller's to handle.
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            command, stdin=subprocess.PIPE, start_new_session=True
        )
        self._dump = dump

    def load(self, piece: Piece) -> None:
        """Let a piece be loaded that stands in the dump; raises `RuntimeError` where one before could not be."""
        self._say(b"%d %d\n" % piece)

    def finish(self) -> None:
        """Wait until everything is loaded; raises `RuntimeError` where it could not be."""
        self._say(_END)
        if self._process.wait():
            self._fail()

    def _say(self, line: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was asked for above
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except BrokenPipeError:
            self._fail()

    def _fail(self) -> None:
        status = self._process.wait()
        raise RuntimeError(f"{self._dump} could not be loaded into a store (status {status}): see the error above")

    def __enter__(self) -> Self:
        """Return the object itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.communicate()


def _load(store: Path, dump: Path) -> None:
    loaded = Store(store)
    with dump.open("rb") as stream:
        texts = _texts(stream, sys.stdin.buffer)
        for text in _together(texts):
            # Lenient: our own terms need not be checked a second time.
            loaded.bulk_load(text, RdfFormat.N_QUADS, lenient=True)
    loaded.flush()


def _together(texts: Iterable[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    for text in texts:
        waiting.append(text)
        if sum(map(len, waiting)) >= _AT_ONCE_BYTES:
            whole, waiting = b"".join(waiting), []  # the pieces need not stay while it is loaded
            yield whole
    yield b"".join(waiting)


def _texts(dump: BinaryIO, orders: BinaryIO) -> Iterator[bytes]:
    """The text of each piece, until `end`."""
    for line in orders:
        if line == _END:
            return
        start, size = map(int, line.split())
        dump.seek(start)
        yield zlib_ng.decompressobj(wbits=NO_HEADER).decompress(dump.read(size))
    sys.exit()  # the caller is gone, and nobody needs the store


if __name__ == "__main__":
    _load(Path(sys.argv[1]), Path(sys.argv[2]))
