"""Bytes that claim to be text: which encoding they are in, and the text.

UTF-8 proves itself, UTF-16 says what it is in its first two bytes. One byte a character proves nothing: it is taken
for Windows-1252 (and so for Latin-1) only where every character is one that French texts hold, and that is said. Some
real files have lines of both.
"""

import codecs
import gzip
import io
import re
from typing import BinaryIO, TextIO, cast

from loaders.errors import FileError
from loaders.reading.raw import MAX_RATIO, MAX_UNPACKED_BYTES, Remark

_CHUNK_BYTES = 1 << 20
_MIXED = "utf-8 + cp1252"
_GZIP = b"\x1f\x8b"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_EXPECTED = bytes({*range(0x80), *range(0xA0, 0x100), *"€…Œ‘’“”•–—™œŸ".encode("cp1252")} - set("¤".encode("cp1252")))
"""The bytes of French texts in Windows-1252. `é` is none of them in the encodings of DOS and of old Macs, and `€` is
`¤` in Latin-9: such files are refused."""
_UTF8 = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2\x80")
"""What French texts have in UTF-8 and never in Windows-1252: accented letters, hard spaces, quotation marks."""


def unpacked(stream: BinaryIO) -> BinaryIO:
    """The stream, unpacked if it is gzip; raises `FileError` on one that grows without reason."""
    head = stream.read(2)
    stream.seek(0)
    return cast("BinaryIO", _Unpacked(stream)) if head == _GZIP else stream


class _Unpacked(gzip.GzipFile):
    """Gzip that is counted while it is read."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__(fileobj=packed, mode="rb")
        packed.seek(0, io.SEEK_END)
        self._most = min(MAX_UNPACKED_BYTES, max(packed.tell(), 1 << 16) * MAX_RATIO)
        packed.seek(0)

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes; raises `FileError` beyond what is allowed."""
        found = super().read(_CHUNK_BYTES if size is None or size < 0 else size)
        self._count()
        return found

    def read1(self, size: int = -1) -> bytes:
        """The next bytes, as many as are at hand."""
        found = super().read1(_CHUNK_BYTES if size < 0 else size)
        self._count()
        return found

    def _count(self) -> None:
        if self.tell() > self._most:
            raise FileError("file_refused", f"it unpacks to more than {self._most:,} bytes")


def decoded(stream: BinaryIO, *, guess: bool = True) -> tuple[TextIO, list[Remark]]:
    """The text of a seekable stream, line ends as they are; raises `FileError` unless all of it is text.

    `guess`: whether one byte a character is taken for Windows-1252 where nothing speaks against it.
    """
    encoding = _declared(stream)
    remarks: list[Remark] = []
    try:
        _check(stream, encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8" or not guess:
            raise FileError("wrong_encoding", f"{encoding}: {error.reason}") from error
        encoding = _guessed(stream)
        remarks.append(Remark("guessed_encoding", encoding))
    except (OSError, EOFError) as error:
        raise FileError("file_refused", str(error)) from error
    stream.seek(0)
    # Not codecs.getreader: its lines also end at U+2028, U+0085 and the like, which are text inside a cell.
    if encoding == _MIXED:
        return io.TextIOWrapper(io.BufferedReader(_Mended(stream)), encoding="utf-8", newline=""), remarks
    return io.TextIOWrapper(stream, encoding=encoding, newline=""), remarks


def _declared(stream: BinaryIO) -> str:
    try:
        head = stream.read(3)
    except (OSError, EOFError) as error:
        raise FileError("file_refused", str(error)) from error
    stream.seek(0)
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "utf-8")


def _check(stream: BinaryIO, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    while chunk := stream.read(_CHUNK_BYTES):
        decoder.decode(chunk)
    decoder.decode(b"", final=True)


def _guessed(stream: BinaryIO) -> str:
    """Windows-1252, or lines of it among lines of UTF-8; raises `FileError` with the line that is neither."""
    stream.seek(0)
    mixed = False
    for number, line in enumerate(stream, start=1):
        if _is_utf8(line):
            mixed = mixed or bool(_UTF8.search(line))
        elif odd := line.translate(None, _EXPECTED):
            raise FileError("wrong_encoding", f"line {number}: byte {odd[0]:02X}")
    return _MIXED if mixed else "cp1252"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Mended(io.RawIOBase):
    """Lines of UTF-8 and of Windows-1252 as UTF-8: what comes of files that were put together by hand."""

    def __init__(self, lines: BinaryIO) -> None:
        self._lines = lines
        self._rest = b""

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # what a reader gives
        """Fill the buffer with what is at hand; 0 at the end."""
        if not self._rest:
            line = next(self._lines, b"")
            self._rest = line if _is_utf8(line) else line.decode("cp1252").encode()
        view = memoryview(buffer).cast("B")
        size = min(len(view), len(self._rest))
        view[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
