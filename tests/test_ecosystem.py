"""The shipped ecosystem, whole and damaged."""

from collections import Counter
from pathlib import Path

import pytest

from api.pipeline import find_loader
from ontology import records
from ontology.provenance import FileReport, Loaded
from tests.conftest import Edit


def load(folder: Path) -> tuple[list[Loaded], dict[str, FileReport]]:
    loader = find_loader("ecosystem")
    opened = loader.open(loader.paths(folder))
    loaded = list(opened.records)
    return loaded, {report.file: report for report in opened.files}


def refused(report: FileReport) -> list[tuple[int, str | None, str]]:
    return [(issue.row, issue.column, issue.code) for issue in report.issues if issue.refused]


def remarked(report: FileReport) -> list[tuple[int, str | None, str]]:
    return [(issue.row, issue.column, issue.code) for issue in report.issues if not issue.refused]


def balanced(reports: dict[str, FileReport]) -> bool:
    return all(report.rows_read == report.rows_loaded + report.rows_quarantined for report in reports.values())


@pytest.fixture(scope="module")
def shipped() -> tuple[list[Loaded], dict[str, FileReport]]:
    data = find_loader("ecosystem").data
    assert data is not None
    return load(data)


def test_every_row_is_loaded(shipped: tuple[list[Loaded], dict[str, FileReport]]) -> None:
    loaded, reports = shipped
    assert Counter(type(one.record).__name__ for one in loaded) == {
        "Actor": 140 + 982, "Chantier": 4, "Measure": 3, "Platform": 10, "Programme": 90, "Event": 61,
        "Alliance": 338, "Membership": 1416, "Relation": 604, "Figure": 85,
    }  # fmt: skip
    assert len(reports) == 11
    assert not [issue for report in reports.values() for issue in report.issues]


def test_every_column_is_used_or_ignored_by_name(shipped: tuple[list[Loaded], dict[str, FileReport]]) -> None:
    assert all(report.new == () for report in shipped[1].values())


def test_every_cell_is_in_a_record_or_ignored_by_name(shipped: tuple[list[Loaded], dict[str, FileReport]]) -> None:
    """A column that is declared as used but read by nobody would leave its field empty."""
    unread = set()
    for one in shipped[0]:
        for name, column, position in one.layout.fields:
            value = getattr(one.record, name, None)
            if one.values[position].strip() and value in (None, ()):
                unread.add((one.layout.file, column))
    assert unread == set()


def test_memberships_take_the_period_of_their_alliance(shipped: tuple[list[Loaded], dict[str, FileReport]]) -> None:
    alliances = {one.record.iri: one.record for one in shipped[0] if isinstance(one.record, records.Alliance)}
    memberships = [one.record for one in shipped[0] if isinstance(one.record, records.Membership)]
    assert {one.period_basis for one in memberships} == {"inferred", "unknown"}
    for one in memberships:
        alliance = alliances[one.alliance]
        assert (one.start, one.end) == (alliance.start, alliance.end)
        assert (one.period_basis == "unknown") == (alliance.start is None and alliance.end is None)


def test_seats_and_places_are_as_precise_as_is_certain(shipped: tuple[list[Loaded], dict[str, FileReport]]) -> None:
    actors = [one.record for one in shipped[0] if isinstance(one.record, records.Actor)]
    seats = Counter((one.territory or "none").rpartition(":")[2].split("-")[0] for one in actors)
    # 407 local and 23 national actors name their commune; 4 national ones name a région.
    assert seats["COM"] == 407 + 23
    assert seats["none"] == 508 + 117 - 4
    located = Counter(
        (one.record.territory or "none").rpartition(":")[2].split("-")[0]
        for one in shipped[0]
        if isinstance(one.record, records.Alliance)
    )
    assert located == {"COM": 107, "EPCI": 47, "DEP": 83, "REG": 76, "none": 25}


def test_the_three_figures_of_2020(shipped: tuple[list[Loaded], dict[str, FileReport]]) -> None:
    figures = [one.record for one in shipped[0] if isinstance(one.record, records.Figure) and one.record.appeal]
    assert {(one.appeal, int(one.value)) for one in figures} == {("devoir", 81), ("besoin", 92), ("envie", 84)}


