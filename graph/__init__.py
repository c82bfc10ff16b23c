"""What is known: generations, their store, networks and metrics."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.generation import Generation, open_generation

__all__ = ["Generation", "open_generation"]


def __getattr__(name: str) -> object:
    """Import what opens a generation when it is asked for: what needs no tables starts sooner."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from graph import generation  # noqa: PLC0415

    return getattr(generation, name)
