"""The site over the generation of the default data, without a network between."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI

from api.answers import Reader
from api.app import create_app
from api.settings import Settings
from graph import Generation
from graph.home import Home
from tests.api.conftest import Client


@pytest.fixture(scope="session")
def reader(generation: Generation) -> Reader:
    return Reader(generation)


@pytest.fixture(scope="session")
def app(home: Home) -> FastAPI:
    return create_app(Settings(home=home.path))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[Client]:
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        stack.enter_context(portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        yield Client(app, portal)
