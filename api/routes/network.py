"""`/api/v1/actors/{id}/allies` and `/ego`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers import allies, ego
from api.current import Current
from api.limits import LIMITS
from api.params import AlliesParams, EgoParams
from api.routes.respond import AMBIGUOUS, answered, json_answer, list_answer, list_format


def network_router(current: Current) -> APIRouter:
    """What surrounds an actor."""
    router = APIRouter(prefix="/api/v1/actors", tags=["actors"])

    @router.get(
        "/{id:path}/allies",
        operation_id="allies",
        summary="Organisations that share an alliance with an actor",
        response_class=Response,
        responses={**answered(models.Page[models.Ally], "Those with the most shared alliances first."), **AMBIGUOUS},
    )
    def get_allies(request: Request, id: str, params: Annotated[AlliesParams, Query()]) -> Response:  # noqa: A002
        reader = current.reader()
        form = list_format(request)
        limit = params.limit or (LIMITS.list_rows_default if form == "json" else None)
        found = allies(reader, id, as_of=params.as_of, mode=params.as_of_mode, limit=limit, offset=params.offset)
        return list_answer(request, reader, found, form, "allies")

    @router.get(
        "/{id:path}/ego",
        operation_id="ego",
        summary="The alliances around an actor, and their members",
        response_class=Response,
        responses={**answered(models.Ego, "Nodes and edges."), **AMBIGUOUS},
    )
    def get_ego(request: Request, id: str, params: Annotated[EgoParams, Query()]) -> Response:  # noqa: A002
        reader = current.reader()
        found = ego(reader, id, depth=params.depth, as_of=params.as_of, mode=params.as_of_mode)
        return json_answer(request, reader, found)

    return router
