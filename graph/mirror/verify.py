"""Whether the mirror is the same graph: every statement of the generation stands in the engine, and no other.

The engine is read back, the statements that its nodes and relationships stand for are made anew, and compared as a set
with the lines of the generation's dump: the tables that the mirror was made from have no part in it.

Sets are compared by two hashes of 64 bits of each line, so that millions of lines fit into memory; only those that
differ are kept as text. That a wrong statement passes for a right one is less likely than one in 10^12 even if the
second hash adds nothing to the first.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
from zlib_ng import gzip_ng

from graph.generation import Generation
from graph.mirror import schema
from graph.mirror.elements import Elements
from graph.mirror.readback import Held, Readable, read_back
from graph.mirror.statements import line_columns
from ontology import iris

SHOWN: Final = 100
"""How many of each kind of difference are shown, unless asked otherwise."""
BLOCK_BYTES: Final = 1 << 24
_KEPT_TEXTS: Final = 50_000
"""Lines that differ of which the text is kept; of more, only what they are about."""
_HASHES: Final = ("first", "second")
_PARTS: Final = 16
"""In how many parts the sets are compared: what a comparison needs beside the hashes is that much smaller."""
_ONTOLOGY_END: Final = f" <{iris.ONTOLOGY_GRAPH}> ."
_NOTHING: Final = Held(Elements((), ()), [], 0, 0)


@dataclass(frozen=True)
class Verification:
    """What came of a comparison. Lists are cut to what was asked for; the totals are of all.

    Lines are N-Quads; what the mirror holds that no statement could say is told in a sentence, in `extra` or as what
    was found in `altered`. A statement that is missing while another with the same subject and property is extra is
    `altered`: (expected, found).
    """

    equal: bool
    engine: str
    generation: str
    """With which generation the mirror was compared."""
    mirrored: str | None
    """Which generation the mirror says that it holds; `None` where nothing was mirrored."""
    statements: int
    """How many the generation makes, without the ontology's own."""
    missing: tuple[str, ...]
    missing_total: int
    extra: tuple[str, ...]
    extra_total: int
    altered: tuple[tuple[str, str], ...]
    altered_total: int
    foreign_nodes: int
    foreign_links: int
    """Nodes and relationships of others, which were left alone."""


def verify(engine: Readable, generation: Generation, *, shown: int = SHOWN) -> Verification:
    """Compare what the engine holds with a generation, which need not be the one that was mirrored.

    Whatever stands in the engine: only the engine's own failures are raised (`MirrorError`). A mirror that is being
    written meanwhile is found to differ.
    """
    slot, mirrored = _marker(engine)
    held = read_back(engine, slot) if slot else _NOTHING
    dump = generation.path / "graph.nq.gz"
    expected, found = _Side(lambda: dump_columns(dump)), _Side(lambda: line_columns(held.elements))
    statements, absent, surplus = _differences(expected, found)
    missing, extra = expected.lines(absent), pl.concat([found.lines(surplus), _told(held.strange)])
    altered = _paired(missing, extra)
    missing, extra = _unpaired(missing, altered), _unpaired(extra, altered)
    return Verification(
        equal=missing.is_empty() and extra.is_empty() and altered.is_empty(),
        engine=engine.name,
        generation=generation.id,
        mirrored=mirrored,
        statements=statements,
        missing=_texts(missing, shown),
        missing_total=missing.height,
        extra=_texts(extra, shown),
        extra_total=extra.height,
        altered=tuple(altered.drop_nulls().select("line", "found").head(shown).iter_rows()),
        altered_total=altered.height,
        foreign_nodes=held.foreign_nodes,
        foreign_links=held.foreign_links,
    )


def _marker(engine: Readable) -> tuple[str | None, str | None]:
    """The slot and the generation that the marker names; `None` for both where there is no proper marker."""
    query = f"MATCH (m:{schema.MARKER} {{id: 'alliances'}}) RETURN m.slot AS slot, m.generation AS generation"
    rows = [row for chunk in engine.read(query) for row in chunk]
    slots = [(str(row["slot"]), str(row["generation"])) for row in rows if row["slot"] in schema.SLOTS]
    return slots[0] if len(slots) == 1 else (None, None)


