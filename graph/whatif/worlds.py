"""Rates and closeness of one territory among all, once an alliance touches some of them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from graph.isolation.closeness import Nearness
from graph.isolation.score import BESIDE, RATES, is_ranked
from graph.isolation.smoothing import priors, smoothed
from graph.isolation.table import PER

if TYPE_CHECKING:
    from graph.whatif.effects import Situation

_CHUNK: Final = 2_000_000
"""How many numbers are held of a rate at once."""
NOBODY: Final = -1


class Worlds:
    """What may become of the row `own` of a level. A world is a set of rows that a new alliance touches, `own` too."""

    def __init__(self, now: "Situation", own: int) -> None:
        rows = now.rows
        self._own, self._size = own, rows.height
        self._is_ranked = rows.select(is_ranked()).to_series().to_numpy()
        self._ranked = np.flatnonzero(self._is_ranked)
        self._rankable = rows.select(pl.col("level") != BESIDE).to_series().to_numpy()
        self._people = rows["population"].fill_null(0).to_numpy()
        self._events = {rate: rows[rate.removesuffix("_per_10000")].to_numpy() for rate in RATES}
        linked = now.ties["code"].unique().sort()
        self._nearness = Nearness(linked, now.ties)
        self._node = np.full(rows.height, NOBODY)
        self._node[rows["code"].is_in(linked.implode()).to_numpy()] = np.arange(len(linked))
        self._near: dict[tuple[tuple[int, ...], int], _Near] = {}

    def after(self, worlds: Sequence[Sequence[int]]) -> pl.DataFrame:
        """One row a world: of `own` the smoothed rates and `harmonic`, and their `_share`s; null: no population."""
        width = max(map(len, worlds), default=1)
        met = np.array([[*one, *[NOBODY] * (width - len(one))] for one in worlds], dtype=np.int64).reshape(-1, width)
        parts = max(1, met.shape[0] * (len(self._ranked) + width) // _CHUNK)
        chunks = [part for part in np.array_split(met, parts) if len(part)]
        rates = {rate: [self._rate(rate, part) for part in chunks] for rate in RATES}
        columns = {name: np.concatenate([part[name] for part in of]) for of in rates.values() for name in of[0]}
        near = [self._harmonic([row for row in one if row != NOBODY]) for one in met.tolist()]
        frame = pl.DataFrame({name: pl.Series(values, dtype=pl.Float64) for name, values in columns.items()})
        frame = frame.with_columns(pl.all().fill_nan(None))
        return frame.hstack(pl.DataFrame(near, schema=["harmonic", "harmonic_share"], orient="row"))

    def _rate(self, rate: str, met: np.ndarray) -> dict[str, np.ndarray]:
        # An alliance is one more for those that it touches; actors remain where they are.
        more = int(rate == RATES[0])
        place = np.full(self._size + 1, NOBODY)
        place[self._ranked] = np.arange(len(self._ranked))
        events = np.tile(self._events[rate][self._ranked], (len(met), 1))
        world, at = np.nonzero(place[met] >= 0)
        events[world, place[met[world, at]]] += more
        newly = (place[met] < 0) & (met != NOBODY) & self._rankable[met]
        events = np.hstack([events, self._events[rate][met] + more])
        people = np.hstack([np.tile(self._people[self._ranked], (len(met), 1)), np.where(newly, self._people[met], 0)])
        means, variances = priors(events, people)
        everybody = _rounded(smoothed(events, people, means[:, None], variances[:, None]) * PER)
        everybody[people == 0] = np.nan
        mine = smoothed(self._events[rate][self._own] + more, self._people[self._own], means, variances)
        own = _rounded(mine * PER) if self._people[self._own] else np.full(len(met), np.nan)
        return {f"{rate}_smoothed": own, f"{rate}_share": _shares(everybody, own)}

    def _harmonic(self, met: list[int]) -> tuple[float, float]:
        newcomers = [one for one in met if self._node[one] < 0]
        near = self._near_after(tuple(int(self._node[one]) for one in met if self._node[one] >= 0), len(newcomers))
        own = near.alone if self._own in newcomers else near.everybody[self._own]
        ranked = near.everybody[self._ranked]
        better, tied, size = int((ranked > own).sum()), int((ranked == own).sum()), len(ranked)
        for one in newcomers:
            # It was compared as one without ties, if at all.
            was, is_now = int(self._is_ranked[one]), int(self._rankable[one])
            better += is_now * (near.alone > own) - was * (own < 0)
            tied += is_now * (near.alone == own) - was * (own == 0)
            size += is_now - was
        return float(own), (better + tied / 2) / max(size, 1)

    def _near_after(self, nodes: tuple[int, ...], newcomers: int) -> "_Near":
        if (nodes, newcomers) not in self._near:
            sums, alone = self._nearness.after(np.array(nodes, dtype=np.int64), newcomers)
            everybody = np.zeros(self._size + 1)
            everybody[:-1][self._node >= 0] = sums
            everybody[-1] = alone
            everybody = _rounded(everybody / max(self._size - 1, 1))
            self._near[nodes, newcomers] = _Near(everybody[:-1], float(everybody[-1]))
        return self._near[nodes, newcomers]


@dataclass(frozen=True)
class _Near:
    """The closeness of all rows, of which those without ties have 0, and that of each newcomer."""

    everybody: np.ndarray
    alone: float


def _shares(values: np.ndarray, own: np.ndarray) -> np.ndarray:
    """In each row, the share of the values, NaN apart, that are higher than its own, ties counting half."""
    better, tied = (values > own[:, None]).sum(axis=1), (values == own[:, None]).sum(axis=1)
    size = np.maximum((~np.isnan(values)).sum(axis=1), 1)
    return np.where(np.isnan(own), np.nan, (better + tied / 2) / size)


def _rounded(values: np.ndarray) -> np.ndarray:
    return pl.Series(values.ravel()).round_sig_figs(12).to_numpy().reshape(values.shape).copy()
