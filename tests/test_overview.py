"""All networks at once: groups from seats, tables without NaN, what big alliances make of a projection."""

import re

import networkx as nx
import numpy as np
import polars as pl
import pytest

from graph.brokerage import ROLES
from graph.chosen import Chosen
from graph.groups import codes, groupings
from graph.inflation import BIG, warning
from graph.measured import measure
from graph.metrics import projection_metrics
from graph.networks import projection, territory_network, two_mode
from graph.overview import all_networks, bridge_table, network_table, node_tables
from graph.selection import Tables
from tests import tree
from tests.analysis_tables import actor, alliance, real, small
from tests.small_networks import LIGHT

SEATS = [
    ("caen", "COM-14118"), ("calvados", "DEP-14"), ("normandie", "REG-28"), ("causses", "EPCI-200000003"),
    ("france", "FRA"), ("nowhere", None), ("mende", "COM-48095"), ("denis", "COM-93066"),
]  # fmt: skip


def seated() -> Tables:
    members = [("x", name) for name, _ in SEATS[:4]] + [("y", "caen"), ("y", "mende")]
    return small(SEATS, [("x", "DEP-14"), ("y", None), ("empty", "REG-76")], members)


def big_and_small() -> Tables:
    """One alliance of twelve, one of three of whom two are in the first, one of two others."""
    members = [("big", f"m{number:02}") for number in range(12)] + [("three", "m00"), ("three", "m01"), ("three", "o")]
    members += [("two", "p"), ("two", "q")]
    actors = [(name, None) for name in sorted({name for _, name in members})]
    return small(actors, [("big", None), ("three", None), ("two", None)], members)


# -- groups


def test_groups_come_from_kinds_and_seats_and_unknown_is_none() -> None:
    tables = seated()
    network = projection(two_mode(tables.actors, tables.alliances, tables.memberships), "actor")
    found = groupings(network, tables.closure)
    assert set(found["kind"].values()) == {"association"}
    regions = {actor("caen"): "REG-28", actor("calvados"): "REG-28", actor("normandie"): "REG-28"}
    south = {actor("causses"): "REG-76", actor("mende"): "REG-76", actor("denis"): "REG-11"}
    assert found["region"] == regions | south
    # The EPCI lies in two départements, so it has none, as the région.
    departements = {actor("caen"): "DEP-14", actor("calvados"): "DEP-14", actor("mende"): "DEP-48"}
    assert found["departement"] == departements | {actor("denis"): "DEP-93"}


def test_territories_have_no_group_that_they_are_themselves() -> None:
    tables = seated()
    levels = {"region": [], "departement": ["region"], "epci": ["region", "departement"]}
    for level in ("region", "departement", "epci"):
        network = territory_network(tables, level)
        assert list(groupings(network, tables.closure)) == levels[level]


def test_codes_follow_names_and_unknown_is_minus_one() -> None:
    assert codes(["a", "b", "c"], {"a": "y", "c": "x"}).tolist() == [1, -1, 0]
    assert codes([], {}).tolist() == []


# -- cliques


def test_the_share_that_big_alliances_make() -> None:
    tables = big_and_small()
    network = projection(two_mode(tables.actors, tables.alliances, tables.memberships), "actor")
    assert network.number_of_edges() == 66 + 2 + 1
    info = projection_metrics(network, LIGHT).info
    assert info.big_members == BIG
    assert info.big_share == pytest.approx(65 / 69)
    assert info.warning_fr is not None
    assert "94\N{NO-BREAK SPACE}% des liens" in info.warning_fr
    assert "plus de 10 membres" in info.warning_fr
    assert info.warning_en is not None
    assert "94% of its ties come from alliances of more than 10 members alone" in info.warning_en


def test_a_projection_without_ties_is_warned_of_without_a_share() -> None:
    tables = small([("a", None)], [("x", None)], [("x", "a")])
    network = projection(two_mode(tables.actors, tables.alliances, tables.memberships), "actor")
    info = projection_metrics(network, LIGHT).info
    assert info.big_share is None
    assert (info.warning_fr, info.warning_en) == warning(None, "actor")


def test_newman_gives_who_is_in_n_alliances_a_strength_of_n() -> None:
    tables = big_and_small()
    network = projection(two_mode(tables.actors, tables.alliances, tables.memberships), "actor")
    found = dict(projection_metrics(network, LIGHT).frame.select("iri", "strength_newman").iter_rows())
    assert found[actor("m00")] == pytest.approx(2)
    assert found[actor("m05")] == found[actor("p")] == pytest.approx(1)


