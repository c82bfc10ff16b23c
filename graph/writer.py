"""Quads into a store on disk and into the dump beside it, in one pass.

    statements ─▶ lines ─▶ graph.nq.gz ─▶ store

Python makes the statements; one thread hashes and compresses them, another loads what the dump holds into the
store, which takes longest. Both release the interpreter lock. The store may fall behind as far as it likes: it
reads from the dump, so that nothing waits for it in memory, and the dump can be checked while it is still loading.
"""

import hashlib
import zlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from pyoxigraph import Quad, RdfFormat, Store

from ontology.rdf import lines_of
from ontology.records import Record

CHUNK_QUADS = 100_000
"""How many statements are compressed, and loaded, at once. The dump's bytes depend on it, and memory does."""
_GZIP, _NO_HEADER = 31, -15
"""What zlib calls a gzip file, and a piece from the middle of one."""
_DIGEST_BYTES = 16

Piece: TypeAlias = tuple[int, int]
"""Where a piece of the dump begins, and how long it is (bytes of the file)."""


class GraphWriter:
    """Writes each distinct statement once, in the order given.

    A context manager. After `close_dump` the dump is whole and `sha256` and `quads` hold; leaving the
    context waits for the store. The dump is N-Quads; its hash is that of the text, not of the file.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder / "store")
        self._dump = _Dump(folder / "graph.nq.gz")
        self._dumping = ThreadPoolExecutor(max_workers=1)
        self._loading = ThreadPoolExecutor(max_workers=1)
        self._dumped: Future[Piece] | None = None
        self._loaded: Future[None] | None = None
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
        self._dumping.shutdown()
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
        """Hand lines over, as soon as those before are in the dump; raises what went wrong with any before."""
        if self._dumped:
            self._dumped.result()
        if self._loaded and self._loaded.done():
            self._loaded.result()
        self.quads += len(lines)
        self._dumped = self._dumping.submit(self._dump.append, "".join(lines).encode())
        self._loaded = self._loading.submit(self._load, self._dumped, self._loaded)

    def _load(self, dumped: Future[Piece], before: Future[None] | None) -> None:
        if before:
            before.result()  # raises what went wrong with the piece before
        # Lenient: our own terms need not be checked a second time.
        self._store.bulk_load(self._dump.read(dumped.result()), RdfFormat.N_QUADS, lenient=True)

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until the store holds everything; after an error only let go of the files."""
        self._dumping.shutdown(cancel_futures=kind is not None)
        self._loading.shutdown(cancel_futures=kind is not None)
        self._dump.close()
        if kind is None and self._loaded:
            self._loaded.result()
            self._store.flush()
        del self._store


class _Dump:
    """A gzip file in pieces, each of which can be unpacked alone: the compressor forgets what came before it.

    To whoever reads the file it is one text, as any other.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb", buffering=0)
        self._packer = zlib.compressobj(level=1, wbits=_GZIP)
        self._digest = hashlib.sha256()
        self._size = 0
        self._write(self._packer.flush(zlib.Z_FULL_FLUSH))  # the header belongs to no piece

    def append(self, text: bytes) -> Piece:
        """Write a piece; where it stands."""
        self._digest.update(text)
        packed = self._packer.compress(text) + self._packer.flush(zlib.Z_FULL_FLUSH)
        return self._write(packed)

    def read(self, piece: Piece) -> bytes:
        """The text of a piece that was written; may be called from another thread than `append`."""
        start, size = piece
        with self._path.open("rb") as stream:
            stream.seek(start)
            return zlib.decompressobj(wbits=_NO_HEADER).decompress(stream.read(size))

    def close(self) -> str:
        """Finish the file, unless it is finished; the SHA-256 of its text."""
        if not self._file.closed:
            self._write(self._packer.flush())
            self._file.close()
        return self._digest.hexdigest()

    def _write(self, packed: bytes) -> Piece:
        written = self._file.write(packed)
        if written != len(packed):
            raise OSError(f"{self._path} could not be written to its end: make room on the disk")
        start, self._size = self._size, self._size + written
        return start, written
