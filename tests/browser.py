"""A real Chromium for tests that need one, and a record of what a page did in it.

Where no Chromium is found the test skips, saying so; with `ALLIANCES_REQUIRE=browser` it fails.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NoReturn

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, Route, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SITE = "http://pages.test/"
"""The address of pages that `visit` serves itself; no network is asked for it."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium; skips or fails where there is none."""
    path = next((found for found in map(shutil.which, _NAMES) if found), None)
    if path is None:
        _without(f"no Chromium found: none of {', '.join(_NAMES)} is on the path")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        except Error as error:
            _without(f"{path} does not start: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


def _without(reason: str) -> NoReturn:
    if "browser" in os.environ.get("ALLIANCES_REQUIRE", "").split(","):
        pytest.fail(f"{reason}, and ALLIANCES_REQUIRE asks for it")
    pytest.skip(reason)


@dataclass
class Visit:
    """A page in the browser, and what it did: every request but the first, and every error it reported."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def xss(self) -> bool:
        """Whether any script from the data ran."""
        return any(frame.evaluate("typeof window.XSS !== 'undefined'") for frame in self.page.frames)


@contextmanager
def visit(
    browser: Browser,
    content: str,
    *,
    folder: Path | None = None,
    headers: Mapping[str, str] | None = None,
    bypass_csp: bool = False,
    colour_scheme: Literal["light", "dark"] = "light",
) -> Iterator[Visit]:
    """Open a page: from a file in `folder`, else as if `SITE` had sent it with `headers`. Nothing else is let through.

    With `bypass_csp` the page's own policy does not count, so that what is seen is due to its escaping alone.
    """
    context = browser.new_context(
        bypass_csp=bypass_csp, color_scheme=colour_scheme, viewport={"width": 1440, "height": 900}
    )
    try:
        yield _opened(context, content, folder, headers or {})
    finally:
        context.close()


def _opened(context: BrowserContext, content: str, folder: Path | None, headers: Mapping[str, str]) -> Visit:
    visited = Visit(context.new_page())
    address = SITE if folder is None else _written(folder, content)

    def answer(route: Route, request: Request) -> None:
        if request.url == address:
            answered = {"content-type": "text/html; charset=utf-8", **headers}
            route.fulfill(body=content, headers=answered) if folder is None else route.continue_()
        else:
            visited.requests.append(request.url)
            route.abort()

    context.route("**/*", answer)
    visited.page.on("pageerror", lambda error: visited.errors.append(str(error)))
    visited.page.on("console", lambda said: visited.errors.append(said.text) if said.type == "error" else None)
    visited.page.on("dialog", lambda dialog: visited.errors.append(f"dialog: {dialog.message}"))
    visited.page.goto(address)
    return visited


def _written(folder: Path, content: str) -> str:
    path = folder / "page.html"
    path.write_text(content, encoding="utf-8")
    return path.as_uri()
