"""The lists: `alliances actors`, `alliances territories` and so on."""

from dataclasses import replace
from typing import Annotated, Literal

import polars as pl
import typer

from api.answers import LISTS, Answer, Question, list_rows
from api.commands.options import (
    AsOfModeOption,
    AsOfOption,
    FormatOption,
    LimitOption,
    OffsetOption,
    OutOption,
    current_reader,
)
from api.output import chosen_format, rows_asked, write_answer

app = typer.Typer()

COLUMNS: dict[str, tuple[str, ...]] = {
    "actors": ("id", "name", "kind", "territory", "territory_name"),
    "alliances": ("id", "name", "kind", "start", "end", "territory", "territory_name"),
    "territories": ("code", "name", "level", "population", "region_name"),
    "measures": ("number", "name", "chantier_name", "leads", "involved", "confidence"),
    "chantiers": ("number", "id", "name", "keyword"),
    "platforms": ("id", "name", "start", "end", "url"),
    "programmes": ("id", "name", "kind", "start", "end"),
    "studies": ("id", "name", "figures"),
    "events": ("id", "name", "kind", "start", "end", "place"),
    "conditions": ("id", "name", "name_en"),
    "targets": ("id", "name", "goal_name", "alliances"),
}
"""What a table shows of each list; JSON, CSV and Parquet hold everything."""


def _add(name: str) -> None:
    """The command of one list; it refuses the filters that make no sense for it."""

    def command(  # noqa: PLR0913, PLR0917 - one parameter an option
        q: Annotated[str | None, typer.Option(help="A part of a name, whatever its case and accents.")] = None,
        kind: Annotated[str | None, typer.Option(help="A kind of the ontology; for territories the level.")] = None,
        territory: Annotated[
            str | None, typer.Option(metavar="CODE", help="The territory and all within it, as in REG-28.")
        ] = None,
        exact: Annotated[bool, typer.Option("--exact", help="The territory alone, nothing within it.")] = False,
        inherit: Annotated[
            bool, typer.Option("--inherit", help="Also what belongs to a territory that contains it.")
        ] = False,
        target: Annotated[
            str | None, typer.Option(metavar="T", help="A goal with all its targets (17), or a target (17.17).")
        ] = None,
        appeal: Annotated[
            Literal["devoir", "besoin", "envie"] | None, typer.Option(help="Of studies: what their figures appeal to.")
        ] = None,
        as_of: AsOfOption = None,
        as_of_mode: AsOfModeOption = "possible",
        sort: Annotated[str | None, typer.Option(help="A field, with - before it in falling order.")] = None,
        limit: LimitOption = None,
        offset: OffsetOption = 0,
        form: FormatOption = None,
        out: OutOption = None,
    ) -> None:
        chosen = chosen_format(form, out)
        question = Question(
            q=q, kind=kind, territory=territory, exact=exact, inherit=inherit, target=target, appeal=appeal,
            as_of=as_of, as_of_mode=as_of_mode, sort=sort, offset=offset,
            limit=rows_asked(limit, chosen),
        )  # fmt: skip
        answer = list_rows(current_reader(), name, question)
        write_answer(_with_short_figures(answer) if chosen == "table" else answer, COLUMNS[name], chosen, out)

    app.command(name, help=f"List {LISTS[name].of}.")(command)


def _with_short_figures(answer: Answer) -> Answer:
    """The answer with each figure as a sentence; the numbers that have one."""
    if "figures" not in answer.frame.columns:
        return answer
    figure = pl.element().struct
    sentence = pl.format(
        "{} {} {}", figure.field("value").cast(pl.Decimal(18, 2)).cast(pl.String).str.replace(r"\.?0+$", ""),
        figure.field("unit"), figure.field("indicator_fr"),
    )  # fmt: skip
    said = pl.col("figures").list.eval(sentence).list.join("; ")
    return replace(answer, frame=answer.frame.with_columns(figures=said))


for _name in COLUMNS:
    _add(_name)
