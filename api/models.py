"""The answers of the HTTP interface as pydantic models: what OpenAPI shows, and what the tests hold real answers to.

Answers are not built from these models: they leave as they were read, and a test validates each
route against its model. `extra="forbid"` makes that test see a field that nobody described.
"""

from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from graph.mirror.status import State
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
    citation: str = Field(description="How to cite the generation; `/api/v1/citation` has other styles.")
    parameters: dict[str, Any] | None = Field(
        None, description="Of an analysis: all that was asked, defaults too, and what was chosen for it."
    )
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
    alt_names: list[str]
    kind: Annotated[str, Field(examples=["research_body"])]
    identifiers: Identifiers
    seat_as_stated: str | None
    website: str | None
    public_role: str | None
    role_from: PartialDate | None
    role_to: PartialDate | None
    founded: PartialDate | None
    dissolved: PartialDate | None
    budget_eur: float | None
    description: str | None
    note: str | None
    completed_from: list[Iri]
    """The rows of registers with its number that say what its source does not."""


class Membership(Period):
    """An actor's part in an alliance; `id`, `iri`, `name` are the alliance's."""

    id: str
    iri: Iri
    name: str
    kind: str
    role: str
    period_basis: PeriodBasis
    source_urls: list[str]


class MergedActor(Model):
    """An actor that was judged to be the same as this one; its id leads here."""

    id: str
    source: str
    iri: Iri
    name: str


class ActorRecord(Actor, Tied):
    """An actor with all that is known of it."""

    memberships: list[Membership]
    merged: list[MergedActor]


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
    amount_eur: float | None
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


class Platform(Sourced, Placed, Period, Contributing):
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


class CoveredSpan(Period):
    """A territory that is covered completely for a time of its own; no `end`: to this day."""

    code: Code


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
    spans: list[CoveredSpan] = Field(description="What is covered completely besides, each in its own time.")
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


Number = Annotated[float | None, Field(description="Null where it is undefined.")]


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
    weights: Literal["none", "raw", "newman"] = Field(
        description="What pagerank, eigenvector, hits, constraint, effective size and efficiency weigh a tie by."
    )
    community_runs: int | None = Field(description="How many seeds, from `seed` on, communities were looked for with.")
    community_nmi: Number = Field(description="Mean normalised mutual information of two runs, 0 to 1.")
    community_ari: Number = Field(description="Mean adjusted Rand index of two runs; 0 is chance.")
    big_members: int | None = Field(description="Of a projection: what has more members is called big.")
    big_share: Number = Field(description="The share of ties that come from big alliances alone, 0 to 1.")
    warning_fr: str | None = Field(description="What the reader of a projection must know.")
    warning_en: str | None
    validated: Number = Field(description="Of a validated projection: the greatest q of a tie that is kept.")
    tests: int | None = Field(description="Of a validated projection: the pairs tested, for which q corrects.")


class MetricsContext(Context):
    """The context of metrics."""

    network: NetworkInfo


