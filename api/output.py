"""What the command line says: tables for people, JSON, CSV and Parquet for programs.

Answers go to standard output (or `--out`), everything else to standard error.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Literal, TypeAlias, get_args

import orjson
import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.answers.answer import Answer
from api.pipeline import UsageError
from api.routes import tabular

Format: TypeAlias = Literal["table", "json", "csv", "parquet"]

STANDARD = "-"
TABLE_ROWS = 50
"""Rows of a table when nothing is asked: more than that nobody reads on a screen."""

_WIDE = 10_000
"""Columns of a « screen » that is none, so that what is piped onwards is not cut."""
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What could steer a terminal, or turn the order of letters round."""


def safe(text: str) -> str:
    """A text from elsewhere as it may be shown on a terminal."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def console() -> Console:
    """Standard output for people."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, soft_wrap=False)


def notes() -> Console:
    """Standard error: progress, remarks, warnings."""
    return Console(stderr=True, width=None if sys.stderr.isatty() else _WIDE, highlight=False)


def note(text: str) -> None:
    """A remark beside the answer."""
    notes().print(Text(safe(text)))


def chosen_format(form: Format | None, out: str | None) -> Format:
    """The format that was asked for, else the one that the name of the output file says, else a table."""
    named: dict[str, Format] = {f".{one}": one for one in get_args(Format)}
    return form or named.get(Path(out or "").suffix, "table")


def rows_asked(limit: int | None, form: Format) -> int | None:
    """How many rows to ask for: as many as were asked for, else as a table shows, else all."""
    return limit or (TABLE_ROWS if form == "table" else None)


@contextmanager
def opened(out: str | None) -> Iterator[IO[bytes]]:
    """Where an answer goes: a file that appears whole or not at all, else standard output."""
    if out is None or out == STANDARD:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif Path(out).exists() and not Path(out).is_file():  # a device or a pipe, not to be replaced by a file
        with Path(out).open("wb") as stream:
            yield stream
    else:
        with _replaced(Path(out)) as stream:
            yield stream


@contextmanager
def _replaced(target: Path) -> Iterator[IO[bytes]]:
    partial = target.with_name(f".{target.name}.part")
    try:
        with partial.open("wb") as stream:
            yield stream
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def write(content: bytes, out: str | None) -> None:
    """Write an answer to a file or to standard output."""
    with opened(out) as stream:
        stream.write(content)


def for_file(out: str | None, what: str, example: str) -> None:
    """Raise `UsageError` where something that nobody can read would go to a terminal."""
    if out is None and sys.stdout.isatty():
        raise UsageError(f"{what} is nothing for a terminal: give --out {example}")


def write_json(body: object, out: str | None) -> None:
    """Write one JSON object, indented where a person reads it."""
    indent = orjson.OPT_INDENT_2 if out is None and sys.stdout.isatty() else 0
    write(orjson.dumps(body, option=indent | orjson.OPT_APPEND_NEWLINE), out)


def write_table(table: Table, lines: Iterable[str], out: str | None) -> None:
    """Write a table and the lines below it, on a terminal or into a text file."""
    screen = console()
    with screen.capture() as captured:
        screen.print(table)
        for line in lines:
            screen.print(Text(safe(line)), style="dim")
    text = captured.get()
    write((text if sys.stdout.isatty() else _without_blank_ends(text)).encode(), out)


def write_frame(frame: pl.DataFrame, form: Format, out: str | None) -> None:
    """Write rows as CSV or Parquet."""
    if form == "parquet":
        for_file(out, "Parquet", "FILE.parquet")
    write(tabular.csv(frame) if form == "csv" else tabular.parquet(frame), out)


def write_page(html: str, out: str | None) -> None:
    """Write a page of HTML."""
    for_file(out, "a page", "FILE.html")
    write(html.encode(), out)


def write_answer(answer: Answer, columns: Sequence[str], form: Format, out: str | None) -> None:
    """Write a list; `columns` are those that a table has room for."""
    if form == "json":
        write_json(answer.body(), out)
    elif form == "table":
        shown = [name for name in columns if name in answer.frame.columns]
        rows = answer.frame.select(shown).iter_rows()
        write_table(table_of(shown, rows), [_balance(answer), context_line(answer.context)], out)
    else:
        write_frame(answer.frame, form, out)


def table_of(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Table:
    """A table of whatever values; texts that look like markup stay as they are."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", show_edge=False)
    for name in columns:
        table.add_column(Text(safe(name.replace("_", " "))), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    return table


def cell(value: object) -> str:
    """A value as a table shows it; a missing one is a dash."""
    if value is None or value == []:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {cell(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(cell(one) for one in value)
    return safe(value.isoformat() if isinstance(value, date) else str(value))


def context_line(context: Mapping[str, object]) -> str:
    """Which data an answer was read from, and of which date it speaks."""
    mode = "surely" if context["as_of_mode"] == "certain" else "possibly"
    day = f"{mode} active on {cell(context['as_of'])}" if context["as_of"] else "whatever its date"
    said = [cell(context["scope"]), day, f"generation {cell(context['generation'])}"]
    coverage = context.get("coverage")
    if isinstance(coverage, Mapping) and "documented" in coverage:
        said.insert(1, f"{coverage['documented']} of {coverage['of']} are documented")
    return " · ".join(said)


def _balance(answer: Answer) -> str:
    if not answer.truncated and not answer.offset:
        return f"{answer.total} row{'' if answer.total == 1 else 's'}"
    first, last = answer.offset + 1, answer.offset + answer.frame.height
    rest = ": --limit N shows more, --format csv or json gives all" if answer.truncated else ""
    return f"rows {first} to {last} of {answer.total}{rest}"


def _without_blank_ends(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())
