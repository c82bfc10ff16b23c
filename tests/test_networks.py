from datetime import date

import networkx as nx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import hierarchy, networks
from graph.hierarchy import LEVELS
from graph.inflation import TooManyTiesError
from graph.networks import Network, Side, projection, side_of, territory_network, two_mode
from graph.overview import all_networks
from graph.selection import Tables, select, touches
from ontology import iris
from tests.analysis_tables import actor, alliance, place_of, real, rows_of, seat_of, small

ACTORS = "abcde"
ALLIANCES = "vwxyz"
MEMBERSHIPS = st.lists(st.tuples(st.sampled_from(ALLIANCES), st.sampled_from(ACTORS)), max_size=20)


def network_of(tables: Tables, as_of: date | None = None) -> Network:
    return two_mode(tables.actors, tables.alliances, tables.memberships, as_of)


def free(memberships: list[tuple[str, str]]) -> Tables:
    return small([(key, None) for key in ACTORS], [(key, None) for key in ALLIANCES], memberships)


def ties_of(network: Network, name: str) -> dict[frozenset[str], float]:
    return {frozenset([a, b]): attributes[name] for a, b, attributes in network.edges(data=True)}


def ids(network: Network) -> dict[str, str]:
    return {node: attributes["id"] for node, attributes in network.nodes(data=True)}


def test_nodes_say_what_they_are() -> None:
    network = network_of(small([("a", "COM-14118")], [("x", "REG-28")], [("x", "a")]))
    expected = {"id": "a", "name": "A", "kind": "association", "territory": "COM-14118", "mode": "actor"}
    assert network.nodes[actor("a")] == expected
    assert network.nodes[alliance("x")]["mode"] == "alliance"
    assert network.edges[actor("a"), alliance("x")] == {"roles": ["partner"], "weight": 1}


def test_several_roles_are_one_tie() -> None:
    tables = small([("a", None)], [("x", None)], [("x", "a"), ("x", "a"), ("x", "a")])
    roles = pl.Series("role", ["partner", "funder", "partner"])
    tie = two_mode(tables.actors, tables.alliances, tables.memberships.with_columns(roles)).edges[
        actor("a"), alliance("x")
    ]
    assert tie == {"roles": ["funder", "partner"], "weight": 3}


def test_persons_never_enter_and_who_has_no_alliance_does() -> None:
    network = network_of(small([("alone", None)], [("x", None)], [("x", "minister")], persons=["minister"]))
    assert sorted(network) == sorted([actor("alone"), alliance("x")])
    assert network.number_of_edges() == 0


def test_a_membership_without_both_ends_makes_no_node() -> None:
    network = network_of(small([("a", None)], [("x", None)], [("x", "nobody"), ("nothing", "a")]))
    assert sorted(network) == sorted([actor("a"), alliance("x")])


def test_no_tables_no_network() -> None:
    assert len(network_of(small())) == 0
    sides: list[Side] = ["actor", "alliance"]
    for side in sides:
        assert len(projection(network_of(small()), side)) == 0


def test_as_of_a_membership_lasts_no_longer_than_its_alliance() -> None:
    tables = small(
        [("a", None)], [("old", None, "2010", "2015"), ("now", None, "2019", None)], [("old", "a"), ("now", "a")]
    )
    assert sorted(network_of(tables, date(2020, 10, 17))) == sorted([actor("a"), alliance("now")])
    assert sorted(network_of(tables, date(2012, 1, 1)).neighbors(actor("a"))) == [alliance("old")]
    assert network_of(tables).degree(actor("a")) == 2


def test_as_of_a_member_may_leave_before_the_end() -> None:
    tables = small([("a", None), ("b", None)], [("x", None, "2010", None)], [("x", "a"), ("x", "b")])
    left = tables.memberships.with_columns(end=pl.Series([None, "2014-06"]))
    network = two_mode(tables.actors, tables.alliances, left, date(2020, 1, 1))
    assert list(network.neighbors(alliance("x"))) == [actor("a")]


