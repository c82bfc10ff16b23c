"""What changed from one state of knowledge to another, or from one date to another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from api.answers.answer import Row
from api.answers.coverage import sources_coverage
from api.answers.errors import BadQuestionError
from api.answers.metrics import NetworkName
from api.answers.parameters import parameters
from api.answers.question import day
from api.answers.reader import Reader
from api.answers.series import WITHOUT_STALE_THEN
from graph import diff as differ
from graph.chosen import Chosen
from graph.freshness import without_stale
from graph.hierarchy import Level
from graph.measured import On
from graph.periods import AsOfMode
from graph.seed import SEED

LATEST = "latest"


@dataclass(frozen=True)
class Side:
    """A state to compare: a generation, whole or as of a date."""

    reader: Reader
    as_of: date | None = None

    @property
    def shown(self) -> Row:
        """The side as an answer names it."""
        generation = self.reader.generation
        return {"generation": generation.id, "graph_sha256": generation.graph_sha256, "as_of": self.as_of}


@dataclass(frozen=True, kw_only=True)
class DiffQuestion:
    """Whose numbers are compared; `metrics` chooses some, none takes all. `limit` rows of each list are shown.

    `without_stale` leaves out, on each side, what was last heard of two years before it or more.
    """

    on: On = "actors"
    network: NetworkName | None = None
    level: Level = "departement"
    metrics: tuple[str, ...] = ()
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False
    limit: int | None = None


def sides(before: str, after: str, named: Callable[[str], Reader]) -> tuple[Side, Side]:
    """What two texts mean: two days of the current generation, or two generations that `named` finds.

    Raises `BadQuestionError` where one is a day and the other a generation, and what `named` raises.
    """
    days = (_as_day(before), _as_day(after))
    if days[0] is not None and after == LATEST:
        days = (days[0], named(LATEST).generation.knowledge_date)
    if (days[0] is None) != (days[1] is None):
        raise BadQuestionError(
            f"{before!r} and {after!r} are a day and a generation: compare two days or two generations"
        )
    if days[0] is None:
        return Side(named(before)), Side(named(after))
    reader = named(LATEST)
    return Side(reader, days[0]), Side(reader, days[1])


def _as_day(text: str) -> date | None:
    """The date that a text is; None for what is the name of a generation."""
    try:
        return day(text)
    except ValueError:
        return None


def diff(before: Side, after: Side, question: DiffQuestion) -> Row:
    """What differs: `counts` by table and change, the things, and `metrics`: numbers and ranks that moved.

    Things are `added`, `removed` or `changed` with the fields that differ. Of two dates, an actor is there
    who holds an active membership. Lists are cut at `limit`, `counts` never.
    """
    if question.on == "territories" and question.network is not None:
        raise BadQuestionError("territories have one network, tied by what touches both: leave network out")
    found = differ.differences(_state(before, question), _state(after, question))
    moved = _moved(before, after, question)
    lists = {name: one.frame.slice(0, question.limit).to_dicts() for name, one in found.items()}
    longest = max(moved.height, *(one.frame.height for one in found.values()))
    return {
        "context": _context(before, after, question),
        "from": before.shown,
        "to": after.shown,
        "counts": {name: {change: one.count(change) for change in differ.CHANGES} for name, one in found.items()},
        **lists,
        "metrics": moved.slice(0, question.limit).to_dicts(),
        "metrics_total": moved.height,
        "truncated": question.limit is not None and longest > question.limit,
    }


def _state(side: Side, question: DiffQuestion) -> differ.State:
    tables, stale_on = side.reader.tables, side.reader.stale_on(side.as_of, without_stale=question.without_stale)
    fresh = tables if stale_on is None else without_stale(tables, stale_on, question.as_of_mode)
    return differ.state_of(fresh, side.as_of, question.as_of_mode)


def _moved(before: Side, after: Side, question: DiffQuestion) -> pl.DataFrame:
    moved = differ.metric_changes(_numbers(before, question), _numbers(after, question))
    return moved.filter(pl.col("metric").is_in(question.metrics)) if question.metrics else moved


def _numbers(side: Side, question: DiffQuestion) -> pl.DataFrame:
    """The metrics of a side; read where the generation holds them."""
    projected = question.network == "projection"
    stale_on = side.reader.stale_on(side.as_of, without_stale=question.without_stale)
    chosen = Chosen(question.level, side.as_of, question.as_of_mode, stale_on)

    def measured() -> pl.DataFrame:
        return side.reader.generation.measured(question.on, projected=projected, chosen=chosen).frame

    found = measured() if chosen.is_everything else side.reader.kept(("diff", question.on, projected, chosen), measured)
    if unknown := [name for name in question.metrics if name not in found.columns]:
        raise BadQuestionError(
            f"there is no metric {', '.join(unknown)} here: choose from {', '.join(found.columns[4:])}"
        )
    return found


def _context(before: Side, after: Side, question: DiffQuestion) -> Row:
    said = " to ".join(str(one.as_of or one.reader.generation.id) for one in (before, after))
    scope = f"alliances, actors and memberships, and the metrics of {question.on}, from {said}"
    scope += WITHOUT_STALE_THEN if question.without_stale else ""
    context = after.reader.context(scope, after.as_of, question.as_of_mode, sources_coverage(after.reader, after.as_of))
    return {**context, "parameters": parameters(after.reader, question, after.as_of, seed=SEED)}
