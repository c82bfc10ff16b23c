"""`alliances forget`."""

import getpass
import sys
from typing import Annotated

import typer

from api.commands.building import build_shown
from api.forgetting import Outcome, forget
from api.output import STANDARD, note, write
from graph.home import Home

app = typer.Typer()

_LEFT = (
    "left: your own files, exports, backups and pages; a place or a date in a copied row, under the pseudonym; "
    "the name with its words in another order; what a running server still answers for a second"
)


@app.command("forget")
def forget_command(
    actor: Annotated[str, typer.Argument(metavar="ID", help="The actor: source:key, its key alone, or its IRI.")],
    why: Annotated[
        str, typer.Option("--why", help="Why, for the list; say nothing of the person here.")
    ] = "asked to be erased",
    by: Annotated[str | None, typer.Option("--by", help="Who does it; else your login name.")] = None,
    sure: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
) -> None:
    """Erase an actor from everything that is kept here, and keep it out of every later build. It cannot be undone."""
    home = Home.default()
    if not sure and sys.stdin.isatty():
        question = f"erase {actor} and remove the older generations that name it? this cannot be undone"
        if not typer.confirm(question):
            note("nothing was erased")
            raise typer.Exit(1)
    outcome = forget(home, actor, by=by or getpass.getuser(), why=why, build=build_shown)
    write("".join(f"{line}\n" for line in _said(outcome, home)).encode(), STANDARD)
    note("next: where Neo4j is filled from here, run alliances mirror now; until then it still holds the actor")


def _said(outcome: Outcome, home: Home) -> list[str]:
    """What is erased, and what is left."""
    run, cleaned = outcome.built.run, outcome.cleaned
    cards = run["sources"]
    assert isinstance(cards, list)  # noqa: S101 - the builder wrote it
    rows = sum(card["rows_suppressed"] for card in cards)
    older = ", ".join(cleaned.generations) or "none named it"
    return [
        f"erased: generation {outcome.built.generation} has neither the actor nor its ties; {rows} rows gave less",
        f"removed: older generations: {older}; {cleaned.inputs} kept files; {outcome.judgements} judgements",
        f"rewritten with a pseudonym in place of the names: the copies of {', '.join(outcome.rewritten) or 'no file'}",
        f"kept: {home.forgotten}, which knows keyed hashes and no names, so that no later build brings the actor back",
        _LEFT,
    ]
