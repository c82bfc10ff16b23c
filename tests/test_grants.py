"""Grants: who gave what to whom, as French publishers write it."""

from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from loaders.mapping import SUFFIX
from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Actor, Alliance, Membership, Record
from tests.loading import load_files, open_files

HEADER = (
    "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,rnaBeneficiaire,"
    "objet,montant,nature,conditionsVersement,datesPeriodeVersement,idRAE,notificationUE,pourcentageSubvention\n"
)
GIVEN = {
    "nomAttribuant": "Département de la Mayenne",
    "idAttribuant": "22530001100015",
    "dateConvention": "2017-06-27",
    "nomBeneficiaire": "LAVAL AERO SHOW",
    "idBeneficiaire": "82772807200014",
    "montant": "30000",
    "datesPeriodeVersement": "2017-07-28",
}
"""A grant that was given."""


def load(path: Path, mapping: str = "") -> tuple[list[Record], FileReport]:
    files = {path.name: path}
    if mapping:
        files[path.name + SUFFIX] = path.with_name(path.name + SUFFIX)
        files[path.name + SUFFIX].write_text(mapping, encoding="utf-8")
    records, reports = load_files("grants", files)
    return records, reports[path.name]


def given(tmp_path: Path, *rows: dict[str, str]) -> tuple[list[Record], FileReport]:
    """Load rows that say what `GIVEN` says, apart from what is said here."""
    path = tmp_path / "grants.csv"
    cells = [GIVEN | row for row in rows or ({},)]
    names = list(dict.fromkeys(name for one in cells for name in one))
    lines = [";".join(one.get(name, "") for name in names) for one in cells]
    path.write_text("\n".join((";".join(names), *lines)), encoding="utf-8")
    return load(path)


def grant_of(records: list[Record]) -> Alliance:
    (grant,) = (one for one in records if isinstance(one, Alliance))
    return grant


def actors_of(records: list[Record]) -> list[Actor]:
    return [one for one in records if isinstance(one, Actor)]


def issues(report: FileReport) -> list[tuple[str, str | None, str | None, bool]]:
    """What was remarked of rows; what was expected of the file as a whole is about a healthy one."""
    return [(one.code, one.column, one.value, one.refused) for one in report.issues if one.row > 1]


def test_a_row_is_a_grant_of_a_funder_to_a_beneficiary(tmp_path: Path) -> None:
    path = tmp_path / "scdl.csv"
    row = (
        "ANTIBES,21060004500392,2015-07-07,CONV 2074,ASSOCIATION SPORTIVE,38033590100027,W333216789,Fonctionnement,"
        "99786.57,aide en numéraire,échelonné,2017-03-30/2017-05-24,,non,0.05\n"
    )
    path.write_text(HEADER + row, encoding="utf-8")
    records, report = load(path)
    assert (report.rows_read, report.rows_loaded, report.issues, report.new) == (1, 1, [], ())
    grant, funder, gives, beneficiary, receives = records
    assert isinstance(grant, Alliance)
    assert grant == Alliance(
        source="grants",
        key=grant.key,
        name="Subvention 2015 de ANTIBES à ASSOCIATION SPORTIVE",
        kind="grant",
        description="Fonctionnement",
        start="2015-07-07",
        end="2017-05-24",
        amount_eur=Decimal("99786.57"),
    )
    assert grant.key.startswith("210600045|380335901|2015-07-07|")
    assert funder == Actor(
        source="grants",
        key="210600045",
        name="ANTIBES",
        kind="local_authority",
        territory=iris.territory("COM-06004"),
        siren="210600045",
        siret="21060004500392",
    )
    assert beneficiary == Actor(
        source="grants",
        key="380335901",
        name="ASSOCIATION SPORTIVE",
        kind="association",
        siren="380335901",
        siret="38033590100027",
        rna="W333216789",
    )
    assert gives == Membership(
        source="grants",
        key=f"{grant.key}|210600045|funder",
        alliance=grant.iri,
        actor=funder.iri,
        role="funder",
        start="2015-07-07",
        end="2017-05-24",
        period_basis="inferred",
    )
    assert isinstance(receives, Membership)
    assert (receives.actor, receives.role) == (beneficiary.iri, "beneficiary")


# Columns


