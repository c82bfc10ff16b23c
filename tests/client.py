"""Asks an application over ASGI from ordinary tests, without a network between."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI


class Client:
    """Asks an application from ordinary tests; a failure of ours is the 500 that a user would see."""

    def __init__(self, app: FastAPI, portal: BlockingPortal) -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        self._portal = portal

    def request(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self._portal.call(lambda: self._client.request(method, url, headers=dict(headers or {})))

    def get(self, url: str, **headers: str) -> httpx.Response:
        return self.request("GET", url, {name.replace("_", "-"): value for name, value in headers.items()})

    def json(self, url: str) -> Any:
        response = self.get(url)
        assert response.status_code == 200, response.text
        return response.json()


@contextmanager
def running(app: FastAPI) -> Iterator[Client]:
    """A client of an application that has started up, and shuts down afterwards."""
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        stack.enter_context(portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        yield Client(app, portal)
