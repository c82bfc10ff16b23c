from collections import Counter
from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from graph.chosen import Chosen
from graph.networks import Network, two_mode
from graph.nullmodels import Ensemble, Ties, fixed_degree_draws, maximum_entropy, part_of, ties_in, ties_of
from tests.analysis_tables import actor, alliance, small

Margins = tuple[tuple[int, ...], tuple[int, ...]]
Matrix = tuple[tuple[int, int], ...]

ENUMERATED: list[tuple[Margins, int]] = [
    (((1, 1, 1), (1, 1, 1)), 6),
    (((2, 1, 1), (2, 1, 1)), 5),
    (((2, 2, 2), (2, 2, 2)), 6),
    (((2, 2, 1), (2, 2, 1)), 5),
    (((2, 2, 2, 2), (2, 2, 2, 2)), 90),
    (((3, 2, 1, 1), (2, 2, 1, 1, 1)), 68),
    (((1, 1, 2, 1, 1), (3, 3)), 6),
]


def matrices(margins: Margins) -> list[Matrix]:
    """All 0/1 matrices with these margins, each as its ties."""
    rows, columns = margins
    choices = [list(combinations(range(len(columns)), size)) for size in rows]
    whole = [tuple((row, column) for row, held in enumerate(one) for column in held) for one in product(*choices)]
    return [one for one in whole if tuple(np.bincount([c for _, c in one], minlength=len(columns))) == columns]


def ties(pairs: Matrix, shape: tuple[int, int]) -> Ties:
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Ties(ends[:, 0], ends[:, 1], shape)


def key(one: Ties) -> Matrix:
    return tuple(sorted(zip(one.rows.tolist(), one.columns.tolist(), strict=True)))


def davis() -> Ties:
    network = nx.davis_southern_women_graph()
    nx.set_node_attributes(network, {node: ("actor", "alliance")[known["bipartite"]] for node, known in
                                     network.nodes(data=True)}, "mode")  # fmt: skip
    return ties_of(network, "actor")[0]


@pytest.mark.parametrize(("margins", "number"), ENUMERATED)
@pytest.mark.parametrize("first", [0, -1])
def test_each_matrix_is_as_likely_as_any_other(margins: Margins, number: int, first: int) -> None:
    """χ² against the enumeration; wherever the draws begin. With 14 tests and this seed none is below 0.001."""
    known = matrices(margins)
    assert len(known) == number
    start = ties(known[first], (len(margins[0]), len(margins[1])))
    drawn = Counter(map(key, fixed_degree_draws(start, Ensemble(draws=200 * number, seed=5))))
    assert set(drawn) <= set(known)
    assert stats.chisquare([drawn[one] for one in known]).pvalue > 0.001


BITS = st.integers(1, 7).flatmap(
    lambda width: st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=7)
)


def of_bits(bits: list[list[bool]]) -> Ties:
    rows, columns = np.nonzero(np.array(bits))
    return Ties(rows, columns, (len(bits), len(bits[0])))


@settings(deadline=None)
@given(BITS, st.integers(0, 3))
def test_draws_keep_every_degree_and_double_no_tie(bits: list[list[bool]], seed: int) -> None:
    start = of_bits(bits)
    for drawn in fixed_degree_draws(start, Ensemble(draws=4, seed=seed, trades=2)):
        assert drawn.shape == start.shape
        assert all(np.array_equal(a, b) for a, b in zip(drawn.degrees, start.degrees, strict=True))
        assert len(set(key(drawn))) == len(start.rows)


def test_the_seed_makes_the_draws() -> None:
    def draws(seed: int) -> list[Matrix]:
        return [key(one) for one in fixed_degree_draws(davis(), Ensemble(draws=5, seed=seed))]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)
    assert len(set(draws(1))) == 5


def test_batches_are_whole() -> None:
    """Several batches, the last one smaller: the number asked for, each with its own degrees."""
    start = ties(tuple((row, column) for row in range(300) for column in range(row % 300, row % 300 + 100)), (300, 400))
    drawn = list(fixed_degree_draws(start, Ensemble(draws=8, trades=1)))
    assert len(drawn) == 8
    assert all(np.array_equal(one.degrees[1], start.degrees[1]) for one in drawn)


@settings(deadline=None)
@given(BITS)
def test_maximum_entropy_expects_the_degrees(bits: list[list[bool]]) -> None:
    start = of_bits(bits)
    chances = maximum_entropy(start).matrix
    assert chances.min(initial=0) >= 0
    assert chances.max(initial=1) <= 1
    np.testing.assert_allclose(chances.sum(axis=1), start.degrees[0], atol=1e-7)
    np.testing.assert_allclose(chances.sum(axis=0), start.degrees[1], atol=1e-7)


def test_maximum_entropy_by_hand() -> None:
    regular = ties(((0, 0), (1, 1), (2, 2)), (3, 3))
    np.testing.assert_allclose(maximum_entropy(regular).matrix, 1 / 3)
    forced = ties(((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)), (4, 3))
    assert maximum_entropy(forced).matrix.tolist() == [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_maximum_entropy_has_the_form_of_the_model() -> None:
    """p = xy/(1+xy): the odds are a product, so that every 2×2 block of them has determinant 0."""
    chances = maximum_entropy(davis()).matrix
    odds = chances / (1 - chances)
    np.testing.assert_allclose(odds[:1] * odds[:, :1] / odds[0, 0], odds, rtol=1e-9)


def test_both_ensembles_tie_about_the_same() -> None:
    """Fixed degrees and degrees on average differ by correlations between ties: small on Davis (Saracco et al.)."""
    start = davis()
    drawn = sum(one.incidence.toarray() for one in fixed_degree_draws(start, Ensemble(draws=2000))) / 2000
    assert np.abs(drawn - maximum_entropy(start).matrix).max() < 0.05


@pytest.mark.parametrize("empty", [ties((), (0, 0)), ties((), (3, 2))])
def test_nothing_stays_nothing(empty: Ties) -> None:
    assert [key(one) for one in fixed_degree_draws(empty, Ensemble(draws=3))] == [()] * 3
    assert maximum_entropy(empty).matrix.sum() == 0


def test_tables_and_their_network_give_the_same_ties() -> None:
    tables = small(
        [("a", None), ("b", "DEP-14"), ("c", None)], [("x", None), ("y", None)], [("x", "a"), ("y", "a"), ("y", "b")]
    )
    network: Network = two_mode(tables.actors, tables.alliances, tables.memberships)
    for side in ("actor", "alliance"):
        ours, rows, columns = ties_in(part_of(tables, Chosen()), side)
        theirs, *nodes = ties_of(network, side)
        assert (key(ours), ours.shape, [rows, columns]) == (key(theirs), theirs.shape, nodes)
    assert ties_of(network, "actor")[1:] == ([actor(one) for one in "abc"], [alliance(one) for one in "xy"])
