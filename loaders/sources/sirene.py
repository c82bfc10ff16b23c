"""The register of all enterprises and institutions (SIRENE, INSEE): what a legal unit is and where it is seated.

Two files: the legal units, and their establishments, of which only the seats are read, for their communes. CSV or
Parquet, streamed. Natural persons and units that are hidden are never loaded. Of the rest, what the graph needs or a
list names is (`loaders.wanted`); where a file is only checked, associations, foundations, public bodies and whatever
belongs to the social economy (ESS).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from loaders.cells import Row
from loaders.errors import RowError
from loaders.identifiers import identifier, is_rna, is_siren, is_siret
from loaders.privacy import PERSON
from loaders.registry import Files, loader
from loaders.tabular import Columns
from loaders.territory_index import TerritoryIndex
from loaders.wanted import WANTED, Wanted, read_wanted, remark_nothing_needed
from ontology import iris
from ontology.provenance import Address, Coverage, Loaded, Reading, Source
from ontology.records import Actor

NAME = "sirene"
_ECONOMY = "says nothing of who it is"
_OFFICE = "of the register itself"
_ADDRESS = "the commune is precise enough"
_ABROAD = "a commune of the reference is sought"
_STOCK = "https://www.data.gouv.fr/api/1/datasets/r"
"""Leads to the newest file of the month."""

UNITS = Columns(
    fields={
        "siren": "key", "statutDiffusionUniteLegale": "key", "dateCreationUniteLegale": "founded",
        "sigleUniteLegale": "acronym", "identifiantAssociationUniteLegale": "rna", "dateDebut": "dissolved",
        "etatAdministratifUniteLegale": "dissolved", "denominationUniteLegale": "name",
        "categorieJuridiqueUniteLegale": "kind", "economieSocialeSolidaireUniteLegale": "kind",
        "nicSiegeUniteLegale": "siret",
    },
    required=("siren", "denominationUniteLegale", "categorieJuridiqueUniteLegale", "statutDiffusionUniteLegale"),
    ignored={
        **dict.fromkeys(
            ("unitePurgeeUniteLegale", "dateDernierTraitementUniteLegale", "nombrePeriodesUniteLegale"), _OFFICE
        ),
        **dict.fromkeys(
            ("trancheEffectifsUniteLegale", "anneeEffectifsUniteLegale", "categorieEntreprise",
             "anneeCategorieEntreprise", "activitePrincipaleUniteLegale", "nomenclatureActivitePrincipaleUniteLegale",
             "activitePrincipaleNAF25UniteLegale", "caractereEmployeurUniteLegale", "societeMissionUniteLegale"),
            _ECONOMY,
        ),
        **dict.fromkeys((f"denominationUsuelle{place}UniteLegale" for place in (1, 2, 3)), "not the legal name"),
    },
    personal=dict.fromkeys(
        ("sexeUniteLegale", "prenom1UniteLegale", "prenom2UniteLegale", "prenom3UniteLegale", "prenom4UniteLegale",
         "prenomUsuelUniteLegale", "pseudonymeUniteLegale", "nomUniteLegale", "nomUsageUniteLegale"),
        PERSON,
    ),
)  # fmt: skip

SEATS = Columns(
    fields={
        "siren": "key", "siret": "siret", "etablissementSiege": "territory", "codeCommuneEtablissement": "territory",
    },
    required=("siren", "siret", "etablissementSiege", "codeCommuneEtablissement"),
    ignored={
        **dict.fromkeys(
            ("nic", "statutDiffusionEtablissement", "dateDernierTraitementEtablissement",
             "nombrePeriodesEtablissement", "dateCreationEtablissement", "dateDebut", "etatAdministratifEtablissement"),
            _OFFICE,
        ),
        **dict.fromkeys(
            ("trancheEffectifsEtablissement", "anneeEffectifsEtablissement", "activitePrincipaleEtablissement",
             "activitePrincipaleRegistreMetiersEtablissement", "nomenclatureActivitePrincipaleEtablissement",
             "activitePrincipaleNAF25Etablissement", "caractereEmployeurEtablissement", "enseigne1Etablissement",
             "enseigne2Etablissement", "enseigne3Etablissement", "denominationUsuelleEtablissement"),
            _ECONOMY,
        ),
        **dict.fromkeys(
            (f"{name}{second}Etablissement"
             for second in ("", "2")
             for name in ("complementAdresse", "numeroVoie", "indiceRepetition", "typeVoie", "libelleVoie",
                          "codePostal", "libelleCommune", "distributionSpeciale", "codeCedex", "libelleCedex")),
            _ADDRESS,
        ),
        **dict.fromkeys(
            (f"{name}{second}Etablissement"
             for second in ("", "2")
             for name in ("libelleCommuneEtranger", "codePaysEtranger", "libellePaysEtranger")),
            _ABROAD,
        ),
        **dict.fromkeys(
            ("codeCommune2Etablissement", "longitude", "latitude", "geo_score", "geo_type", "geo_adresse", "geo_id",
             "geo_ligne", "geo_l4", "geo_l5", "coordonneeLambertAbscisseEtablissement",
             "coordonneeLambertOrdonneeEtablissement", "dernierNumeroVoieEtablissement",
             "indiceRepetitionDernierNumeroVoieEtablissement", "identifiantAdresseEtablissement"),
            _ADDRESS,
        ),
    },
)  # fmt: skip

SOURCE = Source(
    name=NAME,
    title_fr="Répertoire SIRENE",
    title_en="SIRENE register",
    publisher="INSEE",
    licence="Licence Ouverte 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    homepage="https://www.data.gouv.fr/datasets/base-sirene-des-entreprises-et-de-leurs-etablissements-siren-siret",
    formats=("csv", "csv.gz", "parquet"),
    coverage=Coverage(
        fr="Organisations des fichiers chargés : aucune alliance n’y est dite.",
        en="Organisations of the files loaded: no alliance is told there.",
    ),
    attribution="Licence Ouverte 2.0 — INSEE, Sirene",
    register=True,
    resolved={"codeCommuneEtablissement": 0.95},
    addresses=(
        Address("StockUniteLegale.parquet", f"{_STOCK}/350182c9-148a-46e0-8389-76c2ec1374a3"),
        Address("StockEtablissement.parquet", f"{_STOCK}/a29c1297-1f92-4e2a-8f6b-8c902ce96c5f"),
    ),
)

_OPEN = "O"
"""`statutDiffusion` of a unit that may be shown; `P` (and `N` in older files) is hidden."""
_NOT_SHOWN = "[ND]"
"""What a hidden unit has for a name."""
_NAMES = ("nomUniteLegale", "prenom1UniteLegale", "sexeUniteLegale")
_CEASED = "C"
_TRUE = frozenset({"true", "1", "o", "oui"})
_NATURAL = "1"
"""What the legal category of a natural person begins with."""
_KINDS: tuple[tuple[str, str], ...] = (
    ("5195", "association"),
    ("92", "association"),
    ("93", "foundation"),
    ("71", "state"),
    ("72", "local_authority"),
    ("734", "local_authority"),
    ("735", "local_authority"),
    ("736", "local_authority"),
    ("73", "public_body"),
    ("74", "public_body"),
    ("4", "public_body"),
)
"""The kind of the legal categories (INSEE, catégories juridiques) that begin so; the first that fits.

