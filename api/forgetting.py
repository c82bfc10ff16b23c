"""Erasing an actor: onto the list, a generation without it, and everything that still names it away.

Each step can be done again: an erasure that was interrupted is completed by asking for it once more.
"""

from collections.abc import Callable
from dataclasses import dataclass

from api.answers.errors import AnswerError, GoneError, MergedError
from api.answers.reader import Reader
from api.pipeline import Plan
from graph.build import Built
from graph.erasure import Cleaned, clean, erase_judgements, erasure_of
from graph.forgetting import Erasure, append, names
from graph.generation import Generation
from graph.home import Home
from graph.resolution import judgements
from graph.resolution.merging import actor_iri, full_id
from ontology import iris
from ontology.provenance import utc_now
from ontology.records import Actor

Build = Callable[[Home, Plan], Built]


class ForgetError(ValueError):
    """Somebody cannot be erased; the sentence says what to do."""


@dataclass(frozen=True)
class Outcome:
    """What became of an erasure."""

    built: Built
    cleaned: Cleaned
    judgements: int
    """How many judgements about the actor are gone."""
    rewritten: tuple[str, ...]
    """The files, as the user named them, of which the copy that is kept has a pseudonym now."""


def forget(home: Home, text: str, *, by: str, why: str, build: Build) -> Outcome:
    """Erase the actor that `text` names: an id (`source:key`, or the key alone) or an IRI.

    Raises `ForgetError` where no actor, or several, have the id; `NoGenerationError`; `BuildError` where no generation
    without it can be built: it is on the list then, and asking again completes the erasure.
    """
    generation = Generation(home.current())
    erasure = _found(generation, text, home)
    if erasure is not None:
        _refuse_names_of_files(generation, erasure)
        append(home, erasure, when=utc_now(), by=by, why=why)
    kept = list(home.inputs.iterdir()) if home.inputs.is_dir() else []
    judged = erase_judgements(home)
    before = _files(generation)
    sources = tuple({source for source, _ in before})
    built = build(home, Plan({}, allow_shrink=sources))
    after = _files(Generation(built.path))
    rewritten = tuple(path for file, (sha256, path) in before.items() if file in after and after[file][0] != sha256)
    return Outcome(built, clean(home, kept), judged, rewritten)


def _found(generation: Generation, text: str, home: Home) -> Erasure | None:
    """What is known of the actor; nothing where it is on the list already. Raises `ForgetError`."""
    asked = full_id(text) if text.startswith(iris.all_of(Actor.kind_name)) else text
    try:
        iri = _iri(Reader(generation), asked)
    except GoneError:
        return None
    except AnswerError as error:
        named = [str(one["id"]) for one in error.candidates]
        raise ForgetError(
            f"{error}: {', '.join(named)}"
            if named
            else f"no actor has the id {text!r}: look for it with alliances actors --q"
        ) from error
    if generation.forgotten.hides(iri):  # an erasure was interrupted
        return None
    return erasure_of(generation.path, iri, judgements.read(home.judgements))


def _iri(reader: Reader, asked: str) -> str:
    """The IRI of an actor, be it one into which the one that was asked for was merged."""
    try:
        return str(reader.find("actors", asked)["iri"])
    except MergedError as error:
        return actor_iri(error.into)


def _refuse_names_of_files(generation: Generation, erasure: Erasure) -> None:
    """Raise `ForgetError` where a file is called after the actor: its name stands in each of its rows' origins."""
    named = [file for _, file in _files(generation) if names(erasure, file)]
    if named:
        raise ForgetError(f"the file {named[0]} is called after them: give it another name, and build with that first")


def _files(generation: Generation) -> dict[tuple[str, str], tuple[str, str]]:
    """The SHA-256 of each kept file, by source and file, and how the user named it."""
    cards = (card for card in generation.run["sources"] if not card["shipped"])
    return {(card["name"], card["file"]): (card["sha256"], card["path"]) for card in cards}
