"""Cuts, structural holes, clustering and redundancy: published values, NetworkX, and counting by hand."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graph import cohesion
from graph.metrics import projection_metrics, two_mode_metrics
from graph.networks import Network
from tests.small_networks import LIGHT, ONE_MODE, TWO_MODE, by_node, davis, matrix, named, sided, zachary

SEVEN = {  # Burt's network as Borgatti weighs it, from the tests of NetworkX
    "AB": 2, "AF": 3, "AG": 5, "AE": 2, "EG": 8, "FG": 3, "BG": 4, "BD": 1, "DG": 3, "GC": 10,
}  # fmt: skip


def weighted(ties: Mapping[str, float], *, directed: bool = False) -> sparse.csr_array:
    """Ties like `AB`; the nodes in the order of their names."""
    nodes = sorted({node for tie in ties for node in tie})
    matrix = np.zeros((len(nodes), len(nodes)))
    for tie, weight in ties.items():
        a, b = (nodes.index(end) for end in tie)
        matrix[a, b] = weight
        if not directed:
            matrix[b, a] = weight
    return sparse.csr_array(matrix)


# -- cuts


def test_zachary_has_one_bridge_and_one_cut_vertex() -> None:
    network = zachary()
    frame = projection_metrics(network, LIGHT)
    assert frame.bridges.rows() == [("1", "12", 1)]
    assert frame.frame.filter("articulation")["iri"].to_list() == ["1"]
    assert dict(frame.frame.filter(bridges=1).select("iri", "bridges").iter_rows()) == {"1": 1, "12": 1}


@settings(deadline=None)
@given(ONE_MODE)
def test_cuts_are_those_of_networkx(network: Network) -> None:
    found = matrix(network)
    cut = {node for node, is_cut in by_node(network, cohesion.articulation(found)).items() if is_cut}
    assert cut == set(nx.articulation_points(network))
    bridges = cohesion.bridges(found)
    ties = [(found.nodes[a], found.nodes[b]) for a, b in zip(bridges.a, bridges.b, strict=True)]
    assert {frozenset(tie) for tie in ties} == {frozenset(tie) for tie in nx.bridges(network)}
    assert ties == sorted(ties)


@settings(deadline=None)
@given(ONE_MODE)
def test_what_a_bridge_cuts_off_is_the_smaller_part(network: Network) -> None:
    found = matrix(network)
    bridges = cohesion.bridges(found)
    for a, b, cut_off in zip(bridges.a, bridges.b, bridges.cut_off, strict=True):
        without = network.copy()
        without.remove_edge(found.nodes[a], found.nodes[b])
        parts = [len(nx.node_connected_component(without, found.nodes[end])) for end in (a, b)]
        assert cut_off == min(parts)


def test_a_long_chain_is_all_bridges() -> None:
    chain = matrix(named((f"{step:05}", f"{step + 1:05}") for step in range(20_000)))
    assert cohesion.bridges(chain).cut_off.tolist() == [min(place + 1, 20_000 - place) for place in range(20_000)]
    assert cohesion.articulation(chain).sum() == 19_999


# -- structural holes


def test_seven_nodes_with_weights() -> None:
    constraint, size = cohesion.structural_holes(weighted(SEVEN))
    found = {node: (constraint["ABCDEFG".index(node)], size["ABCDEFG".index(node)]) for node in "GAC"}
    assert found["G"] == pytest.approx((0.299, 5.47), abs=5e-3)
    assert found["A"] == pytest.approx((0.795, 2.47), abs=5e-3)
    assert found["C"] == pytest.approx((1, 1))


def test_a_directed_toy() -> None:
    """Our networks have no directions, and refuse them; the function knows them, and the published values."""
    toy = weighted(dict.fromkeys(("01", "02", "10", "21"), 1), directed=True)
    constraint, size = cohesion.structural_holes(toy)
    assert constraint == pytest.approx([1.003, 1.003, 1.389], abs=1e-3)
    assert size == pytest.approx([1.167, 1.167, 1], abs=1e-3)


PAIRS = st.lists(st.sampled_from("abcdefg"), min_size=2, max_size=2, unique=True).map("".join)


@settings(deadline=None)
@given(st.dictionaries(PAIRS, st.integers(1, 9), min_size=1), st.booleans())
def test_holes_equal_networkx_with_weights_and_directions(ties: dict[str, int], directed: bool) -> None:
    graph: nx.Graph[str] = nx.DiGraph() if directed else nx.Graph()
    graph.add_weighted_edges_from((tie[0], tie[1], weight) for tie, weight in ties.items())
    chosen = {a + b: float(tie["weight"]) for a, b, tie in graph.edges(data=True)}
    constraint, size = cohesion.structural_holes(weighted(chosen, directed=directed))
    nodes = sorted(graph)
    reference = nx.constraint(graph, weight="weight")
    assert constraint == pytest.approx([reference[node] for node in nodes], abs=1e-9)
    # With `nodes` NetworkX takes the slower way: the other one of 3.6.1 divides columns instead of rows by their
    # greatest weight. The slower one calls a node isolated that has ties towards it alone.
    reference = nx.effective_size(graph, nodes=nodes, weight="weight")
    known = [place for place, node in enumerate(nodes) if list(graph[node])]
    assert size[known] == pytest.approx([reference[nodes[place]] for place in known], abs=1e-9)


def test_a_triangle_alone_is_more_constrained_than_a_pendant() -> None:
    frame = projection_metrics(named([("a", "b"), ("b", "c"), ("a", "c"), ("p", "q")]), LIGHT).frame
    assert dict(frame.select("iri", "constraint").iter_rows()) == pytest.approx(
        {"a": 1.125, "b": 1.125, "c": 1.125, "p": 1, "q": 1}
    )
    assert dict(frame.select("iri", "efficiency").iter_rows()) == pytest.approx(
        {"a": 0.5, "b": 0.5, "c": 0.5, "p": 1, "q": 1}
    )


# -- two modes


def test_southern_women_robins_alexander() -> None:
    assert two_mode_metrics(davis(), LIGHT).summary["robins_alexander"] == pytest.approx(0.467764, abs=5e-7)


@settings(deadline=None)
@given(TWO_MODE)
def test_two_mode_clustering_equals_networkx(network: Network) -> None:
    """Who has nobody two steps away has no clustering; NetworkX says 0, as of one who shares nothing."""
    found = by_node(network, cohesion.two_mode_clustering(matrix(network).adjacency))
    reference = nx.bipartite.clustering(network, mode="dot") if len(network) else {}
    for node, value in found.items():
        second = {other for near in network[node] for other in network[near]} - {node}
        assert np.isnan(value) == (not second)
        assert np.nan_to_num(value) == pytest.approx(reference[node], abs=1e-9)


@settings(deadline=None)
@given(TWO_MODE)
def test_redundancy_equals_networkx(network: Network) -> None:
    found = by_node(network, cohesion.redundancy(matrix(network).adjacency))
    enough = [node for node in network if network.degree(node) > 1]
    reference = nx.bipartite.node_redundancy(network, enough) if enough else {}
    assert {node: found[node] for node in enough} == pytest.approx(reference, abs=1e-9)
    assert all(np.isnan(value) for node, value in found.items() if node not in enough)


@settings(deadline=None)
@given(TWO_MODE)
def test_robins_alexander_equals_networkx(network: Network) -> None:
    found = matrix(network)
    is_actor = np.array([network.nodes[node]["mode"] == "actor" for node in found.nodes], dtype=bool)
    value = cohesion.robins_alexander(found.adjacency, is_actor)
    assert np.nan_to_num(value) == pytest.approx(nx.bipartite.robins_alexander_clustering(network), abs=1e-9)


@pytest.mark.parametrize(
    ("ties", "robins_alexander", "redundancy"),
    [
        ([("a", "x"), ("b", "x"), ("b", "y")], 0, {"a": None, "b": 0, "x": 0, "y": None}),
        ([(a, b) for a in "ab" for b in "xy"], 1, {"a": 1, "b": 1, "x": 1, "y": 1}),
        ([(a, b) for a in "abc" for b in "xyz"], 1, dict.fromkeys("abcxyz", 1)),
    ],
    ids=["P4", "C4", "K3,3"],
)
def test_two_mode_toys(
    ties: list[tuple[str, str]], robins_alexander: float, redundancy: dict[str, float | None]
) -> None:
    metrics = two_mode_metrics(sided(ties), LIGHT)
    assert metrics.summary["robins_alexander"] == robins_alexander
    rows = [*metrics.actors.select("iri", "redundancy").rows(), *metrics.alliances.select("iri", "redundancy").rows()]
    assert dict(rows) == redundancy


@settings(deadline=None)
@given(ONE_MODE)
def test_transitivity_equals_networkx(network: Network) -> None:
    value = cohesion.transitivity(matrix(network).adjacency)
    assert np.nan_to_num(value) == pytest.approx(nx.transitivity(network), abs=1e-9)
    assert np.isnan(value) == (max((degree for _, degree in network.degree), default=0) < 2)


def test_what_is_shared_is_the_same_in_whatever_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    network = davis()
    found = matrix(network).adjacency
    is_actor = np.array([network.nodes[node]["mode"] == "actor" for node in sorted(network)])

    def measured() -> list[np.ndarray]:
        both = (cohesion.two_mode_clustering(found), cohesion.redundancy(found))
        return [*both, np.array(cohesion.robins_alexander(found, is_actor))]

    whole = measured()
    monkeypatch.setattr(cohesion, "_BLOCK_PATHS", 7)
    for one, other in zip(whole, measured(), strict=True):
        np.testing.assert_array_equal(one, other)
