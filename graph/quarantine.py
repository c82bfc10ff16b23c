"""What was refused, as tables that people can correct and load again."""

import csv
from collections.abc import Iterable
from pathlib import Path

from ontology.provenance import FileReport, Issue
from ontology.reasons import REASONS

_OWN = ("_file", "_row", "_column", "_value", "_refused", "_code", "_raison", "_reason", "_detail", "_conseil", "_hint")


def write_quarantine(report: FileReport, path: Path) -> None:
    """Write the issues of one file as CSV: the row as it was read, then what is wrong with it, in both languages."""
    columns = list(dict.fromkeys(name for issue in report.issues for name in issue.original))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*(name or "_text" for name in columns), *_OWN])
        writer.writerows(_row(report, issue, columns) for issue in report.issues)


def _row(report: FileReport, issue: Issue, columns: Iterable[str]) -> list[str]:
    reason = REASONS[issue.code]
    return [
        *(issue.original.get(name, "") for name in columns),
        report.file,
        str(issue.row),
        issue.column or "",
        issue.value or "",
        "yes" if issue.refused else "no",
        issue.code,
        reason.fr,
        reason.en,
        issue.detail,
        reason.hint_fr,
        reason.hint_en,
    ]
