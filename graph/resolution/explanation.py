"""What speaks for and against a pair of actors being the same, a sentence a feature, in French and English."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

Row: TypeAlias = Mapping[str, Any]

_NUMBERS: Final = {
    "same": ("même SIREN ou RNA", "the same SIREN or RNA"),
    "unknown": ("pas de numéro en commun", "no number in common"),
}
_NAMES: Final = {
    "same": ("mêmes mots : {shared}", "the same words: {shared}"),
    "initials": ("l’un est le sigle de l’autre", "one is the acronym of the other"),
    "typo": (
        "mots en commun : {shared} ; fautes de frappe : {only_keep} / {only_merge}",
        "words in common: {shared}; typing mistakes: {only_keep} / {only_merge}",
    ),
    "little": (
        "mots en commun : {shared} ; faute de frappe dans un petit mot : {only}",
        "words in common: {shared}; a little word is mistyped: {only}",
    ),
    "more": (
        "mots en commun : {shared} ; en plus d’un côté : {only}",
        "words in common: {shared}; on one side only: {only}",
    ),
    "other": (
        "mots en commun : {shared} ; mots différents : {only_keep} / {only_merge}",
        "words in common: {shared}; words that differ: {only_keep} / {only_merge}",
    ),
}
_PLACES: Final = {
    "same": ("même siège", "the same seat"),
    "within": ("l’un a son siège dans le territoire de l’autre", "one is seated within the territory of the other"),
    "elsewhere": ("sièges différents", "different seats"),
    "unknown": ("siège inconnu d’au moins un", "the seat of one is unknown"),
}
_KINDS: Final = {True: ("même nature", "the same kind"), False: ("natures différentes", "different kinds")}


def explanation(candidate: Row) -> list[dict[str, Any]]:
    """The features of a row of `candidates`: `name`, `bits` (for, or below 0 against), `fr`, `en`."""
    texts = {name: _list(candidate[name]) for name in ("shared", "only_keep", "only_merge")}
    texts["only"] = _list([*candidate["only_keep"], *candidate["only_merge"]])
    said = {
        "number": _NUMBERS[candidate["number"]],
        "name": tuple(text.format_map(texts) for text in _NAMES[candidate["name_level"]]),
        "place": _PLACES[candidate["place_level"]],
        "kind": _KINDS[candidate["kind_same"]],
    }
    return [
        {"name": name, "bits": round(candidate[f"{name}_bits"], 1), "fr": fr, "en": en}
        for name, (fr, en) in said.items()
    ]


def _list(words: Sequence[str]) -> str:
    return " ".join(words) if words else "–"
