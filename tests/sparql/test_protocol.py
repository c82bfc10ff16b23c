"""`/sparql` over real HTTP: the protocol, negotiation, caching, CORS and errors."""

import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import httpx
import pyoxigraph
import pytest
from pyoxigraph import NamedNode, RdfFormat

from api.limits import LIMITS
from api.sparql.description import SD
from tests.sparql.conftest import EX, THINGS

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ALL = 3 * THINGS + 1
QUERY = {"content-type": "application/sparql-query"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
Body = bytes | str


def _n(response: httpx.Response) -> int:
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


def test_the_three_ways_to_ask_give_the_same(client: httpx.Client) -> None:
    answers = [
        client.get("/sparql", params={"query": COUNT}),
        client.post("/sparql", data={"query": COUNT}),
        client.post(
            "/sparql", content=COUNT, headers=QUERY | {"content-type": "application/sparql-query; charset=UTF-8"}
        ),
    ]
    assert [_n(answer) for answer in answers] == [ALL] * 3
    assert {answer.headers["content-type"] for answer in answers} == {"application/sparql-results+json"}


@pytest.mark.parametrize("query", [f"ASK {{ <{EX}thing/7> ?p 'Chose n° 7'@fr }}"])
def test_text_beyond_ascii_arrives(client: httpx.Client, query: str) -> None:
    assert client.get("/sparql", params={"query": query}).json()["boolean"] is True
    assert client.post("/sparql", content=query.encode(), headers=QUERY).json()["boolean"] is True


def test_graphs_of_the_protocol_are_honoured(client: httpx.Client) -> None:
    graphs = {"query": COUNT, "default-graph-uri": [EX + "graph/1", EX + "graph/odd"]}
    assert _n(client.get("/sparql", params=graphs)) == ALL // 2 + 1
    assert _n(client.post("/sparql", data=graphs)) == ALL // 2 + 1
    in_url = client.post("/sparql", params={"named-graph-uri": EX + "graph/1"}, content=COUNT, headers=QUERY)
    assert _n(in_url) == 0


Refusal = tuple[str, str, Mapping[str, str], Body, int]
REFUSED: dict[str, Refusal] = {
    "two queries": ("GET", "?" + urlencode([("query", COUNT)] * 2), {}, b"", 400),
    "query in address and body": ("POST", "?" + urlencode({"query": COUNT}), QUERY, COUNT, 400),
    "no query": ("POST", "", FORM, b"", 400),
    "empty query": ("GET", "?query=", {}, b"", 400),
    "update in a form": ("POST", "", FORM, urlencode({"update": "CLEAR ALL"}), 400),
    "update beside a query": ("POST", "", FORM, urlencode({"query": COUNT, "update": "CLEAR ALL"}), 400),
    "update in the address": ("GET", "?" + urlencode({"update": "CLEAR ALL"}), {}, b"", 400),
    "update as the body": ("POST", "", {"content-type": "application/sparql-update"}, "CLEAR ALL", 415),
    "update as a query": ("POST", "", QUERY, "CLEAR ALL", 400),
    "no media type": ("POST", "", {}, COUNT, 415),
    "JSON": ("POST", "", {"content-type": "application/json"}, b"{}", 415),
    "another encoding": (
        "POST",
        "",
        {"content-type": "application/sparql-query; charset=UTF-16"},
        COUNT.encode("utf-16"),
        415,
    ),
    "not UTF-8": ("POST", "", QUERY, b"ASK { ?s ?p '\xff' }", 400),
    "not UTF-8 in the address": ("GET", "?query=ASK%FF", {}, b"", 400),
    "half a character": ("GET", "?query=ASK%20%7B%20%22%ED%A0%80%22%20%7D", {}, b"", 400),
    "no timeout": ("GET", "?" + urlencode({"query": COUNT, "timeout": "-1"}), {}, b"", 400),
    "timeout 0": ("GET", "?" + urlencode({"query": COUNT, "timeout": "0"}), {}, b"", 400),
    "timeout of other digits": ("GET", "?" + urlencode({"query": COUNT, "timeout": "١"}), {}, b"", 400),
    "no IRI": ("GET", "?" + urlencode({"query": COUNT, "default-graph-uri": "a b"}), {}, b"", 400),
    "too many graphs": ("GET", "?" + urlencode([("query", COUNT)] + [("named-graph-uri", "a:b")] * 101), {}, b"", 400),
    "no format": ("GET", "?" + urlencode({"query": COUNT}), {"accept": "image/png"}, b"", 406),
    "no format for a graph": ("GET", "?" + urlencode({"query": "DESCRIBE <a:b>"}), {"accept": "text/csv"}, b"", 406),
    "too long": ("POST", "", QUERY, "ASK { } #" + "x" * LIMITS.sparql_query_bytes, 413),
    "no method": ("PUT", "", QUERY, COUNT, 405),
    "compressed": ("POST", "", QUERY | {"content-encoding": "gzip"}, COUNT, 415),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_a_problem_that_says_why(client: httpx.Client, name: str) -> None:
    method, address, headers, body, status = REFUSED[name]
    response = client.request(method, "/sparql" + address, headers=dict(headers), content=body)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    problem = response.json()
    assert problem["status"] == status
    assert len(problem["detail"]) > 10
    assert problem["instance"].startswith("urn:uuid:")
    assert _n(client.get("/sparql", params={"query": COUNT})) == ALL


def test_a_slow_query_is_answered_504_within_the_time_of_the_client(client: httpx.Client) -> None:
    forever = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    response = client.get("/sparql", params={"query": forever, "timeout": "100"})
    assert response.status_code == 504
    assert "100 ms" in response.json()["detail"]
    assert response.elapsed.total_seconds() < 1.4


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values;q=0.9, text/csv;q=0.1", "text/tab-separated-values; charset=utf-8"),
    ],
)
def test_the_accepted_format_is_sent_and_named(client: httpx.Client, accept: str, media_type: str) -> None:
    response = client.get("/sparql", params={"query": COUNT}, headers={"accept": accept})
    assert response.headers["content-type"] == media_type
    assert response.headers["vary"] == "Accept"
    assert response.headers.get("content-disposition", "").startswith("attachment") is ("csv" in media_type)


