"""Who is tied to whom, by groups: inside or outside, how evenly, how much more than by chance.

D. Krackhardt and R. N. Stern, Soc. Psychol. Q. 51 (1988), and UCINET for the rescaling (E–I); R. Guimerà
and L. A. N. Amaral, Nature 433 (2005) (participation, within-module z); M. E. J. Newman, Phys. Rev. E 67
(2003) (assortativity). Groups are codes, −1 where unknown: a tie with an unknown end is in no count.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph.matrices import ratio


@dataclass(frozen=True)
class GroupMixing:
    """A network's mixing over a grouping. Numbers are NaN where no tie, or no choice, has known ends."""

    known_nodes: int
    known_ties: int
    """Ties both of whose ends have a known group."""
    e_i: float
    """(E−I)/(E+I) of these, −1 (all inside) to +1 (all outside)."""
    e_i_rescaled: float
    """The same, −1 to +1 over what groups of these sizes can attain with as many ties."""
    assortativity: float
    """Newman's coefficient of these ties: 1 all inside, 0 as by chance."""


def e_i(adjacency: sparse.csr_array, group: np.ndarray) -> np.ndarray:
    """(E−I)/(E+I) of the ties of each node; NaN where its own group, or that of all its neighbours, is unknown."""
    inside, known = _inside_and_known(adjacency, group)
    return np.where(group >= 0, ratio(known - 2 * inside, known), np.nan)


def participation(adjacency: sparse.csr_array, group: np.ndarray) -> np.ndarray:
    """1 − Σ over groups of (ties to it / ties)²: 0 all to one group; NaN without a neighbour of known group."""
    counts = _ties_to_groups(adjacency, group)
    total = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
    squares = np.asarray(counts.multiply(counts).sum(axis=1)).ravel()
    return 1 - ratio(squares, total**2)


def within_z(adjacency: sparse.csr_array, group: np.ndarray) -> np.ndarray:
    """How many standard deviations more ties inside its group a node has than the mean of that group.

    The deviation is the population's, over all of the group, isolates too; 0 where it is 0. NaN for an
    isolate, and where the group is unknown.
    """
    inside, _ = _inside_and_known(adjacency, group)
    known = np.flatnonzero(group >= 0)
    sizes = np.maximum(np.bincount(group[known]), 1)
    mean = (np.bincount(group[known], inside[known]) / sizes)[group[known]]
    spread = np.sqrt(np.bincount(group[known], (inside[known] - mean) ** 2) / sizes)[group[known]]
    z = np.full(len(group), np.nan)
    z[known] = np.divide(inside[known] - mean, spread, out=np.zeros(len(known)), where=spread > 0)
    z[np.diff(adjacency.indptr) == 0] = np.nan
    return z


def group_mixing(adjacency: sparse.csr_array, group: np.ndarray) -> GroupMixing:
    """The network's E–I, raw and rescaled, and its assortativity over a grouping."""
    ties = sparse.triu(adjacency, k=1, format="coo")
    a, b = group[ties.row], group[ties.col]
    a, b = a[(a >= 0) & (b >= 0)], b[(a >= 0) & (b >= 0)]
    outside, known = int(np.count_nonzero(a != b)), len(a)
    index = float(ratio(2 * outside - known, known))
    low, high = _attainable(np.bincount(group[group >= 0]), known)
    rescaled = float(2 * ratio(index - low, high - low) - 1)
    return GroupMixing(int(np.count_nonzero(group >= 0)), known, index, rescaled, _assortativity(a, b))


def degree_assortativity(adjacency: sparse.csr_array) -> float:
    """Pearson's correlation of the degrees of the two ends of a tie; NaN where all degrees are equal."""
    ties, degree = adjacency.tocoo(), np.diff(adjacency.indptr).astype(np.float64)
    x, y = degree[ties.row], degree[ties.col]
    if not len(x) or (x == x[0]).all():
        return float("nan")
    return float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())


def _inside_and_known(adjacency: sparse.csr_array, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each node: ties into its own group, and ties to nodes whose group is known."""
    rows = np.repeat(np.arange(len(group)), np.diff(adjacency.indptr))
    other = group[adjacency.indices]
    inside = np.bincount(rows[(other >= 0) & (other == group[rows])], minlength=len(group))
    return inside.astype(np.float64), np.bincount(rows[other >= 0], minlength=len(group)).astype(np.float64)


def _ties_to_groups(adjacency: sparse.csr_array, group: np.ndarray) -> sparse.csr_array:
    known = np.flatnonzero(group >= 0)
    width = int(group.max(initial=0)) + 1
    member = sparse.csr_array((np.ones(len(known)), (known, group[known])), shape=(len(group), width))
    return adjacency @ member


def _attainable(sizes: np.ndarray, ties: int) -> tuple[float, float]:
    """The least and the greatest E–I of so many ties among groups of these sizes; NaN without ties."""
    inside = (sizes * (sizes - 1)).sum() / 2
    outside = (sizes.sum() * (sizes.sum() - 1)) / 2 - inside
    least, most = max(0, ties - inside), min(ties, outside)
    return float(ratio(2 * least - ties, ties)), float(ratio(2 * most - ties, ties))


def _assortativity(a: np.ndarray, b: np.ndarray) -> float:
    """(Σ e_ii − Σ a_i²) / (1 − Σ a_i²) over ties given once."""
    if not len(a):
        return float("nan")
    shares = np.bincount(np.concatenate([a, b])) / (2 * len(a))
    chance = (shares**2).sum()
    return float(ratio(np.mean(a == b) - chance, 1 - chance))
