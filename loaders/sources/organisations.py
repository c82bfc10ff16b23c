"""A register of organisations of a user's own: any table with an id and a name.

A row may come before that of its parent. An organisation whose parent is not loaded, or is itself by some
detour, is refused: a hierarchy that does not end is worse than one that lacks a branch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from loaders.cells import Row
from loaders.errors import RowError
from loaders.identifiers import identifier, is_rna, is_siren
from loaders.places import territory_of
from loaders.privacy import KIND, ORGANISATION
from loaders.registry import Files, loader
from loaders.tabular import Columns, Note, refuse_control_characters
from loaders.territory_index import TerritoryIndex
from ontology import iris
from ontology.provenance import Coverage, Loaded, Source
from ontology.reasons import ReasonCode
from ontology.records import Actor, Record, Relation

NAME = "organisations"

COLUMNS = Columns(
    fields={
        "id": "key", "name": "name", "type": "kind", "parent_id": "object", "start_date": "founded",
        "end_date": "dissolved", "amount_eur": "budget_eur", "postal_code": "seat_as_stated", "territory": "territory",
        "siren": "siren", "rna": "rna", "url": "website",
    },
    required=("id", "name"),
    notes={
        "id": Note("Identifiant unique dans le fichier, obligatoire.", "Unique id in the file, required.", "org-1"),
        "name": Note("Nom, obligatoire.", "Name, required.", "Le Relais des Monts"),
        "type": Note("Nature d’acteur (clé ou libellé).", "Actor kind (key or label).", "association"),
        "parent_id": Note("Identifiant de l’organisation dont elle fait partie.", "Id of what it is part of."),
        "start_date": Note("Création : 2020, 2020-05 ou 2020-05-07.", "Founded: 2020, 2020-05 or 2020-05-07.", "2012"),
        "end_date": Note("Dissolution ; vide si elle existe.", "Dissolved; empty where it exists."),
        "amount_eur": Note("Budget annuel en euros.", "Yearly budget in euros.", "125000,50"),
        "postal_code": Note("Code postal du siège.", "Postal code of the seat.", "48000"),
        "territory": Note("Commune ou autre territoire du siège.", "Commune or other territory of the seat.", "48095"),
        "siren": Note("SIREN, 9 chiffres.", "SIREN, 9 digits."),
        "rna": Note("Numéro RNA.", "RNA number."),
        "url": Note("Adresse web.", "Web address.", "https://example.org/"),
    },
    personal={"name": ORGANISATION, "type": KIND},
)  # fmt: skip

SOURCE = Source(
    name=NAME,
    title_fr="Registre d’organisations de l’utilisateur",
    title_en="Register of organisations of a user’s own",
    publisher="Utilisateur · User",
    licence="celle du fichier · that of the file",
    licence_url="https://w3id.org/alliances/",
    homepage="https://w3id.org/alliances/",
    formats=("csv", "xlsx", "xls", "json", "parquet"),
    coverage=Coverage(
        fr="Organisations choisies par l’utilisateur : aucun territoire n’est couvert.",
        en="Organisations that the user chose: no territory is covered.",
    ),
)


Problem = tuple[ReasonCode, str]


@loader(SOURCE, template=COLUMNS)
def load(files: Files) -> Iterator[Loaded]:
    """Yield the organisations of all files, each with what it is part of."""
    register = _Register(files, TerritoryIndex.load())
    for file in files.names:
        yield from files.records(file, COLUMNS, register.read)


class _Hierarchy:
    """Who says that it is part of whom."""

    def __init__(self, parents: Mapping[str, str | None]) -> None:
        self._parents = parents
        self._known: dict[str, Problem | None] = {}

    def problem(self, key: str) -> Problem | None:
        """What is wrong with `key` or above it: a circle, or an id that no sound row has."""
        chain: dict[str, None] = {}
        one: str | None = key
        found: Problem | None = None
        while one is not None and found is None and one not in self._known:
            if one in chain:
                found = "reference_cycle", f"{one} … {one}"
            elif one not in self._parents:
                found = "dangling_reference", one
            else:
                chain[one] = None
                one = self._parents[one]
        found = found or (self._known[one] if one is not None else None)
        self._known.update(dict.fromkeys(chain, found))
        return found


@dataclass
class _Register:
    """What the rows read so far say of each id."""

    files: Files
    territories: TerritoryIndex
    _rows: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    """File, number and hash of the row that each id was read from."""

    @cached_property
    def hierarchy(self) -> _Hierarchy:
        """The parent of each id in all files: they are read once more, the first time that a row has a parent."""
        parents: dict[str, str | None] = {}
        for file in self.files.names:
            for row in self.files.rows(file, COLUMNS):
                if actor := self._sound(row):
                    parents.setdefault(actor.key, row.text("parent_id"))
        return _Hierarchy(parents)

    def _sound(self, row: Row) -> Actor | None:
        try:
            refuse_control_characters(row)
            return _actor(row, self.territories)
        except (RowError, ValueError):
            return None

    def read(self, row: Row) -> list[Record]:
        """The organisation of a row and its place in the hierarchy; nothing where an earlier row says the same."""
        actor = _actor(row, self.territories)
        if self._repeats(row, actor.key):
            return []
        parent = row.text("parent_id")
        if parent is None:
            records: list[Record] = [actor]
        else:
            self._check(row, actor.key)
            records = [actor, _part_of(actor, parent)]
        self._rows[actor.key] = row.report.file, row.number, _content(row)
        return records

    def _check(self, row: Row, key: str) -> None:
        problem = self.hierarchy.problem(key)
        if problem is not None:
            raise RowError(problem[0], problem[1], column="parent_id", value=row.text("parent_id"))

    def _repeats(self, row: Row, key: str) -> bool:
        """Whether an earlier row is the same; raises `RowError` where it has the id and says something else."""
        if key not in self._rows:
            return False
        file, number, content = self._rows[key]
        if content != _content(row):
            raise RowError("conflicting_duplicate", f"{file}, row {number}", column="id", value=key)
        return True


def _content(row: Row) -> int:
    return hash(tuple(row.text(column) for column in COLUMNS.fields))


def _actor(row: Row, territories: TerritoryIndex) -> Actor:
    founded, dissolved = row.period("start_date", "end_date")
    return Actor(
        source=NAME,
        key=row.required("id"),
        name=row.required("name"),
        kind=row.concept("type", "actor-kind") or "unspecified",
        territory=territory_of(row, "territory", territories),
        seat_as_stated=row.text("postal_code"),
        founded=founded,
        dissolved=dissolved,
        budget_eur=row.money("amount_eur"),
        siren=identifier(row, "siren", is_siren),
        rna=identifier(row, "rna", is_rna),
        website=row.address("url"),
    )


def _part_of(actor: Actor, parent: str) -> Relation:
    return Relation(
        source=NAME,
        key=f"{actor.key}|part_of|{parent}",
        subject=actor.iri,
        relation="part_of",
        object=iris.mint("actor", NAME, parent),
        basis="stated",
    )
