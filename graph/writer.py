"""Quads into the dump, and from there into a store on disk, in one pass.

    statements ─▶ lines ─▶ graph.nq.gz ─▶ store

Python makes the statements, a thread hashes and compresses them, and a process of its own loads what the dump
holds into the store, which takes longest. The store may fall behind as far as it likes: nothing waits for it in
memory, and the dump can be checked while it is still loading.
"""

import hashlib
import zlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import Quad

from graph.storing import Piece, Storing
from ontology.rdf import lines_of
from ontology.records import Record

CHUNK_QUADS = 100_000
"""How many statements are compressed, and loaded, at once. The dump's bytes depend on it, and memory does."""
_GZIP = 31
"""What zlib calls a gzip file."""
_DIGEST_BYTES = 16


class GraphWriter:
    """Writes each distinct statement once, in the order given.

    A context manager. After `close_dump` the dump is whole and `sha256` and `quads` hold; leaving the
    context waits for the store. The dump is N-Quads; its hash is that of the text, not of the file.
    Raises `RuntimeError` where the store could not be loaded.
    """

    def __init__(self, folder: Path) -> None:
        self._dump = _Dump(folder / "graph.nq.gz")
        self._store = Storing(folder / "store", folder / "graph.nq.gz")
        self._dumping = ThreadPoolExecutor(max_workers=1)
        self._dumped: Future[None] | None = None
        self._lines: list[str] = []
        self._shared: set[bytes] = set()
        self.quads = 0
        self.sha256 = ""

    def add_record(self, record: Record, row: str | None) -> None:
        """Write a record's statements; those about nodes that several records share are written once."""
        own, side = lines_of(record, row)
        self._lines += own
        if side:
            self._lines += [line for line in side if self._is_new(line)]
        self._flush_full()

    def add_quads(self, quads: Iterable[Quad]) -> None:
        """Write statements that no record makes; the caller sees to it that none is repeated."""
        self._lines += [f"{quad} .\n" for quad in quads]
        self._flush_full()

    def close_dump(self) -> None:
        """Finish the dump; nothing may be added after."""
        self._flush(self._lines)
        self._lines = []
        self._shared = set()
        self._wait()
        self.sha256 = self._dump.close()

    def _is_new(self, line: str) -> bool:
        """Whether the line was not asked for before. Digests take a fifth of the memory of the lines."""
        digest = hashlib.blake2b(line.encode(), digest_size=_DIGEST_BYTES).digest()
        known = digest in self._shared
        self._shared.add(digest)
        return not known

    def _flush_full(self) -> None:
        while len(self._lines) >= CHUNK_QUADS:
            self._flush(self._lines[:CHUNK_QUADS])
            self._lines = self._lines[CHUNK_QUADS:]

    def _flush(self, lines: list[str]) -> None:
        """Hand lines over, as soon as those before are in the dump."""
        self._wait()
        self.quads += len(lines)
        self._dumped = self._dumping.submit(self._write, "".join(lines).encode())

    def _wait(self) -> None:
        if self._dumped:
            self._dumped.result()  # raises what went wrong

    def _write(self, text: bytes) -> None:
        self._store.load(self._dump.append(text))

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until the store holds everything; after an error only let go of the files."""
        self._dumping.shutdown(cancel_futures=kind is not None)
        self._dump.close()
        with self._store:
            if kind is None:
                self._store.finish()


class _Dump:
    """A gzip file in pieces, each of which can be unpacked alone: the compressor forgets what came before it.

    To whoever reads the file it is one text, as any other.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._packer = zlib.compressobj(level=1, wbits=_GZIP)
        self._digest = hashlib.sha256()
        self._size = 0
        self._write(self._packer.flush(zlib.Z_FULL_FLUSH))  # the header belongs to no piece

    def append(self, text: bytes) -> Piece:
        """Write a piece; where it stands."""
        self._digest.update(text)
        return self._write(self._packer.compress(text) + self._packer.flush(zlib.Z_FULL_FLUSH))

    def close(self) -> str:
        """Finish the file, unless it is finished; the SHA-256 of its text."""
        if not self._file.closed:
            self._write(self._packer.flush())
            self._file.close()
        return self._digest.hexdigest()

    def _write(self, packed: bytes) -> Piece:
        written = self._file.write(packed)
        if written != len(packed):
            raise OSError(f"{self._file.name} could not be written to its end: make room on the disk")
        start, self._size = self._size, self._size + written
        return start, written
