"""Sizes, hosts, headers, deadlines and problems, against a small application on a real server where it matters."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Query, Request, Response
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from api.hardening import SECURITY_HEADERS, DeadlineProtocol, harden, host_name, page_policy, problem_response
from api.limits import LIMITS, Limits, table
from tests.sparql.conftest import serve

UPLOAD_BYTES = 3 * LIMITS.body_bytes


class Named(BaseModel):
    """A body with text in it."""

    name: str


async def echo(named: Named) -> Named:
    return named


async def count(request: Request) -> int:
    return len(await request.body())


async def stream(request: Request) -> int:
    try:
        return sum([len(chunk) async for chunk in request.stream()])
    except Exception:  # noqa: BLE001 - a route that swallows everything must not hide the limit
        return -1


def number(limit: int = Query(ge=0, le=500)) -> int:
    return limit


def choices() -> None:
    raise HTTPException(300, {"detail": "Several things have this id.", "candidates": ["a", "b"]})


def fault() -> None:
    raise RuntimeError("the secret is swordfish")


def half() -> Response:
    return Response("\ud800")


def page() -> Response:
    return Response("<p>", media_type="text/html", headers={"content-security-policy": page_policy("n")})


def _app() -> FastAPI:
    app = FastAPI()
    for route in (number, choices, fault, half, page):
        app.add_api_route(f"/{route.__name__}", route)
    for path, post in (("/echo", echo), ("/count", count), ("/load", count), ("/stream", stream)):
        app.add_api_route(path, post, methods=["POST"])
    harden(app, hosts=["data.example.org"], body_bytes={"/load": UPLOAD_BYTES})
    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve(_app()) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    # the server ends a connection after a fault: a new one for each request, so that none meets that end
    with httpx.Client(base_url=address, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        yield client


async def _get(app: FastAPI, url: str) -> httpx.Response:
    """An answer without a network, for what a test cannot have over one: TLS, or a host of that name."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.get(url)


def _problem(response: httpx.Response, status: int) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = response.json()
    assert problem["status"] == status
    assert problem["title"]
    return problem


# Headers and hosts


@pytest.mark.parametrize("path", ["/number?limit=1", "/number?limit=x", "/nowhere", "/fault", "/choices"])
def test_every_answer_has_the_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_a_page_keeps_its_own_policy(client: httpx.Client) -> None:
    assert client.get("/page").headers.get_list("content-security-policy") == [page_policy("n")]


def test_a_secure_connection_is_to_stay_one() -> None:
    secure = asyncio.run(_get(_app(), "https://testserver/page"))
    plain = asyncio.run(_get(_app(), "http://testserver/page"))
    assert "max-age" in secure.headers["strict-transport-security"]
    assert "strict-transport-security" not in plain.headers


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8000", "[::1]:8000", "[::1]", "DATA.example.org", "testserver"]
)
def test_known_hosts_are_served(client: httpx.Client, host: str) -> None:
    assert client.get("/page", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "data.example.org.evil.example", "127.0.0.1.evil.example:8000", "", "[::2]", "a:b:c"]
)
def test_other_hosts_are_refused(client: httpx.Client, host: str) -> None:
    _problem(client.get("/page", headers={"host": host}), 400)


def test_any_host_is_served_where_that_is_asked_for() -> None:
    app = FastAPI()
    harden(app, hosts=["*"])
    assert asyncio.run(_get(app, "http://any.example/")).status_code == 404


@given(st.text())
def test_any_host_header_is_read(value: str) -> None:
    assert host_name(f"{host_name(value)}:80") in {host_name(value), f"{host_name(value)}:80"}


# Sizes


@pytest.mark.parametrize(("size", "status"), [(LIMITS.url_bytes, 200), (LIMITS.url_bytes + 1, 414)])
def test_an_address_ends_at_the_limit(address: str, size: int, status: int) -> None:
    start = "/number?limit=1&x="
    assert httpx.get(address + start + "x" * (size - len(start))).status_code == status


