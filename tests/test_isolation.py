import math
import re
from dataclasses import replace
from datetime import date
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.hierarchy import LEVELS, Level
from graph.isolation import COMPONENTS, WEIGHTS, explain, isolation, looked_at, with_components, worklist
from graph.isolation.score import RATES
from graph.selection import Tables
from ontology.provenance import Coverage
from tests.analysis_tables import real, small

TODAY = date(2026, 11, 23)
PARTLY_FRANCE = Coverage(partial=("FRA",))
ALL_OF_LOZERE = Coverage(complete=("DEP-48",))
TOWARDS_UNKNOWN = ["isolated", "unknown", "not_covered"]


@pytest.fixture(scope="module")
def ecosystem() -> Tables:
    return real()


def statuses(tables: Tables, coverage: list[Coverage], level: Level, as_of: date = TODAY) -> dict[str, str]:
    return dict(isolation(tables, coverage, level, as_of).select("code", "status").iter_rows())


def row(frame: pl.DataFrame, code: str) -> dict[str, object]:
    return frame.row(by_predicate=pl.col("code") == code, named=True)


def an_alliance_in_caen() -> Tables:
    return small(
        [("caen", "COM-14118"), ("alencon", "COM-61001"), ("nowhere", None), ("idle", "DEP-14")],
        [("x", "COM-14118"), ("y", None)],
        [("x", "caen"), ("x", "nowhere"), ("y", "caen"), ("y", "alencon")],
    )


def test_only_a_complete_source_makes_a_territory_isolated() -> None:
    tables = an_alliance_in_caen()
    assert statuses(tables, [PARTLY_FRANCE, ALL_OF_LOZERE], "commune") == {
        "COM-14118": "connected",
        "COM-14327": "unknown",
        "COM-61001": "connected",
        "COM-48095": "isolated",
        "COM-48001": "isolated",
        "COM-30001": "unknown",
        "COM-93066": "unknown",
        "COM-97801": "unknown",
    }
    without = statuses(tables, [PARTLY_FRANCE], "commune")
    assert without["COM-48095"] == without["COM-48001"] == "unknown"
    assert "isolated" not in without.values()


def test_an_epci_is_isolated_only_if_it_lies_wholly_where_somebody_looked() -> None:
    found = statuses(an_alliance_in_caen(), [ALL_OF_LOZERE], "epci")
    assert found["EPCI-200000002"] == "isolated"
    assert found["EPCI-200000003"] == "unknown"
    assert found["EPT-200000005"] == "not_covered"
    assert statuses(an_alliance_in_caen(), [ALL_OF_LOZERE], "region")["REG-76"] == "unknown"


def test_all_its_parts_covered_is_not_all_of_it_covered() -> None:
    parts = Coverage(complete=("DEP-48", "DEP-30"))
    assert statuses(small(), [parts], "region")["REG-76"] == "unknown"
    assert statuses(small(), [Coverage(complete=("REG-76",))], "region")["REG-76"] == "isolated"


def test_france_covers_even_what_states_no_parent() -> None:
    assert set(statuses(small(), [Coverage(complete=("FRA",))], "departement").values()) == {"isolated"}
    assert set(statuses(small(), [], "departement").values()) == {"not_covered"}


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        (None, None, "isolated"),
        ("2026", None, "isolated"),
        ("2026-11", "2026", "isolated"),
        ("2027", None, "not_covered"),
        (None, "2025", "not_covered"),
        (None, "2026-11-22", "not_covered"),
    ],
)
def test_a_source_speaks_of_its_period_only(start: str | None, end: str | None, status: str) -> None:
    coverage = Coverage(complete=("DEP-48",), start=start, end=end)
    assert statuses(small(), [coverage], "departement")["DEP-48"] == status


def test_a_source_of_some_kinds_makes_nobody_isolated() -> None:
    coverage = Coverage(complete=("DEP-48",), kinds=("food",))
    assert statuses(small(), [coverage], "departement")["DEP-48"] == "unknown"


