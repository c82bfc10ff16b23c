"""The options that several commands have in common."""

from datetime import date
from typing import Annotated, TypeAlias

import typer

from api.answers.question import day
from api.answers.reader import Reader
from api.output import Format
from graph.generation import Generation
from graph.hierarchy import Level
from graph.home import Home
from graph.periods import AsOfMode
from ontology.schemes import Language


def _day(text: str) -> date:
    try:
        return day(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}, not {text!r}") from error


FormatOption: TypeAlias = Annotated[
    Format | None, typer.Option("--format", "-f", help="How the answer is written; else as the name of --out ends.")
]
OutOption: TypeAlias = Annotated[
    str | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write; - is standard output.")
]
AsOfOption: TypeAlias = Annotated[
    date | None,
    typer.Option("--as-of", parser=_day, metavar="DATE", help="Only what was active on that day, as in 2020-10-17."),
]
AsOfModeOption: TypeAlias = Annotated[
    AsOfMode, typer.Option("--as-of-mode", help="possible: may have been active; certain: surely was.")
]
WithoutStaleOption: TypeAlias = Annotated[
    bool, typer.Option("--without-stale", help="Without the alliances last heard of two years ago or more.")
]
ValidatedOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--validated", min=1e-9, max=1, metavar="Q", help="Of a one-mode network: only ties beyond chance, as in 0.05."
    ),
]
LevelOption: TypeAlias = Annotated[Level, typer.Option("--level", help="Which territories.")]
LimitOption: TypeAlias = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Rows at most; of a table 50, else all.")
]
OffsetOption: TypeAlias = Annotated[int, typer.Option("--offset", min=0, metavar="N", help="Rows to pass over.")]
LangOption: TypeAlias = Annotated[Language, typer.Option("--lang", help="The language of the sentences.")]


def current_generation() -> Generation:
    """The current generation; raises `NoGenerationError` where nothing was built yet."""
    return Generation(Home.default().current())


def current_reader() -> Reader:
    """The reader of the current generation; raises `NoGenerationError` where nothing was built yet."""
    return Reader(current_generation())
