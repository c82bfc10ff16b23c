"""Wherever the mirror stands, and whatever came between, a sync ends with the same graph."""

import shutil
from pathlib import Path

import pytest

from graph import Generation
from graph.home import Home
from graph.mirror import constraints, plan, schema
from graph.mirror.bolt import Bolt
from graph.mirror.delta import Delta, recorded
from graph.mirror.elements import elements_in
from graph.mirror.engine import Refused, Row
from graph.mirror.lease import Held, Job, Lease, Overtaken, begun, read_marker, step, take
from graph.mirror.sync import Syncer
from graph.mirror.verify import verify
from ontology import iris
from tests.mirror.homes import generation_of, make_home

pytestmark = pytest.mark.neo4j

ACTORS = 300
ROWS = 500
"""Rows a batch: enough batches to be interrupted between."""


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with three generations. Not to be written to."""
    return make_home(tmp_path_factory.mktemp("home"), ACTORS, editions=3, examples=False)


@pytest.fixture
def home(shared_home: Home, tmp_path: Path) -> Home:
    """A copy of it."""
    shutil.copytree(shared_home.path, tmp_path / "home", ignore=shutil.ignore_patterns("store"))
    return Home(tmp_path / "home")


@pytest.fixture
def syncer(home: Home) -> Syncer:
    return Syncer(home, owner="one", batch_rows=ROWS)


def assert_equal(engine: Bolt, generation: Generation) -> None:
    """The mirror is of this generation, proven."""
    found = verify(engine, generation)
    assert (found.missing, found.extra, found.altered) == ((), (), ())
    assert found.equal
    assert found.mirrored == generation.id
    assert found.statements > 1_000


def value(engine: Bolt, query: str, **parameters: object) -> object:
    (row,) = engine.run(query, parameters)
    (found,) = row.values()
    return found


def marker_of(engine: Bolt) -> Row:
    (row,) = engine.run("MATCH (m:_Mirror) RETURN properties(m) AS held")
    held = row["held"]
    assert isinstance(held, dict)
    return held


class Cut(Exception):  # noqa: N818 - it is no error
    """Ends a sync between two batches, as a crash does."""


class CutAfter:
    """A progress that cuts the sync after so many batches."""

    def __init__(self, batches: int) -> None:
        self._left = batches

    def __call__(self, _what: str, _done: int, _total: int) -> None:
        self._left -= 1
        if not self._left:
            raise Cut


# From one generation to the next


def test_some_of_everything(bolt: Bolt, tmp_path: Path) -> None:
    home = make_home(tmp_path, actors=100)
    syncer = Syncer(home)
    syncer.sync(bolt, generation_of(home, 1))
    assert_equal(bolt, generation_of(home, 1))
    bolt.run("MATCH (n:_A) SET n.name = 'changed by hand'")
    syncer.sync(bolt, generation_of(home, 1), rebuild=True)
    assert_equal(bolt, generation_of(home, 1))
    syncer.sync(bolt, generation_of(home, 2))
    assert_equal(bolt, generation_of(home, 2))


def test_a_first_load_then_nothing(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    first = generation_of(home, 1)
    done = syncer.sync(bolt, first)
    assert done.modes == ["load"]
    assert done.rows == plan.load(elements_in(first.path), "_A", hidden=False).total
    assert_equal(bolt, first)
    assert constraints.missing(bolt) == ()
    before = marker_of(bolt)
    again = syncer.sync(bolt, first)
    assert (again.modes, again.batches) == ([], 0)
    assert marker_of(bolt) == before, "nothing was written, not even the time of asking"
    assert "owner" not in before


def test_a_delta_as_the_build_recorded_it(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    first, second = generation_of(home, 1), generation_of(home, 2)
    syncer.sync(bolt, first)
    shutil.rmtree(first.path)
    change = recorded(second.path, first.graph_sha256)
    assert change is not None
    looked_for = sum(nodes.frame.height for nodes in change.nodes_set)
    done = syncer.sync(bolt, second)
    assert (done.modes, done.rows) == (["delta"], change.rows + looked_for)
    assert_equal(bolt, second)


def test_over_several_generations_and_back(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    for number in (1, 3, 1):
        done = syncer.sync(bolt, generation_of(home, number))
        assert_equal(bolt, generation_of(home, number))
    assert done.modes == ["delta"]


def test_without_a_way_from_the_old_one_it_is_built_beside(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    syncer.sync(bolt, generation_of(home, 1))
    shutil.rmtree(generation_of(home, 1).path)
    done = syncer.sync(bolt, generation_of(home, 3))
    assert done.modes == ["rebuild"]
    assert_equal(bolt, generation_of(home, 3))
    assert marker_of(bolt)["slot"] == "_B"
    assert value(bolt, "MATCH (n:_A) RETURN count(n)") == 0


def test_the_same_graph_under_another_name_writes_no_rows(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    syncer.sync(bolt, generation_of(home, 1))
    renamed = home.generations / "000009-test"
    shutil.copytree(generation_of(home, 1).path, renamed)
    run = renamed / "run.json"
    run.write_text(run.read_text(encoding="utf-8").replace("000001-test", "000009-test"), encoding="utf-8")
    done = syncer.sync(bolt, Generation(renamed))
    assert (done.modes, done.rows) == (["delta"], 0)
    assert_equal(bolt, Generation(renamed))


def test_another_version_of_the_map_is_built_anew(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    syncer.sync(bolt, generation_of(home, 1))
    bolt.run("MATCH (m:_Mirror) SET m.schema = 0")
    assert syncer.sync(bolt, generation_of(home, 1)).modes == ["rebuild"]
    assert_equal(bolt, generation_of(home, 1))


def test_a_generation_that_cannot_be_read_is_refused(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    (generation_of(home, 1).path / "tables" / "actors.parquet").unlink()
    with pytest.raises(Refused, match="build it anew"):
        syncer.sync(bolt, generation_of(home, 1))
    assert marker_of(bolt).get("owner") is None, "the lease is given back"


# Rebuilding


def test_a_rebuild_is_hidden_until_it_is_whole(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    old, new = generation_of(home, 1), generation_of(home, 2)
    syncer.sync(bolt, old)
    seen: list[object] = []

    def look(what: str, done: int, total: int) -> None:
        assert what == "rebuild"
        if done < total:
            seen.append(value(bolt, "MATCH (n:Actor) RETURN count(n)"))
            if len(seen) == 3:
                assert_equal(bolt, old)

    done = syncer.sync(bolt, new, rebuild=True, progress=look)
    assert done.modes == ["rebuild"]
    assert len(seen) > 3
    assert set(seen) == {elements_count(old, "Actor")}
    assert_equal(bolt, new)
    assert value(bolt, "MATCH (n:Actor) RETURN count(n)") == elements_count(new, "Actor")


def elements_count(generation: Generation, label: str) -> int:
    return sum(nodes.frame.height for nodes in elements_in(generation.path).nodes if label in nodes.labels)


# What others put there


@pytest.fixture
def foreign(bolt: Bolt, home: Home, syncer: Syncer) -> str:
    """A mirror with a node of somebody else's that is tied to an actor who goes in the second generation."""
    syncer.sync(bolt, generation_of(home, 1))
    bolt.run("CREATE (:Visit {id: 1})-[:ABOUT {by: 'Ana'}]->(:Note {text: 'mine'})")
    bolt.run("MATCH (a:Actor {id: 'a10'}), (v:Visit) CREATE (v)-[:MET {on: '2026-11-25'}]->(a)")
    bolt.run("MATCH (a:Actor {id: 'a10'}), (b:Actor {id: 'a11'}) CREATE (a)-[:CALLS]->(b)")
    return str(value(bolt, "MATCH (:Visit)-[r:MET]->() RETURN elementId(r)"))


