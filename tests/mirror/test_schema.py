"""The map between the ontology and the property graph: whole, closed, and as its page says."""

import json
from pathlib import Path

import pytest

from graph.mirror import reference, schema
from ontology import schemes
from ontology.rdf import PROPERTIES, THING
from ontology.records import Membership, Record, Relation

PROMISED = (
    "Actor", "Alliance", "Territory", "Commune", "Epci", "Departement", "Region", "Measure", "Chantier", "Platform",
    "Programme", "Study", "Figure", "Event", "Condition", "Challenge", "Finding", "Goal", "Target", "Source", "Country",
    "Ept",
)  # fmt: skip
"""The labels that the interface names."""


def names() -> set[str]:
    types, labels = set(schema.link_kinds()), set(schema.labels())
    return types | labels | {key.name for kind in schema.node_kinds().values() for key in kind.keys}


def test_the_page_is_current() -> None:
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run: python -m graph.mirror.reference"


def test_the_page_has_every_label_type_and_key() -> None:
    text = reference.PAGE.read_text(encoding="utf-8")
    for labels in schema.node_kinds():
        assert f"{reference.heading(labels)}\n" in text
    for name in names() - schema.labels() - {schema.MEMBER_OF}:
        assert f"| `{name}` |" in text
    for label in (*schema.SLOTS, schema.STUB, schema.MARKER, schema.GONE):
        assert f"| `{label}` |" in text


def test_the_labels_that_users_rely_on() -> None:
    assert set(PROMISED) <= schema.labels()
    assert ("Territory", "Commune") in schema.node_kinds()


@pytest.mark.parametrize("name", ["MEMBER_OF", "LOCATED_IN", "PART_OF", "CONTRIBUTES_TO", "PARTNER_OF"])
def test_the_types_that_users_rely_on(name: str) -> None:
    assert name in schema.link_kinds()


def test_member_of_is_for_alliances_alone() -> None:
    kind = schema.link_kinds()["MEMBER_OF"]
    assert (kind.starts, kind.ends) == (("Actor",), ("Alliance",))
    assert kind not in schema.relation_kinds().values()


def test_every_relation_has_a_type_of_its_own() -> None:
    kinds = schema.relation_kinds()
    assert kinds.keys() == schemes.keys("relation")
    assert len({kind.type for kind in kinds.values()}) == len(kinds)
    assert all(kind.keyed for kind in kinds.values())


def keys_of(kind: type[Record]) -> set[str]:
    if kind is Membership:
        keys = schema.link_kinds()["MEMBER_OF"].keys
    elif kind is Relation:
        keys = schema.relation_kinds()["part_of"].keys
    else:
        keys = next(one for labels, one in schema.node_kinds().items() if labels[0] == kind.__name__).keys
    return {key.name for key in keys}


@pytest.mark.parametrize("kind", PROPERTIES, ids=lambda kind: kind.kind_name)
def test_every_field_has_its_place(kind: type[Record]) -> None:
    """As a key, or as a relationship; a field that is new in the ontology cannot be forgotten."""
    pointing = {prop.field for prop in schema.pointers(kind)}
    ends = {"alliance", "actor", "subject", "relation", "object"} if kind in (Membership, Relation) else set()
    assert keys_of(kind) | pointing | ends >= {"id"} | {prop.field for prop in PROPERTIES[kind]}
    assert not keys_of(kind) & pointing
    assert {schema.pointer_type(prop) for prop in schema.pointers(kind)} <= schema.link_kinds().keys()
    assert not [prop for prop in PROPERTIES[kind] if prop.codec is THING and prop.field in keys_of(kind)]


def test_every_name_may_stand_in_a_query() -> None:
    for name in names() | {*schema.SLOTS, schema.STUB, schema.MARKER, schema.GONE, "iri", "source"}:
        assert schema.checked(name) == name


@pytest.mark.parametrize("name", ["", "Actor) DETACH DELETE n //", "a`b", "actor", "Person", "Actor\n", "a\\u0060b"])
def test_another_name_may_not(name: str) -> None:
    with pytest.raises(ValueError, match="no name of the mirror"):
        schema.checked(name)


def test_hostile_names_may_not(shared: Path) -> None:
    lines = (shared / "torture" / "attacks" / "cypher_names.jsonl").read_text(encoding="utf-8").splitlines()
    hostile = [str(json.loads(line)["name"]) for line in lines if line]
    assert len(hostile) > 10
    for name in hostile:
        with pytest.raises(ValueError, match="no name of the mirror"):
            schema.checked(name)
