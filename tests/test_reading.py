"""Files of every format, sound and hostile, through the process that reads them."""

import csv
import datetime
import gzip
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from loaders.errors import FileError
from loaders.reading.foreign import LIMITS, Limits, open_foreign
from loaders.reading.objects import parse
from loaders.reading.opening import open_raw
from loaders.reading.raw import MAX_COLUMNS, MAX_SHEET_ROWS, Broken, Hints, RawRow

Read = tuple[tuple[str, ...], list[RawRow], list[str]]


def read(path: Path, *required: str, limits: Limits = LIMITS) -> Read:
    """Header, rows and remarks of a file, read in a child process."""
    table = open_foreign(path, Hints(path.name, required), limits)
    return table.header, list(table.rows), [one.code for one in table.remarks]


def refused(path: Path, limits: Limits = LIMITS) -> tuple[str, str]:
    with pytest.raises(FileError) as caught:
        read(path, limits=limits)
    return caught.value.code, caught.value.detail


def workbook(path: Path, *sheets: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for rows in sheets:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for place, value in enumerate(row):
                sheet.write(at, place, value, *([day] if isinstance(value, datetime.date) else []))
    book.close()
    return path


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The archive with every part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, change(name, content))
    return path


# Text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"id{delimiter}name\r\n1{delimiter}Fédération à Orléans\r\n".encode(encoding))
    header, rows, remarks = read(path, "id")
    assert (header, rows) == (("id", "name"), [(2, ["1", "Fédération à Orléans"])])
    assert remarks == (["guessed_encoding"] if encoding in ("cp1252", "latin-1") else [])


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman", "utf-16-le", "utf-16-be"])
def test_an_encoding_that_nothing_speaks_for_is_refused(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("id,name\n1,Fédération des élus\n".encode(encoding))
    assert refused(path)[0] == "wrong_encoding"


def test_lines_of_two_encodings_are_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("id,name\n1,Vendée\n".encode("cp1252") + "2,Comité « café »\n".encode())
    assert read(path)[1:] == ([(2, ["1", "Vendée"]), (3, ["2", "Comité « café »"])], ["guessed_encoding"])


def test_an_accent_before_a_hard_space_is_no_letter_of_another_script(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("id,name\n1,« CAFÉ\xa0»\n2,élus\n".encode("cp1252"))
    assert [cells for _, cells in read(path)[1]] == [["1", "« CAFÉ\xa0»"], ["2", "élus"]]


def test_a_header_may_span_lines_and_lack_names(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id;"Montant\nen euros";;\n1;2;3;4\n', encoding="utf-8")
    assert read(path)[:2] == (("id", "Montant en euros", "(3)", "(4)"), [(2, ["1", "2", "3", "4"])])


def test_gzip_is_unpacked_and_counted(tmp_path: Path) -> None:
    sound, cut, bomb = tmp_path / "t.csv.gz", tmp_path / "cut.csv.gz", tmp_path / "bomb.csv.gz"
    sound.write_bytes(gzip.compress(b"id,name\n1,one\n"))
    cut.write_bytes(gzip.compress(os.urandom(5000).hex().encode())[:-100])
    bomb.write_bytes(gzip.compress(b"id,name\n" + b"1,one\n" * 20_000_000, 9))
    assert read(sound)[1] == [(2, ["1", "one"])]
    assert refused(cut)[0] == "file_refused"
    assert "unpacks to more" in refused(bomb)[1]


# Spreadsheets


def test_a_sheet_says_what_was_typed(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["id", "year", "day", "amount", "true"],
        ["007", 2020, datetime.date(2020, 5, 7), 1234.5, True],
        [],
        ["é", 2.43e13, "", 1e16, False],
    ]
    header, found, _ = read(workbook(tmp_path / "t.xlsx", rows))
    assert header == ("id", "year", "day", "amount", "true")
    assert found == [
        (2, ["007", "2020", "2020-05-07", "1234.5", "true"]),
        (4, ["é", "24300000000000", "", "1e+16", "false"]),
    ]


def test_the_table_is_found_below_its_title_and_on_its_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["notes"], ["id is a number"]], [["A title"], [], ["Name", "ID"], ["one", 1]])
    assert read(path, "id", "name") == (("Name", "ID"), [(4, ["one", "1"])], [])


def test_another_sheet_that_has_the_columns_is_reported(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["id"], [1]], [["id"], [2]])
    assert read(path, "id")[1:] == ([(2, ["1"])], ["sheet_not_read"])


