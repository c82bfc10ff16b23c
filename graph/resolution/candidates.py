"""Pairs of actors that may be the same, each with a score and what speaks for and against it.

Evidence is counted in bits: log₂ of how much likelier a pair is to agree so if it is the same than if it is not. A
word that one name in a thousand has tells ten bits. What all names share tells nothing, so that « Foyer rural » twice
is no candidate, but twice in one commune it is. The sum, less what it takes to find one actor among all, gives the
score: 0 to 1, 0.5 where both are as likely. Two different SIREN or RNA are never the same, whatever the names are.
"""

from typing import Final

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from graph.resolution.blocking import pairs
from graph.resolution.merging import full_id
from graph.resolution.names import words_of
from graph.selection import PERSON

LEAST_SCORE: Final = 0.5
NUMBER_BITS: Final = 40.0
ALIKE: Final = 0.68
"""How alike the words that differ must be (1: the same letters) to be taken for typing mistakes."""
FURTHER_SHARE: Final = 0.5
"""How much of what it tells alone a word tells beside a rarer one: « communal » comes with « centre »."""
ALL_ALIKE: Final = 0.8
"""The same where it is more than one word each, of which one may be right and the other not."""
LITTLE_ALIKE: Final = 0.6
"""The same for a little word and what may be one mistyped."""
_MOST_PLACE_BITS: Final = 12.0
_BITS: Final = {"same": 3.5, "typo": -1.5, "more": -22.0, "little": -2.0, "other": -40.0, "initials": 10.0}
"""What is added for how names compare, beside the words that they share; by `name_level`."""
_PLACE_BITS: Final = {"within": 2.0, "elsewhere": -12.0, "unknown": -1.5}
_KIND_BITS: Final = {True: 0.0, False: -1.5}
COLUMNS: Final = (
    "score", "keep", "merge", "keep_name", "merge_name", "bits", "number", "number_bits", "name_level", "shared",
    "only_keep", "only_merge", "name_bits", "place_level", "place_bits", "kind_same", "kind_bits",
)  # fmt: skip


def candidates(actors: pl.DataFrame, closure: pl.DataFrame, least: float = LEAST_SCORE) -> pl.DataFrame:
    """The pairs with a score of at least `least`, the best first: the columns `COLUMNS`.

    `actors` is the table of a generation, `closure` what `hierarchy.ancestors` gives. Persons are never candidates:
    too many have the same name. Of a pair `keep` (`source:key`) is the one of which more is known.
    """
    known = _numbered(actors.filter(pl.col("kind") != PERSON))
    everything = words_of(known.select("n", "name"))
    words = _weighed(everything.filter("telling"), known.height)
    known = _with_words(known, everything)
    found = _compared(pairs(known.filter(pl.col("name_words") != ""), words), known, words)
    found = _placed(found, known, closure)
    total = pl.sum_horizontal("number_bits", "name_bits", "place_bits", "kind_bits")
    rated = found.with_columns(bits=total - np.log2(max(known.height, 2)))
    scored = rated.with_columns(score=1 / (1 + (-pl.col("bits")).clip(-60, 60).map_batches(np.exp2, pl.Float64)))
    return _named(scored.filter(pl.col("score") >= least), known)


def _numbered(actors: pl.DataFrame) -> pl.DataFrame:
    """The actors with a number, the SIREN that their SIRET begins with, and how much is known of each."""
    siren = pl.coalesce("siren", pl.col("siret").str.head(9))
    facts = ("siret", "rna", "territory", "website", "acronym")
    known = (siren, *map(pl.col, facts))
    richness = pl.sum_horizontal(one.is_not_null().cast(pl.Int64) for one in known)
    return actors.sort("iri").select(
        "iri", "name", "kind", "territory", "rna", siren=siren, acronym=pl.col("acronym").str.to_lowercase(),
        richness=richness,
    ).with_row_index("n").with_columns(pl.col("n").cast(pl.Int64))  # fmt: skip


