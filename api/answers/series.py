"""The ecosystem year by year: what was active at the end of each, or how one number moved."""

from dataclasses import dataclass
from datetime import date

import polars as pl
import polars.selectors as cs

from api.answers.answer import Answer, page
from api.answers.coverage import sources_coverage
from api.answers.errors import BadQuestionError, NotFoundError
from api.answers.metrics import NetworkName
from api.answers.parameters import parameters
from api.answers.reader import Reader
from graph import series as yearly
from graph.chosen import Chosen
from graph.hierarchy import LEVELS, Level
from graph.measured import NetworkName as NetworkOf
from graph.measured import On, network_of
from graph.periods import AsOfMode
from graph.seed import SEED

WITHOUT_STALE_THEN = ", without the alliances last heard of two years earlier or more"
MAX_MEASURED_YEARS = 60
"""Each year of a metric is a network of its own to be measured."""


@dataclass(frozen=True, kw_only=True)
class SeriesQuestion:
    """Which years, and of what.

    Without `metric` what was active is counted; `level` says which territories. With `metric` it is that
    number of the node `id`, or of the whole network where there is no `id`. Without `first` and `last`
    the years go from the first known start to that of the state of knowledge. `without_stale` leaves out
    what was last heard of two years before the end of each year or more.
    """

    metric: str | None = None
    on: On = "actors"
    network: NetworkName | None = None
    id: str | None = None
    level: Level = "departement"
    first: int | None = None
    last: int | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False


def series(reader: Reader, question: SeriesQuestion) -> Answer:
    """One row a year, which is its 31 December: counts, or `value` (of a node also `rank` and `ranked`).

    Raises `BadQuestionError` for years or a metric that there are not, and `NotFoundError` for an unknown id.
    """
    asked = _years(reader, question)
    if question.metric is None:
        _refuse_alone(question)
        frame, scope = _counts(reader, question, asked)
    else:
        frame, scope = _measured(reader, question, asked, question.metric)
    scope += WITHOUT_STALE_THEN if question.without_stale else ""
    said = f"{scope}, on 31 December of each year from {asked[0]} to {asked[-1]}"
    last = yearly.year_end(asked[-1])
    context = reader.context(said, last, question.as_of_mode, sources_coverage(reader, last))
    context["parameters"] = parameters(reader, question, last, seed=SEED)
    context["undated"] = reader.tables.alliances["start"].null_count()
    return page(context, frame, None, 0, {})


def _years(reader: Reader, question: SeriesQuestion) -> range:
    known = yearly.span(reader.tables, reader.generation.knowledge_date)
    first = known[0] if question.first is None else question.first
    last = max(known[-1], first) if question.last is None else question.last
    try:
        asked = yearly.years(first, last)
    except ValueError as error:
        raise BadQuestionError(str(error)) from None
    if question.metric is not None and len(asked) > MAX_MEASURED_YEARS:
        raise BadQuestionError(f"{len(asked)} years are too many to measure: ask for {MAX_MEASURED_YEARS} at most")
    return asked


def _refuse_alone(question: SeriesQuestion) -> None:
    if question.id is not None or question.network is not None:
        raise BadQuestionError("id and network say of what a metric is: give metric too")


def _counts(reader: Reader, question: SeriesQuestion, asked: range) -> tuple[pl.DataFrame, str]:
    counted = yearly.fresh_counts if question.without_stale else yearly.counts
    frame = reader.kept(
        ("series", question), lambda: counted(reader.tables, asked, question.level, question.as_of_mode)
    )
    return frame, f"active alliances, memberships, actors and touched territories of level {question.level}"


def _measured(reader: Reader, question: SeriesQuestion, asked: range, metric: str) -> tuple[pl.DataFrame, str]:
    if question.on == "territories" and question.network is not None:
        raise BadQuestionError("territories have one network, tied by what touches both: leave network out")
    one_mode = question.on == "territories" or question.network == "projection"
    name = f"the {'two-mode network' if not one_mode else f'network of {question.on}'}"
    if question.id is None:
        return reader.kept(
            ("series", question), lambda: _of_network(reader, question, asked, metric)
        ), f"{metric} of {name}"
    iri = _node(reader, question, question.id)
    return reader.kept(
        ("series", question), lambda: _of_node(reader, question, asked, metric, iri)
    ), f"{metric} of {question.id} in {name}"


def _node(reader: Reader, question: SeriesQuestion, text: str) -> str:
    row = reader.find(question.on, text)
    if question.on == "territories" and row["level"] not in LEVELS[question.level]:
        raise NotFoundError(f"{row['id']} is not of level {question.level}: its level is {row['level']}")
    return str(row["iri"])


def _of_network(reader: Reader, question: SeriesQuestion, asked: range, metric: str) -> pl.DataFrame:
    # The engines of networks take a second to import, which counts need not wait for.
    from graph.network_series import Kind, of_network  # noqa: PLC0415

    one_mode = question.on == "territories" or question.network == "projection"
    name: NetworkOf = question.on if one_mode else "two-mode"
    kind = Kind(two_mode=not one_mode, closure=reader.tables.closure)
    try:
        return of_network(asked, lambda day: network_of(reader.tables, name, _chosen(question, day)), metric, kind)
    except KeyError as error:
        raise BadQuestionError(str(error.args[0])) from None


def _of_node(reader: Reader, question: SeriesQuestion, asked: range, metric: str, iri: str) -> pl.DataFrame:
    def measured(day: date) -> pl.DataFrame:
        projected = question.network == "projection"
        frame = reader.generation.measured(question.on, projected=projected, chosen=_chosen(question, day)).frame
        _refuse_unknown(metric, frame.select(cs.numeric()).columns)
        return frame

    return yearly.of_metric(asked, measured, metric, iri)


def _chosen(question: SeriesQuestion, day: date) -> Chosen:
    return Chosen(question.level, day, question.as_of_mode, day if question.without_stale else None)


def _refuse_unknown(metric: str, known: list[str]) -> None:
    if metric not in known:
        raise BadQuestionError(f"there is no metric {metric!r} here: choose from {', '.join(known)}")
