"""`/api/v1/metrics`, `…/networks`, `…/bridges`, `…/isolation` and `/api/v1/territories/{code}/isolation`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers import bridges, isolation, metrics, networks, territory_isolation
from api.current import Current
from api.limits import LIMITS
from api.params import IsolationParams, MetricsParams, NetworksParams, TerritoryParams
from api.routes.respond import Format, answered, json_answer, list_answer, list_format


def analysis_router(current: Current) -> APIRouter:
    """What is computed rather than read."""
    router = APIRouter(prefix="/api/v1", tags=["analysis"])
    _add_metrics(router, current)
    _add_networks(router, current)
    _add_bridges(router, current)
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
        found = territory_isolation(
            reader, code, as_of=params.as_of, mode=params.as_of_mode, without_stale=params.without_stale
        )
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


def _add_networks(router: APIRouter, current: Current) -> None:
    def answer(request: Request, params: NetworksParams, form: Format) -> Response:
        reader = current.reader()
        found = networks(reader, params.question(_default_limit(form)))
        return list_answer(request, reader, found, form, "networks")

    @router.get(
        "/networks",
        operation_id="networks",
        summary="Whole networks, one row each",
        response_class=Response,
        responses=answered(models.Page[models.NetworkRow], "Size, pieces, density, communities, mixing."),
    )
    def get_networks(request: Request, params: Annotated[NetworksParams, Query()]) -> Response:
        return answer(request, params, list_format(request))

    @router.get("/networks.csv", operation_id="networks_csv", response_class=Response, responses=answered(None, "CSV."))
    def get_csv(request: Request, params: Annotated[NetworksParams, Query()]) -> Response:
        return answer(request, params, "csv")

    @router.get(
        "/networks.parquet",
        operation_id="networks_parquet",
        response_class=Response,
        responses=answered(None, "Parquet."),
    )
    def get_parquet(request: Request, params: Annotated[NetworksParams, Query()]) -> Response:
        return answer(request, params, "parquet")


def _add_bridges(router: APIRouter, current: Current) -> None:
    def answer(request: Request, params: NetworksParams, form: Format) -> Response:
        reader = current.reader()
        found = bridges(reader, params.question(_default_limit(form)))
        return list_answer(request, reader, found, form, "bridges")

    @router.get(
        "/bridges",
        operation_id="bridges",
        summary="Ties without which a network falls apart",
        response_class=Response,
        responses=answered(models.Page[models.BridgeRow], "What cuts most nodes off first."),
    )
    def get_bridges(request: Request, params: Annotated[NetworksParams, Query()]) -> Response:
        return answer(request, params, list_format(request))

    @router.get("/bridges.csv", operation_id="bridges_csv", response_class=Response, responses=answered(None, "CSV."))
    def get_csv(request: Request, params: Annotated[NetworksParams, Query()]) -> Response:
        return answer(request, params, "csv")

    @router.get(
        "/bridges.parquet",
        operation_id="bridges_parquet",
        response_class=Response,
        responses=answered(None, "Parquet."),
    )
    def get_parquet(request: Request, params: Annotated[NetworksParams, Query()]) -> Response:
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
