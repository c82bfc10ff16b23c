"""Measures of the nodes of a network, equal to NetworkX's to 1e-9 where it has them, on faster engines.

All measures are of the unweighted network, but for the two strengths and for what `weights` asks for.
Undefined is null, never NaN: each docstring says when. Isolates are rows. Floats are rounded to 12
significant digits, so that a rebuild is the same to the bit; for that also, no sum here depends on threads.

A normalised value depends on the number of nodes (one isolate more changes everybody's), which is why
the raw ones stand beside: `alliances`, `members`, `links`, `farness`, `betweenness_raw`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl

from graph import cohesion, mixing
from graph.betweenness import Betweenness, exact_betweenness, sampled_betweenness
from graph.brokerage import ROLES, brokerage
from graph.communities import Stability, stable_leiden
from graph.distances import distances
from graph.groups import Grouping, Groupings, codes
from graph.inflation import BIG, warning_of
from graph.info import MetricsInfo, Weights
from graph.matrices import Matrix, matrix_of, named, ratio, round_significant, rounded, strength
from graph.networks import Network
from graph.seed import SEED
from graph.spectral import eigenvector, hits, pagerank
from graph.summary import Summary, summary

__all__ = [
    "Effort",
    "OneModeMetrics",
    "TwoModeMetrics",
    "projection_metrics",
    "round_significant",
    "two_mode_metrics",
]

_IDENTITY = ("iri", "id", "name", "kind")
Columns: TypeAlias = dict[str, np.ndarray | pl.Series]


@dataclass(frozen=True)
class Effort:
    """How far to go for the measures that look at all pairs of nodes, or draw lots."""

    exact_up_to: int = 20_000
    """The most nodes with a tie for which distances and betweenness are exact."""
    samples: int = 256
    """How many nodes are looked from beyond that."""
    community_runs: int = 20
    """From how many seeds communities are looked for, to see what they agree on; a quarter of it beyond that."""
    seed: int = SEED


@dataclass(frozen=True)
class TwoModeMetrics:
    """One row an actor and one row an alliance, each sorted by `iri`."""

    actors: pl.DataFrame
    alliances: pl.DataFrame
    info: MetricsInfo
    summary: Summary
    bridges: pl.DataFrame
    """As in `OneModeMetrics`."""


@dataclass(frozen=True)
class OneModeMetrics:
    """One row a node, sorted by `iri`."""

    frame: pl.DataFrame
    info: MetricsInfo
    summary: Summary
    bridges: pl.DataFrame
    """`a`, `b` (IRIs, a < b), `cut_off`: how many nodes the smaller part would have without this tie. Sorted."""


@dataclass(frozen=True)
class _Looked:
    """What is found in one look at a network and used in several places."""

    matrix: Matrix
    exact: bool
    betweenness: Betweenness
    communities: Stability
    bridges: cohesion.Bridges
    eigenvector: np.ndarray


def two_mode_metrics(network: Network, effort: Effort | None = None) -> TwoModeMetrics:
    """Metrics of actors and alliances in their two-mode network, normalised after Borgatti and Everett.

    `degree` is that of the possible (0 to 1), `closeness` carries the component factor and is 0 for an
    isolate, `betweenness` is raw/b_max; `harmonic` is Σ 1/distance over n−1; `hits` reads ties from actor
    to alliance; `redundancy` and `clustering` are Latapy's. Null: degree and betweenness where the other
    side is empty, betweenness where b_max is 0, harmonic of an only node, redundancy below two ties,
    clustering without a node two steps away, and what `_shared_measures` says.
    """
    effort = effort or Effort()
    look = _look(network, effort, "none")
    matrix = look.matrix
    is_actor = np.array([network.nodes[node]["mode"] == "actor" for node in matrix.nodes], dtype=bool)
    facing = np.where(is_actor, np.sum(~is_actor), np.sum(is_actor))
    own = len(matrix.nodes) - facing
    best = np.array([_largest_betweenness(int(n), int(m)) for n, m in zip(own, facing, strict=True)])
    clustering = cohesion.two_mode_clustering(matrix.adjacency)
    shared = _shared_measures(look, effort)
    columns: Columns = {
        "alliances": matrix.degree,
        "degree": ratio(matrix.degree, facing),
        "closeness": _closeness(shared, facing + 2 * (own - 1), len(matrix.nodes)),
        **_betweenness_columns(look, best),
        **shared,
        "hits": hits(look.eigenvector, matrix.component, is_actor),
        "redundancy": cohesion.redundancy(matrix.adjacency),
        "clustering": clustering,
    }
    frame = _frame(network, matrix.nodes, columns)
    return TwoModeMetrics(
        frame.filter(is_actor),
        frame.filter(~is_actor).rename({"alliances": "members"}),
        _info("two-mode", network, look, effort, "none"),
        summary(matrix, look.communities, look.bridges, clustering, is_actor=is_actor),
        _bridge_table(look),
    )


def projection_metrics(
    network: Network,
    effort: Effort | None = None,
    name: str = "projection",
    *,
    groupings: Groupings | None = None,
    weights: Weights = "none",
) -> OneModeMetrics:
    """Metrics of a one-mode network: a projection, or the territory network (`name="territories"`).

    `degree` is d/(n−1), `closeness` NetworkX's default (0 for an isolate), `links` the plain degree,
    `strength` the sum of the weights, `strength_newman` that of Newman's. `weights` weighs the ties of
    pagerank, eigenvector, hits, constraint, effective size and efficiency. `groupings` adds E–I,
    participation, within-group z and the five roles of brokers over each of them (see `graph.mixing`,
    `graph.brokerage`), `participation_community` and `within_z_community` come over the communities.

    Null: `constraint`, `effective_size` and `efficiency` of an isolate, `clustering` below two ties,
    `degree` and `harmonic` of an only node, `betweenness` below three nodes, `strength_newman` where the
    network has no such weight, and what `_shared_measures` and the modules of the groups say.
    """
    effort = effort or Effort()
    look = _look(network, effort, weights)
    matrix, n = look.matrix, len(look.matrix.nodes)
    groups = {grouping: codes(matrix.nodes, known) for grouping, known in (groupings or {}).items()}
    clustering = cohesion.clustering(matrix.adjacency)
    shared = _shared_measures(look, effort)
    columns: Columns = {
        "links": matrix.degree,
        **_strengths(network, matrix.nodes),
        "degree": ratio(matrix.degree, n - 1),
        "closeness": _closeness(shared, np.bincount(matrix.component)[matrix.component] - 1, n),
        **_betweenness_columns(look, np.full(n, (n - 1) * (n - 2) / 2)),
        **shared,
        "hits": hits(look.eigenvector, matrix.component),
        **_holes(matrix),
        "clustering": clustering,
        **_community_roles(look),
        **_group_columns(matrix, groups),
    }
    return OneModeMetrics(
        _frame(network, matrix.nodes, columns),
        _info(name, network, look, effort, weights),
        summary(matrix, look.communities, look.bridges, clustering, groups=groups),
        _bridge_table(look),
    )


def _look(network: Network, effort: Effort, weights: Weights) -> _Looked:
    matrix = matrix_of(network, weights)
    exact = int(np.count_nonzero(matrix.degree)) <= effort.exact_up_to
    adjacency = matrix.adjacency
    between = exact_betweenness(adjacency) if exact else sampled_betweenness(adjacency, effort.samples, effort.seed)
    return _Looked(
        matrix,
        exact,
        between,
        stable_leiden(adjacency, effort.seed, _runs(effort, exact=exact)),
        cohesion.bridges(matrix),
        eigenvector(matrix.weights, matrix.component),
    )


def _runs(effort: Effort, *, exact: bool) -> int:
    return effort.community_runs if exact else max(1, effort.community_runs // 4)


def _shared_measures(look: _Looked, effort: Effort) -> dict[str, np.ndarray]:
    """The measures that are the same in one and two modes.

    Null: `farness` and `harmonic` where no sample reaches, `eigenvector` and `community_stability` of an
    isolate. `component` and `community` are named by the smallest IRI in them.
    """
    matrix = look.matrix
    size = np.bincount(matrix.component)[matrix.component] if matrix.nodes else matrix.component
    seen = distances(matrix.adjacency, _sources(look, effort))
    # Exact: all others of the component are reached, and the factor is 1. A sample stands for them.
    factor = np.where(size == 1, 1.0, ratio(size - 1, seen.reached))
    return {
        "farness": seen.farness * factor,
        "harmonic": ratio(seen.harmonic * factor, len(matrix.nodes) - 1),
        "betweenness_raw": look.betweenness.raw,
        "pagerank": pagerank(matrix.weights),
        "eigenvector": look.eigenvector,
        "core_number": cohesion.core_number(matrix),
        "articulation": cohesion.articulation(matrix),
        "bridges": look.bridges.per_node(len(matrix.nodes)),
        "component": named(matrix.component, matrix.nodes),
        "component_size": size,
        "community": named(look.communities.labels, matrix.nodes),
        "community_stability": look.communities.of_nodes,
    }


def _sources(look: _Looked, effort: Effort) -> np.ndarray:
    """The rows to look from: all that have a tie, or a sample of them."""
    tied = np.flatnonzero(look.matrix.degree)
    if look.exact:
        return tied
    return np.sort(np.random.default_rng(effort.seed).choice(tied, effort.samples, replace=False))


def _closeness(shared: Mapping[str, np.ndarray], best: np.ndarray, n: int) -> np.ndarray:
    """best/Σ distance, times the share of the other nodes that can be reached; 0 for an isolate."""
    size, farness = shared["component_size"], shared["farness"]
    return np.where(size == 1, 0.0, ratio(best, farness) * ratio(size - 1, n - 1))


def _betweenness_columns(look: _Looked, best: np.ndarray) -> dict[str, np.ndarray]:
    """Betweenness as a share of the greatest possible, and its standard error in the same unit, null if exact."""
    error = look.betweenness.error
    return {
        "betweenness": ratio(look.betweenness.raw, best),
        "betweenness_error": np.full(len(best), np.nan) if error is None else ratio(error, best),
    }


def _largest_betweenness(n: int, m: int) -> float:
    """The b_max of Borgatti and Everett: the most that one of `n` nodes facing `m` can mediate."""
    if m == 0:
        return 0.0
    s, t = divmod(n - 1, m)
    return (m**2 * (s + 1) ** 2 + m * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2


def _strengths(network: Network, nodes: list[str]) -> dict[str, np.ndarray]:
    weighed = all("newman" in tie for _, _, tie in network.edges(data=True))
    newman = strength(network, nodes, "newman") if weighed else np.full(len(nodes), np.nan)
    return {"strength": strength(network, nodes, "weight"), "strength_newman": newman}


def _holes(matrix: Matrix) -> dict[str, np.ndarray]:
    constraint, effective = cohesion.structural_holes(matrix.weights)
    efficiency = ratio(effective, matrix.degree)
    return {"constraint": constraint, "effective_size": effective, "efficiency": efficiency}


def _community_roles(look: _Looked) -> dict[str, np.ndarray]:
    """Guimerà and Amaral's two coordinates, over the communities."""
    adjacency, labels = look.matrix.adjacency, look.communities.labels
    return {
        "participation_community": mixing.participation(adjacency, labels),
        "within_z_community": mixing.within_z(adjacency, labels),
    }


