"""Copies of files that do not name who was erased.

A text keeps its form: only the names are replaced, line by line, so that every row stays where it is. What is no text
(spreadsheets, Parquet) becomes a Parquet table of the same cells in the same rows.
"""

import csv
import re
import zlib
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import BinaryIO

import polars as pl

from loaders.errors import FileError
from loaders.reading.foreign import open_foreign
from loaders.reading.opening import is_text
from loaders.reading.raw import Broken, Cells, Hints, RawTable
from loaders.reading.text import unpacked

Mask = Callable[[str], str]
"""Puts pseudonyms in the place of those who were erased; any other text it gives back unchanged."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|&#x?[0-9a-fA-F]+;")
"""A letter beyond ASCII as JSON, RDF and XML may write it."""


def masked(table: RawTable, mask: Mask) -> RawTable:
    """The table with every cell masked."""
    rows = ((number, _masked_cells(cells, mask)) for number, cells in table.rows)
    return RawTable(table.header, rows, table.remarks, table.close)


def _masked_cells(cells: Cells, mask: Mask) -> Cells:
    if isinstance(cells, Broken):
        return Broken(cells.code, cells.detail, mask(cells.text))
    return [mask(cell) for cell in cells]


def write_masked(path: Path, hints: Hints, mask: Mask, target: Path) -> bool:
    """Write a file to `target` with every name masked; whether there was one. Raises `FileError` on no table."""
    with path.open("rb") as stream:
        if is_text(stream):
            try:
                return _write_text(unpacked(stream), mask, target)
            except (OSError, EOFError, zlib.error) as error:
                raise FileError("file_refused", str(error)) from error
    return _write_table(open_foreign(path, hints), mask, target)


def _write_text(stream: BinaryIO, mask: Mask, target: Path) -> bool:
    changed = False
    with target.open("wb") as out:
        for line in _lines(stream):
            kept = _masked_line(line, mask)
            changed |= kept != line
            out.write(kept)
    return changed


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a text, those of UTF-16 in UTF-8."""
    mark = stream.read(2)
    stream.seek(0)
    if mark in _UTF16:
        yield from stream.read().decode("utf-16").encode().splitlines(keepends=True)
    else:
        yield from stream


def _masked_line(line: bytes, mask: Mask) -> bytes:
    """A line, in its own encoding: files of lines in UTF-8 and in Windows-1252 are met."""
    try:
        text, encoding = line.decode(), "utf-8"
    except UnicodeDecodeError:
        text, encoding = line.decode("cp1252", errors="surrogateescape"), "cp1252"
    plain = _ESCAPED.sub(_letter, text) if "\\u" in text or "&#" in text else text
    kept = mask(plain)
    return line if kept == plain else kept.encode(encoding, errors="surrogateescape")


def _letter(found: re.Match[str]) -> str:
    """The letter that is written as a number; whatever else is written so stays."""
    letter = chr(int(found[1], 16)) if found[1] else unescape(found[0])
    return letter if letter.isalpha() and not letter.isascii() else found[0]


def _write_table(table: RawTable, mask: Mask, target: Path) -> bool:
    """Write the cells as text; rows stand as far below the header as they did."""
    if len(set(table.header)) < len(table.header):
        table.close()
        raise FileError("duplicate_column", ", ".join(table.header))
    changed = False
    text = target.with_name(target.name + ".csv")
    with text.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(table.header)
        at = 1
        for number, cells in table.rows:
            kept = _padded(_masked_cells(cells, mask), len(table.header))
            changed |= kept != _padded(cells, len(table.header))
            writer.writerows([[""] * len(table.header)] * (number - at - 1))
            writer.writerow(kept)
            at = number
    pl.scan_csv(text, infer_schema=False).sink_parquet(target)
    text.unlink()
    return changed


def _padded(cells: Cells, width: int) -> list[str]:
    """The cells of a row; formats that are no text have neither broken rows nor longer ones than their header."""
    found = [cells.text] if isinstance(cells, Broken) else list(cells)
    return (found + [""] * width)[:width]