FAULTS = [
    ("actors.csv", "le-rameau,Le RAMEAU", ",Le RAMEAU", "id", "empty_value"),
    ("actors.csv", "le-rameau,Le RAMEAU", "le-rameau,", "name", "empty_value"),
    ("actors.csv", "observatoire-partenariats,Obs", "le-rameau,Obs", "id", "conflicting_duplicate"),
    ("actors.csv", "Le RAMEAU,", "Le \x07RAMEAU,", "name", "control_characters"),
    ("actors.csv", "lab\",,research_body", "lab\",,laboratory", "kind", "unknown_value"),
    ("alliances.csv", "2024,2025,region", "2024-02-31,2025,region", "start", "bad_date"),
    ("alliances.csv", "2024,2025,region", "2024,2023,region", "end", "reversed_period"),
    ("alliance_members.csv", "a-spartera-corse,a-sp", "nowhere,a-sp", "alliance_id", "dangling_reference"),
    ("alliance_members.csv", "a-spartera-corse,a-spartera,", "le-rameau,a-spartera,", "alliance_id", "wrong_kind"),
    ("relations.csv", "rel-001,gabriel-attal,", "rel-001,nobody,", "subject", "dangling_reference"),
    ("studies.csv", ",exact,81,%", ",exact,many,%", "value", "bad_number"),
    ("measures.csv", ",djepva,le-rameau,", ",djepva|nobody,le-rameau,", "lead_actors", "dangling_reference"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "column", "code"), FAULTS)
def test_a_bad_row_goes_into_quarantine(
    ecosystem_copy: Path, edit: Edit, file: str, old: str, new: str, column: str, code: str
) -> None:
    edit(file, old, new)
    _, reports = load(ecosystem_copy)
    assert [(found[1], found[2]) for found in refused(reports[file])] == [(column, code)]
    assert reports[file].rows_quarantined == 1
    assert balanced(reports)
    assert new.split(",", maxsplit=1)[0].strip('"') in "".join(reports[file].issues[0].original.values())


def test_a_repeated_row_goes_into_quarantine(ecosystem_copy: Path) -> None:
    file = ecosystem_copy / "platforms.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    _, reports = load(ecosystem_copy)
    assert refused(reports["platforms.csv"]) == [(12, "id", "duplicate_id")]


@pytest.mark.parametrize(
    ("old", "new", "column", "code"),
    [(",region,44,", ",region,99,", "territory_code", "unknown_territory"),
     (",17.17|2.1|2.4,", ",17.17|2.1|99.9,", "sdg_targets", "unknown_target")],
)  # fmt: skip
def test_an_unknown_code_costs_the_row_only_that_cell(
    ecosystem_copy: Path, edit: Edit, old: str, new: str, column: str, code: str
) -> None:
    edit("alliances.csv", old, new)
    loaded, reports = load(ecosystem_copy)
    assert refused(reports["alliances.csv"]) == []
    assert [found[1:] for found in remarked(reports["alliances.csv"])] == [(column, code)]
    assert sum(isinstance(one.record, records.Alliance) for one in loaded) == 338


def test_what_refers_to_a_refused_row_is_refused_too(ecosystem_copy: Path, edit: Edit) -> None:
    edit("alliances.csv", "a-spartera-corse,", ",")
    _, reports = load(ecosystem_copy)
    assert {code for _, _, code in refused(reports["alliance_members.csv"])} == {"dangling_reference"}
    assert balanced(reports)


def test_a_tie_that_no_relation_states_is_reported(ecosystem_copy: Path, edit: Edit) -> None:
    edit("platforms.csv", "djepva|ministere-education-nationale,le-rameau,", "djepva|adie,le-rameau,")
    _, reports = load(ecosystem_copy)
    assert remarked(reports["platforms.csv"]) == [(2, "operators", "pair_without_relation")]


def test_a_missing_file_and_a_missing_column_are_said(ecosystem_copy: Path, edit: Edit) -> None:
    (ecosystem_copy / "events.csv").unlink()
    edit("platforms.csv", "id,name,", "id,nom,")
    _, reports = load(ecosystem_copy)
    assert reports["events.csv"].reasons == {"file_missing": 1}
    assert "missing_column" in reports["platforms.csv"].reasons
    assert reports["platforms.csv"].file_refused
    assert reports["actors.csv"].rows_loaded == 140


def test_too_few_rows_are_remarked(ecosystem_copy: Path) -> None:
    file = ecosystem_copy / "alliances.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:50]), encoding="utf-8")
    assert "too_few_rows" in load(ecosystem_copy)[1]["alliances.csv"].reasons
