"""The table of isolation: every territory of a level with what is counted, what follows from it, and its score."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from graph import hierarchy
from graph.freshness import freshness
from graph.hierarchy import LEVELS, Level
from graph.isolation.counts import counts, joined
from graph.isolation.score import COMPONENTS, RATES, is_ranked, scored
from graph.isolation.status import SCORED, looked_at, status
from graph.periods import AsOfMode
from graph.selection import Tables, select
from ontology.provenance import Coverage

PER: Final = 10_000
YEAR_DAYS: Final = 365.25
_COLUMNS: Final = (
    *("iri", "code", "name", "level", "status", "population", "alliances", "alliances_located", "alliances_seated"),
    *("actors", "alliances_per_10000", "links_out", "partners", "score", "rank"),
    *("alliances_outward", "alliances_inward", "openness", "harmonic", "dependence", "broker", "broker_name"),
    *("broker_alliances", "diversity", "freshness", "freshness_light", "sdg_reach"),
    *("actors_per_10000", *(f"{rate}_{what}" for rate in RATES for what in ("smoothed", "lower", "upper"))),
    *(f"{name}_{what}" for name in COMPONENTS for what in ("rank", "tied", "of", "reference", "contribution")),
)


def isolation(
    tables: Tables, coverage: Sequence[Coverage], level: Level, as_of: date, mode: AsOfMode = "possible"
) -> pl.DataFrame:
    """One row a territory of `level`, the most isolated first, then by code those without a rank.

    `iri`, `code`, `name`, `level`, `status`, `population`; `score` (0 to 1), `rank` (1: the most isolated).

    Counts: `alliances` (that touch it), `alliances_located`, `alliances_seated`, `alliances_outward` (that
    touch another territory of the level too), `alliances_inward` (the others), `actors` (seated at or within
    it, allied or not), `partners` (actors in its alliances, wherever seated).

    Components, null where undefined: `alliances_per_10000` and `actors_per_10000` (inhabitants; with
    `_smoothed`, `_lower`, `_upper`, see `smoothing`); `links_out` (other territories of the level that share
    an alliance); `openness` (E–I: −1 all inward, 1 all outward); `harmonic` (0 tied to none, 1 to all);
    `dependence` (the largest share of its alliances with one and the same member, `broker`); `diversity`
    (how many kinds of partners, evenly present, would be as diverse: 1/Σp²); `freshness` (years since the
    last evidence, with `freshness_light` green, amber or red); `sdg_reach` (targets beyond 17.17).

    Each component has `_rank` (1: the most isolated), `_tied` (ranked territories with this value), `_of`
    (ranked territories), `_reference` (their median) and `_contribution` (to the score).

    `coverage` has one entry a source. Persons are not counted. `docs/isolation.md` says more.
    """
    return finished(counted_rows(tables, coverage, level, as_of, mode), as_of)


def counted_rows(
    tables: Tables, coverage: Sequence[Coverage], level: Level, as_of: date, mode: AsOfMode
) -> pl.DataFrame:
    """One row a territory of `level` by code, with its status and what is counted of it (`counts.counts`)."""
    counted = hierarchy.at_level(tables.closure, level)
    rows = tables.territories.filter(pl.col("level").is_in(LEVELS[level]))
    rows = rows.select("iri", "name", "level", "population", code="id").sort("code")
    chosen = select(tables, as_of=as_of, mode=mode)
    looked = looked_at(tables, coverage, as_of).rename({"id": "code"})
    frame = joined(rows, [*counts(chosen, counted, as_of, mode), looked])
    named = chosen.actors.select(broker="iri", broker_name="name")
    return frame.join(named, on="broker", how="left", maintain_order="left").with_columns(status=status())


def finished(counted: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The table of isolation from all rows of a level, as `counted_rows` gives them."""
    return scored(with_smoothed(with_values(counted, counted.height, as_of))).select(_COLUMNS)


def with_values(frame: pl.DataFrame, size: int, as_of: date) -> pl.DataFrame:
    """The rows, of a level of `size`, with the components that follow from their own counts: all but the smoothed."""
    alliances, partners = pl.col("alliances"), pl.col("partners")
    broker = pl.max_horizontal("broker_alliances", 1)
    effective = pl.when(partners > 0).then(partners**2 / pl.col("partners_squared")).otherwise(0.0)
    return frame.with_columns(
        *(_rate(rate) for rate in RATES),
        openness=_of_alliances((pl.col("alliances_outward") - pl.col("alliances_inward")) / alliances),
        # An alliance goes through somebody, even where no member is known.
        dependence=_of_alliances(broker / alliances),
        diversity=effective.round_sig_figs(12),
        harmonic=(pl.col("harmonic_sum").fill_null(0.0) / max(size - 1, 1)).round_sig_figs(12),
        freshness=age(as_of),
        freshness_light=freshness("evidence", as_of),
    )


def age(as_of: date) -> pl.Expr:
    """Years since the day of `evidence`."""
    return ((pl.lit(as_of) - pl.col("evidence")).dt.total_days() / YEAR_DAYS).round_sig_figs(12)


def with_smoothed(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with the smoothed rates of those that are scored, drawn towards those that are ranked."""
    for rate in RATES:
        frame = frame.join(_smoothed(frame, rate), on="code", how="left", maintain_order="left")
    return frame


def _of_alliances(value: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("alliances") > 0).then(value.round_sig_figs(12))


def _rate(name: str) -> pl.Expr:
    count = pl.col(name.removesuffix("_per_10000"))
    return pl.when(pl.col("population") > 0).then((count / pl.col("population") * PER).round_sig_figs(12)).alias(name)


def _smoothed(frame: pl.DataFrame, rate: str) -> pl.DataFrame:
    from graph.isolation.smoothing import interval, priors, smoothed  # noqa: PLC0415 - brings NumPy and SciPy

    known = frame.filter(pl.col("status").is_in(SCORED) & (pl.col("population") > 0))
    among = known.filter(is_ranked())
    columns = (rate.removesuffix("_per_10000"), "population")
    means, variances = priors(*(among[one].to_numpy()[None, :] for one in columns))
    events, people = (known[one].to_numpy() for one in columns)
    lower, upper = interval(events, people, means[0], variances[0])
    found = {"smoothed": smoothed(events, people, means, variances), "lower": lower, "upper": upper}
    numbers = {f"{rate}_{what}": pl.Series(values * PER, dtype=pl.Float64) for what, values in found.items()}
    return pl.DataFrame({"code": known["code"], **numbers}).with_columns(pl.col(numbers).round_sig_figs(12))
