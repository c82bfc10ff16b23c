"""Tables to nodes and relationships, and back to statements: nothing is lost and nothing is added."""

import gzip
from collections.abc import Iterable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import Generation
from graph.mirror import schema
from graph.mirror.elements import END, START, TYPES, Elements, elements_in, elements_of
from graph.mirror.statements import lines_from
from graph.sources import file_table, source_table
from graph.tables import Origins, RecordTables
from ontology import iris
from ontology.datasets import source_quads
from ontology.provenance import Coverage, FileReport, Layout, Loaded, Source
from ontology.rdf import lines_of
from ontology.records import Actor, Alliance, Measure, Membership, Platform, Record, Relation, ReviewStatus, Territory
from tests.strategies import any_record, records

ODD = 'À «Zürich»\n\t"quoted" \\ back\r\n\u2028 \x85 🤝🏽 עברית'
"""A text with all that needs care: quotation marks, line breaks that are none to N-Quads, signs of two code points."""


@pytest.fixture(scope="module")
def shipped(generation: Generation) -> Elements:
    """The elements of the default data."""
    return elements_in(generation.path)


def tables_of(
    made: Iterable[Record], sources: Iterable[Source] = (), files: Iterable[FileReport] = ()
) -> dict[str, pl.DataFrame]:
    """The tables of records that stand in the rows 2, 3 … of a file."""
    tables, origins = RecordTables(), Origins()
    for row, record in enumerate(made, start=2):
        tables.add(record)
        origins.add(Loaded(record, Layout(record.source, "a file.csv", (("key", "id", 0),)), row, (record.key,)))
    return {**tables.frames(), "origins": origins.frame(), "sources": source_table(sources), "files": file_table(files)}


def lines_expected(made: Iterable[Record]) -> set[str]:
    found: set[str] = set()
    for row, record in enumerate(made, start=2):
        own, side = lines_of(record, iris.row(record.source, "a file.csv", row))
        found.update(own, side)
    return found


def frames_of(elements: Elements) -> list[pl.DataFrame]:
    return [*(one.frame for one in elements.nodes), *(one.frame for one in elements.links)]


def in_france(record: Record) -> Record:
    """The record with its territories named by the one source that has some: tables only keep their codes."""
    if isinstance(record, Territory):
        return record.model_copy(update={"parents": tuple(map(_in_france, record.parents))})
    if isinstance(record, Actor | Alliance | Platform) and record.territory:
        return record.model_copy(update={"territory": _in_france(record.territory)})
    return record


def _in_france(territory: str) -> str:
    return iris.territory(iris.parse(territory)[2])


# Inverse


def test_the_shipped_data_come_back_line_by_line(generation: Generation, shipped: Elements) -> None:
    with gzip.open(generation.path / "graph.nq.gz", "rt", encoding="utf-8", newline="\n") as stream:
        ontology = f" <{iris.ONTOLOGY_GRAPH}> .\n"
        expected = {line for line in stream if not line.endswith(ontology)}
    assert len(expected) > 500_000
    assert set(lines_from(shipped)) == expected


def distinct(of: st.SearchStrategy[Record]) -> st.SearchStrategy[list[Record]]:
    return st.lists(of.map(in_france), max_size=8, unique_by=lambda record: record.iri)


@pytest.mark.parametrize("kind", records, ids=lambda kind: kind.kind_name)
def test_records_of_a_class_come_back_line_by_line(kind: type[Record]) -> None:
    @settings(max_examples=10, deadline=None)
    @given(distinct(records[kind]))
    def check(many: list[Record]) -> None:
        assert set(lines_from(elements_of(tables_of(many)))) == lines_expected(many)

    check()


@settings(max_examples=15, deadline=None)
@given(distinct(any_record()))
def test_records_of_all_classes_come_back_together(many: list[Record]) -> None:
    assert set(lines_from(elements_of(tables_of(many)))) == lines_expected(many)


def test_odd_texts_come_back() -> None:
    measure = Measure(
        source="members",
        key=ODD,
        name=ODD,
        name_en=ODD,
        number=1,
        leads=(iris.mint("actor", "members", ODD), iris.mint("actor", "members", "b")),
        statuses=(ReviewStatus(review="2020-10", text=ODD), ReviewStatus(review="2021", text="b", status="partial")),
        targets=("17.17", "17"),
        source_urls=('https://example.org/é?a=<b>&c="d"', "https://example.org/%C3%A9#x"),
    )
    assert set(lines_from(elements_of(tables_of([measure])))) == lines_expected([measure])


