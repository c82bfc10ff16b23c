"""Rows that are read, stored and written many at once give what the same rows give one by one, to the bit."""

import csv
import gzip
import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from api.pipeline import Plan, build_generation
from graph.home import Home
from graph.tables import Origins, RecordTables
from loaders import in_columns
from loaders.cells import Row
from loaders.in_columns import Cells, CellValues
from loaders.sources.members import COLUMNS
from ontology import iris
from ontology.column_lines import lines_of_columns, periods
from ontology.loads import Batch, Kind, RecordColumns
from ontology.provenance import FileReport, Layout, Loaded
from ontology.rdf import lines_of
from ontology.records import Actor, Alliance, Membership, Record
from tests.loading import open_files
from tests.strategies import texts

CELLS = {
    "alliance": ["Pacte", "Pacte  de\u00a0l’été", "pacte", "Pacte de l’e\u0301te\u0301", "", "Ã©té", "<b>x</b>\n& y"],
    "actor": ["A", "Les Élans", '"', "M. Jean Dupont", "B\u200b", "Château", "a" * 300, "\u0001", "=1+1"],
    "alliance_id": ["", "", "l1", "l|2", "2,43E+13", "é/%"],
    "actor_id": ["", "", "a1", "a:2"],
    "alliance_kind": ["", "cooperation", "coopération", "nothing"],
    "actor_kind": ["", "association", "public_body", "person", "particulier", "Entreprise"],
    "role": ["", "", "partner", "chef de file", "king"],
    "start": ["", "2020", "2020-05", "07/05/2020", "2020-02-30", "9999", "43831"],
    "end": ["", "", "2021", "2019-12-31", "1700"],
    "territory": ["", "COM-48095", "48", "75110", "Mende", "nowhere", "REG-76"],
    "actor_territory": ["", "COM-75056", "DEP-48", "Nulle part"],
    "targets": ["", "17.17", "17.17|11", "99", "11 | 11"],
    "source_url": [
        "",
        "https://example.org/é",
        "https://example.org/1|https://example.org/2",
        "nothing",
        "x|https://a.fr",
    ],
}
CLEAN = {name: cells[:2] for name, cells in CELLS.items()} | {
    "alliance": ["Pacte", "Pacte  de\u00a0l’été"],
    "source_url": ["https://example.org/é", "https://example.org/1|https://example.org/2"],
}
ROWS = st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()})
CLEAN_ROWS = st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CLEAN.items()})


def write_rows(file: Path, rows: list[dict[str, str]], extra: str = "") -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(CELLS))
        table.writeheader()
        table.writerows(rows)
        stream.write(extra)
    return file


def loaded(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, *, at_once: int
) -> tuple[list[Loaded], list[FileReport], int]:
    """The records, the reports, and how many batches there were; `at_once` 0: row by row."""
    monkeypatch.setattr(in_columns, "ROWS_AT_ONCE", at_once or 1000)
    monkeypatch.setattr(in_columns, "FEWEST_ROWS", 1 if at_once else 10**9)
    load = open_files("members", files, foreign=False)
    items = list(load.items)
    load.items = items
    return list(load.records), load.files, sum(isinstance(one, Batch) for one in items)


@settings(deadline=None)  # the first time, the territories are read
@given(st.lists(ROWS | CLEAN_ROWS, max_size=30), st.lists(CLEAN_ROWS, max_size=9), st.integers(1, 12))
def test_members_are_the_same_read_at_once_or_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, one: list[dict[str, str]], other: list[dict[str, str]], at_once: int
) -> None:
    folder = tmp_path_factory.mktemp("m")
    files = {"a.csv": write_rows(folder / "a.csv", one, "x,y\n"), "b.csv": write_rows(folder / "b.csv", other)}
    with pytest.MonkeyPatch.context() as monkeypatch:
        by_row, by_row_reports, none = loaded(files, monkeypatch, at_once=0)
        many, many_reports, some = loaded(files, monkeypatch, at_once=at_once)
    assert many == by_row
    assert many_reports == by_row_reports
    assert none == 0
    assert some >= bool(other)


