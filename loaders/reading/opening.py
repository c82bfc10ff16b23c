"""Which format a file is in, as its first bytes say; its name decides only between texts."""

from typing import BinaryIO

from loaders.errors import FileError
from loaders.reading.delimited import open_delimited
from loaders.reading.raw import Hints, RawTable
from loaders.reading.text import unpacked

_PACKED = b"PK\x03\x04"
_OLE2 = b"\xd0\xcf\x11\xe0"
_PARQUET = b"PAR1"
_FOREIGN = {b"%PDF": "PDF", b"\x28\xb5\x2f\xfd": "Zstandard", b"7z\xbc\xaf": "7z", b"\x89PNG": "PNG"}
_OBJECTS = (".json", ".geojson", ".jsonl", ".ndjson")
_STATEMENTS = (".ttl", ".nt", ".nq", ".trig", ".jsonld", ".rdf", ".owl")
_TABLES = (".csv", ".tsv", ".tab", ".txt")


def open_raw(stream: BinaryIO, hints: Hints) -> RawTable:
    """The table of an open, seekable file; raises `FileError` where it has none that we can read.

    The readers of formats other than CSV are imported when they are needed: a child starts without them.
    """
    head = stream.read(4)
    stream.seek(0)
    if head in (_PACKED, _OLE2):
        from loaders.reading.workbook import open_workbook  # noqa: PLC0415

        return open_workbook(stream, hints)
    if head == _PARQUET:
        from loaders.reading.columnar import open_columns  # noqa: PLC0415

        return open_columns(stream)
    if head in _FOREIGN:
        raise FileError("file_refused", f"{_FOREIGN[head]} is no table")
    return _open_text(unpacked(stream), hints)


def is_text(stream: BinaryIO) -> bool:
    """Whether a seekable file is read line by line, packed or not; any other is a spreadsheet or Parquet."""
    head = stream.read(4)
    stream.seek(0)
    return head not in (_PACKED, _OLE2, _PARQUET)


def _open_text(stream: BinaryIO, hints: Hints) -> RawTable:
    name = hints.name.lower().removesuffix(".gz")
    try:
        head = stream.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
    except (OSError, EOFError) as error:
        raise FileError("file_refused", str(error)) from error
    stream.seek(0)
    if name.endswith(_STATEMENTS):
        from loaders.reading.statements import open_statements  # noqa: PLC0415

        return open_statements(stream, name)
    if head.startswith(b"<"):
        raise FileError("file_refused", "it is a page or XML, no table")
    if name.endswith(_OBJECTS) or (head[:1] in (b"[", b"{") and not name.endswith(_TABLES)):
        from loaders.reading.objects import open_objects  # noqa: PLC0415

        return open_objects(stream, hints.name)
    return open_delimited(stream, hints)
