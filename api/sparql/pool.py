"""Lends workers to queries, one at a time, and kills those that take too long.

    with SparqlPool(generation.path / "store") as pool:
        result = pool.query("SELECT * { ?s ?p ?o } LIMIT 3", accept="csv")

Safe to be called from many threads. A worker that is killed or dies costs its own query only; the next one is started
at once, in the background. The store must be one that nobody writes to: that of a generation.
"""

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, LifoQueue
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

from api.limits import LIMITS, Limits
from api.sparql import errors, frames, guard, negotiation
from ontology import iris

START_DEADLINE_S = 10.0
READ_BYTES = 1 << 20
FRAME_SLACK_BYTES = 1 << 20
"""How much larger than the limit of results a frame may be before the worker counts as broken: head and closing."""
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class SparqlResult:
    """The answer to a query."""

    content_type: str
    body: bytes
    truncated: bool
    """Whether the answer was cut at the limit of rows or bytes."""
    seconds: float
    """From the call to the result, the wait for a worker included."""


class SparqlPool:
    """Worker processes on one store.

    `generation` names the data (default: the folder that holds the store), `workers` is the number of processes
    (default: one a processor, four at most), `deadline_ms` and `memory_bytes` bound one query. `sandbox` is for
    tests: `auto` takes the best that the machine offers.
    """

    def __init__(  # noqa: PLR0913 - each is given by name and has a default
        self,
        store_path: Path,
        *,
        generation: str | None = None,
        workers: int | None = None,
        deadline_ms: int = LIMITS.sparql_deadline_ms,
        memory_bytes: int = LIMITS.sparql_memory_bytes,
        limits: Limits = LIMITS,
        sandbox: str = "auto",
    ) -> None:
        self.generation = generation or store_path.resolve().parent.name
        self.workers = workers or min(4, os.cpu_count() or 1)
        self.deadline_ms = deadline_ms
        self.limits = limits
        self._spec = frames.Spec(store=str(store_path), memory_bytes=memory_bytes, parent=os.getpid(), sandbox=sandbox)
        # Workers die with the thread that starts them, so one thread starts them all and lives as long as the pool.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="sparql-starter")
        self._free: LifoQueue[Future[Worker]] = LifoQueue()
        self._waiting = threading.BoundedSemaphore(self.workers * (1 + limits.sparql_waiting_per_worker))
        self._closed = False
        for _ in range(self.workers):
            self._free.put(self._start())

    def query(
        self,
        text: str,
        accept: str = negotiation.JSON,
        timeout_ms: int | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> SparqlResult:
        """Answer a query that anybody wrote; raises `errors.SparqlError`.

        `accept` is a media type, a whole `Accept` header, or a short name (`json`, `csv`, `tsv`, `xml`, `turtle`,
        `ntriples`, `jsonld`). `timeout_ms` can only shorten the deadline. Where either list of graphs is given, they
        are the data set, whatever the query's FROM says; else without FROM the default graph is the union of all.
        Relative IRIs are relative to the namespace of minted ones: `<id/territory/…>`.
        """
        started = time.monotonic()
        inspection = guard.inspect(text, self.limits)
        media_type = negotiation.result_type(accept, inspection.form)
        question = frames.Question(
            query=text,
            base_iri=iris.base_iri(),
            media_type=media_type,
            union=not inspection.has_dataset,
            default_graphs=None if default_graphs is None else list(default_graphs),
            named_graphs=None if named_graphs is None else list(named_graphs),
            max_rows=self.limits.sparql_rows,
            max_bytes=self.limits.sparql_result_bytes,
            deadline_ms=min(self.deadline_ms, timeout_ms or self.deadline_ms),
        )
        head, body = self._ask(question)
        return SparqlResult(
            content_type=negotiation.content_type(media_type),
            body=body,
            truncated=head["truncated"],
            seconds=time.monotonic() - started,
        )

    def pids(self) -> list[int]:
        """The process ids of the workers that wait for a query."""
        return [future.result().pid for future in list(self._free.queue) if future.done() and not future.exception()]

    def close(self) -> None:
        """End all workers, those at work after their query; later queries raise `UnavailableError`.

        May be called twice.
        """
        if self._closed:
            return
        self._closed = True
        until = time.monotonic() + self.deadline_ms / 1000 + 1
        for _ in range(self.workers):
            try:
                future = self._free.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                break  # the kernel ends what is left, together with the starter's thread
            _kill(future)
        self._starter.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, question: frames.Question) -> tuple[frames.Answer, bytes]:
        with self._worker() as worker:
            head, body = worker.ask(question, self.limits.sparql_result_bytes + FRAME_SLACK_BYTES)
            if head.get("grown_bytes", 0) > self._spec["memory_bytes"] // 4:
                worker.kill()  # what one query has left behind must not be missing for the next
        _raise_error(head)
        return head, body

    @contextmanager
    def _worker(self) -> "Iterator[Worker]":
        """A worker for one query; it goes back alive, or another one in its place."""
        future = self._take()
        try:
            worker = _result(future)
            if not worker.alive():  # it was killed while nobody used it: no reason to fail this query
                worker.kill()
                future = self._start()
                worker = _result(future)
        except BaseException:
            self._put_back(future)
            raise
        try:
            yield worker
        except BaseException:
            worker.kill()
            raise
        finally:
            self._put_back(future)

    def _take(self) -> "Future[Worker]":
        if self._closed:
            raise errors.UnavailableError("The service is about to change its data; ask again.")
        if not self._waiting.acquire(blocking=False):
            raise errors.BusyError("Too many queries wait already; ask again in a moment.")
        try:
            return self._free.get(timeout=self.limits.sparql_wait_ms / 1000)
        except Empty:
            raise errors.BusyError("No worker was free in time; ask again in a moment.") from None
        finally:
            self._waiting.release()

    def _put_back(self, future: "Future[Worker]") -> None:
        usable = future.done() and not future.exception() and future.result().alive()
        if not usable and not self._closed:
            _kill(future)
            future = self._start()
        self._free.put(future)

    def _start(self) -> "Future[Worker]":
        return self._starter.submit(Worker, self._spec)


