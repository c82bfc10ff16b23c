"""Where records and RDF meet: the only file that knows which field is which property.

`quads_of` writes a record, `record_of` reads it back; a test holds them inverse. Nothing here makes
blank nodes: every node has an IRI, so that two builds of the same records give the same quads.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from ontology import iris
from ontology.records import (
    Actor,
    Alliance,
    Chantier,
    Event,
    Figure,
    Goal,
    Measure,
    Membership,
    MergedActor,
    Platform,
    Programme,
    Record,
    Relation,
    ReviewStatus,
    Target,
    Territory,
)

AL = iris.ONTOLOGY
ADMS = "http://www.w3.org/ns/adms#"
DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
GEO = "http://www.opengis.net/ont/geosparql#"
IGEO = "http://rdf.insee.fr/def/geo#"
M8G = "http://data.europa.eu/m8g/"
ORG = "http://www.w3.org/ns/org#"
PROV = "http://www.w3.org/ns/prov#"
QB = "http://purl.org/linked-data/cube#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SCHEMA = "http://schema.org/"
SDGO = "http://metadata.un.org/sdg/ontology#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TIME = "http://www.w3.org/2006/time#"
WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"
XSD = "http://www.w3.org/2001/XMLSchema#"

PREFIXES: Mapping[str, str] = {
    "al": AL, "adms": ADMS, "dcat": DCAT, "dct": DCT, "foaf": FOAF, "geo": GEO, "igeo": IGEO, "m8g": M8G,
    "org": ORG, "prov": PROV, "qb": QB, "rdf": RDF, "rdfs": RDFS, "schema": SCHEMA, "sdgo": SDGO,
    "skos": SKOS, "time": TIME, "wgs84": WGS84, "xsd": XSD,
}  # fmt: skip
"""The prefixes that queries, dumps and pages use."""

Term = NamedNode | Literal
TYPE = NamedNode(RDF + "type")


@lru_cache(maxsize=1 << 16)
def node(iri: str) -> NamedNode:
    """The term of a name that recurs: a property, class, concept, target or territory."""
    return NamedNode(iri)


# Codecs: how one value of a field becomes a term, and back.


@dataclass(frozen=True)
class Codec:
    """A pair of inverse functions between a field's value and an RDF term.

    `line` gives the term as N-Quads write it; where it can be had for less than making the term, that is worth
    it, for a build makes half a million of them.
    """

    write: Callable[[Any], Term]
    read: Callable[[Term], Any]
    line: Callable[[Any], str] | None = None


def _language(tag: str) -> Codec:
    def write(text: str) -> Literal:
        return Literal(text, language=tag)

    return Codec(write, lambda term: term.value, _quoted(f"@{tag}", write))


def _quoted(end: str, write: Callable[[str], Term]) -> Callable[[str], str]:
    """Write a text between quotation marks; one that needs an escape goes through its term."""

    def line(text: str) -> str:
        return f'"{text}"{end}' if text.isprintable() and not ('"' in text or "\\" in text) else str(write(text))

    return line


def _typed(datatype: str, parse: Callable[[str], Any], form: Callable[[Any], str] = str) -> Codec:
    """A literal whose lexical form, made by `form`, needs no escape."""
    kind = NamedNode(XSD + datatype)
    end = f'"^^{kind}'
    return Codec(
        lambda value: Literal(form(value), datatype=kind),
        lambda term: parse(term.value),
        lambda value: f'"{form(value)}{end}',
    )


def _decimal(parse: Callable[[str], Any]) -> Codec:
    """`xsd:decimal` knows no exponent: 1E+2 is written 100, 1e-05 is written 0.00001."""
    return _typed("decimal", parse, _canonical)


def _canonical(value: Decimal | float) -> str:
    """The shortest decimal form, which is what Oxigraph keeps: the dump must say what the store says."""
    if value == 0:
        return "0"
    text = f"{value if isinstance(value, Decimal) else Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _concept(scheme: str) -> Codec:
    def write(key: str) -> NamedNode:
        return node(iris.concept(scheme, key))

    return Codec(write, lambda term: iris.parse_concept(term.value)[1], _kept(write))


def _kept(write: Callable[[str], Term]) -> Callable[[str], str]:
    """Write a value that recurs, such as a concept, a date, or the page that a row cites three times."""
    return lru_cache(maxsize=1 << 12)(lambda value: str(write(value)))


@lru_cache(maxsize=1 << 12)
def _thing(iri: str) -> str:
    return str(NamedNode(iri))


def _partial(text: str) -> Literal:
    names = {4: "gYear", 7: "gYearMonth", 10: "date"}
    return Literal(text, datatype=node(XSD + names[len(text)]))


def web(address: str) -> NamedNode:
    """The IRI of a web address; characters that no IRI may hold are percent-encoded."""
    return NamedNode(quote(address, safe="!#$%&'()*+,/:;=?@[]~-._", encoding="utf-8"))


FRENCH, ENGLISH = _language("fr"), _language("en")
PLAIN = Codec(Literal, lambda term: term.value, _quoted("", Literal))
INTEGER, DECIMAL = _typed("integer", int), _decimal(Decimal)
COORDINATE = _decimal(float)
DAY = _typed("date", date.fromisoformat)
PARTIAL = Codec(_partial, lambda term: term.value, _kept(_partial))
THING = Codec(node, lambda term: term.value, _thing)
WEB = Codec(web, lambda term: term.value, _kept(web))
WKT = Codec(lambda text: Literal(text, datatype=node(GEO + "wktLiteral")), lambda term: term.value)
SDG = Codec(lambda code: node(iris.sdg(code)), lambda term: iris.parse_sdg(term.value))


@dataclass(frozen=True)
class Property:
    """Which property a field is written as."""

    field: str
    iri: str
    codec: Codec
    many: bool = False


def _p(field: str, iri: str, codec: Codec, *, many: bool = False) -> Property:
    return Property(field, iri, codec, many)


_NAMED = (_p("name", RDFS + "label", FRENCH), _p("name_en", RDFS + "label", ENGLISH))
_NOTE = (_p("note", SKOS + "note", FRENCH),)
_DESCRIBED = (_p("description", DCT + "description", FRENCH),)
_SOURCED = (_p("source_urls", DCT + "source", WEB, many=True), _p("retrieved", AL + "retrieved", DAY))
_DATED = (*_SOURCED, _p("start", SCHEMA + "startDate", PARTIAL), _p("end", SCHEMA + "endDate", PARTIAL))
_SDG = (
    _p("targets", AL + "contributesTo", SDG, many=True),
    _p("sdg_basis", AL + "sdgBasis", _concept("basis")),
)
_CONFIDENCE = (_p("confidence", AL + "confidence", _concept("confidence")),)
_WEBSITE = (_p("website", FOAF + "homepage", WEB),)
_IDENTIFIERS = ("siren", "siret", "rna")

PROPERTIES: Mapping[type[Record], tuple[Property, ...]] = {
    Actor: (
        *_NAMED, *_SOURCED, *_WEBSITE, *_DESCRIBED, *_NOTE,
        _p("acronym", SKOS + "altLabel", PLAIN),
        _p("alt_names", SCHEMA + "alternateName", FRENCH, many=True),
        _p("kind", AL + "kind", _concept("actor-kind")),
        _p("territory", AL + "seatedIn", THING),
        _p("seat_as_stated", AL + "seatAsStated", FRENCH),
        _p("public_role", AL + "publicRole", FRENCH),
        _p("role_from", AL + "roleFrom", PARTIAL),
        _p("role_to", AL + "roleTo", PARTIAL),
        _p("founded", AL + "founded", PARTIAL),
        _p("dissolved", AL + "dissolved", PARTIAL),
        _p("budget_eur", AL + "yearlyBudget", DECIMAL),
        _p("completed_from", AL + "completedFrom", WEB, many=True),
    ),
    MergedActor: (
        *_NAMED, *_SOURCED,
        _p("acronym", SKOS + "altLabel", PLAIN),
        _p("merged_into", AL + "mergedInto", THING),
    ),
    Alliance: (
        *_NAMED[:1], *_DATED, *_DESCRIBED, *_SDG,
        _p("kind", AL + "kind", _concept("alliance-kind")),
        _p("scope", AL + "scope", _concept("scope")),
        _p("territory", AL + "locatedIn", THING),
        _p("measure", AL + "carriesOut", THING),
        _p("amount_eur", AL + "amount", DECIMAL),
    ),
    Membership: (
        *_SOURCED,
        _p("alliance", ORG + "organization", THING),
        _p("actor", ORG + "member", THING),
        _p("role", ORG + "role", _concept("role")),
        _p("period_basis", AL + "periodBasis", _concept("basis")),
    ),
    Relation: (
        *_DATED, *_NOTE,
        _p("subject", AL + "subject", THING),
        _p("relation", AL + "relation", _concept("relation")),
        _p("object", AL + "object", THING),
        _p("seen_on", AL + "seenOn", PARTIAL),
        _p("basis", AL + "basis", _concept("basis")),
    ),
    Chantier: (
        *_NAMED, *_SOURCED, *_SDG, *_CONFIDENCE, *_NOTE,
        _p("number", AL + "number", INTEGER),
        _p("number_basis", AL + "numberBasis", ENGLISH),
        _p("keyword", AL + "keyword", FRENCH),
    ),
    Measure: (
        *_NAMED, *_SOURCED, *_SDG, *_CONFIDENCE, *_NOTE,
        _p("number", AL + "number", INTEGER),
        _p("chantier", AL + "chantier", THING),
        _p("chantier_basis", AL + "chantierBasis", _concept("basis")),
        _p("leads", AL + "ledBy", THING, many=True),
        _p("involved", AL + "involves", THING, many=True),
    ),
    Platform: (
        *_NAMED, *_DATED, *_SDG, *_WEBSITE, *_NOTE,
        _p("theme", AL + "theme", FRENCH),
        _p("territory", AL + "locatedIn", THING),
        _p("status_text", AL + "statusText", FRENCH),
    ),
    Programme: (
        *_NAMED, *_DATED, *_SDG, *_WEBSITE, *_DESCRIBED, *_NOTE,
        _p("alt_names", SKOS + "altLabel", FRENCH, many=True),
        _p("kind", AL + "kind", _concept("programme-kind")),
    ),
    Event: (
        *_NAMED, *_DATED, *_NOTE,
        _p("kind", AL + "kind", _concept("event-kind")),
        _p("place", AL + "place", FRENCH),
        _p("topic", AL + "topic", FRENCH),
    ),
    Figure: (
        *_NAMED, *_SOURCED, *_CONFIDENCE, *_NOTE,
        _p("study", AL + "study", THING),
        _p("publication_date", DCT + "issued", PARTIAL),
        _p("fieldwork", AL + "fieldwork", PLAIN),
        _p("population", AL + "surveyedPopulation", FRENCH),
        _p("sample_size", AL + "sampleSize", INTEGER),
        _p("qualifier", AL + "qualifier", _concept("qualifier")),
        _p("value", AL + "value", DECIMAL),
        _p("unit", AL + "unit", FRENCH),
        _p("appeal", AL + "appeal", _concept("appeal")),
    ),
    Territory: (
        *_NAMED[:1],
        _p("level", AL + "level", _concept("level")),
        _p("insee", IGEO + "codeINSEE", PLAIN),
        _p("siren", AL + "siren", PLAIN),
        _p("population", AL + "population", INTEGER),
        _p("parents", AL + "partOf", THING, many=True),
        _p("old_codes", AL + "oldCode", PLAIN, many=True),
        _p("latitude", WGS84 + "lat", COORDINATE),
        _p("longitude", WGS84 + "long", COORDINATE),
    ),
    Goal: _NAMED,
    Target: (
        *_NAMED,
        _p("goal", SKOS + "broader", SDG),
        _p("group", AL + "targetGroup", _concept("target-group")),
    ),
}  # fmt: skip
"""Every field that is one statement a value. The other fields have functions of their own below."""

PUBLIC_KINDS = frozenset({"state", "public_body", "local_authority"})
_PROGRAMME_CLASSES = {"condition": "Condition", "challenge": "Challenge", "finding": "Finding", "study": "Study"}
_LEVEL_CLASSES = {
    "pays": AL + "Country",
    "region": IGEO + "Region",
    "departement": IGEO + "Departement",
    "collectivite": AL + "OverseasCollectivity",
    "epci": IGEO + "Intercommunalite",
    "ept": AL + "Ept",
    "commune": IGEO + "Commune",
}
_CLASSES: Mapping[type[Record], str] = {
    MergedActor: AL + "MergedActor",
    Alliance: ORG + "OrganizationalCollaboration",
    Membership: ORG + "Membership",
    Relation: AL + "Relation",
    Chantier: AL + "Chantier",
    Measure: AL + "Measure",
    Platform: AL + "Platform",
    Event: AL + "Event",
    Figure: QB + "Observation",
    Goal: SDGO + "Goal",
    Target: SDGO + "Target",
}


def classes_of(record: Record) -> tuple[str, ...]:
    """The IRIs of the classes of a record, the most specific first."""
    match record:
        case Actor(kind="person"):
            return (FOAF + "Person",)
        case Actor():
            public = (M8G + "PublicOrganisation",) if record.kind in PUBLIC_KINDS else ()
            return (ORG + "Organization", *public)
        case Programme():
            return (AL + _PROGRAMME_CLASSES.get(record.kind, "Programme"),)
        case Territory():
            return (_LEVEL_CLASSES[record.level],)
        case Relation() if is_participation(record):
            return (AL + "Relation", ORG + "Membership")
    return (_CLASSES[type(record)],)


def is_participation(relation: Relation) -> bool:
    """Whether the tie is an actor's part in a programme, platform or event (an `org:Membership`)."""
    kinds = iris.parse(relation.subject)[0], iris.parse(relation.object)[0]
    return kinds[0] == "actor" and kinds[1] in {"programme", "platform", "event"}