def test_certain_wants_a_start() -> None:
    tables = small([("a", None)], [("x", None), ("y", None, "2010", None)], [])
    network = two_mode(tables.actors, tables.alliances, tables.memberships, date(2020, 1, 1), "certain")
    assert side_of(network, "alliance") == [alliance("y")]


@given(MEMBERSHIPS)
def test_the_order_of_rows_changes_nothing(memberships: list[tuple[str, str]]) -> None:
    forwards, backwards = network_of(free(memberships)), network_of(free(memberships[::-1]))
    assert list(forwards.nodes(data=True)) == list(backwards.nodes(data=True))
    assert list(forwards.edges(data=True)) == list(backwards.edges(data=True))


@given(MEMBERSHIPS)
def test_projections_are_those_of_networkx(memberships: list[tuple[str, str]]) -> None:
    network = network_of(free(memberships))
    sides: list[Side] = ["actor", "alliance"]
    for side in sides:
        nodes = side_of(network, side)
        ours = projection(network, side)
        weighted = nx.bipartite.weighted_projected_graph(network, nodes)
        newman = nx.bipartite.collaboration_weighted_projected_graph(network, nodes)
        assert sorted(ours) == nodes
        assert ties_of(ours, "weight") == ties_of(weighted, "weight")
        assert ties_of(ours, "newman") == pytest.approx(ties_of(newman, "weight"), abs=1e-12)


def test_a_clique_weighs_less_in_newmans_way() -> None:
    projected = projection(network_of(free([("x", "a"), ("x", "b"), ("x", "c"), ("y", "a"), ("y", "b")])), "actor")
    assert projected.edges[actor("a"), actor("b")] == {"weight": 2, "newman": 1.5}
    assert projected.edges[actor("a"), actor("c")] == {"weight": 1, "newman": 0.5}
    assert projected.degree(actor("e")) == 0


def test_select_keeps_what_touches_a_territory_and_all_its_partners() -> None:
    tables = small(
        [("caen", "COM-14118"), ("mende", "COM-48095"), ("idle", "DEP-14"), ("far", "DEP-48"), ("quiet", None)],
        [("located", "EPCI-200000001"), ("seated", None), ("elsewhere", "DEP-48"), ("regional", "REG-28")],
        [("seated", "caen"), ("seated", "mende"), ("elsewhere", "far"), ("regional", "quiet")],
    )
    chosen = select(tables, codes=hierarchy.within(tables.closure, "DEP-14"))
    assert set(chosen.alliances["id"]) == {"located", "seated"}
    assert set(chosen.actors["id"]) == {"caen", "mende", "idle"}
    assert chosen.memberships.height == 2
    inherited = select(tables, codes=hierarchy.within(tables.closure, "DEP-14", inherit=True))
    assert set(inherited.alliances["id"]) == {"located", "seated", "regional"}


def linked(tables: Tables, level: hierarchy.Level) -> dict[frozenset[str], int]:
    network = territory_network(tables, level)
    assert all(attributes["mode"] == "territory" for _, attributes in network.nodes(data=True))
    name = ids(network)
    return {frozenset([name[a], name[b]]): ties["weight"] for a, b, ties in network.edges(data=True)}


def test_territories_are_linked_by_seats_and_by_places_at_every_level() -> None:
    tables = small(
        [("caen", "COM-14118"), ("alencon", "COM-61001"), ("mende", "DEP-48")],
        [("x", None), ("y", "COM-97801"), ("z", "REG-76")],
        [("x", "caen"), ("x", "alencon"), ("y", "caen"), ("z", "mende"), ("z", "caen")],
    )
    assert linked(tables, "commune") == {
        frozenset(["COM-14118", "COM-61001"]): 1,
        frozenset(["COM-14118", "COM-97801"]): 1,
    }
    assert linked(tables, "departement") == {
        frozenset(["DEP-14", "DEP-61"]): 1,
        frozenset(["DEP-14", "DEP-978"]): 1,
        frozenset(["DEP-14", "DEP-48"]): 1,
    }
    assert linked(tables, "region") == {frozenset(["REG-28", "REG-76"]): 1}
    assert linked(tables, "epci") == {}


