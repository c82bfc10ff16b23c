"""Which territories are without alliances, and of which we cannot tell.

A territory is `connected` if at least one alliance touches it (see `selection.touches`). If none does,
it is `isolated` only where somebody has looked at all of it; `unknown` where somebody has looked at
part of it or at part of what there is; else `not_covered`.

The score, from 0 to 1, is higher the more isolated a territory is: the mean, over its components, of
the share of the level's ranked territories that do better (ties count half). The components are
`alliances_per_10000`, `links_out` and `partners`; one that is undefined (no population) is left out.
From silence nothing is said: `unknown` and `not_covered` have neither score nor rank. This first
score is a plain sum without weights; each component stands beside it, to be judged by itself.
"""

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from graph import hierarchy
from graph.hierarchy import LEVELS, Level
from graph.periods import AsOfMode
from graph.selection import Tables, select, touches
from ontology.dates import first_day, last_day
from ontology.provenance import Coverage

COMPONENTS = ("alliances_per_10000", "links_out", "partners")
SCORED = ("connected", "isolated")
_WHOLE, _PART, _NOTHING = 2, 1, 0
_NAMES = {
    "alliances_per_10000": ("Alliances pour 10 000 habitants", "Alliances per 10,000 inhabitants"),
    "links_out": ("Autres territoires liés par une alliance", "Other territories linked by an alliance"),
    "partners": ("Acteurs dans les alliances du territoire", "Actors in the alliances of the territory"),
}
_FRENCH = (
    "{} : on ne peut pas conclure, ce territoire n’a pas été observé en entier.",
    "{} : non défini, faute d’habitants connus.",
    "{} : {} (médiane des territoires classés : {}).",
    " Rang {} (1 : le plus isolé).",
    " Hors classement.",
)
_ENGLISH = (
    "{}: nothing can be concluded, this territory was not observed in full.",
    "{}: undefined, for want of known inhabitants.",
    "{}: {} (median of the ranked territories: {}).",
    " Rank {} (1: the most isolated).",
    " Not ranked.",
)

_COUNTED = ("alliances", "alliances_located", "alliances_seated", "actors", "links_out", "partners")
_COLUMNS = (
    *("iri", "code", "name", "level", "status", "population", "alliances", "alliances_located", "alliances_seated"),
    *("actors", "alliances_per_10000", "links_out", "partners", "score", "rank"),
    *(f"{name}_{what}" for name in COMPONENTS for what in ("rank", "reference")),
)


def isolation(
    tables: Tables, coverage: Sequence[Coverage], level: Level, as_of: date, mode: AsOfMode = "possible"
) -> pl.DataFrame:
    """One row a territory of `level`, the most isolated first, then by code those without a rank.

    Columns: `iri`, `code`, `name`, `level`, `status`, `population`, `alliances` (that touch it),
    `alliances_located`, `alliances_seated`, `actors` (seated at or within it, allied or not),
    `alliances_per_10000`, `links_out` (other territories of the level that share an alliance),
    `partners` (actors in its alliances, wherever seated), `score`, `rank` (1 is the most isolated),
    and `<component>_rank`, `<component>_reference` (the median of those ranked) for each component.

    The overseas collectivities are rows beside the départements: scored against them, never ranked.
    `coverage` has one entry a source. Persons are not counted.
    """
    counted = hierarchy.at_level(tables.closure, level)
    looked = looked_at(tables, coverage, as_of).rename({"id": "code"})
    rows = tables.territories.filter(pl.col("level").is_in(LEVELS[level]))
    frame = rows.select("iri", "name", "level", "population", code="id").sort("code")
    for known in (*_counts(select(tables, as_of=as_of, mode=mode), counted), looked):
        frame = frame.join(known, on="code", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col(_COUNTED).fill_null(0).cast(pl.Int64))
    rate = pl.when(pl.col("population") > 0).then(pl.col("alliances") / pl.col("population") * 10_000)
    frame = frame.with_columns(alliances_per_10000=rate.round_sig_figs(12), status=_status())
    return _scored(frame).select(_COLUMNS)


def looked_at(tables: Tables, coverage: Sequence[Coverage], as_of: date) -> pl.DataFrame:
    """How much of each territory was looked at on `as_of`: `id`, `looked` (2 all, 1 a part, 0 nothing).

    All of it: a source covers it, or a territory that contains it, completely. That all its parts are
    covered is not enough: nobody has then looked for what is located in the whole. A source that
    knows only some kinds of alliances has looked at a part wherever it is.
    """
    then = [each for each in coverage if _covers(each, as_of)]
    whole = {code for each in then if not each.kinds for code in each.complete}
    part = {code for each in then for code in (*each.partial, *each.complete)}
    looked_into = tables.closure.filter(_one_of("ancestor", part))["id"]
    some = tables.closure.filter(_one_of("id", looked_into))["ancestor"]
    every = tables.closure.filter(_one_of("ancestor", whole))["id"]
    looked = pl.when(_one_of("id", every)).then(_WHOLE).when(_one_of("id", some)).then(_PART).otherwise(_NOTHING)
    return tables.territories.select("id", looked=looked).sort("id")


