"""Posts that the State pays for in the districts of the politique de la ville: adultes-relais, and FONJEP (JSON, CSV).

A row a post. The posts of one programme, one contrat de ville and one year are an alliance of the State and the
organisations that hold them. What has no contract has no partners but the State: an alliance an organisation. The
amount is that of all its posts. FONJEP's lists have names for want of register numbers: equal names are one
organisation, in one département.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from loaders.cells import Row
from loaders.errors import RowError
from loaders.identifiers import Numbers, numbers
from loaders.registry import Files, loader
from loaders.tabular import Columns
from loaders.territory_index import TerritoryIndex
from loaders.ties import Given, implements, membership
from ontology import iris
from ontology.provenance import Coverage, Loaded, Reading, Source
from ontology.records import Actor, Alliance, Programme, Record

NAME = "posts"

COLUMNS = Columns(
    fields={
        "id_poste": "key", "code_tiers": "siret", "raison_sociale": "name", "annee": "start", "montant": "amount_eur",
        "code_cv": "key", "insee_dep": "territory",
    },
    required=("id_poste", "raison_sociale", "annee"),
    ignored={"insee_reg": "follows from the département"},
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A programme of posts."""

    key: str
    fr: str
    en: str
    holder: str
    """The kind of actor that holds its posts."""


_LINES: Mapping[str, Line] = {
    "[0-9]{2}[0-9A-Z]+": Line("adulte_relais", "Adultes-relais", "Adultes-relais (mediators)", "unspecified"),
    "[A-Z]{1,2}[0-9]+": Line("fonjep", "Postes FONJEP", "FONJEP posts", "association"),
}
"""The programmes by how they number their posts."""
_YEAR = re.compile("(19|20)[0-9]{2}")

STATE = Actor(source=NAME, key="etat", name="État (politique de la ville)", kind="state")

SOURCE = Source(
    name=NAME,
    title_fr="Postes de la politique de la ville (adultes-relais, FONJEP)",
    title_en="Posts of the politique de la ville (adultes-relais, FONJEP)",
    publisher="Agence nationale de la cohésion des territoires (ANCT)",
    licence="Licence Ouverte 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    homepage="https://www.data.gouv.fr/organizations/agence-nationale-de-la-cohesion-des-territoires",
    formats=("json", "csv", "xlsx"),
    coverage=Coverage(
        partial=("FRA",),
        kinds=("employment",),
        fr="Postes payés par l’État dans les contrats de ville : rien n’est dit des autres alliances.",
        en="Posts that the State pays for in the contrats de ville: nothing is said of other alliances.",
    ),
    attribution="Licence Ouverte 2.0 — ANCT",
    at_least={"anct_adulte_relais_2023.json": 4_500, "anct_postes_fonjep_2023.json": 1_200},
    resolved={"insee_dep": 0.95},
)


@loader(SOURCE, columns=(COLUMNS,))
def load(files: Files) -> Iterator[Loaded]:
    """Yield each group of posts with its members, after a first reading that adds up what it has."""
    seen = _Seen(TerritoryIndex.load())
    for file in files.names:
        for row in files.rows(file, COLUMNS):
            seen.count(row)
    for file in files.names:
        for one in files.records(file, COLUMNS, partial(_read, seen)):
            yield replace(one, beside=seen.other_amounts(one)) if isinstance(one.record, Alliance) else one


@dataclass(frozen=True)
class Post:
    """What a row says."""

    id: str
    line: Line
    contract: str | None
    holder: str
    """The key of the organisation that holds it."""
    name: str
    year: str
    amount: Decimal | None

    @property
    def group(self) -> str:
        """The key of the alliance that it belongs to."""
        return "|".join((self.line.key, self.contract or self.holder, self.year))

    @property
    def title(self) -> str:
        """The name of that alliance."""
        place = f", contrat de ville {self.contract}" if self.contract else f" : {self.name}"
        return f"{self.line.fr}{place} ({self.year})"