def test_the_generation_is_the_etag_and_saves_the_query(client: httpx.Client) -> None:
    first = client.get("/sparql", params={"query": COUNT})
    assert first.headers["etag"] == 'W/"2026-generation"'
    again = client.get("/sparql", params={"query": COUNT}, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = client.get("/sparql", params={"query": COUNT}, headers={"if-none-match": '"older", W/"oldest"'})
    assert _n(other) == ALL


def test_any_page_may_ask_without_credentials(client: httpx.Client) -> None:
    origin = {"origin": "https://elsewhere.example"}
    for response in (
        client.get("/sparql", params={"query": COUNT}, headers=origin),
        client.post("/sparql", content="SELECT", headers=origin | QUERY),
        client.options("/sparql", headers=origin | {"access-control-request-method": "POST"}),
    ):
        assert response.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in response.headers
    assert "Content-Type" in response.headers["access-control-allow-headers"]
    assert response.status_code == 204


def test_head_has_the_headers_and_no_body(client: httpx.Client) -> None:
    response = client.head("/sparql", params={"query": COUNT})
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["etag"]


def test_a_cut_answer_says_so(client: httpx.Client) -> None:
    many = " ".join(f"VALUES ?x{i} {{ 0 1 2 3 4 5 6 7 8 9 }}" for i in range(5))
    response = client.get("/sparql", params={"query": f"SELECT ?x0 {{ {many} }}", "timeout": "100000"})
    assert response.headers["x-result-truncated"] == "true"
    assert response.json()["head"]["truncated"] is True
    assert len(response.json()["results"]["bindings"]) == LIMITS.sparql_rows
    assert "x-result-truncated" not in client.get("/sparql", params={"query": COUNT}).headers


@pytest.mark.parametrize("form", [RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.RDF_XML, RdfFormat.JSON_LD])
def test_the_service_describes_itself(client: httpx.Client, form: RdfFormat) -> None:
    response = client.get("/sparql", headers={"accept": form.media_type})
    triples = {(quad.predicate, quad.object) for quad in pyoxigraph.parse(response.content, format=form)}
    assert (NamedNode(SD + "endpoint"), NamedNode(str(client.base_url).rstrip("/") + "/sparql")) in triples
    assert (NamedNode(SD + "feature"), NamedNode(SD + "UnionDefaultGraph")) in triples
    names = {
        term.value for predicate, term in triples if predicate == NamedNode(SD + "name") and isinstance(term, NamedNode)
    }
    assert names == {EX + "graph/0", EX + "graph/1", EX + "graph/odd"}


def test_a_browser_gets_a_page_that_loads_nothing_from_elsewhere(client: httpx.Client) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    first, second = (client.get("/sparql", headers=browser) for _ in range(2))
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    policy = first.headers["content-security-policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert f'<script nonce="{nonce}">' in first.text
    assert nonce not in second.text
    assert "default-src 'none'" in policy
    assert not any(f'{attribute}="http' in first.text for attribute in ("src", "href"))


def test_the_examples_of_the_page_are_queries(client: httpx.Client) -> None:
    page = client.get("/sparql", headers={"accept": "text/html"}).text
    examples = [part.partition('"')[0] for part in page.split('<button type="button" value="')[1:]]
    assert len(examples) == 3
    for example in examples:
        query = example.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
        assert client.get("/sparql", params={"query": query}).status_code == 200, query


def test_an_error_reflects_no_markup(client: httpx.Client) -> None:
    response = client.get(
        f"/sparql?query={quote('SELECT <script>alert(1)</script>')}", headers={"accept": "text/html, */*"}
    )
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert json.loads(response.text)["status"] == 400
