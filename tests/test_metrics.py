"""Known values (`metrics.md` names where they were published), NetworkX as the reference, and the traps."""

import math
from concurrent.futures import ThreadPoolExecutor

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.metrics import Effort, TwoModeMetrics, projection_metrics, round_significant, two_mode_metrics
from graph.networks import Network, projection, side_of, two_mode
from tests.analysis_tables import real
from tests.small_networks import LIGHT, ONE_MODE, TWO_MODE, davis, named, sided


def column(frame: pl.DataFrame, name: str) -> dict[str, float]:
    return dict(frame.select("iri", name).iter_rows())


def both(metrics: TwoModeMetrics, name: str) -> dict[str, float]:
    return column(metrics.actors, name) | column(metrics.alliances, name)


def numbers(frame: pl.DataFrame) -> list[pl.Series]:
    return [series for series in frame if series.dtype == pl.Float64]


# -- two modes: Davis, all 32 nodes (Borgatti and Halgin, as NetworkX tests them)

DAVIS = {  # degree, closeness, betweenness
    "E1": (0.17, 0.52, 0.00), "E2": (0.17, 0.52, 0.00), "E3": (0.33, 0.56, 0.02), "E4": (0.22, 0.54, 0.01),
    "E5": (0.44, 0.59, 0.04), "E6": (0.44, 0.69, 0.07), "E7": (0.56, 0.73, 0.13), "E8": (0.78, 0.85, 0.24),
    "E9": (0.67, 0.79, 0.23), "E10": (0.28, 0.55, 0.01), "E11": (0.22, 0.54, 0.02), "E12": (0.33, 0.56, 0.02),
    "E13": (0.17, 0.52, 0.00), "E14": (0.17, 0.52, 0.00),
    "Nora Fayette": (0.57, 0.80, 0.11), "Evelyn Jefferson": (0.57, 0.80, 0.10),
    "Theresa Anderson": (0.57, 0.80, 0.09), "Sylvia Avondale": (0.50, 0.77, 0.07),
    "Laura Mandeville": (0.50, 0.73, 0.05), "Brenda Rogers": (0.50, 0.73, 0.05),
    "Katherina Rogers": (0.43, 0.73, 0.05), "Helen Lloyd": (0.36, 0.73, 0.04), "Ruth DeSand": (0.29, 0.71, 0.02),
    "Verne Sanderson": (0.29, 0.71, 0.02), "Myra Liddel": (0.29, 0.69, 0.02), "Eleanor Nye": (0.29, 0.67, 0.01),
    "Frances Anderson": (0.29, 0.67, 0.01), "Pearl Oglethorpe": (0.21, 0.67, 0.01),
    "Charlotte McDowd": (0.29, 0.60, 0.01), "Olivia Carleton": (0.14, 0.59, 0.01), "Flora Price": (0.14, 0.59, 0.01),
    "Dorothy Murchison": (0.14, 0.65, 0.00),
}  # fmt: skip
DAVIS_CLOSER = {  # the same to four digits
    "Evelyn Jefferson": (0.5714, 0.8, 0.0966), "Theresa Anderson": (0.5714, 0.8, 0.0876),
    "Nora Fayette": (0.5714, 0.8, 0.1135), "E8": (0.7778, 0.8462, 0.2438), "E9": (0.6667, 0.7857, 0.2255),
    "E7": (0.5556, 0.7333, 0.1295), "E14": (0.1667, 0.5238, 0.0022),
}  # fmt: skip


@pytest.mark.parametrize(("values", "digits"), [(DAVIS, 1e-2), (DAVIS_CLOSER, 6e-5)])
def test_southern_women(values: dict[str, tuple[float, float, float]], digits: float) -> None:
    metrics = two_mode_metrics(davis())
    assert (metrics.info.n_actors, metrics.info.n_alliances, metrics.info.edges) == (18, 14, 89)
    for place, name in enumerate(("degree", "closeness", "betweenness")):
        found = both(metrics, name)
        assert len(found) == 32
        assert {node: found[node] for node in values} == pytest.approx(
            {node: expected[place] for node, expected in values.items()}, abs=digits
        )


