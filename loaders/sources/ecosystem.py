"""The French alliance ecosystem around SDG 17, curated from public pages: eleven CSV files.

Ids are unique over all files, so a reference is resolved by its id alone. Files are read in an order
in which what is referred to comes first.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Literal, TypedDict, cast

from loaders.cells import Row
from loaders.errors import RowError
from loaders.identifiers import identifier, is_rna, is_siren
from loaders.privacy import PUBLIC_ROLE
from loaders.registry import Files, loader
from loaders.tabular import Columns
from loaders.targets import targets_of
from loaders.territory_index import TerritoryIndex
from ontology import iris, schemes
from ontology.provenance import Coverage, Loaded, Source
from ontology.records import (
    Actor,
    Alliance,
    Appeal,
    Basis,
    Chantier,
    Confidence,
    Event,
    Figure,
    Measure,
    Membership,
    Platform,
    Programme,
    Qualifier,
    Record,
    Relation,
    ReviewStatus,
    Scope,
)

NAME = "ecosystem"
_REVIEWS = {"status_2020_10": "2020-10", "status_2021_05": "2021-05", "status_2022_05": "2022-05"}
_CITED = {"source_url": "source_urls", "retrieved": "retrieved"}
_MAPPED = {"sdg_targets": "targets", "sdg_basis": "sdg_basis"}
_REPEATS = "repeats relations.csv, where the tie is loaded from; checked against it"

ACTORS = Columns(
    fields={
        "id": "key", "name": "name", "name_en": "name_en", "acronym": "acronym", "kind": "kind",
        "seat_territory": "seat_as_stated", "seat_insee": "territory", "website": "website", "siren": "siren",
        "rna": "rna", "public_role": "public_role", "role_from": "role_from", "role_to": "role_to",
        "description_fr": "description", "note": "note", **_CITED,
    },
    required=("id", "name", "kind"),
    personal=dict.fromkeys(("name", "public_role", "role_from", "role_to", "description_fr", "note"), PUBLIC_ROLE),
)  # fmt: skip
LOCAL_ACTORS = Columns(
    fields={
        "id": "key", "name": "name", "acronym": "acronym", "kind": "kind", "seat_commune": "seat_as_stated",
        "seat_insee": "territory", "seat_departement": "territory", "seat_region": "territory",
        "website": "website", **_CITED,
    },
    required=("id", "name", "kind"),
)  # fmt: skip
CHANTIERS = Columns(
    fields={
        "id": "key", "number": "number", "number_basis": "number_basis", "label_fr": "name", "label_en": "name_en",
        "keyword_2022": "keyword", **dict.fromkeys(_REVIEWS, "statuses"), **_MAPPED,
        "confidence": "confidence", "note": "note", **_CITED,
    },
    required=("id", "label_fr"),
)  # fmt: skip
MEASURES = Columns(
    fields={
        "id": "key", "number": "number", "label_fr": "name", "label_en": "name_en", "chantier_id": "chantier",
        "chantier_basis": "chantier_basis", "lead_actors": "leads", "involved_actors": "involved",
        **dict.fromkeys(_REVIEWS, "statuses"), **_MAPPED, "confidence": "confidence", "note": "note", **_CITED,
    },
    required=("id", "label_fr"),
)  # fmt: skip
PLATFORMS = Columns(
    fields={
        "id": "key", "name": "name", "name_en": "name_en", "launch_date": "start", "theme": "theme", **_MAPPED,
        "url": "website", "status": "status_text", "note": "note", **_CITED,
    },
    required=("id", "name"),
    ignored={"operators": _REPEATS, "supporters": _REPEATS},
)  # fmt: skip
PROGRAMMES = Columns(
    fields={
        "id": "key", "name_fr": "name", "name_en": "name_en", "alt_names": "alt_names", "kind": "kind",
        "date_start": "start", "date_end": "end", "description_fr": "description", **_MAPPED, "url": "website",
        "note": "note", **_CITED,
    },
    required=("id", "name_fr", "kind"),
    ignored={"lead": _REPEATS, "partners": _REPEATS},
)  # fmt: skip
EVENTS = Columns(
    fields={
        "id": "key", "name_fr": "name", "name_en": "name_en", "kind": "kind", "date_start": "start",
        "date_end": "end", "place": "place", "topic": "topic", "note": "note", **_CITED,
    },
    required=("id", "name_fr", "kind"),
    ignored={"organisers": _REPEATS, "participants": _REPEATS},
)  # fmt: skip
ALLIANCES = Columns(
    fields={
        "id": "key", "name": "name", "kind": "kind", "summary": "description", "start": "start", "end": "end",
        "scope": "scope", "territory_code": "territory", **_MAPPED, "measure": "measure", **_CITED,
    },
    required=("id", "name", "kind"),
    ignored={"territory_name": "the name stands in the territory reference under territory_code"},
)  # fmt: skip
MEMBERS = Columns(
    fields={
        "alliance_id": "alliance", "actor_id": "actor", "role": "role", "start": "start", "end": "end",
        "source_url": "source_urls",
    },
    required=("alliance_id", "actor_id", "role"),
)  # fmt: skip
RELATIONS = Columns(
    fields={
        "id": "key", "subject": "subject", "relation": "relation", "object": "object", "date_from": "start",
        "date_to": "end", "seen_on": "seen_on", "basis": "basis", "note": "note", **_CITED,
    },
    required=("id", "subject", "relation", "object", "basis"),
)  # fmt: skip
STUDIES = Columns(
    fields={
        "id": "key", "study_id": "study", "publication_date": "publication_date", "fieldwork": "fieldwork",
        "population": "population", "sample_size": "sample_size", "qualifier": "qualifier", "value": "value",
        "unit": "unit", "indicator_fr": "name", "indicator_en": "name_en", "appeal": "appeal",
        "confidence": "confidence", "note": "note", **_CITED,
    },
    required=("id", "study_id", "population", "qualifier", "value", "unit", "indicator_fr"),
)  # fmt: skip

SOURCE = Source(
    name=NAME,
    title_fr="L'écosystème des alliances autour de l'ODD 17",
    title_en="The alliance ecosystem around SDG 17",
    publisher="Alliances",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    homepage="https://w3id.org/alliances/",
    formats=("csv",),
    coverage=Coverage(
        partial=("FRA",),
        fr="Choix fait à la main dans des pages publiques : aucun territoire n'est couvert en entier.",
        en="Picked by hand from public pages: no territory is covered completely.",
    ),
    attribution="Chaque ligne cite ses pages (source_url).",
    at_least={
        "actors.csv": 100,
        "local_actors.csv": 700,
        "chantiers.csv": 4,
        "measures.csv": 3,
        "platforms.csv": 8,
        "programmes.csv": 70,
        "events.csv": 45,
        "alliances.csv": 250,
        "alliance_members.csv": 1000,
        "relations.csv": 450,
        "studies.csv": 60,
    },
)
FILES = (
    "actors.csv", "local_actors.csv", "chantiers.csv", "measures.csv", "platforms.csv", "programmes.csv",
    "events.csv", "alliances.csv", "alliance_members.csv", "relations.csv", "studies.csv",
)  # fmt: skip


@loader(
    SOURCE,
    files=FILES,
    data=NAME,
    columns=(
        ACTORS, LOCAL_ACTORS, CHANTIERS, MEASURES, PLATFORMS, PROGRAMMES, EVENTS, ALLIANCES, MEMBERS, RELATIONS,
        STUDIES,
    ),
)  # fmt: skip
def load(files: Files) -> Iterator[Loaded]:
    """Yield everything that the eleven files say, then report ties that no relation states."""
    ids = _Ids(TerritoryIndex.load())
    for file, columns, read_row in _plan(ids):
        yield from files.records(file, columns, partial(_read_once, ids, read_row))
    ids.report_unstated_pairs()


def _plan(ids: "_Ids") -> Iterable[tuple[str, Columns, Callable[["_Ids", Row], Record]]]:
    """In which order the files are read, and how a row of each."""
    return (
        ("actors.csv", ACTORS, _actor),
        ("local_actors.csv", LOCAL_ACTORS, _local_actor),
        ("chantiers.csv", CHANTIERS, _chantier),
        ("measures.csv", MEASURES, _measure),
        ("platforms.csv", PLATFORMS, _platform),
        ("programmes.csv", PROGRAMMES, _programme),
        ("events.csv", EVENTS, _event),
        ("alliances.csv", ALLIANCES, _alliance),
        ("alliance_members.csv", MEMBERS, _membership),
        ("relations.csv", RELATIONS, _relation),
        ("studies.csv", STUDIES, _figure),
    )


def _read_once(ids: "_Ids", read_row: Callable[["_Ids", Row], Record], row: Row) -> list[Record]:
    """The record of a row, unless its key is taken."""
    record = read_row(ids, row)
    ids.claim(record, row)
    return [record]


@dataclass
class _Ids:
    """What the rows read so far can be referred to by."""

    territories: TerritoryIndex
    iris: dict[str, str] = field(default_factory=dict)
    periods: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """Start and end of each alliance, by IRI."""
    _rows: dict[str, tuple[str, int, tuple[str, ...]]] = field(default_factory=dict)
    _tied: set[frozenset[str]] = field(default_factory=set)
    _repeated: dict[str, list[tuple[Row, str]]] = field(default_factory=lambda: defaultdict(list))

    def claim(self, record: Record, row: Row) -> None:
        """Take the record's key; raises `RowError` where an earlier row has it."""
        file, number, values = self._rows.get(record.key, ("", 0, ()))
        if number:
            same = file == row.report.file and values == row.values
            column = next(iter(row.positions))
            code: Literal["duplicate_id", "conflicting_duplicate"] = "duplicate_id" if same else "conflicting_duplicate"
            raise RowError(code, f"{file}, row {number}", column=column, value=record.key)
        self._rows[record.key] = (row.report.file, row.number, row.values)
        self.iris[record.key] = record.iri
        if isinstance(record, Alliance):
            self.periods[record.iri] = (record.start, record.end)

    def thing(self, row: Row, column: str, *kinds: str) -> str:
        """The IRI of what a required cell refers to; `kinds` are those that fit, none = any."""
        return self._resolve(row.required(column), column, kinds)

    def things(self, row: Row, column: str, *kinds: str) -> tuple[str, ...]:
        """The IRIs of all that a cell refers to."""
        return tuple(self._resolve(part, column, kinds) for part in row.many(column))

    def _resolve(self, key: str, column: str, kinds: tuple[str, ...]) -> str:
        iri = self.iris.get(key)
        if iri is None:
            raise RowError("dangling_reference", column=column, value=key)
        if kinds and iris.parse(iri)[0] not in kinds:
            raise RowError("wrong_kind", f"{iris.parse(iri)[0]}, not {' / '.join(kinds)}", column=column, value=key)
        return iri

    def tie(self, subject: str, thing: str) -> None:
        """Remember that a relation holds between the two."""
        self._tied.add(frozenset((subject, thing)))

    def repeats(self, row: Row, *columns: str) -> None:
        """Remember cells that repeat what relations.csv says, to be checked at the end."""
        for column in columns:
            self._repeated[column].append((row, row.required("id")))

    def report_unstated_pairs(self) -> None:
        """Remark each pair of the repeating columns between which no relation holds."""
        for column, rows in self._repeated.items():
            for row, key in rows:
                for other in row.many(column):
                    if frozenset((self.iris.get(key), self.iris.get(other))) not in self._tied:
                        row.remark("pair_without_relation", column, other)


