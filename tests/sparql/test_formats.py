"""Results as text: whole ones are what the engine writes, cut ones are readable, and a cut is told."""

import csv
import io
import json
from xml.etree import ElementTree

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, QuerySolutions, QueryTriples, Store

from api.sparql import formats, negotiation
from api.sparql.errors import NotAcceptableError

QUERY = r"""SELECT ?a ?b { VALUES (?a ?b) {
  (<http://x/é?a&b'> "p\tq\r\n\"<>&',x") ("a"@fr-BE UNDEF) (1.50 "1e0"^^<http://www.w3.org/2001/XMLSchema#double>)
  (true "abc"^^<http://www.w3.org/2001/XMLSchema#integer>) (UNDEF UNDEF) ("" " lead ") ("a"@ar--rtl "é\\") (-3 1.0e6)
  ("2020-05"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> "]]>") } }"""
TABLES = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/csv": QueryResultsFormat.CSV,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
BYTE_FOR_BYTE = [name for name in TABLES if "xml" not in name]
MANY = 1 << 20


def _rows(content: bytes, form: QueryResultsFormat) -> list[tuple[object, ...]]:
    parsed = pyoxigraph.parse_query_results(content, format=form)
    assert isinstance(parsed, QuerySolutions)
    return [tuple(row) for row in parsed]


@pytest.mark.parametrize("query", [QUERY, "SELECT * { VALUES () { () () } }", "SELECT ?x { FILTER(false) }", "ASK { }"])
@pytest.mark.parametrize("media_type", BYTE_FOR_BYTE)
def test_tables_are_byte_for_byte_those_of_the_engine(query: str, media_type: str) -> None:
    expected = _by_engine(query, media_type)
    body = formats.write(Store().query(query), media_type, MANY, MANY)
    assert body.content == expected
    assert not body.truncated


def test_xml_says_the_same_as_the_engine() -> None:
    """Not byte for byte: a carriage return is kept as a reference here, the engine's is lost to XML's rules."""
    body = formats.write(Store().query(QUERY), "application/sparql-results+xml", MANY, MANY)
    assert _rows(body.content, QueryResultsFormat.XML) == [tuple(row) for row in _solutions(QUERY)]


def _numbers(content: bytes, media_type: str) -> list[int]:
    """The values of a table of one column of integers."""
    if media_type == "text/csv":
        return [int(line) for line in content.decode().splitlines()[1:]]
    rows = _rows(content, TABLES[media_type])
    return [int(term.value) for row in rows for term in row if isinstance(term, Literal)]


def _by_engine(query: str, media_type: str, store: Store | None = None) -> bytes:
    """What the engine itself writes."""
    results = (store or Store()).query(query)
    assert not isinstance(results, QueryTriples)
    return results.serialize(format=TABLES[media_type]) or b""


def _solutions(query: str) -> QuerySolutions:
    results = Store().query(query)
    assert isinstance(results, QuerySolutions)
    return results


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(text: str) -> None:
    store = Store()
    store.add(Quad(NamedNode("a:s"), NamedNode("a:p"), Literal(text)))
    query = "SELECT ?o { ?s ?p ?o }"
    as_json = formats.write(store.query(query), negotiation.JSON, MANY, MANY).content
    assert json.loads(as_json)["results"]["bindings"][0]["o"]["value"] == text
    as_tsv = formats.write(store.query(query), "text/tab-separated-values", MANY, MANY).content
    assert _rows(as_tsv, QueryResultsFormat.TSV) == [(Literal(text),)]
    as_csv = formats.write(store.query(query), "text/csv", MANY, MANY).content
    assert as_csv == _by_engine(query, "text/csv", store)
    as_xml = formats.write(store.query(query), "application/sparql-results+xml", MANY, MANY).content
    literal = ElementTree.fromstring(as_xml).findtext(".//{*}literal")  # noqa: S314 - written a line above
    assert literal == "".join(character if _in_xml(character) else "\ufffd" for character in text)


