"""Where loaders and builder meet: from input files to a published generation.

Inputs are copied into the home by their SHA-256, so that a generation can be rebuilt whatever becomes
of the files that it was made from.
"""

import hashlib
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import TypeAlias

import orjson

import graph
import loaders
import ontology
from graph.build import BuildError, Built, Progress, build
from graph.forgetting import Forgotten
from graph.home import Home
from graph.resolution.judgements import Judgements, parsed
from graph.selection import PERSON
from loaders.errors import FileError
from loaders.mapping import SUFFIX
from loaders.masking import Mask, write_masked
from loaders.reading.raw import Hints
from loaders.registry import Loader, all_loaders
from ontology.loads import Load
from ontology.provenance import REFERENCES, FileReport, Loaded, sha256_of
from ontology.reasons import REASONS
from ontology.records import Actor

DEFAULT_SOURCES = ("ecosystem", "sdg", "territories")
MAX_SHRINKAGE = 0.2
"""Which share of its rows a source may lose (below it) without being asked."""


RowsByFile: TypeAlias = Mapping[str, Mapping[str, int]]
"""How many rows each file has, by source and the file's name."""


class UsageError(ValueError):
    """Something was asked for in a way that cannot be done; the sentence says what to do."""


class ShrunkError(BuildError):
    """A source lost so much that it is more likely to be damaged than to have changed."""

    def __init__(self, what: str, source: str) -> None:
        super().__init__(
            f"{what}; nothing was published. Check the file, or build with --allow-shrink {source} if it is meant"
        )


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
    mappings: Mapping[str, Path] = field(default_factory=dict)
    """How the columns of a source's files are called (YAML), by source name."""
    allow_shrink: Sequence[str] = ()
    """Sources that may lose rows or files."""


def build_generation(home: Home, plan: Plan, progress: Progress = lambda _stage, _done: None) -> Built:
    """Build and publish a generation; raises `UsageError` on an unknown source or a missing path, else `BuildError`.

    A source that was cut, or shrank by a fifth or more, publishes nothing (`ShrunkError`) unless the plan allows it.
    """
    mask = _mask(home)
    inputs = [_keep(one, home, mask) for one in plan_inputs(home, plan)]
    loads = guarded(open_loads(inputs, mask), _rows_by_file(home), plan.allow_shrink)
    return build(loads, home, code=code_version(), judgements=_judgements(home), progress=progress)


def _mask(home: Home) -> Mask | None:
    """What hides those who were erased; none where nobody was."""
    forgotten = Forgotten.read(home)
    return forgotten.mask if forgotten else None


def _judgements(home: Home) -> Judgements:
    """What people judged so far; kept like any other input, because the file goes on growing."""
    if not home.judgements.exists():
        return Judgements()
    content = home.judgements.read_bytes()
    judged = parsed(content)
    home.inputs.mkdir(parents=True, exist_ok=True)
    (home.inputs / judged.sha256).write_bytes(content)
    return judged


def guarded(loads: Iterable[Load], before: RowsByFile, allowed: Collection[str]) -> Iterator[Load]:
    """The loads; what became of each is judged once it was read. Raises `BuildError`.

    `before`: how many rows of each file of each source the current generation holds.
    """
    for load in loads:
        yield load
        tables = [one for one in load.files if not one.file.endswith(SUFFIX)]
        _refuse_half_read(tables)
        if load.source.name not in allowed:
            _refuse_cut(load.source.name, tables)
            _refuse_shrunk(load.source.name, tables, before.get(load.source.name, {}))


def _refuse_half_read(tables: Sequence[FileReport]) -> None:
    """Raise where reading broke off: half of a file is nobody's intention."""
    for one in tables:
        if one.file_refused and one.rows_read:
            raise BuildError(f"{one.path} could not be read to its end ({_reason(one)}); nothing was published")


def _refuse_cut(name: str, tables: Sequence[FileReport]) -> None:
    cut = [f"{one.path} ({_reason(one)})" for one in tables if one.file_refused]
    if cut:
        raise ShrunkError(f"nothing could be read from {', '.join(cut)}", name)


def _refuse_shrunk(name: str, tables: Sequence[FileReport], before: Mapping[str, int]) -> None:
    """Raise where a file lost too many rows, or the source as a whole, whose files may have other names now."""
    own = [one for one in tables if not one.shipped]  # a release of the project may drop what it likes
    for one in own:
        _refuse_fewer(f"{one.path} of {name}", name, one.rows_loaded, before.get(one.file, 0))
    if own:
        _refuse_fewer(name, name, sum(one.rows_loaded for one in tables), sum(before.values()))


def _refuse_fewer(what: str, source: str, rows: int, before: int) -> None:
    if before and before - rows >= before * MAX_SHRINKAGE:
        raise ShrunkError(f"{what} shrank from {before:,} to {rows:,} rows", source)


def _reason(report: FileReport) -> str:
    last = report.issues[-1]
    return f"{REASONS[last.code].en} {last.detail}".strip().rstrip(".")


def _rows_by_file(home: Home) -> RowsByFile:
    rows: dict[str, dict[str, int]] = {}
    if home.current_id() is not None:
        for card in orjson.loads((home.current() / "run.json").read_bytes())["sources"]:
            rows.setdefault(card["name"], {})[card["file"]] = card["rows_loaded"]
    return rows