# Writing.

_IDENTIFIER = NamedNode(DCT + "identifier")


@cache
def _writers(kind: type[Record]) -> tuple[tuple[str, NamedNode, Callable[[Any], Term], bool], ...]:
    return tuple((one.field, NamedNode(one.iri), one.codec.write, one.many) for one in PROPERTIES[kind])


@cache
def _line_writers(kind: type[Record]) -> tuple[tuple[str, str, Callable[[Any], str], bool], ...]:
    return tuple((one.field, f" <{one.iri}> ", line_of(one.codec), one.many) for one in PROPERTIES[kind])


def line_of(codec: Codec) -> Callable[[Any], str]:
    """The function that gives a value's term as N-Quads write it."""
    return codec.line or (lambda value: str(codec.write(value)))


def quads_of(record: Record, row: str | None = None) -> Iterator[Quad]:
    """The statements of a record, in its source's graph; `row` is the IRI of the row that it stands in."""
    subject, graph = NamedNode(record.iri), node(iris.dataset(record.source))
    for predicate, term in _statements(record):
        yield Quad(subject, predicate, term, graph)
    if row is not None:
        yield Quad(subject, node(PROV + "wasDerivedFrom"), NamedNode(row), graph)
    for other, predicate, term in _side_statements(record):
        yield Quad(other, predicate, term, graph)


