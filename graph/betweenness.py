"""Betweenness: how many shortest paths between two others go through a node.

Three ways to the same number: rustworkx for small or deep networks; Brandes's two passes over many
sources at once, as sparse products, for big and shallow ones, where it is about twice as fast on one
thread; and a sample of the sources, with its standard error, beyond that.

L. C. Freeman, « A set of measures of centrality based on betweenness », Sociometry 40 (1977).
U. Brandes, « A faster algorithm for betweenness centrality », J. Math. Sociol. 25 (2001).
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import rustworkx
from scipy import sparse
from scipy.sparse import csgraph

from graph.communities import reproducible
from graph.distances import depth
from graph.matrices import ends, rustworkx_of

_TOGETHER = 16
"""Sources searched together: an array of that many columns still fits into a processor's cache."""
_CELLS = 4_000_000
"""The most numbers of such an array (32 MB); there is about one of them a level."""
_BIG = 2_000
"""From how many nodes on the products pay."""
_SHALLOW = 32
"""The most levels below one node of each component: every level costs a product, and the memory of one array."""
_BATCHES = 16
"""Into how many samples the sources are divided, so that they show how much they differ."""
_ONE_THREAD = 2**31


@dataclass(frozen=True)
class Betweenness:
    """Raw betweenness, each unordered pair once; `error` is its standard error, None where it is exact."""

    raw: np.ndarray
    error: np.ndarray | None


def exact_betweenness(adjacency: sparse.csr_array) -> Betweenness:
    """From all nodes. `adjacency` holds ones, symmetric, without a diagonal."""
    tied = np.flatnonzero(np.diff(adjacency.indptr))  # isolates mediate nothing
    inner = adjacency[tied][:, tied]
    raw = np.zeros(adjacency.shape[0])
    raw[tied] = by_products(inner) if _pays(inner) else _by_rustworkx(inner)
    return Betweenness(raw, None)


