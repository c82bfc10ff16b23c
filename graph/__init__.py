"""What is known: generations, their store, networks and metrics."""

from graph.generation import Generation, open_generation

__all__ = ["Generation", "open_generation"]
