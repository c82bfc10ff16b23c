"""Judgements, and what a build makes of them: merged, redirected, and undone to the bit."""

import csv
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.pipeline import Plan, build_generation
from api.settings import Settings
from graph import Generation, open_generation
from graph.build import BuildError
from graph.home import Home
from graph.mirror.elements import elements_in
from graph.mirror.statements import lines_from
from graph.resolution.clusters import Clusters
from graph.resolution.judgements import Action, JudgementError, Judgements, add, judgement, read
from graph.resolution.merging import actor_iri, full_id
from ontology.rdf import AL
from tests.client import Client, running

KEEP, MERGE, THIRD = "members:rameau", "organisations:1", "organisations:2"


def judged(home: Home, action: Action, keep: str, merge: str) -> None:
    add(home.judgements, judgement(action, keep, merge, by="ana", why="même siège"))


# The file


def test_of_a_pair_the_newest_judgement_counts(tmp_path: Path) -> None:
    file = tmp_path / "j.jsonl"
    add(file, judgement("accept", "a:1", "b:1", by="ana", why="x"))
    assert [one.keep for one in read(file).standing("accept")] == ["a:1"]
    add(file, judgement("undo", "b:1", "a:1", by="ben", why="y"))
    assert read(file).standing("accept") == []
    add(file, judgement("reject", "a:1", "b:1", by="ana", why="z"))
    assert [(one.by, one.why) for one in read(file).standing("reject")] == [("ana", "z")]
    assert len(read(file).lines) == 3


@pytest.mark.parametrize(
    ("action", "keep", "merge", "said"),
    [
        ("accept", "a:1", "b:1", "ana did that on"),
        ("undo", "a:1", "c:1", "nothing is judged"),
        ("reject", "a:1", "c:9", r"a:1 = b:1 = c:9\): undo one"),
        ("accept", "a:1", "a:1", "name two"),
        ("accept", "a", "b:1", "write source:key"),
    ],
)
def test_a_judgement_that_cannot_stand_is_refused(
    tmp_path: Path, action: Action, keep: str, merge: str, said: str
) -> None:
    file = tmp_path / "j.jsonl"
    add(file, judgement("accept", "a:1", "b:1", by="ana", why="x"))
    add(file, judgement("accept", "b:1", "c:9", by="ana", why="x"))
    before = file.read_bytes()
    with pytest.raises(JudgementError, match=said):
        add(file, judgement(action, keep, merge, by="ana", why="x"))
    assert file.read_bytes() == before


def test_who_rejects_first_stops_a_chain_that_would_join_the_two(tmp_path: Path) -> None:
    file = tmp_path / "j.jsonl"
    add(file, judgement("reject", "a:1", "c:1", by="ana", why="x"))
    add(file, judgement("accept", "a:1", "b:1", by="ana", why="x"))
    with pytest.raises(JudgementError, match="ana rejected a:1 = c:1"):
        add(file, judgement("accept", "b:1", "c:1", by="ben", why="x"))


def test_broken_lines_are_named_and_stay(tmp_path: Path) -> None:
    file = tmp_path / "j.jsonl"
    add(file, judgement("accept", "a:1", "b:1", by="ana", why="x"))
    with file.open("ab") as stream:
        stream.write(b'{"action": "accept"}\nnonsense\n{"action": "acc')
    add(file, judgement("accept", "a:1", "c:1", by="ana", why="x"))
    found = read(file)
    assert [one.line for one in found.broken] == [2, 3, 4]
    assert [one.merge for one in found.standing("accept")] == ["b:1", "c:1"]


def test_many_can_judge_at_once(tmp_path: Path) -> None:
    file = tmp_path / "j.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add(file, judgement("accept", f"a:{n}", f"b:{n}", by="ana", why="x")), range(40)))
    assert (len(read(file).lines), read(file).broken) == (40, ())


# Clusters

_IDS = st.sampled_from([f"s:{one}" for one in "abcdefgh"])
_PAIRS = st.lists(st.tuples(_IDS, _IDS).filter(lambda pair: pair[0] != pair[1]), max_size=10)


