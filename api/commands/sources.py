"""`alliances sources` (and `sources template`, `sources columns`) and `alliances check`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from api.answers import Answer, Question, Reader, list_rows
from api.checking import answer_of, answer_of_all, check, quarantined, refused
from api.commands.building import ReportFormat
from api.commands.options import FormatOption, OutOption
from api.output import (
    Format,
    chosen_format,
    context_line,
    note,
    table_of,
    write,
    write_answer,
    write_json,
    write_table,
)
from api.pipeline import UsageError, find_loader
from api.template import as_csv, as_xlsx, template_columns
from graph.generation import Generation
from graph.home import Home
from graph.sources import source_table
from loaders.registry import all_loaders
from loaders.tabular import Columns
from ontology.provenance import FileReport, Issue
from ontology.reasons import REASONS

app = typer.Typer()
sources_app = typer.Typer(invoke_without_command=True)
app.add_typer(sources_app, name="sources")

_CONTEXT = ("generation", "graph_sha256", "as_of", "as_of_mode", "scope", "coverage")
_SHOWN = ("id", "name_en", "formats", "licence", "coverage_en")
_BALANCE = ("file", "read", "loaded", "quarantined", "new columns", "sha256")
_ISSUE = ("file", "row", "column", "value", "refused", "what is wrong", "what to do")
_COLUMN = ("column", "read into", "not loaded because", "persons")
_ISSUES_SHOWN = 30


@sources_app.callback()
def sources_command(context: typer.Context, form: FormatOption = None, out: OutOption = None) -> None:
    """List every source that can be loaded: its licence, what it covers, and its last load."""
    if context.invoked_subcommand is None:
        _list_sources(form, out)


@sources_app.command("template")
def template_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source, such as members.")],
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", metavar="FILE", help="Else NAME.xlsx; a name in .csv gives a CSV, - prints it."),
    ] = None,
) -> None:
    """Write a file to fill in, with a sheet that explains its columns in French and English."""
    columns, target = template_columns(name), out or f"{name}.xlsx"
    packed = target.lower().endswith(".xlsx")
    if out is None and Path(target).exists():
        raise UsageError(f"{target} exists already: name another file with --out")
    write(as_xlsx(columns) if packed else as_csv(columns), target)
    if target != "-":
        note(f"fill in {target}, then try it: alliances check {name} {target}")


@sources_app.command("columns")
def columns_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source, such as rna.")], out: OutOption = None
) -> None:
    """Say what becomes of each column of a source: what it is read into, or why not; what it says of persons."""
    rows = dict.fromkeys(row for form in find_loader(name).columns for row in _columns_of(form))
    write_table(table_of(_COLUMN, rows), [], out)


def _columns_of(form: Columns) -> Iterator[tuple[str, str | None, str | None, str | None]]:
    """Each column: the field that it is read into, why it is not, and what it says of persons."""
    for column in dict.fromkeys((*form.fields, *form.ignored, *form.personal)):
        personal = form.personal.get(column)
        said = f"{personal.treatment}: {personal.en}" if personal else None
        yield column, form.fields.get(column), form.ignored.get(column), said


def _list_sources(form: Format | None, out: str | None) -> None:
    home = Home.default()
    generation = Generation(home.current()) if home.current_id() else None
    answer = _with_others(_loaded(generation))
    chosen = chosen_format(form, out)
    if chosen != "table":
        write_answer(answer, _SHOWN, chosen, out)
        return
    rows = ((*(row[name] for name in _SHOWN), _last_load(row, generation)) for row in answer.body()["results"])
    write_table(table_of([*_SHOWN, "last load"], rows), [context_line(answer.context)], out)


def _loaded(generation: Generation | None) -> Answer:
    """The sources of a generation; none where there is no generation."""
    if generation is not None:
        return list_rows(Reader(generation), "sources", Question())
    context = {**dict.fromkeys(_CONTEXT), "scope": "sources that can be loaded; nothing was built yet"}
    empty = source_table(()).with_columns(source="id", files=pl.lit([], dtype=pl.List(pl.Struct({"file": pl.String}))))
    return Answer(context, empty.head(0), 0, None, 0)


def _with_others(answer: Answer) -> Answer:
    """The sources of an answer, then those that have a loader and are not in the generation."""
    known = set(answer.frame["id"])
    others = source_table(loader.source for name, loader in all_loaders().items() if name not in known)
    if others.is_empty():
        return answer
    empty = pl.lit([], dtype=answer.frame.schema["files"])
    frame = pl.concat([answer.frame, others.with_columns(source="id", files=empty)], how="diagonal")
    return replace(answer, frame=frame, total=frame.height)


def _last_load(row: Mapping[str, Any], generation: Generation | None) -> str:
    if generation is None or not row["files"]:
        return "not loaded"
    rows = sum(file["rows_loaded"] for file in row["files"])
    return f"{generation.run['built'][:10]}: {rows:,} rows"


@app.command("check")
def check_command(  # noqa: PLR0913, PLR0917 - one parameter an option
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source, as in alliances sources.")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file of it, or the folder of its files.")],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE.yaml", help="How the file's columns are called."),
    ] = None,
    quarantine: Annotated[
        Path | None,
        typer.Option("--quarantine", metavar="OUT.csv", help="Where refused rows go; a folder for several files."),
    ] = None,
    form: ReportFormat = "table",
    out: OutOption = None,
) -> None:
    """Read a file as a source and report on it; changes nothing. Exit status 1 if any row is refused.

    Rows with a remark, refused or not, are written as they are to FILE-quarantine.csv in the current folder, each with
    its reason.
    """
    reports = check(Home.default(), name, path, mapping)
    several = len(reports) > 1
    places = [quarantined(report, _place(report, quarantine, several=several)) for report in reports]
    if form == "json":
        write_json(answer_of_all(reports, places, path) if several else answer_of(reports[0], places[0]), out)
    else:
        _write_reports(reports, [place for place in places if place], out)
    if any(refused(report) for report in reports):
        raise typer.Exit(1)


def _place(report: FileReport, asked: Path | None, *, several: bool) -> Path:
    name = f"{Path(report.file).stem}-quarantine.csv"
    if asked is None:
        return Path(name)
    return asked / name if several or asked.is_dir() else asked


def _write_reports(reports: Sequence[FileReport], places: Sequence[Path], out: str | None) -> None:
    table = table_of(_BALANCE, (_balance(report) for report in reports))
    issues = [(report, issue) for report in reports for issue in report.issues]
    issues.sort(key=lambda one: not one[1].refused)  # what is refused comes first
    lines = [f"these rows, with reasons and hints, are in {place}" for place in places]
    if not issues:
        write_table(table, ["nothing to remark"], out)
        return
    if len(issues) > _ISSUES_SHOWN:
        lines.append(f"{_ISSUES_SHOWN} of {len(issues)} are shown, what is refused first")
        counted = Counter(f"{issue.code}{' (refused)' if issue.refused else ''}" for _, issue in issues)
        lines.append(f"all of them: {', '.join(f'{code} {count}' for code, count in counted.most_common())}")
    write_table(table, [], out)
    write_table(table_of(_ISSUE, _issue_rows(issues[:_ISSUES_SHOWN])), lines, out)


def _balance(report: FileReport) -> tuple[object, ...]:
    loaded = "refused as a whole" if report.file_refused else report.rows_loaded
    return (
        report.file, report.rows_read, loaded, report.rows_quarantined, list(report.new), report.sha256[:12] or None,
    )  # fmt: skip


def _issue_rows(issues: Iterable[tuple[FileReport, Issue]]) -> Iterable[tuple[object, ...]]:
    for report, issue in issues:
        reason = REASONS[issue.code]
        said = f"{reason.en} {issue.detail}".strip()
        refusal = "yes" if issue.refused else "no"
        yield report.file, issue.row, issue.column, issue.value, refusal, said, reason.hint_en
