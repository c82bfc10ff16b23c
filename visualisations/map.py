"""The map: the territories of one level as an SVG drawing, coloured by what is known of their alliances.

Metropolitan France in a conic projection, the overseas territories as insets, each at a scale of its own.
A territory of which we cannot tell (`unknown`) is hatched, so that it is not read as one without alliances.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import cos, log, pi, radians, tan
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
from markupsafe import Markup

from graph.hierarchy import LEVELS, Level
from ontology.schemes import Language
from visualisations import texts
from visualisations.shell import Head, PageContext, fragment, record_url, render

Floats: TypeAlias = npt.NDArray[np.float64]
Frame: TypeAlias = Callable[[Floats], Floats]
"""Degrees → units of the view, both (n, 2)."""
Paths: TypeAlias = Mapping[str, str]
"""Territory code → SVG path data, in the units of `VIEW`."""

VIEW: Final = (0, 0, 10_000, 10_400)
"""The view box. Metropolitan France above, the insets in a row under it."""
STEPS: Final = (1, 2, 5, 10, 20)
"""The least number of alliances of each shade."""
STATUSES: Final = ("connected", "isolated", "unknown", "not_covered")
_MAINLAND: Final = (0, 0, 10_000, 8_700)
_INSET_TOP, _INSET_HEIGHT, _INSET_GAP = 8_900, 1_500, 120
_TRIANGLE_AREA: Final = 6
_NUMBERS: Final = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


@dataclass(frozen=True, slots=True)
class _Zone:
    """A part of the world that is drawn in a frame of its own: degrees west, south, east, north."""

    name: str
    west: float
    south: float
    east: float
    north: float


_METROPOLE: Final = _Zone("", -5.6, 41.2, 10.0, 51.3)
_OVERSEAS: Final = (
    _Zone("Guadeloupe", -61.9, 15.8, -60.95, 16.6),
    _Zone("Martinique", -61.3, 14.35, -60.75, 14.95),
    _Zone("Guyane", -54.7, 2.0, -51.5, 5.9),
    _Zone("La Réunion", 55.15, -21.45, 55.9, -20.8),
    _Zone("Mayotte", 44.95, -13.1, 45.35, -12.55),
    _Zone("St-Pierre-et-Miquelon", -56.5, 46.7, -56.1, 47.2),
    _Zone("St-Martin, St-Barthélemy", -63.2, 17.85, -62.75, 18.2),
)


def paths(outlines: pl.DataFrame, level: Level) -> Paths:
    """The outlines (`id`, `level`, `wkt` in WGS 84) of a level, projected once; about 0.1 s for the EPCI.

    A territory in none of the parts of the world that are drawn, such as the Pacific, is left out.
    """
    chosen = outlines.filter(pl.col("level").is_in(LEVELS[level])).sort("id")
    drawn = ((code, _path(_rings(wkt))) for code, wkt in chosen.select("id", "wkt").iter_rows())
    return MappingProxyType({code: path for code, path in drawn if path})


def svg(drawn: Paths, rows: pl.DataFrame, context: PageContext, lang: Language) -> Markup:
    """The map alone, for a page that has `shell.map_css`: one path a territory of `rows`, with its title.

    `rows` has `code`, `name`, `status` (one of `STATUSES`) and `alliances` (a number). With a site in the
    context each territory is a link to its record; each path says its code in `data-code`.
    """
    areas = [
        {"code": code, "path": drawn[code], "shade": _shade(status, alliances), "url": _url(context, lang, code),
         "title": f"{name} : {_said(status, alliances, lang)}"}
        for code, name, status, alliances in _in_order(rows) if code in drawn
    ]  # fmt: skip
    insets = [(zone.name, x, width) for zone, x, width in _insets() if any(_drawn_in(zone, drawn))]
    values = {"areas": areas, "insets": insets, "view": VIEW, "top": _INSET_TOP, "height": _INSET_HEIGHT}
    return fragment("map.svg", {**values, "label": texts.text("map", lang)})


def legend(lang: Language) -> list[tuple[str, str]]:
    """(class of the shade, what it means), in the order of the legend."""
    ranges = [str(low) if high == low + 1 else f"{low}–{high - 1}" for low, high in pairwise(STEPS)]
    last = f"{STEPS[-1]} alliances ou plus" if lang == "fr" else f"{STEPS[-1]} alliances or more"
    said = [f"{one} alliance{'' if one == '1' else 's'}" for one in ranges]
    shades = [(f"m{number}", meaning) for number, meaning in enumerate([*said, last], start=1)]
    return shades + [(status, texts.text(status, lang)) for status in STATUSES[1:]]


def map_page(outlines: pl.DataFrame, rows: pl.DataFrame, level: Level, context: PageContext, lang: Language) -> str:
    """The map of a level as one HTML file, with its legend and the same numbers as a table."""
    level_name = texts.text(level, lang)
    title = f"Les alliances par territoire : {level_name}" if lang == "fr" else f"Alliances by territory: {level_name}"
    lead = (
        "Une alliance compte là où elle est située et là où siège un membre. Hachuré : on ne peut pas savoir."
        if lang == "fr"
        else "An alliance counts where it is located and where a member is seated. Hatched: we cannot tell."
    )
    scope = f"{len(rows)} {level_name}"
    table = [
        (name, code, _url(context, lang, code), texts.text(status, lang), alliances)
        for code, name, status, alliances in _in_order(rows)
    ]
    drawn = paths(outlines, level)
    values: dict[str, object] = {
        "map": svg(drawn, rows, context, lang),
        "undrawn": _undrawn(rows, drawn, lang),
        "legend": legend(lang),
        "table": table,
    }
    return render("map.html", Head(title, lead), context.lines(scope, lang), lang, values)


def _undrawn(rows: pl.DataFrame, drawn: Paths, lang: Language) -> str:
    """Which territories have no outline, and so stand in the table alone; empty where all have one."""
    names = [name for code, name, _, _ in _in_order(rows) if code not in drawn]
    if not names:
        return ""
    said = "Sans tracé, dans le tableau seulement : " if lang == "fr" else "Without outline, in the table only: "
    return f"{said}{', '.join(names)}."


def _in_order(rows: pl.DataFrame) -> Iterable[tuple[str, str, str, int]]:
    return rows.select("code", "name", "status", pl.col("alliances").fill_null(0)).sort("code").iter_rows()


def _said(status: str, alliances: int, lang: Language) -> str:
    if status == "connected":
        return texts.counted(alliances, "alliance", "alliances", lang)
    return texts.text(status, lang)


def _shade(status: str, alliances: int) -> str:
    """The class of a territory: its status, or for a connected one the shade of its number of alliances."""
    if status != "connected":
        return status
    return f"m{max(1, sum(alliances >= step for step in STEPS))}"


def _url(context: PageContext, lang: Language, code: str) -> str | None:
    return record_url(context, lang, "territories", code)


def _rings(wkt: str) -> list[Floats]:
    """The rings of a POLYGON or MULTIPOLYGON, each (n, 2): longitude, latitude in degrees."""
    parts = re.findall(r"\(([^()]+)\)", wkt)
    return [np.array(_NUMBERS.findall(part), dtype=np.float64).reshape(-1, 2) for part in parts]


def _path(rings: list[Floats]) -> str:
    """SVG path data of the rings in the frame of the part of the world where the first one lies."""
    frame = _frame_of(*rings[0].mean(axis=0)) if rings else None
    if frame is None:
        return ""
    return "".join(_ring(frame(ring)) for ring in rings)


def _ring(xy: Floats) -> str:
    """One closed ring in whole units, relative to its start; nothing for one too small to be seen."""
    points = np.rint(xy).astype(np.int64)
    steps = np.diff(points, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if len(steps) < 3 or np.ptp(points, axis=0).prod() < _TRIANGLE_AREA:
        return ""
    return f"M{points[0, 0]} {points[0, 1]}l{' '.join(f'{x} {y}' for x, y in steps[:-1].tolist())}z"


def _frame_of(longitude: float, latitude: float) -> Frame | None:
    """The projection of the part of the world that holds a point; none where it is not drawn."""
    if _holds(_METROPOLE, longitude, latitude):
        return partial(_fitted, _conic, _METROPOLE, _MAINLAND)
    for zone, x, width in _insets():
        if _holds(zone, longitude, latitude):
            box = (x + 60, _INSET_TOP + 60, x + width - 60, _INSET_TOP + _INSET_HEIGHT - 300)
            return partial(_fitted, partial(_flat, zone), zone, box)
    return None


def _holds(zone: _Zone, longitude: float, latitude: float) -> bool:
    return zone.west <= longitude <= zone.east and zone.south <= latitude <= zone.north


def _insets() -> list[tuple[_Zone, int, int]]:
    """(zone, left edge, width) of each inset."""
    width = (VIEW[2] - _INSET_GAP * (len(_OVERSEAS) - 1)) // len(_OVERSEAS)
    return [(zone, number * (width + _INSET_GAP), width) for number, zone in enumerate(_OVERSEAS)]


def _drawn_in(zone: _Zone, drawn: Paths) -> Iterable[bool]:
    """Whether each path begins in the inset of `zone`."""
    _, left, width = next(inset for inset in _insets() if inset[0] == zone)
    for path in drawn.values():
        x, y = (int(number) for number in re.findall(r"-?\d+", path)[:2])
        yield y >= _INSET_TOP and left <= x <= left + width


def _fitted(project: Frame, zone: _Zone, box: tuple[int, int, int, int], ring: Floats) -> Floats:
    """The ring projected, then scaled so that the zone fills the box (left, top, right, bottom), centred."""
    edge = np.linspace(0.0, 1.0, 9)
    lines = [(zone.west + (zone.east - zone.west) * edge, np.full(9, lat)) for lat in (zone.south, zone.north)]
    border = project(np.concatenate([np.column_stack(line) for line in lines]))
    low, high = border.min(axis=0), border.max(axis=0)
    size = np.array([box[2] - box[0], box[3] - box[1]])
    scale = float((size / (high - low)).min())
    corner = np.array(box[:2]) + (size - (high - low) * scale) / 2
    placed: Floats = (project(ring) - low) * scale + corner
    return placed


def _flat(zone: _Zone, degrees: Floats) -> Floats:
    """Equirectangular, true at the middle of the zone; y downwards."""
    return np.column_stack([degrees[:, 0] * cos(radians((zone.south + zone.north) / 2)), -degrees[:, 1]])


def _conic(degrees: Floats) -> Floats:
    """Lambert's conformal conic on the sphere, with the parallels and the origin of Lambert-93; y downwards."""
    first, second, origin = radians(44.0), radians(49.0), radians(3.0)
    n = log(cos(first) / cos(second)) / log(tan(pi / 4 + second / 2) / tan(pi / 4 + first / 2))
    scale = cos(first) * tan(pi / 4 + first / 2) ** n / n
    longitude, latitude = np.radians(degrees).T
    radius = scale / np.tan(pi / 4 + latitude / 2) ** n
    angle = n * (longitude - origin)
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
