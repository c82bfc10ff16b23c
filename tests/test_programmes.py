"""The territorial programmes of the State: contracts, and who is in them."""

import json
from pathlib import Path

import pytest

from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Actor, Alliance, Membership, Programme, Record, Relation
from tests.loading import load_files, open_files

POSTS = ("anct_adulte_relais_2023.json", "anct_postes_fonjep_2023.json")
"""What lies in the same folder and is read by another source."""


def feature(geometry: object = None, **properties: str | None) -> dict[str, object]:
    point = {"type": "Point", "coordinates": [2.5, 50.1]}
    return {"type": "Feature", "properties": properties, "geometry": geometry or point}


def contracts(tmp_path: Path, *features: dict[str, object]) -> tuple[list[Record], FileReport]:
    path = tmp_path / "list.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return load(path)


def rows(tmp_path: Path, text: str) -> tuple[list[Record], FileReport]:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return load(path)


def load(path: Path) -> tuple[list[Record], FileReport]:
    records, reports = load_files("programmes", {path.name: path})
    return records, reports[path.name]


def only(records: list[Record], kind: type[Record]) -> list[Record]:
    return [one for one in records if isinstance(one, kind)]


def issues(report: FileReport) -> list[tuple[int, str, str | None, str | None, bool]]:
    return [(one.row, one.code, one.column, one.value, one.refused) for one in report.issues]


def test_a_row_is_a_contract_of_a_programme_and_its_members(tmp_path: Path) -> None:
    listed = "Bouillante (97106); CA Grand Sud Caraïbe (249710070)"
    records, report = contracts(
        tmp_path,
        feature(id_territoire="pvd-1", lib_territoire="Bouillante", date_signature="2021-05-28", liste_geo=listed),
    )
    assert (report.rows_read, report.rows_loaded, report.issues) == (1, 1, [])
    alliance = Alliance(
        source="programmes",
        key="pvd-1",
        name="Petites villes de demain : Bouillante",
        kind="cooperation",
        start="2021-05-28",
    )
    commune = Actor(
        source="programmes",
        key="COM-97106",
        name="Bouillante",
        kind="local_authority",
        territory=iris.territory("COM-97106"),
        siren="219711066",
    )
    assert records[0] == Programme(
        source="programmes",
        key="pvd",
        name="Petites villes de demain",
        name_en="Petites villes de demain (small towns)",
        kind="programme",
    )
    assert records[1] == alliance
    assert records[2] == Relation(
        source="programmes",
        key="pvd-1|implements|pvd",
        subject=alliance.iri,
        relation="implements",
        object=records[0].iri,
        basis="stated",
    )
    assert records[3] == commune
    assert records[4] == Membership(
        source="programmes",
        key="pvd-1|COM-97106|member",
        alliance=alliance.iri,
        actor=commune.iri,
        role="member",
        start="2021-05-28",
        period_basis="inferred",
    )
    assert [one.key for one in records[5:]] == ["EPCI-249710070", "pvd-1|EPCI-249710070|member"]


@pytest.mark.parametrize(
    ("listed", "territory", "scope"),
    [
        ("Abbeville (80001)", "COM-80001", "commune"),
        ("Château-Chinon (Ville) (58062)", "COM-58062", "commune"),
        ("Paris 10e (75110)", "COM-75056", "commune"),
        ("CA du Pays Basque (200067106)", "EPCI-200067106", "epci"),
        ("Angers (49007); Trélazé (49353)", "DEP-49", "departement"),
        ("Abbeville (80001); Angers (49007)", None, None),
    ],
)
def test_a_contract_is_where_its_members_are(
    tmp_path: Path, listed: str, territory: str | None, scope: str | None
) -> None:
    records, report = contracts(tmp_path, feature(id_territoire="cde-1", lib_territoire="X", liste_geo=listed))
    alliance = only(records, Alliance)[0]
    assert isinstance(alliance, Alliance)
    assert (alliance.territory, alliance.scope) == (territory and iris.territory(territory), scope)
    assert report.issues == []


@pytest.mark.parametrize(
    ("code", "name"),
    [("12076", "Conques-en-Rouergue"), ("210401261", "Montclar"), ("200057958", "Paris - Vallée de la Marne")],
)
def test_former_codes_and_register_numbers_lead_to_the_territory_of_today(tmp_path: Path, code: str, name: str) -> None:
    records, report = contracts(tmp_path, feature(id_territoire="va-1", lib_territoire="X", liste_geo=f"X ({code})"))
    actor = only(records, Actor)[0]
    assert isinstance(actor, Actor)
    assert name in actor.name
    assert report.issues == []


def test_what_the_reference_does_not_know_is_reported_and_keeps_its_name(tmp_path: Path) -> None:
    listed = "PETR Sud Lozère (200077758); Lezoux – Thiers (ti-8408)"
    records, report = contracts(tmp_path, feature(id_territoire="amm-1", lib_territoire="X", liste_geo=listed))
    assert issues(report)[:2] == [
        (2, "unknown_territory", "liste_geo", "200077758", False),
        (2, "unknown_territory", "liste_geo", "ti-8408", False),
    ]
    (actor,) = only(records, Actor)
    assert isinstance(actor, Actor)
    assert (actor.name, actor.siren, actor.territory) == ("PETR Sud Lozère", "200077758", None)