def who_was_met(engine: Bolt, met: str) -> tuple[object, set[str]]:
    """The IRI and the labels of whom the foreign relationship ends at; it must still be the same one."""
    query = (
        "MATCH (:Visit)-[r:MET]->(a) WHERE elementId(r) = $met AND r.on = '2026-11-25' "
        "RETURN a.iri AS iri, labels(a) AS labels"
    )
    (row,) = engine.run(query, {"met": met})
    labels = row["labels"]
    assert isinstance(labels, list)
    return row["iri"], set(labels)


def test_a_node_that_others_hold_is_kept_and_comes_back(bolt: Bolt, home: Home, syncer: Syncer, foreign: str) -> None:
    done = syncer.sync(bolt, generation_of(home, 2))
    assert done.kept == 1
    assert_equal(bolt, generation_of(home, 2))
    iri, labels = who_was_met(bolt, foreign)
    assert labels == {"_Gone"}
    assert value(bolt, "MATCH (n:_Gone) RETURN properties(n)") == {"iri": iri}
    syncer.sync(bolt, generation_of(home, 1))
    assert_equal(bolt, generation_of(home, 1))
    assert who_was_met(bolt, foreign) == (iri, {"_A", "Actor"})
    assert value(bolt, "MATCH (:Actor {id: 'a10'})-[r:CALLS]->(:Actor) RETURN count(r)") == 1


