"""Why there is no answer.

AnswerError            one sentence that says what to do, with the HTTP status it stands for
├── BadQuestionError  400   the question cannot be meant like that; or a territory code means several
├── NotFoundError     404   there is no such thing in this generation
├── MergedError       308   the actor was merged into another, `into`
├── GoneError         410   the actor was erased (`alliances forget`)
├── AmbiguousError    300   an id that several sources use; `candidates` are the ids to choose from
└── BusyError         503   too much is being computed already
"""

from collections.abc import Sequence
from typing import ClassVar

Candidate = dict[str, str | None]
"""`id` (to be written instead), `name`, and where known `iri`."""


class AnswerError(Exception):
    """The question has no answer; the message is one sentence that says what to do."""

    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(self, message: str, candidates: Sequence[Candidate] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class BadQuestionError(AnswerError):
    """The question cannot be meant like that."""

    status = 400
    title = "The question cannot be answered"


class NotFoundError(AnswerError):
    """There is no such thing in this generation."""

    status = 404
    title = "Not found"


class MergedError(AnswerError):
    """The actor of the id `asked` was judged to be the same as another, whose id is `into` (`source:key`)."""

    status = 308
    title = "Merged into another actor"

    def __init__(self, asked: str, into: str) -> None:
        super().__init__(f"{asked!r} was merged into {into!r}: ask for that")
        self.asked = asked
        self.into = into


class GoneError(AnswerError):
    """The actor was erased: nothing is known of it any more, nor will be."""

    status = 410
    title = "Gone"


class AmbiguousError(AnswerError):
    """The id names several things."""

    status = 300
    title = "Several things have this id"


class BusyError(AnswerError):
    """Too much is being computed already; the same question may be asked again soon."""

    status = 503
    title = "Busy"
