"""The W3C's tests of the SPARQL 1.1 protocol, as far as they are about queries; the rest is listed by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyoxigraph
import pytest
from fastapi import FastAPI
from pyoxigraph import BlankNode, Literal, NamedNode, Store

from api.hardening import harden
from api.sparql.pool import SparqlPool
from api.sparql.protocol import sparql_router
from tests.sparql.conftest import serve

SUITE = Path(__file__).parents[3] / "shared" / "suites" / "w3c" / "sparql" / "sparql11" / "protocol"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DATA = "http://kasei.us/2009/09/sparql/data/"

UPDATES_ARE_REFUSED = {
    "update_dataset_default_graph",
    "update_dataset_default_graphs",
    "update_dataset_named_graphs",
    "update_dataset_full",
    "update_post_form",
    "update_post_direct",
    "update_base_uri",
}
"""Known failures, all for one reason: this endpoint answers queries only. Their first request has to be refused."""
TESTS = 34

Node = NamedNode | BlankNode


@dataclass(frozen=True)
class Exchange:
    """One request of a test, and what is expected of the answer."""

    method: str
    address: str
    headers: dict[str, str]
    body: bytes
    statuses: set[str]
    """First figures of the status, such as `2`."""
    boolean: bool | None
    form: str | None
    """`boolean`, `tabular` or `RDF`."""


class Manifest:
    """The machine-readable list of tests."""

    def __init__(self) -> None:
        self._store = Store()
        self._store.load(path=str(SUITE / "manifest.ttl"), base_iri="http://suite/")

    def exchanges(self) -> dict[str, list[Exchange]]:
        """The requests of each test, by its name."""
        (entries,) = self._all(NamedNode("http://suite/"), MF + "entries")
        return {_name(test): self._exchanges(test) for test in self._items(entries)}

    def _exchanges(self, test: Node) -> list[Exchange]:
        (action,) = self._all(test, MF + "action")
        (requests,) = self._all(action, HT + "requests")
        return [self._exchange(request) for request in self._items(requests)]

    def _exchange(self, request: Node) -> Exchange:
        (response,) = self._all(request, HT + "resp")
        booleans = self._texts(response, MF + "expectedBoolean")
        forms = self._texts(response, MF + "expectedFormat")
        return Exchange(
            method=self._texts(request, HT + "methodName")[0],
            address=self._texts(request, HT + "absolutePath")[0].replace("/sparql/", "/sparql", 1),
            headers=self._headers(request),
            body=self._body(request),
            statuses={iri.rpartition("StatusCode")[2][0] for iri in self._texts(response, MF + "expectedStatus")},
            boolean=booleans[0] == "true" if booleans else None,
            form=forms[0] if forms else None,
        )

    def _headers(self, request: Node) -> dict[str, str]:
        lists = self._all(request, HT + "headers")
        headers = [header for one in lists for header in self._items(one)]
        return {self._texts(one, HT + "fieldName")[0]: self._texts(one, HT + "fieldValue")[0] for one in headers}

    def _body(self, request: Node) -> bytes:
        for body in self._all(request, HT + "body"):
            (encoding,) = self._texts(body, CNT + "characterEncoding")
            return self._texts(body, CNT + "chars")[0].encode(encoding)
        return b""

    def _all(self, subject: Node, predicate: str) -> list[Node]:
        quads = self._store.quads_for_pattern(subject, NamedNode(predicate), None)
        return [quad.object for quad in quads if isinstance(quad.object, NamedNode | BlankNode)]

    def _texts(self, subject: Node, predicate: str) -> list[str]:
        quads = self._store.quads_for_pattern(subject, NamedNode(predicate), None)
        return [quad.object.value for quad in quads if isinstance(quad.object, NamedNode | Literal)]

    def _items(self, head: Node) -> Iterator[Node]:
        while head != NamedNode(RDF + "nil"):
            yield self._all(head, RDF + "first")[0]
            (head,) = self._all(head, RDF + "rest")


def _name(test: Node) -> str:
    return test.value.rpartition("#")[2]


EXCHANGES = Manifest().exchanges() if SUITE.is_dir() else {}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    path = tmp_path_factory.mktemp("w3c") / "data" / "store"
    path.mkdir(parents=True)
    store = Store(str(path))
    for number in (1, 2, 3):
        store.load(path=str(SUITE / f"data{number}.nt"), to_graph=NamedNode(f"{DATA}data{number}.rdf"))
    store.flush()
    del store
    with SparqlPool(path, workers=1) as pool:
        app = FastAPI()
        app.include_router(sparql_router(lambda: pool))
        harden(app)
        with serve(app) as address, httpx.Client(base_url=address) as client:
            yield client


@pytest.mark.skipif(not EXCHANGES, reason="the W3C suite is not beside the checkout")
def test_the_suite_is_complete() -> None:
    assert len(EXCHANGES) == TESTS
    assert set(EXCHANGES) > UPDATES_ARE_REFUSED


@pytest.mark.parametrize("name", EXCHANGES or ["absent"])
def test_protocol(request: pytest.FixtureRequest, name: str) -> None:
    if name not in EXCHANGES:
        pytest.skip("the W3C suite is not beside the checkout")
    client: httpx.Client = request.getfixturevalue("endpoint")
    if name in UPDATES_ARE_REFUSED:
        assert _send(client, EXCHANGES[name][0]).status_code in {400, 415}
        return
    for exchange in EXCHANGES[name]:
        _check(_send(client, exchange), exchange)


def _send(client: httpx.Client, exchange: Exchange) -> httpx.Response:
    return client.request(exchange.method, exchange.address, headers=exchange.headers, content=exchange.body or None)


def _check(response: httpx.Response, exchange: Exchange) -> None:
    assert str(response.status_code)[0] in exchange.statuses, response.text
    if exchange.boolean is not None:
        assert response.json()["boolean"] is exchange.boolean
    if exchange.form == "tabular":
        assert "bindings" in response.json()["results"]
    if exchange.form == "RDF":
        form = pyoxigraph.RdfFormat.from_media_type(response.headers["content-type"])
        list(pyoxigraph.parse(response.content, format=form))  # raises where it is not what it says
