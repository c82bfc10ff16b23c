"""What a source may say: one frozen model a kind of thing.

A record is a thing (or a tie between things) as one source describes it. Fields that point to
another thing hold its IRI; fields that hold a concept hold its key (`partner`), never its label.
`None` or an empty tuple means that the source does not say.
"""

import re
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ontology import iris
from ontology.dates import PartialDate, reversed_period

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def check_text(text: str) -> str:
    """Refuse control characters and lone surrogates, which no RDF syntax can carry."""
    if _FORBIDDEN.search(text):
        raise ValueError("the text holds control characters: remove them")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(check_text)]
Iri = Annotated[str, Field(min_length=1)]
Basis = Literal["stated", "inferred", "unknown", "mapped"]
Qualifier = Literal["exact", "about", "over"]
Appeal = Literal["devoir", "besoin", "envie"]
Confidence = Literal["high", "medium", "low"]
TerritoryLevel = Literal["pays", "region", "departement", "collectivite", "epci", "ept", "commune"]
Scope = Literal["commune", "epci", "departement", "region", "national", "international"]


class Record(BaseModel):
    """A thing as one source describes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    kind_name: ClassVar[str]
    """The kind in the thing's IRI, and the singular of its table's name."""

    source: str
    key: Text

    @cached_property
    def iri(self) -> str:
        """The thing's IRI."""
        return iris.mint(self.kind_name, self.source, self.key)


class Sourced(Record):
    """A record that cites public pages."""

    source_urls: tuple[str, ...] = ()
    retrieved: date | None = None


class Dated(Sourced):
    """A record with a period; `start` unknown is possible at any time, `end` unknown is still active."""

    start: PartialDate | None = None
    end: PartialDate | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Dated":
        if reversed_period(self.start, self.end):
            raise ValueError(f"the end {self.end} comes before the start {self.start}")
        return self


class Actor(Sourced):
    """An organisation, or a person in a public role."""

    kind_name: ClassVar[str] = "actor"
    name: Text
    name_en: Text | None = None
    acronym: Text | None = None
    alt_names: tuple[Text, ...] = ()
    kind: str
    territory: Iri | None = None
    """The territory of the seat, as precise as is certain."""
    seat_as_stated: Text | None = None
    website: str | None = None
    siren: str | None = None
    siret: str | None = None
    rna: str | None = None
    public_role: Text | None = None
    role_from: PartialDate | None = None
    role_to: PartialDate | None = None
    founded: PartialDate | None = None
    dissolved: PartialDate | None = None
    budget_eur: Decimal | None = Field(default=None, ge=0)
    """Yearly budget of the organisation, exact."""
    description: Text | None = None
    note: Text | None = None
    completed_from: tuple[Iri, ...] = ()
    """The rows of registers that have its number: what its source does not say comes from there."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """What registers know it by: its SIREN, which is that of its SIRET too, and its RNA number."""
        siren = self.siren or (self.siret and self.siret[:9])
        return tuple(number for number in (siren, self.rna) if number)


class MergedActor(Sourced):
    """An actor that was judged to be the same as another: what is left of it is a way to that one."""

    kind_name: ClassVar[str] = "merged"
    merged_into: Iri
    name: Text
    name_en: Text | None = None
    acronym: Text | None = None
    siren: str | None = None
    siret: str | None = None
    rna: str | None = None

    @cached_property
    def iri(self) -> str:
        """The IRI that it had as an actor."""
        return iris.mint(Actor.kind_name, self.source, self.key)


class Alliance(Dated):
    """A collaboration of organisations for the general interest."""

    kind_name: ClassVar[str] = "alliance"
    name: Text
    kind: str
    description: Text | None = None
    scope: Scope | None = None
    territory: Iri | None = None
    targets: tuple[str, ...] = ()
    sdg_basis: Basis | None = None
    measure: Iri | None = None
    amount_eur: Decimal | None = Field(default=None, ge=0)
    """What is given in all: a grant, the public aid to a project; exact."""


class Membership(Dated):
    """An actor's part in an alliance: the unit of evidence. `key` is `alliance|actor|role`."""

    kind_name: ClassVar[str] = "membership"
    alliance: Iri
    actor: Iri
    role: str
    period_basis: Literal["stated", "inferred", "unknown"] = "unknown"
    """Whose dates `start` and `end` are: the source's, the alliance's (`inferred`), or nobody's."""


