"""Many rows: what is done in pieces, beside memory or from a cache gives what doing it all at once gives."""

import csv
import gzip
import hashlib
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from pyoxigraph import RdfFormat, Store, parse

from graph import tables, writer
from graph.tables import Origins, RecordTables, write_tables
from graph.writer import GraphWriter
from loaders import first_said, tabular
from loaders.errors import RowError
from loaders.first_said import MOST_IN_MEMORY, FirstSaid
from loaders.sources.members import COLUMNS, _read, _Seen
from loaders.territory_index import TerritoryIndex
from ontology import iris
from ontology.provenance import FileReport, Issue, Layout, Loaded
from ontology.records import Membership, Record
from tests.examples import EXAMPLES
from tests.strategies import texts

# What was first said


FEW_THINGS = st.sampled_from(["a", "b", "été", "d\n"])
SAID = st.tuples(st.none() | st.sampled_from(["x", "y"]), st.none() | st.just("z"))


Spoken: TypeAlias = list[tuple[str, tuple[str | None, ...]]]


@given(st.lists(st.lists(st.tuples(FEW_THINGS, SAID), min_size=1)), st.integers(1, 4))
def test_what_was_first_said_is_kept_wherever_it_waits(spoken: list[Spoken], most_in_memory: int) -> None:
    kept, model = FirstSaid(most_in_memory), dict[str, tuple[str | None, ...]]()
    for at_once in spoken:
        if len(at_once) > 2:
            assert tell(kept, at_once) == told(model, at_once)
            continue
        for thing, said in at_once:
            assert kept.of(thing) == model.get(thing)
            if thing not in model:
                kept.add(thing, said)
                model[thing] = said
    assert all(kept.of(thing) == said for thing, said in model.items())


def tell(kept: FirstSaid, many: Spoken) -> list[tuple[bool, bool]]:
    texts = (pl.Series([said[at] or "" for _, said in many]) for at in range(2))
    first, differs = kept.tell(pl.Series([thing for thing, _ in many]), list(texts))
    return list(zip(first.to_list(), differs.to_list(), strict=True))


def told(model: dict[str, tuple[str | None, ...]], many: Spoken) -> list[tuple[bool, bool]]:
    """Of each whether nothing was said of the thing before, and whether something else was."""
    found = []
    for thing, said in many:
        found.append((thing not in model, model.setdefault(thing, said) != said))
    return found


def test_long_texts_are_found_again() -> None:
    kept = FirstSaid(1)
    texts = {f"k{number}": ("é" * number * 997,) for number in range(1, 12)}
    for thing, said in texts.items():
        kept.add(thing, said)
    assert all(kept.of(thing) == said for thing, said in texts.items())


def test_two_things_of_one_hash_are_never_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_said, "_hashed", lambda texts, _seed: np.full(len(texts), 7, np.uint64))
    kept = FirstSaid(1)
    kept.add("a", ("x",))
    kept.add("b", ("y",))
    with pytest.raises(RuntimeError, match="'c' and 'a' have the same hash"):
        kept.of("c")


CELLS = {
    "alliance": ["X", "Y", "Été", ""],
    "actor": ["A", "B", "C"],
    "actor_id": ["", "a1"],
    "actor_kind": ["", "association", "company", "none"],
    "role": ["", "partner", "lead"],
    "start": ["", "2020", "2020-02-30"],
    "territory": ["", "COM-48095", "48", "nowhere"],
    "source_url": ["", "https://example.org/", "nothing"],
}


@settings(deadline=None)  # the first time, the territories are read
@given(st.lists(st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()}), max_size=30))
def test_members_are_the_same_with_hardly_any_memory(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    file = tmp_path_factory.mktemp("m") / "m.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(CELLS))
        table.writeheader()
        table.writerows(rows)
    assert members(file, 1) == members(file, MOST_IN_MEMORY)


def members(file: Path, most_in_memory: int) -> tuple[list[Record | str], list[Issue]]:
    """The records of each row, or why it was refused, and the remarks."""
    report = FileReport("members", file.name, file.name)
    seen = _Seen(TerritoryIndex.load(), *(FirstSaid(most_in_memory) for _ in range(3)))
    found: list[Record | str] = []
    for row in tabular.open_table(file, COLUMNS, report).rows:
        try:
            found += _read(seen, row)
        except RowError as error:
            found.append(str(error))
    return found, report.issues


# Tables


LAYOUT = Layout("bench", "b.csv", (("name", "Nom", 0), ("note", "Remarque", 1)))


def loaded() -> list[Loaded]:
    memberships = [
        Membership(
            source="bench",
            key=f"l|a{number}|partner",
            alliance=iris.mint("alliance", "bench", "l"),
            actor=iris.mint("actor", "bench", f"a{number}"),
            role="partner",
            source_urls=tuple(f"https://example.org/{page}" for page in range(number % 3)),
        )
        for number in range(10)
    ]
    records = [*memberships, *EXAMPLES.values()]
    return [Loaded(one, LAYOUT, row, (f"n{row}", "" if row % 2 else "r")) for row, one in enumerate(records, start=2)]


def collected(many: Iterable[Loaded], folder: Path | None) -> dict[str, pl.LazyFrame]:
    found, origins = RecordTables(folder), Origins(folder)
    for one in many:
        found.add(one.record)
        origins.add(one)
    return {**found.scan(), "origins": origins.scan()}


def test_tables_in_pieces_are_those_in_memory_to_the_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "CHUNK_RECORDS", 4)
    monkeypatch.setattr(tables, "ROW_GROUP_ROWS", 8)
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    in_pieces, in_memory = collected(loaded(), pieces), collected(loaded(), None)
    assert len(list(pieces.glob("memberships-*"))) > 2
    for name, folder in ((in_pieces, "one"), (in_memory, "other")):
        write_tables(name, tmp_path / folder)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes(), file.name


