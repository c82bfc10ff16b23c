"""Shortest chains: against NetworkX on any small world, and what each measure of a chain means by hand."""

from datetime import date
from itertools import pairwise

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import Generation, hierarchy
from graph.networks import Network, two_mode
from graph.paths import NOTHING, Chain, chains, end_of
from graph.periods import AsOfMode
from graph.selection import Tables, select, touches
from ontology import iris
from ontology.dates import first_day
from tests.analysis_tables import actor, alliance, small
from tests.timed_tables import Period, world, worlds

PLACES = ("REG-28", "DEP-14", "DEP-48", "REG-11", "FRA")


def with_ends(tables: Tables, *ends: str) -> Network:
    """The two-mode network, in which each end that is a territory is tied to what touches it."""
    network = two_mode(tables.actors, tables.alliances, tables.memberships)
    codes = dict(tables.territories.filter(pl.col("iri").is_in(ends)).select("id", "iri").iter_rows())
    everywhere = tables.closure.filter(pl.col("ancestor").is_in(list(codes))).select("id", code="ancestor")
    for code, touched in touches(select(tables), everywhere).select("code", "alliance").iter_rows():
        network.add_edge(codes[code], touched)
    return network


def all_chains(network: Network, start: str, end: str) -> list[tuple[str, ...]]:
    """Every shortest chain, as NetworkX finds them, in order."""
    if start not in network or end not in network:
        return []
    try:
        return sorted(tuple(one) for one in nx.all_shortest_paths(network, start, end))
    except nx.NetworkXNoPath:
        return []


def described(network: Network, tables: Tables, nodes: tuple[str, ...]) -> Chain:
    """The width and the age of a chain, straight from their definitions."""
    width = min(len(set(network[one]) & set(network[other])) for one, other in pairwise(nodes[::2]))
    starts = dict(tables.alliances.select("iri", "start").iter_rows())
    begun = [first_day(starts[one]) for one in nodes[1::2] if starts[one] is not None]
    return Chain(nodes, width, min(begun) if len(begun) == len(nodes) // 2 else None)


@settings(max_examples=150, deadline=None)
@given(worlds(), st.data())
def test_all_shortest_chains_are_those_of_networkx(tables: Tables, data: st.DataObject) -> None:
    places = tables.territories.filter(pl.col("id").is_in(PLACES))["iri"]
    ends = data.draw(st.lists(st.sampled_from([*tables.actors["iri"], *places]), min_size=2, max_size=2, unique=True))
    found = chains(select(tables), *ends)
    network = with_ends(tables, *ends)
    expected = [described(network, tables, nodes) for nodes in all_chains(network, *ends)]
    assert (found.count, list(found.listed)) == (len(expected), expected)
    if not expected:
        assert found == NOTHING
        return
    assert found.distance == len(expected[0].nodes) // 2
    # Python's max keeps the first of equals, which is that of the smallest IRIs.
    assert found.widest == max(expected, key=lambda one: (one.width, one.since or date.min))
    assert found.recent == max(expected, key=lambda one: (one.since or date.min, one.width))


def ladder(length: int, width: int) -> Tables:
    """Actors in a row, each allied with the next by `width` alliances."""
    pairs = [(step, each) for step in range(length) for each in range(width)]
    members = [(f"l{step}-{each}", f"a{step + end}") for step, each in pairs for end in (0, 1)]
    return small(
        actors=[(f"a{step}", None) for step in range(length + 1)],
        alliances=[(f"l{step}-{each}", None) for step, each in pairs],
        memberships=members,
    )


def test_their_number_is_exact_however_large() -> None:
    found = chains(select(ladder(45, 4)), actor("a0"), actor("a45"), limit=3)
    assert (found.distance, found.count, len(found.listed)) == (45, 4**45, 3)
    assert found.widest is not None
    assert found.widest.width == 4


SINCE_2019: Period = ("2019", None)
SINCE_2021: Period = ("2021-03", None)


@pytest.fixture
def two_ways() -> Tables:
    """From actor 0 to actor 3: by 1, with whom both share two alliances of 2019, or by 2, with one of 2021 each."""
    alliances = [(None, SINCE_2019)] * 4 + [(None, SINCE_2021)] * 2
    pairs = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (2, 3), (3, 1), (3, 3), (4, 0), (4, 2), (5, 2), (5, 3)]
    return world([(None, False)] * 4, alliances, [(pair, (None, None)) for pair in pairs])


def test_the_widest_and_the_most_recent_chain(two_ways: Tables) -> None:
    found = chains(select(two_ways), actor("a0"), actor("a3"))
    assert (found.distance, found.count) == (2, 5)
    assert found.widest == Chain(
        (actor("a0"), alliance("l0"), actor("a1"), alliance("l2"), actor("a3")), 2, date(2019, 1, 1)
    )
    assert found.recent == Chain(
        (actor("a0"), alliance("l4"), actor("a2"), alliance("l5"), actor("a3")), 1, date(2021, 3, 1)
    )


@pytest.mark.parametrize(("mode", "distance"), [("possible", 2), ("certain", None)])
def test_a_date_leaves_only_what_was_active(two_ways: Tables, mode: AsOfMode, distance: int | None) -> None:
    found = chains(select(two_ways, as_of=date(2020, 1, 1), mode=mode), actor("a0"), actor("a3"))
    assert found.distance == distance
    assert all(alliance("l4") not in one.nodes for one in found.listed)


def test_persons_tie_nobody() -> None:
    tables = small(
        actors=[("a", None), ("b", None)],
        alliances=[("l", None), ("m", None)],
        memberships=[("l", "a"), ("l", "p"), ("m", "p"), ("m", "b")],
        persons=["p"],
    )
    assert chains(select(tables), actor("a"), actor("b")) == NOTHING
    assert chains(select(tables), actor("a"), actor("p")) == NOTHING


def test_a_territory_is_reached_by_seat_and_by_location() -> None:
    tables = small(
        actors=[("a", None), ("b", "COM-61001"), ("c", None)],
        alliances=[("located", "DEP-14"), ("seated", None)],
        memberships=[("located", "a"), ("seated", "a"), ("seated", "b"), ("located", "c")],
    )
    orne, calvados, normandie = (iris.territory(code) for code in ("DEP-61", "DEP-14", "REG-28"))
    assert [one.nodes for one in chains(select(tables), actor("c"), orne).listed] == [
        (actor("c"), alliance("located"), actor("a"), alliance("seated"), orne)
    ]
    assert chains(select(tables), calvados, orne).distance == 2
    assert chains(select(tables), actor("a"), normandie).count == 2


def test_both_ends_must_differ() -> None:
    tables = small(actors=[("a", None)])
    with pytest.raises(ValueError, match="two different ends"):
        chains(select(tables), actor("a"), actor("a"))


def test_ends_are_named_by_iri_id_or_code() -> None:
    tables = small(actors=[("a", None), ("14118", None)])
    assert end_of(tables, "a") == end_of(tables, actor("a")) == actor("a")
    assert end_of(tables, "reg-28") == iris.territory("REG-28")
    with pytest.raises(hierarchy.TerritoryCodeError):
        end_of(tables, "nobody")


def test_a_real_chain_is_as_networkx_finds_it(generation: Generation) -> None:
    network = generation.network()
    start, end = (iris.mint("actor", "ecosystem", key) for key in ("le-rameau", "ville-d-evreux"))
    found = generation.paths("le-rameau", "ville-d-evreux")
    assert [one.nodes for one in found.listed] == all_chains(network, start, end)
    assert found.count > 1
    assert generation.paths("le-rameau", "ville-d-evreux", as_of="2020-10-17").count <= found.count
