"""What was first said of each of many things; memory does not grow with their number."""

import sqlite3
from hashlib import blake2b
from typing import TypeAlias

MOST_IN_MEMORY = 20_000
_CACHE_KIB = 16 << 10
_DIGEST_BYTES = 16
_UNIT = "\x1f"
"""The unit separator, which no text that is loaded holds."""

Thing: TypeAlias = tuple[str, str]
"""What kind of thing, and its key."""
Said: TypeAlias = tuple[str | None, ...]
"""Texts, none of them empty; of things of one kind always as many."""


class FirstSaid:
    """The first texts that were given for each thing.

    The last ones stay at hand; where there are more, all are in a database of SQLite's, which is a file without a
    name: gone with this object, or with the process. There a thing is known by a digest of 128 bits.
    """

    def __init__(self, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self._most = most_in_memory
        self._recent: dict[str, str] = {}
        self._older: sqlite3.Connection | None = None

    def __contains__(self, thing: Thing) -> bool:
        """Whether something was said of the thing."""
        return self._find(_UNIT.join(thing)) is not None

    def first(self, thing: Thing, said: Said) -> Said | None:
        """What was said of the thing before, or `None` where this is the first that is said of it."""
        key = _UNIT.join(thing)
        before = self._find(key)
        if before is None:
            self._remember(key, _UNIT.join(text or "" for text in said))
            return None
        return tuple(text or None for text in before.split(_UNIT))

    def _find(self, key: str) -> str | None:
        found = self._recent.get(key)
        if found is None and self._older is not None:
            row = self._older.execute("SELECT first FROM said WHERE thing = ?", (_digest(key),)).fetchone()
            if row is not None:
                found = str(row[0])
                self._remember(key, found)
        return found

    def _remember(self, key: str, said: str) -> None:
        if len(self._recent) >= self._most:
            self._put_away()
        self._recent[key] = said

    def _put_away(self) -> None:
        """Move what is at hand into the database; sorted, because that is the order it keeps them in."""
        if self._older is None:
            self._older = _database()
        rows = sorted((_digest(key), said) for key, said in self._recent.items())
        self._older.executemany("INSERT OR IGNORE INTO said VALUES (?, ?)", rows)
        self._recent = {}


def _digest(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=_DIGEST_BYTES).digest()


def _database() -> sqlite3.Connection:
    """An empty one that never has to survive: nothing is synchronised, nothing can be undone."""
    database = sqlite3.connect("", isolation_level=None)
    for setting in (f"cache_size = -{_CACHE_KIB}", "journal_mode = OFF", "synchronous = OFF"):
        database.execute(f"PRAGMA {setting}")
    database.execute("CREATE TABLE said (thing BLOB PRIMARY KEY, first TEXT NOT NULL) WITHOUT ROWID")
    database.execute("BEGIN")
    return database
