"""The sources: each file in `loaders/sources/` registers one by decorating its load function.

@loader(Source(name="sdg", …), files=("goals.csv", "targets.csv"), data="sdg")
def load(files: Files) -> Iterator[Loaded]:
    yield from files.records("goals.csv", GOALS, goal)
"""

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from importlib import import_module
from importlib.resources import files as resources
from operator import attrgetter
from pathlib import Path
from typing import Final, TypeVar

import loaders
from loaders import sources
from loaders.cells import Row
from loaders.corrections import Place, is_replaced, joined, loaded_before, may_be_corrected
from loaders.errors import FileError, RowError
from loaders.in_columns import InColumns, read_in_columns
from loaders.mapping import NO_MAPPING, SUFFIX, ColumnMapping, read_mapping
from loaders.masking import Mask
from loaders.tabular import (
    Columns,
    Table,
    open_table,
    quarantine,
    refuse_control_characters,
    remark_suspicious_text,
    unresolved_share,
)
from ontology.loads import Batch, Load
from ontology.provenance import QUARANTINE_COLUMNS, FileReport, Issue, Layout, Loaded, Source, sha256_of
from ontology.records import Record

Given = TypeVar("Given")
_ANY: Final = Columns({})
_CORRECTED: Final = QUARANTINE_COLUMNS[0]
"""The column that a file of corrected rows has."""
ReadRow = Callable[[Row], Iterable[Record]]
"""Turns a row into its records, or raises `RowError`: with the reason `natural_person`, the row is only counted."""


