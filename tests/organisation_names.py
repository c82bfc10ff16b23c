"""Generated organisations, some of them twice under other names: what entity resolution is measured on.

A fifth of the rows repeat an organisation as another source would write it: typing mistakes, words abbreviated or
moved, no accents, other case. A SIREN stands on 55 % of the rows, a commune on nine of ten. Names such as « Foyer
rural » recur in many communes without being the same, and few names are of one organisation alone.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from ontology.iris import mint

SEED = 20201017
DUPLICATES = 0.2
WITH_SIREN = 0.55
WITH_COMMUNE = 0.9
MOVED_SEAT = 0.03
"""The share of duplicates that another source seats elsewhere."""
_COMMUNES = 2_000

_FORMS = (
    "Association", "Fondation", "Fédération", "Comité départemental", "Union régionale", "Société coopérative",
    "Amicale", "Centre social", "Foyer rural", "Maison des jeunes et de la culture",
    "Centre communal d'action sociale", "Régie de quartier", "Communauté de communes", "Mission locale",
    "Syndicat intercommunal", "Groupement d'employeurs", "Club sportif", "",
)  # fmt: skip
_THEMES = (
    "de la solidarité", "pour l'insertion", "des familles", "du patrimoine", "de la jeunesse", "d'aide à domicile",
    "des arts", "pour l'environnement", "de la transition", "des parents d'élèves", "de protection animale",
    "du numérique", "de l'habitat", "des aînés ruraux", "pour l'emploi", "de la lecture", "d'éducation populaire",
    "de la mobilité", "du tourisme", "",
)  # fmt: skip
_SYLLABLES = (
    "ba bel bou bré cau cha chan cler cor cour dam dor du fer fon gar gran guer ha jar ker lan lau len lo lu ma "
    "mar men mi mon mou na neu no or pa per plou pon pré ra ri ro rou sa sar sau sé ta ter tour tré va val ven "
    "ver vi vil vo"
)
_ENDINGS = (
    "ac ais ard ay bec bourg champ court di eau ères eux fort gnac gny heim ières illes in lieu loux mont nay ne "
    "nes nne on oux ques sac say sol the thon trix val vais ville vin viers xay zan"
)
_SHORT = {
    "Association": "Assoc.", "Fédération": "Féd.", "départemental": "dép.", "régionale": "rég.", "Saint": "St",
    "Sainte": "Ste", "Société": "Sté", "coopérative": "coop.", "Communauté de communes": "CC", "Fondation": "Fond.",
    "Centre communal d'action sociale": "CCAS", "Maison des jeunes et de la culture": "MJC",
    "intercommunal": "interco.", "Syndicat": "Synd.", "Groupement": "Grpt", "environnement": "envt", "Comité": "Cté",
}  # fmt: skip
_NO_ACCENTS = str.maketrans("éèêëàâîïôûüçÉÈ", "eeeeaaiiouucEE")


@dataclass
class _Organisation:
    name: str
    siren: str
    commune: str


def organisations(rows: int, seed: int = SEED) -> tuple[pl.DataFrame, set[frozenset[str]]]:
    """The table of actors, and the pairs of IRIs that are the same."""
    chance = random.Random(seed)  # noqa: S311 - no secrets here
    places = _places(chance)
    originals = _originals(chance, places, round(rows * (1 - DUPLICATES)))
    copied = [chance.randrange(len(originals)) for _ in range(rows - len(originals))]
    everybody = [*originals, *(_as_others_write(chance, originals[one], places) for one in copied)]
    frame = _table(chance, everybody)
    iris = frame["iri"].to_list()
    groups: dict[int, list[str]] = {}
    for place, of in enumerate(copied):
        groups.setdefault(of, [iris[of]]).append(iris[len(originals) + place])
    same = {frozenset((one, other)) for group in groups.values() for one in group for other in group if one != other}
    return frame.sample(fraction=1, shuffle=True, seed=seed), same


def _originals(chance: random.Random, places: Sequence[tuple[str, str]], size: int) -> list[_Organisation]:
    """Organisations of which no two have the same name in one commune: nobody could tell them apart."""
    found: dict[tuple[str, str], _Organisation] = {}
    while len(found) < size:
        one = _organisation(chance, places)
        found.setdefault((" ".join(sorted(set(_plain_words(one.name)))), one.commune), one)
    return list(found.values())


def _plain_words(name: str) -> list[str]:
    """The words of a name without accents, without those that sources leave out."""
    plain = name.lower().translate(_NO_ACCENTS).replace("-", " ").replace("'", " ")
    return [word for word in plain.split() if len(word) > 2 and word != "association"]


def _places(chance: random.Random) -> list[tuple[str, str]]:
    """Codes and names of communes."""
    codes = chance.sample(range(1_000, 95_000), _COMMUNES)
    return [(f"COM-{code:05}", _place(chance)) for code in codes]


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES.split(), k=chance.choice((1, 1, 2, 2)))) + chance.choice(_ENDINGS.split())


def _place(chance: random.Random) -> str:
    before = chance.choice(("", "", "", "Saint-", "Sainte-", "Le ", "La "))
    after = chance.choice(("", "", "", f"-sur-{_word(chance).title()}", f"-les-{_word(chance).title()}"))
    return before + _word(chance).title() + after


def _organisation(chance: random.Random, places: Sequence[tuple[str, str]]) -> _Organisation:
    code, place = chance.choice(places)
    own = chance.choice((_word(chance).title(), _word(chance).title(), place, f"de {place}", place, ""))
    parts = [chance.choice(_FORMS), chance.choice(_THEMES), own]
    name = " ".join(part for part in parts if part)
    if len(name.split()) < 2:
        name = f"{_word(chance).title()} {_word(chance)} {name}".strip()
    return _Organisation(name, _siren(chance), code)


def _siren(chance: random.Random) -> str:
    """A number that Luhn's check lets pass."""
    body = f"{chance.randrange(10**7, 10**8)}"
    digits = [int(one) * (2 if place % 2 else 1) for place, one in enumerate(body)]
    total = sum(one - 9 if one > 9 else one for one in digits)
    return body + str(-total % 10)


