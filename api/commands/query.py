"""`alliances query`: SPARQL that anybody wrote, in a process that can be killed."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import orjson
import polars as pl
import typer

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
    file: Annotated[str, typer.Argument(metavar="FILE.rq|-", help="The query; - is standard input.")],
    form: Annotated[
        ResultFormat | None,
        typer.Option(
            "--format", "-f", help="How the result is written: a table, or Turtle for CONSTRUCT and DESCRIBE."
        ),
    ] = None,
    out: OutOption = None,
) -> None:
    """Ask a SPARQL query: each source is a named graph, the default graph is their union."""
    text = _text(file)
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
