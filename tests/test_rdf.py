"""Records to RDF and back: exact, without blank nodes, in the words that the golden files show."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, RdfFormat, Store, parse, serialize

from ontology import iris
from ontology.rdf import PREFIXES, TYPE, Description, classes_of, is_participation, lines_of, quads_of, record_of
from ontology.records import Actor, Alliance, Record, Relation
from tests.examples import EXAMPLES
from tests.strategies import any_record, records

GOLDEN = Path(__file__).parent / "golden"


def as_sets(record: Record) -> dict[str, object]:
    """The record's fields, lists without their order: a graph has none."""
    values = {name: getattr(record, name) for name in type(record).model_fields}
    return {name: frozenset(value) if isinstance(value, tuple) else value for name, value in values.items()}


def read_back(record: Record) -> Record:
    return record_of(type(record), record.iri, Description(quads_of(record)))


@pytest.mark.parametrize("kind", records, ids=lambda kind: kind.kind_name)
def test_a_record_is_read_back_exactly(kind: type[Record]) -> None:
    @given(records[kind])
    def check(record: Record) -> None:
        assert read_back(record) == record

    check()


@given(st.lists(any_record(), max_size=4))
def test_records_are_read_back_from_a_store(many: list[Record]) -> None:
    """Through the store's own encoding of numbers and dates, beside other records."""
    distinct = {record.iri: record for record in many}.values()
    store = Store()
    for record in distinct:
        store.extend(quads_of(record))
    for record in distinct:
        graph = NamedNode(iris.dataset(record.source))
        found = record_of(type(record), record.iri, Description(store.quads_for_pattern(None, None, None, graph)))
        assert as_sets(found) == as_sets(record)


@given(any_record())
def test_quads_survive_every_syntax(record: Record) -> None:
    quads = set(quads_of(record))
    for syntax in (RdfFormat.N_QUADS, RdfFormat.TRIG):
        text = serialize(quads, format=syntax)
        assert text is not None
        assert set(parse(text, format=syntax)) == quads


@given(any_record())
def test_lines_say_what_quads_say(record: Record) -> None:
    """Lines are written without making terms: they must be what the terms would have been."""
    row = iris.row(record.source, "file.csv", 2)
    own, side = lines_of(record, row)
    assert sorted(own + side) == sorted(f"{quad} .\n" for quad in quads_of(record, row))


@given(any_record())
def test_quads_stand_in_the_graph_of_their_source(record: Record) -> None:
    row = iris.row(record.source, "file.csv", 2)
    quads = list(quads_of(record, row))
    assert {quad.graph_name for quad in quads} == {NamedNode(iris.dataset(record.source))}
    assert not any(isinstance(term, BlankNode) for quad in quads for term in (quad.subject, quad.object))
    assert len(quads) == len(list(quads_of(record))) + 1
    assert Description(quads).value(record.iri, PREFIXES["prov"] + "wasDerivedFrom") == row


@given(any_record())
def test_only_alliances_are_collaborations(record: Record) -> None:
    collaboration = NamedNode(PREFIXES["org"] + "OrganizationalCollaboration")
    typed = {quad.subject for quad in quads_of(record) if (quad.predicate, quad.object) == (TYPE, collaboration)}
    assert typed == ({NamedNode(record.iri)} if isinstance(record, Alliance) else set())


@given(records[Relation])
def test_an_actors_part_is_a_membership(record: Record) -> None:
    assert isinstance(record, Relation)
    description = Description(quads_of(record))
    member = description.value(record.iri, PREFIXES["org"] + "member")
    assert member == (record.subject if is_participation(record) else None)
    assert (PREFIXES["org"] + "Membership" in classes_of(record)) == is_participation(record)


def test_naughty_strings_are_read_back(shared: Path) -> None:
    strings = json.loads((shared / "torture" / "strings" / "blns.json").read_text(encoding="utf-8"))
    assert len(strings) > 400
    for text in filter(None, strings):
        if any(
            (character < " " and character not in "\t\n\r") or character in "\x7f\ufffe\uffff" for character in text
        ):
            continue  # `test_records` shows that these are refused
        actor = Actor(source="members", key=text, name=text, kind="association", note=text)
        assert read_back(actor) == actor


def canonical(text: bytes) -> set[str]:
    """The triples of a Turtle text; two texts are isomorphic where these are equal."""
    graph = Dataset(parse(text, format=RdfFormat.TURTLE))
    graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in graph}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_golden(name: str) -> None:
    """The golden files were read by a person; write one anew with `python -m tests.test_rdf`."""
    assert canonical(turtle(EXAMPLES[name])) == canonical((GOLDEN / f"{name}.ttl").read_bytes())


def turtle(record: Record) -> bytes:
    triples = (quad.triple for quad in quads_of(record))
    return serialize(triples, format=RdfFormat.TURTLE, prefixes=dict(PREFIXES)) or b""


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for example_name, example in EXAMPLES.items():
        (GOLDEN / f"{example_name}.ttl").write_bytes(turtle(example))