def worklist(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of `isolation` of which we cannot tell (`unknown`, `not_covered`), the most people first."""
    silent = frame.filter(~pl.col("status").is_in(SCORED))
    return silent.sort("population", "code", descending=[True, False], nulls_last=True)


def with_components(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of `isolation` with `components`: a list of `{name, value, rank, reference, fr, en}`.

    `value` and `rank` are null where silence says nothing. Sentences cost a few microseconds each:
    ask for the rows to be shown.
    """
    return frame.with_columns(components=pl.concat_list([_component(name) for name in COMPONENTS]))


def explain(frame: pl.DataFrame, code: str) -> list[dict[str, str | float | int | None]]:
    """The components of one row of `isolation`; `KeyError` if the level has no such territory."""
    row = with_components(frame.filter(pl.col("code") == code))
    if row.is_empty():
        raise KeyError(code)
    found: list[dict[str, str | float | int | None]] = row["components"].to_list()[0]
    return found


def _counts(chosen: Tables, counted: pl.DataFrame) -> list[pl.DataFrame]:
    touched = touches(chosen, counted)
    alliances = touched.group_by("code").agg(
        alliances=pl.len(), alliances_located=pl.col("located").sum(), alliances_seated=pl.col("seated").sum()
    )
    pairs = touched.select("code", "alliance")
    linked = pairs.join(pairs.rename({"code": "other"}), on="alliance").filter(pl.col("code") != pl.col("other"))
    members = pairs.join(chosen.memberships.select("alliance", "actor"), on="alliance")
    seats = chosen.actors.select("iri", id="territory").join(counted, on="id")
    return [
        alliances,
        seats.group_by("code").agg(actors=pl.col("iri").n_unique()),
        linked.group_by("code").agg(links_out=pl.col("other").n_unique()),
        members.group_by("code").agg(partners=pl.col("actor").n_unique()),
    ]


def _covers(coverage: Coverage, as_of: date) -> bool:
    began = coverage.start is None or first_day(coverage.start) <= as_of
    return began and (coverage.end is None or last_day(coverage.end) >= as_of)


def _one_of(column: str, codes: Collection[str] | pl.Series) -> pl.Expr:
    values = codes.unique() if isinstance(codes, pl.Series) else pl.Series(sorted(codes), dtype=pl.String)
    return pl.col(column).is_in(values.implode())


def _status() -> pl.Expr:
    connected = pl.when(pl.col("alliances") > 0).then(pl.lit("connected"))
    isolated = connected.when(pl.col("looked") == _WHOLE).then(pl.lit("isolated"))
    return isolated.when(pl.col("looked") == _PART).then(pl.lit("unknown")).otherwise(pl.lit("not_covered"))


def _scored(frame: pl.DataFrame) -> pl.DataFrame:
    scored = pl.col("status").is_in(SCORED)
    ranked = scored & (pl.col("level") != "collectivite")
    for name in COMPONENTS:
        frame = frame.join(_standing(frame.filter(ranked)[name], frame[name]), on=name, how="left")
        frame = frame.with_columns(
            pl.when(ranked).then(pl.col(f"{name}_rank")).alias(f"{name}_rank"),
            pl.lit(_median(frame.filter(ranked)[name]), pl.Float64).alias(f"{name}_reference"),
        )
    shares = pl.mean_horizontal([f"{name}_share" for name in COMPONENTS]).round_sig_figs(12)
    frame = frame.with_columns(score=pl.when(scored).then(shares))
    rank = pl.when(ranked).then(pl.col("score")).rank("min", descending=True).cast(pl.Int64)
    return frame.with_columns(rank=rank).sort("rank", "code", nulls_last=True)


def _standing(ranked: pl.Series, values: pl.Series) -> pl.DataFrame:
    """For each value: `<name>_rank` among `ranked` (1 is the lowest), `<name>_share` of them that do better."""
    known, distinct = ranked.drop_nulls().sort(), values.drop_nulls().unique()
    below = known.search_sorted(distinct, side="left").cast(pl.Int64)
    above = known.len() - known.search_sorted(distinct, side="right").cast(pl.Int64)
    better = (above + (known.len() - above - below) / 2) / max(known.len(), 1)
    return pl.DataFrame(
        {values.name: distinct, f"{values.name}_rank": below + 1, f"{values.name}_share": better},
    )


def _median(values: pl.Series) -> float | None:
    middle = values.cast(pl.Float64).median()
    return float(f"{middle:.12g}") if isinstance(middle, float) else None


def _component(name: str) -> pl.Expr:
    fr, en = _NAMES[name]
    return pl.struct(
        pl.lit(name).alias("name"),
        pl.when(pl.col("status").is_in(SCORED)).then(pl.col(name)).cast(pl.Float64).alias("value"),
        pl.col(f"{name}_rank").alias("rank"),
        pl.col(f"{name}_reference").alias("reference"),
        _sentence(name, fr, _FRENCH).str.replace_all(r"(\d)\.(\d)", "$1,$2").alias("fr"),
        _sentence(name, en, _ENGLISH).alias("en"),
    )


def _sentence(name: str, what: str, words: tuple[str, str, str, str, str]) -> pl.Expr:
    silent, undefined, told, ranked, unranked = words
    value, rank, reference = pl.col(name), pl.col(f"{name}_rank"), pl.col(f"{name}_reference")
    number = pl.format(told, pl.lit(what), _number(value), _number(reference).fill_null("–"))
    place = pl.when(rank.is_null()).then(pl.lit(unranked)).otherwise(pl.format(ranked, rank))
    sentence = pl.when(~pl.col("status").is_in(SCORED)).then(pl.lit(silent.format(what)))
    return sentence.when(value.is_null()).then(pl.lit(undefined.format(what))).otherwise(number + place)


def _number(value: pl.Expr) -> pl.Expr:
    """Short, without a needless fraction: `12`, `1.35`, `0.0042`."""
    value = value.cast(pl.Float64)
    short = pl.when(value < 1).then(value.round(4)).otherwise(value.round(2))
    return short.cast(pl.String).str.strip_suffix(".0")
