"""Intercommunal syndicates (BANATIC): which communes and groupings are in which of them.

A row a membership, in either of two forms: the composition in communes (`siren,ind_adhesion_directe,siren_membre`),
or the list of groupings, which has a row for each member of each, names and dates. A third file may stand beside them
that says which INSEE code a SIREN had (`siren;insee;nom_com`): it leads from communes that are no more to those of
today. Presidents are named in the list; they are not loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from loaders.bodies import body
from loaders.cells import Row
from loaders.errors import RowError
from loaders.identifiers import is_siren
from loaders.places import required_territory
from loaders.privacy import PERSON
from loaders.registry import Files, loader
from loaders.tabular import Columns
from loaders.territory_index import TerritoryIndex
from loaders.ties import Given, membership
from ontology.provenance import Coverage, Loaded, Source
from ontology.records import Actor, Alliance, Record

NAME = "syndicates"
_CONTACT = "how to reach an office"
_FINANCE = "says nothing of who is a member"

MEMBERSHIPS = Columns(
    fields={
        "siren": "key", "nom": "name", "nature_juridique": "description", "date_creation": "start",
        "date_effet": "start", "siren_membre": "actor", "nom_membre": "name", "ind_adhesion_directe": "role",
    },
    required=("siren", "siren_membre"),
    ignored={
        "Région siège": "the members say where it is", "Département siège": "the members say where it is",
        "Arrondissement siège": "no level of the reference", "Commune siège": "a name without a code",
        "Syndicat à la carte": _FINANCE, "Groupement interdépartemental": "the members say it",
        "Mode de répartition des sièges": _FINANCE, "Autre mode de répartition des sièges": _FINANCE,
        "Nombre de membres": "counted from the rows", "Population": "the reference has it",
        "Nombre de compétences exercées": _FINANCE, "Mode de financement": _FINANCE, "DGF Bonifiée": _FINANCE,
        "DSC": _FINANCE, "REOM": _FINANCE, "Autre redevance": _FINANCE, "TEOM": _FINANCE, "Autre taxe": _FINANCE,
        **dict.fromkeys((f"Adresse du siège_{line}" for line in (1, 2, 3)), _CONTACT),
        **dict.fromkeys((f"Adresse annexe_{line}" for line in (1, 2, 3)), _CONTACT),
        "Téléphone du siège": _CONTACT, "Fax du siège": _CONTACT, "Téléphone annexe": _CONTACT,
        "Fax annexe": _CONTACT,
        "Code postal du siège Ville du siège": _CONTACT, "Courriel du siège": _CONTACT, "Site internet": _CONTACT,
        "Code postal annexe Ville annexe": _CONTACT,
    },
    personal={"Civilité Président": PERSON, "Prénom Président": PERSON, "Nom Président": PERSON},
    aliases={
        "N° SIREN": "siren", "Nom du groupement": "nom", "Date de création": "date_creation",
        "Date d'effet": "date_effet", "Membre SIREN": "siren_membre", "SIREN du membre": "siren_membre",
        "Nom du membre": "nom_membre",
    },
)  # fmt: skip

COMMUNES = Columns(
    fields={"siren": "siren", "insee": "territory"},
    required=("siren", "insee"),
    ignored={"nom_com": "the reference has the names"},
)

SOURCE = Source(
    name=NAME,
    title_fr="Syndicats intercommunaux (BANATIC)",
    title_en="Intercommunal syndicates (BANATIC)",
    publisher="Direction générale des collectivités locales (DGCL)",
    licence="Licence Ouverte 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    homepage="https://www.banatic.interieur.gouv.fr/",
    formats=("csv", "tsv", "xlsx"),
    coverage=Coverage(
        partial=("FRA",),
        fr="Syndicats et leurs membres, dans toute la France : rien n’est dit des autres alliances.",
        en="Syndicates and their members, in all of France: nothing is said of other alliances.",
    ),
    attribution="Licence Ouverte 2.0 — DGCL, BANATIC",
    at_least={"composition-communale-syndicats_2021.csv": 70_000},
    resolved={"siren_membre": 0.95},
)


@loader(SOURCE, columns=(MEMBERSHIPS, COMMUNES))
def load(files: Files) -> Iterator[Loaded]:
    """Yield the memberships of all files, and each syndicate and member with the first row that names it."""
    seen = _Seen(TerritoryIndex.load())
    lists = files.fitting(COMMUNES)
    for file in lists:
        yield from files.records(file, COMMUNES, partial(_learn, seen))
    for file in files.names:
        if file not in lists:
            yield from files.records(file, MEMBERSHIPS, partial(_read, seen))


@dataclass
class _Seen:
    """What the rows read so far named."""

    territories: TerritoryIndex
    communes: dict[str, str] = field(default_factory=dict)
    """The territory of each SIREN that a list of communes gives."""
    alliances: dict[str, Alliance] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    """The member of each SIREN; communes that merged are one."""
    given: Given = field(default_factory=Given)
    """The actors and memberships."""

    def territory(self, siren: str) -> str | None:
        """The code of the territory of a SIREN."""
        return self.territories.epci(siren) or self.communes.get(siren)


def _learn(seen: _Seen, row: Row) -> list[Record]:
    """Keep where a SIREN leads; the row itself is no record."""
    siren, code = _siren(row, "siren"), required_territory(row, "insee", seen.territories)
    seen.communes[siren] = code
    return []


def _read(seen: _Seen, row: Row) -> list[Record]:
    """The syndicate, the member and the membership of a row, as far as no row gave them before."""
    siren, member, role = _siren(row, "siren"), _siren(row, "siren_membre"), _role(row)
    alliance = seen.alliances.get(siren)
    records: list[Record] = []
    if alliance is None:
        alliance = _alliance(row, siren)
        seen.alliances[siren] = alliance
        records.append(alliance)
    if member not in seen.actors:
        seen.actors[member] = _actor(seen, row, member)
    actor = seen.actors[member]
    if actor.territory is None:
        row.remark("unknown_territory", "siren_membre", member, row.text("nom_membre") or "")
    return [*records, *seen.given.new([actor, membership(alliance, actor, role)])]


def _siren(row: Row, column: str) -> str:
    """A SIREN, without which the row says nothing; raises `RowError` on a damaged one."""
    text = row.required(column)
    if not is_siren(text):
        raise RowError("bad_identifier", column=column, value=text)
    return text


def _role(row: Row) -> str:
    """Whether a commune is a member itself (`1`, and where the file does not say) or through its grouping (`0`)."""
    text = row.text("ind_adhesion_directe") or "1"
    if text not in {"0", "1"}:
        raise RowError("unknown_value", "0, 1", column="ind_adhesion_directe", value=text)
    return "member" if text == "1" else "indirect_member"


def _alliance(row: Row, siren: str) -> Alliance:
    return Alliance(
        source=NAME,
        key=siren,
        name=row.text("nom") or f"Groupement de collectivités, SIREN {siren}",
        kind="cooperation",
        description=row.text("nature_juridique"),
        start=row.day("date_effet") or row.day("date_creation"),
    )


def _actor(seen: _Seen, row: Row, siren: str) -> Actor:
    """The body of a member's territory, else whatever has that SIREN."""
    code = seen.territory(siren)
    if code is not None:
        return body(NAME, code, seen.territories)
    name = row.text("nom_membre") or f"Collectivité, SIREN {siren}"
    return Actor(source=NAME, key=siren, name=name, kind="local_authority", siren=siren)