def lines_of(record: Record, row: str | None = None) -> tuple[list[str], list[str]]:
    """The statements of `quads_of` as lines of N-Quads: those about the record, those about its side nodes.

    Side nodes (identifiers, intervals) may be shared by records, whose second lists then repeat each other.
    """
    subject, end = f"<{record.iri}>", line_end(record.source)
    own = [f"{subject} <{RDF}type> {_thing(iri)}{end}" for iri in classes_of(record)]
    own.append(f"{subject} <{DCT}identifier> {line_of(PLAIN)(record.key)}{end}")
    own += [f"{subject} {predicate} {term}{end}" for predicate, term in _pointing(record)]
    for field, predicate, line, many in _line_writers(type(record)):
        value = getattr(record, field)
        if many:
            own += [f"{subject}{predicate}{line(one)}{end}" for one in value]
        elif value is not None:
            own.append(f"{subject}{predicate}{line(value)}{end}")
    if row is not None:
        own.append(f"{subject} <{PROV}wasDerivedFrom> <{row}>{end}")
    return own, [f"{line}{end}" for line in _side_lines(record)]


@lru_cache(maxsize=1 << 10)
def line_end(source: str) -> str:
    """The end of each line about what a source says: its graph."""
    return f" <{iris.dataset(source)}> .\n"


