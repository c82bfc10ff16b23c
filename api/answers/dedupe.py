"""Which actors may be the same, what people judged of them, and what a merge would change."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from functools import partial

import polars as pl

from api.answers.answer import Answer, Row, page
from api.answers.errors import BadQuestionError, NotFoundError
from api.answers.reader import Reader
from graph.resolution.candidates import LEAST_SCORE, candidates
from graph.resolution.effect import effect
from graph.resolution.explanation import explanation
from graph.resolution.judgements import Pair
from graph.resolution.merging import actor_iri, full_id
from graph.selection import PERSON


@dataclass(frozen=True, kw_only=True)
class CandidatesQuestion:
    """Which candidates: those with a score of at least `least` (0 to 1), of one actor if `actor` is its id."""

    actor: str | None = None
    least: float = LEAST_SCORE
    limit: int | None = None
    offset: int = 0


def list_candidates(reader: Reader, question: CandidatesQuestion, judged: Collection[Pair] = ()) -> Answer:
    """Pairs of actors that may be the same, the likeliest first; without those that somebody judged.

    `score`, `keep` and `merge` (`source:key`), `keep_name`, `merge_name`, `features`: what speaks for it and against,
    see `graph.resolution.explanation`. The first question takes some seconds. Raises as `judged_id` does.
    """
    found = reader.kept(("candidates", question.least), partial(_candidates, reader, question.least))
    if question.actor:
        one = judged_id(reader, question.actor)
        found = found.filter((pl.col("keep") == one) | (pl.col("merge") == one))
    known = [frozenset(pair) in judged for pair in found.select("keep", "merge").iter_rows()]
    left = found.filter(~pl.Series(known, dtype=pl.Boolean))
    scope = f"pairs of actors that may be the same with a score of {question.least:g} or more, those judged apart"
    return page(reader.context(scope), left, question.limit, question.offset, {})


def _candidates(reader: Reader, least: float) -> pl.DataFrame:
    found = candidates(reader.generation.table("actors"), reader.tables.closure, least)
    feature = pl.List(pl.Struct({"name": pl.String, "bits": pl.Float64, "fr": pl.String, "en": pl.String}))
    features = pl.Series("features", [explanation(row) for row in found.to_dicts()], dtype=feature)
    return found.select("score", "keep", "merge", "keep_name", "merge_name").with_columns(features)


def judged_id(reader: Reader, text: str) -> str:
    """The `source:key` of the actor that `text` names, one that was merged too.

    Of an actor that this generation does not have only the full id is taken. Raises `NotFoundError`, `AmbiguousError`.
    """
    if merged := reader.merged_row(text):
        return full_id(merged["iri"])
    try:
        return full_id(reader.find("actors", text)["iri"])
    except NotFoundError:
        if ":" not in text:
            raise
        return text


def merge_effect(reader: Reader, keep: str, merge: str) -> Row:
    """What merging one actor (`source:key`) into another would change: `keep`, `merge`, and `Effect`.

    Raises `NotFoundError`, `MergedError` where one of them is merged already, `BadQuestionError` where they are one,
    or a person and an organisation.
    """
    stays, goes = reader.find("actors", keep), reader.find("actors", merge)
    _refuse_unlike(stays, goes)
    generation = reader.generation
    found = effect(reader.tables, generation.coverages, generation.knowledge_date, actor_iri(keep), actor_iri(merge))
    scope = f"what merging {goes['name']} into {stays['name']} would change in this generation"
    return {
        "context": reader.context(scope),
        "keep": _named(stays),
        "merge": _named(goes),
        "contradictions": _contradictions(stays, goes),
        **asdict(found),
    }


def _refuse_unlike(stays: Row, goes: Row) -> None:
    if stays["iri"] == goes["iri"]:
        raise BadQuestionError(f"{stays['id']} is one actor: name two")
    if (stays["kind"] == PERSON) != (goes["kind"] == PERSON):
        raise BadQuestionError(f"{stays['name']} and {goes['name']}: a person and an organisation are never the same")


def _named(row: Row) -> Row:
    return {"id": f"{row['source']}:{row['id']}", **{name: row[name] for name in ("iri", "name", "kind", "territory")}}


def _contradictions(stays: Row, goes: Row) -> list[Row]:
    """The registers in which both have a number, and not the same."""
    pairs = ((name, stays["identifiers"][name], goes["identifiers"][name]) for name in stays["identifiers"])
    return [{"name": name, "keep": one, "merge": other} for name, one, other in pairs if one and other and one != other]
