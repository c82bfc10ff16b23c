"""Serves the application with uvicorn until it is told to stop.

The address is bound first, so that a port that is taken is said at once; it is announced when it answers.
"""

import logging
import signal
import socket
import sys
import time
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from threading import Thread

from fastapi import FastAPI
from uvicorn import Config, Server
from uvicorn.supervisors import Multiprocess

from api.app import create_app
from api.current import Current
from api.hardening import server_options
from api.pipeline import UsageError
from api.settings import Settings
from graph.home import NoGenerationError

GRACE_S = 5
"""How long answers under way may take after the service was told to stop."""
START_S = 60
"""How long a worker may be silent; while it imports, it is, and one that is killed for it never gets anywhere."""
_POLL_S = 0.02
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, never bound to
"""Addresses that mean every interface, and one under which such a service answers here."""


def bind(host: str, port: int) -> socket.socket:
    """The socket to serve on, not listening yet; port 0 is any free one. Raises `UsageError` where it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"cannot serve on {host} port {port} ({reason}): choose another --port or --host") from error
    bound.set_inheritable(True)
    return bound


def serve(bound: socket.socket, settings: Settings, workers: int = 1) -> None:
    """Serve until SIGINT or SIGTERM; answers under way are finished. Prints one line when it answers."""
    config = Config(
        partial(application, _reachable(settings, bound)),
        factory=True,
        workers=workers,
        loop="auto",
        log_level=logging.WARNING,
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_worker_healthcheck=START_S,
        **server_options(),  # type: ignore[arg-type]
    )
    Thread(target=_announce, args=(bound.getsockname(),), daemon=True).start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn stops gracefully, then raises what it caught
    with suppress(KeyboardInterrupt):
        Multiprocess(config, sockets=[bound]).run() if workers > 1 else Server(config).run(sockets=[bound])


def application(settings: Settings) -> FastAPI:
    """The application of one process; it opens the generation beside its first answers rather than in them."""
    app = create_app(settings)
    Thread(target=_open, args=(app.state.current,), daemon=True).start()
    return app


def _open(current: Current) -> None:
    with suppress(NoGenerationError):
        current.reader()


def _reachable(settings: Settings, bound: socket.socket) -> Settings:
    """The settings with the address that is served on as a name of the service."""
    host = bound.getsockname()[0]
    own = f"[{host}]" if ":" in host else host
    names = (socket.gethostname(),) if host in _EVERYWHERE else (own,)
    return settings.model_copy(update={"hosts": (*settings.hosts, *names)})


def _announce(address: tuple[str, int]) -> None:
    """Say the address on standard output as soon as it answers."""
    host, port = address[:2]
    near = _EVERYWHERE.get(host, host)
    while not _answers(near, port):
        time.sleep(_POLL_S)
    shown = f"[{near}]" if ":" in near else near
    sys.stdout.write(f"Serving on http://{shown}:{port} (Ctrl-C stops)\n")
    sys.stdout.flush()


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