def _side_lines(record: Record) -> Iterable[str]:
    if isinstance(record, Membership):
        return interval_lines(record.start, record.end) if record.start or record.end else ()
    return _lines(_side_statements(record))


def _lines(statements: Iterable[tuple[NamedNode, NamedNode, Term]]) -> list[str]:
    return [f"{subject} {predicate} {term}" for subject, predicate, term in statements]


@lru_cache(maxsize=1 << 12)
def interval_lines(start: str | None, end: str | None) -> list[str]:
    """The statements about a period, as lines without their end."""
    return _lines(_interval_statements(start, end))


def _statements(record: Record) -> Iterator[tuple[NamedNode, Term]]:
    for field, predicate, write, many in _writers(type(record)):
        value = getattr(record, field)
        if many:
            for one in value:
                yield predicate, write(one)
        elif value is not None:
            yield predicate, write(value)
    yield from _about(record)


def _about(record: Record) -> Iterator[tuple[NamedNode, Term]]:
    """The statements that no single field makes."""
    for iri in classes_of(record):
        yield TYPE, node(iri)
    yield _IDENTIFIER, Literal(record.key)
    yield from _pointing(record)


def _pointing(record: Record) -> Iterator[tuple[NamedNode, Term]]:
    yield from _links(record)
    yield from _restated(record)


