"""Which territories are without alliances, why that is said, and of which we cannot tell."""

from dataclasses import dataclass
from datetime import date
from typing import get_args

import polars as pl

from api.answers.answer import Answer, Row, page
from api.answers.coverage import sources_coverage
from api.answers.errors import BadQuestionError
from api.answers.lists import counts_of
from api.answers.metrics import WITHOUT_STALE
from api.answers.parameters import parameters
from api.answers.reader import Reader
from graph.hierarchy import LEVELS, Level
from graph.isolation import WEIGHTS, with_components, worklist
from graph.periods import AsOfMode

STATUSES = ("connected", "isolated", "unknown", "not_covered")


@dataclass(frozen=True, kw_only=True)
class IsolationQuestion:
    """Which territories: those of a `level`, all or of one `status`.

    `worklist` lists those of which we cannot tell, the most people first. Without `as_of` the state
    of knowledge counts: the newest day on which a source was read. `without_stale` leaves out the alliances
    last heard of two years before that day or more. `limit=None` is every row.
    """

    level: Level = "departement"
    status: str | None = None
    worklist: bool = False
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False
    limit: int | None = None
    offset: int = 0


def isolation(reader: Reader, question: IsolationQuestion) -> Answer:
    """One row a territory of the level with its components explained, the most isolated first.

    Raises `BadQuestionError` for an unknown level or status.
    """
    if question.level not in get_args(Level):
        raise BadQuestionError(f"there is no level {question.level!r}: choose one of {', '.join(get_args(Level))}")
    if question.status is not None and question.status not in STATUSES:
        raise BadQuestionError(f"there is no status {question.status!r}: choose one of {', '.join(STATUSES)}")
    frame = isolation_table(
        reader, question.level, question.as_of, question.as_of_mode, without_stale=question.without_stale
    )
    rows = worklist(frame) if question.worklist else frame
    rows = rows.filter(status=question.status) if question.status else rows
    scope = f"territories of level {question.level}" + (", the unknown ones by population" if question.worklist else "")
    scope += WITHOUT_STALE if question.without_stale else ""
    context = _context(reader, scope, question)
    found = page(context, rows, question.limit, question.offset, {"status": counts_of(rows, "status")})
    return Answer(context, _shown(found.frame), found.total, found.limit, found.offset, found.facets)


def territory_isolation(
    reader: Reader,
    text: str,
    *,
    as_of: date | None = None,
    mode: AsOfMode = "possible",
    without_stale: bool = False,
) -> Row:
    """The isolation of one territory, explained: its row among those of its level, and `context`.

    Raises `NotFoundError`, or `BadQuestionError` for a code that means several territories or the country,
    which has nothing to be compared with.
    """
    territory = reader.find("territories", text)
    level = compared_level(territory)
    row = isolation_table(reader, level, as_of, mode, without_stale=without_stale).filter(code=territory["id"])
    scope = f"{territory['id']} among the territories of level {level}{WITHOUT_STALE if without_stale else ''}"
    question = IsolationQuestion(level=level, as_of=as_of, as_of_mode=mode, without_stale=without_stale)
    return {"context": _context(reader, scope, question), **_shown(row).to_dicts()[0]}


def _context(reader: Reader, scope: str, question: IsolationQuestion) -> Row:
    context = isolation_context(reader, scope, question.as_of, question.as_of_mode)
    day = question.as_of or reader.generation.knowledge_date
    return {**context, "parameters": parameters(reader, question, day, weights=dict(WEIGHTS))}


def compared_level(territory: Row) -> Level:
    """The level at which a territory is compared; raises `BadQuestionError` for the country."""
    for level, holds in LEVELS.items():
        if territory["level"] in holds:
            return level
    raise BadQuestionError(f"{territory['id']} has no level to be compared with: ask for a territory within it")


def isolation_table(
    reader: Reader, level: Level, as_of: date | None, mode: AsOfMode, *, without_stale: bool = False
) -> pl.DataFrame:
    """All rows of a level, as `graph.isolation` gives them."""

    def compute() -> pl.DataFrame:
        return reader.generation.isolation(level, as_of=as_of, as_of_mode=mode, without_stale=without_stale)

    stored = as_of is None and mode == "possible" and not without_stale
    return compute() if stored else reader.kept(("isolation", level, as_of, mode, without_stale), compute)


def isolation_context(reader: Reader, scope: str, as_of: date | None, mode: AsOfMode) -> Row:
    """The context of what is said of isolation: of a day, else of the state of knowledge."""
    day = as_of or reader.generation.knowledge_date
    said = scope if as_of else f"{scope}, in the state of knowledge of {day}"
    return reader.context(said, day, mode, sources_coverage(reader, day))


def _shown(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of an answer; the components, which tell all, stand in a list of their own."""
    return with_components(frame).select(*_COLUMNS, "components")


_COLUMNS = (
    "code", "iri", "name", "level", "status", "population", "alliances", "alliances_located", "alliances_seated",
    "actors", "alliances_per_10000", "links_out", "partners", "score", "rank", "alliances_outward", "alliances_inward",
    "openness", "harmonic", "dependence", "broker", "broker_name", "broker_alliances", "diversity", "freshness",
    "freshness_light", "sdg_reach", "actors_per_10000", "alliances_per_10000_smoothed", "alliances_per_10000_lower",
    "alliances_per_10000_upper", "actors_per_10000_smoothed", "actors_per_10000_lower", "actors_per_10000_upper",
)  # fmt: skip
