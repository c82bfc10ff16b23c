"""What is recorded between two generations leads from one to the other, and holds nothing else."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from api.pipeline import Plan, build_generation
from graph import Generation
from graph.home import Home
from graph.mirror.delta import FOLDER, Delta, delta, recorded
from graph.mirror.elements import END, START, Elements, elements_in, elements_of
from graph.sources import file_table, source_table
from graph.tables import Origins, RecordTables
from ontology.provenance import Layout, Loaded
from ontology.records import Record
from tests.conftest import Edit
from tests.mirror.homes import make_home, world
from tests.strategies import any_record

Things = dict[tuple[Any, ...], tuple[Any, ...]]


def nodes_of(elements: Elements) -> Things:
    """Labels and properties by IRI."""
    return {
        (row["iri"],): (nodes.labels, _held(row))
        for nodes in elements.nodes
        for row in nodes.frame.iter_rows(named=True)
    }


def links_of(elements: Elements) -> Things:
    """Properties by type, ends and IRI."""
    return {
        _identity(links.type, row): _held(row) for links in elements.links for row in links.frame.iter_rows(named=True)
    }


def _identity(kind: str, row: dict[str, Any]) -> tuple[Any, ...]:
    return kind, row[START], row[END], row.get("iri")


def _held(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        sorted(
            (key, tuple(value) if isinstance(value, list) else value) for key, value in row.items() if value is not None
        )
    )


def applied(change: Delta, elements: Elements) -> tuple[Things, Things]:
    """The nodes and the relationships after a delta; each thing that it takes away must have been there."""
    nodes, links = nodes_of(elements), links_of(elements)
    for one in change.links_gone:
        for row in one.frame.iter_rows(named=True):
            del links[_identity(one.type, row)]
    nodes |= nodes_of(Elements(change.nodes_set, ()))
    links |= links_of(Elements((), change.links_set))
    for iri in change.nodes_gone["iri"]:
        del nodes[iri,]
    return nodes, links


def elements_from(records: Iterable[Record]) -> Elements:
    tables, origins = RecordTables(), Origins()
    for row, one in enumerate(records, start=2):
        tables.add(one)
        origins.add(Loaded(one, Layout(one.source, "f.csv", (("key", "id", 0),)), row, (one.key,)))
    more = {"sources": source_table([]), "files": file_table([])}
    return elements_of({**tables.frames(), "origins": origins.frame(), **more})


def test_nothing_has_changed_where_nothing_has() -> None:
    assert delta(elements_from(world(20)), elements_from(world(20))).rows == 0


def test_all_is_set_where_there_was_nothing() -> None:
    elements = elements_from(world(20))
    change = delta(None, elements)
    assert (change.nodes_set, change.links_set) == (elements.nodes, elements.links)
    assert change.rows == len(nodes_of(elements)) + len(links_of(elements))


def test_a_delta_is_as_small_as_the_change() -> None:
    old, new = elements_from(world(1000)), elements_from(world(1000, edition=1))
    change = delta(old, new)
    assert applied(change, old) == (nodes_of(new), links_of(new))
    assert 0 < change.rows < sum(one.frame.height for one in old.links) / 20


def test_the_way_back_is_a_delta_too() -> None:
    old, new = elements_from(world(300, edition=2)), elements_from(world(300))
    assert applied(delta(old, new), old) == (nodes_of(new), links_of(new))


@settings(max_examples=25, deadline=None)
@given(st.lists(any_record(), max_size=6, unique_by=lambda one: one.iri), st.data())
def test_any_change_is_found(before: list[Record], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.sampled_from(before), unique_by=lambda one: one.iri)) if before else []
    more = data.draw(st.lists(any_record(), max_size=3, unique_by=lambda one: one.iri))
    known = {one.iri for one in kept}
    old, new = elements_from(before), elements_from([*kept, *(one for one in more if one.iri not in known)])
    assert applied(delta(old, new), old) == (nodes_of(new), links_of(new))


def test_a_node_that_changes_its_kind_is_set_and_not_gone() -> None:
    def programme(kind: str) -> Elements:
        records = list(world(1))
        place = next(place for place, one in enumerate(records) if one.kind_name == "programme")
        return elements_from(
            [*records[:place], records[place].model_copy(update={"kind": kind}), *records[place + 1 :]]
        )

    change = delta(programme("study"), programme("condition"))
    assert [nodes.labels for nodes in change.nodes_set] == [("Condition",)]
    assert change.nodes_gone.is_empty()


# What a build leaves


def test_what_is_recorded_is_the_delta(tmp_path: Path) -> None:
    home = make_home(tmp_path, actors=300, editions=2)
    old, new = (Generation(home.generations / name) for name in home.ids())
    found = recorded(new.path, old.graph_sha256)
    assert found is not None
    assert _frames(found) == _frames(delta(elements_in(old.path), elements_in(new.path)))
    assert found.rows > 0


def _frames(change: Delta) -> list[tuple[object, list[dict[str, object]]]]:
    nodes = [(part.labels, part.frame.to_dicts()) for part in change.nodes_set]
    links = [((part.type, part.keyed), part.frame.to_dicts()) for part in (*change.links_gone, *change.links_set)]
    return [*nodes, *links, ("gone", change.nodes_gone.to_dicts())]


def test_what_was_recorded_from_elsewhere_or_is_damaged_is_not_taken(tmp_path: Path) -> None:
    home = make_home(tmp_path, actors=10, editions=2)
    old, new = (Generation(home.generations / name) for name in home.ids())
    assert recorded(old.path, old.graph_sha256) is None, "the first one has none"
    assert recorded(new.path, "0" * 64) is None
    (new.path / FOLDER / "000.parquet").write_bytes(b"PAR1")
    assert recorded(new.path, old.graph_sha256) is None


def test_a_build_records_it_and_leaves_it_out_of_its_checksums(
    tmp_path: Path, ecosystem_copy: Path, small_territories: Path, edit: Edit
) -> None:
    home = Home(tmp_path / "home")
    plan = Plan({"ecosystem": ecosystem_copy, "territories": small_territories})
    first = build_generation(home, plan)
    assert not (first.path / FOLDER).exists()
    edit("actors.csv", "Le RAMEAU", "Le Rameau")
    second = build_generation(home, plan)
    found = recorded(second.path, Generation(first.path).graph_sha256)
    assert found is not None
    assert "Le Rameau" in pl.concat(one.frame["name"] for one in found.nodes_set).to_list()
    assert FOLDER not in (second.path / "SHA256SUMS").read_text(encoding="utf-8")
