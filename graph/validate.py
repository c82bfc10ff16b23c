"""SHACL over a generation's quads: a thin adapter of two engines that must agree.

`rust` (shacl-rust) guards every build; `pyshacl` is the slow reference that tests compare it with.
The named graphs of the data are read as their union, together with the ontology, whose concepts the
shapes look up.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BufferedReader, BytesIO
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any
from typing import Literal as Choice

import shacl_rust
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize
from zlib_ng import gzip_ng

from graph.apart import answer
from graph.portions import AT_ONCE_BYTES, Aside, Blocks, Readable
from ontology import schemes
from ontology.rdf import ORG

SH = "http://www.w3.org/ns/shacl#"
Engine = Choice["rust", "pyshacl"]
_MEMBERSHIP = ORG + "Membership"
_BUFFER_BYTES = 1 << 20
_PERIOD_IN_ORDER = "https://w3id.org/alliances/shapes#PeriodInOrder"


@dataclass(frozen=True, order=True)
class Violation:
    """One broken rule. Texts are plain: IRIs without brackets, literals by their value alone."""

    focus: str
    """The IRI of the thing (the text, where the shape looks at a literal)."""
    path: str
    """The IRI of the property; empty where the rule is about the thing as a whole."""
    component: str
    """Which kind of rule, such as `MinCount` or `Class`."""
    value: str
    """The offending value; empty where something is missing or too many."""
    severity: str
    """`Violation`, `Warning` or `Info`."""
    message_fr: str
    message_en: str


@dataclass(frozen=True)
class Report:
    """What a validation found; `violations` is sorted and holds nothing twice."""

    conforms: bool
    violations: tuple[Violation, ...]


def validate(data: Path | IO[bytes], *, engine: Engine = "rust", at_once: int = AT_ONCE_BYTES) -> Report:
    """Check N-Quads against the shapes: a path (`.gz` is unpacked on the way) or an open binary file that can seek.

    The memberships are checked apart where they are more than `at_once` bytes: memory does not grow with them.
    Raises `ValueError` where the data is no N-Quads, `OSError` where it cannot be read.
    """
    found = set(_in_portions(data, at_once) if engine == "rust" else _whole(data))
    return Report(conforms=not found, violations=tuple(sorted(found)))


def _whole(data: Path | IO[bytes]) -> Iterator[Violation]:
    with _opened(data) as quads:
        yield from _pyshacl(quads)


def _in_portions(data: Path | IO[bytes], at_once: int) -> Iterator[Violation]:
    beside = data.parent if isinstance(data, Path) else None
    with tempfile.TemporaryDirectory(dir=beside) as folder, _opened(data) as quads:
        aside = Aside(Path(folder))
        yield from _rust(Blocks(_few_with_the_rest(aside, quads, at_once)), _shapes())
        if aside.size > at_once:
            for portion in aside.portions(at_once):
                yield from _rust(portion, _shapes_of_memberships())


def _few_with_the_rest(aside: Aside, quads: IO[bytes], at_once: int) -> Iterator[bytes]:
    """All that is no membership, and then the memberships, unless they are too many."""
    yield from aside.rest(quads)
    if aside.size <= at_once:
        yield from aside.lines()


@contextmanager
def _opened(data: Path | IO[bytes]) -> Iterator[IO[bytes]]:
    """The bytes of `data` from the beginning; a file that the caller opened stays open."""
    if not isinstance(data, Path):
        data.seek(0)
        yield data
        return
    with _unpacked(data) if data.suffix == ".gz" else data.open("rb") as opened:
        yield opened


def _unpacked(packed: Path) -> BufferedReader:
    # Buffered once more: alone, it looks for each line in Python.
    return BufferedReader(gzip_ng.open(packed), _BUFFER_BYTES)  # type: ignore[no-untyped-call]


class _WithOntology:
    """What is read, followed by the ontology; has what shacl-rust asks for, `read`.

    shacl-rust asks again and again for what cannot be read: an error is kept in `error`, and the file ends there.
    """

    def __init__(self, data: Readable) -> None:
        self._data = data
        self._rest = BytesIO(_ontology())
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """The next bytes, none at the end."""
        try:
            return self._data.read(size) or self._rest.read(size)
        except Exception as error:  # noqa: BLE001  # raised again by `_rust`
            self.error = error
            return b""


def _rust(data: Readable, shapes: bytes) -> Iterator[Violation]:
    stream = _WithOntology(data)
    try:
        report: dict[str, Any] = shacl_rust.validate_file(
            stream, BytesIO(shapes), data_format="nq", shapes_format="turtle", experimental_index=True
        )
    finally:
        if stream.error:  # the cause of whatever else went wrong
            raise stream.error
    for result in report["results"]:
        texts = {name: _plain(term) for name, term in result.items() if isinstance(term, str)}
        yield _violation({**texts, "resultSeverity": texts["severity"]})


def _pyshacl(data: IO[bytes]) -> Iterator[Violation]:
    """The reference, over rdflib's own memory store: about 40 times slower, for samples only.

    It leaves out the order of start and end: pySHACL raises where two dates have not the same precision.
    """
    import pyshacl  # noqa: PLC0415  # a development tool, which a user does not have
    from rdflib import Graph, URIRef  # noqa: PLC0415
    from rdflib import Literal as RdfLiteral  # noqa: PLC0415

    graph = Graph().parse(data=_union(data), format="nt")
    shapes = Graph().parse(data=_shapes(), format="turtle")
    shapes.add((URIRef(_PERIOD_IN_ORDER), URIRef(SH + "deactivated"), RdfLiteral(True)))
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    for result in report.objects(None, URIRef(SH + "result")):
        terms = {name: report.value(result, URIRef(SH + name)) for name in _RESULT}
        yield _violation({name: str(term) for name, term in terms.items() if term is not None})


_RESULT = ("focusNode", "resultPath", "sourceConstraintComponent", "value", "resultSeverity", "sourceShape")
"""What a SHACL result says, by the names of its properties."""


def _violation(result: Mapping[str, str]) -> Violation:
    sentences = _messages().get(result["sourceShape"], {})
    return Violation(
        focus=result["focusNode"],
        path=result.get("resultPath", ""),
        component=result["sourceConstraintComponent"].removeprefix(SH).removesuffix("ConstraintComponent"),
        value=result.get("value", ""),
        severity=result["resultSeverity"].removeprefix(SH),
        message_fr=sentences.get("fr", ""),
        message_en=sentences.get("en", ""),
    )


def _plain(term: str) -> str:
    """The IRI or text of a term in N-Triples; a path that is no single property stays as it is written."""
    found = next(iter(parse(f"<x:s> <x:p> {term} .", format=RdfFormat.N_TRIPLES))).object
    return found.value if isinstance(found, NamedNode | Literal) else term


def _union(data: IO[bytes]) -> bytes:
    """All graphs of the data and the ontology as one, in N-Triples."""
    triples = (quad.triple for quad in parse(data, format=RdfFormat.N_QUADS))
    return _n_triples(chain(triples, schemes.triples()))


@cache
def _ontology() -> bytes:
    """The ontology in N-Triples, which is N-Quads without graphs."""
    return _n_triples(schemes.triples())


def _n_triples(triples: Iterable[Triple]) -> bytes:
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


@cache
def _shapes() -> bytes:
    return resources.files("ontology").joinpath("shapes.ttl").read_bytes()


@cache
def _shapes_of_memberships() -> bytes:
    """The shapes with the memberships as their only target."""
    quads = parse(_shapes(), format=RdfFormat.TURTLE)
    kept = (one for one in quads if one.predicate.value != SH + "targetClass" or one.object.value == _MEMBERSHIP)
    return serialize((quad.triple for quad in kept), format=RdfFormat.TURTLE) or b""


@cache
def _messages() -> Mapping[str, Mapping[str, str]]:
    """The sentence of each shape by language."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for quad in parse(_shapes(), format=RdfFormat.TURTLE):
        if quad.predicate.value == SH + "message" and isinstance(quad.object, Literal) and quad.object.language:
            found[str(quad.subject.value)][quad.object.language] = quad.object.value
    return MappingProxyType(found)


def report_of(found: Mapping[str, Any]) -> Report:
    """The report that `python -m graph.validate` answers with."""
    return Report(found["conforms"], tuple(Violation(**one) for one in found["violations"]))


if __name__ == "__main__":
    answer(lambda dump: validate(Path(dump)))
