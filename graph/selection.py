"""Which part of what is known counts, and what touches which territory: what networks and isolation start from."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from graph import hierarchy
from graph.periods import AsOfMode, active

PERSON = "person"


@dataclass(frozen=True)
class Tables:
    """The tables that networks are read from, with the columns of a generation."""

    actors: pl.DataFrame
    alliances: pl.DataFrame
    memberships: pl.DataFrame
    territories: pl.DataFrame

    @cached_property
    def closure(self) -> pl.DataFrame:
        """`hierarchy.ancestors` of the territories; about 0.3 s for all communes, then kept."""
        return hierarchy.ancestors(self.territories)

    def narrowed(self, *, alliances: pl.DataFrame, memberships: pl.DataFrame, actors: pl.DataFrame) -> "Tables":
        """The same territories with fewer of the rest; what is known of their hierarchy is kept."""
        fewer = replace(self, actors=actors, alliances=alliances, memberships=memberships)
        if "closure" in self.__dict__:
            fewer.__dict__["closure"] = self.closure  # where `cached_property` keeps it
        return fewer


def select(
    tables: Tables,
    *,
    as_of: date | None = None,
    mode: AsOfMode = "possible",
    codes: Collection[str] | None = None,
) -> Tables:
    """The part of `tables` that a network is made of: no persons, no membership without both ends.

    With `as_of`, what was active on that date (see `periods.active`): a membership counts only as
    long as its alliance does. With `codes` (from `hierarchy.within`), the alliances located there or
    with a member seated there, all their members, and whoever else is seated there.
    """
    actors, alliances, memberships = countable(tables.actors, tables.alliances, tables.memberships, as_of, mode)
    if codes is not None:
        here = actors.filter(pl.col("territory").is_in(list(codes)))["iri"]
        touched = memberships.filter(pl.col("actor").is_in(here.implode()))["alliance"]
        located = pl.col("territory").is_in(list(codes))
        alliances = alliances.filter(located | pl.col("iri").is_in(touched.implode()))
        memberships = memberships.join(alliances, left_on="alliance", right_on="iri", how="semi")
        members = pl.concat([here, memberships["actor"]])
        actors = actors.filter(pl.col("iri").is_in(members.implode()))
    return tables.narrowed(actors=actors, alliances=alliances, memberships=memberships)


def touches(tables: Tables, counted: pl.DataFrame) -> pl.DataFrame:
    """Which alliances touch which territories: `code`, `alliance` (IRI), `located`, `seated`. Sorted.

    An alliance touches a territory if it is located at or within it (`located`), or has a member
    seated at or within it (`seated`). `tables` comes from `select`, `counted` from `hierarchy.at_level`.
    """
    located = tables.alliances.select("territory", alliance="iri", located=True, seated=False)
    seats = tables.actors.select("territory", actor="iri").drop_nulls()
    seated = tables.memberships.join(seats, on="actor").select("territory", "alliance", located=False, seated=True)
    places = pl.concat([located, seated]).rename({"territory": "id"}).join(counted, on="id")
    return places.group_by("code", "alliance").agg(pl.col("located", "seated").any()).sort("code", "alliance")


def countable(
    actors: pl.DataFrame, alliances: pl.DataFrame, memberships: pl.DataFrame, as_of: date | None, mode: AsOfMode
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The actors, alliances and memberships that a network counts: see `select`."""
    actors = actors.filter(pl.col("kind") != PERSON)
    if as_of is not None:
        alliances = alliances.filter(active(as_of, mode))
        memberships = memberships.filter(active(as_of, mode))
    memberships = memberships.join(alliances, left_on="alliance", right_on="iri", how="semi")
    return actors, alliances, memberships.join(actors, left_on="actor", right_on="iri", how="semi")
