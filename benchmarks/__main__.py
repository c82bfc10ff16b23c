"""Runs the benchmarks named on the command line (`build`, `metrics` …), or all of them, one after the other."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    known = sorted(file.stem.removeprefix("bench_") for file in HERE.glob("bench_*.py"))
    if unknown := set(names) - set(known):
        print(f"no benchmark {', '.join(sorted(unknown))}: choose from {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or known:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.bench_{name}"], cwd=HERE.parent, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