def test_a_seat_or_a_place_within_connects_and_one_above_does_not() -> None:
    seated = small([("a", "COM-48095")], [("x", None)], [("x", "a")])
    located = small([], [("x", "COM-48095")], [])
    regional = small([], [("x", "REG-76")], [])
    alone = small([("a", "COM-48095")], [("x", None)], [])
    for tables, status in ((seated, "connected"), (located, "connected"), (regional, "isolated"), (alone, "isolated")):
        assert statuses(tables, [ALL_OF_LOZERE], "departement")["DEP-48"] == status
    assert statuses(regional, [], "region")["REG-76"] == "connected"


def test_a_person_connects_nothing() -> None:
    tables = small([], [("x", None)], [("x", "minister")], persons=["minister"])
    seated = tables.actors.with_columns(territory=pl.lit("COM-48095"))
    chosen = Tables(seated, tables.alliances, tables.memberships, tables.territories)
    assert statuses(chosen, [ALL_OF_LOZERE], "departement")["DEP-48"] == "isolated"


def test_an_alliance_that_ended_connects_no_more() -> None:
    tables = small([], [("x", "DEP-48", "2010", "2020-06")], [])
    assert statuses(tables, [ALL_OF_LOZERE], "departement")["DEP-48"] == "isolated"
    assert statuses(tables, [ALL_OF_LOZERE], "departement", date(2020, 6, 30))["DEP-48"] == "connected"


def test_counts() -> None:
    frame = isolation(an_alliance_in_caen(), [PARTLY_FRANCE], "departement", TODAY)
    caen = row(frame, "DEP-14")
    assert (caen["alliances"], caen["alliances_located"], caen["alliances_seated"]) == (2, 1, 2)
    assert (caen["actors"], caen["partners"], caen["links_out"]) == (2, 3, 1)
    assert caen["alliances_per_10000"] == pytest.approx(2 / 70)
    assert row(frame, "DEP-61")["alliances_located"] == 0


def plain(frame: pl.DataFrame, code: str) -> list[dict[str, object]]:
    """The components as `explain` gives them, with ordinary spaces before French signs."""
    return [{**one, "fr": str(one["fr"]).replace("\u00a0", " ")} for one in explain(frame, code)]


def test_a_french_sign_never_begins_a_line() -> None:
    frame = isolation(an_alliance_in_caen(), [PARTLY_FRANCE, ALL_OF_LOZERE], "departement", TODAY)
    for one in [*explain(frame, "DEP-14"), *explain(frame, "DEP-48"), *explain(frame, "DEP-28")]:
        assert re.search(" [:;?!%]", str(one["fr"])) is None
        assert "\u00a0" not in str(one["en"])


def contributions(frame: pl.DataFrame, code: str) -> dict[str, float | None]:
    found = row(frame, code)
    return {name: found[f"{name}_contribution"] for name in COMPONENTS}  # type: ignore[misc]


def test_the_components_of_a_small_world() -> None:
    """Caen is in both alliances that touch Calvados, one of which touches Orne too; all partners are associations."""
    frame = isolation(an_alliance_in_caen(), [PARTLY_FRANCE], "departement", TODAY)
    caen, orne = row(frame, "DEP-14"), row(frame, "DEP-61")
    assert (caen["alliances_outward"], caen["alliances_inward"], caen["openness"]) == (1, 1, 0)
    assert (orne["alliances_outward"], orne["alliances_inward"], orne["openness"]) == (1, 0, 1)
    # One of the six other territories of the level is one step away, no path leads to the others.
    assert caen["harmonic"] == orne["harmonic"] == pytest.approx(1 / 6)
    assert (caen["dependence"], caen["broker_name"], caen["broker_alliances"]) == (1, "Caen", 2)
    assert caen["diversity"] == orne["diversity"] == 1
    assert caen["freshness"] is caen["freshness_light"] is None
    assert caen["sdg_reach"] == 0
    assert caen["actors_per_10000"] == pytest.approx(2 / 70)


