"""The pages of what is computed: the map, the isolation of territories, the network."""

from collections.abc import Mapping
from urllib.parse import urlencode

import polars as pl

from api.answers import BadQuestionError, MetricsQuestion, Reader, isolation, metrics
from api.answers.answer import Row
from api.answers.isolation import STATUSES
from api.limits import LIMITS
from api.params import Dated, IsolationParams
from api.site.drawings import MAP_LEVELS, Drawings, isolation_rows, map_legend, preview_url
from api.site.linking import linked
from api.site.listing import files, shown
from api.site.visit import Visit
from graph.hierarchy import Level
from ontology.schemes import Language
from visualisations.site.words import text

_RANKING_LEVELS: tuple[Level, ...] = ("region", "departement", "epci", "commune")
TOP = 12
_TOPS = (("most_tied", "", "alliances"), ("most_between", "most_between_lead", "betweenness"))


class _MapParams(Dated):
    """What may be asked of the map."""

    level: Level = "departement"


def map_page(visit: Visit) -> str:
    """The map of a level with its legend, and the same as a table."""
    asked, reader = visit.asked(_MapParams), visit.reader
    if asked.level not in MAP_LEVELS:
        raise BadQuestionError(f"there is no map of level {asked.level}: choose one of {', '.join(MAP_LEVELS)}")
    drawings = reader.index(Drawings)
    other = asked.as_of is not None or asked.as_of_mode != "possible"
    rows = isolation_rows(reader, asked.level, asked.as_of, asked.as_of_mode)
    drawn = drawings.paths(asked.level)
    listed = linked(reader, rows.sort("code").with_columns(id="code").to_dicts())
    values: dict[str, object] = {
        "map": drawings.map(asked.level, visit.lang, rows if other else None),
        "legend": map_legend(visit.lang),
        "levels": _levels(MAP_LEVELS, visit.lang),
        "level": asked.level,
        "as_of": asked.as_of or "",
        "mode": asked.as_of_mode,
        "rows": listed,
        "undrawn": [row for row in listed if row["code"] not in drawn],
        "view": f"/view/map?{urlencode(_asked(visit, asked.model_dump(exclude_none=True)))}",
    }
    return visit.page(
        "map", f"{text('map_page_title', visit.lang)} : {text(f'l.{asked.level}', visit.lang).lower()}", values
    )


def isolation_page(visit: Visit) -> str:
    """The territories of a level, the most isolated first, each explained; or where to look first."""
    asked, reader = visit.asked(IsolationParams), visit.reader
    answer = isolation(reader, asked.question(LIMITS.list_rows_default))
    rows = [{**row, "id": row["code"]} for row in answer.body()["results"]]
    query = asked.model_dump(exclude={"limit", "offset"}, exclude_defaults=True)
    values: dict[str, object] = {
        "rows": linked(reader, rows),
        "shown": shown(answer),
        "totals": answer.facets["status"],
        "levels": _levels(_RANKING_LEVELS, visit.lang),
        "level_name": text(f"l.{asked.level}", visit.lang),
        "statuses": [(one, text(f"status.{one}", visit.lang)) for one in STATUSES],
        "asked": {name: value or "" for name, value in asked.model_dump().items()},
        "day": answer.context["as_of"],
        **files("/api/v1/isolation", query),
    }
    return visit.page("isolation", text("isolation_title", visit.lang), values)


def network_page(visit: Visit) -> str:
    """The way to the network, what it is made of, and who stands out in it."""
    visit.asked(Dated)
    reader = visit.reader
    answer = metrics(reader, MetricsQuestion(on="actors"))
    values: dict[str, object] = {
        "info": answer.context["network"],
        "tables": [(title, lead, column, _top(reader, answer.frame, column)) for title, lead, column in _TOPS],
        "view": f"/view/network?{urlencode(_asked(visit, {}))}",
        "preview": preview_url(reader),
    }
    return visit.page("network", text("network_title", visit.lang), values)


def preview(reader: Reader) -> str:
    """The whole network as SVG, drawn once a generation."""
    return reader.index(Drawings).preview


def _top(reader: Reader, frame: pl.DataFrame, column: str) -> list[Row]:
    first = frame.sort(column, "name", "iri", descending=[True, False, False], nulls_last=True).head(TOP)
    found: list[Row] = linked(reader, first.select("id", "iri", "name", "kind", column).to_dicts())
    return found


def _levels(levels: tuple[Level, ...], lang: Language) -> list[tuple[str, str]]:
    return [(one, text(f"l.{one}", lang)) for one in levels]


def _asked(visit: Visit, query: Mapping[str, object]) -> dict[str, object]:
    """The query of the page that stands alone: in this language, of this generation where it is pinned."""
    pin = {"generation": visit.reader.generation.id} if visit.pinned else {}
    return {"lang": visit.lang, **query, **pin}
