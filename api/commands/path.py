"""`alliances path`: how one reaches another."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import polars as pl
import typer

from api.answers import PathQuestion, Row, paths
from api.commands.options import (
    AsOfModeOption,
    AsOfOption,
    FormatOption,
    OutOption,
    WithoutStaleOption,
    current_reader,
)
from api.limits import LIMITS
from api.output import cell, chosen_format, context_line, table_of, write_frame, write_json, write_table

app = typer.Typer()

_COLUMNS = (
    "chain", "step", "from", "from_roles", "alliance", "period", "basis", "to_roles", "to", "sources", "rows",
)  # fmt: skip


@app.command("path")
def show_path(  # noqa: PLR0913, PLR0917 - one parameter an option
    start: Annotated[str, typer.Argument(metavar="A", help="An actor's id or a territory's code.")],
    end: Annotated[str, typer.Argument(metavar="B", help="An actor's id or a territory's code.")],
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    limit: Annotated[int, typer.Option(min=1, max=LIMITS.path_count, metavar="N", help="Chains that are listed.")] = 20,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Say how A reaches B: every shortest chain, each step with its alliance, roles, period and source."""
    chosen = chosen_format(form, out)
    question = PathQuestion(
        start=start, end=end, as_of=as_of, as_of_mode=as_of_mode, without_stale=without_stale, limit=limit
    )
    found = paths(current_reader(), question)
    if chosen == "json":
        write_json(found, out)
        return
    rows = [row for number, chain in enumerate(found["chains"], start=1) for row in _rows(number, chain)]
    if chosen == "table":
        write_table(table_of(_COLUMNS, rows), [*_summary(found), context_line(found["context"])], out)
    else:
        frame = pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row", strict=False)
        write_frame(frame, chosen, out)


def _rows(number: int, chain: Row) -> Iterator[tuple[str, ...]]:
    """One row a step, ready to be read."""
    for place, step in enumerate(chain["steps"], start=1):
        ties = [*step["from_ties"], *step["to_ties"]]
        yield (
            str(number),
            str(place),
            step["from"]["name"],
            _roles(step["from_ties"]),
            step["alliance"]["name"],
            f"{cell(step['alliance']['start'])} to {cell(step['alliance']['end'])}",
            _distinct(tie["period_basis"] for tie in ties),
            _roles(step["to_ties"]),
            step["to"]["name"],
            _distinct(url for tie in ties for url in tie["source_urls"]),
            _distinct(f"{tie['origin']['file']}:{tie['origin']['row']}" for tie in ties if tie["origin"]),
        )


def _roles(ties: list[Row]) -> str:
    """What ties an end to the alliance: roles of an actor, of a territory also who is seated there."""
    return _distinct(_role(tie) for tie in ties)


def _role(tie: Row) -> str:
    if tie["via"] == "location":
        return "located there"
    return str(tie["role"]) if tie["via"] == "membership" else f"{tie['actor']['name']} ({tie['role']})"


def _distinct(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(texts))


def _summary(found: Row) -> list[str]:
    """How many chains there are, and the two that stand out."""
    ends = f"{found['from']['name']} to {found['to']['name']}"
    if found["distance"] is None:
        return [f"no chain of alliances leads from {ends}"]
    chains = f"{found['total']} shortest chain{'' if found['total'] == 1 else 's'}"
    shown = f", of which {len(found['chains'])} are listed" if found["truncated"] else ""
    widest, recent = found["widest"], found["most_recent"]
    return [
        f"{chains} of {found['distance']} alliance{'' if found['distance'] == 1 else 's'} from {ends}{shown}",
        f"the widest (at least {widest['width']} shared at each step): {_line(widest)}",
        f"the most recent (its oldest alliance began {cell(recent['since'])}): {_line(recent)}",
    ]


def _line(chain: Row) -> str:
    start = str(chain["steps"][0]["from"]["name"])
    return start + "".join(f" –[{step['alliance']['name']}]– {step['to']['name']}" for step in chain["steps"])
