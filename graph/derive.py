"""What is computed once a generation: the metrics of its networks and the isolation of its territories.

Metrics count everything, whatever its date; isolation speaks of the state of knowledge.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import polars as pl

from graph import networks
from graph.apart import answer
from graph.hierarchy import Level
from graph.info import MetricsInfo
from graph.isolation import isolation
from graph.metrics import projection_metrics, two_mode_metrics
from graph.networks import Side
from graph.selection import Tables
from graph.sources import coverages, knowledge_date
from graph.tables import write_tables

Frames = Mapping[str, pl.DataFrame]


def metric_tables(frames: Frames) -> dict[str, pl.DataFrame]:
    """The tables of `metrics/`, by name; `info` says what the numbers of each of the others are of."""
    tables = Tables(frames["actors"], frames["alliances"], frames["memberships"], frames["territories"])
    measured = {**_two_mode(tables), **_projections(tables), **_territories(tables)}
    infos = pl.DataFrame([{"table": name, **asdict(info)} for name, (_, info) in measured.items()])
    isolations = {
        f"isolation_{level}": isolation(tables, coverages(frames["sources"]), level, knowledge_date(frames))
        for level in get_args(Level)
    }
    return {name: frame for name, (frame, _) in measured.items()} | isolations | {"info": infos}


Measured = dict[str, tuple[pl.DataFrame, MetricsInfo]]


def _two_mode(tables: Tables) -> Measured:
    found = two_mode_metrics(networks.two_mode(tables.actors, tables.alliances, tables.memberships))
    return {"actors": (found.actors, found.info), "alliances": (found.alliances, found.info)}


def _projections(tables: Tables) -> Measured:
    network = networks.two_mode(tables.actors, tables.alliances, tables.memberships)
    sides: Mapping[str, Side] = {"actors_projection": "actor", "alliances_projection": "alliance"}
    found = {name: projection_metrics(networks.projection(network, side)) for name, side in sides.items()}
    return {name: (one.frame, one.info) for name, one in found.items()}


def _territories(tables: Tables) -> Measured:
    """Those of the 35,000 communes, hardly any of which is tied to another, are computed when they are asked for."""
    found: Measured = {}
    for level in get_args(Level):
        if level == "commune":
            continue
        one = projection_metrics(networks.territory_network(tables, level), name="territories")
        found[f"territories_{level}"] = (one.frame, one.info)
    return found


def write_metrics(folder: Path) -> None:
    """Read `tables/` of a generation in the making, and write `metrics/`."""
    frames = {file.stem: pl.read_parquet(file) for file in (folder / "tables").glob("*.parquet")}
    write_tables(metric_tables(frames), folder / "metrics")


if __name__ == "__main__":
    answer(lambda folder: write_metrics(Path(folder)))
