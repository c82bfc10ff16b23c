"""What was first said of each of many things; memory does not grow with their number."""

import sqlite3
from hashlib import blake2b
from struct import unpack
from typing import TypeAlias

MOST_IN_MEMORY = 20_000
_CACHE_KIB = 4 << 10
_DIGEST_BYTES = 16
_MARKS = 1 << 24
"""Bits that say which things cannot be in the database: asking it about each new one would take longest."""
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
        self._marks = bytearray()

    def of(self, thing: Thing) -> Said | None:
        """What was said of the thing first; `None` where nothing was."""
        key = _UNIT.join(thing)
        found = self._recent.get(key)
        if found is None and self._older is not None:
            found = self._put_away_of(key, self._older)
        return None if found is None else tuple([text or None for text in found.split(_UNIT)])

    def add(self, thing: Thing, said: Said) -> None:
        """Say the first that is said of a thing."""
        self._remember(_UNIT.join(thing), _UNIT.join([text or "" for text in said]))

    def _put_away_of(self, key: str, older: sqlite3.Connection) -> str | None:
        digest = _digest(key)
        if not all(self._marks[byte] & bit for byte, bit in _places(digest)):
            return None
        row = older.execute("SELECT first FROM said WHERE thing = ?", (digest,)).fetchone()
        if row is None:
            return None
        self._remember(key, str(row[0]))
        return str(row[0])

    def _remember(self, key: str, said: str) -> None:
        if len(self._recent) >= self._most:
            self._put_away()
        self._recent[key] = said

    def _put_away(self) -> None:
        """Move what is at hand into the database; sorted, because that is the order it keeps them in."""
        if self._older is None:
            self._older, self._marks = _database(), bytearray(_MARKS >> 3)
        rows = sorted((_digest(key), said) for key, said in self._recent.items())
        self._older.executemany("INSERT OR IGNORE INTO said VALUES (?, ?)", rows)
        for digest, _ in rows:
            for byte, bit in _places(digest):
                self._marks[byte] |= bit
        self._recent = {}


def _digest(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=_DIGEST_BYTES).digest()


def _places(digest: bytes) -> tuple[tuple[int, int], tuple[int, int]]:
    """The two marks of a digest, each as its byte and its bit; where one is not set, it is not in the database."""
    one, other = (number % _MARKS for number in unpack("<QQ", digest))
    return (one >> 3, 1 << (one & 7)), (other >> 3, 1 << (other & 7))


def _database() -> sqlite3.Connection:
    """An empty one that never has to survive: nothing is synchronised, nothing can be undone."""
    database = sqlite3.connect("", isolation_level=None)
    for setting in (f"cache_size = -{_CACHE_KIB}", "journal_mode = OFF", "synchronous = OFF"):
        database.execute(f"PRAGMA {setting}")
    database.execute("CREATE TABLE said (thing BLOB PRIMARY KEY, first TEXT NOT NULL) WITHOUT ROWID")
    database.execute("BEGIN")
    return database
