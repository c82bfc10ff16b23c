"""A two-mode network as one HTML file: pyvis describes the drawing, the template frames it.

Of pyvis it takes the description of nodes, edges and options, and the vis-network that pyvis carries
for `cdn_resources="in_line"`. Its own template is not used: it loads Bootstrap from a network, puts its
heading in unescaped, and shows titles as markup as soon as one of them contains « href ».
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import quote

import networkx as nx
import orjson

from graph.networks import Network
from ontology.schemes import Language
from visualisations import texts
from visualisations.layout import node_size, positions
from visualisations.shell import Head, PageContext, record_url, render
from visualisations.style import icon_path, style_of

Details: TypeAlias = Mapping[tuple[str, str], str]
"""(actor, alliance) → what a page says of their tie: roles and period."""

MOST_TIED: Final = 5
_OPTIONS: Final = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "edges": {"smooth": False, "width": 1.5, "selectionWidth": 1.5, "hoverWidth": 0.5, "color": {"inherit": False}},
    "nodes": {"borderWidth": 1, "borderWidthSelected": 3},
    "interaction": {"hover": True, "tooltipDelay": 120, "dragNodes": False, "multiselect": False},
}
_TEXTS: Final = ("nothing", "clear", "record", "members", "its_alliances", "no_ties", "no_match")


@dataclass(frozen=True)
class _Row:
    """A node as the table shows it."""

    name: str
    mode: str
    kind: str
    url: str | None
    ties: Sequence[tuple[str, str]]
    """(name, roles and period) of each neighbour."""


@dataclass(frozen=True)
class _Entry:
    """A kind as the legend shows it."""

    kind: str
    label: str
    count: int
    path: str
    colour: str
    fill: str


@dataclass(frozen=True)
class View:
    """What is drawn: a network from `graph.networks.two_mode`, what is said of its ties, and who is chosen at first."""

    graph: Network
    details: Details
    focus: str | None = None


def network_html(view: View, head: Head, context: PageContext, lang: Language) -> str:
    """The page of a network."""
    graph, details = view.graph, view.details
    nodes, edges, options = _drawing(graph, details, context, lang)
    labels = {key: texts.text(key, lang) for key in _TEXTS}
    values: dict[str, object] = {
        "rows": _rows(graph, details, context, lang),
        "legend": _legend(graph, lang),
        "summary": _summary(graph, lang),
        "most_tied": _most_tied(graph),
        "data": {"nodes": nodes, "edges": edges, "options": options, "texts": labels, "focus": view.focus},
    }
    return render("network.html", head, context.lines(_scope(graph, lang), lang), lang, values)


Drawing: TypeAlias = tuple[list[dict[str, object]], list[dict[str, object]], dict[str, object]]


def _drawing(graph: Network, details: Details, context: PageContext, lang: Language) -> Drawing:
    """Nodes, edges and options as vis-network takes them."""
    from pyvis.edge import Edge  # noqa: PLC0415 — half a second, which a command that draws nothing need not wait for
    from pyvis.network import Network as Drawn  # noqa: PLC0415

    drawn = Drawn(cdn_resources="in_line")
    drawn.set_options(orjson.dumps(_OPTIONS).decode())
    for node, (x, y) in positions(graph).items():
        drawn.add_node(node, x=x, y=y, **_node(graph, node, context, lang))
    # not add_edge, which looks through all edges for each
    drawn.edges = [_edge(Edge, *_ends(graph, a, b), details) for a, b in graph.edges]
    nodes, edges, _, _, _, options = drawn.get_network_data()
    for node in nodes:
        node["name"] = node.pop("label")  # vis-network would draw every label, however many overlap
    return nodes, edges, orjson.loads(options)


def _node(graph: Network, node: str, context: PageContext, lang: Language) -> dict[str, object]:
    attributes = graph.nodes[node]
    mode, kind = attributes["mode"], attributes["kind"]
    style = style_of(mode, kind)
    degree = graph.degree(node)
    ties = ("lien", "liens") if lang == "fr" else ("tie", "ties")
    about = f"{texts.text(mode, lang)} · {texts.kind(mode, kind, lang)} · {texts.counted(degree, *ties, lang)}"
    return {
        "label": attributes["name"],
        "about": about,
        "mode": mode,
        "kind": kind,
        "shape": style.shape,
        "size": round(node_size(degree), 1),
        "color": style.colour,
        "borderWidth": 3 if mode == "alliance" else 1,
        "url": _url(graph, node, context, lang),
    }


def _edge(edge: type, actor: str, alliance: str, details: Details) -> dict[str, object]:
    detail = details.get((actor, alliance), "")
    options: dict[str, object] = edge(actor, alliance, detail=detail).options
    return options


def _ends(graph: Network, a: str, b: str) -> tuple[str, str]:
    """An edge as (actor, alliance)."""
    return (a, b) if graph.nodes[a]["mode"] == "actor" else (b, a)


def _url(graph: Network, node: str, context: PageContext, lang: Language) -> str | None:
    attributes = graph.nodes[node]
    return record_url(context, lang, f"{attributes['mode']}s", quote(attributes["id"], safe=""))


def _rows(graph: Network, details: Details, context: PageContext, lang: Language) -> list[_Row]:
    """All nodes by name, as a reader looks for it: accents and case apart."""
    ordered = sorted(graph, key=lambda node: (_folded(graph.nodes[node]["name"]), node))
    place = {node: number for number, node in enumerate(ordered)}
    return [
        _Row(
            name=graph.nodes[node]["name"],
            mode=texts.text(graph.nodes[node]["mode"], lang),
            kind=texts.kind(graph.nodes[node]["mode"], graph.nodes[node]["kind"], lang),
            url=_url(graph, node, context, lang),
            ties=[
                (graph.nodes[other]["name"], details.get(_ends(graph, node, other), ""))
                for other in sorted(graph[node], key=place.__getitem__)
            ],
        )
        for node in ordered
    ]


def _folded(name: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", name) if not unicodedata.combining(one)).casefold()


def _legend(graph: Network, lang: Language) -> list[tuple[str, str, list[_Entry]]]:
    """(mode, its title, its kinds: the most frequent first)."""
    return [(mode, texts.text(f"{mode}s", lang), _entries(graph, mode, lang)) for mode in ("actor", "alliance")]


def _entries(graph: Network, mode: str, lang: Language) -> list[_Entry]:
    counts = Counter(str(node["kind"]) for node in graph.nodes.values() if node["mode"] == mode)
    return [
        _Entry(
            kind=kind,
            label=texts.kind(mode, kind, lang),
            count=count,
            path=icon_path(style_of(mode, kind).shape),
            colour=style_of(mode, kind).colour,
            fill="none" if mode == "alliance" else style_of(mode, kind).colour,
        )
        for kind, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _summary(graph: Network, lang: Language) -> str:
    modes = Counter(str(node["mode"]) for node in graph.nodes.values())
    sizes = sorted(map(len, nx.connected_components(graph)), reverse=True) or [0]
    alone = sizes.count(1)
    if lang == "fr":
        return (
            f"{texts.counted(modes['actor'], 'acteur', 'acteurs', lang)} et "
            f"{texts.counted(modes['alliance'], 'alliance', 'alliances', lang)}, "
            f"{texts.counted(graph.number_of_edges(), 'lien', 'liens', lang)} entre eux. "
            f"Le plus grand ensemble relié réunit {texts.number(sizes[0], lang)} d’entre eux ; "
            f"{texts.counted(alone, 'n’a aucun lien connu', 'n’ont aucun lien connu', lang)}."
        )
    return (
        f"{texts.counted(modes['actor'], 'actor', 'actors', lang)} and "
        f"{texts.counted(modes['alliance'], 'alliance', 'alliances', lang)}, "
        f"{texts.counted(graph.number_of_edges(), 'tie', 'ties', lang)} between them. "
        f"The largest connected part holds {texts.number(sizes[0], lang)} of them; "
        f"{texts.counted(alone, 'has no known tie', 'have no known tie', lang)}."
    )


def _most_tied(graph: Network) -> list[tuple[str, int]]:
    ranked = sorted(graph, key=lambda node: (-graph.degree(node), node))
    return [(graph.nodes[node]["name"], graph.degree(node)) for node in ranked[:MOST_TIED] if graph.degree(node)]


def _scope(graph: Network, lang: Language) -> str:
    count = texts.number(graph.number_of_nodes(), lang)
    ties = texts.number(graph.number_of_edges(), lang)
    if lang == "fr":
        return f"réseau biparti acteurs × alliances, {count} nœuds, {ties} liens, sans les personnes"
    return f"two-mode network of actors × alliances, {count} nodes, {ties} ties, without persons"
