"""How the mirror is, as a service says it."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

State = Literal["off", "ok", "syncing", "degraded"]
"""Not configured; current; on the way; something is wrong, and is tried again."""
STATES: Final[tuple[State, ...]] = get_args(State)


@dataclass(frozen=True)
class MirrorStatus:
    """How the mirror is."""

    state: State
    generation: str | None = None
    """The generation that it was last known to hold, whole."""
    lag: int | None = None
    """How many generations were published since then; `None` where that is not known."""
    error: str | None = None
    """What is wrong, in a sentence; never holds a password."""
    since: str | None = None
    """When the state began, in UTC."""
    batches: int = 0
    """Transactions with rows that this process has written."""


OFF: Final = MirrorStatus("off")
