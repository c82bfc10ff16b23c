"""The lists: filter, count, order, cut."""

import polars as pl

from api.answers.answer import Answer, Row, page
from api.answers.catalogue import LISTS, ListSpec
from api.answers.coverage import coverage_of
from api.answers.errors import BadQuestionError, NotFoundError
from api.answers.folding import fold
from api.answers.ordering import ordered
from api.answers.question import Question
from api.answers.reader import Reader
from graph.periods import active
from ontology import schemes

_FACET_LABELS = {"region": "region_name", "chantier": "chantier_name", "goal": "goal_name"}


def list_rows(reader: Reader, name: str, question: Question) -> Answer:
    """The rows of a list that a question asks for; `name` is one of `LISTS`.

    Raises `BadQuestionError` where a filter makes no sense for this list or has an unknown value, and
    `NotFoundError` for a territory that does not exist.
    """
    spec = LISTS[name]
    _refuse(spec, question)
    asked = _filtered(reader, spec, question)
    found = asked.filter(active(question.as_of, question.as_of_mode)) if question.as_of and spec.dated else asked
    found = _only_appeal(found, question.appeal)
    rows = ordered(found, name, question.sort) if question.sort else found
    coverage = coverage_of(reader, name, question.as_of)
    context = reader.context(_scope(spec, question), question.as_of, question.as_of_mode, coverage)
    if question.as_of:
        context |= {"dated": spec.dated, "undated": _undated(asked, spec)}
    return page(context, rows, question.limit, question.offset, _facets(found, spec))


def _refuse(spec: ListSpec, question: Question) -> None:
    """Raise for the first filter that the list does not know: ignoring it would answer another question."""
    known = {
        "kind": spec.kinds is not None,
        "territory": spec.place is not None,
        "target": spec.targets is not None,
        "appeal": spec.appeals,
    }
    for name, makes_sense in known.items():
        if getattr(question, name) is not None and not makes_sense:
            where = ", ".join(one.name for one in LISTS.values() if _knows(one, name))
            raise BadQuestionError(f"{spec.name} cannot be filtered by {name}: leave it out, or ask {where}")
    if (question.exact or question.inherit) and question.territory is None:
        raise BadQuestionError("exact and inherit say how a territory is meant: give territory too")


def _knows(spec: ListSpec, name: str) -> bool:
    if name == "appeal":
        return spec.appeals
    return {"kind": spec.kinds, "territory": spec.place, "target": spec.targets}[name] is not None


def _filtered(reader: Reader, spec: ListSpec, question: Question) -> pl.DataFrame:
    """The rows that fit everything but the date."""
    frame = reader.frame(spec.name)
    wanted = [
        _by_text(question.q) if question.q else None,
        _by_kind(frame, spec, question.kind) if question.kind is not None else None,
        _by_territory(reader, spec, question) if question.territory is not None else None,
        _by_target(reader, spec, question.target) if question.target is not None else None,
    ]
    return frame.filter(*(one for one in wanted if one is not None))


def _by_text(text: str) -> pl.Expr:
    folded = fold(text)
    if not folded:
        raise BadQuestionError("q holds no letter and no digit: write a part of a name")
    return pl.col("_folded").str.contains(folded, literal=True)


def _by_kind(frame: pl.DataFrame, spec: ListSpec, kind: str) -> pl.Expr:
    known = schemes.keys(spec.kinds) if spec.kinds else frozenset(frame["kind"])
    if kind not in known:
        raise BadQuestionError(f"no {spec.name} are of kind {kind!r}: choose one of {', '.join(sorted(known))}")
    return pl.col("kind") == kind


def _by_territory(reader: Reader, spec: ListSpec, question: Question) -> pl.Expr:
    code = reader.code(question.territory or "")
    codes = reader.within(code, exact=question.exact, inherit=question.inherit)
    return pl.col(spec.place or "").is_in(codes.implode())


def _by_target(reader: Reader, spec: ListSpec, target: str) -> pl.Expr:
    """A goal stands for all its targets, and for itself."""
    targets = reader.generation.table("targets")
    codes = [target, *targets.filter(goal=target)["id"]]
    if len(codes) == 1 and target not in targets["id"]:
        raise NotFoundError(f"no SDG goal or target is {target!r}: write a goal such as 17 or a target such as 17.17")
    return pl.col(spec.targets or "").list.set_intersection(codes).list.len() > 0


def _only_appeal(frame: pl.DataFrame, appeal: str | None) -> pl.DataFrame:
    """The studies with figures that appeal so, and of their figures only those."""
    if appeal is None:
        return frame
    if appeal not in schemes.keys("appeal"):
        raise BadQuestionError(
            f"no figure appeals to {appeal!r}: choose one of {', '.join(sorted(schemes.keys('appeal')))}"
        )
    fits = pl.element().struct.field("appeal") == appeal
    figures = pl.col("figures").list.eval(pl.element().filter(fits))
    return frame.with_columns(figures).filter(pl.col("figures").list.len() > 0)


def _undated(frame: pl.DataFrame, spec: ListSpec) -> int:
    """How many rows have no known start: they count as possible, and never as certain."""
    return frame["start"].null_count() if spec.dated else frame.height


def _facets(frame: pl.DataFrame, spec: ListSpec) -> dict[str, list[Row]]:
    return {facet: counts_of(frame, facet) for facet in spec.facets}


def counts_of(frame: pl.DataFrame, facet: str) -> list[Row]:
    """`value`, `label` and `count`, the most frequent first; rows without a value count as null."""
    label = pl.col(_FACET_LABELS.get(facet, facet))
    values = frame.select(value=facet, label=label)
    if values.schema["value"].is_nested():
        values = values.select(value=pl.col("value").explode()).with_columns(label="value")
    counts = values.group_by("value", "label").agg(count=pl.len())
    return counts.sort("count", "value", descending=[True, False], nulls_last=True).to_dicts()


def _scope(spec: ListSpec, question: Question) -> str:
    """What is listed, in words."""
    parts = [spec.of]
    if question.kind is not None:
        parts.append(f"of kind {question.kind}")
    if question.territory is not None:
        parts.append(f"{spec.placed} {_territory_words(question)}")
    if question.target is not None:
        parts.append(f"contributing to {question.target}")
    if question.appeal is not None:
        parts.append(f"with figures that appeal to « {question.appeal} », and of their figures only those")
    if question.q:
        parts.append(f"with « {question.q} » in their texts")
    return ", ".join(parts)


def _territory_words(question: Question) -> str:
    alone = " alone" if question.exact else " or within it"
    above = ", or in what contains it" if question.inherit else ""
    return f"{question.territory}{alone}{above}"
