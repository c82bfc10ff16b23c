"""What is computed once a generation: the metrics of its networks and the isolation of its territories.

Metrics count everything, whatever its date; isolation speaks of the state of knowledge.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import networkit  # noqa: F401 - with the next: imported while the caller still reads, before all share the cores
import polars as pl

import graph.isolation.smoothing  # noqa: F401
from graph.apart import answer
from graph.hierarchy import Level
from graph.isolation import isolation
from graph.overview import all_networks, bridge_table, network_table, node_tables
from graph.selection import Tables
from graph.sources import coverages, knowledge_date
from graph.tables import write_tables

Frames = Mapping[str, pl.DataFrame]
_READ = ("actors", "alliances", "memberships", "territories", "relations", "events", "sources")
"""The tables that are needed; origins are larger than all of these together."""


def metric_tables(frames: Frames) -> dict[str, pl.DataFrame]:
    """The tables of `metrics/`, by name.

    `info` says what the numbers of each table of nodes are of; `networks` has one row a network, `bridges`
    one a tie without which a network falls apart.
    """
    tables = Tables(frames["actors"], frames["alliances"], frames["memberships"], frames["territories"])
    found = all_networks(tables)
    measured = node_tables(found)
    infos = pl.DataFrame([{"table": name, **asdict(info)} for name, (_, info) in measured.items()])
    isolations = {
        f"isolation_{level}": isolation(tables, coverages(frames["sources"]), level, knowledge_date(frames))
        for level in get_args(Level)
    }
    whole = {"info": infos, "networks": network_table(found), "bridges": bridge_table(found)}
    return {name: frame for name, (frame, _) in measured.items()} | isolations | whole


def write_metrics(folder: Path) -> None:
    """Read `tables/` of a generation in the making, and write `metrics/`."""
    frames = {name: pl.read_parquet(folder / "tables" / f"{name}.parquet") for name in _READ}
    write_tables(metric_tables(frames), folder / "metrics")


if __name__ == "__main__":
    answer(lambda folder: write_metrics(Path(folder)))
