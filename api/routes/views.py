"""`/view/…`: the pages of `alliances view`. With `generation=ID` an address always shows the same."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.answers import ViewQuestion, view
from api.current import Current
from api.params import EgoViewParams, MapParams, ViewParams
from api.routes.respond import PROBLEMS, tagged
from visualisations.shell import csp_header

_HTML = {200: {"content": {"text/html": {}}, "description": "A page that asks nothing of any network."}, **PROBLEMS}


def views_router(current: Current) -> APIRouter:
    """The pages."""
    router = APIRouter(prefix="/view", tags=["pages"], default_response_class=Response)

    @router.get("/network", operation_id="view_network", summary="The whole ecosystem", responses=_HTML)
    def network(request: Request, params: Annotated[ViewParams, Query()]) -> Response:
        return _page(request, current, params, ViewQuestion(kind="network", **params.asked()))

    @router.get("/ego/{id:path}", operation_id="view_ego", summary="Around an actor", responses=_HTML)
    def ego(request: Request, id: str, params: Annotated[EgoViewParams, Query()]) -> Response:  # noqa: A002
        return _page(request, current, params, ViewQuestion(kind="ego", of=id, **params.asked()))

    @router.get("/territory/{code}", operation_id="view_territory", summary="Of a territory", responses=_HTML)
    def territory(request: Request, code: str, params: Annotated[ViewParams, Query()]) -> Response:
        return _page(request, current, params, ViewQuestion(kind="territory", of=code, **params.asked()))

    @router.get("/target/{code}", operation_id="view_target", summary="Of an SDG goal or target", responses=_HTML)
    def target(request: Request, code: str, params: Annotated[ViewParams, Query()]) -> Response:
        return _page(request, current, params, ViewQuestion(kind="target", of=code, **params.asked()))

    @router.get("/map", operation_id="view_map", summary="The map of a level", responses=_HTML)
    def show_map(request: Request, params: Annotated[MapParams, Query()]) -> Response:
        return _page(request, current, params, ViewQuestion(kind="map", **params.asked()))

    return router


def _page(request: Request, current: Current, params: ViewParams, question: ViewQuestion) -> Response:
    reader = current.pinned(params.generation) if params.generation else current.reader()
    html = view(reader, question)
    permalink = _permalink(request, reader.generation.id)
    headers = {"content-security-policy": csp_header(), "link": f'<{permalink}>; rel="bookmark"'}
    answer = tagged(request, reader, lambda: Response(html, media_type="text/html"))
    answer.headers.update(headers)  # of a 304 too: a browser puts them in the place of those it had kept
    return answer


def _permalink(request: Request, generation: str) -> str:
    """The address that shows this very page for as long as the generation is kept."""
    pinned = request.url.include_query_params(generation=generation)
    return f"{pinned.path}?{pinned.query}"
