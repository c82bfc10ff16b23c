"""A user's own alliances: one row a membership, in the generic form.

Without ids, equal names within a file are one thing. What is said of an alliance or an actor is read from the first
row that names it; a later row that says otherwise is loaded, and the difference remarked.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import polars as pl

from loaders.cells import Row
from loaders.first_said import FirstSaid
from loaders.identifiers import identifier, is_whole
from loaders.in_columns import Cells, CellValues
from loaders.places import territory_of
from loaders.privacy import KIND, ORGANISATION
from loaders.registry import Files, loader
from loaders.tabular import Columns, Note
from loaders.targets import targets_of
from loaders.territory_index import TerritoryIndex
from ontology import iris
from ontology.loads import Batch, Kind, RecordColumns
from ontology.provenance import Coverage, Loaded, Source
from ontology.records import Actor, Alliance, Basis, Membership, Record
from ontology.terms import minted

NAME = "members"

COLUMNS = Columns(
    fields={
        "alliance": "name", "actor": "name", "alliance_id": "key", "actor_id": "key", "alliance_kind": "kind",
        "actor_kind": "kind", "role": "role", "start": "start", "end": "end", "territory": "territory",
        "actor_territory": "territory", "targets": "targets", "source_url": "source_urls",
    },
    required=("alliance", "actor"),
    notes={
        "alliance": Note("Nom de l’alliance, obligatoire.", "Name of the alliance, required.", "Table ronde de Mende"),
        "actor": Note("Nom du membre, obligatoire.", "Name of the member, required.", "Le Relais des Monts"),
        "alliance_id": Note("Son identifiant, s’il y en a un.", "Its id, if there is one."),
        "actor_id": Note("Son identifiant, s’il y en a un.", "Its id, if there is one."),
        "alliance_kind": Note("Nature de l’alliance.", "Kind of the alliance.", "cooperation"),
        "actor_kind": Note("Nature de l’acteur.", "Kind of the actor.", "association"),
        "role": Note("Rôle ; vide : membre.", "Role; empty: member.", "partner"),
        "start": Note("Début : 2020, 2020-05 ou 2020-05-07.", "Start: 2020, 2020-05 or 2020-05-07.", "2021-03"),
        "end": Note("Fin ; vide si elle dure.", "End; empty while it lasts."),
        "territory": Note(
            "Où se trouve l’alliance : COM-48095, DEP-48, EPCI-….", "Where the alliance is located.", "COM-48095"
        ),
        "actor_territory": Note("Où siège le membre.", "Where the member is seated.", "COM-48095"),
        "targets": Note("Cibles ODD, | entre elles.", "SDG targets, | between them.", "17.17|11"),
        "source_url": Note("Page qui le dit.", "Page that says so.", "https://example.org/"),
    },
    personal={"actor": ORGANISATION, "actor_kind": KIND},
)  # fmt: skip

_TERRITORIES = frozenset({"territory", "actor_territory"})

SOURCE = Source(
    name=NAME,
    title_fr="Alliances de l’utilisateur",
    title_en="Alliances of a user’s own",
    publisher="Utilisateur · User",
    licence="celle du fichier · that of the file",
    licence_url="https://w3id.org/alliances/",
    homepage="https://w3id.org/alliances/",
    formats=("csv", "xlsx", "xls", "json", "parquet"),
    coverage=Coverage(
        fr="Alliances que l’utilisateur connaît : aucun territoire n’est couvert en entier.",
        en="Alliances that the user knows: no territory is covered completely.",
    ),
)


@loader(SOURCE, template=COLUMNS)
def load(files: Files) -> Iterator[Loaded | Batch]:
    """Yield the memberships of all files, and each alliance and actor with the first row that names it."""
    seen = _Seen(TerritoryIndex.load())
    many = _ManyRows(seen)
    for file in files.names:
        yield from files.batches(file, COLUMNS, partial(_read, seen), many)


@dataclass
class _Seen:
    """What the rows read so far named: what the first row said of each alliance, actor and membership."""

    territories: TerritoryIndex
    alliances: FirstSaid = field(default_factory=FirstSaid)
    actors: FirstSaid = field(default_factory=FirstSaid)
    memberships: FirstSaid = field(default_factory=FirstSaid)


_OF_ALLIANCE = ("alliance", "alliance_kind", "territory", "targets")
_OF_ACTOR = ("actor", "actor_kind", "actor_territory")
_OF_MEMBERSHIP = ("source_url",)
"""What a row says of each thing that it names, the key apart."""


# One row


def _read(seen: _Seen, row: Row) -> list[Record]:
    """The alliance, the actor and the membership of a row, as far as no row named them before.

    What may refuse the row comes first: a row that is refused has named nothing.
    """
    alliance, actor = _key(row, "alliance_id", "alliance"), _key(row, "actor_id", "actor")
    membership = _membership(row, alliance, actor)
    alliance_said = _Said(seen.alliances, alliance, row, _OF_ALLIANCE)
    actor_said = _Said(seen.actors, actor, row, _OF_ACTOR)
    membership_said = _Said(seen.memberships, membership.key, row, _OF_MEMBERSHIP)
    records: list[Record] = []
    if alliance_said.is_first:
        records.append(_alliance(seen, row, alliance))
    if actor_said.is_first:
        records.append(_actor(seen, row, actor))
    if membership_said.is_first:
        records.append(membership)
    for said in (alliance_said, actor_said, membership_said):
        said.keep(seen.territories)
    return records


class _Said:
    """What a row says of a thing that it names."""

    def __init__(self, first_said: FirstSaid, key: str, row: Row, columns: tuple[str, ...]) -> None:
        self._first_said, self._key, self._row, self._columns = first_said, key, row, columns
        self._said = tuple([row.text(column) for column in columns])
        self._first = first_said.of(key)

    @property
    def is_first(self) -> bool:
        """Whether no row named the thing before."""
        return self._first is None

    def keep(self, territories: TerritoryIndex) -> None:
        """Remember what is said first; remark what is said later and differs."""
        if self._first is None:
            self._first_said.add(self._key, self._said)
        elif self._first != self._said:
            for column, text, before in zip(self._columns, self._said, self._first, strict=True):
                if text is not None and text != before:
                    self._remark(column, text, before or "", territories)

    def _remark(self, column: str, text: str, before: str, territories: TerritoryIndex) -> None:
        """A territory that is not known is remarked as such; one that is written otherwise is the same."""
        if column in _TERRITORIES:
            known = territory_of(self._row, column, territories) is not None
            if not known or territories.find(text).code == territories.find(before).code:
                return
        self._row.remark("differs", column, text, before)


def _alliance(seen: _Seen, row: Row, key: str) -> Alliance:
    return Alliance(
        source=NAME,
        key=key,
        name=row.required("alliance"),
        kind=_kind(row, "alliance_kind", "alliance-kind"),
        territory=territory_of(row, "territory", seen.territories),
        targets=targets_of(row, "targets"),
        sdg_basis=_sdg_basis(row),
        source_urls=row.addresses("source_url"),
    )


def _actor(seen: _Seen, row: Row, key: str) -> Actor:
    return Actor(
        source=NAME,
        key=key,
        name=row.required("actor"),
        kind=_kind(row, "actor_kind", "actor-kind"),
        territory=territory_of(row, "actor_territory", seen.territories),
        source_urls=row.addresses("source_url"),
    )


def _membership(row: Row, alliance: str, actor: str) -> Membership:
    for column in COLUMNS.required:
        row.required(column)
    role = _role(row)
    start, end, basis, period = _period(row)
    return Membership(
        source=NAME,
        # An actor may have been a member more than once.
        key=f"{alliance}|{actor}|{role}{period}",
        source_urls=row.addresses("source_url"),
        alliance=iris.mint("alliance", NAME, alliance),
        actor=iris.mint("actor", NAME, actor),
        role=role,
        start=start,
        end=end,
        period_basis=basis,
    )


def _kind(row: Row, column: str, scheme: str) -> str:
    return row.concept(column, scheme) or "unspecified"


def _role(row: Row) -> str:
    return row.concept("role", "role") or "member"


def _sdg_basis(row: Row) -> Basis | None:
    return "stated" if row.text("targets") else None


def _period(row: Row) -> tuple[str | None, str | None, Literal["stated", "unknown"], str]:
    """The dates, whose they are, and what stands of them in the key."""
    start, end = row.days("start", "end")
    if start or end:
        return start, end, "stated", f"|{start or ''}/{end or ''}"
    return None, None, "unknown", ""


def _key(row: Row, by_id: str, by_name: str) -> str:
    """The id, else the name together with the file: equal names in two files may be two things.

    Rows of a corrected quarantine file belong to the file that they come from. An id that a spreadsheet has rounded may
    be that of many things: it is remarked, and nothing is known by it.
    """
    if key := identifier(row, by_id, is_whole):
        return key
    name = row.required(by_name)
    if not name.isascii():
        name = unicodedata.normalize("NFC", name)
    name = " ".join(name.split())
    return f"{name} ({row.text('_file') or row.report.file})"


# Many rows at once


class _ManyRows:
    """Reads what `_read` reads of one row."""

    def __init__(self, seen: _Seen) -> None:
        self._seen = seen
        self._cell_values = _cell_values(seen.territories)

    def values(self, cells: Cells) -> pl.DataFrame:
        """What the cells of each row come to, the keys of what it names, and whether it is sound."""
        values = [one.of(cells) for one in self._cell_values]
        sound = [one["sound"] for one in values]
        sound += [cells.text(name) != "" for name in COLUMNS.required]
        sound += [~cells.where(by_id, _is_rounded) for by_id in ("alliance_id", "actor_id")]
        keys = {
            "alliance_key": _keys(cells, "alliance_id", "alliance"),
            "actor_key": _keys(cells, "actor_id", "actor"),
        }
        read = pl.concat([one.drop("sound") for one in values], how="horizontal")
        return read.with_columns(sound=pl.all_horizontal(sound), **keys)

    def records(self, cells: Cells, values: pl.DataFrame) -> tuple[RecordColumns, ...]:
        """The alliances, actors and memberships of sound rows that no row named before."""
        alliances, actors = values["alliance_key"], values["actor_key"]
        memberships = values.select(pl.format("{}|{}|{}{}", "alliance_key", "actor_key", "role", "period")).to_series()
        seen = self._seen
        told = (
            _Told(cells, seen.alliances, alliances, _OF_ALLIANCE),
            _Told(cells, seen.actors, actors, _OF_ACTOR),
            _Told(cells, seen.memberships, memberships, _OF_MEMBERSHIP),
        )
        for at in pl.select(pl.any_horizontal([one.differs for one in told])).to_series().arg_true():
            for one in told:
                one.remark(at, seen.territories)
        return (
            told[0].columns(Alliance, _alliances(cells, values)),
            told[1].columns(Actor, _actors(cells, values)),
            told[2].columns(Membership, _memberships(values)),
        )


class _Told:
    """What rows say of the things of one kind that they name."""

    def __init__(self, cells: Cells, first_said: FirstSaid, keys: pl.Series, columns: tuple[str, ...]) -> None:
        self._cells, self._first_said, self._keys, self._columns = cells, first_said, keys, columns
        self._is_first, self.differs = first_said.tell(keys, [cells.text(one) for one in columns])

    def remark(self, at: int, territories: TerritoryIndex) -> None:
        """Remark what a row says otherwise than the first one."""
        _Said(self._first_said, self._keys[at], self._cells.rows[at], self._columns).keep(territories)

    def columns(self, kind: Kind, fields: pl.DataFrame) -> RecordColumns:
        """The records of the things that are named first here, by the fields that each row would give."""
        return RecordColumns(
            kind,
            NAME,
            self._is_first.arg_true(),
            fields.select(self._keys.alias("key"), pl.all()).filter(self._is_first),
        )


def _alliances(cells: Cells, values: pl.DataFrame) -> pl.DataFrame:
    return values.select(
        "territory", "targets", "sdg_basis", "source_urls", name=cells.text("alliance"), kind="alliance_kind"
    )


def _actors(cells: Cells, values: pl.DataFrame) -> pl.DataFrame:
    return values.select("source_urls", name=cells.text("actor"), kind="actor_kind", territory="actor_territory")


def _memberships(values: pl.DataFrame) -> pl.DataFrame:
    ends = {kind: minted(kind, NAME, pl.col(f"{kind}_key")) for kind in ("alliance", "actor")}
    return values.select("source_urls", "role", "start", "end", "period_basis", **ends)


def _cell_values(territories: TerritoryIndex) -> tuple[CellValues, ...]:
    """What cells come to that are written alike in many rows."""
    text, texts = pl.String(), pl.List(pl.String)
    period = {"start": text, "end": text, "period_basis": text, "period": text}

    def place(column: str) -> CellValues:
        return CellValues([column], {column: text}, lambda row: [territory_of(row, column, territories)])

    def kind(column: str, scheme: str) -> CellValues:
        return CellValues([column], {column: text}, lambda row: [_kind(row, column, scheme)])

    return (
        kind("alliance_kind", "alliance-kind"),
        kind("actor_kind", "actor-kind"),
        place("territory"),
        place("actor_territory"),
        CellValues(["role"], {"role": text}, lambda row: [_role(row)]),
        CellValues(["start", "end"], period, _period),
        # An address is written in rows that stand together, if in several.
        CellValues(["source_url"], {"source_urls": texts}, lambda row: [row.addresses("source_url")], kept=1 << 10),
        CellValues(
            ["targets"],
            {"targets": texts, "sdg_basis": text},
            lambda row: [targets_of(row, "targets"), _sdg_basis(row)],
        ),
    )


def _is_rounded(text: str) -> bool:
    return not is_whole(text)


def _keys(cells: Cells, by_id: str, by_name: str) -> pl.Series:
    """What `_key` gives of each row."""
    ids = cells.text(by_id)
    if (ids != "").all():
        return ids
    names = cells.text(by_name).str.normalize("NFC").str.replace_all(r"\s+", " ")
    return pl.select(pl.when(ids != "").then(ids).otherwise(names + f" ({cells.rows[0].report.file})")).to_series()
