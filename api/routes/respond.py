"""How an answer leaves: JSON, CSV or Parquet, tagged with its generation."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias
from urllib.parse import quote, urlencode

import orjson
from fastapi import Request, Response
from starlette.exceptions import HTTPException

from api.answers import Answer, AnswerError, Reader, Row
from api.answers.errors import AmbiguousError, BusyError, MergedError
from api.hardening import problem_response
from api.models import Problem
from api.routes import tabular
from api.sparql.negotiation import choose

Format: TypeAlias = Literal["json", "csv", "parquet"]

JSON = "application/json"
MEDIA_TYPES: Mapping[Format, str] = {
    "json": JSON,
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Retry-After, X-Result-Truncated, X-Total-Count",
    "cross-origin-resource-policy": "cross-origin",
}
"""Public data: any page may read it, without credentials."""

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": description}
    for status, description in (
        (400, "The question cannot be meant like that; a territory code that means several lists them."),
        (404, "There is no such thing in this generation."),
        (410, "The actor was erased: nothing is known of it any more."),
        (406, "None of the accepted formats is offered."),
        (422, "A parameter is unknown, or beyond its bounds."),
        (503, "There is no generation yet, or too much is being computed."),
    )
}
"""The errors of every route, for OpenAPI. `Any`: FastAPI's own type."""
AMBIGUOUS: dict[int | str, dict[str, Any]] = {
    300: {"model": Problem, "description": "Several sources have this id: `candidates` says which to write."}
}


def answered(model: Any, description: str) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of a route whose answers are like `model`. `Any`: a generic alias has no other type."""
    return {200: {"model": model, "description": description}, **PROBLEMS}


def json_answer(request: Request, reader: Reader, body: Row) -> Response:
    """A JSON answer, or 304 where the client has it already."""
    if choose(request.headers.get("accept", ""), {JSON: JSON}) is None:
        raise HTTPException(406, "This answer is there in application/json; /id/… gives the statements as RDF.")
    return tagged(request, reader, lambda: Response(orjson.dumps(body), media_type=JSON))


def list_answer(request: Request, reader: Reader, answer: Answer, form: Format, name: str) -> Response:
    """A list in the form that was chosen; CSV and Parquet say in their headers how many rows there are."""
    if form == "json":
        return json_answer(request, reader, answer.body())
    return tagged(request, reader, lambda: _download(answer, form, name))


def list_format(request: Request) -> Format:
    """What `Accept` asks for; raises 406."""
    offers = {media_type: form for form, media_type in MEDIA_TYPES.items()}
    chosen = choose(request.headers.get("accept", ""), {name: name for name in offers})
    if chosen is None:
        raise HTTPException(406, f"This list is there in {', '.join(offers)}: ask for one in Accept.")
    return offers[chosen]


def _download(answer: Answer, form: Format, name: str) -> Response:
    content = tabular.csv(answer.frame) if form == "csv" else tabular.parquet(answer.frame)
    headers = {
        "content-disposition": f'attachment; filename="{name}.{form}"',
        "x-total-count": str(answer.total),
    }
    if answer.truncated:
        headers["x-result-truncated"] = "true"
    return Response(content, headers=headers, media_type=MEDIA_TYPES[form])


def tagged(request: Request, reader: Reader, make: Callable[[], Response]) -> Response:
    """What `make` gives, with the tag of the generation; 304 where the client has that already."""
    etag = f'W/"{reader.generation.id}"'
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    response: Response = Response(status_code=304) if known & {etag.removeprefix("W/"), "*"} else make()
    response.headers.update({"etag": etag, "vary": "Accept", "cache-control": "no-cache", **CORS})
    return response


def on_answer_error(request: Request, error: Exception) -> Response:
    """An error of `api.answers` as a problem."""
    assert isinstance(error, AnswerError)  # noqa: S101 - registered for nothing else
    if isinstance(error, MergedError):
        return moved(merged_location(request, error), str(error))
    members: dict[str, object] = {"title": error.title}
    if error.candidates or isinstance(error, AmbiguousError):
        members["candidates"] = list(error.candidates)
    headers = {**CORS, **({"retry-after": "2"} if isinstance(error, BusyError) else {})}
    return problem_response(error.status, str(error), headers=headers, **members)


def moved(location: str, detail: str) -> Response:
    """308, to be asked for again each time: what people judged can be undone."""
    return problem_response(308, detail, headers={"location": location, "cache-control": "no-cache", **CORS})


def merged_location(request: Request, error: MergedError) -> str:
    """The same question about the actor into which the one that was asked for was merged."""
    path = request.scope["path"]
    for section in ("/actors/", "/actor/"):
        before, found, after = path.partition(f"{section}{error.asked}")
        if found:
            path = f"{before}{section}{error.into}{after}"
            break
    query = [
        (name, error.into if value == error.asked else value) for name, value in request.query_params.multi_items()
    ]
    return quote(path, safe="/:@") + (f"?{urlencode(query)}" if query else "")
