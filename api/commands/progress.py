"""How far a build is: a bar on a terminal, lines elsewhere; always on standard error."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.output import notes

Report = Callable[[str, int], None]
"""Called with what is being done, and how many records (later: statements) it has reached."""

STAGES = {"validate": "checking the statements", "analyse": "computing metrics", "store": "writing the store"}
"""What a build does after it has read its sources, in this order."""
_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def build_progress(sources: Iterable[str]) -> Iterator[Report]:
    """Show how a build of these sources goes on."""
    console = notes()
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Bar(progress, [*sources, *STAGES])


def _said(stage: str, done: int) -> str:
    return f"{STAGES[stage]} ({done:,} statements)" if stage in STAGES else f"reading {stage} ({done:,} records)"


class _Bar:
    """A bar with one step a stage."""

    def __init__(self, progress: Progress, stages: Iterable[str]) -> None:
        self._progress = progress
        self._places = {stage: place for place, stage in enumerate(stages)}
        self._task = progress.add_task("building", total=len(self._places))

    def __call__(self, stage: str, done: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, description=_said(stage, done), completed=self._places.get(stage, 0))


class _Lines:
    """A line when a stage begins, and now and then within it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stage = ""
        self._next = 0.0

    def __call__(self, stage: str, done: int) -> None:
        """Say it, unless it was said a moment ago."""
        now = time.monotonic()
        if stage == self._stage and now < self._next:
            return
        self._stage, self._next = stage, now + _SECONDS_BETWEEN_LINES
        self._console.print(_said(stage, done), markup=False)
