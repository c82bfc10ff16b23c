"""Records into tables: one a record class, the columns its fields.

`iri`, `id` (the record's key) and `source` come first. Tuples become lists, fields that point to a
territory hold its code, all other pointers the IRI.

Memory does not grow with the number of records where there is a folder for what has been collected so far.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Final

import polars as pl

from ontology import iris, records
from ontology.loads import Batch, RecordColumns
from ontology.provenance import Layout, Loaded
from ontology.records import Record
from ontology.terms import UNIT, mapped

CHUNK_RECORDS = 1_000
"""How many records wait to be made columns of."""
ROW_GROUP_ROWS = 25_000
"""How many rows a Parquet file keeps together; what reads or writes it needs memory for a few of these groups."""
_TEXTS: Final = pl.List(pl.String)
_STATUSES: Final = pl.List(pl.Struct({"review": pl.String, "text": pl.String, "status": pl.String}))
TABLES: Final[Mapping[str, type[Record]]] = {
    "actors": records.Actor,
    "merged": records.MergedActor,
    "alliances": records.Alliance,
    "memberships": records.Membership,
    "relations": records.Relation,
    "chantiers": records.Chantier,
    "measures": records.Measure,
    "platforms": records.Platform,
    "programmes": records.Programme,
    "events": records.Event,
    "figures": records.Figure,
    "territories": records.Territory,
    "goals": records.Goal,
    "targets": records.Target,
}
"""The tables of records by name."""
_TYPES: Final[Mapping[str, Any]] = {
    "source_urls": _TEXTS, "targets": _TEXTS, "leads": _TEXTS, "involved": _TEXTS, "alt_names": _TEXTS,
    "completed_from": _TEXTS,
    "parents": _TEXTS, "old_codes": _TEXTS, "statuses": _STATUSES, "retrieved": pl.Date, "value": pl.Float64,
    "sample_size": pl.Int64, "number": pl.Int64, "population": pl.Int64, "latitude": pl.Float64,
    "longitude": pl.Float64, "budget_eur": pl.Float64, "amount_eur": pl.Float64,
}  # fmt: skip
"""The types of fields that are no text. (A figure's `population` is text: see `_type_of`.)"""
ORIGINS_SCHEMA: Final = {
    "iri": pl.String, "field": pl.String, "source": pl.String, "file": pl.String, "row": pl.Int32,
    "column": pl.String, "raw": pl.String,
}  # fmt: skip


class Pieces:
    """A table that comes in pieces, which wait in files of `folder`, or in memory where there is none."""

    def __init__(self, name: str, folder: Path | None) -> None:
        self._name = name
        self._folder = folder
        self._numbers = count()
        self._frames: list[pl.LazyFrame] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Append the rows of `frame`."""
        self._frames.append(frame.lazy() if self._folder is None else self._kept(frame, self._folder))

    def _kept(self, frame: pl.DataFrame, folder: Path) -> pl.LazyFrame:
        file = folder / f"{self._name}-{next(self._numbers)}.arrow"
        frame.write_ipc(file, compression="lz4")
        return pl.scan_ipc(file)

    def whole(self) -> pl.LazyFrame:
        """All rows, in the order in which they came; there must be a piece, be it empty."""
        return pl.concat(self._frames)


class RecordTables:
    """Collects records, then gives the tables. Rows keep the order in which the records came.

    `folder`: where what was collected waits, which must be there until the tables are read.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._waiting: dict[type[Record], list[Record]] = defaultdict(list)
        self._pieces = {kind: Pieces(name, folder) for name, kind in TABLES.items()}

    def add(self, record: Record) -> None:
        """Take a record in."""
        waiting = self._waiting[type(record)]
        waiting.append(record)
        if len(waiting) >= CHUNK_RECORDS:
            self._flush(type(record))

    def add_columns(self, columns: RecordColumns) -> None:
        """Take many records in."""
        self._flush(columns.kind)
        self._pieces[columns.kind].add(_frame_of_columns(columns))

    def _flush(self, kind: type[Record]) -> None:
        self._pieces[kind].add(_frame(kind, self._waiting.pop(kind, [])))

    def scan(self) -> dict[str, pl.LazyFrame]:
        """Every table of `TABLES`, empty ones too, and `outlines` (id, level, wkt), to be read once all is added."""
        for kind in TABLES.values():
            self._flush(kind)
        tables = {name: self._pieces[kind].whole() for name, kind in TABLES.items()}
        territories = tables["territories"]
        tables["outlines"] = territories.filter(pl.col("wkt").is_not_null()).select("id", "level", "wkt")
        tables["territories"] = territories.drop("wkt")
        return tables

    def frames(self) -> dict[str, pl.DataFrame]:
        """The tables of `scan`, read into memory."""
        return {name: table.collect() for name, table in self.scan().items()}


def _names(kind: type[Record]) -> list[str]:
    return [name for name in kind.model_fields if name not in {"source", "key"}]


def _frame_of_columns(columns: RecordColumns) -> pl.DataFrame:
    fields = columns.fields
    return fields.select(
        iri=columns.iri,
        id="key",
        source=pl.lit(columns.source),
        **{name: _column(columns.kind, name, fields) for name in _names(columns.kind)},
    )


def _column(kind: type[Record], name: str, fields: pl.DataFrame) -> pl.Expr:
    if name not in fields.columns:
        default = kind.model_fields[name].default
        return pl.lit([] if default == () else default, dtype=_type_of(kind, name))
    return mapped(pl.col(name), _code) if name == "territory" else pl.col(name).cast(_type_of(kind, name))


def _frame(kind: type[Record], rows: list[Record]) -> pl.DataFrame:
    columns = {
        "iri": pl.Series([row.iri for row in rows], dtype=pl.String),
        "id": pl.Series([row.key for row in rows], dtype=pl.String),
        "source": pl.Series([row.source for row in rows], dtype=pl.String),
        **{name: _series(kind, name, [getattr(row, name) for row in rows]) for name in _names(kind)},
    }
    return pl.DataFrame(columns)


def _series(kind: type[Record], name: str, values: list[Any]) -> pl.Series:
    if name == "territory":
        values = [value and _code(value) for value in values]
    elif name == "parents":
        values = [[_code(parent) for parent in parents] for parents in values]
    elif name == "statuses":
        values = [[status.model_dump() for status in statuses] for statuses in values]
    elif name in {"value", "budget_eur", "amount_eur"}:
        values = [None if value is None else float(value) for value in values]
    dtype = _type_of(kind, name)
    return _texts(values) if dtype == _TEXTS else pl.Series(values, dtype=dtype)


def _texts(values: list[Iterable[str]]) -> pl.Series:
    """A column of lists of texts. Joined and split, because a series a list is ten times slower."""
    joined = pl.Series("texts", [UNIT.join(one) for one in values], dtype=pl.String)
    empty = pl.lit([], dtype=_TEXTS)
    return pl.select(pl.when(joined == "").then(empty).otherwise(joined.str.split(UNIT))).to_series()


def _type_of(kind: type[Record], name: str) -> Any:
    if (kind, name) == (records.Figure, "population"):
        return pl.String
    return _TYPES.get(name, pl.String)


@lru_cache(maxsize=1 << 12)
def _code(iri: str) -> str:
    return iris.parse(iri)[2]


class Origins:
    """Collects which cell of which row each field of each record was read from; `folder` as in `RecordTables`."""

    def __init__(self, folder: Path | None = None) -> None:
        self._waiting: dict[Layout, list[Loaded]] = defaultdict(list)
        self._folder = folder
        self._pieces: dict[Layout | None, Pieces] = {}
        self._add(None, pl.DataFrame(schema=ORIGINS_SCHEMA))

    def add(self, loaded: Loaded) -> None:
        """Take a record's row in."""
        waiting = self._waiting[loaded.layout]
        waiting.append(loaded)
        if len(waiting) >= CHUNK_RECORDS:
            self._flush(loaded.layout)

    def add_batch(self, batch: Batch) -> None:
        """Take the rows of many records in."""
        self._flush(batch.layout)
        records = pl.concat([pl.DataFrame({"at": one.at, "iri": one.iri}) for one in batch.records])
        records = records.sort("at", maintain_order=True)
        cells = batch.cells[records["at"]]
        self._add(batch.layout, _origins(batch.layout, records["iri"], batch.rows.gather(records["at"]), cells))

    def _flush(self, layout: Layout) -> None:
        waiting = self._waiting.pop(layout, [])
        if waiting and layout.fields:
            found = pl.Series([one.record.iri for one in waiting]), pl.Series([one.row for one in waiting])
            cells = {
                str(position): pl.Series([one.values[position] for one in waiting], dtype=pl.String)
                for _, _, position in layout.fields
            }
            self._add(layout, _origins(layout, *found, pl.DataFrame(cells)))

    def _add(self, layout: Layout | None, frame: pl.DataFrame) -> None:
        if layout not in self._pieces:
            self._pieces[layout] = Pieces(f"origins-{len(self._pieces)}", self._folder)
        self._pieces[layout].add(frame)

    def scan(self) -> pl.LazyFrame:
        """One row a cell with text: `ORIGINS_SCHEMA`, to be read once all is added; file by file, record by record."""
        for layout in list(self._waiting):
            self._flush(layout)
        return pl.concat([one.whole() for one in self._pieces.values()])

    def frame(self) -> pl.DataFrame:
        """The table of `scan`, read into memory."""
        return self.scan().collect()


def _origins(layout: Layout, records: pl.Series, rows: pl.Series, cells: pl.DataFrame) -> pl.DataFrame:
    """The cells with text of each record, in the order of the layout; columns of `cells` are called by position."""
    found = pl.DataFrame({"iri": records, "row": rows.cast(pl.Int32)}).with_row_index("record")
    frames = [
        found.with_columns(
            raw=cells[str(position)],
            field=pl.lit(name),
            source=pl.lit(layout.source),
            file=pl.lit(layout.file),
            column=pl.lit(column),
        ).filter(pl.col("raw") != "")
        for name, column, position in layout.fields
    ]
    return pl.concat(frames).sort("record", maintain_order=True).select(*ORIGINS_SCHEMA)


def write_tables(frames: Mapping[str, pl.DataFrame | pl.LazyFrame], folder: Path) -> None:
    """Write each table as Parquet into a new folder; one that is not in memory passes through it piece by piece."""
    folder.mkdir()
    for name, frame in frames.items():
        frame.lazy().sink_parquet(
            folder / f"{name}.parquet", compression="zstd", statistics=False, row_group_size=ROW_GROUP_ROWS
        )
