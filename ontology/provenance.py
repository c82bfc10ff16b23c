"""What stands between a source and a generation: records with their origin, and what was refused.

A loader yields `Loaded` records and fills one `FileReport` a file; the builder writes both down.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ontology.dates import PartialDate
from ontology.reasons import ReasonCode
from ontology.records import Record

REFERENCES = ("territories", "sdg")
"""The sources that every build holds, read before the others: others point to what they say."""


@dataclass(frozen=True)
class Span:
    """A territory that a source covers completely for a time of its own; no `end`: to this day."""

    code: str
    start: PartialDate
    end: PartialDate | None = None


@dataclass(frozen=True)
class Coverage:
    """What a source covers; territory codes cover all territories within them.

    Only from a territory that is in `complete` may it be said that it has no alliance (`isolated`).
    """

    complete: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    start: PartialDate | None = None
    end: PartialDate | None = None
    spans: tuple[Span, ...] = ()
    """What is covered completely besides, each territory in its own time."""
    fr: str = ""
    en: str = ""


@dataclass(frozen=True)
class Address:
    """Where the publisher of a source gives one of its files."""

    file: str
    """What the file is called once it is here."""
    url: str
    sha256: str = ""
    """The publisher's checksum of the file; empty where there is none that stays."""


@dataclass(frozen=True)
class Source:
    """What is known of a source before any of its files is read."""

    name: str
    title_fr: str
    title_en: str
    publisher: str
    licence: str
    licence_url: str
    homepage: str
    formats: tuple[str, ...]
    coverage: Coverage
    attribution: str = ""
    vintage: str = ""
    register: bool = False
    """Whether it says who bears a number, and no more: it is read last, and completes the actors of the others."""
    at_least: Mapping[str, int] = field(default_factory=dict)
    """How many rows each file of a healthy load has; fewer are reported."""
    resolved: Mapping[str, float] = field(default_factory=dict)
    """Of which share of a healthy file's rows a column's codes are known (0 to 1); a smaller one is reported."""
    addresses: tuple[Address, ...] = ()
    """Where its files can be had, if the addresses stay the same; else `homepage` is where a person finds them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a source file, exactly as it was written."""

    column: str
    raw: str


@dataclass(frozen=True)
class Layout:
    """Which columns of one file each field of its records is read from."""

    source: str
    file: str
    fields: tuple[tuple[str, str, int], ...]
    """(field, column, position of the column), in the order of the file's columns."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Another row that fields of a record were read from, and those of its cells that `layout` names, as written."""

    layout: Layout
    row: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A record, the row that it stands in, and that row as it was written.

    `row` counts rows as a spreadsheet shows them: 1 is the header. A field that `layout` does not
    name, or whose cells are empty, was derived from the row as a whole.
    """

    record: Record
    layout: Layout
    row: int
    values: tuple[str, ...]
    beside: tuple[Reading, ...] = ()

    def cells(self, name: str) -> tuple[Cell, ...]:
        """The cells with text that the field `name` was read from."""
        return tuple(
            Cell(column, self.values[position])
            for field_name, column, position in self.layout.fields
            if field_name == name and self.values[position]
        )


@dataclass(frozen=True, slots=True)
class Issue:
    """A row that was refused, or (`refused` false) a cell that was left out or looks odd while its row was loaded."""

    row: int
    code: ReasonCode
    column: str | None = None
    value: str | None = None
    detail: str = ""
    """What is special to this case, in any language: the rival row, the expected number …"""
    refused: bool = True
    original: Mapping[str, str] = field(default_factory=dict)
    """The row as it was read, by column; its surplus fields under `+1`, `+2` …"""


@dataclass
class FileReport:
    """What became of one file. Complete when the loader's iterator is exhausted.

    `rows_read == rows_loaded + rows_quarantined` always holds.
    """

    name: str
    """The source's name."""
    file: str
    path: str
    """The file as the user named it; of a file that the project ships, its source and name."""
    shipped: bool = False
    sha256: str = ""
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_suppressed: int = 0
    """How many of the rows loaded speak of somebody who was erased, and gave less than they say."""
    rows_not_needed: int = 0
    """How many of the rows loaded gave nothing: a register has them of organisations that nobody asks for, or another
    file corrects them."""
    header: tuple[str, ...] = ()
    """All columns of the file, in its order."""
    used: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    file_refused: bool = False
    issues: list[Issue] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        """Rows of the file below its header, blank lines apart."""
        return self.rows_loaded + self.rows_quarantined

    @property
    def reasons(self) -> dict[str, int]:
        """How often each reason was met, refused rows and mere remarks alike."""
        return dict(sorted(Counter(issue.code for issue in self.issues).items()))


QUARANTINE_COLUMNS = (
    "_file", "_row", "_column", "_value", "_refused", "_code", "_raison", "_reason", "_detail", "_conseil", "_hint",
)  # fmt: skip
"""What a quarantine file says of a row, after the row itself; a loader that reads such a file passes them over."""
QUARANTINE_TEXT = "_text"
"""Where it keeps a row that could not be taken apart."""


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal; read in blocks, however large it is."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def utc_now() -> str:
    """The moment in UTC, to the second, as it is noted everywhere: `2026-11-30T02:08:42Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
