"""From files to a published generation, and what may go wrong on the way."""

import gzip
import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from pyoxigraph import RdfFormat, parse

from api.pipeline import Plan, UsageError, build_generation, open_loads, plan_inputs
from graph import Generation, open_generation
from graph.build import BuildError, NotValidError, _workshop
from graph.build import build as build_from
from graph.home import Home, NoGenerationError
from ontology import iris
from ontology.loads import Load
from ontology.provenance import Coverage, Source
from tests.conftest import Edit

Build = Callable[[], Generation]


@pytest.fixture
def build(tmp_path: Path, ecosystem_copy: Path, small_territories: Path) -> Build:
    """Build a generation of `ecosystem_copy` in a home of the test's own."""

    def run() -> Generation:
        plan = Plan({"ecosystem": ecosystem_copy, "territories": small_territories})
        return open_generation(build_generation(Home(tmp_path / "home"), plan).path)

    return run


def test_the_default_generation(generation: Generation) -> None:
    assert generation.run["counts"] == {
        "Actor": 1122, "Alliance": 338, "Chantier": 4, "Event": 61, "Figure": 85, "Goal": 17, "Measure": 3,
        "Membership": 1416, "MergedActor": 0, "Platform": 10, "Programme": 90, "Relation": 604, "Target": 169,
        "Territory": 36363,
    }  # fmt: skip
    assert len(generation.run["sources"]) == 11 + 2 + 2


def test_rows_read_are_loaded_or_quarantined(generation: Generation) -> None:
    for card in generation.run["sources"]:
        assert card["rows_read"] == card["rows_loaded"] + card["rows_quarantined"] > 0


def test_the_dump_holds_the_store_and_its_hash_is_the_graph_hash(build: Build) -> None:
    generation = build()
    text = gzip.decompress((generation.path / "graph.nq.gz").read_bytes())
    assert hashlib.sha256(text).hexdigest() == generation.graph_sha256
    lines = text.splitlines()
    assert len(lines) == len(set(lines)) == generation.run["quads"] == len(generation.store)
    kept = {quad for quad in parse(text, RdfFormat.N_QUADS) if quad.graph_name.value != iris.ONTOLOGY_GRAPH}
    stored = {quad for quad in generation.store if quad.graph_name.value != iris.ONTOLOGY_GRAPH}
    assert kept == stored


def test_checksums_can_be_checked(generation: Generation) -> None:
    result = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=generation.path, capture_output=True, check=False
    )
    assert (result.returncode, result.stdout) == (0, b"")


def test_tables_hold_what_the_store_says(generation: Generation) -> None:
    solutions = generation.sparql(
        "PREFIX org: <http://www.w3.org/ns/org#> SELECT ?one { ?one a org:OrganizationalCollaboration }"
    )
    assert {one["one"].value for one in solutions} == set(generation.table("alliances")["iri"])  # type: ignore[union-attr]


def test_an_unknown_table_names_the_known_ones(generation: Generation) -> None:
    with pytest.raises(KeyError, match="alliances"):
        generation.table("nothing")


def test_every_record_leads_to_its_row_and_cells(generation: Generation) -> None:
    origins = generation.table("origins")
    actor = origins.filter(pl.col("iri") == iris.mint("actor", "ecosystem", "le-rameau"))
    name = actor.filter(pl.col("field") == "name").row(0, named=True)
    assert (name["file"], name["row"], name["column"], name["raw"]) == ("actors.csv", 2, "name", "Le RAMEAU")
    for table in ("actors", "alliances", "memberships", "territories", "targets"):
        without = generation.table(table).join(origins, on="iri", how="anti")
        assert without.is_empty(), table


def test_the_same_inputs_give_the_same_bytes(build: Build, tmp_path: Path) -> None:
    first = build()
    (tmp_path / "home").rename(tmp_path / "first")
    assert (build().path / "SHA256SUMS").read_bytes() == (
        tmp_path / "first" / "generations" / first.id / "SHA256SUMS"
    ).read_bytes()


def test_changes_make_a_new_generation_and_the_old_one_stays(tmp_path: Path, build: Build, edit: Edit) -> None:
    first = build()
    assert build_generation(Home(tmp_path / "home"), Plan({})).changed is False
    edit("actors.csv", "Le RAMEAU,", "Le Rameau,")
    second = build()
    assert Home(tmp_path / "home").ids() == [first.id, second.id]
    assert Home(tmp_path / "home").current_id() == second.id
    assert first.graph_sha256 != second.graph_sha256
    assert first.table("actors")["name"][0] == "Le RAMEAU"


