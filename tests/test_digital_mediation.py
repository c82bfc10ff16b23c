"""Places of digital mediation."""

import json
from pathlib import Path

import pytest

from loaders.sources.mediation import COLUMNS
from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Actor, Platform, Programme, Record, Relation
from tests.loading import load_files

HEADER = (
    "id,pivot,nom,commune,code_postal,code_insee,courriels,site_web,services,presentation_resume,"
    "dispositif_programmes_nationaux\n"
)
PLACE = (
    "s1,77554402601284,Anonymal,Reims,51100,51454,a@b.fr,https://a.fr/|https://b.fr/,Aide|Accès internet,Un lieu,"
    "Aidants Connect|France Services\n"
)


def load(tmp_path: Path, rows: str) -> tuple[list[Record], FileReport]:
    path = tmp_path / "places.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    records, reports = load_files("mediation", {path.name: path})
    return records, reports[path.name]


def test_a_place_has_an_operator_and_programmes(tmp_path: Path) -> None:
    records, report = load(tmp_path, PLACE)
    place, operator, operates, *programmes = records
    assert place == Platform(
        source="mediation",
        key="s1",
        name="Anonymal",
        theme="Aide, Accès internet",
        territory=iris.territory("COM-51454"),
        website="https://a.fr/",
        note="Un lieu",
    )
    assert isinstance(operator, Actor)
    assert (operator.name, operator.siren, operator.siret) == ("Anonymal", "775544026", "77554402601284")
    assert isinstance(operates, Relation)
    assert (operates.subject, operates.relation, operates.object) == (operator.iri, "operates", place.iri)
    names = [one.name for one in programmes if isinstance(one, Programme)]
    assert names == ["Aidants Connect", "France Services"]
    assert (report.issues, report.new, report.ignored) == ([], (), ("courriels",))


def test_a_commune_runs_its_places_under_its_own_name(tmp_path: Path) -> None:
    rows = (
        "a,21510421700009,Médiathèque,Reims,51100,51454,,,,,\nb,21510421700009,Mairie annexe,Reims,51100,51454,,,,,\n"
    )
    records, report = load(tmp_path, rows)
    actors = [(one.name, one.kind) for one in records if isinstance(one, Actor)]
    assert (actors, report.issues) == ([("Reims", "local_authority")], [])
    assert len([one for one in records if isinstance(one, Platform)]) == 2


@pytest.mark.parametrize(
    ("row", "found", "reasons"),
    [
        ("a,W9T1002867,X,ST ETIENNE,42000,,,,,,", "COM-42218", {"matched_by_name": 1}),
        ("a,W9T1002867,X,Saint-Denis,97400,,,,,,", "COM-97411", {"matched_by_name": 1}),
        ("a,W9T1002867,X,Nowhere,42000,,,,,,", None, {"unknown_territory": 1}),
        ("a,W9T1002867,X,Lyon,69001,69381,,,,,", "COM-69123", {}),
        ("a,7756E+12,X,Lyon,69001,69381,,,,,", "COM-69123", {"bad_identifier": 1}),
    ],
)
def test_a_place_without_a_code_is_found_by_its_name(
    tmp_path: Path, row: str, found: str | None, reasons: dict[str, int]
) -> None:
    [place, *_], report = load(tmp_path, row + "\n")
    assert isinstance(place, Platform)
    assert place.territory == (found and iris.territory(found))
    assert {code: count for code, count in report.reasons.items() if code != "too_few_resolved"} == reasons


def test_a_place_said_twice_is_one_and_an_id_of_two_places_is_refused(tmp_path: Path) -> None:
    records, report = load(tmp_path, PLACE + PLACE + PLACE.replace("Anonymal", "Autre"))
    assert len([one for one in records if isinstance(one, Platform)]) == 1
    assert (report.rows_loaded, report.reasons) == (2, {"conflicting_duplicate": 1})


def test_every_column_of_the_standard_is_known(shared: Path) -> None:
    schema = shared / "data" / "opendata" / "schemas" / "mediation-numerique-1.0.1.json"
    columns = {one["name"] for one in json.loads(schema.read_text(encoding="utf-8"))["fields"]}
    assert columns == {*COLUMNS.fields, *COLUMNS.ignored, *COLUMNS.personal}
