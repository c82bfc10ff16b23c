"""RDF of a user's own: every syntax, our ontology and ORG, persons, and what is hostile."""

import gzip
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from api.pipeline import Plan, build_generation
from graph import Generation, open_generation
from graph.home import Home
from graph.quarantine import write_quarantine
from ontology import iris
from ontology.provenance import FileReport
from ontology.rdf import PREFIXES, web
from ontology.records import Actor, Alliance, Event, Membership, Record, Relation
from tests.loading import load_files, open_files

TURTLE_PREFIXES = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
PAIR = """
<http://x/pact> a org:OrganizationalCollaboration ; rdfs:label "Pacte"@fr ; schema:startDate "2020-05"^^xsd:gYearMonth .
<http://x/a> a org:Organization ; skos:prefLabel "A"@fr, "A (en)"@en ; al:kind <https://w3id.org/alliances/concept/actor-kind/association> .
<http://x/m> a org:Membership ; org:member <http://x/a> ; org:organization <http://x/pact> .
"""  # noqa: E501 - a statement a line


def load(tmp_path: Path, text: str, name: str = "x.ttl") -> tuple[list[Record], FileReport]:
    path = tmp_path / name
    path.write_text(TURTLE_PREFIXES + text if name.endswith((".ttl", ".trig")) else text, encoding="utf-8")
    records, reports = load_files("rdf", {name: path}, foreign=False)
    return records, reports[name]


def thing(kind: str, iri: str) -> str:
    return iris.mint(kind, "rdf", iri)


def issues(report: FileReport) -> list[tuple[str, str | None]]:
    return [(one.code, one.column if one.code == "unknown_term" else one.value) for one in report.issues]


# What is said


def test_the_ontology_is_read(tmp_path: Path) -> None:
    records, report = load(tmp_path, PAIR)
    assert records == [
        Alliance(source="rdf", key="http://x/pact", name="Pacte", kind="unspecified", start="2020-05"),
        Actor(source="rdf", key="http://x/a", name="A", name_en="A (en)", kind="association"),
        Membership(
            source="rdf",
            key="http://x/m",
            alliance=thing("alliance", "http://x/pact"),
            actor=thing("actor", "http://x/a"),
            role="member",
        ),
    ]
    assert (report.issues, report.new, report.rows_read) == ([], (), report.rows_loaded)


SYNTAXES = {
    "x.ttl": RdfFormat.TURTLE,
    "x.nt": RdfFormat.N_TRIPLES,
    "x.nq": RdfFormat.N_QUADS,
    "x.trig": RdfFormat.TRIG,
    "x.jsonld": RdfFormat.JSON_LD,
    "x.rdf": RdfFormat.RDF_XML,
}


@pytest.mark.parametrize("name", SYNTAXES)
@pytest.mark.parametrize("packed", [False, True])
def test_every_syntax_says_the_same(tmp_path: Path, name: str, packed: bool) -> None:
    expected, _ = load(tmp_path, PAIR)
    content = serialize(parse(TURTLE_PREFIXES + PAIR, RdfFormat.TURTLE), format=SYNTAXES[name])
    assert content is not None
    path = tmp_path / (name + ".gz" if packed else name)
    path.write_bytes(gzip.compress(content) if packed else content)
    records, reports = load_files("rdf", {path.name: path})
    assert sorted(records, key=lambda one: one.key) == sorted(expected, key=lambda one: one.key)
    assert not reports[path.name].issues


def test_json_ld_brings_its_own_context(tmp_path: Path) -> None:
    text = """{"@context": {"name": "http://schema.org/name", "memberOf": {"@id": "http://www.w3.org/ns/org#memberOf",
        "@type": "@id"}}, "@graph": [
        {"@id": "http://x/a", "@type": "http://schema.org/Organization", "name": "A", "memberOf": "http://x/b"},
        {"@id": "http://x/b", "@type": "http://www.w3.org/ns/org#OrganizationalCollaboration", "name": "B"}]}"""
    records, report = load(tmp_path, text, "x.jsonld")
    assert Counter(type(one) for one in records) == {Actor: 1, Alliance: 1, Membership: 1}
    assert report.issues == []


