"""The territory reference: what is shipped, how it is loaded, how it is looked up, how it is built."""

import csv
import re
import runpy
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from loaders.registry import all_loaders
from loaders.territory_index import SHIPPED, TerritoryIndex
from ontology import iris
from ontology.provenance import FileReport, Loaded
from ontology.records import Territory

PROJECT = Path(__file__).parents[1]
ORIGIN = PROJECT.parent / "shared" / "data" / "opendata"
SCRIPT = PROJECT / "tools" / "build_territories.py"

Territories = Mapping[str, Territory]


def read(folder: Path) -> tuple[list[Loaded], dict[str, FileReport]]:
    loader = all_loaders()["territories"]
    load = loader.open(loader.paths(folder))
    return list(load.records), {report.file: report for report in load.files}


def by_key(loaded: Iterable[Loaded]) -> dict[str, Territory]:
    records = [one.record for one in loaded]
    return {record.key: record for record in records if isinstance(record, Territory)}


@pytest.fixture(scope="module")
def shipped() -> tuple[list[Loaded], dict[str, FileReport]]:
    return read(SHIPPED)


@pytest.fixture(scope="module")
def territories(shipped: tuple[list[Loaded], dict[str, FileReport]]) -> Territories:
    return by_key(shipped[0])


@cache
def codes(addresses: tuple[str, ...]) -> frozenset[str]:
    return frozenset(iris.parse(one)[2] for one in addresses)


def parents(territories: Territories, code: str) -> frozenset[str]:
    return codes(territories[code].parents)


# What is shipped.


def test_every_row_is_loaded_and_every_column_used(shipped: tuple[list[Loaded], dict[str, FileReport]]) -> None:
    loaded, reports = shipped
    assert {file: (one.rows_read, one.rows_loaded) for file, one in reports.items()} == {
        "territories.csv": (1_394, 1_394),
        "communes.csv": (34_969, 34_969),
    }
    assert [(one.issues, one.new, one.ignored) for one in reports.values()] == [([], (), ())] * 2
    assert len({one.record.iri for one in loaded}) == len(loaded) == 36_363


def test_counts_by_level(territories: Territories) -> None:
    assert Counter(one.level for one in territories.values()) == {
        "pays": 1, "region": 18, "departement": 101, "collectivite": 8, "epci": 1_255, "ept": 11, "commune": 34_969,
    }  # fmt: skip
    overseas = {f"DEP-{code}" for code in (975, 977, 978, 984, 986, 987, 988, 989)}
    assert {key for key, one in territories.items() if one.level == "collectivite"} == overseas
    communes_there = [key for key in territories if key.startswith("COM-") and parents(territories, key) & overseas]
    assert len(communes_there) == 94


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("COM-14118", {"EPCI-200065597", "DEP-14", "REG-28"}),
        ("COM-94080", {"EPCI-200054781", "EPT-200057941", "DEP-94", "REG-11"}),
        ("COM-22016", {"DEP-22", "REG-53"}),  # an island outside any EPCI
        ("COM-97801", {"DEP-978"}),
        ("COM-2A004", {"EPCI-242010056", "DEP-2A", "REG-94"}),
        ("EPCI-200065597", {"DEP-14", "REG-28"}),
        ("EPCI-200054781", {"REG-11"}),  # the Métropole du Grand Paris crosses départements
        ("EPCI-200035087", {"DEP-13", "REG-93"}),
        ("EPT-200057941", {"EPCI-200054781", "DEP-94", "REG-11"}),
        ("DEP-14", {"REG-28"}),
        ("DEP-978", {"FRA"}),
        ("REG-28", {"FRA"}),
        ("FRA", set()),
    ],
)
def test_known_parents(territories: Territories, code: str, expected: set[str]) -> None:
    assert parents(territories, code) == expected


def test_a_known_commune(territories: Territories) -> None:
    caen = territories["COM-14118"]
    assert (caen.name, caen.insee, caen.siren, caen.population) == ("Caen", "14118", "211401187", 109_400)
    assert (caen.longitude, caen.latitude) == pytest.approx((-0.37, 49.18), abs=0.03)
    assert (caen.wkt, caen.old_codes) == (None, ("14736",))