def test_an_old_workbook_is_read(shared: Path) -> None:
    path = shared / "data" / "opendata" / "subventions" / "dep72_sarthe_conventions_2018.xls"
    header, rows, _ = read(path, "Bénéficiaire", "montant")
    assert header == (
        *("Date de décision", "Dossier - Code", "Bénéficiaire", "Code SIRET", "Dossier", "Montant", "nature"),
    )
    assert (rows[0][0], len(rows)) == (5, 24)
    assert not isinstance(rows[0][1], Broken)
    assert rows[0][1][3:6:2] == ["39295608200011", "582500"]


def test_a_sheet_may_not_be_endless(tmp_path: Path) -> None:
    many = workbook(tmp_path / "rows.xlsx", [["id"]])
    last = f'<row r="{MAX_SHEET_ROWS + 2}"><c r="A{MAX_SHEET_ROWS + 2}"><v>1</v></c></row></sheetData>'
    repacked(many, lambda _, content: content.replace(b"</sheetData>", last.encode()))
    wide = workbook(tmp_path / "wide.xlsx", [[f"c{place}" for place in range(MAX_COLUMNS + 1)]])
    assert (refused(many)[0], refused(wide)[0]) == ("too_many_rows", "too_many_columns")


def test_a_far_cell_costs_its_own_file_only(tmp_path: Path) -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = repacked(
        workbook(tmp_path / "t.xlsx", [["id"], ["1"]]), lambda _, content: content.replace(b"</sheetData>", far)
    )
    assert refused(path)[0] in ("too_many_rows", "too_many_columns", "reader_stopped")


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = repacked(
        workbook(tmp_path / "t.xlsx", [["id"]]),
        lambda name, content: content + b" " * 50_000_000 if name.endswith("sheet1.xml") else content,
    )
    assert "unpacks to" in refused(path)[1]


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    declared = b"<!-- --><!DOCTYPE worksheet [<!ENTITY a 'aaaa'>]><worksheet"
    path = repacked(
        workbook(tmp_path / "t.xlsx", [["id"]]), lambda _, content: content.replace(b"<worksheet", declared, 1)
    )
    assert "DOCTYPE" in refused(path)[1]


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04" + b"\0" * 100, b"\xd0\xcf\x11\xe0" + b"\0" * 1000, b"PAR1" + b"\0" * 100, b"%PDF-1.7\n", b"<html>"],
)
def test_what_only_looks_like_a_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert refused(path)[0] in ("file_refused", "reader_stopped")


# JSON and Parquet


def test_objects_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    listed = [{"id": 1, "to": [{"name": "A"}, {"name": "B"}]}, {"id": "2", "tags": ["x", "y"], "big": None}]
    path.write_text(json.dumps({"version": 1, "grants": listed}).replace("1}", "1e400}"), encoding="utf-8")
    header, rows, _ = read(path)
    assert header == ("id", "to.0.name", "to.1.name", "tags", "big")
    assert rows == [(2, ["1", "A", "B", "", ""]), (3, ["2", "", "", "x|y", ""])]


