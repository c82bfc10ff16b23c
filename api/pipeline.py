"""Where loaders and builder meet: from input files to a published generation.

Inputs are copied into the home by their SHA-256, so that a generation can be rebuilt whatever becomes
of the files that it was made from.
"""

import hashlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files as resources
from pathlib import Path

import orjson

import graph
import loaders
import ontology
from graph.build import Built, Progress, build
from graph.home import Home
from loaders.registry import Loader, all_loaders
from ontology.provenance import Load

DEFAULT_SOURCES = ("ecosystem", "sdg", "territories")
REFERENCES = ("territories", "sdg")
"""Sources that every build holds, read before the others."""


class UsageError(ValueError):
    """Something was asked for in a way that cannot be done; the sentence says what to do."""


@dataclass(frozen=True)
class Input:
    """One file of a source. `shipped` ones are the project's own, and follow its version."""

    source: str
    file: str
    given: str
    """The file as the user named it."""
    path: Path
    shipped: bool


@dataclass(frozen=True)
class Plan:
    """What is to be built, on top of what the current generation was built from."""

    given: Mapping[str, Path]
    """Files or folders by source name."""
    remove: Sequence[str] = ()
    only: str | None = None


def build_generation(home: Home, plan: Plan, progress: Progress = lambda _stage, _done: None) -> Built:
    """Build and publish a generation; raises `UsageError` on an unknown source or a missing path, else `BuildError`."""
    inputs = [_keep(one, home) for one in plan_inputs(home, plan)]
    return build(open_loads(inputs), home, code=code_version(), progress=progress)


def plan_inputs(home: Home, plan: Plan) -> list[Input]:
    """The files that a build reads: those of the current generation, changed as the plan says."""
    for name in (*plan.given, *plan.remove, *([plan.only] if plan.only else [])):
        find_loader(name)
    inputs = {(one.source, one.file): one for one in _current_inputs(home) if one.source not in plan.remove}
    inputs |= {(one.source, one.file): one for name, path in plan.given.items() for one in _given_inputs(name, path)}
    if plan.only:
        kept = {plan.only, *REFERENCES}
        inputs = {key: one for key, one in inputs.items() if one.source in kept}
    return sorted(inputs.values(), key=_reading_order)


def find_loader(name: str) -> Loader:
    """The loader of a source; raises `UsageError` with the names there are."""
    try:
        return all_loaders()[name]
    except KeyError:
        raise UsageError(f"there is no source {name!r}: choose one of {', '.join(all_loaders())}") from None


def outdated(home: Home) -> bool:
    """Whether there is no current generation, or the program has changed since it was built."""
    if home.current_id() is None:
        return True
    run = orjson.loads((home.current() / "run.json").read_bytes())
    return bool(run["versions"]["code"] != code_version())


@cache
def code_version() -> str:
    """A fingerprint of the program's code, ontology and shipped data."""
    digest = hashlib.sha256()
    for package in (ontology, loaders, graph):
        root = Path(str(resources(package)))
        for file in sorted(root.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{package.__name__}/{file.relative_to(root)}".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _reading_order(one: Input) -> tuple[bool, str, str]:
    return (one.source not in REFERENCES, one.source, one.file)


def _current_inputs(home: Home) -> Iterable[Input]:
    if home.current_id() is None:
        return [one for name in DEFAULT_SOURCES for one in _shipped_inputs(name)]
    run = orjson.loads((home.current() / "run.json").read_bytes())
    shipped = {card["name"] for card in run["sources"] if card["shipped"]}
    return [
        *(one for name in sorted(shipped) for one in _shipped_inputs(name)),
        *(_kept_input(card, home) for card in run["sources"] if not card["shipped"]),
    ]


def _shipped_inputs(name: str) -> list[Input]:
    found = find_loader(name)
    if found.data is None:
        raise UsageError(f"the project ships no data for {name!r}: give a file with {name}=PATH")
    return [Input(name, file, file, path, shipped=True) for file, path in found.paths(found.data).items()]


def _given_inputs(name: str, path: Path) -> list[Input]:
    if not path.exists():
        raise UsageError(f"{path} does not exist: check the path given for {name}")
    found = find_loader(name)
    paths = found.paths(path)
    if found.files and not paths.keys() <= set(found.files):  # it would never be read
        raise UsageError(f"{name} has no file {path.name}: call it one of {', '.join(found.files)}")
    return [Input(name, file, str(one), one, shipped=False) for file, one in paths.items()]


def _kept_input(card: Mapping[str, str], home: Home) -> Input:
    return Input(card["name"], card["file"], card["path"], home.inputs / (card["sha256"] or "missing"), shipped=False)


def _keep(one: Input, home: Home) -> Input:
    """The input as a copy in the home that nobody changes; a missing file stays missing."""
    if one.shipped or not one.path.is_file() or one.path.parent == home.inputs:
        return one
    with one.path.open("rb") as stream:
        kept = home.inputs / hashlib.file_digest(stream, "sha256").hexdigest()
    home.inputs.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        partial = kept.with_suffix(".part")
        shutil.copyfile(one.path, partial)
        partial.replace(kept)
    return replace(one, path=kept)


def open_loads(inputs: Iterable[Input]) -> list[Load]:
    """One load a source, in the order of the inputs."""
    by_source: dict[str, list[Input]] = {}
    for one in inputs:
        by_source.setdefault(one.source, []).append(one)
    return [_open(name, group) for name, group in by_source.items()]


def _open(source: str, inputs: Iterable[Input]) -> Load:
    paths = {one.file: one.path for one in inputs}
    return find_loader(source).open(paths, {one.file: one.given for one in inputs if not one.shipped})
