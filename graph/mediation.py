"""Betweenness of the rows of a two-mode network, fast enough to be asked of a thousand networks.

Brandes' algorithm from many sources at once, a step a matrix product. In a two-mode network a wave stands
on one side at a time. What hangs from one node alone mediates nothing: most rows have one tie, and most
columns then have one row left; they stay out, and what they hang from counts for them too.
"""

from collections.abc import Iterator

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from graph.nullmodels import Ties

_SOURCES = 256
"""Sources looked from together: 2 KB a node and step."""


def betweenness(ties: Ties) -> np.ndarray:
    """Σ over unordered pairs of nodes of both sides of the share of their shortest paths through a row; one a row.

    Raw, as `betweenness_raw` of `graph.metrics`. A row with fewer than two ties has 0.
    """
    degree, _ = ties.degrees
    found = np.zeros(ties.shape[0])
    core = np.flatnonzero(degree > 1)
    if len(core):
        hanging = np.bincount(ties.columns[degree[ties.rows] == 1], minlength=ties.shape[1])
        found[core] = _of_core(ties.incidence[core].astype(np.float64), 1.0 + hanging)
    return found


def _of_core(incidence: sparse.csr_array, weights: np.ndarray) -> np.ndarray:
    """Of rows that have several ties; a column counts for `weights` nodes, itself and the rows that hang from it."""
    shared = incidence.sum(axis=0) > 1
    leaves = incidence[:, ~shared]
    hanging, squares = leaves @ weights[~shared], leaves @ weights[~shared] ** 2
    inner, sides = incidence[:, shared], (1 + hanging, weights[shared])
    # Beside what passes from elsewhere to elsewhere: from a leaf to elsewhere, and between two leaves.
    beyond = _component_weight(inner, sides) - sides[0]
    total: np.ndarray = _passing(inner, sides) + hanging * beyond + (hanging**2 - squares) / 2
    return total


def _component_weight(incidence: sparse.csr_array, weights: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """For each row how many nodes there are in its component."""
    joined = sparse.block_array([[None, incidence], [incidence.T, None]], format="csr")
    _, component = csgraph.connected_components(joined, directed=False)
    total: np.ndarray = np.bincount(component, np.concatenate(weights))[component[: incidence.shape[0]]]
    return total


def _passing(incidence: sparse.csr_array, weights: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """How many pairs of nodes, neither of which hangs from it, have their shortest paths through each row."""
    found = np.zeros(incidence.shape[0])
    for block in _blocks(incidence.shape[0]):
        seen = _dependencies(incidence, block, weights, on_rows=True)
        seen[block == 1] = 0  # nobody mediates for itself
        found += seen @ (weights[0] @ block)
    for block in _blocks(incidence.shape[1]):
        found += _dependencies(incidence, block, weights, on_rows=False) @ (weights[1] @ block)
    return found / 2  # each pair was met from both ends


def _blocks(size: int) -> Iterator[np.ndarray]:
    """The nodes of a side as sources, some at a time: nodes × sources, 1 where they are the same."""
    for begin in range(0, size, _SOURCES):
        yield np.eye(size, min(_SOURCES, size - begin), -begin)


def _dependencies(
    incidence: sparse.csr_array, sources: np.ndarray, weights: tuple[np.ndarray, np.ndarray], *, on_rows: bool
) -> np.ndarray:
    """Rows × sources: how much of what can be reached from a source is reached through a row."""
    turned = sparse.csr_array(incidence.T)
    # Waves alternate: the even ones stand where the sources are. over[i] carries from side i to the other one.
    over = (turned, incidence) if on_rows else (incidence, turned)
    weight = weights if on_rows else weights[::-1]
    waves = _waves(over, sources)
    total = np.zeros((incidence.shape[0], sources.shape[1]))
    behind = np.zeros_like(waves[-1])
    for step in range(len(waves) - 1, -1, -1):
        if (step % 2 == 0) == on_rows:
            total += behind
        if step:
            own = weight[step % 2][:, None]
            each = np.divide(own + behind, waves[step], out=np.zeros_like(behind), where=waves[step] > 0)
            behind = waves[step - 1] * (over[step % 2] @ each)
    return total


def _waves(over: tuple[sparse.csr_array, sparse.csr_array], sources: np.ndarray) -> list[np.ndarray]:
    """After each number of steps: nodes of the side reached × sources, how many shortest paths; 0 where none ends."""
    waves = [sources]
    seen = [sources > 0, np.zeros((over[0].shape[0], sources.shape[1]), dtype=bool)]
    while waves[-1].any():
        side = len(waves) % 2
        paths = over[1 - side] @ waves[-1]
        paths[seen[side]] = 0
        seen[side] |= paths > 0
        waves.append(paths)
    return waves[:-1]
