"""The words and addresses of the site, and how values read."""

import re
from pathlib import Path

import pytest

from ontology import schemes
from ontology.schemes import Language
from visualisations.site import formats, places, words
from visualisations.site.places import LANGUAGES, WORDS, Place

TEMPLATES = Path(words.__file__).parent / "templates"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty(lang: Language) -> None:
    assert [key for key, text in words.TEXTS[lang].items() if not text.strip()] == []


def test_both_languages_put_the_same_values_into_a_text() -> None:
    def slots(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", text))

    differing = [key for key, text in words.TEXTS["fr"].items() if slots(text) != slots(words.TEXTS["en"][key])]
    assert differing == []


def test_a_missing_text_or_value_raises() -> None:
    with pytest.raises(KeyError):
        words.text("no such text", "fr")
    with pytest.raises(KeyError):
        words.text("rank_of", "fr", rank=1)


def test_every_text_that_a_template_names_exists() -> None:
    named = {
        (file.name, key) for file in TEMPLATES.iterdir() for key in re.findall(r'\bt\("([\w.]+)"[),]', file.read_text())
    }
    assert len(named) > 100
    assert sorted(pair for pair in named if pair[1] not in words.TEXTS["fr"]) == []


def test_a_french_sign_never_begins_a_line() -> None:
    assert "\u00a0?" in words.text("home_title", "fr")
    assert [key for key, text in words.TEXTS["fr"].items() if re.search(" [:;?!»]|« ", text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_path_words_of_a_language_differ(lang: Language) -> None:
    own = [by_language[lang] for by_language in WORDS.values()]
    assert len(own) == len(set(own))


def test_a_word_means_one_section_in_all_languages() -> None:
    for section, by_language in WORDS.items():
        assert {places.section_of(word) for word in (*by_language.values(), section)} == {section}
    assert places.section_of("nothing") is None


def test_addresses_hold_any_key() -> None:
    assert Place("targets", "17.17").url("fr") == "/fr/odd/17.17"
    assert Place("actors", "a/b?c#d é").url("en") == "/en/actors/a%2Fb%3Fc%23d%20%C3%A9"
    assert Place("actors", query=(("q", "x&y"),)).url("fr", offset=50, kind=None) == "/fr/acteurs?q=x%26y&offset=50"
    assert Place().url("fr") == "/fr/"


@pytest.mark.parametrize(
    ("iri", "section"),
    [
        ("https://w3id.org/alliances/id/actor/ecosystem:x", "actors"),
        ("https://w3id.org/alliances/id/territory/territories:COM-1", "territories"),
        ("http://metadata.un.org/sdg/17.17", "targets"),
        ("https://w3id.org/alliances/id/relation/ecosystem:x", None),
        ("https://elsewhere.example/x", None),
    ],
)
def test_the_section_of_an_iri(iri: str, section: str | None) -> None:
    assert places.section_of_iri(iri) == section


@pytest.mark.parametrize(
    ("written", "french", "english"),
    [
        ("2020", "2020", "2020"),
        ("2020-05", "mai 2020", "May 2020"),
        ("2020-05-07", "7 mai 2020", "7 May 2020"),
        ("2020-08-01", "1er août 2020", "1 August 2020"),
        ("printemps 2020", "printemps 2020", "printemps 2020"),
    ],
)
def test_dates_are_as_precise_as_the_source(written: str, french: str, english: str) -> None:
    assert formats.date(written, "fr") == french
    assert formats.date(written, "en") == english


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2019", None, "depuis 2019"),
        ("2019-05-07", None, "depuis le 7 mai 2019"),
        (None, "2021", "jusqu’à 2021"),
        (None, "2021-05-07", "jusqu’au 7 mai 2021"),
        ("2019", "2021-05", "2019 – mai 2021"),
        ("2019", "2019", "2019"),
        (None, None, ""),
    ],
)
def test_periods(start: str | None, end: str | None, said: str) -> None:
    assert formats.period(start, end, "fr") == said


def test_numbers() -> None:
    assert formats.number(2615635, "fr") == "2\u202f615\u202f635"
    assert formats.number(2615635, "en") == "2,615,635"
    assert formats.number(0.0569984, "fr") == "0,057"
    assert formats.number(0.9, "fr", places=2) == "0,90"
    assert formats.number(81.0, "fr") == "81"
    assert formats.number(None, "fr") == "–"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x", "ftp://x/y", "http://", "http://[", ""]
)
def test_nothing_but_the_web_becomes_a_link(url: str) -> None:
    assert formats.safe_url(url) is None
    assert formats.safe_url("https://example.org/x") == "https://example.org/x"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_has_a_label(lang: Language) -> None:
    for section, scheme in (("actors", "actor-kind"), ("alliances", "alliance-kind"), ("territories", "level")):
        for one in schemes.concepts(scheme):
            assert formats.kind_label(section, one.key, lang) == one.labels[lang]
    with pytest.raises(KeyError):
        formats.kind_label("actors", "martian", lang)
