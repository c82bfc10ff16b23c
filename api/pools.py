"""The SPARQL workers of the generation that is served."""

from threading import Lock, Timer

from api.current import Current
from api.sparql.pool import SparqlPool

GRACE_S = 5.0
"""How long a pool may still be asked after another generation has taken over."""


class Pools:
    """Starts workers on the first query, and others when the generation changes; old ones finish what they do."""

    def __init__(self, current: Current, workers: int) -> None:
        self._current = current
        self._workers = workers
        self._pool: SparqlPool | None = None
        self._lock = Lock()

    def current(self) -> SparqlPool:
        """The pool of the current generation; raises `NoGenerationError` where there is none."""
        generation = self._current.reader().generation
        with self._lock:
            if self._pool is None or self._pool.generation != generation.id:
                self._retire()
                self._pool = SparqlPool(generation.path / "store", generation=generation.id, workers=self._workers)
            return self._pool

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()
                self._pool = None

    def _retire(self) -> None:
        """Close the pool later, on a thread of its own: somebody may hold it and not have asked yet."""
        if self._pool is not None:
            timer = Timer(GRACE_S, self._pool.close)
            timer.daemon = True
            timer.start()
