"""`/id/{class}/{key}`: what an IRI of the graph answers, and `/data/…`: its statements.

An IRI names a thing, not a document, so `/id/…` answers 303 with the address of a document about it:
the page of the site, the record for JSON, `/data/….ttl`, `.jsonld`, `.nt` for the statements, and `.html`
to read those of things without a page.
"""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import islice
from typing import Literal, TypeAlias
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request, Response
from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, serialize
from starlette.exceptions import HTTPException

from api.answers import LISTS, NotFoundError, Reader
from api.answers.errors import MergedError
from api.current import Current
from api.routes.respond import CORS, PROBLEMS
from api.site.router import preferred_language
from api.sparql.negotiation import choose, content_type
from graph.resolution.merging import full_id
from graph.tables import TABLES
from ontology import iris, rdf
from visualisations.site.places import Place, section_of_iri

Extension: TypeAlias = Literal["html", "json", "ttl", "jsonld", "nt"]

MAX_INCOMING = 1_000
"""Statements about other things that point here, beyond which a document is cut, and says so."""
TYPES: Mapping[str, Extension] = {
    "text/html": "html",
    "application/json": "json",
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/n-triples": "nt",
}
"""What `Accept` may ask for, the preferred first."""
_RDF: Mapping[str, RdfFormat] = {"ttl": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD, "nt": RdfFormat.N_TRIPLES}
_MEDIA_TYPES = {str(extension): media_type for media_type, extension in TYPES.items()}
_OFFERS = {**{media_type: media_type for media_type in TYPES}, "application/xhtml+xml": "text/html"}
_PARTS = frozenset({"identifier", "interval", "status", "geometry"})
"""Kinds of nodes that belong to the thing that points to them, and are described with it."""
_LISTS = {spec.iri_kind: name for name, spec in LISTS.items() if spec.iri_kind and name != "conditions"}


def linked_router(current: Current) -> APIRouter:
    """The routes of IRIs and of documents about them."""
    router = APIRouter(tags=["linked data"])

    @router.get("/id/{kind}", include_in_schema=False)
    def refuse_without_key(kind: str) -> Response:
        raise HTTPException(404, f"Write which {kind} it is: /id/{kind}/source:key.")

    @router.get(
        "/id/{kind}/{key:path}",
        operation_id="dereference",
        summary="The document about a thing of the graph, by `Accept`",
        status_code=303,
        response_class=Response,
        responses={
            303: {"description": "`Location` is the page or the data."},
            308: {"description": "The actor was merged into another, whose IRI is `Location`."},
            **PROBLEMS,
        },
    )
    def dereference(request: Request, kind: str, key: str) -> Response:
        reader = current.reader()
        iri = _minted(kind, key) if ":" in key else _of_bare_key(reader, kind, key)
        _refuse_unknown(reader, iri)
        _refuse_merged(reader, iri, key)
        wanted = choose(request.headers.get("accept", ""), _OFFERS)
        if wanted is None:
            raise HTTPException(406, f"A document about this is there in {', '.join(TYPES)}.")
        page = _page(request, iri) if wanted == "text/html" else None
        location = page or _document(kind, key if ":" in key else iri.rsplit("/", 1)[1], TYPES[wanted])
        return Response(status_code=303, headers={"location": location, "vary": "Accept, Accept-Language", **CORS})

    @router.get(
        "/data/{kind}/{name:path}",
        operation_id="statements",
        summary="All statements about a thing: `.ttl`, `.jsonld`, `.nt`, `.json`, `.html`",
        response_class=Response,
        responses={
            200: {"content": {one: {} for one in _MEDIA_TYPES.values()}, "description": "Its statements."},
            **PROBLEMS,
        },
    )
    def statements(kind: str, name: str) -> Response:
        key, _, extension = name.rpartition(".")
        if extension not in _MEDIA_TYPES:
            raise HTTPException(404, f"Write what the document is to be: .{', .'.join(_MEDIA_TYPES)}.")
        reader, iri = current.reader(), _minted(kind, key)
        _refuse_unknown(reader, iri)
        return _describe(reader, iri, extension)

    return router


def _of_bare_key(reader: Reader, kind: str, key: str) -> str:
    """The IRI of the thing that one source alone calls so; raises `NotFoundError` or `AmbiguousError`."""
    name = next((name for name, table in TABLES.items() if table.kind_name == kind), None)
    if name is None or name not in LISTS:
        raise HTTPException(404, f"No {kind} is found by its bare key: write source:key.")
    return str(reader.find(name, key)["iri"])


def _minted(kind: str, key: str) -> str:
    """The IRI of a path, written as it is minted, however the client encoded it."""
    source, _, name = key.partition(":")
    try:
        return iris.mint(kind, source, name)
    except ValueError:
        raise NotFoundError("an id is written class/source:key, as in actor/ecosystem:le-rameau") from None


def _refuse_unknown(reader: Reader, iri: str) -> None:
    if next(reader.generation.store.quads_for_pattern(NamedNode(iri), None, None, None), None) is None:
        reader.refuse_gone(iri)
        raise NotFoundError(f"no statement of this generation is about {iri}")


