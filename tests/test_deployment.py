"""Containers, CI and make: no Docker runs here, so what they name is compared with what there is."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import PurePosixPath

import pytest
import yaml

from api.cli import CONTENTS
from api.settings import Neo4jSettings, Settings
from graph.mirror import schema
from graph.mirror.address import Address
from tests import tree
from tests.client import Client
from visualisations import style

COMPOSE = yaml.safe_load((tree.ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (tree.ROOT / "Dockerfile").read_text(encoding="utf-8")
KNOWN = {f"ALLIANCES_{name.upper()}" for name in Settings.model_fields} | {
    f"NEO4J_{name.upper()}" for name in Neo4jSettings.model_fields
}


def instructions(name: str) -> list[str]:
    lines = DOCKERFILE.replace("\\\n", "").splitlines()
    return [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")]


def environment(service: str) -> Mapping[str, str]:
    return dict(COMPOSE["services"][service]["environment"])


# Compose


def test_the_service_gets_only_variables_that_it_knows() -> None:
    assert set(environment("alliances")) <= KNOWN


def test_the_service_is_told_where_the_server_is() -> None:
    address = Address(environment("alliances")["NEO4J_URI"])
    assert address.place == "neo4j:7687"
    assert environment("neo4j")["NEO4J_AUTH"].startswith(f"{environment('alliances')['NEO4J_USER']}/")
    assert "127.0.0.1:7687:7687" in COMPOSE["services"]["neo4j"]["ports"]


def test_ports_are_open_to_this_machine_alone() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service["ports"]]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_the_service_does_not_wait_for_the_server() -> None:
    assert COMPOSE["services"]["alliances"]["depends_on"] == {"neo4j": {"condition": "service_started"}}


def test_volumes_are_declared_and_hold_the_home() -> None:
    named = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service["volumes"]}
    assert named == set(COMPOSE["volumes"])
    assert f"alliances-data:{environment('alliances')['ALLIANCES_HOME']}" in COMPOSE["services"]["alliances"]["volumes"]


def test_no_password_is_written_down() -> None:
    for service in COMPOSE["services"]:
        secrets = [value for name, value in environment(service).items() if "PASSWORD" in name or "AUTH" in name]
        assert all("${NEO4J_PASSWORD:?" in value for value in secrets)


def test_the_server_is_the_one_that_is_tested() -> None:
    pom = (tree.ROOT / "tools" / "neo4j" / "pom.xml").read_text(encoding="utf-8")
    found = re.search(r"<neo4j\.version>(\d+\.\d+)\.\d+<", pom)
    assert found
    assert COMPOSE["services"]["neo4j"]["image"] == f"neo4j:{found[1]}-community"


# Dockerfile


def test_the_image_runs_a_command_of_ours() -> None:
    (command,) = [yaml.safe_load(one) for one in instructions("CMD")]
    assert command == ["alliances", "up", "--host", "0.0.0.0"]  # noqa: S104 - inside the container
    assert command[1] in CONTENTS


def test_the_image_asks_for_its_health_where_it_is_told(client: Client) -> None:
    (check,) = instructions("HEALTHCHECK")
    path = re.search(r"http://127\.0\.0\.1:8000(/\w+)'", check)
    assert path
    assert client.get(path[1]).status_code == 200
    assert instructions("EXPOSE") == ["8000"]


def test_the_image_holds_the_packages_and_nothing_else() -> None:
    copied = [PurePosixPath(one) for line in instructions("COPY") for one in line.split()[:-1]]
    assert {one.name for one in copied if (tree.ROOT / one).is_dir()} == set(tree.PACKAGES)
    assert all((tree.ROOT / one).exists() for one in copied)
    kept = re.findall(r"^!(.+)$", (tree.ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(kept) == {str(one) for one in copied}


def test_the_image_does_not_run_as_root() -> None:
    assert instructions("USER") == ["alliances"]
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index("\nCMD ")


def test_the_image_keeps_its_data_in_a_volume() -> None:
    assert instructions("ENV") == ["ALLIANCES_HOME=/data"]
    assert instructions("VOLUME") == ["/data"]


# make and CI


@pytest.mark.parametrize("target", ["help", "neo4j", "faults", "test", "run"])
def test_make_knows(target: str) -> None:
    done = subprocess.run(
        ["make", "-n", target], cwd=tree.ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_target_is_in_the_help() -> None:
    said = subprocess.run(
        ["make", "help"], cwd=tree.ROOT, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    found = re.search(r"^\.PHONY: (.+)$", (tree.ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    assert set(re.findall(r"^make (\w+)", said, re.MULTILINE)) == set(found[1].split())


def test_ci_tests_everything_on_a_real_server() -> None:
    script = (tree.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", tree.ROOT / ".ci" / "run"], check=False, timeout=60).returncode == 0
    assert re.search(r"^export ALLIANCES_REQUIRE=neo4j,browser$", script, re.MULTILINE)
    assert "make test && make faults" in script
    packages = re.search(r"^PACKAGES=\((.+)\)$", script, re.MULTILINE)
    assert packages
    assert {"maven", "openjdk-17-jdk-headless"} <= set(packages[1].split())


# The style of Neo4j Browser


GRASS = (tree.ROOT / "docs" / "neo4j.grass").read_text(encoding="utf-8")


def test_every_label_has_a_style() -> None:
    assert set(re.findall(r"^node\.(\w+) \{$", GRASS, re.MULTILINE)) == schema.labels()


def test_only_types_that_there_are_have_a_style() -> None:
    assert set(re.findall(r"^relationship\.(\w+) \{$", GRASS, re.MULTILINE)) <= set(schema.link_kinds())


def test_the_colours_are_those_of_the_pages() -> None:
    known = {one.colour for one in (*style.ACTORS.values(), *style.ALLIANCES.values(), style.OTHER)}
    assert set(re.findall(r"(?<!text-)(?:color|border-color): (#\w+);", GRASS)) - {"#ffffff", "#000000"} <= known
    assert GRASS.count("{\n") == GRASS.count("}\n")


def test_captions_name_keys_that_there_are() -> None:
    keys = {key.name for kind in schema.node_kinds().values() for key in kind.keys}
    keys |= {key.name for kind in schema.link_kinds().values() for key in kind.keys}
    assert set(re.findall(r"\{(\w+)\}", "".join(re.findall(r'caption: "(.+)";', GRASS)))) <= keys
