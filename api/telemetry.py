"""How often and how fast each route answers, and how the mirror is, in the text format of Prometheus.

Labels come from the routes alone, never from what a client writes: their number is bounded.
"""

import time
from bisect import bisect_left
from collections import Counter, defaultdict
from threading import Lock

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.mirror.status import STATES, MirrorStatus

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_NO_ROUTE = "none"


class Telemetry:
    """Counts of answers by route and status, and latencies by route."""

    def __init__(self) -> None:
        self._answers: Counter[tuple[str, int]] = Counter()
        self._latencies: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS_S) + 1))
        self._seconds: Counter[str] = Counter()
        self._lock = Lock()

    def add(self, route: str, status: int, seconds: float) -> None:
        """One answer."""
        with self._lock:
            self._answers[route, status] += 1
            self._latencies[route][bisect_left(BUCKETS_S, seconds)] += 1
            self._seconds[route] += seconds  # type: ignore[assignment]

    def lines(self) -> list[str]:
        """The samples, sorted."""
        with self._lock:
            return [*self._answer_lines(), *self._latency_lines()]

    def _answer_lines(self) -> list[str]:
        samples = [
            f'alliances_http_requests_total{{route="{route}",status="{status}"}} {count}'
            for (route, status), count in sorted(self._answers.items())
        ]
        return [
            "# HELP alliances_http_requests_total Answers.",
            "# TYPE alliances_http_requests_total counter",
            *samples,
        ]

    def _latency_lines(self) -> list[str]:
        name = "alliances_http_request_seconds"
        lines = [
            f"# HELP {name} From the first byte of a request to the last of its answer.",
            f"# TYPE {name} histogram",
        ]
        for route, counts in sorted(self._latencies.items()):
            reached = 0
            for bound, count in zip((*map(str, BUCKETS_S), "+Inf"), counts, strict=True):
                reached += count
                lines.append(f'{name}_bucket{{route="{route}",le="{bound}"}} {reached}')
            lines.append(f'{name}_sum{{route="{route}"}} {float(self._seconds[route]):.6f}')
            lines.append(f'{name}_count{{route="{route}"}} {reached}')
        return lines


def mirror_lines(status: MirrorStatus) -> list[str]:
    """The samples of the mirror; none where there is no mirror, and no lag where it is not known."""
    if status.state == "off":
        return []
    lag = [] if status.lag is None else [f"alliances_mirror_lag_generations {status.lag}"]
    return [
        "# HELP alliances_mirror_up Whether Neo4j answers and takes what it is given.",
        "# TYPE alliances_mirror_up gauge",
        f"alliances_mirror_up {int(status.state != 'degraded')}",
        "# HELP alliances_mirror_state The state that /readyz shows.",
        "# TYPE alliances_mirror_state gauge",
        *(f'alliances_mirror_state{{state="{state}"}} {int(state == status.state)}' for state in STATES),
        "# HELP alliances_mirror_lag_generations How many generations were published since the one that it holds.",
        "# TYPE alliances_mirror_lag_generations gauge",
        *lag,
        "# HELP alliances_mirror_batches_total Transactions with rows that this process has written.",
        "# TYPE alliances_mirror_batches_total counter",
        f"alliances_mirror_batches_total {status.batches}",
    ]


class Counted:
    """ASGI middleware that counts each answer."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", _NO_ROUTE)
            self._telemetry.add(route, status, time.perf_counter() - started)


class HeadAsGet:
    """ASGI middleware: HEAD is answered as GET; the server leaves the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass HEAD on as GET, in a scope of its own: the server still sees HEAD."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
