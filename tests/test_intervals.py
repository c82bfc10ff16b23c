from typing import get_args

import polars as pl
import pytest

from graph.chosen import Chosen
from graph.intervals import Dropout, RankedBy, rank_intervals, ranked_by
from graph.selection import Tables
from tests.analysis_tables import actor, real, small


def stars() -> Tables:
    """`big` has 20 alliances, `middle` ten, `two` two, `one` one; one is shared by all, each other is its own."""
    sizes = {"big": 20, "middle": 10, "two": 2, "one": 1}
    own = [(f"{name}-{at}", name) for name, size in sizes.items() for at in range(size - 1)]
    ties = own + [("all", name) for name in sizes]
    return small([(name, None) for name in sizes], [(one, None) for one in sorted({one for one, _ in ties})], ties)


def by_key(frame: pl.DataFrame) -> dict[str, tuple[int, int, int]]:
    return {row[0].rpartition(":")[2]: row[1:] for row in frame.select("iri", "rank", "rank_low", "rank_high").rows()}


def test_who_is_far_ahead_stays_and_who_has_one_membership_moves() -> None:
    found = by_key(rank_intervals(stars(), ranked_by("degree", "actor", Chosen()), Dropout(draws=100, share=0.2)))
    assert found["big"] == (1, 1, 1)
    assert found["middle"] == (2, 2, 2)
    assert found["two"][0] == 3
    assert found["two"][2] >= found["one"][1]


def test_nothing_dropped_nothing_moves() -> None:
    tables = stars()
    for measure in get_args(RankedBy):
        frame = rank_intervals(tables, ranked_by(measure, "actor", Chosen()), Dropout(draws=3, share=0))
        assert frame["rank"].to_list() == frame["rank_low"].to_list() == frame["rank_high"].to_list()
        assert frame["ranked"].to_list() == [1.0] * 4


def test_just_the_share_is_dropped() -> None:
    """With half of 33 memberships dropped, 17 are left in every draw."""
    heights: list[int] = []

    def watch(tables: Tables) -> pl.DataFrame:
        heights.append(tables.memberships.height)
        return pl.DataFrame({"iri": ["x"], "rank": [tables.memberships["alliance"].n_unique()]})

    tables = stars()
    rank_intervals(tables, watch, Dropout(draws=5, share=0.5))
    assert heights == [33, *[17] * 5]
    assert tables.memberships.height == 33


def test_the_interval_holds_the_middle_of_the_draws() -> None:
    """Ranks 1 … 100, one a draw: the middle 90 % of them are 5 (or 6) to 95 (or 96); a null is not ranked."""
    ranks = iter([50, *range(1, 101)])

    def rank(_: Tables) -> pl.DataFrame:
        at = next(ranks)
        return pl.DataFrame({"iri": ["a", "b", "c"], "rank": [at, at if at <= 25 else None, None]})

    frame = rank_intervals(stars(), rank, Dropout(draws=100))
    rows = {row["iri"]: row for row in frame.iter_rows(named=True)}
    assert rows["a"]["rank"] == 50
    assert rows["a"]["rank_low"] in {5, 6}
    assert rows["a"]["rank_high"] in {95, 96}
    assert [rows[name]["ranked"] for name in "abc"] == [1, 0.25, 0]
    assert rows["c"]["rank_low"] is rows["c"]["rank_high"] is None
    assert frame["iri"].to_list() == ["a", "b", "c"]


@pytest.mark.parametrize("measure", ["degree", "betweenness", "harmonic"])
def test_real_ranks_are_those_of_the_network(measure: RankedBy) -> None:
    tables = real()
    one, other = (
        rank_intervals(tables, ranked_by(measure, "actor", Chosen()), Dropout(draws=3, seed=seed)) for seed in (1, 2)
    )
    assert not one.equals(other)
    assert one.equals(rank_intervals(tables, ranked_by(measure, "actor", Chosen()), Dropout(draws=3, seed=1)))
    assert one["rank"][0] == 1
    assert (one["rank_low"] <= one["rank_high"]).all()
    assert one.height == tables.actors.filter(pl.col("kind") != "person").height


def test_ties_share_the_better_rank() -> None:
    tables = small([("a", None), ("b", None), ("c", None)], [("x", None)], [("x", "a"), ("x", "b")])
    ranks = dict(ranked_by("degree", "actor", Chosen())(tables).iter_rows())
    assert ranks == {actor("a"): 1, actor("b"): 1, actor("c"): 3}
