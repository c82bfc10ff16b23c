"""Significance, intervals and pockets on the command line: the bodies of the routes, and what a table adds."""

import json

import httpx
import pytest

from graph.home import Home
from tests.cli.conftest import Said, serving

QUESTIONS = [
    ("significance --draws 19 --limit 5", "significance?draws=19&limit=5"),
    (
        "significance --on pairs --of territories --level region --method drawn --draws 19 --without-stale --limit 5",
        "significance?on=pairs&of=territories&level=region&method=drawn&draws=19&without_stale=true&limit=5",
    ),
    (
        "significance --outward partners --alpha 0.2 --draws 9 --as-of 2020-10-17 --limit 7",
        "significance?outward=partners&alpha=0.2&draws=9&as_of=2020-10-17&limit=7",
    ),
    (
        "intervals --of alliances --by degree --share 0.2 --draws 3 --limit 5",
        "intervals?of=alliances&by=degree&share=0.2&draws=3&limit=5",
    ),
    ("pockets --level region --metric links_out --limit 4", "pockets?level=region&metric=links_out&limit=4"),
]


def test_json_is_the_body_of_the_route(said: Said, home: Home) -> None:
    with serving(home.path, "serve") as (site, _):
        for command, path in QUESTIONS:
            status, out, err = said(*command.split(), "--format", "json")
            assert (status, err) == (0, "")
            assert json.loads(out) == httpx.get(f"{site}/api/v1/{path}", timeout=60).json()


def test_a_table_says_how_its_numbers_came_to_be(said: Said) -> None:
    status, out, err = said("pockets", "--level", "region", "--permutations", "99", "--seed", "3", "--limit", "2")
    assert status == 0
    assert "rows 1 to 2 of 18" in out
    assert "permutations: 99, seed: 3" in err


def test_another_seed_is_another_answer(said: Said) -> None:
    asked = ("significance", "--draws", "9", "--format", "json", "--seed")
    one, same, other = (json.loads(said(*asked, seed)[1]) for seed in ("1", "1", "2"))
    assert one == same
    assert one["results"] != other["results"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("significance --on hope", ("hope", "isolation")),
        ("significance --draws 0", ("draws",)),
        ("intervals --of territories", ("isolation",)),
        ("pockets --metric charm", ("charm", "links_out")),
    ],
)
def test_what_cannot_be_meant_is_said(said: Said, command: str, words: tuple[str, ...]) -> None:
    status, out, err = said(*command.split())
    assert status != 0
    assert out == ""
    assert all(word in err for word in words)
