"""Networks and metrics of a generation: read where it holds them, computed for any date."""

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl

from graph.freshness import without_stale
from graph.hierarchy import Level
from graph.info import MetricsInfo, Weights
from graph.periods import AsOfMode
from graph.selection import Tables

if TYPE_CHECKING:
    from graph.networks import Network

# The engines take a second or two to import, which what only reads need not wait for: the functions that compute
# import them.

On: TypeAlias = Literal["actors", "alliances", "territories"]
NetworkName: TypeAlias = Literal["two-mode", "actors", "alliances", "territories"]
INFO = tuple(field.name for field in fields(MetricsInfo))


@dataclass(frozen=True)
class Chosen:
    """Which part of what is known: `level` is of territories; no date means everything, whatever its date."""

    level: Level = "departement"
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: date | None = None
    """The day of reference: without the alliances last heard of two years before it or more. None keeps them all."""
    weights: Weights = "none"
    """What some measures of a one-mode network weigh ties by: see `graph.metrics.projection_metrics`."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out and no tie weighs more than another: then a generation holds the numbers."""
        return self.as_of is None and self.without_stale is None and self.weights == "none"


@dataclass(frozen=True)
class Measured:
    """Metrics, one row a node, and what they are of."""

    frame: pl.DataFrame
    info: MetricsInfo


def network_of(tables: Tables, name: NetworkName, chosen: Chosen) -> "Network":
    """The two-mode network, its projection on actors or alliances, or the territory network of a level."""
    from graph.networks import projection, territory_network, two_mode  # noqa: PLC0415

    if chosen.without_stale is not None:
        tables = without_stale(tables, chosen.without_stale, chosen.as_of_mode)
    if name == "territories":
        return territory_network(tables, chosen.level, chosen.as_of, chosen.as_of_mode)
    network = two_mode(tables.actors, tables.alliances, tables.memberships, chosen.as_of, chosen.as_of_mode)
    if name == "two-mode":
        return network
    return projection(network, "actor" if name == "actors" else "alliance")


def measure(tables: Tables, on: On, *, projected: bool, chosen: Chosen) -> Measured:
    """The metrics of actors, alliances (two-mode, or `projected` on them) or territories, computed now."""
    from graph.groups import groupings  # noqa: PLC0415
    from graph.metrics import projection_metrics, two_mode_metrics  # noqa: PLC0415

    if on == "territories" or projected:
        name = "territories" if on == "territories" else "projection"
        network = network_of(tables, on, chosen)
        groups = groupings(network, tables.closure)
        found = projection_metrics(network, name=name, groupings=groups, weights=chosen.weights)
        return Measured(found.frame, found.info)
    both = two_mode_metrics(network_of(tables, "two-mode", chosen))
    return Measured(both.actors if on == "actors" else both.alliances, both.info)


def table_name(on: On, *, projected: bool, level: Level) -> str:
    """What a generation calls the metrics of everything, whatever its date."""
    if on == "territories":
        return f"territories_{level}"
    return f"{on}_projection" if projected else on


def stored(frame: pl.DataFrame, infos: pl.DataFrame, name: str) -> Measured:
    """The metrics of a table of the generation, with the row of `info` that speaks of it."""
    info = infos.row(by_predicate=pl.col("table") == name, named=True)
    return Measured(frame, MetricsInfo(**{field: info[field] for field in INFO if field in info}))
