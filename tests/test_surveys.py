"""Searches for alliances: what they cover."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from api.answers.coverage import sources_coverage
from api.answers.reader import Reader
from api.pipeline import Plan, build_generation
from graph import open_generation
from graph.home import Home
from ontology.provenance import Coverage, FileReport, Span
from ontology.records import Event
from tests.loading import open_files

HEADER = "territory,date,by,method,result,source_url\n"


def covered(tmp_path: Path, rows: str) -> tuple[Coverage, FileReport, list[Event]]:
    path = tmp_path / "s.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    load = open_files("surveys", {path.name: path})
    records = [one.record for one in load.records]
    return load.source.coverage, load.files[0], [one for one in records if isinstance(one, Event)]


def test_a_search_is_an_event_with_its_day_place_and_method(tmp_path: Path) -> None:
    coverage, report, [event] = covered(tmp_path, "DEP-23,2026-05-07,DDT,calls,none,https://example.org/\n")
    assert not report.issues
    assert (event.kind, event.start, event.place, event.topic, event.note) == (
        *("survey", "2026-05-07", "DEP-23", "calls", "DDT"),
    )
    assert event.retrieved == date(2026, 5, 7)
    assert (coverage.complete, coverage.partial, coverage.start) == (("DEP-23",), (), "2026-05-07")


def test_a_search_without_result_covers_until_one_finds_something(tmp_path: Path) -> None:
    rows = (
        "DEP-23,2020-01-01,,,none,\nDEP-23,2021-01-01,,,some,\n"
        "DEP-48,2019-01-01,,,some,\nDEP-48,2022-01-01,,,none,\nDEP-48,2023-01-01,,,none,\n"
        "DEP-15,2018-01-01,A,,none,\nDEP-15,2018-01-01,B,,some,\n"
    )
    coverage, report, _ = covered(tmp_path, rows)
    assert report.rows_loaded == 7
    assert (coverage.complete, coverage.partial, coverage.start) == (("DEP-48",), ("DEP-15", "DEP-23"), "2022-01-01")
    assert coverage.spans == (Span("DEP-23", "2020-01-01", "2020-12-31"), Span("DEP-48", "2022-01-01"))


def test_each_territory_is_covered_from_its_own_day(tmp_path: Path) -> None:
    coverage, _, _ = covered(tmp_path, "DEP-48,2022-01-01,,,none,\nDEP-23,2020-01-01,,,none,\n")
    assert (coverage.complete, coverage.start) == (("DEP-23", "DEP-48"), "2022-01-01")
    assert coverage.spans == (Span("DEP-23", "2020-01-01"), Span("DEP-48", "2022-01-01"))


def test_nobody_has_searched_yet_on_a_day_to_come(tmp_path: Path) -> None:
    coverage, report, [event] = covered(tmp_path, "DEP-23,2059-05-07,,,none,\nDEP-48,07/05/2026,,,none,\n")
    assert [(one.row, one.code, one.column, one.refused) for one in report.issues] == [(2, "bad_date", "date", True)]
    assert (coverage.complete, event.start) == (("DEP-48",), "2026-05-07")


def test_without_a_search_nothing_is_covered(tmp_path: Path) -> None:
    coverage, _, _ = covered(tmp_path, "")
    assert (coverage.complete, coverage.partial, coverage.start, coverage.spans) == ((), (), None, ())


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("99999,2020-01-01,,,none,", "unknown_territory", "territory"),
        ("28,2020-01-01,,,none,", "ambiguous_territory", "territory"),
        ("DEP-23,2020-01,,,none,", "bad_date", "date"),
        ("DEP-23,2020-01-01,,,perhaps,", "unknown_value", "result"),
        ("DEP-23,,,,none,", "empty_value", "date"),
    ],
)
def test_a_row_that_says_nothing_certain_is_refused(tmp_path: Path, row: str, code: str, column: str) -> None:
    coverage, report, events = covered(tmp_path, row + "\n")
    assert [(one.code, one.column, one.refused) for one in report.issues] == [(code, column, True)]
    assert (coverage.complete, events) == ((), [])


def test_a_search_repeated_is_one_and_contradicted_is_refused(tmp_path: Path) -> None:
    row = "DEP-23,2020-01-01,DDT,,none,\n"
    _, report, events = covered(tmp_path, row + row + row.replace("none", "some"))
    assert (report.rows_loaded, len(events)) == (2, 1)
    assert report.reasons == {"conflicting_duplicate": 1}


def test_finding_nothing_turns_unknown_into_isolated(
    tmp_path: Path, ecosystem_copy: Path, small_territories: Path
) -> None:
    for file in ("local_actors.csv", "alliance_members.csv"):  # so that a département is without alliances
        path = ecosystem_copy / file
        path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    home, searches = Home(tmp_path / "home"), tmp_path / "s.csv"
    plan = Plan({"ecosystem": ecosystem_copy, "territories": small_territories})

    def status(day: str | None = None) -> dict[str, str]:
        rows = open_generation(home.current()).isolation("departement", as_of=day)
        return dict(rows.select("code", "status").rows())

    build_generation(home, plan)
    before = status()
    unknown, other, *_ = (code for code, said in sorted(before.items()) if said == "unknown")
    rows = (f"{unknown},2025-05-07,DDT,,none,\n", f"{other},2025-06-01,DDT,,none,\n{other},2025-09-01,DDT,,some,\n")
    searches.write_text(HEADER + "".join(rows), encoding="utf-8")
    build_generation(home, Plan({"surveys": searches}))
    assert status() == before | {unknown: "isolated"}
    assert status("2025-05-06")[unknown] == "unknown"
    assert status("2025-07-01") == before | {unknown: "isolated", other: "isolated"}
    worklist = open_generation(home.current()).isolation("departement").filter(pl.col("status") == "unknown")["code"]
    assert unknown not in worklist
    assert other in worklist
    # Answers say what was covered on their day.
    reader = Reader(open_generation(home.current()))
    expected = {
        None: {unknown, other},
        date(2025, 5, 6): set(),
        date(2025, 7, 1): {unknown, other},
        date(2025, 10, 1): {unknown},
    }
    assert {day: set(sources_coverage(reader, day)["complete"]) for day in expected} == expected
