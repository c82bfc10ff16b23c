"""Measures of the nodes of a network, equal to NetworkX's to 1e-9 where it has them, on faster engines.

All measures are of the unweighted network, `strength` apart. Undefined is null, never NaN: each docstring
says when. Isolates are rows. Floats are rounded to 12 significant digits, so that a rebuild is the
same to the bit; for that also, nothing here sums on several threads.

A normalised value depends on the number of nodes (one isolate more changes everybody's), which is why
the raw ones stand beside: `alliances`, `members`, `links`, `farness`, `betweenness_raw`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl
import rustworkx
from scipy import sparse
from scipy.sparse import csgraph

from graph.communities import leiden, reproducible
from graph.distances import distances
from graph.info import MetricsInfo
from graph.networks import Network
from graph.seed import SEED

DAMPING = 0.85
_IDENTITY = ("iri", "id", "name", "kind")
_ONE_THREAD = 2**31


@dataclass(frozen=True)
class Effort:
    """How far to go for the measures that look at all pairs of nodes."""

    exact_up_to: int = 20_000
    """The most nodes with a tie for which distances and betweenness are exact."""
    samples: int = 256
    """How many nodes are looked from beyond that."""
    seed: int = SEED


@dataclass(frozen=True)
class TwoModeMetrics:
    """One row an actor and one row an alliance, each sorted by `iri`."""

    actors: pl.DataFrame
    alliances: pl.DataFrame
    info: MetricsInfo


@dataclass(frozen=True)
class OneModeMetrics:
    """One row a node, sorted by `iri`."""

    frame: pl.DataFrame
    info: MetricsInfo


@dataclass(frozen=True)
class _Graph:
    """A network as a matrix: row i is node `nodes[i]`; symmetric, ones, no diagonal."""

    nodes: list[str]
    adjacency: sparse.csr_array
    degree: np.ndarray
    sources: np.ndarray
    """The rows to look from: all that have a tie, or a sample of them."""
    exact: bool


def two_mode_metrics(network: Network, effort: Effort | None = None) -> TwoModeMetrics:
    """Metrics of actors and alliances in their two-mode network, normalised after Borgatti and Everett.

    `degree` is that of the possible (0 to 1), `closeness` carries the component factor and is 0 for an
    isolate, `betweenness` is raw/b_max; `harmonic` is Σ 1/distance over n−1. Null: degree and
    betweenness where the other side is empty, betweenness where b_max is 0, harmonic of an only node.
    `component` and `community` are named by the smallest IRI in them.
    """
    effort = effort or Effort()
    graph = _graph(network, effort)
    is_actor = np.array([network.nodes[node]["mode"] == "actor" for node in graph.nodes], dtype=bool)
    facing = np.where(is_actor, np.sum(~is_actor), np.sum(is_actor))
    own = len(graph.nodes) - facing
    measures = _shared_measures(graph, effort)
    best = np.array([_largest_betweenness(int(n), int(m)) for n, m in zip(own, facing, strict=True)])
    frame = _frame(
        network,
        graph.nodes,
        {
            "alliances": graph.degree,
            "degree": _ratio(graph.degree, facing),
            "closeness": _closeness(measures, facing + 2 * (own - 1), len(graph.nodes)),
            "betweenness": _ratio(measures["betweenness_raw"], best),
            **measures,
        },
    )
    actors = frame.filter(is_actor)
    alliances = frame.filter(~is_actor).rename({"alliances": "members"})
    return TwoModeMetrics(actors, alliances, _info("two-mode", network, graph, effort))


def projection_metrics(network: Network, effort: Effort | None = None, name: str = "projection") -> OneModeMetrics:
    """Metrics of a one-mode network: a projection, or the territory network (`name="territories"`).

    `degree` is d/(n−1), `closeness` NetworkX's default (0 for an isolate), `links` the plain degree,
    `strength` the sum of the weights. Null: `constraint` and `effective_size` of an isolate,
    `clustering` below two ties, `degree` and `harmonic` of an only node, `betweenness` below three nodes.
    A pendant has the worst constraint, 1, and is not isolated.
    """
    effort = effort or Effort()
    graph = _graph(network, effort)
    n = len(graph.nodes)
    measures = _shared_measures(graph, effort)
    frame = _frame(
        network,
        graph.nodes,
        {
            "links": graph.degree,
            "strength": _strength(network, graph.nodes),
            "degree": _ratio(graph.degree, n - 1),
            "closeness": _closeness(measures, measures["component_size"] - 1, n),
            "betweenness": _ratio(measures["betweenness_raw"], (n - 1) * (n - 2) / 2),
            **measures,
            **_ego_measures(graph),
        },
    )
    return OneModeMetrics(frame, _info(name, network, graph, effort))


def round_significant(values: np.ndarray, digits: int = 12) -> np.ndarray:
    """`values` to so many significant decimal digits; NaN stays NaN."""
    unique, place = np.unique(values, return_inverse=True)
    return np.array([float(f"{value:.{digits}g}") for value in unique.tolist()], dtype=np.float64)[place]


def _graph(network: Network, effort: Effort) -> _Graph:
    if network.is_directed() or network.is_multigraph():
        raise ValueError("metrics are of simple undirected networks: collapse parallel ties and directions first")
    nodes = sorted(network)
    adjacency = _adjacency(network, nodes)
    degree = np.diff(adjacency.indptr).astype(np.int64)
    tied = np.flatnonzero(degree)
    exact = len(tied) <= effort.exact_up_to
    if not exact:
        tied = np.sort(np.random.default_rng(effort.seed).choice(tied, effort.samples, replace=False))
    return _Graph(nodes, adjacency, degree, tied, exact)


def _adjacency(network: Network, nodes: list[str]) -> sparse.csr_array:
    place = {node: index for index, node in enumerate(nodes)}
    pairs = [(place[a], place[b]) for a, b in network.edges if a != b]
    rows, columns = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    both = (np.concatenate([rows, columns]), np.concatenate([columns, rows]))
    adjacency = sparse.csr_array((np.ones(2 * len(pairs)), both), shape=(len(nodes), len(nodes)))
    adjacency.sort_indices()
    return adjacency


def _shared_measures(graph: _Graph, effort: Effort) -> dict[str, np.ndarray]:
    """The measures that are the same in one and two modes; `farness`, Σ distance, is NaN where unknown."""
    _, component = csgraph.connected_components(graph.adjacency, directed=False)
    size = np.bincount(component)[component] if graph.nodes else component
    seen = distances(graph.adjacency, graph.sources)
    # Exact: all others of the component are reached, and the factor is 1. A sample stands for them.
    factor = np.where(size == 1, 1.0, _ratio(size - 1, seen.reached))
    return {
        "farness": seen.farness * factor,
        "harmonic": _ratio(seen.harmonic * factor, len(graph.nodes) - 1),
        "betweenness_raw": _betweenness(graph, effort),
        "pagerank": _pagerank(graph),
        "core_number": _core_number(graph),
        "component": _named(component, graph.nodes),
        "component_size": size,
        "community": _named(leiden(graph.adjacency, effort.seed), graph.nodes),
    }


def _closeness(measures: Mapping[str, np.ndarray], best: np.ndarray, n: int) -> np.ndarray:
    """best/Σ distance, times the share of the other nodes that can be reached; 0 for an isolate."""
    size, farness = measures["component_size"], measures["farness"]
    return np.where(size == 1, 0.0, _ratio(best, farness) * _ratio(size - 1, n - 1))


def _largest_betweenness(n: int, m: int) -> float:
    """The b_max of Borgatti and Everett: the most that one of `n` nodes facing `m` can mediate."""
    if m == 0:
        return 0.0
    s, t = divmod(n - 1, m)
    return (m**2 * (s + 1) ** 2 + m * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2


def _betweenness(graph: _Graph, effort: Effort) -> np.ndarray:
    """Each unordered pair once; isolates, which mediate nothing, stay out of the engines."""
    tied = np.flatnonzero(graph.degree)
    ends = _ends(graph.adjacency[tied][:, tied])
    raw = np.zeros(len(graph.nodes))
    raw[tied] = _exact_betweenness(ends, len(tied)) if graph.exact else _sampled_betweenness(ends, len(tied), effort)
    return raw


def _exact_betweenness(ends: tuple[np.ndarray, np.ndarray], n: int) -> list[float]:
    engine = _rustworkx(ends, n)
    found = rustworkx.graph_betweenness_centrality(engine, normalized=False, parallel_threshold=_ONE_THREAD)
    return [found[index] for index in range(n)]


def _sampled_betweenness(ends: tuple[np.ndarray, np.ndarray], n: int, effort: Effort) -> np.ndarray:
    import networkit  # noqa: PLC0415 — takes a second, and most networks are measured exactly

    with reproducible(effort.seed):
        engine = networkit.GraphFromCoo(ends, n=n)
        estimate = networkit.centrality.EstimateBetweenness(engine, effort.samples, normalized=False, parallel=False)
        return np.array(estimate.run().scores()) / 2  # the engine counts both directions of a pair


def _pagerank(graph: _Graph, tolerance: float = 1e-13) -> np.ndarray:
    """The power method; who has no tie passes its rank on to everybody."""
    n = len(graph.nodes)
    rank = np.full(n, 1 / n) if n else np.zeros(0)
    give = np.divide(DAMPING, graph.degree, out=np.zeros(n), where=graph.degree > 0)
    # The change shrinks by the damping at each step, so this many are always enough.
    for _ in range(int(np.ceil(np.log(tolerance / 2) / np.log(DAMPING)))):
        dangling = DAMPING * rank[graph.degree == 0].sum()
        after = graph.adjacency @ (rank * give) + (1 - DAMPING + dangling) / max(n, 1)
        change, rank = np.abs(after - rank).sum(), after
        if change < tolerance:
            break
    return rank


def _core_number(graph: _Graph) -> np.ndarray:
    found = rustworkx.graph_core_number(_rustworkx(_ends(graph.adjacency), len(graph.nodes)))
    cores = cast("Mapping[int, int]", found)  # rustworkx 0.18 declares one int
    return np.array([cores[index] for index in range(len(graph.nodes))], dtype=np.int64)


def _ego_measures(graph: _Graph) -> dict[str, np.ndarray]:
    """Burt's constraint and effective size, and clustering, from the unweighted matrix."""
    degree = graph.degree.astype(np.float64)
    closed = (graph.adjacency @ graph.adjacency).multiply(graph.adjacency)
    ties = np.asarray(closed.sum(axis=1)).ravel() / 2  # among the neighbours
    given = sparse.diags_array(np.nan_to_num(_ratio(1, degree))) @ graph.adjacency
    both = given + (given @ given).multiply(graph.adjacency)
    constraint = np.asarray(both.multiply(both).sum(axis=1)).ravel()
    return {
        "constraint": np.where(degree > 0, constraint, np.nan),
        "effective_size": degree - _ratio(2 * ties, degree),
        "clustering": _ratio(2 * ties, degree * (degree - 1)),
    }


