"""A user's own alliances: one row a membership, in the generic form.

Without ids, equal names within a file are one thing. What is said of an alliance or an actor is read from the first
row that names it; a later row that says otherwise is loaded, and the difference remarked.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from loaders.cells import Row
from loaders.first_said import FirstSaid, Thing
from loaders.identifiers import identifier, is_whole
from loaders.places import territory_of
from loaders.privacy import KIND, ORGANISATION
from loaders.registry import Files, loader
from loaders.tabular import Columns, Note
from loaders.targets import targets_of
from loaders.territory_index import TerritoryIndex
from ontology import iris
from ontology.provenance import Coverage, Loaded, Source
from ontology.records import Actor, Alliance, Membership, Record

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
def load(files: Files) -> Iterator[Loaded]:
    """Yield the memberships of all files, and each alliance and actor with the first row that names it."""
    seen = _Seen(TerritoryIndex.load())
    for file in files.names:
        yield from files.records(file, COLUMNS, partial(_read, seen))


@dataclass
class _Seen:
    """What the rows read so far named."""

    territories: TerritoryIndex
    things: FirstSaid = field(default_factory=FirstSaid)
    """What the first row said of each alliance, actor and membership."""


def _read(seen: _Seen, row: Row) -> list[Record]:
    """The alliance, the actor and the membership of a row, as far as no row named them before.

    What may refuse the row comes first: a row that is refused has named nothing.
    """
    alliance, actor = _key(row, "alliance_id", "alliance"), _key(row, "actor_id", "actor")
    membership = _membership(row, alliance, actor)
    alliance_said = _Said(seen, row, ("alliance", alliance), "alliance", "alliance_kind", "territory", "targets")
    actor_said = _Said(seen, row, ("actor", actor), "actor", "actor_kind", "actor_territory")
    membership_said = _Said(seen, row, ("membership", membership.key), "source_url")
    records: list[Record] = []
    if alliance_said.is_first:
        records.append(_alliance(seen, row, alliance))
    if actor_said.is_first:
        records.append(_actor(seen, row, actor))
    if membership_said.is_first:
        records.append(membership)
    for said in (alliance_said, actor_said, membership_said):
        said.keep()
    return records


class _Said:
    """What a row says of a thing that it names."""

    def __init__(self, seen: _Seen, row: Row, thing: Thing, *columns: str) -> None:
        self._seen, self._row, self._thing, self._columns = seen, row, thing, columns
        self._said = tuple([row.text(column) for column in columns])
        self._first = seen.things.of(thing)

    @property
    def is_first(self) -> bool:
        """Whether no row named the thing before."""
        return self._first is None

    def keep(self) -> None:
        """Remember what is said first; remark what is said later and differs."""
        if self._first is None:
            self._seen.things.add(self._thing, self._said)
        elif self._first != self._said:
            for column, text, before in zip(self._columns, self._said, self._first, strict=True):
                if text is not None and text != before:
                    self._remark(column, text, before or "")

    def _remark(self, column: str, text: str, before: str) -> None:
        """A territory that is not known is remarked as such; one that is written otherwise is the same."""
        if column in _TERRITORIES:
            index = self._seen.territories
            known = territory_of(self._row, column, index) is not None
            if not known or index.find(text).code == index.find(before).code:
                return
        self._row.remark("differs", column, text, before)


def _alliance(seen: _Seen, row: Row, key: str) -> Alliance:
    return Alliance(
        source=NAME,
        key=key,
        name=row.required("alliance"),
        kind=row.concept("alliance_kind", "alliance-kind") or "unspecified",
        territory=territory_of(row, "territory", seen.territories),
        targets=targets_of(row, "targets"),
        sdg_basis="stated" if row.text("targets") else None,
        source_urls=row.addresses("source_url"),
    )


def _actor(seen: _Seen, row: Row, key: str) -> Actor:
    return Actor(
        source=NAME,
        key=key,
        name=row.required("actor"),
        kind=row.concept("actor_kind", "actor-kind") or "unspecified",
        territory=territory_of(row, "actor_territory", seen.territories),
        source_urls=row.addresses("source_url"),
    )


def _membership(row: Row, alliance: str, actor: str) -> Membership:
    for column in COLUMNS.required:
        row.required(column)
    role = row.concept("role", "role") or "member"
    start, end = row.days("start", "end")
    basis: Literal["stated", "unknown"] = "stated" if start or end else "unknown"
    period = (f"{start or ''}/{end or ''}",) if basis == "stated" else ()
    return Membership(
        source=NAME,
        # An actor may have been a member more than once.
        key="|".join((alliance, actor, role, *period)),
        source_urls=row.addresses("source_url"),
        alliance=iris.mint("alliance", NAME, alliance),
        actor=iris.mint("actor", NAME, actor),
        role=role,
        start=start,
        end=end,
        period_basis=basis,
    )


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
