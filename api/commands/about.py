"""`alliances version` and `alliances generations`."""

from importlib.metadata import version
from typing import Any, TypeAlias

import orjson
import typer

from api.commands.building import ReportFormat
from api.commands.options import OutOption
from api.output import table_of, write_json, write_table
from api.pipeline import code_version
from graph.home import Home

app = typer.Typer()

Card: TypeAlias = dict[str, Any]
"""A run card, or the part of one that is listed. `Any`: it was read from JSON."""

_FIELDS = ("generation", "built", "quads", "seconds", "graph_sha256")


@app.command("generations")
def generations_command(form: ReportFormat = "table", out: OutOption = None) -> None:
    """List the generations that are kept, the newest first."""
    home = Home.default()
    cards = [_card(home, generation) for generation in reversed(home.ids())]
    if form == "json":
        write_json({"results": cards, "total": len(cards)}, out)
        return
    columns = ("current", *_FIELDS, "sources")
    rows = (["*" if card["current"] else "", *(card[name] for name in (*_FIELDS, "sources"))] for card in cards)
    write_table(table_of(columns, rows), [str(home.path)], out)


def _card(home: Home, generation: str) -> Card:
    run: Card = orjson.loads((home.generations / generation / "run.json").read_bytes())
    sources = sorted({one["name"] for one in run["sources"]})
    chosen = {name: run[name] for name in _FIELDS}
    return {**chosen, "current": generation == home.current_id(), "sources": sources, "counts": run["counts"]}


@app.command("version")
def version_command() -> None:
    """Say which version of the program and of the data this is."""
    current = Home.default().current_id() or "none: run alliances build"
    typer.echo(f"alliances {version('alliances')} (code {code_version()}), generation {current}")
