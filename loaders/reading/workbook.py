"""Spreadsheets (XLSX, XLS, ODS): the table is on the first sheet that has the columns asked for.

A spreadsheet is a packed archive of XML: it is looked at before it is unpacked, for one of a few hundred kilobytes
can hold gigabytes. Cells are the values that were saved, never formulas; a formula's error is an empty cell.
"""

import datetime
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from loaders.errors import FileError
from loaders.reading.markup import refuse_document_type
from loaders.reading.raw import (
    MAX_COLUMNS,
    MAX_RATIO,
    MAX_SHEET_ROWS,
    MAX_WHOLE_BYTES,
    Hints,
    RawRow,
    RawTable,
    Remark,
    is_blank,
    matches,
    named,
)

MAX_MEMBERS = 1000
_HEADER_WITHIN = 20
"""Publishers put titles above their tables: in how many rows the header is looked for."""
_EXACT = 1e15
"""From here on a number of a spreadsheet has lost digits."""
Value = int | float | str | bool | datetime.date | datetime.time | datetime.datetime | datetime.timedelta


def open_workbook(stream: BinaryIO, hints: Hints) -> RawTable:
    """The table of a spreadsheet; raises `FileError` where there is none."""
    if zipfile.is_zipfile(stream):
        _check_archive(stream)
    stream.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        sheets = [book.get_sheet_by_index(place) for place in range(len(book.sheet_names))]
    except CalamineError as error:
        raise FileError("file_refused", str(error)) from error
    found = [(sheet, _header(sheet, hints)) for sheet in sheets if sheet.end]
    if not found:
        raise FileError("file_refused", "the file is empty")
    sheet, (at, header) = max(found, key=lambda one: matches(one[1][1], hints))
    others = [
        one.name for one, (_, names) in found if one is not sheet and matches(names, hints) == len(hints.required)
    ]
    remarks = [Remark("sheet_not_read", ", ".join(others))] if others else []
    return RawTable(header, _rows(sheet, at, len(header)), remarks)


def _check_archive(stream: BinaryIO) -> None:
    """Raise `FileError` on an archive that unpacks to too much, or whose XML declares a document type."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            size, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
            if len(members) > MAX_MEMBERS or size > MAX_WHOLE_BYTES or size > max(packed, 1 << 14) * MAX_RATIO:
                raise FileError("file_refused", f"it unpacks to {size:,} bytes in {len(members)} parts")
            for one in members:
                if one.filename.endswith((".xml", ".rels", ".vml")):
                    with archive.open(one) as member:
                        refuse_document_type(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise FileError("file_refused", str(error)) from error


def _header(sheet: CalamineSheet, hints: Hints) -> tuple[int, tuple[str, ...]]:
    """The number of the header's row and its names: the first of the rows that have most of the required ones."""
    _check_size(sheet)
    rows = [[_text(value) for value in row] for row in islice(sheet.iter_rows(), _HEADER_WITHIN)]
    written = [at for at, row in enumerate(rows) if not is_blank(row)]
    if not written:
        return 1, ()
    best = max(written, key=lambda at: (matches(rows[at], hints), -at))
    names = rows[best]
    while names and not names[-1].strip():
        names.pop()
    return best + 1, named(names)


def _check_size(sheet: CalamineSheet) -> None:
    last_row, last_column = sheet.end or (0, 0)
    if last_row > MAX_SHEET_ROWS:
        raise FileError("too_many_rows", f"{sheet.name}: {last_row:,}")
    if last_column > MAX_COLUMNS * 10:  # formatted columns without a name do not count
        raise FileError("too_many_columns", f"{sheet.name}: {last_column:,}")


def _rows(sheet: CalamineSheet, header_at: int, width: int) -> Iterator[RawRow]:
    for number, row in enumerate(islice(sheet.iter_rows(), header_at, None), start=header_at + 1):
        cells = [_text(value) for value in row]
        if is_blank(cells):
            continue
        surplus = cells[width:]
        yield number, cells[:width] if is_blank(surplus) else cells


def _text(value: Value) -> str:
    """A cell as one would type it: `2020` for 2020.0, `2020-05-07` for a day."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
    return str(value)
