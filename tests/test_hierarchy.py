import polars as pl
import pytest

from graph import hierarchy
from graph.hierarchy import LEVELS, Level, TerritoryCodeError
from tests.analysis_tables import territories


@pytest.fixture(scope="module")
def closure() -> pl.DataFrame:
    return hierarchy.ancestors(territories())


def above(closure: pl.DataFrame, code: str) -> set[str]:
    return set(closure.filter(pl.col("id") == code)["ancestor"])


def test_ancestors_follow_parents_of_parents_up_to_france(closure: pl.DataFrame) -> None:
    assert above(closure, "COM-14118") == {"COM-14118", "EPCI-200000001", "DEP-14", "REG-28", "FRA"}
    assert above(closure, "COM-93066") == {*("COM-93066", "EPT-200000005", "EPCI-200000004", "DEP-93", "REG-11", "FRA")}
    assert above(closure, "FRA") == {"FRA"}


def test_an_epci_that_crosses_departements_is_in_none_of_them(closure: pl.DataFrame) -> None:
    assert above(closure, "EPCI-200000003") == {"EPCI-200000003", "REG-76", "FRA"}


def test_france_contains_even_what_states_no_parent(closure: pl.DataFrame) -> None:
    assert above(closure, "DEP-28") == {"DEP-28", "FRA"}
    assert closure.filter(pl.col("ancestor") == "FRA").height == territories().height
    assert closure.filter(pl.col("ancestor") == "FRA")["level_of_ancestor"].unique().to_list() == ["pays"]


def test_no_pair_twice_and_in_order(closure: pl.DataFrame) -> None:
    pairs = closure.select("id", "ancestor")
    assert pairs.equals(pairs.unique().sort("id", "ancestor"))


def test_parents_that_are_no_territory_are_left_out_and_circles_end() -> None:
    frame = pl.DataFrame({"id": ["A", "B"], "level": ["epci", "ept"], "parents": [["B", "X"], ["A"]]})
    assert hierarchy.ancestors(frame).rows() == [
        *(("A", "A", "epci"), ("A", "B", "ept"), ("A", "FRA", "pays")),
        *(("B", "A", "epci"), ("B", "B", "ept"), ("B", "FRA", "pays")),
    ]


def test_within_goes_down_and_exact_does_not(closure: pl.DataFrame) -> None:
    assert hierarchy.within(closure, "DEP-14").to_list() == ["COM-14118", "COM-14327", "DEP-14", "EPCI-200000001"]
    assert hierarchy.within(closure, "DEP-14", exact=True).to_list() == ["DEP-14"]
    assert hierarchy.within(closure, "FRA").len() == territories().height
    assert hierarchy.within(closure, "DEP-99").to_list() == []


def test_a_region_counts_for_its_departements_only_with_inherit(closure: pl.DataFrame) -> None:
    assert "REG-28" not in hierarchy.within(closure, "DEP-14")
    inherited = set(hierarchy.within(closure, "DEP-14", inherit=True))
    assert inherited == {*hierarchy.within(closure, "DEP-14"), "REG-28", "FRA"}
    assert hierarchy.within(closure, "DEP-14", exact=True, inherit=True).to_list() == ["DEP-14", "FRA", "REG-28"]


@pytest.mark.parametrize(
    ("level", "code", "counts_for"),
    [
        ("epci", "COM-93066", ["EPCI-200000004", "EPT-200000005"]),
        ("departement", "COM-97801", ["DEP-978"]),
        ("region", "COM-97801", []),
        ("departement", "REG-28", []),
        ("departement", "FRA", []),
        ("departement", "EPCI-200000003", []),
        ("region", "EPCI-200000003", ["REG-76"]),
        ("commune", "COM-14118", ["COM-14118"]),
    ],
)
def test_what_counts_for_which_territory_of_a_level(
    closure: pl.DataFrame, level: Level, code: str, counts_for: list[str]
) -> None:
    counted = hierarchy.at_level(closure, level)
    assert counted.filter(pl.col("id") == code)["code"].sort().to_list() == counts_for


def test_levels_name_every_kind_of_territory_but_the_country() -> None:
    listed = [kind for kinds in LEVELS.values() for kind in kinds]
    assert sorted([*listed, "pays"]) == sorted(territories()["level"].unique().to_list())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("REG-28", "REG-28"),
        ("dep-28", "DEP-28"),
        (" com-14118 ", "COM-14118"),
        ("fra", "FRA"),
        ("14118", "COM-14118"),
        ("14", "DEP-14"),
        ("978", "DEP-978"),
        ("200000001", "EPCI-200000001"),
        ("200000005", "EPT-200000005"),
        ("14119", "COM-14118"),
        ("COM-14119", "COM-14118"),
    ],
)
def test_resolve_finds_the_one_that_is_meant(text: str, code: str) -> None:
    assert hierarchy.resolve(territories(), text) == code


def test_resolve_refuses_a_bare_code_of_two_levels_and_names_both() -> None:
    with pytest.raises(TerritoryCodeError, match="DEP-28, REG-28") as caught:
        hierarchy.resolve(territories(), "28")
    assert caught.value.candidates == ("DEP-28", "REG-28")


@pytest.mark.parametrize("text", ["", "99", "DEP-99", "Caen", "COM-28", "-"])
def test_resolve_knows_nothing_else(text: str) -> None:
    with pytest.raises(TerritoryCodeError, match="no territory") as caught:
        hierarchy.resolve(territories(), text)
    assert caught.value.candidates == ()
