"""What the numbers of a table of metrics are of."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Weights: TypeAlias = Literal["none", "raw", "newman"]
"""What the weight of a tie is: 1, how much is shared, or Newman's Σ 1/(n−1) over what is shared."""


@dataclass(frozen=True)
class MetricsInfo:
    """What the numbers of a table of metrics are of. What has a default is absent from older generations."""

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
    weights: Weights = "none"
    """What `pagerank`, `eigenvector`, `hits`, `constraint`, `effective_size` and `efficiency` weigh a tie by."""
    community_runs: int | None = None
    """How many seeds, from `seed` on, `community_stability` compares."""
    community_nmi: float | None = None
    """Mean normalised mutual information of two of these runs, 0 to 1; None without ties."""
    community_ari: float | None = None
    """Mean adjusted Rand index of two of these runs; None without ties."""
    big_members: int | None = None
    """Of a projection: an alliance of more members than this is called big."""
    big_share: float | None = None
    """The share of ties that come from big alliances alone, 0 to 1; None where there is no tie."""
    warning_fr: str | None = None
    """What the reader of a projection must know, in French and in English."""
    warning_en: str | None = None
    validated: float | None = None
    """Of a validated projection: the greatest q of a tie that is kept; None where all are."""
    tests: int | None = None
    """Of a validated projection: how many pairs were tested, for which q corrects."""
