"""The sources: each file in `loaders/sources/` registers one by decorating its load function.

@loader(Source(name="sdg", …), files=("goals.csv", "targets.csv"), data="sdg")
def load(files: Files) -> Iterator[Loaded]:
    yield from files.records("goals.csv", GOALS, goal)
"""

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.resources import files as resources
from pathlib import Path

import loaders
from loaders import sources
from loaders.cells import Row
from loaders.errors import FileError, RowError
from loaders.tabular import Columns, open_table, quarantine, refuse_control_characters
from ontology.provenance import FileReport, Issue, Layout, Load, Loaded, Source
from ontology.records import Record

ReadRow = Callable[[Row], Iterable[Record]]
"""Turns a row into its records, or raises `RowError`."""


@dataclass
class Files:
    """The files of one source by name, and what becomes of each."""

    source: Source
    paths: Mapping[str, Path]
    given: Mapping[str, str] = field(default_factory=dict)
    """How a user called each file; one that is not here is the project's own."""
    reports: list[FileReport] = field(default_factory=list)

    def records(self, file: str, columns: Columns, read_row: ReadRow) -> Iterator[Loaded]:
        """Read a table row by row; a row that `read_row` refuses goes into quarantine.

        A file that is missing or cannot be read is reported, and yields nothing.
        """
        path = self.paths.get(file)
        shown = self.given.get(file, f"{self.source.name}/{file}")
        report = FileReport(self.source.name, file, shown, shipped=file not in self.given)
        self.reports.append(report)
        try:
            positions, rows = open_table(_existing(path, file), columns, report)
        except FileError as error:
            report.file_refused = True
            report.issues.append(Issue(error.row, error.code, error.column, None, error.detail))
            return
        yield from self._loaded(rows, self._layout(file, columns, positions), read_row, report)
        self._check_size(report)

    def _layout(self, file: str, columns: Columns, positions: Mapping[str, int]) -> Layout:
        fields = ((columns.fields[name], name, at) for name, at in positions.items() if name in columns.fields)
        return Layout(self.source.name, file, tuple(fields))

    @staticmethod
    def _loaded(rows: Iterable[Row], layout: Layout, read_row: ReadRow, report: FileReport) -> Iterator[Loaded]:
        for row in rows:
            try:
                refuse_control_characters(row)
                records = list(read_row(row))
            except RowError as error:
                quarantine(report, row.number, error, row.original())
            except ValueError as error:  # pydantic: what the checks of the cells did not foresee
                quarantine(report, row.number, RowError("invalid_record", str(error)), row.original())
            else:
                report.rows_loaded += 1
                for record in records:
                    yield Loaded(record, layout, row.number, row.values)

    def _check_size(self, report: FileReport) -> None:
        least = self.source.at_least.get(report.file, 0)
        if report.rows_read < least:
            report.issues.append(
                Issue(1, "too_few_rows", None, str(report.rows_read), f"at least {least}", refused=False)
            )


def _existing(path: Path | None, file: str) -> Path:
    if path is None or not path.is_file():
        raise FileError("file_missing", file)
    return path


LoadFunction = Callable[[Files], Iterator[Loaded]]


@dataclass(frozen=True)
class Loader:
    """A source and how it is read. `files` are the names that a folder of it must hold; none = any one file."""

    source: Source
    load: LoadFunction
    files: tuple[str, ...]
    data: Path | None
    """The folder of the copy that the project ships."""

    def paths(self, given: Path) -> dict[str, Path]:
        """The files of the source in a folder (`self.files`, present or not), or the one file that was given."""
        if given.is_dir() and self.files:
            return {name: given / name for name in self.files}
        return {(self.files[0] if len(self.files) == 1 else given.name): given}

    def open(self, paths: Mapping[str, Path], given: Mapping[str, str] | None = None) -> Load:
        """Start loading; nothing is read before the records are asked for. `given`: how a user called the files."""
        files = Files(self.source, paths, given or {})
        return Load(self.source, self.load(files), files.reports)


_REGISTERED: dict[str, Loader] = {}


def loader(
    source: Source, *, files: tuple[str, ...] = (), data: str | None = None
) -> Callable[[LoadFunction], LoadFunction]:
    """Register the decorated function as the loader of `source`; `data` is its folder in `loaders/data`."""

    def register(function: LoadFunction) -> LoadFunction:
        if source.name in _REGISTERED:
            raise ValueError(f"two loaders are called {source.name!r}: rename one of them")
        folder = Path(str(resources(loaders))) / "data" / data if data else None
        _REGISTERED[source.name] = Loader(source, function, files, folder)
        return function

    return register


@cache
def all_loaders() -> Mapping[str, Loader]:
    """Every loader by name, found by importing each module of `loaders.sources`."""
    for module in pkgutil.iter_modules(sources.__path__, f"{sources.__name__}."):
        import_module(module.name)
    return dict(sorted(_REGISTERED.items()))