def test_places_of_geojson_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.geojson"
    feature = {"type": "Feature", "properties": {"id": "a"}, "geometry": {"type": "Point", "coordinates": [1.5, 2]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    assert read(path)[:2] == (
        ("type", "id", "geometry.type", "geometry.coordinates"),
        [(2, ["Feature", "a", "Point", "1.5|2"])],
    )


def test_outlines_of_geojson_are_no_cells(tmp_path: Path) -> None:
    path = tmp_path / "t.geojson"
    ring = [[place / 1000, place / 1000] for place in range(1000)]
    shapes = [{"type": "Polygon", "coordinates": [ring]}, {"type": "GeometryCollection", "geometries": []}, None]
    features = [{"type": "Feature", "properties": {"id": "a"}, "geometry": shape} for shape in shapes]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    header, rows, _ = read(path)
    assert header == ("type", "id", "geometry.type", "geometry.geometries", "geometry")
    assert [cells[:3] for _, cells in rows if not isinstance(cells, Broken)] == [
        ["Feature", "a", "Polygon"], ["Feature", "a", "GeometryCollection"], ["Feature", "a", ""],
    ]  # fmt: skip


def test_a_line_that_was_cut_costs_itself(shared: Path) -> None:
    rows = read(shared / "torture" / "json" / "own" / "ndjson_cut.jsonl")[1]
    assert [isinstance(cells, Broken) for _, cells in rows] == [False, True]


def outcome(path: Path) -> str:
    """What becomes of a file: the code of its refusal, `broken` where a row is, else `sound`."""
    try:
        rows = read(path)[1]
    except FileError as error:
        return error.code
    return "broken" if any(isinstance(cells, Broken) or "\0" in "".join(cells) for _, cells in rows) else "sound"


def test_hostile_json_is_refused_or_kept_as_written(shared: Path) -> None:
    outcomes = {path.stem: outcome(path) for path in (shared / "torture" / "json" / "own").glob("*.json")}
    sound = dict.fromkeys(("int64_overflow", "proto", "bom", "big_int"), "sound")
    broken = dict.fromkeys(("lone_surrogate", "nul_escape"), "broken")
    assert outcomes == dict.fromkeys(outcomes, "bad_json") | sound | broken


def test_the_json_suite(shared: Path) -> None:
    """`y_` is accepted, `n_` refused; a name that stands twice is refused on purpose."""
    wrong = set()
    for path in sorted((shared / "torture" / "json" / "JSONTestSuite").glob("*.json")):
        try:
            parse(path.read_bytes().decode())
            accepted = True
        except ValueError:
            accepted = False
        if (path.name[0], accepted) in (("y", False), ("n", True)):
            wrong.add(path.name)
    assert wrong == {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}


def test_parquet_is_text(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame(
        {"id": ["01", None], "day": [datetime.date(2020, 5, 7), None], "n": [1.5, 2.0], "many": [["a", "b"], []]}
    ).write_parquet(path)
    assert read(path)[:2] == (
        ("id", "day", "n", "many"),
        [(2, ["01", "2020-05-07", "1.5", "a|b"]), (3, ["", "", "2.0", ""])],
    )


# The process


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process from the network")
def test_the_child_has_no_network() -> None:
    code = (
        "import os, socket\n"
        "from loaders.reading.child import _restrict\n"
        "_restrict({'parent': os.getppid(), 'memory_bytes': 1 << 30, 'cpu_seconds': 10})\n"
        "socket.socket()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr or "OSError" in done.stderr


def test_a_file_that_eats_memory_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text("[" + ",".join(['{"a":"b"}'] * 1_000_000) + "]", encoding="ascii")
    assert refused(path, Limits(memory_bytes=64 << 20)) == ("reader_stopped", "memory")


def test_a_file_that_eats_time_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,name\n" + "1,one\n" * 8_000_000, encoding="ascii")
    assert refused(path, Limits(cpu_seconds=1)) == ("reader_stopped", "time")


def test_a_silent_child_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,name\n1,one\n", encoding="ascii")
    code, detail = refused(path, Limits(silent_seconds=0))
    assert (code, detail) == ("reader_stopped", "no row in 0 s")


def test_a_table_that_is_given_up_leaves_no_process(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,name\n" + "1,one\n" * 500_000, encoding="ascii")
    table = open_foreign(path, Hints(path.name))
    assert next(table.rows) == (2, ["1", "one"])
    table.close()
    assert len(list(table.rows)) < 100_000  # what was in the pipe


# Suites of others


def test_csv_spectrum_exactly(shared: Path) -> None:
    folder = shared / "torture" / "csv" / "csv-spectrum"
    compared = 0
    for path in sorted((folder / "csvs").glob("*.csv")):
        expected = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        header, rows, _ = read(path)
        found = [dict(zip(header, cells, strict=True)) for _, cells in rows if not isinstance(cells, Broken)]
        if path.stem == "location_coordinates":  # its answer is one object, with another phone number
            expected = [expected | {"Contact Phone Number": "2095257564"}]
        assert found == expected, path.name
        compared += 1
    assert compared == 12


def test_duckdb_s_files_neither_crash_nor_lose_a_line(shared: Path) -> None:
    """Where no quotation mark joins lines, every line below the header that is not blank is a row."""
    counted = 0
    for path in sorted((shared / "torture" / "csv" / "duckdb").rglob("*.*sv*")):
        try:
            with path.open("rb") as stream:
                rows = list(open_raw(stream, Hints(path.name)).rows)
        except FileError:
            continue
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        try:
            text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
        if '"' not in text:
            assert len(rows) == len([line for line in text.split("\n")[1:] if line]), path.name
            counted += 1
    assert counted > 50


def test_duckdb_s_fuzzed_files_do_not_hurt_the_child(shared: Path) -> None:
    paths = sorted((shared / "torture" / "csv" / "duckdb" / "fuzzing").iterdir())
    outcomes = [outcome(path) for path in paths[::12]]
    assert outcomes
    assert "reader_stopped" not in outcomes


def test_python_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [["id", "text"], ["1", 'a "quoted" word'], ["2", "two\nlines"], ["3", "com,ma"]]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    assert [cells for _, cells in read(path)[1]] == rows[1:]