@pytest.mark.parametrize("path", ["/count", "/stream"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_ends_at_the_limit(address: str, path: str, chunked: bool) -> None:
    for size, status in ((LIMITS.body_bytes, 200), (LIMITS.body_bytes + 1, 413)):
        content = b"x" * size
        response = httpx.post(address + path, content=iter([content]) if chunked else content)
        assert response.status_code == status, response.text
    _problem(response, 413)


def test_a_path_may_have_a_limit_of_its_own(client: httpx.Client) -> None:
    assert client.post("/load", content=b"x" * UPLOAD_BYTES).json() == UPLOAD_BYTES
    _problem(client.post("/load", content=b"x" * (UPLOAD_BYTES + 1)), 413)


def test_a_body_without_end_is_cut_off_while_it_comes(address: str) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 100 * LIMITS.body_bytes:
            sent += 65_536
            yield b"x" * 65_536

    with suppress(httpx.HTTPError):  # beyond a bound, the server hangs up while more is being sent
        assert httpx.post(address + "/count", content=endless()).status_code == 413
    assert sent < 20 * LIMITS.body_bytes


def test_who_sends_too_much_can_read_why(address: str) -> None:
    for size in (LIMITS.body_bytes + 1, 4 * LIMITS.body_bytes):
        for _ in range(5):
            _problem(httpx.post(address + "/count", content=b"x" * size), 413)


def test_a_compressed_body_is_refused(client: httpx.Client) -> None:
    _problem(client.post("/count", content=b"x", headers={"content-encoding": "gzip"}), 415)


# Problems


def test_invalid_parameters_are_named(client: httpx.Client) -> None:
    problem = _problem(client.get("/number", params={"limit": 501}), 422)
    assert problem["errors"] == [{"where": "query.limit", "why": "Input should be less than or equal to 500"}]
    assert "501" not in json.dumps(problem)


@pytest.mark.parametrize(
    "body", [b'{"name": "\\ud800"}', b'{"\\ud800": 1}', b'"\\udfff"', b"[" * 100_000, b"\xff", b"9" * 5_000]
)
def test_broken_json_is_the_fault_of_the_sender(client: httpx.Client, body: bytes) -> None:
    response = client.post("/echo", content=body, headers={"content-type": "application/json"})
    assert 400 <= response.status_code < 500, response.text
    assert response.headers["content-type"] == "application/problem+json"


def test_half_a_character_that_gets_through_is_no_fault_of_ours(client: httpx.Client) -> None:
    _problem(client.get("/half"), 400)


def test_a_route_may_add_fields(client: httpx.Client) -> None:
    problem = _problem(client.get("/choices"), 300)
    assert (problem["detail"], problem["candidates"]) == ("Several things have this id.", ["a", "b"])


def test_a_method_that_is_not_there_names_those_that_are(client: httpx.Client) -> None:
    response = client.delete("/page")
    _problem(response, 405)
    assert response.headers["allow"] == "GET"


def test_a_fault_tells_the_reader_a_number_and_the_log_the_rest(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    problem = _problem(client.get("/fault"), 500)
    assert "swordfish" not in json.dumps(problem)
    assert str(problem["instance"]) in caplog.text
    assert "the secret is swordfish" in caplog.text


@given(st.integers(100, 599), st.text(st.characters()))
def test_any_problem_can_be_written(status: int, detail: str) -> None:
    body = json.loads(bytes(problem_response(status, detail, where=detail).body))
    assert (body["status"], body["detail"], body["where"]) == (status, detail, detail)


# Deadlines


class Hasty(DeadlineProtocol):
    """Deadlines that a test can wait for."""

    header_deadline_ms = 300
    body_deadline_ms = 600


@pytest.fixture(scope="module")
def hasty() -> Iterator[tuple[str, int]]:
    with serve(_app(), http=Hasty) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        yield host, int(port)


def _seconds_until_closed(connection: socket.socket) -> float:
    started = time.monotonic()
    connection.settimeout(5)
    while connection.recv(4096):
        pass
    return time.monotonic() - started


HEADERS = b"POST /count HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n"


@pytest.mark.parametrize(
    ("sent", "deadline_s"),
    [(b"", 0.3), (b"GET / HT", 0.3), (b"GET / HTTP/1.1\r\nhost: lo", 0.3), (HEADERS + b"\r\n12345", 0.6)],
)
def test_half_a_request_is_hung_up_on(hasty: tuple[str, int], sent: bytes, deadline_s: float) -> None:
    with socket.create_connection(hasty) as connection:
        connection.sendall(sent)
        assert deadline_s - 0.1 < _seconds_until_closed(connection) < deadline_s + 1.5


def test_one_byte_now_and_then_does_not_help(hasty: tuple[str, int]) -> None:
    started = time.monotonic()
    with socket.create_connection(hasty) as connection:
        with pytest.raises(OSError, match=r"(?i)broken pipe|reset"):
            _drip(connection, HEADERS * 3)
        assert time.monotonic() - started < 2.5


def _drip(connection: socket.socket, data: bytes) -> None:
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def test_a_second_request_has_a_deadline_too(hasty: tuple[str, int]) -> None:
    with socket.create_connection(hasty) as connection:
        connection.sendall(HEADERS + b"\r\n1234567890")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET / HT")
        assert _seconds_until_closed(connection) < 1.8


def test_a_hundred_idle_connections_are_gone_and_others_served(hasty: tuple[str, int]) -> None:
    idle = [socket.create_connection(hasty) for _ in range(100)]
    for connection in idle:
        connection.sendall(b"GET /")
    assert httpx.get(f"http://{hasty[0]}:{hasty[1]}/page").status_code == 200
    assert max(map(_seconds_until_closed, idle)) < 2
    for connection in idle:
        connection.close()


def test_a_slow_answer_has_no_deadline(hasty: tuple[str, int]) -> None:
    with httpx.Client(base_url=f"http://{hasty[0]}:{hasty[1]}") as client:
        assert client.get("/page").status_code == 200
        time.sleep(0.7)  # longer than both deadlines; the connection waits for its next request
        assert client.get("/page").status_code == 200


# The table


def test_every_limit_has_a_reason_and_none_is_off() -> None:
    rows = table(Limits())
    assert len(rows) > 20
    for row in rows:
        assert row.value > 0, row.name
        assert len(row.why) > 20, row.name
        assert row.status is None or 400 <= row.status < 600, row.name
        assert row.unit in {"bytes", "milliseconds", "count"}
    assert {row.unit for row in rows if row.name.endswith("_bytes")} == {"bytes"}
    assert {row.unit for row in rows if row.name.endswith("_ms")} == {"milliseconds"}
