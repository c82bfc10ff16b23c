"""Isolation and what-if: `python -m benchmarks.bench_isolation [GROWTH]`.

Made of the territories of the current generation and of actors and alliances like its own, GROWTH times as many; 1,
10 and 100 one after the other unless one is asked for. Prints seconds of processor time, and for what-if the ratio
to computing the level anew for every possible alliance: that one is timed on some of them and multiplied.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import get_args

import numpy as np
import polars as pl

from graph import Generation, open_generation
from graph.hierarchy import Level
from graph.isolation import isolation, with_components
from graph.selection import Tables
from graph.whatif import add, remove
from ontology.provenance import Coverage

SAMPLED = 5
EPCI = "EPCI-241400415"


def grown(tables: Tables, times: int, seed: int = 1) -> Tables:
    """Copies of all actors and alliances, each copied actor seated and each copied alliance located somewhere else."""
    random = np.random.default_rng(seed)
    places = tables.territories.filter(pl.col("level") == "commune")["id"]

    def copies(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
        parts = [frame]
        for number in range(1, times):
            mark = pl.lit(f"#{number}")
            part = frame.with_columns((pl.col(key) + mark).alias(key) for key in keys)
            if "territory" in frame.columns:
                where = places.gather(random.integers(0, len(places), frame.height))
                part = part.with_columns(territory=pl.when(pl.col("territory").is_not_null()).then(where))
            parts.append(part)
        return pl.concat(parts)

    return replace(
        tables,
        actors=copies(tables.actors, "iri"),
        alliances=copies(tables.alliances, "iri"),
        memberships=copies(tables.memberships, "iri", "alliance", "actor"),
    )


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def brute_force(tables: Tables, coverage: tuple[Coverage, ...], day: date, candidates: int) -> float:
    """What computing the EPCI anew for each candidate would take."""
    new = tables.alliances.head(1).with_columns(iri=pl.lit("x:new"), territory=pl.lit(EPCI))
    others = tables.territories.filter(pl.col("level") == "epci")["id"].head(SAMPLED)

    def once() -> None:
        for other in others:
            both = pl.concat([tables.alliances, new, new.with_columns(territory=pl.lit(other))])
            more = replace(tables, alliances=both)
            vars(more)["closure"] = tables.closure
            isolation(more, coverage, "epci", day)

    return seconds(once) / SAMPLED * candidates


def tell_level(tables: Tables, coverage: tuple[Coverage, ...], level: Level, day: date) -> None:
    frame = isolation(tables, coverage, level, day)
    computed = seconds(lambda: isolation(tables, coverage, level, day))
    told = seconds(lambda: with_components(frame))
    connected = (frame["alliances"] > 0).sum()
    print(
        f"isolation, {level:12} {frame.height:6} rows, {connected:6} connected {computed:8.3f}, sentences {told:8.3f}"
    )


def main(growths: Sequence[int]) -> None:
    generation = open_generation()
    for times in growths:
        print(f"\n×{times}")
        tell(generation, times)


def tell(generation: Generation, times: int) -> None:
    tables, coverage, day = grown(generation.tables, times), generation.coverages, generation.knowledge_date
    _ = tables.closure
    print(f"{tables.actors.height} actors, {tables.alliances.height} alliances; seconds of processor time")
    for level in get_args(Level):
        tell_level(tables, coverage, level, day)
    found = add(tables, coverage, EPCI, "epci", day)
    ours = seconds(lambda: add(tables, coverage, EPCI, "epci", day))
    theirs = brute_force(tables, coverage, day, found.suggestions.height)
    tried = found.suggestions.height
    print(f"what-if add, {tried} alliances {ours:8.3f}, computed anew {theirs:10.1f}: ×{theirs / ours:.0f}")
    actor = tables.actors["iri"][0]
    print(f"what-if remove {seconds(lambda: remove(tables, coverage, actor, day)):8.3f}")


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or (1, 10, 100))
