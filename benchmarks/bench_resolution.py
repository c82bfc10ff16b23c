"""Entity resolution beside bare splink: `python -m benchmarks.bench_resolution [ROWS]`, 100,000 unless asked otherwise.

Generated organisations (`tests.organisation_names`), a fifth of them twice. Bare splink gets names without case
and accents, its own comparisons with fitting parameters, and blocks on the SIREN, on the commune with the beginning of
the name, and on the rarest word. Both run in turn, after a warm-up; prints the best seconds of processor time of each,
their ratio, and precision and recall of the pairs that each would show.
"""

import sys
import time
from collections.abc import Callable, Iterable

import polars as pl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_level_library as levels
from splink.comparison_library import CustomComparison

from graph.hierarchy import ancestors
from graph.resolution.candidates import LEAST_SCORE, candidates
from graph.resolution.merging import actor_iri
from tests.organisation_names import organisations

ROWS = 100_000
ROUNDS = 3
BARE_LEAST = 0.5
Pairs = set[frozenset[str]]


def ours(actors: pl.DataFrame) -> Pairs:
    """The candidates of the project."""
    nowhere = ancestors(pl.DataFrame(schema={"id": pl.String, "parents": pl.List(pl.String), "level": pl.String}))
    found = candidates(actors, nowhere, LEAST_SCORE)
    return {frozenset(map(actor_iri, pair)) for pair in found.select("keep", "merge").iter_rows()}


def bare(actors: pl.DataFrame) -> Pairs:
    """The pairs that splink alone finds."""
    linker = Linker(DuckDBAPI().register(_plain(actors).to_arrow()), _settings(), log_level=None)
    found = pl.DataFrame(linker.inference.predict(threshold_match_probability=BARE_LEAST).as_pyarrow_table())
    return {frozenset(pair) for pair in found.select("unique_id_l", "unique_id_r").iter_rows()}


def _plain(actors: pl.DataFrame) -> pl.DataFrame:
    name = pl.col("name").str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    plain = actors.select("siren", unique_id="iri", commune="territory", name=name.str.replace_all(r"[^a-z0-9]+", " "))
    words = plain.select("unique_id", word=pl.col("name").str.split(" ")).explode("word").filter(pl.col("word") != "")
    rarest = words.with_columns(uses=pl.len().over("word")).sort("uses", "word").unique("unique_id", keep="first")
    return plain.join(rarest.select("unique_id", rarest="word"), on="unique_id", how="left")


def _settings() -> SettingsCreator:
    def compared(column: str, *found: tuple[object, float, float]) -> CustomComparison:
        rated = [level.configure(m_probability=m, u_probability=u) for level, m, u in found]  # type: ignore[attr-defined]
        return CustomComparison(output_column_name=column, comparison_levels=[levels.NullLevel(column), *rated])

    names = (
        (levels.ExactMatchLevel("name"), 0.35, 0.0001),
        (levels.JaroWinklerLevel("name", 0.95), 0.3, 0.0005),
        (levels.JaroWinklerLevel("name", 0.88), 0.15, 0.005),
        (levels.ElseLevel(), 0.2, 0.9944),
    )
    places = ((levels.ExactMatchLevel("commune"), 0.95, 0.0005), (levels.ElseLevel(), 0.05, 0.9995))
    numbers = ((levels.ExactMatchLevel("siren"), 0.99, 0.00001), (levels.ElseLevel(), 0.01, 0.99999))
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=0.000005,
        comparisons=[compared("name", *names), compared("commune", *places), compared("siren", *numbers)],
        blocking_rules_to_generate_predictions=[
            block_on("siren"),
            block_on("commune", "substr(name, 1, 4)"),
            block_on("rarest"),
        ],
    )


def timed(work: Callable[[pl.DataFrame], Pairs], actors: pl.DataFrame) -> tuple[float, Pairs]:
    began = time.process_time()
    found = work(actors)
    return time.process_time() - began, found


def quality(found: Pairs, same: Iterable[frozenset[str]]) -> str:
    true = len(found & set(same))
    return f"precision {true / max(len(found), 1):.4f}, recall {true / len(set(same)):.4f}, {len(found):,} pairs"


def main(rows: int = ROWS) -> None:
    actors, same = organisations(rows)
    for work in (bare, ours):
        work(actors.head(2_000))
    rounds = [(timed(bare, actors), timed(ours, actors)) for _ in range(ROUNDS)]
    alone, project = (min(seconds for seconds, _ in runs) for runs in zip(*rounds, strict=True))
    (_, by_splink), (_, by_project) = rounds[-1]
    print(f"{rows:,} organisations, {len(same):,} pairs that are the same")
    print(f"bare splink  {alone:6.2f} s  {quality(by_splink, same)}")
    print(f"project      {project:6.2f} s  {quality(by_project, same)}")
    print(f"ratio        {project / alone:6.2f}  (at most 2)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
