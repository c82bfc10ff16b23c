"""Paths, series, differences, citations, run cards and networks on the command line."""

import csv
import json
from pathlib import Path

import networkx as nx
import orjson
import polars as pl
import pytest

from api.cards import result_sha256
from graph import Generation
from graph.home import Home
from tests.cli.conftest import Alliances, Said
from tests.client import Client

QUESTIONS = [
    ("path le-rameau REG-94", "paths?from=le-rameau&to=REG-94"),
    (
        "path le-rameau ville-d-evreux --as-of 2022-01-01 --limit 2",
        "paths?from=le-rameau&to=ville-d-evreux&as_of=2022-01-01&limit=2",
    ),
    ("series --from 2019 --to 2021 --level region", "series?from=2019&to=2021&level=region"),
    ("series --metric edges --network projection --from 2021", "series?metric=edges&network=projection&from=2021"),
    ("diff 2020-05-07 2022-05-07 --limit 5", "diff?from=2020-05-07&to=2022-05-07&limit=5"),
    ("cite", "citation"),
    ("metrics --without-stale --limit 5", "metrics?without_stale=true&limit=5"),
    ("series --from 2019 --to 2021 --without-stale", "series?from=2019&to=2021&without_stale=true"),
    (
        "diff 2020-05-07 2022-05-07 --without-stale --limit 5",
        "diff?from=2020-05-07&to=2022-05-07&without_stale=true&limit=5",
    ),
    (
        "metrics --network projection --validated 0.05 --limit 5",
        "metrics?network=projection&validated=0.05&limit=5",
    ),
    ("networks --validated 0.5 --limit 9", "networks?validated=0.5&limit=9"),
    ("whatif departures --level epci --limit 5", "whatif/departures?level=epci&limit=5"),
    ("isolation --level region --without-stale --limit 30", "isolation?level=region&without_stale=true&limit=30"),
]


@pytest.mark.parametrize(("command", "path"), QUESTIONS)
def test_json_is_the_body_of_the_route(said: Said, client: Client, command: str, path: str) -> None:
    status, out, err = said(*command.split(), "--format", "json")
    assert (status, err) == (0, "")
    assert json.loads(out) == client.json(f"/api/v1/{path}")


def test_a_path_is_read_step_by_step(said: Said, generation: Generation) -> None:
    status, out, _ = said("path", "le-rameau", "REG-94")
    assert status == 0
    for words in (
        "Le RAMEAU",
        "Corse",
        "shortest chain",
        "the widest",
        "the most recent",
        "inferred",
        "alliance_members.csv:",
    ):
        assert words in out
    assert generation.id in out
    assert "no chain of alliances leads from Le RAMEAU to Lozère" in said("path", "le-rameau", "DEP-48")[1]
    rows = list(
        csv.DictReader(said("path", "le-rameau", "ville-d-evreux", "--limit", "1", "-f", "csv")[1].splitlines())
    )
    assert {row["chain"] for row in rows} == {"1"}
    assert rows[0]["from"] == "Le RAMEAU"


def test_a_difference_names_what_changed(said: Said) -> None:
    status, out, _ = said("diff", "2020-05-07", "2022-05-07", "--metric", "betweenness", "--limit", "3")
    assert status == 0
    for words in ("alliances: ", " added, ", " removed, ", "lists were cut", "betweenness of "):
        assert words in out


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("path le-rameau 28", ("DEP-28", "REG-28")),
        ("path nobody le-rameau", ("nobody",)),
        ("diff 2020-01-01 000001", ("two days",)),
        ("diff latest^ latest", ("latest^", "kept")),
        ("series --metric charm --from 2024", ("charm", "density")),
        ("series --from 0", ("--from",)),
        ("card build", ("build", "metrics")),
        ("card metrics -f csv", ("--format",)),
        ("rerun nothing.json", ("nothing.json",)),
        ("export --format ftm --network actors", ("ftm",)),
        ("export --format trig --network actors", ("--network",)),
        ("export --format csv --as-of 2020-01-01 --out tables", ("--network",)),
    ],
)
def test_wrong_use_is_one_sentence_that_says_what_to_do(said: Said, command: str, expected: tuple[str, ...]) -> None:
    status, out, err = said(*command.split())
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert all(one in err for one in expected)


def test_it_says_how_to_cite(said: Said, generation: Generation) -> None:
    assert said("cite")[1] == f"{generation.cite()}\n"
    assert said("cite", "--format", "bibtex", "--out", "alliances.bib")[0] == 0
    assert Path("alliances.bib").read_text(encoding="utf-8") == generation.cite("bibtex")


# Run cards


def test_a_card_is_asked_again(said: Said, generation: Generation) -> None:
    question = ("metrics", "--metric", "betweenness", "--as-of", "2020-10-17", "--limit", "20")
    assert said("card", *question, "--out", "card.json")[0] == 0
    card = json.loads(Path("card.json").read_text(encoding="utf-8"))
    assert (card["command"], card["graph_sha256"]) == (list(question), generation.graph_sha256)
    assert card["result_sha256"] == result_sha256(json.loads(said(*question, "--format", "json")[1]))
    status, out, _ = said("rerun", "card.json")
    assert (status, out.splitlines()[0].split(":")[0]) == (0, "equal")