class MetricsRow(Model):
    """The metrics of a node; only those that were asked for are there, and those that its network has.

    Of each is said in `docs/metrics.md` what it is, how it is normalised and when it is null.
    """

    id: Id
    iri: Iri
    name: str
    kind: str
    alliances: int | None = Field(None, description="Of an actor, in the two-mode network.")
    members: int | None = Field(None, description="Of an alliance, in the two-mode network.")
    links: int | None = Field(None, description="Plain degree in a one-mode network.")
    strength: Number = None
    strength_newman: Number = None
    degree: Number = None
    closeness: Number = None
    betweenness: Number = None
    betweenness_error: Number = Field(None, description="Standard error of `betweenness`; null where that is exact.")
    farness: Number = None
    harmonic: Number = None
    betweenness_raw: Number = None
    pagerank: Number = None
    eigenvector: Number = Field(None, description="Of length 1 in each component: compare within one only.")
    hits: Number = Field(None, description="Sums up to 1 in each component, and on each side of a two-mode one.")
    core_number: int | None = None
    articulation: bool | None = Field(None, description="Whether its component falls apart without it.")
    bridges: int | None = Field(None, description="How many of its ties are bridges.")
    component: str | None = Field(None, description="Named by the smallest IRI in it.")
    component_size: int | None = None
    community: str | None = Field(None, description="Named by the smallest IRI in it.")
    community_stability: Number = Field(None, description="0 to 1: how far other seeds give it the same community.")
    redundancy: Number = None
    constraint: Number = None
    effective_size: Number = None
    efficiency: Number = None
    clustering: Number = None
    participation_community: Number = None
    within_z_community: Number = None
    e_i_kind: Number = None
    participation_kind: Number = None
    within_z_kind: Number = None
    coordinator_kind: int | None = None
    itinerant_kind: int | None = None
    gatekeeper_kind: int | None = None
    representative_kind: int | None = None
    liaison_kind: int | None = None
    coordinator_partial_kind: Number = None
    itinerant_partial_kind: Number = None
    gatekeeper_partial_kind: Number = None
    representative_partial_kind: Number = None
    liaison_partial_kind: Number = None
    e_i_region: Number = None
    participation_region: Number = None
    within_z_region: Number = None
    coordinator_region: int | None = None
    itinerant_region: int | None = None
    gatekeeper_region: int | None = None
    representative_region: int | None = None
    liaison_region: int | None = None
    coordinator_partial_region: Number = None
    itinerant_partial_region: Number = None
    gatekeeper_partial_region: Number = None
    representative_partial_region: Number = None
    liaison_partial_region: Number = None
    e_i_departement: Number = None
    participation_departement: Number = None
    within_z_departement: Number = None
    coordinator_departement: int | None = None
    itinerant_departement: int | None = None
    gatekeeper_departement: int | None = None
    representative_departement: int | None = None
    liaison_departement: int | None = None
    coordinator_partial_departement: Number = None
    itinerant_partial_departement: Number = None
    gatekeeper_partial_departement: Number = None
    representative_partial_departement: Number = None
    liaison_partial_departement: Number = None


class NetworkRow(Model):
    """A network as a whole; see `docs/metrics.md`."""

    network: Annotated[str, Field(examples=["actors_projection"])]
    nodes: int
    edges: int
    isolates: int
    components: int = Field(description="Of two nodes or more.")
    largest_component: int
    density: Number
    mean_degree: Number
    transitivity: Number
    robins_alexander: Number
    clustering: Number
    degree_assortativity: Number
    articulation_points: int
    bridges: int
    communities: int
    modularity: Number
    community_nmi: Number
    community_ari: Number
    known_nodes_kind: int
    known_ties_kind: int
    e_i_kind: Number
    e_i_rescaled_kind: Number
    assortativity_kind: Number
    known_nodes_region: int
    known_ties_region: int
    e_i_region: Number
    e_i_rescaled_region: Number
    assortativity_region: Number
    known_nodes_departement: int
    known_ties_departement: int
    e_i_departement: Number
    e_i_rescaled_departement: Number
    assortativity_departement: Number
    big_members: int | None
    big_share: Number
    warning_fr: str | None
    warning_en: str | None
    seed: int = Field(description="From which on communities were looked for.")
    community_runs: int = Field(description="With how many seeds.")
    validated: Number = Field(description="Of a validated projection: the greatest q of a tie that is kept.")
    tests: int | None = Field(description="Of a validated projection: the pairs tested, for which q corrects.")


class BridgeRow(Model):
    """A tie without which its network falls apart."""

    network: Annotated[str, Field(examples=["two-mode"])]
    a_id: Id
    a_name: str
    b_id: Id
    b_name: str
    cut_off: int = Field(ge=1, description="How many nodes the smaller part would have; 1: a pendant alone.")
    a_iri: Iri
    b_iri: Iri


class MetricsPage(Page[MetricsRow]):
    """A part of a table of metrics."""

    context: MetricsContext


TerritoryStatus = Literal["connected", "isolated", "unknown", "not_covered"]


class Component(Model):
    """A part of the isolation score, with its reason in both languages. Silent on a territory that was not observed."""

    name: Annotated[str, Field(examples=["alliances_per_10000"])]
    value: float | None
    rank: int | None = Field(description="1 is the most isolated.")
    tied: int | None = Field(description="How many ranked territories have this value.")
    of: int | None = Field(description="How many territories are ranked.")
    reference: float | None = Field(description="The median of the ranked territories of the level.")
    weight: float = Field(ge=0, le=1, description="Its part in the score, of 1 in all.")
    contribution: float | None = Field(description="What it adds to the score: the contributions sum up to it.")
    smoothed: float | None = Field(description="Of rates: drawn towards that of all, which makes the rank.")
    lower: float | None = Field(description="Of rates: the lower end of the 95 % interval of the smoothed one.")
    upper: float | None = Field(description="Of rates: the upper end.")
    fr: str
    en: str


