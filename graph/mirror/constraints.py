"""The constraints and indexes that the mirror relies on: looked at before each sync, made where they are missing.

They are known by what they are for, not by a name.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from graph.mirror import schema
from graph.mirror.engine import BadQuery, Cypher, Unreachable

INDEXED: Final = ("id", "name")
"""Keys of every label of the domain by which its nodes are found."""
FILLED_SECONDS: Final = 60.0
"""How long to wait, at most, until new indexes are filled."""
_LOOK_SECONDS: Final = 0.1


@dataclass(frozen=True)
class Rule:
    """A uniqueness constraint, or an index, on one key of the nodes with one label."""

    kind: Literal["constraint", "index"]
    label: str
    key: str

    @property
    def query(self) -> str:
        """The Cypher that makes it."""
        label, key = schema.checked(self.label), schema.checked(self.key)
        if self.kind == "constraint":
            return f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE n.{key} IS UNIQUE"
        return f"CREATE INDEX IF NOT EXISTS FOR (n:{label}) ON (n.{key})"


@cache
def rules() -> tuple[Rule, ...]:
    """Everything that must be there: constraints, then indexes."""
    unique = [Rule("constraint", schema.MARKER, "id"), *(Rule("constraint", slot, "iri") for slot in schema.SLOTS)]
    labels = sorted(schema.labels())
    found = [Rule("index", label, key) for label in labels for key in INDEXED]
    return (*unique, Rule("index", schema.GONE, "iri"), *found)


def missing(engine: Cypher) -> tuple[Rule, ...]:
    """The rules that the engine does not have."""
    there = {*_constraints(engine), *_indexes(engine)}
    return tuple(rule for rule in rules() if rule not in there)


def ensure_constraints(engine: Cypher) -> frozenset[str]:
    """Make the constraints that are missing; gives the labels of those that cannot be made: their data break them."""
    return frozenset(rule.label for rule in missing(engine) if rule.kind == "constraint" and not _made(engine, rule))


def ensure_indexes(engine: Cypher) -> None:
    """Make the indexes that are missing, and wait until they are filled.

    Until then each one that is ready is a change of schema, and a server that sees many refuses to plan a query.
    """
    wanted = [rule for rule in missing(engine) if rule.kind == "index"]
    if not wanted:
        return
    try:
        with engine.transaction() as transaction:
            for rule in wanted:
                transaction.run(rule.query)
    except (BadQuery, Unreachable):  # of two who make the same one at the same time, the second fails in spite of IF
        if any(rule.kind == "index" for rule in missing(engine)):
            raise
    until = time.monotonic() + FILLED_SECONDS
    while time.monotonic() < until and not _filled(engine):
        time.sleep(_LOOK_SECONDS)


def _filled(engine: Cypher) -> bool:
    """Whether no index is being filled; a server that is too busy with them to say so is not done."""
    being_filled = "SHOW INDEXES YIELD state WHERE state = 'POPULATING' RETURN state"
    with suppress(Unreachable):
        return not any(chunk for chunk in engine.read(being_filled))
    return False


def _made(engine: Cypher, rule: Rule) -> bool:
    """Whether a constraint could be made. A plain index in its place, on a label of the mirror's own, has to go."""
    _drop_plain_indexes(engine, rule)
    try:
        engine.run(rule.query)
    except (BadQuery, Unreachable):  # a server that is there calls it its own failure that the data forbid it
        if _broken(engine, rule):
            return False
        if rule in missing(engine):  # else somebody else has made it at the same time
            raise
    return True


def _broken(engine: Cypher, rule: Rule) -> bool:
    """Whether two nodes with the label have the same value."""
    label, key = schema.checked(rule.label), schema.checked(rule.key)
    query = f"MATCH (n:{label}) WITH n.{key} AS value, count(*) AS count WHERE count > 1 RETURN value LIMIT 1"
    return any(chunk for chunk in engine.read(query))


def _drop_plain_indexes(engine: Cypher, rule: Rule) -> None:
    query = (
        "SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, owningConstraint "
        "WHERE type = 'RANGE' AND entityType = 'NODE' AND owningConstraint IS NULL "
        "AND labelsOrTypes = [$label] AND properties = [$key] RETURN name"
    )
    for chunk in engine.read(query, {"label": rule.label, "key": rule.key}):
        for row in chunk:
            engine.run("DROP INDEX $name IF EXISTS", {"name": row["name"]})


def _constraints(engine: Cypher) -> Iterator[Rule]:
    query = (
        "SHOW CONSTRAINTS YIELD type, entityType, labelsOrTypes, properties "
        "WHERE type ENDS WITH 'UNIQUENESS' AND entityType = 'NODE' AND size(labelsOrTypes) = 1 "
        "AND size(properties) = 1 RETURN labelsOrTypes[0] AS label, properties[0] AS key"
    )
    return _rules(engine, "constraint", query)


def _indexes(engine: Cypher) -> Iterator[Rule]:
    query = (
        "SHOW INDEXES YIELD type, entityType, labelsOrTypes, properties, state "
        "WHERE type = 'RANGE' AND entityType = 'NODE' AND size(labelsOrTypes) = 1 AND size(properties) = 1 "
        "AND state <> 'FAILED' RETURN labelsOrTypes[0] AS label, properties[0] AS key"
    )
    return _rules(engine, "index", query)


def _rules(engine: Cypher, kind: Literal["constraint", "index"], query: str) -> Iterator[Rule]:
    for chunk in engine.read(query):
        for row in chunk:
            yield Rule(kind, str(row["label"]), str(row["key"]))