# One function a file: a row and what is known so far → the record.


def _actor(ids: _Ids, row: Row) -> Record:
    insee = row.text("seat_insee")
    seat = _territory(row, "seat_insee", insee, ids.territories.commune)
    return Actor(
        **_named(row, "name", "name_en"),
        **_cited(row),
        acronym=row.text("acronym"),
        kind=_actor_kind(row),
        seat_as_stated=row.text("seat_territory"),
        territory=seat or _named_region(ids.territories, row),
        website=row.address("website"),
        siren=identifier(row, "siren", is_siren),
        rna=identifier(row, "rna", is_rna),
        public_role=row.text("public_role"),
        role_from=row.period("role_from", "role_to")[0],
        role_to=row.date("role_to"),
        description=row.text("description_fr"),
        note=row.text("note"),
    )


def _actor_kind(row: Row) -> str:
    """The kind of an actor; raises `RowError` for a person without a public role, of whom nothing may be kept."""
    kind = row.required_concept("kind", "actor-kind")
    if kind == "person" and row.text("public_role") is None:
        raise RowError("natural_person", column="public_role")
    return kind


def _named_region(territories: TerritoryIndex, row: Row) -> str | None:
    """The région whose official name is given as the seat, in place of a commune."""
    code = territories.region_named(row.text("seat_territory") or "")
    return code and iris.territory(code)


