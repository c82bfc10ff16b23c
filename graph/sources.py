"""What a generation knows of its sources and their files, as tables and back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import polars as pl

from ontology import iris
from ontology.provenance import Coverage, FileReport, Source

_TEXTS = pl.List(pl.String)
_SOURCE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "iri": pl.String, "id": pl.String, "name": pl.String, "name_en": pl.String, "publisher": pl.String,
    "licence": pl.String, "licence_url": pl.String, "homepage": pl.String, "attribution": pl.String,
    "vintage": pl.String, "formats": _TEXTS, "coverage_fr": pl.String, "coverage_en": pl.String,
    "complete": _TEXTS, "partial": _TEXTS, "kinds": _TEXTS, "start": pl.String, "end": pl.String,
    "spans": pl.List(pl.Struct({"code": pl.String, "start": pl.String, "end": pl.String})),
}  # fmt: skip
_FILE_SCHEMA = {
    "source": pl.String, "file": pl.String, "sha256": pl.String, "rows_read": pl.Int64, "rows_loaded": pl.Int64,
    "rows_quarantined": pl.Int64,
}  # fmt: skip


def source_table(sources: Iterable[Source]) -> pl.DataFrame:
    """One row a source: what it is, its licence, and what it covers."""
    return pl.DataFrame([_source_row(source) for source in sources], schema=_SOURCE_SCHEMA)


def _source_row(source: Source) -> dict[str, object]:
    coverage = source.coverage
    return {
        "iri": iris.dataset(source.name), "id": source.name, "name": source.title_fr, "name_en": source.title_en,
        "publisher": source.publisher, "licence": source.licence, "licence_url": source.licence_url,
        "homepage": source.homepage, "attribution": source.attribution, "vintage": source.vintage,
        "formats": source.formats, "coverage_fr": coverage.fr, "coverage_en": coverage.en,
        "complete": coverage.complete, "partial": coverage.partial, "kinds": coverage.kinds,
        "start": coverage.start, "end": coverage.end, "spans": [asdict(one) for one in coverage.spans],
    }  # fmt: skip


def file_table(reports: Iterable[FileReport]) -> pl.DataFrame:
    """One row a file: its checksum, and the balance of its rows."""
    rows = [(one.name, one.file, one.sha256, one.rows_read, one.rows_loaded, one.rows_quarantined) for one in reports]
    return pl.DataFrame(rows, schema=_FILE_SCHEMA, orient="row")


def coverages(sources: pl.DataFrame) -> tuple[Coverage, ...]:
    """What each row of a source table covers; a territory that is covered in its own time is one more."""
    return tuple(one for row in sources.iter_rows(named=True) for one in (_coverage(row), *_spans(row)))


def _coverage(row: Mapping[str, Any]) -> Coverage:
    return Coverage(
        complete=tuple(row["complete"]),
        partial=tuple(row["partial"]),
        kinds=tuple(row["kinds"]),
        start=row["start"],
        end=row["end"],
        fr=row["coverage_fr"],
        en=row["coverage_en"],
    )


def _spans(row: Mapping[str, Any]) -> Iterator[Coverage]:
    for span in row.get("spans", ()):  # generations of before have none
        yield Coverage(complete=(span["code"],), kinds=tuple(row["kinds"]), start=span["start"], end=span["end"])


def knowledge_date(frames: Mapping[str, pl.DataFrame]) -> date:
    """The newest day on which a source was read; the first of the calendar where none says so."""
    newest = [frames[name]["retrieved"].max() for name in ("actors", "alliances", "relations", "events")]
    return max((day for day in newest if isinstance(day, date)), default=date.min)
