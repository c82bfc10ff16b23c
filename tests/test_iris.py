"""IRIs: injective, reversible, ASCII."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import iris
from tests.strategies import texts

triples = st.tuples(texts, texts, texts)


@given(triples)
def test_parse_is_the_inverse_of_mint(parts: tuple[str, str, str]) -> None:
    assert iris.parse(iris.mint(*parts)) == parts


@given(st.tuples(texts, texts))
def test_parts_do_not_flow_into_each_other(parts: tuple[str, str]) -> None:
    """The same characters cut elsewhere are another thing: `a:` + `b` is not `a` + `:b`."""
    joined = f"{parts[0]}:{parts[1]}"
    cuts = {(joined[:at], joined[at:]) for at in range(1, len(joined))}
    minted = {iris.mint("actor", source, key) for source, key in cuts}
    assert len(minted) == len(cuts)


@given(triples, triples)
def test_different_things_have_different_iris(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert (iris.mint(*one) == iris.mint(*other)) == (one == other)


@given(triples)
def test_iris_are_ascii_and_within_the_namespace(parts: tuple[str, str, str]) -> None:
    iri = iris.mint(*parts)
    assert iri.isascii()
    assert iri.startswith(f"{iris.DEFAULT_BASE}id/")
    assert not any(character in iri for character in ' <>"{}|\\^`\n')


@pytest.mark.parametrize("parts", [("", "s", "k"), ("actor", "", "k"), ("actor", "s", "")])
def test_an_empty_part_has_no_iri(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="no IRI without"):
        iris.mint(*parts)


@pytest.mark.parametrize("iri", ["", "https://example.org/id/actor/a:b", f"{iris.DEFAULT_BASE}id/actor", "urn:x:y"])
def test_a_foreign_iri_is_not_parsed(iri: str) -> None:
    with pytest.raises(ValueError, match="was not minted here"):
        iris.parse(iri)


@given(texts, texts)
def test_concepts_are_reversible(scheme: str, key: str) -> None:
    assert iris.parse_concept(iris.concept(scheme, key)) == (scheme, key)


def test_a_foreign_concept_is_not_parsed() -> None:
    with pytest.raises(ValueError, match="no concept"):
        iris.parse_concept("https://example.org/concept/role/lead")


@given(texts)
def test_sdg_codes_are_reversible(code: str) -> None:
    assert iris.parse_sdg(iris.sdg(code)) == code


def test_sdg_iris_are_those_of_the_un() -> None:
    assert iris.sdg("17.17") == "http://metadata.un.org/sdg/17.17"
    with pytest.raises(ValueError, match="no goal or target"):
        iris.parse_sdg("https://example.org/17")


@given(texts, texts, st.integers(1, 10**9))
def test_rows_are_reversible(source: str, file: str, number: int) -> None:
    assert iris.parse_row(iris.row(source, file, number)) == (source, file, number)


@pytest.mark.parametrize(
    ("base", "complaint"),
    [
        ("w3id.org/alliances/", "write an http"),
        ("https://w3id.org/alliances", "ends with"),
        ("ftp://example.org/", "write an http"),
        ("https://example.org/é/", "no IRI may hold"),
        ("https://example.org/a b/", "no IRI may hold"),
    ],
)
def test_a_bad_namespace_is_refused(base: str, complaint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLIANCES_BASE_IRI", base)
    with pytest.raises(ValueError, match=complaint):
        iris.base_iri.__wrapped__()


def test_the_namespace_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLIANCES_BASE_IRI", "https://example.org/kg#")
    assert iris.base_iri.__wrapped__() == "https://example.org/kg#"
