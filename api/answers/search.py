"""Search over all kinds by name: prefix first, then words, then parts, then typing mistakes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from api.answers.answer import Answer, Row
from api.answers.errors import BadQuestionError
from api.answers.folding import fold, fold_expr
from api.answers.reader import Reader

SEARCHED = (
    "actors",
    "alliances",
    "measures",
    "chantiers",
    "platforms",
    "programmes",
    "events",
    "targets",
    "territories",
)
MATCHES = ("exact", "prefix", "words", "part", "similar")
_PART = MATCHES.index("part")
"""How a name can match, the best first."""
DEFAULT_LIMIT = 20
_PARTS_FROM_LENGTH = 3
"""Shorter questions are looked for at the beginning of names alone: a letter is everywhere."""
_SIMILAR_FROM_LENGTH = 4
_SQUEEZED_FROM_LENGTH = 6
_SIMILARITY = 0.7
_SIMILAR_WORDS = 12
_CODES = ("id", "insee", "siren", "number")
_OTHER_NAMES = ("name_en", "acronym")


class SearchIndex:
    """Every name of a generation, folded once. About 40,000 with all communes."""

    def __init__(self, reader: Reader) -> None:
        rows = pl.concat([_entries(reader, name) for name in SEARCHED])
        self._entries = rows.drop("texts", "codes")
        self._order = self._ranks(rows)
        long = rows.select("texts").with_row_index("entry").explode("texts").drop_nulls()
        self._texts = long["texts"].to_list()
        self._owners = long["entry"].to_list()
        codes = rows.select("codes").with_row_index("entry").explode("codes").drop_nulls()
        self._codes = _grouped(codes["codes"].to_list(), codes["entry"].to_list())

    @staticmethod
    def _ranks(rows: pl.DataFrame) -> list[int]:
        """The place of each entry among equal matches: territories last, by population; then short names."""
        keys = rows.with_row_index("entry").sort(
            pl.col("list") == "territories",
            pl.col("population").fill_null(0),
            pl.col("name").str.len_chars(),
            "name",
            "iri",
            descending=[False, True, False, False, False],
        )
        return keys.with_row_index("rank").sort("entry")["rank"].to_list()

    @cached_property
    def _words(self) -> dict[str, list[int]]:
        """The texts that hold a word, by the word."""
        words = defaultdict(list)
        for place, text in enumerate(self._texts):
            for word in set(text.split()):
                words[word].append(place)
        return dict(words)

    @cached_property
    def _without_blanks(self) -> list[str]:
        return [text.replace(" ", "") for text in self._texts]

    @cached_property
    def _vocabulary(self) -> list[str]:
        return [word for word in self._words if len(word) >= _SIMILAR_FROM_LENGTH]

    def warm(self) -> None:
        """Make what the first typing mistake would wait for."""
        _ = self._vocabulary, self._without_blanks

    def find(self, folded: str, code: str) -> dict[int, float]:
        """How each entry matches: its place in `MATCHES`, for `similar` ones plus 0 (alike) to 1.

        Similar names count only where nothing matches as written, or only within longer words.
        """
        found: dict[int, float] = dict.fromkeys(self._codes.get(code, ()), 0.0)
        for entry, match in self._plain(folded):
            found[entry] = min(match, found.get(entry, match))
        if min(found.values(), default=_PART) < _PART:
            return found
        return {**self._similar(folded), **(found or self._squeezed(folded))}

    def _plain(self, folded: str) -> Iterator[tuple[int, float]]:
        begins = " " + folded
        short = len(folded) < _PARTS_FROM_LENGTH
        for text, entry in zip(self._texts, self._owners, strict=True):
            if text.startswith(folded) if short else folded in text:
                yield entry, _match(text, folded, begins)
        yield from ((entry, 2) for entry in self._all_words(folded.split()))

    def _squeezed(self, folded: str) -> dict[int, float]:
        """The entries that have the question somewhere, wherever the blanks are: « (Re)Connaissance »."""
        wanted = folded.replace(" ", "")
        if len(wanted) < _SQUEEZED_FROM_LENGTH:
            return {}
        return {self._owners[place]: 3 for place, text in enumerate(self._without_blanks) if wanted in text}

    def _all_words(self, words: list[str]) -> set[int]:
        """The entries with every word, in any order."""
        if len(words) < 2 or any(word not in self._words for word in words):
            return set()
        places = set.intersection(*(set(self._words[word]) for word in words))
        return {self._owners[place] for place in places}

    def _similar(self, folded: str) -> dict[int, float]:
        """The entries that have, for every word of the question, that word or one like it."""
        places: set[int] | None = None
        for word in folded.split():
            holding = {place for one in self._like(word) for place in self._words[one]}
            places = holding if places is None else places & holding
        found: dict[int, float] = {}
        for place in places or ():
            distance = 4 + OSA.normalized_distance(folded, self._texts[place])
            found[self._owners[place]] = min(distance, found.get(self._owners[place], distance))
        return found

    def _like(self, word: str) -> Iterable[str]:
        exact = [word] if word in self._words else []
        if len(word) < _SIMILAR_FROM_LENGTH:
            return exact
        similar = process.extract(
            word,
            self._vocabulary,
            scorer=OSA.normalized_similarity,
            limit=_SIMILAR_WORDS,
            score_cutoff=_SIMILARITY,
        )
        return [*exact, *(one for one, _score, _place in similar if one != word)]

    def rows(self, matches: dict[int, float], lists: frozenset[str] | None) -> pl.DataFrame:
        """The entries found, the best first, restricted to some lists."""
        wanted = sorted(matches, key=lambda entry: (matches[entry], self._order[entry]))
        found = self._entries[wanted].with_columns(
            match=pl.Series([MATCHES[int(min(matches[entry], 4))] for entry in wanted], dtype=pl.String)
        )
        return found.filter(pl.col("list").is_in(sorted(lists))) if lists else found


def _match(text: str, folded: str, begins: str) -> int:
    if text == folded:
        return 0
    if text.startswith(folded):
        return 1
    return 2 if begins in text else 3


def _grouped(keys: list[str], values: list[int]) -> dict[str, list[int]]:
    groups = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        groups[key].append(value)
    return dict(groups)


def _entries(reader: Reader, name: str) -> pl.DataFrame:
    """The rows of one list as search shows them, with their folded `texts` and the `codes` that name them."""
    frame = reader.frame(name)

    def column(field: str, dtype: type[pl.DataType]) -> pl.Expr:
        return (pl.col(field) if field in frame.columns else pl.lit(None)).cast(dtype).alias(field)

    names = [fold_expr(column(field, pl.String)) for field in ("name", *_OTHER_NAMES)]
    other = column("alt_names", pl.List(pl.String)) if "alt_names" in frame.columns else None  # type: ignore[arg-type]
    texts = pl.concat_list(*names)
    if other is not None:
        texts = pl.concat_list(texts, other.list.eval(fold_expr(pl.element())).fill_null([]))
    codes = [column(field, pl.String).str.to_lowercase() for field in _CODES if field in frame.columns]
    return frame.select(
        pl.lit(name).alias("list"),
        "id",
        "source",
        "iri",
        "name",
        column("name_en", pl.String),
        column("kind", pl.String),
        column("population", pl.Int64),
        place=(pl.col("region_name") if "region_name" in frame.columns else pl.lit(None)).cast(pl.String),
        texts=texts.list.unique(maintain_order=True),
        codes=pl.concat_list(codes),
    )


def search(
    reader: Reader, q: str, *, lists: frozenset[str] | None = None, limit: int | None = DEFAULT_LIMIT, offset: int = 0
) -> Answer:
    """What is called `q`, whatever its case and accents, or is named by that code; the best match first.

    Results carry `list` (where the record is), `id`, `name`, `kind`, `match` (one of `MATCHES`).
    Typing mistakes are forgiven where nothing matches as written. `lists` restricts the kinds.
    Raises `BadQuestionError` where `q` holds no letter and no digit, or a list is unknown.
    """
    folded = fold(q)
    if not folded:
        raise BadQuestionError("q holds no letter and no digit: write a name, a part of one, or a code")
    if lists and (unknown := sorted(lists - set(SEARCHED))):
        raise BadQuestionError(f"{', '.join(unknown)} cannot be searched: choose from {', '.join(SEARCHED)}")
    index = reader.index(SearchIndex)
    rows = index.rows(index.find(folded, q.strip().lower()), lists)
    context = reader.context(f"everything called « {q} »")
    facets = {"list": _facet(rows)}
    return Answer(context, rows.slice(offset, limit), rows.height, limit, offset, facets)


def _facet(rows: pl.DataFrame) -> list[Row]:
    counts = rows.group_by(value="list").agg(count=pl.len()).with_columns(label="value")
    return counts.select("value", "label", "count").sort("count", "value", descending=[True, False]).to_dicts()
