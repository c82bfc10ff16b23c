"""A user's files in a build: kept, guarded, corrected and loaded again."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from api.checking import check, quarantined
from api.pipeline import Plan, ShrunkError, UsageError, build_generation, guarded, plan_inputs
from graph import Generation, open_generation
from graph.build import BuildError
from graph.home import Home
from loaders.mapping import SUFFIX
from loaders.registry import all_loaders
from ontology.loads import Load
from ontology.provenance import FileReport, Issue
from tests.loading import open_files

HEADER = "alliance,actor,role\n"
ROWS = [f"Ronde {place % 3},Membre {place},member\n" for place in range(20)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of the test's own."""
    return Home(tmp_path / "home")


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text(header + "".join(rows), encoding="utf-8")
    return path


def built(home: Home, plan: Plan) -> Generation:
    return open_generation(build_generation(home, plan).path)


def only_members(file: Path, territories: Path, **more: dict[str, Path]) -> Plan:
    return Plan({"members": file, "territories": territories}, only="members", **more)  # type: ignore[arg-type]


def test_a_users_file_goes_through_to_the_graph_and_back_to_its_cell(
    home: Home, tmp_path: Path, small_territories: Path
) -> None:
    file = write(tmp_path / "mine.csv", *ROWS[:3], "Ronde 0,Membre 9,patron\n")
    generation = built(home, only_members(file, small_territories))
    card = next(one for one in generation.run["sources"] if one["name"] == "members")
    assert (card["path"], card["rows_read"], card["rows_loaded"], card["rows_quarantined"]) == (str(file), 4, 3, 1)
    assert generation.run["counts"]["Membership"] == 3
    cell = generation.table("origins").filter(source="members", field="role").row(0, named=True)
    assert (cell["file"], cell["row"], cell["column"], cell["raw"]) == ("mine.csv", 2, "role", "member")

    # Loading the same again changes nothing.
    assert build_generation(home, Plan({"members": file})).changed is False

    # Correcting the quarantine file and loading it completes the load.
    corrected = tmp_path / "corrected.csv"
    text = (generation.path / "quarantine" / "members-mine.csv").read_text(encoding="utf-8")
    corrected.write_text(text.replace("patron", "lead"), encoding="utf-8")
    complete = built(home, Plan({"members": corrected}))
    assert complete.run["counts"]["Membership"] == 4
    assert complete.run["counts"]["Alliance"] == 3
    cards = {one["file"]: one for one in complete.run["sources"] if one["name"] == "members"}
    assert cards["corrected.csv"]["columns"]["new"] == []
    assert cards["corrected.csv"]["rows_quarantined"] == 0

    # Another source adds its statements and takes none away.
    register = write(tmp_path / "o.csv", "1,A\n", header="id,name\n")
    both = built(home, Plan({"organisations": register}))
    counts = dict(complete.run["counts"])
    assert both.run["counts"] == counts | {"Actor": counts["Actor"] + 1}

    # A source that shrinks publishes nothing.
    write(file, *ROWS[:1])
    with pytest.raises(ShrunkError, match=r"mine\.csv of members shrank from 3 to 1 rows.*--allow-shrink members"):
        build_generation(home, Plan({"members": file}))
    assert home.current() == both.path
    shrunk = built(home, Plan({"members": file}, allow_shrink=["members"]))
    assert shrunk.run["counts"]["Membership"] == 2


def test_what_a_quarantine_file_says_of_the_whole_file_is_no_row_of_it(tmp_path: Path) -> None:
    file = write(tmp_path / "mine.csv", "X,A,red\nX,,blue\n", header="alliance,actor,colour\n")
    [report] = check(Home(tmp_path / "home"), "members", file)
    quarantine = quarantined(report, tmp_path / "q.csv")
    assert quarantine is not None
    assert "new_column" in quarantine.read_text(encoding="utf-8")
    [again] = check(Home(tmp_path / "home"), "members", quarantine)
    assert (again.rows_read, again.rows_quarantined) == (1, 1)


def test_a_mapping_is_kept_with_its_file(home: Home, tmp_path: Path, small_territories: Path) -> None:
    file = write(tmp_path / "mine.csv", "X,A\n", header="Réseau,Structure\n")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("alliance: Réseau\nactor: Structure\n", encoding="utf-8")
    first = built(home, only_members(file, small_territories, mappings={"members": mapping}))
    cards = {one["file"]: one for one in first.run["sources"]}
    assert cards["mine.csv"]["columns"]["used"] == ["Réseau", "Structure"]
    assert (home.inputs / cards["mine.csv" + SUFFIX]["sha256"]).read_bytes() == mapping.read_bytes()
    mapping.unlink()
    write(file, "X,A\nX,B\n", header="Réseau,Structure\n")
    assert built(home, Plan({"members": file})).run["counts"]["Membership"] == 2


def test_wrong_use_is_said(home: Home, tmp_path: Path) -> None:
    file = write(tmp_path / "mine.csv", *ROWS)
    for plan, said in (
        (Plan({"members": file}, mappings={"members": tmp_path / "none.yaml"}), "does not exist"),
        (Plan({}, mappings={"members": file}), "no file of members"),
        (Plan({}, allow_shrink=["nothing"]), "no source 'nothing'"),
    ):
        with pytest.raises(UsageError, match=said):
            plan_inputs(home, plan)


