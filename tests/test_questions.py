"""Every question of `graph/questions/` is answered, rightly and the same in every way."""

import io
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import networkx as nx
import polars as pl
import pytest

from api import cli
from graph import Generation, competency
from graph.competency import Compare, Question, QuestionError, Rest, questions
from graph.home import Home
from graph.queries import Row, select
from ontology import schemes
from tests.client import Client

FEWEST = 30
QUESTIONS = questions()

every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
Key = tuple[str | None, ...]


# Answers


def test_there_are_enough_questions() -> None:
    assert len(QUESTIONS) >= FEWEST
    assert len({one.id for one in QUESTIONS}) == len({one.fr for one in QUESTIONS}) == len(QUESTIONS)


@every_question
def test_the_answer_is_the_expected_one(question: Question, generation: Generation) -> None:
    rows = question.ask(generation)
    assert rows, "no answer"
    assert not [expected for expected in question.expect if not any(fits(row, expected) for row in rows)]
    if question.complete:
        assert not [row for row in rows if not any(fits(row, expected) for expected in question.expect)]
        assert len(rows) == len(question.expect)


@every_question
def test_python_gives_the_same_answer(question: Question, generation: Generation) -> None:
    frame = frame_of(question.python, generation)
    names = tuple(frame.columns)
    rows = question.ask(generation)
    assert set(names) <= set(rows[0])
    compare(table(rows, names), {tuple(plain(value) for value in row) for row in frame.iter_rows()}, question.compare)


@pytest.mark.parametrize(
    ("question", "rest"),
    [pytest.param(one, rest, id=f"{one.id}-{place}") for one in QUESTIONS for place, rest in enumerate(one.rest)],
)
def test_http_gives_the_same_answer(question: Question, rest: Rest, generation: Generation, http: "Http") -> None:
    names = tuple(rest.fields)
    rows = [row for row in question.ask(generation) if fits(row, rest.of)]
    assert rows, f"the answer has no row with {rest.of}"
    found = {tuple(plain(field(row, rest.fields[name])) for name in names) for row in http.rows(rest)}
    compare(table(rows, names), found, rest.compare)


@pytest.mark.parametrize("question", [one for one in QUESTIONS if not one.rest], ids=lambda question: question.id)
def test_sparql_over_http_gives_the_same_answer(question: Question, generation: Generation, http: "Http") -> None:
    body = http.body("/sparql", query=question.standalone)
    names = tuple(body["head"]["vars"])
    found = {tuple(plain(row.get(name, {}).get("value")) for name in names) for row in body["results"]["bindings"]}
    compare(table(question.ask(generation), names), found, "equal")


@pytest.mark.parametrize("command", sorted({one.cli for one in QUESTIONS}))
def test_the_command_answers(command: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLIANCES_HOME", str(home.path))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(QUESTIONS[0].standalone.encode()), encoding="utf-8"))
    assert cli.run(shlex.split(command)[1:]) == 0


# Queries


@every_question
def test_no_value_or_id_is_written_into_a_query(question: Question) -> None:
    assert breaches(question.sparql) == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?f WHERE { ?f al:value 81 }",
        "SELECT ?f WHERE { ?f al:value ?v FILTER(?v > 80.5) }",
        'SELECT ?f WHERE { ?f dct:identifier "le-rameau" }',
        'SELECT ?f WHERE { ?f rdfs:label "Le RAMEAU"@fr }',
        'SELECT ?f WHERE { ?f skos:altLabel ?name FILTER(?name = "AN") }',
        "SELECT ?f WHERE { ?f al:study <https://w3id.org/alliances/id/programme/ecosystem:programme-impact> }",
        "SELECT ?f WHERE { ?f al:contributesTo <http://metadata.un.org/sdg/17.17> }",
    ],
)
def test_a_written_value_is_seen(query: str) -> None:
    assert breaches(query)


def test_what_the_asker_names_is_marked() -> None:
    assert breaches('VALUES ?asked { "Le RAMEAU"@fr }  # parameter: the name of an actor') == []


# Files


