"""The pages from plain values: hostile ones stay text, and the style can be read."""

import re
from typing import Any

import pytest

from tests.site.markup import Markup
from visualisations.site import assets
from visualisations.site.places import Place
from visualisations.site.render import Frame, page

ATTACKS = (
    "<script>window.XSS=1</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7*7 }}{% raw %}",
    "</textarea><svg onload=alert(1)>",
    "javascript:alert(1)",
)
SUGGEST: dict[str, object] = {"labels": {}, "paths": {}, "api": "/x", "lang": "fr"}


def hostile_record(text: str) -> dict[str, Any]:
    other = {"name": text, "name_en": text, "iri": "i", "id": text, "page": Place("actors", text)}
    return {
        "section": "actors", "id": text, "iri": text, "name": text, "name_en": text, "acronym": text,
        "kind": "association", "description": text, "website": text, "note": text, "seat_as_stated": text,
        "public_role": text, "role_from": text, "role_to": None,
        "identifiers": {"siren": text, "siret": None, "rna": text},
        "source_urls": [text, f"https://x.example/{text}"], "retrieved": text, "territory": None,
        "memberships": [{**other, "kind": "charter", "role": "partner", "start": text, "end": None,
                         "period_basis": "inferred", "source_urls": [text]}],
        "allies": [{**other, "kind": "fund", "shared": 1, "alliances": [
            {**other, "ally_role": "lead", "start": text, "end": None}]}],
        "relations": [{"label_fr": text, "label_en": text, "other": other, "start": None, "end": None,
                       "seen_on": text, "basis": "inferred", "note": text, "source_urls": [text]}],
        "figures": [{"value": 81.0, "unit": text, "qualifier": "over", "appeal": None, "population": text,
                     "sample_size": 10, "date": text, "fieldwork": text, "indicator_fr": text, "indicator_en": None,
                     "note": text, "source_urls": [text]}],
    }  # fmt: skip


def hostile_page(text: str) -> str:
    values: dict[str, object] = {
        "record": hostile_record(text), "canonical": "/fr/x", "place": [{"code": text, "name": text}],
        "isolation": None, "lists": [], "numbers": None, "twins": [], "view": None, "data": None, "suggest": SUGGEST,
        "origins": [{**dict.fromkeys(("field", "source", "file", "sha256", "column", "raw"), text), "row": 2}],
    }  # fmt: skip
    return page("record", Frame("fr", Place("actors", text), "g", "h", "2026-11-23"), text, values)


def hostile_error(text: str) -> str:
    values: dict[str, object] = {
        "status": 300, "q": text, "detail": text, "suggest": SUGGEST,
        "candidates": [{"id": text, "name": text, "iri": text, "page": Place("actors", text)}],
    }  # fmt: skip
    return page("error", Frame("en", Place("actors", text)), text, values)


def hostile_search(text: str) -> str:
    row = {"list": "actors", "kind": "fund", "id": text, "name": text, "name_en": None, "place": text, "match": "exact",
           "page": Place("actors", text)}  # fmt: skip
    shown = {"total": 1, "count": 1, "first": 1, "previous": None, "next": None}
    values: dict[str, object] = {
        "q": text,
        "rows": [row],
        "lists": [],
        "chosen": None,
        "shown": shown,
        "suggest": SUGGEST,
    }
    return page("search", Frame("fr", Place("search", query=(("q", text),)), "g", "h", "2026"), text, values)


@pytest.mark.parametrize("make", [hostile_page, hostile_error, hostile_search])
@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_texts_stay_texts(make: Any, attack: str) -> None:
    markup = Markup(make(attack))
    assert attack in markup.text
    assert [one["src"] for one in markup.of("script")] == [assets.asset_url("site.js")]
    assert [one for one in markup.elements if any(name.startswith("on") for name in one.attributes)] == []
    assert [one for one in markup.links if not one.startswith(("/", "https://"))] == []
    assert not [one for one in markup.of("img") if one.get("src") == "x"]


def test_a_hostile_page_is_no_template() -> None:
    assert "49" not in Markup(hostile_error("{{ 7*7 }}")).text


def test_pages_hold_no_inline_script_or_style() -> None:
    html = hostile_page("x")
    assert "<style" not in html
    assert " style=" not in html


def test_the_style_is_small_and_asks_nothing_from_elsewhere() -> None:
    own = (assets._FOLDER / "site.css").read_text(encoding="utf-8")
    assert len(own.encode()) <= 20_000
    assert re.findall(r"url\(|@import|https?:", own) == []


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_has_the_contrast_of_aa(scheme: int) -> None:
    own = (assets._FOLDER / "site.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#\w{6});", re.findall(r":root {([^}]*)}", own)[scheme]))
    papers = [colours[name] for name in ("paper", "raised", "tint")]
    texts = ("ink", "soft", "accent", "warm", "good", "bad")
    assert [(name, paper) for name in texts for paper in papers if contrast(colours[name], paper) < 4.5] == []
    assert contrast(colours["accent-ink"], colours["accent"]) >= 4.5
    assert all(contrast(colours["focus"], paper) >= 3 for paper in papers)