def test_the_codes_of_each_level(territories: Territories) -> None:
    epci, collectivity = territories["EPCI-200000172"], territories["DEP-978"]
    assert (epci.name, epci.siren, epci.insee) == ("CC Faucigny - Glières", "200000172", None)
    assert (collectivity.name, collectivity.siren, collectivity.insee) == ("Saint-Martin", None, "978")
    assert {one.insee for one in territories.values() if one.level == "pays"} == {None}


def test_all_parents_exist_and_lead_to_france(territories: Territories) -> None:
    for one in territories.values():
        climb = {one.key}
        for _ in range(4):
            climb |= {above for code in climb for above in parents(territories, code)}
        assert "FRA" in climb, one.key


def test_a_group_has_a_departement_or_region_only_if_it_is_wholly_inside(territories: Territories) -> None:
    around: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"DEP": set(), "REG": set()})
    for one in territories.values():
        if one.level == "commune":
            above = parents(territories, one.key)
            for group in (code for code in above if code.startswith("EP")):
                for level in ("DEP", "REG"):
                    around[group][level] |= {code for code in above if code.startswith(level)}
    assert len(around) == 1_255 + 11
    for group, levels in around.items():
        inside = {code for found in levels.values() if len(found) == 1 for code in found}
        assert {code for code in parents(territories, group) if code[:3] in levels} == inside, group
    epci = [levels for group, levels in around.items() if group.startswith("EPCI")]
    assert sum(len(one["DEP"]) > 1 for one in epci) == 89
    assert sum(len(one["REG"]) > 1 for one in epci) == 26


# Populations.


def sums(territories: Territories, level: str, prefix: str) -> dict[str, int]:
    """The population of all territories of a level by the parent whose code begins with `prefix`."""
    totals: Counter[str] = Counter()
    for one in territories.values():
        if one.level == level:
            for parent in parents(territories, one.key):
                if parent.startswith(prefix):
                    totals[parent] += one.population or 0
    return totals


def test_populations_add_up(territories: Territories) -> None:
    stated = {key: one.population for key, one in territories.items()}
    for code, total in sums(territories, "commune", "DEP-").items():
        assert stated[code] in ({None, 0} if code in {"DEP-984", "DEP-989"} else {total}), code
    assert sums(territories, "departement", "REG-") == {code: stated[code] for code in stated if code[:3] == "REG"}
    assert sums(territories, "region", "FRA") == {"FRA": stated["FRA"]} == {"FRA": 68_350_798}


def test_an_unknown_population_is_no_zero(territories: Territories) -> None:
    unknown = {key for key, one in territories.items() if one.population is None}
    assert unknown == {"DEP-984", "DEP-989", "COM-98901", *(f"COM-9841{last}" for last in range(1, 6))}
    destroyed = {f"COM-{code}" for code in (55039, 55050, 55139, 55189, 55239, 55307)}
    assert {key for key, one in territories.items() if one.population == 0} == destroyed


def test_stated_populations_of_groups_are_near_the_sum_of_their_members(territories: Territories) -> None:
    for prefix, tolerance in (("EPCI-", 0.05), ("EPT-", 0.0)):
        for code, total in sums(territories, "commune", prefix).items():
            assert territories[code].population == pytest.approx(total, rel=tolerance), code


# Places.


def rings_of(wkt: str) -> list[list[tuple[float, float]]]:
    """The rings of a WKT polygon or multipolygon; fails on anything else."""
    number = r"-?\d+(?:\.\d+)?"
    ring = rf"\({number} {number}(?:,{number} {number}){{3,}}\)"
    polygon = rf"\({ring}(?:,{ring})*\)"
    assert re.fullmatch(rf"POLYGON{polygon}|MULTIPOLYGON\({polygon}(?:,{polygon})*\)", wkt), wkt[:80]
    return [
        [(float(x), float(y)) for x, y in (pair.split(" ") for pair in found.split(","))]
        for found in re.findall(r"\(([^()]+)\)", wkt)
    ]


