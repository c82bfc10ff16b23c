"""`/sparql`: the SPARQL 1.1 protocol, query only.

    GET  /sparql?query=…                    POST /sparql  (form: query=…)
    POST /sparql  (application/sparql-query, the body is the query)
    parameters  default-graph-uri, named-graph-uri (repeatable), timeout (ms, can only shorten the deadline)
    GET  /sparql                            the service description, or a page to write queries on

A cut answer carries `X-Result-Truncated: true`. Anybody's page may ask, without credentials (CORS). Errors are
`application/problem+json`. Use: `app.include_router(sparql_router(lambda: pool))`.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from secrets import token_urlsafe
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from api.hardening import page_policy, problem_response
from api.limits import LIMITS
from api.sparql import description, errors, negotiation, page
from api.sparql.pool import SparqlPool, SparqlResult

PoolProvider = Callable[[], SparqlPool]
PATH = "/sparql"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Retry-After, Server-Timing, X-Result-Truncated",
    "cross-origin-resource-policy": "cross-origin",
}
PREFLIGHT = CORS | {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "Accept, Content-Type",
    "access-control-max-age": "86400",
}


class UnsupportedMediaTypeError(errors.SparqlError):
    """A body that is neither a form nor a query."""

    status = 415


@dataclass(frozen=True, slots=True)
class Operation:
    """A request as the protocol means it; `query` is None where only the description is asked for."""

    endpoint: str
    """The address that was asked, without parameters."""
    query: str | None
    accept: str
    etags: str
    """The value of `If-None-Match`, "" where a stored answer cannot serve (POST)."""
    timeout_ms: int | None
    default_graphs: list[str] | None
    named_graphs: list[str] | None


def sparql_router(pool_provider: PoolProvider) -> APIRouter:
    """The routes of `/sparql`; `pool_provider` gives the pool of the generation that serves at the moment."""
    router = APIRouter(route_class=_ProtocolRoute, tags=["sparql"])

    def query(operation: Annotated[Operation, Depends(read_operation)]) -> Response:
        """Answer a SPARQL 1.1 query, or describe the service."""
        return respond(operation, pool_provider())

    def preflight() -> Response:
        """Tell a browser that any page may ask."""
        return Response(status_code=204, headers=PREFLIGHT)

    router.add_api_route(PATH, query, methods=["GET"], operation_id="sparql_get", openapi_extra=_GET_DOC)
    router.add_api_route(PATH, query, methods=["HEAD"], include_in_schema=False)
    router.add_api_route(PATH, query, methods=["POST"], operation_id="sparql_post", openapi_extra=_POST_DOC)
    router.add_api_route(PATH, preflight, methods=["OPTIONS"], include_in_schema=False)
    return router


def respond(operation: Operation, pool: SparqlPool) -> Response:
    """The answer to an operation; raises `SparqlError`."""
    etag = f'W/"{pool.generation}"'
    if operation.query is None:
        response = _front(operation, pool)
    elif pool.generation in _opaque_tags(operation.etags):
        response = Response(status_code=304)
    else:
        response = _result(
            pool.query(
                operation.query,
                operation.accept,
                operation.timeout_ms,
                operation.default_graphs,
                operation.named_graphs,
            )
        )
    response.headers.update({"etag": etag, "vary": "Accept", "cache-control": "no-cache"} | CORS)
    return response


def _result(result: SparqlResult) -> Response:
    headers = {"server-timing": f"sparql;dur={result.seconds * 1000:.1f}"}
    if result.truncated:
        headers["x-result-truncated"] = "true"
    if result.content_type.startswith("text/csv"):
        headers["content-disposition"] = 'attachment; filename="result.csv"'  # no cell runs as a formula unasked
    response = Response(result.body, headers=headers)
    response.headers["content-type"] = result.content_type
    return response


def _opaque_tags(if_none_match: str) -> set[str]:
    """The tags of `If-None-Match` without their quotes; weak and strong are alike here."""
    return {tag.strip().removeprefix("W/").strip('"') for tag in if_none_match.split(",")}


def _front(operation: Operation, pool: SparqlPool) -> Response:
    """The query page, or the service description, in the format that is accepted."""
    media_type = negotiation.front_type(operation.accept)
    if media_type != negotiation.HTML:
        content = description.describe(operation.endpoint, _graphs(pool), media_type)
        return Response(content, media_type=negotiation.content_type(media_type))
    nonce = token_urlsafe(16)
    html = page.render(escape(nonce))
    return Response(html, media_type=negotiation.HTML, headers={"content-security-policy": page_policy(nonce)})


@lru_cache(maxsize=4)
def _graphs(pool: SparqlPool) -> tuple[str, ...]:
    """The names of the graphs of a generation, in order."""
    found = pool.query("SELECT DISTINCT ?g { GRAPH ?g { } } ORDER BY ?g", accept="csv").body.decode()
    return tuple(found.splitlines()[1:])


# Reading a request


async def read_operation(request: Request) -> Operation:
    """Read the parameters from address and body; raises `SparqlError`."""
    parameters = _pairs(request.scope["query_string"])
    if request.method == "POST":
        parameters += await _body_pairs(request)
    _refuse_updates(parameters)
    query = _single(parameters, "query")
    if query is None and request.method == "POST":
        raise errors.BadQueryError("There is no query: send it as the parameter « query », or as the body.")
    return Operation(
        endpoint=f"{request.url.replace(query='', fragment='')}",
        query=query,
        accept=",".join(request.headers.getlist("accept")),
        etags=request.headers.get("if-none-match", "") if request.method in {"GET", "HEAD"} else "",
        timeout_ms=_timeout(_single(parameters, "timeout")),
        default_graphs=_graph_names(parameters, "default-graph-uri"),
        named_graphs=_graph_names(parameters, "named-graph-uri"),
    )


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    """The parameters of a query string or a form; raises `BadQueryError` where they are not UTF-8."""
    try:
        return parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise errors.BadQueryError("The parameters are not percent-encoded UTF-8, or too many.") from None


async def _body_pairs(request: Request) -> list[tuple[str, str]]:
    """The parameters in a body; a query that is the body counts as one."""
    media_type, charset = _content_type(request.headers.get("content-type", ""))
    if media_type not in {FORM, QUERY} or charset not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaTypeError(f"Send {QUERY} or {FORM}, in UTF-8.")
    body = await _body(request)
    if media_type == FORM:
        return _pairs(body)
    try:
        return [("query", body.decode())]
    except UnicodeDecodeError:
        raise errors.BadQueryError("The query is not UTF-8.") from None


def _content_type(value: str) -> tuple[str, str]:
    """(media type, charset) of a header, in lower case; UTF-8 where it does not say."""
    media_type, *parameters = (part.strip().lower() for part in value.split(";"))
    charsets = [part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")]
    return media_type, charsets[0] if charsets else "utf-8"


async def _body(request: Request) -> bytes:
    """The body, up to the limit for all bodies; the middleware counts too, but this router stands alone as well."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMITS.body_bytes:
            raise errors.TooLargeError(f"A body has at most {LIMITS.body_bytes:,} bytes.")
    return bytes(body)


