"""Numbers of a whole network, year by year: what `graph.series` is for a node.

The names and definitions are those of `graph.summary`. A few can be read off the network; the others
need all that is measured of it, which takes a second a year.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, TypeAlias

import networkx as nx
import polars as pl

from graph.groups import groupings
from graph.metrics import projection_metrics, two_mode_metrics
from graph.networks import Network, side_of
from graph.series import year_end
from graph.summary import Summary

Number: TypeAlias = int | float | None


@dataclass(frozen=True)
class Kind:
    """What kind of network it is: between two sides, or of one; `closure` (see `hierarchy.ancestors`) groups nodes."""

    two_mode: bool
    closure: pl.DataFrame


def of_network(asked: Iterable[int], network_on: Callable[[date], Network], metric: str, kind: Kind) -> pl.DataFrame:
    """A number of the whole network, one row a year: `year`, `value`; null where it is undefined.

    Raises `KeyError` with the names there are for a number that is not among them.
    """
    rows = [(year, number(network_on(year_end(year)), metric, kind)) for year in asked]
    frame = pl.DataFrame(rows, schema={"year": pl.Int32, "value": pl.Float64}, orient="row", strict=False)
    return frame.with_columns(pl.col("value").round_sig_figs(12))


def number(network: Network, metric: str, kind: Kind) -> Number:
    """One number of a network; raises `KeyError` as `of_network` does."""
    if metric in QUICK:
        return QUICK[metric](network)
    if metric == "density":
        return _density(network, kind)
    numbers = whole(network, kind)
    if metric not in numbers:
        raise KeyError(f"there is no metric {metric!r} of a network: choose from {', '.join(numbers)}")
    return numbers[metric]


def whole(network: Network, kind: Kind) -> Summary:
    """Every number of a network."""
    if kind.two_mode:
        return two_mode_metrics(network).summary
    return projection_metrics(network, groupings=groupings(network, kind.closure)).summary


def _density(network: Network, kind: Kind) -> float | None:
    """The share of the ties that there could be: between the sides of a two-mode network, else between all pairs."""
    nodes, actors = network.number_of_nodes(), len(side_of(network, "actor"))
    possible = actors * (nodes - actors) if kind.two_mode else nodes * (nodes - 1) / 2
    return network.number_of_edges() / possible if possible else None


def _sizes(network: Network) -> list[int]:
    """The components of two nodes or more by size: who has no tie is no component."""
    return sorted((size for one in nx.connected_components(network) if (size := len(one)) > 1), reverse=True)


QUICK: Final[Mapping[str, Callable[[Network], Number]]] = MappingProxyType(
    {
        "nodes": lambda network: network.number_of_nodes(),
        "edges": lambda network: network.number_of_edges(),
        "isolates": nx.number_of_isolates,
        "components": lambda network: len(_sizes(network)),
        "largest_component": lambda network: next(iter(_sizes(network)), 0),
    }
)
"""What can be read off a network without measuring it."""
