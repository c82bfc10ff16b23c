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
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import BinaryIO, Final, Self, TypeAlias

from pyoxigraph import RdfFormat, Store
from zlib_ng import zlib_ng

Piece: TypeAlias = tuple[int, int]
"""Where a piece of the dump begins, and how long it is (bytes of the file)."""
NO_HEADER = -15
"""What zlib calls a piece from the middle of a gzip file."""
_END = b"end\n"
_AT_A_TIME: Final = 2
_AT_ONCE_BYTES: Final = 20_000_000
"""How many texts are loaded at a time, and how long each is: more takes more memory, less leaves more to merge."""
_MEMORY: Final = {"MALLOC_ARENA_MAX": str(_AT_A_TIME), "MALLOC_MMAP_THRESHOLD_": str(1 << 20)}
"""For the C library of Linux: few heaps, and large blocks beside them, so that memory does not grow with each text."""


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
    loaded = Store(store)
    _let_compaction_wait()
    with dump.open("rb") as stream:
        _load_texts(loaded, _together(_texts(stream, sys.stdin.buffer)))
    # A process that begins anew: a compaction that was begun is given up, and the next may take the processor.
    os.execv(sys.executable, [sys.executable, "-P", __file__, str(store)])  # noqa: S606 - our own file


def _load_texts(loaded: Store, texts: Iterable[bytes]) -> None:
    """Two at a time: while one is read, the other is sorted."""
    # Lenient: our own terms need not be checked a second time.
    load = partial(loaded.bulk_load, format=RdfFormat.N_QUADS, lenient=True)
    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        loading: deque[Future[None]] = deque()
        for text in texts:
            loading.append(threads.submit(load, text))
            if len(loading) == _AT_A_TIME:
                loading.popleft().result()
        for one in loading:
            one.result()


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
    paths = [Path(one) for one in sys.argv[1:]]
    if len(paths) == 1:
        _order(*paths)
    else:
        _load(*paths)
