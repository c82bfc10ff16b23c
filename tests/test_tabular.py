import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.cells import Row, is_web_address
from loaders.errors import FileError, RowError
from loaders.tabular import MAX_COLUMNS, Columns, open_table, refuse_control_characters
from ontology.provenance import FileReport

COLUMNS = Columns({"id": "key", "name": "name"}, required=("id", "name"), ignored={"extra": "not needed"})


def read(tmp_path: Path, content: bytes | str, columns: Columns = COLUMNS) -> tuple[list[Row], FileReport]:
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    report = FileReport("test", path.name, str(path))
    return list(open_table(path, columns, report).rows), report


def refused(report: FileReport) -> list[tuple[int, str]]:
    return [(issue.row, issue.code) for issue in report.issues if issue.refused]


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path: Path) -> None:
    rows, report = read(tmp_path, "id,name\n1,one\n\n2,two\n")
    assert [(row.number, row.text("id")) for row in rows] == [(2, "1"), (4, "2")]
    assert not report.issues


@pytest.mark.parametrize("content", ["﻿id,name\r\n1,é\r\n", "id;name\n1;é\n", "id\tname\n1\té\n", 'id,name\n1,"é"'])
def test_byte_order_marks_line_ends_and_delimiters(tmp_path: Path, content: str) -> None:
    rows, _ = read(tmp_path, content)
    assert [(row.text("id"), row.text("name")) for row in rows] == [("1", "é")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_refused"),
        (b"id\n1\n", "missing_column"),
        (b"id,name,id\n1,one,2\n", "duplicate_column"),
        ("id,name\n1,é\n".encode("cp850"), "wrong_encoding"),
        ("id,name\n1,é\n".encode("mac-roman"), "wrong_encoding"),
        ("id,name\n1,one\n".encode("utf-16-le"), "wrong_encoding"),
        (",".join(f"c{i}" for i in range(MAX_COLUMNS + 1)).encode(), "too_many_columns"),
        (b'id,"name\n1,one\n', "bad_quote"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, content)
    assert caught.value.code == code


def test_columns_are_used_ignored_or_reported_as_new(tmp_path: Path) -> None:
    _, report = read(tmp_path, "id,name,extra,surprise\n1,one,x,y\n")
    assert (report.used, report.ignored, report.new) == (("id", "name"), ("extra",), ("surprise",))
    assert report.reasons == {"new_column": 1}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("2", "wrong_field_count"),
        ("2,two,more", "wrong_field_count"),
        ('2,"two" more', "bad_quote"),
        ('2,"two', "unclosed_quote"),
    ],
)
def test_a_broken_row_is_kept_and_the_others_are_read(tmp_path: Path, line: str, code: str) -> None:
    rows, report = read(tmp_path, f"id,name\n1,one\n{line}\n")
    assert [row.text("id") for row in rows] == ["1"]
    assert refused(report) == [(3, code)]
    assert "two" in "".join(report.issues[0].original.values()) or code == "wrong_field_count"
    assert report.rows_quarantined == 1


def test_rows_after_a_broken_quote_are_read(tmp_path: Path) -> None:
    rows, report = read(tmp_path, 'id,name\n1,"one" x\n2,two\n')
    assert [row.text("id") for row in rows] == ["2"]
    assert refused(report) == [(2, "bad_quote")]


def test_below_a_quote_that_is_never_closed_nothing_is_trusted_and_nothing_lost(tmp_path: Path) -> None:
    rows, report = read(tmp_path, 'id,name\n0,zero\n1,"one\n2,two\n3,three\n')
    assert [row.text("id") for row in rows] == ["0"]
    assert refused(report) == [(3, "unclosed_quote"), (4, "unclosed_quote"), (5, "unclosed_quote")]
    assert [issue.original[""] for issue in report.issues] == ['1,"one\n', "2,two\n", "3,three\n"]


@pytest.mark.parametrize("later", ['3,"three"', '"3",three'])
def test_a_quote_that_is_closed_in_the_wrong_place_costs_its_own_row_only(tmp_path: Path, later: str) -> None:
    rows, report = read(tmp_path, f'id,name\n0,zero\n1,"one\n2,two\n{later}\n4,"four\nlines"\n')
    assert refused(report)[0] == (3, "unclosed_quote")
    assert [row.text("id") for row in rows if row.text("id") != "3"] == ["0", "2", "4"]
    assert len(rows) + report.rows_quarantined == 5


def test_a_nul_costs_its_own_row_only(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "id,name\n1,o\0ne\n2,two\n")
    assert [row.values for row in rows] == [("1", "o\0ne"), ("2", "two")]
    with pytest.raises(RowError) as caught:
        refuse_control_characters(rows[0])
    assert (caught.value.code, caught.value.column) == ("control_characters", "name")


def test_a_column_that_may_be_misspelt_is_named(tmp_path: Path) -> None:
    columns = Columns({"id": "key", "name": "name", "start": "start"}, required=("id", "name"))
    _, report = read(tmp_path, "id,name,debut\n1,one,2020\n", columns)
    assert [(issue.code, issue.column) for issue in report.issues] == [
        ("new_column", "debut"),
        ("absent_column", "start"),
    ]


def _row(**cells: str) -> Row:
    positions = {name: place for place, name in enumerate(cells)}
    return Row(2, tuple(cells.values()), positions, FileReport("test", "t.csv", "t.csv"))


@pytest.mark.parametrize("text", ["2023-02-31", "31/12/2020", "20", "2020-13", "２０２０", "2020-5-7"])
def test_dates_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(RowError) as caught:
        _row(day=text).date("day")
    assert (caught.value.code, caught.value.column, caught.value.value) == ("bad_date", "day", text)


@pytest.mark.parametrize("text", ["1_000", "１２", "nan", "1e5", "0x10", "1 000", "--1"])
def test_numbers_have_their_own_grammar(text: str) -> None:
    for read_number in (_row(n=text).integer, _row(n=text).decimal):
        with pytest.raises(RowError):
            read_number("n")


def test_a_decimal_comma_is_a_decimal_point() -> None:
    assert str(_row(n="8,5").decimal("n")) == "8.5"


def test_a_period_may_be_imprecise_but_not_reversed() -> None:
    assert _row(a="2020", b="2020-05").period("a", "b") == ("2020", "2020-05")
    with pytest.raises(RowError) as caught:
        _row(a="2021", b="2020-12").period("a", "b")
    assert caught.value.code == "reversed_period"


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "//x", "http://", "https://a b", "ftp://x", "http://[::1", "http://a.fr/%zz"]
)
def test_what_is_no_web_address_is_left_out_and_said(text: str) -> None:
    row = _row(url=f"https://a.fr|{text}")
    assert not is_web_address(text)
    assert row.addresses("url") == ("https://a.fr",)
    assert row.report.reasons == {"bad_address": 1}


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=8))
def test_what_python_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]]
) -> None:
    kept = [pair for pair in cells if not any(c in "\0\r" or "\ud800" <= c <= "\udfff" for c in "".join(pair))]
    stream = io.StringIO()
    csv.writer(stream).writerows([("id", "name"), *kept])
    rows, report = read(tmp_path_factory.mktemp("t"), stream.getvalue())
    assert [row.values for row in rows] == kept
    assert report.rows_quarantined == 0
