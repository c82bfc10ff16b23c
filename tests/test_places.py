"""Places by the names that people write, and numbers and days as they write them."""

from pathlib import Path

import pytest

from loaders.cells import Row, iso_date
from loaders.identifiers import Numbers, is_siret, numbers
from loaders.places import authority_named
from loaders.tabular import Columns, open_table
from loaders.territory_index import TerritoryIndex, postal
from ontology.provenance import FileReport

INDEX = TerritoryIndex.load()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Conseil départemental de la Mayenne", "DEP-53"),
        ("DEPARTEMENT DE L'AIN", "DEP-01"),
        ("Conseil régional d'Île-de-France", "REG-11"),
        ("Région Bretagne", "REG-53"),
        ("Ville de Paris", "COM-75056"),
        ("Mairie de Lyon", "COM-69123"),
        ("Toulouse Métropole", "EPCI-243100518"),
        ("ANTIBES", "COM-06004"),
        ("Ville de Saint-Denis", None),  # there are two
        ("Département de nulle part", None),
        ("Fondation de France", None),
    ],
)
def test_an_authority_is_found_by_its_name(name: str, code: str | None) -> None:
    assert authority_named(name, INDEX) == code


@pytest.mark.parametrize(
    ("name", "within", "code"),
    [
        ("ST ETIENNE CEDEX 1", "DEP-42", "COM-42218"),
        ("Paris 05", "DEP-75", "COM-75056"),
        ("PARIS 14EME", "FRA", "COM-75056"),
        ("L'ABSIE", "DEP-79", "COM-79001"),
        ("Saint-Denis", "REG-11", "COM-93066"),
        ("Saint-Denis", "FRA", None),
        ("Saint-Denis", "DEP-49", None),
        ("", "DEP-49", None),
    ],
)
def test_a_commune_is_found_by_its_name_within_a_territory(name: str, within: str, code: str | None) -> None:
    assert INDEX.commune_named(name, within) == code


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Ste-Luce s/ Loire", "sainte luce s/ loire"),
        ("LES PONTS DE CE", "les ponts de ce"),
        ("Nîmes Cédex9", "nimes"),
        ("Cédron", "cedron"),
    ],
)
def test_addresses_and_registers_agree_on_a_name(name: str, folded: str) -> None:
    assert postal(name) == folded


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("07/05/2020", "2020-05-07"),
        ("7-5-2020", "2020-05-07"),
        ("2020/05/07", "2020-05-07"),
        ("2020-05-07T00:00:00Z", "2020-05-07"),
        ("2020-05-07 00:00:00", "2020-05-07"),
        ("43958", "2020-05-07"),
        ("43958.0", "2020-05-07"),
        ("2020-05-07", "2020-05-07"),
        ("2020-05", "2020-05"),
        ("2020", "2020"),
        ("31/02/2020", "2020-02-31"),  # refused afterwards, as no such day exists
        ("mai 2020", "mai 2020"),
        ("2020-05-07T10:00:00", "2020-05-07T10:00:00"),
    ],
)
def test_days_are_read_as_they_are_written(text: str, iso: str) -> None:
    assert iso_date(text) == iso


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("82772807200014", True),
        ("35600000000048", True),
        ("35600000049008", True),  # La Poste: no key, the digits add up to a multiple of five
        ("35600000049009", False),
        ("82772807200015", False),
        ("82772807200000", False),
        ("8277280720001", False),
        ("８2772807200014", False),
    ],
)
def test_a_siret_has_a_sound_key(text: str, sound: bool) -> None:
    assert is_siret(text) is sound


def one_row(tmp_path: Path, *cells: str) -> Row:
    path = tmp_path / "t.csv"
    columns = Columns(fields={f"c{place}": "siret" for place in range(len(cells))})
    path.write_text(";".join(columns.fields) + "\n" + ";".join(cells) + "\n", encoding="utf-8")
    return next(open_table(path, columns, FileReport("t", path.name, path.name)).rows)


def test_numbers_are_told_apart_by_their_form(tmp_path: Path) -> None:
    row = one_row(tmp_path, "827 728 072 00014'", "w9g2001932", "")
    assert numbers(row, "c0", "c1", "c2", "absent") == Numbers("827728072", "82772807200014", "W9G2001932")
    assert row.report.issues == []


def test_a_damaged_number_is_none(tmp_path: Path) -> None:
    row = one_row(tmp_path, "8,28E+13", "82772807200014.0")
    assert numbers(row, "c0", "c1") == Numbers()
    assert [(one.code, one.value) for one in row.report.issues] == [
        ("bad_identifier", "8,28E+13"),
        ("bad_identifier", "82772807200014.0"),
    ]