class Worker:
    """One process, used by one thread at a time."""

    def __init__(self, spec: frames.Spec) -> None:
        self._errors = TemporaryFile()  # noqa: SIM115 - closed by `kill`; holds what the process says as it dies
        self._process = subprocess.Popen(  # noqa: S603 - our own module; of the outside only a path, as data
            [sys.executable, "-S", "-m", "api.sparql.worker", json.dumps(spec)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(),
            bufsize=0,
        )
        self._ready = False

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the process can take a query."""
        return self._process.poll() is None

    def ask(self, question: frames.Question, max_bytes: int) -> tuple[frames.Answer, bytes]:
        """Head and body of the answer; raises a `SparqlError`, after which this worker is of no use any more."""
        self._await_ready()
        until = time.monotonic() + question["deadline_ms"] / 1000
        try:
            self._pipe(self._process.stdin).write(frames.pack(question))
            return self._receive(until, max_bytes)
        except (BrokenPipeError, EOFError):
            self._process.wait()
            raise self._death() from None
        except TimeoutError:
            raise errors.TimedOutError(f"The query took longer than {question['deadline_ms']:,} ms.") from None

    def kill(self) -> None:
        """End the process now and leave nothing of it."""
        self._process.kill()
        self._process.wait()
        for file in (self._process.stdin, self._process.stdout, self._errors):
            if file is not None:
                file.close()

    def _await_ready(self) -> None:
        """Wait for the first frame, which says that the store is open."""
        if self._ready:
            return
        try:
            head, _ = self._receive(time.monotonic() + START_DEADLINE_S, FRAME_SLACK_BYTES)
        except (TimeoutError, EOFError):
            raise errors.UnavailableError("The process that answers queries did not start.") from None
        if "error" in head:
            raise errors.UnavailableError(f"No query can be answered: {head['message']}.")
        self._ready = True

    def _receive(self, until: float, max_bytes: int) -> tuple[frames.Answer, bytes]:
        head, body = frames.read(lambda size: self._exactly(size, until, max_bytes))
        answer: frames.Answer = json.loads(head)
        return answer, body

    def _exactly(self, size: int, until: float, max_bytes: int) -> bytes:
        """The next bytes of the worker; raises `TimeoutError`, `EOFError` or `TooLargeError`."""
        if size > max_bytes:
            raise errors.TooLargeError(f"The result is larger than {max_bytes:,} bytes.")
        data = bytearray()
        while len(data) < size:
            data += self._some(size - len(data), until)
        return bytes(data)

    def _some(self, size: int, until: float) -> bytes:
        output = self._pipe(self._process.stdout)
        poll = select.poll()
        poll.register(output, select.POLLIN)
        if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
            raise TimeoutError
        data = os.read(output.fileno(), min(size, READ_BYTES))
        if not data:
            raise EOFError
        return data

    def _death(self) -> errors.SparqlError:
        """Why the process died, from its last words."""
        self._errors.seek(0)
        words = self._errors.read()
        if b"memory allocation" in words or b"bad_alloc" in words or b"MemoryError" in words:
            return errors.TooLargeError("The query needs more memory than one query may take.")
        return errors.WorkerDiedError("The process that worked on the query ended before it was done.")

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None  # noqa: S101 - both were asked for in `__init__`
        return pipe


def _result(future: "Future[Worker]") -> Worker:
    try:
        return future.result(timeout=START_DEADLINE_S)
    except (OSError, TimeoutError) as error:
        raise errors.UnavailableError("The process that answers queries did not start.") from error


def _kill(future: "Future[Worker]") -> None:
    """End the worker of a future, if it was started."""
    if not future.cancel() and not future.exception():
        future.result().kill()


def _environment() -> dict[str, str]:
    """What a worker sees of the environment: where the modules are, and nothing that is secret."""
    paths = [str(ROOT), *(path for path in sys.path if path)]
    return {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8"}


_ERRORS: dict[str, type[errors.SparqlError]] = {
    "bad_query": errors.BadQueryError,
    "forbidden": errors.ForbiddenError,
    "too_large": errors.TooLargeError,
    "unavailable": errors.UnavailableError,
}


def _raise_error(head: frames.Answer) -> None:
    """Raise what the head of an answer says, if it is an error."""
    match head.get("error"):
        case None:
            return
        case "memory":
            raise errors.TooLargeError("The query needs more memory than one query may take.")
        case kind:
            raise _ERRORS.get(str(kind), errors.SparqlError)(head["message"])
