"""The model refuses what cannot be true or cannot be written."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from ontology.records import Actor, Alliance, Figure, Goal, Record, Territory
from tests.examples import EXAMPLES
from tests.strategies import any_record, records


def changed(name: str, values: dict[str, object]) -> Record:
    """An example, checked anew with other values."""
    example = EXAMPLES[name]
    return type(example).model_validate({**example.model_dump(), **values})


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("actor", {"name": ""}),
        ("actor", {"name": None}),
        ("actor", {"key": ""}),
        ("actor", {"note": "bell \x07"}),
        ("actor", {"note": "lone surrogate \ud800"}),
        ("actor", {"note": "no character \uffff"}),
        ("actor", {"role_from": "2020-02-31"}),
        ("actor", {"unknown_field": "x"}),
        ("alliance", {"start": "2022", "end": "2021-12-31"}),
        ("alliance", {"start": "2020-13"}),
        ("alliance", {"scope": "galaxy"}),
        ("alliance", {"sdg_basis": "guessed"}),
        ("membership", {"period_basis": "mapped"}),
        ("relation", {"basis": None}),
        ("measure", {"statuses": ({"review": "2020-10", "text": ""},)}),
        ("measure", {"confidence": "certain"}),
        ("figure", {"value": "NaN"}),
        ("figure", {"value": "Infinity"}),
        ("figure", {"sample_size": 0}),
        ("figure", {"qualifier": "roughly"}),
        ("figure", {"appeal": "désir"}),
        ("commune", {"population": -1}),
        ("commune", {"level": "canton"}),
        ("goal", {"name_en": None}),
    ],
)
def test_what_is_not_allowed(name: str, values: dict[str, object]) -> None:
    changed(name, {})
    with pytest.raises(ValidationError):
        changed(name, values)


def test_an_imprecise_period_is_allowed() -> None:
    assert changed("alliance", {"start": "2020-05", "end": "2020"})


@given(any_record())
def test_records_are_frozen_and_hashable(record: Record) -> None:
    with pytest.raises(ValidationError):
        record.key = "other"
    assert hash(record) == hash(record.model_copy())


def test_every_class_has_a_strategy_an_example_and_a_kind_of_its_own() -> None:
    classes = set(records)
    assert {type(example) for example in EXAMPLES.values()} == classes
    assert len({kind.kind_name for kind in classes}) == len(classes)


def test_iris_come_from_source_and_key() -> None:
    actor = Actor(source="a:b", key="c/d", name="n", kind="person")
    assert actor.iri == "https://w3id.org/alliances/id/actor/a%3Ab:c%2Fd"
    assert Goal(source="sdg", key="17", name="n", name_en="n").iri == "http://metadata.un.org/sdg/17"


def test_nothing_known_is_nothing_said() -> None:
    alliance = Alliance(source="s", key="k", name="n", kind="fund")
    assert alliance.model_dump(exclude_defaults=True) == {"source": "s", "key": "k", "name": "n", "kind": "fund"}
    assert Territory(source="s", key="k", name="n", level="commune").population is None
    assert Figure.model_fields["value"].is_required()
