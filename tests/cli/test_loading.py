"""Commands on a user's own files: template, check, build."""

import json
import zipfile
from pathlib import Path

import pytest

from loaders.reading.foreign import open_foreign
from loaders.reading.raw import Hints
from loaders.registry import all_loaders
from tests.cli.conftest import Said

FILLED_IN = [name for name, one in all_loaders().items() if one.template]


@pytest.mark.parametrize("source", FILLED_IN)
def test_a_template_is_a_file_that_its_source_reads(said: Said, tmp_path: Path, source: str) -> None:
    status, _, err = said("sources", "template", source)
    assert (status, f"{source}.xlsx" in err) == (0, True)
    template = all_loaders()[source].template
    assert template is not None
    table = open_foreign(tmp_path / f"{source}.xlsx", Hints(source, template.required))
    assert (table.header, list(table.rows)) == (tuple(template.notes), [])
    status, out, _ = said("check", source, f"{source}.xlsx")
    assert (status, "nothing to remark" in out) == (0, True)


def test_the_sheet_explains_each_column_in_two_languages(said: Said, tmp_path: Path) -> None:
    said("sources", "template", "surveys", "--out", "t.xlsx")
    table = open_foreign(tmp_path / "t.xlsx", Hints("t.xlsx", ("Français", "English")))
    rows = [list(cells) for _, cells in table.rows]  # type: ignore[arg-type]
    template = all_loaders()["surveys"].template
    assert template is not None
    assert [row[0] for row in rows] == list(template.notes)
    assert all(row[2] and row[3] for row in rows)
    assert [row[0] for row in rows if row[1]] == list(template.required)


def test_a_template_is_always_the_same_and_overwrites_nothing(said: Said, tmp_path: Path) -> None:
    said("sources", "template", "members", "-o", "a.xlsx")
    said("sources", "template", "members", "-o", "b.xlsx")
    contents = []
    for name in ("a.xlsx", "b.xlsx"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            contents.append({part: archive.read(part) for part in archive.namelist()})
    assert contents[0] == contents[1]
    (tmp_path / "members.xlsx").write_text("mine", encoding="utf-8")
    status, _, err = said("sources", "template", "members")
    assert (status, "exists already" in err) == (2, True)
    assert (tmp_path / "members.xlsx").read_text(encoding="utf-8") == "mine"


def test_a_template_in_csv_and_none_of_what_nobody_fills_in(said: Said) -> None:
    status, out, _ = said("sources", "template", "organisations", "--out", "-")
    assert status == 0
    assert out.removeprefix("\ufeff").startswith("id;name;type;")
    status, _, err = said("sources", "template", "territories")
    assert (status, "members" in err) == (2, True)


def test_check_takes_a_mapping(said: Said, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("Réseau;Structure\nX;A\n", encoding="cp1252")
    (tmp_path / "m.yaml").write_text("alliance: Réseau\nactor: Structure\n", encoding="utf-8")
    status, out, _ = said("check", "members", "m.csv", "--mapping", "m.yaml", "--format", "json")
    answer = json.loads(out)
    assert status == 0
    assert (answer["rows_loaded"], answer["columns"]["used"]) == (1, ["Réseau", "Structure"])
    assert answer["reasons"] == {"guessed_encoding": 1}


def test_a_file_refused_as_a_whole_answers_too(said: Said, tmp_path: Path) -> None:
    (tmp_path / "m.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    status, out, _ = said("check", "members", "m.xlsx", "--format", "json")
    answer = json.loads(out)
    assert (status, answer["rows_read"], answer["reasons"]["file_refused"]) == (1, 0, 1)


def test_a_build_from_a_broken_file_publishes_nothing(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_territories: Path
) -> None:
    monkeypatch.setenv("ALLIANCES_HOME", str(tmp_path / "home"))
    (tmp_path / "m.csv").write_text("name\n1\n", encoding="utf-8")
    status, _, err = said("build", "members=m.csv", f"territories={small_territories}", "--only", "members")
    assert (status, "nothing was published" in err, "--allow-shrink members" in err) == (1, True, True)
    assert not (tmp_path / "home" / "current").exists()
    status, _, err = said("build", "--mapping", "members=none.yaml")
    assert (status, "does not exist" in err) == (2, True)
