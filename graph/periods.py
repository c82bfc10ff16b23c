"""Imprecise dates (`2020`, `2020-05`, `2020-05-07`) in columns: the same rules as `ontology.dates`, vectorised."""

from datetime import date
from typing import Literal, TypeAlias

import polars as pl

AsOfMode: TypeAlias = Literal["possible", "certain"]
"""`possible`: what may have been active on the date; `certain`: only what surely was."""

_DAY = "%Y-%m-%d"


def first_day_expr(column: str) -> pl.Expr:
    """The earliest day that each partial date of `column` can mean, as `Date`; null stays null."""
    # "2020-05" + "-01-01" cut to ten characters is 2020-05-01, and a whole day stays what it is.
    return (_text(column) + "-01-01").str.slice(0, 10).str.to_date(_DAY)


def last_day_expr(column: str) -> pl.Expr:
    """The latest day that each partial date of `column` can mean, as `Date`; null stays null."""
    length = _text(column).str.len_chars()
    last_of_year = (_text(column).str.slice(0, 4) + "-12-31").str.to_date(_DAY)
    last_of_month = first_day_expr(column).dt.month_end()
    by_precision = pl.when(length == 10).then(first_day_expr(column)).when(length == 7).then(last_of_month)
    return by_precision.otherwise(last_of_year)


def active(as_of: date, mode: AsOfMode = "possible") -> pl.Expr:
    """Whether the period in the columns `start` and `end` holds `as_of`; never null.

    An imprecise date counts over its whole span. `possible`: a missing start may be any day.
    `certain`: a missing start is not enough. In both, a missing end means still active.
    """
    if mode == "possible":
        began = (first_day_expr("start") <= as_of).fill_null(value=True)
        lasts = last_day_expr("end") >= as_of
    else:
        began = (last_day_expr("start") <= as_of).fill_null(value=False)
        lasts = first_day_expr("end") >= as_of
    return began & lasts.fill_null(value=True)


def _text(column: str) -> pl.Expr:
    # A column without any date has the type Null, which knows no string functions.
    return pl.col(column).cast(pl.String)
