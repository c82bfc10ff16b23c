from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graph.spatial import Weighting, counting, lisa, moran
from tests.moran_data import NORTH_CAROLINA, ST_LOUIS, read


def lattice(size: int) -> sparse.csr_array:
    """Rook contiguity of a square."""
    line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(size, size))
    one = sparse.eye_array(size)
    return sparse.csr_array(sparse.kron(one, line) + sparse.kron(line, one))


UP_TO_NINE = np.arange(1.0, 10)


@pytest.mark.parametrize(
    ("weighting", "value", "normal", "random"),
    [("binary", 0.5, 0.053125, 0.0596875), ("row", 5 / 9, 0.0572145, 0.0646566)],
)
def test_the_published_lattice(weighting: Weighting, value: float, normal: float, random: float) -> None:
    found = moran(UP_TO_NINE, lattice(3), weighting)
    assert (found.n, found.islands, found.expected) == (9, 0, -0.125)
    assert found.value == pytest.approx(value)
    assert found.variance_normal == pytest.approx(normal, abs=5e-8)
    assert found.variance_random == pytest.approx(random, abs=5e-8)
    assert found.z == pytest.approx((value + 0.125) / np.sqrt(random), rel=1e-5)


def test_the_published_local_values() -> None:
    frame = lisa(UP_TO_NINE, lattice(3))
    corner, side, edge = 1.066667, 0.8, 0.266667
    expected = [corner, side, edge, 0.088889, 0, 0.088889, edge, side, corner]
    assert frame["local"].to_list() == pytest.approx(expected, abs=5e-7)
    assert frame["local"].sum() == pytest.approx(8 * 5 / 9)
    assert frame["quadrant"].to_list() == ["LL"] * 4 + ["HH"] * 5
    assert frame["lag"].to_list()[:2] == pytest.approx([3, 3])


def test_a_checkerboard_is_the_opposite_of_a_pocket() -> None:
    board = np.array([0.0, 1, 0, 1, 0, 1, 0, 1, 0])
    assert moran(board, lattice(3), "binary").value == -1
    assert set(lisa(board, lattice(3))["quadrant"]) == {"LH", "HL"}


@pytest.mark.parametrize(
    ("text", "n", "value", "one_tailed"),
    [(ST_LOUIS, 78, 0.24365582621771659, 1.3573931e-4), (NORTH_CAROLINA, 100, 0.24772519320480135, 5.79165e-5)],
)
def test_two_published_maps(text: str, n: int, value: float, one_tailed: float) -> None:
    found = moran(*read(text))
    assert found.n == n
    assert found.value == pytest.approx(value, rel=1e-11)
    assert found.p_normal == pytest.approx(2 * one_tailed, rel=1e-6)
    assert found.p is not None
    assert found.p < 0.01


def test_variance_under_randomisation_is_that_of_all_orders() -> None:
    """All 720 orders of six values on a crooked map: mean and variance of I are the formulas, and p the true share."""
    ends = np.array([(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (1, 4), (0, 5), (2, 5)])
    matrix = sparse.csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(6, 6))
    matrix = sparse.csr_array(matrix + matrix.T)
    values = np.array([1.0, 1.5, 4, 2, 9, 3])
    scale = 6 / (6 * ((values - values.mean()) ** 2).sum())
    weights = sparse.diags_array(1 / matrix.sum(axis=1)) @ matrix
    orders = np.array(list(permutations(values - values.mean())))
    every = scale * np.einsum("ij,ij->i", orders, (weights @ orders.T).T)
    found = moran(values, matrix, permutations=4999)
    assert every.mean() == pytest.approx(found.expected)
    assert every.var() == pytest.approx(found.variance_random)
    tail = min((every <= every[0] + 1e-9).mean(), (every >= every[0] - 1e-9).mean())
    assert found.p == pytest.approx(min(1, 2 * tail), abs=0.03)


