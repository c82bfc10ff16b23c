"""What turns one generation's elements into another's: recorded by a build, applied by the mirror."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import orjson
import polars as pl
from polars.exceptions import PolarsError

from graph.mirror import schema
from graph.mirror.elements import END, START, Elements, Links, Nodes, elements_in, iris_of

FOLDER: Final = "delta"
"""The folder in a generation that holds the delta from the generation before; a rebuild need not give the same."""
FORMAT: Final = 1
"""Goes up when the files change; the delta of another format is not read but made anew."""
_CARD: Final = "delta.json"
_UNIT: Final = "\x1f"
"""The unit separator, which no text of ours holds."""

_Label: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Delta:
    """What is gone and what is to be set, in the order in which it can be applied.

    A node or relationship that is set is given as it shall be, whole, whether it is new or changed. One that is gone is
    given by its identity: the frame of `nodes_gone` has the column `iri`, those of `links_gone` have `START`, `END`
    and, if keyed, `iri`. A relationship that now ties other nodes is gone, and set.
    """

    links_gone: tuple[Links, ...]
    nodes_set: tuple[Nodes, ...]
    links_set: tuple[Links, ...]
    nodes_gone: pl.DataFrame

    @property
    def rows(self) -> int:
        """How many nodes and relationships it concerns."""
        links = sum(part.frame.height for part in (*self.links_gone, *self.links_set))
        return links + sum(part.frame.height for part in self.nodes_set) + self.nodes_gone.height


def delta(old: Elements | None, new: Elements) -> Delta:
    """The delta from `old` (`None`: from nothing) to `new`."""
    before = old or Elements((), ())
    return Delta(
        links_gone=tuple(_links_gone(before, new)),
        nodes_set=tuple(_nodes_set(before, new)),
        links_set=tuple(_links_set(before, new)),
        nodes_gone=iris_of(before.nodes).join(iris_of(new.nodes), on="iri", how="anti", maintain_order="left"),
    )


def _nodes_set(old: Elements, new: Elements) -> Iterator[Nodes]:
    before = {nodes.labels: nodes.frame for nodes in old.nodes}
    for nodes in new.nodes:
        frame = _without_same(nodes.frame, before.get(nodes.labels))
        if not frame.is_empty():
            yield Nodes(nodes.labels, frame)


def _links_set(old: Elements, new: Elements) -> Iterator[Links]:
    before = {links.type: links.frame for links in old.links}
    for links in new.links:
        frame = _without_same(links.frame, before.get(links.type))
        if not frame.is_empty():
            yield Links(links.type, links.keyed, frame)


def _links_gone(old: Elements, new: Elements) -> Iterator[Links]:
    after = {links.type: links.frame for links in new.links}
    for links in old.links:
        identity = [START, END, *(["iri"] if links.keyed else [])]
        frame = _without(links.frame.select(identity), after.get(links.type), [pl.col(name) for name in identity])
        if not frame.is_empty():
            yield Links(links.type, links.keyed, frame)


def _without_same(new: pl.DataFrame, old: pl.DataFrame | None) -> pl.DataFrame:
    """The rows of `new` that do not stand in `old` with the same values."""
    if old is None or new.schema != old.schema:
        return new
    return _without(new, old, [_comparable(name, dtype) for name, dtype in new.schema.items()])


def _without(rows: pl.DataFrame, others: pl.DataFrame | None, by: list[pl.Expr]) -> pl.DataFrame:
    if others is None:
        return rows
    return rows.join(others, on=by, how="anti", nulls_equal=True, maintain_order="left")


def _comparable(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column as something to join on; a list, never empty, as its texts in one."""
    return pl.col(name).list.join(_UNIT) if isinstance(dtype, pl.List) else pl.col(name)


# In a generation's folder


def record(base: Path, folder: Path) -> None:
    """Write the delta from the generation in `base` to that in `folder`, of which the tables are enough, into `folder`.

    Nothing is written where one of them cannot be read by this version: a build does not fail for its mirror's sake,
    and who needs the delta finds another way.
    """
    try:
        change = delta(elements_in(base), elements_in(folder))
    except (OSError, ValueError, PolarsError):
        return
    write(change, base, folder / FOLDER)


def write(change: Delta, base: Path, folder: Path) -> None:
    """Write a delta, and which generation it begins at, into a new folder."""
    folder.mkdir()
    entries = []
    for number, (what, label, keyed, frame) in enumerate(_parts(change)):
        frame.write_parquet(folder / f"{number:03d}.parquet", compression="zstd", statistics=False)
        entries.append({"what": what, "label": label, "keyed": keyed})
    base_run = orjson.loads((base / "run.json").read_bytes())
    card = {
        "format": FORMAT,
        "schema": schema.VERSION,
        "base": base_run["generation"],
        "base_sha256": base_run["graph_sha256"],
        "parts": entries,
    }
    (folder / _CARD).write_bytes(orjson.dumps(card, option=orjson.OPT_INDENT_2))


def recorded(generation: Path, base_sha256: str) -> Delta | None:
    """The delta that stands in a generation's folder, if it begins at the graph with that hash and can be read."""
    folder = generation / FOLDER
    try:
        card = orjson.loads((folder / _CARD).read_bytes())
        if (card["format"], card["schema"], card["base_sha256"]) != (FORMAT, schema.VERSION, base_sha256):
            return None
        frames = [pl.read_parquet(folder / f"{number:03d}.parquet") for number in range(len(card["parts"]))]
    except (OSError, ValueError, PolarsError):
        return None
    parts = zip(card["parts"], frames, strict=True)
    return _of_parts((one["what"], tuple(one["label"]), one["keyed"], frame) for one, frame in parts)


def _parts(change: Delta) -> Iterator[tuple[str, _Label, bool, pl.DataFrame]]:
    """What it is, labels or type, whether keyed, and the rows."""
    yield from (("links_gone", (one.type,), one.keyed, one.frame) for one in change.links_gone)
    yield from (("nodes_set", one.labels, False, one.frame) for one in change.nodes_set)
    yield from (("links_set", (one.type,), one.keyed, one.frame) for one in change.links_set)
    yield "nodes_gone", (), False, change.nodes_gone


def _of_parts(parts: Iterable[tuple[str, _Label, bool, pl.DataFrame]]) -> Delta:
    found = list(parts)
    (gone,) = (frame for what, _, _, frame in found if what == "nodes_gone")
    return Delta(
        links_gone=tuple(Links(label[0], keyed, frame) for what, label, keyed, frame in found if what == "links_gone"),
        nodes_set=tuple(Nodes(label, frame) for what, label, _, frame in found if what == "nodes_set"),
        links_set=tuple(Links(label[0], keyed, frame) for what, label, keyed, frame in found if what == "links_set"),
        nodes_gone=gone,
    )
