"""The networks: actors × alliances first, and what is projected from it.

A node's key is its IRI; its attributes are `mode` (`actor`, `alliance`, `territory`), `id`, `name`,
`kind` and `territory` (a code or None). Persons have pages and relations but never enter a network.
Nodes and edges are added in sorted order, so that the same tables give the same graph. Who has no
tie is a node too.
"""

from datetime import date
from typing import Literal, TypeAlias

import networkx as nx
import numpy as np
import polars as pl
from scipy import sparse

from graph import hierarchy
from graph.hierarchy import LEVELS, Level
from graph.inflation import BIG, MAX_TIES, TooManyTiesError
from graph.periods import AsOfMode
from graph.selection import Tables, countable, select, touches

Network: TypeAlias = "nx.Graph[str]"
Side: TypeAlias = Literal["actor", "alliance"]


def two_mode(
    actors: pl.DataFrame,
    alliances: pl.DataFrame,
    memberships: pl.DataFrame,
    as_of: date | None = None,
    mode: AsOfMode = "possible",
) -> Network:
    """Actors × alliances. An edge has `roles` (sorted) and `weight`, the number of memberships behind it."""
    actors, alliances, memberships = countable(actors, alliances, memberships, as_of, mode)
    ties = memberships.group_by("actor", "alliance").agg(pl.col("role").unique().sort(), pl.len()).sort(pl.all())
    network: Network = nx.Graph()
    _add_nodes(network, actors, "actor")
    _add_nodes(network, alliances, "alliance")
    network.add_edges_from(
        (actor, alliance, {"roles": roles, "weight": weight})
        for actor, alliance, roles, weight in ties.select("actor", "alliance", "role", "len").iter_rows()
    )
    return network


def side_of(network: Network, side: Side) -> list[str]:
    """The nodes of one side of a two-mode network, sorted."""
    return sorted(node for node, attributes in network.nodes(data=True) if attributes["mode"] == side)


def projection(network: Network, side: Side) -> Network:
    """The one-mode network of `side`: two nodes are tied by what they share in `network`.

    An edge has `weight`, the number shared, and `newman`, Σ 1/(n−1) over what is shared, n being its
    size: a big alliance ties each pair less. An alliance of n members becomes a clique of n(n−1)/2
    ties, so that densities and clustering of a projection say more of sizes than of choices: the graph
    attribute `big_share`, absent without ties, is the share of ties that big ones alone make (`graph.inflation`).

    Raises `TooManyTiesError` where that might be over `MAX_TIES`.
    """
    rows = side_of(network, side)
    columns = side_of(network, "alliance" if side == "actor" else "actor")
    ties = sum(size * (size - 1) // 2 for _, size in network.degree(columns))
    if ties > MAX_TIES:
        raise TooManyTiesError(side, ties)
    place = {node: index for index, node in enumerate(columns)}
    ends = [(row, place[other]) for row, node in enumerate(rows) for other in network[node]]
    projected: Network = nx.Graph()
    projected.add_nodes_from((node, dict(network.nodes[node])) for node in rows)
    _add_shared(projected, rows, np.array(ends, dtype=np.int64).reshape(-1, 2), len(columns))
    return projected


def territory_network(tables: Tables, level: Level, as_of: date | None = None, mode: AsOfMode = "possible") -> Network:
    """The territories of `level`, tied by the alliances that touch both (see `touches`).

    Edges as in `projection`, nodes with `population` besides. At level `epci` an EPT and the EPCI
    around it share whatever touches the EPT; at level `departement` the overseas collectivities are
    nodes too.
    """
    chosen = select(tables, as_of=as_of, mode=mode)
    territories = tables.territories.filter(pl.col("level").is_in(LEVELS[level])).sort("iri")
    network: Network = nx.Graph()
    _add_nodes(network, territories.with_columns(kind="level", territory="id"), "territory", "population")
    order = territories.select("iri", code="id").with_row_index("row")
    links = touches(chosen, hierarchy.at_level(tables.closure, level)).join(order, on="code")
    columns = links["alliance"].rank("dense").cast(pl.Int64) - 1
    ends = np.column_stack([links["row"].cast(pl.Int64).to_numpy(), columns.to_numpy()])
    _add_shared(network, order["iri"].to_list(), ends, links["alliance"].n_unique())
    return network


def _add_nodes(network: Network, frame: pl.DataFrame, mode: str, *more: str) -> None:
    rows = frame.select("iri", "id", "name", "kind", "territory", *more, mode=pl.lit(mode)).sort("iri")
    network.add_nodes_from((row.pop("iri"), row) for row in rows.iter_rows(named=True))


def shared_counts(incidence: sparse.csr_array) -> sparse.coo_array:
    """How many columns each pair of rows has in common, above the diagonal; `incidence` holds ones.

    The projection as a matrix: a graph of so many ties costs a hundred times as much.
    """
    return sparse.triu(incidence @ incidence.T, k=1, format="coo")


def _add_shared(network: Network, nodes: list[str], ends: np.ndarray, width: int) -> None:
    """Tie `nodes` by the columns that they share; `ends` holds one (row, column) an incidence, each once."""
    shape = (len(nodes), width)
    incidence = sparse.csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=shape)
    sizes = incidence.sum(axis=0)
    share = np.divide(1.0, sizes - 1, out=np.zeros(width), where=sizes > 1)
    rows, columns, weights = _in_order(shared_counts(incidence))
    # The same pairs: what has one member, whose share is 0, ties nobody.
    _, _, newman = _in_order(sparse.triu(incidence @ sparse.diags_array(share) @ incidence.T, k=1, format="coo"))
    network.add_edges_from(
        (nodes[row], nodes[column], {"weight": int(weight), "newman": part})
        for row, column, weight, part in zip(rows, columns, weights, newman, strict=True)
    )
    if rows:
        network.graph["big_share"] = 1 - shared_counts(incidence[:, sizes <= BIG]).nnz / len(rows)


def _in_order(upper: sparse.coo_array) -> tuple[list[int], list[int], list[float]]:
    """Rows, columns and values, in order."""
    order = np.lexsort((upper.col, upper.row))
    return upper.row[order].tolist(), upper.col[order].tolist(), upper.data[order].tolist()
