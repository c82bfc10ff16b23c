"""The page of what a new alliance would change for a territory."""

from pydantic import Field

from api.answers import AddQuestion, Row, whatif_add
from api.params import Dated
from api.site.linking import linked
from api.site.listing import files
from api.site.visit import Visit
from graph.isolation import component_title
from visualisations.site.words import text

SHOWN = 15


class _WhatIfParams(Dated):
    """For which territory; none: the page asks."""

    territory: str | None = Field(None, max_length=40)


def page(visit: Visit) -> str:
    """A form, and for the territory that was asked for the new alliances that would help it most."""
    asked = visit.asked(_WhatIfParams)
    found = _found(visit, asked) if asked.territory else None
    values: dict[str, object] = {
        "asked": {name: value or "" for name, value in asked.model_dump().items()},
        "found": found,
        "json": files("/api/v1/whatif/add", asked.model_dump(exclude_defaults=True))["json"],
    }
    return visit.page("whatif", text("whatif_title", visit.lang), values)


def _found(visit: Visit, asked: _WhatIfParams) -> Row:
    question = AddQuestion(territory=asked.territory or "", top=SHOWN, as_of=asked.as_of, as_of_mode=asked.as_of_mode)
    answer = whatif_add(visit.reader, question)
    before = answer["before"]
    counted = before["score"] if before["score"] is not None else before["hypothetical_score"]
    suggestions = [
        {"link": linked(visit.reader, one["link"]), "gain": one["gain"], "score": one["after"]["score"],
         "changes": _changes(visit, before["components"], one["after"]["components"])}
        for one in answer["suggestions"]
    ]  # fmt: skip
    return {
        "territory": linked(visit.reader, answer["territory"]),
        "day": answer["context"]["as_of"],
        "note": answer[f"note_{visit.lang}"],
        "status": before["status"],
        "score": counted,
        "suggestions": suggestions,
        "total": answer["total"],
    }


def _changes(visit: Visit, before: list[Row], after: list[Row]) -> list[Row]:
    """The components that would have another value."""
    return [
        {"name": component_title(now["name"], visit.lang), "before": now["value"], "after": then["value"]}
        for now, then in zip(before, after, strict=True)
        if now["value"] != then["value"]
    ]
