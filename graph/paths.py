"""How one reaches another: the shortest chains of alliances between two actors or territories.

A chain leads from one end over an alliance to a member of it, over another alliance to a member of
that, and so on to the other end; its length is the number of alliances. A territory is an end that is
tied to every alliance that touches it (see `selection.touches`), and no chain leads through one.

    layers     by breadth first from the start, each half step a join; then back from the end, so that
               whatever is left lies on a shortest chain
    number     of chains: counted in whole numbers of any size, without listing them
    widest     between two that follow each other on a chain, the width is the number of alliances that
               they share; a chain is as wide as its narrowest step
    recent     a chain is as recent as the oldest start of its alliances; one without a known start is
               older than any
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

import polars as pl

from graph import hierarchy
from graph.periods import first_day_expr
from graph.selection import Tables

MAX_LISTED = 500
_PAIR = ("from", "to")


@dataclass(frozen=True)
class Chain:
    """One shortest chain: `nodes` are IRIs, ends and actors in turn with the alliances between them."""

    nodes: tuple[str, ...]
    width: int
    """The fewest alliances that two who follow each other share."""
    since: date | None
    """When its oldest alliance began, read at the earliest; None if one of its alliances has no known start."""

    @property
    def hops(self) -> Iterator[tuple[str, str, str]]:
        """(from, alliance, to), one an alliance."""
        return zip(self.nodes[::2], self.nodes[1::2], self.nodes[2::2], strict=False)


@dataclass(frozen=True)
class Chains:
    """What leads from one to the other. No chain: `distance` and both choices are None, `count` is 0.

    `distance` counts alliances; `listed` are the first chains in the order of their IRIs; `widest` and
    `recent` are chosen among all, each of equals by the other measure, then by IRI.
    """

    distance: int | None
    count: int
    listed: tuple[Chain, ...]
    widest: Chain | None
    recent: Chain | None


@dataclass(frozen=True)
class _Layers:
    """What lies on shortest chains: a frame a step, with a row (`from`, `alliance`, `to`, `width`, `since`) a hop."""

    start: str
    end: str
    hops: tuple[pl.DataFrame, ...]


NOTHING = Chains(None, 0, (), None, None)


def end_of(tables: Tables, text: str) -> str:
    """The IRI of the actor or the territory that `text` names: an IRI, an actor's id, or a territory's code.

    Raises `LookupError` where it names nothing, or more than one thing: then write the IRI.
    """
    named = pl.any_horizontal(pl.col("iri") == text, pl.col("id") == text)
    found = [*tables.actors.filter(named)["iri"], *tables.territories.filter(named)["iri"]]
    if not found:
        code = hierarchy.resolve(tables.territories, text)
        found = tables.territories.filter(id=code)["iri"].to_list()
    if len(found) > 1:
        raise LookupError(f"{text!r} names {len(found)} things: write one of the IRIs {', '.join(sorted(found))}")
    return str(found[0])


def chains(tables: Tables, start: str, end: str, limit: int = MAX_LISTED) -> Chains:
    """All shortest chains from `start` to `end`, IRIs of an actor or of a territory; at most `limit` are listed.

    `tables` comes from `selection.select`. Raises `ValueError` where both ends are the same. Whoever is
    in no alliance, persons among them, is reached by no chain.
    """
    if start == end:
        raise ValueError("a chain leads from one to another: choose two different ends")
    ties = _ties(tables, (start, end))
    steps = _between(ties, start, end)
    if not steps:
        return NOTHING
    layers = _Layers(start, end, _hops(steps, tables.alliances))
    listed = tuple(_chain(layers, nodes) for nodes in islice(_walk(layers), limit))
    return Chains(len(steps), _count(layers, steps), listed, _best(layers, "width"), _best(layers, "since"))


def _ties(tables: Tables, ends: Sequence[str]) -> pl.DataFrame:
    """`node`, `alliance`: who is in which alliance, and for an end that is a territory what touches it."""
    members = tables.memberships.select("alliance", node="actor").unique()
    codes = tables.territories.filter(pl.col("iri").is_in(list(ends))).select(node="iri", ancestor="id")
    if codes.is_empty():
        return members.select("node", "alliance")
    return pl.concat([members.select("node", "alliance"), touching(tables, codes).select("node", "alliance")])


def touching(tables: Tables, codes: pl.DataFrame) -> pl.DataFrame:
    """`node`, `alliance`, `located`, sorted: the alliances that touch territories (`node`, `ancestor`: IRI, code).

    At or within the territory an alliance is `located`, or a member of it is seated.
    """
    places = codes.join(tables.closure, on="ancestor").select("node", territory="id")
    seats = tables.actors.select("territory", actor="iri").join(places, on="territory").select("node", "actor")
    seated = tables.memberships.join(seats, on="actor").select("node", "alliance", located=False)
    located = tables.alliances.join(places, on="territory").select("node", alliance="iri", located=True)
    both = pl.concat([seated, located]).group_by("node", "alliance").agg(pl.col("located").any())
    return both.sort("node", "alliance")


_Step = tuple[pl.DataFrame, pl.DataFrame]
"""From nodes into alliances (`from`, `alliance`), and from these to further nodes (`alliance`, `to`)."""


def _between(ties: pl.DataFrame, start: str, end: str) -> list[_Step]:
    """The half steps on shortest chains, from the start on; empty where the end is not reached."""
    goal = pl.Series([end], dtype=pl.String)
    frontier = pl.DataFrame({"node": [start]})
    free, steps = ties.filter(pl.col("node") != start), list[_Step]()
    entered = pl.DataFrame(schema={"alliance": pl.String})
    while True:
        into = ties.join(frontier, on="node", how="semi").join(entered, on="alliance", how="anti")
        out = free.join(into, on="alliance", how="semi")
        if out.is_empty():
            return []
        steps.append((into.select("alliance", **{"from": "node"}), out.select("alliance", to="node")))
        if out["node"].is_in(goal.implode()).any():
            return _pruned(steps, goal)
        entered, frontier = pl.concat([entered, into.select("alliance")]), out.select("node").unique()
        free = free.join(frontier, on="node", how="anti")


def _pruned(steps: list[_Step], goal: pl.Series) -> list[_Step]:
    """Only what leads to the goal, from the last step to the first."""
    kept: list[_Step] = []
    for into, out in reversed(steps):
        leading = out.filter(pl.col("to").is_in(goal.implode()))
        entering = into.join(leading, on="alliance", how="semi")
        kept.append((entering, leading))
        goal = entering["from"].unique()
    return kept[::-1]


def _hops(steps: list[_Step], alliances: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """A frame a step, sorted; two that follow each other share alliances nowhere but in their step."""
    began = alliances.select(alliance="iri", since=first_day_expr("start").fill_null(date.min))
    width = pl.col("alliance").count().over(_PAIR).cast(pl.Int64)
    frames = (into.join(out, on="alliance").join(began, on="alliance").with_columns(width=width) for into, out in steps)
    return tuple(frame.select("from", "alliance", "to", "width", "since").sort(pl.all()) for frame in frames)


def _count(layers: _Layers, steps: list[_Step]) -> int:
    """How many chains there are: ways to the end, added up from it; by half steps, which are far fewer than hops."""
    ways = {layers.end: 1}
    for into, out in reversed(steps):
        ways = _added(into, "from", "alliance", _added(out, "alliance", "to", ways))
    return ways[layers.start]


def _added(half: pl.DataFrame, at: str, towards: str, ways: dict[str, int]) -> dict[str, int]:
    # In Python, whose whole numbers have no largest.
    found: dict[str, int] = {}
    for node, following in half.select(at, towards).iter_rows():
        found[node] = found.get(node, 0) + ways[following]
    return found


def _walk(layers: _Layers) -> Iterator[tuple[str, ...]]:
    """Every chain in the order of its IRIs. No step leads astray, so that the first ones come at once."""
    following = [_following(frame) for frame in layers.hops]
    waiting: list[tuple[str, ...]] = [(layers.start,)]
    while waiting:
        nodes = waiting.pop()
        if len(nodes) // 2 == len(following):
            yield nodes
        else:
            waiting += [(*nodes, *hop) for hop in reversed(following[len(nodes) // 2][nodes[-1]])]


def _following(frame: pl.DataFrame) -> dict[str, list[tuple[str, str]]]:
    grouped = frame.group_by("from", maintain_order=True).agg("alliance", "to")
    return {node: list(zip(one, other, strict=True)) for node, one, other in grouped.iter_rows()}


def _chain(layers: _Layers, nodes: tuple[str, ...]) -> Chain:
    hops = zip(layers.hops, nodes[::2], nodes[1::2], nodes[2::2], strict=False)
    found = [
        frame.row(by_predicate=(pl.col("from") == one) & (pl.col("alliance") == over) & (pl.col("to") == other))
        for frame, one, over, other in hops
    ]
    since = min(row[4] for row in found)
    return Chain(nodes, min(row[3] for row in found), None if since == date.min else since)


def _best(layers: _Layers, measure: str) -> Chain:
    """The chain whose least hop is the greatest; of equals by the other measure, then the first by IRI."""
    for name in (measure, "since" if measure == "width" else "width"):
        least = _greatest_least(layers, name)
        hops = tuple(frame.filter(pl.col(name) >= least) for frame in layers.hops)
        layers = _connected(replace(layers, hops=hops))
    return _chain(layers, next(_walk(layers)))


def _greatest_least(layers: _Layers, measure: str) -> pl.Expr:
    """Over all chains, the greatest of their least values: found from the end, step by step."""
    values = pl.DataFrame(
        {"to": [layers.end], "best": [None]}, schema_overrides={"best": layers.hops[0].schema[measure]}
    )
    for frame in reversed(layers.hops):
        least = pl.min_horizontal(measure, "best")
        best = frame.join(values, on="to").group_by("from").agg(best=least.max())
        values = best.rename({"from": "to"})
    return pl.lit(values["best"].item())


def _connected(layers: _Layers) -> _Layers:
    """What still lies on a chain from the start to the end."""
    reached, ahead = pl.DataFrame({"from": [layers.start]}), list[pl.DataFrame]()
    for frame in layers.hops:
        ahead.append(frame.join(reached, on="from", how="semi", maintain_order="left"))
        reached = ahead[-1].select(pl.col("to").unique().alias("from"))
    leading, kept = pl.DataFrame({"to": [layers.end]}), list[pl.DataFrame]()
    for frame in reversed(ahead):
        kept.append(frame.join(leading, on="to", how="semi", maintain_order="left"))
        leading = kept[-1].select(pl.col("from").unique().alias("to"))
    return replace(layers, hops=tuple(kept[::-1]))
