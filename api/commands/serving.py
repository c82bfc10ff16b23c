"""`alliances up` and `alliances serve`."""

from typing import Annotated, TypeAlias

import typer
from pydantic import ValidationError

from api.commands.failures import explain
from api.output import note
from api.pipeline import Plan, UsageError, outdated
from api.serve import bind, serve
from api.settings import Settings
from graph.home import Home

app = typer.Typer()

HostOption: TypeAlias = Annotated[
    str, typer.Option("--host", help="The address to serve on; 0.0.0.0 is every one of this machine.")
]
PortOption: TypeAlias = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 is any free one.")]
WorkersOption: TypeAlias = Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that answer.")]


@app.command("serve")
def serve_command(host: HostOption = "127.0.0.1", port: PortOption = 8000, workers: WorkersOption = 1) -> None:
    """Serve the current generation over HTTP, and the next one as soon as it is published."""
    settings = _settings()
    Home(settings.home).current()
    with bind(host, port) as bound:
        serve(bound, settings, workers)


@app.command("up")
def up_command(host: HostOption = "127.0.0.1", port: PortOption = 8000, workers: WorkersOption = 1) -> None:
    """Build if there is no generation or the program has changed, then serve."""
    settings = _settings()
    with bind(host, port) as bound:
        home = Home(settings.home)
        if outdated(home):
            _build(home)
        serve(bound, settings, workers)


def _build(home: Home) -> None:
    """Build anew; where that fails, an older generation goes on serving."""
    # Mostly there is nothing to build, and the service starts sooner without it.
    from api.commands.building import build_shown, summary, warn_of_quarantine  # noqa: PLC0415

    try:
        built = build_shown(home, Plan({}))
    except Exception as error:
        older = home.current_id()
        if older is None:
            raise
        note(f"WARNING: the build failed, so the older generation {older} is served: {explain(error)[0]}")
    else:
        for line in summary(built):
            note(line)
        warn_of_quarantine(built)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise UsageError(f"ALLIANCES_{name} cannot be used: {first['msg']}") from error
