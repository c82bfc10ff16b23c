"""Metrics of ours beside the bare engines and NetworkX: `python benchmarks/bench_metrics.py [ACTORS]`.

Prints the best of three runs in seconds of processor time (other work on the machine counts little) and the
ratio to what each is compared with. NetworkX is left out of the measures that look at all pairs beyond 2,000 nodes.
"""

import sys
import time
from collections.abc import Callable

import networkx as nx
import numpy as np
import rustworkx
from scipy import sparse

from graph.communities import leiden
from graph.distances import distances
from graph.metrics import two_mode_metrics
from graph.networks import Network, projection, side_of

RUNS = 3


def seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


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


def report(name: str, ours: float, other: str, theirs: float) -> None:
    print(f"{name:34} {ours:8.3f}   {other:28} {theirs:8.3f}   ×{ours / max(theirs, 1e-9):.2f}")


def main(n_actors: int) -> None:
    network = ecosystem(n_actors)
    nodes = sorted(network)
    adjacency = sparse.csr_array(nx.to_scipy_sparse_array(network, nodes, weight=None))
    engine = rustworkx.networkx_converter(network)
    print(f"{network}; seconds of processor time, best of {RUNS}")
    everything = np.arange(len(nodes))
    closeness = seconds(lambda: distances(adjacency, everything))
    report("distances (closeness, harmonic)", closeness, "rustworkx closeness", seconds(_closeness(engine)))
    louvain = seconds(lambda: nx.community.louvain_communities(network, weight=None, seed=1))
    report("Leiden", seconds(lambda: leiden(adjacency)), "NetworkX Louvain", louvain)
    actors = side_of(network, "actor")
    slow = seconds(lambda: nx.bipartite.weighted_projected_graph(network, actors))
    report("projection, as a NetworkX graph", seconds(lambda: projection(network, "actor")), "NetworkX", slow)
    all_measures = seconds(lambda: two_mode_metrics(network))
    report("all two-mode metrics", all_measures, "rustworkx betweenness alone", seconds(_betweenness(engine)))
    if len(nodes) <= 2000:
        slow = seconds(lambda: nx.bipartite.betweenness_centrality(network, actors))
        report("all two-mode metrics", all_measures, "NetworkX betweenness alone", slow)


def _closeness(engine: "rustworkx.PyGraph") -> Callable[[], object]:
    return lambda: rustworkx.closeness_centrality(engine, parallel_threshold=2**31)


def _betweenness(engine: "rustworkx.PyGraph") -> Callable[[], object]:
    return lambda: rustworkx.betweenness_centrality(engine, parallel_threshold=2**31)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
