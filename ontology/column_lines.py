"""The statements of many records at once, as lines of N-Quads: for each record those that `rdf.lines_of` gives."""

from collections.abc import Iterator
from typing import Final, TypeAlias

import polars as pl

from ontology.loads import Kind, RecordColumns
from ontology.rdf import DCT, ORG, PLAIN, PROPERTIES, PROV, RDF, Property, classes_of, line_end, line_of
from ontology.records import Membership, Record
from ontology.terms import UNIT, interval, mapped, term_of, thing

Parts: TypeAlias = tuple[pl.Expr, ...]
"""What stands side by side in each row; where it is null, nothing stands there."""

_PERIOD: Final = ["start", "end"]
_SUBJECT: Final = "_subject"
_ROW: Final = "_row"
"""Columns beside the fields: the IRI of each record between its brackets, and that of the row that it stands in."""


def lines_of_columns(records: RecordColumns, rows: pl.Series) -> pl.Series:
    """The lines about each record, as one text; `rows` are the IRIs of the rows that the records stand in.

    Those about periods, which records share, are not among them: see `periods`.
    """
    kind, fields, end = records.kind, records.fields, line_end(records.source)
    parts = [
        *_each(RDF + "type", _classes(kind, fields), end),
        *_line(DCT + "identifier", term_of(PLAIN, pl.col("key")), end),
        *(
            _whole(_line(ORG + "memberDuring", thing(interval(*map(pl.col, _PERIOD))), end))
            if kind is Membership
            else ()
        ),
        *(
            part
            for one in PROPERTIES[kind]
            if one.field in fields.columns
            for part in _said(one, fields[one.field], end)
        ),
        *_line(PROV + "wasDerivedFrom", thing(pl.col(_ROW)), end),
    ]
    beside = fields.with_columns(thing(pl.lit(records.iri)).alias(_SUBJECT), rows.alias(_ROW))
    return beside.select(pl.concat_str(parts, ignore_nulls=True).alias("lines")).to_series()


def periods(memberships: pl.DataFrame) -> Iterator[tuple[int, str | None, str | None]]:
    """Each period that memberships have, after the number of the first of them that has it."""
    dated = memberships.select(_PERIOD).with_row_index().filter(~pl.all_horizontal(pl.col(_PERIOD).is_null()))
    yield from dated.unique(_PERIOD, keep="first", maintain_order=True).iter_rows()


def _line(predicate: str, term: pl.Expr, end: str) -> Parts:
    """A line about each record, in parts."""
    return pl.col(_SUBJECT), pl.lit(f" <{predicate}> "), term, pl.lit(end)


def _whole(line: Parts) -> Parts:
    """A line as one part, which is null where the term is."""
    return (pl.concat_str(line),)


def _each(predicate: str, terms: pl.Expr, end: str) -> Parts:
    """A line for each of a record's terms, which have `UNIT` between them."""
    between = pl.concat_str(pl.lit(end), _SUBJECT, pl.lit(f" <{predicate}> "))
    return _line(predicate, terms.str.split(UNIT).list.join(between), end)


def _said(of: Property, values: pl.Series, end: str) -> Parts:
    """The lines that say the values of a field."""
    column = pl.col(of.field)
    if not of.many:
        line = _line(of.iri, term_of(of.codec, column), end)
        return _whole(line) if values.has_nulls() else line
    if (values.list.len() == 1).all():  # as nearly always, and faster
        return _line(of.iri, term_of(of.codec, column.list.first()), end)
    write = line_of(of.codec)
    texts = pl.when(column.list.len() > 0).then(column.list.join(UNIT))
    return _whole(_each(of.iri, mapped(texts, lambda text: UNIT.join(map(write, text.split(UNIT)))), end))


def _classes(kind: Kind, fields: pl.DataFrame) -> pl.Expr:
    """The classes, which depend on what kind of actor it is, and on nothing else."""
    if "kind" in fields.columns:
        return mapped(pl.col("kind"), lambda one: _class_terms(kind.model_construct(kind=one)))
    return pl.lit(_class_terms(kind.model_construct()))


def _class_terms(record: Record) -> str:
    return UNIT.join(f"<{iri}>" for iri in classes_of(record))
