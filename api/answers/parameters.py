"""What a number depends on besides the data and the date."""

from dataclasses import fields
from datetime import date
from typing import Protocol

from api.answers.answer import Row
from api.answers.reader import Reader

_OF_THE_PAGE = frozenset({"limit", "offset", "sort", "top"})
"""What says how much of an answer is shown, and in which order."""


class Dated(Protocol):
    """A question about a part of what is known: a dataclass."""

    @property
    def as_of_mode(self) -> str:
        """How imprecise dates are read."""

    @property
    def without_stale(self) -> bool:
        """Whether alliances that nobody has spoken of for two years are left out."""


def parameters(reader: Reader, question: Dated, as_of: date | None, **choices: object) -> Row:
    """All that was asked, defaults too, but for the page; `stale_on`, and the `choices` that an analysis made."""
    asked = {one.name: getattr(question, one.name) for one in fields(question)}  # type: ignore[arg-type]
    shown = {name: value for name, value in asked.items() if name not in _OF_THE_PAGE}
    return {**shown, "stale_on": reader.stale_on(as_of, without_stale=question.without_stale), **choices}
