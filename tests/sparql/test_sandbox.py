"""The wall behind the guard: a worker that is asked directly, with nobody looking at the query first."""

import os
import platform
from pathlib import Path

import pytest

from api.sparql import frames, negotiation
from api.sparql.pool import SparqlPool, Worker
from tests.sparql.conftest import Listener
from tests.sparql.test_guard import SERVICE_SPELLINGS

BINDABLE = [name for name in SERVICE_SPELLINGS if "?x" not in SERVICE_SPELLINGS[name]]


def _ask(worker: Worker, query: str) -> frames.Answer:
    question = frames.Question(
        query=query,
        base_iri="http://x/",
        media_type=negotiation.JSON,
        union=True,
        default_graphs=None,
        named_graphs=None,
        max_rows=10,
        max_bytes=10_000,
        deadline_ms=5_000,
    )
    return worker.ask(question, 1_000_000)[0]


def _worker(store_path: Path, sandbox: str) -> Worker:
    spec = frames.Spec(store=str(store_path), memory_bytes=400_000_000, parent=os.getpid(), sandbox=sandbox)
    return Worker(spec)


def test_the_engine_does_try_every_spelling_and_reaches_nobody(store_path: Path, listener: Listener) -> None:
    """Each spelling is one that the engine understands: so it would have been a request without the sandbox."""
    worker = _worker(store_path, "auto")
    try:
        for name in BINDABLE:
            query = SERVICE_SPELLINGS[name].replace("URL", f"http://127.0.0.1:{listener.port}/")
            answer = _ask(worker, query.replace("SILENT", ""))
            if name not in NOT_EVALUATED:
                assert answer["error"] in {"forbidden", "failed"}, (name, answer)
        assert "error" not in _ask(worker, "SELECT * { ?s ?p ?o }")
    finally:
        worker.kill()
    assert listener.hits == 0


NOT_EVALUATED = {"hidden in a false string", "after a boolean", "after an escaped number sign"}
"""Spellings whose other patterns have no solution in the test's store, so that SERVICE is not reached."""


def test_a_network_namespace_does_it_where_there_is_no_filter(store_path: Path, listener: Listener) -> None:
    worker = _worker(store_path, "namespace")
    try:
        answer = _ask(worker, f"SELECT * {{ SERVICE <http://127.0.0.1:{listener.port}/> {{ ?s ?p ?o }} }}")
        if "no network namespace" in answer.get("message", ""):
            pytest.skip("this machine gives no network namespace")
        assert answer["error"] in {"forbidden", "failed"}
        assert "error" not in _ask(worker, "SELECT * { ?s ?p ?o }")
    finally:
        worker.kill()
    assert listener.hits == 0


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the filter is for x86-64")
def test_the_kernel_filters_the_calls_of_a_worker(pool: SparqlPool) -> None:
    pool.query("ASK { }")
    for pid in pool.pids():
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        assert status["NoNewPrivs"] == "1"
        assert status["Seccomp"] == "2"


def test_a_worker_sees_no_secrets_and_dumps_no_core(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "not-for-workers")
    with SparqlPool(store_path, workers=1) as pool:
        pool.query("ASK { }")
        (pid,) = pool.pids()
        assert b"not-for-workers" not in Path(f"/proc/{pid}/environ").read_bytes()
        limits = Path(f"/proc/{pid}/limits").read_text()
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core")] == [["0", "0"]]
