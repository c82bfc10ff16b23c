"""Builds a generation: aside, checked, then published in one step.

    loads ─▶ records ─▶ quads ─▶ store, graph.nq.gz ─▶ SHACL ─▶ run.json ─▶ current
                │                                                 │
                └────────▶ tables ─▶ metrics, isolation ──────────┘

Whatever goes wrong, the current generation is untouched and nothing half-built remains.
"""

import ctypes
import fcntl
import gc
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.resources import files as resources
from pathlib import Path
from platform import python_version
from typing import TypeVar, cast

import orjson
import polars as pl
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

import ontology
from graph.apart import Apart
from graph.forgetting import Forgotten, list_sha256, without
from graph.home import Home
from graph.mirror.delta import FOLDER, record
from graph.quarantine import write_quarantine
from graph.resolution.judgements import JudgementError, Judgements
from graph.resolution.merging import Merging
from graph.resolution.registers import Registers
from graph.seed import SEED
from graph.sources import file_table, source_table
from graph.storing import LARGE_BYTES
from graph.tables import TABLES, Origins, RecordTables, write_tables
from graph.validate import Report, report_of
from graph.writer import GraphWriter
from ontology import iris
from ontology.datasets import source_quads
from ontology.loads import Batch, Load
from ontology.provenance import FileReport, Loaded, Source, sha256_of, utc_now

Progress = Callable[[str, int], None]
"""Called with what is being done and how many records it has reached."""

Node = TypeVar("Node", NamedNode | BlankNode | Triple, NamedNode | BlankNode | Literal | Triple)
_PROGRESS_EVERY = 1000
_M_MMAP_THRESHOLD = -3
"""What `mallopt` calls `LARGE_BYTES`."""
NO_JUDGEMENTS = Judgements()
_NOT_SUMMED = frozenset({"store", FOLDER})
_ENGINES = ("pyoxigraph", "shacl-rust", "polars", "networkx", "networkit", "rustworkx", "scipy", "numpy",
            "zlib-ng")  # fmt: skip


class BuildError(Exception):
    """A generation that cannot be published; the sentence says what to do."""


class NotValidError(BuildError):
    """The statements break the ontology's shapes; `report` has each violation."""

    def __init__(self, report: Report, folder: Path) -> None:
        super().__init__(
            f"{len(report.violations)} statements break the shapes; nothing was published. "
            f"Read {folder / 'violations.csv'}, correct the source and build again."
        )
        self.report = report


@dataclass(frozen=True)
class Built:
    """What a build came to. `changed` is false where the current generation holds the same already."""

    generation: str
    path: Path
    run: Mapping[str, object]
    changed: bool


@dataclass(frozen=True)
class _Identity:
    """What makes one actor of several records: the registers that have its number, and what people judged."""

    registers: Registers
    merging: Merging


@dataclass(frozen=True)
class _Content:
    """What was read from the sources, beside the store."""

    sources: tuple[Source, ...]
    reports: tuple[FileReport, ...]
    frames: Mapping[str, pl.DataFrame | pl.LazyFrame]
    """Its tables; those of records can be read as long as there is the folder of pieces."""
    identity: Mapping[str, Mapping[str, int]]
    """For the run card: what registers and judgements came to."""
    quads: int
    sha256: str


def build(
    loads: Iterable[Load],
    home: Home,
    *,
    code: str,
    judgements: Judgements = NO_JUDGEMENTS,
    progress: Progress = lambda _stage, _done: None,
) -> Built:
    """Build a generation from `loads` and publish it.

    `code` names the version of the program; it goes into the run card. `judgements` say which actors are the same.
    Raises `NotValidError` where the shapes are broken, `BuildError` where another build is running or judgements
    contradict each other.
    """
    _set_large_blocks_apart()
    started = time.monotonic()
    forgotten = Forgotten.read(home)
    identity = _Identity(Registers(judgements), _merging(judgements))
    with _workshop(home) as folder:
        with Apart("graph.validate") as shapes, Apart("graph.derive") as metrics, GraphWriter(folder) as writer:
            pieces = folder / "pieces"
            pieces.mkdir()
            kept = (without(load, forgotten) for load in loads)
            content = _write_graph(kept, identity, writer, pieces, progress)
            shapes.start(str(folder / "graph.nq.gz"))
            write_tables(content.frames, folder / "tables")
            shutil.rmtree(pieces)
            metrics.start(str(folder))
            _write_quarantine(content.reports, folder)
            _record_delta(folder, home, forgotten)
            progress("validate", content.quads)
            _refuse_invalid(report_of(shapes.result()), folder, home)
            progress("analyse", content.quads)
            metrics.result()
            progress("store", content.quads)
        run = _run_card(content, folder, judgements, code, time.monotonic() - started)
        run["forgotten"] = {"sha256": forgotten.sha256, "entries": len(forgotten.entries)}
        return _publish(folder, home, run)


