"""`/api/v1/series`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers.series import series
from api.current import Current
from api.params import SeriesParams
from api.routes.respond import AMBIGUOUS, Format, answered, list_answer, list_format


def series_router(current: Current) -> APIRouter:
    """The ecosystem year by year."""
    router = APIRouter(prefix="/api/v1", tags=["analysis"])

    def answer(request: Request, params: SeriesParams, form: Format) -> Response:
        reader = current.reader()
        return list_answer(request, reader, series(reader, params.question()), form, "series")

    @router.get(
        "/series",
        operation_id="series",
        summary="What was active at the end of each year, or how one number moved",
        response_class=Response,
        responses={**answered(models.Page[models.SeriesRow], "One row a year."), **AMBIGUOUS},
    )
    def get_series(request: Request, params: Annotated[SeriesParams, Query()]) -> Response:
        return answer(request, params, list_format(request))

    @router.get("/series.csv", operation_id="series_csv", response_class=Response, responses=answered(None, "CSV."))
    def get_csv(request: Request, params: Annotated[SeriesParams, Query()]) -> Response:
        return answer(request, params, "csv")

    @router.get(
        "/series.parquet", operation_id="series_parquet", response_class=Response, responses=answered(None, "Parquet.")
    )
    def get_parquet(request: Request, params: Annotated[SeriesParams, Query()]) -> Response:
        return answer(request, params, "parquet")

    return router
