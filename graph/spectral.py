"""Measures that are a vector a network brings about itself: eigenvector, HITS, PageRank.

P. Bonacich, « Power and centrality », Am. J. Sociol. 92 (1987); J. Kleinberg, « Authoritative sources
in a hyperlinked environment », J. ACM 46 (1999); S. Brin and L. Page, Comput. Netw. 30 (1998).
"""

import numpy as np
from scipy import linalg, sparse
from scipy.sparse import linalg as sparse_linalg

from graph.matrices import ratio, row_sums

DAMPING = 0.85
_DENSE = 100
"""The biggest component that is solved as a full matrix."""


def eigenvector(weights: sparse.csr_array, component: np.ndarray) -> np.ndarray:
    """Eigenvector centrality of each component by itself, Σ of squares 1 in each; NaN for an isolate.

    As a whole, a disconnected network would give exact zeros to all but one of its components, as if
    these were isolates. Values compare within a component only. NaN too where the iteration finds no
    vector, which takes a chain of thousands.
    """
    found = np.full(weights.shape[0], np.nan)
    for rows in _members(component):
        if len(rows) > 1:
            found[rows] = _principal(weights[rows][:, rows])
    return found


def hits(principal: np.ndarray, component: np.ndarray, side: np.ndarray | None = None) -> np.ndarray:
    """HITS scores from the eigenvector centralities: Σ 1 in each component, and on each `side` of it.

    Without directions hubs and authorities are the same, and the same as the eigenvector up to the
    norm. In two modes ties are read from actor to alliance: actors are hubs, alliances authorities
    (the two singular vectors of the incidence matrix). NaN for an isolate.
    """
    part = component * 2 + (0 if side is None else side.astype(np.int64))
    sums = np.bincount(part, weights=np.nan_to_num(principal), minlength=1)
    return ratio(principal, sums[part])


def pagerank(weights: sparse.csr_array, tolerance: float = 1e-13) -> np.ndarray:
    """The power method, damping 0.85; Σ 1; who has no tie passes its rank on to everybody."""
    n = weights.shape[0]
    rank = np.full(n, 1 / n) if n else np.zeros(0)
    sums = row_sums(weights)
    give = np.divide(DAMPING, sums, out=np.zeros(n), where=sums > 0)
    # The change shrinks by the damping at each step, so this many are always enough.
    for _ in range(int(np.ceil(np.log(tolerance / 2) / np.log(DAMPING)))):
        dangling = DAMPING * rank[sums == 0].sum()
        after = weights @ (rank * give) + (1 - DAMPING + dangling) / max(n, 1)
        change, rank = np.abs(after - rank).sum(), after
        if change < tolerance:
            break
    return rank


def _members(component: np.ndarray) -> list[np.ndarray]:
    """The rows of each component, in order."""
    order = np.argsort(component, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(component[order])) + 1)


def _principal(weights: sparse.csr_array) -> np.ndarray:
    """The positive eigenvector of a connected component, of length 1 (Perron and Frobenius)."""
    size = weights.shape[0]
    if size <= _DENSE:
        _, vectors = linalg.eigh(weights.toarray(), subset_by_index=[size - 1, size - 1])
        return np.asarray(np.abs(vectors[:, 0]))
    start = row_sums(weights)  # positive, so that it is not orthogonal to what is looked for, and no random number
    try:
        _, vectors = sparse_linalg.eigsh(weights, k=1, which="LA", v0=start, ncv=64, maxiter=50 * size)
    except sparse_linalg.ArpackNoConvergence:
        return np.full(size, np.nan)
    return np.asarray(np.abs(vectors[:, 0]))