def test_southern_women_raw_counts() -> None:
    metrics = two_mode_metrics(davis())
    assert column(metrics.actors, "alliances")["Evelyn Jefferson"] == 8
    assert column(metrics.alliances, "members")["E8"] == 14
    assert "alliances" not in metrics.alliances.columns


@pytest.mark.parametrize(
    ("ties", "degree", "closeness", "betweenness"),
    [
        ([("a", "x"), ("b", "x"), ("b", "y")], [0.5, 1, 1, 0.5], [2 / 3, 1, 1, 2 / 3], [0, 1, 1, 0]),
        ([(a, b) for a in "abc" for b in "xyz"], [1] * 6, [1] * 6, [0.125] * 6),
        ([(a, b) for a in "ab" for b in "xy"], [1] * 4, [1] * 4, [0.25] * 4),
    ],
    ids=["P4", "K3,3", "C4"],
)
def test_toys(
    ties: list[tuple[str, str]], degree: list[float], closeness: list[float], betweenness: list[float]
) -> None:
    metrics = two_mode_metrics(sided(ties))
    nodes = sorted({node for tie in ties for node in tie})
    for name, expected in (("degree", degree), ("closeness", closeness), ("betweenness", betweenness)):
        assert both(metrics, name) == pytest.approx(dict(zip(nodes, expected, strict=True)))


# -- one mode


def florentine(*, with_pucci: bool) -> Network:
    return named(nx.florentine_families_graph().edges, ["Pucci"] if with_pucci else [])


def test_florentine_families() -> None:
    frame = projection_metrics(florentine(with_pucci=False)).frame
    published = {
        "Medici": 0.522, "Guadagni": 0.255, "Albizzi": 0.212, "Salviati": 0.143, "Ridolfi": 0.114, "Bischeri": 0.104,
        "Strozzi": 0.103, "Barbadori": 0.093, "Tornabuoni": 0.092, "Castellani": 0.055, "Peruzzi": 0.022,
    }  # fmt: skip
    found = column(frame, "betweenness")
    assert {family: found[family] for family in published} == pytest.approx(published, abs=6e-4)
    assert column(frame, "betweenness_raw")["Medici"] == pytest.approx(47.5)
    holes = {"Medici": (0.2099, 5.6667), "Guadagni": (0.25, 4), "Strozzi": (0.4583, 3), "Pazzi": (1, 1)}
    for place, name in enumerate(("constraint", "effective_size")):
        found = column(frame, name)
        for family, expected in holes.items():
            assert found[family] == pytest.approx(expected[place], abs=6e-5)


def test_an_isolate_changes_the_values_of_others_but_not_the_raw_ones() -> None:
    frame = projection_metrics(florentine(with_pucci=True)).frame
    found = column(frame, "betweenness")
    assert [round(found[family], 4) for family in ("Medici", "Guadagni", "Albizzi")] == [0.4524, 0.2206, 0.1841]
    assert column(frame, "betweenness_raw")["Medici"] == pytest.approx(47.5)
    assert column(frame, "closeness")["Medici"] == pytest.approx(0.5227, abs=5e-5)


def test_zachary_unweighted_although_its_ties_carry_weights() -> None:
    karate = nx.karate_club_graph()
    weighted: Network = nx.Graph()
    weighted.add_weighted_edges_from((str(a + 1), str(b + 1), d["weight"]) for a, b, d in karate.edges(data=True))
    frame = projection_metrics(weighted).frame
    expected = {
        "betweenness": {"1": 0.437635, "34": 0.304075, "33": 0.145247, "3": 0.143657, "32": 0.138276},
        "betweenness_raw": {"1": 231.0714, "34": 160.5516, "33": 76.6905, "3": 75.8508, "32": 73.0095},
        "closeness": {"1": 0.568966, "3": 0.559322, "34": 0.55},
        "constraint": {"1": 0.15542, "34": 0.15642, "3": 0.18518, "33": 0.24922, "12": 1.0},
        "effective_size": {"34": 15.23529, "1": 13.75, "3": 7.8},
    }
    for name, values in expected.items():
        found = column(frame, name)
        assert {node: found[node] for node in values} == pytest.approx(values, abs=6e-5)
    core = {node for node, number in column(frame, "core_number").items() if number == 4}
    assert core == {"1", "2", "3", "4", "8", "9", "14", "31", "33", "34"}
    assert column(frame, "strength")["1"] == karate.degree(0, weight="weight") != karate.degree(0)


