"""The site over the default data: every page in both languages, and every link on them."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from api.answers import LISTS, Reader, record
from api.app import create_app
from api.settings import Settings
from api.site.kept import Pages
from api.site.router import preferred_language
from api.site.visit import Visit
from graph.competency import questions
from ontology.schemes import Language
from tests.client import Client
from tests.site.markup import Markup
from visualisations.site.places import LANGUAGES, WORDS, Place

SECTIONS = ["", *WORDS]
RECORDS = [name for name in LISTS if name != "conditions"]
CRAWLED = 40
HEAVY = ("/view/", "/sparql", "/data/")
"""Where pages of others lead: a few of each are enough."""


def page(client: Client, url: str, status: int = 200) -> Markup:
    response = client.get(url)
    assert response.status_code == status, f"{url}: {response.status_code} {response.text[:300]}"
    assert response.headers["content-type"].startswith("text/html")
    return Markup(response.text)


def some_ids(reader: Reader, name: str) -> Iterator[str]:
    """The first, the middle and the last id of a list."""
    ids = reader.frame(name)["id"]
    yield from dict.fromkeys([ids[0], ids[len(ids) // 2], ids[len(ids) - 1]])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_answers(client: Client, lang: Language, section: str) -> None:
    found = page(client, Place(section).url(lang))
    assert found.of("html") == [{"lang": lang}]
    assert len(found.of("h1")) == 1
    assert len(found.of("main")) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", RECORDS)
def test_every_kind_of_record_has_a_page(client: Client, reader: Reader, lang: Language, name: str) -> None:
    for key in some_ids(reader, name):
        found = page(client, Place(name, key).url(lang))
        row = reader.find(name, key)
        called = row.get("name_en") if lang == "en" else None
        assert str(called or row["name"]) in found.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_question_has_its_answer(client: Client, lang: Language) -> None:
    for one in questions()[:4]:
        found = page(client, Place("questions", one.id).url(lang))
        assert one.sparql.strip() in found.text
        assert (one.fr if lang == "fr" else one.en) in found.text


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("", "fr"), ("en-GB,en;q=0.9", "en"), ("de,en;q=0.3", "en"), ("en;q=0.5,fr;q=0.8", "fr"), ("de", "fr"),
        ("fr,en", "fr"), ("*", "fr"), ("en;q=x", "fr"),
    ],
)  # fmt: skip
def test_the_root_leads_to_the_language_of_the_browser(client: Client, accepted: str, lang: str) -> None:
    response = client.get("/", accept_language=accepted)
    assert (response.status_code, response.headers["location"]) == (307, f"/{lang}/")
    assert response.headers["vary"] == "Accept-Language"
    assert preferred_language(accepted) == lang


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/fr", "/fr/"),
        ("/fr/actors/le-rameau", "/fr/acteurs/le-rameau"),
        ("/en/acteurs?kind=fund", "/en/actors?kind=fund"),
        ("/fr/targets/17.17", "/fr/odd/17.17"),
        ("/fr/odd/17", "/fr/odd?target=17"),
        ("/en/conditions/x", "/en/programmes/x"),
    ],
)
def test_other_addresses_lead_to_the_right_one(client: Client, asked: str, location: str) -> None:
    response = client.get(asked)
    assert (response.status_code, response.headers["location"]) == (308, location)


@pytest.mark.parametrize(
    "path", ["/fr/acteurs/le-rameau", "/fr/alliances?kind=charter&offset=5", "/fr/odd/17.17", "/fr/"]
)
def test_the_switch_of_language_keeps_the_place(client: Client, path: str) -> None:
    english = next(one["href"] for one in page(client, path).of("a") if one.get("class") == "language")
    there = page(client, english)
    assert there.of("html") == [{"lang": "en"}]
    back = next(one["href"] for one in there.of("a") if one.get("class") == "language")
    assert back == path


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/fr/nulle-part", 404, "Cette page n’existe pas"),
        ("/en/actors/nobody", 404, "This page does not exist"),
        ("/fr/territoires/28", 300, "Normandie"),
        ("/en/territories/28", 300, "Choose the one you mean"),
        ("/fr/acteurs?colour=red", 400, "ne peut pas être comprise"),
        ("/en/events?territory=REG-28", 400, "cannot be understood"),
        ("/fr/carte?level=commune", 400, "ne peut pas être comprise"),
        ("/fr/?generation=000999-00000000", 404, "Cette page n’existe pas"),
        ("/fr/carte/quelque-chose", 404, "Cette page n’existe pas"),
        ("/fr/questions/99-nothing", 404, "Cette page n’existe pas"),
    ],
)
def test_errors_are_pages_in_the_language_of_the_address(client: Client, path: str, status: int, said: str) -> None:
    found = page(client, path, status)
    assert said in found.text
    assert found.of("html")[0]["lang"] == path[1:3]


def test_without_a_generation_a_page_says_so(tmp_path: Path, client: Client) -> None:
    empty = Client(create_app(Settings(home=tmp_path)), client._portal)
    assert "Les données ne sont pas prêtes" in page(empty, "/fr/", 503).text


def test_the_figures_of_2020_stand_on_the_home_with_population_and_date(client: Client, reader: Reader) -> None:
    figures = reader.generation.table("figures").drop_nulls("appeal").to_dicts()
    assert sorted(figure["appeal"] for figure in figures) == ["besoin", "devoir", "envie"]
    text = page(client, "/fr/").text
    for figure in figures:
        assert f"{figure['value']:.0f}\u202f%" in text
        assert figure["population"] in text


def test_an_actor_page_says_how_sure_it_is_and_where_it_is_from(client: Client, reader: Reader) -> None:
    found = page(client, "/fr/acteurs/le-rameau")
    assert "période de l’alliance" in found.text
    assert "déduit" in found.text
    assert "actors.csv" in found.text
    seat = [one.rpartition("/")[2] for one in found.links if one.startswith("/fr/territoires/")]
    assert [code.partition("-")[0] for code in seat] == ["COM", "EPT", "EPCI", "DEP", "REG"]
    for url in record(reader, "actors", "le-rameau")["source_urls"]:
        link = next(one for one in found.of("a") if one["href"] == url)
        assert "noopener" in link["rel"]


def test_two_nodes_share_one_page(client: Client, reader: Reader) -> None:
    one, other = ("/fr/alliances/copilotage-21-mesures", "/fr/programmes/feuille-de-route-21-mesures")
    canonical = set()
    for path in (one, other):
        found = page(client, path)
        assert "Feuille de route ministérielle des 21 mesures sur les alliances" in found.text
        assert "4 chantiers structurels et 21 mesures techniques" in found.text
        canonical |= {link["href"] for link in found.of("link") if link["rel"] == "canonical"}
    assert canonical == {one}


def test_an_unobserved_territory_is_not_called_isolated(client: Client, reader: Reader) -> None:
    rows = reader.generation.metric_table("isolation_departement").filter(status="unknown")
    text = page(client, f"/fr/territoires/{rows['code'][0]}").text
    assert "on ne sait pas" in text
    assert "non observé n’est pas isolé" in text
    assert "Score d’isolement" not in text


def test_the_map_links_its_territories_and_says_the_same_in_a_table(client: Client, reader: Reader) -> None:
    response = client.get("/fr/carte")
    found = Markup(response.text)
    assert len([one for one in found.of("path") if "data-code" in one]) >= 101
    named = reader.generation.metric_table("isolation_departement")["name"]
    assert [name for name in named if name not in found.text] == []


def test_the_ranking_is_ready_to_paste(client: Client, reader: Reader) -> None:
    html = client.get("/fr/isolement").text
    pasted = unescape(html.split("<textarea")[1].split("</textarea>")[0])
    first = reader.generation.metric_table("isolation_departement").sort("rank", nulls_last=True)["name"][0]
    assert f"1. {first} (" in pasted
    assert reader.generation.id in pasted


def test_a_territory_may_be_written_by_its_name(client: Client) -> None:
    by_name, by_code = (page(client, f"/fr/acteurs?territory={one}") for one in ("Caen", "COM-14118"))
    rows = [[one for one in found.links if one.startswith("/fr/acteurs/")] for found in (by_name, by_code)]
    assert rows[0] == rows[1] != []
    assert "lu comme Caen (COM-14118)" in by_name.text
    assert page(client, "/fr/acteurs?territory=Xyzzy", 404)


def test_search_works_without_a_script(client: Client) -> None:
    form = next(one for one in page(client, "/fr/").of("form") if one.get("role") == "search")
    assert form["action"] == "/fr/recherche"
    assert "/fr/acteurs/le-rameau" in page(client, "/fr/recherche?q=ramo+rameau".replace("ramo+", "")).links
    assert "Aucun nom ne ressemble" in page(client, "/fr/recherche?q=zzzzqqqq").text


def test_a_pinned_page_keeps_its_generation_in_every_link(client: Client, reader: Reader) -> None:
    generation = reader.generation.id
    found = page(client, f"/fr/acteurs/le-rameau?generation={generation}")
    inside = [one["href"] for one in found.of("a") if one["href"].startswith(("/fr/", "/en/"))]
    current = [one for one in inside if f"generation={generation}" not in one]
    assert current == ["/fr/acteurs/le-rameau"]
    assert "Vous lisez la génération" in found.text


def test_pages_are_tagged_and_nothing_foreign_may_run(client: Client) -> None:
    response = client.get("/fr/acteurs/le-rameau")
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert "unsafe" not in response.headers["content-security-policy"]
    assert response.headers["content-language"] == "fr"
    assert client.get("/fr/acteurs/le-rameau", if_none_match=response.headers["etag"]).status_code == 304
    assert client.get("/en/actors/le-rameau", if_none_match=response.headers["etag"]).status_code == 200


def test_static_files_may_be_kept_for_ever_at_their_address(client: Client) -> None:
    for url in [one for one in page(client, "/fr/").links if one.startswith("/static/")]:
        response = client.get(url)
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]
        assert client.get(url, if_none_match=response.headers["etag"]).status_code == 304
    assert client.get("/static/..%2Frender.py").status_code == 404


def test_pages_ask_nothing_from_elsewhere(client: Client) -> None:
    for path in ("/fr/", "/fr/acteurs/le-rameau", "/fr/carte", "/fr/reseau"):
        found = page(client, path)
        asked = [one.get("src") or one.get("href", "") for tag in ("script", "img", "link") for one in found.of(tag)]
        assert [one for one in asked if not one.startswith("/")] == []


def test_kept_pages_are_dropped_when_there_are_too_many(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.site.kept.MAX_CHARACTERS", 10)
    pages, made = Pages(reader), []

    def make(visit: Visit) -> str:
        made.append(visit.place.key)
        return visit.place.key * 6

    visits = {key: Visit(reader, Place("actors", key), "fr") for key in "ab"}
    assert [pages.get(visits[key], make) for key in "aabba"] == ["aaaaaa", "aaaaaa", "bbbbbb", "bbbbbb", "aaaaaa"]
    assert made == ["a", "b", "a"]


def test_every_link_on_crawled_pages_resolves(client: Client) -> None:
    waiting, pages, checked, broken = ["/fr/", "/en/"], 0, set[str](), []
    heavy = dict.fromkeys(HEAVY, 0)
    while waiting and pages < CRAWLED:
        address = waiting.pop(0)
        pages += 1
        for link in _new_links(Markup(client.get(address).text), checked):
            checked.add(link)
            if _enough(link, heavy):
                continue
            response = _followed(client, link)
            if response != 200:
                broken.append((address, unquote(link), response))
            elif link.startswith(("/fr/", "/en/")) and len(checked) % 9 == 0:
                waiting.append(link)
    assert broken == []
    assert pages == CRAWLED


def _new_links(markup: Markup, checked: set[str]) -> list[str]:
    return [one for one in markup.links if one.startswith("/") and one not in checked][:30]


def _enough(link: str, heavy: dict[str, int]) -> bool:
    """Whether a few links of the same heavy kind were followed already."""
    kind = next((one for one in heavy if link.startswith(one)), None)
    if kind is None:
        return False
    heavy[kind] += 1
    return heavy[kind] > 3


def _followed(client: Client, link: str) -> int:
    response = client.get(link, accept="text/html, */*;q=0.5")
    if response.status_code in {303, 307, 308}:
        response = client.get(response.headers["location"])
    return response.status_code
