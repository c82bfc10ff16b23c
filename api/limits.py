"""The one table of limits: what a stranger may ask of this service, in figures.

Every limit has its unit in its name, its reason beside it, and the HTTP status of an answer beyond it.
None of them means « unlimited » when it is 0. `table()` gives the rows for the documentation.
"""

from dataclasses import dataclass, field, fields

KIB = 1024
MIB = 1024 * KIB


def _limit(value: int, status: int | None, why: str) -> int:
    """A field of `Limits`; `status` is what an answer beyond the limit says, None where it is cut and says so."""
    return field(default=value, metadata={"status": status, "why": why})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every limit of the HTTP service and of foreign SPARQL; see `table` for the reasons."""

    url_bytes: int = _limit(60_000, 414, "Path and query string; the HTTP parser itself refuses 65,536.")
    body_bytes: int = _limit(2 * MIB, 413, "Body of a request, counted while it streams in, whatever it declares.")
    upload_bytes: int = _limit(50 * MIB, 413, "Body of a load that carries a token.")
    header_deadline_ms: int = _limit(10_000, None, "From the first moment to the end of the headers; then hung up.")
    body_deadline_ms: int = _limit(60_000, None, "From the end of the headers to the end of the body; then hung up.")

    list_rows: int = _limit(500, 422, "Rows of one page of a list.")
    list_rows_default: int = _limit(50, None, "Rows of a page when nothing is asked.")
    ego_depth: int = _limit(3, 422, "Steps around an actor: beyond, most of the network is « near ».")
    path_steps: int = _limit(6, 422, "Longest chain between two actors that is looked for.")
    path_count: int = _limit(50, None, "Chains that are listed; 11 actors who all know each other have 986,410.")

    sparql_query_bytes: int = _limit(
        16 * KIB, 413, "UTF-8 bytes of a query: the parser overflows its stack on long ones."
    )
    sparql_nesting: int = _limit(64, 400, "Open brackets of any kind; 2,250 braces end the process.")
    sparql_patterns: int = _limit(
        100, 400, "Triple patterns, path steps, groups: the optimiser is quadratic and worse."
    )
    sparql_operators: int = _limit(64, 400, "UNION, ||, &&, ! and arithmetic: each is a level of recursion.")
    sparql_graphs: int = _limit(100, 400, "`default-graph-uri` and `named-graph-uri` of one request.")
    sparql_deadline_ms: int = _limit(10_000, 504, "Time of one query; a client may shorten it with `timeout`.")
    sparql_wait_ms: int = _limit(2_000, 503, "Wait for a free worker.")
    sparql_waiting_per_worker: int = _limit(4, 503, "Requests that wait at once; more are sent away immediately.")
    sparql_memory_bytes: int = _limit(1536 * MIB, 413, "Memory of one query, on top of what the open store takes.")
    sparql_rows: int = _limit(10_000, None, "Rows or triples of one answer; the answer says that it was cut.")
    sparql_result_bytes: int = _limit(16 * MIB, None, "Size of one answer; the answer says that it was cut.")


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One line of the documentation: `unit` is what the name ends with, `status` None where no error is answered."""

    name: str
    value: int
    unit: str
    status: int | None
    why: str


_UNITS = {"bytes": "bytes", "ms": "milliseconds"}


def table(limits: Limits = LIMITS) -> list[LimitRow]:
    """Every limit with its reason, in the order of the class."""
    return [
        LimitRow(
            name=one.name,
            value=getattr(limits, one.name),
            unit=_UNITS.get(one.name.rpartition("_")[2], "count"),
            status=one.metadata["status"],
            why=one.metadata["why"],
        )
        for one in fields(limits)
    ]
