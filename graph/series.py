"""The ecosystem year by year: what was active at the end of each year, and how a number of the network moved.

A year is its 31 December: the day on which a start or an end that is known to the year alone counts
in its own year. Each count equals what `as_of` that day gives, for all years in one pass over the tables.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from graph.freshness import without_stale
from graph.hierarchy import Level, at_level
from graph.periods import AsOfMode, first_day_expr, last_day_expr
from graph.selection import Tables, select

COUNTS: Final = ("alliances", "dated", "undated", "memberships", "actors", "territories")
FIRST_YEAR, LAST_YEAR = 1, 9998
MAX_YEARS = 500


def year_end(year: int) -> date:
    """The day that stands for a year."""
    return date(year, 12, 31)


def years(first: int, last: int) -> range:
    """The years from `first` to `last`; raises `ValueError` where there are none, too many, or no such years."""
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        raise ValueError(f"years go from {FIRST_YEAR} to {LAST_YEAR}, the first one first")
    if last - first >= MAX_YEARS:
        raise ValueError(f"at most {MAX_YEARS} years at once: choose a later first year")
    return range(first, last + 1)


def span(tables: Tables, knowledge: date) -> range:
    """The years that a series shows unless others are asked for: from the first known start to the knowledge date's."""
    first = tables.alliances.select(first_day_expr("start").dt.year().min()).item()
    last = min(max(knowledge.year, FIRST_YEAR), LAST_YEAR)
    return years(max(min(first or last, last), last - MAX_YEARS + 1), last)


def counts(tables: Tables, asked: range, level: Level, mode: AsOfMode = "possible") -> pl.DataFrame:
    """One row a year: `year`, `alliances`, `dated`, `undated`, `memberships`, `actors`, `territories`.

    `alliances` = `dated` + `undated`; an undated one has no known start: it is active in every year up
    to its end as `possible`, in none as `certain`. `memberships` in active alliances, `actors` who hold
    one, `territories` of `level` that an active alliance touches. Persons are not counted.
    """
    chosen = select(tables)
    alliances = _lasting(chosen.alliances, asked, mode)
    memberships = _within(_lasting(chosen.memberships, asked, mode), alliances)
    undated = _count(alliances.filter(pl.col("start").is_null()), asked)
    active = _count(alliances, asked)
    return pl.DataFrame(
        {
            "year": pl.Series(asked, dtype=pl.Int32),
            "alliances": active,
            "dated": active - undated,
            "undated": undated,
            "memberships": _count(memberships, asked),
            "actors": _count(_apart(memberships, "actor"), asked),
            "territories": _count(_apart(_touching(chosen, alliances, memberships, level), "code"), asked),
        }
    )


def fresh_counts(tables: Tables, asked: range, level: Level, mode: AsOfMode = "possible") -> pl.DataFrame:
    """`counts` without the alliances that were stale (see `graph.freshness`) on the day that stands for each year."""
    fresh = ((year, without_stale(tables, year_end(year), mode)) for year in asked)
    return pl.concat([counts(part, range(year, year + 1), level, mode) for year, part in fresh])


def _lasting(table: pl.DataFrame, asked: range, mode: AsOfMode) -> pl.DataFrame:
    """The rows that are active at the end of a year, with the `first` and the `last` such year of those asked.

    The rule of `periods.active`, turned into years: the end of a year is active from the year of the start on, up to
    the year before that of the end, or that year itself where the end may be (`possible`) or is its last day.
    """
    begin, end = (first_day_expr, last_day_expr) if mode == "possible" else (last_day_expr, first_day_expr)
    undated = asked[0] if mode == "possible" else asked[-1] + 1
    last_day = (end("end").dt.month() == 12) & (end("end").dt.day() == 31)
    last = end("end").dt.year() - (~last_day).cast(pl.Int32)
    dated = table.with_columns(
        first=begin("start").dt.year().fill_null(undated).clip(asked[0], asked[-1] + 1),
        last=last.fill_null(asked[-1]).clip(asked[0] - 1, asked[-1]),
    )
    return dated.filter(pl.col("first") <= pl.col("last"))


def _within(memberships: pl.DataFrame, alliances: pl.DataFrame) -> pl.DataFrame:
    """The memberships, each no longer than its alliance."""
    spans = alliances.select(alliance="iri", opened="first", closed="last")
    both = memberships.join(spans, on="alliance").with_columns(
        first=pl.max_horizontal("first", "opened"), last=pl.min_horizontal("last", "closed")
    )
    return both.filter(pl.col("first") <= pl.col("last"))


def _touching(chosen: Tables, alliances: pl.DataFrame, memberships: pl.DataFrame, level: Level) -> pl.DataFrame:
    """`code`, `first`, `last`: located there counts as long as the alliance, seated there as long as the membership."""
    located = alliances.select("first", "last", id="territory")
    seats = chosen.actors.select("territory", actor="iri").drop_nulls()
    seated = memberships.join(seats, on="actor").select("first", "last", id="territory")
    return pl.concat([located, seated]).join(at_level(chosen.closure, level), on="id")


def _apart(spans: pl.DataFrame, key: str) -> pl.DataFrame:
    """The same years of each `key` in spans that do not overlap: of each span what those before it leave over."""
    ordered = spans.sort(key, "first", "last")
    reached = pl.col("last").cum_max().shift(1).over(key)
    rest = ordered.select(first=pl.max_horizontal("first", reached + 1), last="last")
    return rest.filter(pl.col("first") <= pl.col("last"))


def _count(spans: pl.DataFrame, asked: range) -> np.ndarray:
    """How many spans hold each year."""
    begun, ended = (
        np.bincount(spans[name].to_numpy() - asked[0] + shift, minlength=len(asked) + 1)
        for name, shift in (("first", 0), ("last", 1))
    )
    counted: np.ndarray = np.cumsum(begun - ended)[: len(asked)].astype(np.int64)
    return counted


def of_metric(asked: Iterable[int], measure: Callable[[date], pl.DataFrame], metric: str, iri: str) -> pl.DataFrame:
    """A number of one node, one row a year: `year`, `value`, `rank` (1 is the greatest value), `ranked` (how many).

    `measure` gives the metrics of a day. The value is null where it is undefined, and then so is the rank.
    """
    rows = [(year, *_standing(measure(year_end(year)), metric, iri)) for year in asked]
    schema = {"year": pl.Int32, "value": pl.Float64, "rank": pl.Int64, "ranked": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _standing(frame: pl.DataFrame, metric: str, iri: str) -> tuple[float | None, int | None, int]:
    values = frame[metric].drop_nulls().cast(pl.Float64)
    own = frame.filter(pl.col("iri") == iri)[metric].cast(pl.Float64)
    value = own[0] if own.len() else None
    return value, None if value is None else int((values > value).sum()) + 1, values.len()
