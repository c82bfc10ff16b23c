"""What a researcher does in Python with an opened generation."""

from datetime import date

import polars.selectors as cs
import pytest

from graph import Generation, open_generation
from graph.home import Home
from ontology import iris

LE_RAMEAU = iris.mint("actor", "ecosystem", "le-rameau")


def test_it_opens_the_current_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLIANCES_HOME", str(home.path))
    assert open_generation().id == home.current_id()


def test_networks(generation: Generation) -> None:
    two_mode = generation.network()
    assert sum(data["mode"] == "alliance" for _, data in two_mode.nodes(data=True)) == 338
    assert sum(data["mode"] == "actor" for _, data in two_mode.nodes(data=True)) == 1122 - 24
    assert two_mode.number_of_edges() == 1416
    allies = generation.network("actors")
    assert set(allies[LE_RAMEAU]) == {
        actor for alliance in two_mode[LE_RAMEAU] for actor in two_mode[alliance] if actor != LE_RAMEAU
    }
    assert generation.network("territories", level="region").number_of_nodes() == 18


def test_a_network_on_a_date_is_part_of_the_whole(generation: Generation) -> None:
    whole, then = generation.network(), generation.network(as_of="2020-10-17")
    surely = generation.network(as_of=date(2020, 10, 17), as_of_mode="certain")
    assert set(surely.edges) < set(then.edges) < set(whole.edges)


def test_metrics_are_stored_and_computed_alike(generation: Generation) -> None:
    stored = generation.metrics("betweenness", "core_number")
    assert stored.columns == ["iri", "id", "name", "kind", "betweenness", "core_number"]
    everything = generation.metrics(as_of=date(9999, 12, 31), on="territories", level="region")
    assert everything.columns == generation.metrics(on="territories", level="region").columns


def test_an_unknown_metric_names_the_known_ones(generation: Generation) -> None:
    with pytest.raises(KeyError, match="betweenness"):
        generation.metrics("between")


def test_no_number_is_nan(generation: Generation) -> None:
    for table in (generation.path / "metrics").glob("*.parquet"):
        frame = generation.metric_table(table.stem)
        for column in frame.select(cs.float()):
            assert not column.is_nan().any(), (table.stem, column.name)


def test_from_the_ecosystem_alone_no_territory_is_isolated(generation: Generation) -> None:
    for level in ("region", "departement", "epci", "commune"):
        assert set(generation.isolation(level)["status"]) <= {"connected", "unknown"}, level


def test_isolation_speaks_of_the_state_of_knowledge(generation: Generation) -> None:
    assert generation.knowledge_date == date(2026, 11, 23)
    same = generation.isolation(as_of=generation.knowledge_date)
    assert same.equals(generation.isolation())
