"""What holds of a date is what a graph holds that was built from the records of that date alone."""

import io
from datetime import date

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from graph.chosen import Chosen
from graph.exports import WRITERS, Note, write_ftm
from graph.hierarchy import Level
from graph.isolation import isolation
from graph.measured import NetworkName, On, measure, network_of
from graph.paths import chains
from graph.periods import AsOfMode
from graph.selection import Tables, select
from ontology.provenance import Coverage
from tests.timed_tables import DAYS, rebuilt, worlds

MODES: tuple[AsOfMode, ...] = ("possible", "certain")
NETWORKS: tuple[NetworkName, ...] = ("two-mode", "actors", "alliances", "territories")
NOTE = Note("Somebody (2026).", date(2026, 11, 23), lambda _mode, _kind: "#d55e00")
EVERYWHERE = Coverage(complete=("REG-28",), partial=("FRA",), fr="tout", en="all")


@settings(max_examples=60, deadline=None)
@given(worlds(), DAYS, st.sampled_from(MODES), st.sampled_from(NETWORKS))
def test_networks(tables: Tables, as_of: date, mode: AsOfMode, name: NetworkName) -> None:
    asked = network_of(tables, name, Chosen("departement", as_of, mode))
    then = network_of(rebuilt(tables, as_of, mode), name, Chosen("departement"))
    assert nx.utils.graphs_equal(asked, then)
    assert list(asked) == list(then)


CHOICES: list[tuple[On, bool]] = [
    ("actors", False), ("alliances", False), ("actors", True), ("alliances", True), ("territories", False),
]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(worlds(), DAYS, st.sampled_from(MODES), st.sampled_from(CHOICES))
def test_metrics(tables: Tables, as_of: date, mode: AsOfMode, choice: tuple[On, bool]) -> None:
    on, projected = choice
    asked = measure(tables, on, projected=projected, chosen=Chosen("departement", as_of, mode))
    then = measure(rebuilt(tables, as_of, mode), on, projected=projected, chosen=Chosen("departement"))
    assert_frame_equal(asked.frame, then.frame, check_exact=True)
    assert asked.info == then.info


@settings(max_examples=25, deadline=None)
@given(worlds(), DAYS, st.sampled_from(MODES), st.sampled_from(["region", "departement", "epci", "commune"]))
def test_isolation(tables: Tables, as_of: date, mode: AsOfMode, level: Level) -> None:
    asked = isolation(tables, [EVERYWHERE], level, as_of, mode)
    then = isolation(rebuilt(tables, as_of, mode), [EVERYWHERE], level, as_of, mode)
    assert_frame_equal(asked, then, check_exact=True)


@settings(max_examples=60, deadline=None)
@given(worlds(), DAYS, st.sampled_from(MODES), st.data())
def test_paths(tables: Tables, as_of: date, mode: AsOfMode, data: st.DataObject) -> None:
    places = tables.territories.filter(pl.col("id").is_in(["REG-28", "DEP-48", "COM-93066"]))["iri"]
    ends = data.draw(st.lists(st.sampled_from([*tables.actors["iri"], *places]), min_size=2, max_size=2, unique=True))
    asked = chains(select(tables, as_of=as_of, mode=mode), *ends)
    assert asked == chains(select(rebuilt(tables, as_of, mode)), *ends)


@pytest.mark.parametrize("form", [*WRITERS, "ftm"])
@settings(max_examples=15, deadline=None)
@given(worlds(), DAYS, st.sampled_from(MODES))
def test_exports(form: str, tables: Tables, as_of: date, mode: AsOfMode) -> None:
    then = rebuilt(tables, as_of, mode)
    asked = _exported(form, tables, Chosen(as_of=as_of, as_of_mode=mode))
    assert asked == _exported(form, then, Chosen())


def _exported(form: str, tables: Tables, chosen: Chosen) -> bytes:
    out = io.BytesIO()
    if form == "ftm":
        write_ftm(select(tables, as_of=chosen.as_of, mode=chosen.as_of_mode), out, NOTE)
    else:
        WRITERS[form](network_of(tables, "two-mode", chosen), out, NOTE)
    return out.getvalue()
