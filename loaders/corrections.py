"""Corrected rows: a quarantine file that was corrected, and stands beside the file that its rows come from.

What it says of a row that was refused adds that row. What it says of a row that was loaded, as far as it could be,
takes that row's place: both would count twice.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias

from loaders.cells import Row
from ontology.provenance import FileReport

Place: TypeAlias = tuple[str, str]
"""The file and the number of a row, as a quarantine file names them."""
_REFUSED: Final = "_refused"
"""The column that says whether a row was refused, or loaded as far as it could be."""
_WORKBOOKS: Final = frozenset({".xlsx", ".xls", ".ods"})
_HEAD_BYTES: Final = 1 << 16


def may_be_corrected(file: Path) -> bool:
    """Whether it is worth opening a file to see whether it says of a row that it was loaded."""
    if file.suffix.lower() in _WORKBOOKS:
        return True
    with file.open("rb") as stream:
        return _REFUSED.encode() in stream.read(_HEAD_BYTES).replace(b"\0", b"")  # be it UTF-16


def place(line: Row) -> Place | None:
    """Where the row stands that a line of a quarantine file is about; `None` of a line that was added by hand."""
    file, number = line.text("_file"), line.text("_row")
    return (file, number) if file and number else None


def loaded_before(lines: Iterable[Row]) -> Iterator[Place]:
    """Where the rows stand that were loaded nevertheless."""
    return (at for line in lines if line.text(_REFUSED) == "no" and (at := place(line)))


def joined(lines: Iterable[Row], report: FileReport) -> Iterator[Row]:
    """One row for the lines in sequence that are about the same; those after the first count as loaded.

    A quarantine file has a line for each cell. Of each such cell that is taken which was corrected, in whichever line.
    """
    for at, some in groupby(lines, place):
        if at is None:
            yield from some
        else:
            same = list(some)
            report.rows_loaded += len(same) - 1
            yield _one(same)


def _one(lines: list[Row]) -> Row:
    values = list(lines[0].values)
    for line in lines:
        at = line.positions.get(line.text("_column") or "")
        if at is not None:
            cells = [one.values[at] for one in (line, *lines)]
            before = line.text("_value") or ""
            values[at] = next((cell for cell in cells if cell.strip() != before), cells[0])
    return replace(lines[0], values=tuple(values))


def is_replaced(row: Row, file: str, replaced: Set[Place]) -> bool:
    """Whether what another file says takes the place of this row of `file`."""
    return (place(row) or (file, str(row.number))) in replaced
