"""One request for a page: whose reader answers it, in which language, and what was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, Field, ValidationError

from api.answers import BadQuestionError, Reader
from api.params import Params
from api.site.labels import search_labels
from ontology.schemes import Language
from visualisations.site.places import Place
from visualisations.site.render import POLICY, Frame, page, version

P = TypeVar("P", bound=BaseModel)


class Pinned(Params):
    """What may be asked of every page."""

    generation: str | None = Field(None, max_length=60, pattern=r"^[0-9a-f-]+$")


@dataclass(frozen=True)
class Visit:
    """A page that was asked for. `place` holds every query parameter but the generation."""

    reader: Reader
    place: Place
    lang: Language
    pinned: bool = False

    @property
    def frame(self) -> Frame:
        """What every page shows of where it is and what it was read from."""
        generation = self.reader.generation
        return Frame(
            self.lang,
            self.place,
            generation=generation.id,
            graph_sha256=generation.graph_sha256,
            knowledge=str(generation.knowledge_date),
            pinned=self.pinned,
        )

    def page(self, name: str, title: str, values: Mapping[str, object]) -> str:
        """The HTML of a template."""
        return page(name, self.frame, title, {"suggest": search_labels(self.lang), **values})

    def asked(self, kind: type[P]) -> P:
        """The query parameters as `kind` reads them; empty fields of a form are not asked for.

        Raises `BadQuestionError` on one that is unknown or beyond its bounds.
        """
        return read(kind, dict(self.place.query))

    def at(self, place: Place) -> "Visit":
        """The same visit of another place."""
        return replace(self, place=place)


def read(kind: type[P], query: Mapping[str, str]) -> P:
    """Query parameters as `kind` reads them; raises `BadQuestionError`."""
    try:
        return kind.model_validate({name: value for name, value in query.items() if value})
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3])
        raise BadQuestionError("; ".join(faults)) from None


def html(request: Request, visit: Visit, content: str) -> Response:
    """A page, or 304 where the browser has it: its tag is that of the data and of the templates."""
    etag = f'W/"{visit.reader.generation.id}.{version()}.{visit.lang}"'
    known = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    headers = {"etag": etag, "cache-control": "no-cache", "content-security-policy": POLICY}
    headers |= {"content-language": visit.lang, "link": f'<{visit.frame.permalink}>; rel="bookmark"'}
    if etag in known:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="text/html")