def test_a_folder_holds_several_files(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("a.csv", "b.csv", ".hidden"):
        write(folder / name, *ROWS)
    assert [one.file for one in plan_inputs(home, Plan({"members": folder})) if one.source == "members"] == [
        "a.csv",
        "b.csv",
    ]


def load_of(*reports: FileReport) -> Load:
    return Load(all_loaders()["members"].source, [], list(reports))


def report(rows: int, *, refused: bool = False, shipped: bool = False) -> FileReport:
    one = FileReport("members", "m.csv", "m.csv", shipped=shipped, rows_loaded=rows, file_refused=refused)
    if refused:
        one.issues.append(Issue(1, "file_missing", detail="m.csv"))
    return one


@pytest.mark.parametrize(
    ("rows", "before", "fine"), [(80, 100, False), (81, 100, True), (0, 0, True), (0, 3, False), (200, 100, True)]
)
def test_a_source_may_lose_less_than_a_fifth(rows: int, before: int, fine: bool) -> None:
    def judge(*allowed: str) -> list[Load]:
        return list(guarded([load_of(report(rows))], {"members": {"m.csv": before}}, allowed))

    if fine:
        judge()
    else:
        with pytest.raises(ShrunkError, match=f"from {before} to {rows} rows"):
            judge()
    assert len(judge("members")) == 1


def test_a_file_that_shrinks_beside_larger_ones_is_noticed() -> None:
    small, large = report(9), replace(report(900), file="n.csv", path="n.csv")
    before = {"members": {"m.csv": 12, "n.csv": 900}}
    with pytest.raises(ShrunkError, match=r"m\.csv of members shrank from 12 to 9 rows.*--allow-shrink members"):
        list(guarded([load_of(small, large)], before, ()))
    assert len(list(guarded([load_of(report(12), large)], before, ()))) == 1


def test_a_file_that_is_cut_publishes_nothing() -> None:
    with pytest.raises(ShrunkError, match=r"nothing could be read from m\.csv \(The file is missing"):
        list(guarded([load_of(report(5), report(0, refused=True))], {}, ()))
    assert len(list(guarded([load_of(report(5), report(0, refused=True))], {}, ("members",)))) == 1


def test_half_a_file_is_never_published() -> None:
    with pytest.raises(BuildError, match="could not be read to its end"):
        list(guarded([load_of(report(5, refused=True))], {}, ("members",)))


def test_the_project_s_own_files_may_shrink_with_a_release() -> None:
    assert len(list(guarded([load_of(report(1, shipped=True))], {"members": {"m.csv": 100}}, ()))) == 1


# Check, quarantine and expectations


def test_check_reads_with_a_mapping_and_changes_nothing(home: Home, tmp_path: Path) -> None:
    file = write(tmp_path / "m.csv", "X,A\n", header="Réseau,Structure\n")
    mapping = tmp_path / "m.yaml"
    mapping.write_text("alliance: Réseau\nactor: Structure\n", encoding="utf-8")
    [found] = check(home, "members", file, mapping)
    assert (found.rows_loaded, found.path) == (1, str(file))
    assert check(home, "members", file)[0].file_refused
    assert not home.path.exists()


def test_a_quarantine_file_computes_nothing_and_is_read_back(tmp_path: Path) -> None:
    names = ["=1+1", "+x", "@SUM(1)", "'quoted'", "-5", "plain", "-1+1"]
    file = tmp_path / "o.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "name", "type"), *((name, name, "nonsense") for name in names)])
    load = open_files("organisations", {"o.csv": file})
    assert not list(load.records)
    written = quarantined(load.files[0], tmp_path / "q.csv")
    assert written is not None
    with written.open(encoding="utf-8", newline="") as stream:
        cells = [row["name"] for row in csv.DictReader(stream)]
    assert not [cell for cell in cells if cell[0] in "=+@" or cell == "-1+1"]
    written.write_text(written.read_text(encoding="utf-8").replace("nonsense", "company"), encoding="utf-8")
    again = open_files("organisations", {"q.csv": written})
    assert [one.record.key for one in again.records] == names
    assert (again.files[0].new, again.files[0].rows_quarantined) == ((), 0)


def test_a_row_that_could_not_be_taken_apart_keeps_its_text(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text('id,name\n1,"The "Big" One"\n', encoding="utf-8")
    load = open_files("organisations", {"o.csv": file})
    assert not list(load.records)
    written = quarantined(load.files[0], tmp_path / "q.csv")
    assert written is not None
    with written.open(encoding="utf-8", newline="") as stream:
        [row] = csv.DictReader(stream)
    assert (row["id"], row["name"], row["_text"]) == ("", "", '1,"The "Big" One"\n')


def test_a_share_of_unknown_codes_beyond_what_is_expected_is_reported(tmp_path: Path) -> None:
    from dataclasses import replace  # noqa: PLC0415

    loader = all_loaders()["members"]
    expecting = replace(loader, source=replace(loader.source, resolved={"territory": 0.9}, at_least={"m.csv": 3}))
    file = write(tmp_path / "m.csv", "X,A,DEP-23\n", "Y,B,99999\n", header="alliance,actor,territory\n")
    load = expecting.open({"m.csv": file}, {"m.csv": "m.csv"})
    assert len(list(load.records)) == 6
    issues = {one.code: (one.column, one.detail) for one in load.files[0].issues}
    assert issues["too_few_resolved"] == ("territory", "50.0% < 90.0%")
    assert issues["too_few_rows"] == (None, "at least 3")
