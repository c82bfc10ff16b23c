"""The HTTP interface: every route against its model, formats, tags, errors, and following new generations."""

import io
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx
import polars as pl
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import TypeAdapter
from pyoxigraph import QuerySolutions

from api import models
from api.answers import LISTS, AmbiguousError
from api.app import create_app
from api.current import Current
from api.hardening import server_options
from api.pipeline import Plan, build_generation
from api.routes.lists import MODELS
from api.routes.respond import on_answer_error
from api.settings import Settings
from graph import Generation
from graph.home import Home, NoGenerationError
from tests.client import Client
from tests.conftest import Edit

CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"


@pytest.mark.parametrize("name", LISTS)
def test_lists_and_records_are_as_openapi_says(client: Client, name: str) -> None:
    row, record = MODELS[name]
    body = client.json(f"/api/v1/{name}?limit=500")
    TypeAdapter(models.Page[row]).validate_json(json.dumps(body))  # type: ignore[valid-type]
    assert body["total"] >= len(body["results"]) > 0
    for one in body["results"][:20]:
        answer = client.json(f"/api/v1/{name}/{one['source']}:{one['id']}?provenance=true")
        record.model_validate_json(json.dumps(answer))
        assert answer["iri"] == one["iri"]


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/api/v1/actors/le-rameau/allies?as_of=2020-10-17", models.Page[models.Ally]),
        ("/api/v1/actors/le-rameau/ego?depth=3", models.Ego),
        ("/api/v1/search?q=normandie&limit=500", models.Page[models.Hit]),
        ("/api/v1/metrics?limit=500", models.MetricsPage),
        ("/api/v1/metrics?on=alliances&network=projection", models.MetricsPage),
        ("/api/v1/metrics?on=territories&level=epci&metric=degree&metric=links", models.MetricsPage),
        ("/api/v1/isolation?level=commune&limit=500", models.Page[models.IsolationRow]),
        ("/api/v1/isolation?worklist=true", models.Page[models.IsolationRow]),
        ("/api/v1/territories/REG-28/isolation", models.TerritoryIsolation),
        ("/api/v1/alliances?as_of=2020-10-17&as_of_mode=certain", models.Page[models.Alliance]),
        ("/healthz", models.Health),
        ("/readyz", models.Readiness),
    ],
)
def test_other_answers_are_as_openapi_says(client: Client, path: str, model: Any) -> None:
    model.model_validate_json(client.get(path).content)


def test_every_route_says_what_it_answers(openapi: dict[str, Any]) -> None:
    routes = {path for path in openapi["paths"] if path.startswith("/api/")}
    assert len(routes) > 40
    for path in routes:
        responses = openapi["paths"][path]["get"]["responses"]
        assert {"200", "400", "404", "422", "503"} <= set(responses)


def test_nothing_is_written(client: Client, openapi: dict[str, Any]) -> None:
    for path, operations in openapi["paths"].items():
        if path != "/sparql":
            assert set(operations) == {"get"}
            address = re.sub(r"\{[^}]*\}", "x", path)
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                assert client.request(method, address).status_code == 405


def test_every_number_is_bounded(openapi: dict[str, Any]) -> None:
    numbers = [
        (path, one["name"], schema)
        for path, operations in openapi["paths"].items()
        for operation in operations.values()
        for one in operation.get("parameters", [])
        for schema in (one["schema"], *one["schema"].get("anyOf", ()))
        if schema.get("type") in {"integer", "number"}
    ]
    assert len(numbers) > 50
    for path, name, schema in numbers:
        assert {"minimum", "maximum"} <= set(schema), f"{name} of {path} has no bounds"


def test_every_text_is_bounded(openapi: dict[str, Any]) -> None:
    for path, operations in openapi["paths"].items():
        for one in operations.get("get", {}).get("parameters", []):
            for schema in (one["schema"], *one["schema"].get("anyOf", ())):
                if one["in"] == "query" and path.startswith("/api/") and schema.get("type") == "string":
                    assert {"maxLength", "enum", "const", "format"} & set(schema), f"{one['name']} of {path}"


def test_a_list_says_how_it_was_cut(client: Client) -> None:
    body = client.json("/api/v1/actors")
    assert (body["limit"], body["offset"], len(body["results"]), body["truncated"]) == (50, 0, 50, True)
    assert body["total"] == 1122


