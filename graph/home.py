"""Where generations live: `ALLIANCES_HOME`, its folders and the pointer to the current generation.

generations/ID/   the generations, immutable
current           the id of the one that is served
building/         what a build has not finished yet
rejected/         the report of the last build that was not valid
inputs/           the input files, by SHA-256
judgements.jsonl  which actors are the same, as people judged
"""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path


class NoGenerationError(LookupError):
    """There is nothing to open."""


@dataclass(frozen=True)
class Home:
    """The folder that holds everything an installation knows."""

    path: Path

    @classmethod
    def default(cls) -> "Home":
        """`ALLIANCES_HOME`, else the user's data folder."""
        named = os.environ.get("ALLIANCES_HOME")
        return cls(Path(named).expanduser() if named else user_data_path("alliances", appauthor=False))

    @property
    def generations(self) -> Path:
        """The folder of generations."""
        return self.path / "generations"

    @property
    def building(self) -> Path:
        """The folder of unfinished builds; on the same file system as `generations`."""
        return self.path / "building"

    @property
    def rejected(self) -> Path:
        """The report of the last build that was not valid."""
        return self.path / "rejected"

    @property
    def inputs(self) -> Path:
        """The input files by their SHA-256."""
        return self.path / "inputs"

    @property
    def judgements(self) -> Path:
        """What people judged of pairs of actors; see `graph.resolution.judgements`."""
        return self.path / "judgements.jsonl"

    @property
    def forgotten(self) -> Path:
        """The list of those who were erased, and its key."""
        return self.path / "forgotten"

    def ids(self) -> list[str]:
        """The ids of all generations, oldest first."""
        if not self.generations.is_dir():
            return []
        return sorted(folder.name for folder in self.generations.iterdir() if (folder / "run.json").is_file())

    def current_id(self) -> str | None:
        """The id of the current generation, `None` where nothing was published yet."""
        try:
            return (self.path / "current").read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def current(self) -> Path:
        """The folder of the current generation; raises `NoGenerationError` where there is none."""
        current = self.current_id()
        if current is None:
            raise NoGenerationError(f"no generation in {self.path}: run `alliances build` first")
        return self.generations / current

    def named(self, text: str) -> str:
        """The id of the generation that `text` names: an id, the beginning of one, `latest`, `latest^` (before that).

        Raises `LookupError` with those that are kept where it names none, or several.
        """
        kept = self.ids()
        if text.rstrip("^") == "latest":
            found = kept[: max(0, len(kept) - text.count("^"))][-1:]
        else:
            found = [text] if text in kept else [one for one in kept if one.startswith(text)]
        if len(found) != 1:
            known = ", ".join(kept) or "none"
            raise LookupError(f"no generation {text!r} is kept here: choose one of those that are ({known})")
        return found[0]

    def publish(self, generation_id: str) -> None:
        """Make a generation the current one, in one step that a crash cannot split."""
        pointer = self.path / f"current.{os.getpid()}"
        with pointer.open("w", encoding="ascii") as stream:
            stream.write(generation_id + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        pointer.replace(self.path / "current")