class IsolationRow(Model):
    """How isolated a territory is. `unknown` and `not_covered` have neither score nor rank."""

    code: Code
    iri: Iri
    name: str
    level: TerritoryLevel
    status: TerritoryStatus
    population: int | None
    alliances: int
    alliances_located: int
    alliances_seated: int
    alliances_outward: int = Field(description="Those that touch another territory of the level too.")
    alliances_inward: int = Field(description="The others.")
    actors: int
    alliances_per_10000: float | None
    alliances_per_10000_smoothed: float | None
    alliances_per_10000_lower: float | None
    alliances_per_10000_upper: float | None
    actors_per_10000: float | None
    actors_per_10000_smoothed: float | None
    actors_per_10000_lower: float | None
    actors_per_10000_upper: float | None
    links_out: int
    openness: Annotated[float | None, Field(ge=-1, le=1)]
    harmonic: Annotated[float, Field(ge=0, le=1)]
    dependence: Annotated[float | None, Field(ge=0, le=1)]
    broker: Iri | None = Field(description="The actor that is in most of its alliances.")
    broker_name: str | None
    broker_alliances: int = Field(description="In how many.")
    partners: int
    diversity: Annotated[float, Field(ge=0)]
    freshness: Annotated[float | None, Field(ge=0, description="Years since the last dated evidence.")]
    freshness_light: Literal["green", "amber", "red"] | None
    sdg_reach: int
    score: Annotated[float | None, Field(ge=0, le=1)]
    rank: int | None
    components: list[Component]


Probability = Annotated[float | None, Field(ge=0, le=1, description="Null where nothing can be tested.")]


class SignificanceInfo(Model):
    """How things were compared with chance."""

    on: Literal["isolation", "brokerage", "pairs"]
    method: str
    draws: int
    seed: int
    alpha: float
    correction: str
    tests: int = Field(description="How many were tested, for which q corrects.")
    found: int = Field(description="How many have a finding.")


class SignificanceContext(Context):
    """The context of tests."""

    significance: SignificanceInfo


class SignificanceRow(Model):
    """A territory, an actor or a pair beside chance; only the fields of what was tested are there."""

    id: Id | None = None
    code: Code | None = None
    iri: Iri
    name: str
    kind: str | None = None
    status: Literal["connected", "isolated", "unknown", "not_covered"] | None = None
    other_id: Id | None = None
    other_iri: Iri | None = None
    other_name: str | None = None
    observed: float | None = Field(None, description="The number that was recorded.")
    weight: int | None = Field(None, description="Of a pair: how much is shared.")
    expected: Number = Field(description="The mean by chance.")
    deviation: Number = None
    p_low: Probability = None
    p_high: Probability = None
    p: Probability = Field(description="Two-sided; of a pair: of sharing as much or more, exact.")
    p_drawn: Probability = None
    q_drawn: Probability = None
    q: Probability = Field(description="Corrected for all tests (Benjamini-Hochberg).")
    finding: Literal["fewer", "more"] | None = Field(description="Null: nothing was shown.")


class SignificancePage(Page[SignificanceRow]):
    """A part of a table of tests."""

    context: SignificanceContext


class IntervalsInfo(Model):
    """How ranks were tried."""

    by: Literal["degree", "betweenness", "harmonic", "isolation"]
    draws: int
    share: float = Field(description="Of the memberships dropped in each draw.")
    within: float = Field(description="The share of the draws that the interval holds.")
    seed: int


class IntervalsContext(Context):
    """The context of ranks with intervals."""

    intervals: IntervalsInfo


class IntervalRow(Named):
    """A rank, and how far it moves when memberships are missing."""

    kind: str
    rank: int | None = Field(description="1 is the first; of isolation the most isolated. Null: not ranked.")
    rank_low: int | None
    rank_high: int | None
    ranked: Annotated[float, Field(ge=0, le=1, description="The share of the draws that rank it.")]


class IntervalsPage(Page[IntervalRow]):
    """A part of a ranking."""

    context: IntervalsContext


class MoranInfo(Model):
    """Moran's I: are like values side by side. Null where it is undefined."""

    n: int = Field(description="Territories with a value and a neighbour that has one.")
    islands: int = Field(description="Territories with a value, without such a neighbour: left out.")
    permutations: int
    seed: int
    value: float | None
    expected: float | None
    variance_normal: float | None
    variance_random: float | None
    z: float | None
    p_normal: Probability
    p: Probability


class PocketsInfo(Model):
    """How pockets were looked for."""

    metric: str
    neighbours: str
    method: str
    alpha: float
    unobserved: int = Field(description="Territories that were not observed in full: their low values may be gaps.")
    moran: MoranInfo