@pytest.mark.parametrize(
    "query",
    [
        "limit=501",
        "limit=0",
        "offset=-1",
        "surprise=1",
        "as_of=2020",
        "as_of=1600000000",
        "as_of_mode=maybe",
        "exact=perhaps",
    ],
)
def test_parameters_that_cannot_be_are_refused(client: Client, query: str) -> None:
    response = client.get(f"/api/v1/actors?{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert query.split("=", maxsplit=1)[0] in response.json()["detail"]


def test_errors_are_problems(client: Client) -> None:
    ambiguous = client.get("/api/v1/territories/28")
    assert ambiguous.status_code == 400
    body = models.Problem.model_validate_json(ambiguous.content)
    assert [one.id for one in body.candidates or ()] == ["DEP-28", "REG-28"]
    for path, status in (
        ("/api/v1/actors/nobody", 404),
        ("/api/v1/alliances?territory=REG-99", 404),
        ("/api/v1/measures?territory=REG-28", 400),
        ("/api/v1/nothing", 404),
    ):
        response = client.get(path)
        assert response.status_code == status
        models.Problem.model_validate_json(response.content)


def test_an_ambiguous_id_is_answered_with_its_candidates() -> None:
    candidates = [{"id": "s:a", "iri": None, "name": "A"}, {"id": "t:a", "iri": None, "name": "A too"}]
    app = FastAPI()
    app.add_exception_handler(AmbiguousError, on_answer_error)

    @app.get("/a")
    def ambiguous() -> None:
        raise AmbiguousError("2 sources have 'a': put the source before it", candidates)

    with _served(app) as ask:
        response = ask("/a")
        assert (response.status_code, response.headers["content-type"]) == (300, "application/problem+json")
        assert response.json()["candidates"] == candidates


@pytest.mark.parametrize("name", [*LISTS, "metrics", "isolation"])
def test_lists_are_files_too(client: Client, name: str) -> None:
    total = client.json(f"/api/v1/{name}?limit=1")["total"]
    by_suffix = client.get(f"/api/v1/{name}.csv")
    assert by_suffix.headers["content-type"].startswith(CSV)
    assert by_suffix.headers["x-total-count"] == str(total)
    assert client.get(f"/api/v1/{name}", accept=CSV).content == by_suffix.content
    assert pl.read_csv(by_suffix.content, infer_schema=False).height == total
    table = pl.read_parquet(io.BytesIO(client.get(f"/api/v1/{name}.parquet").content))
    assert table.height == total
    assert not [column for column in table.columns if column.startswith("_")]


def test_a_cut_file_says_so(client: Client) -> None:
    response = client.get("/api/v1/actors.csv?limit=3")
    assert response.headers["x-result-truncated"] == "true"
    assert "x-result-truncated" not in client.get("/api/v1/actors.csv").headers


def test_accept_chooses_and_refuses(client: Client) -> None:
    assert client.get("/api/v1/actors", accept="text/csv;q=0.5, application/json").json()["total"] == 1122
    assert client.get("/api/v1/actors", accept="image/png").status_code == 406
    assert client.get("/api/v1/actors/le-rameau", accept="text/turtle").status_code == 406
    assert client.get("/api/v1/actors", accept="*/*").headers["vary"] == "Accept"


def test_the_etag_is_the_generation(client: Client, generation: Generation) -> None:
    for path in ("/api/v1/actors", "/api/v1/actors.csv", "/api/v1/actors/le-rameau", "/api/v1/isolation"):
        etag = client.get(path).headers["etag"]
        assert generation.id in etag
        for tag in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
            known = client.get(path, if_none_match=tag)
            assert (known.status_code, known.content) == (304, b"")
        assert client.get(path, if_none_match='"other"').status_code == 200
    assert client.get("/api/v1/actors/nobody", if_none_match="*").status_code == 404


def test_head_is_get_without_a_body(client: Client) -> None:
    response = client.request("HEAD", "/api/v1/actors")
    assert response.status_code == 200
    assert response.headers["etag"] == client.get("/api/v1/actors").headers["etag"]


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "/fr/acteurs/ecosystem:le-rameau"),
        ("application/json", "/api/v1/actors/ecosystem:le-rameau"),
        ("text/turtle", "/data/actor/ecosystem:le-rameau.ttl"),
        ("application/ld+json", "/data/actor/ecosystem:le-rameau.jsonld"),
        ("application/n-triples;q=0.9, image/png", "/data/actor/ecosystem:le-rameau.nt"),
        ("", "/fr/acteurs/ecosystem:le-rameau"),
    ],
)
def test_an_iri_leads_to_the_page_or_the_data(client: Client, accept: str, location: str) -> None:
    response = client.get("/id/actor/ecosystem:le-rameau", accept=accept)
    assert (response.status_code, response.headers["location"]) == (303, location)
    document = client.get(location)
    assert document.status_code == 200
    assert "Le RAMEAU" in document.text
    assert client.get("/id/actor/ecosystem:le-rameau", accept="image/png").status_code == 406


