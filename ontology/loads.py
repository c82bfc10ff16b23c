"""What a loader gives: each record with its row, or those of many rows at once as columns, which takes much less time.

Both ways give the same generation, byte for byte. Whoever has to look at single records asks for them with `singly`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from operator import itemgetter
from typing import TypeAlias

import polars as pl

from ontology.provenance import FileReport, Layout, Loaded, Source
from ontology.records import Actor, Alliance, Membership, Record
from ontology.terms import minted

Kind: TypeAlias = type[Alliance] | type[Actor] | type[Membership]


@dataclass(frozen=True)
class RecordColumns:
    """Records of one class and source."""

    kind: Kind
    source: str
    at: pl.Series
    """In which row of the batch each record stands (UInt32, ascending); none or one record a row."""
    fields: pl.DataFrame
    """One row a record: its `key`, and those of its fields that are texts or lists of texts, null where unsaid.

    Register numbers are none of them: actors that have some may wait for a register, each by itself.
    """

    @cached_property
    def iri(self) -> pl.Series:
        """The IRI of each record."""
        return self.fields.select(minted(self.kind.kind_name, self.source, pl.col("key"))).to_series()

    def records(self) -> Iterator[Record]:
        """Each record."""
        for row in self.fields.iter_rows(named=True):
            yield self.kind(source=self.source, **{name: value for name, value in row.items() if value is not None})


@dataclass(frozen=True)
class Batch:
    """The records of consecutive rows of a file, in the order of the rows and, within a row, of `records`."""

    layout: Layout
    rows: pl.Series
    """The number of each row (Int32)."""
    cells: pl.DataFrame
    """The rows as they were written; the columns are called by their position: `"0"`, `"1"` …"""
    records: tuple[RecordColumns, ...]

    def loaded(self) -> Iterator[Loaded]:
        """Each record with its row."""
        numbers, values = self.rows.to_list(), self.cells.rows()
        for at, record in merge(*(zip(one.at, one.records(), strict=True) for one in self.records), key=itemgetter(0)):
            yield Loaded(record, self.layout, numbers[at], values[at])


def singly(many: Iterable[Loaded | Batch]) -> Iterator[Loaded]:
    """Each record by itself."""
    for one in many:
        if isinstance(one, Batch):
            yield from one.loaded()
        else:
            yield one


@dataclass
class Load:
    """One source on its way into a generation: `items` are read once, then `files` is complete."""

    source: Source
    items: Iterable[Loaded | Batch]
    files: list[FileReport]
    registers_follow: bool = False
    """Whether registers are read after it, which complete its actors."""

    @property
    def records(self) -> Iterator[Loaded]:
        """The items, each record by itself."""
        return singly(self.items)
