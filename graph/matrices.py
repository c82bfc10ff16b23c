"""A network as matrices, and the small things that all measures do with arrays.

An array has one entry a node, in the order of `Matrix.nodes`; NaN stands for « undefined » until the
table is made, where it becomes null.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import rustworkx
from scipy import sparse
from scipy.sparse import csgraph

from graph.info import Weights
from graph.networks import Network

ATTRIBUTES: dict[Weights, str] = {"raw": "weight", "newman": "newman"}
"""The edge attribute that holds a weight."""


@dataclass(frozen=True)
class Matrix:
    """A simple undirected network: row i is node `nodes[i]`; both matrices are symmetric, without a diagonal."""

    nodes: list[str]
    adjacency: sparse.csr_array
    """Ones."""
    weights: sparse.csr_array
    """The weights asked for, on the same ties."""

    @cached_property
    def degree(self) -> np.ndarray:
        """The number of ties of each node."""
        return np.diff(np.asarray(self.adjacency.indptr, dtype=np.int64))

    @cached_property
    def component(self) -> np.ndarray:
        """The component of each node, any integers."""
        _, labels = csgraph.connected_components(self.adjacency, directed=False)
        return np.asarray(labels, dtype=np.int64)

    @cached_property
    def engine(self) -> "rustworkx.PyGraph":
        """The same network in rustworkx."""
        return rustworkx_of(ends(self.adjacency), len(self.nodes))


def matrix_of(network: Network, weights: Weights = "none") -> Matrix:
    """The matrices of `network`, its nodes sorted; a tie of a node with itself is left out.

    Raises `ValueError` for directions and parallel ties: whoever has them must say what becomes of them.
    """
    if network.is_directed() or network.is_multigraph():
        raise ValueError("metrics are of simple undirected networks: collapse parallel ties and directions first")
    nodes = sorted(network)
    adjacency = _adjacency(network, nodes, "")
    chosen = adjacency if weights == "none" else _adjacency(network, nodes, ATTRIBUTES[weights])
    return Matrix(nodes, adjacency, chosen)


def strength(network: Network, nodes: list[str], attribute: str) -> np.ndarray:
    """Σ of an attribute over the ties of each node; a tie without it counts 1."""
    sums = [sum(tie.get(attribute, 1) for tie in network.adj[node].values()) for node in nodes]
    return np.array(sums, dtype=np.float64)


def ends(adjacency: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """The two ends of each tie, the smaller row first, in order."""
    upper = sparse.triu(adjacency, k=1, format="coo")
    return upper.row.astype(np.uint64), upper.col.astype(np.uint64)


def rustworkx_of(pairs: tuple[np.ndarray, np.ndarray], n: int) -> "rustworkx.PyGraph":
    """`n` nodes and the ties between them."""
    engine = rustworkx.PyGraph(multigraph=False)
    engine.add_nodes_from(range(n))
    engine.add_edges_from_no_data(list(zip(pairs[0].tolist(), pairs[1].tolist(), strict=True)))
    return engine


def ratio(part: np.ndarray | float, whole: np.ndarray | float) -> np.ndarray:
    """part/whole, NaN (that is, undefined) where `whole` is 0 or NaN."""
    part, whole = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    quotient = np.full(part.shape, np.nan)
    np.divide(part, whole, out=quotient, where=whole > 0)
    return quotient


def named(labels: np.ndarray, nodes: list[str]) -> np.ndarray:
    """Each label replaced by the smallest node that has it; `nodes` is sorted."""
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    return np.array([nodes[index] for index in first[group]], dtype=object)


def row_sums(matrix: sparse.csr_array) -> np.ndarray:
    """The sum of each row."""
    return np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()


def round_significant(values: np.ndarray, digits: int = 12) -> np.ndarray:
    """`values` to so many significant decimal digits; NaN stays NaN."""
    unique, place = np.unique(values, return_inverse=True)
    return np.array([float(f"{value:.{digits}g}") for value in unique.tolist()], dtype=np.float64)[place]


def rounded(value: float) -> float | None:
    """One number as `round_significant` gives it; NaN becomes None."""
    return None if np.isnan(value) else float(f"{value:.12g}")


def _adjacency(network: Network, nodes: list[str], attribute: str) -> sparse.csr_array:
    """The ties by an attribute; one without it counts 1."""
    place = {node: index for index, node in enumerate(nodes)}
    ties = [(place[a], place[b], known.get(attribute, 1)) for a, b, known in network.edges(data=True) if a != b]
    rows, columns, values = np.array(ties, dtype=np.float64).reshape(-1, 3).T
    both = (np.concatenate([rows, columns]).astype(np.int32), np.concatenate([columns, rows]).astype(np.int32))
    adjacency = sparse.csr_array((np.concatenate([values, values]), both), shape=(len(nodes), len(nodes)))
    adjacency.sort_indices()
    return adjacency