def _with_words(known: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """The actors with `words`, those that tell, as a list and as one text (`name_words`), and `little`, the others."""
    telling = pl.col("telling")
    listed = words.group_by("n", maintain_order=True).agg(
        words=pl.col("word").filter(telling), little=pl.col("word").filter(~telling)
    )
    joined = known.join(listed, on="n", how="left", maintain_order="left")
    joined = joined.with_columns(pl.col("words", "little").fill_null([]))
    return joined.with_columns(name_words=pl.col("words").list.join(" "))


def _weighed(words: pl.DataFrame, size: int) -> pl.DataFrame:
    """The words with `bits`: how rare each is among all actors."""
    return words.with_columns(bits=(size / pl.len().over("word")).log(2))


# Names and numbers


def _compared(both: pl.DataFrame, known: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """The pairs with what their numbers, kinds and names say."""
    known = known.with_columns(namesakes=pl.len().over("name_words"))
    told = known.select(
        "n", "namesakes", "words", "little", "siren", "rna", "kind", "acronym", "name_words", "territory"
    )
    for end in ("one", "other"):
        own = told.rename({name: f"{name}_{end}" for name in told.columns})
        both = both.join(own, left_on=end, right_on=f"n_{end}", maintain_order="left")
    both = both.with_columns(_number(), kind_same=pl.col("kind_one") == pl.col("kind_other")).with_columns(
        number_bits=pl.when(pl.col("number") == "same").then(NUMBER_BITS).otherwise(0.0),
        kind_bits=pl.when("kind_same").then(_KIND_BITS[True]).otherwise(_KIND_BITS[False]),
        shared=pl.col("words_one").list.set_intersection("words_other"),
        only_one=pl.col("words_one").list.set_difference("words_other").list.sort(),
        only_other=pl.col("words_other").list.set_difference("words_one").list.sort(),
    )
    return _with_name_bits(both.filter(pl.col("number") != "other"), words)


def _number() -> pl.Expr:
    """`same` where both have the same SIREN or RNA, `other` where one of these differs, else `unknown`."""
    ends = [(pl.col(f"{name}_one"), pl.col(f"{name}_other")) for name in ("siren", "rna")]
    differ, agree = (
        pl.any_horizontal(found.fill_null(value=False) for found in pairs_of)
        for pairs_of in ([one != other for one, other in ends], [one == other for one, other in ends])
    )
    found = pl.when(differ).then(pl.lit("other")).when(agree).then(pl.lit("same"))
    return found.otherwise(pl.lit("unknown")).alias("number")


def _with_name_bits(both: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    bits = words.unique("word").select("word", "bits")
    rated = _alike(both).with_columns(name_level=_level())
    told = {name: _told(both, name, bits) for name in ("shared", "only_one", "only_other")}
    rated = rated.with_columns(told["shared"], mistaken=pl.min_horizontal(told["only_one"], told["only_other"]))
    # A word with a typing mistake is the word that the other name has: it tells as much as the commoner of the two.
    typo = pl.when(pl.col("name_level") == "typo").then(FURTHER_SHARE * pl.col("mistaken")).otherwise(0.0)
    found = pl.col("told") + typo + pl.col("name_level").replace_strict(_BITS, return_dtype=pl.Float64)
    # Names of one and the same number may differ altogether: a trade name, a former one.
    same = pl.col("number") == "same"
    return rated.with_columns(name_bits=pl.when(same).then(found.clip(lower_bound=0)).otherwise(found))


def _told(both: pl.DataFrame, column: str, bits: pl.DataFrame) -> pl.Series:
    """How much the words of a column tell together: the rarest all, the others a share; one number a pair, `told`."""
    each = both.select(word=column).with_row_index("pair").explode("word").drop_nulls().join(bits, on="word")
    sums = each.group_by("pair").agg(rarest=pl.col("bits").max(), every=pl.col("bits").sum())
    told = sums.select("pair", told=(1 - FURTHER_SHARE) * pl.col("rarest") + FURTHER_SHARE * pl.col("every"))
    pairs_of = both.select(pl.row_index("pair").cast(sums.schema["pair"]))
    return pairs_of.join(told, on="pair", how="left", maintain_order="left")["told"].fill_null(0.0)


def _alike(both: pl.DataFrame) -> pl.DataFrame:
    """The pairs with `alike`, how much the words that differ are (0 to 1), and `little_alike`.

    The latter is of a word that tells, or seems to, and the little words that stand in its place: « dse » for « des ».
    """
    one, other = (both[name].list.join(" ") for name in ("only_one", "only_other"))
    little = both.select(
        one=pl.col("little_other").list.set_difference("little_one").list.join(" "),
        other=pl.col("little_one").list.set_difference("little_other").list.join(" "),
    )
    for_one, for_other = _similarity(one, little["one"]), _similarity(other, little["other"])
    return both.with_columns(
        alike=_similarity(one, other), little_alike=pl.when(other == "").then(for_one).otherwise(for_other)
    )


def _similarity(ones: pl.Series, others: pl.Series) -> pl.Series:
    found = process.cpdist(ones.to_list(), others.to_list(), scorer=OSA.normalized_similarity, dtype=np.float64)
    return pl.Series(found, dtype=pl.Float64)


def _level() -> pl.Expr:
    """How two names compare, beside the words that they share."""
    ones, others = (pl.col(name).list.len() == 0 for name in ("only_one", "only_other"))
    single = pl.all_horizontal(pl.col(name).list.len() == 1 for name in ("only_one", "only_other"))
    initials = (pl.col("acronym_one") == pl.col("name_words_other")) | (
        pl.col("acronym_other") == pl.col("name_words_one")
    )
    return (
        pl.when(ones & others).then(pl.lit("same"))
        .when(initials.fill_null(False)).then(pl.lit("initials"))
        .when((ones | others) & (pl.col("little_alike") >= LITTLE_ALIKE)).then(pl.lit("little"))
        .when(ones | others).then(pl.lit("more"))
        .when(pl.col("alike") >= pl.when(single).then(ALIKE).otherwise(ALL_ALIKE)).then(pl.lit("typo"))
        .otherwise(pl.lit("other"))
    )  # fmt: skip


# Places


def _placed(both: pl.DataFrame, known: pl.DataFrame, closure: pl.DataFrame) -> pl.DataFrame:
    """The pairs with what their seats say: the rarer a commune, the more it tells."""
    counts = known.select(territory_one="territory").drop_nulls().group_by("territory_one").agg(seated=pl.len())
    within = closure.select(territory_one="id", territory_other="ancestor", contained=pl.lit(True))
    turned = within.rename({"territory_one": "territory_other", "territory_other": "territory_one"})
    contained = pl.concat([within, turned.select(within.columns)]).unique()
    both = both.join(counts, on="territory_one", how="left", maintain_order="left")
    both = both.join(contained, on=["territory_one", "territory_other"], how="left", maintain_order="left")
    level = (
        pl.when(pl.any_horizontal(pl.col("territory_one", "territory_other").is_null())).then(pl.lit("unknown"))
        .when(pl.col("territory_one") == pl.col("territory_other")).then(pl.lit("same"))
        .when(pl.col("contained").fill_null(False)).then(pl.lit("within"))
        .otherwise(pl.lit("elsewhere"))
    )  # fmt: skip
    rare = (known.height / pl.col("seated")).log(2).clip(0, _MOST_PLACE_BITS)
    other = pl.col("place_level").replace_strict(_PLACE_BITS, default=0.0, return_dtype=pl.Float64)
    # Without a seat, each of those who have one and the same name may be the other one.
    namesakes = (
        pl.when(pl.col("name_level") == "same")
        .then(pl.col("namesakes_one").cast(pl.Int64) - 1)
        .otherwise(1)
        .clip(lower_bound=1)
    )
    bits = (
        pl.when(pl.col("place_level") == "same").then(rare)
        .when(pl.col("place_level") == "unknown").then(other - namesakes.log(2))
        .otherwise(other)
    )  # fmt: skip
    return both.with_columns(place_level=level).with_columns(place_bits=bits)


def _named(found: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The pairs with ids and names, `keep` being the one of which more is known, else the first by IRI."""
    who = known.select("n", "iri", "name", "richness")
    first = found.join(who, left_on="one", right_on="n", maintain_order="left")
    both = first.join(who, left_on="other", right_on="n", suffix="_of_other", maintain_order="left")
    turned = pl.col("richness_of_other") > pl.col("richness")

    def of(name: str, other: str) -> tuple[pl.Expr, pl.Expr]:
        return pl.when(turned).then(other).otherwise(name), pl.when(turned).then(name).otherwise(other)

    (keep, merge), (keep_name, merge_name) = of("iri", "iri_of_other"), of("name", "name_of_other")
    only_keep, only_merge = of("only_one", "only_other")
    ids = [one.map_elements(full_id, return_dtype=pl.String) for one in (keep, merge)]
    named = both.with_columns(
        keep=ids[0],
        merge=ids[1],
        keep_name=keep_name,
        merge_name=merge_name,
        only_keep=only_keep,
        only_merge=only_merge,
    )
    return named.select(COLUMNS).sort("score", "bits", "keep", "merge", descending=[True, True, False, False])
