"""What is promised to researchers: each method documented, and a page of findings that its notebook reproduces."""

import json
import os
import re
import subprocess
import sys

import pytest

from graph import Generation
from graph.home import Home
from tests import notebook, tree

PAGE = (tree.ROOT / "docs" / "research.md").read_text(encoding="utf-8")
FINDINGS = (tree.ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
NOTEBOOK = tree.ROOT / "docs" / "notebook" / "findings.ipynb"


def public_names(generation: Generation) -> set[str]:
    """What a user may ask of an opened generation."""
    return {name for name in (*dir(type(generation)), *vars(generation)) if not name.startswith("_")}


def test_the_page_names_every_method_and_no_other(generation: Generation) -> None:
    table = PAGE[PAGE.index("| call | gives |") : PAGE.index("Types and errors")]
    named = set(re.findall(r"`g\.(\w+)", table))
    assert named == public_names(generation)


def test_every_method_is_documented_and_typed() -> None:
    for name, value in vars(Generation).items():
        function = getattr(value, "fget", None) or getattr(value, "func", None) or value
        if not name.startswith("_"):
            assert function.__doc__, name
            assert "return" in function.__annotations__, name


def test_every_option_that_the_page_names_exists(generation: Generation) -> None:
    accepted = {name for value in vars(Generation).values() if callable(value) for name in value.__annotations__}
    assert set(re.findall(r"`?(\w+)=(?:True|False|\"|…)", PAGE)) <= accepted
    assert generation.cite("bibtex")


def table_of(page: str) -> dict[str, str]:
    """Value by name, from the rows of the tables of findings."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("| ")
    ]
    return {row[-1]: row[0] for row in rows if len(row) == 5 and not row[0].startswith("valeur")}


@pytest.fixture(scope="module")
def findings(home: Home) -> dict[str, str]:
    """What the notebook finds, run in a process of its own as a reader would run it."""
    environment = {**os.environ, "ALLIANCES_HOME": str(home.path), "PYTHONPATH": str(tree.ROOT)}
    command = [sys.executable, notebook.__file__, str(NOTEBOOK), "findings"]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=200)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_the_notebook_reproduces_the_page_of_findings(findings: dict[str, str]) -> None:
    assert len(findings) > 20
    assert findings == table_of(FINDINGS)


def test_the_notebook_is_stored_without_what_a_run_leaves_behind() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert all((cell["outputs"], cell["execution_count"]) == ([], None) for cell in code)
    assert len({cell["id"] for cell in cells}) == len(cells)
