"""Networks and metrics of a generation: read where it holds them, computed for any date."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl

from graph.chosen import Chosen
from graph.freshness import without_stale
from graph.hierarchy import Level
from graph.info import MetricsInfo
from graph.selection import Tables

if TYPE_CHECKING:
    from graph.networks import Network, Side

# The engines take a second or two to import, which what only reads need not wait for: the functions that compute
# import them.

On: TypeAlias = Literal["actors", "alliances", "territories"]
NetworkName: TypeAlias = Literal["two-mode", "actors", "alliances", "territories"]
INFO = tuple(field.name for field in fields(MetricsInfo))


@dataclass(frozen=True)
class Measured:
    """Metrics, one row a node, and what they are of."""

    frame: pl.DataFrame
    info: MetricsInfo


def network_of(tables: Tables, name: NetworkName, chosen: Chosen) -> "Network":
    """The two-mode network, its projection on `actors` or `alliances`, or the `territories` network of a level.

    Raises `ValueError` for the two-mode network with `chosen.validated`: its ties are memberships, not inferences.
    """
    from graph.networks import territory_network, two_mode  # noqa: PLC0415

    if name == "two-mode" and chosen.validated is not None:
        raise ValueError("only a one-mode network is validated: ask for that of actors, alliances or territories")
    if chosen.without_stale is not None:
        tables = without_stale(tables, chosen.without_stale, chosen.as_of_mode)
    if name == "territories":
        network = territory_network(tables, chosen.level, chosen.as_of, chosen.as_of_mode)
        return network if chosen.validated is None else _validated_territories(network, tables, chosen)
    network = two_mode(tables.actors, tables.alliances, tables.memberships, chosen.as_of, chosen.as_of_mode)
    return network if name == "two-mode" else projected(network, "actor" if name == "actors" else "alliance", chosen)


def projected(network: "Network", side: "Side", chosen: Chosen) -> "Network":
    """The projection of a two-mode network, validated where that was asked for."""
    from graph.networks import projection  # noqa: PLC0415

    if chosen.validated is None:
        return projection(network, side)
    from graph.backbone import validated_projection  # noqa: PLC0415

    return validated_projection(network, side, chosen.validated)


def _validated_territories(network: "Network", tables: Tables, chosen: Chosen) -> "Network":
    from graph.backbone import validated_territories  # noqa: PLC0415

    return validated_territories(network, tables, chosen)


def measure(tables: Tables, on: On, *, projected: bool, chosen: Chosen) -> Measured:
    """The metrics of actors, alliances (two-mode, or `projected` on them) or territories, computed now.

    Raises `ValueError` for weights in two modes, and as `network_of` does.
    """
    from graph.groups import groupings  # noqa: PLC0415
    from graph.metrics import projection_metrics, two_mode_metrics  # noqa: PLC0415

    if on == "territories" or projected:
        name = "territories" if on == "territories" else "projection"
        network = network_of(tables, on, chosen)
        groups = groupings(network, tables.closure)
        found = projection_metrics(network, name=name, groupings=groups, weights=chosen.weights)
        return Measured(found.frame, found.info)
    if chosen.weights != "none":
        raise ValueError("weights are of a one-mode network: ask for the projection")
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
