"""Commands that read and write files: check, query, view, export, build."""

import gzip
import hashlib
import json
import signal
import subprocess
from pathlib import Path

import networkx as nx
import polars as pl
import pytest
from pyoxigraph import RdfFormat, parse

from api.pipeline import find_loader
from graph import Generation
from graph.home import Home
from graph.networks import two_mode
from loaders.registry import all_loaders
from tests.cli.conftest import PATIENCE_S, Alliances, Said, start, wait_for
from tests.conftest import Edit

# check


def test_a_sound_file_leaves_nothing_behind(said: Said, tmp_path: Path, ecosystem_copy: Path) -> None:
    status, out, _ = said("check", "ecosystem", str(ecosystem_copy / "events.csv"))
    assert status == 0
    assert "nothing to remark" in out
    assert [one.name for one in tmp_path.iterdir()] == ["ecosystem"]


def test_a_refused_row_is_reported_and_kept(said: Said, tmp_path: Path, ecosystem_copy: Path, edit: Edit) -> None:
    edit("events.csv", ",2020-", ",2020-02-31x")
    file = ecosystem_copy / "events.csv"
    status, out, _ = said("check", "ecosystem", str(file), "--format", "json")
    answer = json.loads(out)
    assert status == 1
    assert answer["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (answer["source"], answer["path"]) == ("ecosystem", str(file))
    assert answer["rows_read"] == answer["rows_loaded"] + answer["rows_quarantined"]
    assert (answer["rows_quarantined"], answer["reasons"]["bad_date"]) == (1, 1)
    assert set(answer["columns"]) == {"used", "ignored", "new"}
    assert "2020-02-31x" in (tmp_path / answer["quarantine"]).read_text(encoding="utf-8")


def test_a_folder_has_one_answer_a_file(said: Said, tmp_path: Path, ecosystem_copy: Path, edit: Edit) -> None:
    edit("events.csv", ",2020-", ",2020-02-31x")
    edit("platforms.csv", "id,", "key,")  # what refers to it is refused too
    command = ("check", "ecosystem", str(ecosystem_copy), "--quarantine", "refused", "--format", "json")
    status, out, _ = said(*command)
    whole = json.loads(out)
    answers = {answer["file"]: answer for answer in whole["results"]}
    assert status == 1
    assert (whole["source"], whole["path"], whole["quarantine"]) == ("ecosystem", str(ecosystem_copy), "refused")
    for name in ("rows_read", "rows_loaded", "rows_quarantined"):
        assert whole[name] == sum(answer[name] for answer in answers.values())
    assert whole["reasons"]["bad_date"] == 1
    assert set(answers) == set(find_loader("ecosystem").files)
    assert answers["actors.csv"]["quarantine"] is None
    assert (answers["platforms.csv"]["rows_loaded"], answers["platforms.csv"]["reasons"]["file_refused"]) == (0, 1)
    written = {str(place.relative_to(tmp_path)) for place in (tmp_path / "refused").iterdir()}
    assert written == {answer["quarantine"] for answer in answers.values()} - {None}
    assert {"refused/events-quarantine.csv", "refused/platforms-quarantine.csv"} < written


def test_a_table_says_what_is_wrong_and_what_to_do(said: Said, ecosystem_copy: Path, edit: Edit) -> None:
    edit("events.csv", ",2020-", ",2020-\x1b[2J")
    status, out, _ = said("check", "ecosystem", str(ecosystem_copy / "events.csv"))
    assert status == 1
    assert "events-quarantine.csv" in out
    assert "\x1b[2J" not in out


def test_a_file_that_the_source_does_not_have_is_wrong_use(said: Said, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("id,name\n1,one\n", encoding="utf-8")
    status, _, err = said("check", "ecosystem", "other.csv")
    assert status == 2
    assert "actors.csv" in err


# query


def test_a_query_from_standard_input(alliances: Alliances, generation: Generation) -> None:
    query = "PREFIX org: <http://www.w3.org/ns/org#> SELECT (COUNT(?a) AS ?n) { ?a a org:OrganizationalCollaboration }"
    done = alliances("query", "-", "--format", "csv", stdin=query)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["n", str(generation.run["counts"]["Alliance"])]


@pytest.mark.parametrize(
    "query", ["SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "DROP ALL", "SELECT", "{" * 5000]
)
def test_a_hostile_query_is_refused_in_a_sentence(said: Said, tmp_path: Path, query: str) -> None:
    (tmp_path / "query.rq").write_text(query, encoding="utf-8")
    status, out, err = said("query", "query.rq")
    assert status in {1, 2}
    assert out == ""
    assert err.startswith("alliances: ")
    assert err.count("\n") == 1


def test_each_kind_of_result_has_a_form(said: Said, tmp_path: Path) -> None:
    (tmp_path / "ask.rq").write_text("ASK { ?s ?p ?o }", encoding="utf-8")
    (tmp_path / "construct.rq").write_text("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3", encoding="utf-8")
    (tmp_path / "select.rq").write_text("SELECT ?s ?none { ?s ?p ?o } LIMIT 3", encoding="utf-8")
    assert "yes" in said("query", "ask.rq")[1]
    assert len(list(parse(said("query", "construct.rq")[1].encode(), RdfFormat.TURTLE))) == 3
    assert said("query", "construct.rq", "--format", "table")[0] == 2
    assert said("query", "select.rq", "--format", "parquet", "--out", "rows.parquet")[0] == 0
    rows = pl.read_parquet(tmp_path / "rows.parquet")
    assert (rows.columns, rows.height, rows["none"].null_count()) == (["s", "none"], 3, 3)


# view, export


@pytest.mark.parametrize("page", ["network", "ego le-rameau", "territory REG-28", "target 17.17", "map --level region"])
def test_a_page_is_written(said: Said, tmp_path: Path, page: str) -> None:
    status, out, _ = said("view", *page.split(), "--out", "page.html", "--lang", "en")
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert (status, out) == (0, "")
    assert html.startswith("<!doctype html>")
    assert 'lang="en"' in html


def test_exports_hold_what_the_generation_holds(said: Said, tmp_path: Path, generation: Generation) -> None:
    for form in ("nquads", "graphml", "gexf"):
        assert said("export", "--format", form, "--out", f"all.{form}")[0] == 0
    dump = gzip.decompress((generation.path / "graph.nq.gz").read_bytes())
    assert (tmp_path / "all.nquads").read_bytes() == dump
    expected = two_mode(generation.tables.actors, generation.tables.alliances, generation.tables.memberships)
    for found in (nx.read_graphml(tmp_path / "all.graphml"), nx.read_gexf(tmp_path / "all.gexf")):
        assert set(found) == set(expected)
        assert found.number_of_edges() == expected.number_of_edges()


@pytest.mark.parametrize(("form", "rdf"), [("trig", RdfFormat.TRIG), ("turtle", RdfFormat.TURTLE)])
def test_rdf_is_complete(said: Said, tmp_path: Path, generation: Generation, form: str, rdf: RdfFormat) -> None:
    assert said("export", "--format", form, "--out", "all.rdf")[0] == 0
    with (tmp_path / "all.rdf").open("rb") as stream:
        assert sum(1 for _ in parse(stream, rdf)) == generation.run["quads"]


def test_tables_are_a_folder(said: Said, tmp_path: Path, generation: Generation) -> None:
    assert said("export", "--format", "parquet", "--out", "tables")[0] == 0
    assert pl.read_parquet(tmp_path / "tables" / "alliances.parquet").equals(generation.table("alliances"))


def test_no_half_file_replaces_a_whole_one(said: Said, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("kept", encoding="utf-8")
    assert said("view", "ego", "nobody", "--out", "page.html")[0] == 2
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "kept"


# build, validate, generations


def test_without_a_generation_every_question_says_to_build(
    said: Said, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALLIANCES_HOME", str(tmp_path / "empty"))
    for command in ("actors", "metrics", "validate", "serve --port 0", "export --format nquads"):
        status, _, err = said(*command.split())
        assert (status, "alliances build" in err) == (1, True)
    assert json.loads(said("sources", "--format", "json")[1])["total"] == len(all_loaders())
    assert "no" in said("version")[1]


def test_the_generation_is_valid_and_listed(said: Said, generation: Generation) -> None:
    status, out, _ = said("validate", "--format", "json")
    assert (status, json.loads(out)["conforms"], json.loads(out)["violations"]) == (0, True, [])
    listed = json.loads(said("generations", "--format", "json")[1])["results"]
    assert [(one["generation"], one["current"]) for one in listed] == [(generation.id, True)]


def test_a_build_says_what_became_of_each_file(
    tmp_path: Path, ecosystem_copy: Path, small_territories: Path, edit: Edit
) -> None:
    edit("events.csv", ",2020-", ",2020-02-31x")
    given = (f"ecosystem={ecosystem_copy}", f"territories={small_territories}")
    done = _run(tmp_path / "home", "build", *given)
    assert done.returncode == 0
    row = next(line.split() for line in done.stdout.splitlines() if "events.csv" in line)
    assert row[:5] == ["ecosystem", "events.csv", "61", "60", "1"]
    home = Home(tmp_path / "home")
    assert f"generation {home.current_id()}" in done.stdout
    assert "WARNING: " in done.stderr
    assert "rows refused and not in the generation: " in done.stderr
    assert str(home.current() / "quarantine") in done.stderr
    assert "reading ecosystem" in done.stderr


def test_ctrl_c_in_a_build_leaves_everything_as_it_was(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    process = start(home.path, "build")
    assert process.stderr is not None
    wait_for(process.stderr, "reading territories")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert home.ids() == []
    assert home.current_id() is None
    assert list(home.building.iterdir()) == []


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    process = start(home, *arguments)
    out, err = process.communicate(timeout=PATIENCE_S)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)
