"""Tables in files, of whatever format: the columns that a loader asks for, and rows; nothing lost.

Memory does not grow with the file. A file that is not the project's own is read in a process of its own.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loaders.cells import Row
from loaders.errors import FileError, RowError
from loaders.mapping import NO_MAPPING, ColumnMapping
from loaders.masking import Mask, masked
from loaders.privacy import Personal, is_about_persons
from loaders.reading.foreign import open_foreign
from loaders.reading.opening import open_raw
from loaders.reading.raw import MAX_COLUMNS, Broken, Hints, RawRow, RawTable, key, loose
from ontology.provenance import QUARANTINE_COLUMNS, QUARANTINE_TEXT, FileReport, Issue
from ontology.reasons import ReasonCode

__all__ = ["MAX_COLUMNS", "Columns", "Note", "Table", "open_table", "quarantine", "refuse_control_characters"]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")
"""What turns the direction of a text, cannot be seen, or stands for a letter that was lost."""
_TWO_SCRIPTS = re.compile("[A-Za-zÀ-ɏ][Ͱ-ӿ]|[Ͱ-ӿ][A-Za-zÀ-ɏ]")
"""A Greek or Cyrillic letter beside a Latin one; the sign of a micrometre (`µm`) is none."""
_TWICE_ENCODED = re.compile("[ÂÃ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|Å[“’\u0080-\u00bf]")
"""UTF-8 that was read as Windows-1252: `Ã©` for `é`."""
_SUSPICIOUS = (_INVISIBLE, _TWO_SCRIPTS, _TWICE_ENCODED)
UNUSUAL = "|".join(one.pattern for one in (_CONTROL, *_SUSPICIOUS))
"""What a row is refused or remarked for, whatever its columns."""
_DOUBTFUL = re.compile("[ÂÃâÅ\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffdͰ-ӿ]")
"""The characters without one of which a text is none of these three; hardly any row has one."""


@dataclass(frozen=True)
class Note:
    """What a template says of a column."""

    fr: str
    en: str
    example: str = ""


@dataclass(frozen=True)
class Columns:
    """What a loader does with each column of a file.

    `fields` says which field of the record a column is read into, `ignored` why one is not loaded.
    A column in neither is reported as new. `required` ones must stand in the header. Names are
    compared by their letters and digits alone; of two columns that are alike, the one spelt exactly is meant.
    """

    fields: Mapping[str, str]
    required: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other names that publishers give to a column."""
    notes: Mapping[str, Note] = field(default_factory=dict)
    """What a template says of each column that it has, in its order."""
    personal: Mapping[str, Personal] = field(default_factory=dict)
    """What a column says of persons. One that is dropped is emptied before a row is read, and in all that is copied.

    A file with such a column has no row copied that cannot be taken apart: nobody knows what stands where in it.
    """
    private: Callable[[Row], bool] | None = None
    """Which rows are about natural persons, or hidden by their publisher: they count as loaded, and leave no trace.

    A row that cannot be read may be one of them: its number and the reason are kept, not its text.
    """


@dataclass(frozen=True)
class Table:
    """An opened file."""

    fields: tuple[tuple[str, str, int], ...]
    """(field of the record, column as the file writes it, its position in `Row.values`)."""
    rows: Iterator[Row]
    hidden: frozenset[int] = frozenset()
    """The positions of the columns that are not to be known; see `Columns.personal`."""


def open_table(  # noqa: PLR0913 - the last three are what a user may ask for
    path: Path,
    columns: Columns,
    report: FileReport,
    mapping: ColumnMapping = NO_MAPPING,
    *,
    foreign: bool = False,
    mask: Mask | None = None,
) -> Table:
    """Open a file; fills `report`, its checksum apart.

    Raises `FileError` where it cannot be read at all; `rows` raises it where it cannot be read to its end.
    `foreign`: it is not the project's own, and read in a process apart. `mask` hides who was erased.
    """
    hints = Hints(report.file, _sought(columns, mapping), {**columns.aliases, **{one: one for one in columns.required}})
    raw = open_foreign(path, hints) if foreign else _open_own(path, hints)
    raw = masked(raw, mask) if mask else raw
    report.header = raw.header
    report.issues += [Issue(1, one.code, detail=one.detail, refused=False) for one in raw.remarks]
    try:
        positions = _positions(raw.header, columns, mapping, report)
    except FileError:
        raw.close()
        raise
    fields = tuple(
        (columns.fields[name], raw.header[at] if at < len(raw.header) else name, at)
        for name, at in positions.items()
        if name in columns.fields
    )
    hidden = _hidden(raw.header, columns, mapping)
    copied = columns.private is None and not hidden
    rows = _rows(raw, positions, tuple(mapping.constants.values()), report, copied=copied)
    return Table(fields, rows, hidden)


