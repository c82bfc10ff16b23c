"""Gould and Fernandez's roles: their toys, the karate club by its clubs, and counting all threes."""

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graph import brokerage as module
from graph.brokerage import ROLES, Brokerage, brokerage
from graph.metrics import projection_metrics
from tests.small_networks import LIGHT, clubs, matrix, zachary

NODES = "abcdefg"


def of(ties: str, groups: str, *, directed: bool = False) -> Brokerage:
    """Roles in a network of `abcdefg` with ties like `ab bc`; one letter of `groups` a node, `?` unknown."""
    adjacency = np.zeros((7, 7))
    for tie in ties.split():
        a, b = (NODES.index(end) for end in tie)
        adjacency[a, b] = 1
        if not directed:
            adjacency[b, a] = 1
    codes = np.array(["?XYZ".index(letter) - 1 for letter in groups])
    return brokerage(sparse.csr_array(adjacency), [codes])[0]


def roles(found: np.ndarray, node: str) -> dict[str, float]:
    row = zip(ROLES, found[NODES.index(node)].tolist(), strict=True)
    return {role: count for role, count in row if count}


def test_the_toy_by_hand() -> None:
    found = of("ab bc ad de fb bg", "XXXYXYZ", directed=True)
    assert roles(found.raw, "b") == {"coordinator": 1, "representative": 1, "gatekeeper": 1, "liaison": 1}
    assert roles(found.raw, "d") == {"itinerant": 1}
    assert [roles(found.raw, node) for node in "acefg"] == [{}] * 5


@pytest.mark.parametrize(
    ("groups", "role"),
    [("XXX????", "coordinator"), ("XYX????", "itinerant"), ("XYY????", "gatekeeper"), ("XXY????", "representative"),
     ("XYZ????", "liaison")],
)  # fmt: skip
def test_each_role_alone(groups: str, role: str) -> None:
    assert roles(of("ab bc", groups, directed=True).raw, "b") == {role: 1}


def test_without_directions_both_orders_count() -> None:
    found = of("ab bc", "XYY????")
    assert roles(found.raw, "b") == {"gatekeeper": 1, "representative": 1}
    assert roles(of("ab bc", "XXX????").raw, "b") == {"coordinator": 2}


def test_a_tie_between_the_two_leaves_nothing_to_broker_but_only_in_its_direction() -> None:
    assert roles(of("ab bc ac", "XXX????", directed=True).raw, "b") == {}
    assert roles(of("ab bc ca", "XXX????", directed=True).raw, "b") == {"coordinator": 1}


def test_two_brokers_of_the_same_pair_share_the_credit() -> None:
    found = of("ab bc ad dc", "XXXX???", directed=True)
    assert roles(found.raw, "b") == roles(found.raw, "d") == {"coordinator": 1}
    assert roles(found.partial, "b") == roles(found.partial, "d") == {"coordinator": 0.5}


def test_who_has_no_known_group_has_no_role_and_makes_none() -> None:
    found = of("ab bc", "?XX????", directed=True)
    assert np.isnan(found.raw[0]).all()
    assert np.isnan(found.partial[0]).all()
    assert roles(found.raw, "b") == {}


def test_a_broker_without_a_group_still_takes_its_part_of_the_credit() -> None:
    assert roles(of("ab bc ad dc", "XXX????", directed=True).partial, "b") == {"coordinator": 0.5}


def test_zachary_by_club() -> None:
    frame = projection_metrics(zachary(), LIGHT, groupings={"kind": clubs()}).frame
    found = {row["iri"]: [row[f"{role}_kind"] for role in ROLES] for row in frame.iter_rows(named=True)}
    assert found["1"] == [174, 0, 15, 15, 0]
    assert found["3"] == [10, 12, 23, 23, 0]
    assert found["34"] == [156, 6, 40, 40, 0]


def counted(adjacency: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All threes, one by one."""
    raw, partial = np.zeros((len(group), 5)), np.zeros((len(group), 5))
    for a, b, c in itertools.permutations(range(len(group)), 3):
        if adjacency[a, b] and adjacency[b, c] and not adjacency[a, c] and min(group[[a, b, c]]) >= 0:
            same = group[a] == group[b], group[b] == group[c], group[a] == group[c]
            role = {(1, 1, 1): 0, (0, 0, 1): 1, (0, 1, 0): 2, (1, 0, 0): 3, (0, 0, 0): 4}[same]
            raw[b, role] += 1
            partial[b, role] += 1 / (adjacency[a] @ adjacency[:, c])
    return raw, partial


SQUARE = st.lists(st.lists(st.integers(0, 1), min_size=7, max_size=7), min_size=7, max_size=7)


@settings(deadline=None)
@given(SQUARE, st.lists(st.integers(-1, 2), min_size=7, max_size=7), st.booleans())
def test_equals_counting_all_threes(rows: list[list[int]], groups: list[int], directed: bool) -> None:
    adjacency, group = np.array(rows, dtype=float), np.array(groups)
    np.fill_diagonal(adjacency, 0)
    if not directed:
        adjacency = np.maximum(adjacency, adjacency.T)
    found = brokerage(sparse.csr_array(adjacency), [group])[0]
    raw, partial = counted(adjacency, group)
    known = group >= 0
    assert (found.raw[known] == raw[known]).all()
    assert found.partial[known] == pytest.approx(partial[known], abs=1e-12)
    assert np.isnan(found.raw[~known]).all()
    if not directed:
        assert (found.raw[known, 2] == found.raw[known, 3]).all()


def test_all_credit_given_is_one_a_pair_that_has_brokers() -> None:
    graph = nx.gnm_random_graph(40, 90, seed=6)
    adjacency = sparse.csr_array(nx.to_numpy_array(graph))
    found = brokerage(adjacency, [np.arange(40) % 3])[0]
    apart = sum(1 for _, lengths in nx.all_pairs_shortest_path_length(graph) for far in lengths.values() if far == 2)
    assert found.partial.sum() == pytest.approx(apart)


def test_looking_at_few_paths_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    network, group = zachary(), np.arange(34) % 4 - 1
    whole = brokerage(matrix(network).adjacency, [group, np.zeros(34, int)])
    monkeypatch.setattr(module, "_TOGETHER", 17)
    parts = brokerage(matrix(network).adjacency, [group, np.zeros(34, int)])
    for one, other in zip(whole, parts, strict=True):
        assert one.raw == pytest.approx(other.raw, nan_ok=True)
        assert one.partial == pytest.approx(other.partial, nan_ok=True)
