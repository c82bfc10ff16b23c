"""What stands between the network and the routes: sizes, hosts, headers, deadlines, and errors as RFC 9457 problems.

`harden(app, hosts=…)` adds all of it to an application; `server_options()` are the settings of uvicorn that go with
it. An answer that draws a page sets its own `Content-Security-Policy` (`page_policy`): without one, nothing loads.
"""

import asyncio
import json
import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import PydanticSerializationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.limits import LIMITS, Limits

LOGGER = logging.getLogger("alliances.http")
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})
PROBLEM = "application/problem+json"
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""On every answer that does not set them itself."""
_HSTS = "max-age=31536000"
_DRAINED_BYTES = 8 * LIMITS.body_bytes


def harden(
    app: FastAPI, *, hosts: Iterable[str] = (), body_bytes: Mapping[str, int] | None = None, limits: Limits = LIMITS
) -> None:
    """Add the middleware and the error handlers.

    `hosts` are the names, beside this machine's own, under which the service is reached (`*`: any); `body_bytes`
    gives paths that begin so another limit for the body than `limits.body_bytes`.
    """
    app.add_middleware(Hardening, hosts=frozenset(hosts), body_bytes=dict(body_bytes or {}), limits=limits)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(UnicodeEncodeError, _on_half_character)
    app.add_exception_handler(PydanticSerializationError, _on_unwritable_answer)
    app.add_exception_handler(Exception, _on_failure)


def page_policy(nonce: str) -> str:
    """The `Content-Security-Policy` of a page whose only scripts carry the nonce, and that fetches from here alone."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )


# Problems


def problem_response(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, **members: object
) -> Response:
    """An error as `application/problem+json`; `members` are further fields, `instance` is new for each."""
    body = {
        "type": "about:blank",
        "title": _phrase(status),
        "status": status,
        "detail": detail,
        "instance": f"urn:uuid:{uuid.uuid4()}",
    }
    content = json.dumps(body | members, default=str)  # ASCII: half a character in it stays an escape
    return Response(content, status, dict(headers or {}), PROBLEM)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _on_http_exception(_: Request, error: Exception) -> Response:
    """What a route raised by itself: a detail that is a mapping gives further fields."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    detail: object = error.detail
    if not isinstance(detail, Mapping):
        return problem_response(error.status_code, str(detail), headers=error.headers)
    members = {str(key): value for key, value in detail.items() if key not in {"status", "detail", "instance"}}
    return problem_response(error.status_code, str(detail.get("detail", "")), headers=error.headers, **members)


def _on_invalid_request(_: Request, error: Exception) -> Response:
    """Parameters or a body that do not fit: where and why, but not what was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    faults = [{"where": ".".join(map(str, one["loc"])), "why": one["msg"]} for one in error.errors()]
    detail = "; ".join(f"{fault['where']}: {fault['why']}" for fault in faults[:3])
    return problem_response(422, detail, errors=faults[:50])


def _on_half_character(_: Request, error: Exception) -> Response:
    """Text that JSON can spell and UTF-8 cannot: an escape of one half of a pair."""
    LOGGER.warning("an answer could not be encoded: %s", type(error).__name__)
    return problem_response(400, "The request holds half a character (a lone surrogate).")


def _on_unwritable_answer(request: Request, error: Exception) -> Response:
    """An answer that is no JSON: because it repeats half a character of the request, or by a fault of ours."""
    if "surrogates not allowed" in str(error):
        return _on_half_character(request, error)
    return _on_failure(request, error)


def _on_failure(_: Request, error: Exception) -> Response:
    """A fault of ours: the reader gets a number, the log the trace under the same number."""
    detail = "Something went wrong here; the log has it under this instance."
    # this handler alone stands outside of the middleware, so it brings the headers itself
    response = problem_response(500, detail, headers=SECURITY_HEADERS)
    LOGGER.error("%s", json.loads(bytes(response.body))["instance"], exc_info=error)
    return response


# Middleware


