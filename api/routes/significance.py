"""`/api/v1/significance`, `/api/v1/intervals` and `/api/v1/pockets`: how sure."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers import Answer, Reader
from api.answers.pockets import pockets
from api.answers.significance import intervals, significance
from api.current import Current
from api.limits import LIMITS
from api.params import IntervalsParams, PocketsParams, SignificanceParams
from api.routes.respond import Format, answered, list_answer, list_format


def significance_router(current: Current) -> APIRouter:
    """What is more than chance, how far ranks can be trusted, and where like values lie side by side."""
    router = APIRouter(prefix="/api/v1", tags=["analysis"])
    _add_significance(router, current)
    _add_intervals(router, current)
    _add_pockets(router, current)
    return router


def _add_significance(router: APIRouter, current: Current) -> None:
    def answer(request: Request, params: SignificanceParams, form: Format) -> Response:
        return _answered(
            request, current, lambda reader: significance(reader, params.question(_limit(form))), form, "significance"
        )

    @router.get(
        "/significance",
        operation_id="significance",
        summary="What is more, or less, than networks with the same degrees would give",
        response_class=Response,
        responses=answered(models.SignificancePage, "The smallest p first; `finding` where q is at most alpha."),
    )
    def get_json(request: Request, params: Annotated[SignificanceParams, Query()]) -> Response:
        return answer(request, params, list_format(request))

    @router.get(
        "/significance.csv", operation_id="significance_csv", response_class=Response, responses=answered(None, "CSV.")
    )
    def get_csv(request: Request, params: Annotated[SignificanceParams, Query()]) -> Response:
        return answer(request, params, "csv")

    @router.get(
        "/significance.parquet",
        operation_id="significance_parquet",
        response_class=Response,
        responses=answered(None, "Parquet."),
    )
    def get_parquet(request: Request, params: Annotated[SignificanceParams, Query()]) -> Response:
        return answer(request, params, "parquet")


def _add_intervals(router: APIRouter, current: Current) -> None:
    def answer(request: Request, params: IntervalsParams, form: Format) -> Response:
        return _answered(
            request, current, lambda reader: intervals(reader, params.question(_limit(form))), form, "intervals"
        )

    @router.get(
        "/intervals",
        operation_id="intervals",
        summary="How far ranks move when some memberships are missing",
        response_class=Response,
        responses=answered(models.IntervalsPage, "The first first; those without a rank last."),
    )
    def get_json(request: Request, params: Annotated[IntervalsParams, Query()]) -> Response:
        return answer(request, params, list_format(request))

    @router.get(
        "/intervals.csv", operation_id="intervals_csv", response_class=Response, responses=answered(None, "CSV.")
    )
    def get_csv(request: Request, params: Annotated[IntervalsParams, Query()]) -> Response:
        return answer(request, params, "csv")

    @router.get(
        "/intervals.parquet",
        operation_id="intervals_parquet",
        response_class=Response,
        responses=answered(None, "Parquet."),
    )
    def get_parquet(request: Request, params: Annotated[IntervalsParams, Query()]) -> Response:
        return answer(request, params, "parquet")


def _add_pockets(router: APIRouter, current: Current) -> None:
    def answer(request: Request, params: PocketsParams, form: Format) -> Response:
        return _answered(
            request, current, lambda reader: pockets(reader, params.question(_limit(form))), form, "pockets"
        )

    @router.get(
        "/pockets",
        operation_id="pockets",
        summary="Territories that are low among low ones, or high among high ones",
        response_class=Response,
        responses=answered(models.PocketsPage, "The pockets first; Moran's I is in the context."),
    )
    def get_json(request: Request, params: Annotated[PocketsParams, Query()]) -> Response:
        return answer(request, params, list_format(request))

    @router.get("/pockets.csv", operation_id="pockets_csv", response_class=Response, responses=answered(None, "CSV."))
    def get_csv(request: Request, params: Annotated[PocketsParams, Query()]) -> Response:
        return answer(request, params, "csv")

    @router.get(
        "/pockets.parquet",
        operation_id="pockets_parquet",
        response_class=Response,
        responses=answered(None, "Parquet."),
    )
    def get_parquet(request: Request, params: Annotated[PocketsParams, Query()]) -> Response:
        return answer(request, params, "parquet")


def _answered(request: Request, current: Current, ask: Callable[[Reader], Answer], form: Format, name: str) -> Response:
    reader = current.reader()
    return list_answer(request, reader, ask(reader), form, name)


def _limit(form: Format) -> int | None:
    return LIMITS.list_rows_default if form == "json" else None
