"""`alliances dedupe`, and the effect of a merge: what it shows beforehand is what a build then gives."""

import csv
import io
import json
from pathlib import Path

import pytest

from api.answers import Reader
from api.answers.dedupe import merge_effect
from api.cli import run
from api.pipeline import Plan, build_generation
from graph import open_generation
from graph.home import Home
from graph.resolution.effect import METRICS
from graph.resolution.merging import actor_iri

KEEP, MERGE = "members:banque", "organisations:1"


@pytest.fixture
def home(tmp_path: Path, small_territories: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home in which one organisation of Caen stands under two ids, tied to different ones."""
    members, register = tmp_path / "members.csv", tmp_path / "register.csv"
    members.write_text(
        "alliance,actor,actor_id,role,territory\n"
        "Ronde,Banque alimentaire du Calvados,banque,lead,14118\n"
        "Ronde,Autre,autre,member,\n"
        "Cercle,Tiers,tiers,member,\n"
        "Cercle,BANQUE ALIMENTAIRE CALVADOS,banque-2,member,\n",
        encoding="utf-8",
    )
    register.write_text("id,name,type\n1,Banque Alimentaire (Calvados),association\n", encoding="utf-8")
    found = Home(tmp_path / "home")
    plan = {"members": members, "organisations": register, "territories": small_territories}
    build_generation(found, Plan(plan, remove=["ecosystem"]))
    monkeypatch.setenv("ALLIANCES_HOME", str(found.path))
    return found


@pytest.fixture
def said(capsysbinary: pytest.CaptureFixture[bytes]):  # type: ignore[no-untyped-def]
    def command(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        captured = capsysbinary.readouterr()
        return status, captured.out.decode(), captured.err.decode()

    return command


def test_from_candidates_to_a_merge_and_back(home: Home, said) -> None:  # type: ignore[no-untyped-def]
    never = open_generation(home.current()).graph_sha256
    _, out, _ = said("dedupe", "candidates", "--score", "0.01", "--format", "csv", "--lang", "en")
    pairs = [{row["keep"], row["merge"]} for row in csv.DictReader(io.StringIO(out))]
    assert {"members:banque", "members:banque-2"} in pairs
    assert "the same words: alimentaire banque calvados" in out

    status, _, err = said("dedupe", "accept", "banque", "1", "--why", "même siège")
    assert (status, "add --yes" in err) == (2, True)
    assert not home.judgements.exists()

    status, _, err = said("dedupe", "accept", "banque", "1", "--why", "même siège", "--by", "ana", "--yes", "--build")
    assert status == 0, err
    assert open_generation(home.current()).run["judgements"]["merged"] == 1
    status, _, err = said("dedupe", "accept", "banque", "1", "--why", "encore", "--yes")
    assert (status, "ana did that on" in err) == (1, True)
    _, out, _ = said("dedupe", "candidates", "--score", "0.01", "--format", "json")
    assert {KEEP, MERGE} not in [{one["keep"], one["merge"]} for one in json.loads(out)["results"]]

    assert said("dedupe", "undo", "organisations:1", "banque", "--why", "erreur", "--by", "ben", "--build")[0] == 0
    assert open_generation(home.current()).graph_sha256 == never
    _, out, _ = said("dedupe", "history", "--format", "json")
    assert [(one["action"], one["by"], one["why"]) for one in json.loads(out)["results"]] == [
        ("accept", "ana", "même siège"),
        ("undo", "ben", "erreur"),
    ]


def test_what_cannot_be_is_said(home: Home, said) -> None:  # type: ignore[no-untyped-def]
    for arguments, status, sentence in (
        (("undo", "banque", "1", "--why", "x"), 1, "there is nothing to undo"),
        (("reject", "banque", "banque", "--why", "x"), 2, "name two"),
        (("reject", "banque", "nobody", "--why", "x"), 2, "no actors have the id 'nobody'"),
        (("reject", "banque", "1", "--why", " "), 2, "a judgement without 'why'"),
        (("effect", "banque", "organisations:none"), 2, "no actors have the id"),
    ):
        found, _, err = said("dedupe", *arguments)
        assert (found, sentence in err) == (status, True), err
    with home.path.joinpath("judgements.jsonl").open("w", encoding="utf-8") as stream:
        stream.write("nonsense\n")
    _, _, err = said("dedupe", "history")
    assert "line 1" in err


@pytest.mark.parametrize("merge", ["members:banque-2", MERGE])
def test_the_effect_that_is_shown_is_what_a_build_gives(home: Home, said, merge: str) -> None:  # type: ignore[no-untyped-def]
    before = open_generation(home.current())
    shown = merge_effect(Reader(before), KEEP, merge)
    said("dedupe", "accept", KEEP, merge, "--why", "x", "--yes", "--build")
    after = open_generation(home.current())
    row = after.metrics(*METRICS).filter(iri=actor_iri(KEEP)).row(0, named=True)
    for one in shown["actor"]:
        assert one["after"] == pytest.approx(row[one["name"]], abs=1e-12), one
    for level in ("region", "departement", "epci"):
        rows = {one["code"]: one for one in after.isolation(level).to_dicts()}
        old = {one["code"]: one for one in before.isolation(level).to_dicts()}
        changed = {one["code"]: one for one in shown["territories"] if one["code"] in rows}
        for code, one in changed.items():
            assert one["after"] == {name: rows[code][name] for name in one["after"]}
        names = ("status", "alliances", "actors", "partners", "links_out", "score", "rank")
        moved = {code for code in rows if any(rows[code][name] != old[code][name] for name in names)}
        assert moved == set(changed)
