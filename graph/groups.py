"""Which group each node belongs to, by what it is and where it sits. Unknown is no group: such a node has none."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from graph.hierarchy import Level, at_level
from graph.networks import Network

Grouping: TypeAlias = Literal["kind", "region", "departement"]
Groupings: TypeAlias = Mapping[Grouping, Mapping[str, str]]
"""For each way to group, the group of each node (by IRI) that has a known one."""

PLACES: tuple[Level, ...] = ("region", "departement")


def groupings(network: Network, closure: pl.DataFrame) -> Groupings:
    """By `kind` (an actor's is its sector) and by the région and the département of the seat or place.

    `closure` is what `hierarchy.ancestors` returns. Who sits at a région has no département; who sits
    in several (an EPCI across two) has none either, and a seat abroad or « France » gives none at all.
    A network of territories has no kinds, and no grouping in which each of them is its own group.
    """
    kinds = {node: known["kind"] for node, known in network.nodes(data=True) if known.get("kind")}
    seats = {node: known["territory"] for node, known in network.nodes(data=True) if known.get("territory")}
    of_territories = any(known.get("mode") == "territory" for _, known in network.nodes(data=True))
    found: dict[Grouping, Mapping[str, str]] = {} if of_territories else {"kind": kinds}
    for level in PLACES:
        place = _only_place(closure, level, set(seats.values()))
        grouped = {node: place[seat] for node, seat in seats.items() if seat in place}
        if not of_territories or any(seats[node] != group for node, group in grouped.items()):
            found[_BY_LEVEL[level]] = grouped
    return found


def codes(nodes: list[str], groups: Mapping[str, str]) -> np.ndarray:
    """The number of each node's group, in the order of their names; −1 where it is unknown."""
    number = {name: place for place, name in enumerate(sorted(set(groups.values())))}
    return np.array([number[groups[node]] if node in groups else -1 for node in nodes], dtype=np.int64)


_BY_LEVEL: dict[Level, Grouping] = {"region": "region", "departement": "departement"}


def _only_place(closure: pl.DataFrame, level: Level, seats: set[str]) -> dict[str, str]:
    """The territory of `level` that each seat lies in, where it lies in one."""
    counted = at_level(closure.filter(pl.col("id").is_in(seats)), level)
    single = counted.group_by("id").agg(pl.col("code").unique()).filter(pl.col("code").list.len() == 1)
    return dict(single.select("id", pl.col("code").list.first()).iter_rows())