def _set_large_blocks_apart() -> None:
    """Have the C library of Linux give large blocks back once they are free: memory would grow with the gaps."""
    if sys.platform == "linux":
        # Not every C library has it.
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)


def _merging(judgements: Judgements) -> Merging:
    try:
        return Merging(judgements)
    except JudgementError as error:
        raise BuildError(f"{error}; nothing was built") from error


@contextmanager
def _workshop(home: Home) -> Iterator[Path]:
    """A folder to build in, which is gone afterwards; one build at a time."""
    home.building.mkdir(parents=True, exist_ok=True)
    with (home.path / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildError(f"another build is running in {home.path}: wait until it is done") from error
        _empty(home.building)  # what a killed build left behind
        folder = Path(tempfile.mkdtemp(dir=home.building))
        try:
            yield folder
        finally:
            _empty(home.building)


def _empty(folder: Path) -> None:
    for leftover in folder.iterdir():
        shutil.rmtree(leftover)


def _write_graph(
    loads: Iterable[Load], identity: _Identity, writer: GraphWriter, pieces: Path, progress: Progress
) -> _Content:
    tables, origins = RecordTables(pieces), _AllOrigins(pieces)
    write = partial(_write_records, writer=writer, tables=tables, origins=origins)
    sources: list[Source] = []
    reports: list[FileReport] = []
    writer.add_quads(ontology_quads())
    with _without_garbage_collection():
        for load in loads:
            passing = identity.merging.untouched(identity.registers.passing(load))
            write(passing, reached=partial(progress, load.source.name))
            writer.add_quads(source_quads(load.source, load.files))
            sources.append(load.source)
            reports += load.files
        completed = identity.registers.settled()
        write(identity.merging.untouched(completed.records))
        settled = identity.merging.settled()
        write(settled.records)
    writer.close_dump()
    frames = {**tables.scan(), "origins": origins.scan()}
    known = {"sources": source_table(sources), "files": file_table(reports)}
    outcome = {"registers": completed.card(), "judgements": settled.card()}
    return _Content(tuple(sources), tuple(reports), {**frames, **known}, outcome, writer.quads, writer.sha256)


class _AllOrigins:
    """The cells of the row that each record stands in, and after all of these the cells of other rows.

    Whoever asks for the row of a thing takes the first.
    """

    def __init__(self, pieces: Path) -> None:
        beside = pieces / "beside"
        beside.mkdir()
        self._own, self._beside = Origins(pieces), Origins(beside)

    def add(self, loaded: Loaded) -> None:
        self._own.add(loaded)
        for one in loaded.beside:
            self._beside.add(Loaded(loaded.record, one.layout, one.row, one.values))

    def add_batch(self, batch: Batch) -> None:
        self._own.add_batch(batch)

    def scan(self) -> pl.LazyFrame:
        return pl.concat([self._own.scan(), self._beside.scan()])


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Records hold no cycles: looking for some among so many costs a tenth of the time.

    What batches leave behind is looked through as they are written.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _write_records(
    items: Iterable[Loaded | Batch],
    writer: GraphWriter,
    tables: RecordTables,
    origins: _AllOrigins,
    reached: Callable[[int], None] = lambda _done: None,
) -> None:
    done = 0
    for item in items:
        if isinstance(item, Batch):
            _write_batch(item, writer, tables, origins)
            done += sum(len(one.at) for one in item.records)
            reached(done)
        else:
            _write_record(item, writer, tables, origins)
            done += 1
            if done % _PROGRESS_EVERY == 1:
                reached(done)


def _write_record(loaded: Loaded, writer: GraphWriter, tables: RecordTables, origins: _AllOrigins) -> None:
    writer.add_record(loaded.record, iris.row(loaded.layout.source, loaded.layout.file, loaded.row))
    tables.add(loaded.record)
    origins.add(loaded)


def _write_batch(batch: Batch, writer: GraphWriter, tables: RecordTables, origins: _AllOrigins) -> None:
    writer.add_batch(batch)
    for columns in batch.records:
        tables.add_columns(columns)
    origins.add_batch(batch)
    gc.collect(0)  # what the columns were made with holds cycles


def ontology_quads() -> list[Quad]:
    """The ontology in a graph of its own; its blank nodes are numbered, so that two builds give the same."""
    graph = NamedNode(iris.ONTOLOGY_GRAPH)
    names: dict[BlankNode, BlankNode] = {}

    def named(term: Node) -> Node:
        if isinstance(term, BlankNode):
            return cast("Node", names.setdefault(term, BlankNode(f"o{len(names)}")))
        return term

    text = resources(ontology).joinpath("alliance.ttl").read_bytes()
    quads = parse(text, RdfFormat.TURTLE)
    return [Quad(named(one.subject), one.predicate, named(one.object), graph) for one in quads]


def _write_quarantine(reports: Iterable[FileReport], folder: Path) -> None:
    (folder / "quarantine").mkdir()
    for report in reports:
        if report.issues:
            write_quarantine(report, folder / "quarantine" / f"{report.name}-{Path(report.file).stem}.csv")


def _record_delta(folder: Path, home: Home, forgotten: Forgotten) -> None:
    """Write what has changed since the current generation, for the mirror in Neo4j, while the shapes are checked.

    Not where somebody was erased since then: it would name them.
    """
    current = home.current_id()
    if current and list_sha256(home.generations / current) == forgotten.sha256:
        record(home.generations / current, folder)


def _refuse_invalid(report: Report, folder: Path, home: Home) -> None:
    """Raise `NotValidError` unless the graph conforms; keeps what explains it, with the row of each violation."""
    if report.conforms:
        return
    shutil.rmtree(home.rejected, ignore_errors=True)
    shutil.copytree(folder / "quarantine", home.rejected / "quarantine")
    violations = pl.DataFrame([vars(violation) for violation in report.violations])
    origins = pl.scan_parquet(folder / "tables" / "origins.parquet").filter(
        pl.col("iri").is_in(violations["focus"].implode())
    )
    rows = origins.group_by(focus="iri").agg(pl.col("source", "file", "row").first()).collect()
    located = violations.join(rows, on="focus", how="left", maintain_order="left")
    located.select("source", "file", "row", pl.exclude("source", "file", "row")).write_csv(
        home.rejected / "violations.csv"
    )
    raise NotValidError(report, home.rejected)


def _run_card(content: _Content, folder: Path, judgements: Judgements, code: str, seconds: float) -> dict[str, object]:
    return {
        "graph_sha256": content.sha256,
        "quads": content.quads,
        "counts": {kind.__name__: _height(folder, name) for name, kind in sorted(TABLES.items())},
        "sources": [_source_card(report) for report in content.reports],
        "coverage": {source.name: source.coverage for source in content.sources},
        "registers": content.identity["registers"],
        "judgements": {**_judgement_card(judgements), **content.identity["judgements"]},
        "parameters": {"seed": SEED, "base_iri": iris.base_iri()},
        "versions": {"code": code, "python": python_version(), **{name: version(name) for name in _ENGINES}},
        "built": utc_now(),
        "seconds": round(seconds, 2),
    }


def _height(folder: Path, table: str) -> int:
    return int(pl.scan_parquet(folder / "tables" / f"{table}.parquet").select(pl.len()).collect().item())


def _judgement_card(judgements: Judgements) -> dict[str, object]:
    return {
        "sha256": judgements.sha256,
        "accepted": len(judgements.standing("accept")),
        "rejected": len(judgements.standing("reject")),
        "broken": len(judgements.broken),
    }


def _source_card(report: FileReport) -> dict[str, object]:
    return {
        "name": report.name,
        "file": report.file,
        "path": report.path,
        "shipped": report.shipped,
        "sha256": report.sha256,
        "rows_read": report.rows_read,
        "rows_loaded": report.rows_loaded,
        "rows_quarantined": report.rows_quarantined,
        "rows_suppressed": report.rows_suppressed,
        "rows_not_needed": report.rows_not_needed,
        "reasons": report.reasons,
        "columns": {"used": report.used, "ignored": report.ignored, "new": report.new},
    }


def _publish(folder: Path, home: Home, run: dict[str, object]) -> Built:
    """Make the folder a generation and the current one, unless the current one holds the same."""
    sums = _checksums(folder)
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    current = home.current_id()
    if current and _same(home.generations / current, sums, run):
        return Built(current, home.current(), orjson.loads((home.current() / "run.json").read_bytes()), changed=False)
    generation = f"{_next_number(home):06d}-{str(run['graph_sha256'])[:8]}"
    run = {"generation": generation, **run}
    (folder / "run.json").write_bytes(orjson.dumps(run, option=orjson.OPT_INDENT_2))
    home.generations.mkdir(exist_ok=True)
    path = folder.rename(home.generations / generation)
    home.publish(generation)
    return Built(generation, path, run, changed=True)


def _checksums(folder: Path) -> str:
    """What `sha256sum -c` reads: every file that a rebuild gives bit for bit (`store/` and `delta/` need not be)."""
    files = sorted(
        file for file in folder.rglob("*") if file.is_file() and file.relative_to(folder).parts[0] not in _NOT_SUMMED
    )
    return "".join(f"{sha256_of(file)}  {file.relative_to(folder)}\n" for file in files)


def _same(path: Path, sums: str, run: Mapping[str, object]) -> bool:
    """Whether a generation holds these very files and was made by the same versions."""
    if (path / "SHA256SUMS").read_text(encoding="utf-8") != sums:
        return False
    return bool(orjson.loads((path / "run.json").read_bytes())["versions"] == run["versions"])


def _next_number(home: Home) -> int:
    return max((int(name.split("-")[0]) for name in home.ids()), default=0) + 1
