"""The page of search results."""

from pydantic import Field

from api.answers import search
from api.answers.search import DEFAULT_LIMIT
from api.params import MAX_OFFSET, Params
from api.site.linking import linked
from api.site.listing import shown
from api.site.visit import Visit
from visualisations.site.words import text


class _Asked(Params):
    """What may be searched for from the page."""

    q: str = Field("", max_length=200)
    kind: str | None = Field(None, max_length=40)
    offset: int = Field(0, ge=0, le=MAX_OFFSET)


def page(visit: Visit) -> str:
    """The results of a search, by its words; the box alone where nothing was asked."""
    asked = visit.asked(_Asked)
    values: dict[str, object] = {"q": asked.q, "rows": [], "lists": [], "chosen": asked.kind}
    title = text("search_title", visit.lang)
    if any(character.isalnum() for character in asked.q):
        lists = frozenset({asked.kind}) if asked.kind else None
        answer = search(visit.reader, asked.q, lists=lists, limit=DEFAULT_LIMIT, offset=asked.offset)
        values |= {
            "rows": linked(visit.reader, answer.body()["results"]),
            "shown": shown(answer),
            "lists": answer.facets["list"],
        }
        title = text("search_results", visit.lang, q=asked.q)
    return visit.page("search", title, values)
