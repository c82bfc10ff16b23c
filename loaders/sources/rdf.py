"""RDF that uses the project's ontology or the W3C's ORG: Turtle, N-Triples, N-Quads, TriG, JSON-LD, RDF/XML.

A file is known whole before any of it makes sense: it is read twice, first to gather what is said of each thing. A
thing is then loaded where its class is stated, a plain tie (`org:memberOf`) where it stands. Things keep their IRI as
their key; blank nodes are of their file alone. Classes and properties that are not loaded are reported, each once.
Persons are never loaded. A territory is told by its IRI here, or by the INSEE code that the file gives it.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from pydantic import ValidationError
from pyoxigraph import Literal, NamedNode

from loaders.cells import Row, is_web_address
from loaders.errors import RowError
from loaders.identifiers import is_rna, is_siren, is_siret
from loaders.registry import Files, loader
from loaders.tabular import Columns, holds_control_characters
from loaders.targets import known_targets
from loaders.territory_index import TerritoryIndex
from ontology import iris, schemes
from ontology import rdf as vocabulary
from ontology.dates import reversed_period
from ontology.provenance import Coverage, Issue, Loaded, Source
from ontology.rdf import (
    ADMS,
    AL,
    DCT,
    ENGLISH,
    FOAF,
    FRENCH,
    IGEO,
    M8G,
    ORG,
    PARTIAL,
    PROPERTIES,
    RDF,
    RDFS,
    SCHEMA,
    SDG,
    SDGO,
    SKOS,
    THING,
    TIME,
    WEB,
    Property,
)
from ontology.reasons import ReasonCode
from ontology.records import Actor, Alliance, Event, Membership, Platform, Programme, Record, Relation

NAME = "rdf"
_TYPE = RDF + "type"
_SCHEMAS = "https://schema.org/"
VCARD = "http://www.w3.org/2006/vcard/ns#"

COLUMNS = Columns(
    fields={
        "subject": "key", "predicate": "relation", "object": "object", "kind": "kind", "datatype": "object",
        "language": "name",
    },
    required=("subject", "predicate", "object", "kind", "datatype", "language"),
    ignored={"graph": "all graphs of a file are one"},
)  # fmt: skip

SOURCE = Source(
    name=NAME,
    title_fr="RDF de l’utilisateur (ontologie Alliances, ORG)",
    title_en="RDF of a user’s own (Alliances ontology, ORG)",
    publisher="Utilisateur · User",
    licence="celle du fichier · that of the file",
    licence_url="https://w3id.org/alliances/",
    homepage="https://w3id.org/alliances/",
    formats=("ttl", "nt", "nq", "trig", "jsonld", "rdf"),
    coverage=Coverage(
        fr="Ce que dit le fichier : aucun territoire n’est couvert en entier.",
        en="What the file says: no territory is covered completely.",
    ),
)

_CLASSES: Mapping[str, type[Record]] = {
    AL + "Relation": Relation,
    ORG + "Membership": Membership,
    AL + "Platform": Platform,
    **dict.fromkeys((AL + one for one in ("Programme", "Study", "Condition", "Challenge", "Finding")), Programme),
    AL + "Event": Event,
    ORG + "OrganizationalCollaboration": Alliance,
    M8G + "PublicOrganisation": Actor,
    ORG + "FormalOrganization": Actor,
    ORG + "OrganizationalUnit": Actor,
    ORG + "Organization": Actor,
    FOAF + "Organization": Actor,
    SCHEMA + "Organization": Actor,
    _SCHEMAS + "Organization": Actor,
}
"""The classes that are loaded; of several of one thing the first."""
_PERSONS = frozenset(
    {
        *(FOAF + "Person", SCHEMA + "Person", _SCHEMAS + "Person", VCARD + "Individual"),
        iris.concept("actor-kind", "person"),
    }
)
"""What a person is said to be, by class or by kind."""
_NAMES_OF_PERSONS = frozenset(
    {
        *(FOAF + one for one in ("firstName", "lastName", "givenName", "familyName", "surname")),
        *(schema + one for schema in (SCHEMA, _SCHEMAS) for one in ("givenName", "familyName")),
        *(VCARD + one for one in ("given-name", "family-name")),
    }
)
"""Properties that only persons have."""
_SAME: Mapping[str, tuple[str, ...]] = {
    RDFS + "label": (SKOS + "prefLabel", FOAF + "name", SCHEMA + "name", _SCHEMAS + "name", DCT + "title"),
    DCT + "description": (SCHEMA + "description", _SCHEMAS + "description", RDFS + "comment"),
    FOAF + "homepage": (SCHEMA + "url", _SCHEMAS + "url"),
    SCHEMA + "startDate": (_SCHEMAS + "startDate",),
    SCHEMA + "endDate": (_SCHEMAS + "endDate",),
    AL + "subject": (ORG + "member",),
    AL + "object": (ORG + "organization",),
    AL + "seatedIn": (DCT + "spatial",),
    AL + "locatedIn": (DCT + "spatial",),
}
"""Which properties of other vocabularies say what ours say, used where ours is absent."""
_TIES: Mapping[str, bool] = {
    ORG + "memberOf": True, ORG + "hasMember": False, ORG + "subOrganizationOf": True, ORG + "unitOf": True,
    ORG + "hasSubOrganization": False, ORG + "hasUnit": False,
}  # fmt: skip
"""Plain ties, and whether their subject is the smaller end."""
_MEMBERS = frozenset({ORG + "memberOf", ORG + "hasMember"})
_READ = frozenset(
    {
        _TYPE, DCT + "identifier", ORG + "identifier", ADMS + "identifier", ORG + "memberDuring", ORG + "hasMembership",
        SKOS + "notation", AL + "identifierScheme", IGEO + "codeINSEE", TIME + "hasBeginning", TIME + "hasEnd",
        TIME + "inXSDDate", TIME + "inXSDDateTimeStamp", TIME + "inXSDDateTime", vocabulary.PROV + "wasDerivedFrom",
        *_TIES,
        *(one for others in _SAME.values() for one in others),
        *(one.iri for kind in set(_CLASSES.values()) for one in PROPERTIES[kind]),
    }
)  # fmt: skip
"""The properties that are read, or say nothing that is not said otherwise."""
_HELPERS = frozenset(
    {
        *(TIME + one for one in ("Interval", "ProperInterval", "Instant")),
        *(IGEO + one for one in ("Commune", "Departement", "Region", "Intercommunalite")),
        *(AL + one for one in ("Country", "Ept", "OverseasCollectivity")),
        *(SDGO + one for one in ("Goal", "Target")),
        ADMS + "Identifier",
        SKOS + "Concept",
    }
)
"""The classes of what belongs to other things, or is known from the reference."""
_DEFAULTS: Mapping[type[Record], Mapping[str, str]] = {
    Actor: {"kind": "unspecified"},
    Alliance: {"kind": "unspecified"},
    Programme: {"kind": "programme"},
    Membership: {"role": "member"},
    Relation: {"basis": "stated"},
}
_ENDS: Mapping[str, type[Record]] = {"actor": Actor, "alliance": Alliance}
"""What the fields of a membership point to."""
_TERRITORY = re.compile(r".*/id/territory/territories:(?P<code>[A-Z0-9-]+)")
_INSTANTS = (TIME + "inXSDDate", TIME + "inXSDDateTimeStamp", TIME + "inXSDDateTime")
_XSD_DATE = re.compile(r"(?P<day>[0-9]{4}(-[0-9]{2}){0,2})(T.*|Z|[+-][0-9]{2}:[0-9]{2})?")
_DIGITS = re.compile(r"[0-9][0-9 .,E+]{7,}")


@loader(SOURCE, columns=(COLUMNS,))
def load(files: Files) -> Iterator[Loaded]:
    """Yield the things and ties of all files."""
    graph = _Graph(TerritoryIndex.load())
    for file in files.names:
        for row in files.rows(file, COLUMNS):
            graph.add(row)
    graph.find_private()
    for file in files.names:
        yield from files.records(file, replace(COLUMNS, private=graph.is_private), partial(_read, graph))


class _Value(NamedTuple):
    """The object of a statement."""

    text: str
    kind: str
    language: str


Values = dict[_Value, None]
"""The objects of a property, each once, in the order of the files."""


@dataclass
class _Graph:
    """All that the files say of what may be loaded, by subject and property."""

    territories: TerritoryIndex
    values: dict[str, dict[str, Values]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    parts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The blank nodes that each subject points to."""
    private: set[str] = field(default_factory=set)
    """Persons, their ties, and the blank nodes that describe them."""
    given: set[str] = field(default_factory=set)
    """The subjects and ties that were given, or refused."""
    reported: set[str] = field(default_factory=set)
    """The classes, properties and persons that were reported."""

    def add(self, row: Row) -> None:
        """Take a statement in, where its property is read and it will not be refused."""
        subject, predicate, value = _statement(row)
        if value.kind == "blank":
            self.parts[subject].append(value.text)
        if predicate in _NAMES_OF_PERSONS:
            self.private.add(subject)
        elif predicate in _READ and not holds_control_characters(row):
            if predicate == ORG + "hasMembership":
                subject, predicate, value = value.text, ORG + "member", _Value(subject, "iri", "")
            self.values[subject][sys.intern(predicate)][value] = None

    def find_private(self) -> None:
        """Find the persons, then what belongs to them."""
        self.private |= {one for one in self.values if self._is_person(one)}
        self.private |= {one for one in self.values if self._ties_person(one)}
        found = set(self.private)
        while found:
            found = {part for one in found for part in self.parts.get(one, ())} - self.private
            self.private |= found

    def _is_person(self, subject: str) -> bool:
        said = (value.text for name in (_TYPE, AL + "kind") for value in self.of(subject, name))
        return not _PERSONS.isdisjoint(said)

    def _ties_person(self, subject: str) -> bool:
        ends = (AL + "subject", AL + "object", ORG + "member")
        return any(value.text in self.private for end in ends for value in self.of(subject, end))

    def is_private(self, row: Row) -> bool:
        """Whether a statement is of or about a person; each person is reported once, and not by name."""
        subject, predicate, value = _statement(row)
        if subject in self.private and predicate == _TYPE and subject not in self.reported:
            self.reported.add(subject)
            row.withhold("subject")
        return subject in self.private or value.text in self.private

    def of(self, subject: str, predicate: str) -> Iterable[_Value]:
        """The objects of a property, else of those that say the same."""
        own = self.values.get(subject, {})
        return next((own[name] for name in (predicate, *_SAME.get(predicate, ())) if name in own), ())

    def kind(self, subject: str) -> type[Record] | None:
        """What a subject is loaded as; nothing of a person."""
        if subject in self.private:
            return None
        found = self._class(subject)
        if found is Membership and any(self._is_joined(one.text) for one in self.of(subject, ORG + "organization")):
            return Relation
        return found

    def _class(self, subject: str) -> type[Record] | None:
        types = {one.text for one in self.of(subject, _TYPE)}
        return next((kind for name, kind in _CLASSES.items() if name in types), None)

    def _is_joined(self, whole: str) -> bool:
        """Whether a membership of it is no membership of an alliance."""
        return self._class(whole) in (Actor, Platform, Programme, Event)

    def thing(self, subject: str) -> str | None:
        """The IRI of a thing that is loaded."""
        kind = self.kind(subject)
        return iris.mint(kind.kind_name, NAME, subject) if kind else None

    def territory(self, node: str) -> str | None:
        """The IRI of a territory of the reference, by its own IRI or the code that the file gives it."""
        found = _TERRITORY.fullmatch(node)
        codes = [found["code"]] if found else [one.text for one in self.of(node, IGEO + "codeINSEE")]
        known = {code for text in codes if (code := self.territories.find(text).code)}
        return iris.territory(known.pop()) if len(known) == 1 else None


