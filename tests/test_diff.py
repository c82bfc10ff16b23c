"""What two states differ in."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings

from graph import Generation
from graph.diff import active_state, differences, metric_changes, state
from graph.selection import Tables, select
from tests.analysis_tables import actor, alliance
from tests.timed_tables import DAYS, world, worlds


@pytest.fixture
def tables() -> Tables:
    return world(
        [(None, False), ("COM-14118", False), (None, False)],
        [(None, ("2019", "2020")), (None, ("2021", None))],
        [((0, 0), ("2019", "2020")), ((0, 1), ("2019", None)), ((1, 1), (None, None)), ((1, 2), ("2022", None))],
    )


def test_between_two_dates_things_come_and_go_and_do_not_change(tables: Tables) -> None:
    sides = (active_state(select(tables, as_of=day)) for day in (date(2020, 6, 1), date(2023, 6, 1)))
    found = differences(*sides)
    rows = {name: one.frame.select("id", "change").rows() for name, one in found.items()}
    assert rows == {
        "alliances": [("l1", "added"), ("l0", "removed")],
        "actors": [("a2", "added"), ("a0", "removed")],
        "memberships": [("l1|a1", "added"), ("l1|a2", "added"), ("l0|a0", "removed"), ("l0|a1", "removed")],
    }
    assert found["memberships"].frame["name"].to_list()[0] == "Actor 1 — Alliance 1"
    assert [found["alliances"].count(change) for change in ("added", "removed", "changed")] == [1, 1, 0]


def test_between_two_generations_fields_change(tables: Tables) -> None:
    end = pl.when(pl.col("id") == "l1").then(pl.lit("2024")).otherwise("end")
    later = Tables(
        tables.actors.filter(pl.col("id") != "a2"),
        tables.alliances.with_columns(end=end, targets=pl.lit(["17.17", "2.1"])),
        tables.memberships,
        tables.territories,
    )
    found = differences(state(tables), state(later))
    assert found["actors"].frame.rows() == [(actor("a2"), "a2", "Actor 2", "removed", [])]
    targets = {"field": "targets", "before": '["17.17"]', "after": '["17.17","2.1"]'}
    ended = {"field": "end", "before": None, "after": "2024"}
    assert found["alliances"].frame.select("iri", "change", "fields").rows() == [
        (alliance("l0"), "changed", [targets]),
        (alliance("l1"), "changed", [ended, targets]),
    ]


@settings(max_examples=50, deadline=None)
@given(worlds(), DAYS, DAYS)
def test_backwards_added_is_removed(tables: Tables, one: date, other: date) -> None:
    sides = [active_state(select(tables, as_of=day)) for day in (one, other)]
    there, back = differences(*sides), differences(*sides[::-1])
    for name, found in there.items():
        assert found.count("added") == back[name].count("removed")
        assert set(found.frame.filter(change="added")["iri"]) == set(sides[1][name]["iri"]) - set(sides[0][name]["iri"])
        assert found.count("changed") == 0
    assert all(one.frame.is_empty() for one in differences(sides[0], sides[0]).values())


def numbers(**values: tuple[float | None, int]) -> pl.DataFrame:
    rows = [(key, key, key.upper(), "association", *pair, 9) for key, pair in values.items()]
    return pl.DataFrame(
        rows, schema=["iri", "id", "name", "kind", "degree", "core_number", "component_size"], orient="row"
    )


def test_numbers_and_ranks_that_moved() -> None:
    before = numbers(a=(0.5, 2), b=(0.25, 2), c=(None, 1))
    after = numbers(a=(0.5, 2), b=(0.75, 2), d=(0.1, 1))
    found = {(row[0], row[4]): row[5:] for row in metric_changes(before, after).rows()}
    assert found == {
        ("a", "degree"): (0.5, 0.5, 0.0, 1, 2, 1),
        ("b", "degree"): (0.25, 0.75, 0.5, 2, 1, -1),
        ("d", "degree"): (None, 0.1, None, None, 3, None),
        ("c", "core_number"): (1.0, None, None, 3, None, None),
        ("d", "core_number"): (None, 1.0, None, None, 3, None),
    }
    assert metric_changes(before, before).is_empty()


def test_the_greatest_change_of_rank_comes_first(generation: Generation) -> None:
    sides = [generation.metrics("betweenness", as_of=day) for day in ("2020-05-07", "2022-05-07")]
    moved = metric_changes(*sides)
    steps = moved["rank_change"].abs()
    assert steps[0] == steps.max()
    assert moved.height > 100
    row = moved.row(0, named=True)
    ranks = [
        side["betweenness"].rank("min", descending=True).to_list()[side["iri"].to_list().index(row["iri"])]
        for side in sides
    ]
    assert ranks == [row["rank_before"], row["rank_after"]]


def test_of_an_opened_generation(generation: Generation) -> None:
    assert all(one.frame.is_empty() for one in generation.diff(generation).values())
    found = generation.diff("2020-05-07", "2022-05-07")
    then, later = (generation.selected(as_of=day).alliances for day in ("2020-05-07", "2022-05-07"))
    alliances = found["alliances"]
    assert later.height - then.height == alliances.count("added") - alliances.count("removed")
    with pytest.raises(ValueError, match="two dates"):
        generation.diff(generation, "2022-05-07")


def test_without_what_was_stale_on_each_side(generation: Generation) -> None:
    before, after = date(2020, 5, 7), date(2022, 5, 7)
    found = generation.diff(before, after, without_stale=True)["alliances"]
    known = [
        set(generation.selected(as_of=day, without_stale=True).alliances["iri"].to_list()) for day in (before, after)
    ]
    assert found.count("added") == len(known[1] - known[0])
    assert found.count("removed") == len(known[0] - known[1])
    assert found.count("removed") > generation.diff(before, after)["alliances"].count("removed")
    same = generation.diff(generation, without_stale=True)
    assert all(one.frame.is_empty() for one in same.values())
