"""A large dump in portions, so that the validator need not hold all memberships at once.

Memberships are most of a large graph. Nothing points to them, and of what they point to the shapes ask for the type and
the identifier alone. So they are put aside while the rest is checked, and then checked portion by portion, each beside
these two properties of the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final, Protocol
from zlib import crc32

from pyoxigraph import NamedNode, RdfFormat, parse

from ontology import iris
from ontology.rdf import DCT, ORG, RDF
from ontology.records import Membership

AT_ONCE_BYTES: Final = 400_000_000
"""How many bytes of lines about memberships are checked at once."""
_BLOCK_BYTES: Final = 1 << 20
_HEAPS: Final = 64
"""In how many files memberships are put aside: more than there will be portions, each of a few of them."""
_ABOUT: Final = f"<{iris.all_of(Membership.kind_name)}".encode()
"""How lines about memberships begin."""
_END: Final = b" .\n"
"""How lines of no graph end."""
_ASKED_FOR: Final = tuple(f"<{one}>".encode() for one in (RDF + "type", DCT + "identifier"))
"""What the shapes ask of the things that memberships point to."""
_A_MEMBERSHIP: Final = f"<{ORG}Membership>".encode()
"""The class of memberships, and of those relations that are: the latter are checked with the rest."""


class Readable(Protocol):
    """What the validator reads from."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, `size` at most; none at the end."""
        ...


class Blocks:
    """Blocks of bytes, to be read once as a file is."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._rest = memoryview(b"")

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, as many as the block at hand has and `size` at most; none at the end."""
        while not self._rest and (block := next(self._blocks, None)) is not None:
            self._rest = memoryview(block)
        count = len(self._rest) if size < 0 else size
        found, self._rest = self._rest[:count], self._rest[count:]
        return bytes(found)


class Aside:
    """The memberships of a dump, put aside in files of `folder` while the rest is read."""

    def __init__(self, folder: Path) -> None:
        self._context = folder / "context"
        self._heaps = [folder / str(number) for number in range(_HEAPS)]
        self._sizes = [0] * _HEAPS

    @property
    def size(self) -> int:
        """Bytes of the lines that were put aside."""
        return sum(self._sizes)

    def rest(self, dump: IO[bytes]) -> Iterator[bytes]:
        """The lines about all else. To be read to its end, once, before anything else is asked for.

        From the first membership on they are without its graph, which most lines are in; it means nothing here, and
        takes a fifth of the time to read.
        """
        with ExitStack() as stack:
            context, *heaps = (stack.enter_context(one.open("wb")) for one in (self._context, *self._heaps))
            end = b""
            for lines in iter(lambda: dump.readlines(_BLOCK_BYTES), []):
                end = end or next(map(_end_of_graph, filter(_is_about_a_membership, lines)), b"")
                kept = _without_graph(lines, end) if end else lines
                yield b"".join(_without_memberships(kept, heaps, context))
            self._sizes = [heap.tell() for heap in heaps]

    def lines(self) -> Iterator[bytes]:
        """All that was put aside."""
        return _blocks(self._heaps)

    def portions(self, most: int) -> Iterator["Blocks"]:
        """The same in portions of `most` bytes at most, if that can be, each beside what the shapes ask of the rest."""
        portion: list[Path] = []
        size = 0
        for heap, more in zip(self._heaps, self._sizes, strict=True):
            if portion and size + more > most:
                yield Blocks(_blocks([self._context, *portion]))
                portion, size = [], 0
            portion.append(heap)
            size += more
        yield Blocks(_blocks([self._context, *portion]))


def _is_about_a_membership(line: bytes) -> bool:
    return line.startswith(_ABOUT)


def _without_graph(lines: Iterable[bytes], end: bytes) -> Iterator[bytes]:
    return (line[: -len(end)] + _END if line.endswith(end) else line for line in lines)


def _without_memberships(lines: Iterable[bytes], heaps: Sequence[IO[bytes]], context: IO[bytes]) -> Iterator[bytes]:
    """The lines about all else; those about one membership go to one of the heaps."""
    subject, heap = b" ", heaps[0]
    for line in lines:
        if line.startswith(_ABOUT):
            if not line.startswith(subject):  # most lines are about the same as the one before
                subject = line[: line.index(b" ") + 1]
                heap = heaps[crc32(subject) % _HEAPS]
            heap.write(line)
        else:
            parts = line.split(b" ", 2)  # fewer where a line is blank
            if len(parts) == 3 and parts[1] in _ASKED_FOR and not parts[2].startswith(_A_MEMBERSHIP):
                context.write(line)
            yield line


def _blocks(files: Iterable[Path]) -> Iterator[bytes]:
    """Whole lines."""
    for file in files:
        with file.open("rb") as opened:
            yield from iter(lambda: opened.read(_BLOCK_BYTES) + opened.readline(), b"")


def _end_of_graph(line: bytes) -> bytes:
    """What ends the statements that are in the same graph as this one; a line break where it is in none."""
    graph = next((quad.graph_name for quad in parse(line, RdfFormat.N_QUADS)), None)
    return f" {graph} .\n".encode() if isinstance(graph, NamedNode) else _END