def _statement(row: Row) -> tuple[str, str, _Value]:
    """Subject, property and object; blank nodes are told apart by their file."""
    at = row.positions
    subject, predicate, text, kind, language = (
        row.values[at[name]] for name in ("subject", "predicate", "object", "kind", "language")
    )
    file = row.report.file
    return _node(subject, file), predicate, _Value(_node(text, file) if kind == "blank" else text, kind, language)


def _node(text: str, file: str) -> str:
    return f"{text} ({file})" if text.startswith("_:") else text


def _read(graph: _Graph, row: Row) -> list[Record]:
    """The thing whose class a statement states, or the tie that it is; what is not loaded is reported once."""
    subject, predicate, value = _statement(row)
    if predicate == _TYPE:
        return _typed(graph, row, subject, value)
    if predicate in _TIES:
        return _tied(graph, row, subject, predicate, value)
    if predicate not in _READ and graph.kind(subject):
        _report(graph, row, predicate)
    return []


def _typed(graph: _Graph, row: Row, subject: str, value: _Value) -> list[Record]:
    """The thing, at the first of its classes that is loaded."""
    if value.text not in _CLASSES:
        if value.text not in _HELPERS:
            _report(graph, row, value.text)
        return []
    kind = graph.kind(subject)
    if kind is None or subject in graph.given:
        return []
    graph.given.add(subject)
    return [_record(graph, row, kind, subject)]


