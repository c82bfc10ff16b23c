"""The components of a row in French and English: one sentence each, to be pasted into a report.

Made of columns, so that the sentences of all communes cost little; ask all the same for the rows to be shown.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

import polars as pl

from graph.isolation.score import COMPONENTS, RATES, WEIGHTS
from graph.isolation.status import SCORED
from ontology.schemes import Language

Told = Callable[[Language], pl.Expr]

_NAMES: Final = MappingProxyType(
    {
        "alliances_per_10000": ("Alliances pour 10 000 habitants", "Alliances per 10,000 inhabitants"),
        "actors_per_10000": ("Acteurs pour 10 000 habitants", "Actors per 10,000 inhabitants"),
        "links_out": ("Liens avec d’autres territoires", "Links with other territories"),
        "openness": ("Ouverture des alliances", "Openness of the alliances"),
        "harmonic": ("Proximité avec les autres territoires", "Closeness to the other territories"),
        "dependence": ("Dépendance envers un seul acteur", "Dependence on a single actor"),
        "freshness": ("Fraîcheur", "Freshness"),
        "diversity": ("Diversité des partenaires", "Diversity of the partners"),
        "sdg_reach": ("Cibles des ODD", "SDG targets"),
    }
)
_LIGHTS: Final = {"green": "vert", "amber": "orange", "red": "rouge"}


def with_components(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of `isolation` with `components`: a list with one struct a component, in the order of the score.

    `name`, `value`, `rank`, `of`, `reference`, `weight`, `contribution`, `smoothed`, `lower`, `upper`
    (of the rates), `fr`, `en`. All but the name, the weight and the sentences are null where silence says nothing.
    """
    numbered = frame.with_row_index("_row")
    told = numbered.filter(_is_scored()).with_columns(components=_components(_told))
    silent = numbered.filter(~_is_scored())
    # Silence says the same of all, which spares the sentences of 35,000 communes.
    same = silent.head(1).select(components=_components(_silent)).to_series()
    silent = silent.with_columns(same.new_from_index(0, silent.height) if silent.height else same)
    return pl.concat([told, silent]).sort("_row").drop("_row")


def component_title(name: str, lang: Language) -> str:
    """What a component is called; raises `KeyError` on an unknown one."""
    return _NAMES[name][lang == "en"]


def explain(frame: pl.DataFrame, code: str) -> list[dict[str, str | float | int | None]]:
    """The components of one row of `isolation`; `KeyError` if the level has no such territory."""
    row = with_components(frame.filter(pl.col("code") == code))
    if row.is_empty():
        raise KeyError(code)
    found: list[dict[str, str | float | int | None]] = row["components"].to_list()[0]
    return found


def _components(sentence: Callable[[str, Language], pl.Expr]) -> pl.Expr:
    return pl.concat_list([_component(name, sentence) for name in COMPONENTS])


def _component(name: str, sentence: Callable[[str, Language], pl.Expr]) -> pl.Expr:
    rate = {
        what: pl.col(f"{name}_{what}") if name in RATES else pl.lit(None) for what in ("smoothed", "lower", "upper")
    }
    return pl.struct(
        pl.lit(name).alias("name"),
        pl.when(_is_scored()).then(pl.col(name)).cast(pl.Float64).alias("value"),
        *(pl.col(f"{name}_{what}").alias(what) for what in ("rank", "tied", "of")),
        pl.when(_is_scored()).then(pl.col(f"{name}_reference")).alias("reference"),
        pl.lit(WEIGHTS[name]).alias("weight"),
        pl.col(f"{name}_contribution").alias("contribution"),
        *(value.cast(pl.Float64).alias(what) for what, value in rate.items()),
        sentence(name, "fr").alias("fr"),
        sentence(name, "en").alias("en"),
    )


def _is_scored() -> pl.Expr:
    return pl.col("status").is_in(SCORED)


def _silent(name: str, lang: Language) -> pl.Expr:
    return _spaced(pl.lit(f"{component_title(name, lang)}{_SILENT[lang]}"), lang)


