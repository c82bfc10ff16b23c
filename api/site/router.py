"""The routes of the site: the language by `Accept-Language`, then by path word, then to the page."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from api.answers import LISTS, AmbiguousError, AnswerError, BadQuestionError, NotFoundError, Reader
from api.answers.errors import Candidate, MergedError
from api.current import Current
from api.routes.respond import moved
from api.site import about, analysis, home, listing, record, searching, whatif
from api.site.kept import Pages
from api.site.labels import search_labels
from api.site.linking import linked
from api.site.visit import Pinned, Visit, html, read
from graph.home import NoGenerationError
from ontology.schemes import Language
from visualisations.site.assets import NAMES, asset
from visualisations.site.places import LANGUAGES, WORDS, Place, section_of
from visualisations.site.render import POLICY, Frame, page
from visualisations.site.words import text

Page = Callable[[Visit], str]
_YEAR = "public, max-age=31536000, immutable"

_PAGES: Mapping[str, Page] = MappingProxyType(
    {
        "": home.page,
        "search": searching.page,
        "map": analysis.map_page,
        "isolation": analysis.isolation_page,
        "whatif": whatif.page,
        "network": analysis.network_page,
        "questions": about.questions_page,
        "about": about.page,
        "ontology": about.ontology_page,
        **dict.fromkeys(LISTS, listing.page),
    }
)
_KEYED: Mapping[str, Page] = MappingProxyType({"questions": about.question_page, **dict.fromkeys(LISTS, record.page)})
"""The pages about one thing, by section."""


def site_router(current: Current) -> APIRouter:
    """The site. To be included last: `/fr/…` and `/en/…` answer every path under them."""
    router = APIRouter(include_in_schema=False, default_response_class=Response)

    @router.get("/")
    def root(request: Request) -> Response:
        target = f"/{preferred_language(request.headers.get('accept-language', ''))}/"
        return Response(status_code=307, headers={"location": target, "vary": "Accept-Language"})

    @router.get("/static/{name}")
    def static(request: Request, name: str) -> Response:
        return _static(request, name)

    @router.get("/preview/network.svg")
    def preview(request: Request, generation: str | None = None) -> Response:
        reader = _reader(current, read(Pinned, {"generation": generation or ""}))
        visit = Visit(reader, Place("network"), "fr")
        response = html(request, visit, analysis.preview(reader))
        response.headers["content-type"] = "image/svg+xml"
        response.headers["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return response

    for lang in LANGUAGES:
        _add_language(router, current, lang)
    return router


def preferred_language(accepted: str) -> Language:
    """What `Accept-Language` weighs most of what is offered; French where it names neither."""
    weights = dict.fromkeys(LANGUAGES, 0.0)
    for one in accepted.split(","):
        tag, _, weight = one.partition(";q=")
        for lang in LANGUAGES:
            if tag.strip().lower().split("-")[0] == lang:
                weights[lang] = max(weights[lang], _weight(weight))
    return max(LANGUAGES, key=lambda lang: weights[lang])


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


def _add_language(router: APIRouter, current: Current, lang: Language) -> None:
    @router.get(f"/{lang}", name=f"site_{lang}_root")
    def bare() -> Response:
        return Response(status_code=308, headers={"location": f"/{lang}/"})

    @router.get(f"/{lang}/{{rest:path}}", name=f"site_{lang}")
    def page_of(request: Request, rest: str) -> Response:
        word, _, key = rest.strip("/").partition("/")
        query = tuple((name, value) for name, value in request.query_params.items() if name != "generation" and value)
        place = Place((section_of(word) if word else "") or "", key, query)
        try:
            return _moved_or_page(request, current, lang, place, word)
        except MergedError as error:
            asked = request.query_params.get("generation", "")
            return moved(replace(place, key=error.into).url(lang, generation=asked), str(error))
        except (AnswerError, NoGenerationError) as error:
            return _error(_try_reader(current), Frame(lang, place), error)


def _moved_or_page(request: Request, current: Current, lang: Language, place: Place, word: str) -> Response:
    """The page at a place, or where it is read if `word` is its section's in another language."""
    if word and not place.section:
        raise NotFoundError(f"there is no page {word!r}")
    generation = request.query_params.get("generation", "")
    if word and word != WORDS[place.section][lang]:
        return _moved(place.url(lang, generation=generation))
    reader = _reader(current, read(Pinned, {"generation": generation}))
    visit = Visit(reader, place, lang, pinned=bool(generation))
    if moved := record.moved(visit):
        return _moved(visit.frame.url(moved))
    return html(request, visit, reader.index(Pages).get(visit, _maker(place)))


def _maker(place: Place) -> Page:
    """What makes the page of a place; raises `NotFoundError` where there is nothing under a section."""
    make = (_KEYED if place.key else _PAGES).get(place.section)
    if make is None:
        raise NotFoundError(f"there is nothing under {place.section!r}")
    return make


def _reader(current: Current, asked: Pinned) -> Reader:
    return current.pinned(asked.generation) if asked.generation else current.reader()


def _moved(location: str) -> Response:
    return Response(status_code=308, headers={"location": location})


def _static(request: Request, name: str) -> Response:
    if name not in NAMES:
        raise NotFoundError(f"there is no file {name!r}: choose one of {', '.join(NAMES)}")
    found = asset(name)
    headers = {"etag": f'"{found.tag}"', "cache-control": _YEAR}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers=headers, media_type=found.media_type)


def _try_reader(current: Current) -> Reader | None:
    try:
        return current.reader()
    except NoGenerationError:
        return None


def _error(reader: Reader | None, frame: Frame, error: Exception) -> Response:
    """An error as a page, in the language of the address."""
    candidates = list(error.candidates) if isinstance(error, AnswerError) else []
    status = _status(error, candidates)
    values: dict[str, object] = {
        "status": status,
        "q": frame.place.key.replace("-", " ")[:200],
        "candidates": _candidates(reader, frame.place.section, candidates),
        "detail": str(error),
        "suggest": search_labels(frame.lang),
    }
    content = page("error", frame, text(f"e.{status}", frame.lang), values)
    headers = {"content-security-policy": POLICY, "content-language": frame.lang, "cache-control": "no-store"}
    return Response(content, status, headers, "text/html")


def _status(error: Exception, candidates: list[Candidate]) -> int:
    """The status of the error; a code that means several things is a choice to make, on a page."""
    if isinstance(error, NoGenerationError):
        return 503
    if isinstance(error, AmbiguousError) or (isinstance(error, BadQuestionError) and candidates):
        return 300
    return getattr(error, "status", 500)


def _candidates(reader: Reader | None, section: str, candidates: list[Candidate]) -> list[dict[str, object]]:
    named = [{**one, "name": one.get("name") or one["id"]} for one in candidates]
    if reader is None:
        return [dict(one) for one in named]
    # The id of a candidate is what is to be written in its place: `source:id`, or the code of a territory.
    return (
        [{**one, "page": Place(section, str(one["id"]))} for one in named]
        if section in LISTS
        else linked(reader, named)
    )