def _report(graph: _Graph, row: Row, name: str) -> None:
    """Say that a class or property is not loaded, the first time that it is met."""
    if name not in graph.reported:
        graph.reported.add(name)
        row.report.issues.append(Issue(row.number, "unknown_term", name, refused=False))


def _record(graph: _Graph, row: Row, kind: type[Record], subject: str) -> Record:
    """The thing as the properties of its class say; raises `RowError` where one that it needs is missing."""
    fields: dict[str, Any] = {"source": NAME, "key": subject, **_DEFAULTS.get(kind, {})}
    for prop in PROPERTIES[kind]:
        found = [
            one for value in _matching(graph, subject, prop) if (one := _field(graph, row, prop, value)) is not None
        ]
        if found:
            fields[prop.field] = tuple(found) if prop.many else found[0]
    fields |= _linked_fields(graph, row, kind, subject)
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        code: ReasonCode = "empty_value" if first["type"] == "missing" else "invalid_record"
        field = ".".join(map(str, first["loc"]))
        raise RowError(code, f"{field}: {first['msg']}", column="subject", value=subject) from error


def _linked_fields(graph: _Graph, row: Row, kind: type[Record], subject: str) -> dict[str, Any]:
    """The fields that other nodes tell, or several properties together."""
    if kind is Actor:
        return _numbers(graph, row, subject)
    if kind is Membership:
        start, end = _period(graph, row, subject)
        stated = (start or end) and not graph.of(subject, AL + "periodBasis")
        return {"start": start, "end": end} | ({"period_basis": "stated"} if stated else {})
    if kind is Relation and AL + "subject" not in graph.values[subject]:  # a membership of what is no alliance
        start, end = _period(graph, row, subject)
        return {"relation": "member_of", "start": start, "end": end}
    return {}


