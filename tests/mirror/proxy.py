"""A wire between the mirror and a server that can be slow, and be cut where it hurts most."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from typing import Final, Literal

COMMIT: Final = bytes.fromhex("0002b0120000")
"""The message COMMIT of Bolt: a chunk of two bytes, and the end of the message."""
_BLOCK: Final = 65_536


class Proxy:
    """Listens on a port of its own and passes everything on to a server on the loopback.

    `delay`: seconds that each block takes towards the server. `cut_commit` and `cut_after` arm one cut.
    """

    def __init__(self, server_port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.delay = 0.0
        self.cuts = 0
        """How many connections were cut."""
        self._lock = Lock()
        self._commits: tuple[int, Literal["lost", "unanswered"]] | None = None
        self._bytes: int | None = None
        Thread(target=self._accept, daemon=True).start()

    def cut_commit(self, number: int, how: Literal["lost", "unanswered"]) -> None:
        """Cut the wire at the COMMIT with that number from now on (1 is the next).

        `lost`: the server does not get it. `unanswered`: it does, and its answer is lost.
        """
        with self._lock:
            self._commits = (number, how)

    def cut_after(self, count: int) -> None:
        """Cut the wire in the middle of what is sent, after so many bytes to the server from now on."""
        with self._lock:
            self._bytes = count

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server)
        except OSError:
            client.close()
            return
        wire = _Wire(client, server)
        Thread(target=wire.pump, args=(server, client, wire.answer), daemon=True).start()
        wire.pump(client, server, lambda block: self._towards_server(wire, block))

    def _towards_server(self, wire: "_Wire", block: bytes) -> bytes:
        """What is passed on of a block; cuts the wire where that is due."""
        if self.delay:
            time.sleep(self.delay)
        how, kept = self._due(block)
        if how == "unanswered":
            wire.deaf = True
            self.cuts += 1
        elif how is not None:
            self.cuts += 1  # first: whoever is cut off may look at once
            wire.server.sendall(block[:kept])
            wire.cut()
            return b""
        return block

    def _due(self, block: bytes) -> tuple[Literal["lost", "unanswered", "half"] | None, int]:
        """Whether a cut is due in this block, and how much of it comes before the cut."""
        with self._lock:
            if self._bytes is not None:
                if self._bytes < len(block):
                    kept, self._bytes = self._bytes, None
                    return "half", kept
                self._bytes -= len(block)
            if self._commits is not None and COMMIT in block:
                number, how = self._commits
                self._commits = (number - 1, how) if number > 1 else None
                if number == 1:
                    return how, block.index(COMMIT)
        return None, len(block)


class _Wire:
    """Two sockets; `deaf`: the next answer of the server ends it."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.deaf = False

    def pump(self, source: socket.socket, target: socket.socket, passed: Callable[[bytes], bytes]) -> None:
        """Pass on what comes from one side until either side ends."""
        with suppress(OSError):
            while block := source.recv(_BLOCK):
                target.sendall(passed(block))
        self.cut()

    def answer(self, block: bytes) -> bytes:
        """What the client gets of an answer."""
        if self.deaf:
            self.cut()
            return b""
        return block

    def cut(self) -> None:
        """End both connections."""
        for one in (self.client, self.server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