@dataclass
class _Seen:
    """What was read so far."""

    territories: TerritoryIndex
    amounts: dict[str, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    """What each post of each group costs; nothing where the list does not say it."""
    cells: dict[str, list[Reading]] = field(default_factory=lambda: defaultdict(list))
    """Where these amounts stand."""
    places: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The départements of each group, as far as the rows say them."""
    names: dict[str, str] = field(default_factory=dict)
    """How the first row called each organisation."""
    posts: set[str] = field(default_factory=set)
    given: Given = field(default_factory=Given)

    def count(self, row: Row) -> None:
        """Add a row up; one that will be refused does not count."""
        try:
            post = _post(row)
        except RowError:
            return
        if post.id not in self.amounts[post.group]:
            self.amounts[post.group][post.id] = post.amount or Decimal(0)
            if "montant" in row.positions:
                self.cells[post.group].append(row.reading("montant", "amount_eur"))
        code = self.territories.departement(row.text("insee_dep") or "")
        if code:
            self.places[post.group].add(code)

    def other_amounts(self, loaded: Loaded) -> tuple[Reading, ...]:
        """The cells that a group's amount was added up from, but for that of the row that it stands in."""
        own = loaded.layout.file, loaded.row
        return tuple(one for one in self.cells[loaded.record.key] if (one.layout.file, one.row) != own)

    def check_place(self, row: Row) -> None:
        """Remark a département that the reference does not know."""
        code = row.text("insee_dep")
        if code and self.territories.departement(code) is None:
            row.remark("unknown_territory", "insee_dep", code)


def _post(row: Row) -> Post:
    """The post of a row; raises `RowError` where it is none."""
    found, year = _numbers(row), row.required("annee")
    name = row.required("raison_sociale")
    if not _YEAR.fullmatch(year):
        raise RowError("bad_date", "a year is needed", column="annee", value=year)
    return Post(
        id=row.required("id_poste"),
        line=_line(row),
        contract=row.text("code_cv"),
        holder=found.siren or "|".join(part for part in (name, row.text("insee_dep")) if part),
        name=name,
        year=year,
        amount=row.money("montant"),
    )


def _line(row: Row) -> Line:
    text = row.required("id_poste")
    line = next((one for pattern, one in _LINES.items() if re.fullmatch(pattern, text)), None)
    if line is None:
        raise RowError("unknown_value", "adultes-relais 00112R000103, FONJEP D01935", column="id_poste", value=text)
    return line


def _numbers(row: Row) -> Numbers:
    """The SIRET of who holds a post, unless the list repeats its name there."""
    return Numbers() if row.text("code_tiers") == row.text("raison_sociale") else numbers(row, "code_tiers")


def _read(seen: _Seen, row: Row) -> list[Record]:
    """The group of a row's post with its members, as far as no row gave them before."""
    post = _post(row)
    seen.check_place(row)
    if post.id in seen.posts:
        row.remark("duplicate_id", "id_poste", post.id)
    seen.posts.add(post.id)
    alliance, holder = _alliance(seen, post), _holder(seen, row, post)
    programme = Programme(source=NAME, key=post.line.key, name=post.line.fr, name_en=post.line.en, kind="programme")
    return seen.given.new(
        [
            programme,
            alliance,
            implements(alliance, programme),
            STATE,
            membership(alliance, STATE, "funder", "stated"),
            holder,
            membership(alliance, holder, "beneficiary", "stated"),
        ]
    )


def _alliance(seen: _Seen, post: Post) -> Alliance:
    places = seen.places[post.group]
    departement = next(iter(places)) if len(places) == 1 else None
    return Alliance(
        source=NAME,
        key=post.group,
        name=post.title,
        kind="employment",
        scope="departement" if departement else None,
        territory=iris.territory(departement) if departement else None,
        start=post.year,
        end=post.year,
        amount_eur=sum(seen.amounts[post.group].values()) or None,
    )


def _holder(seen: _Seen, row: Row, post: Post) -> Actor:
    """Who holds a post; another name of the same number is remarked."""
    found = _numbers(row)
    first = seen.names.setdefault(post.holder, post.name)
    if first != post.name:
        row.remark("differs", "raison_sociale", post.name, first)
    return Actor(
        source=NAME,
        key=post.holder,
        name=first,
        kind=post.line.holder,
        siren=found.siren,
        siret=found.siret,
        rna=found.rna,
    )
