"""Is it more than chance? Observed numbers against networks with the same degrees (see `graph.nullmodels`).

Both tails are said: `p_low` and `p_high` are (r+1)/(n+1), r being how many of n draws are at most, or at
least, the observed number (ties count in both). `p` is two-sided, twice the smaller, at most 1; `q`
is Benjamini and Hochberg's: among the rows with q ≤ α, at most a share α is expected to be chance.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from scipy import sparse

from graph import hierarchy
from graph.chosen import Chosen
from graph.hierarchy import LEVELS
from graph.mediation import betweenness
from graph.metrics import round_significant
from graph.networks import Network
from graph.nullmodels import Ensemble, Ties, fixed_degree_draws, part_of, ties_in, ties_of
from graph.selection import Tables

Outward: TypeAlias = Literal["links_out", "alliances", "partners"]
"""What is asked of a territory; as the columns of `graph.isolation`."""

ALPHA = 0.05
_NOISE = 1e-9
"""Relative: numbers closer than this are ties. Sums of the same parts in another order differ in the last digits."""


@dataclass(frozen=True)
class Compared:
    """Observed numbers beside their draws; one entry a row, as many draws for all."""

    observed: np.ndarray
    expected: np.ndarray
    """Mean of the draws."""
    deviation: np.ndarray
    """Standard deviation of the draws."""
    p_low: np.ndarray
    p_high: np.ndarray

    @property
    def p(self) -> np.ndarray:
        """Two-sided."""
        two_sided: np.ndarray = np.minimum(1.0, 2 * np.minimum(self.p_low, self.p_high))
        return two_sided


def compare(observed: np.ndarray, draws: Iterable[np.ndarray]) -> Compared:
    """Count the draws at or beyond `observed`; raises `ValueError` where there is none."""
    observed = np.asarray(observed, np.float64)
    low, high, total, squares = (np.zeros(len(observed)) for _ in range(4))
    noise = _NOISE * np.abs(observed)
    n = 0
    for drawn in draws:
        low += drawn <= observed + noise
        high += drawn >= observed - noise
        beyond = drawn - observed  # from near the mean, so that the squares lose no digits
        total += beyond
        squares += beyond**2
        n += 1
    if n == 0:
        raise ValueError("significance needs at least one draw")
    variance = np.maximum(squares / n - (total / n) ** 2, 0)
    return Compared(observed, observed + total / n, np.sqrt(variance), (low + 1) / (n + 1), (high + 1) / (n + 1))


def benjamini_hochberg(p: np.ndarray, tests: int | None = None) -> np.ndarray:
    """The q of each p: the smallest false discovery rate at which it is found.

    `tests` counts all that were made where it is more than there are in `p`: the others have p = 1.
    """
    tests = len(p) if tests is None else tests
    order = np.argsort(p, kind="stable")
    steps = p[order] * tests / np.arange(1, len(p) + 1)
    found = np.empty(len(p))
    found[order] = np.minimum(1.0, np.minimum.accumulate(steps[::-1])[::-1])
    return found


def brokerage_significance(network: Network, ensemble: Ensemble) -> pl.DataFrame:
    """Which actors mediate more, or less, than their number of alliances and these alliances' sizes would give.

    One row an actor with at least two alliances (the others mediate nothing, whatever the draw): `iri`,
    `id`, `name`, `kind`, then the columns of `_numbers` for the raw two-mode betweenness; sorted by p.
    """
    ties, actors, _ = ties_of(network, "actor")
    mediating = ties.degrees[0] > 1

    def measure(one: Ties) -> np.ndarray:
        return betweenness(one)[mediating]

    rows = [(node, *(network.nodes[node].get(name) for name in ("id", "name", "kind"))) for node in actors]
    named = pl.DataFrame(rows, schema=dict.fromkeys(("iri", "id", "name", "kind"), pl.String), orient="row")
    return named.filter(mediating).with_columns(_numbers(_against_chance(ties, measure, ensemble))).sort("p", "iri")


def isolation_significance(tables: Tables, chosen: Chosen, outward: Outward, ensemble: Ensemble) -> pl.DataFrame:
    """Which territories reach out less, or more, than the seats of their actors and the places of alliances would give.

    In a draw each actor keeps its seat and its number of alliances, each alliance its place and its
    size; who is with whom is chance. One row a territory of the level: `iri`, `code`, `name`, then the
    columns of `_numbers` for `outward`; sorted by p. Null but for `observed` (0) where no member is
    seated and no alliance located: no draw gives anything else. Few links are few *recorded* links:
    they make no territory isolated.
    """
    places = _places(part_of(tables, chosen), hierarchy.at_level(tables.closure, chosen.level))
    compared = _against_chance(places.ties, lambda one: places.count(one, outward), ensemble)
    tested = pl.DataFrame({"code": places.codes}, schema={"code": pl.String}).with_columns(_numbers(compared))
    listed = tables.territories.filter(pl.col("level").is_in(LEVELS[chosen.level])).select("iri", "name", code="id")
    found = listed.select("iri", "code", "name").join(tested, on="code", how="left")
    return found.with_columns(pl.col("observed").fill_null(0)).sort("p", "code", nulls_last=True)


def with_findings(frame: pl.DataFrame, alpha: float = ALPHA) -> pl.DataFrame:
    """The rows with `finding`: `fewer` or `more` than by chance where q ≤ `alpha`, else null: nothing was shown."""
    direction = pl.when(pl.col("p_low") < pl.col("p_high")).then(pl.lit("fewer")).otherwise(pl.lit("more"))
    return frame.with_columns(finding=pl.when(pl.col("q") <= alpha).then(direction))


@dataclass(frozen=True)
class _Places:
    """Which territories (`codes`) actors are seated in and alliances located in."""

    codes: list[str]
    ties: Ties
    """Actors × alliances."""
    seated: sparse.csr_array
    """Territories × actors."""
    located: sparse.csr_array
    """Territories × alliances."""

    def count(self, ties: Ties, outward: Outward) -> np.ndarray:
        """What each territory has if these were the ties; as `graph.isolation` counts it."""
        members = ties.incidence
        touched = self.seated @ members + self.located
        touched.data[:] = 1
        if outward == "alliances":
            return _filled(touched)
        if outward == "partners":
            return _filled(touched @ members.T)
        return _filled(touched @ touched.T) - (_filled(touched) > 0)  # each that is touched is linked to itself


def _filled(matrix: sparse.csr_array) -> np.ndarray:
    """How many entries each row has."""
    entries: np.ndarray = np.diff(matrix.indptr)
    return entries


def _places(chosen: Tables, counted: pl.DataFrame) -> _Places:
    tied = chosen.actors.join(chosen.memberships, left_on="iri", right_on="actor", how="semi")
    ties, actors, alliances = ties_in(replace(chosen, actors=tied), "actor")
    seated, located = (
        frame.select("iri", id="territory").join(counted, on="id").select("iri", "code").unique()
        for frame in (tied, chosen.alliances)
    )
    codes = pl.concat([seated["code"], located["code"]]).unique().sort()
    return _Places(codes.to_list(), ties, _matrix(seated, codes, actors), _matrix(located, codes, alliances))


def _matrix(placed: pl.DataFrame, codes: pl.Series, nodes: list[str]) -> sparse.csr_array:
    """Territories × nodes, from one row (`code`, `iri`) a node and territory that it counts for."""
    ends = [
        ordered.search_sorted(placed[name]).cast(pl.Int64).to_numpy()
        for name, ordered in (("code", codes), ("iri", pl.Series(nodes, dtype=pl.String)))
    ]
    return sparse.csr_array((np.ones(placed.height, np.int32), tuple(ends)), shape=(codes.len(), len(nodes)))


def _against_chance(ties: Ties, measure: Callable[[Ties], np.ndarray], ensemble: Ensemble) -> Compared:
    return compare(measure(ties), map(measure, fixed_degree_draws(ties, ensemble)))


def _numbers(compared: Compared) -> list[pl.Series]:
    """`observed`, `expected`, `deviation`, `p_low`, `p_high`, `p`, `q`."""
    names = ("observed", "expected", "deviation", "p_low", "p_high", "p")
    numbers = {name: getattr(compared, name) for name in names} | {"q": benjamini_hochberg(compared.p)}
    return [pl.Series(name, round_significant(values)) for name, values in numbers.items()]
