"""What is loaded of a national register, which is far larger than any graph.

In a build, the organisations whose numbers the actors of the other sources have. Or else what a user lists beside the
register's files: a table with one column, `wanted`, a row a register number (SIREN, SIRET, RNA) or the code of a
commune or a département (`COM-48095`, `DEP-48`); the list alone decides then. Where a file is only checked, there is
neither, and the source decides.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from functools import partial

from loaders.cells import Row
from loaders.errors import RowError
from loaders.identifiers import is_rna, is_siren, is_siret
from loaders.registry import Files
from loaders.tabular import Columns
from loaders.territory_index import TerritoryIndex
from ontology.provenance import Issue, Loaded
from ontology.records import Record

WANTED = Columns(fields={"wanted": "key"}, required=("wanted",))


@dataclass
class Wanted:
    """Whom the graph needs, or whom a user asked for."""

    territories: TerritoryIndex
    needed: Set[str] | None = None
    """The register numbers that the graph has; none where there is no graph to ask."""
    given: bool = False
    """Whether there is a list; one that holds nothing sound asks for nobody."""
    numbers: set[str] = field(default_factory=set)
    """SIREN and RNA numbers."""
    places: set[str] = field(default_factory=set)
    """Codes of communes and départements."""

    @property
    def limited(self) -> bool:
        """Whether only what is asked for is loaded."""
        return self.given or self.needed is not None

    def asks_for(self, *numbers: str | None) -> bool:
        """Whether one of the register numbers is on the list or, without a list, needed."""
        asked = self.numbers if self.given else self.needed or frozenset()
        return any(number in asked for number in numbers if number)

    def lies_in(self, commune: str | None) -> bool:
        """Whether a commune (`COM-48095`) is on the list, or its département."""
        if commune is None or not self.places:
            return False
        return commune in self.places or self.territories.place(commune).departement in self.places


def read_wanted(files: Files, lists: Iterable[str], wanted: Wanted) -> Iterator[Loaded]:
    """Read the lists into `wanted`; yields nothing, and reports on them."""
    for file in lists:
        wanted.given = True
        yield from files.records(file, WANTED, partial(_read, wanted))


def remark_nothing_needed(files: Files) -> None:
    """Say of each file that none of its rows was asked for; to be called where the source gave no record at all."""
    for report in files.reports:
        if report.rows_not_needed:
            report.issues.append(Issue(1, "nothing_needed", detail=f"{report.rows_not_needed}", refused=False))


def _read(wanted: Wanted, row: Row) -> list[Record]:
    text = row.required("wanted")
    if is_rna(text) or is_siren(text):
        wanted.numbers.add(text)
    elif is_siret(text):
        wanted.numbers.add(text[:9])
    elif code := _place(text, wanted.territories):
        wanted.places.add(code)
    else:
        raise RowError("bad_identifier", "SIREN, SIRET, RNA, COM-…, DEP-…", column="wanted", value=text)
    return []


def _place(text: str, territories: TerritoryIndex) -> str | None:
    code = territories.territory(text)
    return code if code and code.startswith(("COM-", "DEP-")) else None