def test_a_build_keeps_its_inputs(tmp_path: Path, build: Build, ecosystem_copy: Path, edit: Edit) -> None:
    edit("actors.csv", "Le RAMEAU,", "Le Rameau,")
    build()
    for file in ecosystem_copy.iterdir():
        file.unlink()
    again = build_generation(Home(tmp_path / "home"), Plan({}))
    assert again.changed is False


def test_sources_can_be_removed_and_chosen(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert {one.source for one in plan_inputs(home, Plan({}, remove=["ecosystem"]))} == {"sdg", "territories"}
    assert {one.source for one in plan_inputs(home, Plan({}, only="sdg"))} == {"sdg", "territories"}
    with pytest.raises(UsageError, match="ecosystem"):
        plan_inputs(home, Plan({}, remove=["nothing"]))
    with pytest.raises(UsageError, match="does not exist"):
        plan_inputs(home, Plan({"ecosystem": tmp_path / "nowhere"}))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no file in"):
        plan_inputs(home, Plan({"members": tmp_path / "empty"}))


def test_refused_rows_become_a_file_to_correct(build: Build, edit: Edit) -> None:
    edit("alliances.csv", "2024,2025,region", "2024,2023,region")
    built = build()
    kept = pl.read_csv(built.path / "quarantine" / "ecosystem-alliances.csv", infer_schema=False)
    row = kept.row(0, named=True)
    assert (row["id"], row["_file"], row["_row"], row["_column"], row["_code"]) == (
        "a-table-bio-grand-est", "alliances.csv", "3", "end", "reversed_period",
    )  # fmt: skip
    assert all(row[name] for name in ("_raison", "_reason", "_conseil", "_hint"))
    assert built.run["counts"]["Alliance"] == 337


def test_what_breaks_the_shapes_is_not_published(tmp_path: Path, build: Build, edit: Edit) -> None:
    home = Home(tmp_path / "home")
    first = build()
    edit("studies.csv", ",exact,81,%", ",exact,181,%")
    with pytest.raises(NotValidError) as caught:
        build()
    assert home.current_id() == first.id
    assert list(home.building.iterdir()) == []
    violation = pl.read_csv(home.rejected / "violations.csv", infer_schema=False).row(0, named=True)
    assert (violation["file"], violation["row"]) == ("studies.csv", "2")
    assert violation["focus"].endswith("fig-citoyens-2020-utile")
    assert caught.value.report.violations


LOZERE = Source(
    name="survey-48",
    title_fr="Recensement en Lozère",
    title_en="Census of Lozère",
    publisher="Test",
    licence="CC0-1.0",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    homepage="https://example.org/",
    formats=("csv",),
    coverage=Coverage(complete=("DEP-48",), fr="Toute la Lozère.", en="All of Lozère."),
)


def test_only_a_source_that_covers_a_territory_makes_it_isolated(
    tmp_path: Path, ecosystem_copy: Path, small_territories: Path
) -> None:
    home, plan = Home(tmp_path), Plan({"ecosystem": ecosystem_copy, "territories": small_territories})

    def status(*more: Load) -> str:
        loads = [*open_loads(plan_inputs(home, plan)), *more]
        rows = open_generation(build_from(loads, home, code="test").path).isolation("departement")
        return str(rows.filter(pl.col("code") == "DEP-48")["status"].item())

    assert status(Load(LOZERE, [], [])) == "isolated"
    assert status() == "unknown"


def test_one_build_at_a_time(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with _workshop(home), pytest.raises(BuildError, match="another build"), _workshop(home):
        pass


def test_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(NoGenerationError, match="alliances build"):
        Home(tmp_path).current()


def test_an_interrupted_build_leaves_nothing_half_built(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from api.pipeline import Plan, build_generation; "
        "from graph.home import Home; "
        "build_generation(Home(Path(sys.argv[1])), Plan({}), lambda stage, done: print(stage, done, flush=True))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(b"territories") and int(line.split()[1]) > 5000:
            break
    process.send_signal(signal.SIGINT)
    process.stdout.close()
    assert process.wait(timeout=30) != 0
    home = Home(tmp_path)
    assert (home.current_id(), home.ids(), list(home.building.iterdir())) == (None, [], [])


def test_what_a_killed_build_left_is_cleared(tmp_path: Path, build: Build) -> None:
    home = Home(tmp_path / "home")
    (home.building / "left").mkdir(parents=True)
    build()
    assert list(home.building.iterdir()) == []
