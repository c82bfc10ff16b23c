"""What a file of any format gives: a header and numbered rows of text cells."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loaders.errors import FileError
from ontology.reasons import ReasonCode

MAX_COLUMNS = 200
MAX_SHEET_ROWS = 200_000
"""Rows of a spreadsheet; a longer table is a CSV file."""
MAX_STATEMENTS = 2_000_000
"""Of an RDF file, which must be known whole before any of it makes sense."""
MAX_WHOLE_BYTES = 256 << 20
"""Of a file that can be read only as a whole (JSON, spreadsheets)."""
MAX_UNPACKED_BYTES = 16 << 30
"""Of a compressed text, which is streamed."""
MAX_RATIO = 100
"""How many times a packed file may grow: real tables grow up to some forty times."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could be found but not read, and the text that it was read from."""

    code: ReasonCode
    detail: str
    text: str


Cells = Sequence[str] | Broken
RawRow = tuple[int, Cells]
"""The number of a row as a spreadsheet shows it (1 is the header), and its cells; blank rows are none."""


@dataclass(frozen=True)
class Hints:
    """What is known of a file before it is opened: how it is called, and which columns it must have."""

    name: str
    required: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other names of columns, to the one that is required."""


@dataclass(frozen=True)
class Remark:
    """What the reader decided for the user, to be shown."""

    code: ReasonCode
    detail: str


@dataclass
class RawTable:
    """An opened file. `rows` is read once, and raises `FileError` where reading cannot go on."""

    header: tuple[str, ...]
    rows: Iterator[RawRow]
    remarks: list[Remark] = field(default_factory=list)
    close: Callable[[], None] = lambda: None
    """Gives up what is open where `rows` will not be read."""


def named(cells: Iterable[str]) -> tuple[str, ...]:
    """The names of a header, trimmed; one that is empty is called by its place: `(3)`.

    Raises `FileError` where there are more than `MAX_COLUMNS`.
    """
    names = [" ".join(cell.split()) for cell in cells]
    if len(names) > MAX_COLUMNS:
        raise FileError("too_many_columns", str(len(names)))
    return tuple(name or f"({place})" for place, name in enumerate(names, start=1))


_NOT_SPACE = re.compile(r"\S")


def key(name: str) -> str:
    """What two spellings of a column's name have in common: ` ID ` and `id`."""
    return " ".join(name.casefold().split())


def loose(name: str) -> str:
    """What careless spellings of a column's name have in common: `Nom du bénéficiaire *` and `NOM_DU_BENEFICIAIRE`."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())


def matches(header: Iterable[str], hints: Hints) -> int:
    """How many of the required columns a header has, under whichever name."""
    aliases = {loose(alias): key(name) for alias, name in hints.aliases.items()}
    names = {one for name in header for one in (key(name), aliases.get(loose(name)))}
    return len(names & {key(name) for name in hints.required})


def is_blank(cells: Iterable[str]) -> bool:
    """Whether a row has no text at all."""
    return not any(_NOT_SPACE.search(cell) for cell in cells)
