"""The French territories of 2026, from the country to the commune: the reference of every other source.

`territories.csv` holds what stands above the communes, parents before children; `communes.csv` the
communes of today. `loaders/data/territories/README.md` says where both come from.
"""

import re
from collections.abc import Iterator, Mapping

from loaders.cells import Row
from loaders.errors import RowError
from loaders.identifiers import is_siren
from loaders.registry import Files, loader
from loaders.tabular import Columns
from ontology.provenance import Coverage, Loaded, Source
from ontology.reasons import ReasonCode
from ontology.records import Territory, TerritoryLevel

SOURCE = Source(
    name="territories",
    title_fr="Référentiel des territoires français",
    title_en="Reference of the French territories",
    publisher="INSEE, DGCL, IGN, Etalab",
    licence="Licence Ouverte 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    homepage="https://github.com/etalab/decoupage-administratif",
    formats=("csv",),
    coverage=Coverage(
        fr="Référentiel : toutes les communes et ce qui les contient, aucune alliance.",
        en="A reference: all communes and what contains them, no alliance.",
    ),
    attribution="Licence Ouverte 2.0 — INSEE, DGCL, IGN, Etalab",
    vintage="2026",
    at_least={"territories.csv": 1_300, "communes.csv": 34_000},
)

_DRAWN = {"population": "population", "longitude": "longitude", "latitude": "latitude"}
TERRITORIES = Columns(
    fields={
        "code": "key", "level": "level", "name": "name", "siren": "siren", **_DRAWN, "parents": "parents", "wkt": "wkt",
    },
    required=("code", "level", "name"),
)  # fmt: skip
COMMUNES = Columns(
    fields={
        "insee": "insee", "name": "name", "siren": "siren", **_DRAWN,
        "epci": "parents", "ept": "parents", "departement": "parents", "old_codes": "old_codes",
    },
    required=("insee", "name", "departement"),
)  # fmt: skip

_BARE = re.compile("[0-9][0-9AB][0-9]?")
_SIREN = re.compile("[0-9]{9}")
_COMMUNE = re.compile("[0-9][0-9AB][0-9]{3}")
_CODES: Mapping[TerritoryLevel, tuple[str, re.Pattern[str]]] = {
    "pays": ("FRA", re.compile("")),
    "region": ("REG-", re.compile("[0-9]{2}")),
    "departement": ("DEP-", _BARE),
    "collectivite": ("DEP-", _BARE),
    "epci": ("EPCI-", _SIREN),
    "ept": ("EPT-", _SIREN),
}
"""How a code of each level above the communes begins, and what follows."""
_ABOVE = (("epci", "EPCI-"), ("ept", "EPT-"), ("departement", "DEP-"))
"""The columns that say what contains a commune."""
_WITH_INSEE = frozenset({"region", "departement", "collectivite"})
_NUMBER = r"-?[0-9]+(\.[0-9]+)?"
_OUTLINE = re.compile(rf"(POLYGON|MULTIPOLYGON) ?\([( ]*{_NUMBER} [-0-9., ()]+\)")


@loader(SOURCE, files=("territories.csv", "communes.csv"), data="territories", columns=(TERRITORIES, COMMUNES))
def load(files: Files) -> Iterator[Loaded]:
    """Yield one `Territory` a row, parents first."""
    reading = _Reading()
    yield from files.records("territories.csv", TERRITORIES, reading.territory)
    yield from files.records("communes.csv", COMMUNES, reading.commune)


