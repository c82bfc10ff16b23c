"""`/api/v1/metrics`, `/api/v1/isolation` and `/api/v1/territories/{code}/isolation`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers import isolation, metrics, territory_isolation
from api.current import Current
from api.limits import LIMITS
from api.params import IsolationParams, MetricsParams, TerritoryParams
from api.routes.respond import Format, answered, json_answer, list_answer, list_format


def analysis_router(current: Current) -> APIRouter:
    """What is computed rather than read."""
    router = APIRouter(prefix="/api/v1", tags=["analysis"])
    _add_metrics(router, current)
    _add_isolation(router, current)

    @router.get(
        "/territories/{code}/isolation",
        operation_id="territory_isolation",
        summary="Whether a territory is isolated, and why that is said",
        response_class=Response,
        responses=answered(models.TerritoryIsolation, "One row, explained."),
    )
    def get_one(request: Request, code: str, params: Annotated[TerritoryParams, Query()]) -> Response:
        reader = current.reader()
        found = territory_isolation(reader, code, as_of=params.as_of, mode=params.as_of_mode)
        return json_answer(request, reader, found)

    return router


def _add_metrics(router: APIRouter, current: Current) -> None:
    def answer(request: Request, params: MetricsParams, form: Format) -> Response:
        reader = current.reader()
        found = metrics(reader, params.question(_default_limit(form)))
        return list_answer(request, reader, found, form, "metrics")

    @router.get(
        "/metrics",
        operation_id="metrics",
        summary="Centralities and groups, one row a node",
        response_class=Response,
        responses=answered(models.MetricsPage, "One number a metric; null where it is undefined."),
    )
    def get_metrics(request: Request, params: Annotated[MetricsParams, Query()]) -> Response:
        return answer(request, params, list_format(request))

    @router.get("/metrics.csv", operation_id="metrics_csv", response_class=Response, responses=answered(None, "CSV."))
    def get_csv(request: Request, params: Annotated[MetricsParams, Query()]) -> Response:
        return answer(request, params, "csv")

    @router.get(
        "/metrics.parquet",
        operation_id="metrics_parquet",
        response_class=Response,
        responses=answered(None, "Parquet."),
    )
    def get_parquet(request: Request, params: Annotated[MetricsParams, Query()]) -> Response:
        return answer(request, params, "parquet")


def _add_isolation(router: APIRouter, current: Current) -> None:
    def answer(request: Request, params: IsolationParams, form: Format) -> Response:
        reader = current.reader()
        found = isolation(reader, params.question(_default_limit(form)))
        return list_answer(request, reader, found, form, "isolation")

    @router.get(
        "/isolation",
        operation_id="isolation",
        summary="Which territories are without alliances, and of which we cannot tell",
        response_class=Response,
        responses=answered(models.Page[models.IsolationRow], "The most isolated first; those without a rank last."),
    )
    def get_isolation(request: Request, params: Annotated[IsolationParams, Query()]) -> Response:
        return answer(request, params, list_format(request))

    @router.get(
        "/isolation.csv", operation_id="isolation_csv", response_class=Response, responses=answered(None, "CSV.")
    )
    def get_csv(request: Request, params: Annotated[IsolationParams, Query()]) -> Response:
        return answer(request, params, "csv")

    @router.get(
        "/isolation.parquet",
        operation_id="isolation_parquet",
        response_class=Response,
        responses=answered(None, "Parquet."),
    )
    def get_parquet(request: Request, params: Annotated[IsolationParams, Query()]) -> Response:
        return answer(request, params, "parquet")


def _default_limit(form: Format) -> int | None:
    return LIMITS.list_rows_default if form == "json" else None
