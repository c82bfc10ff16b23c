"""The pool: answers, deadlines, limits, deaths, and that nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from api.limits import LIMITS
from api.sparql import errors
from api.sparql.pool import SparqlPool
from tests.sparql.conftest import DEADLINE_MS, EX, THINGS

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
FOREVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ALL = 3 * THINGS + 1


def _number(pool: SparqlPool, query: str, **options: list[str] | None) -> int:
    return int(pool.query(query, "csv", None, options.get("default"), options.get("named")).body.split()[1])


def _until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _alive(pid: int) -> bool:
    """Whether a process is there; a zombie is."""
    return Path(f"/proc/{pid}").exists()


# What is answered


def test_the_default_graph_is_the_union_of_all_graphs(pool: SparqlPool) -> None:
    assert _number(pool, COUNT) == ALL


@pytest.mark.parametrize(
    ("dataset", "default", "named"),
    [
        ("FROM <http://example.org/graph/1>", ALL // 2, 0),
        ("FROM <http://example.org/graph/0> FROM <http://example.org/graph/1>", ALL - 1, 0),
        ("FROM NAMED <http://example.org/graph/odd>", 0, 1),
        ("FROM <http://example.org/nowhere>", 0, 0),
    ],
)
def test_from_chooses_among_the_graphs_there_are(pool: SparqlPool, dataset: str, default: int, named: int) -> None:
    assert _number(pool, f"SELECT (COUNT(*) AS ?n) {dataset} {{ ?s ?p ?o }}") == default
    assert _number(pool, f"SELECT (COUNT(*) AS ?n) {dataset} {{ GRAPH ?g {{ ?s ?p ?o }} }}") == named


def test_the_data_set_of_the_protocol_wins_over_from(pool: SparqlPool) -> None:
    query = "SELECT (COUNT(*) AS ?n) FROM <http://example.org/graph/odd> { ?s ?p ?o }"
    assert _number(pool, query) == 1
    assert _number(pool, query, default=[EX + "graph/1"]) == ALL // 2
    assert _number(pool, query, named=[EX + "graph/1"]) == 0


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("ASK { }", "json", b'{"head":{},"boolean":true}'),
        (f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{EX}graph/odd> {{ ?s ?p ?o }} }}", "ntriples", b"true"),
        (f"DESCRIBE <{EX}a>", "turtle", b"true"),
        ("SELECT ?x { VALUES ?x { 'é' } }", "csv", "x\r\né\r\n".encode()),
    ],
)
def test_every_form_is_answered(pool: SparqlPool, query: str, accept: str, expected: bytes) -> None:
    assert expected in pool.query(query, accept).body


def test_syntax_errors_are_told_in_the_words_of_the_parser(pool: SparqlPool) -> None:
    with pytest.raises(errors.BadQueryError, match=r"error at 1:\d+"):
        pool.query("SELECT * { ?s ?p }")
    with pytest.raises(errors.BadQueryError, match="IRI"):
        pool.query("ASK { }", default_graphs=["no iri"])


# Limits


def test_rows_are_cut_and_the_cut_is_told(store_path: Path) -> None:
    with SparqlPool(store_path, workers=1, limits=replace(LIMITS, sparql_rows=5)) as pool:
        cut = pool.query("SELECT * { ?s ?p ?o }")
        whole = pool.query("SELECT * { ?s ?p ?o } LIMIT 5")
    assert (cut.truncated, len(json.loads(cut.body)["results"]["bindings"])) == (True, 5)
    assert (whole.truncated, len(json.loads(whole.body)["results"]["bindings"])) == (False, 5)


def test_a_single_row_beyond_the_limit_of_bytes_is_refused(store_path: Path) -> None:
    with SparqlPool(store_path, workers=1, limits=replace(LIMITS, sparql_result_bytes=2_000)) as pool:
        with pytest.raises(errors.TooLargeError, match="2,000"):
            pool.query("SELECT (GROUP_CONCAT(STR(?s)) AS ?x) { ?s ?p ?o }")
        assert pool.query("SELECT * { ?s ?p ?o }").truncated


def test_a_query_without_end_is_stopped_at_the_deadline(pool: SparqlPool) -> None:
    started = time.monotonic()
    with pytest.raises(errors.TimedOutError, match="1,500"):
        pool.query(FOREVER)
    assert DEADLINE_MS / 1000 <= time.monotonic() - started < DEADLINE_MS / 1000 + 1
    assert _number(pool, COUNT) == ALL


def test_a_client_can_shorten_the_deadline_and_not_lengthen_it(pool: SparqlPool) -> None:
    with pytest.raises(errors.TimedOutError, match=" 50 ms"):
        pool.query(FOREVER, timeout_ms=50)
    with pytest.raises(errors.TimedOutError, match="1,500 ms"):
        pool.query(FOREVER, timeout_ms=1_000_000)


def test_a_query_that_eats_memory_is_stopped(store_path: Path) -> None:
    double = " ".join(f"BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(40))
    with SparqlPool(store_path, workers=1, memory_bytes=200_000_000) as pool:
        with pytest.raises(errors.TooLargeError, match="memory"):
            pool.query(f"SELECT * {{ BIND('0123456789' AS ?v0) {double} }}")
        assert _number(pool, COUNT) == ALL


# Deaths


def test_a_worker_killed_in_the_middle_costs_its_own_query_only(store_path: Path) -> None:
    with SparqlPool(store_path, workers=1, deadline_ms=30_000) as pool, ThreadPoolExecutor(1) as thread:
        pool.query("ASK { }")
        (victim,) = pool.pids()
        rested = _cpu_ticks(victim)
        lost = thread.submit(pool.query, FOREVER)
        assert _until(lambda: _cpu_ticks(victim) > rested + 5)  # before, it would be replaced without loss
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(errors.WorkerDiedError):
            lost.result()
        assert _number(pool, COUNT) == ALL
        assert pool.pids() != [victim]


def test_a_worker_that_died_while_idle_is_replaced_unnoticed(store_path: Path) -> None:
    with SparqlPool(store_path, workers=1) as pool:
        pool.query("ASK { }")
        (victim,) = pool.pids()
        os.kill(victim, signal.SIGKILL)
        assert _until(lambda: _is_gone(victim))
        assert _number(pool, COUNT) == ALL


def test_a_worker_ends_by_itself_when_nobody_kills_it(store_path: Path) -> None:
    """A pool that hangs (here: is stopped) keeps its worker busy for a second beyond the deadline, not for ever."""
    code = (
        "import sys; from pathlib import Path; from api.sparql.pool import SparqlPool\n"
        "pool = SparqlPool(Path(sys.argv[1]), workers=1, deadline_ms=500); pool.query('ASK {}')\n"
        "sys.stdout.write(f'{pool.pids()[0]}\\n'); sys.stdout.flush(); pool.query(sys.argv[2])\n"
    )
    with _program(code, store_path, FOREVER) as program:
        worker = _first_number(program)
        idle = _cpu_ticks(worker)
        assert _until(lambda: _cpu_ticks(worker) > idle + 5)
        program.send_signal(signal.SIGSTOP)
        try:
            assert _until(lambda: _state(worker) == "Z", 5)
        finally:
            program.kill()


@pytest.mark.parametrize("query", ["ASK { }", FOREVER])
def test_workers_die_with_their_parent(store_path: Path, query: str) -> None:
    code = (
        "import sys, threading; from pathlib import Path; from api.sparql.pool import SparqlPool\n"
        "pool = SparqlPool(Path(sys.argv[1]), workers=1); pool.query('ASK {}')\n"
        "sys.stdout.write(f'{pool.pids()[0]}\\n'); sys.stdout.flush()\n"
        "pool.query(sys.argv[2]); threading.Event().wait()\n"
    )
    with _program(code, store_path, query) as program:
        worker = _first_number(program)
        time.sleep(0.1)
        program.kill()
        program.wait()
        assert _until(lambda: not _alive(worker) or _state(worker) == "Z", 3)


def _program(code: str, *arguments: object) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=root, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _first_number(program: subprocess.Popen[str]) -> int:
    assert program.stdout is not None
    return int(program.stdout.readline())


def _is_gone(pid: int) -> bool:
    """Whether a process is a zombie with all of its threads: its first one may be before the others."""
    return _state(pid) == "Z" and len(list(Path(f"/proc/{pid}/task").iterdir())) == 1


def _state(pid: int) -> str:
    return _stat(pid)[0]


def _cpu_ticks(pid: int) -> int:
    return int(_stat(pid)[11])


def _stat(pid: int) -> list[str]:
    """The fields of /proc/pid/stat from the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


