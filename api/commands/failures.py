"""What each error of the project means to somebody at the command line: a sentence and an exit status."""

from api.answers import AnswerError
from api.forgetting import ForgetError
from api.output import safe
from api.pipeline import UsageError
from api.sparql.errors import BadQueryError, NotAcceptableError, SparqlError
from graph.build import BuildError
from graph.home import NoGenerationError
from graph.inflation import TooManyTiesError
from graph.mirror.engine import BadQuery, MirrorError
from graph.resolution.judgements import JudgementError
from loaders.fetching import FetchError

NOT_GOOD = 1
WRONG_USE = 2

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (UsageError, WRONG_USE),
    (AnswerError, WRONG_USE),
    (BadQueryError, WRONG_USE),
    (NotAcceptableError, WRONG_USE),
    (SparqlError, NOT_GOOD),
    (BuildError, NOT_GOOD),
    (JudgementError, NOT_GOOD),
    (NoGenerationError, NOT_GOOD),
    (BadQuery, WRONG_USE),
    (MirrorError, NOT_GOOD),
    (TooManyTiesError, NOT_GOOD),
    (FetchError, NOT_GOOD),
    (ForgetError, NOT_GOOD),
)


def explain(error: Exception) -> tuple[str, int]:
    """The sentence that says what to do, and the exit status; what nobody foresaw is called a defect."""
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return safe(_sentence(error)), status
    if isinstance(error, OSError):
        return safe(_of_system(error)), NOT_GOOD
    defect = f"something went wrong that should not ({type(error).__name__}: {error}): please report it with --debug"
    return safe(defect), NOT_GOOD


def _sentence(error: Exception) -> str:
    """The error's own sentence, and the candidates where it does not name them itself."""
    text = str(error)
    candidates = error.candidates if isinstance(error, AnswerError) else ()
    unnamed = [str(one["id"]) for one in candidates if str(one["id"]) not in text]
    return f"{text}: {', '.join(unnamed)}" if unnamed else text


def _of_system(error: OSError) -> str:
    if error.filename is None or error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}; check the path and its permissions"