class PocketsContext(Context):
    """The context of pockets."""

    pockets: PocketsInfo


class PocketRow(Model):
    """A territory among its neighbours."""

    code: Code
    iri: Iri
    name: str
    status: Literal["connected", "isolated", "unknown", "not_covered"]
    population: int | None
    value: float | None
    lag: float | None = Field(description="The mean of its neighbours. Null, as what follows, where it is left out.")
    local: float | None = Field(description="Local Moran.")
    p: Probability
    q: Probability
    quadrant: Literal["HH", "LL", "HL", "LH"] | None
    neighbours: int
    pocket: Literal["HH", "LL", "HL", "LH"] | None = Field(description="The quadrant where q is at most alpha.")
    fr: str
    en: str


class PocketsPage(Page[PocketRow]):
    """A part of the territories of a level, the pockets first."""

    context: PocketsContext


class TerritoryIsolation(IsolationRow):
    """The isolation of one territory."""

    context: Context


class PathEnd(Named):
    """An actor or a territory on a chain."""

    class_: Annotated[Literal["actor", "territory"], Field(alias="class")]


class AskedEnd(PathEnd):
    """An end of the chains that was asked for."""

    kind: str


class Origin(Model):
    """The row of a file that a statement was read from."""

    source: str
    file: Annotated[str, Field(examples=["alliance_members.csv"])]
    row: Annotated[int, Field(ge=1, description="As a spreadsheet shows it: 1 is the header.")]


class PathTie(Period):
    """What ties an end of a step to the alliance: its membership; of a territory a seat or the location."""

    via: Literal["membership", "seat", "location"]
    actor: PathEnd | None = Field(description="Who is the member; null for a location.")
    role: str | None
    period_basis: PeriodBasis
    source_urls: list[str]
    origin: Origin | None


class PathAlliance(Named, Period):
    """The alliance of a step."""

    kind: str
    territory: Code | None
    source_urls: list[str]
    origin: Origin | None


class PathStep(Model):
    """From one to the next over an alliance."""

    from_: Annotated[PathEnd, Field(alias="from")]
    from_ties: list[PathTie]
    alliance: PathAlliance
    to_ties: list[PathTie]
    to: PathEnd


class Path(Model):
    """A chain of alliances."""

    width: int = Field(ge=1, description="The fewest alliances that two who follow each other share.")
    since: date | None = Field(
        description="When its oldest alliance began, at the earliest; null if one has no known start."
    )
    steps: list[PathStep]


class Paths(Model):
    """The shortest chains between two."""

    context: Context
    from_: Annotated[AskedEnd, Field(alias="from")]
    to: AskedEnd
    distance: int | None = Field(description="Alliances on a chain; null where there is none.")
    total: int | str = Field(description="How many chains there are; digits as a text beyond 2^53 − 1.")
    chains: list[Path]
    widest: Path | None
    most_recent: Path | None
    truncated: bool = Field(description="Whether there are more chains than are listed.")


class SeriesRow(Model):
    """A year, which is its 31 December: counts, or one number."""

    year: int
    alliances: int | None = None
    dated: int | None = Field(None, description="Of these, with a known start.")
    undated: int | None = Field(
        None, description="Of these, without: counted in every year as possible, never as certain."
    )
    memberships: int | None = None
    actors: int | None = None
    territories: int | None = Field(None, description="Of the level, touched by an active alliance.")
    value: Number = None
    rank: int | None = Field(None, description="1 is the greatest value.")
    ranked: int | None = Field(None, description="How many have a value.")


class DiffSide(Model):
    """One state that is compared."""

    generation: str
    graph_sha256: str
    as_of: date | None


class ChangeCounts(Model):
    """How many things differ."""

    added: int
    removed: int
    changed: int


class DiffCounts(Model):
    """The same by table."""

    alliances: ChangeCounts
    actors: ChangeCounts
    memberships: ChangeCounts


class FieldChange(Model):
    """A field that differs."""

    field: str
    before: str | None
    after: str | None


class ThingChange(Named):
    """A thing that was added, removed or changed."""

    change: Literal["added", "removed", "changed"]
    fields: list[FieldChange]


class MetricChange(Named):
    """A number of a node that moved; ranks from the greatest value, 1."""

    kind: str
    metric: str
    before: Number
    after: Number
    change: Number
    rank_before: int | None
    rank_after: int | None
    rank_change: int | None