def test_what_cells_come_to_is_kept_for_the_next_rows_until_there_is_too_much() -> None:
    read: list[str] = []

    def length(row: Row) -> list[int]:
        read.append(row.values[0])
        return [len(row.required("name"))]

    values = CellValues(["name"], {"length": pl.Int64()}, length, kept=3)
    report = FileReport("members", "m.csv", "")
    for texts_given, expected, newly_read in (
        (["a", "bb", "a"], [1, 2, 1], ["a", "bb"]),
        (["bb", "", "bb"], [2, None, 2], [""]),
        (["bb", "dddd"], [2, 4], ["dddd"]),
        (["", "bb", "a"], [None, 2, 1], ["", "a"]),
    ):
        read.clear()
        found = values.of(Cells.of([Row(2, (one,), {"name": 0}, report) for one in texts_given]))
        assert found["length"].to_list() == expected
        assert found["sound"].to_list() == [one is not None for one in expected]
        assert sorted(read) == newly_read


def dirty_rows(count: int) -> Iterator[dict[str, str]]:
    """Nine in ten are clean; names and ids recur, and so do things that are said otherwise."""
    draw = random.Random(7)  # noqa: S311 - no secret
    for number in range(count):
        cells = CELLS if draw.random() < 0.1 else CLEAN
        row = {name: draw.choice(texts) for name, texts in cells.items()}
        yield row | {"actor_id": f"a{draw.randrange(count // 3)}", "alliance": f"{row['alliance']} {number // 9}"}


def test_a_generation_is_the_same_to_the_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_rows(tmp_path / "m.csv", list(dirty_rows(1200)), 'x\n"unclosed')
    sums = set()
    for name, at_once, fewest in (("rows", 1000, 10**9), ("many", 97, 3)):
        monkeypatch.setattr(in_columns, "ROWS_AT_ONCE", at_once)
        monkeypatch.setattr(in_columns, "FEWEST_ROWS", fewest)
        built = build_generation(Home(tmp_path / name), Plan({"members": file}, only="members"))
        sums.add((built.path / "SHA256SUMS").read_text(encoding="utf-8"))
    assert len(sums) == 1


def test_a_file_that_breaks_off_gives_the_rows_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{**dict.fromkeys(CELLS, ""), "alliance": "Pacte", "actor": f"A{number}"} for number in range(30)]
    file = write_rows(tmp_path / "m.csv.gz", rows)
    packed = gzip.compress(file.read_bytes())
    file.write_bytes(packed[:-20])
    assert (
        loaded({"m.csv.gz": file}, monkeypatch, at_once=4)[:2] == loaded({"m.csv.gz": file}, monkeypatch, at_once=0)[:2]
    )


def test_corrected_rows_are_read_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "m.csv"
    file.write_text("alliance,actor,_file,_row,_column,_value,_refused,_code,_raison,_reason,_detail,_conseil,_hint\n"
                    "Pacte,A,a.csv,2,,,yes,,,,,,\nPacte,A,b.csv,2,,,yes,,,,,,\n", encoding="utf-8")  # fmt: skip
    records, _, batches = loaded({"m.csv": file}, monkeypatch, at_once=10)
    assert batches == 0
    assert [one.record.key for one in records if isinstance(one.record, Alliance)] == ["Pacte (a.csv)", "Pacte (b.csv)"]


