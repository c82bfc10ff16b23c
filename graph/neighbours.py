"""Which territories lie side by side.

Régions, départements and EPCI: those whose outlines share a vertex. The outlines of a level were
simplified together, so that a border has the same vertices from both sides, and where three
territories meet all three have that point: to touch in one point is enough (« queen » contiguity).
Communes, which have no outlines: the six nearest within 50 km, measured from their centres.

Who has no neighbour is an island in the words of spatial statistics: islands, the overseas départements
and collectivities, and whatever has neither outline nor coordinates (EPT).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from graph.hierarchy import LEVELS, Level
from graph.nearest import nearest

NEAREST = 6
NEAREST_KM = 50.0


@dataclass(frozen=True)
class Neighbours:
    """Row and column i of `matrix` are territory `codes[i]`; 1 where the column is a neighbour of the row."""

    codes: list[str]
    matrix: sparse.csr_array
    rule: str
    """How neighbours were told, in words."""

    @property
    def counts(self) -> np.ndarray:
        """How many neighbours each has."""
        counts: np.ndarray = np.diff(self.matrix.indptr)
        return counts


def neighbours(territories: pl.DataFrame, outlines: pl.DataFrame, level: Level) -> Neighbours:
    """The neighbours of the territories of `level`, by code.

    `territories` has `id`, `level`, `latitude`, `longitude` (degrees, null where unknown), `outlines` has
    `id` and `wkt`.
    """
    rows = territories.filter(pl.col("level").is_in(LEVELS[level])).sort("id")
    codes = rows["id"].to_list()
    if level == "commune":
        matrix = nearest(rows["latitude"].to_numpy(), rows["longitude"].to_numpy(), NEAREST, NEAREST_KM)
        return Neighbours(codes, matrix, f"the {NEAREST} nearest centres within {NEAREST_KM:g} km")
    return Neighbours(codes, _touching(rows["id"], outlines), "outlines that share a vertex")


def _touching(codes: pl.Series, outlines: pl.DataFrame) -> sparse.csr_array:
    """Those that have a vertex in common, `codes` being sorted."""
    here = outlines.filter(pl.col("id").is_in(codes.implode()))
    vertices = here.select("id", vertex=pl.col("wkt").str.extract_all(r"-?[\d.]+ -?[\d.]+")).explode("vertex").unique()
    both = vertices.join(vertices.rename({"id": "other"}), on="vertex").select("id", "other").unique()
    both = both.filter(pl.col("id") != pl.col("other"))
    ends = tuple(codes.search_sorted(both[name]).cast(pl.Int64).to_numpy() for name in ("id", "other"))
    matrix = sparse.csr_array((np.ones(both.height), ends), shape=(codes.len(), codes.len()))
    matrix.sort_indices()
    return matrix
