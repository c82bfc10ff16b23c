"""The Sustainable Development Goals: what is shipped, and what is refused."""

import csv
from pathlib import Path

import pytest

from loaders.registry import all_loaders
from ontology import schemes
from ontology.provenance import FileReport
from ontology.records import Goal, Record, Target

SHARED = Path(__file__).parents[2] / "shared" / "data" / "sdg"
GOALS = "code,label_fr,label_en,un_iri\n17,Partenariats,Partnerships,\n"
HEADER = "code,goal,group,label_fr,label_en,un_iri\n"
GOOD = "17.17,17,systemic-partnerships,Partenariats publics,Public partnerships,\n"


def shipped_folder() -> Path:
    folder = all_loaders()["sdg"].data
    assert folder is not None
    return folder


def read(folder: Path) -> tuple[list[Record], dict[str, FileReport]]:
    loader = all_loaders()["sdg"]
    load = loader.open(loader.paths(folder))
    return [one.record for one in load.records], {report.file: report for report in load.files}


def test_the_17_goals_and_169_targets() -> None:
    records, reports = read(shipped_folder())
    goals = [one.key for one in records if type(one) is Goal]
    targets = [one for one in records if isinstance(one, Target)]
    assert goals == [str(number) for number in range(1, 18)]
    assert len({one.key for one in targets}) == len(targets) == 169
    assert all(one.key.partition(".")[0] == one.goal for one in targets)
    assert [(one.issues, one.new, one.ignored) for one in reports.values()] == [([], (), ("un_iri",))] * 2


def test_the_iris_are_the_un_s() -> None:
    iris = {one.iri for one in read(shipped_folder())[0]}
    stated = set()
    for name in ("goals.csv", "targets.csv"):
        with (shipped_folder() / name).open(encoding="utf-8", newline="") as file:
            stated |= {row["un_iri"] for row in csv.DictReader(file)}
    assert iris == stated
    assert "http://metadata.un.org/sdg/17.17" in iris


def test_groups_are_those_of_goal_17_and_of_the_ontology() -> None:
    targets = [one for one in read(shipped_folder())[0] if isinstance(one, Target)]
    assert {one.goal for one in targets if one.group} == {"17"}
    assert {one.group for one in targets if one.goal == "17"} == schemes.keys("target-group")
    (one,) = (target for target in targets if target.key == "17.17")
    assert one.group == "systemic-partnerships"
    assert one.name == "Partenariats publics, public-privé et avec la société civile"
    assert one.name_en == "Public, public-private and civil-society partnerships"


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared/data/sdg is not beside the checkout")
@pytest.mark.parametrize("name", ["goals.csv", "targets.csv"])
def test_the_files_are_the_project_s(name: str) -> None:
    assert (shipped_folder() / name).read_bytes() == (SHARED / name).read_bytes()


@pytest.mark.parametrize(
    ("bad", "code", "column"),
    [
        (GOOD, "duplicate_id", "code"),
        (GOOD.replace("publics", "privés"), "conflicting_duplicate", "code"),
        ("17.20,17,,A,B,\n", "unknown_target", "code"),
        ("17.1,16,,A,B,\n", "dangling_reference", "goal"),
        ("16.1,17,,A,B,\n", "unknown_target", "code"),
        ("18.1,18,,A,B,\n", "unknown_target", "code"),
        ("17.1.1,17,,A,B,\n", "unknown_target", "code"),
        ("17.1,17,money,A,B,\n", "unknown_value", "group"),
        ("17.1,17,,,B,\n", "empty_value", "label_fr"),
        ("17.1,17,,A,,\n", "empty_value", "label_en"),
        (",17,,A,B,\n", "empty_value", "code"),
    ],
)
def test_a_bad_target_is_refused_and_the_rest_goes_on(tmp_path: Path, bad: str, code: str, column: str) -> None:
    (tmp_path / "goals.csv").write_text(GOALS, encoding="utf-8")
    (tmp_path / "targets.csv").write_text(HEADER + GOOD + bad + "17.16,17,,A,B,\n", encoding="utf-8")
    records, reports = read(tmp_path)
    report = reports["targets.csv"]
    assert [(one.row, one.code, one.column) for one in report.issues if one.refused] == [(3, code, column)]
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined) == (3, 2, 1)
    assert [one.key for one in records] == ["17", "17.17", "17.16"]


@pytest.mark.parametrize("code", ["0", "18", "01", "17.1", "x"])
def test_a_goal_that_does_not_exist_is_refused(tmp_path: Path, code: str) -> None:
    (tmp_path / "goals.csv").write_text(f"{GOALS}{code},A,B,\n", encoding="utf-8")
    report = read(tmp_path)[1]["goals.csv"]
    assert [(one.row, one.code) for one in report.issues if one.refused] == [(3, "unknown_target")]
    assert report.rows_loaded == 1
