"""Whom a territory meets in its alliances: other territories, and members. Counted with sparse matrices.

As a table, an alliance of n communes and n members is n² rows of text. As matrices it is 2n ones, multiplied for some
territories at a time, and what comes out is counted and dropped.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import polars as pl
from scipy import sparse

_BLOCK: Final = 2048
"""How many territories are multiplied at once: some megabytes, where each meets a thousand others."""
_PARTNERS: Final = {"place": pl.UInt32, "partners": pl.Int64, "partners_squared": pl.Int64,
                    "broker": pl.UInt32, "broker_alliances": pl.Int64}  # fmt: skip


def links_out(pairs: pl.DataFrame) -> pl.DataFrame:
    """With how many other territories each shares an alliance: `code`, `links_out`. `pairs` has `code`, `alliance`."""
    codes, alliances = _distinct(pairs["code"]), _distinct(pairs["alliance"])
    touching = _ones(pairs, {"code": codes, "alliance": alliances})
    met = [np.diff(block.indptr) - 1 for _, block in _products(touching, touching.T.tocsr())]  # each meets itself
    return pl.DataFrame({"code": codes, "links_out": pl.Series(_joined(met), dtype=pl.Int64)})


def partners(pairs: pl.DataFrame, memberships: pl.DataFrame, actors: pl.DataFrame) -> pl.DataFrame:
    """The members of the alliances of each territory that has some, wherever they are seated.

    `code`, `partners` (how many), `partners_squared` (Σ over their kinds of how many, squared), `broker` (IRI of who
    is in the most of its alliances, of several the first by IRI), `broker_alliances` (how many these are).
    """
    members = memberships.select("alliance", "actor").unique().join(pairs, on="alliance", how="semi")
    codes, alliances, people = (_distinct(one) for one in (pairs["code"], pairs["alliance"], members["actor"]))
    touching = _ones(pairs, {"code": codes, "alliance": alliances})
    joined = _ones(members, {"alliance": alliances, "actor": people})
    kinds = _kinds(people, actors)
    found = [_partners_of(begin, block, kinds) for begin, block in _products(touching, joined)]
    numbers = pl.concat([pl.DataFrame(schema=_PARTNERS), *found])
    named = numbers.with_columns(code=codes.gather(numbers["place"]), broker=people.gather(numbers["broker"]))
    return named.drop("place")


def _partners_of(begin: int, block: sparse.csr_array, kinds: np.ndarray) -> pl.DataFrame:
    """The rows of `partners` of a block that holds how often each actor (column) is met; without those of nobody.

    `begin`: the place of its first row. `kinds`: the kind of each actor, as a number.
    """
    sizes = np.diff(block.indptr)
    rows = np.flatnonzero(sizes)
    sizes, starts = sizes[rows], block.indptr[rows]
    most = np.maximum.reduceat(block.data, starts)
    first = np.where(block.data == np.repeat(most, sizes), block.indices, len(kinds))
    of_kind = _tabulated(np.repeat(np.arange(len(rows)), sizes), kinds[block.indices])
    columns = (begin + rows, sizes, (of_kind**2).sum(axis=1), np.minimum.reduceat(first, starts), most)
    return pl.DataFrame(dict(zip(_PARTNERS, columns, strict=True)), schema=_PARTNERS)


def _tabulated(rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """How often each value (column) stands in each row, all of which have one."""
    width = int(values.max(initial=0)) + 1
    height = int(rows.max(initial=-1)) + 1
    return np.bincount(rows * width + values, minlength=height * width).reshape(height, width)


def _kinds(people: pl.Series, actors: pl.DataFrame) -> np.ndarray:
    """The kind of each of `people` (IRIs), as a number."""
    named = people.to_frame("iri").join(actors.select("iri", "kind"), on="iri", how="left", maintain_order="left")
    kinds = named["kind"].cast(pl.String)  # a table without rows may have no type
    return _places(kinds, _distinct(kinds))


def _distinct(values: pl.Series) -> pl.Series:
    return values.unique().sort()


def _places(values: pl.Series, among: pl.Series) -> np.ndarray:
    """Where each value stands in `among`, which is sorted and has them all."""
    return among.search_sorted(values).to_numpy()


def _ones(rows: pl.DataFrame, ends: dict[str, pl.Series]) -> sparse.csr_array:
    """The matrix with a one for each row; `ends` are the names of its rows and of its columns, by column of `rows`."""
    at = tuple(_places(rows[name], among) for name, among in ends.items())
    shape = tuple(len(among) for among in ends.values())
    return sparse.csr_array((np.ones(rows.height, np.int32), at), shape=shape)


def _products(left: sparse.csr_array, right: sparse.csr_array) -> Iterator[tuple[int, sparse.csr_array]]:
    """The rows of `left @ right` in blocks, each with the place of its first row."""
    return ((begin, left[begin : begin + _BLOCK] @ right) for begin in range(0, left.shape[0], _BLOCK))


def _joined(pieces: Iterable[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int64), *pieces])
