"""`alliances fetch`."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as Bars

from api.commands.building import ReportFormat
from api.output import note, notes, table_of, write_json, write_table
from api.pipeline import find_loader
from loaders.fetching import PATIENCE, Fetched, FetchError, Licence, Patience, fetch
from ontology.provenance import Address, Source

app = typer.Typer()

Advance = Callable[[int, int | None], None]

_COLUMNS = ("file", "bytes", "sha256", "fetched", "news")
_SECONDS_BETWEEN_LINES = 5.0
_MEGABYTE = 1_000_000


@app.command("fetch")
def fetch_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source, such as programmes.")],
    folder: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Where the files go; else a folder called NAME."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--file", metavar="FILE", help="This file alone; may be repeated.")
    ] = None,
    max_bytes: Annotated[
        int, typer.Option("--max-bytes", min=1, help="The largest file to accept.")
    ] = PATIENCE.max_bytes,
    form: ReportFormat = "table",
) -> None:
    """Download a source from its publisher; what is here already is only asked whether it has changed."""
    source = find_loader(name).source
    target, patience = folder or Path(name), Patience(max_bytes=max_bytes)
    fetched = [_fetch_shown(one, target, source, patience) for one in _chosen(source, only or ())]
    if form == "json":
        write_json({"source": name, "licence": source.licence, "files": [_said(one) for one in fetched]}, None)
    else:
        rows = (_said(one).values() for one in fetched)
        write_table(table_of(_COLUMNS, rows), [f"licence: {source.licence} ({source.licence_url})"], None)
    note(f"next: alliances check {name} {target}, then alliances build {name}={target}")


def _chosen(source: Source, only: Sequence[str]) -> list[Address]:
    """The addresses that were asked for; raises `FetchError` where there is none."""
    if not source.addresses:
        raise FetchError(
            f"{source.name} has no address that stays the same: choose a file on {source.homepage} and load it with "
            f"alliances build {source.name}=FILE"
        )
    known = {one.file: one for one in source.addresses}
    unknown = [file for file in only if file not in known]
    if unknown:
        raise FetchError(f"{source.name} has no file {unknown[0]}: choose one of {', '.join(known)}")
    return [known[file] for file in only or known]


def _fetch_shown(address: Address, folder: Path, source: Source, patience: Patience) -> Fetched:
    with _shown(address.file) as advance:
        return fetch(address, folder, Licence(source.licence, source.licence_url), advance, patience)


def _said(fetched: Fetched) -> dict[str, object]:
    card = fetched.card
    news = "new" if fetched.changed else "unchanged"
    return dict(zip(_COLUMNS, (str(fetched.path), card.bytes, card.sha256, card.fetched, news), strict=True))


@contextmanager
def _shown(file: str) -> Iterator[Advance]:
    """Show how a download goes on: a bar on a terminal, lines elsewhere."""
    console = notes()
    if not console.is_terminal:
        yield _lines(file)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bars(*columns, TimeRemainingColumn(), console=console, transient=True) as bars:
        task = bars.add_task(file, total=None)
        yield lambda here, whole: bars.update(task, completed=here, total=whole)


def _lines(file: str) -> Advance:
    """Say now and then how much has arrived."""
    said = time.monotonic()

    def advance(here: int, whole: int | None) -> None:
        nonlocal said
        if time.monotonic() - said >= _SECONDS_BETWEEN_LINES:
            said = time.monotonic()
            of = f" of {whole / _MEGABYTE:,.1f}" if whole else ""
            note(f"fetching {file} ({here / _MEGABYTE:,.1f}{of} MB)")

    return advance
