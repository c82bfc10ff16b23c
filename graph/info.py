"""What the numbers of a table of metrics are of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MetricsInfo:
    """What the numbers of a table of metrics are of."""

    network: str
    """`two-mode`, `projection` or `territories`."""
    nodes: int
    n_actors: int
    n_alliances: int
    edges: int
    exact: bool
    """False: `closeness`, `farness`, `harmonic` and `betweenness` are estimates from `samples` nodes."""
    samples: int | None
    seed: int
