from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from graph.chosen import Chosen
from graph.isolation import isolation
from graph.measured import network_of
from graph.metrics import two_mode_metrics
from graph.nullmodels import Ensemble, Ties, fixed_degree_draws
from graph.selection import Tables
from graph.significance import (
    Outward,
    benjamini_hochberg,
    brokerage_significance,
    compare,
    isolation_significance,
    with_findings,
)
from tests.analysis_tables import actor, real, small

FEW = Ensemble(draws=39)
P_VALUES = st.lists(st.floats(0.001, 1), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def ecosystem() -> Tables:
    return real()


def local(clubs: int, size: int) -> Tables:
    """Clubs of their own in Caen and in Alençon, whose members meet nobody from elsewhere."""
    towns = ("COM-14118", "COM-61001")
    people = [(f"{town}-{one}", town) for town in towns for one in range(size)]
    alliances = [f"{town}-club-{club}" for town in towns for club in range(clubs)]
    members = [(club, one) for club in alliances for one, town in people if club.startswith(town)]
    return small(people, [(club, None) for club in alliances], members)


def test_p_counts_the_draws_at_or_beyond() -> None:
    found = compare(
        np.array([2.0, 0.0, 9.0]), [np.array([1.0, 0.0, 1.0]), np.array([2.0, 0, 2]), np.array([3.0, 0, 3])]
    )
    assert found.p_low.tolist() == [3 / 4, 1, 1]
    assert found.p_high.tolist() == [3 / 4, 1, 1 / 4]
    assert found.p.tolist() == [1, 1, 0.5]
    assert found.expected.tolist() == [2, 0, 2]
    assert found.deviation.tolist() == pytest.approx([np.sqrt(2 / 3), 0, np.sqrt(2 / 3)])


def test_the_last_digits_break_no_tie() -> None:
    almost = np.array([0.1 + 0.2])
    assert compare(np.array([0.3]), [almost]).p_high.tolist() == [1]
    assert compare(almost, [np.array([0.3])]).p_low.tolist() == [1]


def test_without_draws_there_is_no_p() -> None:
    with pytest.raises(ValueError, match="at least one draw"):
        compare(np.zeros(2), [])


def test_benjamini_hochberg_of_their_own_example() -> None:
    """Benjamini and Hochberg (1995), section 3.2: of 15 tests, the first four are found at 0.05."""
    p = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
        *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
    ]
    assert (benjamini_hochberg(np.array(p)) <= 0.05).tolist() == [True] * 4 + [False] * 11


@given(P_VALUES)
def test_benjamini_hochberg_equals_scipy(p: list[float]) -> None:
    np.testing.assert_allclose(benjamini_hochberg(np.array(p)), stats.false_discovery_control(p))


@given(P_VALUES, st.integers(0, 50))
def test_tests_that_are_not_listed_have_p_1(p: list[float], more: int) -> None:
    whole = stats.false_discovery_control([*p, *[1.0] * more])
    np.testing.assert_allclose(benjamini_hochberg(np.array(p), len(p) + more), whole[: len(p)])


def test_p_is_uniform_where_only_chance_is_at_work() -> None:
    """150 networks drawn from the ensemble, each compared with 99 draws that begin at itself (Kolmogorov–Smirnov).

    The statistic is a sum of random weights, which has no ties. Then p takes 1/100 … 100/100 alike.
    """
    random = np.random.default_rng(11)
    rows, columns = np.nonzero(random.random((12, 18)) < 0.25)
    weights = random.random((12, 18))

    def total(ties: Ties) -> np.ndarray:
        return np.array([weights[ties.rows, ties.columns].sum()])

    seeds = iter(range(1000, 2000))
    found = [
        compare(total(one), map(total, fixed_degree_draws(one, Ensemble(draws=99, seed=next(seeds)))))
        for one in fixed_degree_draws(Ties(rows, columns, (12, 18)), Ensemble(draws=150, seed=23))
    ]
    for tail in ("p_low", "p_high"):
        p = np.array([getattr(one, tail)[0] for one in found]) - 0.005
        assert stats.kstest(p, "uniform").pvalue > 0.01


def test_p_of_counts_is_never_too_small_by_chance() -> None:
    """Counts have ties, which make p larger, never smaller: what was drawn is found at 0.1 at most one time in ten."""
    tables = local(4, 6)
    memberships = _drawn_memberships(tables, 60)
    found = [isolation_significance(one, Chosen("commune"), "links_out", FEW) for one in memberships]
    p = pl.concat(found).filter(pl.col("p").is_not_null())
    assert p.height == 120
    for tail in ("p_low", "p_high", "p"):
        assert np.mean(p[tail].to_numpy() <= 0.1) <= 0.15