def _in_xml(character: str) -> bool:
    """Whether XML 1.0 has a place for it."""
    return character in "\t\n\r" or (character >= " " and character not in "\ufffe\uffff")


def test_triple_terms_are_written() -> None:
    query = 'SELECT ?t { BIND(TRIPLE(<a:s>, <a:p>, "o"@en) AS ?t) }'
    for media_type in BYTE_FOR_BYTE:
        expected = _by_engine(query, media_type)
        assert formats.write(Store().query(query), media_type, MANY, MANY).content == expected
    xml = formats.write(Store().query(query), "application/sparql-results+xml", MANY, MANY).content
    assert b"<triple><subject><uri>a:s</uri></subject>" in xml


VALUES_10 = "SELECT ?x { VALUES ?x { 0 1 2 3 4 5 6 7 8 9 } }"


@pytest.mark.parametrize("media_type", TABLES)
@pytest.mark.parametrize(("limit", "rows", "cut"), [(10, 10, False), (9, 9, True), (1, 1, True)])
def test_rows_are_cut_at_the_limit(media_type: str, limit: int, rows: int, cut: bool) -> None:
    body = formats.write(Store().query(VALUES_10), media_type, limit, MANY)
    assert body.truncated is cut
    assert _numbers(body.content, media_type) == list(range(rows))