def test_the_score_is_the_sum_of_weighted_shares() -> None:
    """Ranked are Calvados, Orne and Lozère, whose rates differ less than chance makes them: all three are tied.

    By links and closeness 1, 1, 0; openness 0, 1, none; dependence 1, 1, none; diversity 1, 1, 0; targets 0, 0, 0.
    Freshness is unknown of the first two, whose other weights then are of 0.95; Lozère is alone in it.
    """
    frame = isolation(an_alliance_in_caen(), [PARTLY_FRANCE, ALL_OF_LOZERE], "departement", TODAY)
    last, middle, tied, first = (0 + 2 / 2) / 3, (1 + 1 / 2) / 3, 1 / 2, (2 + 1 / 2) / 3
    lozere = dict.fromkeys(COMPONENTS, first) | dict.fromkeys((*RATES, "freshness", "sdg_reach"), tied)
    assert contributions(frame, "DEP-48") == pytest.approx({name: WEIGHTS[name] * lozere[name] for name in COMPONENTS})
    assert row(frame, "DEP-48")["score"] == pytest.approx(0.7)
    calvados = dict.fromkeys(COMPONENTS, last) | dict.fromkeys((*RATES, "sdg_reach"), tied) | {"openness": middle}
    del calvados["freshness"]
    expected: dict[str, float | None] = {name: WEIGHTS[name] * share / 0.95 for name, share in calvados.items()}
    assert contributions(frame, "DEP-14") == pytest.approx(expected | {"freshness": None})
    assert frame.select("code", "rank").head(3).rows() == [("DEP-48", 1), ("DEP-14", 2), ("DEP-61", 3)]
    assert row(frame, "DEP-61")["links_out_rank"] == row(frame, "DEP-14")["links_out_rank"] == 2
    assert row(frame, "DEP-61")["links_out_tied"] == 2
    assert row(frame, "DEP-28")["score"] is None
    assert row(frame, "DEP-28")["diversity_reference"] == 1


def test_weights_are_of_one_in_all() -> None:
    assert math.fsum(WEIGHTS.values()) == pytest.approx(1, abs=1e-15)
    assert tuple(WEIGHTS) == COMPONENTS


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_the_score_is_the_sum_of_its_contributions(ecosystem: Tables, level: Level) -> None:
    frame = isolation(ecosystem, [PARTLY_FRANCE, ALL_OF_LOZERE], level, TODAY).filter(pl.col("score").is_not_null())
    summed = pl.sum_horizontal(f"{name}_contribution" for name in COMPONENTS)
    assert frame.select((pl.col("score") - summed).abs().max()).item() <= 1e-12
    assert frame.height > 10


def test_without_an_alliance_what_has_no_value_counts_as_the_worst() -> None:
    frame = isolation(an_alliance_in_caen(), [PARTLY_FRANCE, ALL_OF_LOZERE], "departement", TODAY)
    lozere = row(frame, "DEP-48")
    for name in ("openness", "dependence", "freshness"):
        assert lozere[name] is None
        assert lozere[f"{name}_rank"] == 1
    told = {str(one["name"]): one for one in plain(frame, "DEP-48")}
    assert told["openness"]["fr"] == (
        "Ouverture des alliances : sans objet, faute d’alliance ; compté comme le plus isolé."
        " 1er rang sur 3, du plus isolé au moins isolé."
    )


def of_kinds(kinds: dict[str, str]) -> Tables:
    """One alliance in Caen with a member of each kind, seated nowhere."""
    tables = small([(key, None) for key in kinds], [("x", "COM-14118")], [("x", key) for key in kinds])
    return replace(tables, actors=tables.actors.with_columns(kind=pl.Series(list(kinds.values()))))


@pytest.mark.parametrize(
    ("kinds", "effective"),
    [
        ({}, 0),
        ({"a": "state"}, 1),
        ({"a": "state", "b": "state"}, 1),
        ({"a": "state", "b": "company"}, 2),
        ({"a": "state", "b": "state", "c": "company"}, 9 / 5),
        ({"a": "state", "b": "fund", "c": "company"}, 3),
    ],
)
def test_diversity_is_the_inverse_of_simpson(kinds: dict[str, str], effective: float) -> None:
    found = row(isolation(of_kinds(kinds), [], "commune", TODAY), "COM-14118")
    assert found["diversity"] == pytest.approx(effective)
    assert found["partners"] == len(kinds)


@pytest.mark.parametrize(("members", "dependence"), [([], 1 / 3), (["a"], 1 / 3), (["a", "a", "b"], 2 / 3)])
def test_dependence_is_the_largest_share_that_goes_through_one(members: list[str], dependence: float) -> None:
    """Three alliances in Caen; one without known members goes through somebody all the same."""
    pairs = [(f"x{place}", who) for place, who in enumerate(members)]
    tables = small([("a", None), ("b", None)], [(f"x{place}", "COM-14118") for place in range(3)], pairs)
    found = row(isolation(tables, [], "commune", TODAY), "COM-14118")
    assert found["dependence"] == pytest.approx(dependence)
    assert found["broker_name"] == ("A" if members else None)