def _links(record: Record) -> Iterator[tuple[NamedNode, Term]]:
    """The statements that point to a node which `_side_statements` describes."""
    match record:
        case Actor() | MergedActor():
            for scheme, value in _identifiers(record):
                yield node(ADMS + "identifier"), NamedNode(_identifier_iri(scheme, value))
        case Membership() if record.start or record.end:
            yield node(ORG + "memberDuring"), NamedNode(_interval_iri(record.start, record.end))
        case Measure() | Chantier():
            for status in record.statuses:
                yield node(AL + "reviewStatus"), NamedNode(_status_iri(record, status))
        case Territory(wkt=str()):
            yield node(GEO + "hasGeometry"), NamedNode(_geometry_iri(record))


def _restated(record: Record) -> Iterator[tuple[NamedNode, Term]]:
    """The statements that say again, in the words of ORG or QB, what the record's fields say."""
    match record:
        case Relation() if is_participation(record):
            yield node(ORG + "member"), node(record.subject)
            yield node(ORG + "organization"), node(record.object)
        case Figure():
            yield node(QB + "dataSet"), node(AL + "figures")
            yield node(AL + "indicator"), FRENCH.write(record.name)


def _side_statements(record: Record) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
    """The statements about the nodes that belong to a record alone: identifiers, intervals, statuses, outlines."""
    match record:
        case Actor() | MergedActor():
            for scheme, value in _identifiers(record):
                yield from _identifier_statements(scheme, value)
        case Membership() if record.start or record.end:
            yield from _interval_statements(record.start, record.end)
        case Measure() | Chantier():
            for status in record.statuses:
                yield from _status_statements(NamedNode(_status_iri(record, status)), status)
        case Territory(wkt=str(wkt)):
            outline = NamedNode(_geometry_iri(record))
            yield outline, TYPE, node(GEO + "Geometry")
            yield outline, node(GEO + "asWKT"), WKT.write(wkt)


def _identifier_statements(scheme: str, value: str) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
    subject = NamedNode(_identifier_iri(scheme, value))
    yield subject, TYPE, node(ADMS + "Identifier")
    yield subject, node(SKOS + "notation"), Literal(value)
    yield subject, node(AL + "identifierScheme"), node(iris.concept("identifier-scheme", scheme))


def _interval_statements(start: str | None, end: str | None) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
    subject = NamedNode(_interval_iri(start, end))
    yield subject, TYPE, node(TIME + "Interval")
    for name, value in (("startDate", start), ("endDate", end)):
        if value:
            yield subject, node(SCHEMA + name), _partial(value)


