"""`/api/v1/whatif/add` and `/api/v1/whatif/remove`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers.whatif import whatif_add, whatif_remove
from api.current import Current
from api.params import AddParams, RemoveParams
from api.routes.respond import AMBIGUOUS, answered, json_answer


def whatif_router(current: Current) -> APIRouter:
    """What would change."""
    router = APIRouter(prefix="/api/v1/whatif", tags=["analysis"])

    @router.get(
        "/add",
        operation_id="whatif_add",
        summary="Which new alliances would lower the isolation of a territory most",
        response_class=Response,
        responses=answered(models.Additions, "Exact, the best first; each with what it would change."),
    )
    def get_add(request: Request, params: Annotated[AddParams, Query()]) -> Response:
        reader = current.reader()
        return json_answer(request, reader, whatif_add(reader, params.question()))

    @router.get(
        "/remove",
        operation_id="whatif_remove",
        summary="Which territories would change if an actor left all its alliances",
        response_class=Response,
        responses={**answered(models.Removal, "First those that are left without an alliance."), **AMBIGUOUS},
    )
    def get_remove(request: Request, params: Annotated[RemoveParams, Query()]) -> Response:
        reader = current.reader()
        return json_answer(request, reader, whatif_remove(reader, params.question()))

    return router
