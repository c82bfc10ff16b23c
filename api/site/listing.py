"""The pages of lists: a filter, its facets, a sortable table, its pages, the same as a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from api.answers import LISTS, Answer, ListSpec, NotFoundError, Reader, Row, list_rows, search
from api.answers.errors import BadQuestionError
from api.limits import LIMITS
from api.params import ListParams
from api.site.linking import linked
from api.site.visit import Visit
from ontology import schemes
from ontology.schemes import Language
from visualisations.site.formats import kind_label
from visualisations.site.words import text

MAX_VALUES = 12
"""How many values of a facet are shown."""
_FACET_PARAMETERS = {"kind": "kind", "region": "territory", "targets": "target", "goal": "target"}


@dataclass(frozen=True)
class Column:
    """A column of a table: what it shows, its title, the field it sorts by (none: it does not)."""

    name: str
    title: str
    sort: str = ""
    numeric: bool = False


def _column(text_: str) -> Column:
    """`name:title:sort` with `#` at the end for numbers; title and sort default to the name and to nothing."""
    name, title, sort = (*text_.rstrip("#").split(":"), "", "")[:3]
    return Column(name, title or name, sort, numeric=text_.endswith("#"))


_COLUMNS: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        section: tuple(_column(one) for one in columns.split())
        for section, columns in {
            "actors": "name::name kind::kind place::territory_name",
            "alliances": "name::name kind::kind period::start place::territory_name members# targets",
            "territories": "name::name level::level region::region_name population::population#",
            "measures": "number::number# name::name chantier::chantier_name status confidence::confidence",
            "chantiers": "number::number# name::name keyword targets",
            "platforms": "name::name theme::theme period::start targets",
            "programmes": "name::name kind::kind period::start targets",
            "conditions": "name::name period::start targets",
            "studies": "name::name kind::kind figures#",
            "events": "date::start name::name kind::kind where:place:place",
            "targets": "code::id name::name goal::goal alliances::alliances#",
            "sources": "name::name publisher::publisher licence::licence coverage",
        }.items()
    }
)  # fmt: skip


class _PageParams(ListParams):
    """What may be asked of the page of a list, the same as of the list."""


def page(visit: Visit) -> str:
    """The page of the list that is the section of the visit."""
    section, reader = visit.place.section, visit.reader
    asked = visit.asked(_PageParams)
    asked, notes = _with_territory(visit, asked)
    answer = list_rows(reader, section, asked.question(LIMITS.list_rows_default))
    values: dict[str, object] = {
        "section": section,
        "columns": _COLUMNS[section],
        "rows": linked(reader, answer.body()["results"]),
        "shown": shown(answer),
        "facets": list(_facets(visit, answer)),
        "filters": _filters(LISTS[section]),
        "kinds": _kinds(LISTS[section], visit.lang),
        "asked": {name: value or "" for name, value in asked.model_dump().items()},
        "active": any(name != "sort" for name, _ in visit.place.query),
        "notes": [*notes, *_date_notes(answer, visit.lang)],
        **files(f"/api/v1/{section}", asked.model_dump(exclude={"offset", "limit"}, exclude_defaults=True)),
    }
    return visit.page("list", text(section, visit.lang), values)


def shown(answer: Answer) -> dict[str, int | None]:
    """Which rows of how many a page shows, and where the pages before and after it begin."""
    count, limit = answer.frame.height, answer.limit or answer.total
    return {
        "total": answer.total,
        "count": count,
        "first": answer.offset + 1,
        "previous": max(0, answer.offset - limit) if answer.offset else None,
        "next": answer.offset + limit if answer.truncated else None,
    }


def files(path: str, query: Mapping[str, object]) -> dict[str, str]:
    """The addresses of the same answer, whole as `csv` and by pages as `json`."""
    asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
    suffix = f"?{urlencode(asked)}" if asked else ""
    return {"csv": f"{path}.csv{suffix}", "json": f"{path}{suffix}"}


def _with_territory(visit: Visit, asked: _PageParams) -> tuple[_PageParams, list[str]]:
    """People write names of territories: the name becomes the code that search finds, and a note says so."""
    written = asked.territory
    if not written:
        return asked, []
    try:
        return asked.model_copy(update={"territory": visit.reader.code(written)}), []
    except (NotFoundError, BadQuestionError) as error:
        found = search(visit.reader, written, lists=frozenset({"territories"}), limit=1).body()["results"]
        if not found or found[0]["match"] == "similar":
            raise error from None
    name = f"{found[0]['name']} ({found[0]['id']})"
    note = text("territory_read_as", visit.lang, text=written, name=name)
    return asked.model_copy(update={"territory": found[0]["id"]}), [note]


def _filters(spec: ListSpec) -> set[str]:
    known = {"territory": spec.place, "target": spec.targets, "as_of": spec.dated}
    return {name for name, has in known.items() if has}


def _kinds(spec: ListSpec, lang: Language) -> list[tuple[str, str]]:
    if not spec.kinds:
        return []
    return [(one.key, one.labels[lang]) for one in schemes.concepts(spec.kinds)]


def _date_notes(answer: Answer, lang: Language) -> Iterable[str]:
    if answer.context.get("dated") is False:
        yield text("not_dated_note", lang)
    elif answer.context.get("undated"):
        yield text("undated_note", lang, n=answer.context["undated"])


def _facets(visit: Visit, answer: Answer) -> Iterable[Row]:
    """`name`, `values` (`label`, `count`, `query` to choose it, `chosen`), and how many `more` there are."""
    for name, values in answer.facets.items():
        if len(values) < 2 and not dict(visit.place.query).get(_FACET_PARAMETERS.get(name, "")):
            continue
        parameter = _FACET_PARAMETERS.get(name)
        chosen = dict(visit.place.query).get(parameter or "")
        yield {
            "name": name,
            "param": parameter or "",
            "values": [_facet_value(visit, name, one, parameter, chosen) for one in values[:MAX_VALUES]],
            "more": max(0, len(values) - MAX_VALUES),
        }


def _facet_value(visit: Visit, name: str, one: Row, parameter: str | None, chosen: str | None) -> Row:
    value = one["value"]
    is_chosen = value is not None and value == chosen
    choosable = parameter is not None and value is not None
    return {
        "label": _facet_label(visit, name, one),
        "count": one["count"],
        "chosen": is_chosen,
        "query": ({} if is_chosen else {parameter: value}) if choosable else None,
    }


def _facet_label(visit: Visit, name: str, one: Row) -> str:
    value, lang = one["value"], visit.lang
    if value is None:
        return text("no_value", lang)
    if name == "kind":
        return kind_label(visit.place.section, value, lang)
    if name == "confidence":
        return schemes.label("confidence", value, lang)
    if name in {"targets", "goal"}:
        return f"{value} {_sdg_name(visit.reader, name, value, lang)}".strip()
    return str(one["label"] or value)


def _sdg_name(reader: Reader, facet: str, code: str, lang: Language) -> str:
    """The name of a goal or target, shortened: a facet is narrow."""
    table = reader.generation.table("goals" if facet == "goal" else "targets").filter(id=code)
    name = str(table["name_en" if lang == "en" else "name"][0]) if table.height else ""
    return name if len(name) <= 48 else f"{name[:46].rstrip()}…"