def test_local_p_is_the_share_of_all_orders_of_the_others() -> None:
    values = np.array([1.0, 2, 2, 7, 9, 4, 3, 8, 5])
    frame = lisa(values, lattice(3), permutations=9999)
    place, beside = 4, [1, 3, 5, 7]
    z = values - values.mean()
    others = [z[list(order)].mean() for order in permutations([at for at in range(9) if at != place], 4)]
    every, observed = z[place] * np.array(others), z[place] * z[beside].mean()
    tail = min((every <= observed + 1e-9).mean(), (every >= observed - 1e-9).mean())
    assert frame["p"][place] == pytest.approx(min(1, 2 * tail), abs=0.02)


def test_a_pocket_is_found_and_named() -> None:
    values = np.zeros((12, 12))
    values[:4, :4] = 10
    values[9, 9] = 10
    frame = lisa(values.ravel(), lattice(12), permutations=9999)
    pockets = np.array(frame["pocket"].to_list(), dtype=object).reshape(12, 12)
    assert set(pockets[1:3, 1:3].ravel()) == {"HH"}
    assert pockets[9, 9] != "HH"
    assert pockets[11, 0] is None
    assert lisa(values.ravel(), lattice(12), alpha=0)["pocket"].null_count() == 144


def test_where_all_is_tied_nothing_is_found() -> None:
    """One place differs: all others have the same neighbours in nearly every order. Ties count in both tails."""
    values = np.zeros(100)
    values[55] = 1
    frame = lisa(values, lattice(10))
    assert frame["pocket"].null_count() == 100
    assert frame["p"].to_list()[0] == 1


def test_islands_and_unknown_values_stay_out() -> None:
    matrix = sparse.csr_array(sparse.block_diag([lattice(3), np.zeros((2, 2))], format="csr"))
    values = np.array([*UP_TO_NINE, 1000, np.nan])
    whole, part = moran(values, matrix, permutations=99), moran(UP_TO_NINE, lattice(3), permutations=99)
    assert (whole.n, whole.islands, part.islands) == (9, 1, 0)
    assert (whole.value, whole.variance_random, whole.p) == (part.value, part.variance_random, part.p)
    frame = lisa(values, matrix)
    assert frame.head(9).equals(lisa(UP_TO_NINE, lattice(3)))
    assert frame.tail(2).drop("value").null_count().row(0) == (2,) * 6
    assert frame["value"].to_list()[-2:] == [1000, None]


def test_who_has_only_unknown_neighbours_is_an_island() -> None:
    line = sparse.csr_array(sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(6, 6)))
    values = np.array([1, np.nan, 3, 4, 8, 5.0])
    assert counting(values, line).tolist() == [2, 3, 4, 5]


@pytest.mark.parametrize("values", [[], [1.0, 2, 3], [5.0] * 9, [0.1 + 0.2, 0.3] * 4 + [0.3], [np.nan] * 9])
def test_undefined_is_null(values: list[float]) -> None:
    numbers = np.array(values)
    matrix = lattice(3)[: len(values)][:, : len(values)].tocsr() if len(values) else sparse.csr_array((0, 0))
    found = moran(numbers, matrix)
    assert (found.value, found.expected, found.z, found.p_normal, found.p) == (None,) * 5
    frame = lisa(numbers, matrix)
    assert frame.height == len(values)
    assert frame["local"].null_count() == frame["pocket"].null_count() == len(values)


@settings(deadline=None, max_examples=30)
@given(st.permutations(range(9)), st.lists(st.integers(0, 5), min_size=9, max_size=9))
def test_names_do_not_matter(order: list[int], values: list[int]) -> None:
    numbers, matrix = np.array(values, dtype=np.float64), lattice(3)
    moved = moran(numbers[order], sparse.csr_array(matrix[order][:, order]), permutations=9)
    still = moran(numbers, matrix, permutations=9)
    assert (moved.value is None) == (still.value is None)
    if still.value is not None:
        assert moved.value == pytest.approx(still.value, abs=1e-9)
        assert moved.variance_random == pytest.approx(still.variance_random, abs=1e-9)


def test_the_same_bits_twice() -> None:
    values, matrix = read(ST_LOUIS)
    assert moran(values, matrix) == moran(values, matrix)
    assert lisa(values, matrix).equals(lisa(values, matrix))
    assert not lisa(values, matrix).equals(lisa(values, matrix, seed=1))