class Diff(Model):
    """What differs between two states of knowledge or two dates."""

    context: Context
    from_: Annotated[DiffSide, Field(alias="from")]
    to: DiffSide
    counts: DiffCounts
    alliances: list[ThingChange]
    actors: list[ThingChange]
    memberships: list[ThingChange]
    metrics: list[MetricChange]
    metrics_total: int
    truncated: bool = Field(description="Whether a list was cut; `counts` and `metrics_total` never are.")


class SourceLicence(Model):
    """Under which licence a source is."""

    source: str
    licence: str
    licence_url: str
    attribution: str


class Citation(Model):
    """How to cite a generation."""

    context: Context
    text: str
    bibtex: str
    cff: str
    licences: list[SourceLicence]


class Part(Model):
    """A component of the score, as it is or as it would be."""

    name: Annotated[str, Field(examples=["links_out"])]
    value: float | None
    smoothed: float | None = Field(description="Of rates: what is compared.")
    contribution: float | None


class Asked(Model):
    """The territory that a question is about."""

    id: Code
    code: Code
    iri: Iri
    name: str
    level: TerritoryLevel


class IsolationBefore(Model):
    """How a territory is now. `hypothetical_score` is what gains are counted from where there is no score."""

    status: TerritoryStatus
    alliances: int
    score: float | None
    rank: int | None
    hypothetical_score: float | None
    components: list[Part]


class IsolationAfter(Model):
    """How the territory would be."""

    status: Literal["connected"]
    score: float
    alliances: int
    alliances_outward: int
    alliances_inward: int
    partners: int
    components: list[Part]


class Link(Model):
    """With whom: a territory of the level, or an actor from elsewhere."""

    type: Literal["territory", "actor"]
    iri: Iri
    id: Id
    name: str
    kind: str = Field(description="The level of a territory, the kind of an actor.")
    territory: Code | None = Field(description="The territory itself, or the seat of the actor.")


class Suggestion(Model):
    """One new alliance, and what it would change."""

    link: Link
    after: IsolationAfter
    gain: float = Field(description="By how much the score falls.")


class Additions(Model):
    """The new alliances that would lower the isolation of a territory most, the best first."""

    context: Context
    territory: Asked
    hypothetical: bool = Field(description="Nothing is known of its isolation: gains are counted as if it had none.")
    note_fr: str | None
    note_en: str | None
    before: IsolationBefore
    suggestions: list[Suggestion]
    total: int = Field(description="How many alliances were tried.")
    truncated: bool


class Value(Model):
    """A component alone."""

    name: str
    value: float | None


class DepartureRow(Model):
    """A territory that one actor alone keeps connected."""

    code: Code
    name: str
    level: TerritoryLevel
    population: int | None
    actor_id: Id
    actor_name: str
    alliances: int = Field(ge=1, description="All that it would lose.")
    status_after: Literal["isolated", "unknown", "not_covered"]
    actor_iri: Iri
    iri: Iri


class IsolationState(Model):
    """A territory before or after an actor has left."""

    status: TerritoryStatus
    alliances: int
    partners: int
    score: float | None
    rank: int | None
    components: list[Value]


class IsolationChange(Model):
    """What a territory would lose."""

    code: Code
    iri: Iri
    name: str
    level: TerritoryLevel
    before: IsolationState
    after: IsolationState


class Leaver(Model):
    """The actor that would leave."""

    id: Id
    iri: Iri
    name: str
    kind: str


class Removal(Model):
    """The territories that would change if an actor left all its alliances."""

    context: Context
    actor: Leaver
    without_alliance: list[Code] = Field(description="Territories that would be left without an alliance.")
    territories: list[IsolationChange]
    total: int
    truncated: bool


class Health(Model):
    """The process lives."""

    status: Literal["ok"]


class Mirror(Model):
    """How the mirror in Neo4j is; answers never wait for it, and do not depend on it."""

    state: State = Field(description="off: not configured; degraded: something is wrong, and is tried again.")
    generation: str | None = Field(description="The generation that it was last known to hold, whole.")
    lag: int | None = Field(description="How many generations were published since; null where that is not known.")
    error: str | None = Field(description="What is wrong, in a sentence.")
    since: str | None = Field(description="When the state began, in UTC.")
    batches: int = Field(description="Transactions with rows that this process has written.")


class Readiness(Model):
    """Whether there is a generation to answer from."""

    status: Literal["ready", "not ready"]
    generation: str | None
    trouble: str | None = Field(description="Why the newest generation is not served.")
    mirror: Mirror


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
