"""Reading a file as a source without changing anything: what `alliances check` reports."""

from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.pipeline import Plan, find_loader, plan_inputs
from graph.home import Home
from graph.quarantine import write_quarantine
from ontology.provenance import FileReport


def check(home: Home, source: str, path: Path, mapping: Path | None = None) -> list[FileReport]:
    """What would become of each file at `path`, in the order of the source; `mapping` says how its columns are called.

    A file is read among the others of its source, as a build would: those of the current generation, else
    the ones that the project ships. Raises `UsageError` on an unknown source, or a path that is none.
    """
    plan = Plan({source: path}, mappings={source: mapping} if mapping else {})
    inputs = [one for one in plan_inputs(home, plan) if one.source == source]
    given = set(find_loader(source).paths(path))
    named = {one.file: one.given for one in inputs if not one.shipped}
    load = find_loader(source).open({one.file: one.path for one in inputs}, named)
    deque(load.items, maxlen=0)
    return [report for report in load.files if report.file in given]


def refused(report: FileReport) -> bool:
    """Whether a row, or the file as a whole, would not be loaded."""
    return report.file_refused or report.rows_quarantined > 0


def quarantined(report: FileReport, path: Path) -> Path | None:
    """Write the quarantine file of a report to `path`, if anything was refused or remarked."""
    if not report.issues:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    write_quarantine(report, path)
    return path


def answer_of_all(reports: Sequence[FileReport], places: Sequence[Path | None], path: Path) -> dict[str, object]:
    """The reports of a source's files as one answer: their sums, and each by itself in `results`."""
    answers = [answer_of(*pair) for pair in zip(reports, places, strict=True)]
    folders = sorted({str(place.parent) for place in places if place})
    return {
        "source": reports[0].name,
        "path": str(path),
        "sha256": None,
        "rows_read": sum(one.rows_read for one in reports),
        "rows_loaded": sum(one.rows_loaded for one in reports),
        "rows_quarantined": sum(one.rows_quarantined for one in reports),
        "reasons": dict(sorted(sum((Counter(one["reasons"]) for one in answers), Counter[str]()).items())),
        "columns": {
            use: list(dict.fromkeys(name for one in reports for name in getattr(one, use)))
            for use in ("used", "ignored", "new")
        },
        "quarantine": folders[0] if folders else None,
        "results": answers,
        "total": len(answers),
    }


def answer_of(report: FileReport, quarantine: Path | None) -> dict[str, Any]:
    """The report as the interface has it; a file that was refused as a whole says so among its reasons."""
    whole = {"file_refused": 1} if report.file_refused else {}
    return {
        "source": report.name,
        "file": report.file,
        "path": report.path,
        "sha256": report.sha256 or None,
        "rows_read": report.rows_read,
        "rows_loaded": report.rows_loaded,
        "rows_quarantined": report.rows_quarantined,
        "reasons": {**report.reasons, **whole},
        "columns": {"used": report.used, "ignored": report.ignored, "new": report.new},
        "quarantine": str(quarantine) if quarantine else None,
    }