@given(_PAIRS, st.sets(_IDS))
def test_clusters_are_the_closure_and_keep_one_each(pairs: Sequence[tuple[str, str]], there: set[str]) -> None:
    clusters = Clusters(pairs)
    groups = [set(group) for group in clusters.groups()]
    assert sum(map(len, groups)) == len(set().union(*groups)) == len(clusters.ids)
    kept = clusters.kept(there)
    for group in groups:
        stays = {kept.get(one, one) for one in group & there}
        assert len(stays) <= 1
        assert stays <= group & there
        assert all(clusters.same(one, other) for one in group for other in group)
    assert set(kept) | set(kept.values()) <= there


def test_the_one_that_is_kept_stays_when_others_are_missing() -> None:
    clusters = Clusters([("s:b", "s:c"), ("s:a", "s:b")])
    assert clusters.kept({"s:a", "s:b", "s:c"}) == {"s:b": "s:a", "s:c": "s:a"}
    assert clusters.kept({"s:b", "s:c"}) == {"s:c": "s:b"}
    assert clusters.kept({"s:c"}) == {}


# A build


@pytest.fixture
def sources(tmp_path: Path, small_territories: Path) -> Plan:
    """A register and a list of members in which one organisation stands under three ids."""
    members, register = tmp_path / "members.csv", tmp_path / "register.csv"
    write(
        members,
        ("alliance", "actor", "actor_id", "role"),
        ("Ronde", "Le RAMEAU", "rameau", "lead"),
        ("Ronde", "Autre", "autre", "member"),
        ("Cercle", "Autre", "autre", "member"),
        ("Cercle", "Rameau asso", "rameau-2", "member"),
    )
    write(
        register,
        ("id", "name", "type", "parent_id", "amount_eur", "url"),
        ("1", "Association Le Rameau", "association", "", "1200", "https://example.org/r"),
        ("2", "RAMEAU", "association", "1", "", ""),
    )
    return Plan({"members": members, "organisations": register, "territories": small_territories}, remove=["ecosystem"])


