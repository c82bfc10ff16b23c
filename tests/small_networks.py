"""Networks whose numbers are published, and random ones, for the tests of the measures."""

from collections.abc import Iterable

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from graph.matrices import Matrix, matrix_of
from graph.metrics import Effort
from graph.networks import Network

LIGHT = Effort(community_runs=2)
"""Hundreds of examples need not compare twenty partitions each."""


def named(ties: Iterable[tuple[object, object]], nodes: Iterable[object] = ()) -> Network:
    """A network whose nodes are text, from ties of anything."""
    network: Network = nx.Graph()
    network.add_nodes_from(str(node) for node in nodes)
    network.add_edges_from((str(a), str(b)) for a, b in ties)
    return network


def sided(ties: Iterable[tuple[str, str]], actors: Iterable[str] = (), alliances: Iterable[str] = ()) -> Network:
    """A two-mode network from (actor, alliance) ties, and nodes without any."""
    ties = list(ties)
    network: Network = nx.Graph()
    network.add_nodes_from([*(a for a, _ in ties), *actors], mode="actor")
    network.add_nodes_from([*(b for _, b in ties), *alliances], mode="alliance")
    network.add_edges_from(ties)
    return network


def davis() -> Network:
    """The Southern Women and their events."""
    graph = nx.davis_southern_women_graph()
    return sided((a, b) if graph.nodes[a]["bipartite"] == 0 else (b, a) for a, b in graph.edges)


def zachary() -> Network:
    """The karate club, numbered from 1 as it was published, without weights."""
    return named((a + 1, b + 1) for a, b in nx.karate_club_graph().edges)


def clubs(*, moved: bool = False) -> dict[str, str]:
    """Into which of two clubs (17 and 17) the members went; `moved` puts number 9 into the other one."""
    graph = nx.karate_club_graph()
    found = {str(node + 1): str(club) for node, club in graph.nodes(data="club")}
    return found | ({"9": found["34"]} if moved else {})


def matrix(network: Network) -> Matrix:
    """Its nodes sorted, its ties unweighted."""
    return matrix_of(network)


def by_node(network: Network, values: np.ndarray) -> dict[str, float]:
    """The entry of each node; NaN stays NaN."""
    return dict(zip(sorted(network), values.tolist(), strict=True))


NODES = st.integers(0, 11)
ONE_MODE = st.builds(named, st.lists(st.tuples(NODES, NODES).filter(lambda tie: tie[0] != tie[1])), st.sets(NODES))
TWO_MODE = st.builds(
    sided,
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz"))),
    st.sets(st.sampled_from("abcdef")),
    st.sets(st.sampled_from("uvwxyz")),
)
