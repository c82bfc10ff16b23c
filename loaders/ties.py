"""How the things of a row are tied, and which of them no row gave before."""

from collections.abc import Iterable
from typing import Literal

from ontology.records import Actor, Alliance, Membership, Programme, Record, Relation

PeriodBasis = Literal["stated", "inferred", "unknown"]


class Given:
    """The things that the rows read so far gave: what many rows name is given with the first."""

    def __init__(self) -> None:
        self._iris: set[str] = set()

    def new(self, records: Iterable[Record]) -> list[Record]:
        """Those that no row gave before, each once."""
        fresh = {one.iri: one for one in records if one.iri not in self._iris}
        self._iris.update(fresh)
        return list(fresh.values())


def membership(alliance: Alliance, actor: Actor, role: str, basis: PeriodBasis | None = None) -> Membership:
    """The part of an actor in an alliance of the same source, for the alliance's period.

    `basis` says how that is known; by itself it is inferred, or unknown where the alliance has no dates.
    """
    return Membership(
        source=alliance.source,
        key="|".join((alliance.key, actor.key, role)),
        alliance=alliance.iri,
        actor=actor.iri,
        role=role,
        start=alliance.start,
        end=alliance.end,
        period_basis=basis or ("inferred" if alliance.start or alliance.end else "unknown"),
    )


def implements(alliance: Alliance, programme: Programme) -> Relation:
    """That an alliance carries out a programme of the same source, as the source states."""
    return Relation(
        source=alliance.source,
        key=f"{alliance.key}|implements|{programme.key}",
        subject=alliance.iri,
        relation="implements",
        object=programme.iri,
        basis="stated",
    )
