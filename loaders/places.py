"""The territory of a cell, whichever way it is written."""

from loaders.cells import Row
from loaders.errors import RowError
from loaders.territory_index import TerritoryIndex
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
