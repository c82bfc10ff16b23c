"""The page `docs/ontology.md`, written from `alliance.ttl`: `python -m ontology.reference`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode

from ontology import schemes
from ontology.iris import CONCEPT
from ontology.rdf import AL, PREFIXES, RDF, RDFS, SKOS
from ontology.schemes import Concept

PAGE = Path(__file__).parents[1] / "docs" / "ontology.md"
OWL = "http://www.w3.org/2002/07/owl#"
_PREFIXES: Mapping[str, str] = {
    **PREFIXES,
    "owl": OWL,
    "cpsv": "http://purl.org/vocab/cpsv#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "pav": "http://purl.org/pav/",
    "scheme": CONCEPT,
    "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
}
_PROPERTY_TYPES = tuple(OWL + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty"))
_FACTS = (
    ("domaine · domain", RDFS + "domain"),
    ("portée · range", RDFS + "range"),
    ("sous-classe de · subclass of", RDFS + "subClassOf"),
    ("sous-propriété de · subproperty of", RDFS + "subPropertyOf"),
    ("même ensemble que · equivalent class", OWL + "equivalentClass"),
    ("proche de · close match", SKOS + "closeMatch"),
    ("lié à · related match", SKOS + "relatedMatch"),
)
"""What is said of a class or property beside its label and definition."""
_HEAD = """# Ontologie des alliances · Alliances ontology

<!-- Généré depuis ontology/alliance.ttl · Generated from ontology/alliance.ttl: python -m ontology.reference -->

| Français | English |
|---|---|
| Tout ce que le graphe peut dire : ses classes, ses propriétés et ses énumérations. Ce qui commence par `al:` est propre au projet ; le reste vient de vocabulaires reconnus, expliqués ici tels qu’ils sont employés. | All that the graph can say: its classes, properties and enumerations. What begins with `al:` is the project’s own; the rest comes from established vocabularies, explained here as they are used. |
"""  # noqa: E501  # a cell of a Markdown table is one line


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join(
        [
            _HEAD,
            "## Préfixes · Prefixes\n",
            *_table(
                ("préfixe · prefix", "IRI"), ((f"`{name}:`", f"<{iri}>") for name, iri in sorted(_PREFIXES.items()))
            ),
            "## Classes · Classes\n",
            *(line for iri in classes() for line in _term(iri)),
            "## Propriétés · Properties\n",
            *(line for iri in properties() for line in _term(iri)),
            "## Énumérations · Enumerations\n",
            *(line for name in sorted(schemes.scheme_names()) for line in _scheme(name)),
        ]
    )


def classes() -> tuple[str, ...]:
    """The IRIs of all classes that the ontology names, its own first, then by IRI."""
    return _own_first(_subjects().get(OWL + "Class", ()))


def properties() -> tuple[str, ...]:
    """The IRIs of all properties that the ontology names, its own first, then by IRI."""
    return _own_first(iri for kind in _PROPERTY_TYPES for iri in _subjects().get(kind, ()))


def heading(iri: str) -> str:
    """The heading of a class, property or scheme on the page."""
    if iri.startswith(CONCEPT):
        name = iri.removeprefix(CONCEPT)
        return f"### {schemes.scheme_label(name, 'fr')} · {schemes.scheme_label(name, 'en')} (`{curie(iri)}`)\n"
    return f"### {schemes.class_label(iri, 'fr')} · {schemes.class_label(iri, 'en')} (`{curie(iri)}`)\n"


def curie(iri: str) -> str:
    """The IRI shortened with the longest prefix that fits; itself in angle brackets where none does."""
    fitting = [(name, base) for name, base in _PREFIXES.items() if iri.startswith(base)]
    if not fitting:
        return f"<{iri}>"
    name, base = max(fitting, key=lambda pair: len(pair[1]))
    return f"{name}:{iri.removeprefix(base)}"


def _own_first(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(iris, key=lambda iri: (not iri.startswith(AL), iri)))


def _term(iri: str) -> Iterator[str]:
    yield heading(iri)
    french, english = (_explanation(iri, language) for language in ("fr", "en"))
    yield from _table(("Français", "English"), [(french, english)])
    for title, predicate in _FACTS:
        values = [curie(value) for node in _objects(iri, predicate) for value in _members(node)]
        if values:
            yield f"- {title} : " + ", ".join(f"`{value}`" for value in values)
    yield ""


def _explanation(iri: str, language: str) -> str:
    definitions = schemes.texts(iri, SKOS + "definition") or schemes.texts(iri, SKOS + "scopeNote")
    return definitions[language][0]


def _scheme(name: str) -> Iterator[str]:
    iri = CONCEPT + name
    yield heading(iri)
    yield from _table(("Français", "English"), [(_explanation(iri, "fr"), _explanation(iri, "en"))])
    yield from _table(("clé · key", "Français", "English"), map(_row, schemes.concepts(name)))


def _row(concept: Concept) -> tuple[str, str, str]:
    return f"`{concept.key}`", _cell(concept, "fr"), _cell(concept, "en")


def _cell(concept: Concept, language: str) -> str:
    inverse, definition = concept.inverse_labels.get(language), concept.definitions.get(language)
    parts = [f"**{concept.labels[language]}**"]
    parts += [f"↔ {inverse}"] if inverse else []
    parts += [f"— {definition}"] if definition else []
    return " ".join(parts)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
    yield ""


@cache
def _subjects() -> Mapping[str, tuple[str, ...]]:
    """The named things of each type, in the order of the file."""
    found: dict[str, list[str]] = defaultdict(list)
    for subject, predicate, kind in schemes.triples():
        if predicate.value == RDF + "type" and isinstance(subject, NamedNode) and isinstance(kind, NamedNode):
            found[kind.value].append(subject.value)
    return {kind: tuple(iris) for kind, iris in found.items()}


@cache
def _index() -> Mapping[tuple[str, str], tuple[NamedNode | BlankNode, ...]]:
    found: dict[tuple[str, str], list[NamedNode | BlankNode]] = defaultdict(list)
    for subject, predicate, value in schemes.triples():
        if isinstance(value, NamedNode | BlankNode):
            found[str(subject), predicate.value].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _objects(iri: str, predicate: str) -> tuple[NamedNode | BlankNode, ...]:
    return _index().get((f"<{iri}>", predicate), ())


def _members(node: NamedNode | BlankNode) -> Iterator[str]:
    """The IRIs that a node stands for: itself, or the members of its `owl:unionOf`."""
    if isinstance(node, NamedNode):
        yield node.value
        return
    rest = _index().get((str(node), OWL + "unionOf"), ())
    while rest and isinstance(rest[0], BlankNode):
        yield from (one.value for one in _index()[str(rest[0]), RDF + "first"])
        rest = _index().get((str(rest[0]), RDF + "rest"), ())


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
