"""Pages of a generation that were asked for before: neither the data nor the templates change under them."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from api.answers import Reader
from api.site.visit import Visit
from ontology.schemes import Language
from visualisations.site.places import Place

MAX_CHARACTERS = 16_000_000
"""How much is kept in all; what was not asked for longest goes first."""


class Pages:
    """The pages of one generation, as long as there is room."""

    def __init__(self, _reader: Reader) -> None:
        self._pages: OrderedDict[tuple[Place, Language, bool], str] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def get(self, visit: Visit, make: Callable[[Visit], str]) -> str:
        """The page of a visit, made if it is not kept."""
        key = (visit.place, visit.lang, visit.pinned)
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
                return self._pages[key]
        return self._keep(key, make(visit))

    def _keep(self, key: tuple[Place, Language, bool], content: str) -> str:
        with self._lock:
            self._characters += len(content) - len(self._pages.pop(key, ""))
            self._pages[key] = content
            while self._characters > MAX_CHARACTERS and len(self._pages) > 1:
                _, dropped = self._pages.popitem(last=False)
                self._characters -= len(dropped)
        return content
