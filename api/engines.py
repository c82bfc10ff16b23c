"""The Cypher engine that answers here: the Neo4j server that is configured, else one in this process; and its mirror.

The engines and their libraries are imported when one is opened.
"""

from typing import TYPE_CHECKING

from api.settings import Neo4jSettings
from graph.generation import Generation
from graph.home import Home
from graph.mirror.address import Address
from graph.mirror.engine import Cypher, Refused

if TYPE_CHECKING:
    from graph.mirror.service import MirrorService


def open_engine(address: Address | None, generation: Generation) -> Cypher:
    """The server at `address`; without one, an engine in this process that is filled with `generation` (seconds).

    Raises `Unreachable` or `Refused` where the server does not answer.
    """
    return _embedded(generation) if address is None else _server(address)


def _server(address: Address) -> Cypher:
    from graph.mirror.bolt import connect  # noqa: PLC0415

    return connect(address)


def _embedded(generation: Generation) -> Cypher:
    from graph.mirror.elements import elements_in  # noqa: PLC0415
    from graph.mirror.embedded import Embedded  # noqa: PLC0415
    from graph.mirror.fill import fill  # noqa: PLC0415

    engine = Embedded()
    fill(engine, elements_in(generation.path), generation=generation.id, graph_sha256=generation.graph_sha256)
    return engine


def mirror_service(settings: Neo4jSettings, home: Home) -> "MirrorService | None":
    """What keeps the mirror current beside a service; `None` where no server is configured. It is not started."""
    if not settings.uri:
        return None
    from graph.mirror.service import MirrorService  # noqa: PLC0415

    return MirrorService(home, lambda: _configured(settings))


def _configured(settings: Neo4jSettings) -> Cypher:
    """The server of the settings. A wrong address is found out here: a service starts without its mirror too."""
    address = settings.address()
    if address is None:
        raise Refused("no Neo4j is configured: set NEO4J_URI")
    return _server(address)
