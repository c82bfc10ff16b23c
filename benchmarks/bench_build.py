"""Building: the default data cold, and what storing and checking cost beside the bare engines.

    default build      a process of its own, from nothing to a published generation     ≤ 15 s, ≤ 1 GB
    records → store    our writer, beside one `bulk_load` of the same N-Quads           ≤ 2×
    shapes             our adapter, beside shacl-rust on the same file                  ≤ 1.5×

Times are of the wall clock: run it on a quiet machine.
"""

import gzip
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from pathlib import Path

import shacl_rust
from pyoxigraph import RdfFormat, Store

import ontology
from graph.validate import validate
from graph.writer import GraphWriter
from ontology import iris
from ontology.records import Actor, Membership

QUADS = 1_000_000
BUILD = """
import sys
from pathlib import Path
from api.pipeline import Plan, build_generation
from graph.home import Home
build_generation(Home(Path(sys.argv[1])), Plan({}))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        default_build(folder)
        shapes(folder)
        storing(folder)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def default_build(folder: Path) -> None:
    """Build the default data in a process of its own and report its time and its greatest memory."""
    command = [sys.executable, "-c", BUILD, str(folder / "home")]
    taken = seconds(lambda: subprocess.run(command, check=True))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"default build      {taken:6.1f} s    {memory:6.0f} MB")


def shapes(folder: Path) -> None:
    """Compare the check of the default graph with the validator alone on the same unpacked file."""
    dump = next((folder / "home" / "generations").iterdir()) / "graph.nq.gz"
    with as_file(files(ontology) / "shapes.ttl") as rules:
        plain = folder / "graph.nq"
        plain.write_bytes(gzip.decompress(dump.read_bytes()))
        alone = seconds(lambda: shacl_rust.validate_file(str(plain), str(rules), experimental_index=True))
    ours = seconds(lambda: validate(dump))
    report("shapes", ours, "shacl-rust alone", alone)


def storing(folder: Path) -> None:
    """Compare records → dump and store with one `bulk_load` of that dump."""
    count = QUADS // 18
    made = folder / "made"
    made.mkdir()
    ours = seconds(lambda: write(made, count))
    plain = folder / "made.nq"
    plain.write_bytes(gzip.decompress((made / "graph.nq.gz").read_bytes()))
    store = Store(str(folder / "bare"))
    bare = seconds(lambda: store.bulk_load(path=str(plain), format=RdfFormat.N_QUADS))
    print(f"{len(store):,} statements")
    report("records → store", ours, "bulk_load", bare)


def write(folder: Path, count: int) -> None:
    with GraphWriter(folder) as writer:
        for number, record in enumerate(records(count)):
            writer.add_record(record, iris.row("bench", "bench.csv", number + 2))
        writer.close_dump()


def records(count: int) -> Iterator[Actor | Membership]:
    """Actors, each in one of a tenth as many alliances."""
    for number in range(count):
        actor = Actor(source="bench", key=f"a{number}", name=f"Association numéro {number}", kind="association",
                      siren=f"{number:09d}", territory=iris.territory(f"COM-{number % 35000:05d}"))  # fmt: skip
        yield actor
        alliance = iris.mint("alliance", "bench", f"l{number // 10}")
        yield Membership(source="bench", key=f"l{number // 10}|a{number}|partner", alliance=alliance, actor=actor.iri,
                         role="partner", start="2020", period_basis="stated")  # fmt: skip


def report(what: str, ours: float, other: str, theirs: float) -> None:
    print(f"{what:18} {ours:6.1f} s    {other} {theirs:.1f} s    ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
