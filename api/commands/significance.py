"""`alliances significance`, `alliances intervals` and `alliances pockets`."""

from typing import Annotated

import typer

from api.answers.answer import Answer
from api.answers.pockets import PocketsQuestion, pockets
from api.answers.significance import (
    IntervalsQuestion,
    Method,
    Of,
    Outward,
    RankedOn,
    SignificanceQuestion,
    TestedOn,
    intervals,
    significance,
)
from api.commands.options import (
    AsOfModeOption,
    AsOfOption,
    FormatOption,
    LevelOption,
    LimitOption,
    OffsetOption,
    OutOption,
    WithoutStaleOption,
    current_reader,
)
from api.output import Format, cell, chosen_format, note, rows_asked, write_answer
from graph.seed import SEED

app = typer.Typer()

SeedOption = Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Where chance starts from.")]
AlphaOption = Annotated[
    float, typer.Option("--alpha", min=1e-9, max=1, metavar="A", help="The share of findings that may be chance.")
]


@app.command("significance")
def show_significance(  # noqa: PLR0913, PLR0917 - one parameter an option
    on: Annotated[TestedOn, typer.Option("--on", help="What is tested.")] = "isolation",
    of: Annotated[Of, typer.Option("--of", help="Of pairs: of what.")] = "actors",
    outward: Annotated[Outward, typer.Option("--outward", help="Of isolation: which count of a territory.")] = (
        "links_out"
    ),
    method: Annotated[Method, typer.Option("--method", help="Of pairs: which of the two makes findings.")] = "exact",
    level: LevelOption = "departement",
    draws: Annotated[int, typer.Option("--draws", min=1, max=99_999, metavar="N", help="Networks drawn.")] = 999,
    seed: SeedOption = SEED,
    alpha: AlphaOption = 0.05,
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Say what is more, or less, than networks with the same degrees would give."""
    chosen = chosen_format(form, out)
    question = SignificanceQuestion(
        on=on, of=of, outward=outward, method=method, level=level, draws=draws, seed=seed, alpha=alpha, as_of=as_of,
        as_of_mode=as_of_mode, without_stale=without_stale, limit=rows_asked(limit, chosen), offset=offset,
    )  # fmt: skip
    _write(significance(current_reader(), question), "significance", chosen, out)


@app.command("intervals")
def show_intervals(  # noqa: PLR0913, PLR0917 - one parameter an option
    of: Annotated[Of, typer.Option("--of", help="Whose ranks.")] = "actors",
    by: Annotated[
        RankedOn, typer.Option("--by", help="Territories rank by isolation, the others by a two-mode measure.")
    ] = "betweenness",
    level: LevelOption = "departement",
    draws: Annotated[int, typer.Option("--draws", min=1, max=9_999, metavar="N", help="How many times.")] = 200,
    share: Annotated[
        float, typer.Option("--share", min=0.001, max=0.999, metavar="S", help="Of the memberships dropped each time.")
    ] = 0.1,
    seed: SeedOption = SEED,
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Say how far ranks move when some memberships are missing."""
    chosen = chosen_format(form, out)
    question = IntervalsQuestion(
        of=of, by=by, level=level, draws=draws, share=share, seed=seed, as_of=as_of,
        as_of_mode=as_of_mode, without_stale=without_stale, limit=rows_asked(limit, chosen), offset=offset,
    )  # fmt: skip
    _write(intervals(current_reader(), question), "intervals", chosen, out)


@app.command("pockets")
def show_pockets(  # noqa: PLR0913, PLR0917 - one parameter an option
    level: LevelOption = "departement",
    metric: Annotated[
        str, typer.Option("--metric", metavar="M", help="A number of isolation, or a metric of territories.")
    ] = "alliances_per_10000",
    permutations: Annotated[
        int | None, typer.Option("--permutations", min=1, max=99_999, metavar="N", help="9,999, of communes 999.")
    ] = None,
    seed: SeedOption = SEED,
    alpha: AlphaOption = 0.05,
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Find territories that are low among low ones, or high among high ones."""
    chosen = chosen_format(form, out)
    question = PocketsQuestion(
        level=level, metric=metric, permutations=permutations, seed=seed, alpha=alpha, as_of=as_of,
        as_of_mode=as_of_mode, without_stale=without_stale, limit=rows_asked(limit, chosen), offset=offset,
    )  # fmt: skip
    _write(pockets(current_reader(), question), "pockets", chosen, out)


def _write(answer: Answer, part: str, form: Format, out: str | None) -> None:
    """A table says beside it how its numbers came to be: a program reads that in the context."""
    shown = [name for name in answer.frame.columns if name not in _HIDDEN]
    write_answer(answer, shown, form, out)
    if form == "table":
        note(cell(answer.context[part]))


_HIDDEN = frozenset({"iri", "other_iri", "fr", "population", "deviation"})
