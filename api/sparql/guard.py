r"""A look at a query before it reaches the parser: what it asks for, and whether it is within the limits.

The guard is no wall, only a courtesy: it answers in a sentence, at once, what would otherwise cost a worker its life.
The wall is the sandbox. It reads tokens, never substrings, so that « SERVICE » in a string, an IRI, a comment, a
variable or a prefixed name is what it is. Three habits of the engine's parser make the difference:

- it needs no space after a keyword (`SERVICE:ep {`, `trueSERVICE<x> {`), so a keyword may hide in a longer word;
- `<` opens an IRI or compares, and only the grammar knows which (`1<2)SERVICE?x#>`), so where an IRI holds a
  closing parenthesis, both readings are followed;
- `\u` is decoded within strings and IRIs only, so elsewhere it has no meaning, and is refused.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import dropwhile
from typing import NamedTuple

from api.limits import LIMITS, Limits
from api.sparql.errors import BadQueryError, ForbiddenError, TooLargeError

FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_PROLOGUE = frozenset({"PREFIX", "BASE", "VERSION"})
_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))
_GROUPS = frozenset(("OPTIONAL", "MINUS", "GRAPH", "FILTER", "BIND", "VALUES", "LATERAL", "EXISTS"))
_TERM_WORDS = frozenset({"A", "TRUE", "FALSE"})
_SEPARATORS = frozenset(".;,")
_PATH_STEPS = frozenset("/|^")
_OPERATORS = frozenset({"||", "&&", "!", "+", "-", "*"})
_GRAPH_NAME_FOLLOWS = frozenset({"GRAPH", "FROM", "NAMED", "DESCRIBE"})

_BASE_CHARS = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_CHARS = rf"{_BASE_CHARS}_0-9\-\u00b7\u0300-\u036f\u203f-\u2040"
_LOCAL_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = (
    rf"(?:[{_BASE_CHARS}_:0-9]|{_LOCAL_ESCAPE})"
    rf"(?:\.*(?:[{_NAME_CHARS}:]|{_LOCAL_ESCAPE}))*"
)
_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\r\n]+|\#[^\r\n]*)
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>)
    | (?P<string>'''(?:'{{0,2}}(?:[^'\\]|\\[\s\S]))*'''|\"\"\"(?:"{{0,2}}(?:[^"\\]|\\[\s\S]))*\"\"\"
               |'(?:[^'\\\r\n]|\\[^\r\n])*'|"(?:[^"\\\r\n]|\\[^\r\n])*")
    | (?P<variable>[?$][{_BASE_CHARS}_0-9][{_BASE_CHARS}_0-9\u00b7\u0300-\u036f\u203f-\u2040]*)
    | (?P<blank>_:[{_BASE_CHARS}_0-9](?:\.*[{_NAME_CHARS}])*)
    | (?P<name>(?:[{_BASE_CHARS}](?:\.*[{_NAME_CHARS}])*)?:(?:{_LOCAL})?)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<open>[{{[(])
    | (?P<close>[}}\])])
    | (?P<mark>\^\^|\|\||&&|!=|[^\\'"])
    """,
    re.VERBOSE,
)
_MAX_DOUBTFUL = 200
"""IRIs that are read twice, because they may be comparisons."""
_TERMS = frozenset({"iri", "string", "variable", "blank", "name", "number"})


class Token(NamedTuple):
    """One token of a query; `kind` is the name of its group in the grammar above."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The keyword in capitals, "" for what is no word."""
        return self.text.upper() if self.kind == "word" else ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a query asks for, as far as its tokens tell."""

    form: str
    """SELECT, ASK, CONSTRUCT or DESCRIBE."""
    has_dataset: bool
    """Whether it names its own data set with FROM."""


def inspect(text: str, limits: Limits = LIMITS) -> Inspection:
    """Check the query against the limits; raises `BadQueryError`, `ForbiddenError` or `TooLargeError`."""
    _check_encoding(text, limits.sparql_query_bytes)
    tokens = list(tokenize(text))
    form = _form(tokens)
    tally = _Tally(limits)
    for token in tokens:
        tally.add(token)
    _refuse_service(text, tokens)
    return Inspection(form, tally.has_dataset)


def tokenize(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of a query without spaces and comments; raises `BadQueryError` where there is none."""
    while start < len(text):
        token = _token_at(text, start)
        if token.kind != "space":
            yield token
        start = token.end


def _token_at(text: str, start: int) -> Token:
    match = _TOKEN.match(text, start)
    if match is None or match.lastgroup is None:
        raise BadQueryError(
            f"Unreadable from line {text.count(chr(10), 0, start) + 1} on: {_why_unreadable(text[start])}."
        )
    return Token(match.lastgroup, match.group(), start, match.end())


def _why_unreadable(character: str) -> str:
    if character == "\\":
        return "a backslash stands only within strings, IRIs and the local part of a prefixed name"
    return "a string is not closed"


def _check_encoding(text: str, max_bytes: int) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise BadQueryError("The query holds half a character (a lone surrogate).") from None
    if size > max_bytes:
        raise TooLargeError(f"The query has {size:,} bytes; {max_bytes:,} are the most.")


