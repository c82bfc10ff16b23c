"""The answers of the HTTP interface as pydantic models: what OpenAPI shows, and what the tests hold real answers to.

Answers are not built from these models: they leave as they were read, and a test validates each
route against its model. `extra="forbid"` makes that test see a field that nobody described.
"""

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ontology.dates import PartialDate
from ontology.records import Basis, Confidence, TerritoryLevel

Code = Annotated[str, Field(examples=["REG-28"], description="A territory's code with its level.")]
Target = Annotated[str, Field(examples=["17.17"], description="An SDG target, or a goal.")]
Iri = Annotated[str, Field(examples=["https://w3id.org/alliances/id/actor/ecosystem:le-rameau"])]
Id = Annotated[str, Field(examples=["le-rameau"], description="The bare key in its source.")]
PeriodBasis = Literal["stated", "inferred", "unknown"]


class Model(BaseModel):
    """What all models of answers have in common."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, defer_build=True)


class MeasureCoverage(Model):
    """How many of the mission's measures are documented."""

    documented: Annotated[int, Field(ge=0, examples=[3])]
    of: Annotated[int | None, Field(examples=[21])]


class SourceCoverage(Model):
    """Where the sources looked. Outside both lists, nothing was looked for."""

    complete: list[Code] = Field(description="Territories that at least one source covers completely.")
    partial: list[Code] = Field(description="Territories that sources cover in part only.")


class Context(Model):
    """Which data an answer was read from, and what it speaks of."""

    generation: Annotated[str, Field(examples=["000001-8d41f0aa"])]
    graph_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    as_of: date | None = Field(description="The date that was asked for; null: everything, whatever its date.")
    as_of_mode: Literal["possible", "certain"] | None
    scope: str = Field(description="What is counted, in words.")
    coverage: MeasureCoverage | SourceCoverage | None
    dated: bool | None = Field(None, description="With `as_of`: whether these things have dates at all.")
    undated: int | None = Field(None, ge=0, description="With `as_of`: how many have no known start.")


class Facet(Model):
    """How many of all rows have a value."""

    value: str | None
    label: str | None
    count: Annotated[int, Field(ge=1)]


R = TypeVar("R")


class Page(Model, Generic[R]):
    """A part of a list."""

    context: Context
    results: list[R]
    total: Annotated[int, Field(ge=0, description="Rows of all pages.")]
    limit: int | None
    offset: Annotated[int, Field(ge=0)]
    truncated: bool = Field(description="Whether rows come after this page.")
    facets: dict[str, list[Facet]]


class Cell(Model):
    """A cell that a field was read from."""

    field: str
    source: str
    file: Annotated[str, Field(examples=["actors.csv"])]
    sha256: str | None
    row: Annotated[int, Field(ge=1, description="As a spreadsheet shows it: 1 is the header.")]
    column: str
    raw: str


class Whole(Model):
    """What a single record has besides the fields of its list."""

    context: Context
    origins: list[Cell] | None = Field(None, description="With `provenance=true`.")


class Named(Model):
    """A thing by its names."""

    id: Id
    iri: Iri
    name: str


class Other(Named):
    """Who is at the far end of a tie."""

    class_: Annotated[str, Field(alias="class", examples=["programme"])]
    kind: str
    name_en: str | None


class Relation(Model):
    """A direct tie, as this record sees it."""

    id: str
    iri: Iri
    relation: Annotated[str, Field(examples=["co_pilots"])]
    label_fr: str
    label_en: str
    direction: Literal["out", "in"] = Field(description="`in`: the record is the object, the label the inverse one.")
    other: Other
    start: PartialDate | None
    end: PartialDate | None
    seen_on: PartialDate | None
    basis: Basis
    note: str | None
    source_urls: list[str]


class Figure(Model):
    """One figure of a study."""

    id: Annotated[str, Field(examples=["fig-citoyens-2020-utile"])]
    iri: Iri
    value: Annotated[float, Field(examples=[81.0])]
    qualifier: Literal["exact", "about", "over"]
    unit: Annotated[str, Field(examples=["%"])]
    appeal: Literal["devoir", "besoin", "envie"] | None
    population: Annotated[str, Field(examples=["Français"])]
    sample_size: int | None
    date: PartialDate | None
    fieldwork: str | None
    indicator_fr: str
    indicator_en: str | None
    confidence: Confidence | None
    note: str | None
    source_url: str | None
    source_urls: list[str]


class Tied(Whole):
    """A record that may have ties and figures."""

    relations: list[Relation]
    same_undertaking_as: list[Other] = Field(description="The same thing, recorded as another kind.")
    figures: list[Figure]


class Sourced(Named):
    """A row of a list."""

    source: Annotated[str, Field(examples=["ecosystem"])]
    source_urls: list[str]
    retrieved: date | None


class Placed(Model):
    """Where something is."""

    territory: Code | None
    territory_name: str | None
    region: Code | None
    region_name: str | None


class Period(Model):
    """When; as precise as the source."""

    start: PartialDate | None
    end: PartialDate | None


