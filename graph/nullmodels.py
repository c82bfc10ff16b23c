"""Chance with the same degrees: what a two-mode network would be if only how often each side ties were given.

Two ensembles, for two purposes. `fixed_degree_draws` keeps every degree exactly and draws matrices
that are all equally likely: for any statistic that can be computed. `maximum_entropy` keeps the degrees
on average, and gives each tie a probability of its own: for exact p-values where draws would be too few
(with 999 draws no p is below 0.001, which no correction for 500,000 pairs survives).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse
from scipy.special import expit

from graph.chosen import Chosen
from graph.freshness import without_stale
from graph.networks import Network, Side, side_of
from graph.seed import SEED
from graph.selection import Tables, select

_BATCH_TIES = 100_000
"""Ties shuffled together, which still fit the processor's caches. Draws depend on it: another number, other draws."""


@dataclass(frozen=True)
class Ensemble:
    """How many draws, from which seed, and how well mixed."""

    draws: int = 999
    seed: int = SEED
    trades: int = 10
    """Trades a row takes part in before a draw is read: 5 mix well, 10 very well (Neal, 2023)."""


@dataclass(frozen=True)
class Ties:
    """A two-mode network in numbers: tie i joins row `rows[i]` and column `columns[i]`, each pair once."""

    rows: np.ndarray
    columns: np.ndarray
    shape: tuple[int, int]

    @property
    def degrees(self) -> tuple[np.ndarray, np.ndarray]:
        """How many ties each row has, and each column."""
        height, width = self.shape
        return np.bincount(self.rows, minlength=height), np.bincount(self.columns, minlength=width)

    @property
    def incidence(self) -> sparse.csr_array:
        """Rows × columns, 1 where there is a tie."""
        return sparse.csr_array((np.ones(len(self.rows), np.int32), (self.rows, self.columns)), shape=self.shape)


@dataclass(frozen=True)
class TieProbabilities:
    """The maximum-entropy ensemble. Nodes of equal degree are alike: they share a class."""

    row_class: np.ndarray
    column_class: np.ndarray
    between: np.ndarray
    """Row classes × column classes: the probability of a tie."""

    @property
    def matrix(self) -> np.ndarray:
        """Rows × columns, written out."""
        written: np.ndarray = self.between[np.ix_(self.row_class, self.column_class)]
        return written


def ties_of(network: Network, side: Side) -> tuple[Ties, list[str], list[str]]:
    """A two-mode network with `side` as rows, and the nodes of its rows and columns, sorted."""
    rows, columns = side_of(network, side), side_of(network, "alliance" if side == "actor" else "actor")
    place = {node: index for index, node in enumerate(columns)}
    ends = [(row, place[other]) for row, node in enumerate(rows) for other in network[node]]
    pairs = np.array(sorted(ends), dtype=np.int64).reshape(-1, 2)
    return Ties(pairs[:, 0], pairs[:, 1], (len(rows), len(columns))), rows, columns


def ties_in(chosen: Tables, side: Side) -> tuple[Ties, list[str], list[str]]:
    """The same as `ties_of` from tables that `selection.select` chose, without making a network of them."""
    actors, alliances = (frame["iri"].sort() for frame in (chosen.actors, chosen.alliances))
    ends = chosen.memberships.select(
        actor=_places_in(actors, chosen.memberships["actor"]),
        alliance=_places_in(alliances, chosen.memberships["alliance"]),
    )
    rows, columns = (actors, alliances) if side == "actor" else (alliances, actors)
    pairs = ends.unique().select(side, pl.exclude(side)).sort(pl.all()).to_numpy()
    return Ties(pairs[:, 0], pairs[:, 1], (len(rows), len(columns))), rows.to_list(), columns.to_list()


def part_of(tables: Tables, chosen: Chosen) -> Tables:
    """What counts of `tables` (see `selection.select`), without what is stale where that was asked for."""
    day = chosen.without_stale
    fresh = tables if day is None else without_stale(tables, day, chosen.as_of_mode)
    return select(fresh, as_of=chosen.as_of, mode=chosen.as_of_mode)


