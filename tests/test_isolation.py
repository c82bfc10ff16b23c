import math
import time
from datetime import date
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.hierarchy import LEVELS, Level
from graph.isolation import COMPONENTS, explain, isolation, looked_at, with_components, worklist
from graph.selection import Tables
from ontology.provenance import Coverage
from tests.analysis_tables import real, small

TODAY = date(2026, 11, 23)
PARTLY_FRANCE = Coverage(partial=("FRA",))
ALL_OF_LOZERE = Coverage(complete=("DEP-48",))
TOWARDS_UNKNOWN = ["isolated", "unknown", "not_covered"]


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


def test_the_score_is_the_mean_of_the_shares_that_do_better() -> None:
    """Calvados, Orne and Lozère are ranked: by rate 2/70, 1/27, 0; by links 1, 1, 0; by partners 3, 2, 0."""
    frame = isolation(an_alliance_in_caen(), [PARTLY_FRANCE, ALL_OF_LOZERE], "departement", TODAY)
    assert frame.select("code", "rank").head(3).rows() == [("DEP-48", 1), ("DEP-14", 2), ("DEP-61", 2)]
    assert row(frame, "DEP-48")["score"] == pytest.approx(2.5 / 3)
    assert row(frame, "DEP-61")["score"] == pytest.approx((0.5 + 1 + 1.5) / 9)
    assert row(frame, "DEP-14")["score"] == pytest.approx((1.5 + 1 + 0.5) / 9)
    assert row(frame, "DEP-61")["links_out_rank"] == row(frame, "DEP-14")["links_out_rank"] == 2
    assert row(frame, "DEP-28")["score"] is None
    assert row(frame, "DEP-28")["partners_reference"] == 2


def test_no_inhabitants_no_rate_but_a_score() -> None:
    tables = small([], [("x", "COM-30001"), ("y", "COM-14118")], [])
    found = row(isolation(tables, [], "commune", TODAY), "COM-30001")
    assert found["alliances_per_10000"] is None
    assert found["score"] == 0.5
    sentences = explain(isolation(tables, [], "commune", TODAY), "COM-30001")
    assert sentences[0]["value"] is None
    assert "non défini" in str(sentences[0]["fr"])


def test_overseas_collectivities_stand_beside_the_ranking() -> None:
    tables = small([], [("x", "COM-97801"), ("y", "DEP-14"), ("z", "DEP-61")], [])
    frame = isolation(tables, [], "departement", TODAY)
    beside = row(frame, "DEP-978")
    assert (beside["status"], beside["rank"], beside["level"]) == ("connected", None, "collectivite")
    assert beside["score"] is not None
    assert frame["rank"].drop_nulls().sort().to_list() == [1, 2]
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
    rate, links, partners = explain(frame, "DEP-14")
    assert [rate["name"], links["name"], partners["name"]] == list(COMPONENTS)
    assert rate["value"] == row(frame, "DEP-14")["alliances_per_10000"]
    assert rate["fr"] == (
        "Alliances pour 10 000 habitants : 0,0286 (médiane des territoires classés : 0,0328)."
        " Rang 1 (1 : le plus isolé)."
    )
    assert partners == {
        "name": "partners",
        "value": 3.0,
        "rank": 2,
        "reference": 2.5,
        "fr": "Acteurs dans les alliances du territoire : 3 (médiane des territoires classés : 2,5)."
        " Rang 2 (1 : le plus isolé).",
        "en": "Actors in the alliances of the territory: 3 (median of the ranked territories: 2.5)."
        " Rank 2 (1: the most isolated).",
    }
    assert with_components(frame)["components"].list.len().unique().to_list() == [3]


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


@pytest.fixture(scope="module")
def ecosystem() -> Tables:
    return real()


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


def test_the_four_real_levels_are_quick(ecosystem: Tables) -> None:
    """Processor time, so that a busy machine does not fail it; 0.3 s when it was written."""
    began = time.process_time()
    for level in LEVELS:
        isolation(ecosystem, [PARTLY_FRANCE], level, TODAY)
    assert time.process_time() - began < 2
