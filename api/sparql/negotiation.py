"""Which format a client gets: `Accept` with its weights, against what a kind of query can give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.sparql.errors import NotAcceptableError

JSON = "application/sparql-results+json"
HTML = "text/html"
TURTLE = "text/turtle"
_TABLES = {
    JSON: JSON,
    "application/json": JSON,
    "application/sparql-results+xml": "application/sparql-results+xml",
    "application/xml": "application/sparql-results+xml",
    "text/csv": "text/csv",
    "text/tab-separated-values": "text/tab-separated-values",
}
_GRAPHS = {
    TURTLE: TURTLE,
    "application/n-triples": "application/n-triples",
    "application/rdf+xml": "application/rdf+xml",
    "application/xml": "application/rdf+xml",
    "application/ld+json": "application/ld+json",
    "application/json": "application/ld+json",
}
_SHORT_NAMES = {
    "json": "application/json",
    "xml": "application/xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "turtle": TURTLE,
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
}
_TEXT_TYPES = frozenset({"text/csv", "text/tab-separated-values", TURTLE})


@dataclass(frozen=True, slots=True)
class Range:
    """One element of `Accept`: a media range and its weight in [0, 1]."""

    type: str
    subtype: str
    weight: float

    def matches(self, media_type: str) -> int:
        """How exactly it means this media type: 3 by name, 2 its family, 1 anything, 0 not at all."""
        family, _, name = media_type.partition("/")
        if self.type == "*":
            return 1
        if self.type != family:
            return 0
        return 2 if self.subtype == "*" else 3 * (self.subtype == name)


def result_type(accept: str, form: str) -> str:
    """The media type for a SELECT, ASK, CONSTRUCT or DESCRIBE; raises `NotAcceptableError`.

    `accept` is the value of the header, or a short name such as `csv` for the command line.
    """
    offers = _TABLES if form in {"SELECT", "ASK"} else _GRAPHS
    chosen = choose(_SHORT_NAMES.get(accept, accept), offers)
    if chosen is None:
        raise NotAcceptableError(
            f"{form} answers in {', '.join(dict.fromkeys(offers.values()))}; ask for one in Accept."
        )
    return chosen


def front_type(accept: str) -> str:
    """The media type for a request without a query: HTML, or RDF; raises `NotAcceptableError`."""
    offers: Mapping[str, str] = _GRAPHS | {HTML: HTML}
    chosen = choose(accept, offers)
    if chosen is None:
        raise NotAcceptableError(f"The description is there in {', '.join(dict.fromkeys(offers.values()))}.")
    return chosen


def content_type(media_type: str) -> str:
    """The value of `Content-Type`: text says its encoding."""
    return f"{media_type}; charset=utf-8" if media_type in _TEXT_TYPES else media_type


def choose(accept: str, offers: Mapping[str, str]) -> str | None:
    """The format with the highest weight, the earlier of equals; None where none is accepted.

    `offers` are formats by the media types that mean them; a type that is not the format's own has to be named.
    """
    ranges = [one for part in accept.split(",") if (one := _range(part)) is not None]
    if not ranges:
        return next(iter(offers.values())) if not accept.strip() else None
    weights = {name: _weight(name, ranges, named=name != form) for name, form in offers.items()}
    best = max(weights, key=lambda name: weights[name])
    return offers[best] if weights[best] > 0 else None


def _weight(media_type: str, ranges: Sequence[Range], *, named: bool) -> float:
    """The weight of the most exact range that means the media type, of those that name it if `named`."""
    exactness, weight = max((one.matches(media_type), one.weight) for one in ranges)
    return weight if exactness >= (3 if named else 1) else 0.0


def _range(part: str) -> Range | None:
    """One element of `Accept`; None where it is none."""
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    family, slash, name = media.partition("/")
    if not (family and slash and name):
        return None
    weights = [value for key, _, value in (one.partition("=") for one in parameters) if key.strip() == "q"]
    return Range(family, name, _number(weights[0]) if weights else 1.0)


def _number(text: str) -> float:
    """A weight in [0, 1]; 0 where it cannot be read."""
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
