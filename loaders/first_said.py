"""What was first said of each of many things; memory grows by 24 bytes a thing, whatever is said of it."""

import secrets
import tempfile
from collections.abc import Sequence
from typing import Final, TypeAlias
from weakref import finalize

import numpy as np
import numpy.typing as npt
import polars as pl

from ontology.terms import UNIT

MOST_IN_MEMORY = 10_000
_END: Final = "\x1e"
"""The record separator, which no text that is loaded holds."""
_BLOCK_BYTES: Final = 1 << 12

Said: TypeAlias = tuple[str | None, ...]
"""Texts, none of them empty; always as many."""
Numbers: TypeAlias = npt.NDArray[np.uint64]
Flags: TypeAlias = npt.NDArray[np.bool_]


class FirstSaid:
    """The first texts that were given for each thing of a kind, which is known by its key.

    The last ones stay at hand; the others are in a file without a name, which is gone with this object, or with the
    process. What is in the file is found by a hash of its key, and told from anything else by one of the whole text.
    """

    def __init__(self, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self._most = most_in_memory
        self._recent: dict[str, Said] = {}
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as this object is there
        finalize(self, self._file.close)
        self._size = 0
        self._seeds = secrets.randbits(64), secrets.randbits(64)
        self._keys, self._texts, self._places = (np.empty(0, np.uint64) for _ in range(3))
        """Of each thing in the file: the hash of its key (ascending), that of its text, and where its text begins."""

    def of(self, key: str) -> Said | None:
        """What was said of the thing first; `None` where nothing was."""
        return self._recent.get(key) or self._put_away_of(key)

    def add(self, key: str, said: Said) -> None:
        """Say the first that is said of a thing."""
        if len(self._recent) >= self._most:
            self._put_away_recent()
        self._recent[key] = said

    def tell(self, keys: pl.Series, said: Sequence[pl.Series]) -> tuple[pl.Series, pl.Series]:
        """Say something of each of many things; an empty text says nothing. What is said first is kept.

        Returns of which of them nothing had been said before, and of which something else.
        """
        self._put_away_recent()
        texts = pl.select(pl.concat_str(keys, *said, separator=UNIT)).to_series()
        by_key, by_text = _hashed(keys, self._seeds[0]), _hashed(texts, self._seeds[1])
        first = pl.Series(by_key).is_first_distinct() & pl.Series(~self._find(by_key)[1])
        new = first.to_numpy()
        self._put_away(by_key[new], by_text[new], texts.filter(first))
        at, _ = self._find(by_key)
        return first, pl.Series(self._texts[at] != by_text)

    def _find(self, by_key: Numbers) -> tuple[npt.NDArray[np.intp], Flags]:
        """Where the things of these hashes stand, and whether there are any."""
        at = self._keys.searchsorted(by_key)
        if not len(self._keys):
            return at, np.zeros(len(at), np.bool_)
        at = np.minimum(at, len(self._keys) - 1)
        return at, self._keys[at] == by_key

    def _put_away_recent(self) -> None:
        """Move what is at hand into the file."""
        if self._recent:
            keys = pl.Series(list(self._recent), dtype=pl.String)
            texts = pl.Series([_text(*pair) for pair in self._recent.items()], dtype=pl.String)
            self._recent = {}
            self._put_away(_hashed(keys, self._seeds[0]), _hashed(texts, self._seeds[1]), texts)

    def _put_away(self, by_key: Numbers, by_text: Numbers, texts: pl.Series) -> None:
        """Append texts of things that are new to the file, and find them there from now on."""
        ended = texts + _END
        sizes = ended.str.len_bytes().to_numpy().astype(np.uint64)
        places = self._size + np.cumsum(sizes) - sizes
        self._file.seek(self._size)
        self._size += self._file.write(ended.str.join().item().encode())
        order = np.argsort(by_key)
        at = self._keys.searchsorted(by_key[order])
        self._keys = np.insert(self._keys, at, by_key[order])
        self._texts = np.insert(self._texts, at, by_text[order])
        self._places = np.insert(self._places, at, places[order])

    def _put_away_of(self, key: str) -> Said | None:
        at, is_held = self._find(_hashed(pl.Series([key]), self._seeds[0]))
        if not is_held[0]:
            return None
        found, *said = self._text_at(int(self._places[at[0]])).split(UNIT)
        if found != key:
            raise RuntimeError(f"{key!r} and {found!r} have the same hash, which no one can foresee: load again")
        return tuple([text or None for text in said])

    def _text_at(self, place: int) -> str:
        self._file.seek(place)
        blocks = iter(lambda: self._file.read(_BLOCK_BYTES), b"")
        text = b""
        for block in blocks:
            text += block
            if (end := text.find(_END.encode())) >= 0:
                return text[:end].decode()
        raise RuntimeError("the file of what was said was cut: make room on the disk and load again")


def _text(key: str, said: Said) -> str:
    return UNIT.join((key, *(text or "" for text in said)))


def _hashed(texts: pl.Series, seed: int) -> Numbers:
    return texts.hash(seed).to_numpy()