def _group_columns(matrix: Matrix, groups: Mapping[Grouping, np.ndarray]) -> Columns:
    """For each grouping its E–I, participation, within-group z, five roles, and these by partial credit."""
    adjacency, columns = matrix.adjacency, Columns()
    for (name, group), roles in zip(groups.items(), brokerage(adjacency, list(groups.values())), strict=True):
        columns |= {
            f"e_i_{name}": mixing.e_i(adjacency, group),
            f"participation_{name}": mixing.participation(adjacency, group),
            f"within_z_{name}": mixing.within_z(adjacency, group),
        }
        columns |= {f"{role}_{name}": _whole(roles.raw[:, place]) for place, role in enumerate(ROLES)}
        columns |= {f"{role}_partial_{name}": roles.partial[:, place] for place, role in enumerate(ROLES)}
    return columns


def _whole(counts: np.ndarray) -> pl.Series:
    """Counts as integers, null where NaN."""
    return pl.Series(counts, nan_to_null=True).cast(pl.Int64)


def _frame(network: Network, nodes: list[str], measures: Columns) -> pl.DataFrame:
    known = [network.nodes[node] for node in nodes]
    identity = {"iri": nodes, "id": [row.get("id", node) for node, row in zip(nodes, known, strict=True)]}
    for column in ("name", "kind"):
        identity[column] = [row.get(column) for row in known]
    frame = pl.DataFrame(identity, schema=dict.fromkeys(_IDENTITY, pl.String))
    return frame.with_columns(_column(name, values) for name, values in measures.items())