def box(wkt: str) -> tuple[float, float, float, float]:
    """West, south, east and north of an outline, in degrees."""
    longitudes, latitudes = zip(*(point for ring in rings_of(wkt) for point in ring), strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def is_within(one: Territory, box: tuple[float, float, float, float], margin: float = 0.0) -> bool:
    """Whether the point of a territory lies in a box; the outlines are simplified, hence the margin (degrees)."""
    west, south, east, north = box
    assert one.longitude is not None
    assert one.latitude is not None
    return west - margin < one.longitude < east + margin and south - margin < one.latitude < north + margin


def test_outlines_are_closed_and_hold_their_territory(territories: Territories) -> None:
    drawn = {key: one for key, one in territories.items() if one.wkt is not None}
    assert Counter(one.level for one in drawn.values()) == {"region": 18, "departement": 101, "epci": 1_255}
    for key, one in drawn.items():
        assert all(ring[0] == ring[-1] and len(set(ring)) >= 3 for ring in rings_of(one.wkt or "")), key
        assert is_within(one, box(one.wkt or "")), key


def test_points_of_communes_lie_in_the_box_of_their_departement(territories: Territories) -> None:
    boxes = {key: box(one.wkt) for key, one in territories.items() if one.level == "departement" and one.wkt}
    located = 0
    for one in territories.values():
        if one.level == "commune" and one.longitude is not None:
            located += 1
            (departement,) = (code for code in parents(territories, one.key) if code.startswith("DEP"))
            assert is_within(one, boxes[departement], margin=0.05), one.key
    assert located == 34_871


def test_origin_of_a_parent(shipped: tuple[list[Loaded], dict[str, FileReport]]) -> None:
    caen = next(one for one in shipped[0] if one.record.key == "COM-14118")
    assert [(cell.column, cell.raw) for cell in caen.cells("parents")] == [
        ("epci", "200065597"), ("departement", "14"),
    ]  # fmt: skip
    with (SHIPPED / caen.layout.file).open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[caen.row - 1] == list(caen.values)


# Old codes, and the index.


def test_an_old_code_leads_to_one_commune_of_today(territories: Territories) -> None:
    old = [code for one in territories.values() for code in one.old_codes]
    assert len(old) == len(set(old)) == 4_285
    assert not {f"COM-{code}" for code in old} & territories.keys()
    assert territories["COM-01015"].old_codes == ("01340",)  # not 01015, its delegated commune of the same code
    assert len(territories["COM-75056"].old_codes) == 20
    assert {"75110", "75101", "75120"} <= set(territories["COM-75056"].old_codes)


@pytest.fixture(scope="module")
def index() -> TerritoryIndex:
    return TerritoryIndex.load()


@pytest.mark.parametrize(
    ("insee", "expected"),
    [
        ("94080", "COM-94080"),
        ("75110", "COM-75056"),
        ("69381", "COM-69123"),
        ("13201", "COM-13055"),
        ("12076", "COM-12218"),
        ("97801", "COM-97801"),
        ("01015", "COM-01015"),
        ("55273", "COM-55386"),  # once united with 55245
        ("60455", "COM-60694"),  # once united with 60054
        ("1001", None),  # a zero was lost
        ("99999", None),
        ("", None),
    ],
)
def test_index_of_communes(index: TerritoryIndex, insee: str, expected: str | None) -> None:
    assert index.commune(insee) == index.resolve("commune", insee) == expected


def test_index_of_the_other_levels(index: TerritoryIndex) -> None:
    assert index.epci("241400415") == index.resolve("epci", "241400415") == "EPCI-241400415"
    assert index.epci("200057941") == "EPT-200057941"
    assert index.epci("211401187") == "COM-14118"
    assert index.departement("978") == index.resolve("departement", "978") == "DEP-978"
    assert index.departement("2A") == "DEP-2A"
    assert index.region("28") == index.resolve("region", "28") == "REG-28"
    assert index.region_named("Centre-Val de Loire") == "REG-24"
    assert [index.epci("14118"), index.departement("20"), index.region("99"), index.region_named("Picardie")] == [
        None
    ] * 4
    assert [index.resolve("national", "FRA"), index.resolve("international", "")] == [None] * 2


def test_index_of_codes_with_their_level(index: TerritoryIndex) -> None:
    asked = ("FRA", "DEP-14", "COM-75110", "EPCI-200065597", "DEP-75110", "COM-99999", "14118", "")
    found = ("FRA", "DEP-14", "COM-75056", "EPCI-200065597", None, None, None, None)
    assert tuple(map(index.territory, asked)) == found


def test_index_knows_what_is_loaded(index: TerritoryIndex, territories: Territories) -> None:
    assert index.codes == territories.keys()
    assert index.sirens == {one.siren: key for key, one in territories.items() if one.siren}
    assert index.old_codes == {code: key for key, one in territories.items() for code in one.old_codes}
    assert TerritoryIndex.load() is index


def test_index_of_ones_own() -> None:
    index = TerritoryIndex(frozenset({"COM-01001", "DEP-01"}), {"01900": "COM-01001"}, {"210100012": "COM-01001"})
    assert index.commune("01900") == index.epci("210100012") == "COM-01001"
    assert index.region("84") is None


def test_index_does_not_guess(folder: Callable[..., Path]) -> None:
    found = TerritoryIndex.load(folder(["01001,A,,1,01,01900|01002", "01002,B,,1,01,01900", "01003,C,,1,01,01901"]))
    assert found.commune("01900") is None
    assert found.commune("01002") == "COM-01002"
    assert found.commune("01901") == "COM-01003"


# Broken files.

ABOVE = (
    "FRA,pays,France,,,,",
    "REG-84,region,Auvergne-Rhône-Alpes,,,FRA,",
    "DEP-01,departement,Ain,,1000,REG-84,\"POLYGON((4 45,5 45,5 46,4 45))\"",
    "EPCI-200069193,epci,CC de la Dombes,200069193,900,DEP-01|REG-84,",
)  # fmt: skip
GOOD = "01001,L'Abergement-Clémenciat,210100012,860,01,"


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes the two files from rows of few columns."""

    def write(communes: Sequence[str], above: Sequence[str] = ABOVE) -> Path:
        for name, header, rows in (
            ("territories.csv", "code,level,name,siren,population,parents,wkt", above),
            ("communes.csv", "insee,name,siren,population,departement,old_codes", communes),
        ):
            (tmp_path / name).write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return tmp_path

    return write


def refusals(report: FileReport) -> list[tuple[int, str, str | None]]:
    return [(one.row, one.code, one.column) for one in report.issues if one.code != "too_few_rows"]


@pytest.mark.parametrize(
    ("bad", "code", "column"),
    [
        (GOOD, "duplicate_id", "insee"),
        (GOOD.replace("860", "861"), "conflicting_duplicate", "insee"),
        ("01002,A,,many,01,", "bad_number", "population"),
        ("01002,A,,-1,01,", "bad_number", "population"),
        ("01002,A,,NaN,01,", "bad_number", "population"),
        ("01002,,,1,01,", "empty_value", "name"),
        (",A,,1,01,", "empty_value", "insee"),
        ("01002,A,,1,,", "empty_value", "departement"),
        ("1002,A,,1,01,", "invalid_record", "insee"),
        ("01002,A,,1,01,0190", "invalid_record", "old_codes"),
        ("01002,A,,1,01", "wrong_field_count", None),
        ("01002,A\x07,,1,01,", "control_characters", "name"),
    ],
)
def test_a_bad_commune_is_refused_and_the_rest_goes_on(
    folder: Callable[..., Path], bad: str, code: str, column: str | None
) -> None:
    loaded, reports = read(folder([GOOD, bad, "01004,Ambérieu-en-Bugey,210100046,15000,01,"]))
    report = reports["communes.csv"]
    assert refusals(report) == [(3, code, column)]
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined) == (3, 2, 1)
    assert {"COM-01001", "COM-01004"} == {key for key in by_key(loaded) if key.startswith("COM")}


@pytest.mark.parametrize(
    ("bad", "code", "column"),
    [
        ("REG-84,region,Auvergne-Rhône-Alpes,,,FRA,", "duplicate_id", "code"),
        ("REG-84,region,Rhône-Alpes,,,FRA,", "conflicting_duplicate", "code"),
        ("REG-85,canton,A,,,FRA,", "unknown_value", "level"),
        ("REG-85,commune,A,,,FRA,", "unknown_value", "level"),
        ("DEP-85,region,A,,,FRA,", "invalid_record", "code"),
        ("EPCI-12,epci,A,,,FRA,", "invalid_record", "code"),
        ("REG-85,region,A,,,FRA,POLYGON EMPTY", "invalid_record", "wkt"),
        ("REG-85,region,A,,,FRA,POINT(1 2)", "invalid_record", "wkt"),
    ],
)
def test_a_bad_territory_is_refused(folder: Callable[..., Path], bad: str, code: str, column: str) -> None:
    report = read(folder([GOOD], [*ABOVE, bad]))[1]["territories.csv"]
    assert refusals(report) == [(6, code, column)]
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined) == (5, 4, 1)


def test_an_unknown_parent_costs_the_row_that_tie_alone(folder: Callable[..., Path]) -> None:
    loaded, reports = read(
        folder([GOOD, "02001,A,,1,02,"], [*ABOVE, "EPCI-200000172,epci,B,200000172,,DEP-74|REG-84,"])
    )
    assert refusals(reports["territories.csv"]) == [(6, "unknown_territory", "parents")]
    assert refusals(reports["communes.csv"]) == [(3, "unknown_territory", "departement")]
    found = by_key(loaded)
    assert parents(found, "EPCI-200000172") == {"REG-84"}
    assert parents(found, "COM-02001") == set()
    assert parents(found, "COM-01001") == {"DEP-01", "REG-84"}


def test_each_row_with_an_unknown_parent_is_remarked(folder: Callable[..., Path]) -> None:
    report = read(folder(["02001,A,,1,02,", "02002,B,,1,02,"]))[1]["communes.csv"]
    assert refusals(report) == [(2, "unknown_territory", "departement"), (3, "unknown_territory", "departement")]


def test_a_damaged_siren_is_left_out(folder: Callable[..., Path]) -> None:
    loaded, reports = read(folder([GOOD.replace("210100012", "210100013")]))
    assert refusals(reports["communes.csv"]) == [(2, "bad_identifier", "siren")]
    assert by_key(loaded)["COM-01001"].siren is None


@pytest.mark.parametrize("row", ["DEP-01,departement,Ain,181,45", "DEP-01,departement,Ain,5,-90.5"])
def test_a_place_outside_the_world_is_refused(tmp_path: Path, row: str) -> None:
    (tmp_path / "territories.csv").write_text(f"code,level,name,longitude,latitude\n{row}\n", encoding="utf-8")
    report = read(tmp_path)[1]["territories.csv"]
    assert [one.code for one in report.issues if one.refused] == ["bad_number"]


def test_a_missing_file_does_not_stop_the_other(folder: Callable[..., Path]) -> None:
    place = folder([GOOD])
    (place / "communes.csv").unlink()
    loaded, reports = read(place)
    assert len(loaded) == len(ABOVE)
    assert [report.file_refused for report in reports.values()] == [False, True]
    assert [one.code for one in reports["communes.csv"].issues] == ["file_missing"]


def test_a_broken_copy_of_the_shipped_file_balances(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "territories.csv", tmp_path)
    lines = (SHIPPED / "communes.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    lines[5] = lines[4]
    lines[10] = lines[10].replace(",01,", ",")
    lines[15] = ',"' + lines[15]
    (tmp_path / "communes.csv").write_text("".join(lines[:2_000]), encoding="utf-8")
    loaded, reports = read(tmp_path)
    report = reports["communes.csv"]
    assert report.rows_read == report.rows_loaded + report.rows_quarantined
    assert len(loaded) == report.rows_loaded + 1_394
    assert report.reasons["too_few_rows"] == 1
    assert {"duplicate_id", "wrong_field_count"} <= set(report.reasons)


# How it is built.


def test_a_part_of_today_counts_more_than_a_former_union() -> None:
    old_codes_of = runpy.run_path(str(SCRIPT))["old_codes_of"]
    communes = [
        {"code": "10001", "anciensCodes": ["10900", "10901"]},
        {"code": "10002", "anciensCodes": ["10001"]},
        {"code": "10003"},
    ]
    parts = [
        {"code": "10901", "chefLieu": "10003"},
        {"code": "10003", "chefLieu": "10003"},
        {"code": "10950", "commune": "10002"},
    ]
    assert old_codes_of(communes, parts) == {"10001": ("10900",), "10002": ("10950",), "10003": ("10901",)}


def test_an_old_code_of_two_communes_must_be_decided() -> None:
    old_codes_of = runpy.run_path(str(SCRIPT))["old_codes_of"]
    communes = [{"code": "10001", "anciensCodes": ["10900"]}, {"code": "10002", "anciensCodes": ["10900"]}]
    with pytest.raises(ValueError, match="10900"):
        old_codes_of(communes, [])


@pytest.mark.skipif(
    not ORIGIN.is_dir(), reason="the publishers' files (shared/data/opendata) are not beside the checkout"
)
def test_the_script_makes_the_shipped_files_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SCRIPT, ORIGIN, "--out", tmp_path], check=True, capture_output=True)
    for name in ("territories.csv", "communes.csv"):
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes(), name
