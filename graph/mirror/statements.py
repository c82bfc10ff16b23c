"""From nodes and relationships back to the statements that they stand for: lines of N-Quads, as the dump has them.

In columns, a slice of rows at a time. A line may come twice, where two things say the same of a node that they share
(the interval of two memberships); as a set the lines are the generation's dump without the ontology.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import polars as pl

from graph.mirror.elements import END, START, Elements, Links, Nodes
from graph.mirror.schema import Key, LinkKind, NodeKind, link_kinds, node_kinds
from ontology import iris, schemes
from ontology.rdf import (
    ADMS,
    AL,
    FRENCH,
    GEO,
    ORG,
    PARTIAL,
    QB,
    RDF,
    SCHEMA,
    SKOS,
    TIME,
    classes_of,
)
from ontology.records import Actor
from ontology.terms import interval, mapped, minted, minted_by, term_of, text, thing

SLICE_ROWS: Final = 20_000
"""Rows whose lines are made at a time."""
_TYPE: Final = RDF + "type"
_SUBJECT: Final = "_subject"
_GRAPH: Final = "_graph"
"""Columns with the beginning and the end of a row's lines."""
_PARTS_OF: Final = ("programme", "platform", "event")
"""An actor's tie to one of these kinds is a participation, an `org:Membership`."""


def lines_from(elements: Elements) -> Iterator[str]:
    """The lines that the elements stand for, each with its line break; see `line_columns`."""
    return (f"{line}\n" for column in line_columns(elements) for line in column)


def line_columns(elements: Elements) -> Iterator[pl.Series]:
    """The same without line breaks, in columns of some ten thousand lines, without nulls.

    Nothing that stands in a frame of the right types raises. Stubs stand for no statement, and labels and types that
    are none of the map for none either.
    """
    for nodes in elements.nodes:
        yield from _node_lines(nodes)
    for links in elements.links:
        yield from _link_lines(links)


def _node_lines(nodes: Nodes) -> Iterator[pl.Series]:
    kind = node_kinds().get(nodes.labels)
    if kind is None:
        return
    for rows in _slices(nodes.frame, "iri"):
        yield from (_lines(rows, _TYPE, _iri(name)) for name in kind.classes)
        yield from _said(rows, kind.keys)
        yield from _MORE.get(kind.labels[0], _nothing_more)(rows, kind)


def _link_lines(links: Links) -> Iterator[pl.Series]:
    kind = link_kinds().get(links.type)
    if kind is None:
        return
    for rows in _slices(links.frame, "iri" if kind.keyed else START):
        if kind.keyed:
            yield from _said(rows, kind.keys)
            yield from (_membership if kind.iri == ORG + "Membership" else _relation)(rows, kind)
        else:
            yield _lines(rows, kind.iri, thing(pl.col(END)))


def _slices(frame: pl.DataFrame, subject: str) -> Iterator[pl.DataFrame]:
    begun = pl.concat_str(pl.lit("<"), subject, pl.lit("> "))
    ended = pl.concat_str(pl.lit(" <"), mapped(pl.col("source"), iris.dataset), pl.lit("> ."))
    for rows in frame.iter_slices(SLICE_ROWS):
        yield rows.with_columns(begun.alias(_SUBJECT), ended.alias(_GRAPH))


def _said(rows: pl.DataFrame, keys: Iterable[Key]) -> Iterator[pl.Series]:
    """The statements that one value makes."""
    stated = [key for key in keys if key.codec and rows[key.name].null_count() < rows.height]  # most keys are rare
    yield from _each(rows, [key for key in stated if key.shape != "texts"])
    for key in (one for one in stated if one.shape == "texts"):
        yield from _each(rows.select(_SUBJECT, _GRAPH, key.name).explode(key.name), [key])


def _each(rows: pl.DataFrame, keys: Iterable[Key]) -> Iterator[pl.Series]:
    lines = (_line(key.iri, term_of(key.codec, pl.col(key.name))).alias(key.name) for key in keys if key.codec)
    return (column.drop_nulls() for column in rows.select(*lines))


def _lines(rows: pl.DataFrame, predicate: str, term: pl.Expr) -> pl.Series:
    """One line a row; none where a part of it is null."""
    return rows.select(_line(predicate, term).alias("line")).to_series().drop_nulls()


def _line(predicate: str, term: pl.Expr) -> pl.Expr:
    return pl.concat_str(_SUBJECT, pl.lit(f"<{predicate}> "), term, _GRAPH)


def _iri(name: str) -> pl.Expr:
    return pl.lit(f"<{name}>")


# What takes more than one value


def _nothing_more(_rows: pl.DataFrame, _kind: NodeKind) -> Iterator[pl.Series]:
    return iter(())


def _actor(rows: pl.DataFrame, kind: NodeKind) -> Iterator[pl.Series]:
    for (key,), same in rows.partition_by("kind", as_dict=True).items():
        for name in classes_of(Actor.model_construct(kind=str(key))):
            yield _lines(same, _TYPE, _iri(name))
    yield from _identified(rows, kind)