def _refuse_merged(reader: Reader, iri: str, key: str) -> None:
    into = reader.merged.filter(iri=iri)["merged_into"].to_list()
    if into:
        raise MergedError(key, full_id(into[0]))


def _document(kind: str, key: str, extension: Extension) -> str:
    path = _encoded(key)
    if extension == "json" and kind in _LISTS:
        return f"/api/v1/{_LISTS[kind]}/{path}"
    return f"/data/{quote(kind, safe='')}/{path}.{extension}"


def _page(request: Request, iri: str) -> str | None:
    """The page of the site about a thing, in the reader's language; `None` where it has none of its own."""
    section = section_of_iri(iri)
    if section is None:
        return None
    lang = preferred_language(request.headers.get("accept-language", ""))
    _, source, name = iris.parse(iri)
    return Place(section, f"{source}:{name}").url(lang)


def _encoded(key: str) -> str:
    """The key in a path: the colon stays readable, whatever else it holds is encoded as in its IRI."""
    source, _, name = key.partition(":")
    return f"{quote(source, safe='')}:{quote(name, safe='')}"


def _describe(reader: Reader, iri: str, extension: str) -> Response:
    quads, truncated = about(reader.generation.store, iri)
    if extension in _RDF:
        triples = dict.fromkeys(Triple(one.subject, one.predicate, one.object) for one in quads)
        content = serialize(triples, format=_RDF[extension], prefixes=dict(rdf.PREFIXES)) or b""
    elif extension == "json":
        content = orjson.dumps({"iri": iri, "truncated": truncated, "statements": [_as_json(one) for one in quads]})
    else:
        content = _as_html(iri, quads, truncated).encode()
    headers = {"etag": f'W/"{reader.generation.id}"', "cache-control": "no-cache", **CORS}
    if truncated:
        headers["x-result-truncated"] = "true"
    if extension == "html":
        headers["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return Response(content, headers={"content-type": content_type(_MEDIA_TYPES[extension]), **headers})


def about(store: Store, iri: str) -> tuple[list[Quad], bool]:
    """The statements about a thing and its parts, then those that point to it; whether the latter were cut."""
    own = [*store.quads_for_pattern(NamedNode(iri), None, None, None)]
    parts = [quad for part in _parts(own) for quad in store.quads_for_pattern(part, None, None, None)]
    incoming = [*islice(store.quads_for_pattern(None, None, NamedNode(iri), None), MAX_INCOMING + 1)]
    return [*own, *parts, *incoming[:MAX_INCOMING]], len(incoming) > MAX_INCOMING


def _parts(quads: Iterable[Quad]) -> Iterator[NamedNode]:
    for value in dict.fromkeys(quad.object for quad in quads):
        if isinstance(value, NamedNode) and value.value.startswith(f"{iris.base_iri()}id/"):
            kind, _, key = iris.parse(value.value)
            if kind in _PARTS and key:
                yield value


def _as_json(quad: Quad) -> dict[str, str | None]:
    value = quad.object
    literal = isinstance(value, RdfLiteral)
    return {
        "subject": _text(quad.subject),
        "predicate": quad.predicate.value,
        "object": _text(value),
        "type": "literal" if literal else "iri",
        "language": value.language if isinstance(value, RdfLiteral) else None,
        "datatype": value.datatype.value if isinstance(value, RdfLiteral) and not value.language else None,
        "graph": _text(quad.graph_name),
    }


def _text(term: object) -> str:
    return str(getattr(term, "value", term))


def _as_html(iri: str, quads: Iterable[Quad], truncated: bool) -> str:
    rows = "\n".join(
        f"<tr><td>{_link(_text(one.subject))}</td><td>{_link(one.predicate.value)}</td>"
        f"<td>{_link(_text(one.object)) if isinstance(one.object, NamedNode) else escape(_text(one.object))}</td></tr>"
        for one in quads
    )
    cut = f"<p>Plus de {MAX_INCOMING} liens entrants : coupé. More than {MAX_INCOMING} incoming links: cut.</p>"
    return _PAGE.format(iri=escape(iri), rows=rows, cut=cut if truncated else "")


def _link(iri: str) -> str:
    """A link for http(s) alone, to this server where the IRI is one of ours."""
    if not iri.startswith(("http://", "https://")):
        return escape(iri)
    own = f"{iris.base_iri()}id/"
    target = f"/id/{iri.removeprefix(own)}" if iri.startswith(own) else iri
    return f'<a href="{escape(target)}">{escape(_short(iri))}</a>'


def _short(iri: str) -> str:
    for prefix, namespace in rdf.PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.removeprefix(f"{iris.base_iri()}id/")


_PAGE = """<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{iri}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }}
table {{ border-collapse: collapse }} th, td {{ padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top }}
td {{ border-top: 1px solid #ccc; overflow-wrap: anywhere }}
</style>
<h1>Énoncés du graphe <small lang="en">Statements of the graph</small></h1>
<p>{iri}</p>{cut}
<table>
<tr>
<th>Sujet <small lang="en">Subject</small>
<th>Propriété <small lang="en">Property</small>
<th>Valeur <small lang="en">Value</small>
</tr>
{rows}
</table>
</html>
"""
