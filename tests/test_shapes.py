"""The shapes: what conforms, what does not, and two engines that agree on it."""

import gzip
import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse, serialize

import ontology
from graph.validate import Report, Violation, validate
from ontology import iris
from ontology.rdf import ADMS, AL, DCT, FOAF, GEO, IGEO, ORG, QB, RDFS, SCHEMA, SKOS, TIME, TYPE, WGS84, XSD, quads_of
from tests.examples import EXAMPLES

Quads = set[Quad]
SHAPES = Path(ontology.__file__).parent / "shapes.ttl"
CLEAN: frozenset[Quad] = frozenset(
    quad for example in EXAMPLES.values() for quad in quads_of(example, iris.row(example.source, "file.csv", 2))
)


def n_quads(quads: Iterable[Quad]) -> bytes:
    return serialize(quads, format=RdfFormat.N_QUADS) or b""


def check(quads: Iterable[Quad], engine: str = "rust") -> Report:
    return validate(io.BytesIO(n_quads(quads)), engine="rust" if engine == "rust" else "pyshacl")


def found(report: Report) -> set[tuple[str, str, str, str]]:
    return {(one.focus, one.path, one.component, one.value) for one in report.violations}


def subject(name: str) -> NamedNode:
    return NamedNode(EXAMPLES[name].iri)


def text(value: str, language: str = "fr") -> Literal:
    return Literal(value, language=language)


def typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=NamedNode(XSD + datatype))


Change = Callable[[Quads], None]


def without(name: str, predicate: str) -> Change:
    """Take away what is said of an example with a property."""

    def change(quads: Quads) -> None:
        gone = {quad for quad in quads if quad.subject == subject(name) and quad.predicate.value == predicate}
        assert gone
        quads -= gone

    return change


def plus(name: str, predicate: str, value: NamedNode | Literal) -> Change:
    """Say one thing more of an example."""

    def change(quads: Quads) -> None:
        graph = NamedNode(iris.dataset(EXAMPLES[name].source))
        quads.add(Quad(subject(name), NamedNode(predicate), value, graph))

    return change


def instead(name: str, predicate: str, value: NamedNode | Literal) -> Change:
    """Say another thing of an example."""

    def change(quads: Quads) -> None:
        without(name, predicate)(quads)
        plus(name, predicate, value)(quads)

    return change


def untold(kind: str) -> Change:
    """Take away all that is said of the things of a kind."""

    def change(quads: Quads) -> None:
        gone = {quad for quad in quads if f"/id/{kind}/" in str(quad.subject)}
        assert gone
        quads -= gone

    return change


