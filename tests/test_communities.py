"""How far partitions agree: examples worked by hand, clear and unclear communities."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.communities import leiden_runs, stability, stable_leiden
from graph.metrics import Effort, projection_metrics
from tests.small_networks import by_node, matrix, named

LABELS = st.lists(st.integers(0, 3), min_size=6, max_size=6).map(np.array)
ALL = np.ones(6, dtype=bool)


def agreement(a: list[int], b: list[int]) -> tuple[float, float]:
    found = stability([np.array(a), np.array(b)], np.ones(len(a), dtype=bool))
    return found.nmi, found.ari


@pytest.mark.parametrize(
    ("a", "b", "nmi", "ari"),
    [
        ([0, 0, 1, 1], [5, 5, 2, 2], 1, 1),
        ([0, 0, 1, 1], [0, 0, 1, 2], 0.8, 4 / 7),
        ([0, 0, 1, 1], [0, 1, 0, 1], 0, -0.5),
        ([0, 0, 0, 0], [1, 1, 1, 1], 1, 1),
        ([0, 0, 0, 0], [0, 1, 2, 3], 0, 0),
    ],
    ids=["the same", "one split", "crossed", "one group", "one against all alone"],
)
def test_two_partitions(a: list[int], b: list[int], nmi: float, ari: float) -> None:
    assert agreement(a, b) == pytest.approx((nmi, ari), abs=1e-12)
    assert agreement(b, a) == pytest.approx((nmi, ari), abs=1e-12)


def test_the_jaccard_of_a_node_by_hand() -> None:
    runs = [np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2]), np.array([7, 7, 7, 7])]
    assert stability(runs, np.ones(4, dtype=bool)).of_nodes == pytest.approx([0.75, 0.75, 0.5, 0.5])


@given(LABELS, LABELS, st.permutations(range(4)))
def test_names_of_groups_do_not_count(a: np.ndarray, b: np.ndarray, names: list[int]) -> None:
    before, after = stability([a, b], ALL), stability([a, np.array(names)[b]], ALL)
    assert (before.nmi, before.ari) == pytest.approx((after.nmi, after.ari))
    assert before.of_nodes == pytest.approx(after.of_nodes)
    assert ((before.of_nodes > 0) & (before.of_nodes <= 1)).all()
    assert -1e-12 <= before.nmi <= 1 + 1e-12


def test_cliques_on_a_string_are_found_by_every_seed() -> None:
    network = named(nx.ring_of_cliques(6, 6).edges)
    found = stable_leiden(matrix(network).adjacency)
    assert (found.of_nodes == 1).all()
    assert (found.nmi, found.ari) == pytest.approx((1, 1))


def test_what_has_no_communities_is_unstable_and_says_so() -> None:
    network = named(nx.gnm_random_graph(120, 480, seed=1).edges)
    metrics = projection_metrics(network)
    assert metrics.info.community_runs == 20
    assert metrics.info.community_ari is not None
    assert metrics.info.community_ari < 0.9
    assert metrics.frame["community_stability"].mean() == pytest.approx(0.5, abs=0.35)
    assert metrics.summary["community_ari"] == metrics.info.community_ari


def test_isolates_do_not_make_partitions_agree() -> None:
    ties = nx.gnm_random_graph(60, 200, seed=1).edges
    few, many = (stable_leiden(matrix(named(ties, range(nodes))).adjacency) for nodes in (60, 600))
    assert many.ari < 0.95
    assert np.isnan(by_node(named(ties, range(600)), many.of_nodes)["599"])
    assert few.ari < 0.95


def test_one_run_or_no_tie_says_nothing() -> None:
    alone = stable_leiden(matrix(named([], "ab")).adjacency)
    assert np.isnan([alone.nmi, alone.ari, *alone.of_nodes]).all()
    single = projection_metrics(named([("a", "b")]), Effort(community_runs=1))
    assert single.info.community_nmi is None
    assert single.frame["community_stability"].null_count() == 2


def test_the_same_seeds_give_the_same_runs() -> None:
    adjacency = matrix(named(nx.gnm_random_graph(200, 600, seed=3).edges)).adjacency
    first, second = leiden_runs(adjacency, range(5)), leiden_runs(adjacency, range(5))
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
    assert any((first[0] != other).any() for other in first[1:])
