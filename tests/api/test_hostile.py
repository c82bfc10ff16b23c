"""Every route with hostile parameters and paths: no failure of ours, no header of theirs, no file of the machine."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client import Client
from tests.conftest import SHARED

ATTACKS = SHARED / "torture" / "attacks"
STRINGS = SHARED / "torture" / "strings" / "blns.json"
SOME = [
    "-1", "0", "1e9", "9" * 30, "1_000", "１２", "NaN", "", " ", "true", "null", "28", "%00", "\x00", "\u202e",
    "a" * 5000, "' OR 1=1 --", "{{7*7}}", "<script>alert(1)</script>", "../../etc/hostname", "\r\nX-Evil: 1",
    "(((((", "[a-z]+$", "\\", "ﷺ", "👩‍👩‍👧", "İ", "17.17.17", "-", "--", "2020-13-45", "0000-00-00", "COM-", ":",
    "ecosystem:", ":x", "a:b:c",
]  # fmt: skip
LISTED = re.compile(r"/api/v1/[a-z]+(\.csv|\.parquet)?")
MAX_URL = 60_000
WELL = (200, 300, 303, 304, 400, 404, 406, 414, 422)


def _operations(openapi: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for path, operations in openapi["paths"].items():
        if path != "/sparql":
            names = [one["name"] for one in operations["get"].get("parameters", []) if one["in"] == "query"]
            yield path, names


def _ask(client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code in WELL, (url[:200], response.status_code, response.text[:300])
    assert "x-evil" not in response.headers
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        json.loads(response.content)


@pytest.mark.parametrize("number", range(len(SOME)), ids=lambda number: repr(SOME[number])[:20])
def test_every_parameter_of_every_route(client: Client, openapi: dict[str, Any], number: int) -> None:
    value = SOME[number]
    for place, (path, names) in enumerate(_operations(openapi)):
        if "{" in path:
            _ask(client, re.sub(r"\{[^}]*\}", quote(value, safe="") or "x", path))
        for name in _some(path, names, number + place):
            _ask(client, f"{_filled(path)}?{name}={quote(value, safe='')}")


def _some(path: str, names: list[str], turn: int) -> list[str]:
    """All parameters; of the lists, which share their parameters, and of files, one in turn."""
    shared = LISTED.fullmatch(path) and not path.endswith(("/actors", "/territories", "/studies"))
    return [names[turn % len(names)]] if names and shared else names


def _filled(path: str) -> str:
    """The path of something that is there."""
    filled = path.replace("{id}", "le-rameau").replace("{code}", "17" if "target" in path else "DEP-14")
    return filled.replace("{kind}", "actor").replace("{key}", "ecosystem:x").replace("{name}", "x.ttl")


def test_the_collected_parameters(client: Client, openapi: dict[str, Any]) -> None:
    if not ATTACKS.is_dir():
        pytest.skip("torture/attacks is not beside the checkout")
    attacks = [json.loads(line) for line in (ATTACKS / "params.jsonl").read_text(encoding="utf-8").splitlines()]
    for attack in attacks:
        for path, names in _operations(openapi):
            if "{" in path or attack["param"] not in {*names, "format"}:
                continue
            for value in attack["values"]:
                encoded = quote(str(value).encode("utf-8", "replace"), safe="")
                if (
                    len(encoded) < MAX_URL
                ):  # longer ones the client refuses to send; the server's limit has its own test
                    _ask(client, f"{path}?{attack['param']}={encoded}")


def test_the_collected_paths(client: Client) -> None:
    if not ATTACKS.is_dir():
        pytest.skip("torture/attacks is not beside the checkout")
    hostname = Path("/etc/hostname").read_text(encoding="utf-8").strip() or "?"
    for line in (ATTACKS / "paths.jsonl").read_text(encoding="utf-8").splitlines():
        path = json.loads(line)["path"]
        for prefix in ("/api/v1/actors/", "/id/actor/", "/data/actor/", "/api/v1/territories/", "/"):
            response = client.get(prefix + path.replace("\\", "%5c"))
            assert response.status_code in {*WELL, 307, 405}
            assert response.headers.get("location", "/").startswith(("/", "http://testserver/"))
            assert "secret" not in response.text.replace(path, "").replace("secret.txt", "")
            assert not response.text.startswith(hostname)


def test_naughty_strings_in_search_and_lists(client: Client) -> None:
    if not STRINGS.is_file():
        pytest.skip("torture/strings is not beside the checkout")
    for text in json.loads(STRINGS.read_text(encoding="utf-8")):
        encoded = quote(text.encode("utf-8", "replace"), safe="")
        _ask(client, f"/api/v1/search?q={encoded}")
        _ask(client, f"/api/v1/alliances?q={encoded}")
        _ask(client, f"/api/v1/actors/{encoded or 'x'}")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_any_text_can_be_searched_for(client: Client, text: str) -> None:
    _ask(client, f"/api/v1/search?q={quote(text, safe='')}")
    _ask(client, f"/id/actor/{quote(text, safe='')}")


@pytest.mark.parametrize("path", ["/id/actor", "/id/actor/", "/id/actor/."])
def test_a_kind_alone_is_no_thing(client: Client, path: str) -> None:
    """And nobody is sent on to where there is nothing."""
    _ask(client, path)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("query", ["%ff%fe", "q=%ed%a0%80", "limit", "&&&", "limit=1&limit=2", "=1", "q=a;limit=2"])
def test_broken_query_strings(client: Client, query: str) -> None:
    _ask(client, f"/api/v1/actors?{query}")
    _ask(client, f"/api/v1/search?{query}")
