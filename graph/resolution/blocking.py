"""Which pairs of actors are worth comparing: splink finds those that share a key, and rates them at a first look.

Keys are an identifier; a commune with the beginning or the end of one of the rarest words of the name; two of these
words; an acronym. A key that very many share tells nothing, and is left out.
"""

from itertools import combinations
from typing import Any, Final

import polars as pl

RARE_WORDS: Final = 4
"""How many of a name's words, the rarest first, make keys."""
MAX_SHARED: Final = 40
"""By how many actors a key may be shared."""
_ENDS: Final = 3
"""Letters of the beginning or the end of a word: a typing mistake spoils one of them at most."""
_LEAST_WEIGHT: Final = -8.0
"""Below this (bits) the first look drops a pair."""


def pairs(actors: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """The pairs that share a key and are not hopeless: `one`, `other`, numbers of actors, `one` < `other`.

    `actors` has `n`, `name_words` (as one text), `siren`, `rna`, `territory`, `acronym`; `words` has `n`, `word`,
    `bits`: how much it tells.
    """
    keyed = _with_keys(actors, _keys(actors, words))
    if keyed.height < 2:
        return pl.DataFrame(schema={"one": pl.Int64, "other": pl.Int64})
    found = _predicted(keyed)
    ends = (pl.min_horizontal("unique_id_l", "unique_id_r"), pl.max_horizontal("unique_id_l", "unique_id_r"))
    return found.select(one=ends[0].cast(pl.Int64), other=ends[1].cast(pl.Int64)).sort("one", "other")


def _keys(actors: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """`n` and `key`: every key that at least two and not too many actors have."""
    by_rarity = words.sort("n", "bits", "word", descending=[False, True, False])
    rare = by_rarity.with_columns(rank=pl.int_range(pl.len()).over("n")).filter(pl.col("rank") < RARE_WORDS)
    placed = rare.join(actors.select("n", "territory").drop_nulls(), on="n")
    ends = (pl.lit("^") + pl.col("word").str.head(_ENDS), pl.col("word").str.tail(_ENDS) + pl.lit("$"))
    found = [
        *(placed.select("n", key=pl.concat_str("territory", end, separator="|")) for end in ends),
        *(_together(rare, first, second) for first, second in combinations(range(RARE_WORDS), 2)),
        *(
            actors.select("n", key=pl.lit(f"{name}|") + pl.col(name)).drop_nulls()
            for name in ("siren", "rna", "acronym")
        ),
        actors.select("n", key=pl.lit("acronym|") + pl.col("name_words")).filter(~pl.col("key").str.contains(" ")),
        actors.select("n", key="name_words"),
    ]
    keys = pl.concat(found).unique()
    return keys.filter(pl.len().over("key").is_between(2, MAX_SHARED))


def _together(rare: pl.DataFrame, first: int, second: int) -> pl.DataFrame:
    """Two words of a name as one key, in the order of the alphabet."""
    both = rare.filter(rank=first).join(rare.filter(rank=second).select("n", after="word"), on="n")
    ends = (pl.min_horizontal("word", "after"), pl.max_horizontal("word", "after"))
    return both.select("n", key=pl.concat_str(*ends, separator="&"))


def _with_keys(actors: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    grouped = keys.group_by("n").agg("key")
    wanted = actors.select("n", "name_words", "siren", "rna", place="territory")
    return wanted.join(grouped, on="n").rename({"n": "unique_id"})


def _predicted(keyed: pl.DataFrame) -> pl.DataFrame:
    from splink import DuckDBAPI, Linker, block_on  # noqa: PLC0415 - takes a second, which only `dedupe` waits for

    settings = _settings([block_on("key", arrays_to_explode=["key"])])
    linker = Linker(DuckDBAPI().register(keyed.to_arrow()), settings, log_level=None)
    found: Any = linker.inference.predict(threshold_match_weight=_LEAST_WEIGHT)
    return pl.DataFrame(found.as_pyarrow_table())


def _settings(rules: list[Any]) -> Any:
    """The first look. Its parameters are given, not learnt: the same actors give the same candidates."""
    import splink.comparison_level_library as levels  # noqa: PLC0415
    from splink import SettingsCreator  # noqa: PLC0415
    from splink.comparison_library import CustomComparison  # noqa: PLC0415

    def compared(column: str, *found: tuple[Any, float, float]) -> CustomComparison:
        rated = [level.configure(m_probability=m, u_probability=u) for level, m, u in found]
        return CustomComparison(output_column_name=column, comparison_levels=[levels.NullLevel(column), *rated])

    exact, otherwise = levels.ExactMatchLevel, levels.ElseLevel
    comparisons: list[Any] = [
        compared(
            "name_words",
            (exact("name_words"), 0.5, 0.0001),
            (levels.JaroWinklerLevel("name_words", 0.9), 0.35, 0.005),
            (levels.JaroWinklerLevel("name_words", 0.7), 0.14, 0.2),
            (otherwise(), 0.01, 0.7949),
        ),
        *(compared(name, (exact(name), 0.99, 0.00001), (otherwise(), 0.01, 0.99999)) for name in ("siren", "rna")),
        compared("place", (exact("place"), 0.9, 0.001), (otherwise(), 0.1, 0.999)),
    ]
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=0.0001,
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
