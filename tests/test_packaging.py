"""The project can be installed, and an installation holds what the checkout holds."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests import tree

PYPROJECT = tomllib.loads((tree.ROOT / "pyproject.toml").read_text())
RUNTIME = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["build-system"]["requires"]]
LOCKS = {
    "requirements.lock": RUNTIME,
    "requirements-dev.lock": [*RUNTIME, *PYPROJECT["dependency-groups"]["dev"]],
}


@dataclass(frozen=True)
class Pin:
    """One package of a lock: its canonical name, version, the machines it counts for, how many files it allows."""

    name: str
    version: Version
    marker: str
    hashes: int


def pins(lock: str) -> Iterator[Pin]:
    """The pins of a lock file; a line that is none raises ValueError."""
    lines = [line for line in (tree.ROOT / lock).read_text().splitlines() if line and not line.startswith("#")]
    for entry in re.split(r"\n(?=\S)", "\n".join(lines)):
        head, *hashes = (part.strip() for part in entry.split("\\\n"))
        match = re.fullmatch(r"([\w.\-]+)==([\w.!+]+)(?: ; (.+))?", head)
        if match is None or not all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes):
            msg = f"{lock}: not a pin: {entry[:200]}"
            raise ValueError(msg)
        yield Pin(canonicalize_name(match[1]), Version(match[2]), match[3] or "", len(hashes))


# What is installed


@pytest.mark.parametrize("package", tree.PACKAGES)
def test_no_other_distribution_owns_one_of_our_names(package: str) -> None:
    assert set(metadata.packages_distributions()[package]) == {"alliances"}


def test_the_installed_version_is_that_of_the_project() -> None:
    assert metadata.version("alliances") == PYPROJECT["project"]["version"]


def test_the_citation_names_the_same_version() -> None:
    assert f"\nversion: {PYPROJECT['project']['version']}\n" in (tree.ROOT / "CITATION.cff").read_text()


def test_every_command_can_be_loaded() -> None:
    commands = metadata.entry_points(group="console_scripts").select(module="api.cli")
    assert {command.name for command in commands} == set(PYPROJECT["project"]["scripts"])
    assert all(callable(command.load()) for command in commands)


# What the code needs

# Imported where a developer asks for it, never on a user's way; the application runs without.
ON_DEMAND = ["pyshacl"]


def imported(path: Path) -> set[str]:
    """The top-level names that a module imports, at its top or within a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((tree.ROOT / path).read_bytes())):
        names |= {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
        names |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
    return {name.split(".")[0] for name in names}


def undeclared(paths: Iterable[Path], requirements: Iterable[str]) -> dict[str, list[str]]:
    """What these modules import from no distribution that is asked for, with the modules that do."""
    owners = metadata.packages_distributions()
    asked = {canonicalize_name(Requirement(text).name) for text in requirements}
    found: dict[str, list[str]] = {}
    for path in paths:
        for name in imported(path) - sys.stdlib_module_names - {*tree.PACKAGES, "tests"}:
            if asked.isdisjoint(canonicalize_name(owner) for owner in owners.get(name, [])):
                found.setdefault(name, []).append(str(path))
    return found


def test_the_application_asks_for_what_it_imports() -> None:
    sources = [path for path in tree.packaged() if path.suffix == ".py"]
    assert undeclared(sources, [*PYPROJECT["project"]["dependencies"], *ON_DEMAND]) == {}


def test_the_tests_ask_for_what_they_import() -> None:
    sources = [path for path in tree.files() if path.parts[0] == "tests" and path.suffix == ".py"]
    assert undeclared(sources, LOCKS["requirements-dev.lock"]) == {}


# What an installation would hold


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """The wheel built from a copy of the checkout, without the network."""
    copy, out = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("wheel")
    for path in tree.files():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree.ROOT / path, copy / path)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, out], cwd=copy, check=True, capture_output=True, timeout=120)
    return ZipFile(next(out.glob("alliances-*.whl")))


def test_the_wheel_holds_every_file_of_our_packages_and_no_other(wheel: ZipFile) -> None:
    held = {Path(name) for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == set(tree.packaged())


def test_the_wheel_holds_the_licence(wheel: ZipFile) -> None:
    [licence] = [name for name in wheel.namelist() if name.endswith("/licenses/LICENSE")]
    assert wheel.read(licence).decode() == (tree.ROOT / "LICENSE").read_text()


# Importing has no effect but definitions

IMPORT_ALL = """
import sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"}:
        raise AssertionError(f"{event} while importing: {arguments}")

sys.addaudithook(refuse)
for name in sys.argv[1:]:
    __import__(name)
"""


def test_importing_every_module_writes_nothing_and_says_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    homes = dict.fromkeys(("HOME", "TMPDIR", "ALLIANCES_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), str(folder))
    environment = {**os.environ, **homes, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", IMPORT_ALL, *tree.modules()]
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(folder.iterdir()) == []


# The lock


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    assert not re.search(r"://|--(?:index|extra|find|trusted)", (tree.ROOT / lock).read_text())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock: str) -> None:
    assert [pin.name for pin in pins(lock) if not pin.hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(lock: str) -> None:
    versions: dict[str, list[Version]] = {}
    for pin in pins(lock):
        versions.setdefault(pin.name, []).append(pin.version)
    missing = [
        text
        for text in LOCKS[lock]
        if not _satisfied(Requirement(text).specifier, versions.get(canonicalize_name(Requirement(text).name), []))
    ]
    assert missing == [], "run: make lock"


def _satisfied(specifier: SpecifierSet, versions: list[Version]) -> bool:
    return bool(versions) and all(version in specifier for version in versions)


def test_the_tests_run_on_what_the_application_runs_on() -> None:
    assert set(pins("requirements.lock")) <= set(pins("requirements-dev.lock"))


def test_each_package_has_one_version_whatever_the_python() -> None:
    names = [pin.name for pin in pins("requirements-dev.lock")]
    assert len(names) == len(set(names)), "another version of a library gives another graph hash"


def test_what_is_installed_here_is_what_is_locked() -> None:
    locked = {pin.name: str(pin.version) for pin in pins("requirements-dev.lock") if not pin.marker}
    assert {name: metadata.version(name) for name in locked} == locked, "run: make setup"
