"""The guard: what it lets through, what it refuses, and that it says so rather than fails."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.limits import LIMITS
from api.sparql.errors import BadQueryError, ForbiddenError, SparqlError, TooLargeError
from api.sparql.guard import FORMS, inspect, tokenize

P = "PREFIX ex: <http://x/> PREFIX : <http://x/> PREFIX service: <http://s/> "

HARMLESS = {
    "string": 'SELECT * { ?s ?p "SERVICE <http://x> {}" }',
    "long string": "SELECT * { ?s ?p '''it's a\nSERVICE <x> {}''' }",
    "string with escapes": r'SELECT * { ?s ?p "\" SERVICE \\" }',
    "iri": "SELECT * { <http://x/SERVICE/DROP> ?p <http://x/service#Thing> }",
    "iri with parentheses": "SELECT * { ?s ?p <http://fr.wikipedia.org/wiki/Service_(droit)> }",
    "comment": "SELECT * { ?s ?p ?o # SERVICE <x> {}\n}",
    "variable": "SELECT ?service $SERVICE { ?service ?p $SERVICE }",
    "prefixed name": P + "SELECT * { ?s service:LOAD ex:service ; ex:SERVICE service:x }",
    "escaped local name": P + r"SELECT * { ?s ex:a\#SERVICE ex:it\'s }",
    "graph by a prefixed name": P + "SELECT * FROM NAMED service:g { GRAPH service:g { ?s ?p ?o } }",  # noqa: S608
    "blank node": "SELECT * { _:SERVICE ?p ?o }",
    "language": 'SELECT * { ?s ?p "x"@service }',
    "comparison": "SELECT * { ?s ?p ?o FILTER(?o<5&&?o>3) }",
    "path": P + "SELECT * { ?s ^ex:a/(ex:b|ex:c)*/ex:d? ?o }",
}

SERVICE_SPELLINGS = {
    "plain": "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "mixed case": "SELECT * { sErViCe SILENT <URL> { ?s ?p ?o } }",
    "glued to SILENT": "SELECT * { SERVICESILENT<URL> { ?s ?p ?o } }",
    "comment between": "SELECT * { SERVICE#x\n<URL> { ?s ?p ?o } }",
    "glued to a prefixed name": "PREFIX : <URL> SELECT * { SERVICE:ep { ?s ?p ?o } }",
    "glued to a longer prefix": "PREFIX ex: <URL> SELECT * { SERVICEex:ep#\n{ ?s ?p ?o } }",
    "after a boolean": "SELECT * { ?s ?p trueSERVICE<URL> { ?s ?p ?o } }",
    "after a comparison": "SELECT * { FILTER(1<2)SERVICE<URL>{ ?s ?p ?o } }",
    "hidden in a false IRI": "SELECT * { VALUES ?x { <URL> } FILTER(1<2)SERVICE?x#>\n{ ?s ?p ?o } }",
    "hidden in a false string": "ASK { FILTER(1<2)#>'''\nSERVICE <URL> { ?s ?p ?o } #'''\n}",
    "in LATERAL": "SELECT * { LATERAL { SELECT * { SERVICE <URL>{ ?s ?p ?o } } } }",
    "after an escaped number sign": r"PREFIX x: <x:> ASK { OPTIONAL { ?s x:a\#b ?o } SERVICE <URL> { ?s ?p ?o } }",
    "after a carriage return": "SELECT * { # x\rSERVICE<URL>{ ?s ?p ?o } }",
    "variable": "SELECT * { VALUES ?x { <URL> } { SELECT * { SERVICE ?x { ?s ?p ?o } } } }",
}
"""Spellings that the engine takes for SERVICE; `test_sandbox` shows that it does."""


@pytest.mark.parametrize("name", HARMLESS)
def test_the_word_service_passes_where_it_is_no_keyword(name: str) -> None:
    assert inspect(HARMLESS[name]).form == "SELECT"


@pytest.mark.parametrize("name", SERVICE_SPELLINGS)
def test_service_is_refused_however_it_is_spelt(name: str) -> None:
    with pytest.raises(ForbiddenError, match="SERVICE"):
        inspect(SERVICE_SPELLINGS[name])


@pytest.mark.parametrize(
    "text", [r"SELECT * { \u0053ERVICE <x> {} }", r"SELECT * { ?\u0073 ?p ?o }", "ASK { ?s \\ ?o }"]
)
def test_a_backslash_outside_of_strings_and_iris_is_refused(text: str) -> None:
    with pytest.raises(BadQueryError, match=r"line 1.*backslash"):
        inspect(text)


def test_an_open_string_is_named_with_its_line() -> None:
    with pytest.raises(BadQueryError, match=r"line 2 .*string is not closed"):
        inspect('SELECT * {\n ?s ?p "open }')


@pytest.mark.parametrize(
    "update", ["INSERT DATA { <a:s> <a:p> 1 }", "PREFIX x: <x:> drop ALL", "LOAD <file:///etc/hostname>"]
)
def test_updates_are_refused(update: str) -> None:
    with pytest.raises(ForbiddenError, match="Updates"):
        inspect(update)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_form_is_the_first_keyword_after_the_prologue(form: str) -> None:
    assert inspect(f"BASE <http://x/> PREFIX select: <http://ask/> # SELECT\n{form.lower()} {{ }}").form == form


@pytest.mark.parametrize(
    ("text", "named"), [("SELECT * FROM <g:1> { }", True), ("SELECT ?from { ?from ?p 'FROM' }", False)]
)
def test_a_data_set_of_its_own_is_noticed(text: str, named: bool) -> None:
    assert inspect(text).has_dataset is named


def _patterns(count: int) -> str:
    return "ASK { " + " . ".join(f"?a{i} ?b ?c" for i in range(count)) + " }"


AT_LIMIT: dict[str, tuple[Callable[[int], str], int]] = {
    "braces": (lambda n: "SELECT * " + "{" * n + "}" * n, LIMITS.sparql_nesting),
    "parentheses": (lambda n: "ASK { FILTER" + "(" * (n - 1) + "1" + ")" * (n - 1) + " }", LIMITS.sparql_nesting),
    "triples": (_patterns, LIMITS.sparql_patterns),
    "predicates": (lambda n: "ASK { ?s " + " ; ".join(f"<p:{i}> 1" for i in range(n)) + " }", LIMITS.sparql_patterns),
    "objects": (lambda n: "ASK { ?s ?p " + ",".join(["1"] * n) + " }", LIMITS.sparql_patterns),
    "path steps": (lambda n: "ASK { ?s " + "/".join(["<a:p>"] * n) + " ?o }", LIMITS.sparql_patterns),
    "groups": (lambda n: "ASK { " + "OPTIONAL { } " * n + "}", LIMITS.sparql_patterns),
    "unions": (lambda n: "ASK { {}" + " UNION {}" * n + " }", LIMITS.sparql_operators),
    "or": (lambda n: "ASK { FILTER(1" + "||1" * n + ") }", LIMITS.sparql_operators),
    "not": (lambda n: "ASK { FILTER(" + "!" * n + "1) }", LIMITS.sparql_operators),
    "sums": (lambda n: "ASK { FILTER(1" + "+1" * n + ") }", LIMITS.sparql_operators),
}


@pytest.mark.parametrize("name", AT_LIMIT)
def test_a_query_at_the_limit_passes_and_one_beyond_does_not(name: str) -> None:
    make, limit = AT_LIMIT[name]
    inspect(make(limit))
    with pytest.raises(BadQueryError, match=f"more than {limit}"):
        inspect(make(limit + 1))


def test_items_of_a_list_count_and_values_do_not() -> None:
    inspect("ASK { VALUES (?x ?y) { " + "(1 2)" * 1000 + " } FILTER(?x IN (" + ",".join(["1"] * 1000) + ")) }")
    with pytest.raises(BadQueryError, match="triple patterns"):
        inspect("ASK { ?s ?p (" + "1 " * 101 + ") }")


def test_the_size_counts_in_bytes() -> None:
    limit = LIMITS.sparql_query_bytes
    inspect("ASK { } #" + "é" * ((limit - 9) // 2))
    with pytest.raises(TooLargeError, match="16,385"):
        inspect("ASK { } #" + "é" * ((limit - 9) // 2 + 1))


@pytest.mark.parametrize(
    "text", ["", "}", "ASK }", "SELECTALL { }", "\ud800", "ASK { ?s ?p '\udfff' }", "\x00", "?", "DESC"]
)
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(BadQueryError):
        inspect(text)


PIECES = [
    "SERVICE",
    "service:",
    ":ep",
    "<",
    ">",
    "<a:b>",
    "(",
    ")",
    "{",
    "}",
    "#",
    "\n",
    " ",
    "'",
    '"',
    "'''",
    "\\",
    "?x",
    "1",
    ".",
    "é",
]
queries = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


@given(queries)
def test_any_text_is_inspected_or_refused(text: str) -> None:
    for query in (text, "SELECT * { " + text):
        try:
            assert inspect(query).form in FORMS
        except SparqlError as error:
            assert 400 <= error.status < 500  # noqa: PT017 - either outcome is right


@given(queries)
def test_tokens_are_parts_of_the_text_in_order(text: str) -> None:
    end = 0
    try:
        for token in tokenize(text):
            assert token.text == text[token.start : token.end]
            assert token.start >= end
            end = token.end
    except BadQueryError:
        assert set(text) & set("\\'\"")


@given(st.text(st.characters(exclude_characters="\\'\"\r\n", exclude_categories=["Cs"]), max_size=200))
def test_a_string_may_hold_anything(content: str) -> None:
    inspect(f'SELECT * {{ ?s ?p \'{content} SERVICE <x> {{\', """{content}\nSERVICE""" }} # {content} SERVICE <x> {{')


@pytest.mark.parametrize("unit", ["<)>", "<)'>", '<)">', "<)#>", "<)#>\n", "<)'''>", "'", "''<)'>' a b'", "(<)x?#>"])
def test_doubtful_texts_are_read_in_time(unit: str) -> None:
    """Both readings of `<` are followed, but no place is passed twice: 16 kB take 0.1 s, not minutes."""
    started = time.process_time()
    with suppress(SparqlError):
        inspect("ASK { " + unit * (16_000 // len(unit)))
    assert time.process_time() - started < 3
