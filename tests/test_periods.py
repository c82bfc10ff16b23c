from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.periods import AsOfMode, active, first_day_expr, last_day_expr
from ontology.dates import first_day, last_day

DAYS = st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31))
PARTIAL = st.builds(lambda day, length: day.isoformat()[:length], DAYS, st.sampled_from([4, 7, 10]))
LEAP_TRAPS = ["1900-02", "2000-02", "2023-02", "2024-02", "0001", "9999", "9999-12", "9999-12-31", "2024-02-29"]


def is_active(start: str | None, end: str | None, as_of: date, mode: AsOfMode) -> bool:
    """The rule of the interface in plain Python, which the columns must equal."""
    if mode == "possible":
        return (start is None or first_day(start) <= as_of) and (end is None or last_day(end) >= as_of)
    return start is not None and last_day(start) <= as_of and (end is None or first_day(end) >= as_of)


@given(st.lists(st.none() | PARTIAL | st.sampled_from(LEAP_TRAPS), min_size=1))
def test_columns_of_dates_mean_what_the_ontology_says(texts: list[str | None]) -> None:
    frame = pl.DataFrame({"when": texts}).select(first_day_expr("when").alias("a"), last_day_expr("when").alias("z"))
    assert frame["a"].to_list() == [text and first_day(text) for text in texts]
    assert frame["z"].to_list() == [text and last_day(text) for text in texts]


@given(st.lists(st.tuples(st.none() | PARTIAL, st.none() | PARTIAL), min_size=1), DAYS)
def test_active_columns_equal_the_rule(periods: list[tuple[str | None, str | None]], as_of: date) -> None:
    frame = pl.DataFrame(periods, schema={"start": pl.String, "end": pl.String}, orient="row")
    modes: list[AsOfMode] = ["possible", "certain"]
    for mode in modes:
        expected = [is_active(start, end, as_of, mode) for start, end in periods]
        assert frame.select(active(as_of, mode)).to_series().to_list() == expected


@pytest.mark.parametrize(
    ("start", "end", "possible", "certain"),
    [
        (None, None, True, False),
        ("2020", None, True, False),
        ("2020-10", None, True, False),
        ("2020-10-17", None, True, True),
        ("2020-10-18", None, False, False),
        ("2019", "2020", True, False),
        ("2019", "2020-10-17", True, True),
        ("2019", "2020-10-16", False, False),
        ("2019", "2021", True, True),
        ("2021", None, False, False),
        (None, "2019", False, False),
    ],
)
def test_active_on_17_october_2020(start: str | None, end: str | None, *, possible: bool, certain: bool) -> None:
    frame = pl.DataFrame({"start": [start], "end": [end]})
    as_of = date(2020, 10, 17)
    assert frame.select(active(as_of, "possible")).item() is possible
    assert frame.select(active(as_of, "certain")).item() is certain


def test_columns_without_any_date() -> None:
    frame = pl.DataFrame({"start": [None, None], "end": [None, None]})
    assert frame.select(active(date(2020, 1, 1))).to_series().to_list() == [True, True]
    assert frame.clear().select(active(date(2020, 1, 1))).height == 0
