"""Loads a dump into a store while the dump is still being written, in a process of its own.

    python -P storing.py STORE DUMP      reads on standard input where each piece of the dump stands, `end` at last
    python -P storing.py STORE           puts a loaded store in order, which is what the former becomes at its end

A store is loaded in sorted pieces, and answers several times faster once these are one. It would merge them while they
come, again and again; it is kept from it, and merges them once.

What the store needs while it loads is given back when the process ends; beside Python's own objects it would
scatter, and memory grow with every piece. It is started as a file, not as a module of its package, because the
package would bring what only analysis needs.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Thread
from typing import IO, BinaryIO, Final, Self, TypeAlias

from pyoxigraph import RdfFormat, Store
from zlib_ng import zlib_ng

Piece: TypeAlias = tuple[int, int]
"""Where a piece of the dump begins, and how long it is (bytes of the file)."""
NO_HEADER = -15
"""What zlib calls a piece from the middle of a gzip file."""
_END = b"end\n"
_AT_ONCE_BYTES: Final = 20_000_000
"""How long the texts are that are loaded: more takes more memory, less leaves more to merge."""
_BLOCK_BYTES: Final = 1 << 20
LARGE_BYTES: Final = 1 << 20
"""From which size a block of memory stands by itself, and is given back once it is free."""
_MEMORY: Final = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": str(LARGE_BYTES)}
"""For the C library of Linux: one heap, and large blocks beside it, so that memory does not grow with each text."""


class Storing:
    """A store that is being loaded from the pieces of a dump. A context manager: leaving it ends the process."""

    def __init__(self, store: Path, dump: Path) -> None:
        command = [sys.executable, "-P", __file__, str(store), str(dump)]
        # A session of its own: Ctrl-C is the caller's to handle.
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            command, stdin=subprocess.PIPE, start_new_session=True, env={**os.environ, **_MEMORY}
        )
        self._dump = dump

    def load(self, piece: Piece) -> None:
        """Let a piece be loaded that stands in the dump; raises `RuntimeError` where one before could not be."""
        self._say(b"%d %d\n" % piece)

    def end(self) -> None:
        """There are no more pieces; raises `RuntimeError` where one before could not be loaded."""
        self._say(_END)

    def wait(self) -> None:
        """Wait, after `end`, until everything is loaded and in order; raises `RuntimeError` where it could not be."""
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
    _allow_open_files()
    loaded = Store(store)
    _let_compaction_wait()
    with dump.open("rb") as stream:
        _load_texts(loaded, _texts(stream, _pieces(sys.stdin.buffer), dump.parent))
    # A process that begins anew: a compaction that was begun is given up, and the next may take the processor.
    os.execv(sys.executable, [sys.executable, "-P", __file__, str(store)])  # noqa: S606 - our own file


def _allow_open_files() -> None:
    """A store that has not been merged holds some eight files open for each text: as many as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS allows fewer than it says
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _load_texts(loaded: Store, texts: Iterable[IO[bytes]]) -> None:
    """One at a time: while one is loaded, the next is unpacked."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        loading: Future[None] | None = None
        for text in texts:
            if loading:
                loading.result()
            loading = thread.submit(_load_text, loaded, text)
        if loading:
            loading.result()


def _load_text(loaded: Store, text: IO[bytes]) -> None:
    with text:
        text.flush()
        # Lenient: our own terms need not be checked a second time.
        loaded.bulk_load(path=text.name, format=RdfFormat.N_QUADS, lenient=True)


def _let_compaction_wait() -> None:
    """Let the store's threads that merge what it holds run only where nothing else wants to; there is no way back."""
    if sys.platform == "linux":
        for thread in Path("/proc/self/task").iterdir():
            # A thread that has just ended needs nothing, and where it is not allowed, loading takes longer.
            with suppress(OSError):
                if (thread / "comm").read_text(encoding="utf-8").startswith("rocksdb:low"):
                    os.sched_setscheduler(int(thread.name), os.SCHED_IDLE, os.sched_param(0))


def _order(store: Path) -> None:
    Thread(target=_end_with_the_caller, daemon=True).start()
    Store(store).optimize()


def _end_with_the_caller() -> None:
    while os.read(0, 1):  # nothing, as soon as there is nobody who could write
        pass
    os._exit(1)


def _texts(dump: BinaryIO, pieces: Iterable[Piece], folder: Path) -> Iterator[IO[bytes]]:
    """Files of `folder` with some pieces each, so that memory need not hold them; whoever closes one deletes it."""
    text = _empty(folder)
    for piece in pieces:
        _unpack(dump, piece, text)
        if text.tell() >= _AT_ONCE_BYTES:
            yield text
            text = _empty(folder)
    yield text


def _empty(folder: Path) -> IO[bytes]:
    return NamedTemporaryFile(dir=folder)


def _unpack(dump: BinaryIO, piece: Piece, text: IO[bytes]) -> None:
    start, size = piece
    dump.seek(start)
    packed, unpacker = dump.read(size), zlib_ng.decompressobj(wbits=NO_HEADER)
    while block := unpacker.decompress(packed, _BLOCK_BYTES):
        packed = unpacker.unconsumed_tail
        text.write(block)


def _pieces(orders: BinaryIO) -> Iterator[Piece]:
    """The pieces that are asked for, until `end`."""
    for line in orders:
        if line == _END:
            return
        start, size = map(int, line.split())
        yield start, size
    sys.exit()  # the caller is gone, and nobody needs the store


if __name__ == "__main__":
    paths = [Path(one) for one in sys.argv[1:]]
    if len(paths) == 1:
        _order(*paths)
    else:
        _load(*paths)
