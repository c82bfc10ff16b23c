"""Every number says what it depends on: scope, date, coverage, parameters, seed and graph; and none is NaN."""

import json
from datetime import date
from typing import NoReturn

import pytest

from api.answers import MetricsQuestion, PocketsQuestion, Reader, metrics, pockets
from graph import Generation
from graph.isolation import WEIGHTS
from graph.seed import SEED
from tests.client import Client

CHANCE = {
    "metrics?limit=9": "network",
    "metrics?network=projection&weights=newman&limit=9": "network",
    "metrics?network=projection&validated=0.05&limit=9": "network",
    "metrics?on=territories&level=epci&as_of=2020-10-17&as_of_mode=certain&limit=9": "network",
    "networks?without_stale=true": "parameters",
    "networks?validated=0.05": "parameters",
    "bridges?limit=9": "parameters",
    "series?metric=modularity&from=2020&to=2021&without_stale=true": "parameters",
    "series?metric=betweenness&id=le-rameau&from=2021&to=2021": "parameters",
    "diff?from=2020-05-07&to=2022-05-07&limit=5": "parameters",
    "significance?draws=19&limit=9": "significance",
    "significance?on=brokerage&draws=19&limit=9": "significance",
    "significance?on=pairs&draws=19&limit=9": "significance",
    "intervals?draws=5&limit=9": "intervals",
    "intervals?of=territories&by=isolation&level=region&draws=3": "intervals",
    "pockets?level=region": "pockets",
}
"""What draws lots, and in which part of the context the seed stands."""
EXACT = (
    "isolation?level=region",
    "isolation?as_of=2015-01-01&as_of_mode=certain&without_stale=true&limit=9",
    "territories/DEP-14/isolation",
    "whatif/add?territory=DEP-14&top=2",
    "whatif/remove?actor=le-rameau&limit=3",
    "whatif/departures?level=epci&limit=3&without_stale=true",
    "paths?from=le-rameau&to=REG-94&limit=2",
    "series?from=2019&to=2021&without_stale=true",
)


@pytest.mark.parametrize("path", [*CHANCE, *EXACT])
def test_it_says_what_it_depends_on(client: Client, generation: Generation, path: str) -> None:
    context = json.loads(client.get(f"/api/v1/{path}").content, parse_constant=_no_number)["context"]
    assert context["graph_sha256"] == generation.graph_sha256
    assert context["scope"]
    assert {"as_of", "as_of_mode"} <= set(context)
    assert generation.graph_sha256 in context["citation"]
    assert "coverage" in context
    for asked in path.partition("?")[2].split("&"):
        name, _, value = asked.partition("=")
        if name in context["parameters"]:
            assert json.dumps(context["parameters"][name]).strip('"') == value
    assert (context["parameters"]["stale_on"] is not None) == ("without_stale=true" in path)


@pytest.mark.parametrize(("path", "part"), CHANCE.items())
def test_chance_has_its_seed(client: Client, path: str, part: str) -> None:
    said = client.json(f"/api/v1/{path}")["context"][part]
    assert said.get("moran", said)["seed"] == SEED


def test_scores_have_their_weights(client: Client) -> None:
    for path in ("isolation?level=region", "whatif/add?territory=DEP-14", "territories/DEP-14/isolation"):
        assert client.json(f"/api/v1/{path}")["context"]["parameters"]["weights"] == dict(WEIGHTS)


def test_a_pocket_of_a_metric_is_of_everything_and_one_of_isolation_of_a_day(reader: Reader) -> None:
    known = reader.generation.knowledge_date
    assert pockets(reader, PocketsQuestion(level="region", metric="links_out")).context["as_of"] == known
    metric = pockets(reader, PocketsQuestion(level="region", metric="betweenness"))
    assert metric.context["as_of"] is None
    stored = reader.generation.metrics("betweenness", on="territories", level="region")
    values = dict(stored.select("id", "betweenness").iter_rows())
    assert dict(metric.frame.select("code", "value").iter_rows()).items() <= values.items()
    then = pockets(reader, PocketsQuestion(level="region", metric="betweenness", as_of=date(2015, 1, 1)))
    assert then.context["as_of"] == date(2015, 1, 1)


def test_how_old_is_counted_from_the_date_that_is_asked_for(reader: Reader) -> None:
    for day in (date(2020, 10, 17), None):
        context = metrics(reader, MetricsQuestion(as_of=day, without_stale=True, limit=1)).context
        assert context["parameters"]["stale_on"] == (day or reader.generation.knowledge_date)


def _no_number(text: str) -> NoReturn:
    raise AssertionError(text)
