"""The territory of a cell, whichever way it is written."""

import re

from loaders.cells import Row
from loaders.errors import RowError
from loaders.territory_index import TerritoryIndex, folded
from ontology import iris
from ontology.reasons import ReasonCode


def territory_of(row: Row, column: str, territories: TerritoryIndex) -> str | None:
    """The IRI of the cell's territory; one that is unknown is remarked, and the rest of the row loaded."""
    text = row.text(column)
    if text is None:
        return None
    code = _code(row, column, text, territories)
    if code is None:
        reason, detail = _why(text, territories)
        row.remark(reason, column, text, detail)
    return code and iris.territory(code)


def required_territory(row: Row, column: str, territories: TerritoryIndex) -> str:
    """The code of the cell's territory; raises `RowError` where it is empty or unknown."""
    text = row.required(column)
    code = _code(row, column, text, territories)
    if code is None:
        reason, detail = _why(text, territories)
        raise RowError(reason, detail, column=column, value=text)
    return code


def _code(row: Row, column: str, text: str, territories: TerritoryIndex) -> str | None:
    found = territories.find(text)
    if found.by_name:
        row.remark("matched_by_name", column, text, found.code or "")
    return found.code


def _why(text: str, territories: TerritoryIndex) -> tuple[ReasonCode, str]:
    candidates = territories.find(text).candidates
    return ("ambiguous_territory", ", ".join(candidates)) if candidates else ("unknown_territory", "")


_TITLE = re.compile(
    r"(?:conseil |mairie |ville |commune )?(?P<level>departement(?:al)?|region(?:al)?|ville|commune)? ?"
    r"(?:de la |de l |du |des |de |d )?(?P<name>.+)"
)


def authority_named(name: str, territories: TerritoryIndex) -> str | None:
    """The territory of an authority by its name alone: `Conseil départemental de la Mayenne`, `Ville de Paris`."""
    found = _TITLE.fullmatch(folded(name))
    if found is None:
        return None
    bare, level = found["name"], found["level"] or ""
    if level.startswith("departement"):
        return territories.departement_called(bare)
    if level.startswith("region"):
        return territories.region_called(bare)
    if folded(name).startswith(("ville ", "commune ", "mairie ")):
        return territories.commune_named(bare)
    return territories.find(name).code