def test_another_answer_is_seen(said: Said) -> None:
    said("card", "series", "--from", "2020", "--to", "2020", "--out", "card.json")
    card = json.loads(Path("card.json").read_text(encoding="utf-8"))
    card["command"][-1] = "2021"
    card["versions"]["networkx"] = "0.1"
    Path("card.json").write_text(json.dumps(card), encoding="utf-8")
    status, out, _ = said("rerun", "card.json", "--format", "json")
    found = json.loads(out)
    assert (status, found["equal"], found["expected_sha256"]) == (1, False, card["result_sha256"])
    assert found["differs"]["networkx"] == ["0.1", nx.__version__]


def test_a_card_holds_in_a_home_that_names_the_graph_otherwise(
    said: Said, home: Home, generation: Generation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said("card", "path", "le-rameau", "REG-94", "--out", "card.json")
    other = Home(tmp_path / "other")
    folder = other.generations / f"000007-{generation.graph_sha256[:8]}"
    folder.mkdir(parents=True)
    for one in generation.path.iterdir():
        if one.name != "run.json":
            (folder / one.name).symlink_to(one)
    run = {**orjson.loads((generation.path / "run.json").read_bytes()), "generation": folder.name}
    (folder / "run.json").write_bytes(orjson.dumps(run))
    # The card's graph is kept here, and is not the current one.
    newer = other.generations / "000008-00000000"
    newer.mkdir()
    (newer / "run.json").write_bytes(orjson.dumps({**run, "generation": newer.name, "graph_sha256": "0" * 64}))
    other.publish(newer.name)
    monkeypatch.setenv("ALLIANCES_HOME", str(other.path))
    status, out, _ = said("rerun", "card.json")
    assert (status, folder.name in out) == (0, True)
    assert Home.default() == other
    assert home.ids() == [generation.id]


def test_a_card_of_a_graph_that_is_not_here_says_so(said: Said) -> None:
    said("card", "series", "--from", "2020", "--out", "card.json")
    card = json.loads(Path("card.json").read_text(encoding="utf-8"))
    Path("card.json").write_text(json.dumps({**card, "graph_sha256": "0" * 64}), encoding="utf-8")
    status, _, err = said("rerun", "card.json")
    assert (status, "000000000000" in err) == (2, True)


@pytest.mark.parametrize(
    "command",
    [["build"], ["metrics", "--out=stolen"], ["metrics", "-ostolen"], ["export", "-f", "csv"], ["query", "x.rq"]],
)
def test_a_stranger_s_card_only_asks(said: Said, command: list[str], tmp_path: Path) -> None:
    said("card", "series", "--from", "2020", "--out", "card.json")
    card = json.loads(Path("card.json").read_text(encoding="utf-8"))
    Path("card.json").write_text(json.dumps({**card, "command": command}), encoding="utf-8")
    assert said("rerun", "card.json")[0] == 2
    assert [one.name for one in tmp_path.iterdir()] == ["card.json"]


def test_a_question_that_fails_has_no_card(said: Said) -> None:
    status, out, err = said("card", "metrics", "--metric", "charm")
    assert (status, out, "charm" in err) == (2, "", True)


def test_a_card_passes_through_a_pipe(alliances: Alliances) -> None:
    card = alliances("card", "isolation", "--level", "region").stdout
    done = alliances("rerun", "-", stdin=card)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("equal: ")


# Networks


def test_networks_are_chosen_and_dated(said: Said, generation: Generation, tmp_path: Path) -> None:
    for form in ("gexf", "kumu", "pajek", "ftm"):
        assert said("export", "--format", form, "--out", f"all.{form}")[0] == 0
    assert nx.read_gexf(tmp_path / "all.gexf").number_of_nodes() == generation.network().number_of_nodes()
    command = ("--network", "territories", "--level", "region", "--as-of", "2020-10-17", "--without-stale")
    assert said("export", "--format", "graphml", "--out", "regions.graphml", *command)[0] == 0
    expected = generation.network("territories", level="region", as_of="2020-10-17", without_stale=True)
    assert nx.read_graphml(tmp_path / "regions.graphml").number_of_edges() == expected.number_of_edges()


def test_a_projection_is_exported_with_its_warning_and_validated(said: Said, tmp_path: Path) -> None:
    status, _, err = said("export", "--format", "csv", "--network", "actors", "--out", "all")
    assert (status, "becomes a clique" in err) == (0, True)
    status, _, err = said("export", "-f", "csv", "--network", "actors", "--validated", "1", "--out", "tested")
    assert (status, "3510 of 3510, 525825 pairs" in err) == (0, True)
    edges = pl.read_csv(tmp_path / "tested" / "edges.csv")
    assert {"expected", "p", "q"} <= set(edges.columns)
    assert edges.height == pl.read_csv(tmp_path / "all" / "edges.csv").height
    status, _, err = said("export", "-f", "gexf", "--validated", "0.05", "--out", "no.gexf")
    assert (status, "only a one-mode network is validated" in err) == (2, True)


def test_a_network_as_two_tables(said: Said, generation: Generation, tmp_path: Path) -> None:
    assert said("export", "--format", "csv", "--network", "actors", "--out", "network")[0] == 0
    network = generation.network("actors")
    assert pl.read_csv(tmp_path / "network" / "nodes.csv").height == network.number_of_nodes()
    edges = pl.read_csv(tmp_path / "network" / "edges.csv")
    assert (edges.height, edges.columns[:3]) == (network.number_of_edges(), ["Source", "Target", "Type"])
