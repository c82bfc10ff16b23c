"""How tightly the network holds around a node: cuts, cores, holes, clustering, redundancy.

R. S. Burt, « Structural holes » (1992); S. P. Borgatti, « Structural holes: unpacking Burt's redundancy
measures », Connections 20 (1997); S. B. Seidman, Soc. Networks 5 (1983); M. Latapy, C. Magnien and
N. Del Vecchio, « Basic notions for the analysis of large two-mode networks », Soc. Networks 30 (2008);
G. Robins and M. Alexander, « Small worlds among interlocking directors », CMOT 10 (2004).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import rustworkx
from scipy import sparse
from scipy.sparse import csgraph

from graph.matrices import Matrix, ratio, row_sums


@dataclass(frozen=True)
class Bridges:
    """Ties without which a component falls in two: `a` < `b` are rows, one entry a bridge, in order."""

    a: np.ndarray
    b: np.ndarray
    cut_off: np.ndarray
    """How many nodes the smaller part would have; 1: a pendant alone."""

    def per_node(self, size: int) -> np.ndarray:
        """How many of the ties of each of `size` nodes are bridges."""
        return np.bincount(np.concatenate([self.a, self.b]), minlength=size)


def core_number(matrix: Matrix) -> np.ndarray:
    """The greatest k such that a node lies in a part where all have k ties; 0 for an isolate."""
    found = cast("Mapping[int, int]", rustworkx.graph_core_number(matrix.engine))  # rustworkx 0.18 declares one int
    return np.array([found[index] for index in range(len(matrix.nodes))], dtype=np.int64)


def articulation(matrix: Matrix) -> np.ndarray:
    """Whether a component falls apart without the node."""
    found = np.zeros(len(matrix.nodes), dtype=bool)
    found[sorted(rustworkx.articulation_points(matrix.engine))] = True
    return found


def bridges(matrix: Matrix) -> Bridges:
    """All bridges of the network."""
    pairs = sorted((min(pair), max(pair)) for pair in rustworkx.bridges(matrix.engine))
    a, b = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Bridges(a, b, _cut_off(matrix, a, b))


def structural_holes(weights: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Burt's constraint and effective size; NaN for an isolate. Directed where `weights` is not symmetric.

    p_ij = (a_ij+a_ji)/Σ_k(a_ik+a_ki) and m_ij the same over the greatest instead of the sum; constraint
    Σ_j (p_ij + Σ_q p_iq p_qj)², effective size Σ_j (1 − Σ_q p_iq m_jq), j and q being neighbours of i.
    A pendant has a constraint of 1, one of a triangle alone 9/8: closed, and not isolated.
    """
    mutual = sparse.csr_array(weights + weights.T)
    tie = mutual.sign()
    given = _rows_divided(mutual, row_sums(mutual))
    relative = _rows_divided(mutual, mutual.max(axis=1).toarray().ravel()) if mutual.nnz else mutual
    both = given + (given @ given).multiply(tie)
    redundant = row_sums((given @ relative.T).multiply(tie))
    degree = row_sums(tie)
    constraint = np.where(degree > 0, row_sums(both.multiply(both)), np.nan)
    return constraint, np.where(degree > 0, degree - redundant, np.nan)


def clustering(adjacency: sparse.csr_array) -> np.ndarray:
    """The share of pairs of neighbours that are tied (one mode); NaN below two ties."""
    degree = row_sums(adjacency)
    return ratio(_closed_pairs(adjacency), degree * (degree - 1))


def transitivity(adjacency: sparse.csr_array) -> float:
    """The share of all two-paths that are closed; NaN where there is none."""
    degree = row_sums(adjacency)
    return float(ratio(_closed_pairs(adjacency).sum(), (degree * (degree - 1)).sum()))


def two_mode_clustering(adjacency: sparse.csr_array) -> np.ndarray:
    """Latapy's « dot »: the mean of |N(u)∩N(v)| / |N(u)∪N(v)| over the v with a common neighbour; NaN without any."""
    degree = np.diff(adjacency.indptr)
    overlaps, others = np.zeros(len(degree)), np.zeros(len(degree))
    for first, shared in _shared(adjacency):
        rows = first + shared.row
        overlap = shared.data / (degree[rows] + degree[shared.col] - shared.data)
        overlaps += np.bincount(rows, weights=overlap, minlength=len(degree))
        others += np.bincount(rows, minlength=len(degree))
    return ratio(overlaps, others)


