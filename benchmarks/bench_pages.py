"""How long the ecosystem page takes: laid out, written, and usable in Chromium. Run: python benchmarks/bench_pages.py.

Reads the current generation. « Usable » is from the start of the navigation to the first drawing of the network;
the page is opened from a file, five times, each in a fresh context. Aims: layout ≤ 2 s, usable ≤ 1.5 s.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from graph import open_generation
from graph.networks import two_mode
from graph.selection import Tables
from visualisations.layout import positions
from visualisations.pages import network_page
from visualisations.shell import PageContext

ROUNDS = 5


def measure(tables: Tables, context: PageContext) -> dict[str, float]:
    """Medians in seconds, the number of nodes, and the page's size in kB."""
    network = two_mode(tables.actors, tables.alliances, tables.memberships)
    page = network_page(tables, context, "fr")
    return {
        "nodes": network.number_of_nodes(),
        "page_kb": round(len(page.encode()) / 1000),
        "layout_s": _seconds(lambda: positions(network)),
        "page_s": _seconds(lambda: network_page(tables, context, "fr")),
        "usable_s": _usable(page),
    }


def _seconds(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return round(median(spent), 3)


def _usable(page: str) -> float:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        ready = [_ready(browser, path.as_uri()) for _ in range(ROUNDS)]
        browser.close()
    return round(median(ready) / 1000, 3)


def _ready(browser: Browser, address: str) -> float:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_function("window.alliancesReady > 0")
        return float(page.evaluate("window.alliancesReady"))


def main() -> None:
    """Measure the current generation."""
    generation = open_generation()
    tables = Tables(*(generation.table(name) for name in ("actors", "alliances", "memberships", "territories")))
    print(json.dumps(measure(tables, PageContext(generation.id, generation.graph_sha256)), indent=2))


if __name__ == "__main__":
    main()