def test_a_rebuild_hands_over_what_others_hold(bolt: Bolt, home: Home, syncer: Syncer, foreign: str) -> None:
    done = syncer.sync(bolt, generation_of(home, 1), rebuild=True)
    assert done.kept == 0
    assert_equal(bolt, generation_of(home, 1))
    assert who_was_met(bolt, foreign)[1] == {"_B", "Actor"}
    assert value(bolt, "MATCH (:Actor {id: 'a10'})-[r:CALLS]->(:Actor {id: 'a11'}) RETURN count(r)") == 1
    assert value(bolt, "MATCH (:Visit)-[r:ABOUT]->(n:Note) RETURN [properties(r), n.text]") == [{"by": "Ana"}, "mine"]
    assert value(bolt, "MATCH (n) WHERE n:_A OR n:_Gone RETURN count(n)") == 0


def test_a_rebuild_without_the_node_keeps_it_and_a_later_one_takes_it_back(
    bolt: Bolt, home: Home, syncer: Syncer, foreign: str
) -> None:
    assert syncer.sync(bolt, generation_of(home, 2), rebuild=True).kept == 1
    assert_equal(bolt, generation_of(home, 2))
    assert who_was_met(bolt, foreign)[1] == {"_Gone"}
    syncer.sync(bolt, generation_of(home, 1), rebuild=True)
    assert_equal(bolt, generation_of(home, 1))
    assert who_was_met(bolt, foreign)[1] == {"_A", "Actor"}


# Cut off between batches


@pytest.mark.parametrize("batches", [1, 2, 4])
def test_a_load_goes_on_where_it_was(bolt: Bolt, home: Home, batches: int) -> None:
    whole = plan.load(elements_in(generation_of(home, 1).path), "_A", hidden=False).total
    with pytest.raises(Cut):
        Syncer(home, owner="one", batch_rows=ROWS).sync(bolt, generation_of(home, 1), progress=CutAfter(batches))
    reached = marker_of(bolt)["done"]
    assert isinstance(reached, int)
    assert reached >= batches * ROWS
    done = Syncer(home, owner="one", batch_rows=170).sync(bolt, generation_of(home, 1))
    assert done.rows == whole - reached, "in batches of another size"
    assert_equal(bolt, generation_of(home, 1))


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_delta_or_a_rebuild_goes_on_and_then_to_the_newest(bolt: Bolt, home: Home, *, rebuild: bool) -> None:
    Syncer(home, owner="one").sync(bolt, generation_of(home, 1))
    with pytest.raises(Cut):
        Syncer(home, owner="one", batch_rows=20).sync(
            bolt, generation_of(home, 2), rebuild=rebuild, progress=CutAfter(2)
        )
    done = Syncer(home, owner="one").sync(bolt, generation_of(home, 3))
    assert done.modes == ["rebuild" if rebuild else "delta", "delta"]
    assert_equal(bolt, generation_of(home, 3))