@pytest.mark.parametrize(
    ("grantor", "beneficiary", "amount"),
    [
        ("Nom de l'attribuant", "Nom du bénéficiaire", "Montant total de la subvention"),
        ("Nom de l’attributaire", "NOM_Beneficiaire", "subvention allouee"),
        ("nom_de_l_attribuant", "Nom du beneficiaire*", "MONTANT"),
        ("coll_nom", "attrib_nom", "mtsubv"),
    ],
)
def test_columns_are_known_however_they_are_spelt(tmp_path: Path, grantor: str, beneficiary: str, amount: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{grantor},{beneficiary},{amount}\nRégion Bretagne,A,12\n", encoding="utf-8")
    records, report = load(path)
    assert (report.new, grant_of(records).amount_eur) == ((), Decimal(12))
    assert actors_of(records)[0].territory == iris.territory("REG-53")


def test_of_two_columns_for_one_thing_the_first_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("nomAttribuant,tiers,Nom du bénéficiaire\nRégion Bretagne,A,B\n", encoding="utf-8")
    records, report = load(path)
    assert (actors_of(records)[1].name, report.new) == ("A", ("Nom du bénéficiaire",))


def test_titles_above_the_table_are_passed_over_and_a_mapping_names_the_grantor(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    rows: tuple[list[str | int], ...] = (
        ["DEPARTEMENT DE LA SARTHE 227 200 029 00014"],
        [],
        ["Date de  décision", "Bénéficiaire", "Code SIRET", "Montant "],
        [43174, "Le Mans Sarthe Basket", "39295608200011", 582500],
    )
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    records, report = load(path, 'nomAttribuant: "= Département de la Sarthe"\n')
    assert (report.rows_loaded, report.new) == (1, ())
    assert (grant_of(records).start, grant_of(records).amount_eur) == ("2018-03-15", Decimal(582500))
    assert actors_of(records)[0].territory == iris.territory("DEP-72")


def test_a_table_without_a_grantor_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("nomBeneficiaire,montant\nA,1\n", encoding="utf-8")
    records, report = load(path)
    assert (records, report.file_refused, report.issues[-1].column) == ([], True, "nomAttribuant")


# Identifiers


@pytest.mark.parametrize(
    ("written", "siren", "siret"),
    [
        ("82772807200014", "827728072", "82772807200014"),
        ("827 728 072 000 14'", "827728072", "82772807200014"),
        ("827728072", "827728072", None),
        ("35600000000048", "356000000", "35600000000048"),
    ],
)
def test_sound_numbers_are_used(tmp_path: Path, written: str, siren: str, siret: str | None) -> None:
    records, report = given(tmp_path, {"idBeneficiaire": written})
    actor = actors_of(records)[1]
    assert (actor.key, actor.siren, actor.siret, report.issues) == (siren, siren, siret, [])


@pytest.mark.parametrize(
    "written",
    [
        "2,43E+13", "8.27728E+13", "84313200000000.0", "82772807200000", "8277280720001", "82772807200015",
        "827728073", "sans objet", "W3222",
    ],
)  # fmt: skip
def test_damaged_numbers_are_reported_and_never_used(tmp_path: Path, written: str) -> None:
    records, report = given(tmp_path, {"idBeneficiaire": written})
    actor = actors_of(records)[1]
    assert (actor.siren, actor.siret, actor.rna) == (None, None, None)
    assert actor.key == "LAVAL AERO SHOW (grants.csv)"
    assert issues(report) == [("bad_identifier", "idBeneficiaire", written, False)]


def test_one_number_is_one_organisation_and_its_other_names_are_reported_once(tmp_path: Path) -> None:
    other = {"nomBeneficiaire": "Laval Aéro", "montant": "1"}
    records, report = given(tmp_path, {}, other, other | {"montant": "2"})
    assert [one.name for one in actors_of(records)] == ["Département de la Mayenne", "LAVAL AERO SHOW"]
    assert issues(report) == [("differs", "nomBeneficiaire", "Laval Aéro", False)]


def test_equal_names_in_two_towns_are_two_organisations(tmp_path: Path) -> None:
    named = {"nomBeneficiaire": "OGEC ST JOSEPH", "idBeneficiaire": ""}
    records, report = given(
        tmp_path,
        named | {"Ville": "LAVAL", "CP": "53000"},
        named | {"Ville": "CHATEAU GONTIER CEDEX", "CP": "53204"},
        named | {"Ville": "LAVAL", "CP": "53000", "montant": "1"},
    )
    assert [one.territory for one in actors_of(records)[1:]] == [iris.territory("COM-53130"), None]
    assert [one[0] for one in issues(report)] == ["matched_by_name", "unknown_territory"]


@pytest.mark.parametrize(
    ("number", "kind", "territory"),
    [
        ("21530130400017", "unspecified", None),
        ("215301300", "local_authority", "COM-53130"),
        ("225300011", "local_authority", "DEP-53"),
        ("W333216789", "association", None),
        ("130005481", "public_body", None),
    ],
)
def test_numbers_say_what_an_organisation_is_and_where(
    tmp_path: Path, number: str, kind: str, territory: str | None
) -> None:
    records, _ = given(tmp_path, {"nomAttribuant": "État", "idAttribuant": "", "idBeneficiaire": number})
    actor = actors_of(records)[1]
    assert (actor.kind, actor.territory) == (kind, territory and iris.territory(territory))


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("Association loi 1901", "association"),
        ("Société à responsabilité limitée (SARL)", "company"),
        ("Établissement public", "public_body"),
        ("Service de l'État", "state"),
        ("Festival de cinéma", "unspecified"),
    ],
)
def test_a_legal_form_says_what_an_organisation_is(tmp_path: Path, form: str, kind: str) -> None:
    records, _ = given(tmp_path, {"type": form})
    assert actors_of(records)[1].kind == kind


