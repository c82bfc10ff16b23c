"""One generation, opened: its store, its tables, its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

from graph import diff as differ
from graph import series as yearly
from graph.chosen import Chosen
from graph.citation import CitationStyle, Cited, Licensed
from graph.forgetting import Forgotten
from graph.freshness import without_stale as without_stale_alliances
from graph.hierarchy import Level
from graph.home import Home
from graph.info import Weights
from graph.isolation import isolation
from graph.paths import MAX_LISTED, Chains, chains, end_of
from graph.periods import AsOfMode
from graph.selection import Tables, select
from graph.sources import coverages, knowledge_date
from ontology.provenance import Coverage

if TYPE_CHECKING:
    from graph import measured, networks

# The engines of analysis take a second to import: whoever only reads a generation need not wait for
# them, which is why the methods that analyse import them themselves.


def open_generation(path: Path | str | None = None) -> Generation:
    """Open a generation's folder, by default the current one of `ALLIANCES_HOME`.

    Raises `NoGenerationError` where nothing was built yet, `FileNotFoundError` where `path` is no generation.
    """
    return Generation(Path(path) if path else Home.default().current())


class Generation:
    """An immutable state of knowledge. Everything is read from its folder when it is first asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run: Mapping[str, Any] = orjson.loads((path / "run.json").read_bytes())
        self._frames: dict[str, pl.DataFrame] = {}

    @property
    def id(self) -> str:
        """The generation's name: a number and the beginning of its graph's hash."""
        return str(self.run["generation"])

    @property
    def graph_sha256(self) -> str:
        """The SHA-256 of its N-Quads."""
        return str(self.run["graph_sha256"])

    @cached_property
    def store(self) -> Store:
        """The RDF store, read-only. Each source is a named graph; ask with the union as default graph."""
        return Store.read_only(str(self.path / "store"))

    def sparql(self, query: str) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Ask the union of all graphs, in this process.

        Only for queries of your own: a hostile query can stop the process, and nothing limits it.
        """
        return self.store.query(query, use_default_graph_as_union=True)

    def table(self, name: str) -> pl.DataFrame:
        """One of `tables/*.parquet`, such as `actors`; raises `KeyError` with the names there are."""
        return self._frame("tables", name)

    def metric_table(self, name: str) -> pl.DataFrame:
        """One of `metrics/*.parquet`; raises `KeyError` with the names there are."""
        return self._frame("metrics", name)

    def _frame(self, folder: str, name: str) -> pl.DataFrame:
        key = f"{folder}/{name}"
        if key not in self._frames:
            file = self.path / folder / f"{name}.parquet"
            if not file.is_file():
                names = ", ".join(sorted(one.stem for one in (self.path / folder).glob("*.parquet")))
                raise KeyError(f"no table {name!r} in {folder}: choose one of {names}")
            self._frames[key] = pl.read_parquet(file)
        return self._frames[key]

    @cached_property
    def knowledge_date(self) -> date:
        """The newest day on which a source was read: the date of the state of knowledge."""
        return knowledge_date({name: self.table(name) for name in ("actors", "alliances", "relations", "events")})

    @cached_property
    def tables(self) -> Tables:
        """The tables that networks are read from."""
        return Tables(*(self.table(name) for name in ("actors", "alliances", "memberships", "territories")))

    def selected(
        self,
        *,
        as_of: date | str | None = None,
        as_of_mode: AsOfMode = "possible",
        without_stale: bool = False,
    ) -> Tables:
        """The actors, alliances and memberships that a network is made of: see `graph.selection.select`."""
        day = _day(as_of)
        return select(self._fresh(without_stale, day or self.knowledge_date, as_of_mode), as_of=day, mode=as_of_mode)

    def network(  # noqa: PLR0913 - as below
        self,
        name: measured.NetworkName = "two-mode",
        *,
        level: Level = "departement",
        as_of: date | str | None = None,
        as_of_mode: AsOfMode = "possible",
        without_stale: bool = False,
        validated: float | None = None,
    ) -> networks.Network:
        """The `two-mode` network of actors and alliances, its projection on `actors` or `alliances`, or `territories`.

        Nodes are IRIs with `id`, `name` and `kind`. Persons are in no network. `as_of`: what was active on that day;
        `without_stale`: without the alliances last heard of two years before it (else before `knowledge_date`) or more.
        `validated`: of a one-mode network only the ties that hold against chance, with q at most this (see
        `graph.backbone`). Raises `ValueError` for it in two modes.
        """
        from graph import measured  # noqa: PLC0415

        chosen = self._chosen(level, as_of, as_of_mode, without_stale)
        return measured.network_of(self.tables, name, replace(chosen, validated=validated))

    def metrics(  # noqa: PLR0913 - each is given by name and has a default
        self,
        *names: str,
        on: measured.On = "actors",
        projected: bool = False,
        level: Level = "departement",
        as_of: date | str | None = None,
        as_of_mode: AsOfMode = "possible",
        without_stale: bool = False,
        weights: Weights = "none",
        validated: float | None = None,
    ) -> pl.DataFrame:
        """One row a node: `iri`, `id`, `name`, `kind`, then the metrics named, or all of them; null where undefined.

        Those of actors and alliances are of the two-mode network (Borgatti–Everett normalised), unless `projected`.
        `as_of`, `without_stale` and `validated` as in `network`; `weights` weighs the ties of a one-mode network.
        Raises `KeyError` with the names there are for a metric that is not among them.
        """
        chosen = replace(self._chosen(level, as_of, as_of_mode, without_stale), weights=weights, validated=validated)
        found = self.measured(on, projected=projected, chosen=chosen).frame
        unknown = [name for name in names if name not in found.columns]
        if unknown:
            raise KeyError(f"no metric {', '.join(unknown)}: choose from {', '.join(found.columns[4:])}")
        return found.select("iri", "id", "name", "kind", *names) if names else found

    def _chosen(self, level: Level, as_of: date | str | None, as_of_mode: AsOfMode, without_stale: bool) -> Chosen:
        """Which part of what is known: freshness counts from `as_of`, else from `knowledge_date`."""
        day = _day(as_of)
        return Chosen(level, day, as_of_mode, (day or self.knowledge_date) if without_stale else None)

    def measured(self, on: measured.On, *, projected: bool, chosen: Chosen) -> measured.Measured:
        """The metrics of `metrics` with what they are of; read where the generation holds them, else computed."""
        from graph import measured  # noqa: PLC0415

        name = measured.table_name(on, projected=projected, level=chosen.level)
        if not chosen.is_everything or not (self.path / "metrics" / f"{name}.parquet").is_file():
            return measured.measure(self.tables, on, projected=projected, chosen=chosen)
        return measured.stored(self.metric_table(name), self.metric_table("info"), name)

    def isolation(
        self,
        level: Level = "departement",
        *,
        as_of: date | str | None = None,
        as_of_mode: AsOfMode = "possible",
        without_stale: bool = False,
    ) -> pl.DataFrame:
        """One row a territory of `level`, the most isolated first: see `graph.isolation.isolation`.

        Without `as_of` it speaks of the state of knowledge, `knowledge_date`. `without_stale` leaves out the
        alliances whose last evidence is two years old or more on that day.
        """
        if as_of is None and as_of_mode == "possible" and not without_stale:
            return self.metric_table(f"isolation_{level}")
        day = _day(as_of) or self.knowledge_date
        tables = self._fresh(without_stale, day, as_of_mode)
        return isolation(tables, self.coverages, level, day, as_of_mode)

    def _fresh(self, without_stale: bool, day: date, mode: AsOfMode) -> Tables:
        return without_stale_alliances(self.tables, day, mode) if without_stale else self.tables

    def paths(  # noqa: PLR0913 - each is given by name and has a default
        self,
        start: str,
        end: str,
        *,
        as_of: date | str | None = None,
        as_of_mode: AsOfMode = "possible",
        without_stale: bool = False,
        limit: int = MAX_LISTED,
    ) -> Chains:
        """All shortest chains of alliances between two actors or territories, at most `limit` of them listed.

        `start` and `end` are IRIs, ids of actors or codes of territories. Raises `LookupError` where one of them is
        nothing, or may mean several things, and `ValueError` where both are the same.
        """
        chosen = self.selected(as_of=as_of, as_of_mode=as_of_mode, without_stale=without_stale)
        return chains(chosen, end_of(self.tables, start), end_of(self.tables, end), limit)

    def series(
        self,
        first: int | None = None,
        last: int | None = None,
        *,
        level: Level = "departement",
        as_of_mode: AsOfMode = "possible",
        without_stale: bool = False,
    ) -> pl.DataFrame:
        """What was active on 31 December of each year, one row a year: see `graph.series.counts`.

        Without years, from the first known start to the year of the state of knowledge. `without_stale` leaves out
        what was stale on that day of its year. Raises `ValueError` for years that there are not.
        """
        known = yearly.span(self.tables, self.knowledge_date)
        asked = yearly.years(known[0] if first is None else first, known[-1] if last is None else last)
        counted = yearly.fresh_counts if without_stale else yearly.counts
        return counted(self.tables, asked, level, as_of_mode)

    def diff(
        self,
        before: Generation | date | str,
        after: date | str | None = None,
        *,
        as_of_mode: AsOfMode = "possible",
        without_stale: bool = False,
    ) -> dict[str, differ.Difference]:
        """What differs, by table (`alliances`, `actors`, `memberships`): see `graph.diff.Difference`.

        Of two dates of this generation, or (`after` left out) from an older generation to this one; each without
        what was stale then, if `without_stale`. Raises `ValueError` where one is a generation and the other a date.
        """
        if isinstance(before, Generation) and after is None:
            return differ.differences(*(one._state(None, as_of_mode, without_stale) for one in (before, self)))
        if isinstance(before, Generation) or after is None:
            raise ValueError("compare two dates, or a generation with this one")
        return differ.differences(*(self._state(_day(one), as_of_mode, without_stale) for one in (before, after)))

    def _state(self, as_of: date | None, mode: AsOfMode, without_stale: bool) -> differ.State:
        return differ.state_of(self._fresh(without_stale, as_of or self.knowledge_date, mode), as_of, mode)

    def cite(self, style: CitationStyle = "text") -> str:
        """How to cite this generation: a sentence, BibTeX (`bibtex`) or the Citation File Format (`cff`).

        Raises `ValueError` for another style.
        """
        return self.cited.as_style(style)

    @cached_property
    def cited(self) -> Cited:
        """What a citation says: name, hash and date of the generation, and the licence of each source."""
        columns = ("id", "licence", "licence_url", "attribution")
        licences = tuple(Licensed(*row) for row in self.table("sources").select(columns).iter_rows())
        url = str(self.run["parameters"]["base_iri"])
        return Cited(self.id, self.graph_sha256, self.knowledge_date, url, licences)

    @cached_property
    def forgotten(self) -> Forgotten:
        """Who was erased from the home that holds the generation; nobody of one that lies elsewhere."""
        return Forgotten.read(Home(self.path.parent.parent))

    @cached_property
    def coverages(self) -> tuple[Coverage, ...]:
        """What each source covers."""
        return coverages(self.table("sources"))


def _day(text: date | str | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text
