"""Parquet: read in slices, so that memory does not grow with the file. The n-th record is row n + 1.

A record without any text is a blank row, as in other formats: it counts as a row of the sheet only.
"""

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from loaders.errors import FileError
from loaders.reading.raw import RawRow, RawTable, named

_SLICE_ROWS = 50_000


def open_columns(stream: BinaryIO) -> RawTable:
    """The table of a Parquet file; raises `FileError` where it cannot be read."""
    try:
        schema = pl.read_parquet_schema(stream)
        frame = pl.scan_parquet(_readable(stream)).select(_text(name, kind) for name, kind in schema.items())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileError("file_refused", str(error)) from error
    return RawTable(named(schema), _rows(frame))


def _readable(stream: BinaryIO) -> BinaryIO | str:
    """The file by the name that the system gives to what is open, for a stream would be read into memory."""
    stream.seek(0)
    name = getattr(stream, "name", None)
    return name if isinstance(name, str) else stream


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    """A column as text: lists with `|` between, days as `2020-05-07`, nothing as an empty text."""
    column = pl.col(name)
    if isinstance(kind, pl.List):
        column = column.cast(pl.List(pl.String)).list.join("|")
    elif isinstance(kind, pl.Struct):
        column = column.struct.json_encode()
    return column.cast(pl.String, strict=False).fill_null("")


def _rows(frame: pl.LazyFrame) -> Iterator[RawRow]:
    start = 0
    while True:
        try:
            part = frame.slice(start, _SLICE_ROWS).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise FileError("file_refused", str(error), row=start + 2) from error
        yield from _numbered(part, start + 2)
        if part.height < _SLICE_ROWS:
            return
        start += _SLICE_ROWS


def _numbered(part: pl.DataFrame, first: int) -> Iterator[RawRow]:
    rows = enumerate(part.iter_rows(), start=first)
    blank = part.select(pl.all_horizontal(pl.all() == "")).to_series()
    if not blank.any():
        return rows
    return (row for row, is_blank in zip(rows, blank, strict=True) if not is_blank)
