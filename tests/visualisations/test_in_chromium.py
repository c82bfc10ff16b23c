"""The pages in a real browser: they draw, they answer, and nothing from the data ever runs or calls out."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect

from ontology import iris
from ontology.schemes import Language
from tests.browser import SITE, Visit, visit
from tests.visualisations import samples
from visualisations.map import map_page
from visualisations.pages import ego_page, network_page, territory_page
from visualisations.shell import PageContext, csp_header

pytestmark = pytest.mark.browser


def ready(page: Page) -> float:
    """Wait until the network is drawn; the milliseconds since the navigation began."""
    page.wait_for_function("window.alliancesReady > 0", timeout=20_000)
    return float(page.evaluate("window.alliancesReady"))


def place(page: Page, node: str) -> tuple[float, float]:
    """Where on the screen a node is."""
    x, y = page.evaluate(
        """(node) => {
            const box = document.getElementById("mynetwork").getBoundingClientRect();
            const at = network.canvasToDOM(network.getPosition(node));
            return [box.left + at.x, box.top + at.y];
        }""",
        node,
    )
    return x, y


def use(visited: Visit, node: str, name: str) -> None:
    """Hover, click, search and press all that can be pressed."""
    page = visited.page
    ready(page)
    page.mouse.move(*place(page, node))
    page.wait_for_timeout(300)
    page.mouse.click(*place(page, node))
    page.locator("#search").fill(name.strip()[:40])
    page.locator("#search").press("Enter")
    for kind in page.locator("button.kind").all():
        kind.click()
    page.locator("details > summary").click()
    page.keyboard.press("Escape")
    page.wait_for_timeout(50)


def test_the_watch_sees_a_script_and_a_request(browser: Browser, tmp_path: Path) -> None:
    """What the other tests say never happens is noticed when it does."""
    page = '<img src="http://tracker.test/x.png"><img src=x onerror="window.XSS=1"><script>undefinedName()</script>'
    with visit(browser, page, folder=tmp_path) as visited:
        visited.page.wait_for_function("window.XSS === 1")
        assert visited.xss
        assert "http://tracker.test/x.png" in visited.requests
        assert any("undefinedName" in error for error in visited.errors)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_page_draws_by_itself(browser: Browser, tmp_path: Path, lang: Language) -> None:
    content = network_page(samples.ecosystem(), samples.CONTEXT, lang)
    with visit(browser, content, folder=tmp_path) as visited:
        ready(visited.page)
        assert visited.page.locator("html").get_attribute("lang") == lang
        assert (visited.requests, visited.errors) == ([], [])


@pytest.mark.parametrize("batch", range(4))
def test_no_text_is_run(browser: Browser, tmp_path: Path, batch: int) -> None:
    """As name, key, kind, role, title, heading and context; the page's policy is off, so escaping alone holds."""
    attack = " ".join(samples.ATTACKS[batch::4])
    tables = samples.tables(samples.hostile(attack))
    context = PageContext(attack, attack, coverage_fr=attack, site="/")
    content = ego_page(tables, attack, 1, context, "fr")
    node = iris.mint("actor", samples.SOURCE, attack)
    with visit(browser, content, folder=tmp_path, bypass_csp=True) as visited:
        use(visited, node, attack)
        assert not visited.xss
        assert (visited.requests, visited.errors) == ([], [])
        assert attack in visited.page.locator("h1").evaluate("(heading) => heading.textContent")
        assert visited.page.evaluate("nodes.get().filter((node) => node.name).length") == 3


def test_all_attacks_together_in_a_territory(browser: Browser, tmp_path: Path) -> None:
    records = {one.iri: one for attack in samples.ATTACKS for one in samples.hostile(attack)}
    content = territory_page(samples.tables(records.values()), "DEP-01", samples.CONTEXT, "en")
    with visit(browser, content, folder=tmp_path, bypass_csp=True) as visited:
        use(visited, iris.mint("actor", samples.SOURCE, samples.ATTACKS[0]), "window.XSS")
        assert not visited.xss
        assert (visited.requests, visited.errors) == ([], [])


def test_the_tooltip_shows_markup_as_text(browser: Browser, tmp_path: Path) -> None:
    attack = '<a href="#">x</a><img src=x onerror="window.XSS=1">'
    content = ego_page(samples.tables(samples.hostile(attack)), attack, 1, samples.CONTEXT, "fr")
    node = iris.mint("actor", samples.SOURCE, attack)
    with visit(browser, content, folder=tmp_path, bypass_csp=True) as visited:
        ready(visited.page)
        visited.page.mouse.move(*place(visited.page, node))
        expect(visited.page.locator(".vis-tooltip")).to_contain_text(attack)
        assert visited.page.locator(".vis-tooltip img").count() == 0


def test_the_policy_stops_a_script_that_gets_in(browser: Browser) -> None:
    content = network_page(samples.ecosystem(), samples.CONTEXT, "fr")
    broken = content.replace("</h1>", "</h1><script>window.XSS=1</script><img src=x onerror='window.XSS=2'>")
    with visit(browser, broken) as visited:
        ready(visited.page)
        assert not visited.xss
        assert any("Content Security Policy" in error for error in visited.errors)


