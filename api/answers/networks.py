"""Whole networks: one row each, and the ties without which they fall apart."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

import polars as pl

from api.answers.answer import Answer, Row, page
from api.answers.coverage import sources_coverage
from api.answers.errors import BadQuestionError
from api.answers.metrics import WITHOUT_STALE
from api.answers.parameters import parameters
from api.answers.reader import Reader
from graph.chosen import Chosen
from graph.periods import AsOfMode
from graph.seed import SEED

MeasuredNetwork: TypeAlias = Literal[
    "two-mode",
    "actors_projection",
    "alliances_projection",
    "territories_region",
    "territories_departement",
    "territories_epci",
]


@dataclass(frozen=True, kw_only=True)
class NetworksQuestion:
    """Which state, and which ties of one-mode networks: as in `MetricsQuestion`. `network` asks for one of them."""

    network: MeasuredNetwork | None = None
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False
    validated: float | None = None
    limit: int | None = None
    offset: int = 0


def networks(reader: Reader, question: NetworksQuestion) -> Answer:
    """One row a network: size, pieces, density, clustering, communities, mixing, and what its reader must know."""
    frame = _of_network(_tables(reader, question)[0], question)
    return page(_context(reader, question, "networks in one row each"), frame, question.limit, question.offset, {})


def bridges(reader: Reader, question: NetworksQuestion) -> Answer:
    """One row a bridge, that which cuts most nodes off first; both ends with id, name and IRI."""
    found = _of_network(_tables(reader, question)[1], question)
    names = _names(reader)
    for end in ("a", "b"):
        renamed = {"iri": end, "id": f"{end}_id", "name": f"{end}_name"}
        found = found.join(names.rename(renamed), on=end, how="left", maintain_order="left")
    frame = found.select("network", "a_id", "a_name", "b_id", "b_name", "cut_off", a_iri="a", b_iri="b")
    frame = frame.sort("cut_off", "network", "a_iri", "b_iri", descending=[True, False, False, False])
    scope = "ties without which a network falls apart, and how many nodes the smaller part would have"
    return page(_context(reader, question, scope), frame, question.limit, question.offset, {})


def _of_network(frame: pl.DataFrame, question: NetworksQuestion) -> pl.DataFrame:
    if question.network is None:
        return frame
    if question.network not in get_args(MeasuredNetwork):
        known = ", ".join(get_args(MeasuredNetwork))
        raise BadQuestionError(f"there is no network {question.network!r}: choose one of {known}")
    return frame.filter(pl.col("network") == question.network)


def _context(reader: Reader, question: NetworksQuestion, scope: str) -> Row:
    said = scope + (WITHOUT_STALE if question.without_stale else "")
    said += "" if question.validated is None else f", one-mode networks validated (q ≤ {question.validated:g})"
    coverage = sources_coverage(reader, question.as_of)
    context = reader.context(said, question.as_of, question.as_of_mode, coverage)
    return {**context, "parameters": parameters(reader, question, question.as_of, seed=SEED)}


def _tables(reader: Reader, question: NetworksQuestion) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The networks and the bridges: read where the generation holds them, else computed and kept."""
    generation = reader.generation
    stale_on = reader.stale_on(question.as_of, without_stale=question.without_stale)
    chosen = Chosen("departement", question.as_of, question.as_of_mode, stale_on, validated=question.validated)
    if chosen.is_everything and (generation.path / "metrics" / "networks.parquet").is_file():
        return generation.metric_table("networks"), generation.metric_table("bridges")

    def measure() -> tuple[pl.DataFrame, pl.DataFrame]:
        from graph.overview import all_networks, bridge_table, network_table  # noqa: PLC0415 - heavy engines

        found = all_networks(reader.tables, chosen)
        return network_table(found), bridge_table(found)

    return reader.kept(("networks", chosen), measure)


def _names(reader: Reader) -> pl.DataFrame:
    tables = reader.tables
    return pl.concat([one.select("iri", "id", "name") for one in (tables.actors, tables.alliances, tables.territories)])
