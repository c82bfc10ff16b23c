"""The generation that is served: follows the pointer that a build moves, one generation an answer."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from threading import Lock, Thread
from typing import Protocol

from pyoxigraph import NamedNode

from api.answers.errors import NotFoundError
from api.answers.reader import Index, Reader
from graph.generation import Generation
from graph.home import Home, NoGenerationError
from ontology import iris

log = logging.getLogger(__name__)


class Warmable(Index, Protocol):
    """An index that can be made beforehand."""

    def warm(self) -> None:
        """Make what the first who ask would wait for."""


MAX_KEPT = 2
"""How many generations beside the current one are held open, for permalinks."""


class Current:
    """Gives the reader of the current generation.

    Who takes a reader uses it for the whole answer; when a build publishes another generation, the
    old reader goes away with the last answer that uses it. A generation that cannot be opened is
    reported in `trouble`, and the one before it goes on serving.
    """

    def __init__(
        self,
        home: Home,
        check_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        warmed: Sequence[type[Warmable]] = (),
    ) -> None:
        self._home = home
        self._warmed = warmed
        self._check_seconds = check_seconds
        self._clock = clock
        self._reader: Reader | None = None
        self._published: str | None = None
        self._checked = float("-inf")
        self._lock = Lock()
        self._kept = lru_cache(MAX_KEPT)(self._open_kept)
        self.trouble: str | None = None
        """Why the generation that the pointer names is not served; `None` if it is."""

    def reader(self) -> Reader:
        """The reader of the current generation; raises `NoGenerationError` where there is none that opens."""
        if self._clock() - self._checked >= self._check_seconds:
            self._follow()
        if self._reader is None:
            raise NoGenerationError(self.trouble or "there is no generation yet: run `alliances build`")
        return self._reader

    def pinned(self, generation_id: str) -> Reader:
        """The reader of a generation that is kept, current or not; raises `NotFoundError`."""
        current = self.reader()
        if current.generation.id == generation_id:
            return current
        if generation_id not in self._home.ids():
            raise NotFoundError(f"generation {generation_id} is not kept here: leave it out for the current one")
        return self._kept(generation_id)

    def named(self, text: str) -> Reader:
        """The reader of the generation that `text` names, as `Home.named` reads it; raises `NotFoundError`."""
        try:
            return self.pinned(self._home.named(text))
        except LookupError as error:
            raise NotFoundError(str(error.args[0])) from None

    def _follow(self) -> None:
        """Open what the pointer names, if that is new. One thread does it; the others go on with what there is."""
        if not self._lock.acquire(blocking=self._reader is None):
            return
        try:
            published = self._home.current_id()
            if published is not None and published != self._published:
                self._open(published)
            self._checked = self._clock()
        finally:
            self._lock.release()

    def _open_kept(self, generation_id: str) -> Reader:
        return Reader(Generation(self._home.generations / generation_id))

    def _open(self, published: str) -> None:
        """Put a reader in place: the first one at once, later ones when they are as quick as the one before."""
        self._published = published
        try:
            reader = Reader(Generation(self._home.generations / published))
            if self._reader is None:
                reader.generation.store.contains_named_graph(NamedNode(iris.ONTOLOGY_GRAPH))
                Thread(target=_warm, args=(reader, self._warmed), daemon=True, name="warm").start()
            else:
                _warm(reader, self._warmed)
        except Exception:  # whatever is wrong with a new generation, the old one must go on serving
            log.exception("generation %s cannot be opened", published)
            self.trouble = f"generation {published} cannot be opened: see the log, or build again"
        else:
            self._reader, self.trouble = reader, None


def _warm(reader: Reader, kinds: Sequence[type[Warmable]]) -> None:
    """Make beforehand what the first questions would wait for: about two seconds with all communes."""
    reader.warm()
    for kind in kinds:
        reader.index(kind).warm()
