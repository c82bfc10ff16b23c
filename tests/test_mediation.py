import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.mediation import betweenness
from graph.nullmodels import Ties


def reference(ties: Ties) -> list[float]:
    """NetworkX's, of the rows."""
    graph: nx.Graph[tuple[str, int]] = nx.Graph()
    graph.add_nodes_from(("row", row) for row in range(ties.shape[0]))
    graph.add_nodes_from(("column", column) for column in range(ties.shape[1]))
    graph.add_edges_from(
        (("row", row), ("column", column)) for row, column in zip(ties.rows, ties.columns, strict=True)
    )
    found = nx.betweenness_centrality(graph, normalized=False)
    return [found["row", row] for row in range(ties.shape[0])]


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.2, 0.35, 0.7]))
def test_equals_networkx(height: int, width: int, seed: int, density: float) -> None:
    rows, columns = np.nonzero(np.random.default_rng(seed).random((height, width)) < density)
    ties = Ties(rows, columns, (height, width))
    assert betweenness(ties).tolist() == pytest.approx(reference(ties), abs=1e-9)


def test_more_nodes_than_are_looked_from_together() -> None:
    random = np.random.default_rng(3)
    rows, columns = np.nonzero(random.random((290, 290)) < 0.012)
    ties = Ties(rows, columns, (290, 290))
    assert betweenness(ties).tolist() == pytest.approx(reference(ties), abs=1e-6)


def test_a_row_between_hanging_columns() -> None:
    """A star of a row with three columns, each with one more row: 6 others, 15 pairs, 3 of them in one branch."""
    pairs = [(0, 0), (0, 1), (0, 2), (1, 0), (2, 1), (3, 2)]
    rows, columns = np.array(pairs).T
    assert betweenness(Ties(rows, columns, (4, 3))).tolist() == [12, 0, 0, 0]
