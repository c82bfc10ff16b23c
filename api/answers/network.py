"""Who allies with whom: the allies of an actor, and what surrounds it."""

from datetime import date

import polars as pl

from api.answers.answer import Answer, Row, page
from api.answers.coverage import coverage_of
from api.answers.errors import BadQuestionError
from api.answers.reader import Reader
from graph.periods import AsOfMode, active, first_day_expr, last_day_expr
from graph.selection import PERSON

MAX_DEPTH = 3
MAX_EGO_EDGES = 5_000
"""Beyond this an ego network is cut, and says so: no screen can show it."""


def allies(  # noqa: PLR0913 - each is given by name and has a default
    reader: Reader,
    text: str,
    *,
    as_of: date | None = None,
    mode: AsOfMode = "possible",
    limit: int | None = None,
    offset: int = 0,
) -> Answer:
    """Those who share an alliance with the actor of id `text`, those with the most shared alliances first.

    With `as_of`, those who shared one on that date: both memberships and the alliance count.
    Persons never enter a network: they are nobody's allies, and have none. Raises as `record` does.
    """
    actor = reader.find("actors", text)
    mine = _counted(reader, reader.memberships_of[actor["iri"]], as_of, mode)
    theirs = _counted(reader, reader.members_of.of(mine["alliance"].unique().to_list()), as_of, mode)
    shared = _shared(mine, theirs.filter(pl.col("actor") != actor["iri"]))
    context = reader.context(_scope(actor), as_of, mode, coverage_of(reader, "alliances", as_of))
    if as_of:
        context["undated"] = shared.filter(pl.col("start").is_null()).height
    return page(context, _by_ally(shared), limit, offset, {})


def _scope(actor: Row) -> str:
    if actor["kind"] == PERSON:
        return f"{actor['name']} is a person: persons have relations, and never enter a network"
    return f"organisations that share an alliance with {actor['name']}; direct ties are in the record's relations"


def _counted(reader: Reader, parts: pl.DataFrame, as_of: date | None, mode: AsOfMode) -> pl.DataFrame:
    """The memberships of organisations; with `as_of` those active on it, in alliances that are active too."""
    counted = parts.filter(pl.col("actor_kind") != PERSON)
    if as_of is None:
        return counted
    running = reader.frame("alliances").filter(active(as_of, mode)).select(alliance="iri")
    return counted.filter(active(as_of, mode)).join(running, on="alliance", how="semi", maintain_order="left")


def _shared(mine: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """One row a pair of memberships in one alliance, with the time that both have in common."""
    own = mine.select("alliance", my_role="role", my_start="start", my_end="end")
    both = theirs.join(own, on="alliance", maintain_order="left_right")
    later = (first_day_expr("my_start") > first_day_expr("start")).fill_null(pl.col("start").is_null())
    sooner = (last_day_expr("my_end") < last_day_expr("end")).fill_null(pl.col("end").is_null())
    return both.with_columns(
        start=pl.when(later).then("my_start").otherwise("start"), end=pl.when(sooner).then("my_end").otherwise("end")
    )


def _by_ally(shared: pl.DataFrame) -> pl.DataFrame:
    alliance = pl.struct(
        id="alliance_id", iri="alliance", name="alliance_name", kind="alliance_kind", role="my_role",
        ally_role="role", start="start", end="end",
    )  # fmt: skip
    grouped = shared.group_by("actor", maintain_order=True).agg(
        pl.col("actor_id", "actor_name", "actor_kind").first(),
        alliances=alliance,
        _count=pl.col("alliance").n_unique(),
    )
    named = grouped.select("_count", "alliances", id="actor_id", iri="actor", name="actor_name", kind="actor_kind")
    ordered = named.sort("_count", "name", "iri", descending=[True, False, False])
    return ordered.select("id", "iri", "name", "kind", shared=pl.col("_count"), alliances="alliances")


def ego(reader: Reader, text: str, *, depth: int = 1, as_of: date | None = None, mode: AsOfMode = "possible") -> Row:
    """The two-mode network around an actor: with `depth` 1 its alliances and their members, with 2 those of these.

    `nodes` (`id, iri, class, name, kind, depth`; an alliance has the depth at which it is entered),
    `edges` (memberships between them), `truncated` where there were more than `MAX_EGO_EDGES`.
    Raises `BadQuestionError` for a depth outside 1..3, and as `record` does.
    """
    if not 1 <= depth <= MAX_DEPTH:
        raise BadQuestionError(f"depth={depth}: choose 1, 2 or 3")
    actor = reader.find("actors", text)
    edges, truncated = _surroundings(reader, actor["iri"], depth, as_of, mode)
    scope = f"alliances around {actor['name']} to depth {depth}; persons never enter a network"
    return {
        "context": reader.context(scope, as_of, mode, coverage_of(reader, "alliances", as_of)),
        "id": actor["id"],
        "iri": actor["iri"],
        "name": actor["name"],
        "depth": depth,
        "truncated": truncated,
        "nodes": [_center(actor), *_nodes(edges, actor["iri"])],
        "edges": edges.select(**_EDGE).to_dicts(),
    }


def _surroundings(
    reader: Reader, start: str, depth: int, as_of: date | None, mode: AsOfMode
) -> tuple[pl.DataFrame, bool]:
    """The memberships around an actor with the `depth` at which each is met, and whether there were more."""
    rings: list[pl.DataFrame] = []
    actors, alliances, frontier = {start}, set[str](), [start]
    for step in range(1, depth + 1):
        joined = _counted(reader, reader.memberships_of.of(frontier), as_of, mode)
        entered = [one for one in joined["alliance"].unique(maintain_order=True) if one not in alliances]
        ring = _counted(reader, reader.members_of.of(entered), as_of, mode)
        rings.append(ring.with_columns(depth=pl.lit(step, dtype=pl.Int64)))
        alliances.update(entered)
        frontier = [one for one in ring["actor"].unique(maintain_order=True) if one not in actors]
        actors.update(frontier)
    edges = pl.concat(rings)
    return edges.head(MAX_EGO_EDGES), edges.height > MAX_EGO_EDGES


def _center(actor: Row) -> Row:
    return {
        "id": actor["id"],
        "iri": actor["iri"],
        "class": "actor",
        "name": actor["name"],
        "kind": actor["kind"],
        "depth": 0,
    }


def _nodes(edges: pl.DataFrame, center: str) -> list[Row]:
    sides = [
        edges.select(
            "depth", id=f"{side}_id", iri=side, **{"class": pl.lit(side)}, name=f"{side}_name", kind=f"{side}_kind"
        )
        for side in ("alliance", "actor")
    ]
    nodes = pl.concat(sides).filter(pl.col("iri") != center).unique("iri", keep="first", maintain_order=True)
    return nodes.select("id", "iri", "class", "name", "kind", "depth").to_dicts()


_EDGE = {
    "source": "actor", "target": "alliance", "role": "role", "start": "start", "end": "end",
    "period_basis": "period_basis",
}  # fmt: skip
