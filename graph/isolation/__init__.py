"""Which territories are without alliances, which are isolated how much and why, and of which we cannot tell.

A territory is `connected` if at least one alliance touches it (see `selection.touches`). If none does,
it is `isolated` only where somebody has looked at all of it; `unknown` where somebody has looked at
part of it or at part of what there is; else `not_covered`. From silence nothing is said: `unknown` and
`not_covered` have neither score nor rank.

The score, from 0 to 1, is higher the more isolated a territory is: the sum, over its components, of their
weight (`score.PARTS`) times the share of the level's ranked territories that do better (ties count half).

    status       who has looked where
    counts       what is counted of a territory
    smoothing    rates of small territories
    closeness    how near it is to the rest
    score        the weights and the sum
    table        all of it, one row a territory
    sentences    the same in French and English
"""

from graph.isolation.score import COMPONENTS, WEIGHTS
from graph.isolation.sentences import component_title, explain, with_components
from graph.isolation.status import SCORED, looked_at, worklist
from graph.isolation.table import isolation

__all__ = [
    "COMPONENTS",
    "SCORED",
    "WEIGHTS",
    "component_title",
    "explain",
    "isolation",
    "looked_at",
    "with_components",
    "worklist",
]
