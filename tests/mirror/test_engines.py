"""Both engines do the same: values, transactions, refusals, errors."""

from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path

import pytest

from graph.mirror.address import Address
from graph.mirror.bolt import Bolt, connect
from graph.mirror.embedded import Embedded
from graph.mirror.engine import BadQuery, Cypher, MirrorError, Refused, TooBig, TooSlow, Unreachable
from tests.mirror.server import Server

NAMES = {Embedded: "kglite ", Bolt: "Neo4j 5."}


def count(engine: Cypher) -> object:
    return engine.run("MATCH (n) RETURN count(n) AS nodes")[0]["nodes"]


def test_it_says_who_it_is(engine: Cypher) -> None:
    assert engine.name.startswith(NAMES[type(engine)])


VALUES: dict[str, object] = {
    "nothing": None, "yes": True, "whole": 2**53 + 1, "part": 0.1, "text": "« é 🎉 » \" ' \\ \n", "texts": ["a", ""],
    "empty": [], "day": date(2020, 10, 17), "days": [date(2020, 10, 17)], "map": {"a": [1, {"b": None}]},
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_values_come_back_as_they_went(engine: Cypher, name: str) -> None:
    assert engine.run("RETURN $value AS value", {"value": VALUES[name]}) == [{"value": VALUES[name]}]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("date('2020-10-17')", date(2020, 10, 17)),
        ("datetime('2020-10-17T10:00:00Z')", datetime(2020, 10, 17, 10, tzinfo=timezone.utc)),  # noqa: UP017
        ("localdatetime('2020-10-17T10:00:00')", datetime(2020, 10, 17, 10)),
        ("duration({months: 1, days: 2, seconds: 3})", {"months": 1, "days": 2, "seconds": 3}),
        ("point({longitude: 2.0, latitude: 48.0})", {"longitude": 2.0, "latitude": 48.0}),
    ],
)
def test_values_that_cypher_makes_are_the_same_in_both(engine: Cypher, written: str, value: object) -> None:
    assert engine.run(f"RETURN {written} AS value") == [{"value": value}]


def test_properties_are_kept(engine: Cypher) -> None:
    kept = {name: value for name, value in VALUES.items() if name not in {"nothing", "map"}} | {"id": "a", "name": "A"}
    engine.run("CREATE (n:Actor) SET n = $properties", {"properties": kept})
    assert engine.run("MATCH (n:Actor) RETURN n") == [{"n": {"labels": ["Actor"], "properties": kept}}]


def test_nodes_relationships_and_paths_are_maps(engine: Cypher) -> None:
    engine.run("CREATE (:Actor {id: 'a', name: 'A'})-[:MEMBER_OF {role: 'founder'}]->(:Alliance {id: 'b', name: 'B'})")
    actor = {"labels": ["Actor"], "properties": {"id": "a", "name": "A"}}
    alliance = {"labels": ["Alliance"], "properties": {"id": "b", "name": "B"}}
    member = {"type": "MEMBER_OF", "properties": {"role": "founder"}}
    assert engine.run("MATCH path = (a:Actor)-[r]->(b) RETURN a, r, path, [b] AS list") == [
        {"a": actor, "r": member, "path": {"nodes": [actor, alliance], "relationships": [member]}, "list": [alliance]}
    ]


def test_a_period_ends(engine: Cypher) -> None:
    engine.run("CREATE (:Alliance {id: 'a', start: '2017', end: '2020', name: 'the end: .end'})")
    matched = "MATCH (l:Alliance {end: '2020'}) WHERE l.end < '2021' "
    assert engine.ask(matched + "RETURN l.end, CASE l.end WHEN '2020' THEN 1 END AS n", 10).rows == [
        {"l.end": "2020", "n": 1}
    ]
    assert engine.run("MATCH (l:Alliance) RETURN l.name AS name, '.end {end: 1} l.end' AS text") == [
        {"name": "the end: .end", "text": ".end {end: 1} l.end"}
    ]


def test_a_period_that_nobody_knows_is_null(engine: Cypher) -> None:
    engine.run("CREATE (:Actor {id: 'a'})-[:MEMBER_OF {role: 'member', end: '2020'}]->(:Alliance {id: 'b'})")
    found = engine.ask("MATCH (a)-[m:MEMBER_OF]->(b) RETURN m.start, m.end, a.start, [x IN [m] | x.start] AS list", 10)
    assert found.columns == ("m.start", "m.end", "a.start", "list")
    assert found.rows == [{"m.start": None, "m.end": "2020", "a.start": None, "list": [None]}]
    assert engine.run("MATCH ()-[m:MEMBER_OF]->() WHERE m.start IS NULL RETURN count(*) AS n") == [{"n": 1}]
    engine.run("MATCH ()-[m:MEMBER_OF]->() SET m.start = '2017', m.end = '2021'")
    assert engine.run("MATCH ()-[m:MEMBER_OF {start: '2017', end: '2021'}]->() RETURN count(*) AS n") == [{"n": 1}]


