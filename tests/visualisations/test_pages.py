"""The pages as text: what each shows, in both languages, and what it refuses."""

import re
from datetime import date
from html.parser import HTMLParser

import orjson
import pytest

from graph import Generation
from graph.hierarchy import TerritoryCodeError
from graph.networks import two_mode
from graph.selection import Tables
from ontology import iris
from ontology.schemes import Language
from tests.visualisations import samples
from visualisations.pages import ego_page, network_page, target_page, territory_page
from visualisations.shell import PageContext, csp_header, policy


class Table(HTMLParser):
    """Reads the rows of a page's table: each a list of cell texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(page[page.index("<tbody>") : page.index("</tbody>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def focus(page: str) -> str | None:
    found = re.search(r'"focus": (null|"[^"]*")', page)
    assert found
    chosen: str | None = orjson.loads(found[1])
    return chosen


def drawn(page: str) -> dict[str, list[dict[str, str]]]:
    """What the script is given: nodes and edges."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    content: dict[str, list[dict[str, str]]] = orjson.loads(found[1])
    return content


def names(page: str) -> set[str]:
    return {node["name"] for node in drawn(page)["nodes"]}


def test_the_whole_network_has_everybody_but_persons() -> None:
    page = network_page(samples.ecosystem(), samples.CONTEXT, "fr")
    assert names(page) == {"Ana", "Bô & Cie", "Cléo", "Dora", "Ève", "Seule", "Nord", "Sud", "Est"}
    assert len(drawn(page)["edges"]) == 7


@pytest.mark.parametrize(
    ("depth", "reached"),
    [
        (1, {"Ana", "Nord", "Bô & Cie"}),
        (2, {"Ana", "Nord", "Bô & Cie", "Sud", "Cléo"}),
        (3, {"Ana", "Nord", "Bô & Cie", "Sud", "Cléo", "Est", "Dora", "Ève"}),
    ],
)
def test_a_step_around_an_actor_is_an_alliance(depth: int, reached: set[str]) -> None:
    page = ego_page(samples.ecosystem(), "ana", depth, samples.CONTEXT, "en")
    assert names(page) == reached
    assert focus(page) == iris.mint("actor", "sample", "ana")


@pytest.mark.parametrize("name", ["ana", "sample:ana", iris.mint("actor", "sample", "ana")])
def test_an_actor_is_known_by_each_of_its_names(name: str) -> None:
    assert "Ana" in names(ego_page(samples.ecosystem(), name, 1, samples.CONTEXT, "fr"))


@pytest.mark.parametrize("unknown", ["nobody", "", "sample:", "Ana"])
def test_an_unknown_actor_is_refused(unknown: str) -> None:
    with pytest.raises(LookupError, match="no actor has the id"):
        ego_page(samples.ecosystem(), unknown, 1, samples.CONTEXT, "fr")


def test_a_person_is_in_no_network() -> None:
    with pytest.raises(LookupError, match="is a person"):
        ego_page(samples.ecosystem(), "pat", 1, samples.CONTEXT, "fr")


def test_an_id_of_two_sources_is_refused_with_both() -> None:
    twin = samples.actor("ana").model_copy(update={"source": "other"})
    with pytest.raises(LookupError, match="other:ana, sample:ana"):
        ego_page(samples.tables([*samples.ECOSYSTEM, twin]), "ana", 1, samples.CONTEXT, "fr")


@pytest.mark.parametrize("depth", [0, 4, -1])
def test_another_depth_is_refused(depth: int) -> None:
    with pytest.raises(ValueError, match="depth"):
        ego_page(samples.ecosystem(), "ana", depth, samples.CONTEXT, "fr")


@pytest.mark.parametrize("code", ["REG-28", "DEP-14", "14118"])
def test_a_territory_has_what_is_within_it_and_all_members(code: str) -> None:
    assert names(territory_page(samples.ecosystem(), code, samples.CONTEXT, "fr")) == {"Nord", "Ana", "Bô & Cie"}


def test_who_is_seated_without_alliance_is_shown() -> None:
    assert names(territory_page(samples.ecosystem(), "DEP-28", samples.CONTEXT, "fr")) == {"Seule"}


def test_a_code_of_two_territories_is_refused_with_both() -> None:
    with pytest.raises(TerritoryCodeError, match="DEP-28, REG-28"):
        territory_page(samples.ecosystem(), "28", samples.CONTEXT, "fr")


def test_a_target_has_its_alliances_and_a_goal_those_of_its_targets() -> None:
    def shown(code: str) -> set[str]:
        return names(target_page(samples.ecosystem(), samples.SDG, code, samples.CONTEXT, "fr"))

    assert shown("17.16") == {"Sud", "Bô & Cie", "Cléo"}
    assert shown("2") == shown("2.4") == {"Nord", "Ana", "Bô & Cie", "Est", "Cléo", "Dora", "Ève"}
    assert {"Nord", "Sud"} <= shown("17")
    assert "Est" not in shown("17")
    assert shown("1") == set(), "1 is a goal of its own, not the beginning of 17"


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(LookupError, match="no SDG goal or target has the code '18'"):
        target_page(samples.ecosystem(), samples.SDG, "18", samples.CONTEXT, "fr")


