"""JSON as a table: a list of objects, an object that holds one, GeoJSON, or one object a line.

Names of nested values are joined by dots (`recipient.0.name`); a list of plain values is one cell, `|` between.
Numbers stay as they are written. The n-th object is row n + 1.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, NoReturn

from loaders.errors import FileError
from loaders.reading.raw import MAX_WHOLE_BYTES, Broken, Cells, RawRow, RawTable, named
from loaders.reading.text import decoded

MAX_DEPTH = 32
_SURROGATE = re.compile("[\ud800-\udfff]")
_GEOMETRY = ("geometry",)
"""Where GeoJSON keeps coordinates. Those of a point are a cell; an outline has thousands, and is no part of a table."""
_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
Json = None | bool | str | list["Json"] | dict[str, "Json"]
"""A JSON value; numbers are their text."""


class _JsonError(ValueError):
    """A text that is no JSON, or JSON that says two things at once."""


def parse(text: str) -> Json:
    """A JSON text, strictly: no `NaN`, no name twice in an object. Raises `ValueError`."""
    try:
        found: Json = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_int=str, parse_float=str
        )
    except RecursionError as error:
        raise _JsonError("nested too deeply") from error
    return found


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _JsonError(f"a name stands twice in an object: {next(one for one in names if names.count(one) > 1)!r}")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _JsonError(f"{name} is no JSON")


def open_objects(stream: BinaryIO, name: str) -> RawTable:
    """The table of a JSON file; raises `FileError` where there is none."""
    text, remarks = decoded(stream, guess=False)
    with text:
        content = text.read(MAX_WHOLE_BYTES)
        if text.read(1):
            raise FileError("file_refused", f"over {MAX_WHOLE_BYTES:,} characters of JSON")
    objects = list(_of_lines(content) if name.lower().endswith(_LINES) else _of_whole(content))
    header = list(dict.fromkeys(name for one in objects if not isinstance(one, Broken) for name in one))
    return RawTable(named(header), _rows(objects, header), remarks)


Flat = Mapping[str, str] | Broken


def _of_lines(content: str) -> Iterator[Flat]:
    for line in content.splitlines():
        if line.strip():
            try:
                yield _flat_object(parse(line))
            except ValueError as error:
                yield Broken("bad_json", str(error), line)


def _of_whole(content: str) -> Iterator[Flat]:
    try:
        listed = _listed(parse(content))
    except ValueError as error:
        raise FileError("bad_json", str(error)) from error
    return (_flat_object(one) for one in listed)


def _listed(value: Json) -> list[Json]:
    """The rows: a list, the only list of objects among an object's members, else the one object itself."""
    if isinstance(value, list):
        return value
    members = value.values() if isinstance(value, dict) else ()
    lists = [one for one in members if isinstance(one, list) and all(isinstance(each, dict) for each in one)]
    if len(lists) > 1 or not isinstance(value, dict):
        raise FileError("bad_json", "one list of objects is needed")
    return lists[0] if lists else [value]


def _flat_object(value: Json) -> Flat:
    if not isinstance(value, dict):
        return Broken("bad_json", "an object is needed", _written(value))
    try:
        cells = dict(_flat(value, ()))
    except _JsonError as error:
        return Broken("bad_json", str(error), _written(value))
    if any(_SURROGATE.search(text) for pair in cells.items() for text in pair):
        return Broken("control_characters", "half of a character (a lone surrogate)", _written(value))
    return cells


def _flat(value: Json, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if len(path) > MAX_DEPTH:
        raise _JsonError("nested too deeply")
    if isinstance(value, dict):
        # GeoJSON keeps what is said of a place in `properties`.
        inner = () if path == ("properties",) else path
        for name, one in value.items():
            yield from _flat(one, (*inner, name))
    elif isinstance(value, list) and any(isinstance(one, list | dict) for one in value):
        if path[:1] == _GEOMETRY:
            return
        for place, one in enumerate(value):
            yield from _flat(one, (*path, str(place)))
    else:
        yield ".".join(path), _cell(value)


def _cell(value: Json) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return "|".join(_cell(one) for one in value)
        case str():
            return value
    return _written(value)


def _written(value: Json) -> str:
    return json.dumps(value)[:10_000]


def _rows(objects: Iterable[Flat], header: list[str]) -> Iterator[RawRow]:
    for number, one in enumerate(objects, start=2):
        cells: Cells = one if isinstance(one, Broken) else [one.get(name, "") for name in header]
        yield number, cells
