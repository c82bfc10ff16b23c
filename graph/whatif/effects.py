"""What a new alliance changes in the score of a territory: exactly what computing the whole level anew would give.

A score says which share of the ranked territories does better, component by component. Of those components
that follow from a territory's own counts, an alliance moves only the few territories that it touches: the
others are counted in the old order, and these corrected. Smoothed rates and closeness move for all: they are
computed anew, once for each set of territories that some alliance would touch.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from graph.isolation.counts import kinds, through, ties
from graph.isolation.score import PARTS, RATES, Component, is_ranked, oriented, summed
from graph.isolation.table import finished, with_values
from graph.selection import Tables, touches
from graph.whatif.links import Links
from graph.whatif.worlds import Worlds

_OWN: Final = tuple(part for part in PARTS if part.name not in {*RATES, "harmonic"})
"""The components that follow from a territory's own counts."""


@dataclass(frozen=True)
class Situation:
    """A level as it is: `chosen` from `select`, `counted` from `hierarchy.at_level`, `rows` from `counted_rows`."""

    chosen: Tables
    counted: pl.DataFrame
    rows: pl.DataFrame
    as_of: date

    @cached_property
    def table(self) -> pl.DataFrame:
        """The table of isolation."""
        return finished(self.rows, self.as_of)

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """Which alliance touches which territory: `code`, `alliance`."""
        return touches(self.chosen, self.counted).select("code", "alliance")

    @cached_property
    def members(self) -> pl.DataFrame:
        """The same with the members: `code`, `alliance`, `actor`."""
        return self.pairs.join(self.chosen.memberships.select("alliance", "actor").unique(), on="alliance")

    @property
    def linked(self) -> int:
        """How many territories are linked to another, without making the ties, which may be too many."""
        return self.pairs.filter(pl.len().over("alliance") > 1)["code"].n_unique()

    @cached_property
    def ties(self) -> pl.DataFrame:
        """Which territories are linked: `code`, `other`, both ways."""
        return ties(self.pairs)


def effects(now: Situation, links: Links, code: str) -> pl.DataFrame:
    """The row of the territory `code` after each of `links`: `candidate`, the components, `_contribution`s, `score`."""
    touched = _touched(now, links)
    own = touched.filter(pl.col("code") == code).sort("candidate")
    shares = [pl.Series(f"{part.name}_share", _shares(now, touched, code, part)) for part in _OWN]
    common = _of_all(now, links, code)
    own = own.drop("harmonic").join(common, on="candidate", maintain_order="left")
    return summed(own.with_columns(one.fill_nan(None) for one in shares))


def _touched(now: Situation, links: Links) -> pl.DataFrame:
    """The rows of the territories that each candidate touches, as they would be; closeness and smoothing apart."""
    actors = links.candidates.select("candidate", "actor", of="kind")
    rows = links.met.join(now.rows, on="code").join(actors, on="candidate")
    rows = rows.join(_newly_linked(now, links), on=["candidate", "code"], how="left")
    rows = rows.join(through(now.members), on=["code", "actor"], how="left")
    of_kind = kinds(now.members, now.chosen.actors)
    rows = rows.join(of_kind, left_on=["code", "of"], right_on=["code", "kind"], how="left")
    return with_values(_with_alliance(rows.sort("candidate", "code"), now.as_of), now.rows.height, now.as_of)


def _newly_linked(now: Situation, links: Links) -> pl.DataFrame:
    """With how many territories each one that is touched had no tie yet: `candidate`, `code`, `newly_linked`."""
    pairs = links.met.join(links.met.rename({"code": "other"}), on="candidate").filter(
        pl.col("code") != pl.col("other")
    )
    return (
        pairs.join(now.ties, on=["code", "other"], how="anti").group_by("candidate", "code").agg(newly_linked=pl.len())
    )


def _with_alliance(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    outward = pl.len().over("candidate") > 1
    with_actor = pl.col("actor").is_not_null()
    before, alike = (pl.col(name).fill_null(0).cast(pl.Int64) for name in ("through", "of_kind"))
    new_partner = (with_actor & (before == 0)).cast(pl.Int64)
    return rows.with_columns(
        alliances=pl.col("alliances") + 1,
        alliances_outward=pl.col("alliances_outward") + outward,
        alliances_inward=pl.col("alliances_inward") + ~outward,
        links_out=pl.col("links_out") + pl.col("newly_linked").fill_null(0),
        broker_alliances=pl.max_horizontal("broker_alliances", pl.when(with_actor).then(before + 1).otherwise(0)),
        partners=pl.col("partners") + new_partner,
        partners_squared=pl.col("partners_squared") + new_partner * (2 * alike + 1),
        evidence=pl.lit(as_of),
        status=pl.lit("connected"),
    )


def _shares(now: Situation, touched: pl.DataFrame, code: str, part: Component) -> np.ndarray:
    """The share of the ranked territories that would do better than `code`, one a candidate; NaN: undefined."""
    value = oriented(part).fill_null(float("nan"))
    before = now.table.filter(is_ranked()).select("code", old=value)
    moved = touched.join(before, on="code", how="left").sort("candidate", "code").with_columns(new=value)
    own = moved.filter(pl.col("code") == code)["new"].to_numpy()
    known = np.sort(before["old"].fill_nan(None).drop_nulls().to_numpy())
    left, right = (np.searchsorted(known, own, side=side) for side in ("left", "right"))
    better, tied, size = len(known) - right, right - left, np.full(len(own), len(known))
    now_ranked = moved.select(pl.when(is_ranked()).then("new").otherwise(float("nan"))).to_series()
    for values, sign in ((moved["old"].fill_null(float("nan")), -1), (now_ranked, 1)):
        number, at = values.to_numpy(), moved["candidate"].to_numpy()
        better = better + sign * _count(at, number > own[at], len(own))
        tied = tied + sign * _count(at, number == own[at], len(own))
        size = size + sign * _count(at, ~np.isnan(number), len(own))
    return np.where(np.isnan(own), np.nan, (better + tied / 2) / np.maximum(size, 1))


def _count(at: np.ndarray, holds: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(at[holds], minlength=size)


def _of_all(now: Situation, links: Links, code: str) -> pl.DataFrame:
    """Of `code`, one row a candidate: `harmonic`, the smoothed rates, and the `_share` of each."""
    places = pl.DataFrame({"code": now.rows["code"]}).with_row_index("place")
    together = links.met.join(places, on="code").group_by("candidate").agg(met=pl.col("place").sort())
    together = together.with_columns(world=pl.col("met").cast(pl.List(pl.String)).list.join(" "))
    worlds = together.unique("world").sort("world")
    own = int(places.filter(pl.col("code") == code)["place"].item())
    numbers = Worlds(now, own).after(worlds["met"].to_list())
    return together.select("candidate", "world").join(worlds.select("world").hstack(numbers), on="world").drop("world")
