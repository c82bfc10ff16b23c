"""What one more alliance changes in the closeness of all: equal to NetworkX on the network with it."""

from random import Random

import networkx as nx
import numpy as np
import polars as pl
import pytest

from graph.isolation.closeness import Nearness, harmonic_sums


def network_of(pairs: list[tuple[int, int]]) -> tuple[pl.Series, pl.DataFrame]:
    both = sorted({(f"t{a:02}", f"t{b:02}") for a, b in pairs} | {(f"t{b:02}", f"t{a:02}") for a, b in pairs})
    schema = {"code": pl.String, "other": pl.String}
    ties = pl.DataFrame(both, schema=schema, orient="row")
    return ties["code"].unique().sort(), ties


def expected(codes: pl.Series, ties: pl.DataFrame, met: list[str]) -> dict[str, float]:
    graph: nx.Graph[str] = nx.Graph(list(ties.iter_rows()))
    graph.add_nodes_from([*codes, *met])
    graph.add_edges_from((one, other) for one in met for other in met if one < other)
    return dict(nx.harmonic_centrality(graph))


@pytest.mark.parametrize("seed", range(40))
def test_an_alliance_more_is_what_networkx_finds_with_it(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    pairs = [(a, b) for a in range(9) for b in range(a) if random.random() < 0.2]
    codes, ties = network_of(pairs)
    known = random.sample(range(len(codes)), random.randint(0, min(3, len(codes))))
    newcomers = random.randint(0, 2)
    sums, alone = Nearness(codes, ties).after(np.array(known, dtype=np.int64), newcomers)
    met = [codes[place] for place in known] + [f"new{number}" for number in range(newcomers)]
    found = expected(codes, ties, met)
    assert sums == pytest.approx([found[code] for code in codes])
    if newcomers:
        assert alone == pytest.approx(found["new0"])


@pytest.mark.parametrize("seed", range(10))
def test_nothing_more_is_what_there_is(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    codes, ties = network_of([(a, b) for a in range(8) for b in range(a) if random.random() < 0.3])
    sums, _ = Nearness(codes, ties).after(np.array([], dtype=np.int64), 0)
    alliance = pl.concat_str(pl.min_horizontal("code", "other"), pl.max_horizontal("code", "other"), separator="|")
    assert sums.tolist() == harmonic_sums(codes, ties.select("code", alliance=alliance)).tolist()
