"""Downloads a publisher's file: in pieces if need be, and nothing appears under its name before it is whole.

.FILE.part          what has arrived so far
.FILE.part.json     of which version of the file (`_Version`), so that the rest can be asked for
FILE                the file, put in place at the end
.FILE.fetched.json  from where and when it came (`Card`), so that a later fetch asks only whether it has changed

Begins with a dot what is none of the source's files: loaders pass those over.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

import orjson

from ontology.provenance import Address, sha256_of, utc_now

if TYPE_CHECKING:
    import httpx

Kind = TypeVar("Kind")
Progress = Callable[[int, int | None], None]
"""Called with the bytes that are here and how many there will be (`None`: the publisher does not say)."""

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_MOVED = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""What a publisher answers that may well answer better in a while."""
_SAID = "https:// is needed (http:// only for this machine)"


class FetchError(Exception):
    """A file that could not be had, or must not be replaced; the sentence says what to do."""


class _CutError(Exception):
    """The connection was refused or broke off, or the publisher is busy: worth another try in `wait_s`, if known."""

    def __init__(self, why: str, wait_s: float | None = None) -> None:
        super().__init__(why)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Patience:
    """How much one download may ask for."""

    max_bytes: int = 8 << 30
    silent_s: float = 60.0
    """How long the publisher may say nothing."""
    total_s: float = 6 * 3600.0
    tries: int = 6
    """How often in a row nothing new may arrive."""
    first_wait_s: float = 1.0
    """Doubled with each try in vain."""
    longest_wait_s: float = 300.0
    redirects: int = 5


PATIENCE = Patience()


@dataclass(frozen=True)
class Card:
    """What stands beside a file that was fetched."""

    url: str
    fetched: str
    """When, in UTC."""
    etag: str
    last_modified: str
    bytes: int
    sha256: str
    licence: str
    licence_url: str


@dataclass(frozen=True)
class Licence:
    """On what terms a file is given."""

    name: str
    url: str


@dataclass(frozen=True)
class Fetched:
    """A file that is here. `changed` is false where the publisher has nothing newer."""

    path: Path
    card: Card
    changed: bool


