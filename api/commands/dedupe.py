"""`alliances dedupe`: candidates, and what people judge of them."""

import getpass
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Annotated, TypeAlias

import polars as pl
import typer

from api.answers import Row
from api.answers.dedupe import CandidatesQuestion, judged_id, list_candidates, merge_effect
from api.answers.reader import Reader
from api.commands.building import ReportFormat, build_shown, summary, warn_of_quarantine
from api.commands.options import FormatOption, LangOption, LimitOption, OffsetOption, OutOption, current_reader
from api.output import (
    cell,
    chosen_format,
    context_line,
    note,
    notes,
    rows_asked,
    table_of,
    write_answer,
    write_json,
    write_table,
)
from api.pipeline import Plan, UsageError
from graph.home import Home
from graph.resolution.candidates import LEAST_SCORE
from graph.resolution.judgements import Action, Judgement, JudgementError, add, check, judgement, read
from ontology.schemes import Language

app = typer.Typer()
dedupe = typer.Typer()
app.add_typer(dedupe, name="dedupe", help="Find actors that may be the same, and judge of them.")

KeepArgument: TypeAlias = Annotated[str, typer.Argument(metavar="KEEP", help="The id of the actor that stays.")]
MergeArgument: TypeAlias = Annotated[str, typer.Argument(metavar="MERGE", help="The id of the actor merged into it.")]
OneArgument: TypeAlias = Annotated[str, typer.Argument(metavar="A", help="The id of an actor.")]
OtherArgument: TypeAlias = Annotated[str, typer.Argument(metavar="B", help="The id of the other.")]
WhyOption: TypeAlias = Annotated[str, typer.Option("--why", metavar="TEXT", help="On what grounds; kept for others.")]
ByOption: TypeAlias = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who judges; else your login name.")
]

_NEXT = "the graph is as it was: the next alliances build applies it"
_HISTORY = ("when", "by", "action", "keep", "merge", "why")


