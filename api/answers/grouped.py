"""A frame sorted by one column, with the place of each value: a look-up that costs a slice, not a scan."""

from typing import Self

import polars as pl


class Grouped:
    """The rows of a frame by the value of a column. Memory: the frame, and two numbers a value."""

    def __init__(self, frame: pl.DataFrame, column: str) -> None:
        # A stable sort keeps the order of the source within a value.
        self.frame = frame.filter(pl.col(column).is_not_null()).sort(column, maintain_order=True)
        runs = self.frame.select(pl.col(column).rle().alias("run")).unnest("run")
        starts = runs.select("value", "len", start=pl.col("len").cum_sum() - pl.col("len"))
        self._places = {value: (start, length) for value, length, start in starts.iter_rows()}

    def __getitem__(self, value: str) -> pl.DataFrame:
        """The rows of `value`; none where there is no such value."""
        return self.frame.slice(*self._places.get(value, (0, 0)))

    def of(self, values: list[str]) -> pl.DataFrame:
        """The rows of all `values`, in their order."""
        return pl.concat([self.frame.clear(), *(self[value] for value in values)])

    @classmethod
    def both(cls, frame: pl.DataFrame, first: str, second: str) -> tuple[Self, Self]:
        """The same rows by either of two columns."""
        return cls(frame, first), cls(frame, second)
