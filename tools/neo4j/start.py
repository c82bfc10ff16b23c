"""Start a Neo4j Community server for development or tests, from its own jars; Java 17 or 21 and Maven are needed.

    python tools/neo4j/start.py FOLDER [--port 7687] [--heap 1g] [--until-eof] [KEY=VALUE ...]

FOLDER keeps the data, the log and, for a server that asks for one, the password. KEY=VALUE are settings of neo4j.conf.
The jars are fetched once, into the user's cache. The process becomes the server: signals to it reach Java. POSIX only.
"""

import argparse
import fcntl
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
TRIES = 3
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
"""Packages of `java.base` that Neo4j reaches into."""


def main() -> None:
    """Fetch what is missing, then become the server."""
    given = _arguments()
    missing = [name for name in ("java", "mvn") if shutil.which(name) is None]
    if missing:
        sys.exit(f"{' and '.join(missing)} not found: install a JDK 17 or 21 and Maven")
    jars = fetch_jars()
    given.folder.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ)
    if "dbms.security.auth_enabled=false" not in given.settings:
        environment["NEO4J_PASSWORD"] = _password(given.folder)
    _announce(given, environment.get("NEO4J_PASSWORD"))
    command = _command(jars, given)
    os.execvpe(command[0], command, environment)  # noqa: S606 - there is no shell to need


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=lambda text: Path(text).resolve())
    parser.add_argument("--port", type=int, default=7687)
    parser.add_argument("--heap", default="1g", help="memory of Java, as in 512m")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    parser.add_argument("settings", nargs="*", metavar="KEY=VALUE")
    return parser.parse_intermixed_args()


def version() -> str:
    """The version of Neo4j that pom.xml names."""
    found = re.search(r"<neo4j\.version>([0-9.]+)<", (HERE / "pom.xml").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError("pom.xml names no version of Neo4j")
    return found[1]


def fetch_jars() -> Path:
    """The folder with the jars; the first call lets Maven fetch them, others wait for it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "alliances"
    cache.mkdir(parents=True, exist_ok=True)
    jars = cache / f"neo4j-{version()}"
    with _alone(cache / "neo4j.lock"):
        if not jars.is_dir():
            partial = cache / f"{jars.name}.partial"
            _fetch(partial)
            partial.rename(jars)
    return jars


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _fetch(folder: Path) -> None:
    """Let Maven copy the jars. What it has already is kept between tries: a registry may be out for a moment."""
    print(f"Fetching Neo4j {version()} with Maven (about a minute, once).", file=sys.stderr, flush=True)
    command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    for attempt in range(1, TRIES + 1):
        shutil.rmtree(folder, ignore_errors=True)
        done = subprocess.run([*command, f"-DoutputDirectory={folder}"], stdout=sys.stderr, check=False)  # noqa: S603
        if done.returncode == 0:
            return
        print(f"Maven failed ({attempt} of {TRIES} tries)", file=sys.stderr, flush=True)
    sys.exit("Maven could not fetch Neo4j: is a registry of Maven within reach?")


def _password(folder: Path) -> str:
    """The password of the server in `folder`: NEO4J_PASSWORD at its first start, or made up then."""
    file = folder / "password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(os.environ.get("NEO4J_PASSWORD") or secrets.token_urlsafe(12), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def _announce(given: argparse.Namespace, password: str | None) -> None:
    print(f"Neo4j {version()} starts; it keeps everything in {given.folder}; Ctrl-C stops it.")
    variables = {"URI": f"bolt://127.0.0.1:{given.port}", "USER": "neo4j", "PASSWORD": password or ""}
    print("  export", *(f"NEO4J_{name}={value}" for name, value in variables.items()), flush=True)


def _command(jars: Path, given: argparse.Namespace) -> list[str]:
    settings = given.folder / "neo4j.conf"
    listen = f"server.bolt.listen_address=127.0.0.1:{given.port}"
    lines = [(HERE / "neo4j.conf").read_text(encoding="utf-8"), listen, *given.settings]
    settings.write_text(_last_wins(lines), encoding="utf-8")
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    memory = [f"-Xms{given.heap}", f"-Xmx{given.heap}", "-XX:+UseSerialGC"]
    server = ["-cp", f"{jars}/*", str(HERE / "Neo4jServer.java"), str(given.folder), str(settings)]
    return ["java", *memory, *opened, *server, *(["--until-eof"] if given.until_eof else [])]


def _last_wins(lines: list[str]) -> str:
    """Settings with each key once: Neo4j refuses a file that says one thing twice."""
    pairs = dict(line.split("=", 1) for text in lines for line in text.splitlines() if "=" in line and line[0] != "#")
    return "".join(f"{key}={value}\n" for key, value in pairs.items())


if __name__ == "__main__":
    main()
