"""Whole networks, bridges and weights: over HTTP, on the command line, and what is refused."""

import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from pydantic import BaseModel

from api import models
from api.answers import BadQuestionError, MetricsQuestion, NetworksQuestion, Reader, bridges, metrics, networks
from graph import Generation
from graph.chosen import Chosen
from tests.client import Client


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("networks", models.Page[models.NetworkRow]),
        ("networks?network=territories_epci", models.Page[models.NetworkRow]),
        ("networks?as_of=2020-10-17&as_of_mode=certain&without_stale=true", models.Page[models.NetworkRow]),
        ("bridges?limit=500", models.Page[models.BridgeRow]),
        ("bridges?network=actors_projection&as_of=2020-10-17", models.Page[models.BridgeRow]),
        ("metrics?network=projection&weights=newman&limit=500", models.MetricsPage),
        ("metrics?network=projection&limit=500", models.MetricsPage),
        ("metrics?network=projection&validated=0.05&limit=500", models.MetricsPage),
        ("networks?validated=0.05", models.Page[models.NetworkRow]),
        ("whatif/departures?level=epci", models.Page[models.DepartureRow]),
        ("metrics?on=territories&level=epci&limit=500", models.MetricsPage),
        ("metrics?on=territories&level=region&weights=raw", models.MetricsPage),
    ],
)
def test_answers_are_as_openapi_says(client: Client, path: str, model: type[BaseModel]) -> None:
    model.model_validate_json(client.get(f"/api/v1/{path}").content)


def test_what_is_stored_is_what_would_be_computed(generation: Generation, reader: Reader) -> None:
    everything = networks(reader, NetworksQuestion()).frame
    assert everything.equals(generation.metric_table("networks"))
    computed = generation.measured("actors", projected=True, chosen=Chosen(weights="raw")).frame
    stored = generation.metric_table("actors_projection")
    assert computed.columns == stored.columns
    weighed = ("pagerank", "eigenvector", "hits", "constraint", "effective_size", "efficiency")
    assert computed.drop(weighed).equals(stored.drop(weighed))
    assert not any(computed[name].equals(stored[name]) for name in weighed)


def test_the_bridge_that_cuts_most_off_comes_first_with_its_names(reader: Reader) -> None:
    answer = bridges(reader, NetworksQuestion(network="two-mode", limit=20))
    assert answer.frame["cut_off"].is_sorted(descending=True)
    assert answer.frame["cut_off"][0] > 10
    assert answer.frame.null_count().sum_horizontal().item() == 0
    assert answer.total == reader.generation.metric_table("networks").filter(network="two-mode")["bridges"].item()


def test_a_projection_says_how_much_of_it_big_alliances_make(reader: Reader) -> None:
    context = metrics(reader, MetricsQuestion(network="projection", limit=1)).context
    said = context["network"]
    assert 0.2 < said["big_share"] < 0.5
    assert f"{said['big_share']:.0%} of its ties come from what ties more than 10 alone" in context["scope"]
    assert said["warning_fr"]
    assert metrics(reader, MetricsQuestion(limit=1)).context["network"]["warning_fr"] is None


def test_of_a_day_there_is_less(reader: Reader) -> None:
    then = networks(reader, NetworksQuestion(as_of=date(2015, 6, 1))).frame
    now = networks(reader, NetworksQuestion()).frame
    edges = {frame["edges"][0] for frame in (then, now)}
    assert then["edges"][0] == min(edges) < max(edges)


@pytest.mark.parametrize(
    "question",
    [
        MetricsQuestion(weights="newman"),
        MetricsQuestion(weights="raw", network="two-mode"),
        MetricsQuestion(weights="gold", network="projection"),  # type: ignore[arg-type]
    ],
)
def test_weights_that_there_are_not(reader: Reader, question: MetricsQuestion) -> None:
    with pytest.raises(BadQuestionError, match="weights"):
        metrics(reader, question)


def test_a_validated_projection_says_what_was_compared_and_what_is_left(reader: Reader) -> None:
    raw = MetricsQuestion(network="projection", metrics=("links",))
    question = replace(raw, validated=1)
    edges = [metrics(reader, one).context["network"]["edges"] for one in (raw, question)]
    assert edges[0] == edges[1] > 0
    strict = metrics(reader, replace(question, validated=0.05))
    assert strict.context["network"]["tests"] == 525_825
    assert "validated: only the 0 ties with q ≤ 0.05" in strict.context["scope"]
    assert strict.frame["links"].sum() == 0
    assert strict.total == 1098
    with pytest.raises(BadQuestionError, match="one-mode"):
        metrics(reader, MetricsQuestion(validated=0.05))


def test_a_network_that_there_is_not(reader: Reader) -> None:
    with pytest.raises(BadQuestionError, match="two-mode, actors_projection"):
        networks(reader, NetworksQuestion(network="social"))  # type: ignore[arg-type]


def test_roles_over_regions_can_be_asked_for_and_sorted_by(client: Client) -> None:
    asked = "metric=liaison_region&metric=e_i_region&sort=-liaison_region&limit=5"
    rows = client.json(f"/api/v1/metrics?network=projection&{asked}")["results"]
    counts = [row["liaison_region"] for row in rows]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 0
    assert all(-1 <= row["e_i_region"] <= 1 for row in rows)


def test_tables_are_told_apart_by_suffix(client: Client) -> None:
    text = client.get("/api/v1/networks.csv").text
    assert text.splitlines()[0].lstrip("\ufeff").startswith("network,nodes,edges")
    assert len(text.splitlines()) == 7
    frame = pl.read_parquet(client.get("/api/v1/bridges.parquet").content)
    assert frame.height == json.loads(client.get("/api/v1/bridges?limit=1").content)["total"]
