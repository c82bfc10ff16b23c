"""Finds what a home knows of an actor, and, once a generation without it is published, removes what still names it."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from polars.exceptions import PolarsError

from graph.forgetting import Erasure, Forgotten, Mask, list_sha256
from graph.home import Home
from graph.mirror.delta import FOLDER as DELTA
from graph.resolution import judgements
from graph.resolution.merging import actor_iri, full_id
from ontology.provenance import REFERENCES

_NAMES = ("name", "name_en")
_LONG_TEXTS = ("description", "note")
_NUMBERS = ("siren", "siret", "rna")
_LONG = 5
"""From so many words on a text is surely about one actor alone."""
_TABLES_OF_REFERENCES = frozenset({"territories", "outlines", "goals", "targets", "sources"})


@dataclass(frozen=True)
class Cleaned:
    """What was removed from a home."""

    generations: tuple[str, ...]
    inputs: int
    """Files that were kept."""


def erasure_of(generation: Path, iri: str, judged: judgements.Judgements) -> Erasure:
    """What is known of an actor, and of those that people judged to be the same.

    A name that a territory has as well, and a text or a web address that others have, stand for more than the actor,
    and are left out.
    """
    clusters = judged.clusters()
    same = {actor_iri(one) for one in clusters.ids if clusters.same(full_id(iri), one)} | {iri}
    tables = {name: pl.read_parquet(generation / "tables" / f"{name}.parquet") for name in ("actors", "territories")}
    actors, rows = tables["actors"], _rows_of(generation, same)
    places = set(tables["territories"]["name"])
    others = actors.filter(~pl.col("iri").is_in(list(same)))
    shared = {text for name in ("website", *_LONG_TEXTS) for text in others[name].drop_nulls()}
    names = [name for row in rows for name in _names_of(row) if name not in places and name not in shared]
    numbers = [row[name] for row in rows for name in _NUMBERS if row.get(name)]
    sites = [site for row in rows if (site := row.get("website")) and site not in shared]
    known = (tuple(dict.fromkeys(texts)) for texts in (names, numbers, sites))
    return Erasure((iri, *sorted(same - {iri})), *known)


def _rows_of(generation: Path, iris: Iterable[str]) -> list[dict[str, Any]]:
    """The actors as the tables have them, those that gave way to another too. `Any`: rows of Polars."""
    files = [generation / "tables" / f"{name}.parquet" for name in ("actors", "merged")]
    frames = (pl.read_parquet(file).filter(pl.col("iri").is_in(list(iris))) for file in files if file.is_file())
    return [row for frame in frames for row in frame.iter_rows(named=True)]


def _names_of(row: dict[str, Any]) -> Iterator[str]:
    """Whatever names the actor; a person's name of two words in both orders."""
    for name in (*(row.get(one) for one in _NAMES), *(row.get("alt_names") or ())):
        if name:
            yield name
            words = name.split()
            if row.get("kind") == "person" and len(words) == 2:
                yield " ".join(reversed(words))
    yield from (text for one in _LONG_TEXTS if (text := row.get(one)) and len(text.split()) >= _LONG)


def erase_judgements(home: Home) -> int:
    """Remove the judgements about those who were erased; how many. A build, which keeps the others, comes after it."""
    forgotten = Forgotten.read(home)
    return judgements.erase(home.judgements, forgotten.mask, lambda one: forgotten.hides(actor_iri(one)))


def clean(home: Home, before: Iterable[Path]) -> Cleaned:
    """Remove what names those who were erased: older generations, files that no generation is made of, reports.

    `before`: the kept files that were there when the erasure began; others may be of a build that is running.
    """
    forgotten, current = Forgotten.read(home), home.current_id()
    removed = [one for one in home.ids() if one != current and holds(home.generations / one, forgotten)]
    for one in removed:
        shutil.rmtree(home.generations / one)
    for one in home.ids():
        if one != current:
            shutil.rmtree(home.generations / one / DELTA, ignore_errors=True)  # from what was to what is
    shutil.rmtree(home.rejected, ignore_errors=True)
    unused = _unused(home, before)
    for file in unused:
        file.unlink()
    return Cleaned(tuple(removed), len(unused))


def holds(generation: Path, forgotten: Forgotten) -> bool:
    """Whether a generation names somebody who was erased, as far as its files can be read."""
    if list_sha256(generation) == forgotten.sha256:
        return False
    try:
        return any(_tables_name(generation / "tables", forgotten)) or any(
            _text_names(file, forgotten.mask)
            for file in (generation / "run.json", *(generation / "quarantine").iterdir())
        )
    except (OSError, PolarsError):
        return True


def _tables_name(folder: Path, forgotten: Forgotten) -> Iterator[bool]:
    for file in folder.glob("*.parquet"):
        if file.stem not in _TABLES_OF_REFERENCES:
            frame = pl.scan_parquet(file)
            names = frame.collect_schema().names()
            if "source" in names:
                frame = frame.filter(~pl.col("source").is_in(REFERENCES))
            if file.stem == "actors":
                yield any(map(forgotten.hides, frame.select("iri").collect()["iri"]))
            yield any(forgotten.mask(text) != text for name in names for text in _texts(frame, name))


def _texts(frame: pl.LazyFrame, name: str) -> pl.Series:
    """The different texts of a column; nothing of numbers and days."""
    kind = frame.collect_schema()[name]
    column = pl.col(name).explode() if kind == pl.List(pl.String) else pl.col(name)
    if kind not in (pl.String, pl.List(pl.String)):
        return pl.Series([], dtype=pl.String)
    return frame.select(column.drop_nulls().unique()).collect().to_series()


def _text_names(path: Path, mask: Mask) -> bool:
    return any(mask(line) != line for line in path.read_text(encoding="utf-8").splitlines())


def _unused(home: Home, before: Iterable[Path]) -> list[Path]:
    """The kept files that no generation is made of."""
    used: set[str] = set()
    for one in home.ids():
        run = orjson.loads((home.generations / one / "run.json").read_bytes())
        used |= {card["sha256"] for card in run["sources"]} | {run.get("judgements", {}).get("sha256", "")}
    return [file for file in before if file.name not in used and file.is_file()]
