"""What people judged of pairs of actors: a file to which lines are only ever added.

A line is one JSON object: `action` (`accept`, `reject`, `undo`), `keep` and `merge` (ids, `source:key`), `by`, `when`
(UTC), `why`. Of a pair the newest line counts, whichever way round it names the two; `undo` takes back what was judged
of it before. Of two actors that are the same, `keep` is the one that stays.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

import orjson

from graph.journal import append, locked
from graph.resolution.clusters import Clusters
from ontology.provenance import utc_now

Action = Literal["accept", "reject", "undo"]
Pair = frozenset[str]
"""The ids of two actors."""


class JudgementError(ValueError):
    """A judgement that cannot stand beside the others; the sentence says what to do."""


@dataclass(frozen=True)
class Judgement:
    """What somebody judged of two actors. Raises `JudgementError` where a part is missing."""

    action: Action
    keep: str
    merge: str
    by: str
    when: str
    why: str

    def __post_init__(self) -> None:
        if self.action not in get_args(Action):
            raise JudgementError(f"no action {self.action!r}: choose one of {', '.join(get_args(Action))}")
        for one in (self.keep, self.merge):
            source, colon, key = one.partition(":")
            if not (source and colon and key):
                raise JudgementError(f"{one!r} is no id of an actor: write source:key")
        if self.keep == self.merge:
            raise JudgementError(f"{self.keep} is one actor: name two")
        for name in ("by", "when", "why"):
            if not getattr(self, name).strip():
                raise JudgementError(f"a judgement without {name!r}: say it")

    @property
    def pair(self) -> Pair:
        """The two, in no order."""
        return frozenset((self.keep, self.merge))


@dataclass(frozen=True)
class Broken:
    """A line that is no judgement: it counts for nothing, and stays where it is."""

    line: int
    """Counted from 1."""
    text: str
    why: str


@dataclass(frozen=True)
class Judgements:
    """A file of judgements, read. `sha256` is that of its bytes, empty where there is no file."""

    lines: tuple[Judgement, ...] = ()
    broken: tuple[Broken, ...] = ()
    sha256: str = ""

    def standing(self, action: Action) -> list[Judgement]:
        """The judgements of that kind that nobody took back since, in the order in which they were made."""
        newest = {one.pair: one for one in self.lines}
        return [one for one in self.lines if newest[one.pair] is one and one.action == action]

    def pairs(self) -> set[Pair]:
        """The pairs of which something is judged."""
        return {one.pair for action in ("accept", "reject") for one in self.standing(action)}

    def of(self, pair: Pair) -> Judgement | None:
        """What stands of a pair; `None` where nothing was judged, or it was taken back."""
        said = [one for one in self.lines if one.pair == pair]
        return said[-1] if said and said[-1].action != "undo" else None

    def clusters(self) -> Clusters:
        """Who was judged to be the same; raises `JudgementError` where a rejection says the opposite."""
        clusters = Clusters((one.keep, one.merge) for one in self.standing("accept"))
        for one in self.standing("reject"):
            if clusters.same(one.keep, one.merge):
                chain = " = ".join(clusters.chain(one.keep, one.merge))
                raise JudgementError(
                    f"{one.by} rejected {one.keep} = {one.merge}, "
                    f"but accepted judgements make them the same ({chain}): undo one of these"
                )
        return clusters


def read(path: Path) -> Judgements:
    """All that stands in a file, in its order; nothing of a file that does not exist."""
    return parsed(path.read_bytes()) if path.exists() else Judgements()


def parsed(content: bytes) -> Judgements:
    """All that stands in the bytes of a file, in its order."""
    good: list[Judgement] = []
    broken: list[Broken] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            try:
                good.append(_parsed(line))
            except ValueError as error:
                broken.append(Broken(number, line.decode(errors="replace"), str(error)))
    return Judgements(tuple(good), tuple(broken), hashlib.sha256(content).hexdigest())


def _parsed(line: bytes) -> Judgement:
    found = orjson.loads(line)
    fields = list(Judgement.__dataclass_fields__)
    if not (isinstance(found, dict) and all(isinstance(found.get(name), str) for name in fields)):
        raise JudgementError(f"not an object with the texts {', '.join(fields)}")
    return Judgement(**{name: found[name] for name in fields})


def judgement(action: Action, keep: str, merge: str, *, by: str, why: str) -> Judgement:
    """A judgement made now; raises `JudgementError` where a part is missing."""
    return Judgement(action, keep, merge, by, utc_now(), why)


def check(new: Judgement, known: Judgements) -> None:
    """Raise `JudgementError` where a judgement changes nothing, or cannot stand beside those that are known."""
    before = known.of(new.pair)
    if new.action == "undo" and before is None:
        raise JudgementError(f"nothing is judged of {new.keep} and {new.merge}: there is nothing to undo")
    if before and (before.action, before.keep) == (new.action, new.keep):
        raise JudgementError(f"{before.by} did that on {before.when[:10]} already: {before.why}")
    Judgements((*known.lines, new)).clusters()


def add(path: Path, new: Judgement) -> None:
    """Add a judgement to the file, and wait until it is on the disk; raises as `check` does.

    Others may add theirs at the same time: each is checked against all that came before it.
    """
    with locked(path):
        check(new, read(path))
        append(path, orjson.dumps(asdict(new), option=orjson.OPT_APPEND_NEWLINE))


def erase(path: Path, mask: Callable[[str], str], hides: Callable[[str], bool]) -> int:
    """Take out the lines about actors that were erased, and mask their names in the others; how many lines are gone.

    `hides`: whether the id of an actor (`source:key`) is that of one. The only change that is ever made to the file.
    """
    if not path.exists():
        return 0
    with locked(path):
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [mask(line.decode(errors="replace")) for line in lines if not any(map(hides, _ids_of(line)))]
        partial = path.with_suffix(".part")
        partial.write_text("".join(kept), encoding="utf-8")
        partial.replace(path)
    return len(lines) - len(kept)


def _ids_of(line: bytes) -> tuple[str, ...]:
    try:
        return tuple(_parsed(line).pair)
    except ValueError:
        return ()
