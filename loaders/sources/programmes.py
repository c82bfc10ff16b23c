"""The territorial programmes of the State (ANCT): which communes and EPCI are in which contract of which programme.

Two forms: a row a contract, with its members in `liste_geo` (`Nom (code); Nom (code)`), or a row a member, with its
code (CRTE, 2026 lists). The programme is what the contract's id begins with (`acv-001`). Where a contract is a place
rather than an agreement (France services, a third place), its commune is where it is located, and no member.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from loaders.bodies import body, scope_of
from loaders.cells import Row
from loaders.errors import RowError
from loaders.identifiers import is_siren
from loaders.registry import Files, loader
from loaders.tabular import Columns
from loaders.territory_index import TerritoryIndex
from loaders.ties import Given, implements, membership
from ontology import iris
from ontology.provenance import Address, Coverage, Loaded, Source
from ontology.records import Actor, Alliance, Programme, Record

NAME = "programmes"


@dataclass(frozen=True)
class Line:
    """A programme of the State, and what its contracts are."""

    fr: str
    en: str
    kind: str = "cooperation"
    """The kind of its alliances."""
    located: bool = False
    """Whether a territory is where the contract is, not who signed it."""
    held: bool = False
    """Whether the contract is called after the organisation that holds it."""
    single: bool = False
    """Whether the contract is called after its only member."""


LINES: Mapping[str, Line] = {
    "acv": Line("Action cœur de ville", "Action cœur de ville (town centres)"),
    "ami": Line("Avenir montagnes ingénierie", "Avenir montagnes, engineering (mountain areas)"),
    "amm": Line("Avenir montagnes mobilités", "Avenir montagnes, mobility (mountain areas)"),
    "cde": Line("Cité de l’emploi", "Cités de l’emploi (employment)", "employment"),
    "cite": Line("Cité éducative", "Cités éducatives (education)", "education"),
    "crte": Line(
        "Contrat de relance et de transition écologique", "Recovery and ecological transition contracts (CRTE)",
        "ecological_transition",
    ),
    "cv": Line("Contrat de ville", "City contracts", single=True),
    "fabp": Line("Fabrique prospective", "Fabriques prospectives (foresight)"),
    "fabt": Line(
        "Fabrique de territoire", "Fabriques de territoire (third places)", "tiers_lieu", located=True, held=True
    ),
    "fs": Line("France services", "France services (public service houses)", located=True),
    "pvd": Line("Petites villes de demain", "Petites villes de demain (small towns)"),
    "ti": Line("Territoires d’industrie", "Territoires d’industrie (industry)"),
    "va": Line("Villages d’avenir", "Villages d’avenir (villages)"),
}  # fmt: skip
"""The programmes by what the ids of their contracts begin with."""

COLUMNS = Columns(
    fields={
        "id_territoire": "key", "lib_territoire": "name", "date_signature": "start", "liste_geo": "actor",
        "code": "actor", "lib_code": "name",
    },
    required=("id_territoire", "lib_territoire"),
    ignored={
        "type": "GeoJSON", "geometry.type": "GeoJSON", "geometry.coordinates": "the reference has better ones",
        "geometry.geometries": "GeoJSON", "id_geo": "stands in liste_geo", "lib_geo": "stands in liste_geo",
        "lib_massif": "no territory of the reference",
        "pop": "of the districts of the contract alone", "insee_dep": "follows from the code",
        "lib_dep": "follows from the code", "insee_reg": "follows from the code", "lib_reg": "follows from the code",
        "dep_chef_file": "an office of the State", "type_grp_crte": "follows from the members",
        "crte_interreg": "follows from the members", "crte_interdep": "follows from the members",
        "nature_juridique": "the reference says it", "siren_grp_supra": "a grouping of groupings: see `syndicates`",
        "lib_grp_supra": "see siren_grp_supra", "nat_jur_grp_supra": "see siren_grp_supra",
    },
    aliases={
        **{f"id_{line}": "id_territoire" for line in LINES},
        **{f"lib_{line}": "lib_territoire" for line in LINES},
        "code_cv": "id_territoire",
        "siren_groupement": "code", "codgeo": "code", "insee_com": "code",
        "lib_groupement": "lib_code", "libgeo": "lib_code", "lib_com": "lib_code",
    },
)  # fmt: skip

_FRANCE = "FRA"
_MAPS = "https://raw.githubusercontent.com/anct-carto/superposeur-anct/HEAD/data/geom/geojsonV2"
_REGIONAL = "crte"
"""The programme whose lists are published by region."""

SOURCE = Source(
    name=NAME,
    title_fr="Programmes territoriaux de l’État (ANCT)",
    title_en="Territorial programmes of the State (ANCT)",
    publisher="Agence nationale de la cohésion des territoires (ANCT)",
    licence="Licence Ouverte 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    homepage="https://www.data.gouv.fr/organizations/agence-nationale-de-la-cohesion-des-territoires",
    formats=("geojson", "csv", "xlsx"),
    coverage=Coverage(
        partial=(_FRANCE,),
        fr="Contrats des programmes chargés, dans toute la France : rien n’est dit des autres alliances.",
        en="Contracts of the programmes loaded, in all of France: nothing is said of other alliances.",
    ),
    attribution="Licence Ouverte 2.0 — ANCT",
    at_least={"anct_acv.geojson": 200, "anct_pvd.geojson": 1_500, "anct_ti.geojson": 140, "anct_va.geojson": 2_000},
    resolved={"liste_geo": 0.8, "code": 0.5},
    addresses=tuple(
        Address(f"anct_{name}.geojson", f"{_MAPS}/{name}_geom.geojson")
        for name in ("acv", "amm", "cde", "citeduc", "fabp", "fabt", "fs", "pvd", "ti", "va")
    ),
)


@loader(SOURCE, columns=(COLUMNS,))
def load(files: Files) -> Iterator[Loaded]:
    """Yield each programme, its contracts and their members with the first row that names them."""
    seen = _Seen(TerritoryIndex.load())
    for file in files.names:
        yield from files.records(file, COLUMNS, partial(_read, seen))
    if seen.lines == {_REGIONAL}:
        files.source = replace(SOURCE, coverage=replace(SOURCE.coverage, partial=tuple(sorted(seen.departements))))


@dataclass
class _Seen:
    """What the rows read so far named."""

    territories: TerritoryIndex
    given: Given = field(default_factory=Given)
    alliances: dict[str, Alliance] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)
    departements: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Named:
    """A territory as a list names it."""

    column: str
    code: str
    label: str | None


_LISTED = re.compile(r"\s*(?P<label>[^;]*?)\s*\((?P<code>[^()]*)\)\s*(?:;|$)")
_DEPARTEMENT = re.compile("^[0-9][0-9AB][0-9]? - ")
_PREFIX = re.compile("[A-Za-z]+")


def _read(seen: _Seen, row: Row) -> list[Record]:
    """The contract of a row with its programme and its members, as far as no row gave them before."""
    key = row.required("id_territoire")
    line = _line(row, key)
    named = list(_named(row, LINES[line]))
    actors = [actor for one in named if (actor := _actor(seen, row, one))]
    alliance = _alliance(seen, row, key, LINES[line], actors)
    programme = _programme(line)
    records: list[Record] = [programme, alliance, implements(alliance, programme)]
    if LINES[line].held:
        actors = [_holder(row, alliance)] if _label(row) else []
    elif LINES[line].located:
        actors = []
    for actor in actors:
        records += [actor, membership(alliance, actor, "operator" if LINES[line].held else "member")]
    seen.lines.add(line)
    return seen.given.new(records)


def _line(row: Row, key: str) -> str:
    """The programme of an id; raises `RowError` where none begins so."""
    found = _PREFIX.match(key)
    line = found.group().casefold() if found else ""
    if line not in LINES:
        raise RowError("unknown_value", ", ".join(LINES), column="id_territoire", value=key)
    return line


def _named(row: Row, line: Line) -> Iterator[_Named]:
    """The territories of a row; raises `RowError` where a list cannot be taken apart."""
    if code := row.text("code"):
        yield _Named("code", code, row.text("lib_code") or (_label(row) if line.single else None))
    text = row.text("liste_geo") or ""
    at = 0
    while at < len(text):
        found = _LISTED.match(text, at)
        if found is None:
            raise RowError("unknown_value", "Nom (code); Nom (code)", column="liste_geo", value=text[at:])
        yield _Named("liste_geo", found["code"].strip(), found["label"] or None)
        at = found.end()


def _actor(seen: _Seen, row: Row, named: _Named) -> Actor | None:
    """The body of a territory; one that the reference does not know is remarked, and keeps the name of the list."""
    code = seen.territories.find(named.code).code
    if code is None:
        row.remark("unknown_territory", named.column, named.code, named.label or "")
        return _unknown_body(named)
    seen.departements.update({seen.territories.place(code).departement or ""} - {""})
    return body(NAME, code, seen.territories)


def _unknown_body(named: _Named) -> Actor | None:
    """What has a register number is a body, known or not."""
    if named.label is None or not is_siren(named.code):
        return None
    return Actor(source=NAME, key=named.code, name=named.label, kind="local_authority", siren=named.code)


def _alliance(seen: _Seen, row: Row, key: str, line: Line, actors: list[Actor]) -> Alliance:
    """The contract as the first row that names it says; what a later one says otherwise is remarked."""
    territory = _territory(seen, row, actors, line)
    start = row.day("date_signature")
    first = seen.alliances.get(key)
    if first is not None:
        _remark_differences(row, first, start, line)
        return first
    alliance = Alliance(
        source=NAME,
        key=key,
        name=_name(row, line, actors),
        kind=line.kind,
        territory=territory,
        scope=scope_of(iris.parse(territory)[2], seen.territories) if territory else None,
        start=start,
    )
    seen.alliances[key] = alliance
    return alliance


def _territory(seen: _Seen, row: Row, actors: list[Actor], line: Line) -> str | None:
    """Where a contract is: in its only territory, else in the département that all of its communes are of.

    Unknown of a list with a row a member: there may be more members below.
    """
    if row.text("code") and not line.single:
        return None
    codes = {one.territory and iris.parse(one.territory)[2] for one in actors}
    if len(codes) > 1:
        codes = {code and seen.territories.place(code).departement for code in codes}
    code = codes.pop() if len(codes) == 1 else None
    return code and iris.territory(code)


def _remark_differences(row: Row, first: Alliance, start: str | None, line: Line) -> None:
    if start != first.start and start is not None:
        row.remark("differs", "date_signature", start, first.start or "")
    label = _label(row)
    if label is not None and first.name != _called(label, line):
        row.remark("differs", "lib_territoire", label, first.name)


def _label(row: Row) -> str | None:
    """What the list calls the contract, without the département before it; `NA` is what it writes for nothing."""
    label = _DEPARTEMENT.sub("", row.text("lib_territoire") or "")
    return None if label in ("", "NA") else label


def _name(row: Row, line: Line, actors: list[Actor]) -> str:
    label = _label(row) or ", ".join(one.name for one in actors) or row.required("id_territoire")
    return _called(label, line)


def _called(label: str, line: Line) -> str:
    """The name of a contract, which says of which programme it is."""
    said = label.casefold().startswith((line.fr.casefold(), "crte"))
    return label if said else f"{line.fr} : {label}"


def _programme(line: str) -> Programme:
    return Programme(source=NAME, key=line, name=LINES[line].fr, name_en=LINES[line].en, kind="programme")


def _holder(row: Row, alliance: Alliance) -> Actor:
    return Actor(
        source=NAME,
        key=alliance.key,
        name=row.required("lib_territoire"),
        kind="unspecified",
        territory=alliance.territory,
    )