7343 to 7367 are the groupings of communes and of other authorities (métropoles, communities, syndicates).
"""


@loader(SOURCE, columns=(UNITS, SEATS))
def load(files: Files) -> Iterator[Loaded]:
    """Yield the legal units that are loaded, each with the commune of its seat where a file says it."""
    register = _Register(Wanted(TerritoryIndex.load(), files.needed))
    lists = files.fitting(WANTED)
    yield from read_wanted(files, lists, register.wanted)
    establishments = [file for file in files.fitting(SEATS) if file not in lists]
    units = [file for file in files.names if file not in (*lists, *establishments)]
    if establishments:
        register.kept = {siren for file in units for row in files.rows(file, UNITS) if (siren := register.asked(row))}
    for file in establishments:
        # Which row is a person's is not known, but one that cannot be read may be.
        columns = replace(SEATS, private=lambda _row: False)
        yield from files.records(file, columns, partial(_read_seat, register), register.needs_no_seat)
    for file in units:
        columns = replace(UNITS, private=_is_private)
        found = files.records(file, columns, partial(_read_unit, register), register.is_not_needed)
        yield from (replace(one, beside=register.readings(one.record.key)) for one in found)
    if not register.given:
        remark_nothing_needed(files)


@dataclass
class _Register:
    """What is known before the legal units are given."""

    wanted: Wanted
    kept: set[str] = field(default_factory=set)
    """The SIREN of the units that may be loaded, where there are establishments."""
    seats: dict[str, tuple[str, Reading]] = field(default_factory=dict)
    """The commune of the seat of each of them, and where it stands."""
    given: set[str] = field(default_factory=set)

    def asked(self, row: Row) -> str | None:
        """The SIREN of a unit that is loaded, unless its seat decides it; none of any other."""
        siren = row.text("siren")
        if siren is None or not (self.wanted.places or self._is_asked_for(row)):
            return None
        return siren if is_siren(siren) and not _is_private(row) else None

    def needs_no_seat(self, row: Row) -> bool:
        """Whether an establishment is that of a unit that is not loaded, and may be a natural person."""
        return row.text("siren") not in self.kept

    def is_not_needed(self, row: Row) -> bool:
        """Whether a unit is not loaded, now that the seats are known; of one without a SIREN `_read_unit` says that."""
        siren = row.text("siren")
        return siren is not None and not (self._is_asked_for(row) or self.wanted.lies_in(self.seat(siren)))

    def seat(self, siren: str) -> str | None:
        """The commune of a unit's seat."""
        return self.seats[siren][0] if siren in self.seats else None

    def readings(self, siren: str) -> tuple[Reading, ...]:
        """The row of an establishment that tells where a unit is seated."""
        return self.seats[siren][1:] if siren in self.seats else ()

    def _is_asked_for(self, row: Row) -> bool:
        if self.wanted.limited:
            return self.wanted.asks_for(row.text("siren"), _rna(row))
        return _serves_the_public(row)


