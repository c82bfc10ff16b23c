"""Files to fill in: the columns of a source, and a sheet that explains them in French and English."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

import xlsxwriter

from api.pipeline import UsageError, find_loader
from loaders.registry import all_loaders
from loaders.tabular import Columns

_MADE = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Two templates of one version are the same file: its clock stands still."""
_SHEET, _HELP = "données · data", "lisez-moi · read me"
_HELP_COLUMNS = ("colonne · column", "obligatoire · required", "Français", "English", "exemple · example")
_WIDTHS = (20, 24, 60, 60, 30)


def template_columns(source: str) -> Columns:
    """The columns that a user fills in; raises `UsageError` where the source is not filled in by hand."""
    found = find_loader(source).template
    if found is None:
        names = ", ".join(name for name, one in all_loaders().items() if one.template)
        raise UsageError(f"{source} is not filled in by hand: there are templates of {names}")
    return found


def as_csv(columns: Columns) -> bytes:
    """The header alone, with a byte order mark: Excel reads UTF-8 by it."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";").writerow(columns.notes)
    return stream.getvalue().encode("utf-8-sig")


def as_xlsx(columns: Columns) -> bytes:
    """A sheet with the header, whose cells are text so that codes keep their zeros, and one that explains it."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _MADE})
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        data = book.add_worksheet(_SHEET)
        data.set_column(0, len(columns.notes) - 1, 20, text)
        data.write_row(0, 0, list(columns.notes), bold)
        data.freeze_panes(1, 0)
        explained = book.add_worksheet(_HELP)
        for place, width in enumerate(_WIDTHS):
            explained.set_column(place, place, width)
        explained.write_row(0, 0, _HELP_COLUMNS, bold)
        for at, row in enumerate(_help_rows(columns), start=1):
            explained.write_row(at, 0, row)
    return stream.getvalue()


def _help_rows(columns: Columns) -> Sequence[Sequence[str]]:
    return [
        (name, "oui · yes" if name in columns.required else "", note.fr, note.en, note.example)
        for name, note in columns.notes.items()
    ]
