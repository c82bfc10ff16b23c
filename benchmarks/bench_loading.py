"""Loading memberships: from a CSV file to a published generation, beside one `bulk_load` of the same N-Quads.

    python -m benchmarks loading                        10,000, 100,000 and 1,000,000 rows
    python -m benchmarks.bench_loading 10000 100000     other sizes

Each beside the territories that every build has.

    rows → generation   read, check, dump, store, tables, shapes, publish; without metrics                     ≤ 2×
    memory              of the process that reads and stores: the largest size beside the smallest             ≤ 1.3×
    shapes              the validator's process: what a membership costs it                                    ≤ 1 kB

`wall` is what a user waits, `cpu` what all processes spend: on a busy machine the second says more. Metrics have a
benchmark of their own. A million rows take 6 GB of disk.
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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import orjson
from pyoxigraph import RdfFormat, Store

import graph.build
from api.pipeline import Plan, build_generation
from graph.apart import Apart
from graph.home import Home
from graph.validate import validate
from loaders.sources.members import COLUMNS
from loaders.territory_index import TerritoryIndex

SIZES = (10_000, 100_000, 1_000_000)
KINDS = ("association", "company", "local_authority", "public_body", "foundation")
ROLES = ("", "partner", "lead", "funder")
TARGETS = ("17.17", "17.17|11.3", "")


@dataclass(frozen=True)
class Taken:
    """What a process took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, of the processes that it started too."""
    megabytes: float
    """The most memory that it held itself."""


def main(sizes: Sequence[int]) -> None:
    peaks: dict[int, tuple[float, float]] = {}
    for rows in sizes:
        with tempfile.TemporaryDirectory() as name:
            peaks[rows] = measured(rows, Path(name))
    if len(peaks) > 1:
        growth(peaks)


def growth(peaks: Mapping[int, tuple[float, float]]) -> None:
    """Say how memory grows from the smallest to the largest size."""
    few, many = min(peaks), max(peaks)
    (small, small_shapes), (large, large_shapes) = peaks[few], peaks[many]
    print(f"memory of reading and storing, {few:,} → {many:,} rows: ratio {large / small:.2f}")
    print(f"shapes: {(large_shapes - small_shapes) * 1e6 / (many - few):,.0f} bytes a membership")


def measured(rows: int, folder: Path) -> tuple[float, float]:
    """Measure one size; the memory of the process that builds, and of the one that checks shapes (MB)."""
    write_rows(folder / "members.csv", rows)
    ours = in_process("build", folder / "members.csv", folder / "home")
    (generation,) = (folder / "home" / "generations").iterdir()
    quads = orjson.loads((generation / "run.json").read_bytes())["quads"]
    shapes = in_process("check", generation / "graph.nq.gz")
    with gzip.open(generation / "graph.nq.gz") as packed, (folder / "graph.nq").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    bare = in_process("bulk_load", folder / "graph.nq", folder / "bare")
    print(f"{rows:,} rows, {quads:,} statements")
    for name, one in (("rows → generation", ours), ("shapes alone", shapes), ("bulk_load", bare)):
        print(f"    {name:18} {one.wall:8.1f} s wall {one.cpu:8.1f} s cpu {one.megabytes:8.0f} MB")
    print(f"    ratio              {ours.wall / bare.wall:8.2f}   wall {ours.cpu / bare.cpu:8.2f}   cpu", flush=True)
    return ours.megabytes, shapes.megabytes


def in_process(work: str, *paths: Path) -> Taken:
    """Do `build`, `check` or `bulk_load` in a process of its own."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", __spec__.name, work, *paths], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as answer:
        kibibytes = int(answer.read())
    _, status, spent = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, work
    return Taken(time.perf_counter() - began, spent.ru_utime + spent.ru_stime, kibibytes * 1024 / 1e6)


def build(file: Path, home: Path) -> None:
    graph.build.Apart = _WithoutMetrics  # type: ignore[assignment,attr-defined]
    build_generation(Home(home), Plan({"members": file}, only="members"))


def check(dump: Path) -> None:
    assert validate(dump).conforms


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


def peak_kibibytes() -> int:
    """The most memory that this process has held; what `getrusage` says is no less than what its parent held."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found
    return int(found[1])


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


WORK = {"build": build, "check": check, "bulk_load": bulk_load}

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in WORK:
        WORK[sys.argv[1]](*map(Path, sys.argv[2:]))  # type: ignore[operator]
        print(peak_kibibytes())
    else:
        main([int(size) for size in sys.argv[1:]] or SIZES)