def test_an_iri_leads_to_the_page_in_the_reader_s_language(client: Client) -> None:
    response = client.get("/id/actor/ecosystem:le-rameau", accept="text/html", accept_language="en-GB,fr;q=0.5")
    assert response.headers["location"] == "/en/actors/ecosystem:le-rameau"
    assert "Accept-Language" in response.headers["vary"]


def test_a_thing_without_a_page_shows_its_statements(client: Client) -> None:
    membership = "/id/membership/ecosystem:a-spartera-corse%7Ca-spartera%7Clead"
    page = client.get(client.get(membership, accept="text/html").headers["location"])
    assert page.status_code == 200
    assert 'href="/id/alliance/ecosystem:a-spartera-corse"' in page.text


def test_every_kind_of_iri_leads_somewhere(client: Client, generation: Generation) -> None:
    kinds = "SELECT ?kind (SAMPLE(?s) AS ?one) { ?s a ?kind . FILTER(CONTAINS(STR(?s), '/id/')) } GROUP BY ?kind"
    found = [row["one"].value for row in _solutions(generation, kinds)]
    assert len(found) > 15
    for iri in found:
        path = "/id/" + iri.partition("/id/")[2]
        for accept in ("application/json", "text/turtle"):
            response = client.get(path, accept=accept)
            assert response.status_code == 303, path
            assert client.get(response.headers["location"]).status_code == 200, response.headers["location"]


def test_a_description_is_that_of_the_store(client: Client, generation: Generation) -> None:
    iri = "https://w3id.org/alliances/id/measure/ecosystem:mesure-01"
    lines = client.get("/data/measure/ecosystem:mesure-01.nt").text.splitlines()
    query = f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?p ?o {{ <{iri}> ?p ?o }} }}"
    expected = next(_solutions(generation, query))["n"].value
    assert sum(line.startswith(f"<{iri}>") for line in lines) == int(expected)
    assert any("ReviewStatus" in line for line in lines)


def _solutions(generation: Generation, query: str) -> QuerySolutions:
    found = generation.sparql(query)
    assert isinstance(found, QuerySolutions)
    return found


def test_unknown_iris_and_forms_are_not_found(client: Client) -> None:
    for path in (
        "/id/actor/ecosystem:nobody",
        "/id/actor/",
        "/id/actor/nobody",
        "/id/membership/le-rameau",
        "/data/actor/ecosystem:le-rameau.exe",
    ):
        assert client.get(path, accept="text/turtle").status_code == 404


def test_a_bare_key_is_enough_where_one_source_alone_has_it(client: Client) -> None:
    for kind, key, whole in (
        ("actor", "le-rameau", "ecosystem:le-rameau"),
        ("territory", "REG-28", "territories:REG-28"),
    ):
        answer = client.get(f"/id/{kind}/{key}", accept="text/turtle")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/data/{kind}/{whole}.ttl")
        assert client.get(answer.headers["location"]).status_code == 200


def test_a_page_that_the_browser_has_keeps_its_policy(client: Client) -> None:
    """A browser puts the headers of a 304 in the place of those it had kept."""
    first = client.get("/view/map?level=region")
    again = client.get("/view/map?level=region", if_none_match=first.headers["etag"])
    assert again.status_code == 304
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    ["/view/ego/le-rameau?depth=1", "/view/territory/REG-28?lang=en", "/view/target/15", "/view/map?level=region"],
)
def test_pages_are_drawn_with_a_policy_and_a_permalink(client: Client, generation: Generation, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200, page.text
    assert page.headers["content-type"].startswith("text/html")
    assert "sandbox allow-scripts" in page.headers["content-security-policy"]
    assert generation.graph_sha256 in page.text
    permalink = page.headers["link"].partition(">")[0].removeprefix("<")
    assert generation.id in permalink
    assert client.get(permalink).text == page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/view/territory/28", 400),
        ("/view/territory/REG-99", 404),
        ("/view/ego/nobody", 404),
        ("/view/target/18", 404),
        ("/view/ego/le-rameau?depth=4", 422),
        ("/view/map?level=galaxy", 422),
        ("/view/map?generation=000999-ab", 404),
        ("/view/map?generation=../../etc", 422),
    ],
)
def test_pages_that_there_are_not(client: Client, path: str, status: int) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


def test_the_documentation_needs_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/docs")
    assert "/api/v1/actors/{id}/allies" in page.text
    assert "<script" not in page.text
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page.text)


def test_prometheus_counts_by_route_and_never_by_what_was_asked(client: Client) -> None:
    client.get("/api/v1/actors/le-rameau")
    client.get("/secret-path-of-a-stranger")
    lines = client.get("/metrics").text.splitlines()
    assert any(line.startswith("alliances_http_requests_total{") and "/actors/" in line for line in lines)
    assert any(line.startswith("alliances_generation_age_seconds ") for line in lines)
    assert not any("stranger" in line or "le-rameau" in line for line in lines)


