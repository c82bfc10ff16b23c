"""Homes with generations of a world of any size that changes from one edition to the next."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from graph import Generation
from graph.build import ontology_quads
from graph.home import Home
from graph.mirror.delta import record
from graph.sources import file_table, source_table
from graph.tables import Origins, RecordTables, write_tables
from graph.writer import GraphWriter
from ontology import iris
from ontology.datasets import source_quads
from ontology.provenance import FileReport, Layout, Loaded
from ontology.records import Actor, Alliance, Membership, Record
from tests.examples import EXAMPLES
from tests.mirror.world import FILE, MORE, SOURCES

_CHANGES_EVERY = 100
"""In each edition, one actor in so many is renamed, one goes, one comes; and so do one membership and one alliance."""


def publish(home: Home, records: Iterable[Record], generation: str) -> Generation:
    """Publish a generation: what a build leaves, without metrics and without its shapes being checked."""
    folder = home.generations / generation
    folder.mkdir(parents=True)
    tables, origins = RecordTables(), Origins()
    files = [FileReport(source.name, FILE, f"/{FILE}", sha256="00", rows_loaded=9) for source in SOURCES]
    with GraphWriter(folder) as writer:
        writer.add_quads(ontology_quads())
        for row, one in enumerate(records, start=2):
            writer.add_record(one, iris.row(one.source, FILE, row))
            tables.add(one)
            origins.add(Loaded(one, Layout(one.source, FILE, (("key", "id", 0),)), row, (one.key,)))
        for source, file in zip(SOURCES, files, strict=True):
            writer.add_quads(source_quads(source, [file]))
        writer.close_dump()
    frames = {**tables.frames(), "origins": origins.frame()}
    frames |= {"sources": source_table(SOURCES), "files": file_table(files)}
    write_tables(frames, folder / "tables")
    if home.current_id():
        record(home.current(), folder)
    (folder / "run.json").write_bytes(orjson.dumps({"generation": generation, "graph_sha256": writer.sha256}))
    home.publish(generation)
    return Generation(folder)


def world(actors: int, edition: int = 0, memberships: int = 5, *, examples: bool = True) -> Iterator[Record]:
    """One of everything (`examples`), then so many actors with so many memberships each, in a tenth as many alliances.

    With 100 actors and more, no actor is twice in an alliance.
    Rows keep their place: what does not change from one edition to the next has the same origin.
    """
    if examples:
        yield from (*EXAMPLES.values(), *MORE)
    alliances = max(1, actors // 10)
    for number in range(alliances):
        name = f"Alliance {number}" + (f", {edition}" if _changes(number, edition, 3) else "")
        yield Alliance(
            source="ecosystem", key=f"l{number}", name=name, kind="alliance", targets=("17.17", "11"), start="2019"
        )
    for number in range(actors):
        yield _actor(number, edition)
    for number in range(actors):
        for place in range(memberships):
            yield _membership(number, (number * 7 + place * 13) % alliances, place, edition)


def _changes(number: int, edition: int, at: int) -> bool:
    """Whether a thing changed in this edition or before."""
    return 0 < (number - at) % _CHANGES_EVERY + 1 <= edition


def _actor(number: int, edition: int) -> Actor:
    gone = _changes(number, edition, 10)
    return Actor(
        source="ecosystem",
        key=f"n{number}" if gone else f"a{number}",
        name=f"Association n° {number} « {edition} »" if _changes(number, edition, 50) else f"Association n° {number}",
        kind="association",
        siren=f"{number:09d}",
        territory=iris.territory("FRA" if _changes(number, edition, 70) else "COM-14118"),
    )


def _membership(number: int, alliance: int, place: int, edition: int) -> Membership:
    actor = _actor(number, edition)
    role = "funder" if _changes(number, edition, 30) and place == 0 else "partner"
    return Membership(
        source="ecosystem",
        key=f"l{alliance}|{actor.key}|{role}",
        alliance=iris.mint("alliance", "ecosystem", f"l{alliance}"),
        actor=actor.iri,
        role=role,
        start="2020" if place else None,
        period_basis="stated" if place else "unknown",
    )


def make_home(path: Path, actors: int, editions: int = 2, *, examples: bool = True) -> Home:
    """A home with so many generations, `000001-test` the oldest and current one the newest."""
    home = Home(path)
    for edition in range(editions):
        publish(home, world(actors, edition, examples=examples), f"{edition + 1:06d}-test")
    return home


def generation_of(home: Home, number: int) -> Generation:
    """One of those generations, counted from 1."""
    return Generation(home.generations / f"{number:06d}-test")
