"""`alliances query --cypher`, as a user runs it: in the engine in process, and on a server."""

import csv
import io
import json
from datetime import date, time, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest

from api.commands.cypher import frame_of
from api.commands.failures import explain
from graph import Generation
from graph.mirror.address import Address
from graph.mirror.bolt import connect
from graph.mirror.engine import Asked, BadQuery, Refused
from tests.cli.conftest import Alliances
from tests.mirror.conftest import database, server
from tests.mirror.server import wipe

__all__ = ["database", "server"]

PAIRS = """
MATCH (a:Actor)-[:MEMBER_OF]->(l:Alliance)<-[:MEMBER_OF]-(b:Actor) WHERE a.iri < b.iri
RETURN a.name AS a, b.name AS b, count(DISTINCT l) AS shared, collect(l.id) AS ids ORDER BY shared DESC, a, b LIMIT 3
"""


def test_a_table_says_which_engine_and_which_generation(alliances: Alliances, generation: Generation) -> None:
    done = alliances("query", "--cypher", "-", stdin=PAIRS)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["a", "b", "shared", "ids"]
    assert lines[-1] == f"3 rows from kglite 0.21.2 in process, generation {generation.id}"


def test_json_has_results_and_context(alliances: Alliances, generation: Generation) -> None:
    body = json.loads(alliances("query", "--cypher", "-", "--format", "json", stdin=PAIRS).stdout)
    assert body["total"] == len(body["results"]) == 3
    assert set(body["results"][0]) == {"a", "b", "shared", "ids"}
    assert body["context"] == {
        "engine": "kglite 0.21.2 in process",
        "generation": generation.id,
        "graph_sha256": generation.graph_sha256,
    }


def test_csv_and_parquet_say_the_same(alliances: Alliances, tmp_path: Path) -> None:
    done = alliances("query", "--cypher", "-", "--format", "csv", stdin=PAIRS)
    alliances("query", "--cypher", "-", "--out", "pairs.parquet", stdin=PAIRS)
    frame = pl.read_parquet(tmp_path / "pairs.parquet")
    assert frame.schema == {"a": pl.String, "b": pl.String, "shared": pl.Int64, "ids": pl.List(pl.String)}
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["a"], int(row["shared"]), row["ids"].split("|")) for row in rows] == list(
        frame.select("a", "shared", "ids").iter_rows()
    )
    assert "kglite" in done.stderr


def column(*values: object) -> tuple[object, list[object]]:
    found = frame_of(Asked(("x",), [{"x": value} for value in values]))["x"]
    return found.dtype, found.to_list()


def test_columns_have_the_type_of_their_values() -> None:
    day, hour = date(2020, 10, 17), time(10, tzinfo=timezone(timedelta(hours=1)))
    assert column(None, None) == (pl.String, [None, None])
    assert column(1, None, 2) == (pl.Int64, [1, None, 2])
    assert column(1, 2.5) == (pl.Float64, [1.0, 2.5])
    assert column(True, None) == (pl.Boolean, [True, None])
    assert column(day, None) == (pl.Date, [day, None])
    assert column(["a"], [], None) == (pl.List(pl.String), [["a"], [], None])
    assert column([1, "a"], ["b"]) == (pl.String, ['[1,"a"]', '["b"]'])
    assert column({"a": [day]}, None) == (pl.String, ['{"a":["2020-10-17"]}', None])
    assert column("a", 1, True, day) == (pl.String, ["a", "1", "true", "2020-10-17"])
    assert column(hour) == (pl.String, ["10:00:00+01:00"])


def test_an_answer_without_rows_has_its_columns() -> None:
    assert frame_of(Asked(("a", "b"), [])).columns == ["a", "b"]


def test_what_is_refused_gets_one_sentence(alliances: Alliances) -> None:
    done = alliances("query", "--cypher", "-", stdin="MATCH (n:Actor) SET n.name = 'X'")
    assert (done.returncode, done.stdout) == (1, "")
    assert "only read" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_wrong_query_is_wrong_use() -> None:
    assert explain(BadQuery("a sentence")) == ("a sentence", 2)
    assert explain(Refused("a sentence")) == ("a sentence", 1)


def test_formats_of_graphs_are_refused(alliances: Alliances) -> None:
    done = alliances("query", "--cypher", "-", "--format", "turtle", stdin=PAIRS)
    assert done.returncode == 2
    assert "table, json, csv, parquet" in done.stderr


def test_a_server_that_is_not_there(alliances: Alliances, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    monkeypatch.setenv("NEO4J_PASSWORD", "open-sesame")
    done = alliances("query", "--cypher", "-", stdin=PAIRS)
    assert done.returncode == 1
    assert "127.0.0.1:1 does not answer" in done.stderr
    assert "open-sesame" not in done.stderr


def test_what_is_no_address(alliances: Alliances, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "http://neo4j:open-sesame@127.0.0.1:1")
    done = alliances("query", "--cypher", "-", stdin=PAIRS)
    assert done.returncode == 1
    assert "bolt://host:port" in done.stderr
    assert "open-sesame" not in done.stderr


@pytest.mark.neo4j
def test_a_server_answers_where_one_is_named(
    alliances: Alliances, database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect(database)
    wipe(engine)
    engine.run("CREATE (:_Mirror {id: 'alliances', generation: '000042-abc', graph_sha256: 'abc'}), (:Actor {id: 'a'})")
    for name, value in (("URI", database.uri), ("USER", database.user), ("PASSWORD", database.password)):
        monkeypatch.setenv(f"NEO4J_{name}", value)
    done = alliances("query", "--cypher", "-", stdin="MATCH (a:Actor) RETURN a.id")
    refused = alliances("query", "--cypher", "-", stdin="CREATE (:Actor)")
    wipe(engine)
    engine.close()
    assert done.stdout.splitlines()[-1] == f"1 row from {engine.name}, generation 000042-abc"
    assert refused.returncode == 1
    assert "read access mode" in refused.stderr
