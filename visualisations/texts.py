"""What the pages say, French first; one function a thing that needs more than a look-up."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from ontology import schemes
from ontology.schemes import Language

NO_COVERAGE_FR: Final = (
    "Les données ne couvrent aucun territoire en entier : ce qui n’y est pas n’est pas forcément absent du terrain."
)
NO_COVERAGE_EN: Final = (
    "The data cover no territory completely: what is not in them is not necessarily absent on the ground."
)

_FRENCH: Final = {
    "skip": "Aller au tableau",
    "search": "Chercher un nom",
    "search_hint": "Tapez un nom, puis Entrée pour aller au premier résultat.",
    "no_match": "Aucun nom ne correspond.",
    "network": "Réseau",
    "canvas": "Dessin du réseau. Flèches : déplacer ; + et − : agrandir, réduire ; Échap : tout montrer. "
    "Le tableau sous le dessin dit la même chose.",
    "zoom_in": "Agrandir",
    "zoom_out": "Réduire",
    "fit": "Tout voir",
    "legend": "Légende",
    "legend_hint": "Forme pleine : acteur. Forme creuse : alliance. Plus elle est grande, plus elle a de liens. "
    "Un clic sur une nature la met en avant.",
    "actors": "Acteurs",
    "alliances": "Alliances",
    "actor": "acteur",
    "alliance": "alliance",
    "selection": "Sélection",
    "nothing": "Cliquez sur une forme, ou cherchez un nom, pour lire ses liens.",
    "clear": "Tout montrer",
    "record": "Ouvrir la fiche",
    "members": "Membres",
    "its_alliances": "Ses alliances, et avec qui",
    "no_ties": "Aucun lien dans ce réseau.",
    "summary": "En bref",
    "most_tied": "Les plus liés :",
    "table": "Le réseau en tableau",
    "name": "Nom",
    "kind": "Nature",
    "ties": "Liens",
    "with": "Alliances ou membres (rôle, période)",
    "context": "D’où viennent ces chiffres",
    "generation": "Génération",
    "hash": "Empreinte du graphe",
    "as_of": "À la date du",
    "any_date": "toutes dates confondues",
    "certain": "(seulement ce qui est sûr)",
    "possible": "(tout ce qui est possible)",
    "scope": "Périmètre",
    "coverage": "Couverture",
    "empty": "Rien à dessiner : aucune alliance connue ici.",
    "undated": "période inconnue",
    "inferred": "d’après l’alliance",
    "noscript": "Le dessin demande JavaScript ; le tableau ci-dessous dit la même chose.",
    "places": "Lieux",
    "territory": "Territoire",
    "status": "Situation",
    "connected": "connecté",
    "isolated": "isolé : cherché, rien trouvé",
    "unknown": "inconnu : couvert en partie",
    "not_covered": "non couvert par les données",
    "map": "Carte",
    "map_table": "La carte en tableau",
    "count": "Alliances",
    "region": "régions",
    "departement": "départements",
    "epci": "intercommunalités",
}

_ENGLISH: Final = {
    "skip": "Go to the table",
    "search": "Search a name",
    "search_hint": "Type a name, then Enter to go to the first match.",
    "no_match": "No name matches.",
    "network": "Network",
    "canvas": "Drawing of the network. Arrows: move; + and −: zoom; Escape: show all. "
    "The table below the drawing says the same.",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "fit": "See all",
    "legend": "Legend",
    "legend_hint": "Filled shape: actor. Hollow shape: alliance. The larger, the more ties. "
    "Click a kind to bring it out.",
    "actors": "Actors",
    "alliances": "Alliances",
    "actor": "actor",
    "alliance": "alliance",
    "selection": "Selection",
    "nothing": "Click a shape, or search a name, to read its ties.",
    "clear": "Show all",
    "record": "Open the record",
    "members": "Members",
    "its_alliances": "Its alliances, and with whom",
    "no_ties": "No tie in this network.",
    "summary": "In short",
    "most_tied": "Most tied:",
    "table": "The network as a table",
    "name": "Name",
    "kind": "Kind",
    "ties": "Ties",
    "with": "Alliances or members (role, period)",
    "context": "Where these numbers come from",
    "generation": "Generation",
    "hash": "Graph hash",
    "as_of": "As of",
    "any_date": "whatever the date",
    "certain": "(only what is certain)",
    "possible": "(all that is possible)",
    "scope": "Scope",
    "coverage": "Coverage",
    "empty": "Nothing to draw: no alliance is known here.",
    "undated": "period unknown",
    "inferred": "from the alliance",
    "noscript": "The drawing needs JavaScript; the table below says the same.",
    "places": "Places",
    "territory": "Territory",
    "status": "Status",
    "connected": "connected",
    "isolated": "isolated: searched, none found",
    "unknown": "unknown: covered in part",
    "not_covered": "not covered by the data",
    "map": "Map",
    "map_table": "The map as a table",
    "count": "Alliances",
    "region": "régions",
    "departement": "départements",
    "epci": "intermunicipalities",
}

TEXTS: Final[Mapping[Language, Mapping[str, str]]] = MappingProxyType({"fr": _FRENCH, "en": _ENGLISH})


def text(key: str, lang: Language) -> str:
    """One text; raises `KeyError` where there is none."""
    return TEXTS[lang][key]


def concept(scheme: str, key: str, lang: Language) -> str:
    """What the ontology calls a concept; the key itself where it does not know it."""
    try:
        return schemes.label(scheme, key, lang)
    except KeyError:
        return key


def kind(mode: str, key: str, lang: Language) -> str:
    """What a kind of actor or alliance is called."""
    return concept(f"{mode}-kind", key, lang)


def number(value: int, lang: Language) -> str:
    """`1 436` in French (a narrow no-break space), `1,436` in English."""
    grouped = f"{value:,}"
    return grouped.replace(",", "\u202f") if lang == "fr" else grouped


def counted(value: int, singular: str, plural: str, lang: Language) -> str:
    """`1 alliance`, `338 alliances`; French counts 0 in the singular."""
    one = value in {0, 1} if lang == "fr" else value == 1
    return f"{number(value, lang)} {singular if one else plural}"


def period(start: str | None, end: str | None, lang: Language) -> str:
    """`2019 – 2021`, `depuis 2019`, `jusqu’en 2021`; partial dates as the source has them."""
    since, until = ("depuis", "jusqu’à") if lang == "fr" else ("since", "until")
    if start and end:
        return start if start == end else f"{start} – {end}"
    if start:
        return f"{since} {start}"
    return f"{until} {end}" if end else text("undated", lang)


def day(value: date | None, mode: str, lang: Language) -> str:
    """The date that a page speaks of, and how strictly; all dates where there is none."""
    if value is None:
        return text("any_date", lang)
    return f"{value.isoformat()} {text(mode, lang)}"