def _form(tokens: Sequence[Token]) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE: the first keyword after the prologue."""
    first = next((token.word for token in tokens if token.word and token.word not in _PROLOGUE), "")
    if first in _UPDATES:
        raise ForbiddenError("Updates are refused here: the data changes only with a new generation.")
    if first not in FORMS:
        raise BadQueryError("A query begins, after PREFIX and BASE, with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    return first


def _refuse_service(text: str, tokens: Sequence[Token]) -> None:
    if any(_may_be_service(run, i) for run in _readings(text, tokens) for i in range(len(run))):
        raise ForbiddenError("SERVICE is refused here: this endpoint asks no other one.")


def _may_be_service(tokens: Sequence[Token], i: int) -> bool:
    """Whether the engine could read the keyword SERVICE in token `i`."""
    token = tokens[i]
    if token.kind == "word":
        return "SERVICE" in token.text.upper()
    if token.kind != "name" or "SERVICE" not in token.text.partition(":")[0].upper():
        return False
    before = tokens[i - 1].word if i else ""
    after = tokens[i + 1].text if i + 1 < len(tokens) else ""
    return after == "{" and before not in _GRAPH_NAME_FOLLOWS


def _readings(text: str, tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens, and the runs of tokens that follow where `<` compares rather than opens an IRI."""
    yield tokens
    seen = _Seen({token.start for token in tokens}, set())
    doubtful = [token for token in tokens if _is_doubtful(token)]
    _at_most(len(doubtful), _MAX_DOUBTFUL, "IRIs with parentheses in them")
    while doubtful:
        run = _run(text, doubtful.pop().start + 1, seen)
        doubtful += [token for token in run if _is_doubtful(token)]
        yield list(dropwhile(lambda token: token.text != ")", run))


def _is_doubtful(token: Token) -> bool:
    """Whether an IRI could be a comparison: one that SERVICE can follow is in parentheses, which end first."""
    return token.kind == "iri" and ")" in token.text


class _Seen(NamedTuple):
    """Where tokens begin that have been read; what follows a place is always the same, so no run passes it twice.

    `checked` ones may not be SERVICE; those `within` the parentheses of a comparison cannot be that keyword.
    """

    checked: set[int]
    within: set[int]


def _run(text: str, start: int, seen: _Seen) -> list[Token]:
    """The tokens from `start` on, up to one that was seen before."""
    run: list[Token] = []
    here = seen.within
    try:
        for token in tokenize(text, start):
            run.append(token)
            if token.start in seen.checked or token.start in here:
                break
            here.add(token.start)
            here = seen.checked if token.text == ")" else here
    except BadQueryError:
        pass  # this reading breaks off, so the engine cannot follow it either; what came before it counts
    return run


class _Reading(Enum):
    """Where the reader stands within an open bracket."""

    NEXT = auto()
    """Before a triple."""
    TRIPLE = auto()
    """Within a triple, which has been counted."""
    KEYWORD = auto()
    """Between a keyword and the bracket that it announces."""


@dataclass(slots=True)
class _Level:
    """An open bracket, or the whole query; terms count where a triple pattern may stand."""

    bracket: str
    pattern: bool
    values: bool = False
    """Whether VALUES was read, and its braces are to come."""
    reading: _Reading = _Reading.NEXT


@dataclass(slots=True)
class _Tally:
    """Counts what makes a query heavy to parse and to plan.

    Triple patterns are counted by their separators: an estimate, at times a few too high.
    """

    limits: Limits
    has_dataset: bool = False
    patterns: int = 0
    operators: int = 0
    levels: list[_Level] = field(default_factory=lambda: [_Level("", pattern=False)])

    def add(self, token: Token) -> None:
        """Count one token; raises `BadQueryError` where it is the one too many."""
        if token.kind == "open":
            self._open(token.text)
        elif token.kind == "close":
            self._close()
        elif token.kind == "mark":
            self._mark(token.text)
        elif token.word and token.word not in _TERM_WORDS:
            self._keyword(token.word)
        elif token.kind in _TERMS or token.word:
            self._term()
        self._check()

    def _open(self, bracket: str) -> None:
        here = self.levels[-1]
        announced = here.reading is _Reading.KEYWORD or here.values
        if not announced:
            self._term()  # a group, a blank node, a list or a path
        if bracket == "{":
            self.levels.append(_Level(bracket, pattern=not here.values))
            here.values = False
        else:  # what stands in parentheses after a keyword, or within an expression, is an expression
            self.levels.append(_Level(bracket, pattern=here.pattern and not announced))

    def _close(self) -> None:
        if len(self.levels) == 1:
            raise BadQueryError("A bracket is closed that was not opened.")
        closed, here = self.levels.pop(), self.levels[-1]
        if closed.bracket == "{" or here.reading is _Reading.KEYWORD:
            here.reading = _Reading.NEXT

    def _mark(self, mark: str) -> None:
        self.patterns += mark in _PATH_STEPS
        self.operators += mark in _OPERATORS
        if mark in _SEPARATORS:
            self.levels[-1].reading = _Reading.NEXT

    def _keyword(self, word: str) -> None:
        self.levels[-1].reading = _Reading.KEYWORD
        self.levels[-1].values |= word == "VALUES"
        self.patterns += word in _GROUPS
        self.operators += word == "UNION"
        self.has_dataset |= word == "FROM" and len(self.levels) == 1

    def _term(self) -> None:
        here = self.levels[-1]
        if here.pattern and (here.bracket == "(" or here.reading is _Reading.NEXT):
            self.patterns += 1
            here.reading = _Reading.TRIPLE

    def _check(self) -> None:
        _at_most(len(self.levels) - 1, self.limits.sparql_nesting, "brackets within one another")
        _at_most(self.patterns, self.limits.sparql_patterns, "triple patterns, path steps and groups")
        _at_most(self.operators, self.limits.sparql_operators, "UNION, ||, &&, ! and arithmetic signs")


def _at_most(count: int, limit: int, what: str) -> None:
    if count > limit:
        raise BadQueryError(f"The query has more than {limit} {what}; ask it in parts.")