class Relation(Dated):
    """A dated tie of any other kind between two things; `seen_on` is evidence, not an end."""

    kind_name: ClassVar[str] = "relation"
    subject: Iri
    relation: str
    object: Iri
    seen_on: PartialDate | None = None
    basis: Basis
    note: Text | None = None


class ReviewStatus(BaseModel):
    """What a review (its month) says of a measure or a chantier."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    review: PartialDate
    text: Text
    status: str | None = None
    """A key of the scheme `status`, where the text begins with one."""


class Chantier(Sourced):
    """One of the four lines of work of the 2020 roadmap."""

    kind_name: ClassVar[str] = "chantier"
    number: int | None = None
    number_basis: Text | None = None
    name: Text
    name_en: Text | None = None
    keyword: Text | None = None
    statuses: tuple[ReviewStatus, ...] = ()
    targets: tuple[str, ...] = ()
    sdg_basis: Basis | None = None
    confidence: Confidence | None = None
    note: Text | None = None


class Measure(Sourced):
    """One of the 21 measures of the ministerial mission."""

    kind_name: ClassVar[str] = "measure"
    number: int | None = None
    name: Text
    name_en: Text | None = None
    chantier: Iri | None = None
    chantier_basis: Basis | None = None
    leads: tuple[Iri, ...] = ()
    involved: tuple[Iri, ...] = ()
    statuses: tuple[ReviewStatus, ...] = ()
    targets: tuple[str, ...] = ()
    sdg_basis: Basis | None = None
    confidence: Confidence | None = None
    note: Text | None = None


class Platform(Dated):
    """A place, online or not, opened for alliances. `start` is its launch."""

    kind_name: ClassVar[str] = "platform"
    name: Text
    name_en: Text | None = None
    theme: Text | None = None
    territory: Iri | None = None
    """Where it is; none of what is online."""
    website: str | None = None
    status_text: Text | None = None
    targets: tuple[str, ...] = ()
    sdg_basis: Basis | None = None
    note: Text | None = None


class Programme(Dated):
    """A row of the programmes: a programme, report, study, condition, challenge or finding."""

    kind_name: ClassVar[str] = "programme"
    name: Text
    name_en: Text | None = None
    alt_names: tuple[Text, ...] = ()
    kind: str
    description: Text | None = None
    website: str | None = None
    targets: tuple[str, ...] = ()
    sdg_basis: Basis | None = None
    note: Text | None = None


class Event(Dated):
    """Something that took place on a date."""

    kind_name: ClassVar[str] = "event"
    name: Text
    name_en: Text | None = None
    kind: str
    place: Text | None = None
    topic: Text | None = None
    note: Text | None = None


class Figure(Sourced):
    """One figure of a study; `study` is whatever it belongs to (programme, actor, platform, event)."""

    kind_name: ClassVar[str] = "figure"
    study: Iri
    publication_date: PartialDate | None = None
    fieldwork: Text | None = None
    population: Text
    sample_size: int | None = Field(default=None, ge=1)
    qualifier: Qualifier
    value: Decimal
    unit: Text
    name: Text
    name_en: Text | None = None
    appeal: Appeal | None = None
    confidence: Confidence | None = None
    note: Text | None = None


class Territory(Record):
    """A French territory; `key` is its code with the level (`COM-14118`)."""

    kind_name: ClassVar[str] = "territory"
    name: Text
    level: TerritoryLevel
    insee: str | None = None
    """The bare INSEE code; none for EPCI, EPT and the country."""
    siren: str | None = None
    population: int | None = Field(default=None, ge=0)
    """Legal population (municipal) of the vintage."""
    parents: tuple[Iri, ...] = ()
    """The territories that wholly contain it: EPCI or EPT, département, région, country."""
    old_codes: tuple[str, ...] = ()
    """INSEE codes of communes merged into it, of its delegated communes and of its arrondissements."""
    latitude: float | None = None
    longitude: float | None = None
    wkt: str | None = None
    """Simplified outline, for drawing, WGS84."""


class Goal(Record):
    """One of the 17 goals; `key` is its number. Its IRI is the UN's."""

    kind_name: ClassVar[str] = "goal"
    name: Text
    name_en: Text

    @cached_property
    def iri(self) -> str:
        """The UN's IRI."""
        return iris.sdg(self.key)


class Target(Goal):
    """One of the 169 targets; `key` is its code (`17.17`)."""

    kind_name: ClassVar[str] = "target"
    goal: str
    group: Text | None = None
    """The sub-heading under goal 17."""
