"""One worker: a process that answers one query at a time from a read-only store, and may be killed at any moment.

Started by the pool as `python -m api.sparql.worker SPEC`; speaks `api.sparql.frames` on standard input and output.
Ends when its input ends, when its parent does, or by the kernel's alarm if nobody kills it at the deadline.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from api.sparql import formats, frames
from loaders.reading import sandbox

ALARM_SLACK_S = 1.0
"""How much longer than the deadline a worker lives when its parent does not kill it."""


def main() -> None:
    """Give the rights away, open the store, say so, and answer until the input ends."""
    spec: frames.Spec = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its workers
    send = _own_output()
    try:
        how, store = _prepare(spec)
    except (sandbox.NoSandboxError, OSError, RuntimeError) as error:
        send({"error": "unavailable", "message": f"{error}"}, b"")
        return
    started_with = sandbox.memory_bytes()
    send({"sandbox": how}, b"")
    while (question := _next_question()) is not None:
        sandbox.alarm(question["deadline_ms"] / 1000 + ALARM_SLACK_S)
        head, body = answer(store, question)
        sandbox.alarm(0)
        send(head | frames.Answer(grown_bytes=sandbox.memory_bytes() - started_with), body)


def answer(store: Store, question: frames.Question) -> tuple[frames.Answer, bytes]:
    """Head and body of the answer to one query; an error is a head without a body."""
    try:
        results = _evaluate(store, question)
        body = formats.write(results, question["media_type"], question["max_rows"], question["max_bytes"])
    except formats.RowTooLargeError:
        return _error("too_large", f"One row has more than {question['max_bytes']:,} bytes.")
    except MemoryError:
        return _error("memory", "")
    except PermissionError:
        return _error("forbidden", "The query asks for the network, which is refused here.")
    except (SyntaxError, ValueError) as error:
        return _error("bad_query", f"{error}")
    except (OSError, RuntimeError) as error:
        return _error("failed", f"{error}")
    return frames.Answer(truncated=body.truncated), body.content


def _error(kind: str, message: str) -> tuple[frames.Answer, bytes]:
    return frames.Answer(error=kind, message=message), b""


def _evaluate(store: Store, question: frames.Question) -> QueryBoolean | QuerySolutions | QueryTriples:
    """Start the evaluation; rows are computed as they are taken. Without a data set, the union of all graphs."""
    defaults, named = question["default_graphs"], question["named_graphs"]
    if defaults is None and named is None:
        return store.query(
            question["query"], base_iri=question["base_iri"], use_default_graph_as_union=question["union"]
        )
    return store.query(
        question["query"],
        base_iri=question["base_iri"],
        default_graph=[NamedNode(iri) for iri in defaults or ()],
        named_graphs=[NamedNode(iri) for iri in named or ()],
    )


def _prepare(spec: frames.Spec) -> tuple[str, Store]:
    """What keeps the worker from the network, and the open store."""
    sandbox.die_with(spec["parent"])
    how = sandbox.restrict(spec["sandbox"])
    if not (Path(spec["store"]) / "CURRENT").is_file():
        raise FileNotFoundError("there is no store at the place of this generation")
    store = Store.read_only(spec["store"])
    sandbox.limit_memory(spec["memory_bytes"])
    return how, store


def _own_output() -> Callable[[frames.Answer, bytes], None]:
    """Keep standard output for frames: whatever else is written there goes nowhere."""
    output = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)

    def send(head: frames.Answer, body: bytes) -> None:
        output.write(frames.pack(head, body))
        output.flush()

    return send


def _next_question() -> frames.Question | None:
    """The next query; None where the pool is gone."""
    try:
        head, _ = frames.read(_exactly)
    except EOFError:
        return None
    question: frames.Question = json.loads(head)
    return question


def _exactly(size: int) -> bytes:
    data = sys.stdin.buffer.read(size)
    if len(data) < size:
        raise EOFError
    return data


if __name__ == "__main__":
    main()