class _Reading:
    """What is known of the rows read so far: their codes, and the région of each département."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, int]] = {}
        """The number and the hash of the row that each code was read from."""
        self._iris: dict[str, str] = {}
        """The IRI of each territory above the communes."""
        self._region: dict[str, str] = {}
        """The code of the région of each département."""
        self._parents: dict[tuple[str | None, ...], tuple[str, ...]] = {}
        """The IRIs of the parents of a commune by EPCI, EPT and département, where all of them are known."""

    def territory(self, row: Row) -> tuple[Territory]:
        """The territory of a row of `territories.csv`."""
        code, level = row.required("code"), _level(row)
        self._refuse_duplicate(code, row)
        parents = [one for one in row.many("parents") if self._is_known(one, row, "parents")]
        territory = Territory(
            source=SOURCE.name,
            key=code,
            name=row.required("name"),
            level=level,
            insee=code.partition("-")[2] if level in _WITH_INSEE else None,
            siren=_siren(row),
            population=_population(row),
            parents=tuple(self._iris[one] for one in parents),
            latitude=_degrees(row, "latitude", 90),
            longitude=_degrees(row, "longitude", 180),
            wkt=_outline(row),
        )
        self._remember(territory, parents, row)
        return (territory,)

    def commune(self, row: Row) -> tuple[Territory]:
        """The commune of a row of `communes.csv`."""
        insee = _commune_code(row.required("insee"), "insee")
        code = f"COM-{insee}"
        self._refuse_duplicate(code, row)
        commune = Territory(
            source=SOURCE.name,
            key=code,
            name=row.required("name"),
            level="commune",
            insee=insee,
            siren=_siren(row),
            population=_population(row),
            parents=self._parents_of_commune(row),
            old_codes=tuple(_commune_code(one, "old_codes") for one in row.many("old_codes")),
            latitude=_degrees(row, "latitude", 90),
            longitude=_degrees(row, "longitude", 180),
        )
        self._rows[code] = row.number, hash(row.values)
        return (commune,)

    def _parents_of_commune(self, row: Row) -> tuple[str, ...]:
        """The IRIs of EPCI, EPT, département (or collectivity) and région."""
        stated = row.text("epci"), row.text("ept"), row.required("departement")
        if stated in self._parents:
            return self._parents[stated]
        codes = [(column, prefix + bare) for (column, prefix), bare in zip(_ABOVE, stated, strict=True) if bare]
        known = [code for column, code in codes if self._is_known(code, row, column)]
        region = self._region.get(known[-1]) if known else None
        parents = tuple(self._iris[code] for code in (*known, *([region] if region else ())))
        if len(known) == len(codes):
            self._parents[stated] = parents
        return parents

    def _refuse_duplicate(self, code: str, row: Row) -> None:
        """Refuse a row whose code an earlier row has."""
        if code in self._rows:
            number, content = self._rows[code]
            reason: ReasonCode = "duplicate_id" if content == hash(row.values) else "conflicting_duplicate"
            raise RowError(reason, f"row {number}", column=next(iter(row.positions)), value=code)

    def _remember(self, territory: Territory, parents: list[str], row: Row) -> None:
        self._rows[territory.key] = row.number, hash(row.values)
        self._iris[territory.key] = territory.iri
        region = next((one for one in parents if one.startswith("REG-")), None)
        if region and territory.level == "departement":
            self._region[territory.key] = region

    def _is_known(self, code: str, row: Row, column: str) -> bool:
        """Whether a parent was loaded before; an unknown one costs its row that tie alone, and is remarked."""
        if code not in self._iris:
            row.remark("unknown_territory", column, code, "parents stand before their children")
        return code in self._iris


def _level(row: Row) -> TerritoryLevel:
    """The level; raises `RowError` unless it is one above the communes and the code is one of that level."""
    text, code = row.required("level"), row.required("code")
    level = next((one for one in _CODES if one == text), None)
    if level is None:
        raise RowError("unknown_value", ", ".join(_CODES), column="level", value=text)
    prefix, rest = _CODES[level]
    if not (code.startswith(prefix) and rest.fullmatch(code.removeprefix(prefix))):
        raise RowError("invalid_record", f"{level}: {prefix}…", column="code", value=code)
    return level


def _commune_code(text: str, column: str) -> str:
    if not _COMMUNE.fullmatch(text):
        raise RowError("invalid_record", "01001, 2A004 …", column=column, value=text)
    return text


def _siren(row: Row) -> str | None:
    """The SIREN; a damaged one is remarked and left out."""
    text = row.text("siren")
    if text is not None and not is_siren(text):
        row.remark("bad_identifier", "siren", text)
        return None
    return text


def _population(row: Row) -> int | None:
    population = row.integer("population")
    if population is not None and population < 0:
        raise RowError("bad_number", ">= 0", column="population", value=str(population))
    return population


def _degrees(row: Row, column: str, limit: int) -> float | None:
    degrees = row.decimal(column)
    if degrees is not None and abs(degrees) > limit:
        raise RowError("bad_number", f"-{limit} … {limit}", column=column, value=str(degrees))
    return None if degrees is None else float(degrees)


def _outline(row: Row) -> str | None:
    wkt = row.text("wkt")
    if wkt is not None and not _OUTLINE.fullmatch(wkt):
        raise RowError("invalid_record", "POLYGON((2.1 48.3,…))", column="wkt", value=wkt[:80])
    return wkt
