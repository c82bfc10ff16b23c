"""A generation as a property graph: its nodes and its relationships, in columns, from its tables.

`graph.mirror.schema` says what becomes what; `graph.mirror.statements` is the way back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import polars as pl

from graph.mirror import schema
from graph.mirror.schema import Key, LinkKind, NodeKind, Shape
from graph.tables import TABLES
from ontology import iris
from ontology.rdf import SDG, Property
from ontology.terms import mapped, minted_by

START: Final = "start_iri"
END: Final = "end_iri"
"""The columns of a frame of links that hold the IRIs of the nodes at its ends.

They are not called `start` and `end`, because those are properties of memberships and relations: their period.
"""
TYPES: Final[Mapping[Shape, Any]] = {
    "text": pl.String,
    "texts": pl.List(pl.String),
    "integer": pl.Int64,
    "number": pl.Float64,
}
"""The type of a column, by what its property holds."""
_TABLES: Final = (*TABLES, "outlines", "sources", "files")
_ORIGIN_COLUMNS: Final = ("iri", "source", "file", "row")
_CODES: Final = frozenset({"territory", "parents"})
"""Fields that hold codes of territories in the tables."""
_REVIEW_FIELDS: Final = {"review": "reviews", "status": "statuses", "text": "status_texts"}


@dataclass(frozen=True)
class Nodes:
    """All nodes that have the same labels.

    `frame` has the columns `iri`, `source`, then one a property key of the kind; null where the property is absent.
    Types as in `TYPES`; a list is never empty (it is null then). Stubs have no `source`.
    """

    labels: tuple[str, ...]
    frame: pl.DataFrame


@dataclass(frozen=True)
class Links:
    """All relationships of one type.

    `frame` has the columns `START`, `END`, (`iri` if `keyed`,) `source`, then one a property key, as in `Nodes`.
    A relationship is identified by its `iri` if `keyed`, else by its ends and its type.
    """

    type: str
    keyed: bool
    frame: pl.DataFrame


@dataclass(frozen=True)
class Elements:
    """A whole property graph: nodes by their labels, relationships by their type, both sorted by that; none is empty.

    Each thing is there once, and whatever a relationship starts or ends at is there too.
    """

    nodes: tuple[Nodes, ...]
    links: tuple[Links, ...]


def iris_of(nodes: Iterable[Nodes]) -> pl.DataFrame:
    """The IRIs of nodes, in their order, in the one column `iri`."""
    none = pl.DataFrame(schema={"iri": pl.String})
    return pl.concat([none, *(one.frame.select("iri") for one in nodes)])


def elements_in(folder: Path) -> Elements:
    """The elements of a generation's folder."""
    tables = {name: pl.read_parquet(folder / "tables" / f"{name}.parquet") for name in _TABLES}
    origins = pl.read_parquet(folder / "tables" / "origins.parquet", columns=list(_ORIGIN_COLUMNS))
    return elements_of({**tables, "origins": origins})


def elements_of(tables: Mapping[str, pl.DataFrame]) -> Elements:
    """The elements of a generation's tables, of `origins` the columns `iri`, `source`, `file` and `row`.

    Columns that an older generation does not have are taken for empty. Raises `ValueError` for a relation, a level or
    a kind of programme that the ontology does not know.
    """
    ready = _prepared(tables)
    described = [
        Nodes(kind.labels, frame)
        for kind in schema.node_kinds().values()
        if not (frame := _node_frame(kind, ready[kind.table])).is_empty()
    ]
    links = _links(ready)
    _refuse_unknown(ready, described, links)
    stubs = _stubs(described, links)
    return Elements(tuple(sorted([*described, *stubs], key=lambda one: one.labels)), links)


def _refuse_unknown(tables: Mapping[str, pl.DataFrame], nodes: Iterable[Nodes], links: Iterable[Links]) -> None:
    """Raise `ValueError` where rows are of none of the kinds of the map, and would be lost."""
    taken: Counter[str] = Counter()
    for one in nodes:
        taken[schema.node_kinds()[one.labels].table] += one.frame.height
    taken["relations"] = sum(one.frame.height for one in links if one.keyed and one.type != schema.MEMBER_OF)
    tables_of_nodes = {kind.table for kind in schema.node_kinds().values()}
    for name in (*tables_of_nodes, "relations"):
        if tables[name].height != taken[name]:
            raise ValueError(f"the table {name!r} holds a kind that the ontology does not know: build it anew")


def _stubs(nodes: Iterable[Nodes], links: Iterable[Links]) -> Iterator[Nodes]:
    """A node for each end of a relationship that no table describes."""
    described = iris_of(nodes)
    ends = pl.concat([described.clear(), *(one.frame.select(iri=end) for one in links for end in (START, END))])
    found = ends.unique().join(described, on="iri", how="anti")
    if not found.is_empty():
        keys = (pl.col("iri").alias(key.name) for key in schema.STUB_KEYS)
        yield Nodes((schema.STUB,), found.sort("iri").select("iri", *keys))


# Tables