def test_a_served_page_works_under_its_header_and_links_to_records(browser: Browser) -> None:
    content = ego_page(samples.ecosystem(), "ana", 1, samples.SERVED, "fr")
    with visit(browser, content, headers={"Content-Security-Policy": csp_header()}) as visited:
        ready(visited.page)
        assert (visited.requests, visited.errors) == ([], [])
        visited.page.locator("#selection a").click()
        assert visited.requests == [f"{SITE}fr/actors/ana"]


def test_a_chosen_actor_shows_its_alliances_allies_roles_and_periods(browser: Browser, tmp_path: Path) -> None:
    content = network_page(samples.ecosystem(), samples.CONTEXT, "fr")
    with visit(browser, content, folder=tmp_path) as visited:
        ready(visited.page)
        visited.page.mouse.click(*place(visited.page, iris.mint("actor", "sample", "bo")))
        panel = visited.page.locator("#selection")
        expect(panel.locator("h3")).to_have_text("Bô & Cie")
        expect(panel.locator(":scope > ul > li > button bdi")).to_have_text(["Nord", "Sud"])
        expect(panel.locator("ul ul bdi")).to_have_text(["Ana", "Cléo"])
        expect(panel).to_contain_text("Financeur, Partenaire · depuis 2019, d’après l’alliance")
        dimmed = visited.page.evaluate("nodes.get().filter((node) => node.opacity < 1).map((node) => node.name)")
        assert set(dimmed) == {"Est", "Dora", "Ève", "Seule"}
        panel.get_by_text("Sud").click()
        expect(panel.locator("h3")).to_have_text("Sud")


def test_a_name_is_found_without_accents_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    content = network_page(samples.ecosystem(), samples.CONTEXT, "en")
    with visit(browser, content, folder=tmp_path) as visited:
        ready(visited.page)
        visited.page.locator("#search").focus()
        visited.page.keyboard.type("EVE")
        visited.page.keyboard.press("Enter")
        expect(visited.page.locator("#selection h3")).to_have_text("Ève")
        assert visited.page.evaluate("network.getSelectedNodes()") == [iris.mint("actor", "sample", "eve")]
        visited.page.keyboard.press("Escape")
        assert visited.page.evaluate("network.getSelectedNodes()") == []
        visited.page.locator("#search").fill("zzz")
        expect(visited.page.locator("#results")).to_have_text("No name matches.")


def test_the_drawing_moves_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    content = network_page(samples.ecosystem(), samples.CONTEXT, "en")
    with visit(browser, content, folder=tmp_path) as visited:
        ready(visited.page)
        visited.page.locator("#mynetwork").focus()
        scale = visited.page.evaluate("network.getScale()")
        visited.page.keyboard.press("+")
        visited.page.wait_for_function("(scale) => network.getScale() > scale", arg=scale)
        at = visited.page.evaluate("network.getViewPosition().x")
        visited.page.wait_for_timeout(300)
        visited.page.keyboard.press("ArrowRight")
        assert visited.page.evaluate("network.getViewPosition().x") > at


def test_the_table_in_the_page_is_the_network_in_the_page(browser: Browser, tmp_path: Path) -> None:
    content = network_page(samples.ecosystem(), samples.CONTEXT, "fr")
    with visit(browser, content, folder=tmp_path) as visited:
        ready(visited.page)
        visited.page.locator("details > summary").click()
        shown = visited.page.locator("tbody tr").evaluate_all(
            "(rows) => rows.map((row) => [row.cells[0].textContent, Number(row.cells[2].textContent)])"
        )
        network = visited.page.evaluate(
            "nodes.get().map((node) => [node.name, network.getConnectedEdges(node.id).length])"
        )
        assert sorted(shown) == sorted(network)


def test_no_name_is_run_on_the_map(browser: Browser, tmp_path: Path) -> None:
    attacks = list(samples.ATTACKS)
    squares = [f"POLYGON(({x} 45,{x + 0.4} 45,{x + 0.4} 48,{x} 48,{x} 45))" for x in np.arange(len(attacks)) / 2 - 4]
    outlines = pl.DataFrame({"id": attacks, "level": "departement", "wkt": squares})
    rows = pl.DataFrame({"code": attacks, "name": attacks, "status": "connected", "alliances": 3})
    context = PageContext(attacks[0], attacks[1], coverage_fr=attacks[2], site="/")
    content = map_page(outlines, rows, "departement", context, "fr")
    with visit(browser, content, folder=tmp_path, bypass_csp=True) as visited:
        for path in visited.page.locator(".map path[data-code]").all():
            path.hover()
        visited.page.locator("details > summary").click()
        assert not visited.xss
        assert (visited.requests, visited.errors) == ([], [])
        titles = visited.page.locator(".map path title").evaluate_all("(all) => all.map((one) => one.textContent)")
        assert titles == [f"{attack} : 3 alliances" for attack in sorted(attacks)]