@pytest.mark.parametrize(
    ("start", "end", "years", "light"),
    [
        ("2026-11-23", None, 0, "green"),
        ("2020", "2027", 0, "green"),
        ("2025-11-23", None, 365 / 365.25, "amber"),
        ("2019-11-23", None, 2557 / 365.25, "red"),
        (None, None, None, None),
    ],
)
def test_freshness_is_the_age_of_the_last_evidence(
    start: str | None, end: str | None, years: float | None, light: str | None
) -> None:
    tables = small(
        [], [("x", "COM-14118", start, end), ("old", "COM-14118", "2001", None)][: 1 if start is None else 2]
    )
    found = row(isolation(tables, [], "commune", TODAY), "COM-14118")
    assert found["freshness"] == (None if years is None else pytest.approx(years))
    assert found["freshness_light"] == light


def test_reach_counts_the_targets_beyond_that_of_alliances() -> None:
    tables = small([], [("x", "COM-14118"), ("y", "COM-14118")], [])
    targets = pl.Series([["17.17", "1.1"], ["1.1", "2.4", "17.17"]])
    tables = replace(tables, alliances=tables.alliances.with_columns(targets=targets))
    assert row(isolation(tables, [], "commune", TODAY), "COM-14118")["sdg_reach"] == 2


def test_closeness_is_harmonic() -> None:
    """A chain Caen – Alençon – Mende, and Hérouville alone, among eight communes."""
    tables = small(
        [("c", "COM-14118"), ("a", "COM-61001"), ("m", "COM-48095")],
        [("x", None), ("y", None), ("z", "COM-14327")],
        [("x", "c"), ("x", "a"), ("y", "a"), ("y", "m")],
    )
    frame = isolation(tables, [], "commune", TODAY)
    found = {code: row(frame, code)["harmonic"] for code in ("COM-14118", "COM-61001", "COM-48095", "COM-14327")}
    assert found == pytest.approx({"COM-14118": 1.5 / 7, "COM-61001": 2 / 7, "COM-48095": 1.5 / 7, "COM-14327": 0})


def test_no_inhabitants_no_rate_but_a_score() -> None:
    tables = small([], [("x", "COM-30001"), ("y", "COM-14118")], [])
    frame = isolation(tables, [], "commune", TODAY)
    found = row(frame, "COM-30001")
    assert found["alliances_per_10000"] is found["alliances_per_10000_smoothed"] is None
    # Without rates and freshness, all else is tied.
    assert found["score"] == 0.5
    sentence = plain(frame, "COM-30001")[0]
    assert sentence["value"] is sentence["contribution"] is None
    assert sentence["fr"] == (
        "Alliances pour 10 000 habitants : non défini, faute d’habitants connus ; n’entre pas dans le score."
    )


def test_overseas_collectivities_stand_beside_the_ranking() -> None:
    places = [("x", "COM-97801"), ("y", "DEP-14"), ("z", "DEP-61")]
    tables = small([("a", "DEP-30")], places, [("y", "a")])
    frame = isolation(tables, [], "departement", TODAY)
    beside = row(frame, "DEP-978")
    assert (beside["status"], beside["rank"], beside["level"]) == ("connected", None, "collectivite")
    assert beside["score"] is not None
    assert frame.select("code", "rank").head(3).rows() == [("DEP-61", 1), ("DEP-14", 2), ("DEP-30", 2)]
    assert str(explain(frame, "DEP-978")[0]["fr"]).endswith("Hors classement.")


def test_nothing_is_said_from_silence() -> None:
    frame = isolation(an_alliance_in_caen(), [PARTLY_FRANCE], "departement", TODAY)
    silent = frame.filter(~pl.col("status").is_in(["connected", "isolated"]))
    assert silent.height == 5
    assert silent["score"].null_count() == silent["rank"].null_count() == 5
    for component in explain(frame, "DEP-48"):
        assert component["value"] is component["rank"] is None
        assert "on ne peut pas conclure" in str(component["fr"])
        assert "nothing can be concluded" in str(component["en"])


