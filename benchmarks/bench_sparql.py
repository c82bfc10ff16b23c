"""What the pool costs: the same queries through a worker and in this process, alternating, medians of both.

    python benchmarks/bench_sparql.py [ROUNDS]

Prints one JSON object. Both sides read the same store on disk and end with the bytes of a JSON result.
"""

import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, QueryTriples, Store

from api.sparql.guard import inspect
from api.sparql.pool import SparqlPool

THINGS = 20_000
QUERIES = {
    "ask": "ASK { }",
    "point": "SELECT ?p ?o { <http://x/77> ?p ?o }",
    "100 rows": "SELECT * { ?s ?p ?o } LIMIT 100",
    "1,000 rows": "SELECT * { ?s ?p ?o } LIMIT 1000",
    "10,000 rows": "SELECT * { ?s ?p ?o } LIMIT 10000",
    "aggregate": "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
}


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        path = _fill(Path(folder) / "generation" / "store")
        store = Store.read_only(str(path))
        with SparqlPool(path, workers=1) as pool:
            started = time.perf_counter()
            pool.query("ASK { }")
            start_s = time.perf_counter() - started
            results = {name: _compare(pool, store, query, rounds) for name, query in QUERIES.items()}
    about = {
        "triples": 3 * THINGS,
        "rounds": rounds,
        "pyoxigraph": pyoxigraph.__version__,
        "python": platform.python_version(),
    }
    print(json.dumps({**about, "worker_start_s": round(start_s, 3), "milliseconds": results}, indent=1))


def _fill(path: Path) -> Path:
    path.mkdir(parents=True)
    store = Store(str(path))
    store.bulk_extend(
        Quad(
            NamedNode(f"http://x/{i}"),
            NamedNode(f"http://x/p{j}"),
            Literal(f"valeur {i}"),
            NamedNode(f"http://g/{i % 3}"),
        )
        for i in range(THINGS)
        for j in range(3)
    )
    store.optimize()
    store.flush()
    return path


def _compare(pool: SparqlPool, store: Store, query: str, rounds: int) -> dict[str, float]:
    rounds = max(10, rounds // 10) if "10000" in query or "GROUP" in query else rounds
    pairs = [(_ms(lambda: pool.query(query)), _ms(lambda: _in_process(store, query))) for _ in range(rounds)]
    pooled, direct = (statistics.median(side) for side in zip(*pairs, strict=True))
    guard = statistics.median(_ms(lambda: inspect(query)) for _ in range(50))
    return {
        "pool": round(pooled, 3),
        "in_process": round(direct, 3),
        "extra": round(pooled - direct, 3),
        "ratio": round(pooled / direct, 2),
        "of_which_guard": round(guard, 3),
    }


def _in_process(store: Store, query: str) -> None:
    results = store.query(query, use_default_graph_as_union=True)
    if not isinstance(results, QueryTriples):
        results.serialize(format=QueryResultsFormat.JSON)


def _ms(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
