"""Eigenvector, HITS and PageRank: NetworkX component by component, and what it makes of disconnected networks."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.matrices import matrix_of
from graph.metrics import projection_metrics, two_mode_metrics
from graph.networks import Network
from graph.spectral import eigenvector, hits, pagerank
from tests.small_networks import LIGHT, ONE_MODE, by_node, davis, matrix, named, zachary


def eigenvectors(network: Network) -> dict[str, float]:
    found = matrix(network)
    return by_node(network, eigenvector(found.weights, found.component))


def test_zachary() -> None:
    found = eigenvectors(zachary())
    assert {node: found[node] for node in ("34", "1")} == pytest.approx({"34": 0.37336, "1": 0.35549}, abs=6e-6)


@settings(deadline=None)
@given(ONE_MODE)
def test_each_component_equals_networkx(network: Network) -> None:
    found = eigenvectors(network)
    for component in nx.connected_components(network):
        if len(component) == 1:
            assert np.isnan(found[component.pop()])
            continue
        reference = nx.eigenvector_centrality(network.subgraph(component), max_iter=100_000, tol=1e-14)
        assert {node: found[node] for node in component} == pytest.approx(reference, abs=1e-9)


def test_a_big_component_takes_another_solver_to_the_same_end() -> None:
    network = named(nx.connected_watts_strogatz_graph(900, 6, 0.3, seed=4).edges)
    assert eigenvectors(network) == pytest.approx(nx.eigenvector_centrality_numpy(network), abs=1e-9)


def test_a_small_component_is_not_flattened_to_zero_as_by_the_power_method() -> None:
    """NetworkX gives a path of three beside a clique exact zeros, as to an isolate; its other solver raises."""
    clique = [(a, b) for a in range(6) for b in range(a)]
    found = eigenvectors(named([*clique, ("p", "q"), ("q", "r")], ["alone"]))
    assert [found[node] for node in "pqr"] == pytest.approx([0.5, np.sqrt(0.5), 0.5])
    assert found["0"] == pytest.approx(np.sqrt(1 / 6))
    assert np.isnan(found["alone"])


def test_an_isolate_is_null_and_nothing_is_nan() -> None:
    frame = projection_metrics(named([("a", "b")], ["alone"]), LIGHT).frame
    assert frame["eigenvector"].to_list() == [pytest.approx(np.sqrt(0.5)), None, pytest.approx(np.sqrt(0.5))]
    assert frame["hits"].to_list() == [pytest.approx(0.5), None, pytest.approx(0.5)]


def test_weights_count_where_they_are_asked_for() -> None:
    network = named([("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")])
    for weight, (_, _, tie) in enumerate(network.edges(data=True), start=1):
        tie["weight"] = weight
    weighted = matrix_of(network, "raw")
    found = by_node(network, eigenvector(weighted.weights, weighted.component))
    assert found == pytest.approx(nx.eigenvector_centrality_numpy(network, weight="weight"), abs=1e-9)
    ranks = by_node(network, pagerank(weighted.weights))
    assert ranks == pytest.approx(nx.pagerank(network, tol=1e-14, max_iter=1000), abs=1e-9)
    assert ranks != pytest.approx(nx.pagerank(network, tol=1e-14, max_iter=1000, weight=None), abs=1e-3)


def test_hits_without_directions_is_the_eigenvector_with_sum_one() -> None:
    network = zachary()
    hubs, authorities = nx.hits(network, max_iter=1000, tol=1e-14)
    found = matrix(network)
    ours = by_node(network, hits(eigenvector(found.weights, found.component), found.component))
    assert ours == pytest.approx(hubs, abs=1e-9)
    assert ours == pytest.approx(authorities, abs=1e-9)


def test_hits_in_two_modes_reads_ties_from_actor_to_alliance() -> None:
    women = davis()
    directed: nx.DiGraph[str] = nx.DiGraph()
    directed.add_edges_from((a, b) if women.nodes[a]["mode"] == "actor" else (b, a) for a, b in women.edges)
    hubs, authorities = nx.hits(directed, max_iter=1000, tol=1e-14)
    metrics = two_mode_metrics(women, LIGHT)
    found = dict(metrics.actors.select("iri", "hits").iter_rows())
    assert found == pytest.approx({node: hubs[node] for node in found}, abs=1e-9)
    found = dict(metrics.alliances.select("iri", "hits").iter_rows())
    assert found == pytest.approx({node: authorities[node] for node in found}, abs=1e-9)


@settings(deadline=None)
@given(ONE_MODE, st.permutations(range(12)))
def test_new_names_change_no_number(network: Network, names: list[int]) -> None:
    mapping = {str(old): str(new) for old, new in enumerate(names)}
    before, after = eigenvectors(network), eigenvectors(nx.relabel_nodes(network, mapping))
    assert {mapping[node]: value for node, value in before.items()} == pytest.approx(after, abs=1e-9, nan_ok=True)


@settings(deadline=None)
@given(ONE_MODE)
def test_one_isolate_more_changes_nothing_for_others(network: Network) -> None:
    more = network.copy()
    more.add_node("isolate")
    after = eigenvectors(more)
    assert {node: after[node] for node in network} == pytest.approx(eigenvectors(network), abs=1e-12, nan_ok=True)
