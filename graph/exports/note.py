"""What an export says of itself, and how it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Note:
    """What stands beside the data where a format has room for it."""

    citation: str
    """How to cite the generation: one sentence."""
    day: date
    """The state of knowledge, which stands where a format wants the day of the last change."""
    colour: Callable[[str, str], str]
    """The colour (`#rrggbb`) of a node by `mode` and `kind`."""