@pytest.mark.parametrize("media_type", TABLES)
def test_bytes_are_cut_at_whole_rows(media_type: str) -> None:
    whole = formats.write(Store().query(VALUES_10), media_type, MANY, MANY).content
    body = formats.write(Store().query(VALUES_10), media_type, MANY, len(whole) // 2)
    assert body.truncated
    assert 0 < len(_numbers(body.content, media_type)) < 10


@pytest.mark.parametrize("media_type", [*TABLES, *formats.RDF_FORMATS])
def test_a_row_larger_than_everything_is_an_error(media_type: str) -> None:
    value = "x" * 1000
    query = (
        f'SELECT ("{value}" AS ?x) {{ }}' if media_type in TABLES else f'CONSTRUCT {{ <a:s> <a:p> "{value}" }} {{ }}'
    )
    with pytest.raises(formats.RowTooLargeError):
        formats.write(Store().query(query), media_type, MANY, 500)


HOSTILE = [
    "},{",
    '"},{"',
    "</result>",
    "<result>",
    "\r\n",
    '"\r\n"',
    "\n",
    '""',
    "\\",
    "}}",
    '"bindings":[',
    "é\U0001f600",
    "",
]
hostile = st.lists(st.sampled_from(HOSTILE), max_size=8).map("".join)


@given(st.lists(hostile, max_size=12), st.integers(1, 12), st.integers(100, 2_000))
@pytest.mark.parametrize("media_type", TABLES)
def test_a_cut_is_at_whole_rows_whatever_the_values_hold(
    media_type: str, values: list[str], max_rows: int, max_bytes: int
) -> None:
    """Values that look like the end of a row: what is kept is a beginning of the whole, and as long as can be."""
    query = "SELECT ?x { VALUES ?x { " + " ".join(str(Literal(value)) for value in values) + " } }"
    try:
        body = formats.write(Store().query(query), media_type, max_rows, max_bytes)
    except formats.RowTooLargeError:
        assert len(_by_engine(query, media_type)) > max_bytes
        return
    kept = _values(body.content, media_type)
    assert kept == values[: len(kept)]
    assert len(kept) <= max_rows
    assert body.truncated is (len(kept) < len(values))
    if body.truncated and len(kept) < max_rows:
        assert len(_by_engine(query, media_type)) > max_bytes


def _values(content: bytes, media_type: str) -> list[str]:
    """The values of a table of one column of strings."""
    if media_type == "text/csv":
        reader = csv.reader(io.StringIO(content.decode(), newline=""))
        return [row[0] if row else "" for row in reader][1:]
    rows = _rows(content, TABLES[media_type])
    return [term.value for row in rows for term in row if isinstance(term, Literal)]


def test_the_engine_is_stopped_when_there_is_enough() -> None:
    """Some 10¹² rows are asked for; the first few come at once."""
    digits = "VALUES ?x { 0 1 2 3 4 5 6 7 8 9 }"
    query = "SELECT * { " + " ".join(digits.replace("?x", f"?x{i}") for i in range(12)) + " }"
    for media_type in TABLES:
        assert formats.write(Store().query(query), media_type, 1_000, MANY).truncated


def test_the_cut_is_told_in_the_body_where_there_is_a_place() -> None:
    head = json.loads(formats.write(Store().query(VALUES_10), negotiation.JSON, 3, MANY).content)["head"]
    assert head == {"vars": ["x"], "link": [formats.TRUNCATED_LINK], "truncated": True}
    xml = formats.write(Store().query(VALUES_10), "application/sparql-results+xml", 3, MANY).content
    assert f'<link href="{formats.TRUNCATED_LINK}"/></head>'.encode() in xml


CONSTRUCT_10 = "CONSTRUCT { ?x <a:p> ?x } { VALUES ?n { 0 1 2 3 4 5 6 7 8 9 } BIND(IRI(CONCAT('a:', STR(?n))) AS ?x) }"


@pytest.mark.parametrize("media_type", formats.RDF_FORMATS)
@pytest.mark.parametrize(("limit", "triples", "cut"), [(10, 10, False), (4, 4, True)])
def test_graphs_are_cut_and_stay_readable(media_type: str, limit: int, triples: int, cut: bool) -> None:
    body = formats.write(Store().query(CONSTRUCT_10), media_type, limit, MANY)
    assert body.truncated is cut
    assert len(list(pyoxigraph.parse(body.content, format=formats.RDF_FORMATS[media_type]))) == triples
    assert (b"truncated: the first 4" in body.content) is (cut and media_type != "application/ld+json")


NEGOTIATIONS = [
    ("", "SELECT", negotiation.JSON),
    ("*/*", "SELECT", negotiation.JSON),
    ("application/*", "ASK", negotiation.JSON),
    ("application/json", "SELECT", negotiation.JSON),
    ("text/*", "SELECT", "text/csv"),
    ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "SELECT", "application/sparql-results+xml"),
    ("TEXT/CSV ; Q=1.0", "SELECT", "text/csv"),
    ("application/sparql-results+json;q=0, */*;q=0.1", "SELECT", "application/sparql-results+xml"),
    ("text/tab-separated-values, text/html", "SELECT", "text/tab-separated-values"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "SELECT", "application/sparql-results+xml"),
    ("*/*", "CONSTRUCT", "text/turtle"),
    ("application/ld+json, text/turtle;q=0.9", "DESCRIBE", "application/ld+json"),
    ("application/sparql-results+json, text/turtle;q=0.1", "CONSTRUCT", "text/turtle"),
    ("csv", "SELECT", "text/csv"),
    ("ntriples", "CONSTRUCT", "application/n-triples"),
]


@pytest.mark.parametrize(("accept", "form", "expected"), NEGOTIATIONS)
def test_the_best_accepted_format_is_chosen(accept: str, form: str, expected: str) -> None:
    assert negotiation.result_type(accept, form) == expected


NOT_ACCEPTABLE = [
    ("image/png", "SELECT"),
    ("text/turtle", "SELECT"),
    ("text/csv", "CONSTRUCT"),
    ("text/csv;q=0", "ASK"),
    ("text/csv;q=x", "ASK"),
    ("nonsense", "ASK"),
]


@pytest.mark.parametrize(("accept", "form"), NOT_ACCEPTABLE)
def test_what_cannot_be_given_is_not_acceptable(accept: str, form: str) -> None:
    with pytest.raises(NotAcceptableError, match=form):
        negotiation.result_type(accept, form)


@given(st.text())
def test_any_accept_header_is_read(accept: str) -> None:
    assert negotiation.choose(accept, {"text/csv": "text/csv"}) in {"text/csv", None}
