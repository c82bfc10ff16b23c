"""The whole network as a small picture, for a page that leads to the interactive one."""

from html import escape

from graph.networks import Network
from visualisations.layout import node_size, positions
from visualisations.style import style_of

_MARGIN = 40
_STYLE = (
    "line{stroke:#8a94a0;stroke-width:2;opacity:.45}circle{stroke:#fff;stroke-width:1.5}.h{stroke-width:5}"
    "@media(prefers-color-scheme:dark){line{stroke:#8491a0}circle{stroke:#12161c}}"
)


def network_svg(network: Network) -> str:
    """The network as SVG: actors filled, alliances hollow, in the colours and at the places of the network page."""
    places = positions(network)
    lines = "".join(
        f'<line x1="{places[a][0]:.0f}" y1="{places[a][1]:.0f}" x2="{places[b][0]:.0f}" y2="{places[b][1]:.0f}"/>'
        for a, b in network.edges
    )
    nodes = "".join(_node(network.nodes[node], network.degree(node), *places[node]) for node in sorted(network))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{_box(places)}"><style>{_STYLE}</style>{lines}{nodes}</svg>'
    )


def _node(attributes: dict[str, str], degree: int, x: float, y: float) -> str:
    colour = escape(style_of(attributes["mode"], attributes["kind"]).colour)
    place = f'cx="{x:.0f}" cy="{y:.0f}" r="{node_size(degree):.0f}"'
    if attributes["mode"] == "alliance":
        return f'<circle class="h" {place} fill="none" style="stroke:{colour}"/>'
    return f'<circle {place} fill="{colour}"/>'


def _box(places: dict[str, tuple[float, float]]) -> str:
    xs, ys = ([place[axis] for place in places.values()] or [0.0] for axis in (0, 1))
    left, top = min(xs) - _MARGIN, min(ys) - _MARGIN
    return f"{left:.0f} {top:.0f} {max(xs) + _MARGIN - left:.0f} {max(ys) + _MARGIN - top:.0f}"
