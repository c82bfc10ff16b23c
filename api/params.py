"""The query parameters of the HTTP interface. Unknown ones are refused: ignored, they would answer another question."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.answers.diff import DiffQuestion
from api.answers.isolation import IsolationQuestion
from api.answers.metrics import MetricsQuestion
from api.answers.networks import MeasuredNetwork, NetworksQuestion
from api.answers.paths import PathQuestion
from api.answers.pockets import PocketsQuestion
from api.answers.question import Question, day
from api.answers.series import SeriesQuestion
from api.answers.significance import IntervalsQuestion, SignificanceQuestion
from api.answers.whatif import AddQuestion, DeparturesQuestion, RemoveQuestion
from api.limits import LIMITS
from graph.hierarchy import Level
from graph.info import Weights
from graph.periods import AsOfMode
from ontology.schemes import Language

MAX_OFFSET = 100_000_000


def _whole_day(value: object) -> object:
    """Only a written day is a date: pydantic alone would read `2020` as seconds since 1970."""
    return day(value) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_whole_day), Field(description="A whole day.", examples=["2020-10-17"])]


Alpha = Annotated[float, Field(ge=1e-9, le=1)]
VALIDATED = "Of a one-mode network: only ties that hold against chance, with at most this q (as in `0.05`)."


class Params(BaseModel):
    """The base of all: nothing that is not named may be asked."""

    model_config = ConfigDict(extra="forbid")


class Dated(Params):
    """What may be asked of anything with a period."""

    as_of: Day | None = Field(None, description="Only what was active on that day. Absent: everything.")
    as_of_mode: AsOfMode = Field(
        "possible", description="`possible`: may have been active; `certain`: surely was (a start is known)."
    )


class Paged(Params):
    """Which part of the rows."""

    limit: int | None = Field(
        None,
        ge=1,
        le=LIMITS.list_rows,
        description=f"Rows of a page; {LIMITS.list_rows_default} in JSON unless asked, all in CSV and Parquet.",
    )
    offset: int = Field(0, ge=0, le=MAX_OFFSET)


class ListParams(Dated, Paged):
    """What may be asked of a list. One that makes no sense for the list is answered with 400."""

    q: str | None = Field(None, max_length=200, description="A part of a name, whatever its case and accents.")
    kind: str | None = Field(None, max_length=60, description="A kind of the ontology; for territories the level.")
    territory: str | None = Field(
        None, max_length=40, description="The territory and all within it.", examples=["REG-28"]
    )
    exact: bool = Field(False, description="The territory alone, nothing within it.")
    inherit: bool = Field(False, description="Also what belongs to a territory that contains it.")
    target: str | None = Field(
        None, max_length=10, description="A goal with all its targets (`17`), or a target.", examples=["17.17"]
    )
    appeal: Literal["devoir", "besoin", "envie"] | None = Field(None, description="Of studies: what figures appeal to.")
    sort: str | None = Field(
        None, max_length=40, pattern=r"^-?[a-z_]+$", description="A field; with `-` before it in falling order."
    )

    def question(self, default_limit: int | None) -> Question:
        """What is asked, in the words of `api.answers`."""
        asked = self.model_dump()
        return Question(**{**asked, "q": self.q or None, "limit": self.limit or default_limit})


class RecordParams(Params):
    """What may be asked of a record."""

    provenance: bool = Field(False, description="Also the cells that the record was read from.")


class AlliesParams(Dated, Paged):
    """What may be asked of the allies of an actor."""


class EgoParams(Dated):
    """What may be asked of an ego network."""

    depth: int = Field(1, ge=1, le=LIMITS.ego_depth, description="1: its alliances and their members.")


class SearchParams(Params):
    """What may be searched for."""

    q: str = Field(min_length=1, max_length=200, description="A name, a part of one, or a code.", examples=["rameau"])
    kind: str | None = Field(None, max_length=40, description="One list alone, such as `actors`.")
    limit: int = Field(20, ge=1, le=LIMITS.list_rows)
    offset: int = Field(0, ge=0, le=MAX_OFFSET)


class MetricsParams(Dated, Paged):
    """Which numbers of what."""

    on: Literal["actors", "alliances", "territories"] = "actors"
    network: Literal["two-mode", "projection"] | None = Field(
        None, description="`two-mode` (the default, Borgatti–Everett norms) or `projection`; not for territories."
    )
    level: Level = Field("departement", description="Of territories.")
    metric: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list, max_length=40, description="Which metrics; absent: all.", examples=[["betweenness"]]
    )
    without_stale: bool = Field(False, description="Without the alliances last heard of two years ago or more.")
    validated: Alpha | None = Field(None, description=VALIDATED)
    weights: Weights = Field(
        "none",
        description="Of a one-mode network: what pagerank, eigenvector, hits, constraint and effective size weigh by.",
    )
    sort: str | None = Field(None, max_length=40, pattern=r"^-?[a-z_]+$", description="A metric, `-` for falling.")

    def question(self, default_limit: int | None) -> MetricsQuestion:
        """What is asked, in the words of `api.answers`."""
        asked = self.model_dump(exclude={"metric"})
        return MetricsQuestion(**{**asked, "metrics": tuple(self.metric), "limit": self.limit or default_limit})


class NetworksParams(Dated, Paged):
    """Which whole networks."""

    network: MeasuredNetwork | None = Field(None, description="One of them; absent: all.")
    without_stale: bool = Field(False, description="Without the alliances last heard of two years ago or more.")
    validated: Alpha | None = Field(None, description=VALIDATED)

    def question(self, default_limit: int | None) -> NetworksQuestion:
        """What is asked, in the words of `api.answers`."""
        return NetworksQuestion(**{**self.model_dump(), "limit": self.limit or default_limit})


class PathParams(Dated):
    """From which to which, and how many chains are listed."""

    from_: str = Field(alias="from", max_length=200, description="An actor's id or a territory's code.")
    to: str = Field(max_length=200, description="An actor's id or a territory's code.")
    without_stale: bool = Field(False, description="Without the alliances last heard of two years ago or more.")
    limit: int = Field(20, ge=1, le=LIMITS.path_count, description="Chains listed; they are all counted.")

    def question(self) -> PathQuestion:
        """What is asked, in the words of `api.answers`."""
        asked = self.model_dump(exclude={"from_", "to"})
        return PathQuestion(start=self.from_, end=self.to, **asked)


class SeriesParams(Params):
    """Which years, and of what."""

    metric: str | None = Field(
        None, max_length=40, description="Of the node `id`, or of the whole network; absent: counts of what was active."
    )
    on: Literal["actors", "alliances", "territories"] = "actors"
    network: Literal["two-mode", "projection"] | None = None
    id: str | None = Field(None, max_length=200, description="The node whose metric it is.")
    level: Level = Field("departement", description="Of territories.")
    from_: int | None = Field(None, alias="from", ge=1, le=9998, description="The first year.")
    to: int | None = Field(None, ge=1, le=9998, description="The last year.")
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = Field(False, description="Without what was last heard of two years before each year's end.")

    def question(self) -> SeriesQuestion:
        """What is asked, in the words of `api.answers`."""
        asked = self.model_dump(exclude={"from_", "to"})
        return SeriesQuestion(first=self.from_, last=self.to, **asked)


class DiffParams(Params):
    """What is compared, and whose numbers."""

    from_: str = Field(alias="from", max_length=60, description="A day, or a generation (`latest^`, an id).")
    to: str = Field("latest", max_length=60, description="A day, or a generation (`latest`, an id).")
    on: Literal["actors", "alliances", "territories"] = "actors"
    network: Literal["two-mode", "projection"] | None = None
    level: Level = Field("departement", description="Of territories.")
    metric: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list, max_length=40, description="Whose changes are listed; absent: all."
    )
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = Field(False, description="Without what was last heard of two years before each side.")
    limit: int = Field(LIMITS.list_rows_default, ge=1, le=LIMITS.list_rows, description="Rows of each list.")

    def question(self) -> DiffQuestion:
        """What is asked, in the words of `api.answers`."""
        asked = self.model_dump(exclude={"from_", "to", "metric"})
        return DiffQuestion(metrics=tuple(self.metric), **asked)


class CitationParams(Params):
    """Of which generation."""

    generation: str | None = Field(None, max_length=60, pattern=r"^[0-9a-f-]+$", description="Absent: the current one.")


class IsolationParams(Dated, Paged):
    """Which territories."""

    level: Level = "departement"
    status: Literal["connected", "isolated", "unknown", "not_covered"] | None = None
    worklist: bool = Field(False, description="Those of which we cannot tell, the most people first.")
    without_stale: bool = Field(False, description="Without the alliances last heard of two years ago or more.")

    def question(self, default_limit: int | None) -> IsolationQuestion:
        """What is asked, in the words of `api.answers`."""
        return IsolationQuestion(**{**self.model_dump(), "limit": self.limit or default_limit})


class Tested(Dated, Paged):
    """Of what, and at which error."""

    level: Level = Field("departement", description="Of territories.")
    without_stale: bool = Field(False, description="Without the alliances last heard of two years ago or more.")


class SignificanceParams(Tested):
    """What is compared with chance. The seed is fixed; the command line takes others."""

    on: Literal["isolation", "brokerage", "pairs"] = "isolation"
    of: Literal["actors", "alliances", "territories"] = Field("actors", description="Of pairs: of what.")
    outward: Literal["links_out", "alliances", "partners"] = Field(
        "links_out", description="Of isolation: which count of a territory."
    )
    method: Literal["exact", "drawn"] = Field("exact", description="Of pairs: which of the two makes findings.")
    draws: int = Field(999, ge=1, le=999, description="Networks drawn; no p is below 1/(draws + 1).")
    alpha: float = Field(0.05, ge=1e-9, le=1, description="The share of findings that may be chance.")

    def question(self, default_limit: int | None) -> SignificanceQuestion:
        """What is asked, in the words of `api.answers`."""
        return SignificanceQuestion(**{**self.model_dump(), "limit": self.limit or default_limit})


class IntervalsParams(Tested):
    """Whose ranks. The seed is fixed; the command line takes others."""

    of: Literal["actors", "alliances", "territories"] = "actors"
    by: Literal["degree", "betweenness", "harmonic", "isolation"] = Field(
        "betweenness", description="Territories are ranked by `isolation`, the others by a two-mode measure."
    )
    draws: int = Field(200, ge=1, le=200, description="How many times memberships are dropped.")
    share: float = Field(0.1, ge=0.001, le=0.999, description="Which share of them.")

    def question(self, default_limit: int | None) -> IntervalsQuestion:
        """What is asked, in the words of `api.answers`."""
        return IntervalsQuestion(**{**self.model_dump(), "limit": self.limit or default_limit})


class PocketsParams(Tested):
    """Which number of which territories. 9,999 permutations, of communes 999, from a fixed seed."""

    metric: str = Field(
        "alliances_per_10000",
        max_length=40,
        pattern=r"^[a-z0-9_]+$",
        description="A number of `/api/v1/isolation`, or of `/api/v1/metrics?on=territories`.",
    )
    alpha: float = Field(0.05, ge=1e-9, le=1, description="The share of pockets that may be chance.")

    def question(self, default_limit: int | None) -> PocketsQuestion:
        """What is asked, in the words of `api.answers`."""
        return PocketsQuestion(**{**self.model_dump(), "limit": self.limit or default_limit})


class TerritoryParams(Dated):
    """What may be asked of the isolation of one territory."""

    without_stale: bool = Field(False, description="Without the alliances last heard of two years ago or more.")


class AddParams(TerritoryParams):
    """For which territory a new alliance is looked for."""

    territory: str = Field(max_length=40, examples=["DEP-14"])
    top: int = Field(10, ge=1, le=LIMITS.list_rows, description="How many suggestions.")
    link: Literal["territory", "actor"] | None = Field(None, description="Only with territories, or only with actors.")

    def question(self) -> AddQuestion:
        """What is asked, in the words of `api.answers`."""
        return AddQuestion(**self.model_dump())


class RemoveParams(TerritoryParams):
    """Which actor would leave."""

    actor: str = Field(max_length=200, examples=["le-rameau"])
    limit: int | None = Field(None, ge=1, le=MAX_OFFSET, description="Territories at most; absent: all.")

    def question(self) -> RemoveQuestion:
        """What is asked, in the words of `api.answers`."""
        return RemoveQuestion(**self.model_dump())


class DeparturesParams(Dated, Paged):
    """Of which level the territories are that hang on one actor."""

    level: Level = "departement"
    without_stale: bool = Field(False, description="Without the alliances last heard of two years ago or more.")

    def question(self, default_limit: int | None) -> DeparturesQuestion:
        """What is asked, in the words of `api.answers`."""
        return DeparturesQuestion(**{**self.model_dump(), "limit": self.limit or default_limit})


class ViewParams(Dated):
    """What may be asked of a page."""

    lang: Language = Field("fr", description="`fr` or `en`.")
    generation: str | None = Field(
        None,
        max_length=60,
        pattern=r"^[0-9a-f-]+$",
        description="Which generation; absent: the current one.",
    )

    def asked(self) -> dict[str, Any]:
        """What is asked, in the words of `ViewQuestion`. `Any`: each field has its own type, checked above."""
        return self.model_dump(exclude={"generation"}) | {"site": "/"}


class EgoViewParams(ViewParams, EgoParams):
    """What may be asked of the page around an actor."""


class MapParams(ViewParams):
    """What may be asked of a map."""

    level: Level = "departement"
