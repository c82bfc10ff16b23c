"""The map: where things lie, how they are shaded, what is not drawn."""

import re
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from graph import Generation
from graph.hierarchy import LEVELS, Level
from ontology.schemes import Language
from tests.visualisations import samples
from visualisations.map import VIEW, legend, map_page, paths, svg

OUTLINES = pl.DataFrame(
    {
        "id": ["DEP-01", "DEP-02", "DEP-03", "DEP-04", "DEP-974", "DEP-988", "REG-11"],
        "level": ["departement"] * 6 + ["region"],
        "wkt": [
            "POLYGON((0 44,2 44,2 45,0 45,0 44))",
            "POLYGON((0 48,2 48,2 49,0 49,0 48))",
            "MULTIPOLYGON(((5 44,7 44,7 45,5 45,5 44),(5.5 44.2,6 44.2,6 44.6,5.5 44.2)),((8 42,9 42,9 43,8 42)))",
            "POLYGON((5 48,7 48,7 49,5 49,5 48))",
            "POLYGON((55.3 -21.3,55.8 -21.3,55.8 -20.9,55.3 -21.3))",
            "POLYGON((164 -22,166 -22,166 -20,164 -22))",
            "POLYGON((2 48,3 48,3 49,2 48))",
        ],
    }
)
ROWS = pl.DataFrame(
    {
        "code": ["DEP-01", "DEP-02", "DEP-03", "DEP-04", "DEP-974", "DEP-988"],
        "name": ["Un", "Deux", "Trois", "Quatre", "La Réunion", "Nouvelle-Calédonie"],
        "status": ["connected", "isolated", "unknown", "not_covered", "connected", "connected"],
        "alliances": [1, 0, 0, 0, 25, 2],
    }
)
SVG = "{http://www.w3.org/2000/svg}"


def areas(lang: Language = "fr") -> dict[str, ET.Element]:
    drawing = ET.fromstring(svg(paths(OUTLINES, "departement"), ROWS, samples.CONTEXT, lang))  # noqa: S314 — our own
    return {path.attrib["data-code"]: path for path in drawing.iter(f"{SVG}path")}


def start(path: str) -> tuple[int, int]:
    x, y = re.findall(r"-?\d+", path)[:2]
    return int(x), int(y)


def test_north_is_up_and_east_is_right() -> None:
    drawn = {code: start(path) for code, path in paths(OUTLINES, "departement").items()}
    assert drawn["DEP-02"][1] < drawn["DEP-01"][1]
    assert drawn["DEP-02"][0] < drawn["DEP-04"][0]
    assert drawn["DEP-974"][1] > max(drawn[code][1] for code in ("DEP-01", "DEP-02", "DEP-03", "DEP-04"))


def test_a_level_has_its_own_outlines_and_the_pacific_none() -> None:
    assert set(paths(OUTLINES, "departement")) == {"DEP-01", "DEP-02", "DEP-03", "DEP-04", "DEP-974"}
    assert set(paths(OUTLINES, "region")) == {"REG-11"}


def test_holes_and_parts_are_rings_of_their_own() -> None:
    assert paths(OUTLINES, "departement")["DEP-03"].count("M") == 3


def test_shades_tell_unknown_from_isolated() -> None:
    shades = {code: path.attrib["class"] for code, path in areas().items()}
    assert shades == {
        "DEP-01": "m1",
        "DEP-02": "isolated",
        "DEP-03": "unknown",
        "DEP-04": "not_covered",
        "DEP-974": "m5",
    }
    hatched = {code for code, path in areas().items() if path.get("fill") == "url(#hatch)"}
    assert hatched == {"DEP-03"}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("fr", ["Un : 1 alliance", "Deux : isolé : cherché, rien trouvé", "Trois : inconnu : couvert en partie"]),
        ("en", ["Un : 1 alliance", "Deux : isolated: searched, none found", "Trois : unknown: covered in part"]),
    ],
)
def test_each_area_says_its_name_and_state(lang: Language, said: list[str]) -> None:
    titles = [areas(lang)[code].findtext(f"{SVG}title") for code in ("DEP-01", "DEP-02", "DEP-03")]
    assert titles == said


def test_the_legend_names_every_shade_once() -> None:
    shades = [shade for shade, _ in legend("fr")]
    assert shades == ["m1", "m2", "m3", "m4", "m5", "isolated", "unknown", "not_covered"]
    assert [meaning for _, meaning in legend("en")][:5] == [
        "1 alliance",
        "2–4 alliances",
        "5–9 alliances",
        "10–19 alliances",
        "20 alliances or more",
    ]


def test_what_has_no_outline_stands_in_the_table() -> None:
    page = map_page(OUTLINES, ROWS, "departement", samples.SERVED, "en")
    assert "Without outline, in the table only: Nouvelle-Calédonie." in page
    assert page.count("<tr><th scope") == len(ROWS) + 1
    assert '<a href="/en/territories/DEP-01"><path' in page


@pytest.mark.parametrize("level", ["region", "departement", "epci"])
def test_the_real_outlines_are_all_drawn_inside_the_view(generation: Generation, level: Level) -> None:
    outlines = generation.table("outlines")
    drawn = paths(outlines, level)
    assert set(drawn) == set(outlines.filter(pl.col("level").is_in(LEVELS[level]))["id"])
    for path in drawn.values():
        x, y = start(path)
        assert 0 <= x <= VIEW[2]
        assert 0 <= y <= VIEW[3]