def _told(name: str, lang: Language) -> pl.Expr:
    absent, undefined = (f"{component_title(name, lang)}{text}" for text in _UNTOLD[name in RATES][lang])
    reference = _figure(name, pl.col(f"{name}_reference"), lang).fill_null("–")
    told = pl.format(_COMPARED[lang], _TOLD[name](lang), reference, _place(name, lang))
    as_worst = pl.format("{} {}", pl.lit(absent), _place(name, lang))
    counts = pl.col(f"{name}_contribution").is_not_null()
    sentence = pl.when(pl.col(name).is_not_null()).then(told).when(counts).then(as_worst).otherwise(pl.lit(undefined))
    return _spaced(sentence, lang)


def _spaced(text: pl.Expr, lang: Language) -> pl.Expr:
    """The text with the spaces that must not break a line: in French those before `: ; %`."""
    return text.str.replace_all(" ([:;%])", "\u00a0$1") if lang == "fr" else text


_COMPARED: Final[Mapping[Language, str]] = {
    "fr": "{} ; médiane des territoires classés : {}. {}",
    "en": "{}; median of the ranked territories: {}. {}",
}
_SILENT: Final[Mapping[Language, str]] = {
    "fr": " : on ne peut pas conclure, ce territoire n’a pas été observé en entier.",
    "en": ": nothing can be concluded, this territory was not observed in full.",
}
_UNTOLD: Final[Mapping[bool, Mapping[Language, tuple[str, str]]]] = {
    # A rate lacks inhabitants, the others lack alliances, or dates.
    is_rate: {
        "fr": (
            " : sans objet, faute d’alliance ; compté comme le plus isolé.",
            f" : non défini, faute {fr} ; n’entre pas dans le score.",
        ),
        "en": (
            ": without an alliance there is none; counted as the most isolated.",
            f": undefined, for want of {en}; it has no part in the score.",
        ),
    }
    for is_rate, fr, en in (
        (True, "d’habitants connus", "known inhabitants"),
        (False, "de date connue", "a known date"),
    )
}


def _place(name: str, lang: Language) -> pl.Expr:
    """The rank in words, such as « 2e rang sur 74, du plus isolé au moins isolé. »."""
    rank, others = pl.col(f"{name}_rank"), pl.col(f"{name}_tied") - 1
    if lang == "fr":
        ordinal = pl.when(rank == 1).then(pl.lit("1er")).otherwise(pl.format("{}e", _count(rank, lang)))
        words, end, none = "{} rang sur {}{}", ", du plus isolé au moins isolé.", "Hors classement."
        nouns, ties = ("autre", "autres"), " (à égalité avec {})"
    else:
        ordinal = pl.format("{}{}", _count(rank, lang), _english_ending(rank))
        words, end, none = "{} of {}{}", ", from the most isolated to the least.", "Not ranked."
        nouns, ties = ("other", "others"), " (tied with {})"
    tied = pl.when(others > 0).then(pl.format(ties, _counted(others, nouns, lang))).otherwise(pl.lit(""))
    place = pl.format(words + end, ordinal, _count(pl.col(f"{name}_of"), lang), tied)
    return pl.when(rank.is_null()).then(pl.lit(none)).otherwise(place)


def _english_ending(rank: pl.Expr) -> pl.Expr:
    teen = (rank % 100).is_between(11, 13)
    endings = pl.when(teen).then(pl.lit("th")).when(rank % 10 == 1).then(pl.lit("st"))
    return (
        endings.when(rank % 10 == 2).then(pl.lit("nd")).when(rank % 10 == 3).then(pl.lit("rd")).otherwise(pl.lit("th"))
    )


# What each component says of a territory, without the comparison


def _rate(name: str, lang: Language) -> pl.Expr:
    count = pl.col(name.removesuffix("_per_10000"))
    nouns = {
        "alliances": {"fr": ("alliance", "alliances"), "en": ("alliance", "alliances")},
        "actors": {"fr": ("acteur connu", "acteurs connus"), "en": ("known actor", "known actors")},
    }[name.removesuffix("_per_10000")]
    words = {
        "fr": "{} pour {} habitants, soit {} pour 10 000 habitants"
        " (après lissage, qui fait le rang : {}, intervalle à 95 % de {} à {})",
        "en": "{} for {} inhabitants, that is {} per 10,000 inhabitants"
        " (smoothed, which makes the rank: {}, 95% interval from {} to {})",
    }[lang]
    numbers = [
        _number(pl.col(one), lang) for one in (name, *(f"{name}_{what}" for what in ("smoothed", "lower", "upper")))
    ]
    return pl.format(words, _counted(count, nouns[lang], lang), _count(pl.col("population"), lang), *numbers)


