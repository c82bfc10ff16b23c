"""RDF as a table: a row a statement, in the order of the file. The n-th statement is row n + 1.

Columns: subject, predicate, object, kind (of the object: iri, blank, literal, triple), datatype, language, graph.
Blank nodes are numbered as they come (`_:1`), so that the same file always gives the same table. Nothing is fetched:
JSON-LD whose context lies elsewhere is refused, and so is XML with a document type.
"""

from collections.abc import Iterator
from typing import BinaryIO

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from loaders.errors import FileError
from loaders.reading.markup import refuse_document_type
from loaders.reading.raw import MAX_STATEMENTS, RawRow, RawTable

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
}
"""The formats by how files are called."""
HEADER = ("subject", "predicate", "object", "kind", "datatype", "language", "graph")
_NOWHERE = "https://example.invalid/"
"""What relative names of a file are relative to: a host that cannot exist (RFC 2606)."""


def open_statements(stream: BinaryIO, name: str) -> RawTable:
    """The statements of an RDF file; raises `FileError` where it cannot be read to its end."""
    kind = FORMATS["." + name.lower().rpartition(".")[2]]
    if kind == RdfFormat.RDF_XML:
        refuse_document_type(stream)
        stream.seek(0)
    return RawTable(HEADER, _rows(stream, kind))


def _rows(stream: BinaryIO, kind: RdfFormat) -> Iterator[RawRow]:
    nodes: dict[str, str] = {}
    number = 1
    try:
        for number, quad in enumerate(parse(stream, format=kind, base_iri=_NOWHERE), start=2):
            if number > MAX_STATEMENTS + 1:
                raise FileError("too_many_rows", f"over {MAX_STATEMENTS:,} statements", row=number)
            yield number, _cells(quad, nodes)
    except (SyntaxError, ValueError, OSError, EOFError) as error:
        raise FileError("bad_rdf", str(error), row=number + 1) from error


def _cells(quad: Quad, nodes: dict[str, str]) -> tuple[str, ...]:
    graph = "" if isinstance(quad.graph_name, DefaultGraph) else _name(quad.graph_name, nodes)
    return (_name(quad.subject, nodes), quad.predicate.value, *_object(quad.object, nodes), graph)


def _name(term: NamedNode | BlankNode | Triple, nodes: dict[str, str]) -> str:
    if isinstance(term, BlankNode):
        return nodes.setdefault(term.value, f"_:{len(nodes) + 1}")
    return term.value if isinstance(term, NamedNode) else str(term)


def _object(term: NamedNode | BlankNode | Literal | Triple, nodes: dict[str, str]) -> tuple[str, str, str, str]:
    """Text, kind, datatype and language of an object."""
    if isinstance(term, Literal):
        return term.value, "literal", term.datatype.value, term.language or ""
    kind = {NamedNode: "iri", BlankNode: "blank"}.get(type(term), "triple")
    return _name(term, nodes), kind, "", ""