def _rna(row: Row) -> str | None:
    return row.text("identifiantAssociationUniteLegale")


def _is_private(row: Row) -> bool:
    """Whether a unit is a natural person, or hidden; what says neither is taken for hidden."""
    natural = (row.text("categorieJuridiqueUniteLegale") or _NATURAL).startswith(_NATURAL)
    hidden = row.text("statutDiffusionUniteLegale") != _OPEN or row.text("denominationUniteLegale") == _NOT_SHOWN
    return natural or hidden or any(row.text(name) for name in _NAMES)


def _kind(row: Row) -> str:
    """The kind of a unit that is not private, all of which have a legal category."""
    category = row.text("categorieJuridiqueUniteLegale") or ""
    return next((kind for beginning, kind in _KINDS if category.startswith(beginning)), "company")


def _serves_the_public(row: Row) -> bool:
    """Whether a unit is no company, or one of the social economy."""
    return _kind(row) != "company" or row.text("economieSocialeSolidaireUniteLegale") == "O"


def _read_seat(register: _Register, row: Row) -> list[Actor]:
    """Keep where a unit is seated; the row itself is no record."""
    siren = row.required("siren")
    code = row.text("codeCommuneEtablissement")
    if code is None or (row.text("etablissementSiege") or "").casefold() not in _TRUE:
        return []
    commune = register.wanted.territories.commune(code)
    if commune is None:
        row.remark("unknown_territory", "codeCommuneEtablissement", code)
    else:
        register.seats[siren] = commune, row.reading("codeCommuneEtablissement", "territory")
    return []


def _read_unit(register: _Register, row: Row) -> list[Actor]:
    """The unit of a row; nothing where it was given before."""
    siren = row.required("siren")
    if not is_siren(siren):
        raise RowError("bad_identifier", column="siren", value=siren)
    if siren in register.given:
        return []
    actor = _actor(register, row, siren)
    register.given.add(siren)
    return [actor]


def _actor(register: _Register, row: Row, siren: str) -> Actor:
    commune = register.seat(siren)
    return Actor(
        source=NAME,
        key=siren,
        name=row.required("denominationUniteLegale"),
        acronym=row.text("sigleUniteLegale"),
        kind=_kind(row),
        territory=iris.territory(commune) if commune else None,
        founded=row.date("dateCreationUniteLegale"),
        dissolved=row.date("dateDebut") if row.text("etatAdministratifUniteLegale") == _CEASED else None,
        siren=siren,
        siret=_siret(row, siren),
        rna=identifier(row, "identifiantAssociationUniteLegale", is_rna),
    )


def _siret(row: Row, siren: str) -> str | None:
    """The SIRET of the seat: the SIREN and the number of the establishment."""
    nic = row.text("nicSiegeUniteLegale")
    if nic is None or is_siret(siren + nic):
        return nic and siren + nic
    row.remark("bad_identifier", "nicSiegeUniteLegale", nic)
    return None
