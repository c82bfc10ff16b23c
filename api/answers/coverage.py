"""How much of the world an answer can speak of."""

from datetime import date

import polars as pl

from api.answers.answer import Row
from api.answers.reader import Reader
from graph.isolation.status import covered

_COVERED = frozenset({"actors", "alliances"})


def coverage_of(reader: Reader, name: str, as_of: date | None = None) -> Row | None:
    """What is known of what there is: of the measures how many, of alliances and actors where the sources looked."""
    if name == "measures":
        return measures_coverage(reader)
    return sources_coverage(reader, as_of) if name in _COVERED else None


def measures_coverage(reader: Reader) -> Row:
    """`documented` measures `of` how many the roadmap says that it has; null where no figure says it."""
    figures = reader.generation.table("figures")
    # Reviews count parts of the same measures (12 beyond their target …): the roadmap's own number is the largest.
    counted = figures.filter((pl.col("unit") == "mesures") & (pl.col("qualifier") == "exact"))["value"]
    return {"documented": reader.frame("measures").height, "of": int(counted.max()) if counted.len() else None}  # type: ignore[arg-type]


def sources_coverage(reader: Reader, as_of: date | None) -> Row:
    """The territories that the sources cover `complete`ly and in `part`; outside both, nothing was looked for.

    On a day, or ever where `as_of` is `None`.
    """
    complete, partial = covered(reader.generation.coverages, as_of)
    return {"complete": sorted(complete), "partial": sorted(partial)}
