"""What is counted of each territory of a level: the alliances that touch it, who is in them, where they lead."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from graph.freshness import last_evidence
from graph.periods import AsOfMode
from graph.selection import Tables, touches

OWN_TARGET = "17.17"
"""The target of alliances themselves, which every one of them serves: reach is counted beyond it."""
COUNTED = (
    *("alliances", "alliances_located", "alliances_seated", "alliances_outward", "alliances_inward", "links_out"),
    *("actors", "partners", "partners_squared", "broker_alliances", "sdg_reach"),
)
"""The counts that are 0 where nothing was found."""


def counts(chosen: Tables, counted: pl.DataFrame, as_of: date, mode: AsOfMode) -> list[pl.DataFrame]:
    """Frames by `code`: the columns of `COUNTED`, `broker` (IRI), `evidence` (day), `harmonic_sum`.

    `chosen` comes from `select`, `counted` from `hierarchy.at_level`. Territories without are left out.
    """
    from graph.isolation.meetings import links_out, partners  # noqa: PLC0415 - brings NumPy and SciPy

    touched = touches(chosen, counted)
    pairs = touched.select("code", "alliance")
    return [
        _alliances(touched),
        links_out(pairs),
        _actors(chosen, counted),
        partners(pairs, chosen.memberships, chosen.actors),
        _evidence(pairs, last_evidence(chosen.alliances, chosen.memberships, as_of, mode)),
        _sdg_reach(pairs, chosen.alliances),
        _harmonic_sum(pairs),
    ]


def through(members: pl.DataFrame) -> pl.DataFrame:
    """Of how many alliances of a territory an actor is a member: `code`, `actor`, `through`.

    `members` holds one row a territory, an alliance that touches it, and a member of that.
    """
    return members.group_by("code", "actor").agg(through=pl.len())


def kinds(members: pl.DataFrame, actors: pl.DataFrame) -> pl.DataFrame:
    """How many partners of each kind a territory has: `code`, `kind`, `of_kind`."""
    partners = members.select("code", iri="actor").unique().join(actors.select("iri", "kind"), on="iri")
    return partners.group_by("code", "kind").agg(of_kind=pl.len())


def ties(pairs: pl.DataFrame) -> pl.DataFrame:
    """Which territories are linked: `code`, `other`, both ways, each once; `pairs` has `code`, `alliance`."""
    met = pairs.join(pairs.rename({"code": "other"}), on="alliance").filter(pl.col("code") != pl.col("other"))
    return met.select("code", "other").unique()


def _alliances(touched: pl.DataFrame) -> pl.DataFrame:
    outward = pl.len().over("alliance") > 1
    return (
        touched.with_columns(outward=outward)
        .group_by("code")
        .agg(
            alliances=pl.len(),
            alliances_located=pl.col("located").sum(),
            alliances_seated=pl.col("seated").sum(),
            alliances_outward=pl.col("outward").sum(),
            alliances_inward=(~pl.col("outward")).sum(),
        )
    )


def _actors(chosen: Tables, counted: pl.DataFrame) -> pl.DataFrame:
    seats = chosen.actors.select("iri", id="territory").join(counted, on="id")
    return seats.group_by("code").agg(actors=pl.col("iri").n_unique())


def _evidence(pairs: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    return pairs.join(evidence, on="alliance").group_by("code").agg(pl.col("evidence").max())


def _sdg_reach(pairs: pl.DataFrame, alliances: pl.DataFrame) -> pl.DataFrame:
    # Tables made in a test or elsewhere need not say which targets are served.
    if "targets" not in alliances.columns:
        return pl.DataFrame(schema={"code": pl.String, "sdg_reach": pl.Int64})
    served = alliances.select("targets", alliance="iri").explode("targets").drop_nulls()
    beyond = served.filter(pl.col("targets") != OWN_TARGET)
    return pairs.join(beyond, on="alliance").group_by("code").agg(sdg_reach=pl.col("targets").n_unique())


def _harmonic_sum(pairs: pl.DataFrame) -> pl.DataFrame:
    from graph.isolation.closeness import harmonic_sums  # noqa: PLC0415 - brings NumPy and SciPy

    linking = pairs.filter(pl.len().over("alliance") > 1)
    codes = linking["code"].unique().sort()
    return pl.DataFrame({"code": codes, "harmonic_sum": pl.Series(harmonic_sums(codes, linking), dtype=pl.Float64)})


def joined(rows: pl.DataFrame, frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """`rows` with what each frame says of its `code`; counts are 0 where it says nothing."""
    for one in frames:
        rows = rows.join(one, on="code", how="left", maintain_order="left")
    return rows.with_columns(pl.col(COUNTED).fill_null(0).cast(pl.Int64))