@pytest.mark.parametrize(
    "row",
    [
        {"nomBeneficiaire": "M. DUPOND JEAN"},
        {"nomBeneficiaire": "Madame Dupond"},
        {"nomBeneficiaire": "DUPOND", "type": "Indivision entre personnes physiques"},
    ],
)
def test_a_natural_person_is_neither_loaded_nor_copied(tmp_path: Path, row: dict[str, str]) -> None:
    records, report = given(tmp_path, row)
    assert (records, report.rows_loaded) == ([], 1)
    (issue,) = report.issues
    assert (issue.code, issue.refused) == ("natural_person", False)
    assert "dupond" not in str(issue).casefold()


# Dates and amounts


@pytest.mark.parametrize(
    ("agreed", "paid", "start", "end"),
    [
        ("2017-06-27", "2017-07-28", "2017-06-27", "2017-07-28"),
        ("2017-06-27", "2017-07-28/2018-12-31", "2017-06-27", "2018-12-31"),
        ("2017-06-27", "2017-07-28_2018-12-31", "2017-06-27", "2018-12-31"),
        ("27/06/2017", "28/07/2017 au 31/12/2018", "2017-06-27", "2018-12-31"),
        ("2017/06/27", "", "2017-06-27", None),
        ("42913", "2017-07-28 00:00:00", "2017-06-27", "2017-07-28"),
        ("2014", "2014", "2014", "2014"),
        ("", "06/12/2022", "2022-12-06", "2022-12-06"),
        ("2018-06-27", "2017-07-28", "2017-07-28", "2017-07-28"),
        ("", "", None, None),
    ],
)
def test_a_grant_lasts_from_its_agreement_to_its_last_payment(
    tmp_path: Path, agreed: str, paid: str, start: str | None, end: str | None
) -> None:
    records, report = given(tmp_path, {"dateConvention": agreed, "datesPeriodeVersement": paid})
    assert (grant_of(records).start, grant_of(records).end, report.issues) == (start, end, [])


@pytest.mark.parametrize(
    ("row", "issue", "end"),
    [
        (
            {"datesPeriodeVersement": "2017-12-04/fin de l'action"},
            ("bad_date", "datesPeriodeVersement", "2017-12-04/fin de l'action", False),
            "2017-12-04",
        ),
        (
            {"datesPeriodeVersement": "2017-03-02/2017-30-05"},
            ("bad_date", "datesPeriodeVersement", "2017-03-02/2017-30-05", False),
            None,
        ),
        (
            {"datesPeriodeVersement": "2017-07-01/9999-12-31"},
            ("open_end", "datesPeriodeVersement", "9999-12-31", False),
            "2017-07-01",
        ),
        ({"montant": ""}, ("empty_value", "montant", "", False), "2017-07-28"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_tie_loaded(
    tmp_path: Path, row: dict[str, str], issue: tuple[str, str, str, bool], end: str | None
) -> None:
    records, report = given(tmp_path, row)
    assert (issues(report), grant_of(records).end) == ([issue], end)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"dateConvention": "30/02/2017"}, "bad_date"),
        ({"datesPeriodeVersement": "2017-04-12/2017-03-09"}, "reversed_period"),
        ({"montant": "1,234.50"}, "bad_number"),
        ({"montant": "-5"}, "bad_number"),
        ({"nomAttribuant": ""}, "empty_value"),
        ({"nomBeneficiaire": ""}, "empty_value"),
    ],
)
def test_a_row_that_must_be_corrected_is_refused_and_names_nobody(
    tmp_path: Path, row: dict[str, str], code: str
) -> None:
    records, report = given(tmp_path, row, {})
    assert [one[0] for one in issues(report) if one[3]] == [code]
    assert (report.rows_read, report.rows_quarantined) == (2, 1)
    assert [type(one) for one in records] == [Alliance, Actor, Membership, Actor, Membership]


