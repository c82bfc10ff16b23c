"""FollowTheMoney entities, one JSON object a line: for Aleph, yente and what else reads them.

An alliance is an `Organization` whose `legalForm` says so, because a `Membership` has no other target.
A membership keeps its role, period and pages. A value is always a list of texts. Persons are left out, as
from every network.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, Final

import orjson
import polars as pl

from graph.exports.note import Note
from graph.selection import Tables

_SCHEMATA: Final[Mapping[str, str]] = MappingProxyType(
    {"company": "Company", "state": "PublicBody", "local_authority": "PublicBody", "public_body": "PublicBody"}
)
"""The schema of a kind of actor; `Organization` for every other."""
_COUNTRY: Final = "fr"


def write_ftm(chosen: Tables, stream: IO[bytes], note: Note) -> None:
    """Actors and alliances, then the memberships; `chosen` comes from `selection.select`."""
    entities = (*_actors(chosen.actors, note), *_alliances(chosen.alliances, note), *_memberships(chosen.memberships))
    for entity in entities:
        stream.write(orjson.dumps(entity, option=orjson.OPT_APPEND_NEWLINE))


def _actors(actors: pl.DataFrame, note: Note) -> Iterator[dict[str, object]]:
    for row in _rows(actors, ("iri", "name", "kind", "siren", "rna", "website", "source_urls")):
        yield _entity(
            row["iri"],
            _SCHEMATA.get(str(row["kind"]), "Organization"),
            {
                "name": row["name"],
                "classification": row["kind"],
                "country": _COUNTRY,
                "registrationNumber": [row["siren"], row["rna"]],
                "website": row["website"],
                "sourceUrl": row["source_urls"],
                "publisher": note.citation,
            },
        )


def _alliances(alliances: pl.DataFrame, note: Note) -> Iterator[dict[str, object]]:
    for row in _rows(alliances, ("iri", "name", "kind", "start", "end", "description", "source_urls")):
        yield _entity(
            row["iri"],
            "Organization",
            {
                "name": row["name"],
                "legalForm": "alliance",
                "classification": row["kind"],
                "country": _COUNTRY,
                "incorporationDate": row["start"],
                "dissolutionDate": row["end"],
                "description": row["description"],
                "sourceUrl": row["source_urls"],
                "publisher": note.citation,
            },
        )


def _memberships(memberships: pl.DataFrame) -> Iterator[dict[str, object]]:
    columns = ("iri", "actor", "alliance", "role", "start", "end", "source_urls")
    for row in _rows(memberships, columns):
        properties = {"member": row["actor"], "organization": row["alliance"], "role": row["role"]}
        dates = {"startDate": row["start"], "endDate": row["end"], "sourceUrl": row["source_urls"]}
        yield _entity(row["iri"], "Membership", properties | dates)


def _rows(frame: pl.DataFrame, columns: Iterable[str]) -> Iterator[dict[str, object]]:
    """Rows in the order of their IRIs; a column that the table does not have is null."""
    held = [pl.col(name) if name in frame.columns else pl.lit(None).alias(name) for name in columns]
    return frame.select(held).sort("iri").iter_rows(named=True)


def _entity(iri: object, schema: str, properties: Mapping[str, object]) -> dict[str, object]:
    values = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
    known = {name: kept for name, value in values.items() if (kept := [str(one) for one in value if one is not None])}
    return {"id": iri, "schema": schema, "properties": known}