def _refuse_updates(parameters: Sequence[tuple[str, str]]) -> None:
    if any(name == "update" for name, _ in parameters):
        raise errors.ForbiddenError("Updates are refused here: the data changes only with a new generation.")


def _single(parameters: Sequence[tuple[str, str]], name: str) -> str | None:
    """The value of a parameter that may be given once; None where it is not."""
    values = [value for key, value in parameters if key == name]
    if len(values) > 1:
        raise errors.BadQueryError(f"The parameter « {name} » is given {len(values)} times; once is meant.")
    return values[0] if values else None


def _timeout(text: str | None) -> int | None:
    """Milliseconds, at least 1; raises `BadQueryError`."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and 0 < len(text) <= 9 and int(text) > 0):
        raise errors.BadQueryError("« timeout » is a whole number of milliseconds above 0.")
    return int(text)


def _graph_names(parameters: Sequence[tuple[str, str]], name: str) -> list[str] | None:
    """All values of a parameter; None where there is none."""
    values = [value for key, value in parameters if key == name]
    if len(values) > LIMITS.sparql_graphs:
        raise errors.BadQueryError(f"« {name} » is given {len(values)} times; {LIMITS.sparql_graphs} are the most.")
    return values or None


class _ProtocolRoute(APIRoute):
    """A route whose errors are problems that a browser of another site may read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the framework, with `SparqlError` answered."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except errors.SparqlError as error:
                return _problem(error)

        return handle


def _problem(error: errors.SparqlError) -> Response:
    headers = dict(CORS) | {"vary": "Accept", "cache-control": "no-store", "x-content-type-options": "nosniff"}
    if error.retry_after_s is not None:
        headers["retry-after"] = str(error.retry_after_s)
    return problem_response(error.status, f"{error}", headers=headers)


def _parameter(name: str, schema: dict[str, object], text: str) -> dict[str, object]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}


_COMMON_PARAMETERS = [
    _parameter(
        "timeout",
        {"type": "integer", "minimum": 1, "maximum": LIMITS.sparql_deadline_ms},
        "Milliseconds after which to give up; can only shorten the deadline.",
    ),
    *(
        _parameter(name, {"type": "array", "items": {"type": "string", "format": "iri"}}, text)
        for name, text in (
            ("default-graph-uri", "Graphs whose union is the default graph; replaces FROM."),
            ("named-graph-uri", "Graphs that GRAPH may name; replaces FROM NAMED."),
        )
    ),
]
_QUERY_TEXT: dict[str, object] = {"type": "string", "maxLength": LIMITS.sparql_query_bytes}
_GET_DOC: dict[str, Any] = {
    "parameters": [
        _parameter("query", _QUERY_TEXT, "A SPARQL 1.1 query; without it, the service is described."),
        *_COMMON_PARAMETERS,
    ]
}
_POST_DOC: dict[str, Any] = {
    "parameters": _COMMON_PARAMETERS,
    "requestBody": {
        "required": True,
        "content": {
            QUERY: {"schema": _QUERY_TEXT},
            FORM: {"schema": {"type": "object", "required": ["query"], "properties": {"query": _QUERY_TEXT}}},
        },
    },
}