def _local_actor(ids: _Ids, row: Row) -> Record:
    return Actor(
        **_named(row, "name", "name_en"),
        **_cited(row),
        acronym=row.text("acronym"),
        kind=_actor_kind(row),
        seat_as_stated=row.text("seat_commune"),
        territory=_seat(ids.territories, row),
        website=row.address("website"),
    )


def _seat(territories: TerritoryIndex, row: Row) -> str | None:
    """The most precise of commune, département and région that is known."""
    for column, resolve in (
        ("seat_insee", territories.commune),
        ("seat_departement", territories.departement),
        ("seat_region", territories.region),
    ):
        if seat := _territory(row, column, row.text(column), resolve):
            return seat
    return None


def _chantier(ids: _Ids, row: Row) -> Record:
    return Chantier(
        **_named(row, "label_fr", "label_en"),
        **_cited(row),
        **_sdg(row),
        number=row.integer("number"),
        number_basis=row.text("number_basis"),
        keyword=row.text("keyword_2022"),
        statuses=_statuses(row),
        confidence=_confidence(row),
        note=row.text("note"),
    )


def _measure(ids: _Ids, row: Row) -> Record:
    return Measure(
        **_named(row, "label_fr", "label_en"),
        **_cited(row),
        **_sdg(row),
        number=row.integer("number"),
        chantier=ids.thing(row, "chantier_id", "chantier") if row.text("chantier_id") else None,
        chantier_basis=_basis(row, "chantier_basis"),
        leads=ids.things(row, "lead_actors", "actor"),
        involved=ids.things(row, "involved_actors", "actor"),
        statuses=_statuses(row),
        confidence=_confidence(row),
        note=row.text("note"),
    )


