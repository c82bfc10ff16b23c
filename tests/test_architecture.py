"""The rules of this project that a tool or the syntax tree can hold it to; `make lint` runs the four tools alone."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import tree

BIN = Path(sys.executable).parent

# Where a query that is no literal may meet the store: our own named queries, a generation opened from Python by the
# query's author, and the worker that foreign ones run in. The layout asks a tree of points, not a store.
QUERIES = re.compile(
    r"graph/(queries|generation)\.py|graph/questions(/|\.py).*|api/sparql(/|\.py|_).*|visualisations/layout\.py"
)

# Where pySHACL may run: on graphs that the builder made itself.
SHAPES = re.compile(r"graph/validate\.py")

TOOLS = {
    "style": ["ruff", "check", "--no-cache", "."],
    "format": ["ruff", "format", "--no-cache", "--check", "."],
    "import rules": ["lint-imports", "--no-cache"],
    "types": ["mypy"],
}

# Binary files are those that are so named: everything else is text, and text is UTF-8.
BINARY = {".gz", ".ico", ".jpg", ".parquet", ".png", ".webp", ".woff2", ".xlsx", ".zip"}
MOST_BYTES = 5_000_000

# What only one machine knows: folders of a person or a workplace, hidden shared folders, package registries.
MACHINES = re.compile(
    r"""(?<![\w.:/*~$}-])/(?:home|root|work|Users|mnt)/\w      # not a part of an address
      | (?<![\w/])[.]library/
      | (?:pypi|pythonhosted|npmjs|crates)\.(?:org|com|io)\b""",
    re.VERBOSE,
)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_code_is_clean(tool: str) -> None:
    name, *arguments = TOOLS[tool]
    done = subprocess.run(
        [BIN / name, *arguments], cwd=tree.ROOT, check=False, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


# Rules over the syntax tree: each is a function from a module to the lines that break it.


def calls(module: ast.Module, method: str) -> Iterator[ast.Call]:
    """Every call `something.method(…)`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
            yield node


def imports(module: ast.Module, library: str) -> bool:
    """Whether a module imports a library, as a whole or in part, at its top or within a function."""
    for node in ast.walk(module):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] == library for name in names):
            return True
    return False


def first_argument(call: ast.Call, *keywords: str) -> ast.expr | None:
    """What a call gets first, by position or by one of these names."""
    named = [keyword.value for keyword in call.keywords if keyword.arg in keywords]
    return next(iter([*call.args, *named]), None)


def is_put_together(text: ast.expr | None) -> bool:
    """Whether a text is made in place from parts: an f-string, `+`, `%`, `.format(…)`, `.replace(…)` or `.join(…)`."""
    match text:
        case ast.JoinedStr():
            return True
        case ast.BinOp(op=ast.Add() | ast.Mod()):  # numbers are added too, in a query for neighbours
            return any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(text))
        case ast.Call(func=ast.Attribute(attr="format" | "replace" | "join")):
            return True
    return False


def queries_put_together(module: ast.Module) -> Iterator[int]:
    """Values enter a query as substitutions, never as text."""
    for method in ("query", "update", "sparql"):
        for call in calls(module, method):
            if is_put_together(first_argument(call, "query", "update")):
                yield call.lineno


def queries_from_a_variable(module: ast.Module) -> Iterator[int]:
    """A query that is no literal may be a stranger's, and a stranger's runs in a process that can be killed."""
    if not (imports(module, "pyoxigraph") or imports(module, "rdflib") or imports(module, "graph")):
        return
    for method in ("query", "sparql"):
        for call in calls(module, method):
            if not isinstance(first_argument(call, "query"), ast.Constant):
                yield call.lineno


def rdf_read_by_name(module: ast.Module) -> Iterator[int]:
    """rdflib takes a text for an address and fetches it: it gets `data=` or `file=`, nothing else."""
    if not imports(module, "rdflib"):
        return
    for call in calls(module, "parse"):
        if call.args or any(keyword.arg in {"source", "location", None} for keyword in call.keywords):
            yield call.lineno


def validation_elsewhere(module: ast.Module) -> Iterator[int]:
    """pySHACL takes a text for an address too, and follows what is in it: it sees our own graphs and shapes only."""
    if imports(module, "pyshacl"):
        yield 1


def engines_of_another_library(module: ast.Module) -> Iterator[int]:
    """One store, reached in one way: pyoxigraph, not through rdflib's plugin of it."""
    if imports(module, "oxrdflib"):
        yield 1


def prints(module: ast.Module) -> Iterator[int]:
    """What a user reads goes through the command line's console, also where a `noqa` would hide it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno


Rule = Callable[[ast.Module], Iterator[int]]
RULES: dict[Rule, re.Pattern[str] | None] = {
    queries_put_together: None,
    queries_from_a_variable: QUERIES,
    rdf_read_by_name: None,
    validation_elsewhere: SHAPES,
    engines_of_another_library: None,
    prints: None,
}

BREACHES: list[tuple[Rule, str]] = [
    (queries_put_together, "store.query(f'SELECT * {{ <{iri}> ?p ?o }}')"),
    (queries_put_together, "store.query('ASK { ?s ?p \"%s\" }' % name)"),
    (queries_put_together, "store.query('ASK { ' + pattern + ' }')"),
    (queries_put_together, "store.query(query=TEMPLATE.format(name))"),
    (queries_put_together, "graph.update('INSERT DATA { {} }'.format(data))"),
    (queries_from_a_variable, "from graph import open_generation\nopen_generation().sparql(text)"),
    (queries_from_a_variable, "from pyoxigraph import Store\nStore().query(text)"),
    (rdf_read_by_name, "from rdflib import Graph\nGraph().parse(path)"),
    (rdf_read_by_name, "import rdflib\nrdflib.Graph().parse(source=path, format='turtle')"),
    (validation_elsewhere, "import pyshacl\npyshacl.validate(path)"),
    (engines_of_another_library, "def f():\n    import oxrdflib"),
    (prints, "print('done')  # noqa"),
]


@pytest.mark.parametrize(("rule", "breach"), BREACHES)
def test_a_rule_sees_its_breach(rule: Rule, breach: str) -> None:
    assert list(rule(ast.parse(breach)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module_breaks_a_rule(rule: Rule) -> None:
    allowed = RULES[rule]
    sources = [path for path in tree.packaged() if path.suffix == ".py"]
    judged = [path for path in sources if not (allowed and allowed.fullmatch(path.as_posix()))]
    breaches = [f"{path}:{line}" for path in judged for line in rule(ast.parse((tree.ROOT / path).read_bytes()))]
    assert judged
    assert breaches == [], rule.__doc__


# Rules over all files


def texts() -> Iterator[tuple[Path, bytes]]:
    """Every file that is not named as a binary one, with its bytes."""
    return ((path, (tree.ROOT / path).read_bytes()) for path in tree.files() if path.suffix not in BINARY)


def is_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8 without a byte order mark or a NUL."""
    try:
        return "\0" not in content.decode() and not content.startswith(b"\xef\xbb\xbf")
    except UnicodeDecodeError:
        return False


def machine_names(content: bytes) -> list[str]:
    """What in a text holds on one machine only."""
    return MACHINES.findall(content.decode(errors="replace"))


def test_every_text_is_utf8() -> None:
    # Fixtures are dirty on purpose: loaders are tested on them.
    assert [
        str(path) for path, content in texts() if path.parts[:2] != ("tests", "fixtures") and not is_utf8(content)
    ] == []


def test_no_file_is_large() -> None:
    assert [str(path) for path in tree.files() if (tree.ROOT / path).stat().st_size > MOST_BYTES] == []


def test_no_text_names_a_machine() -> None:
    assert {str(path): names for path, content in texts() if (names := machine_names(content))} == {}


@pytest.mark.parametrize("text", ["cd {}root/x", "'{}home/me/data'", "https:{}{}pypi.{}org/simple"])
def test_the_name_of_a_machine_is_seen(text: str) -> None:
    # Written with gaps, so that this file passes its own test.
    assert machine_names(text.replace(".{}", ".").replace("{}", "/").encode())


@pytest.mark.parametrize("text", ["https://example.fr/home/page", "/usr/bin/env", "a/work/b", "the pypi package"])
def test_an_address_is_no_name_of_a_machine(text: str) -> None:
    assert not machine_names(text.encode())