def dump_columns(dump: Path) -> Iterator[pl.Series]:
    """The lines of a dump without line breaks, in columns; those of the ontology's own graph are left out."""
    with gzip_ng.open(dump) as stream:  # type: ignore[no-untyped-call]
        rest = b""
        while block := stream.read(BLOCK_BYTES):
            whole, _, rest = (rest + block).rpartition(b"\n")
            lines = pl.Series("line", whole.decode().split("\n"), dtype=pl.String)
            yield lines.filter((lines != "") & ~lines.str.ends_with(_ONTOLOGY_END))


# Sets of lines


class _Side:
    """One of the two sets of lines; `columns` makes them anew each time."""

    def __init__(self, columns: Callable[[], Iterable[pl.Series]]) -> None:
        self._columns = columns
        none = pl.DataFrame(schema=dict.fromkeys(_HASHES, pl.UInt64))
        self._hashes = pl.concat([none, *(_hashed(column) for column in columns())])

    def parts(self) -> Iterator[pl.DataFrame]:
        """The hashes of the lines, each once, in `_PARTS` parts: equal lines are in the same part of both sides."""
        return (self._hashes.filter(pl.col(_HASHES[0]) % _PARTS == part).unique() for part in range(_PARTS))

    def lines(self, wanted: pl.Series) -> pl.DataFrame:
        """`line` and `about` of each line whose first hash is `wanted`; beyond `_KEPT_TEXTS`, `line` is null."""
        found = [pl.DataFrame(schema={_HASHES[0]: pl.UInt64, "line": pl.String, "about": pl.UInt64})]
        left, among = _KEPT_TEXTS, wanted.sort()
        for column in self._columns() if len(among) else ():
            hashed = _hashed(column)[_HASHES[0]]
            rows = pl.DataFrame([hashed, column.alias("line")]).filter(_are_among(hashed, among))
            kept = pl.when(pl.int_range(pl.len()) < left).then("line")
            found.append(rows.select(_HASHES[0], kept.alias("line"), _about()))
            left -= rows.height
        return pl.concat(found).unique(_HASHES[0], keep="first", maintain_order=True).drop(_HASHES[0])


def _hashed(lines: pl.Series) -> pl.DataFrame:
    return pl.DataFrame([lines.hash(seed).alias(name) for seed, name in enumerate(_HASHES, start=1)])


def _are_among(values: pl.Series, ordered: pl.Series) -> pl.Series:
    """Whether each value is one of those in order: a join would go through all of these for every few of those."""
    places = ordered.search_sorted(values).clip(upper_bound=len(ordered) - 1)
    return ordered.gather(places) == values


def _differences(expected: _Side, found: _Side) -> tuple[int, pl.Series, pl.Series]:
    """How many lines are expected; the first hashes of those that are missing, and of those that are extra."""
    count = 0
    missing, extra = [], []
    for one, other in zip(expected.parts(), found.parts(), strict=True):
        count += one.height
        missing.append(one.join(other, on=_HASHES, how="anti")[_HASHES[0]])
        extra.append(other.join(one, on=_HASHES, how="anti")[_HASHES[0]])
    return count, pl.concat(missing), pl.concat(extra)


def _told(sentences: list[str]) -> pl.DataFrame:
    """Sentences as lines: `line` and `about`."""
    return pl.DataFrame({"line": sentences}, schema={"line": pl.String}).select("line", _about())


def _about() -> pl.Expr:
    """What tells lines on other subjects or properties apart."""
    parts = pl.col("line").str.splitn(" ", 3).struct
    return pl.concat_str(parts.field("field_0"), parts.field("field_1"), separator=" ").hash(0).alias("about")


# Differences


def _paired(missing: pl.DataFrame, extra: pl.DataFrame) -> pl.DataFrame:
    """`line`, `found`, `about` and `nth`: what is missing beside what is there instead, about the same."""
    found = _numbered(extra).rename({"line": "found"})
    return _numbered(missing).join(found, on=["about", "nth"], maintain_order="left")


def _unpaired(differing: pl.DataFrame, altered: pl.DataFrame) -> pl.DataFrame:
    return _numbered(differing).join(altered, on=["about", "nth"], how="anti", maintain_order="left")


def _numbered(lines: pl.DataFrame) -> pl.DataFrame:
    """In the order of the lines, each with its place among those about the same."""
    return lines.sort("line", nulls_last=True, maintain_order=True).with_columns(
        nth=pl.int_range(pl.len()).over("about")
    )


def _texts(lines: pl.DataFrame, shown: int) -> tuple[str, ...]:
    return tuple(lines["line"].drop_nulls().head(shown))
