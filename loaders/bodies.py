"""Communes and their groupings as actors: who acts for a territory."""

from collections.abc import Mapping

from loaders.territory_index import TerritoryIndex
from ontology import iris
from ontology.records import Actor, Scope, TerritoryLevel

_SCOPES: Mapping[TerritoryLevel, Scope] = {
    "commune": "commune",
    "epci": "epci",
    "ept": "epci",
    "departement": "departement",
    "collectivite": "departement",
    "region": "region",
    "pays": "national",
}


def body(source: str, code: str, territories: TerritoryIndex) -> Actor:
    """The body of a territory, under its official name; `code` is one of the reference (`COM-14118`)."""
    place = territories.place(code)
    return Actor(
        source=source,
        key=code,
        name=place.name,
        kind="local_authority",
        territory=iris.territory(code),
        siren=place.siren,
    )


def scope_of(code: str, territories: TerritoryIndex) -> Scope:
    """At which scale acts what is located in a territory of the reference."""
    return _SCOPES[territories.place(code).level]
