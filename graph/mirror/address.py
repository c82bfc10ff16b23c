"""Where a Neo4j server is, and who asks it. Importing this does not import the driver."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from graph.mirror.engine import Refused

_SCHEMES: Final = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True)
class Address:
    """Where a server is, and who asks it."""

    uri: str
    """`bolt://host:port` for one server, `neo4j://host:port` for a cluster; `+s` with TLS."""
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str | None = None
    """`None`: the database that the server gives this user."""

    @property
    def place(self) -> str:
        """Host and port, as sentences name the server."""
        parts = urlsplit(self.uri)
        return f"{parts.hostname}:{parts.port or 7687}"

    def __post_init__(self) -> None:
        """Raise `Refused` where this is no address; its text may hold a password, so it is not shown."""
        try:
            parts = urlsplit(self.uri)
            known = parts.scheme in _SCHEMES and parts.hostname and self.place
        except ValueError:  # what should be a port is no number
            known = False
        if not known or "@" in self.uri:
            raise Refused("this is no address of Neo4j: give bolt://host:port, or neo4j://host:port for a cluster")