def _status_statements(subject: NamedNode, status: ReviewStatus) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
    yield subject, TYPE, node(AL + "ReviewStatus")
    yield subject, node(AL + "review"), _partial(status.review)
    yield subject, node(AL + "statusText"), FRENCH.write(status.text)
    if status.status:
        yield subject, node(AL + "status"), node(iris.concept("status", status.status))


def _identifiers(actor: Actor | MergedActor) -> Iterator[tuple[str, str]]:
    return ((scheme, value) for scheme in _IDENTIFIERS if (value := getattr(actor, scheme)))


def _identifier_iri(scheme: str, value: str) -> str:
    return iris.mint("identifier", scheme, value)


@lru_cache(maxsize=1 << 12)
def _interval_iri(start: str | None, end: str | None) -> str:
    return iris.mint("interval", "iso8601", f"{start or '..'}/{end or '..'}")


def _status_iri(record: Measure | Chantier, status: ReviewStatus) -> str:
    return iris.mint("status", record.source, f"{record.kind_name}|{record.key}|{status.review}")


def _geometry_iri(territory: Territory) -> str:
    return iris.mint("geometry", territory.source, territory.key)


# Reading back.


class Description:
    """The statements of one graph by subject and property; what a record is read from.

    `quads_of` makes neither blank nodes nor quoted triples: statements that hold one are none of ours, and left out.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._terms: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                self._terms[quad.subject.value][quad.predicate.value].append(quad.object)

    def terms(self, subject: str, predicate: str) -> list[Term]:
        """The objects of (subject, predicate), in the order in which they came."""
        return self._terms[subject][predicate]

    def value(self, subject: str, predicate: str) -> str | None:
        """The text of the first object of (subject, predicate)."""
        terms = self.terms(subject, predicate)
        return terms[0].value if terms else None


def record_of(kind: type[Record], iri: str, description: Description) -> Record:
    """The record of class `kind` that `description` states for `iri`; the inverse of `quads_of`."""
    source, key = _source_and_key(kind, iri)
    fields: dict[str, Any] = {"source": source, "key": key}
    for prop in PROPERTIES[kind]:
        values = [prop.codec.read(term) for term in _matching(prop, description.terms(iri, prop.iri))]
        if values:
            fields[prop.field] = tuple(values) if prop.many else values[0]
    return kind(**fields, **_linked_fields(kind, iri, description))


def _source_and_key(kind: type[Record], iri: str) -> tuple[str, str]:
    if issubclass(kind, Goal):
        return "sdg", iris.parse_sdg(iri)
    return iris.parse(iri)[1:]


def _matching(prop: Property, terms: list[Term]) -> list[Term]:
    """The terms that are this field's: two fields may share a property in two languages."""
    if prop.codec in (FRENCH, ENGLISH):
        tag = "fr" if prop.codec is FRENCH else "en"
        return [term for term in terms if isinstance(term, Literal) and term.language == tag]
    return terms


def _linked_fields(kind: type[Record], iri: str, description: Description) -> dict[str, Any]:
    if kind in (Actor, MergedActor):
        identifiers = [term.value for term in description.terms(iri, ADMS + "identifier")]
        return {iris.parse(one)[1]: iris.parse(one)[2] for one in identifiers}
    if kind is Membership:
        interval = description.value(iri, ORG + "memberDuring") or ""
        names = {"start": "startDate", "end": "endDate"}
        return {field: description.value(interval, SCHEMA + name) for field, name in names.items()}
    if kind in (Measure, Chantier):
        nodes = [term.value for term in description.terms(iri, AL + "reviewStatus")]
        return {"statuses": tuple(_status_of(one, description) for one in nodes)}
    if kind is Territory:
        return {"wkt": description.value(description.value(iri, GEO + "hasGeometry") or "", GEO + "asWKT")}
    return {}


def _status_of(iri: str, description: Description) -> ReviewStatus:
    concept = description.value(iri, AL + "status")
    return ReviewStatus(
        review=description.value(iri, AL + "review") or "",
        text=description.value(iri, AL + "statusText") or "",
        status=iris.parse_concept(concept)[1] if concept else None,
    )