@dataclass(frozen=True)
class _Version:
    """How the publisher names the version that it sends; empty where it does not."""

    etag: str = ""
    last_modified: str = ""

    @property
    def validator(self) -> str:
        """What names the very bytes, so that two parts surely belong together: a strong tag, else the date."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


def fetch(
    address: Address,
    folder: Path,
    licence: Licence,
    progress: Progress = lambda _here, _all: None,
    patience: Patience = PATIENCE,
) -> Fetched:
    """Download a file into `folder`; one that was fetched before is only asked for again.

    Raises `FetchError`; the file that was there before is then untouched, and what arrived is kept for the next try.
    """
    folder.mkdir(parents=True, exist_ok=True)
    download = _Download(address, folder, licence, progress, patience)
    with download.alone():
        return download.run()


class _Download:
    """One file on its way."""

    def __init__(
        self, address: Address, folder: Path, licence: Licence, progress: Progress, patience: Patience
    ) -> None:
        self._address = address
        self._licence = licence
        self._progress = progress
        self._patience = patience
        self._path = folder / address.file
        self._part = folder / f".{address.file}.part"
        self._part_card = folder / f".{address.file}.part.json"
        self._card = folder / f".{address.file}.fetched.json"
        self._until = time.monotonic() + patience.total_s

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep two downloads of one file from writing into each other."""
        with self._part.open("ab") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise FetchError(f"{self._path} is being fetched already: wait until that is done") from error
            try:
                yield
            finally:
                self._tidy()

    def _tidy(self) -> None:
        """Leave nothing behind of a download of which nothing arrived."""
        if self._part.exists() and not self._part.stat().st_size:
            self._part.unlink()
            self._part_card.unlink(missing_ok=True)

    def run(self) -> Fetched:
        """Ask, and ask again for what is missing, until the file is whole or patience ends."""
        known = self._known()
        in_vain = 0
        while True:
            before = self._received()[0]
            try:
                return self._attempt(known)
            except _CutError as cut:
                in_vain = 0 if self._received()[0] > before else in_vain + 1
                self._wait(cut, in_vain)

    def _received(self) -> tuple[int, _Version]:
        """How many bytes are here that can be continued, and of which version."""
        version = _read(self._part_card, _Version) or _Version()
        return (self._part.stat().st_size if version.validator else 0), version

    def _wait(self, cut: _CutError, in_vain: int) -> None:
        patience = self._patience
        wait_s = cut.wait_s if cut.wait_s is not None else patience.first_wait_s * 2 ** max(0, in_vain - 1)
        if in_vain >= patience.tries or wait_s > patience.longest_wait_s or time.monotonic() + wait_s > self._until:
            kept = "what has arrived is kept, " if self._received()[0] else ""
            raise FetchError(f"{self._address.url}: {cut}; {kept}run the same command again later") from cut
        time.sleep(wait_s)

    def _known(self) -> Card | None:
        """What is known of the file that is here; raises `FetchError` where it is not the one that was fetched."""
        if not self._path.exists():
            return None
        card = _read(self._card, Card)
        if card is None or sha256_of(self._path) != card.sha256:
            raise FetchError(
                f"{self._path} is not as it was fetched, and is not replaced: move it away, or fetch to another --out"
            )
        return card if card.url == self._address.url else None

    def _attempt(self, known: Card | None) -> Fetched:
        import httpx  # noqa: PLC0415 - nobody else waits for it

        here, version = self._received()
        headers = {"Accept-Encoding": "identity", "User-Agent": "alliances"}
        if here:
            headers |= {"Range": f"bytes={here}-", "If-Range": version.validator}
        elif known:
            headers |= _conditions(known)
        try:
            with httpx.Client(timeout=self._patience.silent_s) as client, self._answer(client, headers) as answer:
                return self._receive(answer, here, known)
        except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError) as error:
            raise _CutError(str(error) or type(error).__name__) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError(f"{self._address.url}: {error}") from error

    @contextmanager
    def _answer(self, client: "httpx.Client", headers: dict[str, str]) -> "Iterator[httpx.Response]":
        """The publisher's answer, after redirects to where the same is allowed."""
        url = self._address.url
        local = urlsplit(url).hostname in _LOCAL
        for _ in range(self._patience.redirects + 1):
            _refuse_elsewhere(url, local=local)
            with client.stream("GET", url, headers=headers) as answer:
                if answer.status_code not in _MOVED:
                    yield answer
                    return
                url = urljoin(url, answer.headers.get("location", ""))
        raise FetchError(f"{self._address.url} leads from address to address without end: tell the project")

    def _receive(self, answer: "httpx.Response", here: int, known: Card | None) -> Fetched:
        status = answer.status_code
        if status == HTTPStatus.NOT_MODIFIED and known:
            return Fetched(self._path, known, changed=False)
        if status in _PASSING:
            raise _CutError(f"the publisher answers {status}", _retry_after(answer.headers.get("retry-after", "")))
        if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and here:
            self._begin(_Version())
            raise _CutError("the publisher's file has changed", 0)
        if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            raise FetchError(
                f"{self._address.url} answers {status}: look for the file at its publisher's, and tell the project"
            )
        self._refuse_page(answer)
        if status == HTTPStatus.OK or not self._continues(answer, here):
            here = self._restart(answer, status)
        self._append(answer, here)
        return self._finish(answer)

    def _refuse_page(self, answer: "httpx.Response") -> None:
        """A page in place of a table is an apology, or a form to sign."""
        if answer.headers.get("content-type", "").startswith("text/html"):
            raise FetchError(f"{self._address.url} answers a web page, not a file: open it in a browser")

    def _continues(self, answer: "httpx.Response", here: int) -> bool:
        """Whether a part begins where the one that is here ends, and is of the same version."""
        _, version = self._received()
        same = _version(answer).validator in ("", version.validator)
        return same and bool(answer.headers.get("content-range", "").startswith(f"bytes {here}-"))

    def _restart(self, answer: "httpx.Response", status: int) -> int:
        """Begin anew with this answer, from its first byte. What is packed on the way cannot be continued."""
        packed = answer.headers.get("content-encoding", "identity") != "identity"
        if status == HTTPStatus.PARTIAL_CONTENT:
            self._begin(_Version())
            raise _CutError("the publisher sent another part than was asked for")
        self._begin(_Version() if packed else _version(answer))
        return 0

    def _begin(self, version: _Version) -> None:
        with self._part.open("r+b") as stream:
            stream.truncate(0)
        _write(self._part_card, version)

    def _append(self, answer: "httpx.Response", here: int) -> None:
        """Write what arrives behind the `here` bytes that are there."""
        expected = _expected(answer, here)
        self._refuse_large(expected)
        with self._part.open("r+b") as stream:
            stream.truncate(here)
            stream.seek(here)
            for chunk in answer.iter_bytes():  # as they come: what is gathered first would be lost with the connection
                here += len(chunk)
                self._refuse_large(here)
                stream.write(chunk)
                self._progress(here, expected)
                if time.monotonic() > self._until:
                    raise FetchError(f"{self._address.url} took too long: run the same command again to go on")
            _sync(stream)

    def _refuse_large(self, size: int | None) -> None:
        if size is not None and size > self._patience.max_bytes:
            raise FetchError(
                f"{self._address.url} has {size:,} bytes, over the limit of {self._patience.max_bytes:,}: "
                "allow more with --max-bytes"
            )

    def _finish(self, answer: "httpx.Response") -> Fetched:
        """Check what has arrived, and put it in place."""
        sha256, size = sha256_of(self._part), self._part.stat().st_size
        if self._address.sha256 and sha256 != self._address.sha256:
            self._begin(_Version())
            raise FetchError(
                f"{self._address.url} has the checksum {sha256}, not {self._address.sha256} as its publisher says: "
                "nothing was kept; try again, and if it stays so tell the publisher"
            )
        version, now = _version(answer), utc_now()
        card = Card(
            url=self._address.url,
            fetched=now,
            etag=version.etag,
            last_modified=version.last_modified,
            bytes=size,
            sha256=sha256,
            licence=self._licence.name,
            licence_url=self._licence.url,
        )
        # A crash between the two leaves a file without its card, which the next fetch says and does not touch.
        self._part.replace(self._path)
        _write(self._card, card)
        self._part_card.unlink(missing_ok=True)
        return Fetched(self._path, card, changed=True)


