"""`alliances query`: SPARQL that anybody wrote, in a process that can be killed; Cypher for the mirror."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args

import orjson
import polars as pl
import typer

from api.commands.cypher import CypherFormat, ask
from api.commands.options import OutOption, current_generation
from api.output import STANDARD, for_file, note, table_of, write, write_frame, write_table
from api.pipeline import UsageError
from api.sparql import guard
from api.sparql.pool import SparqlPool, SparqlResult

app = typer.Typer()

ResultFormat: TypeAlias = Literal["table", "json", "csv", "tsv", "xml", "parquet", "turtle", "ntriples", "jsonld"]

_TABULAR = frozenset({"SELECT", "ASK"})


@app.command("query")
def query_command(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="The query; - is standard input.")],
    form: Annotated[
        ResultFormat | None,
        typer.Option(
            "--format", "-f", help="How the result is written: a table, or Turtle for CONSTRUCT and DESCRIBE."
        ),
    ] = None,
    out: OutOption = None,
    cypher: Annotated[
        bool, typer.Option("--cypher", help="Ask the mirror in Cypher: Neo4j if NEO4J_URI is set, else an engine here.")
    ] = False,
) -> None:
    """Ask a SPARQL query: each source is a named graph, the default graph is their union. With --cypher, the mirror."""
    text = _text(file)
    if cypher:
        ask(text, _for_cypher(form), out)
        return
    shape = guard.inspect(text).form
    chosen = form or ("table" if shape in _TABULAR else "turtle")
    _refuse(chosen, shape, out)
    generation = current_generation()
    accept = "json" if chosen in {"table", "parquet"} else chosen
    with SparqlPool(generation.path / "store", generation=generation.id, workers=1) as pool:
        result = pool.query(text, accept=accept)
    _write(result, chosen, out)
    if result.truncated:
        note("the result was cut at the limit of rows or bytes: add LIMIT and OFFSET to read it in parts")


def _text(file: str) -> str:
    try:
        content = sys.stdin.buffer.read() if file == STANDARD else Path(file).read_bytes()
        return content.decode()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(f"{file} is no file: give the path of a query, or - for standard input") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8: save the query as UTF-8") from error


def _for_cypher(form: ResultFormat | None) -> CypherFormat | None:
    if form is None or form in get_args(CypherFormat):
        return form  # type: ignore[return-value]  # the line above has narrowed it
    raise UsageError(f"Cypher gives a table: ask for {', '.join(get_args(CypherFormat))}, not {form}")


def _refuse(chosen: ResultFormat, shape: str, out: str | None) -> None:
    if chosen in {"table", "parquet"} and shape not in _TABULAR:
        raise UsageError(f"{shape} gives a graph, not a table: ask for turtle, ntriples or jsonld")
    if chosen == "parquet":
        for_file(out, "Parquet", "FILE.parquet")


def _write(result: SparqlResult, chosen: ResultFormat, out: str | None) -> None:
    if chosen not in {"table", "parquet"}:
        write(result.body, out)
        return
    names, rows = _rows(orjson.loads(result.body))
    if chosen == "parquet":
        write_frame(pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row"), "parquet", out)
    else:
        write_table(table_of(names, rows), [f"{len(rows)} rows in {result.seconds:.2f} seconds"], out)


def _rows(results: Any) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """Names and values of a result in SPARQL's JSON; the answer of ASK is a table of one cell. `Any`: it is JSON."""
    if "boolean" in results:
        return ["answer"], [("yes" if results["boolean"] else "no",)]
    names = results["head"]["vars"]
    bindings = results["results"]["bindings"]
    return names, [tuple(row[name]["value"] if name in row else None for name in names) for row in bindings]