def _matching(graph: _Graph, subject: str, prop: Property) -> list[_Value]:
    """The values of a property, texts in the language of the field; for want of French, of any language."""
    values = [one for one in graph.of(subject, prop.iri) if one.text.strip()]
    if prop.codec is ENGLISH:
        return [one for one in values if _language(one) == "en"]
    if prop.codec is FRENCH:
        ranks = {"fr": 0, "": 1, "en": 2}
        return sorted(values, key=lambda one: (ranks.get(_language(one), 3), one))[: None if prop.many else 1]
    return values


def _language(value: _Value) -> str:
    return value.language.casefold().partition("-")[0]


def _field(graph: _Graph, row: Row, prop: Property, value: _Value) -> object:
    """One value of a field; what is not of its form is remarked and left out."""
    if prop.codec is THING:
        return _pointer(graph, row, prop, value)
    if prop.codec is PARTIAL:
        return row.as_date("object", _day(value))
    try:
        term = NamedNode(value.text) if value.kind == "iri" else Literal(value.text, language=value.language or None)
        found: object = prop.codec.read(term)
    except (ValueError, ArithmeticError) as error:
        row.remark("unknown_value", "object", value.text, f"{prop.field}: {error}")
        return None
    reason = _flaw(prop, value.text, found)
    if reason is None:
        return found
    row.remark(reason, "object", value.text, prop.field)
    return None


def _flaw(prop: Property, text: str, found: object) -> ReasonCode | None:
    """What is wrong with a value that is of the form of its field."""
    if prop.codec is WEB:
        return None if is_web_address(text) else "bad_address"
    if prop.codec is SDG:
        return None if found in known_targets() else "unknown_target"
    if text.startswith(iris.CONCEPT):
        scheme, key = iris.parse_concept(text)
        written = prop.codec.write(key).value  # in the scheme of the field
        return None if written == text and key in schemes.keys(scheme) else "unknown_value"
    return None


