"""Quads into a store on disk and into the dump beside it, in one pass.

Python makes the statements; one thread hashes and compresses them, another loads them into the store,
which takes longest. Both release the interpreter lock, so that two cores are busy, and the dump can be
checked while the store is still loading.
"""

import gzip
import hashlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import Quad, RdfFormat, Store

from ontology.rdf import lines_of
from ontology.records import Record

MIN_CHUNK, MAX_CHUNK = 150_000, 250_000
"""How many statements are loaded at once: as few as keep the store busy, as many as keep memory flat.

Few large chunks cost the store less time than many small ones, and waiting for them costs more.
"""


class GraphWriter:
    """Writes each distinct statement once, in the order given.

    A context manager. After `close_dump` the dump is whole and `sha256` and `quads` hold; leaving the
    context waits for the store. The dump is N-Quads; its hash is that of the text, not of the file.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder / "store")
        self._file = (folder / "graph.nq.gz").open("wb")
        self._gzip = gzip.GzipFile(filename="", mode="wb", fileobj=self._file, compresslevel=1, mtime=0)
        self._digest = hashlib.sha256()
        self._dumping = ThreadPoolExecutor(max_workers=1)
        self._loading = ThreadPoolExecutor(max_workers=1)
        self._loaded: Future[None] = Future()
        self._loaded.set_result(None)
        self._lines: list[str] = []
        self._shared: set[str] = set()
        self.quads = 0
        self.sha256 = ""

    def add_record(self, record: Record, row: str | None) -> None:
        """Write a record's statements; those about nodes that several records share are written once."""
        own, side = lines_of(record, row)
        self._lines += own
        if side:
            new = [line for line in side if line not in self._shared]
            self._shared.update(new)
            self._lines += new
        self._flush_full()

    def add_quads(self, quads: Iterable[Quad]) -> None:
        """Write statements that no record makes; the caller sees to it that none is repeated."""
        self._lines += [f"{quad} .\n" for quad in quads]
        self._flush_full()

    def close_dump(self) -> None:
        """Finish the dump; nothing may be added after."""
        self._flush()
        self._dumping.shutdown()
        self._gzip.close()
        self._file.close()
        self.sha256 = self._digest.hexdigest()

    def _flush_full(self) -> None:
        waiting = len(self._lines)
        if waiting >= MAX_CHUNK:
            self._loaded.result()
        if waiting >= MAX_CHUNK or (waiting >= MIN_CHUNK and self._loaded.done()):
            self._flush()

    def _flush(self) -> None:
        """Hand the lines over; the store takes them when it is done with the ones before."""
        text = "".join(self._lines).encode()
        self.quads += len(self._lines)
        self._lines = []
        dumped = self._dumping.submit(self._dump, text)
        self._loaded = self._loading.submit(self._load, text, dumped, self._loaded)

    def _dump(self, text: bytes) -> None:
        self._digest.update(text)
        self._gzip.write(text)

    def _load(self, text: bytes, dumped: Future[None], before: Future[None]) -> None:
        before.result()  # raises what went wrong with the chunk before
        # Lenient: our own terms need not be checked a second time.
        self._store.bulk_load(text, RdfFormat.N_QUADS, lenient=True)
        dumped.result()

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until the store holds everything; after an error only let go of the files."""
        self._dumping.shutdown(cancel_futures=kind is not None)
        self._loading.shutdown(cancel_futures=kind is not None)
        self._file.close()
        if kind is None:
            self._loaded.result()
            self._store.flush()
        del self._store