def sampled_betweenness(adjacency: sparse.csr_array, samples: int, seed: int) -> Betweenness:
    """From about `samples` nodes with a tie, in batches; the error is that of the mean of the batches."""
    tied = np.flatnonzero(np.diff(adjacency.indptr))
    inner = adjacency[tied][:, tied]
    batches = max(2, min(_BATCHES, samples // 2))
    each = max(1, samples // batches)
    estimates = _by_drawn_products if _pays(inner) else _by_networkit
    found = np.stack(estimates(inner, batches, each, seed))
    raw, error = np.zeros(adjacency.shape[0]), np.zeros(adjacency.shape[0])
    raw[tied] = found.mean(axis=0)
    error[tied] = found.std(axis=0, ddof=1) / np.sqrt(batches)
    return Betweenness(raw, error)


def by_products(adjacency: sparse.csr_array) -> np.ndarray:
    """Raw betweenness by sparse products."""
    return _dependency(adjacency, np.arange(adjacency.shape[0])) / 2  # both ends of a pair were sources


def _by_drawn_products(adjacency: sparse.csr_array, batches: int, each: int, seed: int) -> list[np.ndarray]:
    """One estimate a batch of `each` sources."""
    size, draw = adjacency.shape[0], np.random.default_rng(seed)
    drawn = [draw.choice(size, min(each, size), replace=False) for _ in range(batches)]
    return [_dependency(adjacency, sources) * (size / len(sources)) / 2 for sources in drawn]


def _by_networkit(adjacency: sparse.csr_array, batches: int, each: int, seed: int) -> list[np.ndarray]:
    """One estimate a batch; networkit 11.3 looks from one source more than it divides by."""
    import networkit  # noqa: PLC0415 — takes a second, and most networks are measured otherwise

    engine = networkit.GraphFromCoo(ends(adjacency), n=adjacency.shape[0])
    found = []
    for batch in range(batches):
        with reproducible(seed + batch):
            estimate = networkit.centrality.EstimateBetweenness(engine, each, normalized=False, parallel=False)
            found.append(np.array(estimate.run().scores()) * (each / (each + 1)) / 2)  # both directions of a pair
    return found


def _pays(adjacency: sparse.csr_array) -> bool:
    if adjacency.shape[0] < _BIG:
        return False
    _, component = csgraph.connected_components(adjacency, directed=False)
    _, first = np.unique(component, return_index=True)
    return depth(adjacency, first) <= _SHALLOW


def _by_rustworkx(adjacency: sparse.csr_array) -> list[float]:
    engine = rustworkx_of(ends(adjacency), adjacency.shape[0])
    found = rustworkx.graph_betweenness_centrality(engine, normalized=False, parallel_threshold=_ONE_THREAD)
    return [found[index] for index in range(adjacency.shape[0])]


def _dependency(adjacency: sparse.csr_array, sources: np.ndarray) -> np.ndarray:
    """`_dependencies` of all `sources`; summed in one order, however many threads there are."""
    width = max(1, min(_TOGETHER, _CELLS // adjacency.shape[0]))
    parts = [sources[begin : begin + width] for begin in range(0, len(sources), width)]
    total = np.zeros(adjacency.shape[0])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for part in pool.map(lambda some: _dependencies(adjacency, some), parts):
            total += part
    return total


@dataclass(frozen=True)
class _Level:
    """The nodes at one distance from each source."""

    rows: np.ndarray | None
    """Which nodes these are for any source, in order; None: so many that `paths` has a row for every node."""
    paths: np.ndarray
    """How many shortest paths lead there, one column a source; 0 where the node is at another distance."""


def _dependencies(adjacency: sparse.csr_array, sources: np.ndarray) -> np.ndarray:
    """Σ over `sources` of the share of shortest paths from them that each node lies on (Brandes's δ)."""
    levels = list(_levels(adjacency, sources))
    total = np.zeros((adjacency.shape[0], len(sources)))
    share = np.zeros_like(levels[-1].paths)
    while len(levels) > 2:  # what leads to the neighbours of a source is the source itself
        level = levels.pop()
        share += np.sign(level.paths)
        share /= np.maximum(level.paths, 1)
        share = _at(levels[-1].rows, _spread(adjacency, level.rows, share))
        share *= levels[-1].paths
        if levels[-1].rows is None:
            total += share
        else:
            total[levels[-1].rows] += share
    return np.asarray(total.sum(axis=1))


def _levels(adjacency: sparse.csr_array, sources: np.ndarray) -> Iterator[_Level]:
    """The sources, then their neighbours, then the neighbours of these, as far as there are any."""
    rows = np.sort(sources)
    unseen = np.ones((adjacency.shape[0], len(sources)))
    level = _Level(rows, np.eye(len(sources)))
    while level.rows is None or len(level.rows):
        yield level
        if level.rows is None:
            unseen -= np.sign(level.paths)
        else:
            unseen[level.rows] -= np.sign(level.paths)
        level = _next(adjacency, level, unseen)


def _next(adjacency: sparse.csr_array, level: _Level, unseen: np.ndarray) -> _Level:
    """The level below; the fewer rows it is kept in, the less there is to go through."""
    touched = None if level.rows is None else _neighbours(adjacency, level.rows)
    paths = _at(touched, _spread(adjacency, level.rows, level.paths))
    paths *= _at(touched, unseen)
    if np.count_nonzero(paths) * 6 > len(unseen):
        return _Level(touched, paths)
    places = np.unique(np.flatnonzero(paths) // paths.shape[1])
    return _Level(places if touched is None else touched[places], paths[places])


def _neighbours(adjacency: sparse.csr_array, rows: np.ndarray) -> np.ndarray | None:
    """The rows next to `rows`, in order; None for more than half of all."""
    near = np.zeros(adjacency.shape[0], dtype=bool)
    near[adjacency[rows].indices] = True
    found = np.flatnonzero(near)
    return found if 2 * len(found) < len(near) else None


def _spread(adjacency: sparse.csr_array, rows: np.ndarray | None, values: np.ndarray) -> np.ndarray:
    """What each node gets from its neighbours of `rows`, which have `values`; `adjacency` is symmetric."""
    return np.asarray(adjacency @ values if rows is None else adjacency[rows].T @ values)


def _at(rows: np.ndarray | None, values: np.ndarray) -> np.ndarray:
    return values if rows is None else values[rows]
