"""What the ontology file says of its concepts, classes and properties, read once.

The enumerations live in `alliance.ttl` alone: what a loader accepts, a page prints and a shape
checks all come from there.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal as Choice

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from ontology import iris
from ontology.rdf import AL, RDFS, SKOS

Language = Choice["fr", "en"]
Texts = Mapping[str, tuple[str, ...]]
"""Texts by language tag, in the order of the file."""

_LABEL, _ALT_LABEL, _DEFINITION = SKOS + "prefLabel", SKOS + "altLabel", SKOS + "definition"


@dataclass(frozen=True, slots=True)
class Concept:
    """One value of an enumeration. `labels` has French and English; `definitions` may be empty."""

    iri: str
    scheme: str
    key: str
    labels: Mapping[str, str]
    alt_labels: Texts
    definitions: Mapping[str, str]
    inverse_labels: Mapping[str, str]
    """How a relation reads from its object (« est piloté par »); empty in the other schemes."""


def scheme_names() -> frozenset[str]:
    """The names of all schemes, such as `actor-kind`."""
    return frozenset(_schemes())


def concepts(scheme: str) -> tuple[Concept, ...]:
    """The concepts of a scheme, in the order of the file; raises `KeyError` on an unknown scheme."""
    return tuple(_schemes()[scheme].values())


@cache
def keys(scheme: str) -> frozenset[str]:
    """The keys that a scheme knows; raises `KeyError` on an unknown scheme."""
    return frozenset(_schemes()[scheme])


def concept(scheme: str, key: str) -> Concept:
    """One concept; raises `KeyError` where there is none."""
    return _schemes()[scheme][key]


def label(scheme: str, key: str, lang: Language) -> str:
    """What a page calls a concept; raises `KeyError` where there is none."""
    return concept(scheme, key).labels[lang]


def inverse_label(key: str, lang: Language) -> str:
    """How a relation reads from its object; raises `KeyError` where there is none."""
    return concept("relation", key).inverse_labels[lang]


def scheme_label(scheme: str, lang: Language) -> str:
    """What a page calls a scheme; raises `KeyError` on an unknown one."""
    return _one(texts(iris.CONCEPT + scheme, _LABEL))[lang]


def class_label(iri: str, lang: Language) -> str:
    """What a page calls a class, of ours or reused; raises `KeyError` where the ontology does not name it."""
    return _one(texts(iri, RDFS + "label"))[lang]


def property_label(iri: str, lang: Language) -> str:
    """What a page calls a property, of ours or reused; raises `KeyError` where the ontology does not name it."""
    return class_label(iri, lang)


def status_of(text: str) -> str | None:
    """The key of the status whose French label or other label begins `text`, whatever the case; else `None`."""
    lowered = text.strip().lower()
    for beginning, key in _status_beginnings():
        rest = lowered.removeprefix(beginning)
        if rest != lowered and not rest[:1].isalnum():
            return key
    return None


@cache
def triples() -> tuple[Triple, ...]:
    """All statements of `alliance.ttl`, in the order of the file."""
    content = resources.files("ontology").joinpath("alliance.ttl").read_bytes()
    return tuple(quad.triple for quad in parse(content, format=RdfFormat.TURTLE))


def texts(subject: str, predicate: str) -> Texts:
    """The texts of (subject, predicate) by language; empty where there are none."""
    return _texts().get((subject, predicate), {})


@cache
def _texts() -> Mapping[tuple[str, str], Texts]:
    found: dict[tuple[str, str], dict[str, tuple[str, ...]]] = defaultdict(dict)
    for subject, predicate, value in triples():
        if isinstance(subject, NamedNode) and isinstance(value, Literal) and value.language:
            by_language = found[subject.value, predicate.value]
            by_language[value.language] = (*by_language.get(value.language, ()), value.value)
    return MappingProxyType(found)


@cache
def _schemes() -> Mapping[str, Mapping[str, Concept]]:
    found: dict[str, dict[str, Concept]] = defaultdict(dict)
    for subject, predicate, value in triples():
        if predicate.value == SKOS + "inScheme" and isinstance(subject, NamedNode) and isinstance(value, NamedNode):
            one = _concept(subject.value)
            found[one.scheme][one.key] = one
    return MappingProxyType({name: MappingProxyType(members) for name, members in found.items()})


def _concept(iri: str) -> Concept:
    scheme, key = iris.parse_concept(iri)
    return Concept(
        iri=iri,
        scheme=scheme,
        key=key,
        labels=_one(texts(iri, _LABEL)),
        alt_labels=texts(iri, _ALT_LABEL),
        definitions=_one(texts(iri, _DEFINITION)),
        inverse_labels=_one(texts(iri, AL + "inverseLabel")),
    )


def _one(by_language: Texts) -> Mapping[str, str]:
    return MappingProxyType({language: values[0] for language, values in by_language.items()})


@cache
def _status_beginnings() -> tuple[tuple[str, str], ...]:
    """(how a text begins, key), the longest beginning first."""
    found = [
        (text.lower(), one.key)
        for one in concepts("status")
        for text in (one.labels["fr"], *one.alt_labels.get("fr", ()))
    ]
    return tuple(sorted(found, key=lambda pair: (-len(pair[0]), pair)))
