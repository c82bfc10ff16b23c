"""The one place where IRIs are minted and read back.

A thing's IRI is `{base}id/{kind}/{source}:{key}`, source and key percent-encoded, so that two
different things never share one (a colon inside a source or a key is always written `%3A`).
"""

import os
from functools import cache, lru_cache
from urllib.parse import quote, unquote, urlsplit

ONTOLOGY = "https://w3id.org/alliances/ontology#"
ONTOLOGY_GRAPH = "https://w3id.org/alliances/ontology"
CONCEPT = "https://w3id.org/alliances/concept/"
SDG = "http://metadata.un.org/sdg/"
DEFAULT_BASE = "https://w3id.org/alliances/"


@cache
def base_iri() -> str:
    """The namespace of minted IRIs: `ALLIANCES_BASE_IRI`, read once."""
    base = os.environ.get("ALLIANCES_BASE_IRI", DEFAULT_BASE)
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not base.endswith(("/", "#")):
        raise ValueError(f"ALLIANCES_BASE_IRI={base!r}: write an http(s) address that ends with / or #")
    if not base.isascii() or any(character in base for character in ' <>"{}|\\^`'):
        raise ValueError(f"ALLIANCES_BASE_IRI={base!r} holds characters that no IRI may hold")
    return base


def mint(kind: str, source: str, key: str) -> str:
    """The IRI of the `kind` that `source` calls `key`; raises `ValueError` on an empty part."""
    if not (kind and source and key):
        raise ValueError(f"no IRI without kind, source and key: {(kind, source, key)!r}")
    return _prefix(kind, source) + encode(key)


@lru_cache(maxsize=1024)
def _prefix(kind: str, source: str) -> str:
    return f"{all_of(kind)}{encode(source)}:"


def all_of(kind: str) -> str:
    """What the IRIs of all things of a kind begin with, and no other does."""
    return f"{base_iri()}id/{encode(kind)}/"


def parse(iri: str) -> tuple[str, str, str]:
    """(kind, source, key) of a minted IRI; the inverse of `mint`. Raises `ValueError` on any other."""
    prefix = f"{base_iri()}id/"
    kind, slash, rest = iri.removeprefix(prefix).partition("/")
    source, colon, key = rest.partition(":")
    if not (iri.startswith(prefix) and slash and colon):
        raise ValueError(f"{iri!r} was not minted here")
    return unquote(kind), unquote(source), unquote(key)


def territory(code: str) -> str:
    """The IRI of a territory code such as `COM-14118`."""
    return mint("territory", "territories", code)


def dataset(source: str) -> str:
    """The IRI of a source, which is also the name of its graph."""
    return mint("source", source, source)


def row(source: str, file: str, number: int) -> str:
    """The IRI of one row of a source file: an RFC 7111 fragment (`#row=1` is the header)."""
    return f"{_file(source, file)}#row={number}"


@lru_cache(maxsize=1024)
def _file(source: str, file: str) -> str:
    return mint("file", source, file)


def parse_row(iri: str) -> tuple[str, str, int]:
    """(source, file, row number) of a row IRI; the inverse of `row`."""
    file_iri, _, number = iri.rpartition("#row=")
    _, source, file = parse(file_iri)
    return source, file, int(number)


def concept(scheme: str, key: str) -> str:
    """The IRI of a concept of one of the ontology's SKOS schemes."""
    return f"{CONCEPT}{encode(scheme)}/{encode(key)}"


def parse_concept(iri: str) -> tuple[str, str]:
    """(scheme, key) of a concept IRI; the inverse of `concept`."""
    scheme, slash, key = iri.removeprefix(CONCEPT).partition("/")
    if not (iri.startswith(CONCEPT) and slash):
        raise ValueError(f"{iri!r} is no concept of this ontology")
    return unquote(scheme), unquote(key)


def sdg(code: str) -> str:
    """The UN's IRI of a goal (`17`) or a target (`17.17`)."""
    return f"{SDG}{encode(code)}"


def parse_sdg(iri: str) -> str:
    """The code of a goal or target; the inverse of `sdg`."""
    if not iri.startswith(SDG):
        raise ValueError(f"{iri!r} is no goal or target of the UN")
    return unquote(iri.removeprefix(SDG))


_ESCAPES = str.maketrans({chr(byte): quote(bytes([byte]), safe="") for byte in range(256)})


def encode(text: str) -> str:
    """A text as IRIs hold it: what `quote(text, safe="")` gives, in half the time."""
    # Most keys need no escape: asking is ten times cheaper than quoting.
    plain = text.isascii() and text.replace("-", "").isalnum()
    return text if plain else text.encode().decode("latin-1").translate(_ESCAPES)
