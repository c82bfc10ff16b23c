"""Networks in other programs' formats: what is read back is what was written."""

import io
import re
from datetime import date
from xml.etree import ElementTree

import networkx as nx
import orjson
import polars as pl
import pytest

from graph import Generation
from graph.exports import WRITERS, Note, tables, write_ftm
from graph.measured import NetworkName
from graph.networks import Network, side_of
from visualisations.style import style_of

NOTE = Note("Somebody & « others » (2026).", date(2026, 11, 23), lambda mode, kind: style_of(mode, kind).colour)
NAMES: tuple[NetworkName, ...] = ("two-mode", "actors", "alliances", "territories")
VIZ = "{http://www.gexf.net/1.2draft/viz}"


def written(network: Network, form: str) -> bytes:
    out = io.BytesIO()
    WRITERS[form](network, out, NOTE)
    return out.getvalue()


def weights(network: Network) -> dict[frozenset[str], float]:
    return {frozenset((one, other)): float(values["weight"]) for one, other, values in network.edges(data=True)}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["gexf", "graphml"])
def test_networkx_reads_what_was_written(generation: Generation, name: NetworkName, form: str) -> None:
    network = generation.network(name)
    read = getattr(nx, f"read_{form}")(io.BytesIO(written(network, form)))
    assert set(read) == set(network)
    assert weights(read) == weights(network)
    for node, values in network.nodes(data=True):
        assert read.nodes[node]["label"] == values["name"]
        assert read.nodes[node].get("territory") == values["territory"]
        assert read.nodes[node]["key"] == values["id"]


def test_gexf_has_the_colours_of_the_pages_without_alpha(generation: Generation) -> None:
    network = generation.network()
    root = ElementTree.fromstring(written(network, "gexf"))  # noqa: S314 - our own
    nodes = root.findall(".//{*}node")
    assert len(nodes) == network.number_of_nodes()
    for node in nodes:
        colour = node.find(f"{VIZ}color")
        assert colour is not None
        assert set(colour.attrib) == {"r", "g", "b"}
        values = network.nodes[node.attrib["id"]]
        shown = "#" + "".join(f"{int(colour.attrib[part]):02x}" for part in "rgb")
        assert shown == style_of(values["mode"], values["kind"]).colour
        assert node.find(f"{VIZ}size") is not None
    assert root.findtext(".//{*}description") == NOTE.citation
    assert root.find("{*}meta").attrib == {"lastmodifieddate": "2026-11-23"}  # type: ignore[union-attr]


def test_characters_that_xml_forbids_do_not_break_gexf() -> None:
    network: Network = nx.Graph()
    network.add_node(
        "a",
        id="a",
        name="bell\x07 <&> \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        kind="x",
        mode="actor",
    )
    root = ElementTree.fromstring(written(network, "gexf"))  # noqa: S314 - our own
    assert root.find(".//{*}node").attrib["label"] == "bell <&> \U0001f600"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", NAMES)
def test_kumu_has_elements_and_connections(generation: Generation, name: NetworkName) -> None:
    network = generation.network(name)
    blueprint = orjson.loads(written(network, "kumu"))
    assert set(blueprint) == {"elements", "connections"}
    elements = {one["id"]: one for one in blueprint["elements"]}
    assert set(elements) == set(network)
    assert all({"id", "label", "type", "tags"} <= set(one) for one in elements.values())
    ends = {frozenset((one["from"], one["to"])): one for one in blueprint["connections"]}
    assert set(ends) == set(weights(network))
    assert {one["direction"] for one in ends.values()} == {"undirected"}


def read_pajek(text: str) -> tuple[list[str], int | None, dict[frozenset[int], int]]:
    """(labels in order, how many are of the first mode, weight by pair) of a .net file."""
    head, edges = text.split("*Edges\n")
    lines = [line for line in head.splitlines() if not line.startswith("%")]
    _, count, *first = lines[0].split()
    labels = [re.fullmatch(r'(\d+) "(.*)"', line) for line in lines[1:]]
    assert [int(one[1]) for one in labels if one] == list(range(1, int(count) + 1))
    ties = [tuple(map(int, line.split())) for line in edges.splitlines()]
    return (
        [one[2] for one in labels if one],
        int(first[0]) if first else None,
        {frozenset(tie[:2]): tie[2] for tie in ties},
    )


@pytest.mark.parametrize("name", NAMES)
def test_pajek_numbers_the_modes_apart(generation: Generation, name: NetworkName) -> None:
    network = generation.network(name)
    labels, first, ties = read_pajek(written(network, "pajek").decode())
    actors = len(side_of(network, "actor"))
    assert first == (actors if name == "two-mode" else None)
    assert len(ties) == network.number_of_edges()
    assert len(set(labels)) == len(labels) == network.number_of_nodes()
    assert sorted(ties.values()) == sorted(network.edges[edge]["weight"] for edge in network.edges)
    if first is not None:
        assert all(min(pair) <= first < max(pair) for pair in ties)


def test_ftm_entities_point_at_each_other(generation: Generation) -> None:
    out = io.BytesIO()
    chosen = generation.selected()
    write_ftm(chosen, out, NOTE)
    entities = [orjson.loads(line) for line in out.getvalue().splitlines()]
    by_id = {one["id"]: one for one in entities}
    assert len(by_id) == len(entities) == chosen.actors.height + chosen.alliances.height + chosen.memberships.height
    assert {one["schema"] for one in entities} == {"Organization", "Company", "PublicBody", "Membership"}
    assert all(isinstance(value, list) and value for one in entities for value in one["properties"].values())
    memberships = [one["properties"] for one in entities if one["schema"] == "Membership"]
    assert {one["organization"][0] for one in memberships} <= set(chosen.alliances["iri"])
    assert {one["member"][0] for one in memberships} <= set(chosen.actors["iri"])
    dated = chosen.memberships.filter(pl.col("start").is_not_null()).height
    assert sum("startDate" in one for one in memberships) == dated > 0


@pytest.mark.parametrize("name", NAMES)
def test_nodes_and_edges_as_tables(generation: Generation, name: NetworkName) -> None:
    network = generation.network(name)
    nodes, edges = tables.nodes(network), tables.edges(network)
    assert nodes["Id"].to_list() == list(network)
    assert {frozenset(row[:2]): row[2] for row in edges.select("Source", "Target", "Weight").rows()} == weights(network)
    assert ("roles" in edges.columns) == (name == "two-mode")
    assert ("population" in nodes.columns) == (name == "territories")


def test_the_same_network_gives_the_same_bytes(generation: Generation) -> None:
    for form in WRITERS:
        assert written(generation.network("actors"), form) == written(generation.network("actors"), form)
