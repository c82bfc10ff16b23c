"""What may be asked of a list, the same on the command line and over HTTP."""

import re
from dataclasses import dataclass
from datetime import date

from graph.periods import AsOfMode

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Question:
    """The filters, order and cut of a list; `None` asks for nothing in particular.

    `q` is looked for in names, whatever its case and accents. `territory` means the territory and
    all within it, with `exact` the territory alone; `inherit` adds what belongs to a territory that
    contains it. `target` is a goal (`17`, with all its targets) or a target (`17.17`). `sort` is a
    field, with `-` before it in falling order. `limit=None` is every row.
    """

    q: str | None = None
    kind: str | None = None
    territory: str | None = None
    exact: bool = False
    inherit: bool = False
    target: str | None = None
    appeal: str | None = None
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    sort: str | None = None
    limit: int | None = None
    offset: int = 0


def day(text: str) -> date:
    """The day that `text` names (`2020-10-17`); raises `ValueError` on anything else, also on a year or a month."""
    if not _DAY.fullmatch(text):
        raise ValueError("write a whole day, as in 2020-10-17")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("write a day that exists, as in 2020-10-17") from None