def test_half_a_delta_to_what_is_no_longer_here_is_built_anew(bolt: Bolt, home: Home) -> None:
    Syncer(home, owner="one").sync(bolt, generation_of(home, 1))
    with pytest.raises(Cut):
        Syncer(home, owner="one", batch_rows=20).sync(bolt, generation_of(home, 2), progress=CutAfter(2))
    shutil.rmtree(generation_of(home, 2).path)
    with pytest.raises(Cut):
        Syncer(home, owner="one", batch_rows=ROWS).sync(bolt, generation_of(home, 3), progress=CutAfter(2))
    assert "generation" not in marker_of(bolt), "what is shown is of no generation"
    done = Syncer(home, owner="one").sync(bolt, generation_of(home, 3))
    assert done.modes == ["rebuild"]
    assert_equal(bolt, generation_of(home, 3))


def test_half_a_load_of_what_is_no_longer_here_starts_anew(bolt: Bolt, home: Home) -> None:
    with pytest.raises(Cut):
        Syncer(home, owner="one", batch_rows=ROWS).sync(bolt, generation_of(home, 1), progress=CutAfter(3))
    shutil.rmtree(generation_of(home, 1).path)
    assert Syncer(home, owner="one").sync(bolt, generation_of(home, 2)).modes == ["load"]
    assert_equal(bolt, generation_of(home, 2))


# Two at once, twice, out of order


