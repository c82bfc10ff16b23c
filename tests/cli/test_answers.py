"""Lists, metrics and isolation: the bodies of the HTTP routes, and tables for people."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import polars as pl
import pytest

from api.commands.lists import COLUMNS
from graph import Generation
from graph.home import Home
from loaders.registry import all_loaders
from tests.cli.conftest import Said, serving


@pytest.fixture(scope="module")
def site(home: Home) -> Iterator[str]:
    """The address of a service over the home of the session."""
    with serving(home.path, "serve") as (address, _):
        yield address


QUESTIONS = [
    *((f"{name} --limit 5", f"{name}?limit=5") for name in COLUMNS),
    (
        "alliances --territory REG-28 --target 17 --as-of 2020-10-17 --as-of-mode certain --limit 7",
        "alliances?territory=REG-28&target=17&as_of=2020-10-17&as_of_mode=certain&limit=7",
    ),
    ("actors --q RAMEAU --kind association --limit 500", "actors?q=RAMEAU&kind=association&limit=500"),
    ("studies --appeal devoir --limit 9", "studies?appeal=devoir&limit=9"),
    ("territories --sort -population --offset 3 --limit 4", "territories?sort=-population&offset=3&limit=4"),
    (
        "metrics --on alliances --network projection --metric degree --metric closeness --limit 6",
        "metrics?on=alliances&network=projection&metric=degree&metric=closeness&limit=6",
    ),
    ("metrics --on territories --level region --limit 30", "metrics?on=territories&level=region&limit=30"),
    ("isolation --level region --limit 30", "isolation?level=region&limit=30"),
    ("isolation --worklist --limit 3", "isolation?worklist=true&limit=3"),
    ("isolation --explain DEP-14", "territories/DEP-14/isolation"),
]


@pytest.mark.parametrize(("command", "path"), QUESTIONS)
def test_json_is_the_body_of_the_route(said: Said, site: str, command: str, path: str) -> None:
    status, out, err = said(*command.split(), "--format", "json")
    over_http = httpx.get(f"{site}/api/v1/{path}").json()
    assert (status, err) == (0, "")
    assert json.loads(out) == over_http


def test_sources_are_those_of_the_route_and_what_else_can_be_loaded(said: Said, site: str) -> None:
    body = json.loads(said("sources", "--format", "json")[1])
    over_http = httpx.get(f"{site}/api/v1/sources").json()
    loaded = [row for row in body["results"] if row["files"]]
    assert loaded == over_http["results"]
    assert {row["id"] for row in body["results"]} == set(all_loaders())
    assert body["context"] == over_http["context"]


def test_every_row_comes_unless_a_limit_says_otherwise(said: Said, generation: Generation) -> None:
    body = json.loads(said("actors", "--format", "json")[1])
    assert len(body["results"]) == body["total"] == generation.run["counts"]["Actor"]
    assert not body["truncated"]


def test_csv_and_parquet_hold_the_same_rows(said: Said, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(said("alliances", "--territory", "REG-28", "-f", "csv")[1])))
    assert said("alliances", "--territory", "REG-28", "--out", "found.parquet")[0] == 0
    frame = pl.read_parquet(tmp_path / "found.parquet")
    assert [row["id"] for row in rows] == frame["id"].to_list()
    assert frame.height > 10
    assert isinstance(frame.schema["members"], pl.List)


def test_a_table_that_was_cut_says_so(said: Said) -> None:
    status, out, _ = said("territories", "--kind", "commune")
    assert status == 0
    assert "rows 1 to 50 of 3" in out
    assert "--limit" in out


def test_a_table_names_what_it_was_read_from(said: Said, generation: Generation) -> None:
    _, out, _ = said("measures")
    assert generation.id in out
    assert "3 rows" in out


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("alliances --territory 28", ("DEP-28", "REG-28")),
        ("alliances --territory XX-1", ("XX-1", "REG-28")),
        ("alliances --target 99", ("99", "17.17")),
        ("actors --kind planet", ("planet", "association")),
        ("studies --territory REG-28", ("studies cannot be filtered by territory",)),
        ("actors --as-of 2020", ("--as-of", "2020-10-17")),
        ("actors --as-of 2021-02-31", ("--as-of", "2020-10-17")),
        ("actors --limit 0", ("--limit",)),
        ("actors --format pdf", ("--format", "parquet")),
        ("metrics --metric charm", ("charm", "betweenness")),
        ("isolation --explain 28", ("DEP-28", "REG-28")),
        ("isolation --explain DEP-14 --format csv", ("json",)),
        ("view ego nobody --out page.html", ("nobody",)),
        ("view territory 28 --out page.html", ("DEP-28", "REG-28")),
        ("view", ("view --help",)),
        ("export --format csv", ("--out",)),
        ("export --format trig --as-of 2020-10-17", ("--as-of",)),
        ("query nothing.rq", ("nothing.rq",)),
        ("check nothing .", ("nothing", "ecosystem")),
        ("build ecosystem", ("NAME=PATH",)),
        ("build ecosystem=missing", ("missing", "does not exist")),
        ("build --remove nothing", ("nothing", "ecosystem")),
        ("dance", ("dance",)),
    ],
)
def test_wrong_use_is_one_sentence_that_says_what_to_do(said: Said, command: str, expected: tuple[str, ...]) -> None:
    status, out, err = said(*command.split())
    assert (status, out) == (2, "")
    assert err.startswith("alliances: ")
    assert err.count("\n") == 1
    assert all(one in err for one in expected)


def test_debug_shows_the_trace_wherever_it_stands(said: Said) -> None:
    status, _, err = said("alliances", "--territory", "28", "--debug")
    assert status == 2
    assert "Traceback" in err
    assert "DEP-28" in err.splitlines()[-1]


def test_the_table_of_contents_is_true(said: Said) -> None:
    from api.cli import CONTENTS  # noqa: PLC0415 - the only test that needs it

    for name in CONTENTS:
        status, out, _ = said(name, "--help")
        assert status == 0
        assert f"alliances {name}" in out