@pytest.mark.parametrize(
    ("tie", "relation", "ends"),
    [
        ("<http://x/a> org:subOrganizationOf <http://x/b>", "part_of", "ab"),
        ("<http://x/a> org:hasUnit <http://x/b>", "part_of", "ba"),
        ("<http://x/a> org:memberOf <http://x/b>", "member_of", "ab"),
        ("<http://x/a> org:hasMember <http://x/b>", "member_of", "ba"),
        ("<http://x/m> a org:Membership; org:member <http://x/a>; org:organization <http://x/b>", "member_of", "ab"),
        ("<http://x/a> org:hasMembership <http://x/m> . <http://x/m> a org:Membership; org:organization <http://x/b>",
         "member_of", "ab"),
    ],
)  # fmt: skip
def test_org_ties_two_organisations(tmp_path: Path, tie: str, relation: str, ends: str) -> None:
    both = "".join(f'<http://x/{one}> a org:FormalOrganization ; rdfs:label "{one}" . ' for one in "ab")
    records, report = load(tmp_path, f"{both}\n{tie} .")
    [found] = [one for one in records if isinstance(one, Relation)]
    subject, whole = (thing("actor", f"http://x/{one}") for one in ends)
    assert (found.subject, found.relation, found.object, found.basis) == (subject, relation, whole, "stated")
    assert report.issues == []


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ('org:memberDuring [ schema:startDate "2019" ; schema:endDate "2020-05-07Z"^^xsd:date ]', "2019", "2020-05-07"),
        ('org:memberDuring [ time:hasBeginning [ time:inXSDDate "2019-02-01" ] ]', "2019-02-01", None),
        ('schema:endDate "2021-01-01T00:00:00"', None, "2021-01-01"),
    ],
)
def test_a_membership_has_its_period(tmp_path: Path, period: str, start: str | None, end: str | None) -> None:
    records, _ = load(tmp_path, PAIR + f"<http://x/m> {period} .")
    [found] = [one for one in records if isinstance(one, Membership)]
    assert (found.start, found.end, found.period_basis) == (start, end, "stated")


def test_numbers_and_seats_are_recognised(tmp_path: Path) -> None:
    text = """<http://x/a> a org:Organization ; rdfs:label "A" ; dct:spatial [ igeo:codeINSEE "48095" ] ;
        org:identifier "775 544 026", "W012000002" ; adms:identifier [ skos:notation "2,43E+13" ] .
        <http://x/b> a org:Organization ; rdfs:label "B" ; org:identifier "77554402601284" ;
        al:seatedIn <https://w3id.org/alliances/id/territory/territories:DEP-48> ; foaf:homepage <http://b.fr/> ."""
    records, report = load(tmp_path, text)
    first, second = (one for one in records if isinstance(one, Actor))
    assert (first.siren, first.rna, first.territory) == ("775544026", "W012000002", iris.territory("COM-48095"))
    assert (second.siren, second.siret, second.territory) == (
        "775544026",
        "77554402601284",
        iris.territory("DEP-48"),
    )
    assert issues(report) == [("bad_identifier", "2,43E+13")]


