"""Cypher as Neo4j understands it, made into what the engine in this process (kglite) understands the same way.

- `r.start` and `r.end` of a relationship without such a property are the `id` of its ends there, and `end` is a word of
  the language wherever it stands. So a query gets `r['start']`, which has neither flaw, and its columns get their names
  back.
- A property that a pattern compares with one of a variable of the same `MATCH`, `(s {id: l.source})`, finds nothing.
  Such a query is refused with advice; `WHERE s.id = l.source` works.
"""

import re
from typing import Final

from graph.mirror.engine import BadQuery

_NOT_CODE: Final = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|//[^\n]*""")
"""Texts, quoted names and comments: what no word of the language stands in."""
_PERIOD: Final = re.compile(rf"{_NOT_CODE.pattern}|(?P<of>\b[A-Za-z_]\w*)\.(?P<key>start|end)\b|\b(?P<map>end)(?=\s*:)")
"""`start` and `end` as properties, `r.end` and `{end: …}`; what is no code is found first, so that it is left alone."""
_BRACKETED: Final = re.compile(r"\b([A-Za-z_]\w*)\['(start|end)'\]")
_ASSIGNS: Final = re.compile(r"\b(?:SET|REMOVE)\b", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"\b(MATCH|WHERE|RETURN|WITH|UNWIND|CALL|CREATE|MERGE|SET|DELETE|UNION)\b", re.IGNORECASE)
_MAP_OF: Final = re.compile(r"\{[^{}]*?:\s*([A-Za-z_]\w*)\s*[.\[][^{}]*\}")
_LOAD: Final = re.compile(r"\bLOAD\s+CSV\b", re.IGNORECASE)


def reads_files(query: str) -> bool:
    """Whether the query would load a file or an address."""
    return bool(_LOAD.search(_NOT_CODE.sub(" ", query)))


def adapted(query: str) -> str:
    """The query as the engine needs it; raises `BadQuery` for what it would answer wrongly.

    What a query assigns to cannot be in brackets, only quoted.
    """
    _refuse_unseen(query)
    assigns = bool(_ASSIGNS.search(_NOT_CODE.sub(" ", query)))

    def adapt(found: re.Match[str]) -> str:
        if found["map"]:
            return "`end`"
        if not found["key"]:
            return found[0]
        return f"{found['of']}.`{found['key']}`" if assigns else f"{found['of']}['{found['key']}']"

    return _PERIOD.sub(adapt, query)


def _refuse_unseen(query: str) -> None:
    """Raise `BadQuery` where a map of a pattern takes a value from a variable that the same `MATCH` introduces."""
    before = ""
    first, *parts = _CLAUSE.split(_NOT_CODE.sub(" ", query))
    for word, text in zip(parts[::2], parts[1::2], strict=True):
        names = set(_MAP_OF.findall(text)) if word.upper() == "MATCH" else set()
        for name in sorted(names):
            if not re.search(rf"\b{name}\b", first + before):
                raise BadQuery(f"this engine compares with {name} only in WHERE, or in a later MATCH: move it there")
        before += f" {text}"


def column(name: str) -> str:
    """The name of a column as the query that was asked had it."""
    return _BRACKETED.sub(r"\1.\2", name)
