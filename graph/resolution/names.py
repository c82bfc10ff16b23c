"""Names of organisations, made comparable: no accents, no case, no legal forms, no little words, one way to write each.

« Assoc. Le RAMEAU », « Rameau (association) » and « LE RAMEAU » have the same words.
"""

from typing import Final

import polars as pl

_LITTLE_WORDS: Final = "a au aux c d de des du en et l la le les n of ou par pour s saint sainte st ste sur the un une"
_LITTLE: Final = frozenset(_LITTLE_WORDS.split())
"""Words that tell nothing; « Ste » may be « Sainte » or « Société »."""
_LEGAL_FORMS: Final = (
    "asbl eurl gie gip sa sarl sas sasu sca scic scop sci selarl snc societe loi 1901 association asso assoc"
)
_LEGAL: Final = frozenset(_LEGAL_FORMS.split())
"""Words that say how an organisation is registered, which sources write or leave out as they like."""
_LONG: Final[dict[str, str]] = {
    "ca": "communaute agglomeration", "cc": "communaute communes", "cdc": "communaute communes",
    "cu": "communaute urbaine", "ccas": "centre communal action sociale", "cias": "centre intercommunal action sociale",
    "mjc": "maison jeunes culture", "fed": "federation", "fond": "fondation", "fdn": "fondation", "synd": "syndicat",
    "grpt": "groupement", "gpt": "groupement", "cte": "comite", "dep": "departemental", "dpt": "departement",
    "dept": "departement", "departementale": "departemental", "reg": "regional", "regionale": "regional",
    "nationale": "national", "nat": "national", "coop": "cooperative", "interco": "intercommunal",
    "envt": "environnement", "intl": "international",
    "univ": "universite", "etab": "etablissement", "ets": "etablissement", "dir": "direction", "min": "ministere",
    "mun": "municipal",
}  # fmt: skip
"""What is written short or in two forms, and the words that it stands for."""
_KNOWN: Final = ("pour", "association", "societe", "saint", "sainte", *sorted(one for one in _LONG if len(one) > 4))
"""Words that others are mistyped from however few names there are. None so short that acronyms are taken for it."""
_COMMONER: Final = 40
"""How many times as often as another a word must be used for the other to be a mistyped form of it."""
_EVERYWHERE: Final = 2**31
_LEAST_LETTERS: Final = 5
"""A shorter word is like too many others to be what was meant, however common it is."""


def words_of(names: pl.DataFrame) -> pl.DataFrame:
    """The words of each name, each once, sorted: columns `n`, `word`, `telling`.

    `names` has `n` and `name`. Legal forms and little words tell no name from another.
    """
    plain = (
        pl.col("name")
        .str.to_lowercase()
        .str.replace_many(["œ", "æ", "ß"], ["oe", "ae", "ss"])
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.extract_all(r"[\p{L}\p{N}]+")
    )
    found = names.select("n", word=plain).explode("word").drop_nulls()
    right = _corrected(found)
    long = right.with_columns(pl.col("word").replace(_LONG).str.split(" ")).explode("word")
    short = pl.col("word").str.contains(r"^\p{L}{1,2}$")
    telling = ~pl.col("word").is_in(_LITTLE | _LEGAL) & ~short
    return long.with_columns(telling=telling).unique().sort("n", "word")


def _corrected(words: pl.DataFrame) -> pl.DataFrame:
    """The words, each replaced by a far commoner one from which a single typing mistake leads to it.

    Names of places and persons are seldom common: they stay as they are, and are compared pair by pair.
    """
    own = words.group_by("word").len("uses").filter(~pl.col("word").is_in(_KNOWN), pl.col("word").str.len_chars() > 2)
    often = own.filter(pl.col("uses") >= _COMMONER, pl.col("word").str.len_chars() >= _LEAST_LETTERS)
    known = pl.DataFrame({"word": _KNOWN}).with_columns(uses=pl.lit(_EVERYWHERE, own.schema["uses"]))
    both = _with_a_letter_less(own).join(_with_a_letter_less(pl.concat([known, often])), on="less", suffix="_meant")
    likely = both.filter(pl.col("uses_meant") >= _COMMONER * pl.col("uses"))
    meant = likely.sort("uses_meant", "word_meant", descending=[True, False]).unique("word", keep="first")
    found = words.join(meant.select("word", "word_meant"), on="word", how="left", maintain_order="left")
    return found.select("n", word=pl.coalesce("word_meant", "word"))


def _with_a_letter_less(words: pl.DataFrame) -> pl.DataFrame:
    """Each word as `less`: whole, and without each of its letters in turn.

    Two words have one in common where a letter was left out, added, exchanged with the next or with another.
    """
    length = pl.col("word").str.len_chars()
    each = words.with_columns(at=pl.int_ranges(0, length + 1)).explode("at")
    return each.with_columns(less=pl.col("word").str.head(pl.col("at")) + pl.col("word").str.slice(pl.col("at") + 1))
