"""Results as text, cut at a limit of rows and bytes.

The engine writes results fast, but all or nothing. So it writes into a sink that stops it when there is enough, and
what it wrote is cut after the last whole row. A cut says so: always in the header `X-Result-Truncated`, and in the
body wherever the format has a place for it.

- JSON: `head.link`, which the standard has for further information, and the member `head.truncated`
- XML: `<link href="…"/>` in the head
- Turtle, N-Triples, RDF/XML: a comment
- CSV, TSV, JSON-LD: the header alone
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO, cast

import pyoxigraph
from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, Triple

TRUNCATED_LINK = "https://w3id.org/alliances/ontology#truncated"


class RowTooLargeError(Exception):
    """The first row alone is beyond the limit of bytes."""


@dataclass(frozen=True, slots=True)
class Body:
    """A written result, and whether it was cut."""

    content: bytes
    truncated: bool


def write(
    results: QueryBoolean | QuerySolutions | QueryTriples, media_type: str, max_rows: int, max_bytes: int
) -> Body:
    """The results in a format of `api.sparql.negotiation`, cut at either limit; raises `RowTooLargeError`."""
    if isinstance(results, QueryTriples):
        return _write_graph(results, RDF_FORMATS[media_type], max_rows, max_bytes)
    table = _TABLES[media_type]
    if isinstance(results, QueryBoolean):
        return Body(results.serialize(format=table.form) or b"", truncated=False)
    return _write_table(results, table, max_rows, max_bytes)


# Graphs

RDF_FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}


def _write_graph(triples: QueryTriples, form: RdfFormat, max_rows: int, max_bytes: int) -> Body:
    kept, truncated = _fitting(triples, max_rows, max_bytes)
    content = pyoxigraph.serialize(kept, format=form) or b""
    return Body(_with_comment(content, form, len(kept)) if truncated else content, truncated)


def _fitting(triples: Iterable[Triple], max_rows: int, max_bytes: int) -> tuple[list[Triple], bool]:
    """The triples that fit, measured as N-Triples, and whether there are more; raises `RowTooLargeError`."""
    kept: list[Triple] = []
    size = 0
    for triple in triples:
        size += len(f"{triple} .\n".encode())
        if size > max_bytes and not kept:
            raise RowTooLargeError
        if size > max_bytes or len(kept) == max_rows:
            return kept, True
        kept.append(triple)
    return kept, False


def _with_comment(content: bytes, form: RdfFormat, rows: int) -> bytes:
    text = f"truncated: the first {rows} triples of a longer answer"
    if form in {RdfFormat.TURTLE, RdfFormat.N_TRIPLES}:
        return f"# {text}\n".encode() + content
    if form == RdfFormat.RDF_XML:
        return content + f"\n<!-- {text} -->".encode()
    return content


# Tables


@dataclass(frozen=True, slots=True)
class Table:
    """A format of tables, as the engine writes it."""

    form: QueryResultsFormat
    separator: bytes
    """Stands between two rows or after each: there are at most as many rows as these, and one."""
    ends: Callable[[str], Iterator[int]]
    """Where each row that is there as a whole ends."""
    closing: str = ""
    head_end: str = ""
    """Before the first of these stands `note` in a result that was cut."""
    note: str = ""
    clean: Callable[[bytes], bytes] = bytes


class _EnoughError(Exception):
    """Stops the engine in the middle of writing."""


class _Sink:
    """A file that the engine writes to, which raises when it holds more than is wanted."""

    def __init__(self, table: Table, max_rows: int, max_bytes: int) -> None:
        self.content = bytearray()
        self.enough = False
        self._table, self._max_rows = table, max_rows
        self._most_bytes = max_bytes + len(table.closing)  # with more, there is a row too many for sure
        self._separators = 0
        self._look_at = max_rows

    def write(self, data: bytes) -> int:
        """Keep the data; raises `_EnoughError` to be given no more."""
        self.content += data
        self._separators += data.count(self._table.separator)
        self.enough = len(self.content) > self._most_bytes or self._has_enough_rows()
        if self.enough:
            raise _EnoughError
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def _has_enough_rows(self) -> bool:
        """Whether there is a row too many; separators may stand within a value, so then all are looked at."""
        if self._separators <= self._look_at:
            return False
        self._look_at *= 2
        return next(islice(self._table.ends(_text(self.content)), self._max_rows, None), None) is not None


def _write_table(results: QuerySolutions, table: Table, max_rows: int, max_bytes: int) -> Body:
    sink = _Sink(table, max_rows, max_bytes)
    with suppress(_EnoughError):
        results.serialize(cast("IO[bytes]", sink), format=table.form)  # of a file, it needs what the sink has
    content = bytes(sink.content)
    if not sink.enough and content.count(table.separator) < max_rows:
        return Body(table.clean(content), truncated=False)
    return _cut(content, table, max_rows, max_bytes, complete=not sink.enough)


def _cut(content: bytes, table: Table, max_rows: int, max_bytes: int, *, complete: bool) -> Body:
    """The rows that fit of a content that may have more, or may break off."""
    text = _text(content)
    ends = list(islice(table.ends(text), max_rows + 1))
    if complete and len(ends) <= max_rows:
        return Body(table.clean(content), truncated=False)
    kept = [end for end in ends[:max_rows] if end <= max_bytes]
    if not kept:
        raise RowTooLargeError
    rows = text[: kept[-1]]
    noted = rows.replace(table.head_end, table.note + table.head_end, 1) if table.note else rows
    return Body(table.clean((noted + table.closing).encode("latin-1")), truncated=True)


def _text(content: bytes | bytearray) -> str:
    """The bytes as characters, one for one: all that is looked for is ASCII, and may break off anywhere."""
    return content.decode("latin-1")


def _json_ends(text: str) -> Iterator[int]:
    decode = json.JSONDecoder().raw_decode
    end = text.index('"bindings":[') + len('"bindings":[')
    try:
        while text[end] in "{,":
            _, end = decode(text, end + (text[end] == ","))
            yield end
    except (ValueError, IndexError):
        return  # the last row breaks off


def _xml_ends(text: str) -> Iterator[int]:
    return (match.end() for match in re.finditer("</result>", text))


_CSV_LINE = re.compile('(?:"[^"]*"|[^"\r\n])*+\r\n')


def _csv_ends(text: str) -> Iterator[int]:
    match = _CSV_LINE.match(text)
    while match and (match := _CSV_LINE.match(text, match.end())):
        yield match.end()


def _tsv_ends(text: str) -> Iterator[int]:
    return (match.end() for match in islice(re.finditer("\n", text), 1, None))


_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


def _clean_xml(content: bytes) -> bytes:
    """Well-formed XML: the engine writes control characters, for which there is no place, and bare returns."""
    return _NO_XML.sub("\ufffd".encode(), content).replace(b"\r", b"&#13;")


_TABLES = {
    "application/sparql-results+json": Table(
        form=QueryResultsFormat.JSON,
        separator=b"},{",
        ends=_json_ends,
        closing="]}}",
        head_end='},"results":',
        note=f',"link":["{TRUNCATED_LINK}"],"truncated":true',
    ),
    "application/sparql-results+xml": Table(
        form=QueryResultsFormat.XML,
        separator=b"</result>",
        ends=_xml_ends,
        closing="</results></sparql>",
        head_end="</head>",
        note=f'<link href="{TRUNCATED_LINK}"/>',
        clean=_clean_xml,
    ),
    "text/csv": Table(form=QueryResultsFormat.CSV, separator=b"\r\n", ends=_csv_ends),
    "text/tab-separated-values": Table(form=QueryResultsFormat.TSV, separator=b"\n", ends=_tsv_ends),
}
