"""How values read in a sentence: dates as precise as the source, numbers, links, what a kind is called."""

import re
from typing import Final
from urllib.parse import urlsplit

from ontology import schemes
from ontology.schemes import Language
from visualisations.site.words import text

_MONTHS: Final = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_PARTIAL: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)
_KIND_SCHEMES: Final = {
    "actors": "actor-kind",
    "alliances": "alliance-kind",
    "programmes": "programme-kind",
    "conditions": "programme-kind",
    "events": "event-kind",
    "territories": "level",
}
_NARROW_SPACE: Final = "\u202f"


def date(value: object, lang: Language) -> str:
    """`7 mai 2020`, `mai 2020` or `2020`: as precise as it was written; anything else as it is."""
    written = str(value)
    match = _PARTIAL.fullmatch(written)
    if match is None:
        return written
    year, month, day = match.groups()
    if month is None:
        return year
    name = _MONTHS[lang][int(month) - 1]
    if day is None:
        return f"{name} {year}"
    first = "1er" if lang == "fr" and int(day) == 1 else str(int(day))
    return f"{first} {name} {year}"


def period(start: str | None, end: str | None, lang: Language) -> str:
    """`mai 2020 – mai 2022`, `depuis 2019`, `jusqu’au 7 mai 2021`; empty where nothing is known."""
    if start and end:
        return date(start, lang) if start == end else text("from_to", lang, a=date(start, lang), b=date(end, lang))
    known = start or end
    if not known:
        return ""
    precise = "_day" if len(known) == len("2020-05-07") else ""
    return text(("since" if start else "until") + precise, lang, a=date(known, lang))


def number(value: float | None, lang: Language, digits: int = 4, places: int | None = None) -> str:
    """Whole numbers in groups of three, others with `digits` significant digits; a dash where undefined.

    With `places` every number has so many decimals, as in a column.
    """
    if value is None:
        return "–"
    if places is not None:
        written = f"{value:,.{places}f}"
    elif float(value).is_integer():
        written = f"{int(value):,}"
    else:
        written = f"{value:,.{digits}g}" if abs(value) < 10**digits else f"{value:,.0f}"
    return written if lang == "en" else written.replace(",", _NARROW_SPACE).replace(".", ",")


def safe_url(url: object) -> str | None:
    """The address where it is one of the web, else `None`: nothing else may become a link."""
    written = str(url)
    try:
        parts = urlsplit(written)
    except ValueError:
        return None
    return written if parts.scheme in {"http", "https"} and parts.netloc else None


def host(url: str) -> str:
    """The site that an address leads to, as people say it."""
    return urlsplit(url).netloc.removeprefix("www.")


def kind_label(section: str, kind: str | None, lang: Language) -> str:
    """What the kind of a thing of a section is called; for things without kinds, what the section's things are.

    Raises `KeyError` on a kind that the ontology does not know.
    """
    if section == "studies":
        return _kind_of_any(kind or "", lang)
    if kind is None or section not in _KIND_SCHEMES:
        return text(f"one.{section}", lang)
    return schemes.label(_KIND_SCHEMES[section], kind, lang)


def _kind_of_any(kind: str, lang: Language) -> str:
    """The label of a kind of whatever class; figures belong to things of several."""
    for scheme in ("programme-kind", "actor-kind", "event-kind", "alliance-kind"):
        if kind in schemes.keys(scheme):
            return schemes.label(scheme, kind, lang)
    return text(f"one.{kind}s", lang)
