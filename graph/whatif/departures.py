"""Whose departure would leave whom without an alliance: all actors at once, where `removal` looks at one."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from graph import hierarchy
from graph.hierarchy import Level
from graph.isolation.status import looked_at, status
from graph.periods import AsOfMode
from graph.selection import Tables, select
from ontology.provenance import Coverage

COLUMNS = ("code", "iri", "name", "level", "population", "actor", "alliances", "status_after")


def departures(
    tables: Tables, coverage: Sequence[Coverage], level: Level, as_of: date, mode: AsOfMode = "possible"
) -> pl.DataFrame:
    """One row a territory of `level` that one actor alone keeps connected, the most people first.

    `code`, `iri`, `name`, `level`, `population`, `actor` (IRI), `alliances` (how many it would lose: all), and
    `status_after`. That is where no alliance is located, and a single actor seated there is in any. Exactly the
    territories that `remove` finds left without an alliance, of whatever actor.
    """
    chosen = select(tables, as_of=as_of, mode=mode)
    counted = hierarchy.at_level(tables.closure, level)
    located = chosen.alliances.select(id="territory").join(counted, on="id")
    left = _sole(_seated(chosen, counted)).join(located, on="code", how="anti")
    looked = looked_at(tables, coverage, as_of).rename({"id": "code"})
    after = looked.with_columns(alliances=0).select("code", status_after=status())
    named = tables.territories.select("iri", "name", "level", "population", code="id")
    rows = named.join(left, on="code").join(after, on="code")
    return rows.select(COLUMNS).sort("population", "code", descending=[True, False], nulls_last=True)


def _seated(chosen: Tables, counted: pl.DataFrame) -> pl.DataFrame:
    """Who is seated at or within a territory, and in which alliance: `code`, `actor`, `alliance`, each once."""
    seats = chosen.actors.select(actor="iri", id="territory").join(counted, on="id")
    return chosen.memberships.join(seats, on="actor").select("code", "actor", "alliance").unique()


def _sole(seated: pl.DataFrame) -> pl.DataFrame:
    """The territories in which one actor alone is in any alliance: `code`, `actor`, `alliances`."""
    grouped = seated.group_by("code").agg(
        members=pl.col("actor").n_unique(),
        actor=pl.col("actor").first(),
        alliances=pl.col("alliance").n_unique().cast(pl.Int64),
    )
    return grouped.filter(members=1).drop("members")
