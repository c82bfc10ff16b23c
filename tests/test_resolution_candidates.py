"""Candidates: which names are taken for the same, which never are, and what is said of it."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.answers import Reader
from api.answers.dedupe import CandidatesQuestion, list_candidates
from graph.hierarchy import ancestors
from graph.resolution.candidates import candidates
from graph.resolution.explanation import explanation
from graph.resolution.merging import actor_iri
from graph.resolution.names import words_of
from tests.organisation_names import organisations

TERRITORIES = pl.DataFrame(
    {
        "id": ["COM-14118", "COM-76540", "DEP-14", "DEP-76"],
        "level": ["commune", "commune", "departement", "departement"],
        "parents": [["DEP-14"], ["DEP-76"], [], []],
    },
    schema_overrides={"parents": pl.List(pl.String)},
)
CAEN, ROUEN, CALVADOS = "COM-14118", "COM-76540", "DEP-14"
COLUMNS = ("id", "name", "territory", "siren", "siret", "rna", "kind", "acronym", "website")


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    """Actors among five hundred others, for a word is rare only among many."""
    others, _ = organisations(500)
    fillers = others.select(COLUMNS).with_columns(pl.format("filler-{}", "id").alias("id"), siren=None)
    asked = pl.DataFrame(
        [{"id": str(place), "kind": "association"} | row for place, row in enumerate(rows)],
        schema=dict.fromkeys(COLUMNS, pl.String),
    )
    everybody = pl.concat([asked, fillers.cast(pl.String)])
    return everybody.with_columns(iri=pl.Series([actor_iri(f"s:{one}") for one in everybody["id"]], dtype=pl.String))


def found(*rows: dict[str, Any], least: float = 0.5) -> dict[frozenset[str], dict[str, Any]]:
    """The candidates among the rows, by the ids of both."""
    every = candidates(table(*rows), ancestors(TERRITORIES), least).to_dicts()
    mine = [one for one in every if "filler" not in one["keep"] + one["merge"]]
    return {frozenset((one["keep"][2:], one["merge"][2:])): one for one in mine}


BOTH = frozenset(("0", "1"))


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Association Le RAMEAU Solidaire", "RAMEAU SOLIDAIRE (le)", "same"),
        ("Fédération du Bocage virois", "bocage virois, Féd. du", "same"),
        ("Centre communal d'action sociale de Trouarn", "CCAS Trouarn", "same"),
        ("Banque alimentaire du Calvados", "Banque alimentaire du Clavados", "typo"),
        ("Œuvre des Marmousets", "Oeuvre des marmousets", "same"),
    ],
)
def test_names_that_are_the_same_in_one_commune(one: str, other: str, level: str) -> None:
    pair = found({"name": one, "territory": CAEN}, {"name": other, "territory": CAEN})[BOTH]
    assert pair["name_level"] == level
    assert pair["score"] > 0.9


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Banque alimentaire de Caen"}, {"name": "Secours populaire de Caen"}),
        ({"name": "Fondation Air France"}, {"name": "Fondation de France"}),
        ({"name": "Foyer rural", "territory": CAEN}, {"name": "Foyer rural", "territory": ROUEN}),
        # Two registered numbers that differ are two organisations, whatever the names are.
        (
            {"name": "Banque alimentaire", "territory": CAEN, "siren": "356000000"},
            {"name": "Banque alimentaire", "territory": CAEN, "siren": "552100554"},
        ),
        (
            {"name": "Banque alimentaire", "territory": CAEN, "siren": "356000000"},
            {"name": "Banque alimentaire", "territory": CAEN, "siret": "55210055400013"},
        ),
        # Persons are never candidates.
        (
            {"name": "Jeanne Dupré-Marnier", "territory": CAEN, "kind": "person"},
            {"name": "Jeanne Dupré-Marnier", "territory": CAEN, "kind": "person"},
        ),
        ({"name": "Association"}, {"name": "La société"}),
    ],
)
def test_names_that_are_not_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert found(one, other) == {}


def test_a_shared_number_is_enough_and_a_siret_holds_a_siren() -> None:
    one, other = {"name": "La Poste", "siren": "356000000"}, {"name": "Bureau de Caen", "siret": "35600000000048"}
    pair = found(one, other)[BOTH]
    assert (pair["number"], pair["score"] > 0.99) == ("same", True)
    assert pair["keep"] == "s:1"  # of which more is known: a SIRET


def test_a_seat_within_the_other_speaks_for_a_pair() -> None:
    rows = [{"name": "Maison Barberousse", "territory": CAEN}, {"name": "Maison Barberousse", "territory": CALVADOS}]
    assert found(*rows)[BOTH]["place_level"] == "within"


def test_a_feature_is_explained_in_both_languages() -> None:
    pair = found({"name": "Banque du Bocage", "territory": CAEN}, {"name": "BANQUE BOCAEG", "territory": CAEN})[BOTH]
    features = {one["name"]: one for one in explanation(pair)}
    assert features["name"]["fr"] == "mots en commun : banque ; fautes de frappe : bocage / bocaeg"
    assert (features["place"]["fr"], features["place"]["en"]) == ("même siège", "the same seat")
    assert sum(one["bits"] for one in features.values()) == pytest.approx(pair["bits"] + 8.97, abs=0.3)


def test_nobody_and_one_have_no_candidates() -> None:
    closure = ancestors(TERRITORIES)
    for actors in (table().head(0), table().head(1)):
        assert candidates(actors, closure).is_empty()


def test_precision_and_recall_on_generated_names() -> None:
    """The benchmark asks for 100,000; this is what CI has the time for."""
    actors, same = organisations(8_000)
    shown = candidates(actors, ancestors(TERRITORIES))
    pairs = {frozenset(map(actor_iri, pair)) for pair in shown.select("keep", "merge").iter_rows()}
    true = len(pairs & same)
    assert true / len(pairs) >= 0.99
    assert true / len(same) >= 0.85
    assert shown.equals(candidates(actors.reverse(), ancestors(TERRITORIES)))  # nothing depends on the order


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_text_has_words(names: list[str]) -> None:
    words = words_of(pl.DataFrame({"n": range(len(names)), "name": names}, schema={"n": pl.Int64, "name": pl.String}))
    assert words.equals(words.unique().sort("n", "word"))
    assert set(words["n"]) <= set(range(len(names)))


def test_the_default_data_have_no_obvious_duplicates(reader: Reader) -> None:
    answer = list_candidates(reader, CandidatesQuestion())
    assert answer.total == 0
    weak = list_candidates(reader, CandidatesQuestion(least=0.01)).body()["results"]
    judged = {frozenset((weak[0]["keep"], weak[0]["merge"]))}
    assert list_candidates(reader, CandidatesQuestion(least=0.01), judged).total == len(weak) - 1
