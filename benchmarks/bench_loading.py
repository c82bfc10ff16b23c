"""Loading memberships: from a CSV file to a published generation, beside one `bulk_load` of the same N-Quads.

    python -m benchmarks loading                        10,000, 100,000 and 1,000,000 rows
    python -m benchmarks.bench_loading 10000 100000     other sizes

Each beside the territories that every build has.

    rows → generation   read, check, dump, store, tables, shapes, publish; without metrics                     ≤ 2×
    memory              of the processes that read and store: the largest size beside the smallest             ≤ 1.3×
    shapes              the validator's process: what a membership costs it                                    ≤ 1 kB

`wall` is what a user waits, `cpu` what all processes spend: on a busy machine the second says more. Metrics have a
benchmark of their own. A million rows take some 9 GB of disk.
"""

import csv
import gzip
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import orjson
from pyoxigraph import RdfFormat, Store

import graph.build
from api.pipeline import Plan, build_generation
from graph.apart import Apart
from graph.home import Home
from loaders.sources.members import COLUMNS
from loaders.territory_index import TerritoryIndex

SIZES = (10_000, 100_000, 1_000_000)
VALIDATOR = "graph.validate"
KINDS = ("association", "company", "local_authority", "public_body", "foundation")
ROLES = ("", "partner", "lead", "funder")
TARGETS = ("17.17", "17.17|11.3", "")


@dataclass(frozen=True)
class Taken:
    """What a process and those that it started took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds."""
    megabytes: float
    """The most memory that each held, added up; without the validator's."""
    shapes_megabytes: float
    """The validator's."""


def main(sizes: Sequence[int]) -> None:
    found = {}
    for rows in sizes:
        with tempfile.TemporaryDirectory() as name:
            found[rows] = measured(rows, Path(name))
    few, many = min(found), max(found)
    if few < many:
        growth = found[many].megabytes / found[few].megabytes
        print(f"memory of reading and storing, {few:,} → {many:,} rows: ratio {growth:.2f}")
        more = found[many].shapes_megabytes - found[few].shapes_megabytes
        print(f"shapes: {more * 1e6 / (many - few):,.0f} bytes a membership")


def measured(rows: int, folder: Path) -> Taken:
    """Measure and report one size; what building took."""
    write_rows(folder / "members.csv", rows)
    ours = in_process("build", folder / "members.csv", folder / "home")
    (generation,) = (folder / "home" / "generations").iterdir()
    with gzip.open(generation / "graph.nq.gz") as packed, (folder / "graph.nq").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    bare = in_process("bulk_load", folder / "graph.nq", folder / "bare")
    print(f"{rows:,} rows, {orjson.loads((generation / 'run.json').read_bytes())['quads']:,} statements")
    for name, one in (("rows → generation", ours), ("bulk_load", bare)):
        print(f"    {name:18} {one.wall:8.1f} s wall {one.cpu:8.1f} s cpu {one.megabytes:8.0f} MB")
    print(f"    ratio              {ours.wall / bare.wall:8.2f}   wall {ours.cpu / bare.cpu:8.2f}   cpu")
    print(f"    shapes             {ours.shapes_megabytes:8.0f} MB", flush=True)
    return ours


def in_process(work: str, *paths: Path) -> Taken:
    """Do `build` or `bulk_load` in a process of its own."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", __spec__.name, work, *paths])
    peaks: dict[int, Peak] = {}
    while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
        for pid in family(process.pid):
            # A process that becomes another begins anew to count.
            peaks[pid] = max(peak(pid) or NOTHING, peaks.get(pid, NOTHING), key=lambda one: one.megabytes)
        time.sleep(0.1)
    wall, spent = time.perf_counter() - began, ended[2]
    process.returncode = os.waitstatus_to_exitcode(ended[1])
    assert process.returncode == 0, work
    shapes = max((one.megabytes for one in peaks.values() if VALIDATOR in one.command), default=0)
    others = sum(one.megabytes for one in peaks.values() if VALIDATOR not in one.command)
    return Taken(wall, spent.ru_utime + spent.ru_stime, others, shapes)


@dataclass(frozen=True)
class Peak:
    """The most memory that a process has held so far; `getrusage` would say no less than what its parent held."""

    command: str
    megabytes: float


NOTHING = Peak("", 0)


def family(pid: int) -> list[int]:
    """The process and its descendants."""
    try:
        files = list(Path(f"/proc/{pid}/task").glob("*/children"))
        children = [int(child) for file in files for child in file.read_text(encoding="ascii").split()]
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return []
    return [pid, *(one for child in children for one in family(child))]


def peak(pid: int) -> Peak | None:
    """`None` of a process that has ended."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
        command = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return Peak(command, int(found[1]) * 1024 / 1e6) if found else None


def build(file: Path, home: Path) -> None:
    graph.build.Apart = _WithoutMetrics  # type: ignore[assignment,attr-defined]
    build_generation(Home(home), Plan({"members": file}, only="members"))


def bulk_load(file: Path, folder: Path) -> None:
    Store(folder).bulk_load(path=file, format=RdfFormat.N_QUADS)


class _WithoutMetrics:
    """Works apart as builds do, on all but the metrics."""

    def __init__(self, module: str) -> None:
        self._apart = None if module == "graph.derive" else Apart(module)

    def start(self, argument: str) -> None:
        if self._apart:
            self._apart.start(argument)

    def result(self) -> object:
        return self._apart.result(timeout_s=7200) if self._apart else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._apart:
            self._apart.__exit__(*error)


def write_rows(path: Path, rows: int) -> None:
    """A fifth as many actors, a tenth as many alliances; names with accents, all three precisions of dates."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(COLUMNS.fields))
        writer.writeheader()
        writer.writerows(memberships(rows))


def memberships(rows: int) -> Iterator[dict[str, str]]:
    draw = random.Random(1)  # noqa: S311 - no secret
    communes = sorted(code for code in TerritoryIndex.load().codes if code.startswith("COM-"))
    for row in range(rows):
        alliance, actor = row // 10, draw.randrange(rows // 5)
        start, end = period(draw)
        yield {
            "alliance": f"Contrat de coopération n° {alliance} de l’été",
            "actor": f"Association d’éducation n° {actor}",
            "alliance_id": f"L{alliance}",
            "actor_id": f"A{actor}",
            "alliance_kind": "cooperation",
            "actor_kind": KINDS[actor % len(KINDS)],
            "role": draw.choice(ROLES),
            "start": start,
            "end": end,
            "territory": communes[alliance % len(communes)],
            "actor_territory": communes[actor * 7 % len(communes)],
            "targets": TARGETS[alliance % len(TARGETS)],
            "source_url": f"https://example.org/alliances/{alliance}",
        }


def period(draw: random.Random) -> tuple[str, str]:
    year, month, day = draw.randrange(2000, 2024), draw.randrange(1, 13), draw.randrange(1, 29)
    start = draw.choice((f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{day:02}", ""))
    return start, draw.choice(("", "", f"{year + draw.randrange(1, 6)}")) if start else ""


WORK = {"build": build, "bulk_load": bulk_load}

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in WORK:
        WORK[sys.argv[1]](*map(Path, sys.argv[2:]))
    else:
        main([int(size) for size in sys.argv[1:]] or SIZES)
