"""`alliances whatif add`, `alliances whatif remove` and `alliances whatif departures`."""

from collections.abc import Iterator
from typing import Annotated

import typer

from api.answers import Row
from api.answers.whatif import (
    AddQuestion,
    DeparturesQuestion,
    LinkKind,
    RemoveQuestion,
    whatif_add,
    whatif_departures,
    whatif_remove,
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
from api.limits import LIMITS
from api.output import cell, chosen_format, context_line, rows_asked, table_of, write_answer, write_json, write_table
from api.pipeline import UsageError

app = typer.Typer()
questions = typer.Typer()
app.add_typer(questions, name="whatif", help="Say what a new alliance would help, or a departure harm.")

_SUGGESTED = ("gain", "score", "link", "id", "name", "kind", "territory", "alliances", "links_out", "harmonic")
_CHANGED = ("code", "name", "level", "status", "alliances", "partners", "score", "rank")


@questions.command("add")
def add_command(  # noqa: PLR0913, PLR0917 - one parameter an option
    code: Annotated[str, typer.Argument(metavar="CODE", help="Such as REG-28, DEP-14, EPCI-241400415.")],
    top: Annotated[int, typer.Option("--top", min=1, max=LIMITS.list_rows, metavar="N", help="How many.")] = 10,
    link: Annotated[LinkKind | None, typer.Option("--link", help="Only with territories, or only with actors.")] = None,
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Find the new alliances that would lower the isolation of a territory most."""
    chosen = chosen_format(form, out)
    question = AddQuestion(
        territory=code, top=top, link=link, as_of=as_of, as_of_mode=as_of_mode, without_stale=without_stale
    )
    found = whatif_add(current_reader(), question)
    if chosen == "json":
        write_json(found, out)
    elif chosen == "table":
        table = table_of(_SUGGESTED, (_suggested(one) for one in found["suggestions"]))
        write_table(table, [*_now(found), context_line(found["context"])], out)
    else:
        raise UsageError("an answer to whatif has parts: ask for it as a table or with --format json")


@questions.command("remove")
def remove_command(  # noqa: PLR0913, PLR0917 - one parameter an option
    actor: Annotated[str, typer.Argument(metavar="ACTOR", help="The actor's id; see alliances actors --q NAME.")],
    limit: LimitOption = None,
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Say which territories would lose what if an actor left all its alliances."""
    chosen = chosen_format(form, out)
    limit = rows_asked(limit, chosen)
    question = RemoveQuestion(actor=actor, limit=limit, as_of=as_of, as_of_mode=as_of_mode, without_stale=without_stale)
    found = whatif_remove(current_reader(), question)
    if chosen == "json":
        write_json(found, out)
    elif chosen == "table":
        table = table_of(_CHANGED, (_changed(one) for one in found["territories"]))
        write_table(table, [*_left(found), context_line(found["context"])], out)
    else:
        raise UsageError("an answer to whatif has parts: ask for it as a table or with --format json")


@questions.command("departures")
def departures_command(  # noqa: PLR0913, PLR0917 - one parameter an option
    level: LevelOption = "departement",
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """List the territories that one actor alone keeps connected, and who."""
    chosen = chosen_format(form, out)
    question = DeparturesQuestion(
        level=level, as_of=as_of, as_of_mode=as_of_mode, without_stale=without_stale,
        limit=rows_asked(limit, chosen), offset=offset,
    )  # fmt: skip
    answer = whatif_departures(current_reader(), question)
    write_answer(answer, [name for name in answer.frame.columns if not name.endswith("iri")], chosen, out)


def _suggested(one: Row) -> Iterator[object]:
    after = {part["name"]: part["value"] for part in one["after"]["components"]} | one["after"]
    row = {**after, "gain": one["gain"], **one["link"], "link": one["link"]["type"]}
    return (row[name] for name in _SUGGESTED)


def _now(found: Row) -> Iterator[str]:
    before = found["before"]
    yield f"{found['territory']['name']} now: {before['status']}, score {cell(before['score'])}"
    if found["hypothetical"]:
        yield f"{found['note_en']} That score is {cell(before['hypothetical_score'])}."
    if found["truncated"]:
        yield f"the best {len(found['suggestions'])} of {found['total']} possible alliances: --top N shows more"


def _changed(one: Row) -> Iterator[str]:
    yield from (one[name] for name in _CHANGED[:3])
    for name in _CHANGED[3:]:
        before, after = one["before"][name], one["after"][name]
        yield cell(before) if before == after else f"{cell(before)} → {cell(after)}"


def _left(found: Row) -> Iterator[str]:
    yield f"left without an alliance: {', '.join(found['without_alliance']) or 'none'}"
    rest = f", of which {len(found['territories'])} are shown: --limit N shows more" if found["truncated"] else ""
    yield f"{found['total']} territories change{rest}"
