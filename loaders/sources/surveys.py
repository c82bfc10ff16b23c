"""What staff looked for and did not find: who searched which territory for alliances, when, how, with what result.

`none` says that somebody looked at all of the territory and found no alliance: from then on it counts as covered
completely, and is `isolated` where no other source knows an alliance. `some` says that there are alliances to be
loaded from elsewhere, and takes an earlier `none` back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Literal

from loaders.cells import Row
from loaders.errors import RowError
from loaders.places import required_territory
from loaders.privacy import ORGANISATION
from loaders.registry import Files, loader
from loaders.tabular import Columns, Note
from loaders.territory_index import TerritoryIndex
from ontology.provenance import Coverage, Loaded, Source, Span
from ontology.records import Event

NAME = "surveys"
Result = Literal["none", "some"]
_A_DAY = timedelta(days=1)
"""By which the day of those who search may be ahead of UTC."""
_RESULTS: tuple[Result, ...] = ("none", "some")
_SAID = {
    "none": ("aucune alliance trouvée", "no alliance found"),
    "some": ("des alliances trouvées", "alliances found"),
}

COLUMNS = Columns(
    fields={
        "territory": "place",
        "date": "start",
        "by": "note",
        "method": "topic",
        "result": "name",
        "source_url": "source_urls",
    },
    required=("territory", "date", "result"),
    notes={
        "territory": Note("Territoire cherché, obligatoire.", "Territory searched, required.", "EPCI-200068914"),
        "date": Note("Jour de la recherche, obligatoire.", "Day of the search, required.", "2026-05-07"),
        "by": Note("Qui a cherché : un service, pas une personne.", "Who searched: a team, not a person.", "DDT 48"),
        "method": Note("Comment.", "How.", "appel aux mairies"),
        "result": Note("none (rien trouvé) ou some, obligatoire.", "none or some, required.", "none"),
        "source_url": Note("Page qui le dit.", "Page that says so.", "https://example.org/"),
    },
    personal={"by": ORGANISATION},
)

SOURCE = Source(
    name=NAME,
    title_fr="Recherches d’alliances par territoire",
    title_en="Searches for alliances by territory",
    publisher="Utilisateur · User",
    licence="celle du fichier · that of the file",
    licence_url="https://w3id.org/alliances/",
    homepage="https://w3id.org/alliances/",
    formats=("csv", "xlsx", "xls", "json", "parquet"),
    coverage=Coverage(
        fr="Les territoires où quelqu’un a cherché.",
        en="The territories where somebody looked.",
    ),
)


@loader(SOURCE, template=COLUMNS)
def load(files: Files) -> Iterator[Loaded]:
    """Yield one event a search, then say what the searches cover."""
    searches = _Searches(TerritoryIndex.load())
    for file in files.names:
        yield from files.records(file, COLUMNS, partial(_read, searches))
    files.source = replace(SOURCE, coverage=searches.coverage())


@dataclass
class _Searches:
    """What was found where, of the rows read so far."""

    territories: TerritoryIndex
    results: dict[tuple[str, date], Result] = field(default_factory=dict)
    """The result of each search, by territory and day."""
    events: dict[str, Event] = field(default_factory=dict)
    """The search of each key."""

    def coverage(self) -> Coverage:
        """The territories whose newest search found nothing, each from its own day on, and earlier stretches.

        Where the newest search found alliances, somebody looked: covered in part. What a source says as a whole has one
        period: it begins when the last of the territories was searched.
        """
        by_code = groupby(sorted(self.results.items()), key=lambda one: one[0][0])
        spans = [span for code, found in by_code for span in _silences(code, found)]
        silent = {span.code: span.start for span in spans if span.end is None}
        return replace(
            SOURCE.coverage,
            complete=tuple(silent),
            partial=tuple(sorted({code for code, _ in self.results} - silent.keys())),
            start=max(silent.values(), default=None),
            spans=tuple(spans),
        )


Search = tuple[tuple[str, date], Result]


def _silences(code: str, searches: Iterable[Search]) -> Iterator[Span]:
    """From when to when the searches of a territory, in their order, found nothing."""
    since: date | None = None
    for (_, day), result in searches:
        if result == "none":
            since = since or day
        elif since:
            yield Span(code, since.isoformat(), (day - timedelta(days=1)).isoformat())
            since = None
    if since:
        yield Span(code, since.isoformat())


def _read(searches: _Searches, row: Row) -> list[Event]:
    """The search of a row; nothing where an earlier row says the same."""
    code, day, result = required_territory(row, "territory", searches.territories), _day(row), _result(row)
    event = _event(row, code, day, result)
    before = searches.events.setdefault(event.key, event)
    if before != event:
        raise RowError("conflicting_duplicate", column="territory", value=row.text("territory"))
    place = (code, date.fromisoformat(day))
    searches.results[place] = "some" if "some" in (result, searches.results.get(place)) else "none"
    return [event] if before is event else []


def _event(row: Row, code: str, day: str, result: Result) -> Event:
    french, english = _SAID[result]
    return Event(
        source=NAME,
        key="|".join((code, day, row.text("by") or "", row.text("method") or "")),
        name=f"Recherche d’alliances, {code} : {french}",
        name_en=f"Search for alliances, {code}: {english}",
        kind="survey",
        start=day,
        end=day,
        place=code,
        topic=row.text("method"),
        note=row.text("by"),
        source_urls=row.addresses("source_url"),
        retrieved=date.fromisoformat(day),
    )


def _day(row: Row) -> str:
    text, day = row.required("date"), row.day("date")
    if day is None or len(day) < len("2020-05-07"):
        raise RowError("bad_date", "a whole day is needed", column="date", value=text)
    if date.fromisoformat(day) > datetime.now(UTC).date() + _A_DAY:
        raise RowError("bad_date", "a day to come", column="date", value=text)
    return day


def _result(row: Row) -> Result:
    text = row.required("result").casefold()
    if text not in _RESULTS:
        raise RowError("unknown_value", ", ".join(_RESULTS), column="result", value=text)
    return text
