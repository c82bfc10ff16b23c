"""Communities by Leiden: groups with more ties inside than their degrees alone would give, and how sure they are.

V. A. Traag, L. Waltman and N. J. van Eck, « From Louvain to Leiden », Sci. Rep. 9 (2019). The algorithm
draws lots: what another seed divides otherwise is no finding. Normalised mutual information after
L. Danon et al., J. Stat. Mech. (2005); adjusted Rand index after L. Hubert and P. Arabie, J. Classif. 2 (1985).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from threading import Lock

import numpy as np
from scipy import sparse

from graph.seed import SEED

_ENGINE = Lock()


@dataclass(frozen=True)
class Stability:
    """What several runs of Leiden, each with its seed, agree on. Isolates, always alone, do not count."""

    labels: np.ndarray
    """The communities of the first run, any integers."""
    of_nodes: np.ndarray
    """Mean Jaccard of a node's community with its communities in the other runs, 0 to 1; NaN for an isolate."""
    nmi: float
    """Mean normalised mutual information of two runs, 0 to 1; NaN without ties, or with one run."""
    ari: float
    """Mean adjusted Rand index of two runs, at most 1, 0 for chance; NaN as `nmi`."""


def leiden(adjacency: sparse.csr_array, seed: int = SEED) -> np.ndarray:
    """One label a row (any integers), by modularity of the unweighted network; isolates stay alone.

    `adjacency` is symmetric without a diagonal. The same matrix and seed give the same labels. In a
    two-mode network this is the modularity of the network as drawn, not Barber's, which compares
    with two-mode chance.
    """
    return leiden_runs(adjacency, [seed])[0]


def leiden_runs(adjacency: sparse.csr_array, seeds: Sequence[int]) -> list[np.ndarray]:
    """The labels of `leiden` for each seed."""
    import networkit  # noqa: PLC0415 — takes a second, which whoever only reads a generation need not wait for

    upper = sparse.triu(adjacency, k=1, format="coo")
    graph = networkit.GraphFromCoo((upper.row.astype(np.uint64), upper.col.astype(np.uint64)), n=adjacency.shape[0])
    labels = []
    for seed in seeds:
        with reproducible(seed):
            found = networkit.community.ParallelLeiden(graph, randomize=True, iterations=5).run().getPartition()
            labels.append(np.array(found.getVector(), dtype=np.int64))
    return labels


def stable_leiden(adjacency: sparse.csr_array, seed: int = SEED, runs: int = 20) -> Stability:
    """The communities of `leiden` with `seed`, compared with those of the `runs` − 1 seeds after it."""
    found = leiden_runs(adjacency, range(seed, seed + runs))
    return stability(found, np.diff(adjacency.indptr) > 0)


def stability(runs: Sequence[np.ndarray], tied: np.ndarray) -> Stability:
    """How far partitions of the same nodes agree; `tied` says which nodes have a tie."""
    of_nodes = np.full(len(tied), np.nan)
    if len(runs) == 1 or not tied.any():
        return Stability(runs[0], of_nodes, float("nan"), float("nan"))
    inner = [np.unique(labels[tied], return_inverse=True)[1] for labels in runs]
    of_nodes[tied] = np.mean([_jaccard(inner[0], other) for other in inner[1:]], axis=0)
    crossings = [_crossing(a, b) for a, b in combinations(inner, 2)]
    nmi, ari = (
        float(np.mean([measure(one) for one in crossings])) for measure in (_mutual_information, _adjusted_rand)
    )
    return Stability(runs[0], of_nodes, nmi, ari)


def modularity(adjacency: sparse.csr_array, labels: np.ndarray) -> float:
    """Newman's Q of the unweighted network: Σ over groups of L_s/L − (d_s/2L)²; NaN without ties."""
    ties = adjacency.tocoo()
    if not ties.nnz:
        return float("nan")
    _, group = np.unique(labels, return_inverse=True)
    inside = np.count_nonzero(group[ties.row] == group[ties.col]) / ties.nnz
    shares = np.bincount(group, weights=np.diff(adjacency.indptr)) / ties.nnz
    return float(inside - (shares**2).sum())


@contextmanager
def reproducible(seed: int) -> Iterator[None]:
    """Networkit on one thread and from `seed`, given its threads back afterwards.

    Seed and threads are global to the engine, so that a second caller waits: a seed set in the
    middle of a run would change its outcome.
    """
    import networkit  # noqa: PLC0415

    with _ENGINE:
        threads = networkit.getMaxNumberOfThreads()
        networkit.setNumberOfThreads(1)
        networkit.setSeed(seed, False)
        try:
            yield
        finally:
            networkit.setNumberOfThreads(threads)


@dataclass(frozen=True)
class _Crossing:
    """Two partitions laid over each other; groups are numbered from 0 without a gap."""

    keys: np.ndarray
    """Which pairs of groups have nodes in common, as group of the first · `width` + group of the second; sorted."""
    joint: np.ndarray
    """How many they have."""
    width: int
    sizes_a: np.ndarray
    sizes_b: np.ndarray


def _crossing(a: np.ndarray, b: np.ndarray) -> _Crossing:
    width = int(b.max()) + 1
    keys, joint = np.unique(a * width + b, return_counts=True)
    return _Crossing(keys, joint, width, np.bincount(a), np.bincount(b))


def _jaccard(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """|A∩B| / |A∪B| of the two groups that each node is in."""
    crossing = _crossing(a, b)
    joint = crossing.joint[np.searchsorted(crossing.keys, a * crossing.width + b)]
    return np.asarray(joint / (crossing.sizes_a[a] + crossing.sizes_b[b] - joint))


def _mutual_information(crossing: _Crossing) -> float:
    """2·I/(H_a+H_b); 1 where both are one group."""
    known = _entropy(crossing.sizes_a) + _entropy(crossing.sizes_b)
    return 2 * (1 - _entropy(crossing.joint) / known) if known else 1.0


def _entropy(sizes: np.ndarray) -> float:
    shares = sizes / sizes.sum()
    return float(-(shares * np.log(shares)).sum())


def _adjusted_rand(crossing: _Crossing) -> float:
    """(pairs together in both − by chance) / (mean of the pairs in one − by chance); 1 where these are the same."""
    joint, in_a, in_b = (_pairs(sizes) for sizes in (crossing.joint, crossing.sizes_a, crossing.sizes_b))
    chance = in_a * in_b / max(_pairs(crossing.sizes_a.sum()), 1.0)
    best = (in_a + in_b) / 2
    return 1.0 if best == chance else (joint - chance) / (best - chance)


def _pairs(sizes: np.ndarray) -> float:
    return float((sizes * (sizes - 1) / 2).sum())
