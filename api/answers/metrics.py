"""Metrics of actors, alliances and territories: read where the generation holds them, else computed."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

import polars as pl

from api.answers.answer import Answer, page
from api.answers.coverage import sources_coverage
from api.answers.errors import BadQuestionError
from api.answers.reader import Reader
from graph.hierarchy import Level
from graph.info import MetricsInfo
from graph.measured import INFO, Chosen, Measured, On
from graph.periods import AsOfMode

__all__ = ["MetricsQuestion", "NetworkName", "On", "metrics"]

NetworkName: TypeAlias = Literal["two-mode", "projection"]

IDENTITY = ("id", "iri", "name", "kind")


@dataclass(frozen=True, kw_only=True)
class MetricsQuestion:
    """Which numbers of what.

    `network` is `two-mode` (Borgatti–Everett norms) or `projection`; territories have their own
    network, at `level`. `metrics` chooses columns, none chooses all. `sort` is a metric, by default
    the first one shown, in falling order; `limit=None` is every row.
    """

    on: On = "actors"
    network: NetworkName | None = None
    level: Level = "departement"
    metrics: tuple[str, ...] = ()
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    sort: str | None = None
    limit: int | None = None
    offset: int = 0


def metrics(reader: Reader, question: MetricsQuestion) -> Answer:
    """One row a node, isolates too, with one number a metric; null where it is undefined.

    `context.network` says of which network the numbers are, how big it is and whether they are exact.
    Raises `BadQuestionError` for a metric that this network does not have, or a network of territories.
    """
    if question.level not in get_args(Level):
        raise BadQuestionError(f"there is no level {question.level!r}: choose one of {', '.join(get_args(Level))}")
    if question.on not in get_args(On):
        raise BadQuestionError(f"metrics are on actors, alliances or territories, not on {question.on!r}")
    if question.on == "territories" and question.network is not None:
        raise BadQuestionError("territories have one network, tied by what touches both: leave network out")
    table = _measured(reader, question)
    frame = _chosen(table.frame, question.metrics)
    context = reader.context(
        _scope(question, table.info), question.as_of, question.as_of_mode, sources_coverage(reader)
    )
    context["network"] = {name: getattr(table.info, name) for name in INFO}
    return page(context, _sorted(frame, question.sort), question.limit, question.offset, {})


def _measured(reader: Reader, question: MetricsQuestion) -> Measured:
    chosen = Chosen(question.level, question.as_of, question.as_of_mode)
    projected = question.network == "projection"

    def measure() -> Measured:
        return reader.generation.measured(question.on, projected=projected, chosen=chosen)

    # Without a date the numbers are read; with one they take a second, and the next page asks for them again.
    return measure() if question.as_of is None else reader.kept(("metrics", question.on, projected, chosen), measure)


def _chosen(frame: pl.DataFrame, wanted: tuple[str, ...]) -> pl.DataFrame:
    known = [name for name in frame.columns if name not in IDENTITY]
    if unknown := [name for name in wanted if name not in known]:
        raise BadQuestionError(f"there is no metric {', '.join(unknown)} here: choose from {', '.join(known)}")
    return frame.select(*IDENTITY, *(dict.fromkeys(wanted) or known))


def _sorted(frame: pl.DataFrame, sort: str | None) -> pl.DataFrame:
    field = (sort or f"-{frame.columns[len(IDENTITY)]}").removeprefix("-")
    if field not in frame.columns:
        raise BadQuestionError(f"cannot sort by {field!r}: choose from {', '.join(frame.columns)}")
    falling = sort is None or sort.startswith("-")
    beside = pl.col("kind") == "collectivite"  # the overseas collectivities are in no ranking: they come last
    order = [False, falling, False, False]
    return frame.sort(beside, field, "name", "iri", descending=order, nulls_last=True)


def _scope(question: MetricsQuestion, info: MetricsInfo) -> str:
    if question.on == "territories":
        return f"{info.nodes} territories of level {question.level}, tied by the alliances that touch both"
    if info.network == "projection":
        return f"{info.nodes} {question.on}, tied by what they share: a projection, which favours big alliances"
    return f"{question.on} in the two-mode network of {info.n_actors} actors and {info.n_alliances} alliances"