def test_a_place_above_the_level_links_nothing() -> None:
    tables = small([("caen", "COM-14118")], [("x", "REG-28"), ("y", "FRA")], [("x", "caen"), ("y", "caen")])
    assert linked(tables, "departement") == {}
    assert linked(tables, "region") == {}


def test_every_territory_of_the_level_is_a_node() -> None:
    network = territory_network(small(), "departement")
    listed = ["DEP-14", "DEP-28", "DEP-30", "DEP-48", "DEP-61", "DEP-93", "DEP-978"]
    assert list(ids(network).values()) == listed
    assert network.nodes[iris.territory("DEP-978")]["kind"] == "collectivite"
    assert network.nodes[iris.territory("DEP-14")]["population"] == 700_000


def test_touches_tells_places_from_seats() -> None:
    tables = small([("a", "COM-14118")], [("x", "DEP-14"), ("y", "DEP-61")], [("x", "a"), ("y", "a")])
    found = touches(select(tables), hierarchy.at_level(tables.closure, "departement"))
    assert found.rows() == [
        ("DEP-14", alliance("x"), True, True),
        ("DEP-14", alliance("y"), False, True),
        ("DEP-61", alliance("y"), True, False),
    ]


@pytest.fixture(scope="module")
def ecosystem() -> Tables:
    return real()


def test_the_real_two_mode_network(ecosystem: Tables) -> None:
    network = network_of(ecosystem)
    assert (len(side_of(network, "actor")), len(side_of(network, "alliance"))) == (140 + 982 - 24, 338)
    assert network.number_of_edges() == 1416
    assert nx.is_bipartite(network)


def test_the_real_departements_touched_are_those_counted_by_hand(ecosystem: Tables) -> None:
    """Rows of the files, one by one: the département of each seat and of each place that has one."""
    parents = dict(ecosystem.territories.select("id", "parents").iter_rows())
    places: dict[str, set[str]] = {row["id"]: {place_of(row) or ""} for row in rows_of("alliances.csv")}
    seats = {row["id"]: seat_of(row) or "" for row in rows_of("actors.csv") + rows_of("local_actors.csv")}
    for row in rows_of("alliance_members.csv"):
        places[row["alliance_id"]].add(seats[row["actor_id"]])
    expected = {
        (code, iris.mint("alliance", "ecosystem", key))
        for key, codes in places.items()
        for place in codes
        for code in (place, *parents.get(place, []))
        if code.startswith("DEP-")
    }
    found = touches(select(ecosystem), hierarchy.at_level(ecosystem.closure, "departement"))
    assert set(found.select("code", "alliance").rows()) == expected


def test_the_real_levels_are_complete(ecosystem: Tables) -> None:
    sizes = {level: len(territory_network(ecosystem, level)) for level in LEVELS}
    assert sizes == {"region": 18, "departement": 101 + 8, "epci": 1255 + 11, "commune": 34_969}


def test_a_projection_that_no_memory_would_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    network = network_of(free([("v", "a"), ("v", "b"), ("v", "c"), ("w", "a")]))
    monkeypatch.setattr(networks, "MAX_TIES", 2)
    assert projection(network, "alliance").number_of_edges() == 1
    with pytest.raises(TooManyTiesError, match="up to 3 ties"):
        projection(network, "actor")
    found = all_networks(free([("v", "a"), ("v", "b"), ("v", "c"), ("w", "a")]))
    assert "actors_projection" not in found
    assert "alliances_projection" in found
