"""How a generation is cited."""

import re
from datetime import date

import pytest

from graph import Generation
from graph.citation import AUTHORS, TITLE, Cited, Licensed
from tests import tree

CITED = Cited(
    "000001-abcdef01",
    "ab" * 32,
    date(2026, 11, 3),
    "https://example.org/",
    (Licensed("b", "CC BY 4.0", "", ""), Licensed("a", "CC BY 4.0", "", ""), Licensed("c", "50 % & {more}", "", "")),
)


def test_it_names_what_the_citation_file_names() -> None:
    text = (tree.ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f'title: "{TITLE}"' in text
    assert [f'- name: "{name}"' in text for name in AUTHORS] == [True]
    assert len(re.findall(r"^  - name:", text, re.MULTILINE)) == len(AUTHORS)


def test_a_sentence() -> None:
    assert CITED.as_style("text") == (
        f"The Alliances contributors (2026). {TITLE}. Generation 000001-abcdef01, state of knowledge on 2026-11-03, "
        f"graph SHA-256 {'ab' * 32}. https://example.org/. Licences: 50 % & {{more}} (c); CC BY 4.0 (a, b)."
    )


def test_bibtex_escapes_what_tex_reads() -> None:
    text = CITED.as_style("bibtex")
    assert text.startswith("@dataset{alliances-000001-abcdef01,\n")
    assert r"50 \% \& \{more\} (c)" in text
    bare = text.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")
    assert re.findall(r"^  (\w+) = ", text, re.MULTILINE) == [
        "author",
        "title",
        "year",
        "month",
        "version",
        "url",
        "note",
    ]


def test_cff_holds_the_keys_of_its_version() -> None:
    lines = CITED.as_style("cff").splitlines()
    keys = [line.partition(":")[0] for line in lines if not line.startswith(" ")]
    assert keys == [
        "cff-version", "message", "type", "title", "authors", "version", "date-released", "url", "abstract",
        "identifiers",
    ]  # fmt: skip
    assert 'date-released: "2026-11-03"' in lines
    assert f'    value: "sha256:{"ab" * 32}"' in lines


def test_another_style_is_refused() -> None:
    with pytest.raises(ValueError, match="bibtex"):
        CITED.as_style("mla")  # type: ignore[arg-type]


def test_a_generation_says_how_to_cite_it(generation: Generation) -> None:
    for style in ("text", "bibtex", "cff"):
        said = generation.cite(style)
        assert generation.graph_sha256 in said
        assert generation.id in said
    assert str(generation.knowledge_date) in generation.cite()
    assert {one.source for one in generation.cited.licences} == set(generation.table("sources")["id"])
