"""Rows that an engine gives, of which anything may be wrong, made into columns; what is wrong is named in words."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeGuard

import polars as pl

from graph.mirror.elements import TYPES
from graph.mirror.schema import Key, Shape

BUFFER_ROWS: Final = 20_000
"""Rows that wait before they are made columns."""
_UNIT: Final = "\x1f"
"""The unit separator, which no text of ours holds."""
_NOT_IN_IRIS: Final = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_WORDS: Final[Mapping[Shape, str]] = {
    "text": "a text",
    "texts": "a list of texts",
    "integer": "an integer",
    "number": "a number",
}
_SHOWN: Final = 120
"""Characters of a strange value that are shown."""
_EVEN: Final = ("reviews", "statuses", "status_texts")
"""Lists that go together."""

Properties = Mapping[str, Any]
"""What the engine says of a node or a relationship: anything, under any key."""


@dataclass
class Rows:
    """Nodes with the same labels, or relationships of one type, on their way into columns.

    `ends` are the columns of a relationship's ends, `own` those that say which thing a row is (`iri`) and whose
    (`source`); a row that lacks one is left out. `states` is the property that a relationship without an IRI states.
    Whatever is not as the mirror writes it is added to `strange`.
    """

    what: str
    keys: tuple[Key, ...]
    strange: list[str] = field(repr=False)
    ends: tuple[str, ...] = ()
    own: tuple[str, ...] = ("iri", "source")
    states: str = ""
    _waiting: list[Properties] = field(default_factory=list, repr=False)
    _frames: list[pl.DataFrame] = field(default_factory=list, repr=False)

    def add(self, row: Properties) -> None:
        """Take a row in."""
        self._waiting.append(row)
        if len(self._waiting) >= BUFFER_ROWS:
            self._flush()

    def frame(self) -> pl.DataFrame:
        """All rows, in the columns `ends`, `own` and those of the keys; nothing may be added after."""
        self._flush()
        return pl.concat(self._frames)

    def _flush(self) -> None:
        rows = [row for row in self._waiting if self._is_whole(row)]
        self._name_unknown_keys(rows)
        self._name_unlike(rows)
        fixed = {name: pl.Series([row[name] for row in rows], dtype=pl.String) for name in (*self.ends, *self.own)}
        frame = pl.DataFrame({**fixed, **{key.name: self._column(key, rows) for key in self.keys}})
        self._frames.append(self._with_even_lists(frame))
        self._waiting = []

    def _is_whole(self, row: Properties) -> bool:
        """Whether a row has what it must have; one that does not is named."""
        names = (*self.ends, *self.own)
        if all(_is_name(row.get(name)) if name == "source" else is_iri(row.get(name)) for name in names):
            return True
        lacking = [name for name in names if not (_is_name if name == "source" else is_iri)(row.get(name))]
        self.strange.append(f"{self._about(row)}: {self.what} without a proper {lacking[0]!r}")
        return False

    def _name_unknown_keys(self, rows: Sequence[Properties]) -> None:
        known = {*self.ends, *self.own, *(key.name for key in self.keys)}
        if not set().union(*rows) <= known:
            self.strange += (
                f"{self._about(row)} has a property {shown(name)}, which is not the mirror's"
                for row in rows
                for name in sorted(row.keys() - known)
            )

    def _name_unlike(self, rows: Sequence[Properties]) -> None:
        for name, other in ((key.name, key.repeats) for key in self.keys if key.repeats):
            wrong = (row for row in rows if row.get(name) != row.get(other))
            self.strange += (f"{self._about(row)} has a {name!r} that differs from its {other!r}" for row in wrong)

    def _column(self, key: Key, rows: Sequence[Properties]) -> pl.Series:
        values = [row.get(key.name) for row in rows]
        fitting = values if _FITS[key.shape](values) else [self._fitting(key, row) for row in rows]
        return _series(fitting, key.shape)

    def _fitting(self, key: Key, row: Properties) -> object:
        """The value of a key, null where it is not of its shape."""
        value = row.get(key.name)
        if _FITS[key.shape]([value]):
            return value
        about = f"{self._about(row)} <{key.iri}> {shown(value)}"
        self.strange.append(f"{about}: the property {key.name!r} should be {_WORDS[key.shape]}")
        return None

    def _with_even_lists(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Without the lists that go together where their lengths differ: what belongs to what could not be told."""
        if not set(_EVEN) <= set(frame.columns):
            return frame
        first, *others = (pl.col(name).list.len().fill_null(0) for name in _EVEN)
        even = pl.all_horizontal(first == other for other in others)
        self.strange += (f"<{iri}> has {', '.join(_EVEN)} of different lengths" for iri in frame.filter(~even)["iri"])
        return frame.with_columns(pl.when(even).then(pl.col(name)).alias(name) for name in _EVEN)

    def _about(self, row: Properties) -> str:
        """How a sentence on a row begins: like a statement on it."""
        if "iri" in self.own and is_iri(row.get("iri")):
            return f"<{row['iri']}>"
        if self.ends:
            start, end = (row.get(name) for name in self.ends)
            return f"<{start}> <{self.states}> <{end}>"
        return f"({shown(dict(row))})"


def is_iri(value: object) -> TypeGuard[str]:
    """Whether a value is a text that may stand between the brackets of an IRI."""
    return type(value) is str and value != "" and not _NOT_IN_IRIS.search(value)


def shown(value: object) -> str:
    """A value of any kind, as a sentence shows it."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _is_name(value: object) -> bool:
    return type(value) is str and value != ""


def _all_of(kind: type, values: Iterable[object]) -> bool:
    return {type(value) for value in values} <= {kind, type(None)}


def _all_texts(values: Sequence[Any]) -> bool:
    """Whether they are null or lists, not empty, of texts."""
    return _all_of(list, values) and all(one and all(map(_is_text, one)) for one in values if one is not None)


def _is_text(value: object) -> bool:
    return type(value) is str and _UNIT not in value


_FITS: Final[Mapping[Shape, Callable[[Sequence[Any]], bool]]] = {
    "text": partial(_all_of, str),
    "texts": _all_texts,
    "integer": partial(_all_of, int),
    "number": partial(_all_of, float),
}
"""Whether values are null or of a shape."""


def _series(values: Sequence[Any], shape: Shape) -> pl.Series:
    """A column of values of a shape. Lists are joined and split: a series a list is ten times slower."""
    if shape != "texts":
        return pl.Series(values, dtype=TYPES[shape])
    joined = (None if one is None else _UNIT.join(one) for one in values)
    return pl.Series(list(joined), dtype=pl.String).str.split(_UNIT)
