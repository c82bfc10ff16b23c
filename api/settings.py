"""What an installation may choose, from the environment (`ALLIANCES_…`, `NEO4J_…`)."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.home import Home
from graph.mirror.address import Address
from ontology import iris


class Settings(BaseSettings):
    """The settings of the HTTP service; every field is `ALLIANCES_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="ALLIANCES_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=lambda: Home.default().path)
    """Where generations live; the folder need not exist yet."""

    base_iri: str = Field(default_factory=iris.base_iri)
    """Namespace of minted IRIs. `ontology.iris` reads the same variable, and refuses a bad one."""

    tokens_file: Path | None = None
    """Hashed write tokens; absent means that nothing can be written over HTTP."""

    hosts: tuple[str, ...] = ()
    """Names, beside this machine's own, under which the service is reached (`["alliances.example"]`, `["*"]`)."""

    sparql_workers: int = Field(default=2, ge=1, le=64)
    """Processes that answer foreign SPARQL."""

    check_seconds: float = Field(default=1.0, ge=0, le=3600)
    """How often, at most, the pointer to the current generation is looked at."""


class Neo4jSettings(BaseSettings):
    """Where the mirror lives; every field is `NEO4J_` and its name in capitals, as other programs of Neo4j have it."""

    model_config = SettingsConfigDict(env_prefix="NEO4J_", frozen=True, extra="ignore", env_ignore_empty=True)

    uri: str | None = None
    """`bolt://host:port`, or `neo4j://host:port` for a cluster; absent means the Cypher engine in this process."""

    user: str = "neo4j"
    password: SecretStr = SecretStr("")
    database: str | None = None
    """Absent means the one that the server gives this user."""

    def address(self, uri: str | None = None) -> Address | None:
        """The server, if one is named here or by `uri`; raises `Refused` where that is no address."""
        chosen = uri or self.uri
        return Address(chosen, self.user, self.password.get_secret_value(), self.database) if chosen else None
