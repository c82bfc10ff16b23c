"""When alliances were last heard of, and what is left without the stale ones."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import Generation
from graph.chosen import Chosen
from graph.freshness import freshness, last_evidence, without_stale
from graph.measured import network_of
from graph.periods import AsOfMode
from graph.selection import Tables
from ontology.dates import first_day, last_day
from tests.analysis_tables import alliance
from tests.timed_tables import DAYS, Period, world, worlds

TODAY = date(2026, 11, 23)


def evidence_of(periods: list[Period], reference: date, mode: AsOfMode) -> date | None:
    """The rule in plain Python: the newest day that any of the periods speaks of, none after the reference."""
    day = last_day if mode == "possible" else first_day
    heard = [
        min(day(end or start or ""), reference)
        for start, end in periods
        if (start is not None or end is not None) and (start is None or first_day(start) <= reference)
    ]
    return max(heard, default=None)


@settings(max_examples=100, deadline=None)
@given(worlds(), DAYS, st.sampled_from(["possible", "certain"]))
def test_evidence_is_the_newest_day_that_is_spoken_of(tables: Tables, reference: date, mode: AsOfMode) -> None:
    found = dict(last_evidence(tables.alliances, tables.memberships, reference, mode).iter_rows())
    for row in tables.alliances.to_dicts():
        own = tables.memberships.filter(alliance=row["iri"]).select("start", "end").rows()
        assert found[row["iri"]] == evidence_of([(row["start"], row["end"]), *own], reference, mode)


@pytest.mark.parametrize(
    ("period", "possible", "certain"),
    [
        ((None, None), None, None),
        (("2026-01-05", None), date(2026, 1, 5), date(2026, 1, 5)),
        (("2026", None), TODAY, date(2026, 1, 1)),
        (("2019", "2030"), TODAY, TODAY),
        ((None, "2023-06"), date(2023, 6, 30), date(2023, 6, 1)),
        ((None, "2028"), TODAY, TODAY),
        (("2027", None), None, None),
    ],
)
def test_what_a_period_is_evidence_of(period: Period, possible: date | None, certain: date | None) -> None:
    tables = world([(None, False)], [(None, period)], [])
    modes: list[tuple[AsOfMode, date | None]] = [("possible", possible), ("certain", certain)]
    for mode, expected in modes:
        found = last_evidence(tables.alliances, tables.memberships, TODAY, mode)
        assert found.rows() == [(alliance("l0"), expected)]


def test_a_page_is_no_evidence_of_what_came_after_it_was_read() -> None:
    tables = world([(None, False)], [(None, ("2019", "2030"))], [])
    read = tables.alliances.with_columns(retrieved=pl.lit(date(2021, 5, 1)))
    assert last_evidence(read, tables.memberships, TODAY)["evidence"].to_list() == [date(2021, 5, 1)]


@pytest.mark.parametrize(
    ("day", "colour"),
    [
        (TODAY, "green"),
        (date(2025, 11, 24), "green"),
        (date(2025, 11, 23), "amber"),
        (date(2024, 11, 24), "amber"),
        (date(2024, 11, 23), "red"),
        (None, None),
    ],
)
def test_the_traffic_light(day: date | None, colour: str | None) -> None:
    frame = pl.DataFrame({"evidence": [day]}, schema={"evidence": pl.Date})
    assert frame.select(freshness("evidence", TODAY)).to_series().to_list() == [colour]


def test_years_end_on_29_february_too() -> None:
    frame = pl.DataFrame({"evidence": [date(2022, 2, 28), date(2022, 3, 1)]})
    assert frame.select(freshness("evidence", date(2024, 2, 29))).to_series().to_list() == ["red", "amber"]


@settings(max_examples=60, deadline=None)
@given(worlds(), DAYS)
def test_what_is_left_is_not_stale_and_what_went_is(tables: Tables, reference: date) -> None:
    possible, certain = (without_stale(tables, reference, mode) for mode in ("possible", "certain"))
    assert set(certain.alliances["iri"]) <= set(possible.alliances["iri"])
    heard = last_evidence(tables.alliances, tables.memberships, reference)
    red = set(heard.filter(freshness("evidence", reference) == "red")["alliance"])
    assert set(possible.alliances["iri"]) == set(tables.alliances["iri"]) - red
    assert set(possible.memberships["alliance"]) <= set(possible.alliances["iri"])
    dropped = set(tables.memberships["iri"]) - set(possible.memberships["iri"])
    assert all(tables.memberships.filter(iri=one)["alliance"][0] in red for one in dropped)


def test_networks_and_metrics_without_stale(generation: Generation) -> None:
    whole, fresh = generation.network(), generation.network(without_stale=True)
    assert set(fresh.edges) < set(whole.edges)
    day = generation.knowledge_date
    left = without_stale(generation.tables, day)
    assert set(fresh.edges) == set(network_of(left, "two-mode", Chosen()).edges)
    metrics = generation.metrics("alliances", without_stale=True)
    assert metrics["alliances"].sum() == fresh.number_of_edges()
    assert generation.metrics("alliances")["alliances"].sum() == whole.number_of_edges()
    isolated = generation.isolation(without_stale=True)
    assert isolated["alliances"].sum() < generation.isolation()["alliances"].sum()


def test_freshness_counts_from_the_date_that_is_asked_for(generation: Generation) -> None:
    then = generation.knowledge_date - timedelta(days=6 * 365)
    both = generation.selected(as_of=then, without_stale=True)
    assert 0 < both.alliances.height < generation.selected(as_of=then).alliances.height
    assert set(both.alliances["iri"]) - set(generation.selected(without_stale=True).alliances["iri"])
