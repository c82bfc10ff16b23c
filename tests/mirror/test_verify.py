"""What `verify` says of mirrors that are equal, empty, of another generation, or shared with others."""

import gzip
import math
from datetime import date
from pathlib import Path

import pytest

from graph import Generation
from graph.mirror import schema
from graph.mirror.elements import elements_in
from graph.mirror.embedded import Embedded
from graph.mirror.engine import Cypher
from graph.mirror.fill import fill
from graph.mirror.verify import dump_columns, verify
from ontology import iris
from tests.mirror.world import make_generation, mirror


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """The small world as a generation."""
    return make_generation(tmp_path_factory.mktemp("world") / "000001-world")


@pytest.fixture
def mirrored(engine: Cypher, world: Generation) -> Cypher:
    """An engine that holds its mirror."""
    mirror(engine, world)
    return engine


def statements(world: Generation) -> list[str]:
    with gzip.open(world.path / "graph.nq.gz", "rt", encoding="utf-8", newline="\n") as stream:
        return [line for line in stream if not line.endswith(f" <{iris.ONTOLOGY_GRAPH}> .\n")]


def test_an_untouched_mirror_is_equal(mirrored: Cypher, world: Generation) -> None:
    found = verify(mirrored, world)
    assert found.equal
    assert (found.missing, found.extra, found.altered) == ((), (), ())
    assert (found.missing_total, found.extra_total, found.altered_total) == (0, 0, 0)
    assert found.statements == len(set(statements(world))) > 200
    assert (found.engine, found.generation, found.mirrored) == (mirrored.name, world.id, world.id)


def test_the_shipped_data_are_equal_in_this_process(generation: Generation) -> None:
    engine = Embedded()
    elements = elements_in(generation.path)
    fill(engine, elements, generation=generation.id, graph_sha256=generation.graph_sha256)
    found = verify(engine, generation)
    engine.close()
    assert found.equal, (found.missing[:5], found.extra[:5], found.altered[:5])
    assert found.statements > 500_000


def test_nothing_mirrored_is_everything_missing(engine: Cypher, world: Generation) -> None:
    found = verify(engine, world, shown=7)
    assert not found.equal
    assert found.mirrored is None
    assert found.missing_total == found.statements
    assert found.missing == tuple(line.rstrip("\n") for line in sorted(set(statements(world)))[:7])


def test_a_marker_of_another_kind_is_none(mirrored: Cypher, world: Generation) -> None:
    mirrored.run("MATCH (m:_Mirror) SET m.slot = '_C) DETACH DELETE n //'")
    assert verify(mirrored, world).missing_total == verify(mirrored, world).statements


def test_an_older_generation_is_named(mirrored: Cypher, world: Generation) -> None:
    mirrored.run("MATCH (m:_Mirror) SET m.generation = '000000-before'")
    found = verify(mirrored, world)
    assert found.equal
    assert found.mirrored == "000000-before"


def test_what_others_put_there_is_counted_and_left_alone(mirrored: Cypher, world: Generation) -> None:
    mirrored.run("CREATE (:Note {text: 'mine'})-[:ABOUT]->(:Person {iri: 'https://example.org/p', name: 'P'})")
    mirrored.run("MATCH (n:Note), (a:Actor {id: 'le-rameau'}) CREATE (n)-[:ABOUT {since: 2020}]->(a)")
    mirrored.run("MATCH (n:Note), (a:Actor {id: 'le-rameau'}) CREATE (a)-[:MEMBER_OF]->(n)")
    mirrored.run("MATCH (a:Actor {id: 'le-rameau'}), (b:Actor {id: 'djepva'}) CREATE (a)-[:LIKES]->(b)")
    found = verify(mirrored, world)
    assert found.equal
    assert (found.foreign_nodes, found.foreign_links) == (2, 4)
    assert mirrored.run("MATCH (n:Note) RETURN n.text AS text") == [{"text": "mine"}]


def test_the_other_slot_is_not_looked_at(mirrored: Cypher, world: Generation) -> None:
    mirrored.run("CREATE (:_B {iri: 'https://example.org/half', id: 'half'})")
    found = verify(mirrored, world)
    assert found.equal
    assert found.foreign_nodes == 0


def test_lists_are_cut_and_totals_are_not(mirrored: Cypher, world: Generation) -> None:
    mirrored.run("MATCH (n:Actor) SET n.acronym = 'same', n.note = 'new'")
    actors, with_either = 4, 1
    found = verify(mirrored, world, shown=1)
    assert (len(found.altered), found.altered_total) == (1, 2 * with_either)
    assert (len(found.extra), found.extra_total) == (1, 2 * (actors - with_either))
    assert (len(found.missing), found.missing_total) == (0, 0)


ODD: dict[str, object] = {
    "yes": True, "whole": 5, "part": 1.5, "no number": math.nan, "endless": math.inf, "empty": "", "space": " ",
    "a separator": "a\x1fb", "line breaks": "a\r\n\tb", "no list": [], "numbers": [1, 2], "an empty text": [""],
    "a separated list": ["a\x1fb"], "brackets": "<a> <b> \"c\" .", "a day": date(2020, 10, 17), "a zero": "\x00",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_no_value_makes_it_fail(mirrored: Cypher, world: Generation, name: str) -> None:
    """Any value under any key of any node and relationship is named, and stops nothing."""
    of_nodes = {key.name for kind in schema.node_kinds().values() for key in kind.keys}
    of_links = {key.name for kind in schema.link_kinds().values() for key in kind.keys}
    keys = (of_nodes | of_links | {"source"}) - {"id"}
    mirrored.run("MATCH (n:_A) SET n += $odd", {"odd": dict.fromkeys(keys, ODD[name])})
    mirrored.run("MATCH (:_A)-[r]->(:_A) SET r += $odd", {"odd": dict.fromkeys(keys | {"id"}, ODD[name])})
    found = verify(mirrored, world)
    assert not found.equal
    assert found.extra_total + found.altered_total > found.statements / 10
    assert found.missing_total + found.altered_total > found.statements / 2


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A dump of lines with all that looks like a line break and is none."""
    file = tmp_path / "graph.nq.gz"
    ontology = f'<a> <b> "c" <{iris.ONTOLOGY_GRAPH}> .\n'
    with gzip.open(file, "wt", encoding="utf-8", newline="\n") as stream:
        stream.write(f'<a> <b> "\u2028 \x85 é 🤝" <g> .\n{ontology}<a> <b> "\\n" <g> .\n')
    return file


def test_a_dump_is_cut_into_lines_at_line_feeds_alone(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ['<a> <b> "\u2028 \x85 é 🤝" <g> .', '<a> <b> "\\n" <g> .']
    for size in (1 << 24, 1, 7):  # blocks that end inside lines, and inside letters
        monkeypatch.setattr("graph.mirror.verify.BLOCK_BYTES", size)
        assert [line for column in dump_columns(dump) for line in column] == expected