def _links_out(lang: Language) -> pl.Expr:
    none, some, nouns = {
        "fr": (
            "Aucun lien d’alliance avec un autre territoire de même niveau",
            "Lié par au moins une alliance à {} de même niveau",
            ("autre territoire", "autres territoires"),
        ),
        "en": (
            "No link by an alliance with another territory of the level",
            "Linked by at least one alliance with {} of the level",
            ("other territory", "other territories"),
        ),
    }[lang]
    count = pl.col("links_out")
    return pl.when(count == 0).then(pl.lit(none)).otherwise(pl.format(some, _counted(count, nouns, lang)))


def _openness(lang: Language) -> pl.Expr:
    alone, several, scale, nouns = {
        "fr": (
            ("Son unique alliance ne touche aucun", "Son unique alliance touche aussi un"),
            ("Sur {}, aucune ne touche un", "Sur {}, {} touche aussi un", "Sur {}, {} touchent aussi un"),
            "{} autre territoire de même niveau : indice E–I de {} (de −1, repli, à 1, ouverture)",
            ("alliance", "alliances"),
        ),
        "en": (
            ("Its only alliance touches no", "Its only alliance also touches an"),
            ("Of {}, none touches an", "Of {}, {} also touches an", "Of {}, {} also touch an"),
            "{}other territory of the level: E–I index of {} (from −1, closed, to 1, open)",
            ("alliance", "alliances"),
        ),
    }[lang]
    outward, alliances = pl.col("alliances_outward"), pl.col("alliances")
    gap = pl.lit(" ") if lang == "en" else pl.lit("")
    among, open_ones = _counted(alliances, nouns, lang), _count(outward, lang)
    one = pl.when(outward == 0).then(pl.lit(alone[0]) + gap).otherwise(pl.lit(alone[1]))
    some = [pl.format(words, among, open_ones) for words in several[1:]]
    none = pl.when(outward == 0).then(pl.format(several[0], among))
    said = pl.when(alliances == 1).then(one).otherwise(none.when(outward == 1).then(some[0]).otherwise(some[1]))
    return pl.format(scale, said, _number(pl.col("openness"), lang))


def _harmonic(lang: Language) -> pl.Expr:
    words = {
        "fr": "Proximité avec les autres territoires du niveau : {} (moyenne des 1/distance, de 0, lié à aucun, à 1,"
        " lié à tous)",
        "en": "Closeness to the other territories of the level: {} (mean of 1/distance, from 0, linked to none, to 1,"
        " to all)",
    }[lang]
    return pl.format(words, _number(pl.col("harmonic"), lang))


def _dependence(lang: Language) -> pl.Expr:
    nobody, only, some = {
        "fr": (
            "Aucun membre connu de ses alliances ; la dépendance envers l’un d’eux est d’au moins {}",
            "{} est membre de son unique alliance, soit une dépendance de {}",
            "{} est membre de {} de ses {} alliances, soit une dépendance de {}",
        ),
        "en": (
            "No member of its alliances is known; the dependence on one of them is at least {}",
            "{} is a member of its only alliance, that is a dependence of {}",
            "{} is a member of {} of its {} alliances, that is a dependence of {}",
        ),
    }[lang]
    share, who = _figure("dependence", pl.col("dependence"), lang), pl.col("broker_name")
    counts = (_count(pl.col(one), lang) for one in ("broker_alliances", "alliances"))
    unknown = pl.when(who.is_null()).then(pl.format(nobody, share))
    alone = unknown.when(pl.col("alliances") == 1).then(pl.format(only, who, share))
    return alone.otherwise(pl.format(some, who, *counts, share))


def _freshness(lang: Language) -> pl.Expr:
    today, before = {
        "fr": ("Dernière trace datée : le jour de référence (feu vert)", "Dernière trace datée il y a {} (feu {})"),
        "en": ("Last dated evidence: the day of reference (green light)", "Last dated evidence {} ago ({} light)"),
    }[lang]
    light, age = pl.col("freshness_light"), pl.col("freshness")
    light = light.replace(_LIGHTS) if lang == "fr" else light
    told = pl.format(before, _figure("freshness", age, lang), light)
    return pl.when(age == 0).then(pl.lit(today)).otherwise(told)


