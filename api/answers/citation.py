"""How to cite what an answer was read from."""

from dataclasses import asdict

from api.answers.answer import Row
from api.answers.reader import Reader


def citation(reader: Reader) -> Row:
    """The citation of the generation in every style, and the licence of each of its sources."""
    generation = reader.generation
    return {
        "context": reader.context("how to cite this generation"),
        **{style: generation.cite(style) for style in ("text", "bibtex", "cff")},
        "licences": [asdict(one) for one in generation.cited.licences],
    }