def _identified(rows: pl.DataFrame, _kind: NodeKind) -> Iterator[pl.Series]:
    for scheme in schemes.keys("identifier-scheme"):
        known = rows.with_columns(_node=minted("identifier", scheme, pl.col(scheme))).drop_nulls("_node")
        yield _lines(known, ADMS + "identifier", thing(pl.col("_node")))
        about = _about(known)
        yield _lines(about, _TYPE, _iri(ADMS + "Identifier"))
        yield _lines(about, SKOS + "notation", text(pl.col(scheme)))
        yield _lines(about, AL + "identifierScheme", _iri(iris.concept("identifier-scheme", scheme)))


def _reviewed(rows: pl.DataFrame, kind: NodeKind) -> Iterator[pl.Series]:
    name = kind.labels[0].lower()
    each = rows.select(_SUBJECT, _GRAPH, "id", "source", "reviews", "statuses", "status_texts").drop_nulls("reviews")
    each = each.explode("reviews", "statuses", "status_texts")
    key = pl.concat_str(pl.lit(f"{name}|"), "id", pl.lit("|"), "reviews")
    known = each.with_columns(_node=minted_by("status", pl.col("source"), key)).drop_nulls("_node")
    yield _lines(known, AL + "reviewStatus", thing(pl.col("_node")))
    about = _about(known)
    yield _lines(about, _TYPE, _iri(AL + "ReviewStatus"))
    yield _lines(about, AL + "review", term_of(PARTIAL, pl.col("reviews")))
    yield _lines(about, AL + "statusText", term_of(FRENCH, pl.col("status_texts")))
    concept = mapped(pl.col("statuses"), lambda status: iris.concept("status", status))
    yield _lines(about.filter(pl.col("statuses") != ""), AL + "status", thing(concept))


def _figure(rows: pl.DataFrame, _kind: NodeKind) -> Iterator[pl.Series]:
    yield _lines(rows, QB + "dataSet", _iri(AL + "figures"))
    yield _lines(rows, AL + "indicator", term_of(FRENCH, pl.col("name")))


def _territory(rows: pl.DataFrame, _kind: NodeKind) -> Iterator[pl.Series]:
    outline = minted_by("geometry", pl.col("source"), pl.col("id"))
    drawn = rows.drop_nulls("wkt").with_columns(_node=outline).drop_nulls("_node")
    yield _lines(drawn, GEO + "hasGeometry", thing(pl.col("_node")))
    about = _about(drawn)
    yield _lines(about, _TYPE, _iri(GEO + "Geometry"))
    yield _lines(about, GEO + "asWKT", text(pl.col("wkt"), f"^^<{GEO}wktLiteral>"))


def _membership(rows: pl.DataFrame, kind: LinkKind) -> Iterator[pl.Series]:
    yield _lines(rows, _TYPE, _iri(kind.iri))
    yield from _tie(rows, ORG + "member", ORG + "organization")
    dated = rows.with_columns(_node=interval(pl.col("start"), pl.col("end"))).drop_nulls("_node")
    yield _lines(dated, ORG + "memberDuring", thing(pl.col("_node")))
    about = _about(dated.unique("_node"))
    yield _lines(about, _TYPE, _iri(TIME + "Interval"))
    yield _lines(about, SCHEMA + "startDate", term_of(PARTIAL, pl.col("start")))
    yield _lines(about, SCHEMA + "endDate", term_of(PARTIAL, pl.col("end")))


def _relation(rows: pl.DataFrame, kind: LinkKind) -> Iterator[pl.Series]:
    yield _lines(rows, _TYPE, _iri(AL + "Relation"))
    yield _lines(rows, AL + "relation", _iri(kind.iri))
    yield from _tie(rows, AL + "subject", AL + "object")
    part = rows.filter(_is_a(START, "actor") & pl.any_horizontal(_is_a(END, one) for one in _PARTS_OF))
    yield _lines(part, _TYPE, _iri(ORG + "Membership"))
    yield from _tie(part, ORG + "member", ORG + "organization")


def _tie(rows: pl.DataFrame, start: str, end: str) -> Iterator[pl.Series]:
    yield _lines(rows, start, thing(pl.col(START)))
    yield _lines(rows, end, thing(pl.col(END)))


def _is_a(column: str, kind: str) -> pl.Expr:
    return pl.col(column).str.starts_with(iris.all_of(kind))


def _about(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the node of `_node` as what their lines are about."""
    return rows.with_columns(pl.concat_str(pl.lit("<"), "_node", pl.lit("> ")).alias(_SUBJECT))


_MORE: Final[Mapping[str, Callable[[pl.DataFrame, NodeKind], Iterator[pl.Series]]]] = {
    "Actor": _actor,
    "MergedActor": _identified,
    "Chantier": _reviewed,
    "Measure": _reviewed,
    "Figure": _figure,
    "Territory": _territory,
}
"""What nodes say beside their keys, by their first label."""
