"""Lists as files: CSV that a spreadsheet opens safely, and Parquet."""

from io import BytesIO

import orjson
import polars as pl

from api.answers.frames import public

_FORMULA = r"^[=+\-@\t\r]"


def csv(frame: pl.DataFrame) -> bytes:
    """UTF-8 with a header; lists of texts joined by `|`, anything deeper as JSON.

    A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers do not.
    """
    shown = public(frame)
    return shown.select(_flat(shown[name]) for name in shown.columns).write_csv().encode()


def parquet(frame: pl.DataFrame) -> bytes:
    """Parquet with the nested columns as they are."""
    buffer = BytesIO()
    public(frame).write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def _flat(column: pl.Series) -> pl.Series:
    if column.dtype == pl.List(pl.String):
        return _safe(column.list.join("|"))
    if column.dtype.is_nested():
        texts = [None if value is None else orjson.dumps(value).decode() for value in column.to_list()]
        return pl.Series(column.name, texts, dtype=pl.String)  # begins with [ or {: no formula
    return _safe(column) if column.dtype == pl.String else column


def _safe(column: pl.Series) -> pl.Series:
    frame = column.to_frame("text")
    marked = pl.when(pl.col("text").str.contains(_FORMULA)).then("'" + pl.col("text")).otherwise("text")
    return frame.select(marked).to_series().alias(column.name)
