"""Which territory lies within which, and which one a user means.

What is located in a territory counts for all that contain it, up to France, and not for those
within it: an alliance of a région says nothing of its départements, unless `inherit` asks for it.
"""

from typing import Literal, TypeAlias

import polars as pl

Level: TypeAlias = Literal["region", "departement", "epci", "commune"]
"""The levels at which territories are listed and compared."""

LEVELS: dict[Level, tuple[str, ...]] = {
    "region": ("region",),
    "departement": ("departement", "collectivite"),
    "epci": ("epci", "ept"),
    "commune": ("commune",),
}
"""What a level lists, as `Territory.level`: the overseas collectivities stand beside the départements."""

COUNTRY = "FRA"


class TerritoryCodeError(LookupError):
    """`text` names no territory, or more than one: those are in `candidates`, sorted."""

    def __init__(self, text: str, candidates: tuple[str, ...] = ()) -> None:
        self.text = text
        self.candidates = candidates
        if candidates:
            sentence = f"{text!r} names {len(candidates)} territories: write one of {', '.join(candidates)}"
        else:
            sentence = (
                f"no territory has the code {text!r}: write one such as REG-28, DEP-14, EPCI-241400415, COM-14118"
            )
        super().__init__(sentence)


def ancestors(territories: pl.DataFrame) -> pl.DataFrame:
    """Every pair of a territory and one that wholly contains it: `id`, `ancestor`, `level_of_ancestor`.

    Each territory is its own ancestor, and France everybody's, stated or not. A parent that is not
    in the table is left out. Sorted by `id`, then `ancestor`.
    """
    parents = territories.select("id", ancestor="parents").explode("ancestor").drop_nulls()
    own = territories.select("id", ancestor="id")
    france = territories.select("id", ancestor=pl.lit(COUNTRY))
    pairs = _transitive(pl.concat([own, parents, france]).unique(), parents)
    levels = territories.filter(pl.col("id") != COUNTRY).select(ancestor="id", level_of_ancestor="level")
    levels = pl.concat([levels, pl.DataFrame({"ancestor": [COUNTRY], "level_of_ancestor": ["pays"]})])
    return pairs.join(levels, on="ancestor").sort("id", "ancestor")


def at_level(closure: pl.DataFrame, level: Level) -> pl.DataFrame:
    """For which territories of `level` each territory counts: `id`, `code` (none above that level).

    `closure` is what `ancestors` returns. A commune in an EPT counts for it and for its EPCI.
    """
    wanted = pl.col("level_of_ancestor").is_in(LEVELS[level])
    return closure.filter(wanted).select("id", code="ancestor")


def within(closure: pl.DataFrame, code: str, *, exact: bool = False, inherit: bool = False) -> pl.Series:
    """The codes that count for `code`, sorted: itself and all within it; with `exact` itself alone.

    `inherit` adds the territories that contain it, so that what is located in a région or in the
    whole country counts too. `closure` is what `ancestors` returns.
    """
    inside = pl.col("id") == code if exact else pl.lit(value=True)
    codes = closure.filter((pl.col("ancestor") == code) & inside)["id"]
    if inherit:
        codes = pl.concat([codes, closure.filter(pl.col("id") == code)["ancestor"]])
    return codes.unique().sort().alias("code")


def resolve(territories: pl.DataFrame, text: str) -> str:
    """The code of the one territory that a user calls `text`, in any case.

    Takes a code with its level (`REG-28`), or a bare INSEE code or SIREN (`14118`, `241400415`)
    where one territory has it; then the code of a former or delegated commune, or of an
    arrondissement. Raises `TerritoryCodeError` with the candidates.
    """
    wanted = text.strip().upper()
    bare = wanted.removeprefix("COM-")
    rules = (
        pl.col("id") == wanted,
        (pl.col("id").str.split("-").list.last() == wanted) | (pl.col("siren") == wanted),
        pl.col("old_codes").list.contains(bare),
    )
    for rule in rules:
        codes = territories.filter(rule)["id"].unique().sort().to_list()
        if len(codes) == 1:
            return str(codes[0])
        if codes:
            raise TerritoryCodeError(text, tuple(codes))
    raise TerritoryCodeError(text)


def _transitive(pairs: pl.DataFrame, parents: pl.DataFrame) -> pl.DataFrame:
    steps = parents.select(ancestor="id", further="ancestor")
    while True:
        further = pairs.join(steps, on="ancestor").select("id", ancestor="further")
        grown = pl.concat([pairs, further]).unique()
        if grown.height == pairs.height:
            return grown
        pairs = grown
