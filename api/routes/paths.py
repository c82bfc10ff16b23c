"""`/api/v1/paths`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers.paths import paths
from api.current import Current
from api.params import PathParams
from api.routes.respond import AMBIGUOUS, answered, json_answer


def paths_router(current: Current) -> APIRouter:
    """How one reaches another."""
    router = APIRouter(prefix="/api/v1", tags=["analysis"])

    @router.get(
        "/paths",
        operation_id="paths",
        summary="Every shortest chain of alliances between two actors or territories",
        response_class=Response,
        responses={
            **answered(models.Paths, "The chains, each step with its ties; none: `distance` is null."),
            **AMBIGUOUS,
        },
    )
    def get_paths(request: Request, params: Annotated[PathParams, Query()]) -> Response:
        reader = current.reader()
        return json_answer(request, reader, paths(reader, params.question()))

    return router