def _platform(ids: _Ids, row: Row) -> Record:
    ids.repeats(row, "operators", "supporters")
    return Platform(
        **_named(row, "name", "name_en"),
        **_cited(row),
        **_sdg(row),
        start=row.date("launch_date"),
        theme=row.text("theme"),
        website=row.address("url"),
        status_text=row.text("status"),
        note=row.text("note"),
    )


def _programme(ids: _Ids, row: Row) -> Record:
    ids.repeats(row, "lead", "partners")
    return Programme(
        **_named(row, "name_fr", "name_en"),
        **_cited(row),
        **_sdg(row),
        **_dated(row, "date_start", "date_end"),
        alt_names=row.many("alt_names"),
        kind=row.required_concept("kind", "programme-kind"),
        description=row.text("description_fr"),
        website=row.address("url"),
        note=row.text("note"),
    )


def _event(ids: _Ids, row: Row) -> Record:
    ids.repeats(row, "organisers", "participants")
    return Event(
        **_named(row, "name_fr", "name_en"),
        **_cited(row),
        **_dated(row, "date_start", "date_end"),
        kind=row.required_concept("kind", "event-kind"),
        place=row.text("place"),
        topic=row.text("topic"),
        note=row.text("note"),
    )


def _alliance(ids: _Ids, row: Row) -> Record:
    scope = cast("Scope | None", row.concept("scope", "scope"))
    return Alliance(
        source=NAME,
        key=row.required("id"),
        name=row.required("name"),
        **_cited(row),
        **_sdg(row),
        **_dated(row, "start", "end"),
        kind=row.required_concept("kind", "alliance-kind"),
        description=row.text("summary"),
        scope=scope,
        territory=_located(ids.territories, row, scope),
        measure=ids.thing(row, "measure", "measure") if row.text("measure") else None,
    )


def _located(territories: TerritoryIndex, row: Row, scope: str | None) -> str | None:
    resolvers = {
        "commune": territories.commune,
        "epci": territories.epci,
        "departement": territories.departement,
        "region": territories.region,
    }
    code = row.text("territory_code")
    return _territory(row, "territory_code", code, resolvers.get(scope or "", lambda _: None))


