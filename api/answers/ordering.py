"""The order of a list."""

import polars as pl

from api.answers.errors import BadQuestionError


def ordered(frame: pl.DataFrame, name: str, sort: str) -> pl.DataFrame:
    """The rows of the list `name` by a field, with `-` before it in falling order; equal ones by name, then IRI.

    Names are ordered without case and accents; what has no value comes last. Raises `BadQuestionError`
    where the list has no such field, or one that has no order.
    """
    field = sort.removeprefix("-")
    plain = [column for column, kind in frame.schema.items() if not kind.is_nested() and not column.startswith("_")]
    if field not in plain:
        raise BadQuestionError(f"{name} cannot be sorted by {field!r}: choose one of {', '.join(plain)}")
    column = "_name" if field == "name" else field
    keys = _code_parts(column) if (name, field) == ("targets", "id") else [pl.col(column)]
    falling = [sort.startswith("-")] * len(keys)
    return frame.sort(*keys, "_name", "iri", descending=[*falling, False, False], nulls_last=True)


def _code_parts(column: str) -> list[pl.Expr]:
    """17.9 comes before 17.10, and letters (16.a) after the numbers."""
    goal, part = (pl.col(column).str.split(".").list.get(place, null_on_oob=True) for place in (0, 1))
    return [goal.cast(pl.Int32, strict=False), part.cast(pl.Int32, strict=False), part]
