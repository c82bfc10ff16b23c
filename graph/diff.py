"""What two states of knowledge, or two dates of one state, differ in: things, then numbers and ranks.

Things are compared by their IRI: one that is on one side only was added or removed; one on both sides
whose fields differ has changed. Between two dates nothing can change but what is active, so that there
an alliance or a membership is added or removed by its period, and an actor by having a membership.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

import orjson
import polars as pl
import polars.selectors as cs

from graph.periods import AsOfMode
from graph.selection import Tables, select

Change: TypeAlias = Literal["added", "removed", "changed"]
CHANGES: Final[tuple[Change, ...]] = ("added", "removed", "changed")
THINGS: Final = ("alliances", "actors", "memberships")
IDENTITY: Final = ("iri", "id", "name", "kind")
_NO_FIELD: Final = ("iri", "id", "source")
"""What names a thing; everything else may change."""
_NOT_RANKED: Final = ("component_size",)
"""The size of a group is no standing of its members."""
_FIELDS: Final = pl.List(pl.Struct({"field": pl.String, "before": pl.String, "after": pl.String}))

State: TypeAlias = Mapping[str, pl.DataFrame]
"""The tables of one side, by the names of `THINGS`."""


@dataclass(frozen=True)
class Difference:
    """What one table differs in: `iri`, `id`, `name`, `change`, `fields` (a list of `{field, before, after}`)."""

    frame: pl.DataFrame

    def count(self, change: Change) -> int:
        """How many things were added, removed or changed."""
        return self.frame.filter(change=change).height


def state_of(tables: Tables, as_of: date | None, mode: AsOfMode = "possible") -> State:
    """One side: of a day (`active_state`), or of everything (`state`) where there is none."""
    return state(tables) if as_of is None else active_state(select(tables, as_of=as_of, mode=mode))


def state(tables: Tables) -> State:
    """A whole generation: every alliance, actor and membership, persons too."""
    return {name: _named(tables, name, getattr(tables, name)) for name in THINGS}


def active_state(chosen: Tables) -> State:
    """What `selection.select` left of a date: its alliances and memberships, and the actors who hold one of these."""
    members = chosen.memberships.select(iri="actor")
    actors = chosen.actors.join(members, on="iri", how="semi", maintain_order="left")
    frames = {"alliances": chosen.alliances, "actors": actors, "memberships": chosen.memberships}
    return {name: _named(chosen, name, frame) for name, frame in frames.items()}


def _named(tables: Tables, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Every table has a `name`: that of a membership is « actor — alliance »."""
    if name != "memberships":
        return frame
    actors = tables.actors.select(actor="iri", _actor="name")
    alliances = tables.alliances.select(alliance="iri", _alliance="name")
    both = frame.join(actors, on="actor", how="left", maintain_order="left")
    both = both.join(alliances, on="alliance", how="left", maintain_order="left")
    name_of = pl.format("{} — {}", pl.col("_actor").fill_null("?"), pl.col("_alliance").fill_null("?"))
    return both.with_columns(name=name_of).drop("_actor", "_alliance")


def differences(before: State, after: State) -> dict[str, Difference]:
    """One `Difference` a table of `THINGS`."""
    return {name: Difference(_difference(before[name], after[name])) for name in THINGS}


def _difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Sorted by change as in `CHANGES`, then by IRI."""
    added = after.join(before, on="iri", how="anti").select("iri", "id", "name", change=pl.lit("added"))
    removed = before.join(after, on="iri", how="anti").select("iri", "id", "name", change=pl.lit("removed"))
    changed = _changed(before, after)
    sides = [one.with_columns(fields=pl.lit([], dtype=_FIELDS)) for one in (added, removed)]
    frame = pl.concat([*sides, changed])
    order = pl.col("change").replace_strict({name: place for place, name in enumerate(CHANGES)}, return_dtype=pl.Int8)
    return frame.sort(order, "iri")


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The things on both sides with a field that differs; null and a value differ, null and null do not."""
    fields = [name for name in after.columns if name in before.columns and name not in _NO_FIELD]
    both = after.join(before, on="iri", how="inner", suffix="__before")
    differs = {name: pl.col(name).ne_missing(pl.col(f"{name}__before")) for name in fields}
    some = both.filter(pl.any_horizontal(differs.values())) if fields else both.clear()
    rows = [(row["iri"], row["id"], row["name"], "changed", _fields(row, fields)) for row in some.to_dicts()]
    return pl.DataFrame(rows, schema=_ROW, orient="row")


def _fields(row: Mapping[str, object], fields: list[str]) -> list[dict[str, str | None]]:
    pairs = ((name, row[f"{name}__before"], row[name]) for name in fields)
    return [{"field": name, "before": _text(old), "after": _text(new)} for name, old, new in pairs if old != new]


def _text(value: object) -> str | None:
    """A value as a text: lists and structures as JSON."""
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode().strip('"')


_ROW: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "iri": pl.String,
    "id": pl.String,
    "name": pl.String,
    "change": pl.String,
    "fields": _FIELDS,
}


def metric_changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """How the numbers and ranks of nodes changed, one row a node and metric, the greatest change of rank first.

    `iri`, `id`, `name`, `kind`, `metric`, `before`, `after`, `change`, `rank_before`, `rank_after`,
    `rank_change` (after − before; 1 is the greatest value, equals share the better rank). Null where a
    side has no such node or no such number. Rows that differ in nothing are left out. Numbers of two
    networks of other sizes differ by that alone: raw metrics stand beside the normalised ones.
    """
    sides = [_long(before, "before"), _long(after, "after")]
    both = sides[0].join(sides[1], on=["iri", "metric"], how="full", coalesce=True)
    names = pl.concat([after.select(IDENTITY), before.select(IDENTITY)]).unique("iri", keep="first")
    change = (pl.col("after") - pl.col("before")).round_sig_figs(12)
    found = both.with_columns(change=change, rank_change=pl.col("rank_after") - pl.col("rank_before"))
    moved = found.filter(pl.col("before").ne_missing(pl.col("after")) | (pl.col("rank_change") != 0))
    order = [pl.col("rank_change").abs(), pl.col("change").abs(), "iri", "metric"]
    ordered = moved.join(names, on="iri").sort(order, descending=[True, True, False, False], nulls_last=True)
    return ordered.select(*IDENTITY, "metric", "before", "after", "change", "rank_before", "rank_after", "rank_change")


def _long(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    """`iri`, `metric`, the value as `side`, and its rank among the defined ones."""
    numbers = frame.select("iri", cs.numeric().exclude(_NOT_RANKED).cast(pl.Float64))
    long = numbers.unpivot(index="iri", variable_name="metric", value_name=side)
    rank = pl.col(side).rank("min", descending=True).over("metric").cast(pl.Int64)
    return long.with_columns(rank.alias(f"rank_{side}"))