def test_sources_and_files_come_back() -> None:
    coverage = Coverage(complete=("DEP-14", "COM-14118"), partial=("FRA",), fr="tout\n« ou rien »", en="all")
    source = Source("s:é", ODD, "A title", "", "ODbL", "https://example.org/l", "https://example.org/", (), coverage)
    bare = Source("bare", "t", "t", "p", "l", "https://e.org/l", "https://e.org/", (), Coverage(), "by us", "2020")
    files = [FileReport("s:é", "a b.csv", "/a b.csv", sha256="00ff", rows_loaded=3), FileReport("s:é", "c", "/c")]
    found = set(lines_from(elements_of(tables_of([], [source, bare], files))))
    assert found == {f"{quad} .\n" for quad in [*source_quads(source, files), *source_quads(bare, [])]}


# Shape


def test_every_frame_has_the_columns_and_types_of_its_kind(shipped: Elements) -> None:
    for nodes in shipped.nodes:
        keys = {key.name: TYPES[key.shape] for key in schema.node_kinds()[nodes.labels].keys}
        assert nodes.frame.schema == {"iri": pl.String, "source": pl.String, **keys}
    for links in shipped.links:
        kind = schema.link_kinds()[links.type]
        own = {"iri": pl.String} if links.keyed else {}
        keys = {key.name: TYPES[key.shape] for key in kind.keys}
        assert links.keyed == kind.keyed
        assert links.frame.schema == {START: pl.String, END: pl.String, **own, "source": pl.String, **keys}


def test_elements_are_sorted_and_there_once(shipped: Elements) -> None:
    assert [one.labels for one in shipped.nodes] == sorted(one.labels for one in shipped.nodes)
    assert [one.type for one in shipped.links] == sorted(one.type for one in shipped.links)
    assert not any(frame.is_empty() for frame in frames_of(shipped))
    assert pl.concat([one.frame.select("iri") for one in shipped.nodes]).is_duplicated().any() is False
    for links in shipped.links:
        assert not links.frame.select("iri" if links.keyed else [START, END]).is_duplicated().any()


def test_no_list_is_empty_and_none_holds_a_null(shipped: Elements) -> None:
    for frame in frames_of(shipped):
        for name in (name for name, kind in frame.schema.items() if kind == pl.List(pl.String)):
            values = frame[name].drop_nulls()
            assert (values.list.len() > 0).all()
            assert values.list.eval(pl.element().is_null()).list.any().sum() == 0


def test_a_membership_is_one_relationship_with_its_period() -> None:
    actor, alliance = iris.mint("actor", "members", "a"), iris.mint("alliance", "members", "b")
    membership = Membership(
        source="members", key="b|a|lead", actor=actor, alliance=alliance, role="lead", start="2020", end="2021-05",
        period_basis="stated",
    )  # fmt: skip
    (links,) = elements_of(tables_of([membership])).links
    assert links.type == "MEMBER_OF"
    assert links.frame.drop("source_urls", "retrieved").rows(named=True) == [
        {
            START: actor, END: alliance, "iri": membership.iri, "source": "members", "id": "b|a|lead", "role": "lead",
            "period_basis": "stated", "start": "2020", "end": "2021-05",
            "origin": iris.row("members", "a file.csv", 2),
        }
    ]  # fmt: skip


def test_an_end_that_nothing_describes_is_a_stub() -> None:
    described = Actor(source="members", key="a", name="A", kind="association", territory=iris.territory("COM-14118"))
    elements = elements_of(tables_of([described]))
    assert [one.labels for one in elements.nodes] == [("Actor",), ("_Stub",)]
    caen = iris.territory("COM-14118")
    assert elements.nodes[1].frame.rows(named=True) == [{"iri": caen, "id": caen, "name": caen}]


def test_one_thing_twice_in_a_field_is_one_relationship() -> None:
    measure = Measure(source="members", key="m", name="M", targets=("17", "17"))
    (links,) = elements_of(tables_of([measure])).links
    assert links.frame.height == 1


def test_a_relation_that_the_ontology_does_not_know_is_refused() -> None:
    one, other = iris.mint("actor", "s", "a"), iris.mint("actor", "s", "b")
    relation = Relation(source="s", key="r", subject=one, relation="DETACH DELETE", object=other, basis="stated")
    with pytest.raises(ValueError, match="'relations' holds a kind that the ontology does not know"):
        elements_of(tables_of([relation]))


def test_tables_of_an_older_generation_lack_columns() -> None:
    tables = tables_of([Actor(source="s", key="a", name="A", kind="association")])
    older = {**tables, "actors": tables["actors"].drop("founded", "budget_eur")}
    (found,), (expected,) = elements_of(older).nodes, elements_of(tables).nodes
    assert found.frame.equals(expected.frame)