# What is wrong is said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("<http://x/a> foaf:homepage <javascript:alert(1)> .", ("bad_address", "javascript:alert(1)")),
        ("<http://x/a> al:seatedIn <http://x/nowhere> .", ("unknown_territory", "http://x/nowhere")),
        ("<http://x/pact> al:contributesTo <http://metadata.un.org/sdg/17.99> .",
         ("unknown_target", "http://metadata.un.org/sdg/17.99")),
        ("<http://x/m> org:role <http://x/boss> .", ("unknown_value", "http://x/boss")),
        ("<http://x/m> org:role <https://w3id.org/alliances/concept/actor-kind/state> .",
         ("unknown_value", "https://w3id.org/alliances/concept/actor-kind/state")),
        ('<http://x/a> org:purpose "x", "y" . <http://x/pact> org:purpose "z" .',
         ("unknown_term", "http://www.w3.org/ns/org#purpose")),
        ("<http://x/s> a org:Site . <http://x/t> a org:Site .", ("unknown_term", "http://www.w3.org/ns/org#Site")),
    ],
)  # fmt: skip
def test_a_value_that_is_not_loaded_is_reported_once(tmp_path: Path, more: str, said: tuple[str, str]) -> None:
    records, report = load(tmp_path, PAIR + more)
    assert len(records) == 3
    assert (issues(report), report.rows_quarantined) == ([said], 0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<http://x/b> a org:Organization .", "empty_value"),
        ("<http://x/a> org:memberOf <http://x/nobody> .", "dangling_reference"),
        ("<http://x/n> a org:Membership ; org:member <http://x/a> .", "empty_value"),
        ("<http://x/r> a al:Relation ; al:subject <http://x/a> ; al:object <http://x/pact> .", "empty_value"),
        (('<http://x/n> a org:Membership ; org:member <http://x/a> ; org:organization <http://x/pact> ; '
         'schema:startDate "2020-13" .'), "bad_date"),
        (('<http://x/n> a org:Membership ; org:member <http://x/a> ; org:organization <http://x/pact> ; '
         'schema:startDate "2020" ; schema:endDate "2019" .'), "reversed_period"),
        ("<http://x/n> a org:Membership ; org:member <http://x/a> ; org:organization <http://x/n> .", "wrong_kind"),
    ],
)  # fmt: skip
def test_a_thing_that_lacks_what_it_needs_is_refused(tmp_path: Path, text: str, code: str) -> None:
    records, report = load(tmp_path, PAIR + text)
    assert len(records) == 3
    assert report.reasons == {code: 1}
    assert report.rows_quarantined == 1


# Persons


@pytest.mark.parametrize(
    "person",
    [
        '<http://x/zoe> a foaf:Person ; foaf:name "Zo\\u200bé" ; org:memberOf <http://x/a> .',
        '<http://x/zoe> foaf:familyName "Zoé" . <http://x/a> org:hasMember <http://x/zoe> .',
        (
            "<http://x/zoe> a foaf:Person . <http://x/n> a org:Membership ; org:member <http://x/zoe> ; "
            'org:organization <http://x/pact> ; skos:note "Zo\\u200bé" .'
        ),
        '<http://x/zoe> a schema:Person ; schema:address [ schema:streetAddress "chez Zo\\u200bé" ] .',
        (
            '<http://x/zoe> a org:Organization ; rdfs:label "Zoé" ; '
            "al:kind <https://w3id.org/alliances/concept/actor-kind/person> ."
        ),
        '<http://x/zoe> a foaf:Person ; foaf:name "Zo\\u0001é" .',
    ],
)
def test_a_person_leaves_no_trace(tmp_path: Path, person: str) -> None:
    records, report = load(tmp_path, PAIR + person)
    assert len(records) == 3
    write_quarantine(report, tmp_path / "quarantine.csv")
    assert "zo" not in (tmp_path / "quarantine.csv").read_text(encoding="utf-8").casefold()
    assert set(report.reasons) <= {"natural_person"}
    assert report.rows_quarantined == 0


# Round trip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, small_territories: Path) -> Generation:
    """A generation of the ecosystem with few communes."""
    home = Home(tmp_path_factory.mktemp("home"))
    build_generation(home, Plan({"territories": small_territories}))
    return open_generation(home.current())


@pytest.mark.parametrize("form", ["turtle", "nquads"])
def test_an_export_is_read_back(tmp_path: Path, small: Generation, ecosystem_copy: Path, form: str) -> None:
    path = tmp_path / ("x.ttl" if form == "turtle" else "x.nq")
    with path.open("wb") as stream:
        if form == "nquads":
            stream.write(gzip.decompress((small.path / "graph.nq.gz").read_bytes()))
        else:
            serialize((quad.triple for quad in small.store), stream, RdfFormat.TURTLE, prefixes=dict(PREFIXES))
    found, reports = load_files("rdf", {path.name: path})
    files = {one.name: one for one in ecosystem_copy.iterdir()}
    own = [one.record for one in open_files("ecosystem", files, foreign=False).records]
    persons = {one.iri for one in own if isinstance(one, Actor) and one.kind == "person"}
    for kind in (Actor, Alliance, Membership, Event):
        expected = {_renamed(one) for one in own if isinstance(one, kind) and one.iri not in persons}
        assert {_plain(one) for one in found if isinstance(one, kind)} == expected
    report = reports[path.name]
    assert report.reasons["natural_person"] >= len(persons)
    assert set(report.reasons) == {"natural_person", "unknown_term", "dangling_reference"}
    refused = {iris.parse(one.value or "")[0] for one in report.issues if one.refused}
    assert refused == {"measure", "chantier"}


