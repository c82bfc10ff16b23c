"""Rates of small territories, drawn towards the rate of all: empirical Bayes, with its interval.

The count y of a territory of n inhabitants is taken to be Poisson with mean n·θ, and θ to vary between
territories with mean m and variance s². Both are estimated from all territories together by moments
(Marshall, R.J. 1991, « Mapping disease and mortality rates using empirical Bayes estimators », Applied
Statistics 40(2), 283–294):

    m  = Σy / Σn
    s² = Σ n (y/n − m)² / Σn − m / n̄,    n̄ the mean of n;  0 where that is negative
    θ̂  = m + s² / (s² + m/n) · (y/n − m)

θ̂ is also the mean of the posterior where θ has a gamma distribution of mean m and variance s²:
gamma(m²/s² + y, m/s² + n), whose quantiles are the interval. With s² = 0 the rates differ no more than
chance would make them: all are m, and so are their intervals.
"""

import math

import numpy as np
from scipy import special

CREDIBLE = 0.95
"""How sure the interval is: it leaves out as much on either side."""


def priors(events: np.ndarray, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The m and s², in events a person, of each row of counts and populations, both of shape (worlds, territories).

    A territory of nobody is left out; where all are, m and s² are 0. Sums are rounded once, so that the order of
    the territories is of no weight.
    """
    there = people > 0
    size, total = there.sum(axis=1), people.sum(axis=1)
    mean = np.where(there, events, 0).sum(axis=1) / np.maximum(total, 1)
    rates = np.divide(events, people, out=np.zeros(people.shape), where=there)
    terms = people * np.square(rates - mean[:, None])
    spread = np.array([math.fsum(row) for row in terms.tolist()]) / np.maximum(total, 1)
    return mean, np.maximum(spread - mean * size / np.maximum(total, 1), 0.0)


def smoothed(events: np.ndarray, people: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """θ̂, in events a person; all arguments are broadcast together."""
    strength = mean + variance * people
    found: np.ndarray = np.divide(
        np.square(mean) + variance * events, strength, out=np.zeros(np.shape(strength)), where=strength > 0
    )
    return np.where(variance > 0, found, mean)


def interval(events: np.ndarray, people: np.ndarray, mean: float, variance: float) -> tuple[np.ndarray, np.ndarray]:
    """The lower and the upper end of the equal-tailed credible interval of each, in events a person."""
    if not variance:
        exact = np.full(np.shape(people), mean)
        return exact, exact
    shape, rate = mean**2 / variance + events, mean / variance + people
    tail = (1 - CREDIBLE) / 2
    return special.gammaincinv(shape, tail) / rate, special.gammaincinv(shape, 1 - tail) / rate