def plan_inputs(home: Home, plan: Plan) -> list[Input]:
    """The files that a build reads: those of the current generation, changed as the plan says."""
    for name in (*plan.given, *plan.remove, *plan.mappings, *plan.allow_shrink, *([plan.only] if plan.only else [])):
        find_loader(name)
    inputs = {(one.source, one.file): one for one in _current_inputs(home) if one.source not in plan.remove}
    inputs |= {(one.source, one.file): one for name, path in plan.given.items() for one in _given_inputs(name, path)}
    inputs |= {(one.source, one.file): one for name in plan.mappings for one in _mapping_inputs(name, plan, inputs)}
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


def _reading_order(one: Input) -> tuple[bool, bool, str, str]:
    """References first, since others point to them; registers last, since they complete the others."""
    return (one.source not in REFERENCES, _is_register(one.source), one.source, one.file)


def _is_register(source: str) -> bool:
    return find_loader(source).source.register


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
    if not paths:
        raise UsageError(f"there is no file in {path}: put those of {name} into it, or give another folder")
    if found.files and not paths.keys() <= set(found.files):  # it would never be read
        raise UsageError(f"{name} has no file {path.name}: call it one of {', '.join(found.files)}")
    return [Input(name, file, str(one), one, shipped=False) for file, one in paths.items()]


def _mapping_inputs(name: str, plan: Plan, inputs: Mapping[tuple[str, str], Input]) -> list[Input]:
    """The mapping once for each file that it is for: those given, else all of the source that are a user's."""
    path = plan.mappings[name]
    if not path.is_file():
        raise UsageError(f"{path} does not exist: check the path of the mapping of {name}")
    given = set(find_loader(name).paths(plan.given[name])) if name in plan.given else None
    files = [
        one.file
        for one in inputs.values()
        if one.source == name and not one.shipped and not one.file.endswith(SUFFIX)
        if given is None or one.file in given
    ]
    if not files:
        raise UsageError(f"there is no file of {name} to map: give one with {name}=PATH")
    return [Input(name, file + SUFFIX, str(path), path, shipped=False) for file in files]


def _kept_input(card: Mapping[str, str], home: Home) -> Input:
    return Input(card["name"], card["file"], card["path"], home.inputs / (card["sha256"] or "missing"), shipped=False)


def _keep(one: Input, home: Home, mask: Mask | None) -> Input:
    """The input as a copy in the home that nobody changes; a missing file stays missing.

    A file that names somebody who was erased is kept without the names.
    """
    if one.shipped or not one.path.is_file():
        return one
    hidden = _keep_masked(one, home, mask) if mask and one.source not in REFERENCES else None
    if hidden is not None or one.path.parent == home.inputs:
        return hidden or one
    kept = home.inputs / sha256_of(one.path)
    home.inputs.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        partial = kept.with_suffix(".part")
        shutil.copyfile(one.path, partial)
        partial.replace(kept)
    return replace(one, path=kept)


def _keep_masked(one: Input, home: Home, mask: Mask) -> Input | None:
    """The input as a copy without names, `None` where it has none; raises `BuildError` where nobody can tell."""
    home.inputs.mkdir(parents=True, exist_ok=True)
    partial = home.inputs / f"{os.getpid()}.part"
    try:
        if not write_masked(one.path, _hints(one), mask, partial):
            return None
        kept = home.inputs / sha256_of(partial)
        partial.replace(kept)
        return replace(one, path=kept, given=mask(one.given))
    except FileError as error:
        raise BuildError(
            f"{one.given} cannot be read ({error}), so nobody can tell whether it names somebody who was erased; "
            "nothing was published"
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _hints(one: Input) -> Hints:
    """What is known of a file before it is opened, whichever form of its source's it has."""
    forms = find_loader(one.source).columns
    required = tuple(dict.fromkeys(name for form in forms for name in form.required))
    aliases = {alias: name for form in forms for alias, name in form.aliases.items()}
    return Hints(one.file, required, {**aliases, **{name: name for name in required}})


def open_loads(inputs: Iterable[Input], mask: Mask | None = None) -> list[Load]:
    """One load a source, in the order of the inputs. `mask` hides who was erased.

    A register loads what those that are read before it need.
    """
    by_source: dict[str, list[Input]] = {}
    for one in inputs:
        by_source.setdefault(one.source, []).append(one)
    numbers: set[str] = set()
    loads = [_open(name, group, mask, numbers) for name, group in by_source.items()]
    if any(map(_is_register, by_source)):
        for load in loads:
            load.items = _noting(load.records, numbers)
            load.registers_follow = not load.source.register
    return loads


def _open(source: str, inputs: Iterable[Input], mask: Mask | None, numbers: Set[str]) -> Load:
    paths = {one.file: one.path for one in inputs}
    given = {one.file: one.given for one in inputs if not one.shipped}
    return find_loader(source).open(paths, given, None if source in REFERENCES else mask, numbers)


def _noting(records: Iterable[Loaded], numbers: set[str]) -> Iterator[Loaded]:
    """The records; the register numbers of their organisations are put into `numbers` as they pass."""
    for one in records:
        if isinstance(one.record, Actor) and one.record.kind != PERSON:
            numbers.update(one.record.numbers)
        yield one
