"""The questions that this graph must be able to answer, read from `graph/questions/`.

One file a question, to be read and edited by people: the question in French and English, the SPARQL
that answers it, the same answer over HTTP, from Python and on the command line, what is not known, and
the answer where it is known beforehand. Things are found by their concept, never by a value or an id
written into the query; what the asker names (an actor, a territory, a date) stands in a line marked
`# parameter: …`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import graph
from graph.generation import Generation
from graph.queries import PROLOGUE, Row, select

Compare: TypeAlias = Literal["equal", "subset", "superset"]
"""How another way of asking relates to the SPARQL: it finds the same rows, some of them, or them and more."""


class Model(BaseModel):
    """The base of all: immutable, and nothing that is not named may be written."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rest(Model):
    """One address of the HTTP interface that gives the answer, or the part of it for which `of` holds."""

    path: str = Field(pattern=r"^/api/v1/")
    """May hold `{id}`: then it is asked for every result of `find`."""
    find: str | None = Field(default=None, pattern=r"^/api/v1/")
    rows: str = ""
    """Where the rows stand in the body (`results`); empty: the body is the only row."""
    explode: tuple[str, ...] = ()
    """Lists within a row, each of whose entries makes a row of its own."""
    where: Mapping[str, str] = Field(default_factory=dict)
    """Only rows with these values, by field (`relations.relation`)."""
    of: Mapping[str, str] = Field(default_factory=dict)
    """The part of the answer that this address gives: values by variable of the SPARQL."""
    fields: Mapping[str, str] = Field(min_length=1)
    """Which field holds which variable of the SPARQL."""
    compare: Compare = "equal"


class Question(Model):
    """A question that somebody asks, and every way to have it answered."""

    id: str
    """The file's name: its number, and a few words."""
    themes: tuple[str, ...] = Field(min_length=1)
    fr: str = Field(min_length=10)
    en: str = Field(min_length=10)
    sparql: str = Field(min_length=10)
    python: str = Field(min_length=3)
    """An expression over `g`, the opened generation, and `pl`, Polars: a frame with variables of the SPARQL."""
    compare: Compare = "equal"
    """How the rows of `python` relate to those of the SPARQL."""
    cli: str = Field(pattern=r"^alliances ")
    rest: tuple[Rest, ...] = ()
    """Empty where no list or record gives the answer: then `/sparql` is the address."""
    note_fr: str = Field(min_length=10)
    """What the answer does not know: how much is documented, what is inferred, where sources disagree."""
    note_en: str = Field(min_length=10)
    expect: tuple[Mapping[str, str], ...] = ()
    """Rows of the answer that are known beforehand; a variable left out is not judged, an empty text is no value."""
    complete: bool = False
    """Whether `expect` is the whole answer."""

    @property
    def standalone(self) -> str:
        """The SPARQL with its prefixes, for `/sparql`, `alliances query` or any other place."""
        return f"{PROLOGUE}\n{self.sparql}"

    def ask(self, generation: Generation) -> list[Row]:
        """The answer of a generation: a row a solution, None where something is not known."""
        return select(generation, self.sparql)


class QuestionError(ValueError):
    """A file of questions that cannot be read; the sentence says which, and what to correct."""


@cache
def questions() -> tuple[Question, ...]:
    """All questions in the order of their numbers; raises `QuestionError` on a file that is not well-formed."""
    folder = files(graph).joinpath("questions")
    return tuple(read(Path(str(one))) for one in sorted(folder.iterdir(), key=str) if one.name.endswith(".toml"))


def read(path: Path) -> Question:
    """The question in a TOML file; raises `QuestionError` as `questions` does."""
    try:
        return Question(id=path.stem, **tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        raise QuestionError(f"{path.name}: {error}") from error
