"""Projections that hold against chance: who shares more than the numbers of ties alone would make them share.

A projection of the two-mode network makes a clique of every alliance, and ties whoever is in many
things to everybody. Here a pair stays tied only where what it shares is more than in the
maximum-entropy ensemble (the stochastic degree sequence model with the probabilities of the bipartite
configuration model: Neal, Domagalski and Sagan, 2021; Saracco et al., 2017). There ties are
independent, so what a pair shares is a sum of independent chances (Poisson-binomial), and its upper
tail is exact; draws could not give p-values small enough for hundreds of thousands of pairs. The price:
it is cautious where alliances are small (see `with_drawn`), and may miss pairs, not invent them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import polars as pl
from scipy import sparse

from graph import hierarchy
from graph.chosen import Chosen
from graph.hierarchy import LEVELS
from graph.metrics import round_significant
from graph.networks import Network, Side, projection
from graph.nullmodels import Ensemble, TieProbabilities, Ties, fixed_degree_draws, maximum_entropy, part_of, ties_of
from graph.selection import Tables, touches
from graph.significance import ALPHA, benjamini_hochberg, compare

_PAIRS = {
    "one": pl.Int64, "other": pl.Int64, "weight": pl.Int64,
    "expected": pl.Float64, "p": pl.Float64, "q": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class Pairs:
    """Every pair of rows that shares anything, tested."""

    frame: pl.DataFrame
    """`one`, `other` (row numbers, the smaller first), `weight` (shared), `expected`, `p`, `q`; sorted by the rows."""
    tests: int
    """All pairs of rows that have a tie: those that share nothing were tested too, and have p = 1."""


def shared_pairs(ties: Ties) -> Pairs:
    """What each pair of rows shares, and how likely it is to share as much or more by chance."""
    upper = sparse.triu(ties.incidence @ ties.incidence.T, k=1, format="coo")
    tied = int(np.count_nonzero(ties.degrees[0]))
    tests = tied * (tied - 1) // 2
    if not upper.nnz:
        return Pairs(pl.DataFrame(schema=_PAIRS), tests)
    expected, p = _by_chance(maximum_entropy(ties), upper)
    numbers = {"expected": expected, "p": p, "q": benjamini_hochberg(p, tests)}
    ends = {"one": upper.row, "other": upper.col, "weight": upper.data}
    columns = ends | {name: round_significant(values) for name, values in numbers.items()}
    return Pairs(pl.DataFrame(columns, schema=_PAIRS).sort("one", "other"), tests)


def with_drawn(ties: Ties, pairs: Pairs, ensemble: Ensemble) -> pl.DataFrame:
    """The pairs with `p_drawn` and `q_drawn` from the fixed-degree ensemble: (r+1)/(n+1), r of n share as much or more.

    Here an alliance of two never ties three: where alliances are small, `expected` and `p` are too
    large (an alliance of h ties a given pair about h/(h−1) times too often), and these are not. But no
    `p_drawn` is below 1/(n+1), which is too large for correction over very many pairs.
    """
    drawn = _drawn_p(ties, pairs.frame, ensemble)
    columns = {"p_drawn": drawn, "q_drawn": benjamini_hochberg(drawn, pairs.tests)}
    return pairs.frame.with_columns(pl.Series(name, round_significant(one)) for name, one in columns.items())


def validated_projection(network: Network, side: Side, alpha: float = ALPHA) -> Network:
    """The projection on `side` of a two-mode network, with only the ties of pairs that share more than by chance.

    All nodes are kept. A tie (q ≤ `alpha`) has `expected`, `p` and `q` besides what `networks.projection` gives it.
    `graph` holds `validated` (alpha), `tests` (how many pairs were tested) and `projected` (how many ties there were).
    """
    ties, rows, _ = ties_of(network, side)
    return _kept(projection(network, side), rows, shared_pairs(ties), alpha)


def validated_territories(network: Network, tables: Tables, chosen: Chosen) -> Network:
    """The same of the territory network of `chosen`, whose q is at most `chosen.validated` (else `ALPHA`)."""
    ties, rows = territory_ties(tables, chosen)
    return _kept(network, rows, shared_pairs(ties), ALPHA if chosen.validated is None else chosen.validated)


def territory_ties(tables: Tables, chosen: Chosen) -> tuple[Ties, list[str]]:
    """Territories × alliances that touch them (see `selection.touches`), and the IRIs of the rows, sorted."""
    listed = tables.territories.filter(pl.col("level").is_in(LEVELS[chosen.level])).sort("iri")
    rows = listed.select("iri", code="id").with_row_index("row")
    links = touches(part_of(tables, chosen), hierarchy.at_level(tables.closure, chosen.level)).join(rows, on="code")
    columns = links["alliance"].rank("dense").cast(pl.Int64) - 1
    ends = pl.DataFrame({"row": links["row"].cast(pl.Int64), "column": columns}).sort("row", "column").to_numpy()
    return Ties(ends[:, 0], ends[:, 1], (rows.height, links["alliance"].n_unique())), rows["iri"].to_list()


def upper_tails(chances: np.ndarray, top: int) -> np.ndarray:
    """P(X ≥ w) for w = 0 … `top`, X a sum of independent chances (trials on the last axis); Poisson-binomial, exact.

    Sums only of positive numbers, so that small tails keep their digits.
    """
    mass = np.zeros((len(chances), top + 1))
    mass[:, 0] = 1
    for chance in chances.T[:, :, None]:
        up = mass * chance
        up[:, -1] = 0  # who has reached the top stays there
        mass -= up
        mass[:, 1:] += up[:, :-1]
    tails: np.ndarray = np.minimum(mass[:, ::-1].cumsum(axis=1)[:, ::-1], 1.0)
    return tails


def _drawn_p(ties: Ties, pairs: pl.DataFrame, ensemble: Ensemble) -> np.ndarray:
    if pairs.is_empty():
        return np.zeros(0)
    one, other = (pairs[name].to_numpy() for name in ("one", "other"))

    def shared(drawn: Ties) -> np.ndarray:
        found: np.ndarray = (drawn.incidence @ drawn.incidence.T)[one, other]
        return found

    return compare(pairs["weight"].to_numpy(), map(shared, fixed_degree_draws(ties, ensemble))).p_high


def _by_chance(chances: TieProbabilities, shared: sparse.coo_array) -> tuple[np.ndarray, np.ndarray]:
    """Expected weight and upper tail of each pair; pairs of the same two classes are alike."""
    classes = np.sort(np.column_stack([chances.row_class[shared.row], chances.row_class[shared.col]]), axis=1)
    kinds, kind = np.unique(classes, axis=0, return_inverse=True)
    trials = chances.between[:, chances.column_class]
    both = trials[kinds[:, 0]] * trials[kinds[:, 1]]
    weights = shared.data.astype(np.int64)
    return both.sum(axis=1)[kind], upper_tails(both, int(weights.max()))[kind, weights]


def _kept(projected: Network, rows: Sequence[str], pairs: Pairs, alpha: float) -> Network:
    """The nodes of `projected`, and its ties that stand for themselves; what big alliances made is no longer known."""
    network: Network = nx.Graph(validated=alpha, tests=pairs.tests, projected=projected.number_of_edges())
    network.add_nodes_from((node, dict(known)) for node, known in projected.nodes(data=True))
    found = pairs.frame.filter(pl.col("q") <= alpha).select("one", "other", "expected", "p", "q")
    for row in found.iter_rows(named=True):
        ends = rows[row.pop("one")], rows[row.pop("other")]
        network.add_edges_from([(*ends, {**projected.edges[ends], **row})])
    return network
