"""CSV: streamed, strict, nothing lost. The file is read twice: once for its encoding, once for its rows."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, TextIO

from loaders.errors import FileError
from loaders.reading.raw import Broken, Hints, RawRow, RawTable, matches, named
from loaders.reading.text import decoded

_DELIMITERS = ",;\t|"
_MAX_LINE = 1 << 20
_MAX_HEADER_LINES = 100
_NEVER_CLOSED = "unexpected end of data"
"""What the csv module says of a quotation mark that is open where the file ends."""
_CLOSED_WRONGLY = "a quotation mark is open where the line ends"
Record = list[str] | csv.Error


def open_delimited(stream: BinaryIO, hints: Hints) -> RawTable:
    """The table of a CSV file; raises `FileError` where there is none."""
    text, remarks = decoded(stream)
    lines = _Lines(text)
    header = lines.header(hints)
    return RawTable(header, _rows(lines, lines.width), remarks)


def _rows(lines: "_Lines", width: int) -> Iterator[RawRow]:
    """The rows below the header. Blank lines are counted as rows of the sheet only."""
    for number, (record, text) in enumerate(lines.records(width), start=2):
        if record == []:
            continue
        if isinstance(record, csv.Error):
            unclosed = str(record) in (_NEVER_CLOSED, _CLOSED_WRONGLY) or "field larger" in str(record)
            yield number, Broken("unclosed_quote" if unclosed else "bad_quote", str(record), text)
        else:
            yield number, record


class _Lines:
    """The records of a CSV stream, with the lines that each was read from.

    A quotation mark that is not closed on its line swallows the lines below. Where it is closed in the
    wrong place, only its own line is broken, and the others are read again. Where it is never closed,
    nothing below it can be trusted: each of those lines is given as broken.
    """

    def __init__(self, stream: TextIO) -> None:
        self.width = 0
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

    def header(self, hints: Hints) -> tuple[str, ...]:
        """The names in the first line, trimmed; finds the delimiter that yields most required ones."""
        first = self._first()
        if not any(line.strip() for line in first):
            raise FileError("file_refused", "the file is empty")
        if "\0" in first[0]:
            raise FileError("wrong_encoding", "line 1: NUL")
        candidates = [_split(first, delimiter) for delimiter in _DELIMITERS]
        best = max(
            range(len(candidates)), key=lambda place: (matches(candidates[place], hints), len(candidates[place]))
        )
        self._reader = csv.reader(self, strict=True, delimiter=_DELIMITERS[best])
        self.width = len(candidates[best])
        return named(candidates[best])

    def _first(self) -> list[str]:
        """The lines of the header: the first, and those below as long as a quotation mark is open."""
        first = [self._stream.readline(_MAX_LINE)]
        while sum(line.count('"') for line in first) % 2 and len(first) < _MAX_HEADER_LINES:
            first.append(self._stream.readline(_MAX_LINE))
        if max(map(len, first)) == _MAX_LINE:
            raise FileError("too_many_columns", f"a line of the header has over {_MAX_LINE:,} characters")
        return first

    def records(self, width: int) -> Iterator[tuple[Record, str]]:
        """Each record (or why there is none), and the text that it was read from; `width` fields are right."""
        with self._stream:
            while True:
                self._taken = []
                try:
                    record: Record = next(self._reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    record = error
                yield from self._untangled(record, width)

    def _untangled(self, record: Record, width: int) -> Iterator[tuple[Record, str]]:
        sound = not isinstance(record, csv.Error) and len(record) == width
        if sound or len(self._taken) <= 1:
            yield record, "".join(self._taken)
        elif _never_closed(record):
            yield from ((csv.Error(_NEVER_CLOSED), line) for line in self._taken)
        else:
            yield csv.Error(_CLOSED_WRONGLY), self._taken[0]
            self._again.extendleft(reversed(self._taken[1:]))


def _never_closed(record: Record) -> bool:
    return isinstance(record, csv.Error) and _NEVER_CLOSED in str(record)


def _split(lines: list[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(lines, strict=True, delimiter=delimiter), [])
    except csv.Error as error:
        raise FileError("bad_quote", str(error)) from error
