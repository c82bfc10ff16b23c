"""The writers by format."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, Final, TypeAlias

import networkx as nx
import orjson

from graph.exports.gexf import write_gexf
from graph.exports.note import Note
from graph.exports.tables import PlainValue, plain
from graph.networks import Network, side_of

Writer: TypeAlias = Callable[[Network, IO[bytes], Note], None]


def write_graphml(network: Network, stream: IO[bytes], note: Note) -> None:
    """GraphML; the citation is an attribute of the graph."""
    flat: Network = nx.Graph(name="alliances", citation=note.citation)
    for node, values in network.nodes(data=True):
        flat.add_node(node, label=values["name"], **plain(values))
    flat.add_edges_from((one, other, plain(values)) for one, other, values in network.edges(data=True))
    nx.write_graphml_xml(flat, stream)


def write_kumu(network: Network, stream: IO[bytes], note: Note) -> None:
    """A blueprint of Kumu: `elements` (`id`, `label`, `type`, `tags`) and `connections` (`from`, `to`, `direction`).

    Kumu takes every other key for a field. `id`s are IRIs, because labels are not unique.
    """
    elements = [
        {
            "id": node,
            "label": values["name"],
            "type": str(values["mode"]).capitalize(),
            "tags": [values["kind"]] if values["kind"] else [],
            **_fields(values, "key", "kind", "territory", "population"),
        }
        for node, values in network.nodes(data=True)
    ]
    connections = [
        {"from": one, "to": other, "direction": "undirected", **_connection(values)}
        for one, other, values in network.edges(data=True)
    ]
    del note  # a blueprint holds elements and connections, and nothing else
    stream.write(
        orjson.dumps(
            {"elements": elements, "connections": connections}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        )
    )


def _fields(values: dict[str, object], *names: str) -> dict[str, PlainValue]:
    flat = plain(values)
    return {name: flat[name] for name in names if name in flat}


def _connection(values: dict[str, object]) -> dict[str, object]:
    roles = values.get("roles")
    kind = roles[0] if isinstance(roles, list) and len(roles) == 1 else None
    return {**({"type": kind} if kind else {}), **plain(values)}


def write_pajek(network: Network, stream: IO[bytes], note: Note) -> None:
    """A .net file of Pajek in UTF-8: `*Vertices n`, of a two-mode network `*Vertices n n1`, the actors first.

    A label is the name; two of one name have their id behind it.
    """
    nodes = _in_modes(network)
    actors = sum(network.nodes[node]["mode"] == "actor" for node in nodes)
    two_mode = 0 < actors < len(nodes)
    place = {node: number for number, node in enumerate(nodes, start=1)}
    lines = [f"% {_one_line(note.citation)}", f"*Vertices {len(nodes)}{f' {actors}' if two_mode else ''}"]
    lines += [f'{place[node]} "{label}"' for node, label in zip(nodes, _labels(network, nodes), strict=True)]
    ties = sorted(
        (*sorted((place[one], place[other])), values["weight"]) for one, other, values in network.edges(data=True)
    )
    lines += ["*Edges", *(f"{one} {other} {weight}" for one, other, weight in ties)]
    stream.write("".join(f"{line}\n" for line in lines).encode())


def _in_modes(network: Network) -> list[str]:
    return [*side_of(network, "actor"), *(node for node in sorted(network) if network.nodes[node]["mode"] != "actor")]


def _labels(network: Network, nodes: list[str]) -> Iterator[str]:
    names = [_one_line(str(network.nodes[node]["name"])).replace('"', "'") for node in nodes]
    seen = Counter(names)
    for node, name in zip(nodes, names, strict=True):
        yield f"{name} ({network.nodes[node]['id']})" if seen[name] > 1 else name


def _one_line(text: str) -> str:
    return " ".join(text.split())


WRITERS: Final[Mapping[str, Writer]] = MappingProxyType(
    {"graphml": write_graphml, "gexf": write_gexf, "kumu": write_kumu, "pajek": write_pajek}
)
