"""Dates as precise as their source: `2020`, `2020-05` or `2020-05-07`."""

import calendar
import re
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

_PARTIAL = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_KEPT = 1 << 14
"""How many dates are kept as read: all of some forty years. Sources repeat them, and every record checks its own."""


@lru_cache(maxsize=_KEPT)
def check_partial_date(text: str) -> str:
    """Return `text` unchanged; raise `ValueError` unless it names a day, month or year that exists."""
    if not _PARTIAL.fullmatch(text):
        raise ValueError(f"{text!r} is no date: write 2020, 2020-05 or 2020-05-07")
    first_day(text)
    return text


PartialDate = Annotated[str, AfterValidator(check_partial_date)]
"""A year, month or day that exists, in ISO 8601 (years 0001 to 9999)."""


@lru_cache(maxsize=_KEPT)
def first_day(text: str) -> date:
    """The earliest day that `text` can mean."""
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return date(year, month, day)


@lru_cache(maxsize=_KEPT)
def last_day(text: str) -> date:
    """The latest day that `text` can mean."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    month = parts[1] if len(parts) == 2 else 12
    return date(parts[0], month, calendar.monthrange(parts[0], month)[1])


def reversed_period(start: str | None, end: str | None) -> bool:
    """Whether the period surely ends before it starts, whatever the imprecise dates mean."""
    return bool(start and end and last_day(end) < first_day(start))
