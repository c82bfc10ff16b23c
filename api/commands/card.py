"""`alliances card` and `alliances rerun`: answers that anybody can ask for again, bit for bit."""

import sys
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from api.cards import AskError, Rerun, read_card, write_card
from api.cards import rerun as ask_again
from api.commands.options import OutOption
from api.output import STANDARD, write, write_json
from api.pipeline import UsageError

app = typer.Typer()

ReportFormat: TypeAlias = Literal["table", "json"]


@app.command("card", context_settings={"ignore_unknown_options": True})
def card_command(
    question: Annotated[
        list[str], typer.Argument(metavar="COMMAND [OPTIONS]…", help="As in: metrics --metric betweenness.")
    ],
    out: OutOption = None,
) -> None:
    """Ask a question, and write down all that its answer depends on, with the hash of the answer."""
    try:
        card = write_card(question)
    except AskError as error:
        raise typer.Exit(error.status) from None
    write_json(card.model_dump(mode="json"), out)


@app.command("rerun")
def rerun_command(
    file: Annotated[str, typer.Argument(metavar="CARD", help="A run card; - is standard input.")],
    form: Annotated[ReportFormat, typer.Option("--format", "-f", help="How it is said.")] = "table",
    out: OutOption = None,
) -> None:
    """Ask the question of a run card again, and say whether the answer is the same to the bit."""
    try:
        found = ask_again(read_card(_text(file)))
    except AskError as error:
        raise typer.Exit(error.status) from None
    if form == "json":
        write_json(found.model_dump(mode="json"), out)
    else:
        write(_said(found).encode(), out)
    if not found.equal:
        raise typer.Exit(1)


def _text(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == STANDARD else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def _said(found: Rerun) -> str:
    verdict = "equal" if found.equal else "not equal"
    lines = [
        f"{verdict}: answer {found.result_sha256}, card {found.expected_sha256}",
        f"asked of generation {found.generation}",
        *(f"{name} differs: {there} in the card, {here} here" for name, (there, here) in found.differs.items()),
    ]
    return "".join(f"{line}\n" for line in lines)