def _hidden(header: Sequence[str], columns: Columns, mapping: ColumnMapping) -> frozenset[int]:
    """Where the columns stand that say what nobody is to know, under whatever name they are met."""
    dropped = {name for name, personal in columns.personal.items() if personal.treatment == "dropped"}
    declared = {*columns.fields, *columns.ignored, *columns.personal, *mapping.columns}
    sought = {key(own) for own in mapping.columns.values()}
    return frozenset(
        at
        for at, name in enumerate(_names(header, columns, mapping))
        if name in dropped or (name not in declared and key(name) not in sought and is_about_persons(loose(name)))
    )


def _open_own(path: Path, hints: Hints) -> RawTable:
    stream = path.open("rb")
    try:
        raw = open_raw(stream, hints)
    except FileError:
        stream.close()
        raise

    def rows() -> Iterator[RawRow]:
        with stream:
            yield from raw.rows

    return RawTable(raw.header, rows(), raw.remarks, stream.close)


def _sought(columns: Columns, mapping: ColumnMapping) -> tuple[str, ...]:
    """The required columns as the file calls them."""
    return tuple(mapping.columns.get(name, name) for name in columns.required if name not in mapping.constants)


def _positions(header: Sequence[str], columns: Columns, mapping: ColumnMapping, report: FileReport) -> dict[str, int]:
    """Where each column stands, by the loader's name, else by the file's; sorts them into used, ignored and new."""
    names = _names(header, columns, mapping)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise FileError("duplicate_column", ", ".join(repeated), column=repeated[0])
    positions = {name: at for at, name in enumerate(names)} | _mapped(header, columns, mapping)
    missing = [name for name in columns.required if name not in positions]
    if missing:
        raise FileError("missing_column", ", ".join(missing), column=missing[0])
    read = {at for name, at in positions.items() if name in columns.fields}
    passed = {*columns.ignored, *columns.personal, *QUARANTINE_COLUMNS, QUARANTINE_TEXT}
    report.used = tuple(name for at, name in enumerate(header) if at in read)
    report.ignored = tuple(name for at, name in enumerate(header) if at not in read and names[at] in passed)
    report.new = tuple(name for name in header if name not in {*report.used, *report.ignored})
    _report_new(columns, positions, report)
    return positions


def _names(header: Sequence[str], columns: Columns, mapping: ColumnMapping) -> list[str]:
    """The loader's name of each column; one that the loader does not know, or seeks elsewhere, keeps its own."""
    known = {key(name): name for name in (*columns.fields, *columns.ignored, *columns.personal)}
    names = [known.get(key(name), name) for name in header]
    aliases = {loose(alias): name for alias, name in columns.aliases.items()}
    aliases |= {loose(name): name for name in known.values()}
    for at, own in enumerate(header):
        name = aliases.get(loose(own))
        if key(own) not in known and name is not None and name not in names:  # a column is read from one place
            names[at] = name
    sought_elsewhere = {*mapping.columns, *mapping.constants}
    return [own if name in sought_elsewhere else name for own, name in zip(header, names, strict=True)]


