"""One generation, opened: its store, its tables, its metrics."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

from graph import networks
from graph.derive import knowledge_date, network_tables
from graph.home import Home
from graph.sources import coverages
from ontology.provenance import Coverage


def open_generation(path: Path | str | None = None) -> "Generation":
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
    def tables(self) -> networks.Tables:
        """The tables that networks are read from."""
        return network_tables(
            {name: self.table(name) for name in ("actors", "alliances", "memberships", "territories")}
        )

    @cached_property
    def coverages(self) -> tuple[Coverage, ...]:
        """What each source covers."""
        return coverages(self.table("sources"))
