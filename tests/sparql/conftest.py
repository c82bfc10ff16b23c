"""A small store of its own, a pool on it, and a real server on the loopback interface.

The pool of the server has a short deadline and little memory, so that hostile queries end soon.
"""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pyoxigraph import Literal, NamedNode, Quad, Store

from api.hardening import harden, server_options
from api.sparql.pool import SparqlPool
from api.sparql.protocol import sparql_router

DEADLINE_MS = 1_500
THINGS = 400
EX = "http://example.org/"


def fill(path: Path) -> Path:
    """A store of 3 × 400 triples in two graphs, and one in a third."""
    path.mkdir(parents=True)
    store = Store(str(path))
    store.extend(_quads())
    store.flush()
    return path


def _quads() -> Iterator[Quad]:
    for i in range(THINGS):
        thing, graph = NamedNode(f"{EX}thing/{i}"), NamedNode(f"{EX}graph/{i % 2}")
        yield Quad(thing, NamedNode(EX + "name"), Literal(f"Chose n° {i}", language="fr"), graph)
        yield Quad(thing, NamedNode(EX + "number"), Literal(i), graph)
        yield Quad(thing, NamedNode(EX + "next"), NamedNode(f"{EX}thing/{i + 1}"), graph)
    yield Quad(NamedNode(EX + "a"), NamedNode(EX + "p"), Literal(True), NamedNode(EX + "graph/odd"))


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("sparql") / "2026-generation" / "store")


@pytest.fixture(scope="session")
def pool(store_path: Path) -> Iterator[SparqlPool]:
    with SparqlPool(store_path, workers=2, deadline_ms=DEADLINE_MS, memory_bytes=400_000_000) as pool:
        yield pool


@dataclass
class Listener:
    """Counts who connects to a port of 127.0.0.1."""

    socket: socket.socket
    hits: int = 0
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Listener(server)
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="session")
def client(pool: SparqlPool) -> Iterator[httpx.Client]:
    app = FastAPI()
    app.include_router(sparql_router(lambda: pool))
    harden(app)
    with serve(app) as address, httpx.Client(base_url=address, timeout=20) as client:
        yield client


class serve:  # noqa: N801 - used like a function
    """Run an application in a real server as long as the block lasts; gives its address."""

    def __init__(self, app: FastAPI, **options: object) -> None:
        settings = {**server_options(), "log_level": "critical", "lifespan": "off", **options}
        self._server = uvicorn.Server(uvicorn.Config(app, **settings))  # type: ignore[arg-type]
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()