def test_reading_comes_in_chunks_of_all_rows(engine: Cypher) -> None:
    chunks = list(engine.read("UNWIND range(1, $last) AS n RETURN n", {"last": 2500}))
    assert [len(chunk) for chunk in chunks] == [1000, 1000, 500]
    assert [row["n"] for chunk in chunks for row in chunk] == list(range(1, 2501))
    assert list(engine.read("UNWIND [] AS n RETURN n")) == []


def test_reading_may_stop_halfway(engine: Cypher) -> None:
    next(iter(engine.read("UNWIND range(1, 5000) AS n RETURN n")))
    assert engine.run("RETURN 1 AS n") == [{"n": 1}]


def test_a_transaction_is_kept_whole(engine: Cypher) -> None:
    with engine.transaction() as transaction:
        transaction.run("CREATE (:Actor {id: 'a'})")
        assert transaction.run("CREATE (:Actor {id: 'b'}) WITH 1 AS one MATCH (n:Actor) RETURN count(n) AS n") == [
            {"n": 2}
        ]
    assert count(engine) == 2


def test_an_error_undoes_a_transaction(engine: Cypher) -> None:
    def half(raised: Exception) -> None:
        with engine.transaction() as transaction:
            transaction.run("CREATE (:Actor {id: 'a'})")
            raise raised

    with pytest.raises(KeyError):
        half(KeyError("a"))
    assert count(engine) == 0


def test_a_wrong_query_undoes_a_transaction(engine: Cypher) -> None:
    def half() -> None:
        with engine.transaction() as transaction:
            transaction.run("CREATE (:Actor {id: 'a'})")
            transaction.run("CREATE nonsense")

    with pytest.raises(BadQuery):
        half()
    assert count(engine) == 0


def test_a_constraint_holds(engine: Cypher) -> None:
    engine.run("CREATE CONSTRAINT slot IF NOT EXISTS FOR (n:_A) REQUIRE n.iri IS UNIQUE")
    engine.run("CREATE (:_A:Actor {iri: 'x:1', id: 'a'})")
    with pytest.raises(BadQuery, match="already exists"):
        engine.run("CREATE (:_A:Actor {iri: 'x:1', id: 'b'})")
    assert count(engine) == 1


WRITES = [
    "CREATE (n:Actor {id: 'b'}) RETURN n",
    "MATCH (n:Actor) SET n.name = 'B'",
    "MATCH (n:Actor) SET n:Other",
    "MATCH (n:Actor) DETACH DELETE n",
    "MERGE (n:Actor {id: 'c'})",
    "FOREACH (one IN [1] | CREATE (:Actor))",
    "CREATE INDEX names FOR (n:Actor) ON (n.name)",
    "CREATE CONSTRAINT ids FOR (n:Actor) REQUIRE n.name IS UNIQUE",
    "PROFILE CREATE (n:Actor)",
]


@pytest.mark.parametrize("query", WRITES)
def test_a_question_cannot_write(engine: Cypher, query: str) -> None:
    engine.run("CREATE (:Actor {id: 'a', name: 'A'})")
    before = engine.run("MATCH (n) RETURN n")
    with pytest.raises(Refused):
        engine.ask(query, 10)
    with pytest.raises(Refused):
        list(engine.read(query))
    assert engine.run("MATCH (n) RETURN n") == before
    engine.run("MATCH (n:Actor) SET n.name = 'C'")  # whoever may write still can


WRITING_PROCEDURES: dict[type[Cypher], list[str]] = {
    Embedded: ["CALL db.cdc.enable({})", "CALL db.ontology.clear()"],
    Bolt: ["CALL db.createLabel('Other')", "CALL db.createProperty('other')"],
}


def test_a_question_cannot_call_what_writes(engine: Cypher) -> None:
    for query in WRITING_PROCEDURES[type(engine)]:
        with pytest.raises(Refused):
            engine.ask(query, 10)


LOADS = [
    "LOAD CSV FROM '{uri}' AS line RETURN line",
    "load  csv\nFROM '{uri}' AS line RETURN line",
    "PROFILE LOAD CSV FROM '{uri}' AS line RETURN line",
    "RETURN ['a'] AS line UNION LOAD CSV FROM '{uri}' AS line RETURN line",
    "// a remark\nLOAD CSV FROM '{uri}' AS line RETURN line",
    "RETURN '\\'' AS line UNION LOAD CSV FROM '{uri}' AS line RETURN line",
    "/* a remark */ PROFILE LOAD CSV FROM '{uri}' AS line RETURN line",
    "\\u004cOAD CSV FROM '{uri}' AS line RETURN line",
    "EXPLAIN \\u0050ROFILE LOAD CSV FROM '{uri}' AS line RETURN line",
    "\\u0050ROFILE LOAD CSV FROM '{uri}' AS line RETURN line",
    "CYPHER 5 PROFILE LOAD CSV FROM '{uri}' AS line RETURN line",
    "UNWIND [1] AS one CALL (one) {{ LOAD CSV FROM '{uri}' AS line RETURN line }} RETURN line",
]


