"""What if: equal to computing the whole level anew with the alliance in the tables, or without the actor."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random

import polars as pl
import pytest

from graph.hierarchy import LEVELS, Level
from graph.isolation import COMPONENTS, SCORED, isolation
from graph.periods import AsOfMode
from graph.selection import Tables, select
from graph.whatif import TooManyLinkedError, add, addition, departures, remove
from graph.whatif.addition import level_of
from ontology.provenance import Coverage
from tests.analysis_tables import actor, alliance, small

TODAY = date(2026, 11, 23)
KINDS = ("association", "company", "state")
PLACES: dict[Level, tuple[str, ...]] = {
    "region": ("REG-28", "REG-76", "DEP-93", "COM-14118"),
    "departement": ("DEP-14", "COM-61001", "DEP-28", "DEP-48", "COM-30001", "COM-97801", "REG-76"),
    "epci": ("COM-14118", "EPCI-200000002", "COM-48001", "COM-93066", "EPCI-200000004", "DEP-48"),
    "commune": ("COM-14118", "COM-14327", "COM-61001", "COM-30001", "COM-48001", "DEP-14"),
}
COVERAGES = ((), (Coverage(partial=("FRA",)),), (Coverage(complete=("DEP-48",)),), (Coverage(complete=("FRA",)),))
MODES: tuple[AsOfMode, ...] = ("possible", "certain")
NEW = "new"


def random_tables(random: Random, level: Level) -> Tables:
    """A few actors of several kinds, alliances and memberships, dated and placed at random."""
    places = [*PLACES[level], None]
    actors = [(f"a{n}", random.choice(places)) for n in range(random.randint(1, 4))]
    years = [None, "2020", "2024-03", "2026-11-01"]
    alliances = [(f"x{n}", random.choice(places), random.choice(years), None) for n in range(random.randint(0, 6))]
    pairs = [(one[0], other[0]) for one in alliances for other in actors if random.random() < 0.4]
    tables = small(actors, alliances, pairs)
    of_level = tables.territories.filter(pl.col("level").is_in(LEVELS[level]))["id"].to_list()
    dropped = random.sample(of_level, max(len(of_level) - 4, 0))
    targets = [random.sample(["17.17", "1.1", "2.4"], random.randint(0, 3)) for _ in alliances]
    return replace(
        tables,
        actors=tables.actors.with_columns(kind=pl.Series([random.choice(KINDS) for _ in actors], dtype=pl.String)),
        alliances=tables.alliances.with_columns(targets=pl.Series(targets, dtype=pl.List(pl.String))),
        territories=tables.territories.filter(~pl.col("id").is_in(dropped)),
    )


def with_alliance(tables: Tables, places: list[str], member: str | None) -> Tables:
    """The tables with one more alliance that lies in all of the places, and its member."""
    rows = [
        {"iri": alliance(NEW), "id": NEW, "name": NEW, "kind": "food", "territory": place, "start": str(TODAY)}
        for place in places
    ]
    parts = [
        {"alliance": alliance(NEW), "actor": one, "role": "partner", "start": str(TODAY)} for one in [member] if one
    ]
    found = replace(
        tables,
        alliances=pl.concat([tables.alliances, pl.DataFrame(rows)], how="diagonal"),
        memberships=pl.concat([tables.memberships, pl.DataFrame(parts)], how="diagonal")
        if parts
        else tables.memberships,
    )
    vars(found)["closure"] = tables.closure
    return found


def row(frame: pl.DataFrame, code: str) -> dict[str, object]:
    return frame.row(by_predicate=pl.col("code") == code, named=True)


COMPARED = ("score", "alliances", *COMPONENTS, *(f"{name}_contribution" for name in COMPONENTS))


def by_brute_force(
    tables: Tables, coverage: tuple[Coverage, ...], code: str, level: Level, mode: AsOfMode
) -> Iterator[dict[str, object]]:
    """Every link with what `isolation` says once it is made, in the order that `add` promises."""
    before = row(isolation(tables, coverage, level, TODAY, mode), code)
    if before["status"] not in SCORED:
        coverage = (*coverage, Coverage(complete=(code,)))
        before = row(isolation(tables, coverage, level, TODAY, mode), code)
    links: list[tuple[str, str, str | None, list[str]]]
    links = [("territory", other, None, [code, other]) for other in others(tables, level, code)]
    links += [("actor", one["id"], one["iri"], [code]) for one in helpers(tables, code, mode)]
    found = []
    for link, key, member, places in links:
        after = row(isolation(with_alliance(tables, places, member), coverage, level, TODAY, mode), code)
        gain = float(f"{before['score'] - after['score']:.12g}")  # type: ignore[operator]
        found.append({"link": link, "id": key, "gain": gain, **{name: after[name] for name in COMPARED}})
    yield from sorted(found, key=lambda one: (-round(one["gain"], 11), one["link"] == "actor", one["id"]))  # type: ignore[call-overload]


def others(tables: Tables, level: Level, code: str) -> list[str]:
    codes = tables.territories.filter(pl.col("level").is_in(LEVELS[level]))["id"].to_list()
    return sorted(one for one in codes if one != code)


def helpers(tables: Tables, code: str, mode: AsOfMode) -> list[dict[str, str]]:
    """Actors seated at a place of the level other than T, or in an alliance that is active."""
    within = tables.closure.filter(pl.col("ancestor") == code)["id"].to_list()
    level = level_of(tables.territories, code)
    placed = tables.closure.filter(pl.col("level_of_ancestor").is_in(LEVELS[level]))["id"].to_list()
    allied = select(tables, as_of=TODAY, mode=mode).memberships["actor"].to_list()
    return [
        one
        for one in tables.actors.iter_rows(named=True)
        if one["territory"] not in within and (one["territory"] in placed or one["iri"] in allied)
    ]


@pytest.mark.parametrize("part", range(4))
def test_an_addition_is_what_computing_anew_gives_on_200_random_graphs(part: int) -> None:
    for seed in range(part, 200, 4):
        random = Random(seed)  # noqa: S311 - no secret
        level: Level = random.choice(list(PLACES))
        tables, coverage = random_tables(random, level), random.choice(COVERAGES)
        codes = tables.territories.filter(pl.col("level").is_in(LEVELS[level]))["id"].to_list()
        code, mode = random.choice(codes), random.choice(MODES)
        found = add(tables, coverage, code, level, TODAY, mode)
        expected = list(by_brute_force(tables, coverage, code, level, mode))
        assert found.suggestions.select("link", "id").rows() == [(one["link"], one["id"]) for one in expected], seed
        for ours, theirs in zip(found.suggestions.iter_rows(named=True), expected, strict=True):
            assert ours["gain"] == pytest.approx(theirs["gain"], abs=1e-11)
            assert {name: ours[name] for name in COMPARED} == {name: theirs[name] for name in COMPARED}, (
                seed,
                ours["id"],
            )


def hand_made() -> Tables:
    """Caen and Alençon share an alliance; Mende and Nîmes have nothing."""
    return small(
        [("caen", "COM-14118"), ("alencon", "COM-61001"), ("mende", "COM-48095"), ("idle", "COM-30001"), ("far", None)],
        [("y", None)],
        [("y", "caen"), ("y", "alencon")],
    )


ALL_OF_FRANCE = (Coverage(complete=("FRA",)),)


def test_an_addition_by_hand() -> None:
    """Seven départements are compared, of which Saint-Martin stands beside: six are ranked, four have no alliance.

    Lozère without: on its six counts of alliances it is tied with the three others at the bottom, which are worse
    than the two that have one: (2 + 4/2) / 6. With Gard, it is fourth of four that have two links or fewer.
    """
    found = add(hand_made(), ALL_OF_FRANCE, "DEP-48", "departement", TODAY)
    assert not found.hypothetical
    assert found.as_if["links_out_contribution"].item() == pytest.approx(0.2 * 4 / 6)
    best = found.suggestions.row(0, named=True)
    by_id = {one["id"]: one for one in found.suggestions.iter_rows(named=True)}
    assert set(by_id) == {"DEP-14", "DEP-28", "DEP-30", "DEP-61", "DEP-93", "DEP-978", "alencon", "caen", "idle"}
    # Linked with Calvados, it has 1 link as Orne, Calvados has 2: one does better, two are tied, of six.
    assert by_id["DEP-14"]["links_out_contribution"] == pytest.approx(0.2 * (1 + 2 / 2) / 6)
    # Two steps from Orne, one from Calvados: (1 + 1/2) / 6.
    assert by_id["DEP-14"]["harmonic"] == pytest.approx(1.5 / 6)
    # With Gard, which has nothing either, it is a pair beside a pair: four are tied.
    assert by_id["DEP-30"]["harmonic"] == pytest.approx(1 / 6)
    assert by_id["DEP-30"]["links_out_contribution"] == pytest.approx(0.2 * (4 / 2) / 6)
    # An actor is a partner of a known kind, a territory alone is none: with Caen, one kind as the two others have.
    assert (by_id["caen"]["diversity"], by_id["DEP-14"]["diversity"]) == (1, 0)
    assert (by_id["caen"]["alliances"], by_id["caen"]["dependence"], by_id["caen"]["openness"]) == (1, 1, 1)
    assert best["gain"] == found.suggestions["gain"].max()
    assert best["gain"] == pytest.approx(found.as_if["score"].item() - best["score"], abs=1e-12)


def test_equal_gains_stand_by_kind_and_id() -> None:
    rows = add(hand_made(), ALL_OF_FRANCE, "DEP-48", "departement", TODAY).suggestions
    keys = [(-gain, link == "actor", key) for gain, link, key in rows.select("gain", "link", "id").iter_rows()]
    assert keys == sorted(keys)
    assert len({gain for gain, _, _ in keys}) < len(keys)


def test_who_is_seated_there_or_nowhere_and_idle_is_no_help() -> None:
    ids = set(add(hand_made(), ALL_OF_FRANCE, "DEP-48", "departement", TODAY).suggestions["id"])
    assert ids.isdisjoint({"mende", "far"})


def test_of_a_territory_that_was_not_observed_nothing_is_claimed() -> None:
    found = add(hand_made(), [Coverage(partial=("FRA",))], "DEP-48", "departement", TODAY)
    assert found.hypothetical
    assert found.before["status"].item() == "unknown"
    assert found.before["score"].item() is None
    assert found.as_if["status"].item() == "isolated"
    assert found.suggestions["gain"].null_count() == 0


def test_only_a_territory_of_the_level_is_helped() -> None:
    with pytest.raises(KeyError, match="REG-28"):
        add(hand_made(), ALL_OF_FRANCE, "REG-28", "departement", TODAY)


def test_too_many_ties_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addition, "MAX_LINKED", 1)
    with pytest.raises(TooManyLinkedError, match="2 territories of level departement"):
        add(hand_made(), ALL_OF_FRANCE, "DEP-48", "departement", TODAY)


def test_the_country_is_compared_with_nothing() -> None:
    with pytest.raises(KeyError, match="FRA"):
        level_of(hand_made().territories, "FRA")


def test_a_departure_by_hand() -> None:
    """Without Caen nothing of the alliance is left in Calvados; in Orne it goes on, without a link."""
    found = remove(hand_made(), ALL_OF_FRANCE, actor("caen"), TODAY)
    calvados, orne = (row(found, code) for code in ("DEP-14", "DEP-61"))
    assert (calvados["status_before"], calvados["status_after"]) == ("connected", "isolated")
    assert (calvados["alliances_before"], calvados["alliances_after"]) == (1, 0)
    assert (orne["status_after"], orne["links_out_before"], orne["links_out_after"]) == ("connected", 1, 0)
    assert set(found["code"]) == {*("COM-14118", "COM-61001", "DEP-14", "DEP-61", "EPCI-200000001", "REG-28")}
    assert set(found.head(3)["code"]) == {"COM-14118", "DEP-14", "EPCI-200000001"}


def test_a_departure_leaves_an_unobserved_territory_unknown() -> None:
    found = remove(hand_made(), [Coverage(partial=("FRA",))], actor("caen"), TODAY)
    assert row(found, "DEP-14")["status_after"] == "unknown"


def test_who_is_in_no_alliance_leaves_no_gap() -> None:
    assert remove(hand_made(), ALL_OF_FRANCE, actor("idle"), TODAY).is_empty()


@pytest.mark.parametrize("seed", range(12))
def test_a_departure_is_what_computing_anew_gives(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    level: Level = random.choice(list(PLACES))
    tables, coverage = random_tables(random, level), random.choice(COVERAGES)
    leaver = actor("a0")
    kept = [(one, who) for one, who in tables.memberships.select("alliance", "actor").iter_rows() if who != leaver]
    rest = replace(tables, memberships=tables.memberships.filter(pl.struct("alliance", "actor").map_elements(
        lambda one: (one["alliance"], one["actor"]) in kept, return_dtype=pl.Boolean)))  # fmt: skip
    found = {one["code"]: one for one in remove(tables, coverage, leaver, TODAY).iter_rows(named=True)}
    for each in LEVELS:
        before, after = (isolation(some, coverage, each, TODAY) for some in (tables, rest))
        for old in before.iter_rows(named=True):
            new = row(after, old["code"])
            differs = any(old[name] != new[name] for name in ("status", "alliances", "partners", "broker", *COMPONENTS))
            assert differs == (old["code"] in found)
            if differs:
                assert {name: found[old["code"]][f"{name}_after"] for name in COMPONENTS} == {
                    name: new[name] for name in COMPONENTS
                }
                assert found[old["code"]]["score_after"] == new["score"]


@pytest.mark.parametrize("seed", range(12))
def test_departures_are_what_removing_each_actor_gives(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    level: Level = random.choice(list(PLACES))
    tables, coverage = random_tables(random, level), random.choice(COVERAGES)
    mode = random.choice(MODES)
    expected = set()
    for leaver in tables.actors["iri"]:
        gone = remove(tables, coverage, leaver, TODAY, mode).filter(pl.col("alliances_after") == 0)
        for one in gone.filter(pl.col("alliances_before") > 0).iter_rows(named=True):
            expected.add((one["code"], leaver, one["alliances_before"], one["status_after"]))
    found = pl.concat([departures(tables, coverage, each, TODAY, mode) for each in LEVELS])
    assert set(found.select("code", "actor", "alliances", "status_after").iter_rows()) == expected


def test_who_alone_keeps_calvados_connected() -> None:
    found = departures(hand_made(), ALL_OF_FRANCE, "departement", TODAY)
    assert found.filter(code="DEP-14").select("actor", "alliances", "status_after").row(0) == (
        actor("caen"), 1, "isolated",
    )  # fmt: skip
    assert found.filter(code="DEP-61")["actor"].item() == actor("alencon")
