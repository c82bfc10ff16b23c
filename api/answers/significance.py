"""How sure: is it more than chance, and how far do ranks move when some records are missing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

import polars as pl

from api.answers.answer import Answer, Row, page
from api.answers.coverage import sources_coverage
from api.answers.errors import BadQuestionError
from api.answers.isolation import isolation_table
from api.answers.metrics import WITHOUT_STALE
from api.answers.parameters import parameters
from api.answers.reader import Reader
from graph.chosen import Chosen
from graph.freshness import without_stale
from graph.hierarchy import Level
from graph.isolation import isolation
from graph.periods import AsOfMode
from graph.seed import SEED
from graph.selection import Tables

Of: TypeAlias = Literal["actors", "alliances", "territories"]
TestedOn: TypeAlias = Literal["isolation", "brokerage", "pairs"]
Method: TypeAlias = Literal["exact", "drawn"]
Outward: TypeAlias = Literal["links_out", "alliances", "partners"]
RankedOn: TypeAlias = Literal["degree", "betweenness", "harmonic", "isolation"]

ALPHA = 0.05
_FIXED = "draws with the same degrees (curveball)"
_PAIRED: dict[Method, str] = {
    "exact": "exact, degrees kept on average (Poisson-binomial over maximum-entropy probabilities)",
    "drawn": _FIXED,
}
_SCOPES: dict[TestedOn, str] = {
    "isolation": "{of} of territories of level {level}, beside networks in which each actor keeps its seat and number "
    "of alliances and each alliance its size: few are few recorded ones, and make no territory isolated",
    "brokerage": "betweenness of actors with at least two alliances, beside networks with the same degrees",
    "pairs": "pairs of {of} that share something, beside what numbers of ties alone would make them share",
}


@dataclass(frozen=True, kw_only=True)
class SignificanceQuestion:
    """What is tested: the reach of territories (`outward`, at `level`), the brokerage of actors, or what pairs share.

    Pairs are pairs `of` actors, alliances or, at `level`, territories; both methods stand beside each other, and
    `method` says which makes findings: `exact` can tell hundreds of thousands of pairs apart, and is too cautious
    where alliances are small; `drawn` is not, but no p is below 1/(draws + 1). `alpha` is the share of findings that
    may be chance. `limit=None` is every row.
    """

    on: TestedOn = "isolation"
    of: Of = "actors"
    outward: Outward = "links_out"
    method: Method = "exact"
    level: Level = "departement"
    draws: int = 999
    seed: int = SEED
    alpha: float = ALPHA
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, kw_only=True)
class IntervalsQuestion:
    """Whose ranks, by what, and how many times which share of the memberships is dropped.

    Territories of `level` rank by `isolation` (1 is the most isolated), the others by a two-mode measure.
    """

    of: Of = "actors"
    by: RankedOn = "betweenness"
    level: Level = "departement"
    draws: int = 200
    share: float = 0.1
    seed: int = SEED
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False
    limit: int | None = None
    offset: int = 0


def significance(reader: Reader, question: SignificanceQuestion) -> Answer:
    """One row a thing tested, the smallest p first; `finding` is `fewer` or `more` where q ≤ alpha, else null.

    `context.significance` says how it was tested. Raises `BadQuestionError` for what there is not.
    """
    _check(question.on, TestedOn)
    _check(question.of, Of)
    _check(question.outward, Outward)
    _check(question.method, Method)
    _check(question.level, Level)
    frame, tests = _tested(reader, question)
    found = _with_findings(_with_status(reader, frame, question), question)
    context = _context(reader, _scope(question), question)
    context["significance"] = {
        "on": question.on,
        "method": _PAIRED[question.method] if question.on == "pairs" else _FIXED,
        "draws": question.draws,
        "seed": question.seed,
        "alpha": question.alpha,
        "correction": "Benjamini-Hochberg",
        "tests": tests,
        "found": found["finding"].count(),
    }
    return page(context, found, question.limit, question.offset, {})


def intervals(reader: Reader, question: IntervalsQuestion) -> Answer:
    """One row a thing ranked, the first first: its `rank`, and between which ranks 90 % of the draws put it.

    `context.intervals` says how. Raises `BadQuestionError` for what there is not, and for communes, which are too many.
    """
    _check(question.of, Of)
    _check(question.by, RankedOn)
    _check(question.level, Level)
    if (question.of == "territories") != (question.by == "isolation"):
        raise BadQuestionError("territories are ranked by isolation, actors and alliances by degree, betweenness …")
    if question.of == "territories" and question.level == "commune":
        raise BadQuestionError("to rank all communes a hundred times takes too long: ask for another level")
    key = ("intervals", question.of, question.by, question.draws, question.share, *_part_key(question))
    frame = reader.kept(key, lambda: _intervals(reader, question))
    context = _context(reader, _ranked_scope(question), question)
    context["intervals"] = {
        "by": question.by,
        "draws": question.draws,
        "share": question.share,
        "within": 0.9,
        "seed": question.seed,
    }
    return page(context, frame, question.limit, question.offset, {})


def chosen_part(reader: Reader, question: SignificanceQuestion | IntervalsQuestion) -> Chosen:
    """Which part of what is known, as `graph` says it."""
    stale = reader.stale_on(question.as_of, without_stale=question.without_stale)
    return Chosen(question.level, question.as_of, question.as_of_mode, stale)


def _tested(reader: Reader, question: SignificanceQuestion) -> tuple[pl.DataFrame, int]:
    what = (question.on, question.of) if question.on == "pairs" else (question.on, question.outward)
    key = ("significance", *what, question.draws, *_part_key(question))
    return reader.kept(key, lambda: _TESTS[question.on](reader, question))


def _isolation(reader: Reader, question: SignificanceQuestion) -> tuple[pl.DataFrame, int]:
    from graph.nullmodels import Ensemble  # noqa: PLC0415 - the engines take a second to import
    from graph.significance import isolation_significance  # noqa: PLC0415

    ensemble = Ensemble(question.draws, question.seed)
    frame = isolation_significance(reader.tables, chosen_part(reader, question), question.outward, ensemble)
    return frame.select("code", "iri", "name", *_NUMBERS), frame["p"].count()


def _brokerage(reader: Reader, question: SignificanceQuestion) -> tuple[pl.DataFrame, int]:
    from graph.measured import network_of  # noqa: PLC0415
    from graph.nullmodels import Ensemble  # noqa: PLC0415
    from graph.significance import brokerage_significance  # noqa: PLC0415

    network = network_of(reader.tables, "two-mode", chosen_part(reader, question))
    frame = brokerage_significance(network, Ensemble(question.draws, question.seed))
    return frame.select("id", "iri", "name", "kind", *_NUMBERS), frame.height


def _pairs(reader: Reader, question: SignificanceQuestion) -> tuple[pl.DataFrame, int]:
    from graph.backbone import shared_pairs, territory_ties, with_drawn  # noqa: PLC0415
    from graph.nullmodels import Ensemble, part_of, ties_in  # noqa: PLC0415

    chosen = chosen_part(reader, question)
    if question.of == "territories":
        ties, nodes = territory_ties(reader.tables, chosen)
    else:
        side: Literal["actor", "alliance"] = "actor" if question.of == "actors" else "alliance"
        ties, nodes, _ = ties_in(part_of(reader.tables, chosen), side)
    pairs = shared_pairs(ties)
    frame = with_drawn(ties, pairs, Ensemble(question.draws, question.seed))
    named = pl.DataFrame({"iri": nodes}).join(_named(reader, question.of), on="iri", maintain_order="left")
    for end, prefix in (("one", ""), ("other", "other_")):
        ends = named.with_row_index(end).with_columns(pl.col(end).cast(pl.Int64))
        renamed = {name: f"{prefix}{name}" for name in ("id", "iri", "name")}
        frame = frame.join(ends.select(end, *renamed).rename(renamed), on=end, maintain_order="left")
    columns = ("id", "iri", "name", "other_id", "other_iri", "other_name", "weight", "expected")
    return frame.select(*columns, "p", "q", "p_drawn", "q_drawn").sort("p", "iri", "other_iri"), pairs.tests


_NUMBERS = ("observed", "expected", "deviation", "p_low", "p_high", "p", "q")
_TESTS = {"isolation": _isolation, "brokerage": _brokerage, "pairs": _pairs}


def _with_status(reader: Reader, frame: pl.DataFrame, question: SignificanceQuestion) -> pl.DataFrame:
    """Beside a territory how it is connected. Not within `_tested`: both are kept, and one is computed at a time."""
    if question.on != "isolation":
        return frame
    stale = question.without_stale
    known = isolation_table(reader, question.level, question.as_of, question.as_of_mode, without_stale=stale)
    found = frame.join(known.select("code", "status"), on="code", how="left", maintain_order="left")
    return found.select("code", "iri", "name", "status", *_NUMBERS)


def _with_findings(frame: pl.DataFrame, question: SignificanceQuestion) -> pl.DataFrame:
    from graph.significance import with_findings  # noqa: PLC0415

    if question.on == "pairs":  # tested for sharing more alone
        p, q = ("p", "q") if question.method == "exact" else ("p_drawn", "q_drawn")
        found = frame.with_columns(finding=pl.when(pl.col(q) <= question.alpha).then(pl.lit("more")))
        return found.sort(p, maintain_order=True)
    return with_findings(frame, question.alpha)


def _intervals(reader: Reader, question: IntervalsQuestion) -> pl.DataFrame:
    from graph.intervals import Dropout, rank_intervals, ranked_by  # noqa: PLC0415

    chosen, tables = chosen_part(reader, question), reader.tables
    if chosen.without_stale is not None:
        tables = without_stale(tables, chosen.without_stale, chosen.as_of_mode)
    if question.by == "isolation":
        rank = _isolation_rank(reader, question)
    else:
        rank = ranked_by(question.by, "actor" if question.of == "actors" else "alliance", chosen)
    found = rank_intervals(tables, rank, Dropout(question.draws, question.share, seed=question.seed))
    named = found.join(_named(reader, question.of), on="iri", how="left", maintain_order="left")
    return named.select("id", "iri", "name", "kind", "rank", "rank_low", "rank_high", "ranked")


def _isolation_rank(reader: Reader, question: IntervalsQuestion) -> Callable[[Tables], pl.DataFrame]:
    day, coverages = question.as_of or reader.generation.knowledge_date, reader.generation.coverages
    return lambda part: isolation(part, coverages, question.level, day, question.as_of_mode)


def _named(reader: Reader, of: Of) -> pl.DataFrame:
    table = reader.generation.table(of)
    return table.select("iri", "id", "name", kind="level" if of == "territories" else "kind")


def _part_key(question: SignificanceQuestion | IntervalsQuestion) -> tuple[object, ...]:
    return question.level, question.seed, question.as_of, question.as_of_mode, question.without_stale


def _check(value: str, kind: object) -> None:
    if value not in get_args(kind):
        raise BadQuestionError(f"there is no {value!r} here: choose one of {', '.join(get_args(kind))}")


def _scope(question: SignificanceQuestion) -> str:
    of = question.of
    if question.on == "isolation":
        of_what = {"links_out": "links outward", "alliances": "alliances", "partners": "partners"}[question.outward]
        return _SCOPES["isolation"].format(of=of_what, level=question.level)
    named = f"territories of level {question.level}" if of == "territories" else of
    return _SCOPES[question.on].format(of=named)


def _ranked_scope(question: IntervalsQuestion) -> str:
    of = f"territories of level {question.level}" if question.of == "territories" else question.of
    return (
        f"{of} ranked by {question.by}, and where they rank without {question.share:.0%} of the memberships: "
        "this speaks of missing memberships alone, not of alliances that nobody recorded"
    )


def _context(reader: Reader, scope: str, question: SignificanceQuestion | IntervalsQuestion) -> Row:
    said = scope + (WITHOUT_STALE if question.without_stale else "")
    coverage = sources_coverage(reader, question.as_of)
    context = reader.context(said, question.as_of, question.as_of_mode, coverage)
    return {**context, "parameters": parameters(reader, question, question.as_of)}
