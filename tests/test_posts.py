"""Posts of the politique de la ville."""

import json
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Actor, Alliance, Membership, Programme, Record, Relation
from tests.loading import load_files, open_files

FILES = ("anct_adulte_relais_2023.json", "anct_postes_fonjep_2023.json")
POST: dict[str, object] = {
    "id_poste": "00112R000103",
    "code_tiers": "77554402601284",
    "raison_sociale": "ALFA 3A",
    "annee": 2023,
    "montant": 22555.73,
    "code_cv": "CV002",
    "insee_dep": "01",
    "insee_reg": "84",
}
FONJEP: dict[str, object] = POST | {
    "id_poste": "D01935", "code_tiers": "LA LIGUE", "raison_sociale": "LA LIGUE", "annee": "2023", "montant": 7164,
}  # fmt: skip


def load(tmp_path: Path, *posts: Mapping[str, object]) -> tuple[list[Record], FileReport]:
    path = tmp_path / "posts.json"
    path.write_text(json.dumps(posts), encoding="utf-8")
    records, reports = load_files("posts", {path.name: path})
    return records, reports[path.name]


def alliances(records: list[Record]) -> list[Alliance]:
    return [one for one in records if isinstance(one, Alliance)]


def test_the_posts_of_a_contract_and_a_year_are_one_alliance(tmp_path: Path) -> None:
    other = {"id_poste": "00112R000104", "code_tiers": "55210055400013", "raison_sociale": "B"}
    records, report = load(tmp_path, POST, POST | other, POST | {"id_poste": "00112R000105"})
    [alliance] = alliances(records)
    assert (alliance.name, alliance.kind) == ("Adultes-relais, contrat de ville CV002 (2023)", "employment")
    assert (alliance.start, alliance.end, alliance.amount_eur) == ("2023", "2023", Decimal("67667.19"))
    assert (alliance.territory, alliance.scope) == (iris.territory("DEP-01"), "departement")
    ties = [(iris.parse(one.actor)[2], one.role, one.start) for one in records if isinstance(one, Membership)]
    assert ties == [
        ("etat", "funder", "2023"),
        ("775544026", "beneficiary", "2023"),
        ("552100554", "beneficiary", "2023"),
    ]
    assert Counter(type(one) for one in records) == {
        Alliance: 1, Actor: 3, Membership: 3, Programme: 1, Relation: 1,
    }  # fmt: skip
    assert (report.rows_loaded, report.issues, report.new) == (3, [], ())


def test_a_sum_leads_back_to_each_of_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "posts.json"
    posts = [POST, POST | {"id_poste": "00112R000104", "montant": 10}, POST | {"id_poste": "00112R000104"}]
    path.write_text(json.dumps(posts), encoding="utf-8")
    loaded = [one for one in open_files("posts", {path.name: path}).records if isinstance(one.record, Alliance)]
    [one] = loaded
    assert isinstance(one.record, Alliance)
    assert one.record.amount_eur == Decimal("22565.73")
    assert [cell.raw for cell in one.cells("amount_eur")] == ["22555.73"]
    assert [(part.row, part.layout.fields, part.values) for part in one.beside] == [
        (3, (("amount_eur", "montant", 0),), ("10",))
    ]


def test_posts_without_a_contract_make_no_partners(tmp_path: Path) -> None:
    post = {key: value for key, value in POST.items() if key != "code_cv"}
    other = {"id_poste": "00112R000104", "code_tiers": "55210055400013", "raison_sociale": "B"}
    records, _ = load(tmp_path, post, post | other)
    assert [one.name for one in alliances(records)] == ["Adultes-relais : ALFA 3A (2023)", "Adultes-relais : B (2023)"]


def test_fonjep_has_names_alone_and_a_programme_of_its_own(tmp_path: Path) -> None:
    records, report = load(tmp_path, POST, FONJEP, FONJEP | {"id_poste": "D2", "insee_dep": "02", "code_cv": "CV9"})
    holders = [(one.key, one.kind, one.siren) for one in records if isinstance(one, Actor)]
    assert holders == [
        ("etat", "state", None),
        ("775544026", "unspecified", "775544026"),
        ("LA LIGUE|01", "association", None),
        ("LA LIGUE|02", "association", None),
    ]
    assert [one.key for one in alliances(records)] == [
        "adulte_relais|CV002|2023",
        "fonjep|CV002|2023",
        "fonjep|CV9|2023",
    ]
    assert not report.issues


def test_a_departement_that_one_row_says_holds_for_the_contract(tmp_path: Path) -> None:
    silent = {key: value for key, value in POST.items() if key != "insee_dep"}
    records, _ = load(tmp_path, silent, POST | {"id_poste": "00112R000104"})
    assert [one.territory for one in alliances(records)] == [iris.territory("DEP-01")]


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        ({"raison_sociale": ""}, ("empty_value", "raison_sociale", True)),
        ({"annee": "23"}, ("bad_date", "annee", True)),
        ({"id_poste": "?"}, ("unknown_value", "id_poste", True)),
        ({"montant": "-1"}, ("bad_number", "montant", True)),
        ({"code_tiers": "7,75E+13"}, ("bad_identifier", "code_tiers", False)),
        ({"insee_dep": "99"}, ("unknown_territory", "insee_dep", False)),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, change: dict[str, object], issue: tuple[str, str, bool]) -> None:
    records, report = load(tmp_path, POST | change)
    first = report.issues[0]
    assert (first.code, first.column, first.refused) == issue
    assert bool(records) == (not issue[2])


def test_a_post_that_two_rows_name_is_remarked_and_counted_once(tmp_path: Path) -> None:
    records, report = load(tmp_path, POST, POST | {"code_tiers": "77554402600070", "raison_sociale": "ALFA"})
    assert [one.amount_eur for one in alliances(records)] == [Decimal("22555.73")]
    assert report.rows_loaded == 2
    assert set(report.reasons) <= {"duplicate_id", "differs", "bad_identifier"}
    assert report.reasons["duplicate_id"] == 1


def test_the_published_files_are_loaded_whole(shared: Path) -> None:
    folder = shared / "data" / "opendata" / "programmes"
    records, reports = load_files("posts", {name: folder / name for name in FILES})
    assert [(one.rows_read, one.rows_loaded, one.new) for one in reports.values()] == [
        (5416, 5416, ()),
        (1478, 1478, ()),
    ]
    assert [one.reasons for one in reports.values()] == [{"differs": 93, "duplicate_id": 4}, {}]
    found = alliances(records)
    assert len(found) == len({one.iri for one in found}) == 737
    # 5,416 rows of 22,555.73 each, two of which repeat a post within its contract.
    relays = sum(one.amount_eur or 0 for one in found if one.key.startswith("adulte_relais"))
    assert relays == Decimal("22555.73") * 5414
