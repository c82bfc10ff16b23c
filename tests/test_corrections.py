"""A quarantine file that was corrected, beside the file that its rows come from."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.quarantine import write_quarantine
from ontology.provenance import FileReport
from ontology.records import Actor, Alliance, Membership, Record
from tests.loading import load_files, load_texts

Line = dict[str, str]
Correct = Callable[[Line], None]

MEMBERS = (
    "alliance,actor,territory,actor_territory,role\n"
    "Pacte,Lux,nowhere,ailleurs,\n"
    "Pacte,Nox,COM-48095,COM-48095,\n"
    "Pacte,Rex,COM-48095,COM-48095,king\n"
)
GRANTS = (
    "nomAttribuant,idAttribuant,dateConvention,nomBeneficiaire,idBeneficiaire,objet,montant,nature\n"
    'Ville de Mende,,2020-03-01,Club Lux,"2,43E+13",Fete,1000,aide en numeraire\n'
)


def lines_of(report: FileReport, path: Path) -> list[Line]:
    write_quarantine(report, path)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def corrected(report: FileReport, path: Path, correct: Correct) -> Path:
    """The quarantine file of a report, each line corrected."""
    lines = lines_of(report, path)
    for line in lines:
        correct(line)
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(lines[0]))
        table.writeheader()
        table.writerows(lines)
    return path


def loaded(
    folder: Path, source: str, text: str, correct: Correct, name: str
) -> tuple[list[Record], dict[str, FileReport]]:
    """A file together with its corrected quarantine file."""
    _, reports = load_texts(source, folder, {"f.csv": text})
    return load_files(source, {"f.csv": folder / "f.csv", name: corrected(reports["f.csv"], folder / name, correct)})


def the_cell_of_the_line(line: Line) -> None:
    """In each line the cell that it is about, as hints ask for."""
    right = {"territory": "COM-48095", "actor_territory": "COM-75056", "role": "partner"}
    if line["_value"] in {"nowhere", "ailleurs", "king"}:
        line[line["_column"]] = right[line["_column"]]


def all_cells_at_once(line: Line) -> None:
    """All cells in the first line about a row, and nothing in the others."""
    if line["_column"] in {"territory", "role"} and line["_code"] != "differs":
        for column, wrong, right in (
            ("territory", "nowhere", "COM-48095"),
            ("actor_territory", "ailleurs", "COM-75056"),
            ("role", "king", "partner"),
        ):
            line[column] = right if line[column] == wrong else line[column]


@pytest.mark.parametrize("name", ["a.csv", "z.csv"])
@pytest.mark.parametrize("correct", [the_cell_of_the_line, all_cells_at_once])
def test_a_corrected_file_completes_the_load_whatever_its_name(tmp_path: Path, correct: Correct, name: str) -> None:
    records, reports = loaded(tmp_path, "members", MEMBERS, correct, name)
    (alliance,) = [one for one in records if isinstance(one, Alliance)]
    assert str(alliance.territory).endswith("COM-48095")
    seats = {one.name: str(one.territory)[-9:] for one in records if isinstance(one, Actor)}
    assert seats == {"Lux": "COM-75056", "Nox": "COM-48095", "Rex": "COM-48095"}
    assert len([one for one in records if isinstance(one, Membership)]) == 3
    assert [one.code for one in reports[name].issues] == []
    original = reports["f.csv"]
    assert (original.rows_loaded, original.rows_quarantined, original.rows_not_needed) == (2, 1, 2)


def test_a_grant_whose_number_is_corrected_is_still_one_grant(tmp_path: Path) -> None:
    def correct(line: Line) -> None:
        line["idBeneficiaire"] = "73282932000074"

    records, _ = loaded(tmp_path, "grants", GRANTS, correct, "fix.csv")
    (grant,) = [one for one in records if isinstance(one, Alliance)]
    assert grant.amount_eur == 1000
    assert "73282932000074" in {one.siret for one in records if isinstance(one, Actor)}


def test_a_correction_is_corrected_in_turn(tmp_path: Path) -> None:
    """The second quarantine still says which row of the first file it is about."""

    def half(line: Line) -> None:
        line["territory"] = line["territory"].replace("nowhere", "COM-48095")

    _, reports = loaded(tmp_path, "members", MEMBERS, half, "one.csv")
    again = lines_of(reports["one.csv"], tmp_path / "two.csv")
    assert {(line["_file"], line["_row"]) for line in again} == {("f.csv", "2"), ("f.csv", "4")}
    corrected(reports["one.csv"], tmp_path / "two.csv", the_cell_of_the_line)
    names = ("f.csv", "one.csv", "two.csv")
    records, reports = load_files("members", {name: tmp_path / name for name in names})
    assert {one.name: str(one.territory)[-9:] for one in records if isinstance(one, Actor)} == {
        "Lux": "COM-75056", "Nox": "COM-48095", "Rex": "COM-48095",
    }  # fmt: skip
    assert len([one for one in records if isinstance(one, Membership)]) == 3
    assert reports["two.csv"].issues == []


def test_a_corrected_file_alone_is_loaded_as_it_is(tmp_path: Path) -> None:
    _, reports = load_texts("members", tmp_path, {"f.csv": MEMBERS})
    fix = corrected(reports["f.csv"], tmp_path / "fix.csv", the_cell_of_the_line)
    records, reports = load_files("members", {"fix.csv": fix})
    assert sorted(one.name for one in records if isinstance(one, Actor)) == ["Lux", "Nox", "Rex"]
    assert reports["fix.csv"].rows_not_needed == 0