def _as_others_write(chance: random.Random, one: _Organisation, places: Sequence[tuple[str, str]]) -> _Organisation:
    changes: list[Callable[[random.Random, str], str]] = chance.sample(
        (_typo, _abbreviated, _moved, _plain, _typo, _abbreviated), chance.choice((1, 2, 2, 3))
    )
    name = one.name
    for change in sorted(changes, key=_CHANGES.index):
        name = change(chance, name)
    moved = chance.random() < MOVED_SEAT
    return _Organisation(name, one.siren, chance.choice(places)[0] if moved else one.commune)


def _abbreviated(_chance: random.Random, name: str) -> str:
    for long, short in _SHORT.items():
        name = name.replace(long, short)
    return name


def _moved(chance: random.Random, name: str) -> str:
    words = name.split()
    cut = chance.randrange(1, len(words)) if len(words) > 1 else 0
    return " ".join([*words[cut:], *words[:cut]])


def _plain(chance: random.Random, name: str) -> str:
    plain = name.translate(_NO_ACCENTS).replace("-", " ").replace("'", " ")
    return plain.upper() if chance.random() < 0.5 else plain


def _typo(chance: random.Random, name: str) -> str:
    """One letter left out, doubled, exchanged with the next, or another."""
    spots = [place for place, letter in enumerate(name[:-1]) if letter.isalpha() and name[place + 1].isalpha()]
    if not spots:
        return name
    spot = chance.choice(spots)
    before, letter, following, after = name[:spot], name[spot], name[spot + 1], name[spot + 2 :]
    middle = chance.choice(
        (following, letter * 2 + following, following + letter, chance.choice("aeiorstn") + following)
    )
    return before + middle + after


_CHANGES: Sequence[Callable[[random.Random, str], str]] = (_abbreviated, _moved, _typo, _plain)


def _table(chance: random.Random, everybody: Sequence[_Organisation]) -> pl.DataFrame:
    """The columns of a generation's table of actors that tell who is who."""

    def some(share: float, text: str) -> str | None:
        return text if chance.random() < share else None

    keys = [str(place) for place in range(len(everybody))]
    schema = dict.fromkeys(("acronym", "rna", "siret", "website"), pl.String)
    return pl.DataFrame(
        {
            "iri": [mint("actor", "generated", key) for key in keys],
            "id": keys,
            "source": "generated",
            "name": [one.name for one in everybody],
            "alt_names": pl.Series([[]] * len(keys), dtype=pl.List(pl.String)),
            "kind": "association",
            "territory": [some(WITH_COMMUNE, one.commune) for one in everybody],
            "siren": [some(WITH_SIREN, one.siren) for one in everybody],
        }
    ).with_columns(pl.lit(None, dtype).alias(name) for name, dtype in schema.items())