def test_components_say_value_rank_and_reference_in_both_languages() -> None:
    frame = isolation(an_alliance_in_caen(), [PARTLY_FRANCE], "departement", TODAY)
    told = {str(one["name"]): one for one in plain(frame, "DEP-14")}
    assert list(told) == list(COMPONENTS)
    rate = told["alliances_per_10000"]
    assert rate["value"] == row(frame, "DEP-14")["alliances_per_10000"]
    assert rate["smoothed"] == rate["lower"] == rate["upper"] == pytest.approx(3 / 97)
    assert rate["fr"] == (
        "2 alliances pour 700\u202f000 habitants, soit 0,0286 pour 10 000 habitants (après lissage, qui fait le rang :"
        " 0,0309, intervalle à 95 % de 0,0309 à 0,0309) ; médiane des territoires classés : 0,0328."
        " 1er rang sur 2 (à égalité avec 1 autre), du plus isolé au moins isolé."
    )
    assert told["openness"]["fr"] == (
        "Sur 2 alliances, 1 touche aussi un autre territoire de même niveau : indice E–I de 0 (de −1, repli, à 1,"
        " ouverture) ; médiane des territoires classés : 0,5. 1er rang sur 2, du plus isolé au moins isolé."
    )
    assert told["diversity"] == {
        "name": "diversity",
        "value": 1.0,
        "rank": 1,
        "tied": 2,
        "of": 2,
        "reference": 1.0,
        "weight": 0.1,
        "contribution": pytest.approx(0.1 * 0.5 / 0.95),
        "smoothed": None,
        "lower": None,
        "upper": None,
        "fr": "3 partenaires, d’une diversité équivalant à 1 sorte d’acteurs à parts égales (inverse de Simpson) ;"
        " médiane des territoires classés : 1 sorte d’acteurs. 1er rang sur 2 (à égalité avec 1 autre), du plus isolé"
        " au moins isolé.",
        "en": "3 partners, as diverse as 1 kind of actors in equal parts (inverse Simpson); median of the"
        " ranked territories: 1 kind of actors. 1st of 2 (tied with 1 other), from the most isolated to the least.",
    }
    assert with_components(frame)["components"].list.len().unique().to_list() == [len(COMPONENTS)]


