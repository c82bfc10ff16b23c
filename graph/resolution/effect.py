"""What a merge of two actors would change in the numbers: they are computed before and after, not estimated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

import polars as pl

from graph.chosen import Chosen
from graph.hierarchy import Level
from graph.isolation import isolation
from graph.measured import measure
from graph.selection import Tables
from ontology.provenance import Coverage

METRICS: Final = (
    "alliances", "degree", "closeness", "harmonic", "betweenness", "pagerank", "core_number", "component_size",
)  # fmt: skip
"""What is said of the actors, from the two-mode network."""
_SIZES: Final = ("n_actors", "n_alliances", "edges")
_LEVELS: Final[tuple[Level, ...]] = ("region", "departement", "epci")
_OF_TERRITORY: Final = ("status", "alliances", "actors", "partners", "links_out", "score", "rank")

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Effect:
    """`network`: `name`, `before`, `after`. `actor`: `name`, `keep`, `merge`, `after`; null where it is undefined.

    `territories`: `code`, `name`, `level`, `before`, `after` of those that change, each with `_OF_TERRITORY`.
    `exact` is false where the network is so large that closeness and betweenness are estimated.
    """

    network: list[Row]
    actor: list[Row]
    territories: list[Row]
    exact: bool


def effect(tables: Tables, coverage: Sequence[Coverage], day: date, keep: str, merge: str) -> Effect:
    """The effect of merging the actor with the IRI `merge` into that with the IRI `keep`.

    Metrics count everything, whatever its date; isolation speaks of `day`. `coverage` has one entry a source.
    """
    after = merged(tables, keep, merge)
    old, new = (measure(one, "actors", projected=False, chosen=Chosen()) for one in (tables, after))
    sizes = [{"name": name, "before": getattr(old.info, name), "after": getattr(new.info, name)} for name in _SIZES]
    of_keep, of_merge, of_both = _metrics(old.frame, keep), _metrics(old.frame, merge), _metrics(new.frame, keep)
    numbers = [
        {"name": name, "keep": of_keep[name], "merge": of_merge[name], "after": of_both[name]} for name in METRICS
    ]
    return Effect(sizes, numbers, list(_territories(tables, after, coverage, day)), old.info.exact and new.info.exact)


def merged(tables: Tables, keep: str, merge: str) -> Tables:
    """The tables as a build would make them: one actor fewer, whose seat is the first that is known."""
    given = tables.actors.filter(iri=merge)["territory"].to_list()
    seat = pl.when(pl.col("iri") == keep).then(pl.col("territory").fill_null(pl.lit(given[0] if given else None)))
    return tables.narrowed(
        actors=tables.actors.filter(pl.col("iri") != merge).with_columns(seat.otherwise("territory")),
        alliances=tables.alliances,
        memberships=tables.memberships.with_columns(actor=pl.col("actor").replace(merge, keep)),
    )


def _metrics(frame: pl.DataFrame, iri: str) -> Row:
    """The metrics of an actor; none of a person, who is in no network."""
    found = frame.filter(iri=iri).select(METRICS).to_dicts()
    return found[0] if found else dict.fromkeys(METRICS)


def _territories(before: Tables, after: Tables, coverage: Sequence[Coverage], day: date) -> Iterator[Row]:
    for level in _LEVELS:
        old, new = (
            isolation(one, coverage, level, day).select("code", "name", "level", now=pl.struct(_OF_TERRITORY))
            for one in (before, after)
        )
        both = old.join(new.select("code", after="now"), on="code", maintain_order="left")
        yield from both.filter(pl.col("now") != pl.col("after")).rename({"now": "before"}).to_dicts()