def _mapped(header: Sequence[str], columns: Columns, mapping: ColumnMapping) -> dict[str, int]:
    """Where the mapping says that columns are to be found; constants stand behind the cells of a row."""
    unknown = [name for name in (*mapping.columns, *mapping.constants) if name not in columns.fields]
    if unknown:
        known = ", ".join(columns.fields)
        raise FileError("bad_mapping", f"{unknown[0]}: {known}", column=unknown[0])
    places = {key(name): at for at, name in enumerate(header)}
    absent = [(name, own) for name, own in mapping.columns.items() if key(own) not in places]
    if absent:
        raise FileError("missing_column", f"{absent[0][1]} ({absent[0][0]})", column=absent[0][0])
    found = {name: places[key(own)] for name, own in mapping.columns.items()}
    return found | {name: len(header) + at for at, name in enumerate(mapping.constants)}


def _report_new(columns: Columns, positions: Mapping[str, int], report: FileReport) -> None:
    report.issues += [Issue(1, "new_column", name, refused=False) for name in report.new]
    if report.new:  # one of them may be one of these, misspelt
        absent = (name for name in columns.fields if name not in positions)
        report.issues += [Issue(1, "absent_column", name, refused=False) for name in absent]


def _rows(
    raw: RawTable, positions: Mapping[str, int], constants: tuple[str, ...], report: FileReport, *, copied: bool
) -> Iterator[Row]:
    """The sound rows; the others go into quarantine here, `copied` or only counted."""
    width = len(raw.header)
    header = () if tuple(positions) == raw.header else raw.header
    guarded = set(QUARANTINE_COLUMNS) <= set(raw.header)
    own = [at for at, name in enumerate(raw.header) if name not in QUARANTINE_COLUMNS]
    for number, cells in raw.rows:
        if isinstance(cells, Broken):
            quarantine(report, number, RowError(cells.code, cells.detail), {"": cells.text} if copied else {})
        elif len(cells) != width:
            error = RowError("wrong_field_count", f"{len(cells)} / {width}")
            quarantine(report, number, error, _by_column(cells, raw.header) if copied else {})
        elif guarded and not any(cells[at] for at in own):
            continue  # what a quarantine file says of the file as a whole is no row of it
        else:
            values = (*map(_unguarded, cells), *constants) if guarded else (*cells, *constants)
            yield Row(number, values, positions, report, header)


def _unguarded(cell: str) -> str:
    """The cell without the apostrophe that keeps spreadsheets from computing it (see `graph.quarantine`)."""
    return cell.removeprefix("'")


def _by_column(record: Sequence[str], header: Sequence[str]) -> dict[str, str]:
    names = [*header, *(f"+{surplus}" for surplus in range(1, len(record) - len(header) + 1))]
    return dict(zip(names, record, strict=False))


def holds_control_characters(row: Row) -> bool:
    """Whether a cell holds characters that no RDF or XML syntax can carry."""
    return bool(_CONTROL.search("".join(row.values)))


def refuse_control_characters(row: Row) -> None:
    """Raise `RowError` where a cell holds control characters."""
    if not holds_control_characters(row):
        return
    column = next(name for name, position in row.positions.items() if _CONTROL.search(row.values[position]))
    raise RowError("control_characters", column=column, value=row.values[row.positions[column]])


def remark_suspicious_text(row: Row) -> None:
    """Report the cells whose text looks damaged or misleading; they are loaded as they are."""
    if not _DOUBTFUL.search("".join(row.values)):
        return
    for column, position in row.positions.items():
        text = row.values[position]
        if not text.isascii() and any(one.search(text) for one in _SUSPICIOUS):
            row.remark("suspicious_text", column, text)


def quarantine(report: FileReport, number: int, error: RowError, original: Mapping[str, str]) -> None:
    """Count a row as refused and keep it as it was written."""
    report.rows_quarantined += 1
    report.issues.append(Issue(number, error.code, error.column, error.value, error.detail, original=original))


UNRESOLVED: frozenset[ReasonCode] = frozenset(
    {"unknown_territory", "ambiguous_territory", "unknown_target", "bad_identifier", "dangling_reference"}
)
"""The reasons that say that a code leads nowhere."""


def unresolved_share(issues: Iterable[Issue], column: str, rows: int) -> float:
    """Of which share of the rows the code in `column` leads nowhere (0 to 1)."""
    failed = {issue.row for issue in issues if issue.column == column and issue.code in UNRESOLVED}
    return len(failed) / rows if rows else 0.0
