"""The query parameters of the HTTP interface. Unknown ones are refused: ignored, they would answer another question."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.answers.isolation import IsolationQuestion
from api.answers.metrics import MetricsQuestion
from api.answers.question import Question, day
from api.limits import LIMITS
from graph.hierarchy import Level
from graph.periods import AsOfMode
from ontology.schemes import Language

MAX_OFFSET = 100_000_000


def _whole_day(value: object) -> object:
    """Only a written day is a date: pydantic alone would read `2020` as seconds since 1970."""
    return day(value) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_whole_day), Field(description="A whole day.", examples=["2020-10-17"])]


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
    sort: str | None = Field(None, max_length=40, pattern=r"^-?[a-z_]+$", description="A metric, `-` for falling.")

    def question(self, default_limit: int | None) -> MetricsQuestion:
        """What is asked, in the words of `api.answers`."""
        asked = self.model_dump(exclude={"metric"})
        return MetricsQuestion(**{**asked, "metrics": tuple(self.metric), "limit": self.limit or default_limit})


class IsolationParams(Dated, Paged):
    """Which territories."""

    level: Level = "departement"
    status: Literal["connected", "isolated", "unknown", "not_covered"] | None = None
    worklist: bool = Field(False, description="Those of which we cannot tell, the most people first.")

    def question(self, default_limit: int | None) -> IsolationQuestion:
        """What is asked, in the words of `api.answers`."""
        return IsolationQuestion(**{**self.model_dump(), "limit": self.limit or default_limit})


class TerritoryParams(Dated):
    """What may be asked of the isolation of one territory."""


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
