"""Third places (a survey of the CGET, 2019): shared places for work and making, each in its commune.

A place is open for alliances, and is none: the list does not say who shares it. So it connects no territory. Where the
address could not be coded, the commune that the publisher drew from the coordinates is taken. Contacts are persons.
"""

from collections.abc import Iterator
from functools import partial

from loaders.cells import Row
from loaders.errors import RowError
from loaders.places import territory_of
from loaders.privacy import CONTACT, PERSON
from loaders.registry import Files, loader
from loaders.tabular import Columns
from loaders.territory_index import TerritoryIndex
from ontology.provenance import Address, Coverage, Loaded, Source
from ontology.records import Platform

NAME = "third_places"
_COMMUNE = "the reference says it of the commune"
_ADDRESS = "the commune is precise enough"
_UNCODED = "0"
"""What the list writes for the commune of an address that was not found."""

COLUMNS = Columns(
    fields={
        "ID": "key", "NOM_TL": "name", "INSEECOM": "territory", "INSEEMETRO": "territory", "WEB": "website",
        "TYPO": "theme",
    },
    required=("ID", "NOM_TL", "INSEECOM"),
    ignored={
        "TWITTER": "the web site leads there",
        "FACEBOOK": "the web site leads there", "ADRESSE": _ADDRESS, "CP": _ADDRESS, "LAT": _ADDRESS,
        "LONG": _ADDRESS, "GEOCOD": _ADDRESS, "PRECISION": _ADDRESS, "COMINIT": "a name; the codes say it",
        "NOMCOM": _COMMUNE, "NOMCOMMETRO": _COMMUNE, "METRO": _COMMUNE, "NOMMETRO": _COMMUNE, "INSEEREG": _COMMUNE,
        "NOMREG": _COMMUNE, "INSEEDEP": _COMMUNE, "POPCOM": _COMMUNE, "COMCLASS": _COMMUNE,
        "INSEE_ZE": "no level of the reference", "NOM_ZE": "no level of the reference",
        "CLASS_ZE": "no level of the reference", "POP_ZE": "no level of the reference",
    },
    personal={"CONTACT": PERSON, "MAIL": CONTACT},
)  # fmt: skip

SOURCE = Source(
    name=NAME,
    title_fr="Tiers-lieux (CGET)",
    title_en="Third places (CGET)",
    publisher="Commissariat général à l’égalité des territoires (CGET), aujourd’hui ANCT",
    licence="Licence Ouverte 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    homepage="https://github.com/anct-carto/mission_coworking",
    formats=("csv", "xlsx"),
    coverage=Coverage(
        partial=("FRA",),
        kinds=("tiers_lieu",),
        fr="Tiers-lieux recensés dans toute la France métropolitaine : rien n’est dit des alliances.",
        en="Third places found in all of mainland France: nothing is said of alliances.",
    ),
    attribution="Licence Ouverte 2.0 — CGET/ANCT",
    vintage="2019",
    at_least={"cget_tiers-lieux_2019.csv": 1_400},
    resolved={"INSEECOM": 0.99},
    addresses=(
        Address(
            "cget_tiers-lieux_2019.csv",
            "https://raw.githubusercontent.com/anct-carto/mission_coworking/HEAD/CGET_TiersLieux_2019.csv",
        ),
    ),
)


@loader(SOURCE, columns=(COLUMNS,))
def load(files: Files) -> Iterator[Loaded]:
    """Yield one platform a row."""
    territories = TerritoryIndex.load()
    places: dict[str, Platform] = {}
    for file in files.names:
        yield from files.records(file, COLUMNS, partial(_read, places, territories))


def _read(places: dict[str, Platform], territories: TerritoryIndex, row: Row) -> list[Platform]:
    """The place of a row; nothing where an earlier row says the same."""
    place = _place(row, territories)
    before = places.setdefault(place.key, place)
    if before != place:
        raise RowError("conflicting_duplicate", column="ID", value=place.key)
    return [place] if before is place else []


def _place(row: Row, territories: TerritoryIndex) -> Platform:
    column = "INSEECOM" if row.text("INSEECOM") not in {None, _UNCODED} else "INSEEMETRO"
    return Platform(
        source=NAME,
        key=row.required("ID"),
        name=row.required("NOM_TL"),
        theme=row.text("TYPO"),
        territory=territory_of(row, column, territories),
        website=row.site("WEB"),
    )