def test_zachary_communities_reach_the_best_modularity() -> None:
    karate = named(nx.karate_club_graph().edges)
    groups: dict[str, set[str]] = {}
    for node, community in projection_metrics(karate).frame.select("iri", "community").iter_rows():
        groups.setdefault(community, set()).add(node)
    assert all(name == min(members) for name, members in groups.items())
    assert nx.community.modularity(karate, groups.values()) == pytest.approx(0.41979, abs=1e-5)


def test_krackhardt_kite() -> None:
    frame = projection_metrics(named(nx.krackhardt_kite_graph().edges)).frame
    expected = [0.0231, 0.0231, 0, 0.1019, 0, 0.2315, 0.2315, 0.3889, 0.2222, 0]
    assert frame["betweenness"].to_list() == pytest.approx(expected, abs=6e-5)
    assert frame.filter(pl.col("degree") == pl.col("degree").max())["iri"].to_list() == ["3"]
    assert frame.filter(pl.col("closeness") == pl.col("closeness").max())["iri"].to_list() == ["5", "6"]


def test_the_seven_nodes_of_burt() -> None:
    ties = [tuple(tie) for tie in ("AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC")]
    frame = projection_metrics(named((a, b) for a, b in ties)).frame
    constraint = {"G": 0.400, "A": 0.595, "B": 0.6427, "C": 1, "D": 0.7847, "E": 0.7309, "F": 0.7309}
    assert column(frame, "constraint") == pytest.approx(constraint, abs=6e-4)
    found = column(frame, "effective_size")
    assert [found[node] for node in "GABC"] == pytest.approx([4.67, 2.5, 1.6667, 1], abs=4e-3)


# -- NetworkX is the reference


def same(found: dict[str, float], reference: object) -> None:
    """Equal to 1e-9; what we call undefined, NetworkX calls NaN or 0."""
    assert isinstance(reference, dict)
    for node, value in found.items():
        if value is None:
            assert math.isnan(reference[node]) or reference[node] == 0
        else:
            assert value == pytest.approx(reference[node], abs=1e-9)


@settings(deadline=None)
@given(ONE_MODE.filter(lambda network: len(network) > 1))  # for NetworkX an only node has the degree 1
def test_one_mode_equals_networkx(network: Network) -> None:
    frame = projection_metrics(network, LIGHT).frame
    harmonic = nx.harmonic_centrality(network)
    others = max(len(network) - 1, 1)
    same(column(frame, "degree"), nx.degree_centrality(network))
    same(column(frame, "closeness"), nx.closeness_centrality(network))
    same(column(frame, "betweenness"), nx.betweenness_centrality(network))
    same(column(frame, "harmonic"), {node: value / others for node, value in harmonic.items()})
    same(column(frame, "pagerank"), nx.pagerank(network, tol=1e-14, max_iter=1000))
    same(column(frame, "core_number"), nx.core_number(network))
    same(column(frame, "constraint"), nx.constraint(network))
    same(column(frame, "effective_size"), nx.effective_size(network))
    same(column(frame, "clustering"), nx.clustering(network))
    for component in nx.connected_components(network):
        rows = frame.filter(pl.col("iri").is_in(component))
        assert set(rows["component"]) == {min(component)}
        assert set(rows["component_size"]) == {len(component)}


