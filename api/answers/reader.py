"""One generation, and what answers look up in it."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from functools import cached_property, lru_cache, partial
from threading import Lock, RLock
from typing import Protocol, TypeVar, cast

import polars as pl

from api.answers import frames
from api.answers.answer import Row
from api.answers.catalogue import LISTS
from api.answers.errors import (
    AmbiguousError,
    BadQuestionError,
    BusyError,
    Candidate,
    GoneError,
    MergedError,
    NotFoundError,
)
from api.answers.grouped import Grouped
from api.answers.ordering import ordered
from api.answers.relations import ties
from graph import hierarchy
from graph.generation import Generation
from graph.hierarchy import TerritoryCodeError
from graph.periods import AsOfMode
from graph.resolution.merging import actor_iri, full_id
from graph.selection import Tables


class Index(Protocol):
    """Something made of a reader that is costly to make, and is kept."""

    def __init__(self, reader: "Reader") -> None:
        """Read what is needed."""


IndexT = TypeVar("IndexT", bound=Index)
T = TypeVar("T")

MAX_KEPT = 32
"""How many computed analyses are kept: those without a date, and the last dates that were asked for."""
MAX_WAIT_S = 5.0
MAX_CODES = 4096
"""How many ways to write a territory's code are remembered."""


class Ids:
    """Where the rows of a list stand, by id; an id may be that of several sources."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._places: dict[str, list[int]] = {}
        for place, key in enumerate(frame["id"]):
            self._places.setdefault(key, []).append(place)
        self._frame = frame

    def find(self, text: str) -> int | None:
        """The row of a bare id or a `source:id`; raises `AmbiguousError` if a bare one has several."""
        places = self._places.get(text) or self._of_source(*text.split(":", 1))
        if len(places) > 1:
            raise AmbiguousError(
                f"{len(places)} sources have {text!r}: put the source before it", self._candidates(places)
            )
        return places[0] if places else None

    def _of_source(self, source: str, key: str = "") -> list[int]:
        return [place for place in self._places.get(key, ()) if self._frame["source"][place] == source]

    def _candidates(self, places: list[int]) -> list[Candidate]:
        rows = [self._frame.row(place, named=True) for place in places]
        return [{"id": f"{row['source']}:{row['id']}", "iri": row["iri"], "name": row["name"]} for row in rows]


class Reader:
    """Answers are read from here. Everything is made on first use and kept: a generation never changes."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._frames: dict[str, pl.DataFrame] = {}
        self._ids: dict[str, Ids] = {}
        self._indexes: dict[type[Index], Index] = {}
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._resolved = lru_cache(MAX_CODES)(partial(hierarchy.resolve, generation.table("territories")))
        self._lock = RLock()
        self._computing = Lock()

    def warm(self) -> None:
        """Make beforehand what the first questions would wait for; about a second with all communes."""
        for name in LISTS:
            self.ids(name)
        _ = self.codes, self.inside, self.memberships_of, self.members_of, self.ties, self.figures_of

    def frame(self, name: str) -> pl.DataFrame:
        """All rows of a list in its own order; `name` is one of `LISTS`."""
        with self._lock:
            if name not in self._frames:
                spec = LISTS[name]
                self._frames[name] = ordered(spec.frame(self.generation.table), name, spec.sort)
            return self._frames[name]

    def index(self, kind: type[IndexT]) -> IndexT:
        """The index of a class, made once."""
        with self._lock:
            found = self._indexes.get(kind)
            if not isinstance(found, kind):
                found = self._indexes[kind] = kind(self)
            return found

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` computes, kept for the next who asks; `key` says all that it depends on.

        One computation at a time: raises `BusyError` where another one takes longer than `MAX_WAIT_S`.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key])
        if not self._computing.acquire(timeout=MAX_WAIT_S):
            raise BusyError("another analysis is being computed: ask again in a moment")
        try:
            return cast("T", self._kept[key]) if key in self._kept else self._keep(key, make())
        finally:
            self._computing.release()

    def _keep(self, key: Hashable, value: T) -> T:
        with self._lock:
            self._kept[key] = value
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return value

    def ids(self, name: str) -> Ids:
        """The ids of a list."""
        frame = self.frame(name)
        with self._lock:
            if name not in self._ids:
                self._ids[name] = Ids(frame)
            return self._ids[name]

    def find(self, name: str, text: str) -> Row:
        """The row of a list that an id names, hidden columns included.

        Raises `NotFoundError`, `AmbiguousError` where several sources have the id, or `MergedError` where it is that of
        an actor that was merged into another, or `GoneError` where it was erased.
        """
        text = self.code(text) if name == "territories" else text
        place = self.ids(name).find(text)
        if place is None:
            self._refuse_merged(name, text)
            if name == "actors":
                self.refuse_gone(text, *([actor_iri(text)] if all(text.partition(":")) else []))
            raise NotFoundError(f"no {LISTS[name].of} have the id {text!r}: search for it by name")
        return self.frame(name).row(place, named=True)

    def refuse_gone(self, *ids: str) -> None:
        """Raise `GoneError` where one of the ids, an IRI or an actor's key, is that of an actor that was erased."""
        if any(map(self.generation.forgotten.hides, ids)):
            raise GoneError("this actor was erased at request: nothing is known of it any more")

    def _refuse_merged(self, name: str, text: str) -> None:
        """Raise `MergedError` where an actor had the id, `AmbiguousError` where several merged ones had it."""
        if name == "actors" and (found := self.merged_row(text)) is not None:
            raise MergedError(text, full_id(found["merged_into"]))

    def merged_row(self, text: str) -> Row | None:
        """The row of the merged actor that an id names, if there is one; raises `AmbiguousError`."""
        place = self._merged_ids.find(text)
        return None if place is None else self.merged.row(place, named=True)

    @cached_property
    def _merged_ids(self) -> Ids:
        return Ids(self.merged)

    @cached_property
    def merged(self) -> pl.DataFrame:
        """The actors that were merged into others: the table `merged`, empty in generations that are older than it."""
        try:
            return self.generation.table("merged")
        except KeyError:
            return pl.DataFrame(schema=dict.fromkeys(("iri", "id", "source", "merged_into", "name"), pl.String))

    def code(self, text: str) -> str:
        """The one territory that `text` names; raises `NotFoundError`, or `BadQuestionError` with the candidates."""
        if text in self.codes:
            return text
        try:
            return self._resolved(text.removeprefix("territories:"))
        except TerritoryCodeError as error:
            if not error.candidates:
                raise NotFoundError(str(error)) from None
            raise BadQuestionError(str(error), [self.candidate(code) for code in error.candidates]) from None

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of all territories."""
        return frozenset(self.generation.table("territories")["id"])

    def candidate(self, code: str) -> Candidate:
        """A territory to choose."""
        place = self.ids("territories").find(code)
        row = self.frame("territories").row(place, named=True) if place is not None else {}
        return {"id": code, "iri": row.get("iri"), "name": row.get("name")}

    def within(self, code: str, *, exact: bool = False, inherit: bool = False) -> pl.Series:
        """The codes that count for a territory; see `graph.hierarchy.within`."""
        if exact or inherit:
            return hierarchy.within(self.tables.closure, code, exact=exact, inherit=inherit)
        return self.inside[code]["id"]

    @cached_property
    def inside(self) -> Grouped:
        """The territories (`id`, `level`) at or within each one: `hierarchy.within` without reading all pairs."""
        levels = self.generation.table("territories").select("id", "level")
        return Grouped(self.tables.closure.select("id", "ancestor").join(levels, on="id"), "ancestor")

    @property
    def tables(self) -> Tables:
        """The tables that networks are made of."""
        return self.generation.tables

    @cached_property
    def _parts(self) -> tuple[Grouped, Grouped]:
        return Grouped.both(frames.parts(self.generation.table), "actor", "alliance")

    @property
    def memberships_of(self) -> Grouped:
        """Memberships, named at both ends, by the IRI of the actor."""
        return self._parts[0]

    @property
    def members_of(self) -> Grouped:
        """Memberships, named at both ends, by the IRI of the alliance."""
        return self._parts[1]

    @cached_property
    def things(self) -> pl.DataFrame:
        """What a relation may point to; see `frames.things`."""
        return frames.things(self.generation.table)

    @cached_property
    def ties(self) -> Grouped:
        """Relations by the IRI of either end."""
        return Grouped(ties(self.generation.table("relations"), self.things), "node")

    @cached_property
    def figures_of(self) -> Grouped:
        """The figures by the IRI of what they belong to, as in a study."""
        return Grouped(frames.figures(self.generation.table), "study")

    def context(
        self, scope: str, as_of: date | None = None, mode: AsOfMode = "possible", coverage: Row | None = None
    ) -> Row:
        """What stands in every answer: which data it was read from, and what it speaks of."""
        return {
            "generation": self.generation.id,
            "graph_sha256": self.generation.graph_sha256,
            "as_of": as_of,
            "as_of_mode": mode if as_of else None,
            "scope": scope,
            "coverage": coverage,
            "citation": self.citation,
        }

    def stale_on(self, as_of: date | None, *, without_stale: bool) -> date | None:
        """From which day freshness counts: that of the question, else of the state of knowledge. None keeps all."""
        return (as_of or self.generation.knowledge_date) if without_stale else None

    @cached_property
    def citation(self) -> str:
        """How to cite what an answer was read from."""
        return self.generation.cite()