Plain = tuple[tuple[str, object], ...]


def _renamed(record: Record) -> Plain:
    """What a record becomes where its IRI, and those that it points to, are keys of the source `rdf`."""
    values: dict[str, object] = dict(_plain(record))
    for name, value in values.items():
        if name in ("alliance", "actor", "measure") and isinstance(value, str):
            values[name] = thing(iris.parse(value)[0], value)
    return tuple((values | {"source": "rdf", "key": record.iri}).items())


def _plain(record: Record) -> Plain:
    values = {name: getattr(record, name) for name in type(record).model_fields}
    if addresses := values.get("source_urls"):  # a graph holds them as IRIs
        values["source_urls"] = tuple(web(one).value for one in addresses)
    return tuple((name, frozenset(value) if isinstance(value, tuple) else value) for name, value in values.items())


# Hostile


def test_what_is_hostile_is_refused_or_balances(shared: Path) -> None:
    folder = shared / "torture" / "rdf" / "own"
    paths = {path.name: path for path in sorted(folder.iterdir())}
    records, reports = load_files("rdf", paths)
    assert records == []
    refused = {name for name, one in reports.items() if one.file_refused}
    assert refused == {
        *("bad_last_line.nt", "billion_laughs.rdf", "iri_escape.ttl", "iri_space.ttl", "jsonld_import.jsonld"),
        *("jsonld_remote_context.jsonld", "latin1.ttl", "small_laughs.rdf", "surrogate.nt", "xxe_file.rdf"),
    }
    reasons = {name: set(reports[name].reasons) for name in ("xxe_file.rdf", "latin1.ttl", "nul_literal.nt")}
    assert reasons == {
        "xxe_file.rdf": {"file_refused"},
        "latin1.ttl": {"bad_rdf"},
        "nul_literal.nt": {"control_characters"},
    }


MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
TESTS = {
    "rdf-turtle": RdfFormat.TURTLE,
    "rdf-n-triples": RdfFormat.N_TRIPLES,
    "rdf-n-quads": RdfFormat.N_QUADS,
    "rdf-trig": RdfFormat.TRIG,
    "rdf-xml": RdfFormat.RDF_XML,
}


@pytest.mark.parametrize("suite", TESTS)
def test_the_files_of_the_w3c_are_read_or_refused(shared: Path, suite: str) -> None:
    """What is to be refused is, and all else is read to its end; it says nothing that is loaded."""
    folder = shared / "suites" / "w3c" / "rdf" / "rdf11" / suite
    kinds = _tests(folder)
    paths = {name: folder / name for name in kinds}
    records, reports = load_files("rdf", paths, foreign=False)
    assert records == []
    negative = {name for name, kind in kinds.items() if "NegativeSyntax" in kind}
    assert {name for name, one in reports.items() if one.file_refused} == negative
    assert {code for one in reports.values() for code in one.reasons} <= {
        "bad_rdf",
        "control_characters",
        "unknown_term",
    }


def _tests(folder: Path) -> dict[str, str]:
    """The input of each test of a manifest, and its kind."""
    base = "http://tests/"
    quads = list(parse((folder / "manifest.ttl").read_bytes(), RdfFormat.TURTLE, base_iri=base))
    types = {quad.subject: quad.object.value for quad in quads if quad.predicate.value.endswith("#type")}
    actions = {quad.subject: quad.object.value for quad in quads if quad.predicate.value == MANIFEST + "action"}
    return {one.removeprefix(base): types[subject] for subject, one in actions.items()}


def test_a_user_loads_rdf_beside_the_other_sources(tmp_path: Path, small_territories: Path) -> None:
    path, home = tmp_path / "mine.ttl", Home(tmp_path / "home")
    path.write_text(TURTLE_PREFIXES + PAIR, encoding="utf-8")
    build_generation(home, Plan({"rdf": path, "territories": small_territories}, only="rdf"))
    generation = open_generation(home.current())
    assert generation.table("memberships")["alliance"].to_list() == [thing("alliance", "http://x/pact")]
