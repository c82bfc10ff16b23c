"""From the codes that sources write (INSEE old or new, SIREN) to the territories of the reference."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import polars as pl

import loaders
from ontology.records import Scope, TerritoryLevel

SHIPPED = Path(str(files(loaders))) / "data" / "territories"


@dataclass(frozen=True)
class Found:
    """What a text says of a territory."""

    code: str | None
    """The territory, where the text means one and no other."""
    by_name: bool = False
    """Whether it was recognised by its name alone."""
    candidates: tuple[str, ...] = ()
    """The territories that a code without a level may mean, where it may mean several."""


@dataclass(frozen=True)
class Place:
    """What the reference says of a commune, an EPCI or an EPT."""

    name: str
    level: TerritoryLevel
    siren: str | None
    departement: str | None
    """The code of a commune's département, with its level; none of what lies above, for it may lie in several."""


@dataclass(frozen=True)
class TerritoryIndex:
    """The territory codes that exist, and what leads to them. Whatever is unknown or ambiguous is `None`."""

    codes: frozenset[str]
    """All codes of the reference (`COM-14118`, `DEP-978`, `FRA` …)."""
    old_codes: Mapping[str, str] = field(default_factory=dict)
    """The territory of each former, delegated or arrondissement INSEE code: `{"75110": "COM-75056"}`."""
    sirens: Mapping[str, str] = field(default_factory=dict)
    """The territory of each SIREN: of a commune, an EPCI or an EPT."""
    regions: Mapping[str, str] = field(default_factory=dict)
    """The code of each région by its official name (`{"Normandie": "REG-28"}`)."""
    folder: Path | None = None
    """Where the names of all territories are read from, should somebody ask for one."""

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> "TerritoryIndex":
        """The index of a folder of the reference, by default the one that the project ships; read once."""
        return _load(folder)

    def commune(self, insee: str) -> str | None:
        """The commune of today of an INSEE code, which may be an old one or an arrondissement's."""
        return self._existing(f"COM-{insee}") or self.old_codes.get(insee)

    def epci(self, siren: str) -> str | None:
        """The EPCI, EPT or commune of a SIREN."""
        return self.sirens.get(siren)

    def departement(self, code: str) -> str | None:
        """The département of a code, or the overseas collectivity (`978`)."""
        return self._existing(f"DEP-{code}")

    def region(self, code: str) -> str | None:
        """The région of a code."""
        return self._existing(f"REG-{code}")

    def region_named(self, name: str) -> str | None:
        """The région of an official name, as INSEE writes it."""
        return self.regions.get(name)

    def resolve(self, scope: Scope, code: str) -> str | None:
        """The territory of a bare code of a level; `national` and `international` have none."""
        match scope:
            case "commune":
                return self.commune(code)
            case "epci":
                return self.epci(code)
            case "departement":
                return self.departement(code)
            case "region":
                return self.region(code)
        return None

    def territory(self, code: str) -> str | None:
        """The territory of a code with its level (`COM-75110` → `COM-75056`)."""
        level, _, bare = code.partition("-")
        return self._existing(code) or (self.old_codes.get(bare) if level == "COM" else None)

    def find(self, text: str) -> Found:
        """The territory of whatever people write: `COM-14118`, `14118`, a SIREN, as a last resort a name."""
        if code := self.territory(text):
            return Found(code)
        levels = (self.region(text), self.departement(text), self.commune(text), self.epci(text))
        meant = tuple(dict.fromkeys(code for code in levels if code))
        if meant:
            return Found(meant[0]) if len(meant) == 1 else Found(None, candidates=meant)
        named = _names(self.folder).get(folded(text)) if self.folder else None
        return Found(named, by_name=named is not None)

    def place(self, code: str) -> Place:
        """What is known of a territory of `codes`; raises `KeyError` on any other."""
        return _places(self.folder or SHIPPED)[code]

    def commune_named(self, name: str, within: str = "FRA") -> str | None:
        """The only commune of a name, as the post may write it, in a département, a région or the country."""
        return _communes_by_name(self.folder or SHIPPED).get((within, postal(name)))

    def region_called(self, name: str) -> str | None:
        """The région of a name, whatever its accents, hyphens and capitals."""
        return _named_above(self.folder or SHIPPED, "region").get(folded(name))

    def departement_called(self, name: str) -> str | None:
        """The département of a name, whatever its accents, hyphens and capitals."""
        return _named_above(self.folder or SHIPPED, "departement").get(folded(name))

    def _existing(self, code: str) -> str | None:
        return code if code in self.codes else None


