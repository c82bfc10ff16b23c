"""Whatever somebody changes in the mirror, `verify` names it; counts would not have told."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from graph import Generation
from graph.mirror.address import Address
from graph.mirror.bolt import Bolt, connect
from graph.mirror.embedded import Embedded
from graph.mirror.engine import BadQuery, Row, Transaction
from graph.mirror.verify import Verification, verify
from ontology import iris
from ontology.rdf import ADMS, AL, DCT, ORG, PREFIXES, PROV, RDF, RDFS, SCHEMA, SKOS
from tests.examples import CAEN, FRANCE, iri
from tests.mirror.server import wipe
from tests.mirror.world import make_generation, mirror

LEAD = f"{iri('membership', 'copilotage|le-rameau|lead')}"
RAMEAU, DJEPVA = iri("actor", "le-rameau"), iri("actor", "djepva")
ACTOR = "MATCH (n:Actor {id: 'le-rameau'})"
COMMUNE = "MATCH (n:Commune {id: 'COM-14118'})"
MEASURE = "MATCH (n:Measure {id: 'mesure-01'})"
MEMBERSHIP = "MATCH (:Actor {id: 'le-rameau'})-[r:MEMBER_OF {role: 'lead'}]->(:Alliance)"
SEAT = "MATCH (a:Actor {id: 'le-rameau'})-[r:SEATED_IN]->(b)"


def line(subject: str, predicate: str, term: str, source: str = "ecosystem") -> str:
    """A statement as `verify` shows it."""
    return f"<{subject}> <{predicate}> {term} <{iris.dataset(source)}> ."


@dataclass(frozen=True)
class Mutation:
    """A change, and one difference that must be among those named: `missing`, `extra` or both, which is altered."""

    query: str
    missing: str = ""
    extra: str = ""


MUTATIONS = {
    # properties
    "a property dropped": Mutation(f"{ACTOR} REMOVE n.acronym", line(RAMEAU, SKOS + "altLabel", '"LR"')),
    "a property altered": Mutation(
        f"{ACTOR} SET n.acronym = 'Lr'",
        line(RAMEAU, SKOS + "altLabel", '"LR"'),
        line(RAMEAU, SKOS + "altLabel", '"Lr"'),
    ),
    "a property added": Mutation(
        "MATCH (n:Actor {id: 'djepva'}) SET n.note = 'sûr'", extra=line(DJEPVA, SKOS + "note", '"sûr"@fr')
    ),
    "a property that is not of the map": Mutation(
        f"{ACTOR} SET n.colour = 'red'", extra=f"<{RAMEAU}> has a property 'colour', which is not the mirror's"
    ),
    "an address altered": Mutation(
        f"{ACTOR} SET n.website = 'https://example.org/ü'",
        line(RAMEAU, PREFIXES["foaf"] + "homepage", "<https://example.org/>"),
        line(RAMEAU, PREFIXES["foaf"] + "homepage", "<https://example.org/%C3%BC>"),
    ),
    "a number altered": Mutation(
        f"{COMMUNE} SET n.population = 108201",
        line(CAEN, AL + "population", f'"108200"^^<{PREFIXES["xsd"]}integer>', "territories"),
        line(CAEN, AL + "population", f'"108201"^^<{PREFIXES["xsd"]}integer>', "territories"),
    ),
    "an integer become a text": Mutation(
        f"{COMMUNE} SET n.population = '108200'",
        line(CAEN, AL + "population", f'"108200"^^<{PREFIXES["xsd"]}integer>', "territories"),
        f"<{CAEN}> <{AL}population> '108200': the property 'population' should be an integer",
    ),
    "a code become a number": Mutation(
        f"{COMMUNE} SET n.insee = 14118",
        line(CAEN, PREFIXES["igeo"] + "codeINSEE", '"14118"', "territories"),
        f"<{CAEN}> <{PREFIXES['igeo']}codeINSEE> 14118: the property 'insee' should be a text",
    ),
    "one value of several dropped": Mutation(
        "MATCH (n:Programme {id: 'feuille-de-route'}) SET n.alt_names = ['FdR']",
        line(iri("programme", "feuille-de-route"), SKOS + "altLabel", '"21 mesures"@fr'),
    ),
    "one value of several added": Mutation(
        "MATCH (n:Programme {id: 'feuille-de-route'}) SET n.alt_names = n.alt_names + ['x']",
        extra=line(iri("programme", "feuille-de-route"), SKOS + "altLabel", '"x"@fr'),
    ),
    "several values become one": Mutation(
        "MATCH (n:Programme {id: 'feuille-de-route'}) SET n.alt_names = 'FdR'",
        line(iri("programme", "feuille-de-route"), SKOS + "altLabel", '"21 mesures"@fr'),
        f"<{iri('programme', 'feuille-de-route')}> <{SKOS}altLabel> 'FdR': the property 'alt_names' should be "
        "a list of texts",
    ),
    "an empty list": Mutation(
        "MATCH (n:Study) SET n.alt_names = []",
        extra=f"<{iri('programme', 'etude')}> <{SKOS}altLabel> []: the property 'alt_names' should be a list of texts",
    ),
    "an identifier altered": Mutation(
        f"{ACTOR} SET n.siren = '356000001'",
        line(RAMEAU, ADMS + "identifier", f"<{iris.mint('identifier', 'siren', '356000000')}>"),
        line(RAMEAU, ADMS + "identifier", f"<{iris.mint('identifier', 'siren', '356000001')}>"),
    ),
    "the status of a review altered": Mutation(
        f"{MEASURE} SET n.statuses = ['partial', '']",
        line(
            iris.mint("status", "ecosystem", "measure|mesure-01|2020-10"),
            AL + "status",
            f"<{iris.concept('status', 'in_place')}>",
        ),
        line(
            iris.mint("status", "ecosystem", "measure|mesure-01|2020-10"),
            AL + "status",
            f"<{iris.concept('status', 'partial')}>",
        ),
    ),
    "one review without its status": Mutation(
        f"{MEASURE} SET n.statuses = ['in_place']",
        extra=f"<{iri('measure', 'mesure-01')}> has reviews, statuses, status_texts of different lengths",
    ),
    "the kind of an actor altered": Mutation(
        "MATCH (n:Actor {id: 'djepva'}) SET n.kind = 'association'",
        line(DJEPVA, RDF + "type", f"<{PREFIXES['m8g']}PublicOrganisation>"),
    ),
    "the row it stands in altered": Mutation(
        f"{ACTOR} SET n.origin = 'https://example.org/file#row=3'",
        line(RAMEAU, PROV + "wasDerivedFrom", f"<{iris.row('ecosystem', 'world.csv', 2)}>"),
        line(RAMEAU, PROV + "wasDerivedFrom", "<https://example.org/file#row=3>"),
    ),
    "the source altered": Mutation(
        f"{ACTOR} SET n.source = 'members'",
        line(RAMEAU, SKOS + "altLabel", '"LR"'),
        line(RAMEAU, SKOS + "altLabel", '"LR"', "members"),
    ),
    "the source dropped": Mutation(
        f"{ACTOR} REMOVE n.source",
        line(RAMEAU, SKOS + "altLabel", '"LR"'),
    ),
    "the repeated name of a file altered": Mutation(
        "MATCH (n:File {source: 'sdg'}) SET n.name = 'x'",
        extra=f"<{iris.mint('file', 'sdg', 'world.csv')}> has a 'name' that differs from its 'id'",
    ),
    # languages
    "languages exchanged": Mutation(
        "MATCH (n:Actor {id: 'le-rameau'}) WITH n, n.name AS fr, n.name_en AS en SET n.name = en, n.name_en = fr",
        line(RAMEAU, RDFS + "label", '"Le RAMEAU"@fr'),
        line(RAMEAU, RDFS + "label", '"Le RAMEAU"@en'),
    ),
    "a text in the other language": Mutation(
        "MATCH (n:Figure) WITH n, n.name_en AS en SET n.note = en REMOVE n.name_en",
        line(iri("figure", "fig-utile"), RDFS + "label", '"find useful"@en'),
    ),
    # labels
    "a label dropped": Mutation(
        f"{COMMUNE} REMOVE n:Commune",
        line(CAEN, RDF + "type", f"<{PREFIXES['igeo']}Commune>", "territories"),
        f"<{CAEN}> <{RDF}type> (:Territory): no node of the mirror has just these labels",
    ),
    "a label altered": Mutation(
        f"{COMMUNE} REMOVE n:Commune SET n:Epci",
        line(CAEN, RDF + "type", f"<{PREFIXES['igeo']}Commune>", "territories"),
        line(CAEN, RDF + "type", f"<{PREFIXES['igeo']}Intercommunalite>", "territories"),
    ),
    "a label of the map added": Mutation(
        f"{ACTOR} SET n:Alliance",
        line(RAMEAU, RDF + "type", f"<{ORG}Organization>"),
        f"<{RAMEAU}> <{RDF}type> (:Actor:Alliance): no node of the mirror has just these labels",
    ),
    "a label of somebody's own added": Mutation(
        f"{ACTOR} SET n:Favourite", extra=f"<{RAMEAU}> has the label 'Favourite', which is not the mirror's"
    ),
    "the label of the slot dropped": Mutation(f"{ACTOR} REMOVE n:_A", line(RAMEAU, SKOS + "altLabel", '"LR"')),
    # relationships
    "a relationship dropped": Mutation(f"{SEAT} DELETE r", line(RAMEAU, AL + "seatedIn", f"<{CAEN}>")),
    "a relationship moved": Mutation(
        f"{SEAT} MATCH (c:Country) DELETE r CREATE (a)-[:SEATED_IN {{source: 'ecosystem'}}]->(c)",
        line(RAMEAU, AL + "seatedIn", f"<{CAEN}>"),
        line(RAMEAU, AL + "seatedIn", f"<{FRANCE}>"),
    ),
    "a relationship of another type": Mutation(
        f"{SEAT} DELETE r CREATE (a)-[:LOCATED_IN {{source: 'ecosystem'}}]->(b)",
        line(RAMEAU, AL + "seatedIn", f"<{CAEN}>"),
    ),
    "a relationship the other way round": Mutation(
        f"{SEAT} DELETE r CREATE (b)-[:SEATED_IN {{source: 'ecosystem'}}]->(a)",
        line(RAMEAU, AL + "seatedIn", f"<{CAEN}>"),
    ),
    "a relationship added": Mutation(
        "MATCH (a:Actor {id: 'djepva'}), (c:Country) CREATE (a)-[:SEATED_IN {source: 'ecosystem'}]->(c)",
        extra=line(DJEPVA, AL + "seatedIn", f"<{FRANCE}>"),
    ),
    "a relationship added without a source": Mutation(
        "MATCH (a:Actor {id: 'djepva'}), (c:Country) CREATE (a)-[:SEATED_IN]->(c)",
        extra=f"<{DJEPVA}> <{AL}seatedIn> <{FRANCE}>: a relationship SEATED_IN without a proper 'source'",
    ),
    "a relationship doubled": Mutation(
        f"{SEAT} CREATE (a)-[:SEATED_IN {{source: 'ecosystem'}}]->(b)",
        extra=f"<{RAMEAU}> <{AL}seatedIn> <{CAEN}> is 2 relationships SEATED_IN",
    ),
    "a relationship with a property": Mutation(
        f"{SEAT} SET r.since = 2020",
        extra=f"<{RAMEAU}> <{AL}seatedIn> <{CAEN}> has a property 'since', which is not the mirror's",
    ),
    "a relationship to a stub dropped": Mutation(
        "MATCH (:Actor {id: 'twin'})-[r:SEATED_IN]->() DELETE r",
        line(iri("actor", "twin"), AL + "seatedIn", f"<{iris.territory('COM-00000')}>"),
    ),
    "a stub that nothing needs any more": Mutation(
        "MATCH (:Actor {id: 'twin'})-[r:SEATED_IN]->() DELETE r",
        extra=f"<{iris.territory('COM-00000')}> is a stub that no relationship of the mirror needs",
    ),
    # memberships and relations
    "a role altered": Mutation(
        f"{MEMBERSHIP} SET r.role = 'partner'",
        line(LEAD, ORG + "role", f"<{iris.concept('role', 'lead')}>"),
        line(LEAD, ORG + "role", f"<{iris.concept('role', 'partner')}>"),
    ),
    "a role that nobody knows": Mutation(
        f"{MEMBERSHIP} SET r.role = 'the boss/<>'",
        line(LEAD, ORG + "role", f"<{iris.concept('role', 'lead')}>"),
        line(LEAD, ORG + "role", f"<{iris.concept('role', 'the boss/<>')}>"),
    ),
    "a date altered": Mutation(
        f"{MEMBERSHIP} SET r.start = '2019-05'",
        line(LEAD, ORG + "memberDuring", f"<{iris.mint('interval', 'iso8601', '2020-05/2022')}>"),
        line(LEAD, ORG + "memberDuring", f"<{iris.mint('interval', 'iso8601', '2019-05/2022')}>"),
    ),
    "a date made more precise": Mutation(
        "MATCH (n:Alliance) SET n.start = '2020-05-01'",
        line(iri("alliance", "copilotage"), SCHEMA + "startDate", f'"2020-05"^^<{PREFIXES["xsd"]}gYearMonth>'),
        line(iri("alliance", "copilotage"), SCHEMA + "startDate", f'"2020-05-01"^^<{PREFIXES["xsd"]}date>'),
    ),
    "a date that is none": Mutation(
        "MATCH (n:Alliance) SET n.end = 'later'",
        line(iri("alliance", "copilotage"), SCHEMA + "endDate", f'"2022"^^<{PREFIXES["xsd"]}gYear>'),
        line(iri("alliance", "copilotage"), SCHEMA + "endDate", '"later"'),
    ),
    "a date dropped": Mutation(
        "MATCH (n:Event) REMOVE n.end",
        line(iri("event", "lancement"), SCHEMA + "endDate", f'"2019-10-17"^^<{PREFIXES["xsd"]}date>'),
    ),
    "a membership doubled": Mutation(
        f"{MEMBERSHIP} MATCH (a)-[r]->(b) CREATE (a)-[s:MEMBER_OF]->(b) SET s = properties(r)",
        extra=f"<{LEAD}> is 2 relationships MEMBER_OF",
    ),
    "a membership of another actor": Mutation(
        f"{MEMBERSHIP} MATCH (a)-[r]->(b), (c:Actor {{id: 'djepva'}}) "
        "WITH r, b, c, properties(r) AS kept DELETE r CREATE (c)-[s:MEMBER_OF]->(b) SET s = kept",
        line(LEAD, ORG + "member", f"<{RAMEAU}>"),
        line(LEAD, ORG + "member", f"<{DJEPVA}>"),
    ),
    "a relation of another kind": Mutation(
        "MATCH (a)-[r:TAKES_PART_IN]->(b) WITH a, r, b, properties(r) AS kept "
        "DELETE r CREATE (a)-[s:ORGANISES]->(b) SET s = kept",
        line(iri("relation", "rel-002"), AL + "relation", f"<{iris.concept('relation', 'takes_part_in')}>"),
        line(iri("relation", "rel-002"), AL + "relation", f"<{iris.concept('relation', 'organises')}>"),
    ),
    # nodes
    "a node dropped": Mutation(
        "MATCH (n:Figure) DETACH DELETE n",
        line(iri("figure", "fig-utile"), AL + "unit", '"%"@fr'),
    ),
    "a node added": Mutation(
        "CREATE (n:_A:Goal {iri: 'http://metadata.un.org/sdg/18', id: '18', source: 'sdg', name: 'Dix-huit'})",
        extra=line("http://metadata.un.org/sdg/18", RDFS + "label", '"Dix-huit"@fr', "sdg"),
    ),
    "a node without an IRI": Mutation(
        "CREATE (n:_A:Goal {id: '18', source: 'sdg', name: 'Dix-huit'})", extra="Goal without a proper 'iri'"
    ),
    "an IRI that is none": Mutation(
        f"{ACTOR} SET n.iri = 'a> <b> <c> <d> .\\n<e'", line(RAMEAU, SKOS + "altLabel", '"LR"')
    ),
    "a node doubled": Mutation(
        "MATCH (n:Goal) WITH properties(n) AS kept CREATE (m:_A:Goal) SET m = kept",
        extra="<http://metadata.un.org/sdg/17> is 2 nodes",
    ),
}


class UndoneError(Exception):
    """Leaves a transaction, so that it is not kept."""


@dataclass
class Inside:
    """An engine within a transaction."""

    name: str
    transaction: Transaction

    def run(self, query: str) -> list[Row]:
        """All rows of a query."""
        return self.transaction.run(query)

    def read(self, query: str) -> list[list[Row]]:
        """The same in one chunk."""
        return [self.transaction.run(query)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """The small world as a generation."""
    return make_generation(tmp_path_factory.mktemp("world") / "000001-world")


@pytest.fixture(scope="module")
def kept(database: Address, world: Generation) -> Iterator[Bolt]:
    """A server that holds the mirror of that world, which each test damages in a transaction that is not kept."""
    engine = connect(database)
    wipe(engine)
    mirror(engine, world)
    yield engine
    assert verify(engine, world).equal, "a test left something behind"
    wipe(engine)
    engine.close()


@pytest.fixture(params=["embedded", pytest.param("bolt", marks=pytest.mark.neo4j)])
def mirrored(request: pytest.FixtureRequest, world: Generation) -> Iterator[Embedded | Inside]:
    """The mirror of that world in each of the engines, to be damaged."""
    if request.param == "embedded":
        engine = Embedded()
        mirror(engine, world)
        yield engine
        engine.close()
        return
    server: Bolt = request.getfixturevalue("kept")
    with suppress(UndoneError), server.transaction() as transaction:
        yield Inside(server.name, transaction)
        raise UndoneError


def check(found: Verification, mutation: Mutation) -> None:
    """The difference is named: in full where it is a statement."""
    assert not found.equal
    if mutation.missing and mutation.extra:
        assert (mutation.missing, mutation.extra) in found.altered
    elif mutation.missing:
        assert mutation.missing in (*found.missing, *(expected for expected, _ in found.altered))
    else:
        assert any(mutation.extra in one for one in found.extra), (found.extra, found.altered)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_named(mirrored: Embedded | Inside, world: Generation, name: str) -> None:
    mirrored.run(MUTATIONS[name].query)
    check(verify(mirrored, world), MUTATIONS[name])


def counts(engine: Embedded | Inside) -> list[object]:
    """All that counting can tell: how often each label, type and property is there."""
    return [
        engine.run("MATCH (n) UNWIND labels(n) AS name RETURN name, count(*) AS count ORDER BY name"),
        engine.run("MATCH (n) UNWIND keys(n) AS name RETURN name, count(*) AS count ORDER BY name"),
        engine.run("MATCH ()-[r]->() RETURN type(r) AS name, count(*) AS count ORDER BY name"),
        engine.run("MATCH ()-[r]->() UNWIND keys(r) AS name RETURN name, count(*) AS count ORDER BY name"),
    ]


SWAPS = {
    "kinds": "MATCH (a:Actor {id: 'djepva'}), (b:Actor {id: 'twin'}) WITH a, b, a.kind AS one, b.kind AS other "
    "SET a.kind = other, b.kind = one",
    "roles": "MATCH ()-[r:MEMBER_OF {role: 'lead'}]->(), ()-[s:MEMBER_OF {role: 'funder'}]->() "
    "SET r.role = 'funder', s.role = 'lead'",
    "ends": "MATCH (a:Alliance)-[r:CONTRIBUTES_TO]->(t:Target), (m:Measure)-[s:CONTRIBUTES_TO]->(t), (g:Goal) "
    "DELETE s CREATE (m)-[:CONTRIBUTES_TO {source: 'ecosystem'}]->(g)",
}


@pytest.mark.parametrize("name", SWAPS)
def test_counts_alone_would_not_have_told(mirrored: Embedded | Inside, world: Generation, name: str) -> None:
    before = counts(mirrored)
    mirrored.run(SWAPS[name])
    assert counts(mirrored) == before
    found = verify(mirrored, world)
    assert not found.equal
    assert found.altered_total > 0


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (n:Programme {id: 'feuille-de-route'}) SET n.alt_names = ['FdR', '21 mesures']",
        f"{SEAT} DELETE r CREATE (a)-[:SEATED_IN {{source: 'ecosystem'}}]->(b)",
    ],
)
def test_what_states_the_same_is_equal(mirrored: Embedded | Inside, world: Generation, query: str) -> None:
    """A set of statements has no order, and a relationship no identity beside what it says."""
    mirrored.run(query)
    assert verify(mirrored, world).equal


def test_an_id_altered_is_named(mirrored: Embedded | Inside, world: Generation) -> None:
    """Neo4j takes it; the engine in this process, to which the `id` is the node's identity, refuses it."""
    query = f"{ACTOR} SET n.id = 'other'"
    if isinstance(mirrored, Embedded):
        with pytest.raises(BadQuery, match="immutable"):
            mirrored.run(query)
        return
    mirrored.run(query)
    identifier = (line(RAMEAU, DCT + "identifier", '"le-rameau"'), line(RAMEAU, DCT + "identifier", '"other"'))
    assert identifier in verify(mirrored, world).altered
