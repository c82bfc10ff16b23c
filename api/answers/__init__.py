"""What the project answers: one function an interface route.

    reader = Reader(open_generation())
    list_rows(reader, "alliances", Question(territory="REG-28")).body()

Called by the HTTP routes, the command line and the pages. Errors are `AnswerError`s: one sentence that
says what to do.
"""

from api.answers.answer import Answer, Row
from api.answers.catalogue import LISTS, ListSpec
from api.answers.errors import AmbiguousError, AnswerError, BadQuestionError, BusyError, NotFoundError
from api.answers.isolation import IsolationQuestion, isolation, territory_isolation
from api.answers.lists import list_rows
from api.answers.metrics import MetricsQuestion, metrics
from api.answers.network import allies, ego
from api.answers.question import Question, day
from api.answers.reader import Reader
from api.answers.record import origins, record
from api.answers.search import search
from api.answers.views import ViewQuestion, view

__all__ = [
    "LISTS",
    "AmbiguousError",
    "Answer",
    "AnswerError",
    "BadQuestionError",
    "BusyError",
    "IsolationQuestion",
    "ListSpec",
    "MetricsQuestion",
    "NotFoundError",
    "Question",
    "Reader",
    "Row",
    "ViewQuestion",
    "allies",
    "day",
    "ego",
    "isolation",
    "list_rows",
    "metrics",
    "origins",
    "record",
    "search",
    "territory_isolation",
    "view",
]