def test_a_place_is_located_in_a_commune_which_is_no_member(tmp_path: Path) -> None:
    properties = {"liste_geo": "Ambérieu-en-Bugey (01004)", "id_geo": "01004", "lib_geo": "Ambérieu-en-Bugey"}
    records, report = contracts(
        tmp_path,
        feature(id_territoire="fs-634", lib_territoire="NA", **properties),
        feature(id_territoire="fabt-59", lib_territoire="LAB 01", **properties),
    )
    assert (report.new, report.issues) == ((), [])
    house, place = only(records, Alliance)
    assert isinstance(house, Alliance)
    assert isinstance(place, Alliance)
    assert (house.name, place.name) == ("France services : Ambérieu-en-Bugey", "Fabrique de territoire : LAB 01")
    assert house.territory == place.territory == iris.territory("COM-01004")
    (holder,) = only(records, Actor)
    (membership,) = only(records, Membership)
    assert isinstance(holder, Actor)
    assert isinstance(membership, Membership)
    assert (holder.name, membership.role, membership.alliance) == ("LAB 01", "operator", place.iri)


def test_a_row_a_member_is_read_as_well(tmp_path: Path) -> None:
    text = (
        "CODGEO,LIBGEO,id_crte,lib_crte\n"
        "21054,Beaune,c-1,X\n"
        "21001,Agencourt,crte-27-21-11,CRTE du Pays Beaunois\n"
        "21054,Beaune,crte-27-21-11,CRTE du Pays Beaunois\n"
    )
    records, report = rows(tmp_path, text)
    assert issues(report) == [(2, "unknown_value", "id_territoire", "c-1", True)]
    (alliance,) = only(records, Alliance)
    assert isinstance(alliance, Alliance)
    assert (alliance.name, alliance.territory) == ("CRTE du Pays Beaunois", None)
    assert [one.key for one in only(records, Actor)] == ["COM-21001", "COM-21054"]
    assert len(only(records, Membership)) == 2


def test_the_names_of_2026_are_known(tmp_path: Path) -> None:
    text = "id_ti,lib_ti,siren_groupement,lib_groupement\nti-0101,Basse-Terre,249710062,CA du Nord Basse-Terre\n"
    records, report = rows(tmp_path, text)
    assert (report.new, report.issues) == ((), [])
    assert [one.key for one in only(records, Actor)] == ["EPCI-249710062"]


def test_a_city_contract_is_named_after_its_member(tmp_path: Path) -> None:
    text = "codgeo,code_cv,lib_cv,insee_dep,pop\n240200618,CV008,02 - CC de la Région de Château Thierry,02,1568\n"
    records, report = rows(tmp_path, text)
    assert [one.code for one in report.issues] == ["unknown_territory", "too_few_resolved"]
    (alliance,), (actor,) = only(records, Alliance), only(records, Actor)
    assert isinstance(alliance, Alliance)
    assert isinstance(actor, Actor)
    assert alliance.name == "Contrat de ville : CC de la Région de Château Thierry"
    assert (actor.name, actor.siren) == ("CC de la Région de Château Thierry", "240200618")


def test_a_contract_that_stands_twice_is_one(tmp_path: Path) -> None:
    first = {"id_territoire": "amm-1", "lib_territoire": "A", "liste_geo": "Abbeville (80001)"}
    records, report = contracts(
        tmp_path, feature(**first), feature(**first), feature(**first | {"lib_territoire": "B", "liste_geo": None})
    )
    assert (report.rows_loaded, len(only(records, Alliance)), len(only(records, Membership))) == (3, 1, 1)
    assert issues(report) == [(4, "differs", "lib_territoire", "B", False)]


@pytest.mark.parametrize("listed", ["Abbeville", "Abbeville 80001; Angers (49007)", "(80001"])
def test_a_list_that_cannot_be_taken_apart_refuses_the_row(tmp_path: Path, listed: str) -> None:
    records, report = contracts(tmp_path, feature(id_territoire="acv-1", lib_territoire="X", liste_geo=listed))
    assert (records, report.rows_quarantined) == ([], 1)
    assert report.issues[0].column == "liste_geo"


def test_lists_of_one_region_cover_its_departements(tmp_path: Path) -> None:
    path = tmp_path / "crte.csv"
    path.write_text("CODGEO,id_crte,lib_crte\n21001,crte-1,A\n71014,crte-2,B\n", encoding="utf-8")
    opened = open_files("programmes", {path.name: path})
    assert len(list(opened.records)) == 9
    assert opened.source.coverage.partial == ("DEP-21", "DEP-71")
    assert opened.source.coverage.complete == ()


def test_the_lists_of_the_agency_load_to_the_row(shared: Path) -> None:
    folder = shared / "data" / "opendata" / "programmes"
    files = {path.name: path for path in folder.iterdir() if path.name not in POSTS}
    records, reports = load_files("programmes", files)
    assert {name: (one.rows_read, one.rows_quarantined, one.new) for name, one in reports.items()} == {
        name: (rows, 0, ())
        for name, rows in {
            "anct_acv.geojson": 232, "anct_ami.geojson": 61, "anct_amm.geojson": 200, "anct_cde.geojson": 91,
            "anct_citeduc.geojson": 189, "anct_contrats_de_ville_centres.geojson": 434, "anct_fabp.geojson": 19,
            "anct_fabt.geojson": 342, "anct_fs.geojson": 2519, "anct_pvd.geojson": 1645, "anct_ti.geojson": 183,
            "anct_va.geojson": 2498, "crte_communes_bfc_2021.csv": 3702,
        }.items()
    }  # fmt: skip
    unknown = {name: one.reasons.get("unknown_territory", 0) for name, one in reports.items()}
    assert {name: count for name, count in unknown.items() if count} == {
        "anct_ami.geojson": 19, "anct_amm.geojson": 8, "anct_fabp.geojson": 1,
        "anct_contrats_de_ville_centres.geojson": 172,
    }  # fmt: skip
    assert len(only(records, Alliance)) == 8382
    assert len({one.iri for one in records}) == len(records)
