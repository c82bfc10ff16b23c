"""How much of each territory somebody has looked at, and what may be said of one without alliances."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

import polars as pl

from graph.selection import Tables
from ontology.dates import first_day, last_day
from ontology.provenance import Coverage

SCORED: Final = ("connected", "isolated")
"""The statuses of which something can be said: the others have neither score nor rank."""
_WHOLE, _PART, _NOTHING = 2, 1, 0


def looked_at(tables: Tables, coverage: Sequence[Coverage], as_of: date) -> pl.DataFrame:
    """How much of each territory was looked at on `as_of`: `id`, `looked` (2 all, 1 a part, 0 nothing).

    All of it: a source covers it, or a territory that contains it, completely. That all its parts are
    covered is not enough: nobody has then looked for what is located in the whole. A source that
    knows only some kinds of alliances has looked at a part wherever it is.
    """
    whole, part = covered(coverage, as_of)
    looked_into = tables.closure.filter(_one_of("ancestor", whole | part))["id"]
    some = tables.closure.filter(_one_of("id", looked_into))["ancestor"]
    every = tables.closure.filter(_one_of("ancestor", whole))["id"]
    looked = pl.when(_one_of("id", every)).then(_WHOLE).when(_one_of("id", some)).then(_PART).otherwise(_NOTHING)
    return tables.territories.select("id", looked=looked).sort("id")


def covered(coverage: Sequence[Coverage], as_of: date | None) -> tuple[set[str], set[str]]:
    """The codes of what the sources cover on `as_of` (`None`: ever) completely, and of what else they cover in part."""
    then = [each for each in coverage if as_of is None or _covers(each, as_of)]
    whole = {code for each in then if not each.kinds for code in each.complete}
    return whole, {code for each in then for code in (*each.partial, *each.complete)} - whole


def status() -> pl.Expr:
    """The status by the columns `alliances` and `looked`."""
    connected = pl.when(pl.col("alliances") > 0).then(pl.lit("connected"))
    isolated = connected.when(pl.col("looked") == _WHOLE).then(pl.lit("isolated"))
    return isolated.when(pl.col("looked") == _PART).then(pl.lit("unknown")).otherwise(pl.lit("not_covered"))


def worklist(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of `isolation` of which we cannot tell (`unknown`, `not_covered`), the most people first."""
    silent = frame.filter(~pl.col("status").is_in(SCORED))
    return silent.sort("population", "code", descending=[True, False], nulls_last=True)


def _covers(coverage: Coverage, as_of: date) -> bool:
    began = coverage.start is None or first_day(coverage.start) <= as_of
    return began and (coverage.end is None or last_day(coverage.end) >= as_of)


def _one_of(column: str, codes: Collection[str] | pl.Series) -> pl.Expr:
    values = codes.unique() if isinstance(codes, pl.Series) else pl.Series(sorted(codes), dtype=pl.String)
    return pl.col(column).is_in(values.implode())
