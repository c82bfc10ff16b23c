"""The addresses of the site: one table of path words in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode

from ontology import iris
from ontology.schemes import Language

LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")

WORDS: Final[Mapping[str, Mapping[Language, str]]] = MappingProxyType(
    {
        section: MappingProxyType({"fr": french, "en": english})
        for section, french, english in (
            ("actors", "acteurs", "actors"),
            ("alliances", "alliances", "alliances"),
            ("territories", "territoires", "territories"),
            ("measures", "mesures", "measures"),
            ("chantiers", "chantiers", "chantiers"),
            ("platforms", "plateformes", "platforms"),
            ("programmes", "programmes", "programmes"),
            ("studies", "etudes", "studies"),
            ("events", "evenements", "events"),
            ("conditions", "conditions", "conditions"),
            ("targets", "odd", "sdg"),
            ("sources", "sources", "sources"),
            ("search", "recherche", "search"),
            ("map", "carte", "map"),
            ("isolation", "isolement", "isolation"),
            ("whatif", "et-si", "what-if"),
            ("network", "reseau", "network"),
            ("questions", "questions", "questions"),
            ("about", "a-propos", "about"),
            ("ontology", "ontologie", "ontology"),
        )
    }
)
"""The first word of a path by section. A section that is a list of the interface has its name."""

_SECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {word: section for section, words in WORDS.items() for word in (*words.values(), section)}
)
_OF_KIND: Final[Mapping[str, str]] = MappingProxyType(
    {kind: f"{kind}s" for kind in ("actor", "alliance", "measure", "chantier", "platform", "programme", "event")}
    | {"territory": "territories", "source": "sources"}
)


@dataclass(frozen=True)
class Place:
    """A page without its language: a section (empty: the home), the key of a record in it, and what was asked."""

    section: str = ""
    key: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def url(self, lang: Language, /, **query: object) -> str:
        """The address in a language, with further query parameters; those that are `None` or empty are left out."""
        word = WORDS[self.section][lang] if self.section else ""
        path = f"/{lang}/{word}" + (f"/{quote(self.key, safe=':.')}" if self.key else "")
        asked = dict(self.query) | query
        given = {name: value for name, value in asked.items() if value not in {None, ""}}
        return f"{path}?{urlencode(given)}" if given else path

    def without(self, *names: str) -> "Place":
        """The same place with some query parameters taken away."""
        return replace(self, query=tuple(pair for pair in self.query if pair[0] not in names))


def section_of(word: str) -> str | None:
    """The section that a path word names, in whatever language; `None` where there is none."""
    return _SECTIONS.get(word)


def section_of_iri(iri: str) -> str | None:
    """The section with the page about a thing; `None` where it has no page of its own, as a relation."""
    if iri.startswith(iris.SDG):
        return "targets"
    try:
        kind, _, _ = iris.parse(iri)
    except ValueError:
        return None
    return _OF_KIND.get(kind)
