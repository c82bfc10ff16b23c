"""Dates as precise as their source."""

from datetime import date

import pytest
from hypothesis import given

from ontology.dates import check_partial_date, first_day, last_day, reversed_period
from tests.strategies import partial_dates


@given(partial_dates())
def test_a_date_that_exists_is_kept_and_spans_its_days(text: str) -> None:
    assert check_partial_date(text) == text
    first, last = first_day(text), last_day(text)
    assert first <= last
    assert first.isoformat().startswith(text)
    assert last.isoformat().startswith(text)
    assert (last - first).days < 366


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2021-02", date(2021, 2, 1), date(2021, 2, 28)),
        ("2020-05-07", date(2020, 5, 7), date(2020, 5, 7)),
        ("9999", date(9999, 1, 1), date(9999, 12, 31)),
    ],
)
def test_spans(text: str, first: date, last: date) -> None:
    assert (first_day(text), last_day(text)) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "20", "2020-13", "2020-00", "2021-02-29", "2020-02-31", "0000", "2020-5", "2020/05", " 2020", "2020\n", "٢٠٢٠",
     "2020-05-07T00:00", "-2020", "20200507"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|year|month|day"):
        check_partial_date(text)


@given(partial_dates(), partial_dates())
def test_a_period_is_reversed_only_when_it_surely_is(start: str, end: str) -> None:
    assert reversed_period(start, end) == (last_day(end) < first_day(start))
    assert not (reversed_period(start, end) and reversed_period(end, start))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [("2020-05", "2020", False), ("2021", "2020-12-31", True), ("2020", "2020", False), (None, "2020", False),
     ("2020", None, False), (None, None, False)],
)  # fmt: skip
def test_imprecise_periods(start: str | None, end: str | None, expected: bool) -> None:
    assert reversed_period(start, end) is expected
