"""Direct ties, as each of their ends sees them."""

import polars as pl

from ontology import schemes
from ontology.schemes import Language

TWIN = "same_undertaking_as"
"""Ties two records of one thing seen as two kinds: two nodes, one page."""


def ties(relations: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    """Every relation twice: `node`, then the fields of an answer.

    `direction` is `out` for the subject and `in` for the object, who reads it by its inverse label;
    `other` is who is at the far end. What a merge has tied to itself is no tie.
    """
    relations = relations.filter(pl.col("subject") != pl.col("object"))
    out = relations.with_columns(node="subject", far="object", direction=pl.lit("out"))
    back = relations.with_columns(node="object", far="subject", direction=pl.lit("in"))
    far = things.select(far="iri", other=pl.struct("id", "iri", "class", "kind", "name", "name_en"))
    both = pl.concat([out, back]).join(far, on="far", how="inner", maintain_order="left")
    return both.select(
        "node", "id", "iri", "relation", _label("fr").alias("label_fr"), _label("en").alias("label_en"), "direction",
        "other", "start", "end", "seen_on", "basis", "note", "source_urls",
    )  # fmt: skip


def _label(lang: Language) -> pl.Expr:
    concepts = schemes.concepts("relation")
    forward = {one.key: one.labels[lang] for one in concepts}
    inverse = {one.key: one.inverse_labels.get(lang, one.labels[lang]) for one in concepts}
    key = pl.col("relation")
    return (
        pl.when(pl.col("direction") == "out")
        .then(key.replace_strict(forward, default=key, return_dtype=pl.String))
        .otherwise(key.replace_strict(inverse, default=key, return_dtype=pl.String))
    )
