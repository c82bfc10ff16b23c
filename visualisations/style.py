"""How each kind is drawn: a shape and a colour together, so that neither has to be told apart alone.

Colour says the sector, shape the kind within it; actors are filled, alliances hollow. Every colour has
a contrast of 3:1 or more on both papers, and the six differ under the common colour-vision deficiencies.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, pi, sin
from types import MappingProxyType
from typing import Final, Literal

Shape = Literal["dot", "square", "triangle", "triangleDown", "diamond", "star", "hexagon"]

PAPER_LIGHT: Final = "#ffffff"
PAPER_DARK: Final = "#12161c"

_CIVIL, _PUBLIC, _BUSINESS, _MONEY = "#d55e00", "#0b77bd", "#00926b", "#a07400"
_KNOWLEDGE, _COMMON, _NEUTRAL = "#8a63d2", "#c24d92", "#6b7785"


@dataclass(frozen=True, slots=True)
class Style:
    """What a kind looks like."""

    shape: Shape
    colour: str


ACTORS: Final[Mapping[str, Style]] = MappingProxyType(
    {
        "association": Style("dot", _CIVIL),
        "collective": Style("hexagon", _CIVIL),
        "company": Style("triangle", _BUSINESS),
        "local_authority": Style("square", _PUBLIC),
        "state": Style("star", _PUBLIC),
        "public_body": Style("triangleDown", _PUBLIC),
        "mission": Style("diamond", _PUBLIC),
        "network": Style("hexagon", _COMMON),
        "foundation": Style("diamond", _MONEY),
        "fund": Style("square", _MONEY),
        "academic": Style("triangle", _KNOWLEDGE),
        "research_body": Style("star", _KNOWLEDGE),
        "person": Style("dot", _NEUTRAL),
        "unspecified": Style("triangleDown", _NEUTRAL),
    }
)
ALLIANCES: Final[Mapping[str, Style]] = MappingProxyType(
    {
        "cooperation": Style("hexagon", _COMMON),
        "charter": Style("square", _COMMON),
        "programme": Style("dot", _PUBLIC),
        "employment": Style("square", _PUBLIC),
        "education": Style("triangle", _PUBLIC),
        "solidarity": Style("dot", _CIVIL),
        "tiers_lieu": Style("square", _CIVIL),
        "ptce": Style("hexagon", _BUSINESS),
        "ecological_transition": Style("triangleDown", _BUSINESS),
        "sponsorship": Style("diamond", _MONEY),
        "fund": Style("square", _MONEY),
        "territorial_foundation": Style("dot", _MONEY),
        "grant": Style("triangle", _MONEY),
        "research": Style("star", _KNOWLEDGE),
        "unspecified": Style("triangleDown", _NEUTRAL),
    }
)
OTHER: Final = Style("triangleDown", _NEUTRAL)
"""Of a kind that has no style of its own."""


def style_of(mode: str, kind: str) -> Style:
    """The style of a kind of actor or of alliance; `OTHER` for a kind that is new."""
    return (ALLIANCES if mode == "alliance" else ACTORS).get(kind, OTHER)


def icon_path(shape: Shape) -> str:
    """The shape as SVG path data in a box from -10 to 10."""
    return _ROUND if shape == "dot" else "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _CORNERS[shape]) + "Z"


def _ring(count: int, radius: float, turn: float = -pi / 2) -> list[tuple[float, float]]:
    angles = [turn + 2 * pi * step / count for step in range(count)]
    return [(radius * cos(angle), radius * sin(angle)) for angle in angles]


_ROUND: Final = "M7 0A7 7 0 1 1 -7 0A7 7 0 1 1 7 0Z"
_STAR = [corner for pair in zip(_ring(5, 8.5), _ring(5, 4, -pi / 2 + pi / 5), strict=True) for corner in pair]
_CORNERS: Final[Mapping[Shape, list[tuple[float, float]]]] = MappingProxyType(
    {
        "square": _ring(4, 9, pi / 4),
        "triangle": _ring(3, 8.5),
        "triangleDown": _ring(3, 8.5, pi / 2),
        "diamond": _ring(4, 8.5),
        "hexagon": _ring(6, 8, 0),
        "star": _STAR,
    }
)
