"""E–I, participation, within-group z, assortativity, modularity: the karate club, NetworkX, all small networks."""

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import mixing
from graph.communities import modularity
from graph.groups import codes
from graph.metrics import projection_metrics
from graph.networks import Network
from tests.small_networks import LIGHT, ONE_MODE, by_node, clubs, matrix, named, zachary

GROUPS = st.lists(st.sampled_from(["x", "y", "z", None]), min_size=12, max_size=12)


def grouped(network: Network, groups: list[str | None]) -> dict[str, str]:
    """The nodes are numbers; None: unknown."""
    return {node: group for node in network if (group := groups[int(node)])}


def test_zachary_by_club() -> None:
    network = zachary()
    metrics = projection_metrics(network, LIGHT, groupings={"kind": clubs()})
    assert metrics.summary["e_i_kind"] == pytest.approx(-0.717949, abs=5e-7)
    assert metrics.summary["e_i_kind"] == pytest.approx((11 - 67) / 78)
    assert (metrics.summary["known_nodes_kind"], metrics.summary["known_ties_kind"]) == (34, 78)
    found = dict(metrics.frame.select("iri", "participation_kind").iter_rows())
    expected = {"3": 0.48, "9": 0.48, "14": 0.32, "1": 0.117188, "34": 0.290657}
    assert {node: found[node] for node in expected} == pytest.approx(expected, abs=6e-7)


@pytest.mark.parametrize(("moved", "outside", "quality"), [(False, 11, 0.358235), (True, 10, 0.371466)])
def test_modularity_of_the_clubs_unweighted(moved: bool, outside: int, quality: float) -> None:
    """With the weights of `karate_club_graph` it would be .3914."""
    network = zachary()
    group = codes(sorted(network), clubs(moved=moved))
    assert modularity(matrix(network).adjacency, group) == pytest.approx(quality, abs=5e-7)
    assert mixing.group_mixing(matrix(network).adjacency, group).e_i == pytest.approx((2 * outside - 78) / 78)


@settings(deadline=None)
@given(ONE_MODE, GROUPS)
def test_assortativity_equals_networkx(network: Network, groups: list[str | None]) -> None:
    known = grouped(network, groups)
    found = mixing.group_mixing(matrix(network).adjacency, codes(sorted(network), known)).assortativity
    inner = network.subgraph(known).copy()
    inner.remove_nodes_from(list(nx.isolates(inner)))
    if len({known[node] for node in inner}) < 2:
        assert np.isnan(found)
        return
    nx.set_node_attributes(inner, known, "group")
    assert found == pytest.approx(nx.attribute_assortativity_coefficient(inner, "group"), abs=1e-9)


@settings(deadline=None)
@given(ONE_MODE)
def test_degree_assortativity_equals_networkx(network: Network) -> None:
    found = mixing.degree_assortativity(matrix(network).adjacency)
    if len({degree for _, degree in network.degree if degree}) < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(nx.degree_assortativity_coefficient(network), abs=1e-9)


@settings(deadline=None)
@given(ONE_MODE, GROUPS)
def test_each_node_by_hand(network: Network, groups: list[str | None]) -> None:
    known, nodes = grouped(network, groups), sorted(network)
    adjacency, group = matrix(network).adjacency, codes(nodes, known)
    index, share = (by_node(network, measure(adjacency, group)) for measure in (mixing.e_i, mixing.participation))
    for node in network:
        near = [known[other] for other in network[node] if other in known]
        parts = [near.count(one) / len(near) for one in set(near)]
        assert share[node] == pytest.approx(1 - sum(part**2 for part in parts) if near else np.nan, nan_ok=True)
        outside = sum(one != known.get(node) for one in near)
        defined = near and node in known
        assert index[node] == pytest.approx((2 * outside - len(near)) / len(near) if defined else np.nan, nan_ok=True)


@settings(deadline=None)
@given(ONE_MODE, GROUPS)
def test_within_z_by_hand(network: Network, groups: list[str | None]) -> None:
    known, nodes = grouped(network, groups), sorted(network)
    found = by_node(network, mixing.within_z(matrix(network).adjacency, codes(nodes, known)))
    inside = {node: sum(known.get(other) == known[node] for other in network[node]) for node in known}
    for node in network:
        if node not in known or not network.degree(node):
            assert np.isnan(found[node])
            continue
        group = [inside[other] for other in known if known[other] == known[node]]
        spread = np.std(group)
        assert found[node] == pytest.approx((inside[node] - np.mean(group)) / spread if spread else 0)


def test_a_group_of_equals_has_z_zero() -> None:
    triangle = named([("a", "b"), ("b", "c"), ("a", "c")], ["alone"])
    found = by_node(triangle, mixing.within_z(matrix(triangle).adjacency, np.array([0, 1, 0, 0])))
    assert [found[node] for node in "abc"] == [0, 0, 0]
    assert np.isnan(found["alone"])


@pytest.mark.parametrize("sizes", [(1, 4), (2, 3), (1, 1, 3), (2, 2, 1)])
def test_rescaled_e_i_is_of_what_can_be_attained(sizes: tuple[int, ...]) -> None:
    """Among all networks of five nodes: −1 where E–I is least for so many ties, +1 where it is greatest."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    pairs = list(itertools.combinations(range(5), 2))
    for ties in range(1, 11):
        found = [mixing.group_mixing(matrix(named(some, range(5))).adjacency, group) for some in sample(pairs, ties)]
        values = [one.e_i for one in found]
        for one in found:
            if max(values) == min(values):
                assert np.isnan(one.e_i_rescaled)
            else:
                expected = 2 * (one.e_i - min(values)) / (max(values) - min(values)) - 1
                assert one.e_i_rescaled == pytest.approx(expected)


def sample(pairs: list[tuple[int, int]], ties: int) -> list[tuple[tuple[int, int], ...]]:
    return list(itertools.combinations(pairs, ties))


def test_an_unknown_group_is_no_group() -> None:
    """Ties with somebody of unknown group are in no count: two unknown ones are not « the same »."""
    network = named([("a", "b"), ("b", "c"), ("c", "d"), ("a", "u"), ("u", "v"), ("b", "v")])
    known = {"a": "x", "b": "x", "c": "y", "d": "y"}
    metrics = projection_metrics(network, LIGHT, groupings={"region": known})
    assert (metrics.summary["known_nodes_region"], metrics.summary["known_ties_region"]) == (4, 3)
    assert metrics.summary["e_i_region"] == pytest.approx(-1 / 3)
    rows = {row["iri"]: row for row in metrics.frame.iter_rows(named=True)}
    assert rows["u"]["e_i_region"] is rows["u"]["coordinator_region"] is rows["u"]["within_z_region"] is None
    assert rows["u"]["participation_region"] == 0
    assert rows["a"]["e_i_region"] == -1


def test_a_network_without_ties_mixes_nothing() -> None:
    summary = projection_metrics(named([], "ab"), LIGHT, groupings={"kind": {"a": "x"}}).summary
    assert summary["known_nodes_kind"] == 1
    assert summary["e_i_kind"] is summary["e_i_rescaled_kind"] is summary["assortativity_kind"] is None
    assert summary["modularity"] is summary["degree_assortativity"] is summary["transitivity"] is None
