"""How one reaches another: every shortest chain of alliances, each step with its roles, period and source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from api.answers.answer import Row
from api.answers.coverage import coverage_of
from api.answers.errors import BadQuestionError, NotFoundError
from api.answers.parameters import parameters
from api.answers.reader import Reader
from graph.paths import NOTHING, Chain, Chains, chains, touching
from graph.periods import AsOfMode
from graph.selection import PERSON, Tables

MAX_EXACT = 2**53 - 1
"""The largest whole number that every reader of JSON keeps; a larger one is written as a text."""


@dataclass(frozen=True, kw_only=True)
class PathQuestion:
    """From which actor or territory to which, and how many of the chains are listed."""

    start: str
    end: str
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False
    limit: int = 20


def paths(reader: Reader, question: PathQuestion) -> Row:
    """The shortest chains between two actors or territories: `distance`, `total`, `chains`, `widest`, `most_recent`.

    `from` and `to` are ids of actors or codes of territories. Without any chain `distance` is null and
    `chains` empty. Raises `NotFoundError`, and `BadQuestionError` with the candidates for what may mean
    several things, or where both ends are the same.
    """
    start, end = (_end(reader, text) for text in (question.start, question.end))
    if start["iri"] == end["iri"]:
        raise BadQuestionError(f"{start['name']} is both ends: ask for the way to another actor or territory")
    chosen = reader.generation.selected(
        as_of=question.as_of, as_of_mode=question.as_of_mode, without_stale=question.without_stale
    )
    found = NOTHING if PERSON in {start["kind"], end["kind"]} else chains(
        chosen, start["iri"], end["iri"], question.limit
    )  # fmt: skip
    coverage = coverage_of(reader, "alliances", question.as_of)
    context = reader.context(_scope(start, end, question), question.as_of, question.as_of_mode, coverage)
    context["parameters"] = parameters(reader, question, question.as_of)
    if question.as_of:
        context["undated"] = chosen.alliances["start"].null_count()
    return {"context": context, "from": start, "to": end, **_body(_Details(reader, chosen, found, (start, end)), found)}


def _body(details: "_Details", found: Chains) -> Row:
    return {
        "distance": found.distance,
        "total": as_number(found.count),
        "chains": [details.chain(one) for one in found.listed],
        "widest": details.chain(found.widest) if found.widest else None,
        "most_recent": details.chain(found.recent) if found.recent else None,
        "truncated": len(found.listed) < found.count,
    }


def as_number(count: int) -> int | str:
    """A count as JSON can hold it exactly: its digits where it is larger than `MAX_EXACT`."""
    return count if count <= MAX_EXACT else str(count)


def _end(reader: Reader, text: str) -> Row:
    """The actor or the territory that a text names, as an answer shows it."""
    actor, territory = _actor(reader, text), _territory(reader, text)
    if actor and territory:
        candidates = [
            {"id": f"{one['source']}:{one['id']}", "iri": one["iri"], "name": one["name"]} for one in (actor, territory)
        ]
        raise BadQuestionError(f"{text!r} is an actor and a territory: put the source before it", candidates)
    found = actor or territory
    if found is None:
        raise NotFoundError(f"neither an actor nor a territory has the id {text!r}: search for it by name")
    return {"class": "actor" if actor else "territory", **{name: found[name] for name in ("id", "iri", "name", "kind")}}


def _actor(reader: Reader, text: str) -> Row | None:
    try:
        return reader.find("actors", text)
    except NotFoundError:
        return None


def _territory(reader: Reader, text: str) -> Row | None:
    try:
        return reader.find("territories", text)
    except NotFoundError:
        return None


def _scope(start: Row, end: Row, question: PathQuestion) -> str:
    fresh = ", stale alliances left out" if question.without_stale else ""
    said = f"shortest chains of alliances from {start['name']} to {end['name']}{fresh}"
    person = next((one for one in (start, end) if one["kind"] == PERSON), None)
    return f"{said}: {person['name']} is a person, and persons never enter a network" if person else said


class _Details:
    """What an answer says of the alliances and ties on its chains; read for all of them at once."""

    def __init__(self, reader: Reader, chosen: Tables, found: Chains, ends: tuple[Row, Row]) -> None:
        shown = [*found.listed, *(one for one in (found.widest, found.recent) if one)]
        on_chains = sorted({node for one in shown for node in one.nodes[1::2]})
        self._ends: Mapping[str, Row] = {end["iri"]: _named(end) for end in ends}
        members = reader.members_of.of(on_chains)
        kept = members.join(chosen.memberships, left_on="membership", right_on="iri", how="semi", maintain_order="left")
        alliances = reader.frame("alliances").filter(pl.col("iri").is_in(on_chains))
        origins = _origins(reader, [*kept["membership"], *on_chains])
        self._alliances = {row["iri"]: _alliance(row, origins) for row in alliances.to_dicts()}
        self._ties = _ties(kept, origins)
        self._actors = {row["actor"]: _member(row) for row in kept.to_dicts()}
        self._touching = {end["iri"]: self._touch(chosen, kept, end) for end in ends if end["class"] == "territory"}

    def _touch(self, chosen: Tables, kept: pl.DataFrame, end: Row) -> dict[str, list[Row]]:
        """The ties of a territory by alliance: that it is located there, and the members seated there."""
        codes = pl.DataFrame({"node": [end["iri"]], "ancestor": [end["id"]]})
        located = touching(chosen, codes).filter("located")["alliance"].to_list()
        within = chosen.closure.filter(ancestor=end["id"])["id"]
        seated = chosen.actors.filter(pl.col("territory").is_in(within.implode()))["iri"]
        here = (
            kept.filter(pl.col("actor").is_in(seated.implode())).select("alliance", "actor").unique(maintain_order=True)
        )
        found: dict[str, list[Row]] = {
            one: [_location(self._alliances[one])] for one in located if one in self._alliances
        }
        for alliance, actor in here.iter_rows():
            found.setdefault(alliance, []).extend({**tie, "via": "seat"} for tie in self._ties[actor, alliance])
        return found

    def chain(self, found: Chain) -> Row:
        """A chain with its steps."""
        return {"width": found.width, "since": found.since, "steps": [self._step(*hop) for hop in found.hops]}

    def _step(self, one: str, alliance: str, other: str) -> Row:
        return {
            "from": self._node(one),
            "from_ties": self._of(one, alliance),
            "alliance": self._alliances[alliance],
            "to_ties": self._of(other, alliance),
            "to": self._node(other),
        }

    def _node(self, iri: str) -> Row:
        return self._ends.get(iri) or self._actors[iri]

    def _of(self, node: str, alliance: str) -> list[Row]:
        touching_here = self._touching.get(node)
        return self._ties[node, alliance] if touching_here is None else touching_here[alliance]


def _named(row: Row) -> Row:
    return {name: row[name] for name in ("class", "id", "iri", "name")}


def _member(row: Row) -> Row:
    return {"class": "actor", "id": row["actor_id"], "iri": row["actor"], "name": row["actor_name"]}


def _alliance(row: Row, origins: Mapping[str, Row]) -> Row:
    shown = ("id", "iri", "name", "kind", "start", "end", "territory", "source_urls")
    return {**{name: row[name] for name in shown}, "origin": origins.get(row["iri"])}


def _ties(members: pl.DataFrame, origins: Mapping[str, Row]) -> dict[tuple[str, str], list[Row]]:
    """The memberships of each actor in each alliance."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in members.to_dicts():
        tie = {name: row[name] for name in ("role", "start", "end", "period_basis", "source_urls")}
        tie = {"via": "membership", "actor": _member(row), **tie, "origin": origins.get(row["membership"])}
        found.setdefault((row["actor"], row["alliance"]), []).append(tie)
    return found


def _location(alliance: Row) -> Row:
    """The tie of a territory in which an alliance is located: as long as the alliance."""
    basis = "unknown" if alliance["start"] is None and alliance["end"] is None else "stated"
    shared = {name: alliance[name] for name in ("start", "end", "source_urls", "origin")}
    return {"via": "location", "actor": None, "role": None, "period_basis": basis, **shared}


def _origins(reader: Reader, iris: Iterable[str]) -> dict[str, Row]:
    """The row that each thing was read from: `source`, `file`, `row` (1 is the header)."""
    cells = reader.generation.table("origins").filter(pl.col("iri").is_in(list(iris)))
    rows = cells.group_by("iri", maintain_order=True).agg(pl.col("source", "file", "row").first())
    return {row.pop("iri"): row for row in rows.to_dicts()}
