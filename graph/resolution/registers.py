"""Completes actors from national registers: the unit that has an actor's number says what the actor's source does not.

A register knows who bears a number, and tells no alliance. A unit of it that has the number of an actor is therefore no
second actor, which would have no ties and count twice: it gives that actor what it does not say itself, its seat above
all, and the actor tells from which row (`completed_from`). One that contradicts the actor in another number gives
nothing. One whose numbers nobody has is an actor of its own; one that people judged is left to their judgement.

Registers are read last. Until then the actors that have a number are held back, some kilobytes each.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from graph.resolution.judgements import Judgements
from graph.resolution.merging import actor_iri
from graph.selection import PERSON
from ontology import iris
from ontology.loads import Batch, Load
from ontology.provenance import Layout, Loaded, Reading
from ontology.records import Actor

_TAKEN: Final = (
    *("acronym", "territory", "website", "siren", "siret", "rna", "founded", "dissolved"),
    "description",
)
"""What an actor takes from a register where it has none; of its names it keeps its own, and takes another one."""
_UNSPECIFIED: Final = "unspecified"
_CELLS: Final = {"name": "alt_names"}
"""Fields of a unit whose cells tell another field of the actor."""
_NUMBER: Final = "key"
"""The field of a unit that holds the number that both have."""

_NONE: Final = Judgements()


@dataclass(frozen=True)
class Completed:
    """What registers came to, once all records were read."""

    records: tuple[Loaded, ...]
    """The actors that were held back, in the order in which they came, as they are now."""
    completed: int
    """How many actors took something."""
    contradicting: int
    """How often a unit had one number of an actor, and another of its numbers was not the actor's."""

    def card(self) -> dict[str, int]:
        """What stands of it in the run card."""
        return {"completed": self.completed, "contradicting": self.contradicting}


class Registers:
    """Holds back the actors that have a number where registers follow, and completes them as these come."""

    def __init__(self, judgements: Judgements = _NONE) -> None:
        self._judged = frozenset(actor_iri(one) for pair in judgements.pairs() for one in pair)
        self._actors: list[Actor] = []
        self._rows: list[Loaded] = []
        """What each of the actors was loaded as."""
        self._bearers: defaultdict[str, list[int]] = defaultdict(list)
        """Where those stand that have a number."""
        self._refused: set[str] = set()
        """The numbers of units that contradict an actor: what another register knows by them is as doubtful."""
        self._contradicting = 0

    def passing(self, load: Load) -> Iterable[Loaded | Batch]:
        """The records of a load that need not wait."""
        if load.source.register:
            return (one for one in load.records if not self._takes_unit(one))
        return (one for one in load.records if not self._waits(one)) if load.registers_follow else load.items

    def settled(self) -> Completed:
        """What became of the actors held back."""
        records = tuple(replace(row, record=one) for row, one in zip(self._rows, self._actors, strict=True))
        completed = sum(bool(one.completed_from) for one in self._actors)
        return Completed(records, completed, self._contradicting)

    def _waits(self, loaded: Loaded) -> bool:
        actor = loaded.record
        if not isinstance(actor, Actor) or actor.kind == PERSON or not actor.numbers:
            return False
        self._hold(actor, loaded)
        return True

    def _hold(self, actor: Actor, loaded: Loaded) -> None:
        self._note(actor, len(self._actors))
        self._actors.append(actor)
        self._rows.append(loaded)

    def _note(self, actor: Actor, place: int) -> None:
        for number in actor.numbers:
            if place not in self._bearers[number]:
                self._bearers[number].append(place)

    def _takes_unit(self, loaded: Loaded) -> bool:
        """Whether a unit of a register waits, as an actor or as what completes some."""
        unit = loaded.record
        if not isinstance(unit, Actor) or unit.iri in self._judged:
            return False
        bearers = self._bearers_of(unit)
        for place in bearers:
            self._complete(place, unit, loaded)
        if not bearers and self._refused.isdisjoint(unit.numbers):
            self._hold(unit, loaded)
        return True

    def _bearers_of(self, unit: Actor) -> list[int]:
        """Where those stand that have a number of the unit, and are not of the same register."""
        places = {place for number in unit.numbers for place in self._bearers.get(number, ())}
        return sorted(place for place in places if self._actors[place].source != unit.source)

    def _complete(self, place: int, unit: Actor, loaded: Loaded) -> None:
        actor = self._actors[place]
        if _contradict(actor, unit):
            self._contradicting += 1
            self._refused.update(unit.numbers)
        elif taken := _taken(actor, unit):
            readings = _readings(loaded, frozenset(taken))
            rows = (iris.row(one.layout.source, one.layout.file, one.row) for one in readings)
            grown = actor.model_copy(update={**taken, "completed_from": (*actor.completed_from, *rows)})
            self._actors[place], held = grown, self._rows[place]
            self._rows[place] = replace(held, beside=(*held.beside, *readings))
            self._note(grown, place)


def _contradict(actor: Actor, unit: Actor) -> bool:
    pairs = ((getattr(actor, name), getattr(unit, name)) for name in ("siren", "rna"))
    return any(one and other and one != other for one, other in pairs)


def _taken(actor: Actor, unit: Actor) -> dict[str, Any]:
    """The fields that an actor takes from a unit that has its number."""
    said = {name: getattr(unit, name) for name in _TAKEN if getattr(actor, name) is None}
    taken = {name: value for name, value in said.items() if value is not None}
    if actor.kind == _UNSPECIFIED != unit.kind:
        taken["kind"] = unit.kind
    names = (actor.name, *actor.alt_names)
    if unit.name.casefold() not in {name.casefold() for name in names}:
        taken["alt_names"] = (*actor.alt_names, unit.name)
    return taken


def _readings(unit: Loaded, taken: frozenset[str]) -> list[Reading]:
    """The rows of a unit that tell what was taken from it, the one that it stands in always."""
    own = Reading(_narrowed(unit.layout, taken), unit.row, unit.values)
    beside = [replace(one, layout=_narrowed(one.layout, taken)) for one in unit.beside]
    return [own, *(one for one in beside if one.layout.fields)]


@lru_cache(maxsize=1 << 10)
def _narrowed(layout: Layout, taken: frozenset[str]) -> Layout:
    """The layout of a register's row with the cells that tell what was taken from it, and by which number."""
    told = ((_CELLS.get(field, field), column, position) for field, column, position in layout.fields)
    return replace(layout, fields=tuple(one for one in told if one[0] in taken or one[0] == _NUMBER))
