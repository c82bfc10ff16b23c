"""Paths, series, differences and citations over HTTP."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from api import models
from api.answers import Reader, SeriesQuestion, series
from api.answers.paths import as_number
from graph import Generation
from tests.client import Client


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("paths?from=le-rameau&to=REG-94", models.Paths),
        ("paths?from=le-rameau&to=ville-d-evreux&as_of=2022-01-01&limit=2", models.Paths),
        ("paths?from=REG-28&to=REG-11&without_stale=true", models.Paths),
        ("series", models.Page[models.SeriesRow]),
        ("series?metric=degree&id=le-rameau&from=2020&to=2021", models.Page[models.SeriesRow]),
        ("series?metric=density&on=territories&level=region&from=2020&to=2021", models.Page[models.SeriesRow]),
        ("diff?from=2020-05-07&to=2022-05-07", models.Diff),
        ("diff?from=latest&to=latest", models.Diff),
        ("citation", models.Citation),
        ("metrics?without_stale=true&limit=3", models.MetricsPage),
        ("isolation?without_stale=true&level=region", models.Page[models.IsolationRow]),
    ],
)
def test_answers_are_as_openapi_says(client: Client, path: str, model: Any) -> None:
    model.model_validate_json(client.get(f"/api/v1/{path}").content)


def test_each_step_of_a_path_leads_to_its_row(client: Client, generation: Generation) -> None:
    body = client.json("/api/v1/paths?from=le-rameau&to=REG-94")
    assert body["distance"] == len(body["chains"][0]["steps"])
    assert (body["from"]["class"], body["to"]["class"]) == ("actor", "territory")
    steps = body["chains"][0]["steps"]
    assert steps[0]["from"]["id"] == "le-rameau"
    assert steps[-1]["to"]["id"] == "REG-94"
    assert all(one["to"] == other["from"] for one, other in pairwise(steps))
    origins = generation.table("origins")
    for step in steps:
        for tie in (*step["from_ties"], *step["to_ties"]):
            assert tie["period_basis"] in {"stated", "inferred", "unknown"}
            assert tie["source_urls"]
            cells = origins.filter(file=tie["origin"]["file"], row=tie["origin"]["row"])
            assert step["alliance"]["id"] in cells["raw"].to_list()


def test_no_path_is_a_clear_answer(client: Client) -> None:
    body = client.json("/api/v1/paths?from=le-rameau&to=DEP-48")
    assert (body["distance"], body["total"], body["chains"]) == (None, 0, [])
    assert (body["widest"], body["most_recent"], body["truncated"]) == (None, None, False)


def test_a_person_is_on_no_path_and_it_is_said(client: Client, generation: Generation) -> None:
    person = generation.table("actors").filter(kind="person")["id"][0]
    body = client.json(f"/api/v1/paths?from={person}&to=le-rameau")
    assert body["distance"] is None
    assert "person" in body["context"]["scope"]


def test_a_listing_that_was_cut_says_so(client: Client) -> None:
    whole = client.json("/api/v1/paths?from=le-rameau&to=ville-d-evreux&limit=50")
    cut = client.json("/api/v1/paths?from=le-rameau&to=ville-d-evreux&limit=1")
    assert whole["total"] == cut["total"] == len(whole["chains"]) > 1
    assert (len(cut["chains"]), cut["truncated"], whole["truncated"]) == (1, True, False)
    assert cut["widest"] == whole["widest"] in whole["chains"]
    assert cut["most_recent"] == whole["most_recent"] in whole["chains"]


def test_more_chains_than_json_can_count_are_digits() -> None:
    assert as_number(2**53 - 1) == 9007199254740991
    assert as_number(4**45) == "1237940039285380274899124224"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("paths?from=nobody&to=le-rameau", 404, "nobody"),
        ("paths?from=28&to=le-rameau", 400, "DEP-28"),
        ("paths?from=le-rameau&to=ecosystem:le-rameau", 400, "both ends"),
        ("paths?from=le-rameau", 422, "to"),
        ("paths?from=le-rameau&to=ville-d-evreux&limit=51", 422, "limit"),
        ("series?from=2021&to=2020", 400, "years"),
        ("series?metric=charm&from=2024", 400, "density"),
        ("series?metric=charm&id=le-rameau&from=2020", 400, "betweenness"),
        ("series?id=le-rameau", 400, "metric"),
        ("series?metric=degree&id=nobody", 404, "nobody"),
        ("series?metric=degree&on=territories&id=REG-28", 404, "level"),
        ("series?metric=degree&from=1900", 400, "60"),
        ("diff?from=2020-01-01&to=000009-00000000", 400, "two days"),
        ("diff?from=000009-00000000", 404, "kept"),
        ("diff?from=latest%5E", 404, "kept"),
        ("diff?from=2020-01-01&to=2021-01-01&metric=charm", 400, "betweenness"),
        ("citation?generation=000009-00000000", 404, "000009"),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(client: Client, path: str, status: int, words: str) -> None:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status
    assert words in response.json()["detail"]


def test_a_series_is_counted_with_what_is_undated(client: Client, generation: Generation) -> None:
    body = client.json("/api/v1/series?from=2020&to=2022")
    assert [row["year"] for row in body["results"]] == [2020, 2021, 2022]
    assert body["context"]["undated"] == generation.table("alliances")["start"].null_count() > 0
    assert all(row["alliances"] == row["dated"] + row["undated"] for row in body["results"])
    assert client.get("/api/v1/series.csv?from=2020&to=2022").text.count("\n") == 4


def test_a_series_of_a_metric_is_what_the_date_gives(client: Client, reader: Reader) -> None:
    found = series(reader, SeriesQuestion(metric="betweenness", id="le-rameau", first=2020, last=2020)).frame
    rows = client.json("/api/v1/metrics?metric=betweenness&as_of=2020-12-31&limit=500")["results"]
    values = {row["id"]: row["betweenness"] for row in rows}
    assert found["value"].to_list() == [values["le-rameau"]]
    assert found["rank"].to_list() == [1 + sum(value > values["le-rameau"] for value in values.values())]


def test_a_difference_of_dates_is_what_the_lists_differ_in(client: Client) -> None:
    body = client.json("/api/v1/diff?from=2020-05-07&to=2022-05-07&limit=500&metric=betweenness")
    then, later = (
        {row["id"] for row in client.json(f"/api/v1/alliances?as_of={day}&limit=500")["results"]}
        for day in ("2020-05-07", "2022-05-07")
    )
    found = {
        change: {row["id"] for row in body["alliances"] if row["change"] == change} for change in ("added", "removed")
    }
    assert found == {"added": later - then, "removed": then - later}
    assert body["counts"]["alliances"] == {"added": len(later - then), "removed": len(then - later), "changed": 0}
    assert {row["metric"] for row in body["metrics"]} == {"betweenness"}


def test_a_day_against_latest_is_against_the_state_of_knowledge(client: Client, generation: Generation) -> None:
    body = client.json("/api/v1/diff?from=2020-05-07&limit=1")
    assert date.fromisoformat(body["to"]["as_of"]) == generation.knowledge_date
    assert body["truncated"]


def test_every_answer_says_how_to_cite_it(client: Client, generation: Generation) -> None:
    for path in ("actors", "metrics?limit=1", "isolation?limit=1", "actors/le-rameau", "series?from=2020&to=2020"):
        assert client.json(f"/api/v1/{path}")["context"]["citation"] == generation.cite()
    body = client.json(f"/api/v1/citation?generation={generation.id}")
    assert (body["text"], body["bibtex"]) == (generation.cite(), generation.cite("bibtex"))
    assert {one["source"] for one in body["licences"]} == {"ecosystem", "territories", "sdg"}
