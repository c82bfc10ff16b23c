"""Groups of ids that mean one thing, from pairs of them; which one of a group is kept."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping

Ties = Mapping[str, list[str]]
"""What each id leads to."""


class Clusters:
    """The groups that pairs (kept, merged) make; being the same is passed on from pair to pair."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._same: defaultdict[str, list[str]] = defaultdict(list)
        self._above: defaultdict[str, list[str]] = defaultdict(list)
        for keep, merge in pairs:
            self._same[keep].append(merge)
            self._same[merge].append(keep)
            self._above[merge].append(keep)

    @property
    def ids(self) -> frozenset[str]:
        """All ids that are the same as another."""
        return frozenset(self._same)

    def same(self, one: str, other: str) -> bool:
        """Whether two ids are the same."""
        return other in _reached(self._same, one)

    def chain(self, start: str, end: str) -> list[str]:
        """A shortest way from one id to another that is the same, both included."""
        before = _reached(self._same, start)
        way = [end]
        while way[-1] != start:
            way.append(before[way[-1]])
        return way[::-1]

    def groups(self) -> Iterator[list[str]]:
        """The ids of each group, in the order in which they were named."""
        order = {one: place for place, one in enumerate(self._same)}
        seen: set[str] = set()
        for one in self._same:
            if one not in seen:
                reached = _reached(self._same, one)
                seen.update(reached)
                yield sorted(reached, key=order.__getitem__)

    def kept(self, existing: Collection[str]) -> dict[str, str]:
        """The id that stays, by each id that gives way to it; only `existing` ones are considered.

        The one stays into which the others were merged, directly or by others; of equals the one named first.
        """
        ranked = (sorted((one for one in group if one in existing), key=self._rank) for group in self.groups())
        return {one: group[0] for group in ranked for one in group[1:]}

    def _rank(self, one: str) -> int:
        """How many ids stand above one."""
        return len(_reached(self._above, one))


def _reached(ties: Ties, start: str) -> dict[str, str]:
    """What can be reached from an id, itself included, nearest first, and from which id each was reached."""
    before = {start: start}
    waiting = deque([start])
    while waiting:
        one = waiting.popleft()
        for other in ties.get(one, ()):
            if other not in before:
                before[other] = one
                waiting.append(other)
    return before
