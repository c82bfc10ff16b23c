"""`alliances metrics` and `alliances isolation`."""

from typing import Annotated, Literal

import typer

from api.answers import IsolationQuestion, MetricsQuestion, Row, isolation, metrics, territory_isolation
from api.answers.metrics import NetworkName, On
from api.commands.options import (
    AsOfModeOption,
    AsOfOption,
    FormatOption,
    LangOption,
    LevelOption,
    LimitOption,
    OffsetOption,
    OutOption,
    current_reader,
)
from api.output import (
    TABLE_ROWS,
    Format,
    cell,
    chosen_format,
    context_line,
    table_of,
    write_answer,
    write_json,
    write_table,
)
from api.pipeline import UsageError
from ontology.schemes import Language

app = typer.Typer()

Status = Literal["connected", "isolated", "unknown", "not_covered"]

_ISOLATION = (
    "rank", "code", "name", "status", "population", "alliances", "actors", "alliances_per_10000", "partners", "score",
)  # fmt: skip
_FACTS = (
    "code",
    "name",
    "level",
    "status",
    "population",
    "alliances",
    "actors",
    "alliances_per_10000",
    "score",
    "rank",
)


@app.command("metrics")
def show_metrics(  # noqa: PLR0913, PLR0917 - one parameter an option
    on: Annotated[On, typer.Option("--on", help="Whose numbers.")] = "actors",
    network: Annotated[
        NetworkName | None, typer.Option("--network", help="two-mode unless asked; territories have one of their own.")
    ] = None,
    level: LevelOption = "departement",
    metric: Annotated[list[str] | None, typer.Option("--metric", metavar="M", help="Which; may be repeated.")] = None,
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    sort: Annotated[str | None, typer.Option(help="A metric, with - before it in falling order.")] = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Measure actors, alliances or territories in their network; null is « undefined »."""
    chosen = chosen_format(form, out)
    question = MetricsQuestion(
        on=on, network=network, level=level, metrics=tuple(metric or ()), as_of=as_of, as_of_mode=as_of_mode,
        sort=sort, limit=limit or _rows(chosen), offset=offset,
    )  # fmt: skip
    answer = metrics(current_reader(), question)
    write_answer(answer, [name for name in answer.frame.columns if name != "iri"], chosen, out)


@app.command("isolation")
def show_isolation(  # noqa: PLR0913, PLR0917 - one parameter an option
    level: LevelOption = "departement",
    status: Annotated[Status | None, typer.Option(help="Only the territories of this status.")] = None,
    worklist: Annotated[
        bool, typer.Option("--worklist", help="Those of which we cannot tell, the most people first.")
    ] = False,
    explain: Annotated[str | None, typer.Option(metavar="CODE", help="One territory, and why that is said.")] = None,
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    lang: LangOption = "en",
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Say which territories have no alliance, why that is said, and of which we cannot tell."""
    chosen = chosen_format(form, out)
    if explain is not None:
        found = territory_isolation(current_reader(), explain, as_of=as_of, mode=as_of_mode)
        _write_explained(found, lang, chosen, out)
        return
    question = IsolationQuestion(
        level=level, status=status, worklist=worklist, as_of=as_of, as_of_mode=as_of_mode,
        limit=limit or _rows(chosen), offset=offset,
    )  # fmt: skip
    write_answer(isolation(current_reader(), question), _ISOLATION, chosen, out)


def _rows(form: Format) -> int | None:
    return TABLE_ROWS if form == "table" else None


def _write_explained(found: Row, lang: Language, form: Format, out: str | None) -> None:
    if form == "json":
        write_json(found, out)
        return
    if form != "table":
        raise UsageError("--explain is one record: ask for it as a table or with --format json")
    reasons = [(one["name"], one["value"], one["reference"], one["rank"], one[lang]) for one in found["components"]]
    table = table_of(("component", "value", "reference", "rank", "reason"), reasons)
    facts = ", ".join(f"{name.replace('_', ' ')} {cell(found[name])}" for name in _FACTS)
    write_table(table, [facts, context_line(found["context"])], out)