@settings(deadline=None)
@given(TWO_MODE.filter(len))
def test_two_modes_equal_networkx(network: Network) -> None:
    metrics = two_mode_metrics(network, LIGHT)
    actors = [node for node, attributes in network.nodes(data=True) if attributes["mode"] == "actor"]
    same(both(metrics, "closeness"), nx.bipartite.closeness_centrality(network, actors))
    same(both(metrics, "pagerank"), nx.pagerank(network, tol=1e-14, max_iter=1000))
    if 0 < len(actors) < len(network):
        same(both(metrics, "degree"), nx.bipartite.degree_centrality(network, actors))
    try:
        reference = nx.bipartite.betweenness_centrality(network, actors)
    except ZeroDivisionError:  # where b_max is 0 on a side
        return
    same(both(metrics, "betweenness"), reference)


NAMELESS = (
    "degree", "closeness", "betweenness", "harmonic", "pagerank", "core_number", "component_size", "articulation",
    "bridges", "redundancy", "clustering", "eigenvector", "hits",
)  # fmt: skip
"""Communities are drawn by lot, in the order of the nodes: they are not among these."""


@settings(deadline=None)
@given(TWO_MODE, st.permutations("abcdefuvwxyz"))
def test_new_names_change_no_number(network: Network, names: list[str]) -> None:
    mapping = dict(zip("abcdefuvwxyz", names, strict=True))
    metrics, renamed = two_mode_metrics(network, LIGHT), two_mode_metrics(nx.relabel_nodes(network, mapping), LIGHT)
    for name in NAMELESS:
        before, after = both(metrics, name), both(renamed, name)
        assert {mapping[node]: value for node, value in before.items()} == pytest.approx(after, abs=1e-9)


@settings(deadline=None)
@given(TWO_MODE)
def test_one_isolate_more_leaves_the_raw_values(network: Network) -> None:
    more = network.copy()
    more.add_node("isolate", mode="actor")
    before, after = two_mode_metrics(network, LIGHT), two_mode_metrics(more, LIGHT)
    local = ("eigenvector", "hits", "articulation", "bridges", "redundancy", "clustering")
    for name in ("betweenness_raw", "farness", "core_number", "component_size", "component", *local):
        found = both(after, name)
        assert {node: found[node] for node in network} == both(before, name)
    own = after.actors.row(by_predicate=pl.col("iri") == "isolate", named=True)
    assert (own["closeness"], own["harmonic"], own["betweenness_raw"], own["core_number"]) == (
        *(0, 0 if len(network) else None, 0, 0),
    )


@settings(deadline=None)
@given(ONE_MODE, st.permutations(range(12)), st.lists(st.sampled_from("xyz"), min_size=12, max_size=12))
def test_new_names_change_no_number_in_one_mode(network: Network, names: list[int], groups: list[str]) -> None:
    mapping = {str(old): str(new) for old, new in enumerate(names)}
    known = {node: groups[int(node)] for node in network}
    before = projection_metrics(network, LIGHT, groupings={"kind": known}).frame
    renamed = nx.relabel_nodes(network, mapping)
    after = projection_metrics(
        renamed, LIGHT, groupings={"kind": {mapping[node]: group for node, group in known.items()}}
    )
    for name in (one for one in before.columns[4:] if not one.startswith("component") and "community" not in one):
        expected = {mapping[node]: value for node, value in column(before, name).items()}
        assert column(after.frame, name) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(TWO_MODE, st.data())
def test_twins_are_equal_and_merging_them_takes_only_one_away(network: Network, data: st.DataObject) -> None:
    """An actor with the same alliances as another: no path of others needs both, so distances stay."""
    actors = side_of(network, "actor")
    if not actors:
        return
    original = data.draw(st.sampled_from(actors))
    doubled = network.copy()
    doubled.add_node("twin", mode="actor")
    doubled.add_edges_from(("twin", alliance) for alliance in network[original])
    before, after = two_mode_metrics(doubled, LIGHT), two_mode_metrics(network, LIGHT)
    for name in NAMELESS:
        found = both(before, name)
        assert found["twin"] == pytest.approx(found[original], abs=1e-9)
    away = nx.single_source_shortest_path_length(doubled, "twin")
    far, near = both(before, "farness"), both(after, "farness")
    for node in set(network) - {original}:
        assert far[node] - near[node] == away.get(node, 0)


