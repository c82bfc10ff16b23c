"""How near the territories of a level are to each other in their network, and what one more alliance changes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from graph.distances import distances

FAR: Final = 10_000
"""Stands for « no path », and is more than any distance; twice as much and one fits into 16 bits."""

_CHUNK: Final = 512
"""From how many territories distances are looked for at once: eight bytes for each of these to each of all."""


def harmonic_sums(codes: pl.Series, touched: pl.DataFrame) -> np.ndarray:
    """Σ 1/distance to every other territory, for each of `codes` (sorted); `touched` has `code` and `alliance`.

    Two steps, by way of an alliance, are one between territories: an alliance that touches n of them is n ties
    here, and n(n−1)/2 there.
    """
    alliances = touched["alliance"].unique().sort()
    places = codes.search_sorted(touched["code"]).to_numpy()
    ways = len(codes) + alliances.search_sorted(touched["alliance"]).to_numpy()
    ends, size = (np.concatenate([places, ways]), np.concatenate([ways, places])), len(codes) + len(alliances)
    both = sparse.csr_array((np.ones(2 * len(places)), ends), shape=(size, size))
    found: np.ndarray = 2 * distances(both, np.arange(len(codes))).harmonic[: len(codes)]
    return found


def adjacency(codes: pl.Series, ties: pl.DataFrame) -> sparse.csr_array:
    """The territory network as a symmetric matrix, rows in the order of `codes` (sorted)."""
    ends = [codes.search_sorted(ties[side]).to_numpy() for side in ("code", "other")]
    return sparse.csr_array((np.ones(ties.height), tuple(ends)), shape=(len(codes), len(codes)))


@dataclass(frozen=True)
class Nearness:
    """The territory network of those that have ties, ready to be asked what one more alliance changes."""

    codes: pl.Series
    ties: pl.DataFrame

    @cached_property
    def distances(self) -> np.ndarray:
        """Between all pairs, in steps, (n, n); `FAR` without a path. Two bytes a pair."""
        ties, size = adjacency(self.codes, self.ties), len(self.codes)
        found = np.empty((size, size), dtype=np.int16)
        for begin in range(0, size, _CHUNK):
            rows = np.arange(begin, min(begin + _CHUNK, size))
            found[rows] = np.minimum(csgraph.dijkstra(ties, unweighted=True, indices=rows), FAR)
        return found

    @cached_property
    def counts(self) -> np.ndarray:
        """How many others are at each distance from each, (n, a bit more than twice the longest distance)."""
        near = self.distances
        longest = int(near.max(where=near < FAR, initial=0))
        columns = [(near == distance).sum(axis=1) for distance in range(longest + 1)]
        found = np.zeros((len(near), 2 * longest + 3), dtype=np.int64)
        found[:, 1 : longest + 1] = np.column_stack(columns)[:, 1:] if len(near) else 0
        return found

    def after(self, met: np.ndarray, newcomers: int) -> tuple[np.ndarray, float]:
        """`harmonic_sums` once an alliance ties the territories `met` (places in `codes`) and some without ties.

        Second, the sum of each of the `newcomers`. Exact: a shortest path goes through an alliance once
        at most, so that the way from x to y is what it was, or d(x, met) + 1 + d(met, y).
        """
        to_met = self.distances[:, met]
        near, far = to_met.min(axis=1, initial=FAR), to_met.max(axis=1, initial=0)
        counts = self.counts.copy()
        # Whoever is hardly farther from one of them than from another finds no shorter way through their alliance.
        self._shorten(counts, np.flatnonzero(far - near > 1), near)
        reach = np.flatnonzero(near < FAR)
        counts[reach, near[reach] + 1] += newcomers
        own = np.bincount(near[reach] + 1, minlength=2)
        own[1] += newcomers - 1
        return _harmonic(counts), float(_harmonic(own[None, :])[0])

    def _shorten(self, counts: np.ndarray, moved: np.ndarray, near: np.ndarray) -> None:
        """Count the pairs among `moved` at the distances that they have through the alliance, where it is shorter."""
        before = self.distances[np.ix_(moved, moved)]
        through = near[moved][:, None] + near[moved][None, :] + 1
        row, column = np.nonzero(through < before)
        old, new = before[row, column], through[row, column]
        np.add.at(counts, (moved[row], new), 1)
        known = old < FAR
        np.subtract.at(counts, (moved[row[known]], old[known]), 1)


def _harmonic(counts: np.ndarray) -> np.ndarray:
    """Σ counts / distance along each row, the near ones first, as `distances` adds them up."""
    sums = np.zeros(len(counts))
    for distance in range(1, counts.shape[1]):
        sums += counts[:, distance] / distance
    return sums