class Contributing(Model):
    """Which SDG targets it serves."""

    targets: list[Target]
    sdg_basis: Basis | None = Field(description="`mapped`: our mapping, not the source's.")


class Identifiers(Model):
    """Official identifiers."""

    siren: str | None
    siret: str | None
    rna: str | None


class Actor(Sourced, Placed):
    """An organisation, or a person in a public role."""

    name_en: str | None
    acronym: str | None
    kind: Annotated[str, Field(examples=["research_body"])]
    identifiers: Identifiers
    seat_as_stated: str | None
    website: str | None
    public_role: str | None
    role_from: PartialDate | None
    role_to: PartialDate | None
    description: str | None
    note: str | None


class Membership(Period):
    """An actor's part in an alliance; `id`, `iri`, `name` are the alliance's."""

    id: str
    iri: Iri
    name: str
    kind: str
    role: str
    period_basis: PeriodBasis
    source_urls: list[str]


class ActorRecord(Actor, Tied):
    """An actor with all that is known of it."""

    memberships: list[Membership]


class Member(Period):
    """A member of an alliance; `period_basis` says whose dates these are."""

    id: Id
    iri: Iri
    name: str
    kind: str
    role: Annotated[str, Field(examples=["partner"])]
    period_basis: PeriodBasis


class Alliance(Sourced, Placed, Period, Contributing):
    """A collaboration of organisations."""

    kind: Annotated[str, Field(examples=["charter"])]
    description: str | None
    scope: str | None
    measure: Iri | None
    members: list[Member]


class AllianceRecord(Alliance, Tied):
    """An alliance with all that is known of it."""


class Territory(Named):
    """A French territory."""

    source: str
    code: Code
    level: TerritoryLevel
    kind: str
    region: Code | None
    region_name: str | None
    population: int | None
    insee: str | None
    siren: str | None
    parents: list[Code]
    old_codes: list[str]
    latitude: float | None
    longitude: float | None


class Container(Model):
    """A territory that contains another."""

    code: Code
    name: str
    level: TerritoryLevel


class TerritoryRecord(Territory, Whole):
    """A territory, where it lies, and how much is known to be there."""

    within: list[Container]
    contains: dict[str, int]
    alliances: int = Field(ge=0, description="Alliances located there or within.")
    actors: int = Field(ge=0, description="Actors seated there or within.")


class Party(Named):
    """An actor's part in a measure."""

    part: Literal["leads", "involved"]


Status = Annotated[
    dict[str, str | None],
    Field(
        examples=[{"2020-10": "en place", "2021-05": "en place", "2022-05": None}],
        description="What each review says; null where no source says anything.",
    ),
]


class Measure(Sourced, Contributing):
    """One of the 21 measures."""

    name_en: str | None
    number: int | None
    chantier: str | None
    chantier_name: str | None
    chantier_basis: Basis | None
    leads: list[str] = Field(description="Ids of actors; `parties` has their names.")
    involved: list[str]
    parties: list[Party]
    status: Status | None
    confidence: Confidence | None
    note: str | None


class MeasureRecord(Measure, Tied):
    """A measure with all that is known of it."""


class Chantier(Sourced, Contributing):
    """One of the four lines of work."""

    name_en: str | None
    number: int | None
    number_basis: str | None
    keyword: str | None
    status: Status | None
    confidence: Confidence | None
    note: str | None


class NumberedName(Named):
    """A measure by its names."""

    number: int | None


class ChantierRecord(Chantier, Tied):
    """A chantier with its measures and all that is known of it."""

    measures: list[NumberedName]


class Platform(Sourced, Period, Contributing):
    """A place opened for alliances."""

    name_en: str | None
    theme: str | None
    website: str | None
    status_text: str | None
    note: str | None


class PlatformRecord(Platform, Tied):
    """A platform with all that is known of it."""


class Programme(Sourced, Period, Contributing):
    """A programme, report, study, condition, challenge or finding."""

    name_en: str | None
    alt_names: list[str]
    kind: Annotated[str, Field(examples=["condition"])]
    description: str | None
    website: str | None
    note: str | None


class ProgrammeRecord(Programme, Tied):
    """A programme with all that is known of it."""


class Study(Named):
    """Whatever figures belong to, with its figures."""

    source: str
    name_en: str | None
    kind: str
    class_: Annotated[str, Field(alias="class", examples=["programme"])]
    targets: list[Target]
    figures: list[Figure]


class StudyRecord(Study, Tied):
    """A study with all that is known of it."""


class Event(Sourced, Period):
    """Something that took place."""

    name_en: str | None
    kind: str
    place: str | None
    topic: str | None
    note: str | None


class EventRecord(Event, Tied):
    """An event with all that is known of it."""


class SdgTarget(Named):
    """One of the 169 targets."""

    source: str
    name_en: str
    goal: Target
    goal_name: str | None
    goal_name_en: str | None
    group: str | None
    alliances: int = Field(ge=0, description="Alliances that contribute to it.")


class SdgTargetRecord(SdgTarget, Whole):
    """A target."""


class SourceFile(Model):
    """One file of a source, and the balance of its rows: read = loaded + quarantined."""

    file: str
    sha256: str
    rows_read: int
    rows_loaded: int
    rows_quarantined: int


