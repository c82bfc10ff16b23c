"""A register of a user's own: the torture set, exactly, and what it stands for."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.sources.organisations import COLUMNS
from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Actor, Record, Relation
from tests.loading import load_files

HEADER = "id,name,type,parent_id,start_date,end_date,amount_eur,postal_code,url\n"


def load(path: Path) -> tuple[list[Record], FileReport]:
    records, reports = load_files("organisations", {path.name: path})
    return records, reports[path.name]


def loaded(tmp_path: Path, text: str) -> tuple[list[Record], FileReport]:
    path = tmp_path / "register.csv"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_the_manifest_exactly(shared: Path) -> None:
    folder = shared / "torture" / "csv" / "own"
    cases = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    for case in cases:
        records, report = load(folder / case["file"])
        assert report.rows_read == report.rows_loaded + report.rows_quarantined
        assert report.rows_loaded == (report.rows_loaded if case["rows_accepted"] is None else case["rows_accepted"])
        said = {
            "accept": not report.rows_quarantined and not report.file_refused,
            "warn": bool(report.issues) and not report.rows_quarantined,
            "reject": report.file_refused or report.rows_quarantined == report.rows_read > 0,
            "quarantine-row": report.rows_quarantined > 0 and not report.file_refused,
        }
        assert said.get(case["expect"], True), case["file"]
        assert len({one.iri for one in records}) == len(records), case["file"]
    assert len(cases) == 38


def test_the_node_count_of_repeated_and_colliding_ids(shared: Path) -> None:
    folder = shared / "torture" / "csv" / "own"
    counts = {name: len(load(folder / f"{name}.csv")[0]) for name in ("dup_id_same", "id_slug_collision", "enc_nfd")}
    assert counts == {"dup_id_same": 1, "id_slug_collision": 10, "enc_nfd": 2}


def outcomes(report: FileReport, column: str, path: Path) -> dict[str, str]:
    """By value of a column: `loaded`, or why not; a remark stands before `loaded`."""
    import csv  # noqa: PLC0415

    with path.open(encoding="utf-8", newline="") as stream:
        values = [row[column] for row in csv.DictReader(stream)]
    codes = {issue.row: issue.code for issue in report.issues}
    refused = {issue.row for issue in report.issues if issue.refused}
    return {
        value: codes.get(row, "loaded") + ("" if row in refused or row not in codes else " loaded")
        for row, value in enumerate(values, start=2)
    }


def test_dates_exactly(shared: Path) -> None:
    path = shared / "torture" / "csv" / "own" / "dates.csv"
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    found = outcomes(load(path)[1], "start_date", path)
    accepted = {"9999-12-31": "open_end loaded", "1066-10-14": "unlikely_date loaded"}
    accepted |= {"2099-01-01": "unlikely_date loaded", "2023": "loaded", "2023-06": "loaded", "": "loaded"}
    assert found == dict.fromkeys(expected, "bad_date") | accepted


def test_amounts_exactly(shared: Path) -> None:
    path = shared / "torture" / "csv" / "own" / "amounts.csv"
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    found = outcomes(load(path)[1], "amount_eur", path)
    assert found == dict.fromkeys(expected, "bad_number") | dict.fromkeys(("0", "0.1", ""), "loaded")


def test_french_amounts_are_exact(shared: Path) -> None:
    records, _ = load(shared / "torture" / "csv" / "own" / "semicolon_decimal_comma.csv")
    assert [one.budget_eur for one in records if isinstance(one, Actor)] == [Decimal("1234.50")] * 3


def test_a_row_becomes_an_actor_and_its_place(tmp_path: Path) -> None:
    rows = "a,Antenne,association,b,2012,2020-05,125000.50,48000,https://example.org/\nb,Siège,,,,,,,\n"
    (child, tie, parent), report = loaded(tmp_path, HEADER + rows)
    assert not report.issues
    assert isinstance(child, Actor)
    assert (child.kind, child.founded, child.dissolved) == ("association", "2012", "2020-05")
    assert (child.budget_eur, child.seat_as_stated) == (Decimal("125000.50"), "48000")
    assert isinstance(tie, Relation)
    assert (tie.subject, tie.relation, tie.object) == (child.iri, "part_of", iris.mint("actor", "organisations", "b"))
    assert isinstance(parent, Actor)
    assert parent.kind == "unspecified"


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ("a,A,,b,,,,,\nb,B,,,2023-02-31,,,,\n", {2: "dangling_reference", 3: "bad_date"}),
        ("a,A,,b,,,,,\nb,B,,c,,,,,\nc,C,,b,,,,,\n", dict.fromkeys((2, 3, 4), "reference_cycle")),
        ("a,A,,a,,,,,\n", {2: "reference_cycle"}),
        ("a,A,,,,,,,\na,B,,,,,,,\nc,C,,a,,,,,\n", {3: "conflicting_duplicate"}),
    ],
)
def test_nothing_hangs_in_the_air(tmp_path: Path, rows: str, codes: dict[int, str]) -> None:
    records, report = loaded(tmp_path, HEADER + rows)
    assert {issue.row: issue.code for issue in report.issues} == codes
    actors = {one.iri for one in records if isinstance(one, Actor)}
    assert {one.object for one in records if isinstance(one, Relation)} <= actors


def test_a_deep_hierarchy_is_no_trouble(tmp_path: Path) -> None:
    rows = "".join(f"o{place},N,,o{place + 1},,,,,\n" for place in range(5000)) + "o5000,N,,,,,,,\n"
    records, report = loaded(tmp_path, HEADER + rows)
    assert (len(records), report.rows_loaded) == (10_001, 5001)


def test_a_parent_may_stand_in_another_file(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("a.csv", "b.csv")}
    files["a.csv"].write_text(HEADER + "a,A,,b,,,,,\n", encoding="utf-8")
    files["b.csv"].write_text(HEADER + "b,B,,,,,,,\n", encoding="utf-8")
    records, reports = load_files("organisations", files)
    assert (len(records), [one.rows_quarantined for one in reports.values()]) == (3, [0, 0])


def test_naughty_strings_are_kept_or_refused(shared: Path, tmp_path: Path) -> None:
    import csv  # noqa: PLC0415

    strings = json.loads((shared / "torture" / "strings" / "blns.json").read_text(encoding="utf-8"))
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "name"), *((str(at), text) for at, text in enumerate(strings))])
    records, report = load(path)
    names = {int(one.key): one.name for one in records if isinstance(one, Actor)}
    assert all(strings[at].strip() == name for at, name in names.items())
    reasons = {issue.row - 2: issue.code for issue in report.issues if issue.refused}
    assert len(names) + len(reasons) == len(strings)
    assert set(reasons.values()) <= {"empty_value", "control_characters"}


def test_every_column_has_a_note_for_the_template() -> None:
    assert set(COLUMNS.notes) == set(COLUMNS.fields)
