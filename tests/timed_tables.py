"""Small worlds with dates, as hypothesis draws them, and the same rebuilt for one day in plain Python."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
from hypothesis import strategies as st

from graph.periods import AsOfMode
from graph.selection import Tables
from ontology import iris
from ontology.dates import first_day, last_day
from tests import analysis_tables

Period = tuple[str | None, str | None]

_FIRST = date(2018, 1, 1)
_DAY = st.integers(0, 1500).map(lambda days: (_FIRST + timedelta(days=days)).isoformat())
PARTIAL = st.builds(lambda day, length: day[:length], _DAY, st.sampled_from([4, 7, 10]))
DAYS = st.integers(-100, 1700).map(lambda days: _FIRST + timedelta(days=days))
SEATS = st.sampled_from([None, "COM-14118", "COM-61001", "DEP-48", "REG-28", "COM-93066"])


def is_active(period: Period, as_of: date, mode: AsOfMode) -> bool:
    """The rule of the interface in plain Python."""
    start, end = period
    if mode == "possible":
        return (start is None or first_day(start) <= as_of) and (end is None or last_day(end) >= as_of)
    return start is not None and last_day(start) <= as_of and (end is None or first_day(end) >= as_of)


def _in_order(period: Period) -> bool:
    start, end = period
    return start is None or end is None or first_day(start) <= last_day(end)


PERIODS: st.SearchStrategy[Period] = st.tuples(st.none() | PARTIAL, st.none() | PARTIAL).filter(_in_order)


@st.composite
def worlds(draw: st.DrawFn, most: int = 6) -> Tables:
    """Up to `most` actors and alliances, with memberships that have periods of their own; some actors are persons."""
    actors = draw(st.lists(st.tuples(SEATS, st.booleans()), min_size=2, max_size=most))
    alliances = draw(st.lists(st.tuples(SEATS, PERIODS), min_size=1, max_size=most))
    pairs = [(one, other) for one in range(len(alliances)) for other in range(len(actors))]
    joined = draw(st.lists(st.tuples(st.sampled_from(pairs), PERIODS), max_size=3 * most, unique_by=lambda tie: tie[0]))
    return world(actors, alliances, joined)


def world(
    actors: Sequence[tuple[str | None, bool]],
    alliances: Sequence[tuple[str | None, Period]],
    joined: Sequence[tuple[tuple[int, int], Period]],
) -> Tables:
    """Tables of actors (seat, whether a person), alliances (place, period), memberships ((alliance, actor), period)."""
    actor_rows = [
        (analysis_tables.actor(f"a{n}"), f"a{n}", f"Actor {n}", "person" if person else "association", seat)
        for n, (seat, person) in enumerate(actors)
    ]
    alliance_rows = [
        (analysis_tables.alliance(f"l{n}"), f"l{n}", f"Alliance {n}", "charter", place, *period)
        for n, (place, period) in enumerate(alliances)
    ]
    membership_rows = [
        (
            iris.mint("membership", analysis_tables.SOURCE, f"l{one}|a{other}"),
            f"l{one}|a{other}",
            analysis_tables.alliance(f"l{one}"),
            analysis_tables.actor(f"a{other}"),
            "partner",
            *period,
        )
        for (one, other), period in joined
    ]
    return Tables(
        _frame(actor_rows, ("iri", "id", "name", "kind", "territory")),
        _frame(alliance_rows, ("iri", "id", "name", "kind", "territory", "start", "end")).with_columns(
            targets=pl.lit(["17.17"])
        ),
        _frame(membership_rows, ("iri", "id", "alliance", "actor", "role", "start", "end")),
        analysis_tables.territories(),
    )


def rebuilt(tables: Tables, as_of: date, mode: AsOfMode) -> Tables:
    """The tables from the records of a day alone: what was not active then is not there."""
    alliances = _kept(tables.alliances, lambda row: is_active((row["start"], row["end"]), as_of, mode))
    known = set(alliances["iri"])
    memberships = _kept(
        tables.memberships,
        lambda row: row["alliance"] in known and is_active((row["start"], row["end"]), as_of, mode),
    )
    return replace(tables, alliances=alliances, memberships=memberships)


def _kept(frame: pl.DataFrame, keep: Callable[[dict[str, str]], bool]) -> pl.DataFrame:
    return pl.DataFrame([row for row in frame.to_dicts() if keep(row)], schema=frame.schema)


def _frame(rows: Sequence[tuple[str | None, ...]], columns: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
