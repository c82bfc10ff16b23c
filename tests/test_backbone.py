from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from graph.backbone import (
    shared_pairs,
    territory_ties,
    upper_tails,
    validated_projection,
    with_drawn,
)
from graph.chosen import Chosen
from graph.measured import On, measure, network_of
from graph.networks import projection
from graph.nullmodels import Ensemble, Ties, maximum_entropy
from tests.analysis_tables import actor, real, small


def ties(pairs: list[tuple[int, int]], shape: tuple[int, int]) -> Ties:
    ends = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return Ties(ends[:, 0], ends[:, 1], shape)


def couple() -> Ties:
    """60 columns of two rows: rows 0 and 1 have ten to themselves, a hundred others have one each."""
    pairs = [(row, column) for row in (0, 1) for column in range(10)]
    pairs += [(row, 9 + row // 2) for row in range(2, 102)]
    return ties(pairs, (102, 60))


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.integers(0, 9))
def test_tails_equal_all_outcomes_added_up(chances: list[float], top: int) -> None:
    n = len(chances)
    likely = np.zeros(n + 1)
    for size in range(n + 1):
        for hits in combinations(range(n), size):
            likely[size] += np.prod([one if place in hits else 1 - one for place, one in enumerate(chances)])
    expected = [likely[at:].sum() for at in range(top + 1)]
    np.testing.assert_allclose(upper_tails(np.array([chances]), top)[0], expected, rtol=1e-9, atol=1e-15)


def test_small_tails_keep_their_digits() -> None:
    tails = upper_tails(np.full((1, 12), 1e-3), 12)
    assert tails[0, 12] == pytest.approx(1e-36, rel=1e-9)
    assert tails[0, 0] == 1


def test_pairs_by_hand() -> None:
    """Of two rows with one of two columns each, both have the same with chance (½·½)·2, less both: 1 − (¾)²."""
    found = shared_pairs(ties([(0, 0), (1, 0), (2, 1), (3, 1)], (5, 2)))
    assert found.tests == 6
    assert found.frame.select("one", "other", "weight").rows() == [(0, 1, 1), (2, 3, 1)]
    assert found.frame["expected"].to_list() == pytest.approx([0.5, 0.5])
    assert found.frame["p"].to_list() == pytest.approx([1 - 0.75**2] * 2)
    assert found.frame["q"].to_list() == [1, 1]


def test_every_pair_has_the_p_of_its_own_chances() -> None:
    """Pairs are grouped by degrees: the same as one by one from the written-out matrix."""
    random = np.random.default_rng(9)
    rows, columns = np.nonzero(random.random((15, 20)) < 0.3)
    one = Ties(rows, columns, (15, 20))
    chances = maximum_entropy(one).matrix
    for first, second, weight, expected, p in shared_pairs(one).frame.drop("q").iter_rows():
        both = chances[first] * chances[second]
        assert expected == pytest.approx(both.sum())
        assert p == pytest.approx(upper_tails(both[None], weight)[0, weight])


def test_a_couple_among_singles_stands_out() -> None:
    network_pairs = shared_pairs(couple())
    kept = network_pairs.frame.filter(pl.col("q") <= 0.05)
    assert kept.select("one", "other", "weight").rows() == [(0, 1, 10)]
    assert network_pairs.tests == 102 * 101 // 2


def test_exact_and_drawn_p_agree() -> None:
    """Columns of eight and more rows, where the two ensembles are close: most p within 0.1, and in the same order."""
    random = np.random.default_rng(4)
    rows, columns = np.nonzero(random.random((20, 40)) < 0.4)
    one = Ties(rows, columns, (20, 40))
    frame = with_drawn(one, shared_pairs(one), Ensemble(draws=999))
    exact, drawn = frame["p"].to_numpy(), frame["p_drawn"].to_numpy()
    assert drawn.min() >= 1 / 1000
    assert stats.spearmanr(exact, drawn).statistic > 0.97
    assert np.abs(exact - drawn).mean() < 0.1


def test_small_columns_make_the_exact_p_cautious_and_the_drawn_one_not() -> None:
    """Columns of two rows: the exact chance of sharing is twice the drawn one, so p is larger, never smaller."""
    one = couple()
    pairs = shared_pairs(one)
    frame = with_drawn(one, pairs, Ensemble(draws=999))
    first = frame.row(0, named=True)
    assert (first["one"], first["other"], first["p_drawn"]) == (0, 1, 1 / 1000)
    assert first["q_drawn"] == 1  # 5,151 pairs: 999 draws cannot show it, the exact tail can
    assert first["q"] < 0.05
    rest = frame.slice(1)
    assert (rest["p"] >= rest["p_drawn"] - 0.02).all()


def test_drawn_p_of_nobody() -> None:
    apart = ties([(0, 0), (1, 1)], (2, 2))
    assert with_drawn(apart, shared_pairs(apart), Ensemble(draws=9)).height == 0


def test_a_validated_projection_keeps_everybody_and_says_why() -> None:
    pairs = couple()
    people = [(f"{row:03}", None) for row in range(102)]
    memberships = [(f"l{column:03}", f"{row:03}") for row, column in zip(pairs.rows, pairs.columns, strict=True)]
    tables = small(people, [(f"l{column:03}", None) for column in range(60)], memberships)
    network = network_of(tables, "two-mode", Chosen())
    found = validated_projection(network, "actor")
    assert set(found) == set(tables.actors["iri"])
    assert list(found.edges) == [(actor("000"), actor("001"))]
    tie = found.edges[actor("000"), actor("001")]
    assert set(tie) == {"weight", "newman", "expected", "p", "q"}
    assert (tie["weight"], found.graph["tests"]) == (10, 5151)
    assert tie["newman"] == projection(network, "actor").edges[actor("000"), actor("001")]["newman"]
    assert tie["q"] == pytest.approx(5151 * tie["p"])
    assert found.nodes[actor("000")]["mode"] == "actor"
    assert validated_projection(network, "actor", alpha=tie["q"] / 2).number_of_edges() == 0


def test_territories_are_tied_by_what_touches_both() -> None:
    tables = small(
        [("caen", "COM-14118"), ("alencon", "COM-61001")],
        [("x", None), ("y", "DEP-48")],
        [("x", "caen"), ("x", "alencon")],
    )
    one, rows = territory_ties(tables, Chosen("departement"))
    codes = dict(tables.territories.select("iri", "id").iter_rows())
    touched = sorted(codes[rows[row]] for row in one.rows)
    assert touched == ["DEP-14", "DEP-48", "DEP-61"]
    network = network_of(tables, "territories", Chosen("departement", validated=1))
    assert [sorted(codes[end] for end in pair) for pair in network.edges] == [["DEP-14", "DEP-61"]]
    assert network_of(tables, "territories", Chosen("departement", validated=0.05)).number_of_edges() == 0
    assert len(network) == 7  # one of them an overseas collectivity


def test_the_real_pairs() -> None:
    tables = real()
    network = network_of(tables, "two-mode", Chosen())
    raw = network_of(tables, "actors", Chosen())
    everything = validated_projection(network, "actor", alpha=1)
    assert everything.number_of_edges() == raw.number_of_edges()
    assert all(raw.edges[pair]["weight"] == everything.edges[pair]["weight"] for pair in raw.edges)
    assert all(0 < tie["p"] <= 1 and tie["p"] <= tie["q"] for _, _, tie in everything.edges(data=True))


@pytest.mark.parametrize(("on", "projected"), [("actors", True), ("alliances", True), ("territories", False)])
def test_metrics_of_a_validated_network_are_complete_even_without_ties(on: On, projected: bool) -> None:
    tables = real()
    found = measure(tables, on, projected=projected, chosen=Chosen(validated=0.05))
    raw = measure(tables, on, projected=projected, chosen=Chosen())
    assert found.frame.columns == raw.frame.columns
    assert found.frame["iri"].equals(raw.frame["iri"])
    assert (found.info.validated, found.info.big_share) == (0.05, None)
    assert (found.info.tests or 0) > 1_000
    assert f"{found.info.edges} of {raw.info.edges}" in str(found.info.warning_en)
    floats = found.frame.select(pl.col(pl.Float64))
    assert not floats.select(pl.any_horizontal(pl.all().is_nan().any())).item()


def test_memberships_are_no_inference() -> None:
    with pytest.raises(ValueError, match="one-mode"):
        network_of(real(), "two-mode", Chosen(validated=0.05))