def write(path: Path, *rows: Sequence[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def built(home: Home, plan: Plan) -> Generation:
    return open_generation(build_generation(home, plan).path)


def test_a_merge_rewrites_what_pointed_to_the_merged_one(tmp_path: Path, sources: Plan) -> None:
    home = Home(tmp_path / "home")
    judged(home, "accept", KEEP, MERGE)
    judged(home, "accept", MERGE, THIRD)
    judged(home, "accept", KEEP, "members:rameau-2")
    generation = built(home, sources)
    card = generation.run["judgements"]
    assert (card["accepted"], card["merged"], card["absent"]) == (3, 3, 0)
    assert (home.inputs / card["sha256"]).read_bytes() == home.judgements.read_bytes()

    actor = generation.table("actors").filter(iri=actor_iri(KEEP)).row(0, named=True)
    assert actor["name"] == "Le RAMEAU"
    assert actor["alt_names"] == ["Association Le Rameau", "Rameau asso", "RAMEAU"]
    assert (actor["budget_eur"], actor["website"]) == (1200, "https://example.org/r")
    assert sorted(generation.table("actors")["id"]) == ["autre", "rameau"]
    merged = generation.table("merged")
    assert {full_id(one) for one in merged["iri"]} == {MERGE, THIRD, "members:rameau-2"}
    assert set(merged["merged_into"]) == {actor_iri(KEEP)}
    assert generation.table("memberships").filter(actor=actor_iri(KEEP)).height == 2

    # Both origins are there: each row still leads to its own cells.
    origins = generation.table("origins")
    assert origins.filter(iri=actor_iri(MERGE), field="name")["raw"].to_list() == ["Association Le Rameau"]
    assert "Le RAMEAU" in origins.filter(iri=actor_iri(KEEP), field="name")["raw"].to_list()

    # The mirror says the same.
    dump = {str(one) + " .\n" for one in generation.store if "ontology>" not in str(one.graph_name)}
    assert set(lines_from(elements_in(generation.path))) == dump


def test_undone_the_graph_is_what_it_was_to_the_bit(tmp_path: Path, sources: Plan) -> None:
    never = built(Home(tmp_path / "never"), sources)
    home = Home(tmp_path / "home")
    judged(home, "accept", KEEP, MERGE)
    merged = built(home, sources)
    assert merged.graph_sha256 != never.graph_sha256
    judged(home, "undo", MERGE, KEEP)
    undone = built(home, sources)
    assert undone.graph_sha256 == never.graph_sha256
    assert (undone.path / "SHA256SUMS").read_bytes() == (never.path / "SHA256SUMS").read_bytes()
    judged(home, "accept", KEEP, MERGE)
    again = built(home, sources)
    assert (again.path / "SHA256SUMS").read_bytes() == (merged.path / "SHA256SUMS").read_bytes()


def test_a_judgement_of_who_is_not_there_waits(tmp_path: Path, sources: Plan) -> None:
    home = Home(tmp_path / "home")
    judged(home, "accept", "rna:absent", MERGE)
    judged(home, "reject", KEEP, THIRD)
    generation = built(home, sources)
    never = built(Home(tmp_path / "never"), sources)
    card = generation.run["judgements"]
    assert (card["accepted"], card["rejected"], card["merged"], card["absent"]) == (1, 1, 0, 1)
    for name in ("actors", "merged", "memberships", "relations"):
        assert generation.table(name).sort("iri").equals(never.table(name).sort("iri"))


def test_a_file_that_contradicts_itself_builds_nothing(tmp_path: Path, sources: Plan) -> None:
    home = Home(tmp_path / "home")
    home.path.mkdir()
    lines = [("accept", KEEP, MERGE), ("accept", MERGE, THIRD), ("reject", THIRD, KEEP)]
    fields = {"by": "ana", "when": "2026-01-01T00:00:00Z", "why": "x"}
    home.judgements.write_bytes(
        b"".join(orjson.dumps({"action": a, "keep": k, "merge": m, **fields}) + b"\n" for a, k, m in lines)
    )
    with pytest.raises(BuildError, match="undo one of these; nothing was built"):
        build_generation(home, sources)
    assert home.current_id() is None


def test_no_judgement_makes_nothing_different() -> None:
    assert Judgements().clusters().kept({"a:1"}) == {}


# Over HTTP


@pytest.fixture
def served(tmp_path: Path, sources: Plan) -> Iterator[Client]:
    """A service whose generation has one merge."""
    home = Home(tmp_path / "home")
    judged(home, "accept", KEEP, MERGE)
    build_generation(home, sources)
    with running(create_app(Settings(home=home.path))) as client:
        yield client


def test_a_merged_id_leads_to_the_one_that_stays(served: Client) -> None:
    for path, location in (
        ("/api/v1/actors/organisations:1", "/api/v1/actors/members:rameau"),
        ("/api/v1/actors/1?provenance=true", "/api/v1/actors/members:rameau?provenance=true"),
        ("/api/v1/actors/organisations:1/allies", "/api/v1/actors/members:rameau/allies"),
        ("/api/v1/actors/organisations:1/ego?depth=2", "/api/v1/actors/members:rameau/ego?depth=2"),
        ("/api/v1/whatif/remove?actor=organisations:1", "/api/v1/whatif/remove?actor=members%3Arameau"),
        ("/id/actor/organisations:1", "/id/actor/members:rameau"),
        ("/id/actor/1", "/id/actor/members:rameau"),
        ("/fr/acteurs/organisations:1", "/fr/acteurs/members:rameau"),
        ("/en/actors/1", "/en/actors/members:rameau"),
    ):
        answer = served.get(path)
        assert (answer.status_code, answer.headers["location"]) == (308, location), path
        assert answer.headers["cache-control"] == "no-cache"
        assert served.get(location).status_code in {200, 303}


def test_the_record_of_the_one_that_stays_says_who_was_merged(served: Client) -> None:
    record = served.json("/api/v1/actors/rameau?provenance=true")
    assert record["alt_names"] == ["Association Le Rameau"]
    assert [(one["source"], one["id"], one["name"]) for one in record["merged"]] == [
        ("organisations", "1", "Association Le Rameau")
    ]
    assert {"members", "organisations"} <= {one["source"] for one in record["origins"]}
    found = served.json("/api/v1/search?q=association le rameau")
    assert [one["id"] for one in found["results"]] == ["rameau"]
    statements = served.get("/data/actor/organisations:1.nt").text
    assert f"<{AL}mergedInto> <{actor_iri(KEEP)}>" in statements
    assert served.json("/api/v1/actors/2")["merged"] == []
    assert served.get("/api/v1/actors/organisations:none").status_code == 404
