"""Measures of ours beside the bare engines and NetworkX, then their cost as the network grows ×10 and ×100.

    python -m benchmarks metrics

Each line is the best of some runs of both sides, one after the other in the same process, and their ratio: keep the
ratios. `wall` is what a user waits, with all threads that a side takes; `cpu` counts what it spends. NetworkX's
betweenness is timed from some sources and multiplied up to all of them, which is what it does.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import networkit
import networkx as nx
import numpy as np
import rustworkx
from scipy import sparse

from graph.betweenness import exact_betweenness
from graph.communities import leiden, reproducible
from graph.metrics import Effort, projection_metrics, two_mode_metrics
from graph.networks import Network, projection, shared_counts, side_of
from graph.spectral import DAMPING, pagerank

Work = Callable[[], object]


@dataclass(frozen=True)
class Taken:
    """Seconds."""

    wall: float
    cpu: float


def main() -> None:
    betweenness(10_000, 30_000)
    ranks(100_000, 300_000)
    projections(200_000, 100_000, 400_000)
    communities(100_000, 300_000)
    growth()


def betweenness(nodes: int, ties: int) -> None:
    """Exact, beside the installed engines on as many threads as they take, and on one."""
    graph = nx.gnm_random_graph(nodes, ties, seed=1)
    adjacency, pairs = _adjacency(graph), _pairs(graph)
    engine = rustworkx.networkx_converter(graph)
    ours = taken(lambda: exact_betweenness(adjacency), 1)
    title = f"betweenness {nodes:,}/{ties:,}"
    for threads, name in ((1, "one thread"), (10**9, "all threads")):
        limit = 2**31 if threads == 1 else 1
        rust = taken(lambda limit=limit: rustworkx.betweenness_centrality(engine, parallel_threshold=limit), 1)
        report(title, ours, f"rustworkx, {name}", rust)
    report(title, ours, "networkit, all threads", taken(lambda: _networkit_betweenness(pairs, nodes), 1))
    part = 100
    some = taken(lambda: nx.betweenness_centrality(graph, k=part, seed=1, normalized=False), 1)
    report(title, ours, f"NetworkX (from {part} nodes, × {nodes // part})", scaled(some, nodes / part))


def ranks(nodes: int, ties: int) -> None:
    """Beside the bare iteration in SciPy to the same tolerance."""
    adjacency = _adjacency(nx.gnm_random_graph(nodes, ties, seed=1))
    bare = taken(lambda: _bare_pagerank(adjacency))
    report(f"PageRank {nodes:,}/{ties:,}", taken(lambda: pagerank(adjacency)), "SciPy", bare)


def projections(actors: int, alliances: int, memberships: int) -> None:
    """As a matrix beside SciPy's product, and as a graph beside NetworkX (a tenth of the size)."""
    draw = np.random.default_rng(1)
    ends = np.unique(
        np.column_stack([draw.integers(0, actors, memberships), draw.integers(0, alliances, memberships)]), axis=0
    )
    incidence = sparse.csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(actors, alliances))
    bare = taken(lambda: sparse.triu(incidence @ incidence.T, k=1))
    title = f"projection {actors:,} × {alliances:,}"
    report(f"{title}, matrix", taken(lambda: shared_counts(incidence)), "SciPy", bare)
    network = ecosystem(actors // 10)
    nodes = side_of(network, "actor")
    slow = taken(lambda: nx.bipartite.weighted_projected_graph(network, nodes), 1)
    report(f"projection of {len(network):,}, graph", taken(lambda: projection(network, "actor"), 1), "NetworkX", slow)


def communities(nodes: int, ties: int) -> None:
    """Beside networkit's own call on one thread, its graph made anew as ours is."""
    graph = nx.gnm_random_graph(nodes, ties, seed=1)
    adjacency, pairs = _adjacency(graph), _pairs(graph)
    bare = taken(lambda: _bare_leiden(pairs, nodes))
    report(f"Leiden {nodes:,}/{ties:,}", taken(lambda: leiden(adjacency)), "networkit, one thread", bare)


def growth() -> None:
    """All measures of both networks at ×1, ×10, ×100; sampled where that is the default."""
    for actors in (1_000, 10_000, 100_000):
        network = ecosystem(actors)
        both = taken(lambda network=network: two_mode_metrics(network), 1)
        print(f"all two-mode measures of {len(network):>7,} nodes      {both.wall:9.2f} s wall {both.cpu:9.2f} s cpu")
        side = projection(network, "actor")
        groups = {"kind": {node: str(place % 7) for place, node in enumerate(sorted(side))}}
        one = taken(lambda side=side, groups=groups: projection_metrics(side, Effort(), groupings=groups), 1)  # type: ignore[misc]
        size = f"{len(side):,} nodes, {side.number_of_edges():,} ties"
        print(f"all measures of its projection, {size:30} {one.wall:9.2f} s wall {one.cpu:9.2f} s cpu")


def ecosystem(n_actors: int, seed: int = 1) -> Network:
    """Actors × alliances, half as many alliances, most small and few big, as in the real data (about 4 members)."""
    random = np.random.default_rng(seed)
    network: Network = nx.Graph()
    network.add_nodes_from((f"a{index}" for index in range(n_actors)), mode="actor")
    network.add_nodes_from((f"l{index}" for index in range(n_actors // 2)), mode="alliance")
    for index, size in enumerate(random.zipf(1.8, n_actors // 2).clip(2, 60)):
        members = random.zipf(1.5, size) * 7919 * (index + 1) % n_actors
        network.add_edges_from((f"a{member}", f"l{index}") for member in members)
    return network


def taken(work: Work, runs: int = 3) -> Taken:
    """The best of `runs`, by wall clock and by processor time."""
    spent = []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        spent.append((time.perf_counter() - wall, time.process_time() - cpu))
    return Taken(min(wall for wall, _ in spent), min(cpu for _, cpu in spent))


def scaled(one: Taken, factor: float) -> Taken:
    return Taken(one.wall * factor, one.cpu * factor)


def report(name: str, ours: Taken, other: str, theirs: Taken) -> None:
    wall, cpu = ours.wall / theirs.wall, ours.cpu / theirs.cpu
    print(f"{name:38} {ours.wall:8.3f} s   {other:36} {theirs.wall:8.3f} s   ratio wall {wall:6.3f}   cpu {cpu:6.3f}")


def _adjacency(graph: "nx.Graph[int]") -> sparse.csr_array:
    return sparse.csr_array(nx.to_scipy_sparse_array(graph, range(len(graph)), weight=None), dtype=np.float64)


def _pairs(graph: "nx.Graph[int]") -> tuple[np.ndarray, np.ndarray]:
    ends = np.array(list(graph.edges), dtype=np.uint64)
    return np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1])


def _networkit_betweenness(pairs: tuple[np.ndarray, np.ndarray], nodes: int) -> object:
    return networkit.centrality.Betweenness(networkit.GraphFromCoo(pairs, n=nodes)).run().scores()


def _bare_leiden(pairs: tuple[np.ndarray, np.ndarray], nodes: int) -> object:
    with reproducible(1):
        graph = networkit.GraphFromCoo(pairs, n=nodes)
        return networkit.community.ParallelLeiden(graph, randomize=True, iterations=5).run().getPartition().getVector()


def _bare_pagerank(adjacency: sparse.csr_array, tolerance: float = 1e-13) -> np.ndarray:
    size = adjacency.shape[0]
    degree = adjacency.sum(axis=1)
    given = (
        DAMPING * (sparse.diags_array(np.divide(1, degree, out=np.zeros(size), where=degree > 0)) @ adjacency).T.tocsr()
    )
    rank, dangling = np.full(size, 1 / size), np.flatnonzero(degree == 0)
    while True:
        after = given @ rank + (1 - DAMPING + DAMPING * rank[dangling].sum()) / size
        if np.abs(after - rank).sum() < tolerance:
            return np.asarray(after)
        rank = after


if __name__ == "__main__":
    main()
