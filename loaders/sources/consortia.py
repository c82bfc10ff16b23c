"""Research consortia of the programmes that the ANR runs for the State: who is a partner in which project.

Two files: the projects (title, start, public aid) and the partners, a row each. Partners have no register number: equal
names are one organisation, in one town. Scientists are named as well; they are not loaded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from loaders.cells import Row
from loaders.errors import RowError
from loaders.privacy import PERSON
from loaders.registry import Files, loader
from loaders.tabular import Columns
from loaders.territory_index import TerritoryIndex
from loaders.ties import Given, membership
from ontology import iris
from ontology.provenance import Coverage, Loaded, Source
from ontology.records import Actor, Alliance, Record

NAME = "consortia"
_CODE = "Projet.Code_Decision_ANR"
_ACRONYM = "Projet.Acronyme"
_TITLE = "Projet.Titre.Francais"
_START = "Projet.Date_debut"
_AID = "Projet.Aide_allouee"
_PARTNER = "Projet.Partenaire.Nom_organisme"
_LEADS = "Projet.Partenaire.Est_coordinateur"
_CATEGORY = "Projet.Partenaire.Categorie_organisme"
_TOWN = "Projet.Partenaire.Adresse.Ville"
_REGION = "Projet.Partenaire.Adresse.Region"
_COUNTRY = "Projet.Partenaire.Adresse.Pays"
_EDITION = "year of the call, not of the project"

PROJECTS = Columns(
    fields={
        _CODE: "key", _ACRONYM: "name", _TITLE: "name", _START: "start", "Projet.Resume.Francais": "description",
        _AID: "amount_eur",
    },
    required=(_CODE, _TITLE),
    ignored={"Action.Edition": _EDITION, "Action.Titre.Francais": "the call"},
)  # fmt: skip

PARTNERS = Columns(
    fields={
        _CODE: "alliance", _ACRONYM: "name", _PARTNER: "name", _LEADS: "role", _CATEGORY: "kind", _TOWN: "territory",
        _REGION: "territory", _COUNTRY: "territory",
    },
    required=(_CODE, _PARTNER),
    ignored={
        "Action.Edition": _EDITION, "Projet.Partenaire.Code_Decision_ANR": "an organisation may be two partners",
    },
    personal={
        "Projet.Partenaire.Responsable_scientifique.Nom": PERSON,
        "Projet.Partenaire.Responsable_scientifique.Prenom": PERSON,
    },
)  # fmt: skip

_KINDS: Mapping[str, str] = {
    "universités, insa et inp": "academic",
    "grandes écoles publiques": "academic",
    "ens et grands établissements": "academic",
    "comue pôle de recherche et d'enseignement supérieur": "academic",
    "autres écoles (privées)": "academic",
    "iep": "academic",
    "organismes de type epst": "research_body",
    "organismes de type epic": "research_body",
    "observatoires": "research_body",
    "inha": "research_body",
    "entreprises privées": "company",
    "fondations": "foundation",
    "associations": "association",
    "autres établissements (publics)": "public_body",
    "organismes médicaux (hôpitaux)": "public_body",
    "epa, gip, organismes avec autre statut": "public_body",
    "ministères": "state",
    "collectivités": "local_authority",
    "etablissements de santé": "unspecified",
    "gie ou non-affecté": "unspecified",
    "etranger": "unspecified",
}
"""The kind of actor of each category of the ANR."""
_NOT_SAID = frozenset({"non renseigné", "non renseignée"})
_ABROAD = "etranger"
_FRANCE = "france"
_YES_NO = {"true": "lead", "false": "partner", "oui": "lead", "non": "partner", "1": "lead", "0": "partner"}

SOURCE = Source(
    name=NAME,
    title_fr="Consortiums de recherche (ANR, investissements d’avenir et France 2030)",
    title_en="Research consortia (ANR, investments for the future and France 2030)",
    publisher="Agence nationale de la recherche (ANR)",
    licence="Licence Ouverte 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    homepage="https://www.data.gouv.fr/organizations/agence-nationale-de-la-recherche-1",
    formats=("csv", "xlsx"),
    coverage=Coverage(
        partial=("FRA",),
        kinds=("research",),
        fr="Projets de recherche aidés par l’État dans toute la France : rien n’est dit des autres alliances.",
        en="Research projects that the State helps, in all of France: nothing is said of other alliances.",
    ),
    attribution="Licence Ouverte 2.0 — ANR",
    at_least={"anr-dgpie_partenaires_2022-05.csv": 7_000, "anr-dgpie_projets_2022-05.csv": 1_300},
    resolved={_TOWN: 0.9},
)


@loader(SOURCE, columns=(PROJECTS, PARTNERS))
def load(files: Files) -> Iterator[Loaded]:
    """Yield the projects, then the partners; a project that only partners name is called by its acronym."""
    seen = _Seen(TerritoryIndex.load())
    projects = files.fitting(PROJECTS)
    for file in projects:
        yield from files.records(file, PROJECTS, partial(_read_project, seen))
    for file in files.names:
        if file not in projects:
            yield from files.records(file, PARTNERS, partial(_read_partner, seen))


@dataclass
class _Seen:
    """What the rows read so far named."""

    territories: TerritoryIndex
    alliances: dict[str, Alliance] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    given: Given = field(default_factory=Given)
    """The memberships."""


def _read_project(seen: _Seen, row: Row) -> list[Record]:
    """The project of a row; raises `RowError` where an earlier row gives it otherwise."""
    alliance = _alliance(row)
    before = seen.alliances.setdefault(alliance.key, alliance)
    if before != alliance:
        raise RowError("conflicting_duplicate", column=_CODE, value=alliance.key)
    return [alliance] if before is alliance else []


def _read_partner(seen: _Seen, row: Row) -> list[Record]:
    """The partner of a row and its membership, as far as no row gave them before."""
    code, name, role = row.required(_CODE), _partner(row), _role(row)
    records: list[Record] = []
    if code not in seen.alliances:
        seen.alliances[code] = _alliance(row)
        records.append(seen.alliances[code])
    if name not in seen.actors:
        seen.actors[name] = _actor(seen, row, name)
        records.append(seen.actors[name])
    _remark_differences(row, seen.actors[name])
    return [*records, *seen.given.new([membership(seen.alliances[code], seen.actors[name], role)])]


def _said(row: Row, column: str) -> str | None:
    """The cell's text with single spaces; `Non renseigné` is nothing."""
    text = " ".join((row.text(column) or "").split())
    return None if text.casefold() in {"", *_NOT_SAID} else text


