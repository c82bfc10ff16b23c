"""`alliances export`: the whole generation in a format of other programs."""

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Annotated, Literal, TypeAlias

import networkx as nx
import typer
from pyoxigraph import RdfFormat, serialize

from api.commands.options import AsOfModeOption, AsOfOption, current_generation
from api.output import STANDARD, note, opened
from api.pipeline import UsageError
from api.routes import tabular
from graph.generation import Generation
from graph.networks import Network
from ontology.rdf import PREFIXES

app = typer.Typer()

ExportFormat: TypeAlias = Literal["nquads", "trig", "turtle", "jsonld", "parquet", "csv", "graphml", "gexf"]
_TABLES = frozenset({"parquet", "csv"})
_NETWORKS = frozenset({"graphml", "gexf"})


@app.command("export")
def export_command(
    form: Annotated[
        ExportFormat,
        typer.Option("--format", "-f", help="RDF, a folder of tables, or the network of actors and alliances."),
    ],
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="PATH", help="A file, for tables a folder; - standard output.")
    ] = None,
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
) -> None:
    """Write the current generation in a format of other programs.

    Turtle has no named graphs: it holds the union of all sources. A date chooses among the ties of a network only.
    """
    if as_of is not None and form not in _NETWORKS:
        raise UsageError(f"--as-of chooses among the ties of a network: leave it out, or ask {' or '.join(_NETWORKS)}")
    generation = current_generation()
    if form in _TABLES:
        _write_tables(generation, form, out)
        return
    with opened(out) as stream:
        if form in _NETWORKS:
            network = generation.network("two-mode", as_of=as_of, as_of_mode=as_of_mode)
            _WRITERS[form](_plain(network), stream)
        else:
            _write_rdf(generation, form, stream)
    _say(out)


def _say(out: str | None) -> None:
    if out is not None and out != STANDARD:
        note(f"wrote {out}")


def _write_tables(generation: Generation, form: ExportFormat, out: str | None) -> None:
    """Every table as a file of a folder."""
    if out is None or out == STANDARD:
        raise UsageError(f"{form} is one file a table: give --out FOLDER")
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted((generation.path / "tables").glob("*.parquet")):
        if form == "parquet":
            shutil.copyfile(file, folder / file.name)
        else:
            (folder / f"{file.stem}.csv").write_bytes(tabular.csv(generation.table(file.stem)))
    _say(out)


def _write_rdf(generation: Generation, form: ExportFormat, stream: IO[bytes]) -> None:
    if form == "nquads":
        with gzip.open(generation.path / "graph.nq.gz") as dump:
            shutil.copyfileobj(dump, stream)
    elif form == "turtle":
        serialize((quad.triple for quad in generation.store), stream, RdfFormat.TURTLE, prefixes=dict(PREFIXES))
    else:
        rdf_format = RdfFormat.TRIG if form == "trig" else RdfFormat.JSON_LD
        serialize(generation.store, stream, rdf_format, prefixes=dict(PREFIXES))


_WRITERS: dict[str, Callable[[Network, IO[bytes]], None]] = {"graphml": nx.write_graphml, "gexf": nx.write_gexf}


def _plain(network: Network) -> Network:
    """The network with what these formats can hold: lists as one text, and nothing where there is no value.

    A node's `id` becomes `key`: GEXF would take it for the node's identity, and ids are unique in their source only.
    """
    plain: Network = nx.Graph(name="alliances")
    for node, values in network.nodes(data=True):
        renamed = {"key" if name == "id" else name: value for name, value in values.items()}
        plain.add_node(node, **_flat({"label": values["name"], **renamed}))
    for one, other, values in network.edges(data=True):
        plain.add_edge(one, other, **_flat(values))
    return plain


def _flat(values: dict[str, object]) -> dict[str, object]:
    flat = {
        name: "|".join(map(str, value)) if isinstance(value, list | tuple) else value for name, value in values.items()
    }
    return {name: value for name, value in flat.items() if value is not None}
