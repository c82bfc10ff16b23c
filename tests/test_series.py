"""Year by year: each count is what the date gives, and each number that of its day."""

from datetime import date
from typing import get_args

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import Generation, hierarchy
from graph.chosen import Chosen
from graph.freshness import without_stale
from graph.hierarchy import Level
from graph.measured import NetworkName, network_of
from graph.network_series import QUICK, Kind, number, of_network, whole
from graph.networks import Network
from graph.periods import AsOfMode
from graph.selection import Tables, select, touches
from graph.series import counts, fresh_counts, of_metric, span, year_end, years
from tests.timed_tables import world, worlds


@settings(max_examples=60, deadline=None)
@given(worlds(), st.sampled_from(["possible", "certain"]), st.sampled_from(get_args(Level)))
def test_each_year_is_what_its_last_day_gives(tables: Tables, mode: AsOfMode, level: Level) -> None:
    asked = years(2016, 2024)
    counted = hierarchy.at_level(tables.closure, level)
    for row in counts(tables, asked, level, mode).iter_rows(named=True):
        then = select(tables, as_of=year_end(row["year"]), mode=mode)
        assert row == {
            "year": row["year"],
            "alliances": then.alliances.height,
            "dated": then.alliances["start"].count(),
            "undated": then.alliances["start"].null_count(),
            "memberships": then.memberships.height,
            "actors": then.memberships["actor"].n_unique(),
            "territories": touches(then, counted)["code"].n_unique(),
        }


@settings(max_examples=25, deadline=None)
@given(worlds(), st.sampled_from(["possible", "certain"]))
def test_each_year_without_what_was_stale_on_its_last_day(tables: Tables, mode: AsOfMode) -> None:
    for row in fresh_counts(tables, years(2018, 2024), "departement", mode).iter_rows(named=True):
        day = year_end(row["year"])
        then = select(without_stale(tables, day, mode), as_of=day, mode=mode)
        assert (row["alliances"], row["memberships"]) == (then.alliances.height, then.memberships.height)


def test_undated_alliances_are_told_apart() -> None:
    tables = world([(None, False)], [(None, ("2020", None)), (None, (None, "2021")), (None, (None, None))], [])
    found = counts(tables, years(2019, 2022), "region")
    assert found.select("dated", "undated").rows() == [(0, 2), (1, 2), (1, 2), (1, 1)]
    assert counts(tables, years(2019, 2022), "region", "certain")["undated"].sum() == 0


def test_the_years_that_are_shown() -> None:
    tables = world([(None, False)], [(None, ("2020-05", None)), (None, (None, None))], [])
    assert span(tables, date(2026, 11, 23)) == range(2020, 2027)
    assert span(tables, date.min) == range(1, 2)
    nothing = world([(None, False)], [(None, (None, None))], [])
    assert span(nothing, date(2026, 11, 23)) == range(2026, 2027)


@pytest.mark.parametrize(("first", "last"), [(2021, 2020), (0, 5), (9000, 9999), (1, 9000)])
def test_years_that_there_are_not(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="year"):
        years(first, last)


def test_a_number_of_a_node_with_its_rank() -> None:
    values = {2020: [0.5, 0.25, None], 2021: [None, 0.1, 0.3], 2022: [0.2, 0.2, 0.2]}

    def measure(day: date) -> pl.DataFrame:
        return pl.DataFrame({"iri": ["a", "b", "c"], "m": values[day.year]}, schema_overrides={"m": pl.Float64})

    asked = years(2020, 2022)
    assert of_metric(asked, measure, "m", "b").rows() == [(2020, 0.25, 2, 2), (2021, 0.1, 2, 2), (2022, 0.2, 1, 3)]
    assert of_metric(asked, measure, "m", "a").rows()[1] == (2021, None, None, 2)
    assert of_metric(asked, measure, "m", "d").rows()[0] == (2020, None, None, 2)


TWO_MODE, ONE_MODE = (Kind(two_mode=two_mode, closure=world([], [], []).closure) for two_mode in (True, False))


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([], (6, 0, 6, 0, 0, 0.0)),
        ([("a1", "l1"), ("a2", "l1"), ("a3", "l2")], (6, 3, 1, 2, 3, 0.375)),
    ],
)
def test_numbers_of_a_whole_network(edges: list[tuple[str, str]], expected: tuple[float, ...]) -> None:
    network: Network = nx.Graph()
    network.add_nodes_from((name, {"mode": "actor"}) for name in ("a1", "a2", "a3", "a4"))
    network.add_nodes_from((name, {"mode": "alliance"}) for name in ("l1", "l2"))
    network.add_edges_from(edges)
    names = ("nodes", "edges", "isolates", "components", "largest_component", "density")
    found = {name: of_network([2020], lambda _: network, name, TWO_MODE)["value"][0] for name in names}
    assert found == dict(zip(names, expected, strict=True))


def test_a_network_without_nodes_has_no_density() -> None:
    assert of_network([2020], lambda _: nx.Graph(), "density", ONE_MODE)["value"].to_list() == [None]


@settings(max_examples=15, deadline=None)
@given(worlds(), st.sampled_from(["two-mode", "actors", "alliances", "territories"]))
def test_what_is_read_off_is_what_is_measured(tables: Tables, name: NetworkName) -> None:
    network = network_of(tables, name, Chosen())
    kind = Kind(two_mode=name == "two-mode", closure=tables.closure)
    measured = whole(network, kind)
    for metric in (*QUICK, "density"):
        value = measured[metric]
        assert number(network, metric, kind) == (value if value is None else pytest.approx(value, rel=1e-11)), metric


def test_a_number_that_there_is_not() -> None:
    network = network_of(world([(None, False)], [(None, (None, None))], []), "two-mode", Chosen())
    with pytest.raises(KeyError, match="modularity"):
        number(network, "charm", TWO_MODE)


def test_the_numbers_of_everything_are_those_of_the_generation(generation: Generation) -> None:
    stored = generation.metric_table("networks").row(by_predicate=pl.col("network") == "territories_region", named=True)
    network = generation.network("territories", level="region")
    found = whole(network, Kind(two_mode=False, closure=generation.tables.closure))
    assert found == {name: stored[name] for name in found}
    assert found["nodes"] == 18


def test_the_series_of_the_default_data(generation: Generation) -> None:
    found = generation.series(2019, 2021)
    assert found["year"].to_list() == [2019, 2020, 2021]
    for row in found.iter_rows(named=True):
        assert row["alliances"] == generation.selected(as_of=year_end(row["year"])).alliances.height
        assert row["alliances"] == row["dated"] + row["undated"]
    assert generation.series()["year"][-1] == generation.knowledge_date.year
