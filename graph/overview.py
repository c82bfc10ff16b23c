"""All networks of a state of knowledge, measured: the tables of their nodes, one row a network, and their bridges."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

import polars as pl

from graph.chosen import Chosen
from graph.groups import groupings
from graph.hierarchy import Level
from graph.inflation import TooManyTiesError
from graph.info import MetricsInfo
from graph.measured import network_of, projected
from graph.metrics import OneModeMetrics, TwoModeMetrics, projection_metrics, two_mode_metrics
from graph.networks import Network, Side
from graph.selection import Tables

Found: TypeAlias = Mapping[str, TwoModeMetrics | OneModeMetrics]

LEVELS: tuple[Level, ...] = ("region", "departement", "epci")
"""Those of the 35,000 communes, hardly any of which is tied to another, are computed when they are asked for."""

_SIDES: Mapping[str, Side] = {"actors_projection": "actor", "alliances_projection": "alliance"}


def all_networks(tables: Tables, chosen: Chosen | None = None) -> Found:
    """The metrics of the `two-mode` network, of both projections, and of the territories of each of `LEVELS`.

    `chosen.validated` is of the one-mode networks; the level is of no weight. A projection of too many ties
    (`graph.inflation`) is left out.
    """
    chosen = chosen or Chosen()
    network = network_of(tables, "two-mode", replace(chosen, validated=None))
    found: dict[str, TwoModeMetrics | OneModeMetrics] = {"two-mode": two_mode_metrics(network)}
    for name, side in _SIDES.items():
        with suppress(TooManyTiesError):
            found[name] = _one_mode(tables, projected(network, side, chosen), "projection")
    for level in LEVELS:
        one = network_of(tables, "territories", replace(chosen, level=level))
        found[f"territories_{level}"] = _one_mode(tables, one, "territories")
    return found


def node_tables(found: Found) -> dict[str, tuple[pl.DataFrame, MetricsInfo]]:
    """The table of each side of the two-mode network, and of each other network, with what it is of."""
    tables: dict[str, tuple[pl.DataFrame, MetricsInfo]] = {}
    for name, one in found.items():
        if isinstance(one, TwoModeMetrics):
            tables |= {"actors": (one.actors, one.info), "alliances": (one.alliances, one.info)}
        else:
            tables[name] = (one.frame, one.info)
    return tables


def network_table(found: Found) -> pl.DataFrame:
    """One row a network: `network` (its name), the numbers of `graph.summary`, and what its reader must know."""
    rows = [
        {
            "network": name,
            **one.summary,
            "big_members": one.info.big_members,
            "big_share": one.info.big_share,
            "warning_fr": one.info.warning_fr,
            "warning_en": one.info.warning_en,
            "seed": one.info.seed,
            "community_runs": one.info.community_runs,
            "validated": one.info.validated,
            "tests": one.info.tests,
        }
        for name, one in found.items()
    ]
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(pl.Null).cast(pl.Float64))


def bridge_table(found: Found) -> pl.DataFrame:
    """One row a bridge: `network`, its ends `a` < `b` (IRIs), `cut_off` (see `OneModeMetrics`)."""
    return pl.concat(
        [one.bridges.select(network=pl.lit(name), a="a", b="b", cut_off="cut_off") for name, one in found.items()]
    )


def _one_mode(tables: Tables, network: Network, name: str) -> OneModeMetrics:
    return projection_metrics(network, name=name, groupings=groupings(network, tables.closure))
