"""`/api/v1/{list}`, the same as a file, and `/api/v1/{list}/{id}`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api import models
from api.answers import LISTS, list_rows, record
from api.current import Current
from api.limits import LIMITS
from api.params import ListParams, RecordParams
from api.routes.respond import AMBIGUOUS, MEDIA_TYPES, Format, answered, json_answer, list_answer, list_format

MODELS: dict[str, tuple[type[models.Model], type[models.Model]]] = {
    "actors": (models.Actor, models.ActorRecord),
    "alliances": (models.Alliance, models.AllianceRecord),
    "territories": (models.Territory, models.TerritoryRecord),
    "measures": (models.Measure, models.MeasureRecord),
    "chantiers": (models.Chantier, models.ChantierRecord),
    "platforms": (models.Platform, models.PlatformRecord),
    "programmes": (models.Programme, models.ProgrammeRecord),
    "studies": (models.Study, models.StudyRecord),
    "events": (models.Event, models.EventRecord),
    "conditions": (models.Programme, models.ProgrammeRecord),
    "targets": (models.SdgTarget, models.SdgTargetRecord),
    "sources": (models.Source, models.SourceRecord),
}
"""What a row and a record of each list look like."""


def lists_router(current: Current) -> APIRouter:
    """The routes of all lists. Those of records come last: an id may hold any character."""
    router = APIRouter(prefix="/api/v1")
    for name in LISTS:
        _add_list(router, current, name)
    return router


def records_router(current: Current) -> APIRouter:
    """The routes of single records; to be included after every other route under the same lists."""
    router = APIRouter(prefix="/api/v1")
    for name in LISTS:
        _add_record(router, current, name)
    return router


def _add_list(router: APIRouter, current: Current, name: str) -> None:
    def in_accepted_form(request: Request, params: Annotated[ListParams, Query()]) -> Response:
        return _answer(request, current, name, params, list_format(request))

    router.add_api_route(
        f"/{name}",
        in_accepted_form,
        tags=[name],
        operation_id=f"list_{name}",
        summary=f"List {LISTS[name].of}",
        response_class=Response,
        responses=answered(models.Page[MODELS[name][0]], f"The {LISTS[name].of}."),  # type: ignore[misc]
    )
    for form in ("csv", "parquet"):
        _add_file(router, current, name, form)


def _add_file(router: APIRouter, current: Current, name: str, form: Format) -> None:
    def as_file(request: Request, params: Annotated[ListParams, Query()]) -> Response:
        return _answer(request, current, name, params, form)

    content: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPES[form]: {}}, "description": "The rows."}}
    router.add_api_route(
        f"/{name}.{form}",
        as_file,
        tags=[name],
        operation_id=f"list_{name}_{form}",
        summary=f"The same as {form.upper() if form == 'csv' else 'Parquet'}",
        response_class=Response,
        responses={**answered(None, ""), **content},
    )


def _answer(request: Request, current: Current, name: str, params: ListParams, form: Format) -> Response:
    reader = current.reader()
    question = params.question(LIMITS.list_rows_default if form == "json" else None)
    return list_answer(request, reader, list_rows(reader, name, question), form, name)


def _add_record(router: APIRouter, current: Current, name: str) -> None:
    def one(request: Request, id: str, params: Annotated[RecordParams, Query()]) -> Response:  # noqa: A002 - the interface's name
        reader = current.reader()
        return json_answer(request, reader, record(reader, name, id, provenance=params.provenance))

    router.add_api_route(
        f"/{name}/{{id:path}}",
        one,
        tags=[name],
        operation_id=f"get_{name}",
        summary=f"One of the {LISTS[name].of}, with all that is known of it",
        response_class=Response,
        responses={**answered(MODELS[name][1], "The record."), **AMBIGUOUS},
    )
