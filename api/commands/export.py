"""`alliances export`: the whole generation, or one of its networks, in a format of other programs."""

import gzip
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Final, Literal, TypeAlias, TypedDict

import typer
from pyoxigraph import RdfFormat, serialize

from api.commands.options import (
    AsOfModeOption,
    AsOfOption,
    LevelOption,
    ValidatedOption,
    WithoutStaleOption,
    current_generation,
)
from api.output import STANDARD, note, opened
from api.pipeline import UsageError
from api.routes import tabular
from graph.generation import Generation
from graph.hierarchy import Level
from graph.inflation import warning_of
from graph.measured import NetworkName
from graph.periods import AsOfMode
from ontology.rdf import PREFIXES

if TYPE_CHECKING:
    from graph.networks import Network

app = typer.Typer()

ExportFormat: TypeAlias = Literal[
    "nquads", "trig", "turtle", "jsonld", "parquet", "csv", "graphml", "gexf", "kumu", "pajek", "ftm"
]
_FOLDERS: Final = frozenset({"parquet", "csv"})
_NETWORKS: Final = ("graphml", "gexf", "kumu", "pajek", "ftm")


class _When(TypedDict):
    as_of: date | None
    as_of_mode: AsOfMode
    without_stale: bool


@dataclass(frozen=True)
class _Asked:
    """Which network, or None: then the whole generation."""

    name: NetworkName | None
    level: Level
    when: _When
    validated: float | None

    @property
    def chooses(self) -> bool:
        """Whether something is asked that makes sense of a network alone."""
        asked = (self.name, self.when["as_of"], self.validated)
        return self.when["without_stale"] or any(one is not None for one in asked)


@app.command("export")
def export_command(  # noqa: PLR0913, PLR0917 - one parameter an option
    form: Annotated[
        ExportFormat,
        typer.Option("--format", "-f", help="RDF, a folder of tables, or a network."),
    ],
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="PATH", help="A file, for tables a folder; - standard output.")
    ] = None,
    network: Annotated[
        NetworkName | None,
        typer.Option("--network", help="two-mode unless asked; of csv and parquet its nodes and edges."),
    ] = None,
    level: LevelOption = "departement",
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    validated: ValidatedOption = None,
) -> None:
    """Write the current generation, or one of its networks, in a format of other programs.

    Turtle has no named graphs: it holds the union of all sources. A date chooses among the ties of a network only.
    A projection ties each pair in an alliance: big alliances become cliques.
    """
    when: _When = {"as_of": as_of, "as_of_mode": as_of_mode, "without_stale": without_stale}
    asked = _Asked(network, level, when, validated)
    _refuse(form, asked)
    generation = current_generation()
    if form in _FOLDERS:
        _write_folder(generation, form, asked, out)
        return
    with opened(out) as stream:
        if form in _NETWORKS:
            _write_network(generation, form, asked, stream)
        else:
            _write_rdf(generation, form, stream)
    _say(out)


def _refuse(form: ExportFormat, asked: _Asked) -> None:
    """Raise where what is asked would be ignored."""
    if form in _FOLDERS and asked.name is None and asked.chooses:
        raise UsageError("--as-of, --without-stale and --validated choose among the ties of a network: give --network")
    if form not in {*_FOLDERS, *_NETWORKS} and asked.chooses:
        raise UsageError(
            "--network, --as-of, --without-stale and --validated are of networks: leave them out, or ask "
            f"{', '.join(_NETWORKS)}"
        )
    if asked.validated is not None and asked.name in {None, "two-mode"}:
        raise UsageError("only a one-mode network is validated: ask for --network actors, alliances or territories")
    if form == "ftm" and asked.name not in {None, "two-mode"}:
        raise UsageError("ftm holds who is a member of what: leave --network out, or choose another format")


def _say(out: str | None) -> None:
    if out is not None and out != STANDARD:
        note(f"wrote {out}")


def _write_folder(generation: Generation, form: ExportFormat, asked: _Asked, out: str | None) -> None:
    """Every table as a file of a folder; of a network its nodes and its edges."""
    if out is None or out == STANDARD:
        raise UsageError(f"{form} is one file a table: give --out FOLDER")
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    if asked.name is None:
        _write_tables(generation, form, folder)
    else:
        _write_nodes_and_edges(generation, form, asked, folder)
    _say(out)


def _write_tables(generation: Generation, form: ExportFormat, folder: Path) -> None:
    for file in sorted((generation.path / "tables").glob("*.parquet")):
        if form == "parquet":
            shutil.copyfile(file, folder / file.name)
        else:
            (folder / f"{file.stem}.csv").write_bytes(tabular.csv(generation.table(file.stem)))


def _write_nodes_and_edges(generation: Generation, form: ExportFormat, asked: _Asked, folder: Path) -> None:
    from graph.exports import tables  # noqa: PLC0415 - the engine of networks takes a second to import

    network = _network(generation, asked)
    write = tabular.csv if form == "csv" else tabular.parquet
    for name, frame in (("nodes", tables.nodes(network)), ("edges", tables.edges(network))):
        (folder / f"{name}.{form}").write_bytes(write(frame))


def _network(generation: Generation, asked: _Asked) -> "Network":
    """The network that was asked for; what the reader of a projection must know is said beside it."""
    network = generation.network(asked.name or "two-mode", level=asked.level, validated=asked.validated, **asked.when)
    if asked.name not in {None, "two-mode"} and (warning := warning_of(network)):
        note(warning[1])
    return network


def _write_network(generation: Generation, form: ExportFormat, asked: _Asked, stream: IO[bytes]) -> None:
    from graph.exports import WRITERS, Note, write_ftm  # noqa: PLC0415 - as above
    from visualisations.style import style_of  # noqa: PLC0415

    def colour(mode: str, kind: str) -> str:
        return style_of(mode, kind).colour

    described = Note(generation.cite(), generation.knowledge_date, colour)
    if form == "ftm":
        write_ftm(generation.selected(**asked.when), stream, described)
    else:
        WRITERS[form](_network(generation, asked), stream, described)


def _write_rdf(generation: Generation, form: ExportFormat, stream: IO[bytes]) -> None:
    if form == "nquads":
        with gzip.open(generation.path / "graph.nq.gz") as dump:
            shutil.copyfileobj(dump, stream)
    elif form == "turtle":
        serialize((quad.triple for quad in generation.store), stream, RdfFormat.TURTLE, prefixes=dict(PREFIXES))
    else:
        rdf_format = RdfFormat.TRIG if form == "trig" else RdfFormat.JSON_LD
        serialize(generation.store, stream, rdf_format, prefixes=dict(PREFIXES))
