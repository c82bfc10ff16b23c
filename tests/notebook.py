"""Runs the code of a notebook without Jupyter: `python tests/notebook.py FILE NAME` says what `NAME` holds, as JSON."""

import ast
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any


def code_cells(file: Path) -> list[str]:
    """The source of each code cell, in order."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def run(file: Path) -> dict[str, Any]:
    """The names that a notebook leaves behind. `Any`: they are whatever its author made."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in code_cells(file):
            exec(compile(ast.parse(cell), file.name, "exec"), names)  # noqa: S102 - our own notebook
    return names


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(Path(sys.argv[1]))[sys.argv[2]], ensure_ascii=False))
