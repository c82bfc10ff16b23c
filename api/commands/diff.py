"""`alliances diff` and `alliances cite`."""

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

import polars as pl
import typer

from api.answers import DiffQuestion, NotFoundError, Reader, Row, citation, diff, sides
from api.answers.diff import LATEST
from api.answers.metrics import NetworkName, On
from api.commands.options import (
    AsOfModeOption,
    FormatOption,
    LevelOption,
    LimitOption,
    OutOption,
    WithoutStaleOption,
    current_reader,
)
from api.output import chosen_format, context_line, rows_asked, table_of, write, write_frame, write_json, write_table
from graph.diff import CHANGES, THINGS
from graph.generation import Generation
from graph.home import Home

app = typer.Typer()

_MOVES = ("name", "metric", "before", "after", "change", "rank_before", "rank_after", "rank_change")
_THING = ("what", "change", "id", "name", "fields")
_SHOWN_MOVES = 10

CiteFormat: TypeAlias = Literal["text", "bibtex", "cff", "json"]


@app.command("diff")
def show_diff(  # noqa: PLR0913, PLR0917 - one parameter an option
    before: Annotated[str, typer.Argument(metavar="FROM", help="A day, or a generation: an id, latest^.")],
    after: Annotated[str, typer.Argument(metavar="TO", help="A day, or a generation.")] = LATEST,
    on: Annotated[On, typer.Option("--on", help="Whose numbers and ranks.")] = "actors",
    network: Annotated[NetworkName | None, typer.Option("--network", help="two-mode unless asked.")] = None,
    level: LevelOption = "departement",
    metric: Annotated[list[str] | None, typer.Option("--metric", metavar="M", help="Which; may be repeated.")] = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    limit: LimitOption = None,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Say what differs between two days or two generations: things, and the numbers and ranks that moved.

    CSV and Parquet hold the numbers; JSON holds all of it.
    """
    chosen = chosen_format(form, out)
    question = DiffQuestion(
        on=on, network=network, level=level, metrics=tuple(metric or ()), as_of_mode=as_of_mode,
        without_stale=without_stale, limit=rows_asked(limit, chosen),
    )  # fmt: skip
    found = diff(*sides(before, after, _named), question)
    if chosen == "json":
        write_json(found, out)
    elif chosen == "table":
        write_table(table_of(_THING, _things(found)), [*_summary(found), context_line(found["context"])], out)
    else:
        write_frame(pl.DataFrame(found["metrics"], infer_schema_length=None), chosen, out)


def _named(text: str) -> Reader:
    """The reader of a generation that is kept; raises `NotFoundError`."""
    if text == LATEST:
        return current_reader()
    home = Home.default()
    try:
        return Reader(Generation(home.generations / home.named(text)))
    except LookupError as error:
        raise NotFoundError(str(error.args[0])) from None


def _things(found: Row) -> Iterator[tuple[object, ...]]:
    for what in THINGS:
        for row in found[what]:
            fields = ", ".join(f"{one['field']}: {one['before']} → {one['after']}" for one in row["fields"])
            yield what, row["change"], row["id"], row["name"], fields


def _summary(found: Row) -> list[str]:
    """The counts, then the greatest moves."""
    counts = [f"{what}: {_counted(found['counts'][what])}" for what in THINGS]
    cut = ["lists were cut: --limit N shows more, --format json gives all"] if found["truncated"] else []
    moves = found["metrics"][:_SHOWN_MOVES]
    said = [
        f"{row['metric']} of {row['name']}: rank {row['rank_before'] or '–'} → {row['rank_after'] or '–'}"
        for row in moves
    ]
    return [*counts, *cut, f"{found['metrics_total']} numbers moved", *said]


def _counted(counts: Row) -> str:
    return ", ".join(f"{counts[change]} {change}" for change in CHANGES)


@app.command("cite")
def cite_command(
    style: Annotated[
        CiteFormat, typer.Option("--format", "-f", help="A sentence, BibTeX, CFF, or all as JSON.")
    ] = "text",
    out: OutOption = None,
) -> None:
    """Say how to cite the current generation: its name, hash, date and licences."""
    found = citation(current_reader())
    if style == "json":
        write_json(found, out)
    else:
        write(f"{found[style].rstrip()}\n".encode(), out)
