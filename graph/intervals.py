"""How far a rank can be trusted: what becomes of it when some memberships had not been recorded.

In each draw a share of the memberships is dropped at random, all else stays, and everything is ranked
again. A rank that moves far hangs on a few records. The interval speaks of that alone: not of
alliances that nobody recorded, nor of sources that were never read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from scipy import sparse

from graph.chosen import Chosen
from graph.distances import distances
from graph.mediation import betweenness
from graph.networks import Side
from graph.nullmodels import Ties, ties_in
from graph.seed import SEED
from graph.selection import Tables, select

RankOf: TypeAlias = Callable[[Tables], pl.DataFrame]
"""From tables to `iri`, `rank` (1 is the first, ties share the better one, null: not ranked)."""
RankedBy: TypeAlias = Literal["degree", "betweenness", "harmonic"]

_DIGITS = 9
"""Significant digits that tell two values apart: sums of the same parts in another order differ in the last ones."""


@dataclass(frozen=True)
class Dropout:
    """How often, how much is dropped, and how much of the ranks the interval holds."""

    draws: int = 200
    share: float = 0.1
    """Of the memberships, 0 to 1."""
    within: float = 0.9
    seed: int = SEED


def rank_intervals(tables: Tables, rank_of: RankOf, dropout: Dropout | None = None) -> pl.DataFrame:
    """One row a row of `rank_of(tables)`: `iri`, `rank`, `rank_low`, `rank_high`, `ranked`; sorted by rank, then IRI.

    `rank_low` ≤ `rank_high` hold the middle `within` of the ranks of the draws, 1 being the first; null where no
    draw ranks it. `ranked` is the share of the draws that do. The rank itself, of all memberships, may
    lie outside: who owes it to one membership has it in no draw without that one.
    """
    dropout = dropout or Dropout()
    observed = rank_of(tables).select("iri", "rank")
    outside = (1 - dropout.within) / 2
    draws = pl.concat([rank_of(part).select("iri", "rank") for part in _thinned(tables, dropout)])
    spread = draws.group_by("iri").agg(
        rank_low=pl.col("rank").quantile(outside, "lower").cast(pl.Int64),
        rank_high=pl.col("rank").quantile(1 - outside, "higher").cast(pl.Int64),
        ranked=(pl.col("rank").count() / dropout.draws).round_sig_figs(12),
    )
    found = observed.join(spread, on="iri", how="left").with_columns(pl.col("ranked").fill_null(0.0))
    return found.sort("rank", "iri", nulls_last=True)


def ranked_by(measure: RankedBy, side: Side, chosen: Chosen) -> RankOf:
    """How `side` ranks in the two-mode network: the most ties, mediation or reach is the first.

    Leave out what is stale beforehand: a dropped membership must not make an alliance look stale.
    """

    def rank(tables: Tables) -> pl.DataFrame:
        ties, nodes, _ = ties_in(select(tables, as_of=chosen.as_of, mode=chosen.as_of_mode), side)
        values = pl.Series(_MEASURES[measure](ties), dtype=pl.Float64).round_sig_figs(_DIGITS)
        return pl.DataFrame({"iri": nodes, "rank": values.rank("min", descending=True).cast(pl.Int64)})

    return rank


def _thinned(tables: Tables, dropout: Dropout) -> Iterator[Tables]:
    random = np.random.default_rng(dropout.seed)
    height = tables.memberships.height
    kept = height - round(dropout.share * height)
    for _ in range(dropout.draws):
        rows = np.sort(random.choice(height, kept, replace=False))
        part = replace(tables, memberships=tables.memberships[rows])
        vars(part)["closure"] = tables.closure  # the territories are the same, and it takes long to make
        yield part


def _degree(ties: Ties) -> np.ndarray:
    return ties.degrees[0]


def _harmonic(ties: Ties) -> np.ndarray:
    joined = sparse.block_array([[None, ties.incidence], [ties.incidence.T, None]], format="csr")
    return distances(joined, np.arange(sum(ties.shape))).harmonic[: ties.shape[0]]


_MEASURES: dict[RankedBy, Callable[[Ties], np.ndarray]] = {
    "degree": _degree,
    "betweenness": betweenness,
    "harmonic": _harmonic,
}
