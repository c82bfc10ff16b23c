"""What the endpoint says about itself: a SPARQL 1.1 service description."""

from collections.abc import Iterable, Iterator

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, Triple

from api.sparql.formats import RDF_FORMATS

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
PREFIXES = {"sd": SD, "formats": FORMATS}
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_RESULT_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)


def describe(endpoint: str, graphs: Iterable[str], media_type: str) -> bytes:
    """The description in one of the RDF formats; `graphs` are the names of the graphs that are served."""
    return pyoxigraph.serialize(_triples(endpoint, graphs), format=RDF_FORMATS[media_type], prefixes=PREFIXES) or b""


def _triples(endpoint: str, graphs: Iterable[str]) -> Iterator[Triple]:
    service, dataset, union = BlankNode("service"), BlankNode("dataset"), BlankNode("union")
    yield Triple(service, _TYPE, _sd("Service"))
    yield Triple(service, _sd("endpoint"), _address(endpoint))
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in _RESULT_FORMATS:
        yield Triple(service, _sd("resultFormat"), NamedNode(FORMATS + name))
    yield Triple(service, _sd("defaultDataset"), dataset)
    yield Triple(dataset, _TYPE, _sd("Dataset"))
    yield Triple(dataset, _sd("defaultGraph"), union)
    yield Triple(union, _TYPE, _sd("Graph"))
    for number, graph in enumerate(graphs):
        named = BlankNode(f"graph{number}")
        yield Triple(dataset, _sd("namedGraph"), named)
        yield Triple(named, _TYPE, _sd("NamedGraph"))
        yield Triple(named, _sd("name"), NamedNode(graph))


def _address(endpoint: str) -> NamedNode | BlankNode:
    """The endpoint by its address; unnamed where a client called it by something that is no IRI."""
    try:
        return NamedNode(endpoint)
    except ValueError:
        return BlankNode("endpoint")


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)