def test_a_second_syncer_is_told_who_is_at_it(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    told: list[Held] = []

    def ask(_what: str, _done: int, _total: int) -> None:
        with pytest.raises(Held, match=r"\(one\) is writing the mirror, until \d\d:\d\d:\d\d UTC") as caught:
            Syncer(home, owner="two").sync(bolt, generation_of(home, 1))
        told.append(caught.value)

    syncer.sync(bolt, generation_of(home, 1), progress=ask)
    assert len(told) > 3
    assert all(0 < one.seconds <= 30 for one in told)
    assert_equal(bolt, generation_of(home, 1))
    assert Syncer(home, owner="two").sync(bolt, generation_of(home, 2)).modes == ["delta"]


def test_who_lost_the_lease_writes_nothing_more(bolt: Bolt, home: Home) -> None:
    slow = Syncer(home, owner="slow", lease_seconds=0, batch_rows=ROWS)
    quick = Syncer(home, owner="quick")

    def overtake(_what: str, _done: int, _total: int) -> None:
        quick.sync(bolt, generation_of(home, 1))

    done = slow.sync(bolt, generation_of(home, 1), progress=overtake)
    assert done.rows == ROWS, "the other one has written the rest"
    assert_equal(bolt, generation_of(home, 1))


def test_a_batch_is_taken_once_and_in_its_turn(bolt: Bolt, home: Home) -> None:
    rows = plan.load(elements_in(generation_of(home, 1).path), "_A", hidden=False)
    lease, job = Lease("one", 30.0), Job("j", "load", "_A", "000001-test", "0" * 64, schema.VERSION, 0)
    take(bolt, lease)
    with bolt.transaction() as transaction:
        step(transaction, lease, None, begun(job))

    def deliver(start: int, by: Lease = lease) -> None:
        at = Job("j", "load", "_A", "000001-test", "0" * 64, schema.VERSION, start)
        with bolt.transaction() as transaction:
            step(transaction, by, at, {"done": start + ROWS})
            for piece in rows.batch(start, ROWS):
                transaction.run(piece.part.query, {"rows": piece.rows})

    deliver(0)
    for wrong in (ROWS * 2, 0, ROWS // 2):
        with pytest.raises(Overtaken):
            deliver(wrong)
    with pytest.raises(Overtaken):
        deliver(ROWS, by=Lease("two", 30.0))
    links = "COUNT { MATCH (:_A)-[r]->() }"
    assert value(bolt, f"RETURN COUNT {{ MATCH (n:_A) }} + {links}") == ROWS
    marker = read_marker(bolt)
    assert marker is not None
    assert marker.job is not None
    assert marker.job.done == ROWS


# Constraints, and what others damage


def test_constraints_and_indexes_that_are_missing_are_made(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    syncer.sync(bolt, generation_of(home, 1))
    for row in bolt.run("SHOW CONSTRAINTS YIELD name"):
        bolt.run(f"DROP CONSTRAINT {row['name']}")
    for row in bolt.run("SHOW INDEXES YIELD name, type, properties WHERE type = 'RANGE' AND properties = ['name']"):
        bolt.run(f"DROP INDEX {row['name']}")
    bolt.run("CREATE INDEX in_the_way FOR (n:_A) ON (n.iri)")
    assert len(constraints.missing(bolt)) > 20
    assert syncer.sync(bolt, generation_of(home, 1)).modes == []
    assert constraints.missing(bolt) == ()
    assert not bolt.run("SHOW INDEXES YIELD name WHERE name = 'in_the_way'")
    assert_equal(bolt, generation_of(home, 1))


def test_a_double_that_breaks_a_constraint_leads_to_a_rebuild(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    syncer.sync(bolt, generation_of(home, 1))
    (row,) = bolt.run("SHOW CONSTRAINTS YIELD name, labelsOrTypes WHERE labelsOrTypes = ['_A']")
    bolt.run(f"DROP CONSTRAINT {row['name']}")
    bolt.run("MATCH (a:Actor {id: 'a7'}) CREATE (b:_A:Actor) SET b = properties(a)")
    assert syncer.sync(bolt, generation_of(home, 1)).modes == ["rebuild"]
    assert constraints.missing(bolt) == ()
    assert_equal(bolt, generation_of(home, 1))


@pytest.mark.parametrize(
    "damage",
    [
        "MATCH (a:Actor {id: 'a30'}) DETACH DELETE a",
        "CREATE (:_A {iri: $come})",
        "MATCH (n:_A) DETACH DELETE n",
        "MATCH (m:_Mirror) DELETE m",
    ],
)
def test_damage_that_a_delta_meets_is_repaired(bolt: Bolt, home: Home, syncer: Syncer, damage: str) -> None:
    syncer.sync(bolt, generation_of(home, 1))
    bolt.run(damage, {"come": iris.mint("actor", "ecosystem", "n10")})
    syncer.sync(bolt, generation_of(home, 2))
    assert_equal(bolt, generation_of(home, 2))


def test_leftovers_in_the_slot_of_a_load_are_cleared(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    bolt.run("CREATE (:_A {iri: 'https://e.org/1'})-[:PART_OF]->(:_A {iri: 'https://e.org/1'}), (:_B:Actor)")
    assert syncer.sync(bolt, generation_of(home, 1)).modes == ["load"]
    assert_equal(bolt, generation_of(home, 1))
    assert value(bolt, "MATCH (n:_B) RETURN count(n)") == 0


def test_two_markers_are_not_guessed_between(bolt: Bolt, home: Home, syncer: Syncer) -> None:
    bolt.run("CREATE (:_Mirror {id: 'alliances'}), (:_Mirror {id: 'alliances'})")
    with pytest.raises(Refused, match="2 markers"):
        syncer.sync(bolt, generation_of(home, 1))


# Names


def test_no_text_of_the_data_is_in_a_query(home: Home) -> None:
    elements = elements_in(generation_of(home, 1).path)
    queries = {part.query for part in plan.load(elements, "_A", hidden=True).parts}
    queries |= {part.query for part in plan.change(recorded_or_fail(home), "_B").parts}
    words = {word for query in queries for word in query.replace("`", " ").split()}
    assert not any("Association" in word or "a10" in word or "http" in word for word in words)
    assert len(queries) > 10


def recorded_or_fail(home: Home) -> Delta:
    found = recorded(generation_of(home, 2).path, generation_of(home, 1).graph_sha256)
    assert found is not None
    return found
