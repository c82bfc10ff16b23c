"""The alliances that could be made for a territory T, each of which is one new alliance located in T.

    territory    located in another territory U of the level too, with members that nobody names yet
    actor        with one member: an organisation A that is seated elsewhere, or is in an alliance already

A is never one that is seated in T: that would be no help from outside. The new alliance begins on the day
of reference, has no end, and serves 17.17 alone.
"""

from dataclasses import dataclass

import polars as pl

from graph.selection import Tables


@dataclass(frozen=True)
class Links:
    """`candidates` has a row a link: `candidate` (a number), `link`, `iri`, `id`, `name`, `kind`, `territory`, `actor`.

    `met` says whom each would touch: `candidate`, `code`, sorted, T and what lies around it included;
    `territory` is U, or the seat of A; `actor` the IRI of A, else null.
    """

    candidates: pl.DataFrame
    met: pl.DataFrame


def links(chosen: Tables, counted: pl.DataFrame, territories: pl.DataFrame, code: str) -> Links:
    """All alliances that could be made for the territory `code`.

    `chosen` comes from `select`, `counted` from `hierarchy.at_level`, `territories` has `iri`, `code`,
    `name`, `level` of all of that level.
    """
    found = pl.concat([_territories(territories, code), _actors(chosen, counted, code)])
    found = found.sort("link", "id", "iri", descending=[True, False, False]).with_row_index("candidate")
    here = counted.filter(pl.col("id") == code).select("code")
    there = found.select("candidate", id="territory").join(counted, on="id").select("candidate", "code")
    met = pl.concat([found.select("candidate").join(here, how="cross"), there]).unique().sort("candidate", "code")
    return Links(found, met)


def _territories(territories: pl.DataFrame, code: str) -> pl.DataFrame:
    others = territories.filter(pl.col("code") != code)
    nobody = pl.lit(None, pl.String)
    return others.select(
        pl.lit("territory").alias("link"), "iri", id="code", name="name", kind="level", territory="code", actor=nobody
    )


def _actors(chosen: Tables, counted: pl.DataFrame, code: str) -> pl.DataFrame:
    seat = pl.col("territory")
    here = counted.filter(pl.col("code") == code)["id"]
    elsewhere = seat.is_in(counted["id"].unique().implode()).fill_null(value=False)
    allied = pl.col("iri").is_in(chosen.memberships["actor"].unique().implode())
    seated = seat.is_in(here.implode()).fill_null(value=False)
    others = chosen.actors.filter(~seated & (elsewhere | allied))
    return others.select(pl.lit("actor").alias("link"), "iri", "id", "name", "kind", "territory", actor="iri")
