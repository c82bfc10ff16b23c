"""What it costs to say how sure: the sampler, the tests built on it, pockets.

    python -m benchmarks.bench_significance [DRAWS]

Each line is seconds of wall clock and what it is compared with, in the same run. The sampler is compared with the
textbook curveball (a pair of rows at a time, as Python sets) that makes as many trades. `isolation` must take at most
60 s with 999 draws at level EPCI, on two cores; it uses one.
"""

import sys
from functools import partial
from random import Random

import networkx as nx
import numpy as np

from benchmarks.bench_build import seconds
from benchmarks.bench_isolation import grown as grown_tables
from graph import open_generation
from graph.backbone import shared_pairs
from graph.chosen import Chosen
from graph.measured import network_of
from graph.mediation import betweenness
from graph.neighbours import neighbours
from graph.nullmodels import Ensemble, Ties, fixed_degree_draws, maximum_entropy, ties_of
from graph.significance import brokerage_significance, isolation_significance
from graph.spatial import lisa

DRAWS = 999


def textbook(ties: Ties, trades: int) -> list[set[int]]:
    """Strona's curveball: one draw of `trades` trades."""
    random = Random(1)  # noqa: S311 - no secret
    rows: list[set[int]] = [set() for _ in range(ties.shape[0])]
    for row, column in zip(ties.rows.tolist(), ties.columns.tolist(), strict=True):
        rows[row].add(column)
    for _ in range(trades):
        one, other = random.sample(range(len(rows)), 2)
        both = rows[one] & rows[other]
        single = list(rows[one] ^ rows[other])
        random.shuffle(single)
        keep = len(rows[one]) - len(both)
        rows[one], rows[other] = both | set(single[:keep]), both | set(single[keep:])
    return rows


def grown(ties: Ties, times: int) -> Ties:
    """So many copies side by side."""
    height, width = ties.shape
    rows = np.concatenate([ties.rows + at * height for at in range(times)])
    columns = np.concatenate([ties.columns + at * width for at in range(times)])
    return Ties(rows, columns, (height * times, width * times))


def drawn(ties: Ties, draws: int) -> int:
    return sum(1 for _ in fixed_degree_draws(ties, Ensemble(draws=draws)))


def sampler(ties: Ties, draws: int) -> None:
    ours = seconds(lambda: drawn(ties, draws)) / draws
    theirs = seconds(lambda: [textbook(ties, 10 * ties.shape[0]) for _ in range(5)]) / 5
    print(f"a draw of 10 trades a row      {ours:9.5f} s ({1 / ours:,.0f} a second)   textbook ×{theirs / ours:.1f}")
    for times in (10, 100):
        larger = grown(ties, times)
        n = max(2, 20 // times)
        each = seconds(partial(drawn, larger, n)) / n
        print(f"  network ×{times:<4}                {each:9.5f} s   ×{each / ours:.1f}")


def main(draws: int) -> None:
    generation = open_generation()
    tables = generation.tables
    network = network_of(tables, "two-mode", Chosen())
    ties, _, _ = ties_of(network, "alliance")
    actors, _, _ = ties_of(network, "actor")
    print(f"{ties.shape[0]} alliances × {ties.shape[1]} actors, {len(ties.rows)} ties, {draws} draws")
    sampler(ties, draws)
    print(f"maximum-entropy probabilities  {seconds(lambda: maximum_entropy(actors)):9.3f} s")
    print(f"all pairs of actors, exact     {seconds(lambda: shared_pairs(actors)):9.3f} s")
    ours, theirs = seconds(lambda: betweenness(actors)), seconds(lambda: nx.betweenness_centrality(network))
    print(f"betweenness of actors          {ours:9.3f} s   NetworkX ×{theirs / ours:.0f}")
    took = seconds(lambda: isolation_significance(tables, Chosen("epci"), "links_out", Ensemble(draws=draws)))
    print(f"isolation of all EPCI          {took:9.3f} s   (999 draws: at most 60 s)")
    for times in (10, 100):
        larger = grown_tables(tables, times)
        _ = larger.closure
        few = max(2, draws // times**2)
        each = partial(isolation_significance, larger, Chosen("epci"), "links_out", Ensemble(draws=few))
        print(f"  {times:>3} times as much, {few:>3} draws   {seconds(each):9.3f} s")
    took = seconds(lambda: brokerage_significance(network, Ensemble(draws=draws)))
    print(f"brokerage of actors            {took:9.3f} s")
    for level, orders in (("epci", 9_999), ("commune", 999)):
        rows = generation.isolation(level).sort("code")
        beside = neighbours(generation.table("territories"), generation.table("outlines"), level)
        values = rows["alliances_per_10000"].fill_null(float("nan")).to_numpy()
        took = seconds(partial(lisa, values, beside.matrix, orders))
        print(f"pockets, {level:8} {orders:>6} orders {took:9.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS)
