"""The HTTP service, as a table of contents.

uvicorn.run(create_app(Settings()), **server_options())
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response

from api.answers import AnswerError
from api.answers.search import SearchIndex
from api.current import Current
from api.engines import mirror_service
from api.hardening import harden, problem_response
from api.pools import Pools
from api.routes.analysis import analysis_router
from api.routes.diff import diff_router
from api.routes.docs import docs_router
from api.routes.health import health_router
from api.routes.linked import linked_router
from api.routes.lists import lists_router, records_router
from api.routes.network import network_router
from api.routes.paths import paths_router
from api.routes.respond import CORS, on_answer_error
from api.routes.search import search_router
from api.routes.series import series_router
from api.routes.significance import significance_router
from api.routes.views import views_router
from api.routes.whatif import whatif_router
from api.settings import Neo4jSettings, Settings
from api.site import site_router
from api.site.drawings import Drawings
from api.sparql.protocol import sparql_router
from api.telemetry import Counted, HeadAsGet, Telemetry
from graph.home import Home, NoGenerationError
from graph.mirror.status import OFF

if TYPE_CHECKING:
    from graph.mirror.service import MirrorService

DESCRIPTION = (
    "Who allies with whom for the general interest in France, around SDG 17. Every answer says in `context` which "
    "generation of the data it was read from. Errors are RFC 9457 problems; the ETag is the generation."
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service over the home of `settings`; it starts without a generation too, and serves one once there is one."""
    settings = settings or Settings()
    home = Home(settings.home)
    mirror = mirror_service(Neo4jSettings(), home)
    current = Current(home, settings.check_seconds, warmed=(SearchIndex, Drawings))
    pools = Pools(current, settings.sparql_workers)
    telemetry = Telemetry()
    app = FastAPI(
        title="Alliances",
        description=DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_life(pools, mirror),
    )
    app.add_middleware(HeadAsGet)
    app.add_middleware(Counted, telemetry=telemetry)
    harden(app, hosts=settings.hosts)
    app.add_exception_handler(AnswerError, on_answer_error)
    app.add_exception_handler(NoGenerationError, _on_no_generation)
    app.include_router(health_router(current, telemetry, mirror.status if mirror else lambda: OFF))
    app.include_router(lists_router(current))
    app.include_router(search_router(current))
    app.include_router(analysis_router(current))
    app.include_router(network_router(current))
    app.include_router(paths_router(current))
    app.include_router(series_router(current))
    app.include_router(diff_router(current))
    app.include_router(significance_router(current))
    app.include_router(whatif_router(current))
    app.include_router(records_router(current))
    app.include_router(linked_router(current))
    app.include_router(views_router(current))
    app.include_router(sparql_router(pools.current))
    app.include_router(docs_router(app))
    app.include_router(site_router(current))
    app.state.current = current
    return app


def _life(pools: Pools, mirror: "MirrorService | None") -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The life of the service: its workers, and what keeps its mirror current, end with it."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if mirror:
            mirror.start()
        yield
        if mirror:
            mirror.stop()
        pools.close()

    return lifespan


def _on_no_generation(_: Request, error: Exception) -> Response:
    return problem_response(503, _sentence(str(error)), headers={"retry-after": "10", **CORS})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
