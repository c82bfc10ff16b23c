"""`alliances mirror` and `alliances verify`: the graph in Neo4j, and the proof that it is the same."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.commands.building import ReportFormat
from api.commands.options import OutOption, current_generation
from api.engines import open_engine
from api.output import note, notes, table_of, write_json, write_table
from api.pipeline import UsageError
from api.settings import Neo4jSettings
from graph.generation import Generation
from graph.home import Home
from graph.mirror.address import Address
from graph.mirror.engine import Unreachable

if TYPE_CHECKING:
    from graph.mirror.verify import Verification
    from graph.mirror.writing import Synced

app = typer.Typer()

PATIENCE_SECONDS: Final = 60.0
"""How long a server may be away in the middle of the work; one that was never there is not waited for."""
_SECONDS_BETWEEN_LINES: Final = 5.0
_DOING: Final = {"load": "filling the mirror", "rebuild": "building it anew", "delta": "writing what has changed"}
_SHOWN_IN_TABLE, _SHOWN_IN_JSON = 20, 10_000

UriOption = Annotated[
    str | None, typer.Option("--uri", metavar="URI", help="bolt://host:port or neo4j://host:port; else NEO4J_URI.")
]


@app.command("mirror")
def mirror_command(
    uri: UriOption = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build it anew beside the one that is shown, then switch.")
    ] = False,
    form: ReportFormat = "table",
    out: OutOption = None,
) -> None:
    """Bring the graph in Neo4j to the current generation. What others put into the database stays."""
    address = Neo4jSettings().address(uri)
    if address is None:
        raise UsageError("no Neo4j server is named: set NEO4J_URI, or give --uri bolt://host:port")
    generation = current_generation()
    started = time.monotonic()
    with _progress() as shown:
        engine, done = _sync(address, generation, shown, rebuild=rebuild)
    body = _synced(engine, generation, done, time.monotonic() - started)
    if form == "json":
        write_json(body, out)
    else:
        write_table(table_of((), ()), [_said(engine, generation, done)], out)


@app.command("verify")
def verify_command(
    uri: UriOption = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Differences of each kind to show, at most.")
    ] = None,
    form: ReportFormat = "table",
    out: OutOption = None,
) -> None:
    """Compare every statement in Neo4j with the current generation; exit status 1 if one differs.

    Without a server, the engine in this process is filled from the generation and compared.
    """
    from graph.mirror.verify import verify  # noqa: PLC0415

    generation = current_generation()
    engine = open_engine(Neo4jSettings().address(uri), generation)
    try:
        with notes().status("reading the mirror back"):
            found = verify(engine, generation, shown=limit or (_SHOWN_IN_JSON if form == "json" else _SHOWN_IN_TABLE))
    finally:
        engine.close()
    if form == "json":
        write_json(_verified(found, generation), out)
    else:
        _write_differences(found, out)
    if not found.equal:
        raise typer.Exit(1)


# Mirroring


class _Shown:
    """Shows how far a sync is, and notes what a second try has to know."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self._task = bar.add_task("looking at the mirror", total=None) if bar else None
        self._next_line = 0.0
        self.seen = time.monotonic()
        """When a batch was last written."""
        self.built = False
        """Whether everything was built anew."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show it: a bar on a terminal, now and then a line elsewhere."""
        self.seen = time.monotonic()
        self.built = self.built or (what != "delta" and done == total)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=_DOING[what], completed=done, total=total)
        elif self.seen >= self._next_line:
            self._next_line = self.seen + _SECONDS_BETWEEN_LINES
            note(f"{_DOING[what]} ({done:,} of {total:,} rows)")


@contextmanager
def _progress() -> Iterator[_Shown]:
    console = notes()
    if not console.is_terminal:
        yield _Shown(None)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield _Shown(bar)


def _sync(address: Address, generation: Generation, shown: _Shown, *, rebuild: bool) -> tuple[str, "Synced"]:
    """The engine's name, and what was done. A server that goes away in the middle is waited for a while."""
    from graph.mirror.service import Waits  # noqa: PLC0415
    from graph.mirror.sync import Syncer  # noqa: PLC0415

    syncer, waits = Syncer(Home.default()), Waits()
    begun = shown.seen
    while True:
        try:
            engine = open_engine(address, generation)
            try:
                anew = rebuild and not shown.built
                return engine.name, syncer.sync(engine, generation, rebuild=anew, progress=shown)
            finally:
                engine.close()
        except Unreachable as error:
            if shown.seen == begun or time.monotonic() - shown.seen > PATIENCE_SECONDS:
                raise
            note(f"{error}; trying again")
            time.sleep(waits.next())


def _synced(engine: str, generation: Generation, done: "Synced", seconds: float) -> dict[str, object]:
    return {
        "engine": engine,
        "jobs": done.modes,
        "rows": done.rows,
        "batches": done.batches,
        "kept_for_others": done.kept,
        "seconds": round(seconds, 2),
        "context": _context(generation),
    }


def _said(engine: str, generation: Generation, done: "Synced") -> str:
    holds = f"{engine} holds generation {generation.id}"
    if not done.modes:
        return f"{holds} already"
    kept = f"; {done.kept} nodes that others tie something to were kept as :_Gone" if done.kept else ""
    return f"{holds} ({', '.join(done.modes)}: {done.rows:,} rows){kept}"


def _context(generation: Generation) -> dict[str, object]:
    return {"generation": generation.id, "graph_sha256": generation.graph_sha256}


# Verifying


def _verified(found: "Verification", generation: Generation) -> dict[str, object]:
    return {
        "equal": found.equal,
        "engine": found.engine,
        "mirrored": found.mirrored,
        "statements": found.statements,
        "missing": found.missing,
        "missing_total": found.missing_total,
        "extra": found.extra,
        "extra_total": found.extra_total,
        "altered": [{"expected": expected, "found": instead} for expected, instead in found.altered],
        "altered_total": found.altered_total,
        "foreign": {"nodes": found.foreign_nodes, "relationships": found.foreign_links},
        "context": _context(generation),
    }


def _write_differences(found: "Verification", out: str | None) -> None:
    rows = [
        *(("missing", line) for line in found.missing),
        *(("extra", line) for line in found.extra),
        *(("altered", f"{expected}\nis {instead}") for expected, instead in found.altered),
    ]
    table = table_of(("difference", "statement") if rows else (), rows)
    write_table(table, [_outcome(found), *_advice(found)], out)


def _outcome(found: "Verification") -> str:
    if found.equal:
        return f"{found.engine}: all {found.statements:,} statements of generation {found.generation}, and no other"
    counts = (("missing", found.missing_total), ("extra", found.extra_total), ("altered", found.altered_total))
    differing = ", ".join(f"{count:,} {what}" for what, count in counts if count)
    return f"{found.engine}: of {found.statements:,} statements of generation {found.generation}: {differing}"


def _advice(found: "Verification") -> Iterator[str]:
    if found.foreign_nodes or found.foreign_links:
        yield f"left alone, as they are others': {found.foreign_nodes} nodes, {found.foreign_links} relationships"
    if found.equal:
        return
    if found.mirrored != found.generation:
        yield f"the mirror holds {found.mirrored or 'no whole generation'}: bring it up to date with alliances mirror"
    else:
        yield "somebody has changed the mirror: build it anew with alliances mirror --rebuild"