@dataclass
class Files:
    """The files of one source by name, and what becomes of each."""

    source: Source
    """What is known of the source; a loader may replace it by what the files say, such as what they cover."""
    paths: Mapping[str, Path]
    given: Mapping[str, str] = field(default_factory=dict)
    """How a user called each file; one that is not here is the project's own."""
    mask: Mask | None = None
    """Hides who was erased; none where nobody was."""
    needed: Set[str] | None = None
    """The register numbers (SIREN, RNA) that the graph has so far; none where a file is only checked."""
    reports: list[FileReport] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables, sorted."""
        return tuple(sorted(name for name in self.paths if not name.endswith(SUFFIX)))

    def records(
        self, file: str, columns: Columns, read_row: ReadRow, not_needed: Callable[[Row], bool] | None = None
    ) -> Iterator[Loaded]:
        """Read a table row by row; a row that `read_row` refuses goes into quarantine.

        Rows that are `not_needed` are counted, and not looked at further. A file that is missing or cannot be read (to
        its end) is reported.
        """
        read = partial(_loaded, read_row=_screened(columns, read_row))
        yield from self._read(file, columns, read, not_needed)

    def batches(
        self, file: str, columns: Columns, read_row: ReadRow, in_columns: InColumns
    ) -> Iterator[Loaded | Batch]:
        """What `records` gives; many rows at once where nothing is to be said of them.

        A file of corrected rows comes from several files, and is read row by row.
        """

        def read(rows: Iterator[Row], layout: Layout, report: FileReport) -> Iterator[Loaded | Batch]:
            one_by_one = partial(_loaded, layout=layout, report=report, read_row=_screened(columns, read_row))
            if _is_corrected(report):
                return one_by_one(rows)
            return read_in_columns(rows, layout, in_columns, dict(_screens(columns)), one_by_one)

        yield from self._read(file, columns, read)
        # Rows that cannot be taken apart are refused while others wait to be read.
        self.reports[-1].issues.sort(key=attrgetter("row"))

    def _read(
        self,
        file: str,
        columns: Columns,
        read: Callable[[Iterator[Row], Layout, FileReport], Iterator[Given]],
        not_needed: Callable[[Row], bool] | None = None,
    ) -> Iterator[Given]:
        self._report_mapping(file)
        report = self._report(file)
        try:
            report.sha256 = sha256_of(self._path(file))
            table = self._open(file, columns, report)
            rows = table.rows if columns.private is None else _public(table.rows, columns.private, report)
            rows = _needed(rows, not_needed, report) if not_needed else rows
            rows = _emptied(rows, table.hidden) if table.hidden else rows
            yield from read(rows, Layout(self.source.name, file, table.fields), report)
        except FileError as error:
            _refuse(report, error)
        else:
            self._check(report)

    def rows(self, file: str, columns: Columns) -> Iterator[Row]:
        """The sound rows of a table, to be looked at before it is read with `records`; nothing is reported.

        Empty where the file cannot be read.
        """
        report = FileReport(self.source.name, file, file)
        try:
            yield from self._open(file, columns, report).rows
        except FileError:
            return

    def fitting(self, columns: Columns) -> tuple[str, ...]:
        """The tables with the required columns, be they without rows; a source may have files of several forms."""
        return tuple(file for file in self.names if self._fits(file, columns))

    def _fits(self, file: str, columns: Columns) -> bool:
        try:
            table = self._open(file, columns, FileReport(self.source.name, file, file))
            next(table.rows, None)  # what is not begun cannot be closed
        except FileError:
            return False
        return True

    def _open(self, file: str, columns: Columns, report: FileReport) -> Table:
        path = self._path(file)
        mapping = self._read_mapping(file)
        table = open_table(path, columns, report, mapping, foreign=file in self.given, mask=self.mask)
        rows = joined(table.rows, report) if _is_corrected(report) else table.rows
        elsewhere = {place for place, name in self._corrected.items() if name != file}
        if elsewhere:
            rows = _needed(rows, partial(is_replaced, file=file, replaced=elsewhere), report)
        return replace(table, rows=rows)

    @cached_property
    def _corrected(self) -> Mapping[Place, str]:
        """The last file that corrects each row that was loaded, of those that a user gave."""
        given = [file for file in self.names if file in self.given and self.paths[file].is_file()]
        return {
            place: file
            for file in given
            if len(given) > 1 and may_be_corrected(self.paths[file])
            for place in self._corrected_by(file)
        }

    def _corrected_by(self, file: str) -> set[Place]:
        report = FileReport(self.source.name, file, file)
        try:
            rows = open_table(self.paths[file], _ANY, report, foreign=True, mask=self.mask).rows
            if _is_corrected(report):
                return set(loaded_before(rows))
            next(rows, None)  # what is not begun cannot be closed
        except FileError:  # is reported where it is read
            pass
        return set()

    def _path(self, file: str) -> Path:
        """Where a file is; raises `FileError` where it is nowhere."""
        path = self.paths.get(file)
        if path is None or not path.is_file():
            raise FileError("file_missing", file)
        return path

    def _report(self, file: str) -> FileReport:
        shown = self.given.get(file, f"{self.source.name}/{file}")
        report = FileReport(self.source.name, file, shown, shipped=file not in self.given)
        self.reports.append(report)
        return report

    def _report_mapping(self, file: str) -> None:
        """Report the mapping of a file, if there is one: before the file, which cannot be read without it."""
        name = file + SUFFIX
        if name in self.paths:
            report = self._report(name)
            if self.paths[name].is_file():
                report.sha256 = sha256_of(self.paths[name])

    def _read_mapping(self, file: str) -> ColumnMapping:
        path = self.paths.get(file + SUFFIX)
        return NO_MAPPING if path is None else read_mapping(path)

    def _check(self, report: FileReport) -> None:
        """Report what the source is expected to have and this file has not."""
        least = self.source.at_least.get(report.file, 0)
        if report.rows_read < least:
            report.issues.append(
                Issue(1, "too_few_rows", None, str(report.rows_read), f"at least {least}", refused=False)
            )
        for column, share in self.source.resolved.items():
            found = 1 - unresolved_share(report.issues, column, report.rows_read)
            if found < share:
                detail = f"{found:.1%} < {share:.1%}"
                report.issues.append(Issue(1, "too_few_resolved", column, detail=detail, refused=False))


def _is_corrected(report: FileReport) -> bool:
    return _CORRECTED in report.header


def _public(rows: Iterable[Row], is_private: Callable[[Row], bool], report: FileReport) -> Iterator[Row]:
    """The rows of which something may be kept; the others count as loaded."""
    for row in rows:
        if is_private(row):
            report.rows_loaded += 1
        else:
            yield row


def _needed(rows: Iterable[Row], not_needed: Callable[[Row], bool], report: FileReport) -> Iterator[Row]:
    """The rows that are needed; the others count as loaded."""
    for row in rows:
        if not_needed(row):
            report.rows_loaded += 1
            report.rows_not_needed += 1
        else:
            yield row


def _emptied(rows: Iterable[Row], hidden: frozenset[int]) -> Iterator[Row]:
    """The rows with nothing in the hidden columns."""
    for row in rows:
        yield replace(row, values=tuple("" if at in hidden else cell for at, cell in enumerate(row.values)))


def _screened(columns: Columns, read_row: ReadRow) -> ReadRow:
    """Reads only rows that name no natural person where an organisation is meant; of another it says so."""
    screens = _screens(columns)
    if not screens:
        return read_row

    def read(row: Row) -> Iterable[Record]:
        for column, is_person in screens:
            text = row.text(column)
            if text is not None and is_person(text):
                raise RowError("natural_person", column=column)
        return read_row(row)

    return read


def _screens(columns: Columns) -> list[tuple[str, Callable[[str], bool]]]:
    """The columns that may name a natural person, and how to know it."""
    return [(name, one.is_person) for name, one in columns.personal.items() if one.treatment == "screened"]


def _loaded(rows: Iterable[Row], layout: Layout, report: FileReport, read_row: ReadRow) -> Iterator[Loaded]:
    for row in rows:
        try:
            refuse_control_characters(row)
            records = list(read_row(row))
        except RowError as error:
            if error.code == "natural_person":  # which is no fault of the row's, and not to be copied
                row.withhold(error.column or "")
                report.rows_loaded += 1
            else:
                quarantine(report, row.number, error, row.original())
        except ValueError as error:  # pydantic: what the checks of the cells did not foresee
            quarantine(report, row.number, RowError("invalid_record", str(error)), row.original())
        else:
            report.rows_loaded += 1
            if not report.shipped:
                remark_suspicious_text(row)
            for record in records:
                yield Loaded(record, layout, row.number, row.values)


def _refuse(report: FileReport, error: FileError) -> None:
    report.file_refused = True
    report.issues.append(Issue(error.row, error.code, error.column, None, error.detail))


LoadFunction = Callable[[Files], Iterator[Loaded | Batch]]


@dataclass(frozen=True)
class Loader:
    """A source and how it is read. `files` are the names that a folder of it must hold; none = any files."""

    source: Source
    load: LoadFunction
    files: tuple[str, ...]
    data: Path | None
    """The folder of the copy that the project ships."""
    template: Columns | None
    """The columns of the file that a user fills in; none where nobody would."""
    columns: tuple[Columns, ...] = ()
    """The columns of each form of its files, as far as they are known beforehand."""

    def paths(self, given: Path) -> dict[str, Path]:
        """The files of the source in a folder (`self.files`, present or not), or the one file that was given."""
        if given.is_dir():
            names = self.files or sorted(one.name for one in given.iterdir() if one.is_file() and one.name[0] != ".")
            return {name: given / name for name in names}
        return {(self.files[0] if len(self.files) == 1 else given.name): given}

    def open(
        self,
        paths: Mapping[str, Path],
        given: Mapping[str, str] | None = None,
        mask: Mask | None = None,
        needed: Set[str] | None = None,
    ) -> Load:
        """Start loading; nothing is read before the records are asked for.

        `given`: how a user called the files. `mask` hides who was erased. `needed`: the register numbers that the graph
        has; it may grow until the records are asked for.
        """
        files = Files(self.source, paths, given or {}, mask, needed)
        load = Load(self.source, (), files.reports)

        def items() -> Iterator[Loaded | Batch]:
            yield from self.load(files)
            load.source = files.source

        load.items = items()
        return load


_REGISTERED: dict[str, Loader] = {}


def loader(
    source: Source,
    *,
    files: tuple[str, ...] = (),
    data: str | None = None,
    template: Columns | None = None,
    columns: tuple[Columns, ...] = (),
) -> Callable[[LoadFunction], LoadFunction]:
    """Register the decorated function as the loader of `source`; `data` is its folder in `loaders/data`.

    `columns` are those of each form of its files. `template`: those of a file that users fill in themselves, with a
    note for each.
    """

    def register(function: LoadFunction) -> LoadFunction:
        if source.name in _REGISTERED:
            raise ValueError(f"two loaders are called {source.name!r}: rename one of them")
        folder = Path(str(resources(loaders))) / "data" / data if data else None
        _REGISTERED[source.name] = Loader(
            source, function, files, folder, template, columns or ((template,) if template else ())
        )
        return function

    return register


@cache
def all_loaders() -> Mapping[str, Loader]:
    """Every loader by name, found by importing each module of `loaders.sources`."""
    for module in pkgutil.iter_modules(sources.__path__, f"{sources.__name__}."):
        import_module(module.name)
    return dict(sorted(_REGISTERED.items()))
