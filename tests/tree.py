"""The files of this checkout, as git sees them: what is committed or would be."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("ontology", "loaders", "graph", "visualisations", "api")


@cache
def files() -> tuple[Path, ...]:
    """Every file that git tracks or would add, relative to the checkout, in order; those just deleted are left out."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout
    paths = (Path(name) for name in sorted(set(listed.split("\0"))) if name)
    return tuple(path for path in paths if (ROOT / path).is_file())


def packaged() -> tuple[Path, ...]:
    """Those files that lie in one of our packages."""
    return tuple(path for path in files() if path.parts[0] in PACKAGES)


def modules() -> tuple[str, ...]:
    """The dotted name of every module of ours that may be imported: all but what `python -m` runs."""
    paths = (path for path in packaged() if path.suffix == ".py" and path.name != "__main__.py")
    return tuple(".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths)
