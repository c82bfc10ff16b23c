"""Hostile queries against a real server: each is answered as it should, nobody is called, the next one is served."""

import json
import time
from pathlib import Path
from typing import TypedDict

import httpx
import pytest

from tests.sparql.conftest import DEADLINE_MS, THINGS, Listener

ATTACKS = Path(__file__).parents[3] / "shared" / "torture" / "attacks" / "sparql.jsonl"
QUERY = {"content-type": "application/sparql-query"}
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


class Attack(TypedDict):
    """One line of the file."""

    id: str
    query: str
    expect: str


def _attacks() -> dict[str, Attack]:
    if not ATTACKS.is_file():
        return {}
    return {line["id"]: line for line in map(json.loads, ATTACKS.read_text(encoding="utf-8").splitlines())}


LINES = _attacks()
EXPECTED: dict[str, set[int]] = {
    "service": {400},
    "service_case": {400},
    "service_comment": {400},
    "service_base": {400},
    "service_escape": {400},
    "service_subquery": {400},
    "service_exists": {400},
    "from_http": {200},
    "from_named_http": {200},
    "false_positive_1": {200},
    "false_positive_2": {200},
    "update_17": {400},
    "update_18": {400},
    "update_20": {400},
    "update_21": {400},
    "update_23": {400},
    "update_24": {400},
    "update_26": {400},
    "cartesian": {504},
    "path_nested": {200, 504},
    "path_long": {400},
    "order_bomb": {413, 504},
    "distinct_bomb": {200, 413, 504},
    "nest_brace": {400},
    "nest_paren": {400},
    "or_chain": {413},
    "union_chain": {413},
    "regex_size": {200},
    "limit_huge": {400},
    "nul": {200, 400},
    "surrogate_escape": {400},
    "html_in_error": {400},
}


@pytest.mark.skipif(not LINES, reason="the folder of attacks is not beside the checkout")
def test_every_attack_has_its_answer_written_down() -> None:
    assert set(EXPECTED) == set(LINES)


@pytest.mark.parametrize("name", EXPECTED)
def test_an_attack_is_answered_and_harms_nobody(client: httpx.Client, listener: Listener, name: str) -> None:
    if name not in LINES:
        pytest.skip("the folder of attacks is not beside the checkout")
    query = LINES[name]["query"].replace("{PORT}", str(listener.port))
    started = time.monotonic()
    response = client.post("/sparql", content=query.encode(), headers=QUERY)
    assert time.monotonic() - started < DEADLINE_MS / 1000 + 1
    assert response.status_code in EXPECTED[name], response.text
    assert response.status_code < 400 or response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert listener.hits == 0
    good = client.post("/sparql", content=COUNT, headers=QUERY | {"accept": "text/csv"})
    assert good.text.split() == ["n", f"{3 * THINGS + 1}"]


def test_the_listener_would_have_noticed(listener: Listener) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"http://127.0.0.1:{listener.port}/sparql")
    assert listener.hits == 1
