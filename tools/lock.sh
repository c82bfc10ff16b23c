#!/bin/sh
# Pin every package, with the hashes of its files, for all platforms and Pythons from 3.11 on.
#
#   requirements.lock      what the application runs on, and what builds it
#   requirements-dev.lock  the same, and what the tests and checks need
#
# Pins that still fit pyproject.toml stay; arguments go to the resolver (--upgrade, --upgrade-package NAME).
# One version of a package serves all Pythons (fewest forks), so that a build gives the same bits on each.
set -eu
cd "$(dirname "$0")/.."

python=.venv/bin/python
"$python" -m uv --version >/dev/null 2>&1 || "$python" -m pip install --quiet --disable-pip-version-check uv

build_requirements() {
    "$python" -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'
}

compile() {
    build_requirements | "$python" -m uv pip compile pyproject.toml - --quiet --system-certs \
        --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
        --custom-compile-command "make lock" "$@"
}

compile --output-file requirements.lock "$@"
compile --output-file requirements-dev.lock --group dev --constraints requirements.lock "$@"
