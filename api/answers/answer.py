"""What an answer is made of, whoever asked: `context` with everything, and for lists the rows as a frame."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import polars as pl

from api.answers.frames import public

Row: TypeAlias = dict[str, Any]
"""An object of the interface, ready for JSON but for dates; `Any` because the tables decide what a field holds."""


@dataclass(frozen=True)
class Answer:
    """A list, or the part of it that was asked for.

    `frame` holds the rows of this page, `total` counts those of all pages.
    """

    context: Row
    frame: pl.DataFrame
    total: int
    limit: int | None
    offset: int
    facets: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def truncated(self) -> bool:
        """Whether rows come after this page."""
        return self.offset + self.frame.height < self.total

    def body(self) -> Row:
        """The JSON object of the interface."""
        return {
            "context": self.context,
            "results": public(self.frame).to_dicts(),
            "total": self.total,
            "limit": self.limit,
            "offset": self.offset,
            "truncated": self.truncated,
            "facets": self.facets,
        }


def page(context: Row, frame: pl.DataFrame, limit: int | None, offset: int, facets: dict[str, list[Row]]) -> Answer:
    """Cut a page out of all rows."""
    return Answer(context, frame.slice(offset, limit), frame.height, limit, offset, facets)