@pytest.mark.parametrize("written", ["232000,5", "232 000,50", "232\u00a0000,50 €", "232\u202f000.50", "232000.5"])
def test_amounts_as_they_are_written(tmp_path: Path, written: str) -> None:
    records, report = given(tmp_path, {"montant": written})
    assert (grant_of(records).amount_eur, report.issues) == (Decimal("232000.5"), [])


def test_two_amounts_are_added_and_loans_are_not(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    header = (
        'Année;Nom de l\'organisme bénéficiaire;"Montant\nde la subvention de fonctionnement (1)";'
        '"Montant\nde la subvention d\'investissement (1)";"Montant du prêt\n(3)"\n'
    )
    path.write_bytes((header + "2018;4L AMIGOS;500,00;1 000,50;9 000,00\n").encode("cp1252"))
    records, report = load(path, 'nomAttribuant: "= Département de la Sarthe"\n')
    assert (grant_of(records).amount_eur, report.new) == (Decimal("1500.50"), ())
    assert (grant_of(records).start, grant_of(records).end) == ("2018", "2018")


def test_a_row_that_repeats_another_is_said_and_not_doubled(tmp_path: Path) -> None:
    records, report = given(tmp_path, {}, {}, {"referenceDecision": "other"})
    assert [type(one) for one in records].count(Alliance) == 2
    assert issues(report) == [("duplicate_id", "nomBeneficiaire", "LAVAL AERO SHOW", False)]


# Funders


def test_other_funders_are_members_too(tmp_path: Path) -> None:
    records, _ = given(
        tmp_path,
        {"nomAttribuant": "Région Bretagne", "idAttribuant": "23350001600040"},
        {"attribuantsCofinanceurs": "Région Bretagne,Ville de Laval , Fondation X"},
    )
    last = [one for one in records if isinstance(one, Alliance)][-1]
    parts = [one for one in records if isinstance(one, Membership) and one.alliance == last.iri]
    names = {one.iri: one.name for one in actors_of(records)}
    assert [(names[one.actor], one.role) for one in parts] == [
        ("Département de la Mayenne", "funder"),
        ("Région Bretagne", "funder"),
        ("Ville de Laval", "funder"),
        ("Fondation X", "funder"),
        ("LAVAL AERO SHOW", "beneficiary"),
    ]
    assert len(names) == 5
    assert actors_of(records)[3].territory == iris.territory("COM-53130")


@pytest.mark.parametrize(("status", "granted"), [("attribuée", 1), ("Attribué", 1), ("refusée", 0), ("ineligible", 0)])
def test_an_application_that_was_refused_is_no_grant(tmp_path: Path, status: str, granted: int) -> None:
    records, report = given(tmp_path, {"statutLabel": status})
    assert ([type(one) for one in records].count(Alliance), report.rows_loaded) == (granted, 1)


def test_the_list_of_the_state_names_ministries_and_towns(tmp_path: Path) -> None:
    path = tmp_path / "jaune.csv"
    text = (
        "SIREN;ASSOCIATION;IMPUTATION;Total des subventions;Détail des subventions\n"
        "490135456;LUDOTHEQUE - 06 MOUANS SARTOUX;;3 000;\n"
        "490135456;LUDOTHEQUE - 06 MOUANS SARTOUX;Premier ministre: 163 - Jeunesse et vie associative;;3 000\n"
        ";X - 06 NULLEPART;Premier ministre: 163 - Jeunesse et vie associative;;5\n"
        ";Total;;8;8\n"
    )
    path.write_bytes(text.encode("cp1252"))
    records, report = load(path, 'exerciceBudgetaire: "= 2010"\nformeJuridique: "= association"\n')
    assert (report.rows_read, report.rows_loaded, report.new) == (4, 4, ())
    first, ministry, _, association = records[:4]
    assert isinstance(first, Alliance)
    assert (first.description, first.amount_eur) == ("163 - Jeunesse et vie associative", Decimal(3000))
    assert (first.start, first.end) == ("2010", "2010")
    assert isinstance(ministry, Actor)
    assert (ministry.name, ministry.kind, ministry.territory) == ("Premier ministre", "state", None)
    assert isinstance(association, Actor)
    assert (association.name, association.kind, association.seat_as_stated) == (
        "LUDOTHEQUE",
        "association",
        "MOUANS SARTOUX",
    )
    assert association.territory == iris.territory("COM-06084")
    assert actors_of(records)[2].territory == iris.territory("DEP-06")


def test_grants_cover_a_part_of_the_territories_of_their_grantors(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("nomAttribuant,nomBeneficiaire\nRégion Bretagne,A\nFondation X,A\n", encoding="utf-8")
    opened = open_files("grants", {path.name: path})
    assert len(list(opened.records)) == 9
    assert (opened.source.coverage.partial, opened.source.coverage.complete) == (("REG-53",), ())


# Real files

MAPPINGS = {
    "dep49_maine-et-loire_versements.csv": 'nomAttribuant: "= Département de Maine-et-Loire"\n',
    "dep72_sarthe_associations_2018.csv": 'nomAttribuant: "= Département de la Sarthe"\n',
    "dep72_sarthe_conventions_2018.xls": 'nomAttribuant: "= Département de la Sarthe"\n',
    "etat_plf2012_jaune_associations_2010.csv": 'exerciceBudgetaire: "= 2010"\nformeJuridique: "= association"\n',
}
REAL: dict[str, tuple[int, int, dict[str, int]]] = {
    "dep44_loire-atlantique_2008-2019.csv": (
        18148, 17, {"bad_identifier": 5, "differs": 1639, "empty_value": 49, "natural_person": 11},
    ),
    "dep49_maine-et-loire_conventions.csv": (
        75, 0, {"bad_date": 16, "bad_identifier": 6, "differs": 2, "suspicious_text": 3},
    ),
    "dep49_maine-et-loire_versements.csv": (11843, 0, {"matched_by_name": 1222, "unknown_territory": 384}),
    "dep53_mayenne_2018.xlsx": (
        175, 2, {"bad_date": 2, "bad_identifier": 17, "differs": 11, "duplicate_id": 15, "empty_value": 4},
    ),
    "dep72_sarthe_associations_2018.csv": (
        1625, 1,
        {"bad_number": 1, "empty_value": 41, "guessed_encoding": 1, "matched_by_name": 1536, "unknown_territory": 88},
    ),
    "dep72_sarthe_conventions_2018.xls": (24, 0, {"bad_identifier": 3, "matched_by_name": 1}),
    "dep85_vendee_2017.csv": (23, 23, {"guessed_encoding": 1, "wrong_field_count": 23}),
    "dep85_vendee_2018.csv": (114, 114, {"bad_quote": 3, "guessed_encoding": 1, "wrong_field_count": 111}),
    "dep85_vendee_201901.csv": (6, 6, {"wrong_field_count": 6}),
    "dep85_vendee_201904.csv": (4, 4, {"wrong_field_count": 4}),
    "dep85_vendee_201905.csv": (1, 1, {"wrong_field_count": 1}),
    "dep85_vendee_201907.csv": (8, 8, {"wrong_field_count": 8}),
    "etat_plf2012_jaune_associations_2010.csv": (
        37679, 0,
        {
            "bad_identifier": 553, "duplicate_id": 1, "guessed_encoding": 1, "matched_by_name": 11147,
            "natural_person": 12, "unknown_territory": 743,
        },
    ),
    "etat_plf2020_nomenclature_programmes.csv": (0, 0, {"guessed_encoding": 1, "missing_column": 1}),
    "scdl_exemple_invalide_cellules.csv": (
        29, 0, {"bad_identifier": 53, "empty_value": 1, "matched_by_name": 2, "too_few_resolved": 1},
    ),
    "scdl_exemple_invalide_colonnes.csv": (
        29, 0, {"bad_identifier": 53, "empty_value": 1, "matched_by_name": 2, "too_few_resolved": 1},
    ),
    "scdl_exemple_valide.csv": (29, 3, {"bad_date": 1, "reversed_period": 3}),
    "toulouse-metropole_2022.csv": (
        396, 0, {"bad_identifier": 780, "matched_by_name": 1, "natural_person": 1, "too_few_resolved": 1},
    ),
}  # fmt: skip
"""Of each real file: rows, refused rows, and how often each reason was met."""


@pytest.mark.parametrize("name", REAL)
def test_real_files_load_to_the_row(shared: Path, tmp_path: Path, name: str) -> None:
    path = shared / "data" / "opendata" / "subventions" / name
    files = {name: path}
    if name in MAPPINGS:
        files[name + SUFFIX] = tmp_path / "mapping.yaml"
        files[name + SUFFIX].write_text(MAPPINGS[name], encoding="utf-8")
    records, reports = load_files("grants", files)
    report = reports[name]
    assert (report.rows_read, report.rows_quarantined, report.reasons) == REAL[name]
    assert report.new == ()
    assert len({one.iri for one in records}) == len(records)
