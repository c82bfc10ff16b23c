"""Fixtures for all tests.

One real generation of the default data is built once a test run and shared, read-only, by every test
and by all pytest-xdist workers. Tests that build take a home of their own.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from api.answers import Reader
from api.app import create_app
from api.pipeline import Plan, build_generation, find_loader
from api.settings import Settings
from graph import Generation, open_generation
from graph.home import Home
from tests.browser import chromium
from tests.client import Client, running

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Material that lies beside the checkout; tests that read it skip where it is absent."""


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    """Keep the user's own installation out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("ALLIANCES_", "NEO4J_"))]:
            if name != "ALLIANCES_REQUIRE":
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that holds one generation of the default data. Not to be written to."""
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home = Home(root / "alliances-home")
    with (root / "alliances-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if home.current_id() is None:
            build_generation(home, Plan({}))
    return home


@pytest.fixture(scope="session")
def generation(home: Home) -> Generation:
    """The generation of the default data."""
    return open_generation(home.current())


@pytest.fixture(scope="session")
def reader(generation: Generation) -> Reader:
    """What answers about that generation are read from."""
    return Reader(generation)


@pytest.fixture(scope="session")
def app(home: Home) -> FastAPI:
    """The application that serves it."""
    return create_app(Settings(home=home.path))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[Client]:
    """Asks that application."""
    with running(app) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium. Not for a whole session: while it runs, nothing else may use an event loop."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def small_territories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The territory reference with only those communes that the ecosystem names, for builds that take a second."""
    data, ecosystem = find_loader("territories").data, find_loader("ecosystem").data
    assert data is not None
    assert ecosystem is not None
    folder = tmp_path_factory.mktemp("territories")
    shutil.copy(data / "territories.csv", folder)
    text = "".join(file.read_text(encoding="utf-8") for file in ecosystem.iterdir())
    named = set(re.findall(r"(?<=,)[0-9][0-9AB][0-9]{3}(?=,)", text))
    with (data / "communes.csv").open(encoding="utf-8") as stream:
        kept = [next(stream), *(line for line in stream if line.split(",", 1)[0] in named)]
    (folder / "communes.csv").write_text("".join(kept), encoding="utf-8")
    return folder


@pytest.fixture
def shared() -> Path:
    """The folder beside the checkout; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED.name}/ is not beside the checkout")
    return SHARED


@pytest.fixture
def ecosystem_copy(tmp_path: Path) -> Path:
    """A copy of the shipped ecosystem files, to be damaged."""
    data = find_loader("ecosystem").data
    assert data is not None
    return Path(shutil.copytree(data, tmp_path / "ecosystem"))


Edit = Callable[[str, str, str], None]


@pytest.fixture
def edit(ecosystem_copy: Path) -> Edit:
    """Replace a text in a file of `ecosystem_copy`: `edit("actors.csv", old, new)`."""

    def replace(file: str, old: str, new: str) -> None:
        path = ecosystem_copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