@cache
def _load(folder: Path) -> TerritoryIndex:
    above = _read(folder / "territories.csv", "code", "level", "name", "siren")
    communes = _read(folder / "communes.csv", "insee", "siren", "old_codes").with_columns(
        pl.format("COM-{}", "insee").alias("code")
    )
    old = communes.select(pl.col("old_codes").str.split("|"), "code").explode("old_codes")
    current = set(communes["insee"])
    return TerritoryIndex(
        codes=frozenset([*above["code"], *communes["code"]]),
        old_codes=_unambiguous(pair for pair in old.rows() if pair[0] not in current),
        sirens=_unambiguous(pl.concat([above, communes], how="diagonal").select("siren", "code").rows()),
        regions=dict(above.filter(level="region").select("name", "code").rows()),
        folder=folder,
    )


@cache
def _names(folder: Path) -> Mapping[str, str]:
    """The territory of each name that only one has."""
    above = _read(folder / "territories.csv", "code", "name")
    communes = _read(folder / "communes.csv", "insee", "name").select(pl.format("COM-{}", "insee"), "name")
    return _unambiguous((folded(name), code) for frame in (above, communes) for code, name in frame.rows())


@cache
def _places(folder: Path) -> Mapping[str, Place]:
    above = _read(folder / "territories.csv", "code", "name", "level", "siren")
    communes = _read(folder / "communes.csv", "insee", "name", "siren", "departement").select(
        pl.format("COM-{}", "insee").alias("code"),
        "name",
        pl.lit("commune").alias("level"),
        "siren",
        pl.format("DEP-{}", "departement").alias("departement"),
    )
    return {code: Place(*rest) for code, *rest in pl.concat([above, communes], how="diagonal").rows()}


@cache
def _communes_by_name(folder: Path) -> Mapping[tuple[str, str], str]:
    """The commune of each name that only one has within a département, a région or the country."""
    regions = dict(_read(folder / "territories.csv", "code", "parents").rows())
    pairs: list[tuple[tuple[str, str], str]] = []
    for code, place in _places(folder).items():
        if place.departement:
            name = postal(place.name)
            containers = {place.departement, *(regions[place.departement] or "").split("|"), "FRA"}
            pairs += [((container, name), code) for container in containers]
    return _unambiguous(pairs)


@cache
def _named_above(folder: Path, level: TerritoryLevel) -> Mapping[str, str]:
    """The territory of each name of a level above the communes."""
    places = _places(folder).items()
    return _unambiguous((folded(place.name), code) for code, place in places if place.level == level)


_SHORT = {"st": "saint", "ste": "sainte", "s": "sur", "ss": "sous"}
_CEDEX = re.compile(r"\bcede?x.*$")
_ARRONDISSEMENT = re.compile(r" [0-9]{1,2}( ?er?| ?eme)?$")


def postal(name: str) -> str:
    """A commune's name as addresses and registers agree on it: `ST ETIENNE CEDEX 1` → `saint etienne`."""
    words = _CEDEX.sub("", folded(name)).split()
    return _ARRONDISSEMENT.sub("", " ".join(_SHORT.get(word, word) for word in words))


def folded(name: str) -> str:
    """A name without its accents, case, hyphens and spaces at its ends: `saint etienne`."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[-'’]", " ", plain).split())


def _read(path: Path, *columns: str) -> pl.DataFrame:
    return pl.read_csv(path, columns=list(columns), infer_schema=False)


_Key = TypeVar("_Key")


def _unambiguous(pairs: Iterable[tuple[_Key | None, str]]) -> dict[_Key, str]:
    """The pairs of the keys that lead to one place alone."""
    places: dict[_Key, set[str]] = defaultdict(set)
    for key, place in pairs:
        if key:
            places[key].add(place)
    return {key: only for key, (only, *others) in places.items() if not others}
