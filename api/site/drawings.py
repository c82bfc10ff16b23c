"""The drawings of the site, made once a generation: maps of each level, and the network at a glance."""

from datetime import date
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, get_args

import polars as pl
from markupsafe import Markup

from api.answers import Reader
from api.answers.isolation import isolation_table
from graph.hierarchy import Level
from graph.periods import AsOfMode
from ontology.schemes import Language
from visualisations.shell import PageContext

if TYPE_CHECKING:
    from visualisations import map as maps

# What draws takes a second or two to import, which a start need not wait for: who draws imports it.

MAP_LEVELS: tuple[Level, ...] = ("region", "departement", "epci")


class Drawings:
    """Drawings of one generation, each made when it is first asked for."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._paths: dict[Level, maps.Paths] = {}
        self._maps: dict[tuple[Level, Language, bool], Markup] = {}
        self._lock = Lock()

    def warm(self) -> None:
        """Make beforehand what the home shows; about two seconds, imports included."""
        for lang in get_args(Language):
            self.small(lang)
        _ = self.preview

    def small(self, lang: Language) -> Markup:
        """The map of the départements without links, for the home."""
        return self._kept("departement", lang, linked=False)

    def map(self, level: Level, lang: Language, rows: pl.DataFrame | None = None) -> Markup:
        """The map of a level whose territories are links; of `rows` where another date than now is meant."""
        return self._kept(level, lang, linked=True) if rows is None else self._drawn(level, lang, rows, linked=True)

    def paths(self, level: Level) -> "maps.Paths":
        """The outlines of a level."""
        from visualisations import map as maps  # noqa: PLC0415

        with self._lock:
            if level not in self._paths:
                self._paths[level] = maps.paths(self._reader.generation.table("outlines"), level)
            return self._paths[level]

    def _kept(self, level: Level, lang: Language, *, linked: bool) -> Markup:
        key = (level, lang, linked)
        if key not in self._maps:
            self._maps[key] = self._drawn(level, lang, isolation_rows(self._reader, level), linked=linked)
        return self._maps[key]

    def _drawn(self, level: Level, lang: Language, rows: pl.DataFrame, *, linked: bool) -> Markup:
        from visualisations import map as maps  # noqa: PLC0415

        generation = self._reader.generation
        context = PageContext(generation.id, generation.graph_sha256, site="/" if linked else None)
        return maps.svg(self.paths(level), rows, context, lang)

    @cached_property
    def preview(self) -> str:
        """The whole network as a picture."""
        from graph.networks import two_mode  # noqa: PLC0415
        from visualisations.site.preview import network_svg  # noqa: PLC0415

        tables = self._reader.tables
        return network_svg(two_mode(tables.actors, tables.alliances, tables.memberships))


def isolation_rows(
    reader: Reader, level: Level, as_of: date | None = None, mode: AsOfMode = "possible"
) -> pl.DataFrame:
    """What a map shows of each territory: `code`, `iri`, `name`, `status`, `alliances`."""
    return isolation_table(reader, level, as_of, mode).select("code", "iri", "name", "status", "alliances")


def preview_url(reader: Reader) -> str:
    """The address of the picture of the whole network."""
    return f"/preview/network.svg?generation={reader.generation.id}"


def map_legend(lang: Language) -> list[tuple[str, str]]:
    """(class of the shade, what it means), in the order of the legend."""
    from visualisations import map as maps  # noqa: PLC0415

    return maps.legend(lang)