# -- traps


def test_isolates_are_rows_without_nan_and_a_pendant_is_no_isolate() -> None:
    frame = projection_metrics(named([("a", "b")], ["alone"])).frame
    assert column(frame, "constraint") == {"a": 1.0, "alone": None, "b": 1.0}
    assert column(frame, "effective_size") == {"a": 1.0, "alone": None, "b": 1.0}
    assert column(frame, "closeness")["alone"] == 0
    assert not any(series.is_nan().any() for series in numbers(frame))
    assert frame.sort("constraint", descending=True, nulls_last=True)["iri"].to_list()[-1] == "alone"


def test_a_loop_on_an_isolate_is_no_tie() -> None:
    looped = named([("alone", "alone"), ("a", "b")])
    row = projection_metrics(looped).frame.row(by_predicate=pl.col("iri") == "alone", named=True)
    assert (row["links"], row["constraint"], row["effective_size"]) == (0, None, None)


@pytest.mark.parametrize(
    "network",
    [sided([]), sided([], actors="ab"), sided([], alliances="xy"), sided([], "a", "x"), sided([("a", "x")])],
    ids=["nothing", "actors only", "alliances only", "no tie", "one tie"],
)
def test_an_empty_side_raises_nothing_and_is_undefined(network: Network) -> None:
    metrics = two_mode_metrics(network)
    assert metrics.actors.height + metrics.alliances.height == len(network)
    for frame in (metrics.actors, metrics.alliances):
        assert not any(series.is_nan().any() for series in numbers(frame))
    if metrics.alliances.is_empty():
        assert set(both(metrics, "degree").values()) <= {None}
    assert set(both(metrics, "betweenness").values()) <= {None}


def test_closeness_counts_what_cannot_be_reached() -> None:
    """An end of a path of three among five isolates: .67 of its own component, but .19 of the network."""
    frame = projection_metrics(named([("p", "q"), ("q", "r")], "stuvw")).frame
    assert column(frame, "closeness")["p"] == pytest.approx(2 / 3 * 2 / 7)
    assert round(column(frame, "closeness")["p"], 2) == 0.19
    assert column(frame, "closeness")["s"] == 0
    assert column(frame, "component_size")["p"] == 3


def test_merging_two_offices_of_one_head_changes_others_too() -> None:
    """Which is why they stay apart until somebody decides: other partners, other ties, another n for everybody."""
    apart = [("north", "x"), ("south", "x"), ("south", "y"), ("other", "y"), ("third", "x")]
    merged = [(actor.replace("north", "head").replace("south", "head"), alliance) for actor, alliance in apart]
    found = [two_mode_metrics(sided(ties)).actors for ties in (apart, merged)]
    assert [frame.height for frame in found] == [4, 3]
    assert [column(frame, "alliances")["third"] for frame in found] == [1, 1]
    closeness = [column(frame, "closeness")["third"] for frame in found]
    assert closeness[0] != pytest.approx(closeness[1])
    assert [max(column(frame, "betweenness_raw").values()) for frame in found] == [6, 4]


@pytest.mark.parametrize("size", [0, 1, 2])
def test_the_smallest_networks(size: int) -> None:
    frame = projection_metrics(named([], range(size))).frame
    assert frame.height == size
    assert frame["betweenness"].null_count() == size
    assert frame["degree"].null_count() == (size if size < 2 else 0)


def test_small_components_are_not_flattened_by_a_big_one() -> None:
    big = [(a, b) for a in range(6) for b in range(a)]
    frame = projection_metrics(named([*big, ("p", "q"), ("q", "r")])).frame
    found = column(frame, "pagerank")
    assert min(found[node] for node in "pqr") > 0.04
    assert column(frame, "closeness")["q"] == pytest.approx(2 / 2 * 2 / 8)


