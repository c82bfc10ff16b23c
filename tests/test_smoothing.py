"""Empirical Bayes: by hand, and against the closed form that an exponential posterior has."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.isolation.smoothing import interval, priors, smoothed

COUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 100_000)), min_size=1, max_size=12)


def shrunk(events: list[int], people: list[int]) -> tuple[float, float, np.ndarray]:
    counts, population = np.array([events]), np.array([people])
    means, variances = priors(counts, population)
    return means[0], variances[0], smoothed(counts[0], population[0], means, variances)


def test_marshall_by_hand() -> None:
    """10 and 0 events among 1,000 each: m = 0.005, s² = (1000·0.005² + 1000·0.005²)/2000 − 0.005/1000 = 2e-5.

    The weight of the own rate is 2e-5 / (2e-5 + 0.005/1000) = 0.8: 0.005 ± 0.8 · 0.005.
    """
    mean, variance, found = shrunk([10, 0], [1000, 1000])
    assert (mean, variance) == pytest.approx((0.005, 2e-5))
    assert found == pytest.approx([0.009, 0.001])


def test_unequal_populations_by_hand() -> None:
    """9 of 1,000 and 1 of 4,000: m = 0.002; s² = (1000·0.007² + 4000·0.00175²)/5000 − 0.002/2500 = 1.145e-5."""
    mean, variance, found = shrunk([9, 1], [1000, 4000])
    assert (mean, variance) == pytest.approx((0.002, 1.145e-5))
    weights = [1.145e-5 / (1.145e-5 + 0.002 / people) for people in (1000, 4000)]
    assert found == pytest.approx([0.002 + weights[0] * 0.007, 0.002 - weights[1] * 0.00175])


def test_rates_that_differ_by_chance_alone_are_all_the_same() -> None:
    mean, variance, found = shrunk([2, 3], [1000, 1000])
    assert variance == 0
    assert found.tolist() == [mean, mean]
    assert [end.tolist() for end in interval(np.array([2]), np.array([1000]), mean, variance)] == [[mean], [mean]]


def test_the_interval_of_an_exponential_posterior() -> None:
    """m = 0.005 and s² = m² make the prior exponential; after no event among n it is of rate 200 + n."""
    people = np.array([1000, 10])
    lower, upper = interval(np.array([0, 0]), people, 0.005, 0.005**2)
    assert lower == pytest.approx(-log(0.975) / (200 + people))
    assert upper == pytest.approx(-log(0.025) / (200 + people))


def test_nobody_nothing() -> None:
    means, variances = priors(np.array([[5, 0]]), np.array([[0, 0]]))
    assert (means.tolist(), variances.tolist()) == ([0], [0])
    means, variances = priors(np.zeros((1, 0)), np.zeros((1, 0)))
    assert (means.tolist(), variances.tolist()) == ([0], [0])


def test_a_territory_of_nobody_is_left_out() -> None:
    assert shrunk([10, 0, 7], [1000, 1000, 0])[:2] == shrunk([10, 0], [1000, 1000])[:2]


@given(COUNTS, st.randoms(use_true_random=False))
def test_the_order_of_the_territories_is_of_no_weight(counts: list[tuple[int, int]], random: object) -> None:
    turned = list(reversed(counts))
    one, other = (shrunk([y for y, _ in some], [n for _, n in some]) for some in (counts, turned))
    assert one[:2] == other[:2]
    assert one[2].tolist() == other[2][::-1].tolist()


@given(COUNTS)
def test_it_lies_between_the_own_rate_and_that_of_all(counts: list[tuple[int, int]]) -> None:
    events, people = [y for y, _ in counts], [n for _, n in counts]
    mean, variance, found = shrunk(events, people)
    own = np.array(events) / np.array(people)
    slack = 1e-12 + 1e-9 * own
    assert (found >= np.minimum(own, mean) - slack).all()
    assert (found <= np.maximum(own, mean) + slack).all()
    lower, upper = interval(np.array(events), np.array(people), mean, variance)
    assert (lower <= found + slack).all()
    assert not np.isnan(lower).any()
    assert not np.isnan(upper).any()