@pytest.mark.parametrize(
    ("rank", "english"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd"), (113, "113th")]
)
def test_ranks_are_written_as_people_say_them(rank: int, english: str) -> None:
    frame = isolation(an_alliance_in_caen(), [PARTLY_FRANCE], "departement", TODAY)
    frame = frame.with_columns(links_out_rank=pl.lit(rank, pl.Int64), links_out_of=pl.lit(1234, pl.Int64))
    told = next(one for one in explain(frame, "DEP-14") if one["name"] == "links_out")
    assert f" {english} of 1,234, " in str(told["en"]).replace(" (tied with 1 other)", "")
    assert (" 1er rang" if rank == 1 else f" {rank}e rang") in str(told["fr"])


def test_rows_keep_their_order_when_they_are_explained() -> None:
    frame = isolation(an_alliance_in_caen(), [PARTLY_FRANCE], "commune", TODAY).sort("code")
    assert with_components(frame)["code"].to_list() == frame["code"].to_list()


def without_names(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("broker", "broker_name")


@settings(deadline=None, max_examples=15)
@given(st.permutations(["caen", "alencon", "nowhere", "idle"]), st.permutations(["x", "y"]))
def test_names_of_actors_and_alliances_are_of_no_weight(actors: list[str], alliances: list[str]) -> None:
    (caen, alencon, nowhere, idle), (x, y) = actors, alliances
    renamed = small(
        [(caen, "COM-14118"), (alencon, "COM-61001"), (nowhere, None), (idle, "DEP-14")],
        [(x, "COM-14118"), (y, None)],
        [(x, caen), (x, nowhere), (y, caen), (y, alencon)],
    )
    for level in LEVELS:
        ours, theirs = (isolation(one, [ALL_OF_LOZERE], level, TODAY) for one in (renamed, an_alliance_in_caen()))
        assert without_names(ours).equals(without_names(theirs))


def test_one_more_silent_territory_changes_closeness_alone() -> None:
    """The trap of normalised measures: whoever counts n − 1 others is moved by a newcomer. Scores and ranks are not."""
    tables = an_alliance_in_caen()
    more = tables.territories.filter(pl.col("id") == "DEP-28").with_columns(id=pl.lit("DEP-99"), iri=pl.lit("x:99"))
    grown = replace(tables, territories=pl.concat([tables.territories, more]))
    before, after = (isolation(one, [ALL_OF_LOZERE], "departement", TODAY) for one in (tables, grown))
    after = after.filter(pl.col("code") != "DEP-99")
    moved = ["harmonic", "harmonic_reference"]
    assert after.drop(moved).equals(before.drop(moved))
    pairs = zip(after["harmonic"], before["harmonic"], strict=True)
    assert all(now == pytest.approx(then * 6 / 7) for now, then in pairs)


def test_an_empty_level_has_no_rows() -> None:
    tables = an_alliance_in_caen()
    none = replace(tables, territories=tables.territories.filter(pl.col("level") != "region"))
    assert isolation(none, [], "region", TODAY).is_empty()
    assert with_components(isolation(none, [], "region", TODAY)).is_empty()


def test_explain_knows_its_level_only() -> None:
    with pytest.raises(KeyError, match="REG-28"):
        explain(isolation(small(), [], "departement", TODAY), "REG-28")


def test_worklist_is_of_the_unknown_with_the_most_people_first() -> None:
    frame = isolation(an_alliance_in_caen(), [ALL_OF_LOZERE, Coverage(partial=("DEP-30",))], "departement", TODAY)
    assert worklist(frame).select("code", "status").rows() == [
        ("DEP-93", "not_covered"),
        ("DEP-30", "unknown"),
        ("DEP-28", "not_covered"),
        ("DEP-978", "not_covered"),
    ]


def test_how_much_was_looked_at_goes_down_whole_and_up_in_part() -> None:
    looked = dict(looked_at(small(), [ALL_OF_LOZERE], TODAY).iter_rows())
    assert {code for code, much in looked.items() if much == 2} == {
        *("DEP-48", "COM-48095", "COM-48001", "EPCI-200000002")
    }
    assert {code for code, much in looked.items() if much == 1} == {"REG-76", "FRA", "EPCI-200000003"}


PLACES = st.sampled_from(["FRA", "REG-76", "DEP-48", "DEP-14", "COM-48095", "EPCI-200000003", "COM-61001"])
COVERAGE = st.builds(
    lambda complete, partial, end: Coverage(complete=tuple(complete), partial=tuple(partial), end=end),
    st.sets(PLACES, max_size=2),
    st.sets(PLACES, max_size=2),
    st.sampled_from([None, "2020"]),
)


@settings(deadline=None, max_examples=25)
@given(st.lists(COVERAGE, max_size=3), st.sampled_from(sorted(LEVELS)))
def test_losing_a_source_only_moves_towards_unknown(coverage: list[Coverage], level: Level) -> None:
    tables = an_alliance_in_caen()
    before = statuses(tables, coverage, level)
    for fewer in combinations(coverage, max(len(coverage) - 1, 0)):
        after = statuses(tables, list(fewer), level)
        for code, status in before.items():
            if status == "connected":
                assert after[code] == status
            else:
                assert TOWARDS_UNKNOWN.index(after[code]) >= TOWARDS_UNKNOWN.index(status)


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_from_the_real_ecosystem_alone_nothing_is_isolated(ecosystem: Tables, level: Level) -> None:
    frame = isolation(ecosystem, [PARTLY_FRANCE], level, TODAY)
    assert set(frame["status"]) <= {"connected", "unknown"}
    assert (frame["alliances"] > 0).equals(frame["status"] == "connected")
    assert frame["score"].drop_nulls().is_between(0, 1).all()
    assert not any(math.isnan(value) for value in frame["score"].drop_nulls())


def test_with_a_source_that_looked_at_all_of_lozere(ecosystem: Tables) -> None:
    frame = isolation(ecosystem, [PARTLY_FRANCE, ALL_OF_LOZERE], "commune", TODAY)
    lozere = frame.filter(pl.col("code").str.starts_with("COM-48"))
    assert lozere.height == 152
    assert lozere.filter(pl.col("alliances") == 0)["status"].unique().to_list() == ["isolated"]
    elsewhere = frame.filter(~pl.col("code").str.starts_with("COM-48"))
    assert "isolated" not in set(elsewhere["status"])
