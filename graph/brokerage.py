"""The five roles of a broker: who lies between two others that are not tied, and whose side all three are on.

    coordinator      A → A → A   all of one group
    itinerant        A → B → A   an outsider between two of one group (« consultant »)
    gatekeeper       A → B → B   lets an outsider in
    representative   A → A → B   speaks for the own group outside
    liaison          A → B → C   three groups

R. V. Gould and R. M. Fernandez, « Structures of mediation », Sociol. Methodol. 19 (1989); partial
credit as in UCINET: 1/(number of brokers that this pair has).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import sparse

ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")
_TOGETHER = 2_000_000
"""Two-paths looked at together: about 200 MB."""


@dataclass(frozen=True)
class Brokerage:
    """One row a node, one column a role of `ROLES`; NaN in the rows of those whose group is unknown."""

    raw: np.ndarray
    """How many ordered pairs (a, c) of known groups, not tied from a to c, the node lies between."""
    partial: np.ndarray
    """The same, each pair divided by the number of all its brokers."""


def brokerage(adjacency: sparse.csr_array, groups: list[np.ndarray]) -> list[Brokerage]:
    """The roles of each node over each of several groupings (codes, −1 unknown).

    `adjacency` holds ones without a diagonal; where it is not symmetric, row → column is the direction.
    Undirected means both orders: each pair counts twice, and gatekeeper equals representative.
    Time and memory grow with the number of two-paths, Σ of squared degrees.
    """
    shape = (adjacency.shape[0], len(ROLES))
    found = [Brokerage(np.zeros(shape), np.zeros(shape)) for _ in groups]
    for paths in _open_two_paths(adjacency):
        for one, group in zip(found, groups, strict=True):
            _count(paths, group, one)
    for one, group in zip(found, groups, strict=True):
        one.raw[group < 0] = one.partial[group < 0] = np.nan
    return found


Paths: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""a → b → c and the credit of b: 1/(number of brokers of a and c)."""


def _count(paths: Paths, group: np.ndarray, into: Brokerage) -> None:
    a, b, c, credit = paths
    known = (group[a] >= 0) & (group[b] >= 0) & (group[c] >= 0)
    place = b[known] * len(ROLES) + _role(group[a[known]], group[b[known]], group[c[known]])
    size = into.raw.size
    into.raw.ravel()[:] += np.bincount(place, minlength=size)
    into.partial.ravel()[:] += np.bincount(place, weights=credit[known], minlength=size)


def _role(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """The place in `ROLES` for the groups of three."""
    cases = [(a == b) & (b == c), (a == c) & (a != b), (b == c) & (a != b), (a == b) & (b != c)]
    return np.select(cases, range(4), default=4)


def _open_two_paths(adjacency: sparse.csr_array) -> Iterator[Paths]:
    """Every a → b → c with a ≠ c and no a → c, a part of them at a time."""
    size = adjacency.shape[0]
    pairs, credit = _credits(adjacency)
    into = sparse.csr_array(adjacency.T)
    middle, last = np.repeat(np.arange(size), np.diff(adjacency.indptr)), adjacency.indices
    counts = np.diff(into.indptr)[middle]
    parts = np.searchsorted(np.cumsum(counts), np.arange(_TOGETHER, counts.sum(), _TOGETHER))
    for ties in np.split(np.arange(len(middle)), parts):
        b, c = np.repeat(middle[ties], counts[ties]), np.repeat(last[ties], counts[ties])
        within = np.arange(len(b)) - np.repeat(np.cumsum(counts[ties]) - counts[ties], counts[ties])
        a = into.indices[into.indptr[b] + within]
        given = credit[np.searchsorted(pairs, a.astype(np.int64) * size + c)]
        kept = given > 0
        yield a[kept], b[kept], c[kept], given[kept]


def _credits(adjacency: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Each pair with a broker as row · size + column, in order, and its credit: 0 where it needs none."""
    size = adjacency.shape[0]
    brokers = sparse.csr_array(adjacency @ adjacency)
    brokers.sort_indices()
    rows = np.repeat(np.arange(size), np.diff(brokers.indptr))
    pairs = rows * size + brokers.indices
    tied = np.repeat(np.arange(size), np.diff(adjacency.indptr)) * size + adjacency.indices
    needs_none = (rows == brokers.indices) | np.isin(pairs, tied)
    return pairs, np.where(needs_none, 0.0, 1 / brokers.data)