def test_weights_weigh_what_they_say() -> None:
    tables = big_and_small()
    plain = measure(tables, "actors", projected=True, chosen=Chosen())
    newman = measure(tables, "actors", projected=True, chosen=Chosen(weights="newman"))
    assert (plain.info.weights, newman.info.weights) == ("none", "newman")
    network = projection(two_mode(tables.actors, tables.alliances, tables.memberships), "actor")
    reference = nx.pagerank(network, weight="newman", tol=1e-14, max_iter=1000)
    found = dict(newman.frame.select("iri", "pagerank").iter_rows())
    assert found == pytest.approx(reference, abs=1e-9)
    constraint = nx.constraint(network, weight="newman")
    found = dict(newman.frame.select("iri", "constraint").iter_rows())
    assert found == pytest.approx(constraint, abs=1e-9)
    assert plain.frame["closeness"].equals(newman.frame["closeness"])


# -- tables


def test_one_row_a_network_and_a_table_of_nodes_for_each() -> None:
    found = all_networks(seated())
    networks = network_table(found)
    one_mode = ["actors_projection", "alliances_projection"]
    one_mode += [f"territories_{level}" for level in ("region", "departement", "epci")]
    assert networks["network"].to_list() == ["two-mode", *one_mode]
    assert list(node_tables(found)) == ["actors", "alliances", *one_mode]
    row = networks.row(by_predicate=pl.col("network") == "actors_projection", named=True)
    assert (row["nodes"], row["edges"], row["isolates"], row["components"]) == (8, 7, 3, 1)
    assert (row["known_nodes_region"], row["known_ties_region"]) == (6, 7)
    assert row["e_i_region"] == pytest.approx((4 - 3) / 7)
    assert row["warning_en"]
    two = networks.row(by_predicate=pl.col("network") == "two-mode", named=True)
    assert (two["density"], two["transitivity"], two["warning_fr"]) == (pytest.approx(6 / 24), None, None)


def test_bridges_name_their_network() -> None:
    found = bridge_table(all_networks(seated()))
    assert found.filter(network="actors_projection").select("a", "b", "cut_off").rows() == [
        (*sorted((actor("caen"), actor("mende"))), 1)
    ]
    in_two_modes = found.filter(network="two-mode")
    assert in_two_modes.height == 6
    between = in_two_modes.filter((pl.col("a") == actor("caen")) | (pl.col("b") == actor("caen")))
    assert sorted(between["cut_off"]) == [2, 3]
    assert set(between["a"]) | set(between["b"]) == {actor("caen"), alliance("x"), alliance("y")}


@pytest.mark.parametrize("tables", [small(), small([("a", None)]), seated(), big_and_small()])
def test_no_number_is_nan_and_columns_are_always_the_same(tables: Tables) -> None:
    found = all_networks(tables)
    frames = [network_table(found), bridge_table(found), *(frame for frame, _ in node_tables(found).values())]
    assert frames[0].columns == network_table(all_networks(seated())).columns
    for frame in frames:
        assert not any(series.is_nan().any() for series in frame if series.dtype.is_float())
        assert not any(series.dtype == pl.Null for series in frame)


def test_the_real_networks_are_measured_the_same_to_the_bit_and_agree_with_networkx() -> None:
    tables = real()
    first, second = all_networks(tables), all_networks(tables)
    assert network_table(first).equals(network_table(second))
    assert bridge_table(first).equals(bridge_table(second))
    for (one, _), (other, _) in zip(node_tables(first).values(), node_tables(second).values(), strict=True):
        assert one.equals(other)
    network = projection(two_mode(tables.actors, tables.alliances, tables.memberships), "actor")
    row = network_table(first).row(by_predicate=pl.col("network") == "actors_projection", named=True)
    assert row["bridges"] == len(list(nx.bridges(network)))
    assert row["articulation_points"] == len(list(nx.articulation_points(network)))
    assert row["transitivity"] == pytest.approx(nx.transitivity(network))
    assert row["assortativity_kind"] == pytest.approx(nx.attribute_assortativity_coefficient(network, "kind"))
    assert row["degree_assortativity"] == pytest.approx(nx.degree_assortativity_coefficient(network))
    assert np.isclose(row["clustering"], np.mean([nx.clustering(network, node) for node, d in network.degree if d > 1]))


def test_every_column_is_explained() -> None:
    """In docs/metrics.md, those over groups once for all groupings."""
    text = (tree.ROOT / "docs" / "metrics.md").read_text("utf-8")
    found = all_networks(seated())
    frames = [network_table(found), bridge_table(found), *(frame for frame, _ in node_tables(found).values())]
    names = {name for frame in frames for name in frame.columns} - {"iri", "id", "name", "kind"}
    grouped = {re.sub(r"_(kind|region|departement)$", "_G", name) for name in names}
    explained = set(re.findall(r"`(\w+)`", text)) | {f"{role}_partial_G" for role in ROLES}
    assert grouped - explained == set()
    assert len(grouped) > 60