def test_rows_that_say_which_file_they_are_from_are_read_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of a quarantine file that has lost its other columns."""
    file = tmp_path / "m.csv"
    file.write_text("alliance,actor,_file\nPacte,A,a.csv\nPacte,A,b.csv\n", encoding="utf-8")
    records, _, batches = loaded({"m.csv": file}, monkeypatch, at_once=10)
    assert batches == 0
    assert [one.record.key for one in records if isinstance(one.record, Alliance)] == ["Pacte (a.csv)", "Pacte (b.csv)"]


# What is made of columns


WORDS = st.lists(texts, max_size=3).map(tuple)
PAGES = st.lists(st.sampled_from(["https://a.fr/é", "https://a.fr/b?c=d#e", "https://a.fr/(x)"]), max_size=3).map(tuple)
DATES = st.sampled_from([None, "2020", "2020-05", "2020-05-07"])


def iri(kind: str) -> st.SearchStrategy[str]:
    return texts.map(lambda key: iris.mint(kind, "own", key))


ACTORS = st.builds(
    Actor, source=st.just("own é"), key=texts, name=texts, name_en=st.none() | texts, acronym=st.none() | texts,
    kind=st.sampled_from(["association", "state", "person", "unspecified"]), alt_names=WORDS, source_urls=PAGES,
    territory=st.sampled_from([None, iris.territory("COM-48095"), iris.territory("DEP-48")]),
    website=st.sampled_from([None, "https://a.fr/é"]), founded=DATES, note=st.none() | texts,
)  # fmt: skip
ALLIANCES = st.builds(
    Alliance, source=st.just("own"), key=texts, name=texts, kind=st.sampled_from(["cooperation", "grant"]),
    start=DATES, scope=st.sampled_from([None, "commune"]), targets=st.sampled_from([(), ("17.17",), ("17.17", "11")]),
    sdg_basis=st.sampled_from([None, "stated"]), description=st.none() | texts, source_urls=PAGES,
)  # fmt: skip
MEMBERSHIPS = st.builds(
    Membership, source=st.just("own"), key=texts, alliance=iri("alliance"), actor=iri("actor"),
    role=st.sampled_from(["member", "partner"]), start=DATES, period_basis=st.sampled_from(["stated", "unknown"]),
    source_urls=PAGES,
)  # fmt: skip
MANY = st.one_of(*(st.lists(kind, min_size=1, max_size=6) for kind in (ACTORS, ALLIANCES, MEMBERSHIPS)))


def columns_of(records: list[Record]) -> RecordColumns:
    """Records of one class as columns; of a membership both dates, of others what any of them says."""
    kind: Kind = type(records[0])  # type: ignore[assignment]
    names = [name for name in kind.model_fields if name != "source"]
    said = [name for name in names if any(getattr(one, name) not in (None, ()) for one in records)]
    said += [name for name in ("start", "end") if kind is Membership and name not in said]
    fields = {name: series([getattr(one, name) for one in records]) for name in said}
    at = pl.Series(range(len(records)), dtype=pl.UInt32)
    return RecordColumns(kind, records[0].source, at, pl.DataFrame(fields))


def series(values: list[str | tuple[str, ...] | None]) -> pl.Series:
    dtype = pl.List(pl.String) if isinstance(values[0], tuple) else pl.String
    return pl.Series([list(one) if isinstance(one, tuple) else one for one in values], dtype=dtype)


@settings(deadline=None)
@given(MANY)
def test_lines_of_columns_are_those_of_records(records: list[Record]) -> None:
    columns = columns_of(records)
    rows = [iris.row("own", "é.csv", number) for number in range(len(records))]
    expected = ["".join(lines_of(one, row)[0]) for one, row in zip(records, rows, strict=True)]
    assert lines_of_columns(columns, pl.Series(rows)).to_list() == expected
    assert list(columns.records()) == records


def test_each_period_is_told_with_its_first_membership() -> None:
    frame = pl.DataFrame({"start": [None, "2020", None, "2020"], "end": [None, None, "2021", None]})
    assert list(periods(frame)) == [(1, "2020", None), (2, None, "2021")]


@settings(deadline=None, max_examples=20)  # each makes all tables there are
@given(MANY)
def test_tables_of_columns_are_those_of_records(records: list[Record]) -> None:
    layout = Layout(records[0].source, "f.csv", (("key", "Clé", 1), ("name", "Nom", 0), ("note", "Nom", 0)))
    many = [Loaded(one, layout, row, (f"n{row}", "" if row % 2 else "k")) for row, one in enumerate(records, start=2)]
    cells = pl.DataFrame([one.values for one in many], {"0": pl.String, "1": pl.String}, orient="row")
    numbers = pl.Series([one.row for one in many], dtype=pl.Int32)
    batch = Batch(layout, numbers, cells, (columns_of(records),))
    assert list(batch.loaded()) == many
    singly, at_once = (RecordTables(), Origins()), (RecordTables(), Origins())
    for one in many:
        singly[0].add(one.record)
        singly[1].add(one)
    at_once[0].add_columns(batch.records[0])
    at_once[1].add_batch(batch)
    for name, table in singly[0].frames().items():
        assert_frame_equal(at_once[0].frames()[name], table)
    assert_frame_equal(at_once[1].frame(), singly[1].frame())


def test_the_columns_of_the_template_are_all_in_these_tests() -> None:
    assert set(CELLS) == set(COLUMNS.fields)
