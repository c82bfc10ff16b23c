"""Which part of what is known is looked at, and how a network of it is made."""

from dataclasses import dataclass
from datetime import date

from graph.hierarchy import Level
from graph.info import Weights
from graph.periods import AsOfMode


@dataclass(frozen=True)
class Chosen:
    """Which part of what is known: `level` is of territories; no date means everything, whatever its date."""

    level: Level = "departement"
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: date | None = None
    """The day of reference: without the alliances last heard of two years before it or more. None keeps them all."""
    weights: Weights = "none"
    """What some measures of a one-mode network weigh ties by: see `graph.metrics.projection_metrics`."""
    validated: float | None = None
    """Of a one-mode network only the ties that hold against chance, this being the greatest q (see `graph.backbone`).

    None keeps all ties."""

    @property
    def is_everything(self) -> bool:
        """Whether no node or tie is left out and none weighs more than another: then a generation holds the numbers."""
        return self.as_of is None and self.without_stale is None and self.weights == "none" and self.validated is None
