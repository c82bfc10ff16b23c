"""Positions: the same on every run, all apart, communities and components seen."""

import random
import time

import networkx as nx
import numpy as np
import pytest
from scipy.spatial import cKDTree

from graph.networks import Network
from visualisations.layout import node_size, positions


def named(graph: "nx.Graph[int]") -> Network:
    named: Network = nx.Graph()
    named.add_nodes_from(f"n{node:05}" for node in graph)
    named.add_edges_from((f"n{a:05}", f"n{b:05}") for a, b in graph.edges)
    return named


def ecosystem_like(seed: int = 3) -> Network:
    """1,122 actors and 338 alliances of 1 to 12 members, some actors in many."""
    chosen = random.Random(seed)  # noqa: S311 — a test graph
    graph: Network = nx.Graph()
    graph.add_nodes_from(f"a{number:04}" for number in range(1122))
    for number in range(338):
        for _ in range(chosen.randint(1, 12)):
            graph.add_edge(f"l{number:03}", f"a{int(1122 * chosen.random() ** 2):04}")
    return graph


def planted() -> Network:
    """Four groups of 30, dense within, few ties between."""
    return named(nx.planted_partition_graph(4, 30, 0.25, 0.004, seed=5))


SHAPES = {
    "planted": planted(),
    "ecosystem": ecosystem_like(),
    "path": named(nx.path_graph(40)),
    "grid": named(nx.convert_node_labels_to_integers(nx.grid_2d_graph(9, 9))),
    "complete": named(nx.complete_graph(25)),
    "star": named(nx.star_graph(400)),
    "tree": named(nx.balanced_tree(3, 5)),
    "isolates": named(nx.empty_graph(50)),
    "pairs": named(nx.disjoint_union_all([nx.path_graph(2)] * 20)),
    "single": named(nx.empty_graph(1)),
}


def test_nothing_is_nowhere() -> None:
    assert positions(nx.Graph()) == {}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_node_has_a_place_of_its_own(shape: str) -> None:
    graph = SHAPES[shape]
    places = positions(graph)
    assert set(places) == set(graph)
    xy = np.array(list(places.values()))
    assert np.isfinite(xy).all()
    assert len(np.unique(xy, axis=0)) == len(graph)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "single"])
def test_hardly_any_two_nodes_overlap(shape: str) -> None:
    graph = SHAPES[shape]
    places = positions(graph)
    nodes, xy = list(places), np.array(list(places.values()))
    sizes = np.array([node_size(graph.degree(node)) for node in nodes])
    distance, nearest = cKDTree(xy).query(xy, k=2)
    overlapping = distance[:, 1] < 0.9 * (sizes + sizes[nearest[:, 1]])
    assert overlapping.mean() <= 0.01


def test_the_order_of_nodes_and_ties_does_not_matter() -> None:
    graph = SHAPES["ecosystem"]
    shuffled: Network = nx.Graph()
    chosen = random.Random(1)  # noqa: S311 — a test graph
    shuffled.add_nodes_from(chosen.sample(sorted(graph), len(graph)))
    shuffled.add_edges_from((b, a) for a, b in chosen.sample(sorted(graph.edges), graph.number_of_edges()))
    assert positions(shuffled) == positions(graph)


def test_communities_are_seen() -> None:
    places = positions(SHAPES["planted"])
    xy = np.array([places[node] for node in sorted(places)])
    distances = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    group = np.arange(120) // 30
    same = group[:, None] == group[None]
    nearest = np.argsort(distances, axis=1)[:, 1:11]
    kept = (group[nearest] == group[:, None]).mean()
    assert kept > 0.9
    assert distances[same].mean() < 0.6 * distances[~same].mean()


def test_small_components_stand_apart_from_the_large_one() -> None:
    graph = nx.compose(SHAPES["planted"], nx.relabel_nodes(SHAPES["pairs"], lambda node: f"p{node}"))
    places = positions(graph)
    giant = max(nx.connected_components(graph), key=len)
    right = max(places[node][0] for node in giant)
    assert all(places[node][0] > right for node in graph if node not in giant)


def test_the_ecosystem_is_drawn_within_two_seconds() -> None:
    graph = SHAPES["ecosystem"]
    assert graph.number_of_nodes() == 1122 + 338
    spent = []
    for _ in range(2):
        started = time.process_time()
        positions(graph)
        spent.append(time.process_time() - started)
    assert min(spent) < 2.0
