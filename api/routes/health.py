"""`/healthz`, `/readyz`, `/metrics`."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import orjson
from fastapi import APIRouter, Response

from api import models
from api.answers import Reader
from api.current import Current
from api.telemetry import Telemetry, mirror_lines
from graph.home import NoGenerationError
from graph.mirror.status import MirrorStatus

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def health_router(current: Current, telemetry: Telemetry, mirror: Callable[[], MirrorStatus]) -> APIRouter:
    """What watches over the service ask. `mirror` gives the status of the mirror, at once."""
    router = APIRouter(tags=["health"])

    @router.get(
        "/healthz",
        operation_id="healthz",
        summary="Whether the process lives",
        responses={200: {"model": models.Health}},
    )
    async def healthz() -> Response:
        return _json({"status": "ok"}, 200)

    @router.get(
        "/readyz",
        operation_id="readyz",
        summary="Whether there is a generation to answer from",
        response_class=Response,
        responses={200: {"model": models.Readiness}, 503: {"model": models.Readiness}},
    )
    def readyz() -> Response:
        generation = _generation_id(current)
        ready = generation is not None
        body = {
            "status": "ready" if ready else "not ready",
            "generation": generation,
            "trouble": current.trouble,
            "mirror": asdict(mirror()),
        }
        return _json(body, 200 if ready else 503)

    @router.get("/metrics", operation_id="prometheus", summary="Counters for Prometheus", response_class=Response)
    def metrics() -> Response:
        lines = [*telemetry.lines(), *_generation_lines(current), *mirror_lines(mirror())]
        return Response("\n".join(lines) + "\n", headers={"content-type": PROMETHEUS})

    return router


def _json(body: Mapping[str, object], status: int) -> Response:
    return Response(orjson.dumps(body), status, {"cache-control": "no-store"}, "application/json")


def _generation_id(current: Current) -> str | None:
    try:
        return current.reader().generation.id
    except NoGenerationError:
        return None


def _generation_lines(current: Current) -> list[str]:
    try:
        reader = current.reader()
    except NoGenerationError:
        return ["# TYPE alliances_generation_loaded gauge", "alliances_generation_loaded 0"]
    return [
        "# TYPE alliances_generation_loaded gauge",
        f'alliances_generation_loaded{{generation="{reader.generation.id}"}} 1',
        "# HELP alliances_generation_age_seconds Since it was built.",
        "# TYPE alliances_generation_age_seconds gauge",
        f"alliances_generation_age_seconds {_age_seconds(reader):.0f}",
    ]


def _age_seconds(reader: Reader) -> float:
    run_card: Path = reader.generation.path / "run.json"
    return max(0.0, time.time() - run_card.stat().st_mtime)
