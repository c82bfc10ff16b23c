"""The closed map between the ontology and the property graph: labels, relationship types and property keys.

It follows from `ontology.rdf.PROPERTIES` and the schemes: a field with a value of its own is a property key of the
same name, a field that points to a thing is a relationship named for its RDF property (`seatedIn`: `SEATED_IN`), a
relation is a relationship named for its concept. Nothing that stands in data ever becomes a name: whoever writes one
into a query takes it from here, through `checked`.

A node or a relationship holds only what some statement says, so that all of it can be proven.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from graph.tables import TABLES
from ontology import schemes
from ontology.rdf import (
    ADMS,
    AL,
    COORDINATE,
    DCAT,
    DCT,
    DECIMAL,
    ENGLISH,
    FRENCH,
    GEO,
    INTEGER,
    ORG,
    PLAIN,
    PROPERTIES,
    PROV,
    RDFS,
    SCHEMA,
    SDG,
    THING,
    WEB,
    Codec,
    Property,
    classes_of,
)
from ontology.records import Actor, Chantier, Measure, Membership, MergedActor, Programme, Record, Relation, Territory

Shape = Literal["text", "texts", "integer", "number"]
"""What a property holds: a text, a list of texts (never empty), an integer of 64 bits, a float of 64 bits."""

VERSION: Final = 1
"""Goes up when the same generation would give other nodes or relationships; a mirror of another version is rebuilt."""

SLOTS: Final = ("_A", "_B")
"""The labels that say which of two mirrors in the database a node belongs to."""
STUB: Final = "_Stub"
"""The label of a node that only stands at the end of a relationship: no record describes it here."""
MARKER: Final = "_Mirror"
"""The label of the one node that says what is mirrored, and in which slot."""
GONE: Final = "_Gone"
"""The label of a node that the mirror gave up, and that relationships of others keep."""

MEMBER_OF: Final = "MEMBER_OF"
DISTRIBUTION: Final = "DISTRIBUTION"
COVERS: Final = {"COVERS_COMPLETELY": "complete", "COVERS_PARTLY": "partial"}
"""Relationships from a source to territories, and the column of the table of sources that makes them."""

_RELATION_TYPES: Final = {"member_of": "BELONGS_TO", "part_of": "COMPONENT_OF", "partners_with": "PARTNER_OF"}
"""Relations not named for their key: `MEMBER_OF` is for alliances alone, `PART_OF` for territories."""
_POINTERS: Final = (THING, SDG)
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Key:
    """A property key; `iri` is the RDF property that it states.

    `codec` writes its values; `None` where the statement takes more than the value (see `graph.mirror.statements`), or
    where the value only repeats the one of the key `repeats`, as every node is to have a `name`.
    """

    name: str
    shape: Shape
    iri: str
    codec: Codec | None = None
    repeats: str | None = None


@dataclass(frozen=True)
class NodeKind:
    """Nodes with the same labels: the rows of `table`, or those whose column `chosen_by` has one of `values`.

    `keys` stand beside `iri` and `source`, which every node has. `classes` are the RDF classes that its labels mean; an
    actor's follow from its `kind`, and are not listed.
    """

    labels: tuple[str, ...]
    table: str
    keys: tuple[Key, ...]
    classes: tuple[str, ...] = ()
    chosen_by: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkKind:
    """Relationships of one type. `iri` is the RDF property, or the concept of the relation, that the type means.

    `starts` and `ends` are labels, for who asks questions; nothing relies on them.
    """

    type: str
    keyed: bool
    iri: str
    keys: tuple[Key, ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]


def checked(name: str) -> str:
    """`name`, if it is a label, a type or a key of the map; raises `ValueError` otherwise. For names in queries."""
    if not (_NAME.fullmatch(name) and name in _names()):
        raise ValueError(f"no name of the mirror: {name!r}")
    return name


@cache
def node_kinds() -> Mapping[tuple[str, ...], NodeKind]:
    """Every kind of node by its labels, in the order of these; stubs are none of them."""
    kinds = [*_record_kinds(), _SOURCE, _FILE]
    return {kind.labels: kind for kind in sorted(kinds, key=lambda kind: kind.labels)}


@cache
def link_kinds() -> Mapping[str, LinkKind]:
    """Every kind of relationship by its type, in the order of these; raises `ValueError` where two share one."""
    kinds = sorted([_membership(), *_relations(), *_pointers(), *_SOURCE_LINKS], key=lambda kind: kind.type)
    found = {kind.type: kind for kind in kinds}
    if len(found) < len(kinds):
        raise ValueError("two kinds of relationship have the same type")
    return found


@cache
def labels() -> frozenset[str]:
    """Every label of the domain; those of the book-keeping begin with `_` and are not among them."""
    return frozenset(label for one in node_kinds() for label in one)


@cache
def relation_kinds() -> Mapping[str, LinkKind]:
    """The kinds of relationship that are relations, by their key in the scheme `relation`."""
    return {one.key: link_kinds()[_relation_type(one.key)] for one in schemes.concepts("relation")}


def pointers(kind: type[Record]) -> tuple[Property, ...]:
    """The fields of a record that point to a thing, and are relationships of its node."""
    return () if kind in (Membership, Relation) else tuple(one for one in PROPERTIES[kind] if one.codec in _POINTERS)


def pointer_type(prop: Property) -> str:
    """The relationship type of a field that points to a thing."""
    return _HUMP.sub("_", prop.iri.removeprefix(AL).rpartition("#")[2]).upper()


@cache
def _names() -> frozenset[str]:
    kinds: tuple[NodeKind | LinkKind, ...] = (*node_kinds().values(), *link_kinds().values())
    keys = {key.name for kind in kinds for key in kind.keys}
    return frozenset({"iri", "source", STUB, MARKER, GONE, *SLOTS, *labels(), *link_kinds(), *keys})


# Nodes

_ID: Final = Key("id", "text", DCT + "identifier", PLAIN)
_ORIGIN: Final = Key("origin", "text", PROV + "wasDerivedFrom", THING)
_OWN_KEYS: Final[Mapping[type[Record], tuple[Key, ...]]] = {
    **dict.fromkeys(
        (Actor, MergedActor), tuple(Key(scheme, "text", ADMS + "identifier") for scheme in ("siren", "siret", "rna"))
    ),
    Territory: (Key("wkt", "text", GEO + "hasGeometry"),),
    **dict.fromkeys(
        (Measure, Chantier),
        (
            Key("reviews", "texts", AL + "review"),
            Key("statuses", "texts", AL + "status"),
            Key("status_texts", "texts", AL + "statusText"),
        ),
    ),
}
"""Keys of fields that `PROPERTIES` does not list. The three lists go together; a status not known is an empty text."""

_LABELS: Final = {"Intercommunalite": "Epci"}
"""Labels that are not the last part of the IRI of their class."""


def _record_kinds() -> Iterator[NodeKind]:
    for table, kind in TABLES.items():
        if kind is Programme:
            yield from _programmes(table)
        elif kind is Territory:
            yield from _territories(table)
        elif kind not in (Membership, Relation):
            classes = () if kind is Actor else classes_of(kind.model_construct())
            yield NodeKind((kind.__name__,), table, _node_keys(kind), classes)


def _programmes(table: str) -> Iterator[NodeKind]:
    class_of = {one.key: _class(Programme.model_construct(kind=one.key)) for one in schemes.concepts("programme-kind")}
    for iri in dict.fromkeys(class_of.values()):
        kinds = tuple(key for key, other in class_of.items() if other == iri)
        yield NodeKind((_label(iri),), table, _node_keys(Programme), (iri,), "kind", kinds)


def _territories(table: str) -> Iterator[NodeKind]:
    for one in schemes.concepts("level"):
        iri = _class(Territory.model_construct(level=one.key))
        yield NodeKind(("Territory", _label(iri)), table, _node_keys(Territory), (iri,), "level", (one.key,))


def _class(record: Record) -> str:
    return classes_of(record)[0]


def _label(class_iri: str) -> str:
    name = class_iri.rpartition("#")[2]
    return _LABELS.get(name, name)


def _node_keys(kind: type[Record]) -> tuple[Key, ...]:
    return (_ID, *_value_keys(kind), *_OWN_KEYS.get(kind, ()), _ORIGIN)


def _value_keys(kind: type[Record], without: Iterable[str] = ()) -> tuple[Key, ...]:
    """The keys of the fields that hold a value; those of names come first in every kind."""
    fields = (one for one in PROPERTIES[kind] if one.codec not in _POINTERS and one.field not in without)
    return tuple(Key(one.field, _shape(one), one.iri, one.codec) for one in fields)


def _shape(prop: Property) -> Shape:
    if prop.codec is INTEGER:
        return "integer"
    if prop.codec in (DECIMAL, COORDINATE):
        return "number"
    return "texts" if prop.many else "text"


_SOURCE: Final = NodeKind(
    ("Source",),
    "sources",
    (
        _ID,
        Key("name", "text", RDFS + "label", FRENCH),
        Key("name_en", "text", RDFS + "label", ENGLISH),
        Key("publisher", "text", AL + "publisherName", PLAIN),
        Key("licence_url", "text", DCT + "license", WEB),
        Key("homepage", "text", DCAT + "landingPage", WEB),
        Key("attribution", "text", AL + "attribution", FRENCH),
        Key("vintage", "text", AL + "vintage", PLAIN),
        Key("coverage", "text", AL + "coverage", FRENCH),
        Key("coverage_en", "text", AL + "coverage", ENGLISH),
    ),
    (DCAT + "Dataset",),
)
_FILE: Final = NodeKind(
    ("File",),
    "files",
    (
        _ID,
        Key("name", "text", DCT + "identifier", repeats="id"),
        Key("sha256", "text", AL + "sha256", PLAIN),
        Key("rows_read", "integer", AL + "rowsRead", INTEGER),
        Key("rows_loaded", "integer", AL + "rowsLoaded", INTEGER),
        Key("rows_quarantined", "integer", AL + "rowsQuarantined", INTEGER),
    ),
    (DCAT + "Distribution", PROV + "Entity"),
)

STUB_KEYS: Final = (Key("id", "text", "", repeats="iri"), Key("name", "text", "", repeats="iri"))
"""The keys of a stub, which state nothing: it is known by its IRI alone."""


# Relationships

_ENDS: Final[Mapping[str, tuple[str, ...]]] = {
    "territory": ("Territory",),
    "merged_into": ("Actor",),
    "parents": ("Territory",),
    "measure": ("Measure",),
    "chantier": ("Chantier",),
    "leads": ("Actor",),
    "involved": ("Actor",),
    "study": ("Study", "Programme", "Actor", "Platform", "Event"),
    "targets": ("Goal", "Target"),
    "goal": ("Goal",),
}
"""What a field that points to a thing points to, by its name."""
_ANY: Final = ("Actor", "Alliance", "Chantier", "Event", "Measure", "Platform", "Programme")
"""What relations tie together, in the main."""
_SOURCE_LINKS: Final = (
    LinkKind("COVERS_COMPLETELY", False, AL + "coversCompletely", (), ("Source",), ("Territory",)),
    LinkKind("COVERS_PARTLY", False, AL + "coversPartly", (), ("Source",), ("Territory",)),
    LinkKind(DISTRIBUTION, False, DCAT + "distribution", (), ("Source",), ("File",)),
)


def _membership() -> LinkKind:
    period = (Key("start", "text", SCHEMA + "startDate"), Key("end", "text", SCHEMA + "endDate"))
    values = _value_keys(Membership, without=("alliance", "actor"))
    keys = (_ID, *values, *period, _ORIGIN)
    return LinkKind(MEMBER_OF, True, ORG + "Membership", keys, ("Actor",), ("Alliance",))


def _relations() -> Iterator[LinkKind]:
    keys = (_ID, *_value_keys(Relation, without=("subject", "relation", "object")), _ORIGIN)
    for one in schemes.concepts("relation"):
        yield LinkKind(_relation_type(one.key), True, one.iri, keys, _ANY, _ANY)


def _relation_type(key: str) -> str:
    return _RELATION_TYPES.get(key, key.upper())


def _pointers() -> Iterator[LinkKind]:
    starts: dict[str, list[str]] = {}
    found: dict[str, Property] = {}
    for table, kind in TABLES.items():
        for prop in pointers(kind):
            name = pointer_type(prop)
            found[name] = prop
            starts.setdefault(name, []).extend(_main_labels(table))
    for name, prop in found.items():
        yield LinkKind(name, False, prop.iri, (), tuple(starts[name]), _ENDS[prop.field])


def _main_labels(table: str) -> list[str]:
    return sorted({kind.labels[0] for kind in node_kinds().values() if kind.table == table})