def _strength(network: Network, nodes: list[str]) -> np.ndarray:
    weights = [sum(tie.get("weight", 1) for tie in network.adj[node].values()) for node in nodes]
    return np.array(weights, dtype=np.float64)


def _ends(adjacency: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    upper = sparse.triu(adjacency, k=1, format="coo")
    return upper.row.astype(np.uint64), upper.col.astype(np.uint64)


def _rustworkx(ends: tuple[np.ndarray, np.ndarray], n: int) -> "rustworkx.PyGraph":
    engine = rustworkx.PyGraph(multigraph=False)
    engine.add_nodes_from(range(n))
    engine.add_edges_from_no_data(list(zip(ends[0].tolist(), ends[1].tolist(), strict=True)))
    return engine


def _named(labels: np.ndarray, nodes: list[str]) -> np.ndarray:
    """Each label replaced by the smallest node that has it; `nodes` is sorted."""
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    return np.array([nodes[index] for index in first[group]], dtype=object)


def _ratio(part: np.ndarray | float, whole: np.ndarray | float) -> np.ndarray:
    """part/whole, NaN (that is, undefined) where `whole` is 0 or NaN."""
    part, whole = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    quotient = np.full(part.shape, np.nan)
    np.divide(part, whole, out=quotient, where=whole > 0)
    return quotient


def _frame(network: Network, nodes: list[str], measures: Mapping[str, np.ndarray]) -> pl.DataFrame:
    known = [network.nodes[node] for node in nodes]
    identity = {"iri": nodes, "id": [row.get("id", node) for node, row in zip(nodes, known, strict=True)]}
    for column in ("name", "kind"):
        identity[column] = [row.get(column) for row in known]
    frame = pl.DataFrame(identity, schema=dict.fromkeys(_IDENTITY, pl.String))
    return frame.with_columns(_column(name, values) for name, values in measures.items())


def _column(name: str, values: np.ndarray) -> pl.Series:
    if values.dtype == object:
        return pl.Series(name, values.tolist(), dtype=pl.String)
    if values.dtype.kind == "f":
        return pl.Series(name, round_significant(values), nan_to_null=True)
    return pl.Series(name, values, dtype=pl.Int64)


def _info(name: str, network: Network, graph: _Graph, effort: Effort) -> MetricsInfo:
    modes = [known.get("mode") for _, known in network.nodes(data=True)]
    return MetricsInfo(
        network=name,
        nodes=len(graph.nodes),
        n_actors=modes.count("actor"),
        n_alliances=modes.count("alliance"),
        edges=network.number_of_edges(),
        exact=graph.exact,
        samples=None if graph.exact else effort.samples,
        seed=effort.seed,
    )