@pytest.mark.parametrize("query", LOADS)
def test_a_question_cannot_read_files(engine: Cypher, query: str, tmp_path: Path) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a secret\n", encoding="utf-8")
    with pytest.raises((Refused, BadQuery)) as raised:
        engine.ask(query.format(uri=file.as_uri()), 10)
    assert "a secret" not in str(raised.value)


@pytest.mark.parametrize("text", ["'LOAD CSV'", '"load csv"', "'a' + ' LOAD CSV '"])
def test_a_question_may_speak_of_it(engine: Cypher, text: str) -> None:
    assert len(engine.ask(f"RETURN {text} AS text // LOAD CSV", 10).rows) == 1


def test_an_answer_has_its_columns_without_rows(engine: Cypher) -> None:
    found = engine.ask("MATCH (n:Actor) RETURN n.name AS name, n.id", 10)
    assert (found.columns, found.rows) == (("name", "n.id"), [])


def test_a_question_may_be_explained(engine: Cypher) -> None:
    engine.run("CREATE (:Actor {id: 'a'})")
    assert engine.ask("PROFILE MATCH (n:Actor) RETURN n.id AS id", 10).rows == [{"id": "a"}]
    engine.ask("EXPLAIN MATCH (n:Actor) RETURN n.id AS id", 10)


@pytest.mark.parametrize(
    "query", ["RETURN 1 +", "MATCH (n) RETURN m", "RETURN no_such_function(1)", "RETURN 1 / 0", ""]
)
def test_a_wrong_question_gets_a_sentence(engine: Cypher, query: str) -> None:
    with pytest.raises(BadQuery) as raised:
        engine.ask(query, 10)
    assert len(str(raised.value)) > 10
    assert "\n" not in str(raised.value)


def test_a_position_is_that_in_the_question(engine: Cypher) -> None:
    with pytest.raises(BadQuery, match=r"line 2, col(umn)? [89]"):
        engine.ask("MATCH (n)\nRETURN +", 10)


def test_a_question_that_takes_too_long_is_stopped(engine: Cypher) -> None:
    product = ", ".join(f"range(1, 1000) AS r{n}" for n in range(4))
    unwound = " ".join(f"UNWIND r{n} AS x{n}" for n in range(4))
    with pytest.raises(TooSlow):
        engine.ask(f"WITH {product} {unwound} RETURN sum(x0 * x1 * x2 * x3) AS n", 1)
    assert engine.run("RETURN 1 AS n") == [{"n": 1}]


def test_closing_twice_is_as_good_as_once(engine: Cypher) -> None:
    if isinstance(engine, Embedded):
        engine.close()
        engine.close()


UNSEEN = [
    "MATCH (l:Alliance)<-[:MEMBER_OF]-(a:Actor {source: l.source}) RETURN a.id AS id",
    "MATCH (l:Alliance), (a:Actor {source: l.source}) RETURN a.id AS id",
    "MATCH (l:Alliance {name: 'B'}) OPTIONAL MATCH (a:Actor), (b {id: a['id']}) RETURN a.id AS id",
]
SEEN = [
    "MATCH (l:Alliance) MATCH (a:Actor {source: l.source}) RETURN a.id AS id",
    "MATCH (l:Alliance), (a:Actor) WHERE a.source = l.source RETURN a.id AS id",
    "UNWIND [{source: 'eco'}] AS l MATCH (a:Actor {source: l.source}) RETURN a.id AS id",
    "MATCH (l:Alliance)<-[:MEMBER_OF]-(a:Actor {name: '{x: l.source}'}) RETURN a.id AS id",
]


