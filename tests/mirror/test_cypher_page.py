"""`docs/cypher.md`: every query of the page runs in both engines, on the data that is shipped, with the same rows."""

import re
from collections.abc import Iterator

import pytest

from api.engines import open_engine
from graph import Generation
from graph.home import Home
from graph.mirror.address import Address
from graph.mirror.bolt import connect
from graph.mirror.engine import Cypher
from graph.mirror.sync import Syncer
from tests import tree
from tests.mirror.server import wipe

PAGE = (tree.ROOT / "docs" / "cypher.md").read_text(encoding="utf-8")
QUERIES = {
    title.partition(" · ")[2]: query
    for title, query in re.findall(r"^### (\d+\. .+?)\n.*?^```cypher\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
}
SECONDS = 60.0


@pytest.fixture(scope="module")
def embedded(generation: Generation) -> Iterator[Cypher]:
    engine = open_engine(None, generation)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def mirror(database: Address, home: Home, generation: Generation) -> Iterator[Cypher]:
    engine = connect(database)
    wipe(engine)
    Syncer(home).sync(engine, generation)
    yield engine
    wipe(engine)
    engine.close()


def test_the_page_has_twenty_queries() -> None:
    numbers = [int(number) for number in re.findall(r"^### (\d+)\. ", PAGE, re.MULTILINE)]
    assert numbers == list(range(1, 21))
    assert len(QUERIES) == PAGE.count("```cypher") == 20


@pytest.mark.parametrize("title", QUERIES)
def test_it_has_rows_in_the_engine_in_process(embedded: Cypher, title: str) -> None:
    found = embedded.ask(QUERIES[title], SECONDS)
    assert found.rows
    assert all(any(value not in (None, [], "") for value in row.values()) for row in found.rows)


@pytest.mark.neo4j
@pytest.mark.parametrize("title", QUERIES)
def test_it_has_the_same_rows_on_a_server(embedded: Cypher, mirror: Cypher, title: str) -> None:
    assert mirror.ask(QUERIES[title], SECONDS) == embedded.ask(QUERIES[title], SECONDS)


ALIKE = {
    "all nodes": "MATCH (n) WHERE NOT n:_Mirror RETURN count(n) AS nodes",
    "all relationships": "MATCH ()-[r]->() RETURN type(r) AS type, count(*) AS n ORDER BY type",
    "a key without a label": "MATCH (n {id: '17'}) RETURN n.iri AS iri ORDER BY iri",
    "keys of all kinds": "MATCH (n) WHERE n.id IN ['17', '17.17', 'REG-28', 'le-rameau'] RETURN n.iri AS i ORDER BY i",
    "properties": "MATCH (n:Actor) RETURN properties(n) AS p ORDER BY n.iri",
    "keys": "MATCH (n:Figure) UNWIND keys(n) AS key RETURN key, count(*) AS n ORDER BY key",
    "nodes": "MATCH (n:Chantier) RETURN n ORDER BY n.iri",
    "relationships": "MATCH (:Actor {id: 'le-rameau'})-[r]->(n) RETURN r ORDER BY n.iri, r.iri",
    "no start": "MATCH ()-[r:MEMBER_OF]->() WHERE r.start IS NULL RETURN count(r) AS n",
    "paths": "MATCH p = (:Commune {id: 'COM-14118'})-[:PART_OF]->(t) RETURN p ORDER BY t.iri",
    "optional": "MATCH (l:Alliance) OPTIONAL MATCH (l)-[:LOCATED_IN]->(t) RETURN l.id AS l, t.id AS t ORDER BY l, t",
    "degree": "MATCH (a:Actor) RETURN a.id AS id, count { (a)-[:MEMBER_OF]->() } AS n ORDER BY n DESC, id LIMIT 50",
    "union": "MATCH (g:Goal) RETURN g.id AS id UNION MATCH (t:Target) RETURN t.id AS id",
    "unnamed columns": "MATCH (l:Alliance) RETURN l.start, l.end, l.name ORDER BY l.name LIMIT 9",
}


@pytest.mark.neo4j
@pytest.mark.parametrize("what", ALIKE)
def test_other_questions_have_the_same_answer(embedded: Cypher, mirror: Cypher, what: str) -> None:
    ordered = "ORDER BY" in ALIKE[what]
    here, there = embedded.ask(ALIKE[what], SECONDS), mirror.ask(ALIKE[what], SECONDS)
    assert there.columns == here.columns
    assert there.rows == here.rows if ordered else sorted(map(str, there.rows)) == sorted(map(str, here.rows))