class Hardening:
    """ASGI middleware: refuses what is too large, too long or meant for another host, and adds the headers."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], body_bytes: Mapping[str, int], limits: Limits) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts) | LOCAL_HOSTS
        self._body_bytes = body_bytes
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = _with_headers(send, scope["scheme"] == "https")
        refusal = self._refusal(scope)
        if refusal is not None:
            if "expect" not in Headers(scope=scope):  # who asks first has sent nothing yet
                await _drain(receive)
            await refusal(scope, receive, guarded)
            return
        await _CountedBody(self._app, scope, receive, guarded, self._max_body(scope["path"])).run()

    def _refusal(self, scope: Scope) -> Response | None:
        """Why the request is refused before its body is read."""
        headers = Headers(scope=scope)
        if len(scope["raw_path"]) + 1 + len(scope["query_string"]) > self._limits.url_bytes:
            return problem_response(414, f"An address has at most {self._limits.url_bytes:,} bytes; use POST.")
        if not self._known_host(headers.getlist("host")):
            return problem_response(400, "This service does not go by that name; start it with that host.")
        if headers.get("content-encoding", "identity").lower() != "identity":
            return problem_response(415, "A body is taken as it is, without Content-Encoding.")
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._max_body(scope["path"]):
            return _too_large(self._max_body(scope["path"]))
        return None

    def _known_host(self, values: Sequence[str]) -> bool:
        """Whether there is exactly one `Host`, and it is ours: a page elsewhere cannot point its own name at us."""
        return "*" in self._hosts or (len(values) == 1 and host_name(values[0]) in self._hosts)

    def _max_body(self, path: str) -> int:
        longest = max((prefix for prefix in self._body_bytes if path.startswith(prefix)), key=len, default=None)
        return self._limits.body_bytes if longest is None else self._body_bytes[longest]


def host_name(value: str) -> str:
    """The name in a `Host` header, without the port; an IPv6 address keeps its brackets."""
    name, colon, port = value.strip().lower().rpartition(":")
    return name if colon and port.isdecimal() and (name.endswith("]") or ":" not in name) else value.strip().lower()


def _with_headers(send: Send, secure: bool) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if secure:
                headers.setdefault("strict-transport-security", _HSTS)
        await send(message)

    return sender


class _BodyTooLargeError(HTTPException):
    """More bytes came than the limit; an `HTTPException`, because the framework passes these on untouched."""


class _CountedBody:
    """One request whose body is counted while it streams in."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        self._app, self._scope, self._receive, self._send, self._limit = app, scope, receive, send, limit
        self._bytes = 0
        self._more = True
        self._started = False

    async def run(self) -> None:
        """Answer the request; 413 in place of whatever the application says to a body that is too large."""
        with suppress(_BodyTooLargeError):  # answered below
            await self._app(self._scope, self._counted_receive, self._guarded_send)
        if self._bytes > self._limit and not self._started:
            if self._more:
                await _drain(self._receive)
            await _too_large(self._limit)(self._scope, self._receive, self._send)

    async def _counted_receive(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        self._more = message.get("more_body", False)
        if self._bytes > self._limit:
            raise _BodyTooLargeError(413)
        return message

    async def _guarded_send(self, message: Message) -> None:
        if self._bytes > self._limit and not self._started:
            return
        self._started = True
        await self._send(message)


async def _drain(receive: Receive) -> None:
    """Take in and forget what is still being sent, up to a bound.

    Who is hung up on while sending often never reads the answer, and so not why.
    """
    left = _DRAINED_BYTES
    more = True
    while more and left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        more = message.get("more_body", False)


def _too_large(limit: int) -> Response:
    return problem_response(413, f"A body has at most {limit:,} bytes here.", headers={"connection": "close"})


# Deadlines


class DeadlineProtocol(HttpToolsProtocol):
    """uvicorn's HTTP with a deadline for the headers and one for the body.

    Without them, whoever opens connections and sends a byte now and then keeps them all (slowloris).
    """

    header_deadline_ms = LIMITS.header_deadline_ms
    body_deadline_ms = LIMITS.body_deadline_ms
    _hang_up_task: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock for the first request."""
        super().connection_made(transport)
        self._expect_within(self.header_deadline_ms)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._expect_nothing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Start the clock for a later request of the same connection."""
        super().on_message_begin()
        if self._hang_up_task is None:
            self._expect_within(self.header_deadline_ms)

    def on_headers_complete(self) -> None:
        """Start the clock for the body."""
        super().on_headers_complete()
        self._expect_within(self.body_deadline_ms)

    def on_message_complete(self) -> None:
        """Stop the clock: now it is our turn."""
        self._expect_nothing()
        super().on_message_complete()

    def _expect_within(self, deadline_ms: int) -> None:
        self._expect_nothing()
        self._hang_up_task = self.loop.call_later(deadline_ms / 1000, self.transport.close)

    def _expect_nothing(self) -> None:
        if self._hang_up_task is not None:
            self._hang_up_task.cancel()
            self._hang_up_task = None


ServerOption = type[asyncio.Protocol] | bool | int | str


def server_options() -> dict[str, ServerOption]:
    """The settings of `uvicorn.Config` that go with this: `uvicorn.Config(app, **server_options())`."""
    return {
        "http": DeadlineProtocol,
        "ws": "none",
        "server_header": False,
        "proxy_headers": False,
        "timeout_keep_alive": 5,
    }
