"""Which new alliance would lower the isolation of a territory most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from graph import hierarchy
from graph.hierarchy import LEVELS, Level
from graph.isolation.score import COMPONENTS, RATES
from graph.isolation.status import SCORED
from graph.isolation.table import counted_rows
from graph.periods import AsOfMode
from graph.selection import Tables, select
from graph.whatif.effects import Situation, effects
from graph.whatif.links import links
from ontology.provenance import Coverage

_AFTER = (
    *("score", "alliances", "alliances_outward", "alliances_inward", "partners"),
    *COMPONENTS,
    *(f"{rate}_smoothed" for rate in RATES),
    *(f"{name}_contribution" for name in COMPONENTS),
)


MAX_LINKED = 10_000
"""With more territories tied to others, their distances would take over 200 MB."""


class TooManyLinkedError(ValueError):
    """The level has too many territories with ties to say what one more changes."""

    def __init__(self, level: Level, linked: int) -> None:
        super().__init__(
            f"{linked} territories of level {level} are linked, at most {MAX_LINKED} can be: ask for a larger one"
        )


@dataclass(frozen=True)
class Additions:
    """What could be done for a territory.

    `before`: its row of `isolation`. `as_if`: the row that gains are counted from; another one where the
    territory was not observed in full (`hypothetical`): that of a territory covered completely and without
    alliances. `suggestions`: a row a link, the best first: `link` (`territory` or `actor`), `iri`, `id`,
    `name`, `kind`, `territory` (its own code, or the seat), then `score`, `gain` (of `as_if` less this score),
    counts, the components with their `_contribution`s and the smoothed rates as they would be.
    """

    before: pl.DataFrame
    as_if: pl.DataFrame
    suggestions: pl.DataFrame

    @property
    def hypothetical(self) -> bool:
        """Whether nothing is known of the isolation that is to be lowered."""
        return self.before["score"].null_count() == 1


def add(  # noqa: PLR0913, PLR0917 - those of `isolation`, and whose
    tables: Tables,
    coverage: Sequence[Coverage],
    code: str,
    level: Level,
    as_of: date,
    mode: AsOfMode = "possible",
) -> Additions:
    """The new alliances that lower the isolation of the territory `code` of `level` most; `links` says which there are.

    Exact: each score is what `isolation` gives with that alliance in the tables, the other territories of
    the level, their medians and their smoothing included. Ordered by gain, then territories before actors,
    by id. `KeyError` if the level has no such territory; `TooManyLinkedError` beyond `MAX_LINKED`.
    """
    rows = counted_rows(tables, coverage, level, as_of, mode)
    if code not in rows["code"]:
        raise KeyError(code)
    now = Situation(select(tables, as_of=as_of, mode=mode), hierarchy.at_level(tables.closure, level), rows, as_of)
    if now.linked > MAX_LINKED:
        raise TooManyLinkedError(level, now.linked)
    before = now.table.filter(pl.col("code") == code)
    if before["status"].item() not in SCORED:
        seen = counted_rows(tables, [*coverage, Coverage(complete=(code,))], level, as_of, mode)
        now = Situation(now.chosen, now.counted, seen, as_of)
    as_if = now.table.filter(pl.col("code") == code)
    found = links(now.chosen, now.counted, rows, code)
    gain = (as_if["score"].item() - pl.col("score")).round_sig_figs(12).alias("gain")
    after = effects(now, found, code).select("candidate", *_AFTER[:1], gain, *_AFTER[1:])
    ordered = found.candidates.join(after, on="candidate").sort("gain", "candidate", descending=[True, False])
    return Additions(before, as_if, ordered.drop("candidate", "actor"))


def level_of(territories: pl.DataFrame, code: str) -> Level:
    """The level at which a territory is compared; `KeyError` for what is compared with nothing, as the country."""
    held = territories.filter(pl.col("id") == code)["level"].to_list()
    for level, names in LEVELS.items():
        if held and held[0] in names:
            return level
    raise KeyError(code)
