"""Are high and low values found side by side? Moran's I for the whole, LISA for each place.

Values are x, z = x − mean; w is 1 for neighbours (`binary`) or 1/number of neighbours (`row`). Places
without a value or without a neighbour that has one are left out of all sums (n is what remains): they
have no I. A constant value has none either. P-values from permutations are two-sided,
min(1, 2(r+1)/(n+1)), r being the rarer tail with ties counted in both; so they are twice the one-sided
`p_sim` of PySAL, but where ties abound: there PySAL, which counts ties in one tail, finds what is not there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from scipy import sparse, stats

from graph.metrics import round_significant
from graph.seed import SEED
from graph.significance import ALPHA, benjamini_hochberg

Weighting: TypeAlias = Literal["row", "binary"]

PERMUTATIONS = 999
_NOISE = 1e-9
QUADRANTS = ("HH", "HL", "LL", "LH")
"""High or low itself, then its neighbours: twice whether it is low, plus whether they differ from it."""


@dataclass(frozen=True)
class Moran:
    """Moran's I: near +1 like beside like, near `expected` no pattern, below it unlike beside unlike."""

    n: int
    """Places that count: those with a value and a neighbour that has one."""
    islands: int
    """Places with a value, but with no neighbour that has one."""
    permutations: int
    seed: int
    value: float | None = None
    """Null, as all below, where there are fewer than four places or all values are the same."""
    expected: float | None = None
    """−1/(n−1)."""
    variance_normal: float | None = None
    variance_random: float | None = None
    """Under normality, and under randomisation (Cliff and Ord, 1981)."""
    z: float | None = None
    """(value − expected) over the standard deviation under randomisation."""
    p_normal: float | None = None
    """Two-sided, of the standardised value under normality."""
    p: float | None = None
    """Two-sided, from permutations of all values."""


