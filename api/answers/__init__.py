"""What the project answers: one function an interface route.

    reader = Reader(open_generation())
    list_rows(reader, "alliances", Question(territory="REG-28")).body()

Called by the HTTP routes, the command line and the pages. Errors are `AnswerError`s: one sentence that
says what to do.
"""

from api.answers.answer import Answer, Row
from api.answers.catalogue import LISTS, ListSpec
from api.answers.citation import citation
from api.answers.diff import DiffQuestion, Side, diff, sides
from api.answers.errors import AmbiguousError, AnswerError, BadQuestionError, BusyError, NotFoundError
from api.answers.isolation import IsolationQuestion, isolation, territory_isolation
from api.answers.lists import list_rows
from api.answers.metrics import MetricsQuestion, metrics
from api.answers.network import allies, ego
from api.answers.networks import NetworksQuestion, bridges, networks
from api.answers.paths import PathQuestion, paths
from api.answers.pockets import PocketsQuestion, pockets
from api.answers.question import Question, day
from api.answers.reader import Reader
from api.answers.record import origins, record
from api.answers.search import search
from api.answers.series import SeriesQuestion, series
from api.answers.significance import IntervalsQuestion, SignificanceQuestion, intervals, significance
from api.answers.views import ViewQuestion, view
from api.answers.whatif import AddQuestion, RemoveQuestion, whatif_add, whatif_remove

__all__ = [
    "LISTS",
    "AddQuestion",
    "AmbiguousError",
    "Answer",
    "AnswerError",
    "BadQuestionError",
    "BusyError",
    "DiffQuestion",
    "IntervalsQuestion",
    "IsolationQuestion",
    "ListSpec",
    "MetricsQuestion",
    "NetworksQuestion",
    "NotFoundError",
    "PathQuestion",
    "PocketsQuestion",
    "Question",
    "Reader",
    "RemoveQuestion",
    "Row",
    "SeriesQuestion",
    "Side",
    "SignificanceQuestion",
    "ViewQuestion",
    "allies",
    "bridges",
    "citation",
    "day",
    "diff",
    "ego",
    "intervals",
    "isolation",
    "list_rows",
    "metrics",
    "networks",
    "origins",
    "paths",
    "pockets",
    "record",
    "search",
    "series",
    "sides",
    "significance",
    "territory_isolation",
    "view",
    "whatif_add",
    "whatif_remove",
]
