"""GEXF 1.2 for Gephi and Gephi Lite, with colours and sizes.

Written here and not by NetworkX, which gives every colour an alpha (`a="1.0"`) that makes Gephi Lite pass
over it, and puts today's date into the file.
"""

from collections.abc import Collection, Mapping
from math import sqrt
from typing import IO
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from graph.exports.note import Note
from graph.exports.tables import PlainValue, plain
from graph.networks import Network

_GEXF, _VIZ = "http://www.gexf.net/1.2draft", "http://www.gexf.net/1.2draft/viz"
_VERSION = "1.2"
_TYPES: Mapping[type, str] = {bool: "boolean", int: "long", float: "double", str: "string"}
_OWN_PLACE = frozenset({"name", "weight"})
"""What GEXF has a place of its own for."""


def write_gexf(network: Network, stream: IO[bytes], note: Note) -> None:
    """One file: nodes coloured by kind and sized by their ties, edges with their weight."""
    root = Element("gexf", {"xmlns": _GEXF, "xmlns:viz": _VIZ, "version": _VERSION})
    meta = SubElement(root, "meta", lastmodifieddate=note.day.isoformat())
    SubElement(meta, "creator").text = "Alliances"
    SubElement(meta, "description").text = _legible(note.citation)
    graph = SubElement(root, "graph", defaultedgetype="undirected", mode="static")
    nodes = {node: plain(values) for node, values in network.nodes(data=True)}
    edges = {(one, other): plain(values) for one, other, values in network.edges(data=True)}
    node_columns = _declare(graph, "node", nodes.values())
    edge_columns = _declare(graph, "edge", edges.values())
    _add_nodes(SubElement(graph, "nodes"), network, nodes, node_columns, note)
    _add_edges(SubElement(graph, "edges"), edges, edge_columns)
    indent(root, " ")
    ElementTree(root).write(stream, encoding="utf-8", xml_declaration=True)


def _declare(graph: Element, of: str, rows: Collection[Mapping[str, PlainValue]]) -> dict[str, str]:
    """Declare the attributes that any row has; the id of each."""
    types = {name: type(value) for row in rows for name, value in row.items() if name not in _OWN_PLACE}
    declared = SubElement(graph, "attributes", {"class": of})
    ids = {name: f"{of[0]}{place}" for place, name in enumerate(sorted(types))}
    for name, key in ids.items():
        SubElement(declared, "attribute", id=key, title=name, type=_TYPES[types[name]])
    return ids


def _add_nodes(
    parent: Element, network: Network, nodes: Mapping[str, Mapping[str, PlainValue]], ids: Mapping[str, str], note: Note
) -> None:
    for node, values in nodes.items():
        element = SubElement(parent, "node", id=node, label=_legible(str(values["name"])))
        _add_values(element, values, ids)
        colour = note.colour(str(values["mode"]), str(values.get("kind", "")))
        red, green, blue = (str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
        SubElement(element, "viz:color", r=red, g=green, b=blue)
        SubElement(element, "viz:size", value=f"{5 + 3 * sqrt(len(network[node])):.2f}")


def _add_edges(
    parent: Element, edges: Mapping[tuple[str, str], Mapping[str, PlainValue]], ids: Mapping[str, str]
) -> None:
    for place, ((one, other), values) in enumerate(edges.items()):
        weight = str(float(values.get("weight", 1)))
        element = SubElement(parent, "edge", id=str(place), source=one, target=other, weight=weight)
        _add_values(element, values, ids)


def _add_values(element: Element, values: Mapping[str, PlainValue], ids: Mapping[str, str]) -> None:
    held = [(ids[name], value) for name, value in values.items() if name in ids]
    if held:
        parent = SubElement(element, "attvalues")
        for key, value in held:
            SubElement(parent, "attvalue", {"for": key, "value": _legible(str(value))})


def _legible(text: str) -> str:
    """The text without the characters that XML 1.0 forbids."""
    return "".join(one for one in text if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff"))
