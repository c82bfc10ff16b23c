"""Every real file that publishers made goes through its loader, and balances to the row.

What is expected stands in docs/sources.md, where users see it too. Write that table anew, and read what changed:
`python -m tests.test_real_files`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import pytest

from loaders.mapping import SUFFIX
from ontology.provenance import FileReport, Loaded
from ontology.reasons import ReasonCode
from ontology.records import Actor
from tests.conftest import SHARED
from tests.loading import open_files
from tests.test_grants import MAPPINGS

FILES = SHARED / "data" / "opendata"
PAGE = Path(__file__).parents[1] / "docs" / "sources.md"
SOURCES = {
    "360giving": "givings",
    "anr": "consortia",
    "banatic": "syndicates",
    "programmes": "programmes",
    "rna": "rna",
    "sirene": "sirene",
    "subventions": "grants",
    "tiers-lieux": "third_places",
}
"""Which source reads the files of a folder."""
POSTS = frozenset({"anct_adulte_relais_2023.json", "anct_postes_fonjep_2023.json"})
TOGETHER = frozenset({"consortia", "syndicates", "sirene", "posts"})
"""Sources whose files speak of each other."""
NO_SOURCES = frozenset({"README.md", "geo", "schemas", "territoires"})
"""The territory reference, which is shipped in another form (`tests/test_territories.py`), and schemas."""
HEADER = (
    *("source", "file", "rows", "loaded", "in quarantine", "why", "remarks"),
    *("numbers trusted", "refused", "territories unresolved"),
)
UNRESOLVED = ("unknown_territory", "ambiguous_territory")
Line = tuple[str, ...]
"""A line of the table, as it is written."""


def source_of(path: Path) -> str:
    return "posts" if path.name in POSTS else SOURCES[path.parent.name]


def groups() -> Mapping[str, list[Path]]:
    """The files that are loaded together, by the first of them."""
    found: dict[str, list[Path]] = {}
    for path in sorted(path for folder in SOURCES for path in (FILES / folder).iterdir()):
        source = source_of(path)
        found.setdefault(source if source in TOGETHER else path.name, []).append(path)
    return {paths[0].name: paths for paths in found.values()}


def line_of(source: str, report: FileReport, loaded: Iterable[Loaded]) -> Line:
    """What became of a file, by its report and the records of its load."""
    issues = Counter(issue.code for issue in report.issues if not issue.refused)
    refused = Counter(issue.code for issue in report.issues if issue.refused)
    own = (one.record for one in loaded if one.layout.file == report.file)
    actors = [one for one in own if isinstance(one, Actor)]
    numbers = {number for one in actors for number in (one.siren, one.siret, one.rna) if number}
    unresolved = sum(report.reasons.get(code, 0) for code in UNRESOLVED)
    counts = (report.rows_read, report.rows_loaded, report.rows_quarantined)
    trusted = (len(numbers), report.reasons.get("bad_identifier", 0), unresolved)
    return (source, report.file, *map(str, counts), _told(refused), _told(issues), *map(str, trusted))


def _told(counts: Mapping[ReasonCode, int]) -> str:
    return ", ".join(f"{code} {count}" for code, count in sorted(counts.items())) or "–"


@cache
def expected() -> dict[str, Line]:
    """The lines of the page by file."""
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {file: (source, file, *rest.split(" | ")) for source, file, rest in rows}


def load(paths: Iterable[Path], folder: Path) -> tuple[list[Loaded], dict[str, FileReport]]:
    """A load of the files, with the mappings of those that need one; these are written to `folder`."""
    files = {path.name: path for path in paths}
    for name in files.keys() & MAPPINGS.keys():
        files[name + SUFFIX] = folder / (name + SUFFIX)
        files[name + SUFFIX].write_text(MAPPINGS[name], encoding="utf-8")
    opened = open_files(source_of(next(iter(files.values()))), files)
    loaded = list(opened.records)
    return loaded, {report.file: report for report in opened.files}


@pytest.mark.skipif(
    not FILES.is_dir(), reason="the publishers' files (shared/data/opendata) are not beside the checkout"
)
@pytest.mark.parametrize("first", groups() if FILES.is_dir() else ["none"])
def test_a_real_file_balances_and_gives_what_the_page_says(first: str, tmp_path: Path) -> None:
    paths = groups()[first]
    loaded, reports = load(paths, tmp_path)
    for path in paths:
        report = reports[path.name]
        assert report.rows_read == report.rows_loaded + report.rows_quarantined
        assert report.rows_quarantined == len({issue.row for issue in report.issues if issue.refused and issue.row > 1})
        assert report.new == ()
        assert line_of(source_of(path), report, loaded) == expected()[path.name]
    assert len({one.record.iri for one in loaded}) == len(loaded)


def test_no_real_file_is_left_out(shared: Path) -> None:
    del shared
    folders = {one.name for one in FILES.iterdir()}
    assert folders == SOURCES.keys() | NO_SOURCES
    assert expected().keys() == {path.name for paths in groups().values() for path in paths}


def table(folder: Path) -> str:
    """The table of all files, as the page has it."""
    lines = [HEADER, ("---",) * len(HEADER)]
    for paths in groups().values():
        loaded, reports = load(paths, folder)
        for path in paths:
            source, file, *rest = line_of(source_of(path), reports[path.name], loaded)
            lines.append((f"`{source}`", f"`{file}`", *rest))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        text = table(Path(name))
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(r"(?:^\|.*\n)+(?=\n<!-- end of the files -->)", text, page, flags=re.MULTILINE))
