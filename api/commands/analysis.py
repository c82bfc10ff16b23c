"""`alliances metrics`, `alliances networks`, `alliances bridges` and `alliances isolation`."""

from typing import Annotated, Literal, TypeAlias

import typer

from api.answers import (
    IsolationQuestion,
    MetricsQuestion,
    NetworksQuestion,
    Row,
    bridges,
    isolation,
    metrics,
    networks,
    territory_isolation,
)
from api.answers.metrics import NetworkName, On
from api.answers.networks import MeasuredNetwork
from api.commands.options import (
    AsOfModeOption,
    AsOfOption,
    FormatOption,
    LangOption,
    LevelOption,
    LimitOption,
    OffsetOption,
    OutOption,
    ValidatedOption,
    WithoutStaleOption,
    current_reader,
)
from api.output import (
    Format,
    cell,
    chosen_format,
    context_line,
    rows_asked,
    table_of,
    write_answer,
    write_json,
    write_table,
)
from api.pipeline import UsageError
from graph.info import Weights
from ontology.schemes import Language

app = typer.Typer()

MeasuredOption: TypeAlias = Annotated[MeasuredNetwork | None, typer.Option("--network", help="One of them alone.")]
Status = Literal["connected", "isolated", "unknown", "not_covered"]

_METRICS = (
    "id", "name", "kind", "alliances", "members", "links", "strength", "degree", "closeness", "harmonic", "betweenness",
    "pagerank", "eigenvector", "core_number", "articulation", "bridges", "component_size",
    "community_stability", "redundancy", "constraint", "effective_size", "clustering",
)  # fmt: skip
"""What a table has room for where no metric was asked for."""
_NETWORKS = (
    "network", "nodes", "edges", "isolates", "components", "largest_component", "density", "transitivity",
    "robins_alexander", "clustering", "bridges", "communities", "modularity", "community_ari", "e_i_kind", "e_i_region",
    "big_share",
)  # fmt: skip
_BRIDGES = ("network", "a_name", "b_name", "cut_off")
_ISOLATION = (
    "rank", "code", "name", "status", "population", "alliances", "actors", "alliances_per_10000", "links_out",
    "harmonic", "dependence", "freshness_light", "score",
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
    without_stale: WithoutStaleOption = False,
    weights: Annotated[
        Weights,
        typer.Option("--weights", help="Of a projection: weigh its ties by what is shared (raw), or Newman's way."),
    ] = "none",
    validated: ValidatedOption = None,
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
        without_stale=without_stale, weights=weights, validated=validated, sort=sort, limit=rows_asked(limit, chosen),
        offset=offset,
    )  # fmt: skip
    answer = metrics(current_reader(), question)
    shown = [name for name in answer.frame.columns if name != "iri"] if metric else _METRICS
    write_answer(answer, shown, chosen, out)


@app.command("networks")
def show_networks(  # noqa: PLR0913, PLR0917 - one parameter an option
    network: MeasuredOption = None,
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    validated: ValidatedOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Say how big, how tight and in how many pieces each network is."""
    chosen = chosen_format(form, out)
    question = NetworksQuestion(
        network=network, as_of=as_of, as_of_mode=as_of_mode, without_stale=without_stale, validated=validated,
        limit=rows_asked(limit, chosen), offset=offset,
    )  # fmt: skip
    write_answer(networks(current_reader(), question), _NETWORKS, chosen, out)


@app.command("bridges")
def show_bridges(  # noqa: PLR0913, PLR0917 - one parameter an option
    network: MeasuredOption = None,
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
    without_stale: WithoutStaleOption = False,
    validated: ValidatedOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """List the ties without which a network falls apart."""
    chosen = chosen_format(form, out)
    question = NetworksQuestion(
        network=network, as_of=as_of, as_of_mode=as_of_mode, without_stale=without_stale, validated=validated,
        limit=rows_asked(limit, chosen), offset=offset,
    )  # fmt: skip
    write_answer(bridges(current_reader(), question), _BRIDGES, chosen, out)


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
    without_stale: WithoutStaleOption = False,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    lang: LangOption = "en",
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Say which territories have no alliance, why that is said, and of which we cannot tell."""
    chosen = chosen_format(form, out)
    if explain is not None:
        found = territory_isolation(
            current_reader(), explain, as_of=as_of, mode=as_of_mode, without_stale=without_stale
        )
        _write_explained(found, lang, chosen, out)
        return
    question = IsolationQuestion(
        level=level, status=status, worklist=worklist, as_of=as_of, as_of_mode=as_of_mode,
        without_stale=without_stale, limit=rows_asked(limit, chosen), offset=offset,
    )  # fmt: skip
    write_answer(isolation(current_reader(), question), _ISOLATION, chosen, out)


def _write_explained(found: Row, lang: Language, form: Format, out: str | None) -> None:
    if form == "json":
        write_json(found, out)
        return
    if form != "table":
        raise UsageError("--explain is one record: ask for it as a table or with --format json")
    columns = ("name", "value", "reference", "rank", "contribution", lang)
    reasons = [[one[name] for name in columns] for one in found["components"]]
    table = table_of(("component", *columns[1:-1], "reason"), reasons)
    facts = ", ".join(f"{name.replace('_', ' ')} {cell(found[name])}" for name in _FACTS)
    write_table(table, [facts, context_line(found["context"])], out)
