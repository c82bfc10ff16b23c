"""Downloads from a publisher that cuts, lies, changes its mind and is busy: a real server on this machine."""

import gzip
import hashlib
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from api.cli import run
from loaders.fetching import Fetched, FetchError, Licence, Patience, fetch
from loaders.registry import all_loaders
from ontology.provenance import Address

BODY = b"id;nom\n" + b"".join(b"%d;Commune %d\n" % (one, one) for one in range(20_000))
LICENCE = Licence("Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/")
QUICK = Patience(silent_s=5, total_s=30, tries=3, first_wait_s=0.01, longest_wait_s=2)

Answer = Callable[["Publisher", BaseHTTPRequestHandler], None]
Command = Callable[..., tuple[int, str, str]]


@dataclass
class Publisher:
    """What the server gives, and what it was asked."""

    body: bytes = BODY
    etag: str = '"v1"'
    answers: list[Answer] = field(default_factory=list)
    """How the first requests are answered; those that follow, properly."""
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append({name.lower(): value for name, value in request.headers.items()})
        (self.answers.pop(0) if self.answers else properly)(self, request)


def properly(publisher: Publisher, request: BaseHTTPRequestHandler) -> None:
    """Answer as RFC 9110 says, conditions and ranges included."""
    asked, body = request.headers, publisher.body
    if publisher.etag and asked.get("If-None-Match") == publisher.etag:
        head(request, 304, ETag=publisher.etag)
        return
    start = 0
    if "Range" in asked and asked.get("If-Range") == publisher.etag:
        start = int(asked["Range"].removeprefix("bytes=").removesuffix("-"))
    tag = {"ETag": publisher.etag} if publisher.etag else {}
    if start:
        part = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
        head(request, 206, **tag, **part, Content_Length=str(len(body) - start))
    else:
        head(request, 200, **tag, Content_Length=str(len(body)))
    request.wfile.write(body[start:])


def head(request: BaseHTTPRequestHandler, status: int, **headers: str) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()


def status(code: int, **headers: str) -> Answer:
    return lambda _, request: head(request, code, Content_Length="0", **headers)


def page(_: "Publisher", request: BaseHTTPRequestHandler) -> None:
    head(request, 200, Content_Type="text/html; charset=utf-8", Content_Length="6")
    request.wfile.write(b"<html>")


def cut_after(size: int, *, tagged: bool = True) -> Answer:
    """Break off in the middle of the body."""

    def answer(publisher: Publisher, request: BaseHTTPRequestHandler) -> None:
        tag = {"ETag": publisher.etag} if tagged else {}
        head(request, 200, **tag, Content_Length=str(len(publisher.body)))
        request.wfile.write(publisher.body[:size])
        request.wfile.flush()
        request.connection.shutdown(socket.SHUT_RDWR)

    return answer


class Handler(BaseHTTPRequestHandler):
    publisher: Publisher

    def do_GET(self) -> None:
        self.publisher.answer(self)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    served = Publisher()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("One", (Handler,), {"publisher": served}))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}/liste.csv"
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


def fetched(publisher: Publisher, folder: Path, patience: Patience = QUICK, sha256: str = "") -> Fetched:
    return fetch(Address("liste.csv", publisher.url, sha256), folder, LICENCE, patience=patience)


