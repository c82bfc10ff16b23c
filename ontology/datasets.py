"""Sources and their files as RDF: what each named graph is, and which files it was read from."""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from ontology import iris
from ontology.provenance import FileReport, Source
from ontology.rdf import AL, DCAT, DCT, ENGLISH, FRENCH, INTEGER, PLAIN, PROV, RDFS, TYPE, Codec, Term, node, web


def source_quads(source: Source, files: Iterable[FileReport]) -> Iterator[Quad]:
    """Describe a source and its files, in the source's own graph. Holds no time: two builds give the same."""
    dataset = node(iris.dataset(source.name))
    for predicate, term in _source_statements(source):
        yield Quad(dataset, predicate, term, dataset)
    for report in files:
        file = NamedNode(iris.mint("file", source.name, report.file))
        yield Quad(dataset, node(DCAT + "distribution"), file, dataset)
        for predicate, term in _file_statements(report):
            yield Quad(file, predicate, term, dataset)


def _source_statements(source: Source) -> Iterator[tuple[NamedNode, Term]]:
    yield TYPE, node(DCAT + "Dataset")
    yield node(DCT + "identifier"), Literal(source.name)
    yield node(RDFS + "label"), FRENCH.write(source.title_fr)
    yield node(RDFS + "label"), ENGLISH.write(source.title_en)
    yield node(AL + "publisherName"), Literal(source.publisher)
    yield node(DCT + "license"), web(source.licence_url)
    yield node(DCAT + "landingPage"), web(source.homepage)
    yield from _texts(
        (AL + "attribution", source.attribution, FRENCH),
        (AL + "vintage", source.vintage, PLAIN),
        (AL + "coverage", source.coverage.fr, FRENCH),
        (AL + "coverage", source.coverage.en, ENGLISH),
    )
    for name, codes in (("coversCompletely", source.coverage.complete), ("coversPartly", source.coverage.partial)):
        for code in codes:
            yield node(AL + name), node(iris.territory(code))


def _texts(*statements: tuple[str, str, Codec]) -> Iterator[tuple[NamedNode, Term]]:
    return ((node(iri), codec.write(text)) for iri, text, codec in statements if text)


def _file_statements(report: FileReport) -> Iterator[tuple[NamedNode, Term]]:
    yield TYPE, node(DCAT + "Distribution")
    yield TYPE, node(PROV + "Entity")
    yield node(DCT + "identifier"), Literal(report.file)
    if report.sha256:
        yield node(AL + "sha256"), Literal(report.sha256)
    for name in ("rows_read", "rows_loaded", "rows_quarantined"):
        first, second = name.split("_")
        yield node(AL + first + second.capitalize()), INTEGER.write(getattr(report, name))
