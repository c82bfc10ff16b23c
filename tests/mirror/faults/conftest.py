"""A server to be damaged, a wire to it that can be cut, and a table of what came of each fault."""

from collections.abc import Callable, Iterator
from itertools import chain

import pytest

from graph import Generation
from graph.home import Home
from graph.mirror.address import Address
from graph.mirror.bolt import connect
from tests.mirror.homes import make_home
from tests.mirror.kills import assert_equal
from tests.mirror.proxy import Proxy
from tests.mirror.server import Server, wipe

Proven = Callable[[Address, Generation, str], None]
_HAPPENED, _PROOF = "what happened", "verify"


@pytest.fixture(scope="session")
def victim_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of our own, to be killed, paused and cut off."""
    server = Server.start(tmp_path_factory.mktemp("victim"))
    yield server
    server.stop()


@pytest.fixture
def victim(victim_process: Server) -> Server:
    """That server, running and empty."""
    if not victim_process.running:
        victim_process.restart()
    engine = connect(victim_process.address)
    wipe(engine)
    engine.close()
    return victim_process


@pytest.fixture
def wire(victim: Server) -> Iterator[Proxy]:
    """A wire to that server."""
    proxy = Proxy(victim.port)
    yield proxy
    proxy.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with two generations of 14,000 rows. Not to be written to."""
    return make_home(tmp_path_factory.mktemp("home"), 2000, examples=False)


@pytest.fixture
def proven(record_property: Callable[[str, object], None]) -> Proven:
    """Prove that the mirror equals a generation, and write down what happened before, for the table at the end."""

    def prove(address: Address, generation: Generation, happened: str) -> None:
        record_property(_HAPPENED, happened)
        found = assert_equal(address, generation)
        record_property(_PROOF, f"equal, {found.statements:,} statements")

    return prove


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the table: a row for each fault, also for one after which nothing was proven."""
    reports = chain.from_iterable(terminalreporter.getreports(how) for how in ("passed", "failed", "error"))
    rows = [row for report in reports if isinstance(report, pytest.TestReport) and (row := _row(report))]
    if not rows:
        return
    rows = [("fault", _PROOF, _HAPPENED), *rows]
    fault_width, proof_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    terminalreporter.section("faults")
    for fault, proof, happened in rows:
        terminalreporter.line(f"{fault:<{fault_width}}  {proof:<{proof_width}}  {happened}")


def _row(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """The fault, the proof and what happened; `None` for a test of something else."""
    file, _, name = report.nodeid.partition("::")
    if "/faults/" not in file or (report.passed and report.when != "call"):
        return None
    told = dict(report.user_properties)
    fault = name.removeprefix("test_").replace("_", " ")
    return fault, "FAILED" if report.failed else str(told.get(_PROOF, "")), str(told.get(_HAPPENED, ""))