def files(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_file_comes_with_its_card_and_is_then_only_asked_for(publisher: Publisher, tmp_path: Path) -> None:
    first = fetched(publisher, tmp_path / "new")
    assert first.changed
    assert first.path.read_bytes() == BODY
    assert files(tmp_path / "new") == [".liste.csv.fetched.json", "liste.csv"]
    card = json.loads((tmp_path / "new" / ".liste.csv.fetched.json").read_text())
    assert card == {
        "url": publisher.url, "fetched": first.card.fetched, "etag": '"v1"', "last_modified": "", "bytes": len(BODY),
        "sha256": hashlib.sha256(BODY).hexdigest(), "licence": LICENCE.name, "licence_url": LICENCE.url,
    }  # fmt: skip

    again = fetched(publisher, tmp_path / "new")
    assert (again.changed, again.card) == (False, first.card)
    assert [one.get("if-none-match") for one in publisher.asked] == [None, '"v1"']

    publisher.body, publisher.etag = BODY + b"x;y\n", '"v2"'
    newer = fetched(publisher, tmp_path / "new")
    assert newer.changed
    assert newer.path.read_bytes() == publisher.body


def test_a_cut_download_goes_on_where_it_was(publisher: Publisher, tmp_path: Path) -> None:
    publisher.answers = [cut_after(100_000)]
    assert fetched(publisher, tmp_path).path.read_bytes() == BODY
    assert [one.get("range") for one in publisher.asked] == [None, "bytes=100000-"]
    assert publisher.asked[1]["if-range"] == '"v1"'


def test_a_download_goes_on_in_a_later_run(publisher: Publisher, tmp_path: Path) -> None:
    publisher.answers = [cut_after(100_000), *[status(503)] * 3]
    with pytest.raises(FetchError, match="what has arrived is kept"):
        fetched(publisher, tmp_path)
    assert files(tmp_path) == [".liste.csv.part", ".liste.csv.part.json"]
    assert fetched(publisher, tmp_path).path.read_bytes() == BODY
    assert publisher.asked[-1]["range"] == "bytes=100000-"
    assert files(tmp_path) == [".liste.csv.fetched.json", "liste.csv"]


def test_a_file_that_changes_meanwhile_is_begun_anew(publisher: Publisher, tmp_path: Path) -> None:
    newer = BODY.upper()

    def replaced(one: Publisher, request: BaseHTTPRequestHandler) -> None:
        one.body, one.etag = newer, '"v2"'
        properly(one, request)

    publisher.answers = [cut_after(100_000), replaced]
    assert fetched(publisher, tmp_path).path.read_bytes() == newer


def test_a_server_that_mixes_versions_is_not_believed(publisher: Publisher, tmp_path: Path) -> None:
    newer = BODY.upper()

    def mixed(one: Publisher, request: BaseHTTPRequestHandler) -> None:
        one.body, one.etag = newer, '"v2"'
        part = f"bytes 100000-{len(newer) - 1}/{len(newer)}"
        head(request, 206, ETag='"v2"', Content_Range=part, Content_Length=str(len(newer) - 100_000))
        request.wfile.write(newer[100_000:])

    publisher.answers = [cut_after(100_000), mixed]
    assert fetched(publisher, tmp_path).path.read_bytes() == newer


def test_without_a_name_for_the_version_nothing_is_pieced_together(publisher: Publisher, tmp_path: Path) -> None:
    publisher.etag = ""
    publisher.answers = [cut_after(100_000, tagged=False)]
    assert fetched(publisher, tmp_path).path.read_bytes() == BODY
    assert "range" not in publisher.asked[1]


def test_a_part_longer_than_the_file_is_begun_anew(publisher: Publisher, tmp_path: Path) -> None:
    publisher.answers = [cut_after(len(BODY) - 1), status(416)]
    assert fetched(publisher, tmp_path).path.read_bytes() == BODY


def test_a_busy_publisher_is_given_the_time_that_it_asks_for(publisher: Publisher, tmp_path: Path) -> None:
    publisher.answers = [status(429, Retry_After="1"), status(503, Retry_After="Mon, 01 Jan 2024 00:00:00 GMT")]
    assert fetched(publisher, tmp_path).path.read_bytes() == BODY
    assert len(publisher.asked) == 3


def test_who_asks_for_too_much_patience_is_left_alone(publisher: Publisher, tmp_path: Path) -> None:
    publisher.answers = [status(429, Retry_After="3600")]
    with pytest.raises(FetchError, match=r"answers 429; .*run the same command again later"):
        fetched(publisher, tmp_path)
    assert len(publisher.asked) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (status(404), "answers 404: look for the file at its publisher's"),
        (status(403), "answers 403"),
        (page, "a web page, not a file"),
        (status(200, ETag='"v9"'), "checksum"),
        (status(302, Location="https://example.org/liste.csv"), "no address to fetch from"),
        (status(302, Location="file:///etc/passwd"), "no address to fetch from"),
        (status(302, Location="/liste.csv"), "without end"),
        (status(304), "answers 304"),
    ],
)
def test_what_goes_wrong_leaves_the_file_as_it_was(
    publisher: Publisher, tmp_path: Path, answer: Answer, why: str
) -> None:
    fetched(publisher, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    publisher.answers = [answer] * 8
    publisher.body, publisher.etag = b"other", '"v2"'
    if "304" in why:  # to a question without a condition
        (tmp_path / ".liste.csv.fetched.json").unlink()
        (tmp_path / "liste.csv").unlink()
        before = {}
    with pytest.raises(FetchError, match=why):
        fetched(publisher, tmp_path, sha256="0" * 64)
    after = {name: (tmp_path / name).read_bytes() for name in files(tmp_path) if "part" not in name}
    assert after == before


def test_a_length_that_is_never_reached_is_a_cut(publisher: Publisher, tmp_path: Path) -> None:
    def lying(one: Publisher, request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        head(request, 200, Content_Length=str(len(one.body) + 1))
        request.wfile.write(one.body)

    publisher.answers = [lying] * 3
    with pytest.raises(FetchError, match=r"peer closed connection .*again later"):
        fetched(publisher, tmp_path)
    assert not (tmp_path / "liste.csv").exists()


def test_the_publishers_checksum_is_held_against_what_came(publisher: Publisher, tmp_path: Path) -> None:
    assert fetched(publisher, tmp_path, sha256=hashlib.sha256(BODY).hexdigest()).changed
    publisher.body, publisher.etag = BODY[:-1], '"v2"'
    with pytest.raises(FetchError, match="nothing was kept"):
        fetched(publisher, tmp_path, sha256=hashlib.sha256(BODY).hexdigest())
    assert (tmp_path / "liste.csv").read_bytes() == BODY


def test_what_is_packed_on_the_way_is_unpacked(publisher: Publisher, tmp_path: Path) -> None:
    packed = gzip.compress(BODY)

    def answer(_: Publisher, request: BaseHTTPRequestHandler) -> None:
        head(request, 200, ETag='"z"', Content_Encoding="gzip", Content_Length=str(len(packed)))
        request.wfile.write(packed)

    def broken(_: Publisher, request: BaseHTTPRequestHandler) -> None:
        head(request, 200, ETag='"z"', Content_Encoding="gzip", Content_Length=str(len(packed)))
        request.wfile.write(packed[: len(packed) // 2])
        request.wfile.flush()
        request.connection.shutdown(socket.SHUT_RDWR)

    publisher.answers = [broken, answer]
    assert fetched(publisher, tmp_path).path.read_bytes() == BODY
    assert "range" not in publisher.asked[1]
    assert publisher.asked[0]["accept-encoding"] == "identity"


def test_too_much_is_refused_before_and_while_it_arrives(publisher: Publisher, tmp_path: Path) -> None:
    small = replace(QUICK, max_bytes=1000)
    with pytest.raises(FetchError, match="over the limit of 1,000"):
        fetched(publisher, tmp_path, small)

    def bomb(_: Publisher, request: BaseHTTPRequestHandler) -> None:
        packed = gzip.compress(bytes(5_000_000))
        head(request, 200, Content_Encoding="gzip", Content_Length=str(len(packed)))
        request.wfile.write(packed)

    publisher.answers = [bomb]
    with pytest.raises(FetchError, match="over the limit"):
        fetched(publisher, tmp_path, replace(QUICK, max_bytes=1_000_000))
    assert not (tmp_path / "liste.csv").exists()


def test_a_file_that_somebody_changed_is_not_replaced(publisher: Publisher, tmp_path: Path) -> None:
    mine = fetched(publisher, tmp_path).path
    mine.write_text("corrected by hand")
    asked = len(publisher.asked)
    with pytest.raises(FetchError, match="is not replaced"):
        fetched(publisher, tmp_path)
    assert (mine.read_text(), len(publisher.asked)) == ("corrected by hand", asked)


@pytest.mark.parametrize("url", ["http://example.org/a.csv", "ftp://example.org/a.csv", "file:///etc/passwd", "https:"])
def test_only_safe_addresses_are_asked(tmp_path: Path, url: str) -> None:
    with pytest.raises(FetchError, match="https:// is needed"):
        fetch(Address("a.csv", url), tmp_path, LICENCE)
    assert files(tmp_path) == []


def test_nothing_is_kept_where_nothing_has_arrived(publisher: Publisher, tmp_path: Path) -> None:
    publisher.answers = [status(503)] * 3
    with pytest.raises(FetchError, match=r"run the same command again later") as caught:
        fetched(publisher, tmp_path)
    assert "kept" not in str(caught.value)
    assert files(tmp_path) == []


def test_a_publisher_that_is_not_there_is_said(publisher: Publisher, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/a.csv"
    with pytest.raises(FetchError, match="again later"):
        fetch(Address("a.csv", url), tmp_path, LICENCE, patience=QUICK)


def test_every_address_is_one_that_is_asked() -> None:
    for one in all_loaders().values():
        names = [address.file for address in one.source.addresses]
        assert len(set(names)) == len(names)
        for address in one.source.addresses:
            assert address.url.startswith("https://")
            assert Path(address.file).name == address.file
            assert Path(address.file).suffix.lstrip(".") in one.source.formats
        assert one.source.homepage.startswith("https://")


# The command


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    """Run the program in an empty folder: exit status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        done = run(arguments)
        captured = capsysbinary.readouterr()
        return done, captured.out.decode(), captured.err.decode()

    return command


def test_the_command_fetches_and_says_what_comes_next(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, said: Command, tmp_path: Path
) -> None:
    third_places = all_loaders()["third_places"]
    here = replace(third_places.source, addresses=(Address("lieux.csv", publisher.url),))
    loaders = {**all_loaders(), "third_places": replace(third_places, source=here)}
    monkeypatch.setattr("api.pipeline.all_loaders", lambda: loaders)
    done, out, err = said("fetch", "third_places")
    assert (done, (tmp_path / "third_places" / "lieux.csv").read_bytes()) == (0, BODY)
    assert hashlib.sha256(BODY).hexdigest() in out
    assert "licence: Licence Ouverte 2.0 (https://" in out
    assert "next: alliances check third_places third_places, then alliances build third_places=third_places" in err
    assert "unchanged" in said("fetch", "third_places")[1]
    done, out, _ = said("fetch", "third_places", "--format", "json", "--file", "lieux.csv")
    assert json.loads(out)["files"][0]["news"] == "unchanged"
    assert said("fetch", "third_places", "--file", "other.csv")[0] == 1


def test_a_source_without_an_address_names_the_page(said: Command) -> None:
    done, _, err = said("fetch", "rna")
    assert done == 1
    assert "choose a file on https://www.data.gouv.fr/datasets/repertoire-national-des-associations" in err
    assert err.count("\n") == 1
    assert said("fetch", "nothing")[0] == 2
