"""XML that strangers wrote: one that declares a document type is refused, for its entities can fill any memory."""

import zipfile
from typing import IO
from xml.parsers import expat

from loaders.errors import FileError


class _RootReachedError(Exception):
    """The first element begins: no document type can follow."""


def refuse_document_type(member: IO[bytes]) -> None:
    """Raise `FileError` where XML declares a document type, or is none; reads as far as the first element."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise FileError("file_refused", "its XML declares a document type (DOCTYPE)")

    def stop(*_: object) -> None:
        raise _RootReachedError

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        while chunk := member.read(1 << 12):
            parser.Parse(chunk)
    except _RootReachedError:
        return
    except (expat.ExpatError, zipfile.BadZipFile) as error:
        raise FileError("file_refused", str(error)) from error
