"""Gives every thing in an answer the place of its page, so that templates need not know where things are."""

from collections.abc import Mapping
from typing import Any

from api.answers import AmbiguousError, Reader, Row
from visualisations.site.places import Place, section_of_iri


def place_of(reader: Reader, iri: str, key: str) -> Place | None:
    """Where a thing is read; with its source before its id where several sources use that. `None` without a page."""
    section = section_of_iri(iri)
    if section is None:
        return None
    try:
        known = reader.ids(section).find(key)
    except AmbiguousError as error:
        return Place(section, next(str(one["id"]) for one in error.candidates if one["iri"] == iri))
    return None if known is None else Place(section, key)


def linked(reader: Reader, value: Any) -> Any:
    """The same value, where everything that has an `iri` also has its `page`. `Any`: an answer has any shape."""
    if isinstance(value, Mapping):
        return _linked_row(reader, value)
    if isinstance(value, list):
        return [linked(reader, one) for one in value]
    return value


def _linked_row(reader: Reader, row: Mapping[str, Any]) -> Row:
    found = {name: linked(reader, value) if isinstance(value, Mapping | list) else value for name, value in row.items()}
    if isinstance(row.get("iri"), str):
        found["page"] = place_of(reader, row["iri"], str(row.get("code") or row["id"]))
    return found
