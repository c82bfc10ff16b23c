"""One generation, opened: its store, its tables, its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

from graph.hierarchy import Level
from graph.home import Home
from graph.isolation import isolation
from graph.periods import AsOfMode
from graph.selection import Tables
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
        return knowledge_date({name: self.table(name) for name in ("actors", "alliances", "relations")})

    @cached_property
    def tables(self) -> Tables:
        """The tables that networks are read from."""
        return Tables(*(self.table(name) for name in ("actors", "alliances", "memberships", "territories")))

    def network(
        self,
        name: measured.NetworkName = "two-mode",
        *,
        level: Level = "departement",
        as_of: date | str | None = None,
        as_of_mode: AsOfMode = "possible",
    ) -> networks.Network:
        """The `two-mode` network of actors and alliances, its projection on `actors` or `alliances`, or `territories`.

        Nodes are IRIs with `id`, `name` and `kind`. Persons are in no network. `as_of`: what was active on that day.
        """
        from graph import measured  # noqa: PLC0415

        return measured.network_of(self.tables, name, measured.Chosen(level, _day(as_of), as_of_mode))

    def metrics(
        self,
        *names: str,
        on: measured.On = "actors",
        projected: bool = False,
        level: Level = "departement",
        as_of: date | str | None = None,
        as_of_mode: AsOfMode = "possible",
    ) -> pl.DataFrame:
        """One row a node: `iri`, `id`, `name`, `kind`, then the metrics named, or all of them; null where undefined.

        Those of actors and alliances are of the two-mode network (Borgatti–Everett normalised), unless `projected`.
        Raises `KeyError` with the names there are for a metric that is not among them.
        """
        from graph import measured  # noqa: PLC0415

        found = self.measured(on, projected=projected, chosen=measured.Chosen(level, _day(as_of), as_of_mode)).frame
        unknown = [name for name in names if name not in found.columns]
        if unknown:
            raise KeyError(f"no metric {', '.join(unknown)}: choose from {', '.join(found.columns[4:])}")
        return found.select("iri", "id", "name", "kind", *names) if names else found

    def measured(self, on: measured.On, *, projected: bool, chosen: measured.Chosen) -> measured.Measured:
        """The metrics of `metrics` with what they are of; read where the generation holds them, else computed."""
        from graph import measured  # noqa: PLC0415

        name = measured.table_name(on, projected=projected, level=chosen.level)
        if chosen.as_of is not None or not (self.path / "metrics" / f"{name}.parquet").is_file():
            return measured.measure(self.tables, on, projected=projected, chosen=chosen)
        return measured.stored(self.metric_table(name), self.metric_table("info"), name)

    def isolation(
        self,
        level: Level = "departement",
        *,
        as_of: date | str | None = None,
        as_of_mode: AsOfMode = "possible",
    ) -> pl.DataFrame:
        """One row a territory of `level`, the most isolated first: see `graph.isolation.isolation`.

        Without `as_of` it speaks of the state of knowledge, `knowledge_date`.
        """
        if as_of is None and as_of_mode == "possible":
            return self.metric_table(f"isolation_{level}")
        day = _day(as_of) or self.knowledge_date
        return isolation(self.tables, self.coverages, level, day, as_of_mode)

    @cached_property
    def coverages(self) -> tuple[Coverage, ...]:
        """What each source covers."""
        return coverages(self.table("sources"))


def _day(text: date | str | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text
