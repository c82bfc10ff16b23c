"""Makes one actor of those that were judged to be the same, on their way into a generation.

Records that no judgement touches pass as they are. The others are held back until everything was read, since only then
it is known which of the actors there are: a judgement about one that is not waits, and changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from graph.resolution.judgements import Judgements
from ontology import iris
from ontology.loads import Batch, singly
from ontology.provenance import Loaded
from ontology.rdf import PROPERTIES, THING
from ontology.records import Actor, MergedActor, Record


def full_id(iri: str) -> str:
    """The id of an actor as judgements write it, `source:key`."""
    _, source, key = iris.parse(iri)
    return f"{source}:{key}"


def actor_iri(full: str) -> str:
    """The IRI of the actor that judgements call so; the inverse of `full_id`."""
    source, _, key = full.partition(":")
    return iris.mint(Actor.kind_name, source, key)


@dataclass(frozen=True)
class Settled:
    """What judgements came to, once all records were read."""

    records: tuple[Loaded, ...] = ()
    """Those that were held back, in the order in which they came, as they are after the merges."""
    merged: int = 0
    """How many actors gave way to another."""
    absent: int = 0
    """How many actors that judgements make the same as another there are not."""

    def card(self) -> dict[str, int]:
        """What stands of it in the run card."""
        return {"merged": self.merged, "absent": self.absent}


class Merging:
    """Holds back the records that judgements touch, and merges them once all were read.

    Raises `JudgementError` where judgements contradict each other.
    """

    def __init__(self, judgements: Judgements) -> None:
        self._clusters = judgements.clusters()
        self._judged = frozenset(map(actor_iri, self._clusters.ids))
        self._held: list[Loaded] = []

    def untouched(self, items: Iterable[Loaded | Batch]) -> Iterable[Loaded | Batch]:
        """The records that no judgement touches; the others are held back."""
        return (one for one in singly(items) if not self._holds(one)) if self._judged else items

    def _holds(self, loaded: Loaded) -> bool:
        record = loaded.record
        touched = record.iri in self._judged or any(one in self._judged for one in _pointed_at(record))
        if touched:
            self._held.append(loaded)
        return touched

    def settled(self) -> Settled:
        """What became of the records held back."""
        actors = {one.record.iri: one.record for one in reversed(self._held) if isinstance(one.record, Actor)}
        there = self._clusters.kept([full_id(iri) for iri in actors])
        kept = {actor_iri(one): actor_iri(keep) for one, keep in there.items()}
        grown = _grown(actors, kept)
        records = (replace(one, record=_settled(one.record, kept, grown)) for one in self._held)
        return Settled(tuple(records), len(kept), len(self._judged) - len(actors))


def _settled(record: Record, kept: Mapping[str, str], grown: Mapping[str, Actor]) -> Record:
    """A record after the merges; `kept` says which actor stays, `grown` what it is then."""
    if not isinstance(record, Actor):
        return _redirected(record, kept)
    into = kept.get(record.iri)
    return _merged(record, into) if into else grown.get(record.iri, record)


@cache
def _pointers(kind: type[Record]) -> tuple[tuple[str, bool], ...]:
    """The fields of a record that point to other things, and whether they point to several."""
    return tuple((one.field, one.many) for one in PROPERTIES[kind] if one.codec is THING)


def _pointed_at(record: Record) -> Iterator[str]:
    for name, many in _pointers(type(record)):
        value = getattr(record, name)
        if many:
            yield from value
        elif value is not None:
            yield value


def _redirected(record: Record, kept: Mapping[str, str]) -> Record:
    """The record with what it points to replaced by what stays; a list names nothing twice."""
    changes: dict[str, Any] = {}
    for name, many in _pointers(type(record)):
        value = getattr(record, name)
        new = tuple(dict.fromkeys(kept.get(one, one) for one in value)) if many else kept.get(value, value)
        if new != value:
            changes[name] = new
    return record.model_copy(update=changes) if changes else record


def _merged(actor: Actor, into: str) -> MergedActor:
    fields = {name: getattr(actor, name) for name in MergedActor.model_fields if name != "merged_into"}
    return MergedActor(**fields, merged_into=into)


def _grown(actors: Mapping[str, Actor], kept: Mapping[str, str]) -> dict[str, Actor]:
    """The actors that stay, with what they took over from those that gave way, by IRI."""
    given: defaultdict[str, list[Actor]] = defaultdict(list)
    for iri, into in kept.items():
        given[into].append(actors[iri])
    return {iri: _absorbing(actors[iri], others) for iri, others in given.items()}


def _absorbing(actor: Actor, others: Iterable[Actor]) -> Actor:
    """The actor with the names of the others, and with whatever it does not say itself."""
    changes: dict[str, Any] = {}
    names = dict.fromkeys(actor.alt_names)
    for other in others:
        names |= dict.fromkeys((other.name, *other.alt_names))
        changes = {**_said(other), **changes}
    names.pop(actor.name, None)
    return actor.model_copy(update={**changes, **_said(actor), "alt_names": tuple(names)})


def _said(actor: Actor) -> dict[str, Any]:
    """The fields that an actor has a value for."""
    return {name: value for name in Actor.model_fields if (value := getattr(actor, name)) not in (None, ())}
