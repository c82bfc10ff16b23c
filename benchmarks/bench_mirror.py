"""The mirror: 100,000 nodes and 560,000 relationships in a real Neo4j server, beside a bare script with the same rows.

    first load         rows, constraints, indexes and markers; beside bare `UNWIND … CREATE`   ≤ 1.5×
    nothing changed    what a sync costs then                                                  ≤ 2 s
    1 % changed        the delta that the build recorded; share of the first load              ≤ 3 %
    verify             everything read back and compared; beside the first load                ≤ 1×
    memory             of this process, from the first batch to the last                       flat

The bare script has its rows ready as parameters, one uniqueness constraint, the same driver and batches; it is timed
from the first batch to the last, the second time that it runs. Needs Java and Maven. Times are of the wall clock: run
it on a quiet machine.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import polars as pl

from benchmarks.bench_build import seconds
from graph import Generation
from graph.mirror.bolt import Bolt, connect
from graph.mirror.delta import recorded
from graph.mirror.elements import END, START, elements_in
from graph.mirror.schema import checked
from graph.mirror.sync import Syncer
from graph.mirror.verify import verify
from graph.mirror.writing import BATCH_ROWS
from ontology.records import Membership, Record
from tests.mirror.homes import generation_of, make_home, publish, world
from tests.mirror.server import Server, wipe

ACTORS = 90_909


def main() -> None:
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as engine:
        home = make_home(Path(name) / "home", ACTORS, editions=1, examples=False)
        first = generation_of(home, 1)
        second = publish(home, map(edited, count(), world(ACTORS, examples=False)), "000002-test")
        print(f"{engine.name}; {sizes(first)}")
        bare_load(engine, first)  # for both then find the server warm
        wipe(engine)
        bare = bare_load(engine, first)
        wipe(engine)
        syncer = Syncer(home)
        memory = Memory()
        load = seconds(lambda: syncer.sync(engine, first, progress=memory))
        print(f"first load         {load:6.1f} s    bare script {bare:.1f} s    ratio {load / bare:.2f}")
        print(f"memory             {memory.first:6.0f} MB   at most {memory.most:.0f} MB    ratio {memory.ratio:.2f}")
        check = seconds(lambda: equal(engine, first))
        print(f"verify             {check:6.1f} s    first load {load:.1f} s    ratio {check / load:.2f}")
        nothing = seconds(lambda: Syncer(home).sync(engine, first))
        print(f"nothing changed    {nothing:6.2f} s")
        began = time.perf_counter()
        Syncer(home).sync(engine, second)
        change = time.perf_counter() - began
        changed = rows_changed(first, second)
        print(f"{changed:,} rows changed  {change:5.2f} s    share of the first load {change / load:.1%}")
        equal(engine, second)


def edited(number: int, record: Record) -> Record:
    """One record in a hundred is another in the second edition; nodes and relationships alike."""
    if number % 100:
        return record
    return record.model_copy(update={"start": "2021"} if isinstance(record, Membership) else {"name": "Autre nom"})


@contextmanager
def serving(folder: Path) -> Iterator[Bolt]:
    """A server of our own, empty."""
    server = Server.start(folder / "neo4j", heap="1g")
    engine = connect(server.address)
    yield engine
    engine.close()
    server.stop()


def rows_changed(first: Generation, second: Generation) -> int:
    """The nodes and relationships that the delta sets or takes away."""
    found = recorded(second.path, first.graph_sha256)
    assert found
    return found.rows


def sizes(generation: Generation) -> str:
    elements = elements_in(generation.path)
    nodes = sum(one.frame.height for one in elements.nodes)
    links = sum(one.frame.height for one in elements.links)
    return f"{nodes:,} nodes, {links:,} relationships"


class Memory:
    """A progress that looks at the memory of this process."""

    def __init__(self) -> None:
        self.first = self.most = 0.0

    def __call__(self, _what: str, _done: int, _total: int) -> None:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        now = pages * 4096 / 1e6
        self.first = self.first or now
        self.most = max(self.most, now)

    @property
    def ratio(self) -> float:
        return self.most / self.first


def equal(engine: Bolt, generation: Generation) -> None:
    found = verify(engine, generation)
    assert found.equal, found


def bare_load(engine: Bolt, generation: Generation) -> float:
    """The seconds that the transactions of a bare script take."""
    engine.run("CREATE CONSTRAINT FOR (n:Bare) REQUIRE n.iri IS UNIQUE")
    return sum(seconds(lambda one=one: put(engine, *one)) for one in batches(generation))


def put(engine: Bolt, query: str, rows: list[dict[str, object]]) -> None:
    with engine.transaction() as transaction:
        transaction.run(query, {"rows": rows})


def batches(generation: Generation) -> Iterator[tuple[str, list[dict[str, object]]]]:
    elements = elements_in(generation.path)
    for nodes in elements.nodes:
        labels = ":".join(map(checked, nodes.labels))
        query = f"UNWIND $rows AS row CREATE (n:Bare:{labels}) SET n = row"
        yield from ((query, rows) for rows in sliced(nodes.frame))
    for links in elements.links:
        query = (
            f"UNWIND $rows AS row MATCH (a:Bare {{iri: row.{START}}}) MATCH (b:Bare {{iri: row.{END}}}) "
            f"CREATE (a)-[r:{checked(links.type)}]->(b) SET r = row.properties"
        )
        keys = [name for name in links.frame.columns if name not in {START, END}]
        frame = links.frame.select(START, END, properties=pl.struct(keys))
        yield from ((query, rows) for rows in sliced(frame))


def sliced(frame: pl.DataFrame) -> Iterator[list[dict[str, object]]]:
    for part in frame.iter_slices(BATCH_ROWS):
        yield part.to_dicts()


if __name__ == "__main__":
    main()