def fixed_degree_draws(ties: Ties, ensemble: Ensemble) -> Iterator[Ties]:
    """Yield `ensemble.draws` networks with exactly the degrees of `ties`, independent, each as likely as any other.

    The global curveball of Carstens, Berger and Strona (2018): in a round all rows meet in random
    pairs, and each pair deals out anew what only one of the two has. Each draw begins at `ties`.
    """
    height, width = ties.shape
    if height > width:  # fewer rows mix in fewer trades
        turned = Ties(ties.columns, ties.rows, (width, height))
        yield from (Ties(one.columns, one.rows, ties.shape) for one in fixed_degree_draws(turned, ensemble))
        return
    random = np.random.default_rng(ensemble.seed)
    batch = max(1, _BATCH_TIES // max(len(ties.rows), 1))
    for begin in range(0, ensemble.draws, batch):
        rows, columns = _mixed(ties, min(batch, ensemble.draws - begin), 2 * ensemble.trades, random)
        yield from (Ties(row, column, ties.shape) for row, column in zip(rows, columns, strict=True))


def maximum_entropy(ties: Ties) -> TieProbabilities:
    """Ties as independent as the mean degrees allow: the bipartite configuration model (Saracco et al., 2015).

    p = xy/(1+xy) with x of the row and y of the column, so that each degree is expected to be what it
    is; solved by Newton's method over classes of equal degree. What the degrees force is 0 or 1.
    """
    rows, columns = ties.degrees
    row_degree, row_class, row_count = np.unique(rows, return_inverse=True, return_counts=True)
    column_degree, column_class, column_count = np.unique(columns, return_inverse=True, return_counts=True)
    between, row_free, column_free = _forced((row_degree, row_count), (column_degree, column_count))
    if row_free.any() and column_free.any():
        given = between[:, ~column_free] @ column_count[~column_free], row_count[~row_free] @ between[~row_free]
        open_rows = (row_degree - given[0])[row_free], row_count[row_free]
        open_columns = (column_degree - given[1])[column_free], column_count[column_free]
        between[np.ix_(row_free, column_free)] = _solved(open_rows, open_columns)
    return TieProbabilities(row_class, column_class, between)


def _places_in(ordered: pl.Series, values: pl.Series) -> pl.Series:
    return ordered.search_sorted(values).cast(pl.Int64)


def _mixed(ties: Ties, draws: int, rounds: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns after `rounds` of trades, each draws × ties."""
    height, width = ties.shape
    first = np.arange(draws)[:, None] * height
    owners, columns = (ties.rows + first).ravel(), np.tile(ties.columns, draws)
    for _ in range(rounds):
        owners, columns = _round(owners, columns, (draws, height, width), random)
    return owners.reshape(draws, -1) - first, columns.reshape(draws, -1)


def _round(
    owners: np.ndarray, columns: np.ndarray, size: tuple[int, int, int], random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """One round of all draws at once. An owner is a row of a draw; seats 2i and 2i+1 are those that meet."""
    draws, height, width = size
    seats = height + height % 2  # an empty seat where the number of rows is odd: who sits beside it rests
    sitting = (np.argsort(random.random((draws, height)), axis=1) + np.arange(draws)[:, None] * height).ravel()
    places = (np.arange(height) + np.arange(draws)[:, None] * seats).ravel()
    seat, owner = np.empty(draws * height, np.int64), np.empty(draws * seats, np.int64)
    seat[sitting], owner[places] = places, sitting
    at = seat[owners]
    key = ((at >> 1) * width + columns) * 2 + (at & 1)
    key.sort()
    has = key >> 1
    meeting, columns = np.divmod(has, width)
    side = _dealt(meeting, key & 1, has[1:] == has[:-1], random)
    return owner[2 * meeting + side], columns


def _dealt(meeting: np.ndarray, side: np.ndarray, twice: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The sides shuffled within each meeting, but for what both have (`twice`: this and the next are the same)."""
    single = np.ones(len(side), dtype=bool)
    single[1:][twice] = False
    single[:-1][twice] = False
    places = np.flatnonzero(single)
    side[places] = side[places][np.argsort(meeting[places] + random.random(len(places)))]
    return side


def _forced(
    rows: tuple[np.ndarray, np.ndarray], columns: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities that are 0 or 1 because a degree is as small or as large as it can be; which classes are left."""
    between = np.zeros((len(rows[0]), len(columns[0])))
    free = [np.ones(len(rows[0]), dtype=bool), np.ones(len(columns[0]), dtype=bool)]
    left = [rows[0].copy(), columns[0].copy()]
    count, tables = (rows[1], columns[1]), (between, between.T)
    changed = True
    while changed:
        changed = False
        for own, other in ((0, 1), (1, 0)):
            full = free[own] & (left[own] == count[other][free[other]].sum())
            empty = free[own] & (left[own] == 0)
            tables[own][np.ix_(full, free[other])] = 1
            # An empty class has no room left, a full one takes a tie of each that is free.
            left[other][free[other]] -= count[own][full & ~empty].sum()
            free[own] &= ~(full | empty)
            changed |= bool((full | empty).any())
    return between, free[0], free[1]


def _solved(rows: tuple[np.ndarray, np.ndarray], columns: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The probabilities between classes, each (degree, how many), none of which is forced."""
    (row_degree, row_count), (column_degree, column_count) = rows, columns
    many: np.ndarray = np.outer(row_count, column_count)
    wanted = np.concatenate([row_count * row_degree, column_count * column_degree]).astype(np.float64)
    half = np.log(wanted[: len(row_degree)].sum()) / 2
    at = np.concatenate([np.log(row_degree) - half, np.log(column_degree) - half])
    for _ in range(200):
        probability = expit(_sums(at, len(row_degree)))
        missing = wanted - _margins(many * probability)
        if np.abs(missing).max() < 1e-13 * wanted.sum():
            break
        step: np.ndarray = np.linalg.lstsq(_curvature(many * probability * (1 - probability)), missing)[0]
        at = _improved(at, step, wanted, many)
    solved: np.ndarray = expit(_sums(at, len(row_degree)))
    return solved


def _improved(at: np.ndarray, step: np.ndarray, wanted: np.ndarray, many: np.ndarray) -> np.ndarray:
    """The Newton step, halved until the likelihood, which is concave, does not fall."""
    now = _likelihood(at, wanted, many)
    for _ in range(40):
        if _likelihood(at + step, wanted, many) >= now - 1e-9 * abs(now):
            break
        step = step / 2
    else:
        return at
    better: np.ndarray = at + step
    return better


def _likelihood(at: np.ndarray, wanted: np.ndarray, many: np.ndarray) -> float:
    return float(wanted @ at - (many * np.logaddexp(0, _sums(at, len(many)))).sum())


def _sums(at: np.ndarray, height: int) -> np.ndarray:
    sums: np.ndarray = at[:height, None] + at[None, height:]
    return sums


def _margins(table: np.ndarray) -> np.ndarray:
    margins: np.ndarray = np.concatenate([table.sum(axis=1), table.sum(axis=0)])
    return margins


def _curvature(table: np.ndarray) -> np.ndarray:
    height = len(table)
    matrix: np.ndarray = np.diag(_margins(table))
    matrix[:height, height:], matrix[height:, :height] = table, table.T
    return matrix
