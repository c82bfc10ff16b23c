"""`/api/v1/diff` and `/api/v1/citation`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers.citation import citation
from api.answers.diff import diff, sides
from api.current import Current
from api.params import CitationParams, DiffParams
from api.routes.respond import answered, json_answer


def diff_router(current: Current) -> APIRouter:
    """What changed, and how to cite what it changed to."""
    router = APIRouter(prefix="/api/v1", tags=["analysis"])

    @router.get(
        "/diff",
        operation_id="diff",
        summary="What differs between two dates or two generations",
        response_class=Response,
        responses=answered(models.Diff, "Alliances, actors and memberships, and the numbers and ranks that moved."),
    )
    def get_diff(request: Request, params: Annotated[DiffParams, Query()]) -> Response:
        before, after = sides(params.from_, params.to, current.named)
        return json_answer(request, after.reader, diff(before, after, params.question()))

    @router.get(
        "/citation",
        operation_id="citation",
        summary="How to cite a generation",
        response_class=Response,
        responses=answered(models.Citation, "As a sentence, as BibTeX, in the Citation File Format; and its licences."),
    )
    def get_citation(request: Request, params: Annotated[CitationParams, Query()]) -> Response:
        reader = current.pinned(params.generation) if params.generation else current.reader()
        return json_answer(request, reader, citation(reader))

    return router
