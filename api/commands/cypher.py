"""`alliances query --cypher`: a question to the mirror, on a Neo4j server or in this process."""

from datetime import time
from typing import Final

import orjson
import polars as pl

from api.commands.options import current_generation
from api.engines import open_engine
from api.output import Format, chosen_format, note, table_of, write_frame, write_json, write_table
from api.settings import Neo4jSettings
from graph.mirror.engine import Asked, Cypher

CypherFormat = Format

SECONDS: Final = 60.0
"""What a question gets; whoever needs more asks Neo4j itself."""

_MARKER: Final = "MATCH (m:_Mirror {id: 'alliances'}) RETURN m.generation AS generation, m.graph_sha256 AS graph_sha256"


def ask(query: str, form: CypherFormat | None, out: str | None) -> None:
    """Ask, and write the answer with what it was read from."""
    engine = open_engine(Neo4jSettings().address(), current_generation())
    try:
        found = engine.ask(query, SECONDS)
        context = _context(engine)
    finally:
        engine.close()
    _write(found, context, chosen_format(form, out), out)


def _context(engine: Cypher) -> dict[str, object]:
    """The engine, and the generation that its mirror holds: null where nothing was mirrored into it."""
    marked = [row for chunk in engine.read(_MARKER) for row in chunk]
    return {"engine": engine.name, **(marked[0] if marked else {"generation": None, "graph_sha256": None})}


def _write(found: Asked, context: dict[str, object], form: CypherFormat, out: str | None) -> None:
    generation = f"generation {context['generation']}" if context["generation"] else "which mirrors no generation"
    said = f"{len(found.rows)} row{'' if len(found.rows) == 1 else 's'} from {context['engine']}, {generation}"
    if form == "table":
        rows = ([row[name] for name in found.columns] for row in found.rows)
        write_table(table_of(found.columns, rows), [said], out)
    elif form == "json":
        write_json({"results": _plain(found.rows), "total": len(found.rows), "context": context}, out)
    else:
        write_frame(frame_of(found), form, out)
        note(said)


def frame_of(found: Asked) -> pl.DataFrame:
    """The rows as columns: of one type each, else of texts; maps, and lists of anything but texts, are JSON."""
    columns = [(name, [row[name] for row in found.rows]) for name in found.columns]
    return pl.DataFrame([pl.Series(name, *_typed(values)) for name, values in columns])


def _typed(values: list[object]) -> tuple[list[object], pl.DataType | type[pl.DataType] | None]:
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return values, pl.String
    if kinds <= {int, float}:
        return values, pl.Float64 if float in kinds else pl.Int64
    if kinds == {list} and all(type(one) is str for value in values if isinstance(value, list) for one in value):
        return values, pl.List(pl.String)
    if len(kinds) == 1 and not kinds & {list, dict, time}:
        return values, None
    return [None if value is None else _text(value) for value in values], pl.String


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(_plain(value)).decode().strip('"')


def _plain(value: object) -> object:
    """A value as JSON can say it: a time of day, which may have an offset, as its text."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, time) else value
