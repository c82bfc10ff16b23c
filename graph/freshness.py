"""When an alliance was last heard of, and which alliances are stale.

Evidence is a day that a source speaks of: the start or the end of the alliance or of a membership in
it. That somebody read the page is none; but a page read in 2021 that says « until 2028 » is evidence
of 2021 (`retrieved`), and on a day before 2021 of that day.

    green    last evidence under 1 year before the day of reference
    amber    under 2 years
    red      older: stale

An imprecise date is read as everywhere: `possible` takes the last day that it can mean, `certain` the
first. An alliance without any date has no evidence: it may be fresh, and is not surely so.
"""

from datetime import date

import polars as pl

from graph.periods import AsOfMode, first_day_expr, last_day_expr
from graph.selection import Tables

AMBER_YEARS, STALE_YEARS = 1, 2


def last_evidence(
    alliances: pl.DataFrame, memberships: pl.DataFrame, reference: date, mode: AsOfMode = "possible"
) -> pl.DataFrame:
    """One row an alliance, by IRI: `alliance`, `evidence`, the last day on or before `reference` that is spoken of.

    Null where no source gives a day, or only days after `reference`. An end after `reference` says that
    the alliance is running: then the evidence is of `reference` itself, or of the day of reading.
    """
    own = alliances.select(pl.col("iri").alias("alliance"), "start", "end", _read_on(alliances))
    parts = memberships.select("alliance", "start", "end", _read_on(memberships))
    heard = pl.concat([own, parts]).select("alliance", evidence=_evidence(reference, mode))
    return heard.group_by("alliance").agg(pl.col("evidence").max()).sort("alliance")


def freshness(evidence: str, reference: date) -> pl.Expr:
    """`green`, `amber` or `red` by the column of days `evidence`; null where there is no day."""
    amber, red = (_years_before(reference, years) for years in (AMBER_YEARS, STALE_YEARS))
    colour = pl.when(pl.col(evidence) > amber).then(pl.lit("green")).when(pl.col(evidence) > red)
    return colour.then(pl.lit("amber")).when(pl.col(evidence).is_not_null()).then(pl.lit("red"))


def without_stale(tables: Tables, reference: date, mode: AsOfMode = "possible") -> Tables:
    """`tables` without the alliances whose last evidence is two years or more before `reference`.

    `possible` keeps those without any evidence, `certain` does not. The memberships of what goes go too.
    """
    known = last_evidence(tables.alliances, tables.memberships, reference, mode)
    fresh = (pl.col("evidence") > _years_before(reference, STALE_YEARS)).fill_null(value=mode == "possible")
    kept = known.filter(fresh)
    return tables.narrowed(
        actors=tables.actors,
        alliances=tables.alliances.join(kept, left_on="iri", right_on="alliance", how="semi", maintain_order="left"),
        memberships=tables.memberships.join(kept, on="alliance", how="semi", maintain_order="left"),
    )


def _evidence(reference: date, mode: AsOfMode) -> pl.Expr:
    """The last day of a period that had begun on `reference`, no later than the reference and the reading."""
    day = last_day_expr if mode == "possible" else first_day_expr
    until = pl.min_horizontal(pl.coalesce(day("end"), day("start")), pl.lit(reference), "retrieved")
    return pl.when((first_day_expr("start") <= reference).fill_null(pl.col("end").is_not_null())).then(until)


def _read_on(table: pl.DataFrame) -> pl.Expr:
    # Tables made in a test or elsewhere need not say when they were read.
    return pl.col("retrieved") if "retrieved" in table.columns else pl.lit(None, pl.Date).alias("retrieved")


def _years_before(reference: date, years: int) -> pl.Expr:
    return pl.lit(reference).dt.offset_by(f"-{years}y")
