"""The ontology names everything that the code writes and the data holds, in both languages."""

import csv
import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, serialize
from rdflib import DCTERMS, OWL, QB, Graph, URIRef
from rdflib import RDF as RDF_NAMESPACE
from rdflib import RDFS as RDFS_NAMESPACE
from rdflib.compare import isomorphic

import ontology
from ontology import datasets, iris, rdf, reference, schemes
from ontology.rdf import AL, PREFIXES, RDF, RDFS, SKOS, quads_of
from ontology.records import Confidence, Scope, TerritoryLevel
from tests.examples import EXAMPLES

FILE = Path(ontology.__file__).parent / "alliance.ttl"
BOTH = {"fr", "en"}
SUBCLASS, RDF_TYPE = RDFS_NAMESPACE.subClassOf, RDF_NAMESPACE.type
USED = {quad.predicate.value for example in EXAMPLES.values() for quad in quads_of(example, "https://e.org/#row=2")}
MAPPED = {prop.iri for props in rdf.PROPERTIES.values() for prop in props}
TYPES = {
    quad.object.value
    for example in EXAMPLES.values()
    for quad in quads_of(example)
    if quad.predicate.value == RDF + "type" and isinstance(quad.object, NamedNode)
}
CELLS = [
    ("actors.csv", "kind", "actor-kind"),
    ("local_actors.csv", "kind", "actor-kind"),
    ("alliances.csv", "kind", "alliance-kind"),
    ("alliances.csv", "scope", "scope"),
    ("alliances.csv", "sdg_basis", "basis"),
    ("alliance_members.csv", "role", "role"),
    ("relations.csv", "relation", "relation"),
    ("relations.csv", "basis", "basis"),
    ("programmes.csv", "kind", "programme-kind"),
    ("programmes.csv", "sdg_basis", "basis"),
    ("platforms.csv", "sdg_basis", "basis"),
    ("events.csv", "kind", "event-kind"),
    ("studies.csv", "qualifier", "qualifier"),
    ("studies.csv", "appeal", "appeal"),
    ("studies.csv", "confidence", "confidence"),
    ("measures.csv", "chantier_basis", "basis"),
    ("measures.csv", "confidence", "confidence"),
    ("chantiers.csv", "confidence", "confidence"),
]


def described(iri: str) -> None:
    """Fail unless the ontology gives the class or property a label and an explanation in both languages."""
    own = iri.startswith(AL)
    assert set(schemes.texts(iri, RDFS + "label")) == BOTH, iri
    assert set(schemes.texts(iri, SKOS + ("definition" if own else "scopeNote"))) == BOTH, iri


def test_two_parsers_read_the_same() -> None:
    ours = Graph().parse(data=serialize(schemes.triples(), format=RdfFormat.N_TRIPLES), format="nt")
    assert len(ours) == len(schemes.triples())
    assert isomorphic(ours, Graph().parse(FILE))


def test_the_header() -> None:
    for name in ("title", "description"):
        assert set(schemes.texts(iris.ONTOLOGY_GRAPH, PREFIXES["dct"] + name)) == BOTH
    graph = Graph().parse(FILE)
    header = URIRef(iris.ONTOLOGY_GRAPH)
    assert graph.value(header, OWL.versionInfo)
    assert graph.value(header, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")


@pytest.mark.parametrize("iri", sorted(MAPPED | USED - {RDF + "type"}))
def test_every_property_that_is_written_is_described(iri: str) -> None:
    described(iri)
    assert iri in reference.properties()


@pytest.mark.parametrize("iri", sorted(TYPES | set(rdf._CLASSES.values()) | set(rdf._LEVEL_CLASSES.values())))
def test_every_class_that_is_written_is_described(iri: str) -> None:
    described(iri)
    assert iri in reference.classes()


def written_in(module: object) -> set[str]:
    """The IRIs that the source text of a module puts together as `PREFIX + "name"`."""
    spec = importlib.util.find_spec(str(getattr(module, "__name__", "")))
    assert spec is not None
    text = Path(str(spec.origin)).read_text(encoding="utf-8")
    known = {name: value for name, value in vars(rdf).items() if isinstance(value, str)}
    found = re.findall(r'\b([A-Z0-9]+) \+ "([A-Za-z0-9]+)"', text)
    return {known[prefix] + name for prefix, name in found if prefix not in {"GEO", "XSD", "RDF"}}


@pytest.mark.parametrize("module", [rdf, datasets], ids=lambda module: module.__name__)
def test_every_term_in_the_source_text_is_described(module: object) -> None:
    terms = written_in(module)
    assert len(terms) > 8
    for iri in terms - {AL + "figures"}:
        described(iri)


def test_own_terms_are_all_described() -> None:
    own = [iri for iri in (*reference.classes(), *reference.properties()) if iri.startswith(AL)]
    assert len(own) > 50
    for iri in own:
        described(iri)


def test_schemes_of_the_code_exist() -> None:
    text = Path(rdf.__file__).read_text(encoding="utf-8")
    used = set(re.findall(r'_concept\("([a-z-]+)"\)', text)) | {"identifier-scheme", "status", "resource"}
    assert used <= schemes.scheme_names()


@pytest.mark.parametrize("scheme", sorted(schemes.scheme_names()))
def test_every_concept_is_labelled(scheme: str) -> None:
    assert set(schemes.texts(iris.CONCEPT + scheme, SKOS + "prefLabel")) == BOTH
    assert set(schemes.texts(iris.CONCEPT + scheme, SKOS + "definition")) == BOTH
    for concept in schemes.concepts(scheme):
        assert concept.iri == iris.concept(scheme, concept.key)
        assert set(concept.labels) == BOTH
        assert set(concept.definitions) in (set(), BOTH)
        assert set(concept.inverse_labels) == (BOTH if scheme == "relation" else set())


@pytest.mark.parametrize("scheme", sorted(schemes.scheme_names()))
def test_no_two_concepts_read_alike(scheme: str) -> None:
    for language in ("fr", "en"):
        labels = Counter(concept.labels[language] for concept in schemes.concepts(scheme))
        assert not [label for label, count in labels.items() if count > 1]


def test_the_notation_is_the_key() -> None:
    notations = {
        triple.subject.value: triple.object.value
        for triple in schemes.triples()
        if triple.predicate.value == SKOS + "notation"
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, Literal)
    }
    concepts = {one.iri: one.key for name in schemes.scheme_names() for one in schemes.concepts(name)}
    assert notations == concepts


