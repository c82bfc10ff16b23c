"""A large dump in portions, so that the validator need not hold all memberships at once.

Memberships are most of a large graph. Nothing points to them, and of what they point to the shapes ask for the type and
the identifier alone. So the rest is checked first, and then the memberships, portion by portion, each beside these two
properties of the rest.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Protocol
from zlib import crc32

from ontology import iris
from ontology.rdf import DCT, ORG, RDF
from ontology.records import Membership

AT_ONCE_BYTES: Final = 200_000_000
"""How many bytes of lines about memberships are checked at once."""
_BLOCK_BYTES: Final = 1 << 20
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


@dataclass
class Held:
    """The lines about memberships, as long as they are few enough to be checked with the rest."""

    most: int
    size: int = 0
    """Bytes; those that were too many count."""
    lines: list[bytes] = field(default_factory=list)

    @property
    def too_many(self) -> bool:
        """Whether they are left out of the rest."""
        return self.size > self.most

    def add(self, lines: bytes) -> None:
        """Hold more lines, or let all go."""
        self.size += len(lines)
        if self.too_many:
            self.lines.clear()
        else:
            self.lines.append(lines)


def rest(dump: IO[bytes], held: Held) -> Iterator[bytes]:
    """The lines about all else, then those about memberships if they are few; `held` says afterwards."""
    about = _memberships()
    for lines in _blocks(dump):
        parts: tuple[list[bytes], list[bytes]] = [], []
        for line in lines:
            parts[line.startswith(about)].append(line)
        held.add(b"".join(parts[True]))
        yield b"".join(parts[False])
    yield from held.lines


@contextmanager
def portions(dump: IO[bytes], held: Held, folder: Path | None = None) -> Iterator[Iterator[Readable]]:
    """The memberships of a dump in portions, each with what the shapes ask of the rest; they wait in `folder`."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        context, *parts = (Path(name) / str(number) for number in range(2 + held.size // held.most))
        with ExitStack() as stack:
            _share_out(dump, *(stack.enter_context(one.open("wb")) for one in (context, *parts)))
        yield (_joined(context, part) for part in parts)


def _share_out(dump: IO[bytes], context: IO[bytes], *parts: IO[bytes]) -> None:
    """Write all that is said of a membership into one part; what is asked of all else into `context`."""
    about = _memberships()
    for lines in _blocks(dump):
        for line in lines:
            subject, predicate, said = line.split(b" ", 2)
            if subject.startswith(about):
                parts[crc32(subject) % len(parts)].write(line)
            elif predicate in _ASKED_FOR and not said.startswith(_A_MEMBERSHIP):
                context.write(line)


def _joined(*files: Path) -> Readable:
    def blocks() -> Iterator[bytes]:
        for file in files:
            with file.open("rb") as opened:
                yield from iter(lambda: opened.read(_BLOCK_BYTES), b"")

    return Blocks(blocks())


def _blocks(dump: IO[bytes]) -> Iterator[list[bytes]]:
    """The lines, some at a time."""
    return iter(lambda: dump.readlines(_BLOCK_BYTES), [])


def _memberships() -> bytes:
    """What lines about memberships begin with."""
    return f"<{iris.all_of(Membership.kind_name)}".encode()
