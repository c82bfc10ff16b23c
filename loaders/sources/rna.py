"""The national register of associations (RNA): who an association is and where it is seated.

Two registers of one file a département each: `rna_waldec` (since 2009) and `rna_import` (before). An association that
was taken over from the old one into the new stands in both; the old row names the new number in `observation`, and
only the new row is loaded. Who declared, and whom one writes to, are persons: not loaded. `loaders.wanted` says which
of the two million are loaded. There is no RNA for Bas-Rhin, Haut-Rhin and Moselle (local law).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from loaders.cells import Row
from loaders.identifiers import Numbers, is_rna, is_siren, is_siret
from loaders.places import territory_of
from loaders.privacy import CONTACT, PERSON
from loaders.registry import Files, loader
from loaders.tabular import Columns
from loaders.territory_index import TerritoryIndex
from loaders.wanted import WANTED, Wanted, read_wanted, remark_nothing_needed
from ontology import iris
from ontology.provenance import Coverage, Loaded, Source
from ontology.records import Actor

NAME = "rna"
_ADDRESS = "the commune is precise enough"
_OFFICE = "of the office that keeps the register"

COLUMNS = Columns(
    fields={
        "id": "key", "siret": "siret", "date_creat": "founded", "date_disso": "dissolved", "groupement": "kind",
        "titre": "name", "titre_court": "acronym", "objet": "description", "adrs_codeinsee": "territory",
        "siteweb": "website", "observation": "key", "position": "dissolved",
    },
    required=("id", "titre", "position", "groupement"),
    ignored={
        "id_ex": "the number before the register was national", "rup_mi": "number of another register",
        "gestion": _OFFICE, "date_decla": "of the last declaration", "date_publi": "of the publication",
        "nature": "nearly all are declared (D)", "objet_social1": "a nomenclature of its own",
        "objet_social2": "a nomenclature of its own", "publiweb": _OFFICE, "maj_time": _OFFICE,
        **dict.fromkeys(
            ("adrs_complement", "adrs_numvoie", "adrs_repetition", "adrs_typevoie", "adrs_libvoie", "adrs_distrib",
             "adrs_codepostal", "adrs_libcommune", "adr1", "adr2", "adr3", "libcom"),
            _ADDRESS,
        ),
    },
    personal={
        "dir_civilite": PERSON, "adrg_declarant": PERSON,
        **dict.fromkeys(
            ("telephone", "email", "adrg_complemid", "adrg_complemgeo", "adrg_libvoie", "adrg_distrib",
             "adrg_codepostal", "adrg_achemine", "adrg_pays"),
            CONTACT,
        ),
    },
)  # fmt: skip

SOURCE = Source(
    name=NAME,
    title_fr="Répertoire national des associations (RNA)",
    title_en="National register of associations (RNA)",
    publisher="Ministère de l’intérieur",
    licence="Licence Ouverte 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    homepage="https://www.data.gouv.fr/datasets/repertoire-national-des-associations",
    formats=("csv", "csv.gz"),
    coverage=Coverage(
        kinds=("association",),
        fr="Associations des départements chargés : aucune alliance n’y est dite.",
        en="Associations of the départements loaded: no alliance is told there.",
    ),
    attribution="Licence Ouverte 2.0 — ministère de l’Intérieur, RNA",
    register=True,
    resolved={"adrs_codeinsee": 0.95},
)

_NO_DATE = "0001-01-01"
_NO_NUMBER = frozenset({"0" * 9, "0" * 14})
_KINDS: Mapping[str, str] = {"S": "association", "U": "network", "F": "network"}
"""`groupement`: a simple association, a union, a federation."""
_DISSOLVED, _STRUCK_OFF = "D", "S"
"""`position`, besides A (active) and R (taken over into the new register)."""
_CUT = ("...", "…")


@loader(SOURCE, columns=(COLUMNS,))
def load(files: Files) -> Iterator[Loaded]:
    """Yield the associations, those of the new register first: it is the newer one that counts."""
    seen = _Seen(Wanted(TerritoryIndex.load(), files.needed))
    lists = files.fitting(WANTED)
    yield from read_wanted(files, lists, seen.wanted)
    not_needed = partial(_is_not_needed, seen.wanted) if seen.wanted.limited else None
    for file in sorted(set(files.names) - set(lists), key=partial(_is_old, files)):
        yield from files.records(file, COLUMNS, partial(_read, seen), not_needed)
    if not seen.keys:
        remark_nothing_needed(files)
    files.source = replace(SOURCE, coverage=replace(SOURCE.coverage, partial=tuple(sorted(seen.departements))))


def _is_old(files: Files, file: str) -> tuple[bool, str]:
    """Whether a file is of the old register, which has no date of dissolution; and its name."""
    first = next(files.rows(file, COLUMNS), None)
    return first is not None and "date_disso" not in first.positions, file


@dataclass
class _Seen:
    """What the rows read so far named."""

    wanted: Wanted
    keys: set[str] = field(default_factory=set)
    departements: set[str] = field(default_factory=set)


def _is_not_needed(wanted: Wanted, row: Row) -> bool:
    """Whether nobody asks for a row's association; of one without a number `_read` says that."""
    if row.text("id") is None or wanted.asks_for(_key(row), _siren(row)):
        return False
    return not wanted.lies_in(wanted.territories.commune(row.text("adrs_codeinsee") or ""))


