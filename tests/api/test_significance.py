"""Significance, intervals and pockets: what the three say, over HTTP and on the command line."""

import dataclasses
import json
from typing import Any

import polars as pl
import pytest

from api import models
from api.answers import (
    BadQuestionError,
    IntervalsQuestion,
    PocketsQuestion,
    Reader,
    SignificanceQuestion,
    intervals,
    pockets,
    significance,
)
from tests.client import Client

FEW = 19


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (f"significance?draws={FEW}&limit=500", models.SignificancePage),
        (f"significance?draws={FEW}&level=epci&outward=partners&without_stale=true", models.SignificancePage),
        (f"significance?draws={FEW}&on=brokerage&as_of=2020-10-17", models.SignificancePage),
        (f"significance?draws={FEW}&on=pairs&limit=500", models.SignificancePage),
        (f"significance?draws={FEW}&on=pairs&of=territories&level=region&method=drawn", models.SignificancePage),
        ("intervals?draws=2&by=degree&limit=500", models.IntervalsPage),
        ("intervals?draws=2&of=territories&by=isolation&level=region", models.IntervalsPage),
        ("pockets?limit=500", models.PocketsPage),
        ("pockets?level=region&metric=degree", models.PocketsPage),
    ],
)
def test_answers_are_as_openapi_says(client: Client, path: str, model: Any) -> None:
    body = client.json(f"/api/v1/{path}")
    model.model_validate_json(json.dumps(body))
    assert body["total"] >= len(body["results"]) > 0


@pytest.mark.parametrize(
    "path",
    [
        f"significance?draws={FEW}&on=hope",
        "significance?draws=1000",
        "significance?alpha=0",
        "intervals?draws=201",
        "intervals?share=1",
        "pockets?metric=a-b",
        "pockets?seed=1",
    ],
)
def test_beyond_the_bounds_is_refused(client: Client, path: str) -> None:
    assert client.get(f"/api/v1/{path}").status_code == 422


@pytest.mark.parametrize("name", ["significance", "intervals", "pockets"])
def test_tables_are_files_too(client: Client, name: str) -> None:
    asked = {"significance": f"draws={FEW}", "intervals": "draws=2&by=degree", "pockets": "level=region"}[name]
    total = client.json(f"/api/v1/{name}?{asked}&limit=1")["total"]
    assert pl.read_csv(client.get(f"/api/v1/{name}.csv?{asked}").content, infer_schema=False).height == total
    assert pl.read_parquet(client.get(f"/api/v1/{name}.parquet?{asked}").content).height == total


def test_a_test_says_how_it_was_made(reader: Reader) -> None:
    answer = significance(reader, SignificanceQuestion(draws=FEW, seed=3, alpha=0.2))
    said = answer.context["significance"]
    assert (said["draws"], said["seed"], said["alpha"]) == (FEW, 3, 0.2)
    assert said["tests"] == answer.frame["p"].count() < answer.total == 109
    assert said["found"] == answer.frame.filter(pl.col("q") <= 0.2).height
    assert "make no territory isolated" in answer.context["scope"]
    assert answer.context["graph_sha256"] == reader.generation.graph_sha256
    assert answer.frame["p"].min() == pytest.approx(2 / (FEW + 1))


def test_what_is_found_depends_on_alpha_alone(reader: Reader) -> None:
    strict, lax = (significance(reader, SignificanceQuestion(draws=FEW, alpha=alpha)).frame for alpha in (0.0001, 1))
    assert strict["finding"].null_count() == strict.height
    assert lax["finding"].count() == lax["p"].count()
    assert strict.drop("finding").equals(lax.drop("finding"))


def test_both_methods_of_pairs_stand_beside_each_other(reader: Reader) -> None:
    question = SignificanceQuestion(on="pairs", of="alliances", draws=FEW, alpha=1)
    exact = significance(reader, question)
    drawn = significance(reader, dataclasses.replace(question, method="drawn"))
    assert exact.frame["p"].is_sorted()
    assert drawn.frame["p_drawn"].is_sorted()
    keys = ("iri", "other_iri")
    assert exact.frame.sort(keys).equals(drawn.frame.sort(keys))
    assert exact.context["significance"]["tests"] == 338 * 337 // 2
    assert exact.context["significance"]["method"] != drawn.context["significance"]["method"]
    assert exact.frame.filter(pl.col("name") == pl.col("other_name")).is_empty()


def test_what_is_not_fresh_is_not_tested(reader: Reader) -> None:
    every, fresh = (
        significance(reader, SignificanceQuestion(draws=1, level="region", without_stale=without))
        for without in (False, True)
    )
    assert fresh.frame["observed"].sum() < every.frame["observed"].sum()
    assert "two years ago" in fresh.context["scope"]


