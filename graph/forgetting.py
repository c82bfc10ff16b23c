"""Who was erased: what keeps them out of every later build, without saying who they are.

forgotten/key         random bytes, readable by the owner alone
forgotten/list.jsonl  one line an erased actor (`Entry`): keyed hashes of its ids, names and numbers

Without the key the hashes say nothing; with it, they only answer whether a text that one has is on the list. A name is
found wherever its words stand one after the other, however they are written (`DUPONT-Jean`, `dupont%20jean`), and a
pseudonym takes its place. A name of one word is found only where it fills a whole cell: `Cap` is in many texts.
"""

import hashlib
import re
import secrets
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import orjson

from graph import journal
from graph.home import Home
from ontology import iris
from ontology.loads import Load
from ontology.provenance import Issue, Loaded
from ontology.records import Actor, Figure, Measure, Membership, Record, Relation

Mask = Callable[[str], str]
"""Puts pseudonyms in the place of those who were erased."""

_LIST = "list.jsonl"
_PSEUDONYM = "forgotten-"
_KEY_BYTES = 32
_MAX_CELLS = 1 << 16
_WORD = re.compile(r"[^\W_]+")
_ENCODED = re.compile(r"[^\s\"<>,;|]*%[0-9A-Fa-f]{2}[^\s\"<>,;|]*")
_SAFE = ":/?#[]@!$&'()*+,;=~"
_BETWEEN_CELLS = frozenset('",;|\t\r\n<>')
"""What stands between the cells of a text of whatever format, and stays where a name goes from one to the next."""
_TITLES = frozenset({"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "me", "pr"})
_SIRET_DIGITS, _SIREN_DIGITS = 14, 9


@dataclass(frozen=True)
class Entry:
    """One erased actor. Hashes are hexadecimal."""

    pseudonym: str
    ids: tuple[str, ...]
    """Of its IRIs, and of its id without the source."""
    phrases: tuple[tuple[int, bool, str], ...]
    """(how many letters, whether it must fill a cell, hash) of each name or number."""
    when: str
    by: str
    why: str


@dataclass(frozen=True)
class _Phrase:
    letters: int
    whole: bool
    hash: str
    pseudonym: str


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int


class Forgotten:
    """The list of those who were erased; false where it is empty."""

    def __init__(self, key: bytes, entries: Iterable[Entry], sha256: str = "") -> None:
        self.entries = tuple(entries)
        self.sha256 = sha256
        """Of the list, for the run card; empty where there is none."""
        self._key = key
        self._ids = {one for entry in self.entries for one in entry.ids}
        self._phrases: Mapping[int, dict[str, _Phrase]] = _by_letters(self.entries)
        self._most = max((_SIRET_DIGITS, *self._phrases))
        self._pseudonyms = frozenset(entry.pseudonym for entry in self.entries)
        self.mask: Mask = lru_cache(_MAX_CELLS)(self._masked) if self.entries else str
        self.hides: Callable[[str], bool] = lru_cache(_MAX_CELLS)(self._hides)

    @classmethod
    def read(cls, home: Home) -> "Forgotten":
        """The list of a home; raises `OSError` where there is one without its key."""
        path = home.forgotten / _LIST
        if not path.is_file():
            return cls(b"", ())
        text = path.read_bytes()
        entries = [_entry(orjson.loads(line)) for line in text.splitlines() if line.strip()]
        return cls((home.forgotten / "key").read_bytes(), entries, hashlib.sha256(text).hexdigest())

    def __bool__(self) -> bool:
        """Whether anybody was erased."""
        return bool(self.entries)

    def _hides(self, text: str) -> bool:
        """Whether an actor's IRI, or its id without the source, is that of somebody who was erased."""
        return bool(self.entries) and _hashed(self._key, "id", text) in self._ids

    def is_pseudonym(self, name: str) -> bool:
        """Whether a name is a pseudonym of the list and nothing else but a form of address."""
        found = [one for one in self._pseudonyms if one in name]
        rest = _words(name.replace(found[0], " ")) if found else []
        return bool(found) and all(word.text in _TITLES for word in rest)

    def _masked(self, text: str) -> str:
        """The text with pseudonyms in place of names and numbers on the list."""
        return self._replaced(_ENCODED.sub(self._decoded, text) if "%" in text else text)

    def _decoded(self, found: re.Match[str]) -> str:
        """A part of an address, which stays as it is unless it names somebody."""
        plain = unquote(found[0])
        masked = self._replaced(plain)
        return found[0] if masked == plain else quote(masked, safe=_SAFE)

    def _replaced(self, text: str) -> str:
        words = _words(text)
        parts: list[str] = []
        at = first = 0
        while first < len(words):
            found = self._longest(text, words, first)
            if found is None:
                first += 1
                continue
            last, pseudonym = found
            start, end = words[first].start, words[last].end
            parts += (text[at:start], pseudonym, *(one for one in text[start:end] if one in _BETWEEN_CELLS))
            at, first = end, last + 1
        return "".join((*parts, text[at:])) if parts else text

    def _longest(self, text: str, words: list[_Word], first: int) -> tuple[int, str] | None:
        """The last word of the longest phrase of the list that begins with the word `first`, and the pseudonym."""
        joined, found = "", None
        for last in range(first, len(words)):
            joined += words[last].text
            if len(joined) > self._most:
                break
            phrase = self._phrase(joined)
            if phrase and (not phrase.whole or _fills_a_cell(text, words[first].start, words[last].end)):
                found = last, phrase.pseudonym
        return found

    def _phrase(self, joined: str) -> _Phrase | None:
        if len(joined) == _SIRET_DIGITS and joined.isdigit():
            joined = joined[:_SIREN_DIGITS]  # a SIRET begins with the SIREN
        known = self._phrases.get(len(joined))
        return known.get(_hashed(self._key, "phrase", joined)) if known else None


def _by_letters(entries: Iterable[Entry]) -> Mapping[int, dict[str, _Phrase]]:
    found: dict[int, dict[str, _Phrase]] = defaultdict(dict)
    for entry in entries:
        for letters, whole, digest in entry.phrases:
            found[letters][digest] = _Phrase(letters, whole, digest, entry.pseudonym)
    return dict(found)


def _entry(line: Mapping[str, Any]) -> Entry:
    """An entry as it was written. `Any`: JSON."""
    phrases = tuple((letters, whole, digest) for letters, whole, digest in line["phrases"])
    return Entry(line["pseudonym"], tuple(line["ids"]), phrases, line["when"], line["by"], line["why"])


def _words(text: str) -> list[_Word]:
    """The words of a text, in small letters without accents."""
    return [_Word(folded(one.group()), one.start(), one.end()) for one in _WORD.finditer(text)]


def folded(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.lower()
    return "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))


def _fills_a_cell(text: str, start: int, end: int) -> bool:
    while start and text[start - 1] == " ":
        start -= 1
    while end < len(text) and text[end] in " /":  # as at the end of an address
        end += 1
    begins, ends = text[start - 1 : start], text[end : end + 1]
    return (not begins or begins in _BETWEEN_CELLS) and (not ends or ends in _BETWEEN_CELLS)


def _hashed(key: bytes, kind: str, text: str) -> str:
    return hashlib.blake2b(f"{kind}\0{text}".encode(), key=key, digest_size=16).hexdigest()


def list_sha256(generation: Path) -> str:
    """The SHA-256 of the list that a generation was built with; empty where there was none."""
    card = orjson.loads((generation / "run.json").read_bytes()).get("forgotten", {})
    return str(card.get("sha256", ""))


# Writing the list


@dataclass(frozen=True)
class Erasure:
    """Whom to put on the list: what the graph says of one actor, and of those who are the same."""

    iris: tuple[str, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    """Register numbers."""
    addresses: tuple[str, ...] = ()
    """Of web sites, which are found only where they fill a cell: other addresses begin like them."""


def append(home: Home, erasure: Erasure, *, when: str, by: str, why: str) -> None:
    """Put an actor on the list, in one write that reaches the disk; what `why` says of its name is masked."""
    path = home.forgotten / _LIST
    with journal.locked(path):
        key = _key_of(home)
        pseudonym = _PSEUDONYM + _hashed(key, "pseudonym", erasure.iris[0])[:12]
        ids = (text for iri in erasure.iris for text in (iri, iris.parse(iri)[2]))
        entry = Entry(
            pseudonym=pseudonym,
            ids=tuple(_hashed(key, "id", one) for one in dict.fromkeys(ids)),
            phrases=tuple(dict.fromkeys(_phrases(key, erasure))),
            when=when,
            by=by,
            why="",
        )
        said = {**asdict(entry), "why": Forgotten(key, [entry]).mask(why)}
        journal.append(path, orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE))


def _phrases(key: bytes, erasure: Erasure) -> Iterator[tuple[int, bool, str]]:
    for kind in (erasure.names, erasure.numbers, erasure.addresses):
        for text in kind:
            words = [word.text for word in _words(text)]
            joined = "".join(words)
            whole = kind is erasure.addresses or (kind is erasure.names and len(words) == 1)
            if joined:
                yield len(joined), whole, _hashed(key, "phrase", joined)


def names(erasure: Erasure, text: str) -> bool:
    """Whether a text names the actor."""
    entry = Entry(_PSEUDONYM, (), tuple(_phrases(b"", erasure)), "", "", "")
    return Forgotten(b"", [entry]).mask(text) != text


def _key_of(home: Home) -> bytes:
    """The key of a home, made where there is none yet."""
    path = home.forgotten / "key"
    if not path.is_file():
        partial = path.with_suffix(".new")
        partial.touch(mode=0o600)
        partial.write_bytes(secrets.token_bytes(_KEY_BYTES))
        partial.replace(path)
    return path.read_bytes()


# Keeping them out


def without(load: Load, forgotten: Forgotten) -> Load:
    """The load without those who were erased and whatever ties them; alliances stay.

    Each row of which a record was left out is counted in its file's `rows_suppressed`.
    """
    if forgotten:
        load.items = _Kept(load, forgotten).records(load.records)
    return load


class _Kept:
    """What remains of one load."""

    def __init__(self, load: Load, forgotten: Forgotten) -> None:
        self._load = load
        self._forgotten = forgotten
        self._gone: set[str] = set()
        self._known: set[str] = set()
        self._rows: set[tuple[str, int]] = set()

    def records(self, loaded: Iterable[Loaded]) -> Iterator[Loaded]:
        """The records that stay. A tie that comes before what it ties waits until the end."""
        waiting: list[Loaded] = []
        for one in loaded:
            if not self._is_gone(one):
                if self._known.issuperset(_ends(one.record)):
                    yield self._without_names(one)
                else:
                    waiting.append(one)
        yield from (one for one in waiting if not self._is_gone(one))
        self._report()

    def _is_gone(self, one: Loaded) -> bool:
        record = one.record
        if isinstance(record, Actor):
            gone = self._hides(record.iri) or self._forgotten.is_pseudonym(record.name)
            (self._gone if gone else self._known).add(record.iri)
        else:
            gone = any(self._hides(iri) for iri in _ends(record))
        if gone:
            self._rows.add((one.layout.file, one.row))
        return gone

    def _hides(self, iri: str) -> bool:
        return iri in self._gone or self._forgotten.hides(iri)

    def _without_names(self, one: Loaded) -> Loaded:
        """The record without references to who is gone."""
        record = one.record
        if not isinstance(record, Measure):
            return one
        kept = {name: tuple(iri for iri in getattr(record, name) if not self._hides(iri)) for name in _LISTS}
        return replace(one, record=record.model_copy(update=kept))

    def _report(self) -> None:
        for report in self._load.files:
            report.rows_suppressed = sum(file == report.file for file, _ in self._rows)
            report.issues = [one for one in report.issues if not self._speaks_of_them(one)]

    def _speaks_of_them(self, issue: Issue) -> bool:
        """Whether a remark (no refusal: those are counted) is on a row about somebody who was erased."""
        return not issue.refused and any(self._forgotten.is_pseudonym(cell) for cell in issue.original.values())


_LISTS = ("leads", "involved")


def _ends(record: Record) -> tuple[str, ...]:
    """The actors that a record cannot be without."""
    if isinstance(record, Membership):
        return (record.actor,)
    if isinstance(record, Relation):
        return tuple(iri for iri in (record.subject, record.object) if _is_actor(iri))
    return (record.study,) if isinstance(record, Figure) and _is_actor(record.study) else ()


def _is_actor(iri: str) -> bool:
    return iri.startswith(iris.all_of(Actor.kind_name))
