"""`alliances series`: the ecosystem year by year."""

from typing import Annotated

import typer

from api.answers import SeriesQuestion, series
from api.answers.metrics import NetworkName, On
from api.commands.options import (
    AsOfModeOption,
    FormatOption,
    LevelOption,
    OutOption,
    WithoutStaleOption,
    current_reader,
)
from api.output import chosen_format, write_answer

app = typer.Typer()


@app.command("series")
def show_series(  # noqa: PLR0913, PLR0917 - one parameter an option
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="M", help="Of --id, or of the whole network; else counts.")
    ] = None,
    on: Annotated[On, typer.Option("--on", help="Whose metric.")] = "actors",
    network: Annotated[NetworkName | None, typer.Option("--network", help="two-mode unless asked.")] = None,
    node: Annotated[str | None, typer.Option("--id", metavar="ID", help="The node whose metric it is.")] = None,
    level: LevelOption = "departement",
    first: Annotated[int | None, typer.Option("--from", metavar="YEAR", min=1, max=9998, help="First year.")] = None,
    last: Annotated[int | None, typer.Option("--to", metavar="YEAR", min=1, max=9998, help="Last year.")] = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Count what was active on 31 December of each year, or follow one number through the years."""
    question = SeriesQuestion(
        metric=metric, on=on, network=network, id=node, level=level, first=first, last=last, as_of_mode=as_of_mode,
        without_stale=without_stale,
    )  # fmt: skip
    answer = series(current_reader(), question)
    write_answer(answer, answer.frame.columns, chosen_format(form, out), out)