# Many at once


def test_threads_share_the_pool(pool: SparqlPool) -> None:
    queries = [f"SELECT ?n {{ <{EX}thing/{i}> <{EX}number> ?n }}" for i in range(60)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda query: _number(pool, query), queries)) == list(range(60))


def test_who_finds_no_free_worker_is_told_when_to_come_back(store_path: Path) -> None:
    limits = replace(LIMITS, sparql_wait_ms=200, sparql_waiting_per_worker=1)
    with SparqlPool(store_path, workers=1, deadline_ms=2_500, limits=limits) as pool, ThreadPoolExecutor(3) as threads:
        pool.query("ASK { }")
        busy = threads.submit(pool.query, FOREVER)
        assert _until(lambda: not pool.pids())
        started = time.monotonic()
        others = [threads.submit(pool.query, COUNT) for _ in range(2)]
        for other in others:
            with pytest.raises(errors.BusyError) as caught:
                other.result()
            assert caught.value.retry_after_s
        assert 0.2 <= time.monotonic() - started < 1.5
        with pytest.raises(errors.TimedOutError):
            busy.result()


def test_more_waiting_ones_than_the_limit_are_sent_away_at_once(store_path: Path) -> None:
    limits = replace(LIMITS, sparql_wait_ms=1_000, sparql_waiting_per_worker=0)
    with SparqlPool(store_path, workers=1, deadline_ms=2_500, limits=limits) as pool, ThreadPoolExecutor(4) as threads:
        pool.query("ASK { }")
        busy = threads.submit(pool.query, FOREVER)
        assert _until(lambda: not pool.pids())
        waiting = threads.submit(pool.query, COUNT)
        time.sleep(0.2)
        started = time.monotonic()
        with pytest.raises(errors.BusyError, match="Too many"):
            pool.query(COUNT)
        assert time.monotonic() - started < 0.2
        for future in (waiting, busy):
            assert future.exception()


