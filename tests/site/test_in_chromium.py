"""The site in a real Chromium, over a real port."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(app: FastAPI, browser: Browser) -> Iterator[str]:
    """The site on a free port of this machine; started only where there is a browser."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@contextmanager
def visiting(browser: Browser, address: str, width: int = 1280) -> Iterator[tuple[Page, list[str]]]:
    """A page, and what it must not have: errors on the console, requests to elsewhere."""
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="fr-FR")
    page, faults = context.new_page(), list[str]()
    page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(address) else faults.append(asked.url))
    try:
        yield page, faults
    finally:
        context.close()


def test_from_the_home_through_search_to_an_actor_and_into_english(browser: Browser, address: str) -> None:
    with visiting(browser, address) as (page, faults):
        page.goto(address)
        assert page.url == f"{address}/fr/"
        page.fill("#q", "rameau")
        page.wait_for_selector("#suggestions li")
        assert page.get_attribute("#q", "aria-expanded") == "true"
        page.press("#q", "ArrowDown")
        page.press("#q", "Enter")
        page.wait_for_url("**/fr/acteurs/le-rameau")
        assert page.inner_text("h1") == "Le RAMEAU"
        page.click("a.language")
        page.wait_for_url("**/en/actors/le-rameau")
        assert page.get_attribute("html", "lang") == "en"
        assert faults == []


def test_search_without_a_choice_leads_to_the_results(browser: Browser, address: str) -> None:
    with visiting(browser, address) as (page, faults):
        page.goto(f"{address}/fr/")
        page.fill("#q", "caen")
        page.press("#q", "Enter")
        page.wait_for_url("**/fr/recherche?q=caen")
        assert page.locator(".hits a").first.inner_text() == "Caen"
        assert faults == []


def test_the_map_names_a_territory_under_the_pointer_and_leads_to_it(browser: Browser, address: str) -> None:
    with visiting(browser, address) as (page, faults):
        page.goto(f"{address}/fr/carte")
        page.hover('path[data-code="DEP-63"]')
        assert "Puy-de-Dôme" in page.inner_text("output.hover")
        page.click('path[data-code="DEP-63"]')
        page.wait_for_url("**/fr/territoires/DEP-63")
        assert faults == []


def test_the_first_tab_skips_to_the_content(browser: Browser, address: str) -> None:
    with visiting(browser, address) as (page, _):
        page.goto(f"{address}/fr/acteurs")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.locator("a.skip").bounding_box()["width"] > 50  # type: ignore[index]
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize(
    "path",
    ["/fr/", "/fr/acteurs/le-rameau", "/fr/alliances", "/fr/territoires/DEP-59", "/fr/isolement", "/fr/reseau",
     "/en/ontology", "/fr/questions/01-appeals"],
)  # fmt: skip
def test_nothing_is_wider_than_a_small_telephone(browser: Browser, address: str, path: str) -> None:
    with visiting(browser, address, width=360) as (page, faults):
        page.goto(f"{address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert faults == []