NOWHERE = NamedNode(iris.mint("actor", "ecosystem", "nobody"))
NO_PLACE = NamedNode(iris.territory("COM-99999"))
BOSS = NamedNode(iris.concept("role", "boss"))
COLLABORATION = NamedNode(ORG + "OrganizationalCollaboration")
FAULTS: dict[str, tuple[Change, str, str]] = {
    "alliance without name": (without("alliance", RDFS + "label"), "MinCount", RDFS + "label"),
    "alliance with an English name alone": (
        instead("alliance", RDFS + "label", text("x", "en")), "LanguageIn", RDFS + "label",
    ),
    "actor with an English name alone": (instead("actor", RDFS + "label", text("x", "en")), "Not", ""),
    "actor with two French names": (plus("actor", RDFS + "label", text("autre")), "UniqueLang", RDFS + "label"),
    "name without language": (instead("event", RDFS + "label", Literal("x")), "Datatype", RDFS + "label"),
    "empty name": (instead("commune", RDFS + "label", text("")), "MinLength", RDFS + "label"),
    "unknown kind of actor": (instead("actor", AL + "kind", BOSS), "Node", AL + "kind"),
    "kind of another scheme": (
        instead("actor", AL + "kind", NamedNode(iris.concept("role", "lead"))), "Node", AL + "kind",
    ),
    "two kinds": (plus("actor", AL + "kind", NamedNode(iris.concept("actor-kind", "fund"))), "MaxCount", AL + "kind"),
    "seat nowhere": (instead("actor", AL + "seatedIn", NO_PLACE), "Node", AL + "seatedIn"),
    "address that is none": (
        instead("actor", FOAF + "homepage", NamedNode("javascript:alert(1)")), "Pattern", FOAF + "homepage",
    ),
    "identifier not described": (untold("identifier"), "Class", ADMS + "identifier"),
    "person who is an alliance": (plus("person", TYPE.value, COLLABORATION), "Pattern", ""),
    "alliance with a second type": (plus("alliance", TYPE.value, NamedNode(AL + "Programme")), "MaxCount", TYPE.value),
    "alliance nowhere": (instead("alliance", AL + "locatedIn", NO_PLACE), "Node", AL + "locatedIn"),
    "unknown target": (plus("alliance", AL + "contributesTo", NamedNode(iris.sdg("18"))), "Or", AL + "contributesTo"),
    "membership without actor": (without("membership", ORG + "member"), "MinCount", ORG + "member"),
    "membership of nobody": (instead("membership", ORG + "member", NOWHERE), "Class", ORG + "member"),
    "membership of two actors": (plus("membership", ORG + "member", subject("person")), "MaxCount", ORG + "member"),
    "membership in an event": (
        instead("membership", ORG + "organization", subject("event")), "Class", ORG + "organization",
    ),
    "membership without role": (without("membership", ORG + "role"), "MinCount", ORG + "role"),
    "membership in an unknown role": (instead("membership", ORG + "role", BOSS), "Node", ORG + "role"),
    "mapped period": (
        instead("membership", AL + "periodBasis", NamedNode(iris.concept("basis", "mapped"))), "In", AL + "periodBasis",
    ),
    "period not described": (untold("interval"), "Class", ORG + "memberDuring"),
    "relation from nowhere": (instead("relation", AL + "subject", NOWHERE), "Node", AL + "subject"),
    "relation to a text": (instead("relation", AL + "object", Literal("x")), "NodeKind", AL + "object"),
    "relation without basis": (without("relation", AL + "basis"), "MinCount", AL + "basis"),
    "no such day": (instead("event", SCHEMA + "startDate", typed("2020-02-31", "date")), "Or", SCHEMA + "startDate"),
    "date as text": (instead("event", SCHEMA + "startDate", Literal("2019-10-16")), "Or", SCHEMA + "startDate"),
    "measure number 22": (instead("measure", AL + "number", typed("22", "integer")), "MaxInclusive", AL + "number"),
    "chantier that is none": (instead("measure", AL + "chantier", subject("actor")), "Class", AL + "chantier"),
    "led by an event": (plus("measure", AL + "ledBy", subject("event")), "Class", AL + "ledBy"),
    "status not described": (untold("status"), "Class", AL + "reviewStatus"),
    "study of another kind": (
        instead("study", AL + "kind", NamedNode(iris.concept("programme-kind", "report"))), "HasValue", AL + "kind",
    ),
    "figure without value": (without("figure", AL + "value"), "MinCount", AL + "value"),
    "figure as a float": (instead("figure", AL + "value", typed("81.5", "double")), "Datatype", AL + "value"),
    "percentage of 181": (instead("figure", AL + "value", typed("181", "decimal")), "Or", ""),
    "figure outside the data set": (without("figure", QB + "dataSet"), "MinCount", QB + "dataSet"),
    "figure of nothing": (instead("figure", AL + "study", NOWHERE), "Node", AL + "study"),
    "nobody asked": (instead("figure", AL + "sampleSize", typed("0", "integer")), "MinInclusive", AL + "sampleSize"),
    "SIREN of eight digits": (instead("commune", AL + "siren", Literal("21140118")), "Pattern", AL + "siren"),
    "commune with the code of a département": (
        instead("commune", DCT + "identifier", Literal("DEP-14")), "Pattern", DCT + "identifier",
    ),
    "commune with the level of a région": (
        instead("commune", AL + "level", NamedNode(iris.concept("level", "region"))), "HasValue", AL + "level",
    ),
    "negative population": (
        instead("commune", AL + "population", typed("-1", "integer")), "MinInclusive", AL + "population",
    ),
    "population as a decimal": (
        instead("commune", AL + "population", typed("1.5", "decimal")), "Datatype", AL + "population",
    ),
    "part of nowhere": (plus("commune", AL + "partOf", NO_PLACE), "Node", AL + "partOf"),
    "INSEE code in words": (instead("commune", IGEO + "codeINSEE", Literal("Caen")), "Pattern", IGEO + "codeINSEE"),
    "latitude 149": (instead("commune", WGS84 + "lat", typed("149", "decimal")), "MaxInclusive", WGS84 + "lat"),
    "outline not described": (untold("geometry"), "Class", GEO + "hasGeometry"),
    "goal 18": (instead("goal", DCT + "identifier", Literal("18")), "Pattern", DCT + "identifier"),
    "goal without English": (instead("goal", RDFS + "label", text("x")), "MinCount", RDFS + "label"),
    "target without goal": (without("target", SKOS + "broader"), "MinCount", SKOS + "broader"),
    "target group unknown": (instead("target", AL + "targetGroup", BOSS), "Node", AL + "targetGroup"),
}  # fmt: skip