def redundancy(adjacency: sparse.csr_array) -> np.ndarray:
    """The share of pairs of neighbours that something else ties too (two modes, Latapy); NaN below two ties."""
    degree = row_sums(adjacency)
    elsewhere = np.zeros(len(degree))
    for first, shared in _shared(adjacency):
        twice = shared.data >= 2  # one of the two is the node itself
        size = (shared.shape[0], len(degree))
        tied = sparse.csr_array((np.ones(twice.sum()), (shared.row[twice], shared.col[twice])), shape=size)
        own = adjacency[first : first + size[0]]
        elsewhere += (tied @ adjacency).multiply(own).sum(axis=0)
    return ratio(elsewhere, degree * (degree - 1))


def robins_alexander(adjacency: sparse.csr_array, is_actor: np.ndarray) -> float:
    """4·C4/L3 of a two-mode network: the share of three-paths that a four-cycle closes; NaN without three-paths."""
    degree = np.diff(adjacency.indptr)
    common = (shared.data[is_actor[first + shared.row]] for first, shared in _shared(adjacency))
    four_cycles = sum((one * (one - 1)).sum() for one in common) / 4  # each pair of actors stands twice
    upper = sparse.triu(adjacency, k=1, format="coo")
    three_paths = ((degree[upper.row] - 1) * (degree[upper.col] - 1)).sum()
    return float(ratio(4 * four_cycles, three_paths))


def _closed_pairs(adjacency: sparse.csr_array) -> np.ndarray:
    """Twice the ties among the neighbours of each node."""
    return row_sums((adjacency @ adjacency).multiply(adjacency))


_BLOCK_PATHS = 1 << 22
"""Two-paths that are looked at together: some 100 MB."""


def _shared(adjacency: sparse.csr_array) -> Iterator[tuple[int, sparse.coo_array]]:
    """How many neighbours two nodes have in common, the node itself apart, in blocks of rows.

    Each block comes with the number of its first row. Who has 18,000 ties makes 324 million such pairs: all at once
    they fill any memory.
    """
    paths = np.cumsum(adjacency @ np.diff(adjacency.indptr))
    size, first = adjacency.shape[0], 0
    while first < size:
        before = paths[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(paths, before + _BLOCK_PATHS, side="right")))
        block = (adjacency[first:last] @ adjacency).tocoo()
        apart = block.row + first != block.col
        yield first, sparse.coo_array((block.data[apart], (block.row[apart], block.col[apart])), shape=block.shape)
        first = last


def _rows_divided(matrix: sparse.csr_array, by: np.ndarray) -> sparse.csr_array:
    return sparse.csr_array(sparse.diags_array(np.divide(1, by, out=np.zeros(len(by)), where=by > 0)) @ matrix)


def _cut_off(matrix: Matrix, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The size of the smaller part that each bridge leaves.

    Without the bridges the network is in blocks, which the bridges tie to a forest: the part below a
    bridge is the sum of the blocks below it.
    """
    size = len(matrix.nodes)
    spans = sparse.coo_array((np.ones(len(a)), (a, b)), shape=(size, size))
    rest = sparse.csr_array(matrix.adjacency - spans - spans.T)
    rest.eliminate_zeros()
    count, block = csgraph.connected_components(rest, directed=False)
    below, parent = _below(block[a], block[b], np.bincount(block, minlength=count))
    lower = np.where(parent[block[a]] == block[b], block[a], block[b])
    whole = np.bincount(matrix.component)[matrix.component[a]]
    return np.asarray(np.minimum(below[lower], whole - below[lower]))


def _below(a: np.ndarray, b: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each block in the forest of ties (a, b): Σ of the sizes in its subtree, and its parent."""
    count = len(sizes)
    forest = sparse.csr_array((np.ones(len(a)), (a, b)), shape=(count + 1, count + 1))
    _, tree = csgraph.connected_components(forest[:count, :count], directed=False)
    _, roots = np.unique(tree, return_index=True)
    hung = sparse.csr_array((np.ones(len(roots)), (np.full(len(roots), count), roots)), shape=forest.shape)
    order, parent = csgraph.breadth_first_order(forest + hung, count, directed=False)
    sums = [*sizes.tolist(), 0]
    for node in order[:0:-1].tolist():
        sums[parent[node]] += sums[node]
    return np.array(sums), parent
