"""Run cards: a question, what it was asked of, and the hash of its answer; to be asked again anywhere.

A card says everything that an answer depends on: the arguments of the command, the graph's SHA-256, the
seed, and the versions of the program and its engines. From the same graph and versions comes the same answer bit for
bit. The hash leaves out how a home numbers its generations, which is no part of what was found.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.cli import ASKING, run
from api.pipeline import UsageError, code_version
from graph.generation import Generation
from graph.home import Home
from graph.seed import SEED

ENGINES: Final = ("polars", "networkx", "networkit", "rustworkx", "scipy", "numpy")
_OWN: Final = frozenset({"generation", "citation"})
"""What differs between two homes that hold the same graph."""
_CHOSEN_HERE: Final = ("--out", "--format", "-o", "-f")


class AskError(Exception):
    """The command itself failed, and said why; `status` is its exit status."""

    def __init__(self, status: int) -> None:
        super().__init__("the question could not be answered")
        self.status = status


class Card(BaseModel):
    """What an answer depends on, and its hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    card: Literal[1] = 1
    command: tuple[str, ...] = Field(min_length=1)
    """The arguments after `alliances`."""
    graph_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    generation: str
    """What the home that wrote the card calls the graph."""
    seed: int
    versions: Mapping[str, str]
    context: Mapping[str, Any]
    """What the answer says of itself. `Any`: it was read from JSON."""
    result_sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Rerun(BaseModel):
    """What became of a card: whether the answer is the same, and what is not."""

    equal: bool
    result_sha256: str
    expected_sha256: str
    generation: str
    """What was asked here."""
    differs: Mapping[str, tuple[str, str]]
    """Versions and seed that differ: (of the card, here)."""


def read_card(text: bytes) -> Card:
    """A card as it was written; raises `UsageError` for what is none."""
    try:
        return Card.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"this is no run card ({'.'.join(map(str, first['loc']))}: {first['msg']})") from None


def write_card(command: Sequence[str]) -> Card:
    """Ask a question of the current generation, and say what the answer depends on. Raises as `ask` does."""
    generation = Generation(Home.default().current())
    answer = ask(command)
    return Card(
        command=tuple(command),
        graph_sha256=generation.graph_sha256,
        generation=generation.id,
        seed=SEED,
        versions=versions(),
        context=_without_own(answer.get("context", {})),
        result_sha256=result_sha256(answer),
    )


def rerun(card: Card) -> Rerun:
    """Ask the question of a card again, of the generation here that holds its graph.

    Raises `UsageError` where none does, or the card asks for anything but an answer; else as `ask` does.
    """
    _refuse(card.command)
    home = Home.default()
    generation = _holding(home, card.graph_sha256)
    with _current(home, generation):
        found = result_sha256(ask(card.command))
    here = {**versions(), "seed": str(SEED)}
    there = {**card.versions, "seed": str(card.seed)}
    names = sorted({*here, *there})
    differs = {name: (there.get(name, "–"), here.get(name, "–")) for name in names if there.get(name) != here.get(name)}
    return Rerun(
        equal=found == card.result_sha256,
        result_sha256=found,
        expected_sha256=card.result_sha256,
        generation=generation,
        differs=differs,
    )


def ask(command: Sequence[str]) -> dict[str, Any]:
    """The JSON that a command answers. `Any`: it is any answer of the interface.

    Raises `UsageError` for a command that does not only answer, `AskError` where it failed.
    """
    _refuse(command)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.json"
        status = run([*command, "--format", "json", "--out", str(file)])
        if status:
            raise AskError(status)
        answer: dict[str, Any] = orjson.loads(file.read_bytes())
        return answer


def _refuse(command: Sequence[str]) -> None:
    """A card may come from anybody: it asks questions, and writes nowhere."""
    name, *options = command
    if name not in ASKING:
        raise UsageError(f"{name!r} is no question: a run card is of one of {', '.join(ASKING)}")
    if any(one.startswith(_CHOSEN_HERE) for one in options):
        raise UsageError("a run card holds the hash of an answer as JSON: leave --format and --out of the question out")


def versions() -> dict[str, str]:
    """The versions of what an answer is computed with."""
    return {"code": code_version(), "python": python_version(), **{name: version(name) for name in ENGINES}}


def result_sha256(answer: Mapping[str, Any]) -> str:
    """The SHA-256 of an answer as JSON with sorted keys, without the names that a home gives."""
    text = orjson.dumps(_without_own(answer), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()


def _without_own(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_own(one) for name, one in value.items() if name not in _OWN}
    return [_without_own(one) for one in value] if isinstance(value, list) else value


def _holding(home: Home, graph_sha256: str) -> str:
    """The generation that holds a graph: the current one if it does, else the newest."""
    current = home.current_id()
    for name in ([current] if current else []) + home.ids()[::-1]:
        if Generation(home.generations / name).graph_sha256 == graph_sha256:
            return name
    raise UsageError(
        f"no generation with the graph {graph_sha256[:12]}… is kept in {home.path}: build one from the same inputs"
    )


@contextmanager
def _current(home: Home, generation: str) -> Iterator[None]:
    """Let commands find `generation` as the current one, in a home beside the real one."""
    if home.current_id() == generation:
        yield
        return
    before = os.environ.get("ALLIANCES_HOME")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "generations").symlink_to(home.generations.resolve())
        (Path(folder) / "current").write_text(generation, encoding="ascii")
        os.environ["ALLIANCES_HOME"] = folder
        try:
            yield
        finally:
            os.environ.pop("ALLIANCES_HOME")
            if before is not None:
                os.environ["ALLIANCES_HOME"] = before