def test_a_date_leaves_out_what_had_not_begun() -> None:
    context = PageContext("g", "h", as_of=date(2018, 12, 31))
    page = network_page(samples.ecosystem(), context, "fr")
    assert names(page) == {"Ana", "Bô & Cie", "Cléo", "Dora", "Ève", "Seule"}
    assert "2018-12-31" in page


def test_nothing_to_draw_is_said() -> None:
    page = target_page(samples.ecosystem(), samples.SDG, "1", samples.CONTEXT, "en")
    assert "Nothing to draw" in page
    assert drawn(page)["nodes"] == []


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("fr", ["Chercher un nom", "Légende", "D’où viennent ces chiffres", "ne couvrent aucun territoire en entier",
                "6 acteurs et 3 alliances, 7 liens", "toutes dates confondues", "Association", "Entreprise"]),
        ("en", ["Search a name", "Legend", "Where these numbers come from", "cover no territory completely",
                "6 actors and 3 alliances, 7 ties", "whatever the date", "Association", "Company"]),
    ],
)  # fmt: skip
def test_a_page_speaks_its_language_and_says_where_its_numbers_come_from(lang: Language, said: list[str]) -> None:
    page = network_page(samples.ecosystem(), samples.CONTEXT, lang)
    assert f'<html lang="{lang}">' in page
    for one in [*said, "0007-5eed", "0123456789abcdef" * 4]:
        assert one in page


def test_the_table_says_what_the_drawing_says() -> None:
    content = drawn(page := network_page(samples.ecosystem(), samples.CONTEXT, "fr"))
    degree = {node["id"]: 0 for node in content["nodes"]}
    for edge in content["edges"]:
        degree[edge["from"]] += 1
        degree[edge["to"]] += 1
    expected = sorted((node["name"], str(degree[node["id"]])) for node in content["nodes"])
    rows = Table(page).rows
    assert sorted((row[0], row[2]) for row in rows) == expected
    assert [row[0] for row in rows] == ["Ana", "Bô & Cie", "Cléo", "Dora", "Est", "Ève", "Nord", "Seule", "Sud"]


def test_roles_and_periods_stand_with_each_tie() -> None:
    page = network_page(samples.ecosystem(), samples.CONTEXT, "fr")
    details = {
        (edge["from"].split(":")[-1], edge["to"].split(":")[-1]): edge["detail"] for edge in drawn(page)["edges"]
    }
    assert details["ana", "north"] == "Chef de file · depuis 2019, d’après l’alliance"
    assert details["bo", "north"] == "Financeur, Partenaire · depuis 2019, d’après l’alliance"
    assert details["bo", "south"] == "Partenaire · période inconnue"


def test_records_are_linked_where_there_is_a_site() -> None:
    alone = network_page(samples.ecosystem(), samples.CONTEXT, "fr")
    served = network_page(samples.ecosystem(), samples.SERVED, "en")
    assert {node["url"] for node in drawn(alone)["nodes"]} == {None}
    assert '<a href="/en/actors/ana">' in served
    assert "/en/alliances/north" in {node["url"] for node in drawn(served)["nodes"]}


def test_the_page_points_at_no_network() -> None:
    page = network_page(samples.ecosystem(), samples.SERVED, "fr")
    assert not re.search(r"""(?:src|href|action)\s*=\s*["']?\s*(?:https?:)?//""", page)
    assert "@import" not in page
    assert "sourceMappingURL" not in page
    assert "bootstrap" not in page.lower()


def test_the_policy_allows_nothing_but_its_own_scripts() -> None:
    page = network_page(samples.ecosystem(), samples.CONTEXT, "fr")
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found
    assert found[1].replace("&#39;", "'") == policy()
    assert "default-src 'none'" in policy()
    assert "unsafe" not in policy()
    assert csp_header().startswith(policy())
    assert {"frame-ancestors 'self'", "sandbox allow-scripts"} <= set(csp_header().split("; "))


def test_the_real_ecosystem_is_whole(generation: Generation) -> None:
    tables = Tables(*(generation.table(name) for name in ("actors", "alliances", "memberships", "territories")))
    network = two_mode(tables.actors, tables.alliances, tables.memberships)
    page = network_page(tables, PageContext(generation.id, generation.graph_sha256), "fr")
    assert len(drawn(page)["nodes"]) == len(Table(page).rows) == network.number_of_nodes()
    assert len(drawn(page)["edges"]) == network.number_of_edges()
    assert all(edge["detail"] for edge in drawn(page)["edges"])
