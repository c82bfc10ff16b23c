"""What would change: which new alliance would help a territory most, whom the departure of an actor leaves alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import polars as pl

from api.answers.answer import Answer, Row, page
from api.answers.errors import BadQuestionError
from api.answers.isolation import compared_level, isolation_context
from api.answers.metrics import WITHOUT_STALE
from api.answers.parameters import parameters
from api.answers.reader import Reader
from graph.freshness import without_stale
from graph.hierarchy import Level
from graph.isolation import COMPONENTS, WEIGHTS
from graph.isolation.score import RATES
from graph.periods import AsOfMode
from graph.selection import PERSON, Tables

if TYPE_CHECKING:
    from graph.whatif import Additions

_LEFT = ("code", "name", "level", "population", "actor_id", "actor_name", "alliances", "status_after")
LinkKind: TypeAlias = Literal["territory", "actor"]

_HYPOTHETICAL: Final = {
    "fr": "On ne sait pas si ce territoire est isolé : il n’a pas été observé en entier. Les gains sont comptés comme "
    "s’il l’avait été, sans qu’une alliance y soit trouvée.",
    "en": "We cannot tell whether this territory is isolated: it was not observed in full. Gains are counted as if "
    "it had been, and no alliance found.",
}


@dataclass(frozen=True, kw_only=True)
class AddQuestion:
    """For which territory, and how many suggestions: the best ones, or the best of one kind of `link`.

    Without `as_of` the state of knowledge counts.
    """

    territory: str
    top: int = 10
    link: LinkKind | None = None
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False


@dataclass(frozen=True, kw_only=True)
class RemoveQuestion:
    """Which actor would leave all its alliances, and how many territories are listed."""

    actor: str
    limit: int | None = None
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False


@dataclass(frozen=True, kw_only=True)
class DeparturesQuestion:
    """Of which level the territories are that hang on one actor; `limit=None` is every row."""

    level: Level = "departement"
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    without_stale: bool = False
    limit: int | None = None
    offset: int = 0


def whatif_add(reader: Reader, question: AddQuestion) -> Row:
    """The new alliances that lower the isolation of a territory most: see `graph.whatif.add`.

    Raises `NotFoundError`, or `BadQuestionError` for a code that means several territories or the country.
    """
    territory = reader.find("territories", question.territory)
    level = compared_level(territory)
    day = question.as_of or reader.generation.knowledge_date
    key = ("whatif", territory["id"], day, question.as_of_mode, question.without_stale)

    def compute() -> "Additions":
        # It brings SciPy, for which the start of the service need not wait.
        from graph.whatif import TooManyLinkedError, add  # noqa: PLC0415

        tables = _tables(reader, day, question.as_of_mode, fresh=question.without_stale)
        try:
            return add(tables, reader.generation.coverages, territory["id"], level, day, question.as_of_mode)
        except TooManyLinkedError as error:
            raise BadQuestionError(str(error)) from None

    found = reader.kept(key, compute)
    chosen = found.suggestions.filter(link=question.link) if question.link else found.suggestions
    scope = f"one new alliance for {territory['id']}, compared with the territories of level {level}"
    return {
        "context": _context(reader, scope, question),
        "territory": {name: territory[name] for name in ("id", "iri", "name", "level")} | {"code": territory["id"]},
        "hypothetical": found.hypothetical,
        "note_fr": _HYPOTHETICAL["fr"] if found.hypothetical else None,
        "note_en": _HYPOTHETICAL["en"] if found.hypothetical else None,
        "before": _before(found),
        "suggestions": [_suggestion(row) for row in chosen.head(question.top).iter_rows(named=True)],
        "total": chosen.height,
        "truncated": question.top < chosen.height,
    }


def whatif_departures(reader: Reader, question: DeparturesQuestion) -> Answer:
    """The territories of a level that one actor alone keeps connected, and who: see `graph.whatif.departures`.

    Raises `BadQuestionError` for an unknown level.
    """
    if question.level not in get_args(Level):
        raise BadQuestionError(f"there is no level {question.level!r}: choose one of {', '.join(get_args(Level))}")
    day = question.as_of or reader.generation.knowledge_date
    key = ("whatif-departures", question.level, day, question.as_of_mode, question.without_stale)

    def compute() -> pl.DataFrame:
        from graph.whatif import departures  # noqa: PLC0415 - see above

        tables = _tables(reader, day, question.as_of_mode, fresh=question.without_stale)
        return departures(tables, reader.generation.coverages, question.level, day, question.as_of_mode)

    actors = reader.tables.actors.select(actor_iri="iri", actor_id="id", actor_name="name")
    named = reader.kept(key, compute).rename({"actor": "actor_iri"})
    rows = named.join(actors, on="actor_iri", how="left", maintain_order="left")
    scope = f"territories of level {question.level} that one actor alone keeps connected"
    shown = rows.select(*_LEFT, "actor_iri", "iri")
    return page(_context(reader, scope, question), shown, question.limit, question.offset, {})


def whatif_remove(reader: Reader, question: RemoveQuestion) -> Row:
    """The territories that change if an actor leaves all its alliances: see `graph.whatif.remove`.

    Raises `NotFoundError`, `AmbiguousError`, or `BadQuestionError` for a person, who is in no network.
    """
    actor = reader.find("actors", question.actor)
    if actor["kind"] == PERSON:
        raise BadQuestionError(f"{actor['name']} is a person, who is in no network: ask for an organisation")
    day = question.as_of or reader.generation.knowledge_date
    key = ("whatif-remove", actor["iri"], day, question.as_of_mode, question.without_stale)

    def compute() -> pl.DataFrame:
        from graph.whatif import remove  # noqa: PLC0415 - see above

        tables = _tables(reader, day, question.as_of_mode, fresh=question.without_stale)
        return remove(tables, reader.generation.coverages, actor["iri"], day, question.as_of_mode)

    found = reader.kept(key, compute)
    alone = found.filter((pl.col("alliances_before") > 0) & (pl.col("alliances_after") == 0))
    scope = f"all territories of four levels, if {actor['name']} left its alliances"
    return {
        "context": _context(reader, scope, question),
        "actor": {name: actor[name] for name in ("id", "iri", "name", "kind")},
        "without_alliance": alone["code"].to_list(),
        "territories": [_change(row) for row in found.head(question.limit or found.height).iter_rows(named=True)],
        "total": found.height,
        "truncated": (question.limit or found.height) < found.height,
    }


def _tables(reader: Reader, day: date, mode: AsOfMode, *, fresh: bool) -> Tables:
    return without_stale(reader.tables, day, mode) if fresh else reader.tables


def _context(reader: Reader, scope: str, question: AddQuestion | RemoveQuestion | DeparturesQuestion) -> Row:
    scope += WITHOUT_STALE if question.without_stale else ""
    context = isolation_context(reader, scope, question.as_of, question.as_of_mode)
    day = question.as_of or reader.generation.knowledge_date
    return {**context, "parameters": parameters(reader, question, day, weights=dict(WEIGHTS))}


def _before(found: "Additions") -> Row:
    """How the territory is now; what gains are counted from stands in `hypothetical_score` where it is not known."""
    now, counted = found.before.row(0, named=True), found.as_if.row(0, named=True)
    return {
        **{name: now[name] for name in ("status", "alliances", "score", "rank")},
        "hypothetical_score": counted["score"] if found.hypothetical else None,
        "components": _components(counted, COMPONENTS),
    }


def _suggestion(row: Mapping[str, object]) -> Row:
    link = {"type": row["link"], **{name: row[name] for name in ("iri", "id", "name", "kind", "territory")}}
    counts = ("alliances", "alliances_outward", "alliances_inward", "partners")
    after = {
        "status": "connected",
        "score": row["score"],
        **{name: row[name] for name in counts},
        "components": _components(row, COMPONENTS),
    }
    return {"link": link, "after": after, "gain": row["gain"]}


def _components(row: Mapping[str, object], names: Iterable[str]) -> list[Row]:
    return [
        {
            "name": name,
            "value": row[name],
            "smoothed": row[f"{name}_smoothed"] if name in RATES else None,
            "contribution": row[f"{name}_contribution"],
        }
        for name in names
    ]


def _change(row: Mapping[str, object]) -> Row:
    return {
        **{name: row[name] for name in ("code", "iri", "name", "level")},
        **{when: _state(row, when) for when in ("before", "after")},
    }


def _state(row: Mapping[str, object], when: str) -> Row:
    return {
        **{name: row[f"{name}_{when}"] for name in ("status", "alliances", "partners", "score", "rank")},
        "components": [{"name": name, "value": row[f"{name}_{when}"]} for name in COMPONENTS],
    }