def test_parallel_ties_and_directions_are_refused() -> None:
    refused: list[Network] = [nx.MultiGraph(), nx.DiGraph()]
    for graph in refused:
        with pytest.raises(ValueError, match="simple undirected"):
            projection_metrics(graph)


def test_the_side_facing_decides_the_norm() -> None:
    """One actor more, without alliance, moves the closeness of E8 (.8462 to .8383), as published."""
    women = davis()
    women.add_node("isolate", mode="actor")
    assert column(two_mode_metrics(women).alliances, "closeness")["E8"] == pytest.approx(0.8383, abs=5e-5)


# -- engines


def test_beyond_the_limit_it_samples_and_says_so() -> None:
    network = named(nx.gnm_random_graph(400, 1200, seed=5).edges)
    exact = projection_metrics(network)
    sampled = projection_metrics(network, Effort(exact_up_to=399 - 20, samples=150))
    assert (exact.info.exact, exact.info.samples) == (True, None)
    assert (sampled.info.exact, sampled.info.samples) == (False, 150)
    for name in ("closeness", "harmonic", "betweenness_raw"):
        true, guess = exact.frame[name].to_numpy(), sampled.frame[name].to_numpy()
        assert np.corrcoef(true, guess)[0, 1] > 0.9
        assert guess.mean() == pytest.approx(true.mean(), rel=0.05)
    assert sampled.frame["degree"].equals(exact.frame["degree"])


def test_isolates_do_not_count_towards_the_limit() -> None:
    network = named([("a", "b"), ("b", "c")], range(50))
    assert projection_metrics(network, Effort(exact_up_to=3)).info.exact
    assert not projection_metrics(network, Effort(exact_up_to=2, samples=1)).info.exact


def test_what_no_sample_reaches_is_null() -> None:
    network = named([("a", "b"), ("c", "d")])
    frame = projection_metrics(network, Effort(exact_up_to=1, samples=1)).frame
    assert sorted(frame["closeness"].is_null().to_list()) == [False, True, True, True]


def test_the_same_network_gives_the_same_bits() -> None:
    graph = nx.gnm_random_graph(300, 700, seed=3)
    forwards, backwards = named(graph.edges), named(reversed(list(graph.edges)))
    assert projection_metrics(forwards).frame.equals(projection_metrics(backwards).frame)
    effort = Effort(exact_up_to=10, samples=50)
    assert projection_metrics(forwards, effort).frame.equals(projection_metrics(backwards, effort).frame)


def test_the_same_bits_from_many_threads_at_once() -> None:
    network = named(nx.gnm_random_graph(300, 700, seed=3).edges)
    with ThreadPoolExecutor(4) as pool:
        frames = list(pool.map(lambda _: projection_metrics(network, Effort(exact_up_to=10)).frame, range(8)))
    assert all(frame.equals(projection_metrics(network, Effort(exact_up_to=10)).frame) for frame in frames)


def test_long_chains_and_many_sources() -> None:
    chain = projection_metrics(named((f"{step:05}", f"{step + 1:05}") for step in range(1500)))
    assert chain.frame["farness"].to_list()[0] == 1500 * 1501 / 2
    assert chain.frame["farness"].to_list()[750] == 750 * 751


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_keeps_twelve_digits(value: float) -> None:
    assert round_significant(np.array([value, value]))[1] == float(f"{value:.11e}")


def test_rounding_keeps_what_is_undefined() -> None:
    assert np.isnan(round_significant(np.array([np.nan, 1.0]))).tolist() == [True, False]
    assert round_significant(np.array([])).size == 0


def test_the_real_ecosystem_equals_networkx() -> None:
    tables = real()
    network = two_mode(tables.actors, tables.alliances, tables.memberships)
    metrics = two_mode_metrics(network)
    actors = metrics.actors["iri"].to_list()
    same(both(metrics, "closeness"), nx.bipartite.closeness_centrality(network, actors))
    same(both(metrics, "degree"), nx.bipartite.degree_centrality(network, actors))
    side = projection(network, "alliance")
    frame = projection_metrics(side).frame
    same(column(frame, "betweenness"), nx.betweenness_centrality(side))
