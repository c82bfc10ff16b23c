"""The two national registers, RNA and SIRENE, and the list of what is wanted of them."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Actor
from tests.loading import load_files, load_texts, open_files

WALDEC = (
    "id;siret;date_creat;date_disso;groupement;titre;titre_court;objet;adrs_codeinsee;adrg_declarant;siteweb;"
    "observation;position\n"
)
IMPORT = "id;siret;date_creat;groupement;titre;objet;adrs_codeinsee;observation;position\n"
UNITS = (
    "siren,statutDiffusionUniteLegale,dateCreationUniteLegale,sigleUniteLegale,identifiantAssociationUniteLegale,"
    "dateDebut,etatAdministratifUniteLegale,nomUniteLegale,denominationUniteLegale,categorieJuridiqueUniteLegale,"
    "nicSiegeUniteLegale,economieSocialeSolidaireUniteLegale\n"
)
SEATS = "siren,siret,etablissementSiege,codeCommuneEtablissement\n"
UNIT = "775544026,O,1990-01-02,AB,W012000002,2020-03-04,A,,ASSOCIATION B,9220,01284,\n"
COMPANY = "552100554,O,1955-01-01,,,2000-01-01,A,,AUTOMOBILES,5599,00013,N\n"


def load(tmp_path: Path, source: str, texts: Mapping[str, str]) -> tuple[list[Actor], dict[str, FileReport]]:
    records, reports = load_texts(source, tmp_path, texts)
    return [one for one in records if isinstance(one, Actor)], reports


# RNA


def test_an_association_has_its_number_dates_and_seat(tmp_path: Path) -> None:
    row = "W9T1002867;77554402601284;2014-06-12;2020-09-30;S;ESCALE;ESC;Étudier;97611;Mme X;www.esc.fr;;D\n"
    [actor], reports = load(tmp_path, "rna", {"w.csv": WALDEC + row})
    assert actor == Actor(
        source="rna",
        key="W9T1002867",
        name="ESCALE",
        acronym="ESC",
        kind="association",
        description="Étudier",
        territory=iris.territory("COM-97611"),
        founded="2014-06-12",
        dissolved="2020-09-30",
        website="http://www.esc.fr",
        siren="775544026",
        siret="77554402601284",
        rna="W9T1002867",
    )
    assert (reports["w.csv"].issues, reports["w.csv"].ignored) == ([], ("adrg_declarant",))


@pytest.mark.parametrize(
    ("siret", "siren", "reason"),
    [
        ("775544026", "775544026", {}),
        ("000000000", None, {}),
        ("00000000000000", None, {}),
        ("7,76E+13", None, {"bad_identifier": 1}),
        ("77554402600000", None, {"bad_identifier": 1}),
    ],
)
def test_only_a_whole_number_identifies(tmp_path: Path, siret: str, siren: str | None, reason: dict[str, int]) -> None:
    row = f"W012000002;{siret};0001-01-01;0001-01-01;U;A;A;;01004;;;;A\n"
    [actor], reports = load(tmp_path, "rna", {"w.csv": WALDEC + row})
    assert (actor.siren, actor.siret, actor.founded, actor.dissolved, actor.kind) == (
        siren,
        None,
        None,
        None,
        "network",
    )
    assert (actor.acronym, reports["w.csv"].reasons) == (None, reason)


def test_an_association_that_was_taken_over_is_one(tmp_path: Path) -> None:
    old = "751P00085568;;1988-04-15;S;INDIGO;musique;75114;W751085568;R\n031S1;;0001-01-01;S;ILETS;;03185;;D\n"
    new = "W751085568;;1988-04-15;0001-01-01;S;INDIGO !;;musique;75114;;;;A\n"
    actors, reports = load(tmp_path, "rna", {"a-import.csv": IMPORT + old, "z-waldec.csv": WALDEC + new})
    assert [(one.key, one.name, one.rna, one.dissolved) for one in actors] == [
        ("W751085568", "INDIGO !", "W751085568", None),
        ("031S1", "ILETS", None, None),
    ]
    assert actors[0].territory == iris.territory("COM-75056")
    assert {name: (one.rows_loaded, one.issues) for name, one in reports.items()} == {
        "a-import.csv": (2, []),
        "z-waldec.csv": (1, []),
    }


def test_what_is_wrong_in_the_rna_is_said(tmp_path: Path) -> None:
    rows = (
        "W012000002;;;;S;;;;01004;;;;A\nW012000003;;2020-13-01;;S;A;;;01004;;;;A\n"
        "W012000004;;;;S;A;;;99999;;;;A\nW012000005;;;;S;A;;;01004;;;;S\n"
    )
    actors, reports = load(tmp_path, "rna", {"w.csv": WALDEC + rows})
    assert [one.key for one in actors] == ["W012000004"]
    issues = [(one.row, one.code, one.column) for one in reports["w.csv"].issues[:3]]
    assert issues == [
        (2, "empty_value", "titre"),
        (3, "bad_date", "date_creat"),
        (4, "unknown_territory", "adrs_codeinsee"),
    ]


def test_the_coverage_says_which_departements_were_loaded(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text(WALDEC + "W1;;;;S;A;;;01004;;;;A\nW2;;;;S;B;;;2A004;;;;A\n", encoding="utf-8")
    loading = open_files("rna", {path.name: path})
    assert len(list(loading.records)) == 2
    assert loading.source.coverage.partial == ("DEP-01", "DEP-2A")


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ("W012000002", ["W012000002"]),
        ("77554402601284", ["W012000003"]),
        ("DEP-2A", ["W012000004"]),
        ("COM-01004", ["W012000002"]),
        ("nobody", []),
    ],
)
def test_a_list_says_what_is_wanted(tmp_path: Path, wanted: str, keys: list[str]) -> None:
    rows = "W012000002;;;;S;A;;;01004;;;;A\nW012000003;775544026;;;S;B;;;69123;;;;A\nW012000004;;;;S;C;;;2A004;;;;A\n"
    texts = {"list.csv": f"wanted\n{wanted}\n", "w.csv": WALDEC + rows}
    actors, reports = load(tmp_path, "rna", texts)
    assert [one.key for one in actors] == keys
    assert reports["w.csv"].rows_loaded == 3
    assert reports["list.csv"].reasons == ({} if keys else {"bad_identifier": 1})


@pytest.mark.parametrize(
    ("name", "rows", "first"),
    [
        ("rna_waldec_mayotte_extrait.csv", 4, "W9T1002867"),
        ("rna_waldec_extrait_ancien_41_colonnes.csv", 3, "W632007046"),
        ("rna_import_extrait_u-fffd.csv", 9, "W751085568"),
    ],
)
def test_the_published_extracts_of_the_rna_are_loaded_whole(shared: Path, name: str, rows: int, first: str) -> None:
    records, reports = load_files("rna", {name: shared / "data" / "opendata" / "rna" / name})
    report = reports[name]
    assert (report.rows_read, report.rows_loaded, report.new) == (rows, rows, ())
    assert set(report.reasons) <= {"suspicious_text"}
    assert (len(records), records[0].key) == (rows, first)
    assert all(isinstance(one, Actor) and one.territory for one in records)


# SIRENE


def test_a_legal_unit_is_seated_where_its_establishment_is(tmp_path: Path) -> None:
    seats = "775544026,77554402600001,false,69123\n775544026,77554402601284,true,01004\n"
    texts = {"units.csv": UNITS + UNIT, "establishments.csv": SEATS + seats}
    [actor], reports = load(tmp_path, "sirene", texts)
    assert actor == Actor(
        source="sirene",
        key="775544026",
        name="ASSOCIATION B",
        acronym="AB",
        kind="association",
        territory=iris.territory("COM-01004"),
        founded="1990-01-02",
        siren="775544026",
        siret="77554402601284",
        rna="W012000002",
    )
    assert {name: (one.rows_loaded, one.issues) for name, one in reports.items()} == {
        "units.csv": (1, []),
        "establishments.csv": (2, []),
    }


@pytest.mark.parametrize(
    "row",
    [
        UNIT.replace(",O,", ",P,"),
        UNIT.replace(",O,", ",N,"),
        UNIT.replace(",O,", ",,"),
        UNIT.replace("ASSOCIATION B", "[ND]"),
        UNIT.replace("9220", "1000"),
        UNIT.replace(",A,,", ",A,MARTIN,"),
        UNIT.replace("9220", ""),
    ],
)
@pytest.mark.parametrize("damage", ["", "\u200b", "\x01"])
def test_natural_persons_and_hidden_units_leave_no_trace(tmp_path: Path, row: str, damage: str) -> None:
    """Nor do those whose text looks odd, or could not be loaded."""
    row = row.replace("1990-01-02", f"1990-01-02{damage}")
    actors, reports = load(tmp_path, "sirene", {"units.csv": UNITS + row})
    assert (actors, reports["units.csv"].rows_loaded, reports["units.csv"].issues) == ([], 1, [])


def test_an_establishment_of_a_person_leaves_no_trace(tmp_path: Path) -> None:
    header = SEATS.replace("\n", ",enseigne1Etablissement\n")
    rows = "552100554,55210055400013,true,99999,CHEZ MARTIN\u200b\n775544026,77554402601284,true,01004,B\u200b\n"
    texts = {"units.csv": UNITS + UNIT, "seats.csv": header + rows}
    actors, reports = load(tmp_path, "sirene", texts)
    assert [one.territory for one in actors] == [iris.territory("COM-01004")]
    assert [(one.row, one.code) for one in reports["seats.csv"].issues] == [(3, "suspicious_text")]


def test_a_row_that_cannot_be_read_is_counted_and_not_copied(tmp_path: Path) -> None:
    _, reports = load(tmp_path, "sirene", {"units.csv": UNITS + "775544026,O,MARTIN\n"})
    [issue] = reports["units.csv"].issues
    assert (issue.code, issue.row, issue.refused, issue.original) == ("wrong_field_count", 2, True, {})


@pytest.mark.parametrize(
    ("category", "social", "kind"),
    [
        ("9230", "", "association"),
        ("5195", "", "association"),
        ("9300", "", "foundation"),
        ("7112", "", "state"),
        ("7210", "", "local_authority"),
        ("7344", "", "local_authority"),
        ("7382", "", "public_body"),
        ("7410", "", "public_body"),
        ("4110", "", "public_body"),
        ("5710", "O", "company"),
        ("5710", "N", None),
        ("5499", "", None),
    ],
)
def test_the_legal_category_decides_the_kind_and_who_is_loaded(
    tmp_path: Path, category: str, social: str, kind: str | None
) -> None:
    row = f"775544026,O,,,,,A,,B,{category},01284,{social}\n"
    actors, reports = load(tmp_path, "sirene", {"units.csv": UNITS + row})
    assert [one.kind for one in actors] == ([kind] if kind else [])
    assert reports["units.csv"].rows_loaded == 1


def test_a_ceased_unit_ended_when_its_last_state_began(tmp_path: Path) -> None:
    [actor], _ = load(tmp_path, "sirene", {"units.csv": UNITS + UNIT.replace(",A,", ",C,")})
    assert (actor.dissolved, actor.territory) == ("2020-03-04", None)


@pytest.mark.parametrize("wanted", ["552100554", "55210055400013", "DEP-78", "COM-78498"])
def test_a_company_is_loaded_where_it_is_wanted(tmp_path: Path, wanted: str) -> None:
    texts = {
        "list.csv": f"wanted\n{wanted}\n",
        "seats.csv": SEATS + "552100554,55210055400013,true,78498\n775544026,77554402601284,true,01004\n",
        "units.csv": UNITS + UNIT + COMPANY,
    }
    [actor], _ = load(tmp_path, "sirene", texts)
    assert (actor.key, actor.kind, actor.territory) == ("552100554", "company", iris.territory("COM-78498"))


def test_what_is_wrong_in_sirene_is_said(tmp_path: Path) -> None:
    rows = UNIT.replace("775544026", "775544027") + UNIT.replace("W012000002", "W12").replace("01284", "01285")
    seats = "775544026,77554402601284,true,99999\n"
    [actor], reports = load(tmp_path, "sirene", {"units.csv": UNITS + rows, "seats.csv": SEATS + seats})
    assert (actor.rna, actor.siret, actor.territory) == (None, None, None)
    assert [(one.row, one.column, one.refused) for one in reports["units.csv"].issues] == [
        (2, "siren", True),
        (3, "nicSiegeUniteLegale", False),
        (3, "identifiantAssociationUniteLegale", False),
    ]
    assert reports["seats.csv"].reasons == {"unknown_territory": 1, "too_few_resolved": 1}


def test_parquet_with_days_and_truths_says_the_same_as_csv(tmp_path: Path) -> None:
    texts = {"units.csv": UNITS + UNIT, "seats.csv": SEATS + "775544026,77554402601284,true,01004\n"}
    expected, _ = load(tmp_path, "sirene", texts)
    units = pl.read_csv(tmp_path / "units.csv", infer_schema=False).with_columns(
        pl.col("dateCreationUniteLegale").str.to_date()
    )
    seats = pl.read_csv(tmp_path / "seats.csv", infer_schema=False).with_columns(etablissementSiege=pl.lit(value=True))
    paths = {name: tmp_path / name for name in ("units.parquet", "seats.parquet")}
    units.write_parquet(paths["units.parquet"])
    seats.write_parquet(paths["seats.parquet"])
    assert load_files("sirene", paths)[0] == expected
    assert expected[0].territory == iris.territory("COM-01004")


RECENT_UNITS = (
    "siren,statutDiffusionUniteLegale,unitePurgeeUniteLegale,dateCreationUniteLegale,sigleUniteLegale,sexeUniteLegale,"
    "prenom1UniteLegale,prenom2UniteLegale,prenom3UniteLegale,prenom4UniteLegale,prenomUsuelUniteLegale,"
    "pseudonymeUniteLegale,identifiantAssociationUniteLegale,trancheEffectifsUniteLegale,anneeEffectifsUniteLegale,"
    "dateDernierTraitementUniteLegale,nombrePeriodesUniteLegale,categorieEntreprise,anneeCategorieEntreprise,dateDebut,"
    "etatAdministratifUniteLegale,nomUniteLegale,nomUsageUniteLegale,denominationUniteLegale,"
    "denominationUsuelle1UniteLegale,denominationUsuelle2UniteLegale,denominationUsuelle3UniteLegale,"
    "categorieJuridiqueUniteLegale,activitePrincipaleUniteLegale,nomenclatureActivitePrincipaleUniteLegale,"
    "nicSiegeUniteLegale,economieSocialeSolidaireUniteLegale,societeMissionUniteLegale,caractereEmployeurUniteLegale\n"
)


def test_the_columns_of_today_are_known(tmp_path: Path) -> None:
    row = (
        "775544026,O,,1990-01-02,AB,,,,,,,,W012000002,,,2024-01-01,1,PME,2021,2020-03-04,A,,,ASSOCIATION B,,,,9220,,,"
        "01284,,,N\n"
    )
    [actor], reports = load(tmp_path, "sirene", {"units.csv": RECENT_UNITS + row})
    assert (actor.name, actor.siret) == ("ASSOCIATION B", "77554402601284")
    assert (reports["units.csv"].new, reports["units.csv"].issues) == ((), [])


def test_the_published_headers_are_known(shared: Path) -> None:
    folder = shared / "data" / "opendata" / "sirene"
    records, reports = load_files("sirene", {path.name: path for path in folder.glob("*.csv")})
    assert (records, len(reports)) == ([], 2)
    assert all((one.new, one.issues, one.file_refused) == ((), [], False) for one in reports.values())