class TestEmbedded:
    """Habits of the engine in process that would show."""

    @pytest.fixture
    def filled(self) -> Embedded:
        filled = Embedded()
        filled.run(
            "CREATE (:Actor {id: 'a', name: '{x: l.source}', source: 'eco'})-[:MEMBER_OF]->"
            "(:Alliance {id: 'b', name: 'B', source: 'eco'})"
        )
        return filled

    @pytest.mark.parametrize("query", UNSEEN)
    def test_a_comparison_that_it_cannot_make_is_refused(self, filled: Embedded, query: str) -> None:
        with pytest.raises(BadQuery, match="WHERE"):
            filled.ask(query, 10)

    @pytest.mark.parametrize("query", SEEN)
    def test_the_same_comparison_where_it_can_be_made(self, filled: Embedded, query: str) -> None:
        assert filled.ask(query, 10).rows == [{"id": "a"}]

    def test_formats_are_not_for_the_query_to_choose(self) -> None:
        with pytest.raises(BadQuery, match="--format"):
            Embedded().ask("RETURN 1 AS n FORMAT CSV", 10)

    def test_an_unknown_label_is_no_reason_to_warn(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert Embedded().ask("MATCH (n:Nobody)-[:KNOWS]->(m) RETURN n.nothing AS n", 10).rows == []
        assert capfd.readouterr().err == ""

    def test_the_properties_are_those_that_were_given(self) -> None:
        engine = Embedded()
        given = {"iri": "x:1", "id": "a", "name": "A", "title": "Sir", "type": "b"}
        engine.run("CREATE (n:Actor) SET n = $given", {"given": given})
        assert engine.run("MATCH (n) RETURN n.title AS title, n") == [
            {"title": "Sir", "n": {"labels": ["Actor"], "properties": given}}
        ]


SECRET = "open-sesame"  # noqa: S105 - opens nothing


def refused_or_unreachable(address: Address) -> MirrorError:
    with pytest.raises(MirrorError) as raised:
        connect(address)
    assert SECRET not in f"{raised.value!r} {raised.value} {address!r}"
    return raised.value


class TestBolt:
    """A server that is not there, does not want, or cannot."""

    def test_nobody_is_there(self) -> None:
        error = refused_or_unreachable(Address("bolt://127.0.0.1:1", password=SECRET))
        assert isinstance(error, Unreachable)
        assert "127.0.0.1:1" in str(error)

    @pytest.mark.parametrize(
        "uri",
        ["", "127.0.0.1:7687", "http://127.0.0.1:7687", "bolt://", "bolt://h:port", f"bolt://neo4j:{SECRET}@h:7687"],
    )
    def test_what_is_no_address(self, uri: str) -> None:
        with pytest.raises(Refused, match="bolt://host:port") as raised:
            Address(uri, password=SECRET)
        assert SECRET not in str(raised.value)

    @pytest.mark.neo4j
    def test_a_wrong_password(self, database: Address) -> None:
        error = refused_or_unreachable(Address(database.uri, database.user, SECRET))
        assert isinstance(error, Refused)
        assert "NEO4J_PASSWORD" in str(error)
        connect(database).close()

    @pytest.mark.neo4j
    def test_an_unknown_database(self, database: Address) -> None:
        unknown = Address(database.uri, database.user, database.password, "nowhere")
        with pytest.raises(BadQuery, match="nowhere"):
            connect(unknown)

    @pytest.mark.neo4j
    def test_an_address_of_a_cluster(self, database: Address) -> None:
        engine = connect(Address(database.uri.replace("bolt", "neo4j"), database.user, database.password))
        assert engine.run("RETURN 1 AS n") == [{"n": 1}]
        engine.close()
        engine.close()

    @pytest.mark.neo4j
    def test_a_batch_that_is_too_big_for_it(self, bolt: Bolt) -> None:
        row = {"id": "an identifier", "name": "a name of some length", "note": "x" * 200}
        with pytest.raises(TooBig):
            bolt.run("UNWIND range(1, 3000000) AS n CREATE (a:Actor) SET a = $row", {"row": row})
        assert count(bolt) == 0

    @pytest.mark.neo4j
    def test_one_that_hangs(self, server: Server | None) -> None:
        if server is None:
            pytest.skip("the server that is offered is not to be paused")
        server.pause()
        try:
            with pytest.raises(Unreachable):
                connect(server.address)
        finally:
            server.resume()
        connect(server.address).close()


@pytest.mark.neo4j
@pytest.mark.faults
class TestDamagedServer:
    """A server of its own, killed, and then started so that it may only be read."""

    def test_it_keeps_what_was_written(self, tmp_path: Path) -> None:
        server = Server.start(tmp_path)
        engine = connect(server.address)
        engine.run("CREATE (:Actor {id: 'a'})")
        server.kill()
        with pytest.raises(Unreachable):
            engine.run("CREATE (:Actor {id: 'b'})")
        server.settings = {"server.databases.default_to_read_only": "true"}
        server.restart()
        assert count(engine) == 1
        with pytest.raises(Refused):
            engine.run("CREATE (:Actor)")
        engine.close()
        server.stop()


def test_every_error_is_a_mirror_error() -> None:
    kinds: list[Callable[[str], MirrorError]] = [Unreachable, Refused, TooBig, TooSlow, BadQuery]
    assert {str(kind("a sentence")) for kind in kinds} == {"a sentence"}
