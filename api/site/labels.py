"""What the search box of every page needs to show a suggestion, once a language."""

from functools import cache

from api.answers.search import SEARCHED
from ontology import schemes
from ontology.schemes import Language
from visualisations.site.places import Place
from visualisations.site.words import text

_SCHEMES = {
    "actors": "actor-kind", "alliances": "alliance-kind", "programmes": "programme-kind", "events": "event-kind",
    "territories": "level",
}  # fmt: skip


@cache
def search_labels(lang: Language) -> dict[str, object]:
    """`paths` to records and `labels` of kinds by list."""
    kinds = {
        f"{name}.{one.key}": one.labels[lang] for name, scheme in _SCHEMES.items() for one in schemes.concepts(scheme)
    }
    lists = {name: text(f"one.{name}", lang) for name in SEARCHED}
    paths = {name: f"{Place(name).url(lang)}/" for name in SEARCHED}
    return {"labels": lists | kinds, "paths": paths, "api": "/api/v1/search", "lang": lang}
