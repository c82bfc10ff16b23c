"""Columns of values as columns of terms, as N-Quads write them: what the codecs of `ontology.rdf` do, in bulk."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import polars as pl
from pyoxigraph import Literal

from ontology import iris
from ontology.rdf import ENGLISH, FRENCH, INTEGER, PLAIN, THING, WEB, XSD, Codec, line_of

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
"""All that a text which records may hold needs; one with other control characters is none of ours."""
UNIT: Final = "\x1f"
"""The unit separator: a control character, which no text that is loaded holds."""
_NOT_IN_ADDRESSES: Final = r"[^A-Za-z0-9!#$%&'()*+,/:;=?@\[\]~_.-]"
"""What `ontology.rdf.web` may have to encode."""


def term_of(codec: Codec, column: pl.Expr) -> pl.Expr:
    """The term of each value of a column; null where the value is null. Nothing that a column may hold raises."""
    write = _IN_BULK.get(codec)
    return write(column) if write else mapped(column, partial(_line, codec))


def text(column: pl.Expr, end: str = "") -> pl.Expr:
    """Literals; `end` is what comes after the closing quotation mark."""
    escaped = column.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
    return pl.concat_str(pl.lit('"'), escaped, pl.lit(f'"{end}'))


def thing(column: pl.Expr) -> pl.Expr:
    """IRIs between their brackets."""
    return pl.concat_str(pl.lit("<"), column, pl.lit(">"))


def minted(kind: str, source: str, column: pl.Expr) -> pl.Expr:
    """The IRIs of the `kind` that `source` calls by these keys; null for an empty one."""
    prefix = iris.mint(kind, source, "-").removesuffix("-")
    encoded = column.map_batches(_encoded, return_dtype=pl.String)
    return pl.when(column != "").then(pl.concat_str(pl.lit(prefix), encoded))


def _encoded(keys: pl.Series) -> pl.Series:
    """Keys as IRIs hold them: there are few different letters among many keys."""
    letters = sorted(set("".join(keys.drop_nulls().to_list())))
    escapes = {one: code for one in letters if (code := iris.encode(one)) != one}
    return keys.str.replace_many(list(escapes), list(escapes.values())) if escapes else keys


def interval(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """The IRIs of periods, one end of which may be null; null where both are."""
    period = pl.concat_str(start.fill_null(".."), pl.lit("/"), end.fill_null(".."))
    return minted("interval", "iso8601", pl.when(start.is_not_null() | end.is_not_null()).then(period))


def minted_by(kind: str, source: pl.Expr, key: pl.Expr) -> pl.Expr:
    """The IRIs of the `kind` that the source of each row calls by its key; null where either is empty or null."""

    def mint(pair: str) -> str:
        name, _, rest = pair.partition(UNIT)
        return iris.mint(kind, name, rest)

    return mapped(pl.concat_str(source, pl.lit(UNIT), key), mint)


def mapped(column: pl.Expr, function: Callable[[str], str]) -> pl.Expr:
    """Each distinct value through a function, once; null where the value is null or the function refuses it."""

    def replace(values: pl.Series) -> pl.Series:
        distinct = values.unique().drop_nulls()
        found = pl.Series([_or_none(function, one) for one in distinct], dtype=pl.String)
        return values.replace_strict(distinct, found, default=None, return_dtype=pl.String)

    return column.map_batches(replace, return_dtype=pl.String)


def _or_none(function: Callable[[str], str], value: str) -> str | None:
    try:
        return function(value)
    except (KeyError, ValueError):
        return None


def _line(codec: Codec, value: object) -> str:
    """A value that the codec refuses, which only a stranger can have written, becomes a text that nothing states."""
    try:
        return line_of(codec)(value)
    except (KeyError, ValueError):
        return str(Literal(str(value)))


def _web(column: pl.Expr) -> pl.Expr:
    """Almost every address needs no encoding: asking is much cheaper."""
    odd = column.str.contains(_NOT_IN_ADDRESSES)
    return pl.when(odd).then(mapped(pl.when(odd).then(column), partial(_line, WEB))).otherwise(thing(column))


_IN_BULK: Final[Mapping[Codec, Callable[[pl.Expr], pl.Expr]]] = {
    FRENCH: partial(text, end="@fr"),
    ENGLISH: partial(text, end="@en"),
    PLAIN: text,
    INTEGER: lambda column: text(column.cast(pl.String), f"^^<{XSD}integer>"),
    THING: thing,
    WEB: _web,
}
"""Codecs of many different values."""
