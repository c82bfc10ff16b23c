"""No word about a person outside a public role is loaded or copied, whichever source it comes in."""

import csv
import sys
from pathlib import Path

import pytest

from loaders.privacy import is_about_persons
from loaders.registry import Loader, all_loaders
from loaders.tabular import Columns
from ontology.provenance import FileReport
from ontology.records import Record
from tests import tree
from tests.loading import load_files

PERSON = "Ségolène Zyx"
FORMS = [
    pytest.param(name, form, id=f"{name}-{place}")
    for name, loader in all_loaders().items()
    for place, form in enumerate(loader.columns)
]
LETTERS = {
    "Nom du Président": "nomdupresident", "E-mail": "email", "Téléphone": "telephone", "Prénom": "prenom",
    "Contact mail": "contactmail", "Téléphone portable": "telephoneportable", "Prénom NOM": "prenomnom", "mél": "mel",
}  # fmt: skip


def write(path: Path, header: list[str], *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def everything(records: list[Record], reports: dict[str, FileReport]) -> str:
    return repr(records) + repr(reports)


@pytest.mark.parametrize("loader", [pytest.param(one, id=name) for name, one in all_loaders().items()])
def test_a_source_declares_the_columns_of_all_its_forms(loader: Loader) -> None:
    module = sys.modules[loader.load.__module__]
    declared = [one for one in vars(module).values() if isinstance(one, Columns)]
    assert list(loader.columns) == [
        one for one in declared if one != Columns(fields={"wanted": "key"}, required=("wanted",))
    ]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_what_is_personal_is_neither_loaded_nor_copied(name: str, form: Columns, tmp_path: Path) -> None:
    columns = list(dict.fromkeys([*form.fields, *form.ignored, *form.personal]))
    dropped = {one for one, personal in form.personal.items() if personal.treatment == "dropped"}
    header = [*columns, "Téléphone du trésorier", "E-mail"]
    for column in dropped & {*form.fields}:
        pytest.fail(f"{column} is dropped, and read")
    secret = [PERSON if one in dropped or one not in columns else f"x{place}" for place, one in enumerate(header)]
    file = write(tmp_path / "t.csv", header, secret, [*secret, PERSON], secret[:-1])
    files = {next(iter(all_loaders()[name].files), "t.csv"): file}
    records, reports = load_files(name, files)
    assert PERSON not in everything(records, reports)
    report = next(iter(reports.values()))
    if not report.file_refused:
        assert report.rows_read == report.rows_loaded + report.rows_quarantined


@pytest.mark.parametrize(("written", "letters"), LETTERS.items())
def test_columns_about_persons_are_known_by_their_names(written: str, letters: str, tmp_path: Path) -> None:
    assert is_about_persons(letters)
    file = write(tmp_path / "t.csv", ["id", "name", written, "colour"], ["", "A", PERSON, "red"])
    records, reports = load_files("organisations", {"t.csv": file})
    [refusal] = [one for one in reports["t.csv"].issues if one.refused]
    assert refusal.original == {"id": "", "name": "A", written: "", "colour": "red"}
    assert written in reports["t.csv"].new
    assert PERSON not in everything(records, reports)


@pytest.mark.parametrize(
    "letters",
    [
        "name",
        "titre",
        "adresse",
        "communepresidente",
        "telecom",
        "mobilite",
        "nomdelalliance",
        "adressedusiege",
        "nomcommune",
    ],
)
def test_other_columns_are_left_alone(letters: str) -> None:
    assert not is_about_persons(letters)


@pytest.mark.parametrize("words", ["dela", "demail", "adressemail", "dirigeantemail", "presidentetel", "nodeotel"])
def test_no_name_takes_long(words: str) -> None:
    for often in (5, 20, 1_000):
        assert not is_about_persons(words * often + "x")


@pytest.mark.parametrize(
    ("source", "header", "row"),
    [
        ("members", ["alliance", "actor"], ["Ronde", f"Mme {PERSON}"]),
        ("members", ["alliance", "actor", "actor_kind", "start"], ["Ronde", PERSON, "person", "not a date"]),
        ("organisations", ["id", "name"], ["1", f"Monsieur {PERSON}"]),
        ("organisations", ["id", "name", "type"], ["1", PERSON, "Personne"]),
        ("grants", ["nomAttribuant", "nomBeneficiaire", "montant"], ["Ville", f"M. {PERSON}", "1,234"]),
        ("grants", ["nomAttribuant", "nomBeneficiaire", "formeJuridique"], ["Ville", PERSON, "Personne physique"]),
        ("surveys", ["territory", "date", "result", "by"], ["DEP-48", "2026-01-01", "none", f"Mme {PERSON}"]),
    ],
)
def test_a_row_about_a_person_is_counted_and_forgotten(
    source: str, header: list[str], row: list[str], tmp_path: Path
) -> None:
    records, reports = load_files(source, {"t.csv": write(tmp_path / "t.csv", header, row)})
    report = reports["t.csv"]
    assert (report.rows_loaded, report.rows_quarantined, report.reasons["natural_person"]) == (1, 0, 1)
    assert PERSON not in everything(records, reports)


def test_a_person_needs_a_public_role(tmp_path: Path) -> None:
    header = ["id", "name", "kind", "public_role"]
    rows = [["a", PERSON, "person", ""], ["b", "Maire Untel", "person", "maire"]]
    records, reports = load_files("ecosystem", {"actors.csv": write(tmp_path / "actors.csv", header, *rows)})
    assert [one.key for one in records] == ["b"]
    assert PERSON not in everything(records, reports)


def test_the_documentation_lists_the_classes_of_all_columns() -> None:
    text = (tree.ROOT / "docs" / "personal-data.md").read_text(encoding="utf-8")
    table = text.split("<!-- columns -->\n")[1].split("<!-- /columns -->")[0].splitlines()[2:]
    assert table == [row for name, loader in all_loaders().items() if (row := documented(name, loader))]


def documented(name: str, loader: Loader) -> str | None:
    """The line of a source in the table of the documentation; none where no column is about persons."""
    classes: dict[str, list[str]] = {"dropped": [], "screened": [], "kept": []}
    for form in loader.columns:
        for column, personal in form.personal.items():
            classes[personal.treatment].append(column)
    cells = (", ".join(columns) or "–" for columns in classes.values())
    return f"| {name} | {' | '.join(cells)} |" if any(classes.values()) else None
