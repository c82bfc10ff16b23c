"""Research consortia: projects and their partners."""

from decimal import Decimal
from pathlib import Path

import pytest

from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Actor, Alliance, Membership, Record
from tests.loading import load_files, load_texts

PROJECTS = (
    "Projet.Code_Decision_ANR;Projet.Date_debut;Action.Edition;Action.Titre.Francais;Projet.Acronyme;"
    "Projet.Titre.Francais;Projet.Resume.Francais;Projet.Aide_allouee\n"
)
PARTNERS = (
    "Projet.Code_Decision_ANR;Action.Edition;Projet.Acronyme;Projet.Partenaire.Code_Decision_ANR;"
    "Projet.Partenaire.Est_coordinateur;Projet.Partenaire.Nom_organisme;Projet.Partenaire.Categorie_organisme;"
    "Projet.Partenaire.Responsable_scientifique.Nom;Projet.Partenaire.Responsable_scientifique.Prenom;"
    "Projet.Partenaire.Adresse.Ville;Projet.Partenaire.Adresse.Region;Projet.Partenaire.Adresse.Pays\n"
)
LILLE = (
    "ANR-1;2021;LUM;ANR-1-01;True;Université de Lille;Universités, INSA et INP;DURAND;Anne;Lille CEDEX;Hauts de France;"
)


def load(tmp_path: Path, **texts: str) -> tuple[list[Record], dict[str, FileReport]]:
    return load_texts("consortia", tmp_path, {f"{name}.csv": text for name, text in texts.items()})


def test_a_project_and_its_partner(tmp_path: Path) -> None:
    project = "ANR-1;2021-04-01;2021;PIA;LUM;Lumière;Un résumé.;700000\n"
    records, reports = load(tmp_path, partners=PARTNERS + LILLE + "France\n", projects=PROJECTS + project)
    assert all(one.rows_loaded == 1 and one.new == () for one in reports.values())
    assert [(one.code, one.value) for one in reports["partners.csv"].issues] == [("matched_by_name", "Lille CEDEX")]
    alliance = Alliance(
        source="consortia",
        key="ANR-1",
        name="LUM : Lumière",
        kind="research",
        description="Un résumé.",
        start="2021-04-01",
        amount_eur=Decimal(700000),
    )
    actor = Actor(
        source="consortia",
        key="Université de Lille",
        name="Université de Lille",
        kind="academic",
        territory=iris.territory("COM-59350"),
        seat_as_stated="Lille CEDEX",
    )
    assert records == [
        alliance,
        actor,
        Membership(
            source="consortia",
            key="ANR-1|Université de Lille|lead",
            alliance=alliance.iri,
            actor=actor.iri,
            role="lead",
            start="2021-04-01",
            period_basis="inferred",
        ),
    ]


def test_a_project_that_only_partners_name_is_called_by_its_acronym(tmp_path: Path) -> None:
    records, _ = load(tmp_path, partners=PARTNERS + LILLE + "France\n")
    alliance, _, membership = records
    assert isinstance(alliance, Alliance)
    assert isinstance(membership, Membership)
    assert (alliance.name, alliance.start, membership.period_basis) == ("LUM", None, "unknown")


def test_an_aid_of_nothing_is_not_known(tmp_path: Path) -> None:
    records, _ = load(tmp_path, projects=PROJECTS + "ANR-1;;2022;PIA;LUM;Lumière;;0\n")
    assert isinstance(records[0], Alliance)
    assert records[0].amount_eur is None


def test_equal_names_are_one_partner(tmp_path: Path) -> None:
    second = LILLE.replace("True", "False").replace("ANR-1-01", "ANR-1-02")
    records, reports = load(tmp_path, p=PARTNERS + LILLE + "France\n" + second + "France\n" + second + "France\n")
    assert [type(one) for one in records] == [Alliance, Actor, Membership, Membership]
    assert reports["p.csv"].rows_loaded == 3


@pytest.mark.parametrize(
    ("town", "region", "country", "territory", "code"),
    [
        ("Saint-Denis", "Île-de-France", "France", "COM-93066", "matched_by_name"),
        ("St Etienne Cédex 2", "Auvergne-Rhône-Alpes", "France", "COM-42218", "matched_by_name"),
        ("Paris 05", "Ile de France", "France", "COM-75056", "matched_by_name"),
        ("Cayenne", "DOM/TOM", "France", "COM-97302", "matched_by_name"),
        ("Sophia Antipolis", "Provence-Alpes-Côte d'Azur", "France", "REG-93", "unknown_territory"),
        ("Saint-Denis", "", "France", None, "unknown_territory"),
        ("Lausanne", "Etranger", "France", None, None),
        ("Bonn", "", "Allemagne", None, None),
        ("Non renseigné", "Bretagne", "France", None, None),
    ],
)  # fmt: skip
def test_a_seat_is_found_by_its_town_within_the_region(
    tmp_path: Path, town: str, region: str, country: str, territory: str | None, code: str | None
) -> None:
    row = LILLE.replace("Lille CEDEX;Hauts de France", f"{town};{region}") + country
    records, reports = load(tmp_path, p=PARTNERS + row + "\n")
    assert isinstance(records[1], Actor)
    assert records[1].territory == (territory and iris.territory(territory))
    assert [one.code for one in reports["p.csv"].issues if one.row > 1] == ([code] if code else [])


@pytest.mark.parametrize(
    ("old", "new", "code", "refused"),
    [
        ("Université de Lille", "Non renseigné", "empty_value", True),
        ("True", "peut-être", "unknown_value", True),
        ("Universités, INSA et INP", "Amicales", "unknown_value", False),
    ],
)
def test_what_is_not_clear_is_said(tmp_path: Path, old: str, new: str, code: str, refused: bool) -> None:
    records, reports = load(tmp_path, p=PARTNERS + LILLE.replace(old, new, 1) + "France\n")
    assert (code, refused) in [(one.code, one.refused) for one in reports["p.csv"].issues]
    assert reports["p.csv"].rows_quarantined == refused
    assert bool(records) is not refused


def test_a_project_that_stands_twice_differently_is_refused(tmp_path: Path) -> None:
    row = "ANR-1;;2022;PIA;LUM;Lumière;;5\n"
    records, reports = load(tmp_path, p=PROJECTS + row + row + row.replace(";5", ";6"))
    assert len(records) == 1
    assert [(one.row, one.code) for one in reports["p.csv"].issues] == [(4, "conflicting_duplicate")]


def test_no_scientist_is_loaded(tmp_path: Path) -> None:
    records, _ = load(tmp_path, p=PARTNERS + LILLE + "France\n")
    assert not any("DURAND" in str(one) or "Anne" in str(one) for one in records)


def test_the_files_of_the_agency_load_to_the_row(shared: Path) -> None:
    folder = shared / "data" / "opendata" / "anr"
    records, reports = load_files("consortia", {path.name: path for path in folder.iterdir()})
    projects, partners = reports["anr-dgpie_projets_2022-05.csv"], reports["anr-dgpie_partenaires_2022-05.csv"]
    assert (projects.rows_read, projects.rows_loaded, projects.new) == (1379, 1379, ())
    assert (partners.rows_read, partners.rows_loaded, partners.new) == (7581, 7562, ())
    assert partners.reasons == {"empty_value": 19, "matched_by_name": 1222, "unknown_territory": 75}
    assert sum(isinstance(one, Alliance) for one in records) == 1379
    assert len({one.iri for one in records}) == len(records)