def test_public_data_may_be_read_from_any_page(client: Client) -> None:
    headers = client.get("/api/v1/actors", origin="https://elsewhere.example").headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers


def test_without_a_generation_the_service_lives_and_says_what_to_do(tmp_path: Path) -> None:
    with _served(create_app(Settings(home=tmp_path / "nothing"))) as ask:
        assert ask("/healthz").status_code == 200
        ready = ask("/readyz")
        assert (ready.status_code, ready.json()["generation"]) == (503, None)
        answer = ask("/api/v1/actors")
        assert answer.status_code == 503
        assert "alliances build" in answer.json()["detail"]
        assert "alliances_generation_loaded 0" in ask("/metrics").text


def test_a_new_generation_is_served_without_a_restart(
    home: Home, tmp_path: Path, ecosystem_copy: Path, edit: Edit
) -> None:
    copy = _home_with_the_generation_of(home, tmp_path)
    with _served(create_app(Settings(home=copy.path, check_seconds=0))) as ask:
        first = ask("/api/v1/actors/le-rameau")
        assert first.json()["context"]["generation"] == home.current_id()
        edit("actors.csv", "le-rameau,Le RAMEAU,", "le-rameau,=HYPERLINK(1),")
        build_generation(copy, Plan({"ecosystem": ecosystem_copy}))
        second = ask("/api/v1/actors/le-rameau", if_none_match=first.headers["etag"])
        assert second.status_code == 200
        assert second.json()["name"] == "=HYPERLINK(1)"
        assert second.json()["context"]["generation"] == copy.current_id() != home.current_id()
        assert ask('/sparql?query=ASK{?s ?p "=HYPERLINK(1)"@fr}').json()["boolean"] is True
        # In a file for spreadsheets it must not run.
        assert "'=HYPERLINK(1)" in ask("/api/v1/actors.csv?q=hyperlink").text
        # A permalink still shows what it showed.
        pinned = ask(f"/view/ego/le-rameau?generation={home.current_id()}")
        assert "Le RAMEAU" in pinned.text
        assert ask("/view/ego/le-rameau?generation=000999-00").status_code == 404


def test_a_broken_generation_leaves_the_old_one_serving(home: Home, tmp_path: Path) -> None:
    copy = _home_with_the_generation_of(home, tmp_path)
    current = Current(copy, check_seconds=0)
    assert current.reader().generation.id == home.current_id()
    (copy.generations / "000099-broken").mkdir()
    copy.publish("000099-broken")
    assert current.reader().generation.id == home.current_id()
    assert "000099-broken" in (current.trouble or "")
    copy.publish(home.current_id() or "")
    current.reader()
    assert current.trouble is None


def test_the_pointer_is_looked_at_only_so_often(home: Home, tmp_path: Path) -> None:
    now = 0.0
    current = Current(Home(tmp_path), check_seconds=1.0, clock=lambda: now)
    with pytest.raises(NoGenerationError):
        current.reader()
    (tmp_path / "generations").symlink_to(home.generations)
    Home(tmp_path).publish(home.current_id() or "")
    with pytest.raises(NoGenerationError):
        current.reader()
    now = 1.0
    assert current.reader().generation.id == home.current_id()


def test_a_record_is_quick(client: Client) -> None:
    def seconds(path: str) -> float:
        started = time.perf_counter()
        assert client.get(path).status_code == 200
        return time.perf_counter() - started

    paths = [f"/api/v1/actors/{one['id']}" for one in client.json("/api/v1/actors?limit=100")["results"]]
    median = sorted(map(seconds, paths))[50]
    # The goal is 5 ms on an idle machine (see the benchmarks); tests share theirs with others.
    assert median < 0.05


def _home_with_the_generation_of(home: Home, path: Path) -> Home:
    """Another home that serves the same generation, which needs no building."""
    copy, current = Home(path / "home"), home.current_id() or ""
    copy.generations.mkdir(parents=True)
    (copy.generations / current).symlink_to(home.generations / current)
    copy.publish(current)
    return copy


class _Ask(Protocol):
    def __call__(self, path: str, **headers: str) -> httpx.Response: ...


@contextmanager
def _served(app: FastAPI) -> Iterator[_Ask]:
    """The application behind a real server on the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", **server_options()))  # type: ignore[arg-type]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def ask(path: str, **headers: str) -> httpx.Response:
            # Machines that run tests are busy: the time that an answer takes is another test's.
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return httpx.get(base + path, headers=named, timeout=120)

        try:
            yield ask
        finally:
            server.should_exit = True
            thread.join(30)
