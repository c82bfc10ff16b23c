"""Names without case, accents, ligatures and punctuation: `reseau d oeuvres` finds « Réseau d'Œuvres »."""

import polars as pl

_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"}


def fold_expr(text: pl.Expr) -> pl.Expr:
    """The folded form of each text: lower-case words of letters and digits with one blank between; null stays null."""
    bare = text.cast(pl.String).str.normalize("NFKD").str.replace_all(r"\p{M}+", "").str.to_lowercase()
    letters = bare.str.replace_many(list(_LIGATURES), list(_LIGATURES.values()))
    return letters.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars(" ")


def fold(text: str) -> str:
    """The folded form of one text, by the very rule of `fold_expr`; empty where it holds no letter and no digit."""
    return str(pl.select(fold_expr(pl.lit(text))).item())
