"""Why a query has no result; each error has the HTTP status that it stands for.

SparqlError                     one sentence that says what to do
├── BadQueryError          400   not a SPARQL query, or one beyond the limits of form
│   └── ForbiddenError     400   SERVICE, or an update
├── NotAcceptableError     406   no format that both sides know
├── TooLargeError          413   the text, one row of the result, or the memory it takes
├── BusyError              503   no worker was free in time
├── UnavailableError       503   no store, no sandbox, or the pool is closed
├── WorkerDiedError        503   the process that worked on the query is gone
└── TimedOutError          504   the deadline passed, and the worker was killed
"""

from typing import ClassVar


class SparqlError(Exception):
    """There is no result; the message is one sentence for the person who asked."""

    status: ClassVar[int] = 500
    retry_after_s: ClassVar[int | None] = None
    """Seconds after which the same request may well succeed; None where it will not."""


class BadQueryError(SparqlError):
    """The text is no query, or is beyond a limit of form."""

    status = 400


class ForbiddenError(BadQueryError):
    """A query that asks for what is never done here: SERVICE, or an update."""


class NotAcceptableError(SparqlError):
    """None of the formats that the client accepts fits this kind of query."""

    status = 406


class TooLargeError(SparqlError):
    """The text, one row of the result, or the memory that the query takes, is beyond its limit."""

    status = 413


class BusyError(SparqlError):
    """Every worker is taken, and others are waiting already."""

    status = 503
    retry_after_s = 2


class UnavailableError(SparqlError):
    """No query at all can be answered at the moment."""

    status = 503
    retry_after_s = 10


class WorkerDiedError(SparqlError):
    """The process that worked on the query ended; the next query gets a new one."""

    status = 503
    retry_after_s = 1


class TimedOutError(SparqlError):
    """The query took longer than its deadline, and was stopped."""

    status = 504
