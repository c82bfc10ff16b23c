"""A network in one row: how big, how tight, in how many pieces, and who is tied to whom."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TypeAlias

import numpy as np

from graph import cohesion, mixing
from graph.communities import Stability, modularity
from graph.groups import Grouping
from graph.matrices import Matrix, ratio, rounded

Summary: TypeAlias = dict[str, int | float | None]
"""Column → value; None where it is undefined. All summaries have the same columns, in the same order."""

_GROUPINGS: tuple[Grouping, ...] = ("kind", "region", "departement")


@dataclass(frozen=True)
class _Shape:
    """NaN is « undefined »."""

    nodes: int
    edges: int
    isolates: int
    components: int
    """With a tie: an isolate is none."""
    largest_component: int
    """The nodes of the largest component; 0 without ties."""
    density: float
    """Ties over all that there could be; of a two-mode network over actors × alliances. NaN where there can be none."""
    mean_degree: float
    """2·ties/nodes; NaN without nodes."""
    transitivity: float
    """One mode: the share of two-paths that are closed. NaN of a two-mode network, which has no triangle."""
    robins_alexander: float
    """Two modes: the share of three-paths that a four-cycle closes. NaN of a one-mode network."""
    clustering: float
    """The mean of the nodes' `clustering`, over those that have one."""
    degree_assortativity: float
    articulation_points: int
    bridges: int
    communities: int
    """Of more than one node."""
    modularity: float
    """Of these communities, isolates alone."""
    community_nmi: float
    community_ari: float


def summary(  # noqa: PLR0913 - each is found once for several uses
    matrix: Matrix,
    communities: Stability,
    bridges: cohesion.Bridges,
    clustering: np.ndarray,
    *,
    is_actor: np.ndarray | None = None,
    groups: Mapping[Grouping, np.ndarray] | None = None,
) -> Summary:
    """The numbers of `_Shape`, then of `mixing.GroupMixing` for each grouping, as in `e_i_rescaled_region`.

    `is_actor` tells the sides of a two-mode network; `groups` are codes as in `graph.groups`.
    """
    shape = asdict(_shape(matrix, communities, bridges, clustering, is_actor))
    return {name: _plain(value) for name, value in {**shape, **_mixing(matrix, groups or {})}.items()}


def _shape(
    matrix: Matrix,
    communities: Stability,
    bridges: cohesion.Bridges,
    clustering: np.ndarray,
    is_actor: np.ndarray | None,
) -> _Shape:
    nodes, edges, adjacency = len(matrix.nodes), matrix.adjacency.nnz // 2, matrix.adjacency
    sizes = np.bincount(matrix.component)
    side = nodes if is_actor is None else int(np.count_nonzero(is_actor))
    possible = nodes * (nodes - 1) / 2 if is_actor is None else side * (nodes - side)
    defined = clustering[~np.isnan(clustering)]
    return _Shape(
        nodes=nodes,
        edges=edges,
        isolates=int(np.count_nonzero(matrix.degree == 0)),
        components=int(np.count_nonzero(sizes > 1)),
        largest_component=int(sizes[sizes > 1].max(initial=0)),
        density=float(ratio(edges, possible)),
        mean_degree=float(ratio(2 * edges, nodes)),
        transitivity=cohesion.transitivity(adjacency) if is_actor is None else float("nan"),
        robins_alexander=float("nan") if is_actor is None else cohesion.robins_alexander(adjacency, is_actor),
        clustering=float(defined.mean()) if len(defined) else float("nan"),
        degree_assortativity=mixing.degree_assortativity(adjacency),
        articulation_points=int(cohesion.articulation(matrix).sum()),
        bridges=len(bridges.a),
        communities=int(np.count_nonzero(np.unique(communities.labels, return_counts=True)[1] > 1)),
        modularity=modularity(adjacency, communities.labels),
        community_nmi=communities.nmi,
        community_ari=communities.ari,
    )


def _mixing(matrix: Matrix, groups: Mapping[Grouping, np.ndarray]) -> dict[str, int | float]:
    """Of a grouping that the network does not have all numbers are undefined."""
    found: dict[str, int | float] = {}
    for grouping in _GROUPINGS:
        unknown = np.full(len(matrix.nodes), -1)
        of_group = mixing.group_mixing(matrix.adjacency, groups.get(grouping, unknown))
        found |= {f"{name}_{grouping}": value for name, value in asdict(of_group).items()}
    return found


def _plain(value: float) -> int | float | None:
    return value if isinstance(value, int) else rounded(value)