def _membership(ids: _Ids, row: Row) -> Record:
    alliance, actor = ids.thing(row, "alliance_id", "alliance"), ids.thing(row, "actor_id", "actor")
    role = row.required_concept("role", "role")
    start, end = row.period("start", "end")
    basis: Literal["stated", "inferred", "unknown"] = "stated" if start or end else "unknown"
    if basis == "unknown" and any(ids.periods[alliance]):
        (start, end), basis = ids.periods[alliance], "inferred"
    return Membership(
        source=NAME,
        key=f"{row.text('alliance_id')}|{row.text('actor_id')}|{role}",
        **_cited(row),
        alliance=alliance,
        actor=actor,
        role=role,
        start=start,
        end=end,
        period_basis=basis,
    )


def _relation(ids: _Ids, row: Row) -> Record:
    subject, thing = ids.thing(row, "subject"), ids.thing(row, "object")
    ids.tie(subject, thing)
    return Relation(
        source=NAME,
        key=row.required("id"),
        **_cited(row),
        **_dated(row, "date_from", "date_to"),
        subject=subject,
        relation=row.required_concept("relation", "relation"),
        object=thing,
        seen_on=row.date("seen_on"),
        basis=cast("Basis", row.required_concept("basis", "basis")),
        note=row.text("note"),
    )


def _figure(ids: _Ids, row: Row) -> Record:
    return Figure(
        **_named(row, "indicator_fr", "indicator_en"),
        **_cited(row),
        study=ids.thing(row, "study_id"),
        publication_date=row.date("publication_date"),
        fieldwork=row.text("fieldwork"),
        population=row.required("population"),
        sample_size=row.integer("sample_size"),
        qualifier=cast("Qualifier", row.required_concept("qualifier", "qualifier")),
        value=row.required_decimal("value"),
        unit=row.required("unit"),
        appeal=cast("Appeal | None", row.concept("appeal", "appeal")),
        confidence=_confidence(row),
        note=row.text("note"),
    )


# Fields that many files share.


class _Named(TypedDict):
    source: str
    key: str
    name: str
    name_en: str | None


class _Cited(TypedDict):
    source_urls: tuple[str, ...]
    retrieved: date | None


class _Mapped(TypedDict):
    targets: tuple[str, ...]
    sdg_basis: Basis | None


class _Dated(TypedDict):
    start: str | None
    end: str | None


def _named(row: Row, french: str, english: str) -> _Named:
    return {"source": NAME, "key": row.required("id"), "name": row.required(french), "name_en": row.text(english)}


def _cited(row: Row) -> _Cited:
    retrieved = row.date("retrieved")
    if retrieved and len(retrieved) < len("2020-05-07"):
        raise RowError("bad_date", "a whole day is needed", column="retrieved", value=retrieved)
    return {
        "source_urls": row.addresses("source_url"),
        "retrieved": date.fromisoformat(retrieved) if retrieved else None,
    }


def _sdg(row: Row) -> _Mapped:
    return {"targets": targets_of(row, "sdg_targets"), "sdg_basis": _basis(row, "sdg_basis")}


def _basis(row: Row, column: str) -> Basis | None:
    return cast("Basis | None", row.concept(column, "basis"))


def _confidence(row: Row) -> Confidence | None:
    return cast("Confidence | None", row.concept("confidence", "confidence"))


def _dated(row: Row, start: str, end: str) -> _Dated:
    first, last = row.period(start, end)
    return {"start": first, "end": last}


def _statuses(row: Row) -> tuple[ReviewStatus, ...]:
    cells: Mapping[str, str | None] = {review: row.text(column) for column, review in _REVIEWS.items()}
    return tuple(
        ReviewStatus(review=review, text=text, status=schemes.status_of(text)) for review, text in cells.items() if text
    )


def _territory(row: Row, column: str, code: str | None, resolve: Callable[[str], str | None]) -> str | None:
    """The IRI of a territory code; an unknown one is remarked, and the rest of the row loaded."""
    if code is None:
        return None
    found = resolve(code)
    if found is None:
        row.remark("unknown_territory", column, code)
    return found and iris.territory(found)
