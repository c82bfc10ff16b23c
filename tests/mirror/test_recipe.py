"""`tools/neo4j/start.py`: what it does before it becomes the server. A server that runs is tested in `test_engines`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mirror.server import RECIPE

FETCH = f"import runpy; print(runpy.run_path({str(RECIPE)!r})['fetch_jars']())"
WORKING = 'sleep 0.5; for one in "$@"; do case $one in -DoutputDirectory=*) mkdir "${one#*=}";; esac; done'


def maven(folder: Path, script: str) -> dict[str, str]:
    """An environment in which Maven is a script that counts its calls; jars go to `folder`."""
    programs = folder / "bin"
    programs.mkdir()
    program = programs / "mvn"
    program.write_text(f'#!/bin/sh\necho called >> "{folder}/calls"\n{script}\n', encoding="utf-8")
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "XDG_CACHE_HOME": str(folder / "cache")}


def fetching(environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", FETCH]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_jars_are_fetched_once_whoever_asks(tmp_path: Path) -> None:
    environment = maven(tmp_path, WORKING)
    both = [fetching(environment), fetching(environment)]
    folders = {process.communicate(timeout=60)[0].strip() for process in both}
    assert len(folders) == 1
    assert Path(folders.pop()).is_dir()
    fetching(environment).communicate(timeout=60)
    assert (tmp_path / "calls").read_text(encoding="utf-8").count("called") == 1


def test_a_maven_that_fails_is_asked_again_and_leaves_nothing(tmp_path: Path) -> None:
    process = fetching(maven(tmp_path, f"{WORKING}; exit 1"))
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert "could not fetch Neo4j" in said
    assert (tmp_path / "calls").read_text(encoding="utf-8").count("called") == 3
    assert list((tmp_path / "cache" / "alliances").glob("neo4j-[0-9]*[0-9]")) == []


def started(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The recipe with a Java that says how it was called."""
    programs = maven(folder, WORKING)
    java = folder / "bin" / "java"
    java.write_text('#!/bin/sh\necho "$NEO4J_PASSWORD" "$@"\n', encoding="utf-8")
    java.chmod(0o755)
    command = [sys.executable, str(RECIPE), str(folder / "server"), *arguments]
    return subprocess.run(
        command, env={**programs, **environment}, capture_output=True, text=True, check=True, timeout=60
    )


def test_settings_that_are_given_win(tmp_path: Path) -> None:
    started(tmp_path, "--port", "7999", "db.transaction.timeout=1s", "dbms.security.auth_enabled=true")
    lines = (tmp_path / "server" / "neo4j.conf").read_text(encoding="utf-8").splitlines()
    keys = [line.partition("=")[0] for line in lines]
    assert len(keys) == len(set(keys))
    assert {"server.bolt.listen_address=127.0.0.1:7999", "db.transaction.timeout=1s"} <= set(lines)


def test_the_password_is_made_up_and_kept(tmp_path: Path) -> None:
    said = started(tmp_path).stdout
    kept = tmp_path / "server" / "password"
    password = kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(password) >= 12
    assert f"NEO4J_PASSWORD={password}" in said
    assert "NEO4J_URI=bolt://127.0.0.1:7687" in said
    assert said.splitlines()[-1].startswith(f"{password} ")


def test_the_password_may_be_chosen(tmp_path: Path) -> None:
    chosen = {"NEO4J_PASSWORD": "a-choice"}
    assert started(tmp_path, **chosen).stdout.splitlines()[-1].startswith("a-choice ")


def test_without_java_it_says_what_to_install(tmp_path: Path) -> None:
    command = [sys.executable, str(RECIPE), str(tmp_path)]
    done = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "java and mvn not found" in done.stderr


@pytest.mark.parametrize("name", ["pom.xml", "neo4j.conf", "Neo4jServer.java"])
def test_the_recipe_is_whole(name: str) -> None:
    assert (RECIPE.parent / name).is_file()
