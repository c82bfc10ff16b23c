"""Distances from many sources at once, one bit a source (a breadth-first search a machine word wide)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

_CHUNK = 1024
"""Sources searched together: 128 bytes a node."""


@dataclass(frozen=True)
class Distances:
    """What each node is to the sources, itself apart: all arrays have one entry a node."""

    reached: np.ndarray
    """How many of the other sources have a path to it."""
    farness: np.ndarray
    """Σ of the distances to these, in steps."""
    harmonic: np.ndarray
    """Σ of 1/distance to these."""


def distances(adjacency: sparse.csr_array, sources: np.ndarray) -> Distances:
    """Exact distances between each node and `sources` (row numbers, each once).

    `adjacency` is symmetric, without a diagonal. Time grows with ties × sources / 64 × the longest distance at worst.
    """
    size = adjacency.shape[0]
    found = Distances(np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size))
    for begin in range(0, len(sources), _CHUNK):
        for distance, nodes, counts in _waves(adjacency, sources[begin : begin + _CHUNK]):
            found.reached[nodes] += counts
            found.farness[nodes] += distance * counts
            found.harmonic[nodes] += counts / distance
    return found


def depth(adjacency: sparse.csr_array, sources: np.ndarray) -> int:
    """The longest distance from any of `sources` to what it reaches, in steps."""
    chunks = (sources[begin : begin + _CHUNK] for begin in range(0, len(sources), _CHUNK))
    return max((distance for chunk in chunks for distance, _, _ in _waves(adjacency, chunk)), default=0)


def _waves(adjacency: sparse.csr_array, sources: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield (distance, nodes, how many sources are at just this distance from each of them)."""
    nodes, neighbours = np.repeat(np.arange(adjacency.shape[0]), np.diff(adjacency.indptr)), adjacency.indices
    seen = np.zeros((adjacency.shape[0], -(-len(sources) // 64)), np.uint64)
    places = np.arange(len(sources))
    seen[sources, places // 64] = np.uint64(1) << (places % 64).astype(np.uint64)
    front, at, distance = seen.copy(), sources, 0
    while len(hot := _ties_out_of(at, neighbours, len(seen))):
        targets = nodes[hot]
        starts = np.flatnonzero(np.diff(targets, prepend=-1))
        arrived = np.bitwise_or.reduceat(front[neighbours[hot]], starts, axis=0)
        front[at] = 0
        at, distance = targets[starts], distance + 1
        arrived &= ~seen[at]
        counts = np.bitwise_count(arrived).sum(axis=1, dtype=np.int64)
        at, arrived, counts = at[counts > 0], arrived[counts > 0], counts[counts > 0]
        seen[at] |= arrived
        front[at] = arrived
        yield distance, at, counts


def _ties_out_of(at: np.ndarray, neighbours: np.ndarray, size: int) -> np.ndarray:
    """The places in `neighbours` that hold a node of `at`: on a long chain nearly all others are idle."""
    leads = np.zeros(size, dtype=bool)
    leads[at] = True
    return np.flatnonzero(leads[neighbours])
