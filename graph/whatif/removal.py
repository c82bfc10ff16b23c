"""Which territories would lose what if an actor left all its alliances."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import get_args

import polars as pl

from graph.hierarchy import Level
from graph.isolation.score import COMPONENTS
from graph.isolation.table import isolation
from graph.periods import AsOfMode
from graph.selection import Tables
from ontology.provenance import Coverage

COMPARED = ("status", "alliances", "partners", "score", "rank", *COMPONENTS)
"""What is given before and after."""
_OWN = ("status", "alliances", "partners", "broker", *COMPONENTS)
"""What is a territory's own: score and rank move with everybody else's too, and alone make no row."""


def remove(
    tables: Tables, coverage: Sequence[Coverage], actor: str, as_of: date, mode: AsOfMode = "possible"
) -> pl.DataFrame:
    """The territories of all levels that change if the actor (an IRI) leaves all its alliances.

    `iri`, `code`, `name`, `level`, then each of `COMPARED` with `_before` and `_after`. An alliance without it
    goes on where it is located and where the other members are seated; the actor's seat remains too. First
    those that are left without an alliance, then by the rise of the score, then by code. Empty where nothing changes.
    """
    rest = replace(tables, memberships=tables.memberships.filter(pl.col("actor") != actor))
    # What lies within what remains as it is, and takes a third of a second to find out.
    vars(rest)["closure"] = tables.closure
    changes = [
        _changes(isolation(tables, coverage, level, as_of, mode), isolation(rest, coverage, level, as_of, mode))
        for level in get_args(Level)
    ]
    alone = (pl.col("alliances_before") > 0) & (pl.col("alliances_after") == 0)
    rise = (pl.col("score_after") - pl.col("score_before")).fill_null(float("-inf"))
    return pl.concat(changes).sort(alone, rise, "code", descending=[True, True, False])


def _changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    suffixed = [
        frame.select("code", *(pl.col(one).alias(f"{one}_{when}") for one in (*COMPARED, "broker")))
        for frame, when in ((before, "before"), (after, "after"))
    ]
    both = before.select("iri", "code", "name", "level").join(suffixed[0], on="code").join(suffixed[1], on="code")
    changed = [pl.col(f"{one}_before").ne_missing(pl.col(f"{one}_after")) for one in _OWN]
    kept = [f"{one}_{when}" for one in COMPARED for when in ("before", "after")]
    return both.filter(pl.any_horizontal(changed)).select("iri", "code", "name", "level", *kept)