def test_schemes_and_model_know_the_same_values() -> None:
    assert schemes.keys("level") == set(TerritoryLevel.__args__)  # type: ignore[attr-defined]
    assert schemes.keys("scope") == set(Scope.__args__)  # type: ignore[attr-defined]
    assert schemes.keys("confidence") == set(Confidence.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("file", "column", "scheme"), CELLS)
def test_every_value_of_the_data_is_a_concept(file: str, column: str, scheme: str, shared: Path) -> None:
    with (shared / "data" / "ecosystem" / file).open(encoding="utf-8", newline="") as stream:
        values = {row[column] for row in csv.DictReader(stream)} - {""}
    assert values
    assert values <= schemes.keys(scheme)


def test_every_target_group_is_a_concept(shared: Path) -> None:
    with (shared / "data" / "sdg" / "targets.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["group"] for row in csv.DictReader(stream)} - {""} == schemes.keys("target-group")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("en place : espace en ligne depuis le 2020-05-07", "in_place"),
        ("En place", "in_place"),
        ("partiel", "partial"),
        ("partiel : texte non mis en débat", "partial"),
        ("non détaillé par chantier", "not_detailed"),
        ("proposition de loi enregistrée le 2021-02-09", "registered"),
        ("Proposition de loi déposée en février 2021", "registered"),
        ("annoncé pour juillet", "announced"),
        ("partiellement réalisé", "partial"),
        ("partielements", None),
        ("Fonds ODD 17 et Fonds i créés", None),
        ("Kit et espace en place", None),
        ("", None),
    ],
)
def test_status_of_a_text(text: str, key: str | None) -> None:
    assert schemes.status_of(text) == key


def test_labels() -> None:
    assert schemes.label("relation", "leads", "fr") == "pilote"
    assert schemes.inverse_label("leads", "fr") == "est piloté par"
    assert schemes.label("relation", "co_pilots", "en") == "co-pilots"
    assert schemes.class_label(PREFIXES["org"] + "OrganizationalCollaboration", "fr") == "Alliance"
    assert schemes.property_label(AL + "contributesTo", "en") == "contributes to"
    assert schemes.scheme_label("role", "fr") == "Rôle"
    with pytest.raises(KeyError):
        schemes.label("role", "boss", "fr")
    with pytest.raises(KeyError):
        schemes.keys("colour")
    with pytest.raises(KeyError):
        schemes.class_label("https://example.org/Class", "fr")


def test_an_alliance_is_not_said_to_be_an_actor() -> None:
    """A validator that follows subclasses would otherwise hold alliances to the rules of actors."""
    graph = Graph().parse(FILE)
    assert URIRef(PREFIXES["foaf"] + "Agent") in graph.objects(URIRef(PREFIXES["org"] + "Organization"), SUBCLASS)
    assert not list(graph.objects(URIRef(PREFIXES["org"] + "OrganizationalCollaboration"), SUBCLASS))


def test_the_figures_are_a_legal_cube() -> None:
    """Every component has its kind, every coded one its list, and the data set its structure (IC-2 to IC-8 of QB)."""
    graph = Graph().parse(FILE)
    structure = graph.value(URIRef(AL + "figures"), QB.structure)
    components = list(graph.objects(structure, QB.component))
    dimensions = [one for component in components for one in graph.objects(component, QB.dimension)]
    measures = [one for component in components for one in graph.objects(component, QB.measure)]
    attributes = [one for component in components for one in graph.objects(component, QB.attribute)]
    assert (len(dimensions), len(measures), len(attributes)) == (3, 1, 5)
    for members, kind in (
        (dimensions, QB.DimensionProperty),
        (measures, QB.MeasureProperty),
        (attributes, QB.AttributeProperty),
    ):
        assert all((one, RDF_TYPE, kind) in graph for one in members)
    for one in (*dimensions, *measures, *attributes):
        kinds = set(graph.objects(one, URIRef(RDFS + "range")))
        assert len(kinds) == 1
        assert (URIRef(SKOS + "Concept") in kinds) == ((one, QB.codeList, None) in graph)


def test_the_page_is_up_to_date() -> None:
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run: python -m ontology.reference"


def test_the_page_has_every_heading() -> None:
    lines = set(reference.PAGE.read_text(encoding="utf-8").splitlines())
    names = [iris.CONCEPT + name for name in schemes.scheme_names()]
    for iri in (*reference.classes(), *reference.properties(), *names):
        assert reference.heading(iri).strip() in lines