@pytest.mark.parametrize("text", ["fr = 1", "fr = 'never closed", "sparql = 'SELECT * {}'\nunknown = 1"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "99-broken.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(QuestionError, match=r"99-broken\.toml"):
        competency.read(file)


def test_select_refuses_what_has_no_rows(generation: Generation) -> None:
    with pytest.raises(TypeError, match="SELECT"):
        select(generation, "ASK { ?s ?p ?o }")


def test_what_is_not_bound_is_none(generation: Generation) -> None:
    assert select(generation, "SELECT ?a ?b WHERE { BIND(1 AS ?a) }") == [{"a": "1", "b": None}]


# Comparing


def fits(row: Row, expected: Mapping[str, str]) -> bool:
    """Whether a row has these values; an empty text stands for no value."""
    return all(plain(row[name]) == plain(value) for name, value in expected.items())


def table(rows: Sequence[Row], names: tuple[str, ...]) -> set[Key]:
    return {tuple(plain(row[name]) for name in names) for row in rows}


def compare(answer: set[Key], other: set[Key], how: Compare) -> None:
    assert other, "the other way finds nothing"
    if how != "superset":
        assert not other - answer, "rows that SPARQL does not give"
    if how != "subset":
        assert not answer - other, "rows that SPARQL alone gives"


def plain(value: object) -> str | None:
    """A value as text, the same from RDF, Polars and JSON: numbers without an exponent, nothing for an empty text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"{float(text):.12g}" if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", text) else text


def frame_of(expression: str, generation: Generation) -> pl.DataFrame:
    """What the Python form gives; it is our own, from a file of the package."""
    names = {"g": generation, "pl": pl, "nx": nx}
    frame = eval(f"({expression})", names)  # noqa: S307
    assert isinstance(frame, pl.DataFrame)
    return frame


def breaches(query: str) -> list[str]:
    """Numbers, texts and records that a query names, other than those in lines marked as parameters.

    Keys of concepts are no values, nor are 0 and 1, languages and separators, or texts that the query itself makes.
    """
    lines = [line for line in query.splitlines() if "# parameter: " not in line and not line.lstrip().startswith("# ")]
    written = "\n".join(lines)
    bound = " ".join(re.findall(r"BIND\((.*) AS \?", written))
    made = set(re.findall(r'(?:^|[ ,]) ?"([^"]*)"', bound))
    allowed = concept_keys() | made | {"fr", "en", " | ", "", "#", "="}
    texts = [text for text in re.findall(r'"([^"]*)"', written) if text not in allowed]
    bare = re.sub(r'"[^"]*"|\?\w+|\w+:\w+', "", written)
    numbers = [number for number in re.findall(r"\d+(?:\.\d+)?", bare) if number not in {"0", "1"}]
    return [*texts, *numbers, *re.findall(r"<[a-z]+:[^>]*>", written)]


def concept_keys() -> set[str]:
    return {key for scheme in schemes.scheme_names() for key in schemes.keys(scheme)}


# HTTP


class Http:
    """The HTTP interface, without a network between."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def rows(self, rest: Rest) -> list[Mapping[str, Any]]:
        """What an address gives, one row an entry; `Any`: a field may be anything that JSON knows."""
        paths = [rest.path]
        if rest.find is not None:
            paths = [rest.path.replace("{id}", one["id"]) for one in self.body(rest.find)["results"]]
        return [row for path in paths for row in rows_of(self.body(path), rest)]

    def body(self, path: str, **params: str) -> Mapping[str, Any]:
        body: Mapping[str, Any] = self._client.json(str(httpx.URL(path).copy_merge_params(params)))
        return body


def rows_of(body: Mapping[str, Any], rest: Rest) -> Iterator[Mapping[str, Any]]:
    found = field(body, rest.rows) if rest.rows else body
    rows = list(found) if isinstance(found, list) else [found]
    for name in rest.explode:
        rows = [{**row, name: entry} for row in rows for entry in row[name]]
    return (row for row in rows if all(plain(field(row, name)) == plain(value) for name, value in rest.where.items()))


def field(row: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path."""
    value: Any = row
    for name in path.split("."):
        value = None if value is None else value[name]
    return value


@pytest.fixture(scope="module")
def http(client: Client) -> Http:
    return Http(client)
