"""Grants in the 360Giving standard."""

import json
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Actor, Alliance, Membership, Programme, Record, Relation
from tests.loading import load_files

REAL = "ab-charitable-trust.json"
FUNDER = {"id": "FR-RCS-552100554", "name": "Fondation A"}
GRANT: dict[str, object] = {
    "id": "360G-a-1",
    "title": "Une aide",
    "description": "Pour un lieu",
    "currency": "EUR",
    "amountAwarded": 1200.5,
    "awardDate": "2020-07-02T00:00:00+00:00",
    "fundingOrganization": [FUNDER],
    "recipientOrganization": [{"id": "FR-RNA-W9T1002867", "name": "Association B", "url": "www.b.fr"}],
}


def load(tmp_path: Path, *changes: Mapping[str, object]) -> tuple[list[Record], FileReport]:
    path = tmp_path / "grants.json"
    path.write_text(json.dumps({"grants": [GRANT | dict(one) for one in changes]}), encoding="utf-8")
    records, reports = load_files("givings", {path.name: path})
    return records, reports[path.name]


def test_a_grant_is_an_alliance_of_funder_and_recipient(tmp_path: Path) -> None:
    records, report = load(tmp_path, {})
    grant, funder, funds, recipient, gets = records
    assert isinstance(grant, Alliance)
    assert isinstance(funder, Actor)
    assert isinstance(recipient, Actor)
    assert (grant.name, grant.kind, grant.description) == ("Une aide", "grant", "Pour un lieu")
    assert (grant.start, grant.end, grant.amount_eur) == ("2020-07-02", None, Decimal("1200.5"))
    assert (funder.key, funder.siren, funder.rna) == ("FR-RCS-552100554", "552100554", None)
    assert (recipient.name, recipient.rna, recipient.website) == ("Association B", "W9T1002867", "http://www.b.fr")
    ties = [(one.alliance, one.actor, one.role, one.period_basis) for one in (funds, gets)]  # type: ignore[attr-defined]
    assert ties == [
        (grant.iri, funder.iri, "funder", "inferred"),
        (grant.iri, recipient.iri, "beneficiary", "inferred"),
    ]
    assert (report.rows_loaded, report.issues, report.new) == (1, [], ())


def test_several_funders_make_one_grant_with_a_programme(tmp_path: Path) -> None:
    other = {"id": "XI-1", "name": "Fonds C"}
    change: dict[str, object] = {"fundingOrganization": [FUNDER, other], "grantProgramme": [{"title": "Lieux"}]}
    records, report = load(tmp_path, change, change | {"id": "360G-a-2"})
    roles = [(iris.parse(one.actor)[2], one.role) for one in records if isinstance(one, Membership)]
    assert roles[:3] == [("FR-RCS-552100554", "funder"), ("XI-1", "funder"), ("FR-RNA-W9T1002867", "beneficiary")]
    assert Counter(type(one) for one in records) == {Alliance: 2, Actor: 3, Membership: 6, Programme: 1, Relation: 2}
    assert report.new == ()


def test_the_planned_dates_come_before_that_of_the_award(tmp_path: Path) -> None:
    planned = {"plannedDates": [{"startDate": "2021-01-01", "endDate": "2021-12-31"}]}
    records, _ = load(tmp_path, planned)
    periods = {(one.start, one.end) for one in records if isinstance(one, Alliance | Membership)}
    assert periods == {("2021-01-01", "2021-12-31")}


def test_other_money_and_places_abroad_stay_in_words(tmp_path: Path) -> None:
    places = {"currency": "GBP", "beneficiaryLocation": [{"name": "York", "geoCode": "44109", "countryCode": "GB"}]}
    [grant, *_], report = load(tmp_path, places)
    assert isinstance(grant, Alliance)
    assert (grant.amount_eur, grant.territory) == (None, None)
    assert grant.description == "Pour un lieu — 1200.5 GBP — York"
    assert not report.issues


@pytest.mark.parametrize(("code", "found"), [("44109", "COM-44109"), ("FRJ99", None)])
def test_a_place_in_france_is_a_territory(tmp_path: Path, code: str, found: str | None) -> None:
    [grant, *_], report = load(tmp_path, {"beneficiaryLocation": [{"geoCode": code, "countryCode": "FR"}]})
    assert isinstance(grant, Alliance)
    assert grant.territory == (found and iris.territory(found))
    assert report.reasons == ({} if found else {"unknown_territory": 1})


def test_nothing_is_kept_of_a_grant_to_a_person(tmp_path: Path) -> None:
    person = {"recipientOrganization": [], "recipientIndividual": {"name": "Jeanne Martin", "id": "p1"}}
    records, report = load(tmp_path, person)
    assert (records, report.rows_loaded, report.reasons) == ([], 1, {"natural_person": 1})
    assert "Martin" not in str(report.issues)


def test_a_damaged_number_identifies_nobody(tmp_path: Path) -> None:
    records, report = load(tmp_path, {"fundingOrganization": [{"id": "FR-RCS-552100555", "name": "A"}]})
    funder = records[1]
    assert isinstance(funder, Actor)
    assert (funder.key, funder.siren) == ("FR-RCS-552100555", None)
    assert report.reasons == {"bad_identifier": 1}


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"id": ""}, "empty_value", "id"),
        ({"title": ""}, "empty_value", "title"),
        ({"recipientOrganization": []}, "empty_value", "recipientOrganization.0.name"),
        ({"awardDate": "2020-13-01"}, "bad_date", "awardDate"),
        ({"amountAwarded": -3}, "bad_number", "amountAwarded"),
        ({"id": "360G-a-1", "amountAwarded": 3}, "conflicting_duplicate", "id"),
        (
            {"plannedDates": [{"startDate": "2021-01-02", "endDate": "2021-01-01"}]},
            "reversed_period",
            "plannedDates.0.endDate",
        ),
    ],
)
def test_what_is_wrong_is_quarantined(tmp_path: Path, change: Mapping[str, object], code: str, column: str) -> None:
    records, report = load(tmp_path, {}, {"id": "2", **change})
    assert len(records) == 5
    assert [(one.row, one.code, one.column, one.refused) for one in report.issues] == [(3, code, column, True)]


def test_the_spreadsheet_form_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "grants.csv"
    header = (
        "Identifier,Title,Description,Currency,Amount Awarded,Award Date,Funding Org:Identifier,Funding Org:Name,"
        "Recipient Org:Identifier,Recipient Org:Name,Recipient Org:Web Address\n"
    )
    row = (
        "360G-a-1,Une aide,Pour un lieu,EUR,1200.5,2020-07-02,FR-RCS-552100554,Fondation A,FR-RNA-W9T1002867,"
        "Association B,www.b.fr\n"
    )
    path.write_text(header + row, encoding="utf-8")
    records, reports = load_files("givings", {path.name: path})
    assert (records, reports[path.name].new) == (load(tmp_path, {})[0], ())


def test_the_published_file_is_loaded_whole(shared: Path) -> None:
    path = shared / "data" / "opendata" / "360giving" / REAL
    records, reports = load_files("givings", {REAL: path})
    report = reports[REAL]
    assert (report.rows_read, report.rows_loaded, report.new) == (783, 783, ())
    assert report.reasons == {"differs": 83}
    assert Counter(type(one) for one in records) == {
        Alliance: 783,
        Actor: 322,
        Membership: 1566,
        Programme: 3,
        Relation: 783,
    }
    assert not any(one.amount_eur for one in records if isinstance(one, Alliance))
