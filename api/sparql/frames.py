"""What goes through the pipe between the pool and a worker: a small JSON head and a body of bytes."""

import json
import struct
from collections.abc import Callable
from typing import TypedDict

LENGTHS = struct.Struct(">II")
"""Bytes of the head, bytes of the body."""


class Spec(TypedDict):
    """How a worker is to be set up; the only argument of its command line, as JSON."""

    store: str
    memory_bytes: int
    parent: int
    """Process id of the pool: a worker ends with it."""
    sandbox: str
    """`auto`, `seccomp` or `namespace`."""


class Question(TypedDict):
    """A query, as the worker is asked."""

    query: str
    base_iri: str
    """What relative IRIs of the query are relative to."""
    media_type: str
    union: bool
    """Whether the default graph is the union of all graphs."""
    default_graphs: list[str] | None
    named_graphs: list[str] | None
    max_rows: int
    max_bytes: int
    deadline_ms: int


class Answer(TypedDict, total=False):
    """The head of a worker's answer: `error` and `message`, or the rest."""

    error: str
    message: str
    truncated: bool
    grown_bytes: int
    """Memory that the worker holds beyond what it held when it started."""
    sandbox: str
    """Only in a worker's first frame: what keeps it from the network."""


def pack(head: Question | Answer, body: bytes = b"") -> bytes:
    """One frame."""
    text = json.dumps(head).encode()
    return LENGTHS.pack(len(text), len(body)) + text + body


def read(exactly: Callable[[int], bytes]) -> tuple[bytes, bytes]:
    """(head, body) of the next frame; `exactly(n)` gives the next n bytes, or raises."""
    head, body = LENGTHS.unpack(exactly(LENGTHS.size))
    return exactly(head), exactly(body)
