"""Places of digital mediation (médiation numérique, national standard 1.0): where they are and who runs them.

A place is open for alliances, and is none: it connects no territory. Who runs it is known by the number in `pivot`
alone: a commune or an EPCI goes by its official name, any other by that of its first place. The programmes are those
of the State and of networks that a place takes part in. Telephones, e-mail addresses and hours are not loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from loaders.bodies import body
from loaders.cells import Row
from loaders.errors import RowError
from loaders.identifiers import Numbers, numbers
from loaders.places import territory_of
from loaders.privacy import CONTACT
from loaders.registry import Files, loader
from loaders.tabular import Columns
from loaders.territory_index import TerritoryIndex
from loaders.ties import Given
from ontology import iris
from ontology.provenance import Coverage, Loaded, Source
from ontology.records import Actor, Platform, Programme, Record, Relation

NAME = "mediation"
_CONTACT = "how to reach a place"
_ADDRESS = "the commune is precise enough"
_SERVICE = "what a place offers, in detail"

COLUMNS = Columns(
    fields={
        "id": "key", "pivot": "siret", "nom": "name", "commune": "territory", "code_postal": "territory",
        "code_insee": "territory", "site_web": "website", "services": "theme", "presentation_resume": "note",
        "dispositif_programmes_nationaux": "object",
    },
    required=("id", "pivot", "nom", "commune"),
    ignored={
        "adresse": _ADDRESS, "complement_adresse": _ADDRESS, "latitude": _ADDRESS, "longitude": _ADDRESS,
        "horaires": _CONTACT, "prise_rdv": _CONTACT,
        "fiche_acces_libre": _CONTACT, "modalites_acces": _CONTACT,
        "presentation_detail": _SERVICE, "typologie": _SERVICE, "itinerance": _SERVICE,
        "publics_specifiquement_adresses": _SERVICE, "prise_en_charge_specifique": _SERVICE,
        "frais_a_charge": _SERVICE, "modalites_accompagnement": _SERVICE, "formations_labels": _SERVICE,
        "autres_formations_labels": _SERVICE, "structure_parente": "a number without a role",
        "source": "who entered it", "date_maj": "of the entry, not of the place",
    },
    personal={"telephone": CONTACT, "courriels": CONTACT},
)  # fmt: skip

SOURCE = Source(
    name=NAME,
    title_fr="Lieux de médiation numérique",
    title_en="Places of digital mediation",
    publisher="Cartographie nationale des lieux de médiation numérique (La MedNum, ANCT)",
    licence="Licence Ouverte 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    homepage="https://cartographie.societenumerique.gouv.fr/",
    formats=("csv", "json", "xlsx"),
    coverage=Coverage(
        partial=("FRA",),
        fr="Lieux qui se sont fait connaître, dans toute la France : rien n’est dit des alliances.",
        en="Places that made themselves known, in all of France: nothing is said of alliances.",
    ),
    attribution="Licence Ouverte 2.0 — La MedNum, ANCT",
    resolved={"code_insee": 0.95, "pivot": 0.5},
)


@loader(SOURCE, columns=(COLUMNS,))
def load(files: Files) -> Iterator[Loaded]:
    """Yield each place, who runs it and what programmes it takes part in."""
    seen = _Seen(TerritoryIndex.load())
    for file in files.names:
        yield from files.records(file, COLUMNS, partial(_read, seen))


@dataclass
class _Seen:
    """What the rows read so far named."""

    territories: TerritoryIndex
    places: dict[str, Platform] = field(default_factory=dict)
    operators: dict[str, Actor] = field(default_factory=dict)
    given: Given = field(default_factory=Given)


def _read(seen: _Seen, row: Row) -> list[Record]:
    """The place of a row with its operator and programmes, as far as no row gave them before."""
    place = _place(seen, row)
    before = seen.places.setdefault(place.key, place)
    if before != place:
        raise RowError("conflicting_duplicate", column="id", value=place.key)
    records: list[Record] = [place]
    if operator := _operator(seen, row, place):
        records += [operator, _relation("operates", operator, place)]
    for name in row.many("dispositif_programmes_nationaux"):
        programme = Programme(source=NAME, key=name, name=name, kind="programme")
        records += [programme, _relation("implements", place, programme)]
    return seen.given.new(records)


def _place(seen: _Seen, row: Row) -> Platform:
    return Platform(
        source=NAME,
        key=row.required("id"),
        name=row.required("nom"),
        theme=", ".join(row.many("services")) or None,
        territory=_territory(seen, row),
        website=row.site("site_web"),
        note=row.text("presentation_resume"),
    )


def _territory(seen: _Seen, row: Row) -> str | None:
    """The commune by its code, else by its name in the département of the postal code, which is remarked."""
    if row.text("code_insee"):
        return territory_of(row, "code_insee", seen.territories)
    name, postal = row.required("commune"), row.text("code_postal") or ""
    departement = seen.territories.departement(postal[:3]) or seen.territories.departement(postal[:2])
    code = seen.territories.commune_named(name, departement) if departement else None
    row.remark("matched_by_name" if code else "unknown_territory", "commune", name, code or "")
    return iris.territory(code) if code else None


def _operator(seen: _Seen, row: Row, place: Platform) -> Actor | None:
    """Who runs a place; none where its number is damaged, or of a register that is not French."""
    found = numbers(row, "pivot")
    key = found.siret or found.siren or found.rna
    if key is None:
        return None
    code = seen.territories.epci(found.siren) if found.siren else None
    if code:
        return body(NAME, code, seen.territories)
    return seen.operators.setdefault(key, _unnamed(key, found, place))


def _unnamed(key: str, found: Numbers, place: Platform) -> Actor:
    return Actor(
        source=NAME,
        key=key,
        name=place.name,
        kind="association" if found.rna else "unspecified",
        website=place.website,
        siren=found.siren,
        siret=found.siret,
        rna=found.rna,
    )


def _relation(relation: str, subject: Record, thing: Record) -> Relation:
    return Relation(
        source=NAME,
        key=f"{subject.kind_name}:{subject.key}|{relation}|{thing.key}",
        subject=subject.iri,
        relation=relation,
        object=thing.iri,
        basis="stated",
    )
