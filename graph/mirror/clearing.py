"""Empties a slot, and hands what others have tied to its nodes over to the nodes of the other slot.

No relationship of others is ever removed or made anew: a node that holds one takes the place of its twin instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graph.mirror import schema
from graph.mirror.engine import Cypher, TooBig, Transaction
from graph.mirror.lease import Job, Lease, step
from graph.mirror.plan import stripped, without_ours
from graph.mirror.writing import Pace, Synced


@dataclass
class Clearer:
    """Clears on one engine under one lease. `job`: where the marker stands meanwhile."""

    engine: Cypher
    lease: Lease
    pace: Pace
    done: Synced
    job: Job | None = None

    def clear(self, slot: str) -> None:
        """Empty a slot, batch by batch; what others have tied something to stays as `:_Gone`."""
        while self._batch(slot):
            pass

    def hand_over(self, old: str, new: str) -> None:
        """Let the nodes of `old` and those kept as `:_Gone` that others hold take the place of their twins in `new`."""
        for label, held in ((old, _tied("o", old)), (schema.GONE, "true")):
            query = (
                f"MATCH (o:{schema.checked(label)}) WHERE o.iri IS NOT NULL AND {held} "
                f"MATCH (t:{schema.checked(new)} {{iri: o.iri}}) WHERE NOT {_tied('t', new)} "
                "RETURN DISTINCT o.iri AS iri"
            )
            for iri in list(self._iris(query)):
                with self.engine.transaction() as transaction:
                    step(transaction, self.lease, self.job, {})
                    _take_place(transaction, iri, label, new)

    def forget(self) -> None:
        """Note in the marker that no slot is left to be emptied."""
        with self.engine.transaction() as transaction:
            step(transaction, self.lease, self.job, {"clearing": None})

    def _iris(self, query: str) -> Iterator[str]:
        for chunk in self.engine.read(query, {"types": _types()}):
            yield from (str(row["iri"]) for row in chunk)

    def _batch(self, slot: str) -> bool:
        """Take some nodes out; whether there may be more."""
        rows = self.pace.next(self.pace.rows)
        try:
            with self.engine.transaction() as transaction:
                step(transaction, self.lease, self.job, {})
                (cleared,) = transaction.run(_clearing(slot), {"rows": rows, "types": _types()})
        except TooBig:
            if rows == 1:
                raise
            self.pace.slower()
            return True
        self.pace.faster()
        self.done.batches += 1
        self.done.kept += int(str(cleared["kept"]))
        return cleared["count"] == rows


def _types() -> list[str]:
    """The types of the mirror's own relationships."""
    return list(schema.link_kinds())


def _tied(node: str, slot: str) -> str:
    """Whether a node of a slot has a relationship that is not the mirror's, in Cypher."""
    return f"EXISTS {{ ({node})-[r]-(x) WHERE NOT x:{schema.checked(slot)} OR NOT type(r) IN $types }}"


def _clearing(slot: str) -> str:
    label = schema.checked(slot)
    return (
        f"MATCH (n:{label}) WITH n LIMIT $rows "
        f"CALL (n) {{ MATCH (n)-[r]-(:{label}) WHERE type(r) IN $types DELETE r }} {without_ours(slot)}"
    )


def _take_place(transaction: Transaction, iri: str, old: str, new: str) -> None:
    """Put the node of `old` with an IRI in the place of the one of `new`: its relationships, labels, properties."""
    was, now = schema.checked(old), schema.checked(new)
    both = f"MATCH (o:{was} {{iri: $iri}}) WITH o LIMIT 1 MATCH (t:{now} {{iri: $iri}})"
    given = {"iri": iri, "types": _types()}
    transaction.run(f"MATCH (:{was} {{iri: $iri}})-[r]-(:{was}) WHERE type(r) IN $types DELETE r", given)
    for pattern, copy in (("(t)-[r]->(t)", "(o)-[c:$(type(r))]->(o)"), *_OTHER_ENDS):
        transaction.run(f"{both} MATCH {pattern} CREATE {copy} SET c = properties(r) DELETE r", given)
    transaction.run(
        f"{both} WITH o, t, properties(t) AS held, labels(t) AS labels DELETE t "
        f"WITH o, held, labels REMOVE o{stripped(old)} SET o = held SET o:$(labels)",
        given,
    )


_OTHER_ENDS = (("(t)-[r]->(x)", "(o)-[c:$(type(r))]->(x)"), ("(x)-[r]->(t)", "(x)-[c:$(type(r))]->(o)"))
