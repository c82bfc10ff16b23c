"""How to cite a generation: a sentence, BibTeX, or the Citation File Format.

A generation is cited by its name and its graph's SHA-256, which says exactly what was read. The year is
that of the state of knowledge: nothing here looks at a clock, so that a citation is rebuilt as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import orjson

CitationStyle: TypeAlias = Literal["text", "bibtex", "cff"]

TITLE: Final = "Alliances: the open knowledge graph of who allies with whom for the general interest in France"
AUTHORS: Final = ("The Alliances contributors",)
"""Title and authors as in `CITATION.cff`, which an installation does not hold; a test compares them."""


@dataclass(frozen=True)
class Licensed:
    """Under which licence a source of the generation is, and what its attribution says."""

    source: str
    licence: str
    licence_url: str
    attribution: str


@dataclass(frozen=True)
class Cited:
    """What a citation of a generation says."""

    generation: str
    graph_sha256: str
    day: date
    """The state of knowledge."""
    url: str
    """The namespace of the IRIs of the generation."""
    licences: tuple[Licensed, ...]

    def as_style(self, style: CitationStyle) -> str:
        """The citation in a style; raises `ValueError` for one that there is not."""
        if style not in _STYLES:
            raise ValueError(f"there is no citation style {style!r}: choose one of {', '.join(_STYLES)}")
        return _STYLES[style](self)

    @property
    def licence(self) -> str:
        """The licences with their sources: `CC BY 4.0 (ecosystem, sdg); Licence Ouverte 2.0 (territories)`."""
        names = sorted({one.licence for one in self.licences})
        of = {name: sorted(one.source for one in self.licences if one.licence == name) for name in names}
        return "; ".join(f"{name} ({', '.join(sources)})" for name, sources in of.items())


def _text(cited: Cited) -> str:
    return (
        f"{', '.join(AUTHORS)} ({cited.day.year}). {TITLE}. Generation {cited.generation}, state of knowledge on "
        f"{cited.day}, graph SHA-256 {cited.graph_sha256}. {cited.url}. Licences: {cited.licence}."
    )


def _bibtex(cited: Cited) -> str:
    fields = {
        "author": " and ".join(f"{{{_escaped(name)}}}" for name in AUTHORS),
        "title": f"{{{_escaped(TITLE)}}}",
        "year": str(cited.day.year),
        "month": str(cited.day.month),
        "version": _escaped(cited.generation),
        "url": cited.url,
        "note": _escaped(f"State of knowledge on {cited.day}; graph SHA-256 {cited.graph_sha256}; {cited.licence}"),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@dataset{{alliances-{cited.generation},\n{lines}}}\n"


def _escaped(text: str) -> str:
    """A text whose signs mean nothing to TeX."""
    return "".join(_TEX.get(one, one) for one in text)


_TEX: Final = {"\\": r"\textbackslash{}", **{sign: f"\\{sign}" for sign in "&%$#_{}"}, "~": r"\textasciitilde{}"}


def _cff(cited: Cited) -> str:
    """CFF 1.2.0. JSON strings are YAML strings, which spares a writer of YAML."""
    lines = [
        "cff-version: 1.2.0",
        "message: " + _quoted("If you use these data, please cite this generation."),
        "type: dataset",
        f"title: {_quoted(TITLE)}",
        "authors:",
        *(f"  - name: {_quoted(name)}" for name in AUTHORS),
        f"version: {_quoted(cited.generation)}",
        f"date-released: {_quoted(cited.day.isoformat())}",
        f"url: {_quoted(cited.url)}",
        f"abstract: {_quoted(f'State of knowledge on {cited.day}. Licences: {cited.licence}.')}",
        "identifiers:",
        "  - type: other",
        f"    value: {_quoted(f'sha256:{cited.graph_sha256}')}",
        f"    description: {_quoted('SHA-256 of the graph as N-Quads')}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


_STYLES: Final[Mapping[CitationStyle, Callable[[Cited], str]]] = MappingProxyType(
    {"text": _text, "bibtex": _bibtex, "cff": _cff}
)
