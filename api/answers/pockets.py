"""Spatial pockets: territories that are low among low ones, or high among high ones."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, get_args

import polars as pl

from api.answers.answer import Answer, Row, page
from api.answers.coverage import sources_coverage
from api.answers.errors import BadQuestionError
from api.answers.isolation import isolation_context, isolation_table
from api.answers.lists import counts_of
from api.answers.metrics import WITHOUT_STALE
from api.answers.parameters import parameters
from api.answers.reader import Reader
from graph.chosen import Chosen
from graph.hierarchy import Level
from graph.isolation import SCORED
from graph.periods import AsOfMode
from graph.seed import SEED

if TYPE_CHECKING:
    from graph.spatial import Moran

PERMUTATIONS, COMMUNE_PERMUTATIONS = 9_999, 999
"""Of 1,250 EPCI none can be found with 999: the smallest p, 0.002, times 1,250 is 2.5. Communes take too long."""

_READINGS = {
    "HH": ("Valeur haute parmi des valeurs hautes.", "A high value among high ones."),
    "LL": ("Valeur basse parmi des valeurs basses.", "A low value among low ones."),
    "HL": ("Valeur haute parmi des valeurs basses.", "A high value among low ones."),
    "LH": ("Valeur basse parmi des valeurs hautes.", "A low value among high ones."),
}
_NONE = ("Aucun motif montré.", "No pattern shown.")
_OUT = (
    "Hors du calcul : sans voisin, ou sans valeur.",
    "Left out: without a neighbour, or without a value.",
)
_UNOBSERVED = (
    " Territoire non observé en entier : une valeur basse peut être une lacune des données.",
    " Not observed in full: a low value may be missing data.",
)


@dataclass(frozen=True, kw_only=True)
class PocketsQuestion:
    """Which number of the territories of a `level`: a column of isolation, or a metric of their network.

    `permutations=None` is 9,999, of communes 999. `alpha` is the share of pockets that may be chance.
    """

    level: Level = "departement"
    metric: str = "alliances_per_10000"
    permutations: int | None = None
    seed: int = SEED
    alpha: float = 0.05
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False
    limit: int | None = None
    offset: int = 0

    @property
    def orders(self) -> int:
        """How many permutations are made."""
        return self.permutations or (COMMUNE_PERMUTATIONS if self.level == "commune" else PERMUTATIONS)


def pockets(reader: Reader, question: PocketsQuestion) -> Answer:
    """One row a territory, the pockets first; `context.pockets` has Moran's I and how all was computed.

    The numbers are what was observed, and nothing is said of what was not: `status` stands beside, and a
    low value of a territory that was not observed in full is called just that. Raises `BadQuestionError`
    for an unknown level or metric.
    """
    if question.level not in get_args(Level):
        raise BadQuestionError(f"there is no level {question.level!r}: choose one of {', '.join(get_args(Level))}")
    values, of_networks = _values(reader, question)
    key = ("pockets", question.level, question.metric, question.orders, question.seed, *_part(question))
    frame, moran, rule = reader.kept(key, lambda: _computed(reader, values, question))
    pocket = pl.when(pl.col("q") <= question.alpha).then(pl.col("quadrant"))
    rows = _read(frame.with_columns(pocket=pocket)).sort(pl.col("pocket").is_null(), "p", "code", nulls_last=True)
    context = _context(reader, question, of_networks=of_networks)
    unobserved = rows.filter(~pl.col("status").is_in(SCORED)).height
    context["pockets"] = {
        "metric": question.metric,
        "neighbours": rule,
        "method": "local Moran, row-standardised, conditional permutations, two-sided; Benjamini-Hochberg",
        "alpha": question.alpha,
        "unobserved": unobserved,
        "moran": asdict(moran),
    }
    return page(context, rows, question.limit, question.offset, {"pocket": counts_of(rows, "pocket")})


def _context(reader: Reader, question: PocketsQuestion, *, of_networks: bool) -> Row:
    """A number of isolation is of the state of knowledge unless of a date; a metric then counts everything."""
    if of_networks:
        said, coverage = _scope(question), sources_coverage(reader, question.as_of)
        context = reader.context(said, question.as_of, question.as_of_mode, coverage)
    else:
        context = isolation_context(reader, _scope(question), question.as_of, question.as_of_mode)
    return {**context, "parameters": parameters(reader, question, question.as_of)}


def _values(reader: Reader, question: PocketsQuestion) -> tuple[pl.DataFrame, bool]:
    """`iri`, `code`, `name`, `status`, `population`, `value` by code, and whether the value is one of networks."""
    stale = question.without_stale
    table = isolation_table(reader, question.level, question.as_of, question.as_of_mode, without_stale=stale)
    known = _numbers(table)
    of_networks = question.metric not in known
    if of_networks:
        table = table.join(_metrics(reader, question), on="iri", how="left", suffix="_metric")
    if question.metric not in _numbers(table):
        raise BadQuestionError(f"there is no number {question.metric!r}: choose from {', '.join(known)}, or a metric")
    shown = table.select("code", "iri", "name", "status", "population", value=pl.col(question.metric).cast(pl.Float64))
    return shown.sort("code"), of_networks


def _metrics(reader: Reader, question: PocketsQuestion) -> pl.DataFrame:
    day = reader.stale_on(question.as_of, without_stale=question.without_stale)
    chosen = Chosen(question.level, question.as_of, question.as_of_mode, day)
    key = ("metrics", "territories", False, chosen)
    return reader.kept(key, lambda: reader.generation.measured("territories", projected=False, chosen=chosen)).frame


def _numbers(table: pl.DataFrame) -> list[str]:
    return [name for name, kind in table.schema.items() if kind.is_numeric()]


def _computed(reader: Reader, values: pl.DataFrame, question: PocketsQuestion) -> "tuple[pl.DataFrame, Moran, str]":
    from graph.neighbours import neighbours  # noqa: PLC0415 - the engines take a second to import
    from graph.spatial import lisa, moran  # noqa: PLC0415

    table = reader.generation.table
    beside = neighbours(table("territories"), table("outlines"), question.level)
    numbers = values["value"].fill_null(float("nan")).to_numpy()
    local = lisa(numbers, beside.matrix, question.orders, question.seed).drop("value", "pocket")
    frame = values.hstack(local).with_columns(neighbours=pl.Series(beside.counts, dtype=pl.Int64))
    return frame, moran(numbers, beside.matrix, permutations=question.orders, seed=question.seed), beside.rule


def _read(frame: pl.DataFrame) -> pl.DataFrame:
    """With a sentence in French and English, which calls nothing isolated."""
    return frame.with_columns(_reading(0).alias("fr"), _reading(1).alias("en"))


def _reading(language: int) -> pl.Expr:
    words = {quadrant: texts[language] for quadrant, texts in _READINGS.items()}
    told = pl.col("pocket").replace_strict(words, default=_NONE[language], return_dtype=pl.String)
    sentence = pl.when(pl.col("local").is_null()).then(pl.lit(_OUT[language])).otherwise(told)
    unobserved = ~pl.col("status").is_in(SCORED)
    return sentence + pl.when(unobserved).then(pl.lit(_UNOBSERVED[language])).otherwise(pl.lit(""))


def _part(question: PocketsQuestion) -> tuple[object, ...]:
    return question.as_of, question.as_of_mode, question.without_stale


def _scope(question: PocketsQuestion) -> str:
    said = (
        f"{question.metric} of territories of level {question.level} as observed: what was not observed counts as it is"
    )
    return said + (WITHOUT_STALE if question.without_stale else "")