def _refuse_elsewhere(url: str, *, local: bool) -> None:
    """Raise `FetchError` for what is no address on the web, or on this machine where the file is not."""
    parts = urlsplit(url)
    here = parts.hostname in _LOCAL
    allowed = parts.scheme == "https" or (parts.scheme == "http" and here)
    if not allowed or not parts.hostname or here is not local:
        raise FetchError(f"{url} is no address to fetch from: {_SAID}")


def _conditions(card: Card) -> dict[str, str]:
    """What asks for a file only if it has changed."""
    named = {"If-None-Match": card.etag, "If-Modified-Since": card.last_modified}
    return {name: value for name, value in named.items() if value}


def _version(answer: "httpx.Response") -> _Version:
    return _Version(answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))


def _expected(answer: "httpx.Response", here: int) -> int | None:
    """How many bytes the whole file has, as far as it arrives as it is stored."""
    length = answer.headers.get("content-length", "")
    packed = answer.headers.get("content-encoding", "identity") != "identity"
    return here + int(length) if length.isdigit() and not packed else None


def _retry_after(text: str) -> float | None:
    """The seconds to wait: a number, or a date."""
    if text.isdigit():
        return float(text)
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    return None


def _sync(stream: IO[bytes]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _read(path: Path, kind: type[Kind]) -> Kind | None:
    """What was written of this kind; nothing where it is missing or damaged."""
    try:
        return kind(**orjson.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, value: Card | _Version) -> None:
    partial = path.with_name(path.name + ".new")
    partial.write_bytes(orjson.dumps(asdict(value), option=orjson.OPT_INDENT_2))
    partial.replace(path)
