"""The ways to the same betweenness: sparse products, rustworkx, samples."""

import networkx as nx
import numpy as np
import pytest
import rustworkx
from hypothesis import given, settings
from scipy import sparse

from graph.betweenness import by_products, exact_betweenness, sampled_betweenness
from graph.metrics import Effort, projection_metrics
from graph.networks import Network
from tests.small_networks import ONE_MODE, TWO_MODE, by_node, matrix, named


def adjacency_of(graph: "nx.Graph[int]") -> sparse.csr_array:
    """Every node from 0 on has a tie or none; floating ones."""
    return sparse.csr_array(nx.to_scipy_sparse_array(graph, sorted(graph), weight=None), dtype=np.float64)


@settings(deadline=None)
@given(ONE_MODE | TWO_MODE)
def test_products_equal_networkx(network: Network) -> None:
    if not len(network):
        return
    found = by_node(network, by_products(matrix(network).adjacency))
    assert found == pytest.approx(nx.betweenness_centrality(network, normalized=False), abs=1e-9)


def test_big_and_shallow_is_the_same_as_the_engine_for_others() -> None:
    """Beyond 2,000 nodes the products take over; rustworkx is the other way to the same."""
    graph = nx.gnm_random_graph(2_300, 5_000, seed=8)
    reference = rustworkx.betweenness_centrality(rustworkx.networkx_converter(graph), normalized=False)
    found = exact_betweenness(adjacency_of(graph))
    assert found.error is None
    assert found.raw == pytest.approx([reference[node] for node in range(2_300)], rel=1e-9, abs=1e-9)


def test_long_chains_stay_with_the_engine_that_does_not_mind() -> None:
    chain = nx.path_graph(2_500)
    expected = [place * (2_499 - place) for place in range(2_500)]
    assert exact_betweenness(adjacency_of(chain)).raw == pytest.approx(expected)


def test_the_order_of_threads_changes_no_bit() -> None:
    adjacency = adjacency_of(nx.gnm_random_graph(500, 1_500, seed=2))
    first = by_products(adjacency)
    assert all((by_products(adjacency) == first).all() for _ in range(3))


@pytest.mark.parametrize("nodes", [400, 2_300], ids=["networkit", "products"])
def test_samples_are_unbiased(nodes: int) -> None:
    """networkit looks from one source more than it divides by: uncorrected, 160 would be 10 % too much here."""
    adjacency = adjacency_of(nx.gnm_random_graph(nodes, 3 * nodes, seed=5))
    exact = exact_betweenness(adjacency).raw
    found = sampled_betweenness(adjacency, 160, seed=3)
    assert found.raw.mean() == pytest.approx(exact.mean(), rel=0.02)


@pytest.mark.parametrize("nodes", [400, 2_300], ids=["networkit", "products"])
def test_the_error_says_how_far_off_an_estimate_is(nodes: int) -> None:
    adjacency = adjacency_of(nx.gnm_random_graph(nodes, 3 * nodes, seed=5))
    exact = exact_betweenness(adjacency).raw
    found = sampled_betweenness(adjacency, 320, seed=3)
    assert found.error is not None
    top = np.argsort(-exact)[:100]
    off = (found.raw[top] - exact[top]) / found.error[top]
    assert np.mean(np.abs(off) < 3) >= 0.95
    assert 0.5 < off.std() < 2


def test_more_samples_less_error() -> None:
    adjacency = adjacency_of(nx.gnm_random_graph(400, 1_200, seed=5))
    few, many = (sampled_betweenness(adjacency, samples, seed=3).error for samples in (32, 320))
    assert few is not None
    assert many is not None
    assert many.mean() < few.mean() / 2


def test_the_error_is_in_the_unit_of_betweenness_and_null_where_that_is_exact() -> None:
    network = named(nx.gnm_random_graph(200, 500, seed=5).edges)
    exact = projection_metrics(network, Effort(community_runs=1)).frame
    assert exact["betweenness_error"].null_count() == exact.height
    sampled = projection_metrics(network, Effort(exact_up_to=10, samples=64, community_runs=1)).frame
    pairs = (sampled.height - 1) * (sampled.height - 2) / 2
    assert sampled["betweenness"].to_numpy() * pairs == pytest.approx(sampled["betweenness_raw"].to_numpy())
    adjacency = matrix(network).adjacency
    error = sampled_betweenness(adjacency, 64, Effort().seed).error
    assert error is not None
    assert sampled["betweenness_error"].to_numpy() * pairs == pytest.approx(error)
