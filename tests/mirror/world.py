"""A small world as a generation and as a mirror of it, in any engine, for tests that damage it."""

from pathlib import Path

import orjson

from graph import Generation
from graph.build import ontology_quads
from graph.mirror import schema
from graph.mirror.elements import END, START, Elements, elements_in
from graph.mirror.embedded import Embedded
from graph.mirror.engine import Cypher
from graph.mirror.fill import fill
from graph.sources import file_table, source_table
from graph.tables import Origins, RecordTables, write_tables
from graph.writer import GraphWriter
from ontology import iris
from ontology.datasets import source_quads
from ontology.provenance import Coverage, FileReport, Layout, Loaded, Source
from ontology.records import Actor, Membership, Record
from tests.examples import EXAMPLES

FILE = "world.csv"
SOURCES = tuple(
    Source(name, f"Titre de {name}", f"Title of {name}", "", "ODbL", "https://e.org/l", "https://e.org/", (), coverage)
    for name, coverage in {
        "ecosystem": Coverage(complete=("COM-14118",), fr="une commune", en="one commune"),
        "territories": Coverage(partial=("FRA",)),
        "sdg": Coverage(),
    }.items()
)
MORE: tuple[Record, ...] = (
    Actor(source="ecosystem", key="twin", name="Twin", kind="association", territory=iris.territory("COM-00000")),
    Membership(
        source="ecosystem", key="copilotage|le-rameau|funder", actor=iris.mint("actor", "ecosystem", "le-rameau"),
        alliance=iris.mint("alliance", "ecosystem", "copilotage"), role="funder", start="2021",
    ),
)  # fmt: skip
"""An actor in a territory that nothing describes, and the second part of an actor in an alliance."""


def make_generation(folder: Path) -> Generation:
    """The generation of that world: what a build leaves, without its store being asked or its shapes being checked."""
    folder.mkdir()
    tables, origins = RecordTables(), Origins()
    files = [FileReport(source.name, FILE, f"/{FILE}", sha256="00", rows_loaded=9) for source in SOURCES]
    with GraphWriter(folder) as writer:
        writer.add_quads(ontology_quads())
        for row, record in enumerate((*EXAMPLES.values(), *MORE), start=2):
            writer.add_record(record, iris.row(record.source, FILE, row))
            tables.add(record)
            origins.add(Loaded(record, Layout(record.source, FILE, (("key", "id", 0),)), row, (record.key,)))
        for source, file in zip(SOURCES, files, strict=True):
            writer.add_quads(source_quads(source, [file]))
        writer.close_dump()
    frames = {**tables.frames(), "origins": origins.frame()}
    write_tables({**frames, "sources": source_table(SOURCES), "files": file_table(files)}, folder / "tables")
    (folder / "run.json").write_bytes(orjson.dumps({"generation": folder.name, "graph_sha256": writer.sha256}))
    return Generation(folder)


def mirror(engine: Cypher, generation: Generation) -> None:
    """Write the mirror of a generation into an empty engine."""
    elements = elements_in(generation.path)
    if isinstance(engine, Embedded):
        fill(engine, elements, generation=generation.id, graph_sha256=generation.graph_sha256)
    else:
        _write(engine, elements)
        engine.run(
            f"CREATE (:{schema.MARKER} {{id: 'alliances', slot: $slot, generation: $generation}})",
            {"slot": schema.SLOTS[0], "generation": generation.id},
        )


def _write(engine: Cypher, elements: Elements) -> None:
    for nodes in elements.nodes:
        labels = ":".join((schema.SLOTS[0], *nodes.labels))
        engine.run(f"UNWIND $rows AS row CREATE (n:{labels}) SET n = row", {"rows": nodes.frame.to_dicts()})
    for links in elements.links:
        query = (
            f"UNWIND $rows AS row MATCH (a:{schema.SLOTS[0]} {{iri: row.a}}), (b:{schema.SLOTS[0]} {{iri: row.b}}) "
            f"CREATE (a)-[r:{links.type}]->(b) SET r = row.r"
        )
        properties = links.frame.drop(START, END).to_dicts()
        ends = zip(links.frame[START], links.frame[END], properties, strict=True)
        engine.run(query, {"rows": [{"a": a, "b": b, "r": r} for a, b, r in ends]})
