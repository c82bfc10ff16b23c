"""Every page says how to cite what it shows."""

import html
import re

import pytest

from graph import Generation
from tests.client import Client


@pytest.mark.parametrize(
    ("page", "words"),
    [("/fr/", "Comment citer"), ("/en/isolation", "How to cite"), ("/fr/acteurs/ecosystem:le-rameau", "Comment citer")],
)
def test_the_foot_of_a_page_leads_to_the_citation(
    client: Client, generation: Generation, page: str, words: str
) -> None:
    link = re.search(rf'<a href="(/api/v1/citation[^"]*)">{words}', client.get(page).text)
    assert link
    assert client.json(html.unescape(link[1]))["text"] == generation.cite()