def test_tables_keep_rows_and_their_order_whatever_the_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {name: table.collect() for name, table in collected(loaded(), None).items()}
    monkeypatch.setattr(tables, "CHUNK_RECORDS", 3)
    for name, table in collected(loaded(), None).items():
        assert_frame_equal(table.collect(), whole[name])


# The store and its dump


def write(folder: Path, more: Callable[[GraphWriter], None] = lambda _writer: None) -> GraphWriter:
    folder.mkdir()
    with GraphWriter(folder) as graph:
        for one in loaded():
            graph.add_record(one.record, iris.row("bench", "b.csv", one.row))
        more(graph)
        graph.close_dump()
    return graph


@pytest.mark.parametrize("chunk", [50, 100_000])
def test_the_store_holds_what_the_dump_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(writer, "CHUNK_QUADS", chunk)
    graph = write(tmp_path / "one")
    text = gzip.decompress((tmp_path / "one" / "graph.nq.gz").read_bytes())
    assert hashlib.sha256(text).hexdigest() == graph.sha256
    assert len(text.splitlines()) == len(set(text.splitlines())) == graph.quads
    assert set(Store.read_only(str(tmp_path / "one" / "store"))) == set(parse(text, RdfFormat.N_QUADS))
    again = write(tmp_path / "other")
    assert again.sha256 == graph.sha256
    dumps = [tmp_path / name / "graph.nq.gz" for name in ("one", "other")]
    assert dumps[0].read_bytes() == dumps[1].read_bytes()


def test_a_store_that_was_loaded_in_many_texts_is_in_one_piece(tmp_path: Path) -> None:
    """Meanwhile it is in more files than a user may hold open without asking for it."""
    texts = [b"".join(b'<x:s%d> <x:p> "%d" .\n' % (one, one) for one in range(at, 4000, 40)) for at in range(40)]
    dump = writer._Dump(tmp_path / "graph.nq.gz")
    pieces = [dump.append(text) for text in texts]
    dump.close()
    load = (
        "import resource, sys; from pathlib import Path; from graph import storing; storing._AT_ONCE_BYTES = 1; "
        "most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]; resource.setrlimit(resource.RLIMIT_NOFILE, (64, most)); "
        "storing._load(*map(Path, sys.argv[1:]))"
    )
    orders = "".join(f"{start} {size}\n" for start, size in pieces) + "end\n"
    command = [sys.executable, "-c", load, str(tmp_path / "store"), str(tmp_path / "graph.nq.gz")]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(orders.encode())
        process.stdin.flush()
        assert process.wait() == 0
    assert set(Store.read_only(str(tmp_path / "store"))) == set(parse(b"".join(texts), RdfFormat.N_QUADS))
    assert len(list((tmp_path / "store").glob("*.sst"))) <= 10  # one for each way in which it is sorted, not one a text


def test_a_writer_that_is_left_makes_the_dump_whole(tmp_path: Path) -> None:
    with GraphWriter(tmp_path) as graph:
        graph.add_quads(parse(b"<x:s> <x:p> <x:o> .", RdfFormat.N_QUADS))
    assert gzip.decompress((tmp_path / "graph.nq.gz").read_bytes()) == b"<x:s> <x:p> <x:o> .\n"
    assert len(Store.read_only(str(tmp_path / "store"))) == 1


def test_the_dump_is_one_gzip_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some programs read no further than the first member of a file."""
    monkeypatch.setattr(writer, "CHUNK_QUADS", 50)
    write(tmp_path / "one")
    unpacker = zlib.decompressobj(wbits=31)
    text = unpacker.decompress((tmp_path / "one" / "graph.nq.gz").read_bytes())
    assert unpacker.eof
    assert unpacker.unused_data == b""
    assert text.count(b"\n") > 50


def test_what_the_store_refuses_is_raised(tmp_path: Path) -> None:
    def spoil(graph: GraphWriter) -> None:
        graph._add([b"nonsense\n"], 1)

    with pytest.raises(RuntimeError, match="could not be loaded"):
        write(tmp_path / "one", spoil)


def test_a_loader_that_was_killed_is_not_waited_for(tmp_path: Path) -> None:
    def kill(graph: GraphWriter) -> None:
        graph._store._process.kill()
        graph._store._process.wait()

    with pytest.raises(RuntimeError, match="could not be loaded"):
        write(tmp_path / "one", kill)


# What was made faster


@given(texts)
def test_keys_are_quoted_as_the_library_does(key: str) -> None:
    assert iris.mint("actor", "s", key).partition(":")[2].partition(":")[2] == quote(key, safe="")


@given(st.text(st.sampled_from("aé Âÿ\u0080€â€Å“Ã©\u200bαеx�")))
def test_no_suspicious_text_is_passed_over(text: str) -> None:
    patterns = (tabular._INVISIBLE, tabular._TWO_SCRIPTS, tabular._TWICE_ENCODED)
    assert tabular._DOUBTFUL.search(text) or not any(one.search(text) for one in patterns)