def _diversity(lang: Language) -> pl.Expr:
    none, some, nouns = {
        "fr": (
            "Aucun partenaire connu, donc une diversité de {}",
            "{}, d’une diversité équivalant à {} à parts égales (inverse de Simpson)",
            ("partenaire", "partenaires"),
        ),
        "en": (
            "No partner known, hence a diversity of {}",
            "{}, as diverse as {} in equal parts (inverse Simpson)",
            ("partner", "partners"),
        ),
    }[lang]
    value, partners = pl.col("diversity"), pl.col("partners")
    told = pl.format(some, _counted(partners, nouns, lang), _figure("diversity", value, lang))
    return pl.when(partners == 0).then(pl.format(none, _number(value, lang))).otherwise(told)


def _sdg_reach(lang: Language) -> pl.Expr:
    none, some, nouns = {
        "fr": (
            "Aucune cible des ODD servie au-delà de la 17.17",
            "{} au-delà de la 17.17",
            ("cible des ODD servie", "cibles des ODD servies"),
        ),
        "en": (
            "No SDG target served beyond 17.17",
            "{} beyond 17.17",
            ("SDG target served", "SDG targets served"),
        ),
    }[lang]
    count = pl.col("sdg_reach")
    return pl.when(count == 0).then(pl.lit(none)).otherwise(pl.format(some, _counted(count, nouns, lang)))


_TOLD: Final[Mapping[str, Told]] = {
    **{name: partial(_rate, name) for name in RATES},
    "links_out": _links_out,
    "openness": _openness,
    "harmonic": _harmonic,
    "dependence": _dependence,
    "freshness": _freshness,
    "diversity": _diversity,
    "sdg_reach": _sdg_reach,
}


# Numbers


def _figure(name: str, value: pl.Expr, lang: Language) -> pl.Expr:
    """A value of a component with its unit: dependence in per cent, freshness in years, diversity in kinds."""
    if name == "dependence":
        return pl.format("{}\u202f%" if lang == "fr" else "{}%", (value * 100).round(0).cast(pl.Int64))
    if name not in _UNITS:
        return _number(value, lang)
    return pl.format("{} {}", _number(value, lang), _either(value, _UNITS[name][lang], lang))


_UNITS: Final[Mapping[str, Mapping[Language, tuple[str, str]]]] = {
    "freshness": {"fr": ("an", "ans"), "en": ("year", "years")},
    "diversity": {"fr": ("sorte d’acteurs", "sortes d’acteurs"), "en": ("kind of actors", "kinds of actors")},
}


def _number(value: pl.Expr, lang: Language) -> pl.Expr:
    """Three significant digits without a needless fraction: `12`, `1.35`, `0.0042`; minus as a minus sign."""
    value = value.cast(pl.Float64)
    short = pl.when(value.abs() < 100).then(value.round_sig_figs(3)).otherwise(value.round(0))
    text = short.cast(pl.String).str.strip_suffix(".0").str.replace("^-", "−")
    return text.str.replace(".", ",", literal=True) if lang == "fr" else text


def _count(value: pl.Expr, lang: Language) -> pl.Expr:
    """A whole number in groups of three."""
    mark = "\u202f" if lang == "fr" else ","
    value = value.cast(pl.Int64)
    groups = [value // 1_000_000, value // 1000 % 1000, value % 1000]
    padded = [group.cast(pl.String).str.zfill(3) for group in groups]
    low = pl.format(f"{{}}{mark}{{}}", groups[1].cast(pl.String), padded[2])
    high = pl.format(f"{{}}{mark}{{}}{mark}{{}}", groups[0].cast(pl.String), padded[1], padded[2])
    return pl.when(value < 1000).then(value.cast(pl.String)).when(value < 1_000_000).then(low).otherwise(high)


def _counted(value: pl.Expr, nouns: tuple[str, str], lang: Language) -> pl.Expr:
    return pl.format("{} {}", _count(value, lang), _either(value, nouns, lang))


def _either(value: pl.Expr, words: tuple[str, ...], lang: Language) -> pl.Expr:
    """The singular or the plural: French counts 0 in the singular."""
    one = value < 2 if lang == "fr" else value == 1
    return pl.when(one).then(pl.lit(words[0])).otherwise(pl.lit(words[1]))
