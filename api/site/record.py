"""The page about one thing, with everything that is known of it and of its twin."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from urllib.parse import quote

import polars as pl

from api.answers import (
    BadQuestionError,
    MetricsQuestion,
    Question,
    Reader,
    Row,
    allies,
    list_rows,
    metrics,
    origins,
    record,
    territory_isolation,
)
from api.answers.metrics import On
from api.site.linking import linked, place_of
from api.site.visit import Pinned, Visit
from graph.selection import PERSON
from ontology import iris
from visualisations.site.places import Place

MAX_LISTED = 25
_LEVELS = ("commune", "ept", "epci", "departement", "collectivite", "region", "pays")
"""From near to far, as an address is written."""
_METRICS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "actors": ("alliances", "degree", "closeness", "harmonic", "betweenness", "pagerank", "core_number"),
        "alliances": ("members", "degree", "closeness", "harmonic", "betweenness", "pagerank", "core_number"),
    }
)
_VIEWS = {
    "actors": ("ego", "ego"),
    "territories": ("territory", "territory_view"),
    "targets": ("target", "target_view"),
}


def moved(visit: Visit) -> Place | None:
    """Where the thing that was asked for is read, if not here: a goal is a list, a condition is a programme."""
    section, key = visit.place.section, visit.place.key
    if section == "targets" and key in visit.reader.generation.table("goals")["id"]:
        return Place("targets", query=(("target", key),))
    if section == "conditions" and key:
        return Place("programmes", key)
    return None


def page(visit: Visit) -> str:
    """The page of a record."""
    visit.asked(Pinned)
    section, reader = visit.place.section, visit.reader
    found = _found(reader, section, visit.place.key)
    twins = [twin for one in found.get("same_undertaking_as", []) if (twin := _twin(reader, one))]
    values: dict[str, object] = {
        "record": found,
        "canonical": visit.frame.url(_canonical(reader, [found, *twins])),
        "place": _address(reader, found.get("territory") or (found.get("code") if section == "territories" else None)),
        "isolation": _isolation(reader, found) if section == "territories" else None,
        "lists": list(_LISTED[section](reader, found)) if section in _LISTED else [],
        "numbers": _numbers(reader, section, found),
        "twins": twins,
        "origins": origins(reader, found["iri"]) if section not in {"sources", "studies"} else None,
        "data": _data(section, found),
        "view": _view(visit, found),
    }
    return visit.page("record", str(found["name"]), values)


def _found(reader: Reader, section: str, key: str) -> Row:
    """The record as templates read it: with its `section`, and every thing in it with its `page`."""
    found: Row = linked(reader, record(reader, section, key))
    found["section"] = section
    if found.get("measure"):
        found["measure_named"] = linked(reader, reader.things.filter(iri=found["measure"]).to_dicts()[0])
    if section == "actors" and found["kind"] != PERSON:
        found["allies"] = linked(reader, allies(reader, key).body()["results"])
    if section == "studies":
        found["of"] = place_of(reader, found["iri"], found["id"])
    return found


def _twin(reader: Reader, other: Row) -> Row | None:
    """The same thing recorded as another kind, whole, with its origins."""
    place = other["page"]
    if place is None:
        return None
    return _found(reader, place.section, place.key) | {"origins": origins(reader, other["iri"]), "page": place}


def _canonical(reader: Reader, nodes: list[Row]) -> Place:
    """Two nodes, one page: the address of the first by IRI stands for both."""
    first = min(nodes, key=lambda one: one["iri"])
    place = place_of(reader, first["iri"], str(first.get("code") or first["id"]))
    return place or Place(first["section"], first["id"])


def _address(reader: Reader, code: str | None) -> list[Row]:
    """The territory and what contains it, from near to far: commune, EPCI, département, région."""
    if code is None or code not in reader.codes:
        return []
    row = reader.find("territories", code)
    around = [reader.find("territories", one) for one in row["parents"] if one in reader.codes]
    ordered = sorted([row, *around], key=lambda one: _LEVELS.index(one["level"]))
    return [{"code": one["id"], "name": one["name"]} for one in ordered]


def _isolation(reader: Reader, found: Row) -> Row | None:
    try:
        answer = territory_isolation(reader, found["code"])
    except BadQuestionError:  # the country has nothing to be compared with
        return None
    return {**answer, "day": str(answer["context"]["as_of"])}


def _in_territory(reader: Reader, found: Row) -> Iterator[Row]:
    """The alliances located there, those with a member seated there, and the actors seated there."""
    question = Question(territory=found["code"], limit=MAX_LISTED)
    here = {"territory": found["code"]}
    located = list_rows(reader, "alliances", question)
    yield _part(reader, "located", located.frame, located.total, "alliances", here)
    whole = list_rows(reader, "actors", Question(territory=found["code"]))
    others = _through_members(reader, whole.frame, found["code"])
    yield _part(reader, "through_members", others.head(MAX_LISTED), others.height, "alliances", {})
    yield _part(reader, "seated", whole.frame.head(MAX_LISTED), whole.total, "actors", here)


def _through_members(reader: Reader, seated: pl.DataFrame, code: str) -> pl.DataFrame:
    """The alliances located elsewhere that have one of the actors as a member."""
    actors = seated.filter(pl.col("kind") != PERSON)["iri"].to_list()
    joined = reader.memberships_of.of(actors)["alliance"].unique()
    inside = reader.within(code)
    frame = reader.frame("alliances").filter(pl.col("iri").is_in(joined.implode()))
    return frame.filter(~pl.col("territory").is_in(inside.implode()).fill_null(value=False))


def _of_target(reader: Reader, found: Row) -> Iterator[Row]:
    for section, title in (("alliances", "contributing"), ("programmes", "programmes"), ("platforms", "platforms")):
        answer = list_rows(reader, section, Question(target=found["id"], limit=MAX_LISTED))
        if answer.total or section == "alliances":
            yield _part(reader, title, answer.frame, answer.total, section, {"target": found["id"]})


_LISTED: Mapping[str, Callable[[Reader, Row], Iterator[Row]]] = MappingProxyType(
    {"territories": _in_territory, "targets": _of_target}
)

_SHORT = ("id", "iri", "name", "name_en", "kind", "start", "end", "territory", "territory_name")


def _part(reader: Reader, title: str, frame: pl.DataFrame, total: int, section: str, query: Mapping[str, str]) -> Row:  # noqa: PLR0913, PLR0917
    rows = linked(reader, frame.select(one for one in _SHORT if one in frame.columns).to_dicts())
    for row in rows:
        row.setdefault("kind", None)
    none = "none_seated" if title == "seated" else "none_here"
    return {"title": title, "rows": rows, "total": total, "section": section, "query": query, "none": none}


def _numbers(reader: Reader, section: str, found: Row) -> Row | None:
    """The metrics of an actor or an alliance in the two-mode network, with ranks; `None` for what is in none."""
    on: On | None = "actors" if section == "actors" else "alliances" if section == "alliances" else None
    if on is None:
        return None
    answer = metrics(reader, MetricsQuestion(on=on))
    own = answer.frame.filter(iri=found["iri"])
    if own.is_empty():
        return None
    rows = [_ranked(answer.frame[name], own[name][0], name) for name in _METRICS[section]]
    return {"rows": rows, "info": answer.context["network"]}


def _ranked(column: pl.Series, value: float | None, name: str) -> Row:
    above = None if value is None else int((column > value).sum()) + 1
    return {"name": name, "value": value, "rank": above, "of": column.len() - column.null_count()}


def _data(section: str, found: Row) -> dict[str, str] | None:
    """The addresses of the record as JSON and of its statements as RDF; none of these where the IRI is not ours."""
    if found["iri"].startswith(iris.SDG):
        return None
    key = found.get("code") or found["id"]
    kind, source, _ = iris.parse(found["iri"])
    stem = f"/data/{kind}/{quote(f'{source}:{key}', safe=':')}"
    return {
        "json": f"/api/v1/{section}/{quote(key, safe='')}?provenance=true",
        "turtle": f"{stem}.ttl",
        "jsonld": f"{stem}.jsonld",
        "html": f"{stem}.html",
    }


def _view(visit: Visit, found: Row) -> dict[str, str] | None:
    """The network page about the thing; persons are in no network."""
    section = visit.place.section
    if section not in _VIEWS or found.get("kind") == PERSON:
        return None
    kind, label = _VIEWS[section]
    pin = f"&generation={visit.reader.generation.id}" if visit.pinned else ""
    of = quote(visit.place.key if section == "actors" else found["id"], safe=":")
    return {"url": f"/view/{kind}/{of}?lang={visit.lang}{pin}", "label": label}