def planted(name: str) -> Quads:
    quads = set(CLEAN)
    FAULTS[name][0](quads)
    return quads


def test_the_small_world_conforms() -> None:
    for engine in ("rust", "pyshacl"):
        assert check(CLEAN, engine) == Report(conforms=True, violations=())


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(name: str) -> None:
    report = check(planted(name))
    assert not report.conforms
    _, component, path = FAULTS[name]
    assert (component, path) in {(one.component, one.path) for one in report.violations}
    assert all(one.message_fr and one.message_en and one.severity == "Violation" for one in report.violations)


def batches() -> list[list[str]]:
    """The faults in groups that do not touch the same example, so that the slow engine runs less often."""
    groups: list[tuple[set[object], list[str]]] = []
    for name in FAULTS:
        touched: set[object] = {quad.subject for quad in planted(name) ^ CLEAN}
        for subjects, names in groups:
            if subjects.isdisjoint(touched):
                subjects.update(touched)
                names.append(name)
                break
        else:
            groups.append((touched, [name]))
    return [names for _, names in groups]


@pytest.mark.parametrize("names", batches(), ids=len)
def test_both_engines_find_the_same(names: list[str]) -> None:
    """As sets of (focus, path, component, value). The one exception: pySHACL leaves out the order of periods."""
    quads = set(CLEAN)
    for name in names:
        FAULTS[name][0](quads)
    rust, reference = found(check(quads)), found(check(quads, "pyshacl"))
    assert len(rust) >= len(names)
    assert rust == reference


REVERSED = [
    ("2020-05-07", "2020-05-06", "date", "date"),
    ("2020-06", "2020-05", "gYearMonth", "gYearMonth"),
    ("2021", "2020", "gYear", "gYear"),
]
IN_ORDER = [
    ("2020-05-07", "2020-05-07", "date", "date"),
    ("2020", "2021", "gYear", "gYear"),
    ("2020-05", "2020", "gYearMonth", "gYear"),
    ("2020", "2020-05-07", "gYear", "date"),
]


@pytest.mark.parametrize(("start", "end", "first", "second"), [*REVERSED, *IN_ORDER])
def test_the_order_of_a_period(start: str, end: str, first: str, second: str) -> None:
    """pySHACL leaves this rule out: it raises where the two dates have not the same precision."""
    quads = set(CLEAN)
    instead("event", SCHEMA + "startDate", typed(start, first))(quads)
    instead("event", SCHEMA + "endDate", typed(end, second))(quads)
    expected = {(EXAMPLES["event"].iri, "", "Or", EXAMPLES["event"].iri)}
    assert found(check(quads)) == (expected if (start, end, first, second) in REVERSED else set())


def test_an_interval_without_dates_is_found() -> None:
    quads = {quad for quad in CLEAN if "/id/interval/" not in str(quad.subject) or quad.predicate == TYPE}
    assert {(one.component, one.path) for one in check(quads).violations} == {("Or", "")}
    assert NamedNode(TIME + "Interval") in {quad.object for quad in quads}