def _siren(row: Row) -> str | None:
    """The SIREN of a row, if it is whole."""
    written = row.text("siret") or ""
    return written[:9] if is_siret(written) or is_siren(written) else None


def _read(seen: _Seen, row: Row) -> list[Actor]:
    """The association of a row; nothing where it was struck off or was given before."""
    key, position = _key(row), row.required("position")
    name, kind = row.required("titre"), _KINDS.get(row.required("groupement"), "association")
    if position == _STRUCK_OFF or key in seen.keys:
        return []
    territories = seen.wanted.territories
    numbers = _numbers(row, key)
    actor = Actor(
        source=NAME,
        key=key,
        name=name,
        acronym=_short_name(row, name),
        kind=kind,
        description=row.text("objet"),
        territory=territory_of(row, "adrs_codeinsee", territories),
        founded=_date(row, "date_creat"),
        dissolved=_date(row, "date_disso") if position == _DISSOLVED else None,
        website=row.site("siteweb"),
        siren=numbers.siren,
        siret=numbers.siret,
        rna=numbers.rna,
    )
    seen.keys.add(key)
    seen.departements.update(_departement(actor, territories))
    return [actor]


def _key(row: Row) -> str:
    """The number of the association; of one that was taken over, the new one."""
    own, other = row.required("id"), row.text("observation") or ""
    return other if is_rna(other) and not is_rna(own) else own


def _numbers(row: Row, key: str) -> Numbers:
    """The numbers of a row; the old register's own (`751P00085568`) is none, and no damaged one."""
    written = row.text("siret")
    found = Numbers(rna=key if is_rna(key) else None)
    if written is None or written in _NO_NUMBER:
        return found
    if is_siret(written):
        return replace(found, siret=written, siren=written[:9])
    if is_siren(written):
        return replace(found, siren=written)
    row.remark("bad_identifier", "siret", written)
    return found


def _short_name(row: Row, name: str) -> str | None:
    """The short title where it is one, and not the long one cut off."""
    short = row.text("titre_court")
    return None if short is None or short == name or short.endswith(_CUT) else short


def _date(row: Row, column: str) -> str | None:
    return None if row.text(column) == _NO_DATE else row.date(column)


def _departement(actor: Actor, territories: TerritoryIndex) -> set[str]:
    if actor.territory is None:
        return set()
    found = territories.place(iris.parse(actor.territory)[2]).departement
    return {found} if found else set()