def _prepared(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables with one column a property key, each thing once, and the row that it stands in as `origin`."""
    outlines = tables["outlines"].unique(["id", "level"], keep="first")
    changed = {
        "sources": _sources(tables["sources"]),
        "files": tables["files"].with_columns(_absent_if_empty("sha256"), _file().alias("iri"), id="file", name="file"),
        "territories": tables["territories"].join(outlines, on=["id", "level"], how="left", maintain_order="left"),
        **{name: tables[name].with_columns(_reviews()) for name in ("measures", "chantiers")},
    }
    origins = _origins(tables["origins"])
    return {
        name: table.unique("iri", keep="first", maintain_order=True).join(
            origins, on="iri", how="left", maintain_order="left"
        )
        for name, table in {**tables, **changed}.items()
        if name not in {"origins", "outlines"}
    }


def _sources(table: pl.DataFrame) -> pl.DataFrame:
    named = table.rename({"coverage_fr": "coverage"})
    optional = map(_absent_if_empty, ("attribution", "vintage", "coverage", "coverage_en"))
    return named.with_columns(*optional, source="id")


def _absent_if_empty(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(pl.col(name)).alias(name)


def _reviews() -> list[pl.Expr]:
    """What the reviews say, as lists that go together; a list in Neo4j holds no nulls."""
    statuses = pl.col("statuses").list
    return [
        statuses.eval(pl.element().struct.field(field).fill_null("")).alias(name)
        for field, name in _REVIEW_FIELDS.items()
    ]


def _origins(cells: pl.DataFrame) -> pl.DataFrame:
    """`iri` and `origin`, the IRI of the row that the record stands in."""
    rows = cells.select(_ORIGIN_COLUMNS).unique("iri", keep="first", maintain_order=True)
    return rows.select("iri", origin=pl.concat_str(_file(), pl.lit("#row="), pl.col("row").cast(pl.String)))


def _file() -> pl.Expr:
    """The IRI of the file that the columns `source` and `file` name."""
    return minted_by("file", pl.col("source"), pl.col("file"))


# Nodes


def _node_frame(kind: NodeKind, table: pl.DataFrame) -> pl.DataFrame:
    rows = table.filter(pl.col(kind.chosen_by).is_in(kind.values)) if kind.chosen_by else table
    return rows.select("iri", "source", *_values(kind.keys, rows.schema))


def _values(keys: Iterable[Key], found: pl.Schema) -> Iterator[pl.Expr]:
    return (_value(key, found.get(key.name)) for key in keys)


def _value(key: Key, found: pl.DataType | None) -> pl.Expr:
    """The column of a key in the type of its shape; `found` is its type in the table, `None` if it is not there."""
    column = pl.col(key.name)
    if found is None:
        return pl.lit(None, TYPES[key.shape]).alias(key.name)
    if found == pl.Date:
        return column.dt.to_string("%Y-%m-%d")
    return pl.when(column.list.len() > 0).then(column) if key.shape == "texts" else column


# Relationships


def _links(tables: Mapping[str, pl.DataFrame]) -> tuple[Links, ...]:
    kinds = schema.link_kinds()
    frames: defaultdict[str, list[pl.DataFrame]] = defaultdict(list)
    for name, frame in chain(_memberships(tables), _relations(tables), _of_fields(tables), _of_sources(tables)):
        frames[name].append(frame)
    return tuple(
        Links(name, kinds[name].keyed, rows)
        for name, found in sorted(frames.items())
        if not (rows := _distinct(kinds[name], pl.concat(found))).is_empty()
    )


def _distinct(kind: LinkKind, rows: pl.DataFrame) -> pl.DataFrame:
    return rows if kind.keyed else rows.unique([START, END], keep="first", maintain_order=True)


def _memberships(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, pl.DataFrame]]:
    keys = schema.link_kinds()[schema.MEMBER_OF].keys
    yield schema.MEMBER_OF, _keyed(keys, tables["memberships"], "actor", "alliance")


def _relations(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, pl.DataFrame]]:
    table = tables["relations"]
    for (key,), rows in table.partition_by("relation", as_dict=True, maintain_order=True).items():
        kind = schema.relation_kinds().get(str(key))
        if kind is not None:
            yield kind.type, _keyed(kind.keys, rows, "subject", "object")


def _keyed(keys: Iterable[Key], table: pl.DataFrame, start: str, end: str) -> pl.DataFrame:
    ends = (pl.col(start).alias(START), pl.col(end).alias(END))
    return table.select(*ends, "iri", "source", *_values(keys, table.schema))


def _of_fields(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, pl.DataFrame]]:
    for name, record in TABLES.items():
        for prop in schema.pointers(record):
            yield schema.pointer_type(prop), _pointing(tables[name], prop.field, _thing(prop), many=prop.many)


def _of_sources(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, pl.DataFrame]]:
    for name, field in schema.COVERS.items():
        yield name, _pointing(tables["sources"], field, mapped(pl.col(field), iris.territory), many=True)
    owned = tables["files"].select(pl.col("iri").alias("file"), "source", iri=mapped(pl.col("source"), iris.dataset))
    yield schema.DISTRIBUTION, _pointing(owned, "file", pl.col("file"))


def _pointing(table: pl.DataFrame, field: str, end: pl.Expr, *, many: bool = False) -> pl.DataFrame:
    """`START`, `END` and `source` of what a field points to."""
    rows = table.select("iri", "source", field)
    each = rows.explode(field) if many else rows
    return each.select(pl.col("iri").alias(START), end.alias(END), "source").drop_nulls(END)


def _thing(prop: Property) -> pl.Expr:
    """The IRI of what a field of a table points to."""
    column = pl.col(prop.field)
    if prop.codec is SDG:
        return mapped(column, iris.sdg)
    return mapped(column, iris.territory) if prop.field in _CODES else column