def _partner(row: Row) -> str:
    name = _said(row, _PARTNER)
    if name is None:
        raise RowError("empty_value", column=_PARTNER, value=row.text(_PARTNER))
    return name


def _role(row: Row) -> str:
    """Who coordinates leads; raises `RowError` on whatever is neither yes nor no. Empty: a partner."""
    text = row.text(_LEADS)
    if text is None:
        return "partner"
    if text.casefold() not in _YES_NO:
        raise RowError("unknown_value", "True, False", column=_LEADS, value=text)
    return _YES_NO[text.casefold()]


def _alliance(row: Row) -> Alliance:
    """The project; an aid of 0 is one that is not decided yet (such projects have no start either)."""
    code, acronym, title = row.required(_CODE), _said(row, _ACRONYM), _said(row, _TITLE)
    aid: Decimal | None = row.euros(_AID)
    return Alliance(
        source=NAME,
        key=code,
        name=f"{acronym} : {title}" if acronym and title else title or acronym or code,
        kind="research",
        description=_said(row, "Projet.Resume.Francais"),
        start=row.day(_START),
        amount_eur=aid or None,
    )


def _actor(seen: _Seen, row: Row, name: str) -> Actor:
    code = _seat(seen.territories, row)
    return Actor(
        source=NAME,
        key=name,
        name=name,
        kind=_kind(row),
        territory=code and iris.territory(code),
        seat_as_stated=_said(row, _TOWN),
    )


def _kind(row: Row) -> str:
    """The kind of a category; one that is new is remarked."""
    text = _said(row, _CATEGORY)
    if text is None:
        return "unspecified"
    found = _KINDS.get(text.casefold().replace("’", "'"))
    if found is None:
        row.remark("unknown_value", _CATEGORY, text)
    return found or "unspecified"


def _seat(territories: TerritoryIndex, row: Row) -> str | None:
    """The commune of the town's name in the région, for there is no code; else the région, as far as is certain."""
    town, region = _said(row, _TOWN), _said(row, _REGION)
    abroad = (region or "").casefold() == _ABROAD or (_said(row, _COUNTRY) or _FRANCE).casefold() != _FRANCE
    if town is None or abroad:
        return None
    within = territories.region_called(region) if region else None
    code = territories.commune_named(town, within or "FRA")
    row.remark("matched_by_name" if code else "unknown_territory", _TOWN, town, code or within or "")
    return code or within


def _remark_differences(row: Row, actor: Actor) -> None:
    """An organisation has one seat: that of the first row."""
    town = _said(row, _TOWN)
    if town is not None and town != actor.seat_as_stated:
        row.remark("differs", _TOWN, town, actor.seat_as_stated or "")