def _pointer(graph: _Graph, row: Row, prop: Property, value: _Value) -> str | None:
    """The IRI of another thing; raises `RowError` where a tie leads to nothing that is loaded."""
    if prop.field == "territory":
        found = graph.territory(value.text)
        if found is None:
            row.remark("unknown_territory", "object", value.text)
        return found
    found = graph.thing(value.text)
    if found is None and prop.field == "measure":
        row.remark("dangling_reference", "object", value.text, "measure")
    elif found is None:
        raise RowError("dangling_reference", prop.field, column="object", value=value.text)
    elif graph.kind(value.text) is not _ENDS.get(prop.field, graph.kind(value.text)):
        raise RowError("wrong_kind", prop.field, column="object", value=value.text)
    return found


def _period(graph: _Graph, row: Row, subject: str) -> tuple[str | None, str | None]:
    """The dates of a membership: its own, or those of its interval (ours, or of OWL-Time)."""
    nodes = [one.text for one in graph.of(subject, ORG + "memberDuring")] + [subject]
    start = _date(graph, row, nodes, (SCHEMA + "startDate", TIME + "hasBeginning"))
    end = _date(graph, row, nodes, (SCHEMA + "endDate", TIME + "hasEnd"))
    if reversed_period(start, end):
        raise RowError("reversed_period", f"{start} > {end}", column="subject", value=subject)
    return start, end


def _date(graph: _Graph, row: Row, nodes: list[str], names: tuple[str, str]) -> str | None:
    """The first date that one of the nodes has, itself or in an instant."""
    said = [value for node in nodes for name in names for value in graph.of(node, name)]
    instants = [value for one in said for name in _INSTANTS for value in graph.of(one.text, name)]
    first = next((one for one in (*said, *instants) if one.kind == "literal"), None)
    return first and row.as_date("object", _day(first))


def _day(value: _Value) -> str:
    """A date without the time and the zone that XSD lets it have."""
    found = _XSD_DATE.fullmatch(value.text.strip())
    return found["day"] if found else value.text


def _numbers(graph: _Graph, row: Row, subject: str) -> dict[str, str]:
    """The French register numbers among the identifiers; one that looks like a damaged one is remarked."""
    nodes = graph.of(subject, ADMS + "identifier")
    values = [value for one in nodes for value in graph.of(one.text, SKOS + "notation")]
    found: dict[str, str] = {}
    for text in (one.text.replace(" ", "") for one in (*values, *graph.of(subject, ORG + "identifier"))):
        if is_siret(text):
            found |= {"siret": text} | ({} if "siren" in found else {"siren": text[:9]})
        elif is_siren(text) or is_rna(text):
            found["siren" if is_siren(text) else "rna"] = text
        elif _DIGITS.fullmatch(text):
            row.remark("bad_identifier", "object", text)
    return found


def _tied(graph: _Graph, row: Row, subject: str, predicate: str, value: _Value) -> list[Record]:
    """The membership or relation of a plain tie; raises `RowError` where it leads to what is not loaded."""
    small, large = (subject, value.text) if _TIES[predicate] else (value.text, subject)
    member, whole = graph.thing(small), graph.thing(large)
    if member is None or whole is None:
        raise RowError("dangling_reference", column="object", value=value.text)
    collaboration = predicate in _MEMBERS and graph.kind(large) is Alliance
    tie = _membership(member, whole) if collaboration else _relation(member, whole, predicate)
    if tie.iri in graph.given:
        return []
    graph.given.add(tie.iri)
    return [tie]


def _membership(actor: str, alliance: str) -> Membership:
    key = "|".join((iris.parse(alliance)[2], iris.parse(actor)[2], "member"))
    return Membership(source=NAME, key=key, alliance=alliance, actor=actor, role="member")


def _relation(subject: str, whole: str, predicate: str) -> Relation:
    relation = "member_of" if predicate in _MEMBERS else "part_of"
    key = "|".join((iris.parse(subject)[2], relation, iris.parse(whole)[2]))
    return Relation(source=NAME, key=key, subject=subject, relation=relation, object=whole, basis="stated")
