"""Tables in files: streamed, strict, nothing lost.

A file is read twice: once as bytes (checksum, encoding), once as rows. Memory does not grow with it.
"""

import codecs
import csv
import gzip
import hashlib
import io
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO

from loaders.cells import Row
from loaders.errors import FileError, RowError
from ontology.provenance import FileReport, Issue

MAX_COLUMNS = 200
_DELIMITERS = ",;\t"
_CHUNK_BYTES = 1 << 20
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class Columns:
    """What a loader does with each column of a file.

    `fields` says which field of the record a column is read into, `ignored` why one is not loaded.
    A column in neither is reported as new. `required` ones must stand in the header.
    """

    fields: Mapping[str, str]
    required: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)


def open_table(path: Path, columns: Columns, report: FileReport) -> tuple[dict[str, int], Iterator[Row]]:
    """The position of each known column, and the rows of a CSV file (`.gz` too).

    Fills `report`; raises `FileError` where the file cannot be read at all.
    """
    report.sha256 = _checked_sha256(path)
    stream = _open_text(path)
    try:
        lines = _Lines(stream)
        header = lines.header(columns.required)
        positions = _positions(header, columns, report)
    except FileError:
        stream.close()
        raise
    return positions, _rows(lines, len(header), positions, report)


def _open_bytes(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _open_text(path: Path) -> TextIO:
    # Not codecs.getreader: its lines also end at U+2028, U+0085 and the like, which are text inside a cell.
    return io.TextIOWrapper(_open_bytes(path), encoding="utf-8-sig", newline="")


def _checked_sha256(path: Path) -> str:
    """The file's SHA-256; raises `FileError` unless all of its text is UTF-8."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with _open_bytes(path) as stream:
        try:
            while chunk := stream.read(_CHUNK_BYTES):
                line += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise FileError("wrong_encoding", f"after line {line}: {error.reason}") from error
        except (OSError, EOFError) as error:
            raise FileError("file_refused", str(error)) from error
    return digest


class _Lines:
    """The records of a CSV stream, with the lines that each was read from.

    A quotation mark that is not closed on its line swallows the lines below. Where it is closed in the
    wrong place, only its own line is broken, and the others are read again. Where it is never closed,
    nothing below it can be trusted: each of those lines is given as broken.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._reader: Iterator[list[str]] = iter(())

    def __iter__(self) -> Iterator[str]:
        """Return the lines themselves."""
        return self

    def __next__(self) -> str:
        """Return the next line: one that is to be read again, else of the stream."""
        line = self._again.popleft() if self._again else next(self._stream)
        self._taken.append(line)
        return line

    def header(self, required: tuple[str, ...]) -> list[str]:
        """The names in the first line, trimmed; finds the delimiter that yields most required ones."""
        first = self._stream.readline()
        candidates = [_split(first, delimiter) for delimiter in _DELIMITERS]
        best = max(range(len(candidates)), key=lambda i: (len(set(required) & set(candidates[i])), len(candidates[i])))
        if not first.strip():
            raise FileError("file_refused", "the file is empty")
        if "\0" in first:
            raise FileError("wrong_encoding", "line 1: NUL")
        self._reader = csv.reader(self, strict=True, delimiter=_DELIMITERS[best])
        return candidates[best]

    def records(self, width: int) -> Iterator[tuple[list[str] | csv.Error, str]]:
        """Each record (or why there is none), and the text that it was read from; `width` fields are right."""
        with self._stream:
            while True:
                self._taken = []
                try:
                    record: list[str] | csv.Error = next(self._reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    record = error
                yield from self._untangled(record, width)

    def _untangled(self, record: list[str] | csv.Error, width: int) -> Iterator[tuple[list[str] | csv.Error, str]]:
        sound = not isinstance(record, csv.Error) and len(record) == width
        if sound or len(self._taken) <= 1:
            yield record, "".join(self._taken)
        elif _never_closed(record):
            yield from ((csv.Error(_NEVER_CLOSED), line) for line in self._taken)
        else:
            yield csv.Error(_CLOSED_WRONGLY), self._taken[0]
            self._again.extendleft(reversed(self._taken[1:]))


_NEVER_CLOSED = "unexpected end of data"
"""What the csv module says of a quotation mark that is open where the file ends."""
_CLOSED_WRONGLY = "a quotation mark is open where the line ends"


def _never_closed(record: list[str] | csv.Error) -> bool:
    return isinstance(record, csv.Error) and _NEVER_CLOSED in str(record)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([line], strict=True, delimiter=delimiter), [])]
    except csv.Error as error:
        raise FileError("bad_quote", str(error)) from error


def _positions(header: list[str], columns: Columns, report: FileReport) -> dict[str, int]:
    """Where each column stands; sorts them into used, ignored and new."""
    if len(header) > MAX_COLUMNS:
        raise FileError("too_many_columns", str(len(header)))
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise FileError("duplicate_column", ", ".join(repeated), column=repeated[0])
    missing = [name for name in columns.required if name not in header]
    if missing:
        raise FileError("missing_column", ", ".join(missing), column=missing[0])
    report.used = tuple(name for name in header if name in columns.fields)
    report.ignored = tuple(name for name in header if name in columns.ignored)
    report.new = tuple(name for name in header if name not in {*report.used, *report.ignored})
    report.issues += [Issue(1, "new_column", name, refused=False) for name in report.new]
    if report.new:  # one of them may be one of these, misspelt
        report.issues += [
            Issue(1, "absent_column", name, refused=False) for name in columns.fields if name not in header
        ]
    return {name: position for position, name in enumerate(header)}


def _rows(lines: _Lines, width: int, positions: dict[str, int], report: FileReport) -> Iterator[Row]:
    """The sound rows; the others go into quarantine here. Blank lines are counted as rows of the sheet only."""
    for number, (record, text) in enumerate(lines.records(width), start=2):
        if record == []:
            continue
        try:
            yield Row(number, _sound(record, width), positions, report)
        except RowError as error:
            original = {"": text} if isinstance(record, csv.Error) else _by_column(record, positions)
            quarantine(report, number, error, original)


def _sound(record: list[str] | csv.Error, width: int) -> tuple[str, ...]:
    if isinstance(record, csv.Error):
        unclosed = str(record) in (_NEVER_CLOSED, _CLOSED_WRONGLY) or "field larger" in str(record)
        raise RowError("unclosed_quote" if unclosed else "bad_quote", str(record))
    if len(record) != width:
        raise RowError("wrong_field_count", f"{len(record)} / {width}")
    return tuple(record)


def _by_column(record: list[str], positions: Mapping[str, int]) -> dict[str, str]:
    names = [*positions, *(f"+{surplus}" for surplus in range(1, len(record) - len(positions) + 1))]
    return dict(zip(names, record, strict=False))


def refuse_control_characters(row: Row) -> None:
    """Raise `RowError` where a cell holds characters that no RDF or XML syntax can carry."""
    if not _CONTROL.search("".join(row.values)):
        return
    column = next(name for name, position in row.positions.items() if _CONTROL.search(row.values[position]))
    raise RowError("control_characters", column=column, value=row.values[row.positions[column]])


def quarantine(report: FileReport, number: int, error: RowError, original: Mapping[str, str]) -> None:
    """Count a row as refused and keep it as it was written."""
    report.rows_quarantined += 1
    report.issues.append(Issue(number, error.code, error.column, error.value, error.detail, original=original))
