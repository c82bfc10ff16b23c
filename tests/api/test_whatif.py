"""What if: the answer over HTTP, on the command line and as a page."""

import json

import pytest

from api import models
from api.answers import AddQuestion, BadQuestionError, NotFoundError, Reader, RemoveQuestion, whatif_add, whatif_remove
from tests.client import Client
from tests.site.markup import Markup

CONNECTED, UNKNOWN = "DEP-91", "DEP-48"


@pytest.mark.parametrize(
    "query",
    [f"territory={CONNECTED}&top=3", f"territory={UNKNOWN}&link=territory", "territory=EPCI-241400415"],
)
def test_additions_are_as_openapi_says(client: Client, query: str) -> None:
    models.Additions.model_validate_json(client.get(f"/api/v1/whatif/add?{query}").content)


def test_removals_are_as_openapi_says(client: Client) -> None:
    body = client.json("/api/v1/whatif/remove?actor=le-rameau&limit=7")
    models.Removal.model_validate_json(json.dumps(body))
    assert len(body["territories"]) == 7
    assert body["truncated"]
    assert body["context"]["as_of"] is not None


def test_gains_fall_and_follow_from_the_scores(reader: Reader) -> None:
    answer = whatif_add(reader, AddQuestion(territory=CONNECTED, top=30))
    gains = [one["gain"] for one in answer["suggestions"]]
    assert gains == sorted(gains, reverse=True)
    assert len(gains) == 30
    for one in answer["suggestions"]:
        assert one["gain"] == pytest.approx(answer["before"]["score"] - one["after"]["score"], abs=1e-11)
        parts = [part["contribution"] for part in one["after"]["components"] if part["contribution"] is not None]
        assert sum(parts) == pytest.approx(one["after"]["score"], abs=1e-11)
    assert not answer["hypothetical"]
    assert answer["note_fr"] is answer["note_en"] is None


def test_an_unobserved_territory_keeps_without_a_score(reader: Reader) -> None:
    answer = whatif_add(reader, AddQuestion(territory=UNKNOWN, top=2))
    before = answer["before"]
    assert (before["status"], before["score"], before["rank"]) == ("unknown", None, None)
    assert answer["hypothetical"]
    assert "n’a pas été observé en entier" in answer["note_fr"]
    assert answer["suggestions"][0]["gain"] == pytest.approx(
        before["hypothetical_score"] - answer["suggestions"][0]["after"]["score"], abs=1e-11
    )


def test_links_of_one_kind(reader: Reader) -> None:
    for kind in ("territory", "actor"):
        found = whatif_add(reader, AddQuestion(territory=CONNECTED, top=5, link=kind))["suggestions"]
        assert {one["link"]["type"] for one in found} == {kind}


def test_without_stale_alliances_it_is_another_answer(reader: Reader) -> None:
    every, fresh = (
        whatif_add(reader, AddQuestion(territory="DEP-14", without_stale=stale))["before"] for stale in (False, True)
    )
    assert fresh["alliances"] < every["alliances"]


def test_who_cannot_be_asked_about(reader: Reader) -> None:
    with pytest.raises(BadQuestionError, match="no level"):
        whatif_add(reader, AddQuestion(territory="FRA"))
    with pytest.raises(BadQuestionError, match="REG-28"):
        whatif_add(reader, AddQuestion(territory="28"))
    with pytest.raises(NotFoundError):
        whatif_remove(reader, RemoveQuestion(actor="nobody"))
    person = reader.frame("actors").filter(kind="person")["id"][0]
    with pytest.raises(BadQuestionError, match="person"):
        whatif_remove(reader, RemoveQuestion(actor=person))


@pytest.mark.parametrize("query", ["top=5", f"territory={CONNECTED}&top=0", f"territory={CONNECTED}&link=sea"])
def test_what_cannot_be_meant_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/whatif/add?{query}").status_code == 422


@pytest.mark.parametrize(("path", "said"), [("/fr/et-si", "Alliance avec"), ("/en/what-if", "Alliance with")])
def test_the_page_lists_what_would_help(client: Client, reader: Reader, path: str, said: str) -> None:
    found = Markup(client.get(f"{path}?territory={CONNECTED}").text)
    best = whatif_add(reader, AddQuestion(territory=CONNECTED, top=1))["suggestions"][0]["link"]
    assert said in found.text
    assert best["name"] in found.text
    assert any(best["id"] in link for link in found.links)


def test_the_page_of_a_territory_leads_there(client: Client) -> None:
    found = Markup(client.get(f"/fr/territoires/{UNKNOWN}").text)
    assert f"/fr/et-si?territory={UNKNOWN}" in found.links
    text = Markup(client.get(f"/fr/et-si?territory={UNKNOWN}").text).text
    assert "On ne sait pas si ce territoire est isolé" in text
    assert "Score d’isolement" not in text