@dedupe.command("candidates")
def candidates_command(  # noqa: PLR0913, PLR0917 - one parameter an option
    actor: Annotated[str | None, typer.Option("--actor", metavar="ID", help="Those of one actor.")] = None,
    least: Annotated[float, typer.Option("--score", min=0, max=1, help="The lowest score.")] = LEAST_SCORE,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    lang: LangOption = "fr",
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """List pairs of actors that may be the same and that nobody judged, the likeliest first, and why."""
    chosen = chosen_format(form, out)
    limit = rows_asked(limit, chosen)
    judged = read(Home.default().judgements).pairs()
    question = CandidatesQuestion(actor=actor, least=least, limit=limit, offset=offset)
    found = list_candidates(current_reader(), question, judged)
    if chosen == "json":
        write_json(found.body(), out)
        return
    said = pl.col("features").list.eval(_sentence(lang)).list.join(" · ")
    told = replace(found, frame=found.frame.select("score", "keep", "merge", "keep_name", "merge_name", why=said))
    write_answer(told, told.frame.columns, chosen, out)


def _sentence(lang: Language) -> pl.Expr:
    """A feature in words: what it says, and how much in bits."""
    feature = pl.element().struct
    return pl.format("{} ({})", feature.field(lang), feature.field("bits"))


@dedupe.command("accept")
def accept_command(  # noqa: PLR0913, PLR0917 - one parameter an option
    keep: KeepArgument,
    merge: MergeArgument,
    why: WhyOption,
    by: ByOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not show the effect, and do not ask.")] = False,
    build: Annotated[bool, typer.Option("--build", help="Build a new generation at once.")] = False,
) -> None:
    """Say that two actors are the same. Shows what would change, and asks."""
    home, reader = Home.default(), current_reader()
    new = _new(reader, "accept", (keep, merge), by, why)
    check(new, read(home.judgements))
    if not yes:
        _show(merge_effect(reader, new.keep, new.merge), None)
        _confirm(new)
    _judged(home, new, build=build)


@dedupe.command("reject")
def reject_command(one: OneArgument, other: OtherArgument, why: WhyOption, by: ByOption = None) -> None:
    """Say that two actors are not the same: they are no candidates any more, and can never be merged by others."""
    _judged(Home.default(), _new(current_reader(), "reject", (one, other), by, why), build=False)


@dedupe.command("undo")
def undo_command(
    one: OneArgument,
    other: OtherArgument,
    why: WhyOption,
    by: ByOption = None,
    build: Annotated[bool, typer.Option("--build", help="Build a new generation at once.")] = False,
) -> None:
    """Take back what was judged of two actors; the next build gives the graph as it was without it."""
    _judged(Home.default(), _new(current_reader(), "undo", (one, other), by, why), build=build)


@dedupe.command("effect")
def effect_command(
    keep: KeepArgument, merge: MergeArgument, form: ReportFormat = "table", out: OutOption = None
) -> None:
    """Say what a merge would change in the numbers; changes nothing."""
    reader = current_reader()
    found = merge_effect(reader, judged_id(reader, keep), judged_id(reader, merge))
    if form == "json":
        write_json(found, out)
    else:
        _show(found, out)


@dedupe.command("history")
def history_command(form: ReportFormat = "table", out: OutOption = None) -> None:
    """List all judgements, the newest last, and the lines of their file that cannot be read."""
    home = Home.default()
    found = read(home.judgements)
    if form == "json":
        lines = [asdict(one) for one in found.lines]
        write_json({"results": lines, "total": len(lines), "broken": [asdict(one) for one in found.broken]}, out)
    else:
        rows = ([getattr(one, name) for name in _HISTORY] for one in found.lines)
        write_table(table_of(_HISTORY, rows), [str(home.judgements)], out)
    for one in found.broken:
        note(f"WARNING: line {one.line} of {home.judgements} counts for nothing ({one.why}): {one.text}")


def _new(reader: Reader, action: Action, pair: tuple[str, str], by: str | None, why: str) -> Judgement:
    keep, merge = (judged_id(reader, one) for one in pair)
    try:
        return judgement(action, keep, merge, by=by or getpass.getuser(), why=why)
    except JudgementError as error:
        raise UsageError(str(error)) from error


def _confirm(new: Judgement) -> None:
    """Ask a person; raises `typer.Abort` on no, `UsageError` where there is none to ask."""
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm the merge: add --yes")
    if not typer.confirm(f"Merge {new.merge} into {new.keep}?", err=True):
        raise typer.Exit(1)


def _judged(home: Home, new: Judgement, *, build: bool) -> None:
    add(home.judgements, new)
    note(f"{new.action} {new.keep} {new.merge}, by {new.by}: noted in {home.judgements}")
    if not build:
        note(_NEXT)
        return
    built = build_shown(home, Plan({}))
    for line in summary(built):
        notes().print(line, markup=False)
    warn_of_quarantine(built)


def _show(found: Row, out: str | None) -> None:
    """The effect of a merge as a table: a line a number that changes."""
    keep, merge = found["keep"], found["merge"]
    columns = ("of", "number", f"{keep['id']} now", f"{merge['id']} now", "merged")
    write_table(table_of(columns, _changes(found)), [*_remarks(found), context_line(found["context"])], out)


def _changes(found: Row) -> Iterator[tuple[object, ...]]:
    for one in found["network"]:
        yield "the network", one["name"].removeprefix("n_"), one["before"], None, one["after"]
    for one in found["actor"]:
        yield found["keep"]["name"], one["name"], one["keep"], one["merge"], one["after"]
    for one in found["territories"]:
        for name, before in one["before"].items():
            if before != one["after"][name]:
                yield f"{one['name']} ({one['code']})", name, before, None, one["after"][name]


def _remarks(found: Row) -> Iterator[str]:
    yield f"« {found['merge']['name']} » would be another name of « {found['keep']['name']} »"
    for one in found["contradictions"]:
        yield f"CONTRADICTION: {one['name']} {cell(one['keep'])} is not {cell(one['merge'])}"
    if not found["exact"]:
        yield "closeness, harmonic and betweenness are estimated: the network is too large"
