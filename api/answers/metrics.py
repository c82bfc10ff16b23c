"""Metrics of actors, alliances and territories: read where the generation holds them, else computed."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

import polars as pl

from api.answers.answer import Answer, page
from api.answers.coverage import sources_coverage
from api.answers.errors import BadQuestionError
from api.answers.parameters import parameters
from api.answers.reader import Reader
from graph.chosen import Chosen
from graph.hierarchy import Level
from graph.inflation import TooManyTiesError
from graph.info import MetricsInfo, Weights
from graph.measured import INFO, Measured, On
from graph.periods import AsOfMode

__all__ = ["MetricsQuestion", "NetworkName", "On", "metrics"]

NetworkName: TypeAlias = Literal["two-mode", "projection"]

WITHOUT_STALE = ", without the alliances last heard of two years ago or more"
"""What a scope adds."""

IDENTITY = ("id", "iri", "name", "kind")


@dataclass(frozen=True, kw_only=True)
class MetricsQuestion:
    """Which numbers of what.

    `network` is `two-mode` (Borgatti–Everett norms) or `projection`; territories have their own
    network, at `level`. `metrics` chooses columns, none chooses all. `sort` is a metric, by default
    the first one shown, in falling order; `limit=None` is every row. `without_stale` leaves out the
    alliances last heard of two years or more before `as_of`, else before the state of knowledge.
    `weights` weighs the ties of a one-mode network for pagerank, eigenvector, hits, constraint, effective
    size and efficiency. `validated` keeps only its ties that hold against chance, this being the greatest q.
    """

    on: On = "actors"
    network: NetworkName | None = None
    level: Level = "departement"
    metrics: tuple[str, ...] = ()
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False
    weights: Weights = "none"
    validated: float | None = None
    sort: str | None = None
    limit: int | None = None
    offset: int = 0


def metrics(reader: Reader, question: MetricsQuestion) -> Answer:
    """One row a node, isolates too, with one number a metric; null where it is undefined.

    `context.network` says of which network the numbers are, how big it is and whether they are exact.
    Raises `BadQuestionError` for a metric that this network does not have, a network of territories, or weights or
    validation in two modes.
    """
    _refuse(question)
    table = _measured(reader, question)
    frame = _chosen(table.frame, question.metrics)
    context = reader.context(
        _scope(question, table.info) + (WITHOUT_STALE if question.without_stale else ""),
        question.as_of,
        question.as_of_mode,
        sources_coverage(reader, question.as_of),
    )
    context["parameters"] = parameters(reader, question, question.as_of)
    context["network"] = {name: getattr(table.info, name) for name in INFO}
    return page(context, _sorted(frame, question.sort), question.limit, question.offset, {})


def _refuse(question: MetricsQuestion) -> None:
    for name, value, known in (
        ("level", question.level, get_args(Level)),
        ("weights", question.weights, get_args(Weights)),
    ):
        if value not in known:
            raise BadQuestionError(f"there is no {name} {value!r}: choose one of {', '.join(known)}")
    if question.on not in get_args(On):
        raise BadQuestionError(f"metrics are on actors, alliances or territories, not on {question.on!r}")
    if question.on == "territories" and question.network is not None:
        raise BadQuestionError("territories have one network, tied by what touches both: leave network out")
    if question.on == "territories" or question.network == "projection":
        return
    if question.weights != "none":
        raise BadQuestionError("weights are of a one-mode network: ask for the network projection")
    if question.validated is not None:
        raise BadQuestionError("only a one-mode network is validated: ask for the network projection")


def _measured(reader: Reader, question: MetricsQuestion) -> Measured:
    stale_on = reader.stale_on(question.as_of, without_stale=question.without_stale)
    chosen = Chosen(question.level, question.as_of, question.as_of_mode, stale_on, question.weights, question.validated)
    projected = question.network == "projection"

    def measure() -> Measured:
        try:
            return reader.generation.measured(question.on, projected=projected, chosen=chosen)
        except TooManyTiesError as error:
            raise BadQuestionError(str(error)) from None

    # Without a date the numbers are read; with one they take a second, and the next page asks for them again.
    return measure() if chosen.is_everything else reader.kept(("metrics", question.on, projected, chosen), measure)


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
    weighed = "" if info.weights == "none" else f", ties weighed ({info.weights})"
    kept = "" if info.validated is None else f", validated: only the {info.edges} ties with q ≤ {info.validated:g}"
    if question.on == "territories":
        projected = f"{info.nodes} territories of level {question.level}, tied by the alliances that touch both"
        return f"{projected}{_of_big(info)}{kept}{weighed}"
    if info.network == "projection":
        projected = f"{info.nodes} {question.on}, tied by what they share: a projection, which favours big alliances"
        return f"{projected}{_of_big(info)}{kept}{weighed}"
    return f"{question.on} in the two-mode network of {info.n_actors} actors and {info.n_alliances} alliances"


def _of_big(info: MetricsInfo) -> str:
    """How much: the text in the two languages is in `context.network`."""
    if info.big_share is None:
        return ""
    return f" ({info.big_share:.0%} of its ties come from what ties more than {info.big_members} alone)"
