"""What was refused, as tables that people can correct and load again."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from ontology.provenance import QUARANTINE_COLUMNS, QUARANTINE_TEXT, FileReport, Issue
from ontology.reasons import REASONS

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def write_quarantine(report: FileReport, path: Path) -> None:
    """Write the issues of one file as CSV: the row as it was read, then what is wrong with it, in both languages.

    A spreadsheet computes a cell that begins with `=`, `+`, `-` or `@`: those get an apostrophe in front, which is
    taken off again when the corrected file is loaded.
    """
    columns = _columns(report)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*(name or QUARANTINE_TEXT for name in columns), *QUARANTINE_COLUMNS])
        writer.writerows(_row(report, issue, columns) for issue in report.issues)


def _columns(report: FileReport) -> list[str]:
    """The columns of the file, then those that only broken rows have; without those of an earlier quarantine."""
    own = {*QUARANTINE_COLUMNS, QUARANTINE_TEXT}
    names = [*report.header, *(name for issue in report.issues for name in issue.original)]
    return [name for name in dict.fromkeys(names) if name not in own]


def _row(report: FileReport, issue: Issue, columns: Iterable[str]) -> list[str]:
    reason = REASONS[issue.code]
    return [
        *(_guarded(issue.original.get(name, "")) for name in columns),
        issue.original.get("_file") or report.file,
        issue.original.get("_row") or str(issue.row),
        issue.column or "",
        _guarded(issue.value or ""),
        "yes" if issue.refused else "no",
        issue.code,
        reason.fr,
        reason.en,
        _guarded(issue.detail),
        reason.hint_fr,
        reason.hint_en,
    ]


def _guarded(cell: str) -> str:
    computed = cell.startswith(("=", "+", "-", "@", "\t", "\r", "'")) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if computed else cell