def test_pockets_call_nothing_isolated_and_say_what_was_not_observed(reader: Reader) -> None:
    answer = pockets(reader, PocketsQuestion(level="epci", permutations=99))
    unseen = answer.frame.filter(pl.col("status").is_in(["unknown", "not_covered"]))
    assert unseen.height == answer.context["pockets"]["unobserved"] > 0
    assert unseen["fr"].str.contains("non observé en entier").all()
    assert unseen["en"].str.contains("Not observed in full").all()
    assert answer.frame.select(pl.col("fr", "en").str.contains("isol").any()).row(0) == (False, False)
    moran = answer.context["pockets"]["moran"]
    assert moran["n"] + moran["islands"] == answer.frame["value"].count()
    assert (moran["permutations"], moran["seed"]) == (99, 17)


def test_islands_are_said_to_be_left_out(reader: Reader) -> None:
    rows = {row["code"]: row for row in pockets(reader, PocketsQuestion(permutations=9)).frame.to_dicts()}
    island = rows["DEP-974"]
    assert (island["neighbours"], island["lag"], island["local"], island["p"], island["pocket"]) == (0, *[None] * 4)
    assert island["fr"].startswith("Hors du calcul")
    assert rows["DEP-14"]["neighbours"] == 3


def test_a_pocket_is_told_in_both_languages(reader: Reader) -> None:
    answer = pockets(reader, PocketsQuestion(level="epci", permutations=99, alpha=1))
    low = answer.frame.filter(pocket="LL").row(0, named=True)
    assert low["fr"].startswith("Valeur basse parmi des valeurs basses.")
    assert low["en"].startswith("A low value among low ones.")
    assert {facet["value"] for facet in answer.facets["pocket"]} >= {"LL", "HH"}


def test_communes_take_fewer_permutations() -> None:
    assert [PocketsQuestion(level=level).orders for level in ("epci", "commune")] == [9_999, 999]
    assert PocketsQuestion(level="commune", permutations=9).orders == 9


def test_ranks_have_their_intervals(reader: Reader) -> None:
    answer = intervals(reader, IntervalsQuestion(by="degree", draws=20))
    said = answer.context["intervals"]
    assert (said["draws"], said["share"], said["within"], said["seed"]) == (20, 0.1, 0.9, 17)
    first = answer.frame.row(0, named=True)
    assert (first["rank"], first["rank_low"]) == (1, 1)
    assert answer.frame["rank"].is_sorted()
    assert answer.total == reader.generation.table("actors").filter(pl.col("kind") != "person").height


def test_without_dropping_isolation_ranks_as_it_does(reader: Reader) -> None:
    answer = intervals(reader, IntervalsQuestion(of="territories", by="isolation", level="region", draws=3))
    known = dict(reader.generation.isolation("region").select("code", "rank").iter_rows())
    assert dict(answer.frame.select("id", "rank").iter_rows()) == known


@pytest.mark.parametrize(
    "question",
    [
        IntervalsQuestion(of="territories", by="betweenness"),
        IntervalsQuestion(of="actors", by="isolation"),
        IntervalsQuestion(of="territories", by="isolation", level="commune"),
        IntervalsQuestion(by="charm"),  # type: ignore[arg-type]
    ],
)
def test_ranks_that_there_are_not(reader: Reader, question: IntervalsQuestion) -> None:
    with pytest.raises(BadQuestionError):
        intervals(reader, question)


@pytest.mark.parametrize(
    "question",
    [
        SignificanceQuestion(on="hope"),  # type: ignore[arg-type]
        SignificanceQuestion(level="country"),  # type: ignore[arg-type]
        SignificanceQuestion(method="guess"),  # type: ignore[arg-type]
    ],
)
def test_tests_that_there_are_not(reader: Reader, question: SignificanceQuestion) -> None:
    with pytest.raises(BadQuestionError, match="choose one of"):
        significance(reader, question)


@pytest.mark.parametrize("metric", ["charm", "name", "status"])
def test_pockets_of_what_is_no_number(reader: Reader, metric: str) -> None:
    with pytest.raises(BadQuestionError, match="alliances_per_10000"):
        pockets(reader, PocketsQuestion(metric=metric))


def test_pockets_of_a_level_that_there_is_not(reader: Reader) -> None:
    with pytest.raises(BadQuestionError, match="departement"):
        pockets(reader, PocketsQuestion(level="country"))  # type: ignore[arg-type]