def moran(
    values: np.ndarray,
    neighbours: sparse.csr_array,
    weighting: Weighting = "row",
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> Moran:
    """Moran's I of `values` (NaN where unknown), row i of `neighbours` being 1 where j is beside i."""
    places = counting(values, neighbours)
    islands = int(np.isfinite(values).sum()) - len(places)
    x, w = values[places], _weighted(neighbours[places][:, places], weighting)
    numbers = _global(x, w, permutations, seed) if len(x) >= 4 and not _constant(x) else {}
    return Moran(n=len(x), islands=islands, permutations=permutations, seed=seed, **numbers)


def lisa(
    values: np.ndarray,
    neighbours: sparse.csr_array,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    alpha: float = ALPHA,
) -> pl.DataFrame:
    """Local Moran of each place, row-standardised, in the order of `values`; null where `moran` leaves it out.

    `value`, `lag` (mean of its neighbours), `local` (I_i = (n−1) z_i Σ_j w_ij z_j / Σ z²), `quadrant` (high or
    low itself, then its neighbours: HH, LL, HL, LH), `p` (the place stays, all others change places),
    `q` (Benjamini–Hochberg), `pocket` (the quadrant where q ≤ `alpha`, else null: no pattern shown).
    """
    places = counting(values, neighbours)
    columns = {name: np.full(len(values), np.nan) for name in ("lag", "local", "p", "q")}
    quadrant = np.full(len(values), None, dtype=object)
    if len(places) >= 4 and not _constant(values[places]):
        inner = neighbours[places][:, places].tocsr()
        for name, numbers in _local(values[places], inner, permutations, seed).items():
            columns[name][places] = numbers
        low = values < values[places].mean(), columns["lag"] < values[places].mean()
        at = 2 * low[0] + (low[0] ^ low[1])
        quadrant[places] = np.array(QUADRANTS, dtype=object)[at[places]]
    frame = pl.DataFrame({"value": values, **{name: round_significant(one) for name, one in columns.items()}})
    frame = frame.fill_nan(None).with_columns(quadrant=pl.Series(quadrant.tolist(), dtype=pl.String))
    return frame.with_columns(pocket=pl.when(pl.col("q") <= alpha).then(pl.col("quadrant")))


def counting(values: np.ndarray, neighbours: sparse.csr_array) -> np.ndarray:
    """The places that have a value (finite) and a neighbour that has one."""
    known = np.isfinite(values)
    beside = np.asarray(neighbours @ known.astype(np.float64)) > 0
    return np.flatnonzero(known & beside)


def _weighted(neighbours: sparse.csr_array, weighting: Weighting) -> sparse.csr_array:
    if weighting == "binary":
        return neighbours.tocsr()
    return (sparse.diags_array(1 / np.asarray(neighbours.sum(axis=1)).ravel()) @ neighbours).tocsr()


def _constant(values: np.ndarray) -> bool:
    return bool(np.ptp(values) <= _NOISE * np.abs(values).max())


def _global(x: np.ndarray, w: sparse.csr_array, permutations: int, seed: int) -> dict[str, float]:
    """The numbers of `Moran`."""
    z = x - x.mean()
    scale = len(x) / (w.sum() * (z @ z))
    found, expected = scale * (z @ (w @ z)), -1 / (len(x) - 1)
    normal, random = _variances(z, w, expected)
    drawn = np.array([scale * (one @ (w @ one)) for one in _shuffled(z, permutations, seed)])
    numbers = {
        "value": found,
        "expected": expected,
        "variance_normal": normal,
        "variance_random": random,
        "z": (found - expected) / np.sqrt(random),
        "p_normal": 2 * stats.norm.sf(abs(found - expected) / np.sqrt(normal)),
        "p": _two_sided(np.array([found]), drawn[None])[0],
    }
    return dict(zip(numbers, round_significant(np.array(list(numbers.values()))).tolist(), strict=True))


def _variances(z: np.ndarray, w: sparse.csr_array, expected: float) -> tuple[float, float]:
    """Of I, if values were drawn from a normal distribution, and if they were shuffled."""
    n, s0 = len(z), w.sum()
    both = w + w.T
    s1 = both.multiply(both).sum() / 2
    s2 = ((np.asarray(w.sum(axis=1)).ravel() + np.asarray(w.sum(axis=0)).ravel()) ** 2).sum()
    normal = (n**2 * s1 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2) - expected**2
    kurtosis = (z**4).mean() / (z**2).mean() ** 2
    shuffled = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    peaked = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    random = (shuffled - peaked) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    return float(normal), float(random)


def _shuffled(z: np.ndarray, permutations: int, seed: int) -> Iterator[np.ndarray]:
    random = np.random.default_rng(seed)
    for _ in range(permutations):
        yield random.permutation(z)


def _local(values: np.ndarray, neighbours: sparse.csr_array, permutations: int, seed: int) -> dict[str, np.ndarray]:
    """`lag`, `local`, `p` and `q` of places that all count."""
    z = values - values.mean()
    counts = np.diff(neighbours.indptr)
    lag = np.asarray(neighbours @ z) / counts
    others = _others(len(z), int(counts.max()), permutations, seed)
    p = np.empty(len(z))
    for place, count in enumerate(counts.tolist()):
        drawn = others[:, :count]
        simulated = z[drawn + (drawn >= place)].mean(axis=1)  # whom it stands for: everybody but the place itself
        p[place] = _two_sided(z[place] * lag[place : place + 1], z[place] * simulated[None])[0]
    local = (len(z) - 1) * z * lag / (z @ z)
    return {"lag": lag + values.mean(), "local": local, "p": p, "q": benjamini_hochberg(p)}


def _others(n: int, most: int, permutations: int, seed: int) -> np.ndarray:
    """Permutations × `most` different numbers of 0 … n−2, in random order."""
    random = np.random.default_rng(seed)
    return np.array([random.choice(n - 1, most, replace=False) for _ in range(permutations)]).reshape(-1, most)


def _two_sided(observed: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Of each row of `drawn` (places × permutations)."""
    noise = _NOISE * np.abs(drawn).max(axis=1, initial=0)
    low = (drawn <= (observed + noise)[:, None]).sum(axis=1)
    high = (drawn >= (observed - noise)[:, None]).sum(axis=1)
    p: np.ndarray = np.minimum(1.0, 2 * (np.minimum(low, high) + 1) / (drawn.shape[1] + 1))
    return p
