"""`/api/v1/whatif/add`, `/api/v1/whatif/remove` and `/api/v1/whatif/departures`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers.whatif import whatif_add, whatif_departures, whatif_remove
from api.current import Current
from api.limits import LIMITS
from api.params import AddParams, DeparturesParams, RemoveParams
from api.routes.respond import AMBIGUOUS, Format, answered, json_answer, list_answer, list_format


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

    _add_departures(router, current)
    return router


def _add_departures(router: APIRouter, current: Current) -> None:
    def answer(request: Request, params: DeparturesParams, form: Format) -> Response:
        reader = current.reader()
        limit = LIMITS.list_rows_default if form == "json" else None
        return list_answer(request, reader, whatif_departures(reader, params.question(limit)), form, "departures")

    @router.get(
        "/departures",
        operation_id="whatif_departures",
        summary="Whose departure would leave a territory without an alliance",
        response_class=Response,
        responses=answered(models.Page[models.DepartureRow], "The territories with the most people first."),
    )
    def get_departures(request: Request, params: Annotated[DeparturesParams, Query()]) -> Response:
        return answer(request, params, list_format(request))

    @router.get(
        "/departures.csv", operation_id="departures_csv", response_class=Response, responses=answered(None, "CSV.")
    )
    def get_csv(request: Request, params: Annotated[DeparturesParams, Query()]) -> Response:
        return answer(request, params, "csv")

    @router.get(
        "/departures.parquet",
        operation_id="departures_parquet",
        response_class=Response,
        responses=answered(None, "Parquet."),
    )
    def get_parquet(request: Request, params: Annotated[DeparturesParams, Query()]) -> Response:
        return answer(request, params, "parquet")