def _drawn_memberships(tables: Tables, draws: int) -> list[Tables]:
    actors, alliances = tables.actors["iri"].sort(), tables.alliances["iri"].sort()
    pairs = tables.memberships.select(
        row=actors.search_sorted(tables.memberships["actor"]),
        column=alliances.search_sorted(tables.memberships["alliance"]),
    )
    ties = Ties(pairs["row"].to_numpy(), pairs["column"].to_numpy(), (actors.len(), alliances.len()))
    blank = tables.memberships.select("role", "start", "end")
    return [
        replace(tables, memberships=blank.with_columns(actor=actors[one.rows], alliance=alliances[one.columns]))
        for one in fixed_degree_draws(ties, Ensemble(draws=draws, seed=31))
    ]


def test_two_towns_that_keep_to_themselves() -> None:
    frame = with_findings(isolation_significance(local(3, 4), Chosen("commune"), "links_out", Ensemble(draws=199)))
    tested = frame.filter(pl.col("p").is_not_null())
    assert tested["code"].to_list() == ["COM-14118", "COM-61001"]
    assert tested.select("observed", "p_low", "finding").unique().rows() == [(0.0, 1 / 200, "fewer")]
    assert tested["expected"].min() == pytest.approx(1, abs=0.05)
    rest = frame.filter(pl.col("p").is_null())
    assert rest.height == 6
    assert rest.select("observed", "expected", "q", "finding").unique().rows() == [(0.0, None, None, None)]


def test_a_finding_needs_its_q_and_says_its_tail() -> None:
    columns = {"p_low": [0.01, 0.99, 0.01, None], "p_high": [0.99, 0.01, 0.99, None], "q": [0.05, 0.02, 0.06, None]}
    frame = pl.DataFrame(columns)
    assert with_findings(frame)["finding"].to_list() == ["fewer", "more", None, None]
    assert with_findings(frame, 0.02)["finding"].to_list() == [None, "more", None, None]


@pytest.mark.parametrize("outward", ["links_out", "alliances", "partners"])
@pytest.mark.parametrize("level", ["region", "departement", "epci", "commune"])
def test_what_is_tested_is_what_isolation_counts(ecosystem: Tables, level: str, outward: Outward) -> None:
    day = date(2026, 11, 23)
    chosen = Chosen(level, day)  # type: ignore[arg-type] # parametrised
    found = isolation_significance(ecosystem, chosen, outward, Ensemble(draws=1))
    counted = isolation(ecosystem, [], chosen.level, day).select("code", outward)
    both = found.join(counted, on="code", validate="1:1")
    assert both.height == counted.height
    assert both["observed"].to_list() == both[outward].to_list()


def test_brokers_are_those_with_two_alliances_and_their_number_is_that_of_the_metrics(ecosystem: Tables) -> None:
    network = network_of(ecosystem, "two-mode", Chosen())
    found = brokerage_significance(network, Ensemble(draws=2))
    metrics = two_mode_metrics(network).actors.filter(pl.col("alliances") > 1)
    both = found.join(metrics, on="iri", validate="1:1")
    assert both.height == found.height == metrics.height
    np.testing.assert_allclose(both["observed"], both["betweenness_raw"], rtol=1e-9)


def test_a_broker_between_two_worlds_mediates_more_than_chance() -> None:
    """Two cliques of alliances, and one actor in one of each: whoever else has two, has them in one world."""
    tables = local(3, 4)
    bridge = pl.DataFrame(
        {
            "actor": [actor("bridge")] * 2,
            "alliance": tables.alliances["iri"].gather([0, 3]).to_list(),
            "role": "partner",
        },
        schema=tables.memberships.select("actor", "alliance", "role").schema,
    )
    tables = replace(
        tables,
        actors=pl.concat([tables.actors, tables.actors.head(1).with_columns(iri=pl.lit(actor("bridge")))]),
        memberships=pl.concat([tables.memberships, bridge], how="diagonal"),
    )
    found = brokerage_significance(network_of(tables, "two-mode", Chosen()), Ensemble(draws=399))
    first = with_findings(found).row(0, named=True)
    assert (first["iri"], first["p_high"], first["finding"]) == (actor("bridge"), 1 / 400, "more")


def test_the_same_bits_twice(ecosystem: Tables) -> None:
    one, other = (isolation_significance(ecosystem, Chosen("epci"), "links_out", FEW) for _ in range(2))
    assert one.equals(other)
    assert not one.equals(isolation_significance(ecosystem, Chosen("epci"), "links_out", Ensemble(draws=39, seed=1)))
    assert not one.select(pl.col(pl.Float64).is_nan().any()).transpose()["column_0"].any()


def test_what_is_stale_is_left_out() -> None:
    tables = small(
        [("a", "COM-14118"), ("b", "COM-61001")],
        [("x", None, "2015", "2018"), ("y", None, "2026", None)],
        [("x", "a"), ("x", "b"), ("y", "a")],
    )
    counts = [
        dict(isolation_significance(tables, chosen, "links_out", FEW).select("code", "observed").iter_rows())
        for chosen in (Chosen("commune"), Chosen("commune", without_stale=date(2026, 11, 23)))
    ]
    assert [one["COM-14118"] for one in counts] == [1, 0]