def test_a_membership_with_neither_role_nor_basis_is_found() -> None:
    quads = set(CLEAN)
    without("membership", ORG + "role")(quads)
    without("membership", AL + "periodBasis")(quads)
    assert found(check(quads)) == {(EXAMPLES["membership"].iri, "", "Or", EXAMPLES["membership"].iri)}


def test_the_message_is_that_of_the_rule() -> None:
    assert check(planted("alliance without name")).violations == (
        Violation(
            focus=EXAMPLES["alliance"].iri,
            path=RDFS + "label",
            component="MinCount",
            value="",
            severity="Violation",
            message_fr="Il faut exactement un nom, en français.",
            message_en="There must be exactly one name, in French.",
        ),
    )


def test_graphs_are_read_as_their_union() -> None:
    """What one source says of a thing counts for another source that points at it."""
    spread = {
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(f"https://example.org/{number % 7}"))
        for number, quad in enumerate(sorted(CLEAN, key=str))
    }
    assert check(spread).conforms
    assert check(spread, "pyshacl").conforms


def test_files_plain_and_packed(tmp_path: Path) -> None:
    plain, packed = tmp_path / "graph.nq", tmp_path / "graph.nq.gz"
    content = n_quads(planted("unknown target"))
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    assert validate(plain) == validate(packed) == validate(io.BytesIO(content))
    assert not validate(plain).conforms


@pytest.mark.parametrize("name", FAULTS)
def test_memberships_may_be_checked_in_portions(name: str) -> None:
    content = io.BytesIO(n_quads(planted(name)))
    assert validate(content, at_once=500) == validate(content)


@pytest.mark.parametrize("name", FAULTS)
def test_portions_are_read_whatever_graphs_the_statements_are_in(name: str) -> None:
    quads = sorted(planted(name), key=str)
    graphs = (DefaultGraph(), NamedNode("https://example.org/g"), NamedNode("https://example.org/h"))
    spread = [Quad(quad.subject, quad.predicate, quad.object, graphs[number % 3]) for number, quad in enumerate(quads)]
    for content in (io.BytesIO(n_quads(spread)), io.BytesIO(n_quads(spread[::-1]))):
        assert validate(content, at_once=500) == validate(content)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    cut = tmp_path / "cut.nq.gz"
    cut.write_bytes(gzip.compress(n_quads(CLEAN))[:-20])
    with pytest.raises(EOFError):
        validate(cut)
    with pytest.raises(FileNotFoundError):
        validate(tmp_path / "absent.nq")
    with pytest.raises(ValueError, match=r".+"):
        validate(io.BytesIO(b"this is no RDF\n"))


def test_every_shape_that_holds_a_rule_has_both_messages() -> None:
    """A violation leads to its sentence by the shape's name, so rules stand in named shapes."""
    messages: dict[str, set[str | None]] = {}
    ruled = set()
    for quad in parse(path=SHAPES):
        name = quad.predicate.value.rpartition("#")[2]
        if not isinstance(quad.subject, NamedNode):
            continue
        if name == "message" and isinstance(quad.object, Literal):
            messages.setdefault(quad.subject.value, set()).add(quad.object.language)
        elif name not in {"type", "property", "targetClass", "targetSubjectsOf", "path"}:
            ruled.add(quad.subject.value)
    assert len(ruled) > 90
    assert all(messages.get(shape) == {"fr", "en"} for shape in ruled)


def test_patterns_are_linear() -> None:
    """No repetition of a repetition, so no text makes a pattern slow."""
    patterns = re.findall(r'sh:pattern "([^"]+)"', SHAPES.read_text(encoding="utf-8"))
    assert len(patterns) > 15
    for pattern in patterns:
        assert pattern.isascii()
        assert not re.search(r"[*+}]\)?[*+{]", pattern)


def test_every_example_alone_breaks_only_what_it_points_at() -> None:
    """An example needs others for its pointers and for nothing else."""
    pointing = {"Class", "Node", "Or", "MinCount"}
    for example in EXAMPLES.values():
        report = check(quads_of(example))
        assert {one.component for one in report.violations} <= pointing
        assert all(one.value for one in report.violations)
