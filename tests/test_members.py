"""A user's own alliances, and the mapping of their columns."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.errors import FileError
from loaders.mapping import SUFFIX, read_mapping
from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Actor, Alliance, Membership, Record
from tests.loading import load_file, load_files

HEADER = "alliance,actor,alliance_id,actor_id,actor_kind,role,start,end,territory,targets,source_url\n"


def load(tmp_path: Path, text: str, mapping: str | None = None) -> tuple[list[Record], FileReport]:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    files = {path.name: path}
    if mapping is not None:
        files[path.name + SUFFIX] = path.with_name(path.name + SUFFIX)
        files[path.name + SUFFIX].write_text(mapping, encoding="utf-8")
    records, reports = load_files("members", files)
    return records, reports[path.name]


def issues(report: FileReport) -> list[tuple[int, str, str | None, bool]]:
    return [(one.row, one.code, one.column, one.refused) for one in report.issues]


def test_a_row_is_a_membership_of_two_things(tmp_path: Path) -> None:
    row = "Ronde,Relais,r1,,association,partner,2021-03,,COM-48095,17.17|11,https://example.org/\n"
    records, report = load(tmp_path, HEADER + row)
    assert (report.rows_read, report.rows_loaded, report.issues) == (1, 1, [])
    alliance, actor, membership = records
    assert isinstance(alliance, Alliance)
    assert isinstance(actor, Actor)
    assert isinstance(membership, Membership)
    assert (alliance.key, alliance.name, alliance.kind) == ("r1", "Ronde", "unspecified")
    assert (alliance.territory, alliance.targets) == (iris.territory("COM-48095"), ("17.17", "11"))
    assert (actor.key, actor.kind) == ("Relais (mine.csv)", "association")
    assert (membership.alliance, membership.actor, membership.role) == (alliance.iri, actor.iri, "partner")
    assert (membership.start, membership.end, membership.period_basis) == ("2021-03", None, "stated")


def test_two_columns_are_enough_and_equal_names_are_one_thing(tmp_path: Path) -> None:
    records, report = load(tmp_path, "actor;alliance\nA;X\nB;X\nA;Y\n A ;Y\n")
    assert [type(one).__name__ for one in records] == [
        *("Alliance", "Actor", "Membership"), *("Actor", "Membership"), *("Alliance", "Membership"),
    ]  # fmt: skip
    assert (report.rows_loaded, report.issues) == (4, [])


def test_equal_names_in_two_files_are_two_things(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("a.csv", "b.csv")}
    for path in files.values():
        path.write_text("alliance,actor\nX,A\n", encoding="utf-8")
    records, _ = load_files("members", files)
    assert len({one.iri for one in records}) == 6


def test_what_a_later_row_says_otherwise_is_remarked(tmp_path: Path) -> None:
    text = HEADER + "X,A,,,association,,,,COM-48095,,\nX,A,,,company,lead,,,48,17,\n"
    records, report = load(tmp_path, text)
    assert issues(report) == [(3, "differs", column, False) for column in ("territory", "targets", "actor_kind")]
    assert [type(one) for one in records].count(Membership) == 2


def test_a_rounded_number_is_the_id_of_nothing(tmp_path: Path) -> None:
    text = 'alliance,actor,actor_id\nX,Alpha,"2,43E+13"\nX,Beta,"2,43E+13"\nX,Gamma,2.43e+13\nX,Delta,12E3\n'
    records, report = load(tmp_path, text)
    keys = [one.key for one in records if isinstance(one, Actor)]
    assert keys == ["Alpha (mine.csv)", "Beta (mine.csv)", "Gamma (mine.csv)", "12E3"]
    assert issues(report) == [(row, "bad_identifier", "actor_id", False) for row in (2, 3, 4)]


def test_a_territory_that_differs_is_compared_by_what_it_is(tmp_path: Path) -> None:
    rows = ("DEP-48", "48", "COM-48999", "DEP-23")
    text = "alliance,actor,territory\n" + "".join(f"X,{place},{code}\n" for place, code in enumerate(rows))
    records, report = load(tmp_path, text)
    [alliance] = [one for one in records if isinstance(one, Alliance)]
    assert alliance.territory == iris.territory("DEP-48")
    assert issues(report) == [(4, "unknown_territory", "territory", False), (5, "differs", "territory", False)]


def test_days_are_read_as_the_french_write_them(tmp_path: Path) -> None:
    records, report = load(tmp_path, "alliance,actor,start,end\nX,A,07/05/2020,31/12/2021\nX,B,31/02/2021,\n")
    [membership] = [one for one in records if isinstance(one, Membership)]
    assert (membership.start, membership.end) == ("2020-05-07", "2021-12-31")
    assert issues(report) == [(3, "bad_date", "start", True)]


def test_an_actor_may_be_a_member_twice(tmp_path: Path) -> None:
    records, report = load(tmp_path, HEADER + "X,A,,,,,2010,2015,,,\nX,A,,,,,2018,,,,\n")
    assert len({one.key for one in records if isinstance(one, Membership)}) == 2
    assert report.rows_loaded == 2


@pytest.mark.parametrize(
    ("row", "issue"),
    [
        (",A,,,,,,,,,", (2, "empty_value", "alliance", True)),
        ("X,A,,,,patron,,,,,", (2, "unknown_value", "role", True)),
        ("X,A,,,,,2020,2019,,,", (2, "reversed_period", "end", True)),
        ("X,A,,,,,,,28,,", (2, "ambiguous_territory", "territory", False)),
        ("X,A,,,,,,,99999,,", (2, "unknown_territory", "territory", False)),
        ("X,A,,,,,,,Mende,,", (2, "matched_by_name", "territory", False)),
        ("X,A,,,,,,,,17.99,", (2, "unknown_target", "targets", False)),
        ("X,A,,,,,,,,,javascript:1", (2, "bad_address", "source_url", False)),
        ("X,A,,,,,,9999-12-31,,,", (2, "open_end", "end", False)),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, row: str, issue: tuple[int, str, str, bool]) -> None:
    _, report = load(tmp_path, HEADER + row + "\n")
    assert issues(report) == [issue]
    assert report.rows_quarantined == issue[3]


@pytest.mark.parametrize("label", ["partner", "Partenaire", "PARTNER"])
def test_labels_are_as_good_as_keys(tmp_path: Path, label: str) -> None:
    records, _ = load(tmp_path, f"alliance,actor,role\nX,A,{label}\n")
    assert isinstance(records[-1], Membership)
    assert records[-1].role == "partner"


@pytest.mark.parametrize("written", ["COM-75110", "75110", "75056", "COM-75056", "217500016", "Paris 10e"])
def test_a_territory_is_found_however_it_is_written(tmp_path: Path, written: str) -> None:
    records, _ = load(tmp_path, f"alliance,actor,territory\nX,A,{written}\n")
    assert isinstance(records[0], Alliance)
    assert records[0].territory == (None if written == "Paris 10e" else iris.territory("COM-75056"))


# The mapping


def test_columns_are_renamed_and_constants_set(tmp_path: Path) -> None:
    mapping = 'alliance: Réseau\nactor: STRUCTURE\nrole: "= lead"\n'
    records, report = load(tmp_path, "Réseau;Structure;autre\nX;A;1\n", mapping)
    assert isinstance(records[-1], Membership)
    assert records[-1].role == "lead"
    assert (report.used, report.new) == (("Réseau", "Structure"), ("autre",))


def test_a_mapped_cell_is_cited_as_it_stands_in_the_file(tmp_path: Path) -> None:
    path, mapping = tmp_path / "m.csv", tmp_path / f"m.csv{SUFFIX}"
    path.write_text("Réseau,Structure\nX,A\n", encoding="utf-8")
    mapping.write_text('alliance: Réseau\nactor: Structure\ntargets: "= 17"\n', encoding="utf-8")
    loaded = load_file("members", path, mapping)
    assert [(cell.column, cell.raw) for cell in loaded[0].cells("name")] == [("Réseau", "X"), ("Structure", "A")]
    assert [(cell.column, cell.raw) for cell in loaded[0].cells("targets")] == [("targets", "17")]


def test_the_mapping_is_an_input_of_its_own(tmp_path: Path) -> None:
    path, mapping = tmp_path / "m.csv", tmp_path / "any.yaml"
    path.write_text("A,B\n1,2\n", encoding="utf-8")
    mapping.write_text("alliance: A\nactor: B\n", encoding="utf-8")
    _, reports = load_files("members", {"m.csv": path, "m.csv" + SUFFIX: mapping})
    assert [(one.file, len(one.sha256), one.rows_read) for one in reports.values()] == [
        ("m.csv" + SUFFIX, 64, 0),
        ("m.csv", 64, 1),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "- a\n", "alliance:\n", "alliance: [a]\n", "a: b\na: c\n", "a: 'b\n", "x" * 70_000, "a: &a b\n*a : c\nz: {"],
)
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_mapping(path)
    assert caught.value.code == "bad_mapping"


@pytest.mark.parametrize(
    ("mapping", "code"), [("alliances: Réseau\n", "bad_mapping"), ("alliance: Reseau\n", "missing_column")]
)
def test_a_mapping_that_does_not_fit_refuses_the_file(tmp_path: Path, mapping: str, code: str) -> None:
    records, report = load(tmp_path, "Réseau,actor\nX,A\n", mapping)
    assert (records, report.file_refused, issues(report)[-1][1]) == ([], True, code)


def test_a_value_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("start: 2020\nend: on\nrole: = lead\n", encoding="utf-8")
    mapping = read_mapping(path)
    assert (mapping.columns, mapping.constants) == ({"start": "2020", "end": "on"}, {"role": "lead"})


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=20))
def test_every_row_is_loaded_and_every_name_kept(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    from csv import writer  # noqa: PLC0415

    path = tmp_path_factory.mktemp("m") / "m.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer(stream).writerows([("alliance", "actor"), *pairs])
    records, reports = load_files("members", {path.name: path}, foreign=False)
    assert reports[path.name].rows_loaded == reports[path.name].rows_read == len(pairs)
    for place, kind in enumerate((Alliance, Actor)):
        found = {one.name for one in records if isinstance(one, kind)}  # type: ignore[attr-defined]
        assert len(found) <= len({pair[place] for pair in pairs})
        assert found <= {pair[place] for pair in pairs}
