"""Rows read many at once, column by column, as long as nothing is wrong with them.

What a cell comes to is read as everywhere, by a function that is given a row; but once for each text that is written,
not once for each row. Rows in which something is to be refused or remarked are read one by one, as if there were no
other way; both give the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Protocol

import numpy as np
import polars as pl

from loaders.cells import Row
from loaders.errors import FileError, RowError
from loaders.tabular import UNUSUAL
from ontology.loads import Batch, RecordColumns
from ontology.provenance import FileReport, Layout, Loaded
from ontology.terms import UNIT

ROWS_AT_ONCE: Final = 5_000
FEWEST_ROWS: Final = 100
"""Of fewer rows in sequence each is read by itself."""
_KEPT_TEXTS: Final = 1 << 16


@dataclass(frozen=True)
class Cells:
    """The cells of consecutive rows of one file."""

    rows: Sequence[Row]
    written: pl.DataFrame
    """The cells as they were written; the columns are called by their position: `"0"`, `"1"` …"""
    trimmed: pl.DataFrame
    """The same without space around them."""

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Cells":
        """The cells of rows, of which there must be one."""
        columns = zip(*(row.values for row in rows), strict=True)
        written = pl.DataFrame({str(at): pl.Series(one, dtype=pl.String) for at, one in enumerate(columns)})
        return cls(rows, written, written.select(pl.all().str.strip_chars()))

    @property
    def numbers(self) -> pl.Series:
        """The number of each row."""
        return pl.Series([row.number for row in self.rows], dtype=pl.Int32)

    def text(self, column: str) -> pl.Series:
        """A column's text, trimmed; empty where the cell is, or where the file has no such column."""
        position = self.rows[0].positions.get(column)
        if position is None:
            return pl.repeat("", len(self.rows), dtype=pl.String, eager=True)
        return self.trimmed[str(position)]

    def texts(self, *columns: str) -> pl.Series:
        """The texts of several columns, `UNIT` between them."""
        return pl.select(pl.concat_str([self.text(one) for one in columns], separator=UNIT)).to_series()

    def where(self, column: str, holds: Callable[[str], bool]) -> pl.Series:
        """In which rows a column has a text of which something holds."""
        texts = self.text(column)
        return texts.is_in([one for one in texts.unique().to_list() if one and holds(one)])

    def part(self, start: int, stop: int) -> "Cells":
        """Some of the rows."""
        return Cells(self.rows[start:stop], self.written[start:stop], self.trimmed[start:stop])


class CellValues:
    """What cells come to, alone or together, that are written alike in many rows.

    `read` is given a row that has these columns only, and returns a value for each column of `schema`. Where it refuses
    or remarks anything, the values are null, and the row is not sound. What texts came to is kept for the next rows, as
    long as these are no more than `kept`.
    """

    def __init__(
        self,
        columns: Sequence[str],
        schema: Mapping[str, pl.DataType],
        read: Callable[[Row], Sequence[Any]],
        kept: int = _KEPT_TEXTS,
    ) -> None:
        self._columns, self._read, self._kept = columns, read, kept
        self._schema = {**schema, "sound": pl.Boolean()}
        self._positions = {name: at for at, name in enumerate(columns)}
        self._known = self._values_of(pl.Series(dtype=pl.String))

    def of(self, cells: Cells) -> pl.DataFrame:
        """One row a row: the columns of the schema, and whether the row is `sound`."""
        written = cells.texts(*self._columns).alias("written").to_frame()
        distinct = written.unique()
        known = self._known.join(distinct, on="written", how="semi")
        new = self._values_of(distinct.join(known, on="written", how="anti")["written"])
        room = len(self._known) + len(new) <= self._kept
        self._known = pl.concat([self._known if room else known, new], rechunk=True)
        found = pl.concat([known, new])
        return written.join(found, on="written", how="left", maintain_order="left").drop("written")

    def _values_of(self, written: pl.Series) -> pl.DataFrame:
        values = [self._values(one) for one in written]
        columns = zip(*values, strict=True) if values else [()] * len(self._schema)
        schema = zip(self._schema.items(), columns, strict=True)
        return pl.DataFrame([written.alias("written"), *[pl.Series(name, one, dtype) for (name, dtype), one in schema]])

    def _values(self, written: str) -> tuple[Any, ...]:
        report = FileReport("", "", "")
        try:
            values = self._read(Row(0, tuple(written.split(UNIT)), self._positions, report))
        except (RowError, ValueError):
            values = None
        return (*[None] * (len(self._schema) - 1), False) if values is None or report.issues else (*values, True)


class InColumns(Protocol):
    """How the rows of a source are read many at once."""

    def values(self, cells: Cells) -> pl.DataFrame:
        """What the cells of each row come to, and whether it is `sound`: whether nothing is to be said about it."""
        ...

    def records(self, cells: Cells, values: pl.DataFrame) -> tuple[RecordColumns, ...]:
        """The records of sound rows, by their cells and values."""
        ...


def read_in_columns(
    rows: Iterable[Row],
    layout: Layout,
    how: InColumns,
    is_person: Mapping[str, Callable[[str], bool]],
    read: Callable[[Iterable[Row]], Iterator[Loaded]],
) -> Iterator[Loaded | Batch]:
    """The records of a file; `read` gives those of rows that are not sound, or too few.

    `is_person`: by column, whether a text says that its row is about a natural person, which `read` has to see.
    """
    for some in _batches(rows):
        cells = Cells.of(some)
        values = how.values(cells)
        sound = values["sound"] & ~_is_unusual(cells) & ~_is_about_a_person(cells, is_person)
        for start, stop in _runs(sound):
            if sound[start] and stop - start >= FEWEST_ROWS:
                part = cells.part(start, stop)
                some[start].report.rows_loaded += stop - start
                yield Batch(layout, part.numbers, part.written, how.records(part, values[start:stop]))
            else:
                yield from read(some[start:stop])


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists; before an error those that could be read."""
    batch: list[Row] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == ROWS_AT_ONCE:
                yield batch
                batch = []
    except FileError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _runs(sound: pl.Series) -> Iterator[tuple[int, int]]:
    """From where to where rows are alike, one sequence after the other."""
    changes = np.flatnonzero(np.diff(sound.to_numpy())) + 1
    return pairwise([0, *changes.tolist(), len(sound)])


def _is_unusual(cells: Cells) -> pl.Series:
    """Which rows hold what is refused or remarked in any cell."""
    return cells.written.select(pl.concat_str(pl.all(), separator="\n").str.contains(UNUSUAL)).to_series()


def _is_about_a_person(cells: Cells, is_person: Mapping[str, Callable[[str], bool]]) -> pl.Series:
    found = pl.repeat(value=False, n=len(cells.rows), dtype=pl.Boolean, eager=True)
    for column, says_so in is_person.items():
        found |= cells.where(column, says_so)
    return found