# The end


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_a_closed_pool_leaves_nothing(store_path: Path) -> None:
    before, threads = _descriptors(), threading.active_count()
    pool = SparqlPool(store_path, workers=2)
    pool.query("ASK { }")
    assert _until(lambda: len(pool.pids()) == 2)
    pids = pool.pids()
    with pytest.raises(errors.TimedOutError):
        pool.query(FOREVER, timeout_ms=20)
    pool.close()
    pool.close()
    assert not any(_alive(pid) for pid in pids)
    assert (_descriptors(), threading.active_count()) == (before, threads)
    with pytest.raises(errors.UnavailableError):
        pool.query("ASK { }")


def test_closing_waits_for_the_query_at_work(store_path: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
    pool = SparqlPool(store_path, workers=1)
    pool.query("ASK { }")
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(pool.query, slow, "csv")
        assert _until(lambda: not pool.pids())
        pool.close()
        assert int(answer.result().body.split()[1]) == ALL**2


def test_without_a_store_no_query_is_answered(tmp_path: Path) -> None:
    with SparqlPool(tmp_path / "gone" / "store", workers=1) as pool:
        for _ in range(2):
            with pytest.raises(errors.UnavailableError, match="no store"):
                pool.query("ASK { }")
    assert not (tmp_path / "gone").exists()


def test_the_generation_is_the_folder_of_the_store(pool: SparqlPool) -> None:
    assert pool.generation == "2026-generation"