def _column(name: str, values: np.ndarray | pl.Series) -> pl.Series:
    if isinstance(values, pl.Series):
        return values.alias(name)
    if values.dtype == object:
        return pl.Series(name, values.tolist(), dtype=pl.String)
    if values.dtype.kind == "f":
        return pl.Series(name, round_significant(values), nan_to_null=True)
    return pl.Series(name, values, dtype=pl.Boolean if values.dtype == bool else pl.Int64)


def _bridge_table(look: _Looked) -> pl.DataFrame:
    nodes, found = np.array(look.matrix.nodes, dtype=object), look.bridges
    columns = {"a": nodes[found.a].tolist(), "b": nodes[found.b].tolist(), "cut_off": found.cut_off.tolist()}
    return pl.DataFrame(columns, schema={"a": pl.String, "b": pl.String, "cut_off": pl.Int64})


def _info(name: str, network: Network, look: _Looked, effort: Effort, weights: Weights) -> MetricsInfo:
    modes = [known.get("mode") for _, known in network.nodes(data=True)]
    share = network.graph.get("big_share")
    projected = name != "two-mode"
    french, english = (warning_of(network) if projected else None) or (None, None)
    return MetricsInfo(
        network=name,
        nodes=len(look.matrix.nodes),
        n_actors=modes.count("actor"),
        n_alliances=modes.count("alliance"),
        edges=network.number_of_edges(),
        exact=look.exact,
        samples=None if look.exact else effort.samples,
        seed=effort.seed,
        weights=weights,
        community_runs=_runs(effort, exact=look.exact),
        community_nmi=rounded(look.communities.nmi),
        community_ari=rounded(look.communities.ari),
        big_members=BIG if projected else None,
        big_share=None if share is None else rounded(share),
        warning_fr=french,
        warning_en=english,
        validated=network.graph.get("validated"),
        tests=network.graph.get("tests"),
    )
