"""`/api/v1/search`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers import search
from api.current import Current
from api.params import SearchParams
from api.routes.respond import answered, json_answer


def search_router(current: Current) -> APIRouter:
    """Search over all kinds."""
    router = APIRouter(prefix="/api/v1", tags=["search"])

    @router.get(
        "/search",
        operation_id="search",
        summary="Whatever is called so, whatever the case, the accents and small typing mistakes",
        response_class=Response,
        responses=answered(models.Page[models.Hit], "The best match first."),
    )
    def get_search(request: Request, params: Annotated[SearchParams, Query()]) -> Response:
        reader = current.reader()
        lists = frozenset({params.kind}) if params.kind else None
        found = search(reader, params.q, lists=lists, limit=params.limit, offset=params.offset)
        return json_answer(request, reader, found.body())

    return router
