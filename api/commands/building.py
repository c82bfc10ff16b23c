"""`alliances build` and `alliances validate`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import typer
from rich.table import Table

from api.commands.options import OutOption, current_generation
from api.commands.progress import build_progress
from api.output import cell, note, table_of, write_json, write_table
from api.pipeline import Plan, UsageError, build_generation, plan_inputs
from graph.build import Built
from graph.home import Home
from graph.validate import Report
from graph.validate import validate as validate_quads

app = typer.Typer()

Card: TypeAlias = Mapping[str, Any]
"""The part of a run card on one file. `Any`: it was read from JSON."""
ReportFormat: TypeAlias = Annotated[
    Literal["table", "json"], typer.Option("--format", "-f", help="How the report is written.")
]

_COLUMNS = ("source", "file", "read", "loaded", "quarantined", "remarks")
_VIOLATION = ("focus", "path", "component", "value", "message_en")
_VIOLATIONS_SHOWN = 50


@app.command("build")
def build_command(  # noqa: PLR0913, PLR0917 - one parameter an option
    given: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=PATH]...", help="Sources to add or replace, file or folder.")
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="NAME", help="This source (and the references) alone.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="NAME", help="A source to leave out; may be repeated.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--mapping", metavar="NAME=FILE.yaml", help="How the columns of a source's file are called."),
    ] = None,
    allow_shrink: Annotated[
        list[str] | None,
        typer.Option("--allow-shrink", metavar="NAME", help="A source that may lose rows; may be repeated."),
    ] = None,
    form: ReportFormat = "table",
    out: OutOption = None,
) -> None:
    """Build a new generation from the sources of the current one, changed as you say, and publish it."""
    plan = Plan(
        _pairs(given or []),
        remove=tuple(remove or ()),
        only=only,
        mappings=_pairs(mapping or []),
        allow_shrink=tuple(allow_shrink or ()),
    )
    built = build_shown(Home.default(), plan)
    if form == "json":
        write_json(built.run, out)
    else:
        write_table(_balance(built), summary(built), out)
    warn_of_quarantine(built)


def build_shown(home: Home, plan: Plan) -> Built:
    """Build a generation and show how it goes; raises as `build_generation` does."""
    sources = dict.fromkeys(one.source for one in plan_inputs(home, plan))
    with build_progress(sources) as report:
        return build_generation(home, plan, report)


def summary(built: Built) -> list[str]:
    """What a build came to, in lines."""
    run = built.run
    news = "published" if built.changed else "nothing has changed: the current generation stays"
    return [
        f"{news}: generation {built.generation}",
        f"graph sha256 {run['graph_sha256']}",
        f"{run['quads']} statements; {cell(run['counts'])}",
        f"{run['seconds']} seconds",
    ]


def warn_of_quarantine(built: Built) -> None:
    """Say loudly what was left out, and where it lies."""
    cards = _cards(built)
    rows = sum(card["rows_quarantined"] for card in cards)
    refused = [f"{card['name']}/{card['file']}" for card in cards if _refused(card)]
    if refused:
        note(f"WARNING: nothing was read from {', '.join(refused)}: see the reasons in {built.path / 'quarantine'}")
    if rows:
        note(f"WARNING: rows refused and not in the generation: {rows}; read {built.path / 'quarantine'}")


def _pairs(given: Sequence[str]) -> dict[str, Path]:
    """The paths by source name."""
    pairs: dict[str, Path] = {}
    for one in given:
        name, equals, path = one.partition("=")
        if not (equals and name and path):
            raise UsageError(f"{one!r} names no source: write NAME=PATH, as in ecosystem=my-folder")
        if name in pairs:
            raise UsageError(f"{name} is given twice: put its files into one folder and give that")
        pairs[name] = Path(path)
    return pairs


def _cards(built: Built) -> list[Card]:
    cards = built.run["sources"]
    assert isinstance(cards, list)  # noqa: S101 - the builder wrote it
    return cards


def _balance(built: Built) -> Table:
    rows = (
        (card["name"], card["file"], card["rows_read"], card["rows_loaded"], card["rows_quarantined"], _remarks(card))
        for card in _cards(built)
    )
    return table_of(_COLUMNS, rows)


def _remarks(card: Card) -> int:
    """How many cells or columns were noted while their row was loaded."""
    return int(sum(card["reasons"].values()) - card["rows_quarantined"] - _refused(card))


def _refused(card: Card) -> bool:
    """Whether nothing could be read from a file, for a reason that is the file's own."""
    return not card["rows_read"] and bool(set(card["reasons"]) - {"too_few_rows", "new_column"})


@app.command("validate")
def validate_command(form: ReportFormat = "table", out: OutOption = None) -> None:
    """Check the current generation against the shapes (SHACL); exit status 1 if a statement breaks one."""
    generation = current_generation()
    report = validate_quads(generation.path / "graph.nq.gz")
    context = {"generation": generation.id, "graph_sha256": generation.graph_sha256}
    if form == "json":
        write_json({"context": context, **asdict(report)}, out)
    else:
        _write_report(report, generation.id, out)
    if not report.conforms:
        raise typer.Exit(1)


def _write_report(report: Report, generation: str, out: str | None) -> None:
    found = report.violations
    said = f"{len(found)} statements break the shapes" if found else "every statement keeps to the shapes"
    rest = f"; the first {_VIOLATIONS_SHOWN} are shown, --format json has all" if len(found) > _VIOLATIONS_SHOWN else ""
    rows = ([getattr(one, name) for name in _VIOLATION] for one in found[:_VIOLATIONS_SHOWN])
    write_table(table_of(_VIOLATION if found else (), rows), [f"generation {generation}: {said}{rest}"], out)
