"""Third places of the CGET's list."""

from pathlib import Path

import pytest

from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Platform, Record
from tests.loading import load_files

HEADER = "ID,NOM_TL,INSEECOM,INSEEMETRO,WEB,TYPO,CONTACT\n"
NAME = "cget_tiers-lieux_2019.csv"


def load(tmp_path: Path, rows: str) -> tuple[list[Record], FileReport]:
    path = tmp_path / "places.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    records, reports = load_files("third_places", {path.name: path})
    return records, reports[path.name]


def test_a_row_is_a_place_in_its_commune(tmp_path: Path) -> None:
    records, report = load(tmp_path, "1,Anticafé,75110,75056,www.anticafe.eu,Coworking,Mme Dupont\n")
    assert records == [
        Platform(
            source="third_places",
            key="1",
            name="Anticafé",
            theme="Coworking",
            territory=iris.territory("COM-75056"),
            website="http://www.anticafe.eu",
        )
    ]
    assert (report.ignored, report.new, report.issues) == (("CONTACT",), (), [])


@pytest.mark.parametrize(
    ("codes", "code"), [("44109,44109", "COM-44109"), ("0,03190", "COM-03190"), (",03190", "COM-03190")]
)
def test_an_address_that_was_not_found_takes_the_commune_of_the_coordinates(
    tmp_path: Path, codes: str, code: str
) -> None:
    [place], _ = load(tmp_path, f"1,X,{codes},,,\n")
    assert isinstance(place, Platform)
    assert place.territory == iris.territory(code)


@pytest.mark.parametrize(
    ("row", "issue"),
    [
        ("1,,44109,,,,", ("empty_value", "NOM_TL", True)),
        (",X,44109,,,,", ("empty_value", "ID", True)),
        ("1,X,99999,44109,,,", ("unknown_territory", "INSEECOM", False)),
        ("1,X,44109,,en cours,,", ("bad_address", "WEB", False)),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, row: str, issue: tuple[str, str, bool]) -> None:
    records, report = load(tmp_path, row + "\n")
    first = report.issues[0]
    assert (first.code, first.column, first.refused) == issue
    assert len(records) == (not issue[2])


def test_a_place_said_twice_is_one_and_an_id_of_two_places_is_refused(tmp_path: Path) -> None:
    records, report = load(tmp_path, "1,X,44109,,,,\n1,X,44109,,,,\n1,Y,44109,,,,\n")
    assert (len(records), report.rows_loaded, report.reasons) == (1, 2, {"conflicting_duplicate": 1})


def test_the_published_file_is_loaded_whole(shared: Path) -> None:
    path = shared / "data" / "opendata" / "tiers-lieux" / NAME
    records, reports = load_files("third_places", {NAME: path})
    report = reports[NAME]
    assert (report.rows_read, report.rows_loaded, report.new) == (1512, 1512, ())
    assert len({one.iri for one in records}) == 1512
    assert all(isinstance(one, Platform) and one.territory for one in records)
    assert set(report.reasons) == {"bad_address", "suspicious_text"}
