"""Colours and shapes: told apart by either, readable on both papers."""

import re
from itertools import pairwise

import pytest

from ontology import schemes
from visualisations import shell, style, texts


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def variables() -> list[dict[str, str]]:
    """The variables of the light and of the dark scheme."""
    blocks = re.findall(r":root\s*\{([^}]*)\}", shell.script("page.css"))
    return [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block)) for block in blocks]


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("paper", [style.PAPER_LIGHT, style.PAPER_DARK])
def test_every_colour_is_seen_on_both_papers(paper: str) -> None:
    used = {one.colour for one in [*style.ACTORS.values(), *style.ALLIANCES.values(), style.OTHER]}
    assert {colour: contrast(colour, paper) for colour in used if contrast(colour, paper) < 3.0} == {}


def test_text_is_readable_in_both_schemes() -> None:
    light, dark = variables()
    assert (light["paper"], dark["paper"]) == (style.PAPER_LIGHT, style.PAPER_DARK)
    for scheme in (light, dark):
        for ink in ("ink", "soft", "accent"):
            assert contrast(scheme[ink], scheme["paper"]) >= 4.5
            assert contrast(scheme[ink], scheme["raised"]) >= 4.5


@pytest.mark.parametrize(("scheme", "styles"), [("actor-kind", style.ACTORS), ("alliance-kind", style.ALLIANCES)])
def test_every_kind_of_the_ontology_has_a_look_of_its_own(scheme: str, styles: dict[str, style.Style]) -> None:
    assert set(styles) >= schemes.keys(scheme)
    assert len({(one.shape, one.colour) for one in styles.values()}) == len(styles)


def test_shapes_of_the_legend_stay_in_their_box() -> None:
    shapes = {one.shape for one in [*style.ACTORS.values(), *style.ALLIANCES.values()]}
    for shape in shapes:
        numbers = [abs(float(number)) for number in re.findall(r"-?\d+\.\d+|-?\d+", style.icon_path(shape))]
        assert max(numbers) <= 10


def test_both_languages_say_all() -> None:
    assert texts.TEXTS["fr"].keys() == texts.TEXTS["en"].keys()
    assert all(said.strip() for language in texts.TEXTS.values() for said in language.values())


def test_periods_keep_their_precision() -> None:
    assert texts.period("2019-05", None, "fr") == "depuis 2019-05"
    assert texts.period("2019", "2021", "en") == "2019 – 2021"
    assert texts.period("2019-06-26", "2019-06-26", "en") == "2019-06-26"
    assert texts.period(None, "2021", "en") == "until 2021"
    assert texts.period(None, None, "fr") == "période inconnue"


def test_counts_are_written_as_the_language_does() -> None:
    assert texts.counted(0, "lien", "liens", "fr") == "0 lien"
    assert texts.counted(0, "tie", "ties", "en") == "0 ties"
    assert texts.counted(1436, "lien", "liens", "fr") == "1\u202f436 liens"
    assert texts.counted(1436, "tie", "ties", "en") == "1,436 ties"


def test_the_sectors_stay_apart_for_the_colour_blind() -> None:
    """Red and green weigh the same for deuteranopes: the colours must differ in what is left of them."""
    colours = {one.colour for one in style.ACTORS.values()}
    seen = sorted(deuteranope(colour) for colour in colours)
    assert all(max(abs(a - b) for a, b in zip(one, other, strict=True)) > 0.04 for one, other in pairwise(seen))


def deuteranope(colour: str) -> tuple[float, float, float]:
    """The linear colour as a deuteranope sees it (Viénot, Brettel and Mollon 1999)."""
    red, green, blue = ((int(colour[place : place + 2], 16) / 255) ** 2.2 for place in (1, 3, 5))
    yellow = 0.29275 * red + 0.70725 * green
    return yellow, yellow, -0.02234 * red + 0.02234 * green + blue
