"""The score: of what it is the sum, and how each part is compared within the level."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import Final

import polars as pl

from graph.isolation.status import SCORED


@dataclass(frozen=True)
class Component:
    """A part of the score. `weight` of 1 in all; `judged` is the column that is compared; `sign` −1: less is better."""

    name: str
    weight: float
    judged: str
    sign: int = 1


PARTS: Final = (
    # What there is: 0.30
    Component("alliances_per_10000", 0.20, "alliances_per_10000_smoothed"),
    Component("actors_per_10000", 0.10, "actors_per_10000_smoothed"),
    # How it is tied to the rest: 0.40
    Component("links_out", 0.20, "links_out"),
    Component("openness", 0.10, "openness"),
    Component("harmonic", 0.10, "harmonic"),
    # How well that holds: 0.15
    Component("dependence", 0.10, "dependence", -1),
    Component("freshness", 0.05, "freshness", -1),
    # How varied it is: 0.15
    Component("diversity", 0.10, "diversity"),
    Component("sdg_reach", 0.05, "sdg_reach"),
)
"""The one place where the weights stand. They are a choice of ours: each component is shown beside the score."""
COMPONENTS: Final = tuple(part.name for part in PARTS)
WEIGHTS: Final = MappingProxyType({part.name: part.weight for part in PARTS})
RATES: Final = ("alliances_per_10000", "actors_per_10000")
BESIDE: Final = "collectivite"
"""The level of the overseas collectivities, which are compared with the départements and not ranked among them."""
_OF_ALLIANCES: Final = ("openness", "dependence", "freshness")
"""What has no value without alliances, and then counts as the worst that there is."""


def scored(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows in order, with `score`, `rank`, and what compares each component (see `table.isolation`)."""
    said = pl.col("status").is_in(SCORED)
    known, silent = frame.filter(said), frame.filter(~said)
    for part in PARTS:
        known = known.with_columns(_standing(known.select(oriented(part)).to_series(), known["level"], part.name))
    known = summed(known)
    rank = pl.when(is_ranked()).then(pl.col("score")).rank("min", descending=True).cast(pl.Int64)
    among = known.filter(is_ranked())
    references = [pl.lit(_median(among[name]), pl.Float64).alias(f"{name}_reference") for name in COMPONENTS]
    whole = pl.concat([known.with_columns(rank=rank), silent], how="diagonal").with_columns(references)
    return whole.sort("rank", "code", nulls_last=True)


def summed(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with the `_contribution` of each component by its `_share`, and `score`, their sum.

    A share is that of the ranked territories that do better, ties counting half; null where the component
    is undefined: the others then take over its weight.
    """
    shares = {part.name: pl.col(f"{part.name}_share") for part in PARTS}
    whole = _in_order(pl.when(share.is_not_null()).then(WEIGHTS[name]) for name, share in shares.items())
    frame = frame.with_columns(
        ((WEIGHTS[name] * share) / whole).round_sig_figs(12).alias(f"{name}_contribution")
        for name, share in shares.items()
    )
    parts = [pl.col(f"{name}_contribution") for name in COMPONENTS]
    anything = pl.any_horizontal(part.is_not_null() for part in parts)
    return frame.with_columns(score=pl.when(anything).then(_in_order(parts).round_sig_figs(12)))


def _in_order(parts: Iterable[pl.Expr]) -> pl.Expr:
    """The sum of what is known, from left to right: a sum over threads would differ in its last digit at times."""
    return reduce(add, (part.fill_null(0.0) for part in parts))


def is_ranked() -> pl.Expr:
    """The scored territories, but for the overseas collectivities, which stand beside the départements."""
    return pl.col("status").is_in(SCORED) & (pl.col("level") != BESIDE)


def oriented(part: Component) -> pl.Expr:
    """What is compared of the scored territories, as a number that is higher the less isolated; null: undefined."""
    value = pl.col(part.judged).cast(pl.Float64) * part.sign
    if part.name in _OF_ALLIANCES:
        value = pl.when(pl.col("alliances") > 0).then(value).otherwise(pl.lit(float("-inf")))
    return value.alias(part.name)


def _standing(values: pl.Series, levels: pl.Series, name: str) -> list[pl.Series]:
    """Rank of each value among the ranked (1 is the lowest), how many have it, of how many, which share is higher."""
    ranked = levels != BESIDE
    known, asked = values.filter(ranked).drop_nulls().sort(), values.fill_null(0.0)
    below = known.search_sorted(asked, side="left").cast(pl.Int64)
    tied = known.search_sorted(asked, side="right").cast(pl.Int64) - below
    share = (known.len() - below - tied + tied / 2) / max(known.len(), 1)
    undefined = values.is_null()
    nothing, all_of_them = pl.Series([None], dtype=pl.Int64), pl.Series([known.len()], dtype=pl.Int64)
    standing = {"rank": below + 1, "tied": tied, "of": all_of_them.new_from_index(0, len(values))}
    found = [series.zip_with(ranked & ~undefined, nothing).alias(f"{name}_{what}") for what, series in standing.items()]
    return [*found, share.zip_with(~undefined, nothing.cast(pl.Float64)).alias(f"{name}_share")]


def _median(values: pl.Series) -> float | None:
    middle = values.cast(pl.Float64).median()
    return float(f"{middle:.12g}") if isinstance(middle, float) else None
