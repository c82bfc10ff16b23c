"""Quads into the dump, and from there into a store on disk, in one pass.

    statements ─▶ lines ─▶ graph.nq.gz ─▶ store

Python makes the statements, a thread hashes and compresses them, and a process of its own loads what the dump
holds into the store, which takes longest. The store may fall behind as far as it likes: nothing waits for it in
memory, and the dump can be checked while it is still loading.
"""

import hashlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
from pyoxigraph import Quad
from zlib_ng import zlib_ng

from graph.storing import Piece, Storing
from ontology import iris
from ontology.column_lines import lines_of_columns, periods
from ontology.loads import Batch, RecordColumns
from ontology.rdf import interval_lines, line_end, lines_of
from ontology.records import Membership, Record
from ontology.terms import UNIT

CHUNK_QUADS = 100_000
"""How many statements are compressed, and loaded, at once, and those of one record more. The dump's bytes depend on it,
and memory does."""
_GZIP = 31
"""What zlib calls a gzip file."""
_LEVEL = 2
"""Of compression: as small as zlib makes it on its first level, in a third of the time."""
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
        self._texts: list[bytes] = []
        """Whole lines, one or many a text, that wait to be written, and how many they are."""
        self._waiting = 0
        self._shared: set[bytes] = set()
        """Digests of the lines about nodes that several records share, and of the periods that batches spoke of."""
        self.quads = 0
        self.sha256 = ""

    def add_record(self, record: Record, row: str | None) -> None:
        """Write a record's statements; those about nodes that several records share are written once."""
        own, side = lines_of(record, row)
        self._add_lines(own + self._new(side) if side else own)

    def add_batch(self, batch: Batch) -> None:
        """Write the statements of many records, as `add_record` would write those of one after the other."""
        found = pl.concat([self._batch_texts(batch, one) for one in batch.records]).sort("at", maintain_order=True)
        lines = found["text"].str.count_matches("\n", literal=True).cum_sum()
        texts: list[bytes] = found["text"].cast(pl.Binary).to_list()
        start = before = 0
        while start < len(texts):
            full = lines.search_sorted(before + CHUNK_QUADS - self._waiting)
            stop = min(full + 1, len(texts))
            self._add(texts[start:stop], lines[stop - 1] - before)
            start, before = stop, lines[stop - 1]

    def add_quads(self, quads: Iterable[Quad]) -> None:
        """Write statements that no record makes; the caller sees to it that none is repeated."""
        self._add_lines([f"{quad} .\n" for quad in quads])

    def close_dump(self) -> None:
        """Finish the dump; nothing may be added after."""
        self._flush()
        self._shared = set()
        self._wait()
        self.sha256 = self._dump.close()
        self._store.end()

    def _is_new(self, text: str) -> bool:
        """Whether the text was not asked for before. Digests take a fifth of the memory of the lines."""
        digest = hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()
        known = digest in self._shared
        self._shared.add(digest)
        return not known

    def _new(self, lines: Iterable[str]) -> list[str]:
        return [line for line in lines if self._is_new(line)]

    def _batch_texts(self, batch: Batch, records: RecordColumns) -> pl.DataFrame:
        """The lines about each record, after the row of the batch that it stands in."""
        row = iris.row(batch.layout.source, batch.layout.file, 0).removesuffix("0")
        rows = row + batch.rows.gather(records.at).cast(pl.String)
        texts = lines_of_columns(records, rows)
        if records.kind is Membership:
            texts += self._new_periods(records)
        return pl.DataFrame({"at": records.at, "text": texts})

    def _new_periods(self, memberships: RecordColumns) -> pl.Series:
        """What is to be said after each membership of its period; hardly ever something."""
        said, end = [""] * len(memberships.fields), line_end(memberships.source)
        for at, first, last in periods(memberships.fields):
            if self._is_new(UNIT.join((memberships.source, first or "", last or ""))):
                said[at] = "".join(self._new(f"{line}{end}" for line in interval_lines(first, last)))
        return pl.Series(said, dtype=pl.String)

    def _add_lines(self, lines: list[str]) -> None:
        self._add(["".join(lines).encode()], len(lines))

    def _add(self, texts: list[bytes], lines: int) -> None:
        self._texts += texts
        self._waiting += lines
        if self._waiting >= CHUNK_QUADS:
            self._flush()

    def _flush(self) -> None:
        """Hand over what is waiting, as soon as what came before is in the dump."""
        self._wait()
        self.quads += self._waiting
        self._dumped = self._dumping.submit(self._write, b"".join(self._texts))
        self._texts, self._waiting = [], 0

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
        with self._store, closing(self._dump), self._dumping:
            if kind is not None:
                self._dumping.shutdown(cancel_futures=True)
                return
            if not self.sha256:
                self.close_dump()
            self._store.wait()


class _Dump:
    """A gzip file in pieces, each of which can be unpacked alone: the compressor forgets what came before it.

    To whoever reads the file it is one text, as any other.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._packer = zlib_ng.compressobj(level=_LEVEL, wbits=_GZIP)
        self._digest = hashlib.sha256()
        self._size = 0
        self._write(self._packer.flush(zlib_ng.Z_FULL_FLUSH))  # the header belongs to no piece

    def append(self, text: bytes) -> Piece:
        """Write a piece; where it stands."""
        self._digest.update(text)
        return self._write(self._packer.compress(text) + self._packer.flush(zlib_ng.Z_FULL_FLUSH))

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