class Source(Named):
    """Where data comes from."""

    source: str
    name_en: str
    publisher: str
    licence: str
    licence_url: str
    homepage: str
    attribution: str
    vintage: str
    formats: list[str]
    coverage_fr: str
    coverage_en: str
    complete: list[Code]
    partial: list[Code]
    kinds: list[str]
    start: PartialDate | None
    end: PartialDate | None
    files: list[SourceFile]


class SourceRecord(Source, Whole):
    """A source."""


class SharedAlliance(Period):
    """An alliance that both share, with the time that both are in it."""

    id: str
    iri: Iri
    name: str
    kind: str
    role: str = Field(description="The role of the actor that was asked for.")
    ally_role: str


class Ally(Named):
    """An organisation that shares an alliance."""

    kind: str
    shared: int = Field(ge=1, description="How many alliances.")
    alliances: list[SharedAlliance]


class Node(Named):
    """A node of an ego network."""

    class_: Annotated[Literal["actor", "alliance"], Field(alias="class")]
    kind: str
    depth: int = Field(ge=0, le=3)


class Edge(Period):
    """A membership."""

    source: Iri
    target: Iri
    role: str
    period_basis: PeriodBasis


class Ego(Named):
    """What surrounds an actor."""

    context: Context
    depth: int = Field(ge=1, le=3)
    truncated: bool
    nodes: list[Node]
    edges: list[Edge]


class Hit(Model):
    """A thing that search found."""

    list: Annotated[str, Field(examples=["actors"], description="The list that has its record.")]
    id: Id
    source: str
    iri: Iri
    name: str
    name_en: str | None
    kind: str | None
    population: int | None
    place: str | None
    match: Literal["exact", "prefix", "words", "part", "similar"]


class NetworkInfo(Model):
    """Of which network numbers are. Normalised values depend on its size: one more isolate changes all."""

    network: Literal["two-mode", "projection", "territories"]
    nodes: int
    n_actors: int
    n_alliances: int
    edges: int
    exact: bool = Field(description="False: distances and betweenness are estimates from `samples` nodes.")
    samples: int | None
    seed: int


class MetricsContext(Context):
    """The context of metrics."""

    network: NetworkInfo


Number = Annotated[float | None, Field(description="Null where it is undefined.")]


class MetricsRow(Model):
    """The metrics of a node; only those that were asked for are there, and those that its network has."""

    id: Id
    iri: Iri
    name: str
    kind: str
    alliances: int | None = Field(None, description="Of an actor, in the two-mode network.")
    members: int | None = Field(None, description="Of an alliance, in the two-mode network.")
    links: int | None = Field(None, description="Plain degree in a one-mode network.")
    strength: Number = None
    degree: Number = None
    closeness: Number = None
    betweenness: Number = None
    farness: Number = None
    harmonic: Number = None
    betweenness_raw: Number = None
    pagerank: Number = None
    core_number: int | None = None
    component: str | None = Field(None, description="Named by the smallest IRI in it.")
    component_size: int | None = None
    community: str | None = None
    constraint: Number = None
    effective_size: Number = None
    clustering: Number = None


class MetricsPage(Page[MetricsRow]):
    """A part of a table of metrics."""

    context: MetricsContext


class Component(Model):
    """A part of the isolation score, with its reason in both languages."""

    name: Annotated[str, Field(examples=["alliances_per_10000"])]
    value: float | None
    rank: int | None = Field(description="1 is the most isolated.")
    reference: float | None = Field(description="The median of the ranked territories of the level.")
    fr: str
    en: str


class IsolationRow(Model):
    """How isolated a territory is. `unknown` and `not_covered` have neither score nor rank."""

    code: Code
    iri: Iri
    name: str
    level: TerritoryLevel
    status: Literal["connected", "isolated", "unknown", "not_covered"]
    population: int | None
    alliances: int
    alliances_located: int
    alliances_seated: int
    actors: int
    alliances_per_10000: float | None
    links_out: int
    partners: int
    score: Annotated[float | None, Field(ge=0, le=1)]
    rank: int | None
    components: list[Component]


class TerritoryIsolation(IsolationRow):
    """The isolation of one territory."""

    context: Context


class Health(Model):
    """The process lives."""

    status: Literal["ok"]


class Readiness(Model):
    """Whether there is a generation to answer from."""

    status: Literal["ready", "not ready"]
    generation: str | None
    trouble: str | None = Field(description="Why the newest generation is not served.")
    mirror: Literal["not configured"]


class Candidate(Model):
    """What an ambiguous id may mean; write this `id` instead."""

    id: str
    iri: str | None
    name: str | None


class Problem(BaseModel):
    """RFC 9457: why there is no answer."""

    model_config = ConfigDict(extra="allow")
    type: str = "about:blank"
    title: Annotated[str, Field(examples=["Not found"])]
    status: Annotated[int, Field(ge=300, le=599, examples=[404])]
    detail: Annotated[str, Field(examples=["no actors have the id 'x': search for it by name"])]
    candidates: list[Candidate] | None = None
