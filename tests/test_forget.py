"""Who is erased leaves no trace in the home, and does not come back."""

import gzip
import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pytest
from pyoxigraph import Store

from api.app import create_app
from api.cli import run
from api.forgetting import ForgetError, Outcome, forget
from api.pipeline import Plan, build_generation
from api.settings import Settings
from graph import Generation, open_generation
from graph.forgetting import Erasure, Forgotten, append
from graph.home import Home
from graph.resolution import judgements
from loaders.masking import write_masked
from loaders.reading.raw import Hints
from ontology import iris
from tests.client import running

NAME = "Éléonore Dupont-Verneuil"
MEMBERS = (
    "alliance,actor,role,source_url\n"
    f"Table ronde,{NAME},lead,https://example.org/eleonore-dupont-verneuil\n"
    "Table ronde,Le Relais des Monts,member,\n"
    f"Pacte,{NAME},member,\n"
    f"Pacte,{NAME},patron,\n"
    f"Amis d’ÉLÉONORE DUPONT VERNEUIL,Le Relais des Monts,member,\n"
)


def say(home: Home, plan: Plan) -> Generation:
    return open_generation(build_generation(home, plan).path)


def erase(home: Home, text: str) -> Outcome:
    return forget(home, text, by="test", why="asked", build=build_generation)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(MEMBERS, encoding="utf-8")
    return path


def traces(folder: Path, *words: str) -> list[str]:
    """The files that hold the words one after the other, however they are written, in whatever they are packed."""
    text = re.compile(
        r"[\W_]*".join(map(re.escape, words)).replace("É", "[ÉéEe]").replace("é", "[ÉéEe]"), re.IGNORECASE
    )
    found = [str(one.relative_to(folder)) for one in folder.rglob("*") if text.search(one.name)]
    for file in filter(Path.is_file, folder.rglob("*")):
        content = file.read_bytes()
        if file.suffix == ".gz":
            content = gzip.decompress(content)
        elif content[:4] == b"PAR1":
            content = pl.read_parquet(file).write_json().encode()
        texts = (content.decode(encoding, errors="ignore") for encoding in ("utf-8", "utf-16-le", "cp1252"))
        found += [str(file.relative_to(folder)) for one in texts if text.search(one)]
    for store in folder.glob("generations/*/store"):
        quads = Store.read_only(str(store))
        found += [str(store) for quad in quads if text.search(str(quad))]
    return found


def test_an_erased_person_is_nowhere_and_stays_out(home: Home, members: Path, small_territories: Path) -> None:
    plan = Plan({"members": members, "territories": small_territories}, only="members")
    before = say(home, plan)
    key = f"{NAME} (mine.csv)"
    assert key in before.table("actors")["id"]
    assert traces(home.path, "Dupont", "Verneuil")

    outcome = erase(home, f"members:{key}")
    after = open_generation(home.current())
    assert traces(home.path, "Dupont", "Verneuil") == []
    assert traces(home.path, "Éléonore") == traces(home.path, "l%C3%A9onore") == []
    assert outcome.cleaned.generations == (before.id,)
    assert outcome.rewritten == (str(members),)

    # The alliances stay, with those who are left.
    assert sorted(after.table("alliances")["name"])[1:] == ["Pacte", "Table ronde"]
    assert re.fullmatch("Amis d’forgotten-[0-9a-f]{12}", min(after.table("alliances")["name"]))
    assert after.table("actors")["name"].to_list() == ["Le Relais des Monts"]
    assert after.table("memberships").height == 2
    card = next(one for one in after.run["sources"] if one["name"] == "members")
    assert (card["rows_read"], card["rows_loaded"], card["rows_quarantined"], card["rows_suppressed"]) == (5, 4, 1, 2)
    assert after.run["forgotten"]["entries"] == 1

    # The same file again, and in another form, brings nobody back; nothing has changed.
    again = build_generation(home, Plan({"members": members}))
    assert (again.changed, traces(home.path, "Dupont", "Verneuil")) == (False, [])
    other = members.with_name("others.json")
    rows = [{"alliance": "Ronde", "actor": "DUPONT VERNEUIL, Éléonore"}, {"alliance": "Ronde", "actor": NAME}]
    other.write_text(json.dumps(rows), encoding="ascii")
    once_more = say(home, Plan({"members": other}))
    assert sorted(once_more.table("actors")["name"]) == ["DUPONT VERNEUIL, Éléonore", "Le Relais des Monts"]
    assert traces(home.path, "Éléonore", "Dupont") == []


def test_the_key_is_the_owners_and_the_list_says_no_name(home: Home, members: Path, small_territories: Path) -> None:
    say(home, Plan({"members": members, "territories": small_territories}, only="members"))
    forget(home, f"{NAME} (mine.csv)", by="Zoé", why=f"letter of {NAME}", build=build_generation)
    assert stat.S_IMODE((home.forgotten / "key").stat().st_mode) == 0o600
    [line] = (home.forgotten / "list.jsonl").read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    assert entry["by"] == "Zoé"
    assert entry["why"] == f"letter of {entry['pseudonym']}"
    assert (home.forgotten / "key").read_bytes().hex() not in line


def test_erasing_again_completes_what_was_interrupted(home: Home, members: Path, small_territories: Path) -> None:
    generation = say(home, Plan({"members": members, "territories": small_territories}, only="members"))
    iri = iris.mint("actor", "members", f"{NAME} (mine.csv)")
    append(home, Erasure((iri,), (NAME,)), when="2026-01-01", by="test", why="")  # … and then the power went
    assert traces(home.path, "Dupont", "Verneuil")
    assert erase(home, iri).cleaned.generations == (generation.id,)
    assert traces(home.path, "Dupont", "Verneuil") == []
    assert erase(home, iri).built.changed is False
    assert len((home.forgotten / "list.jsonl").read_text().splitlines()) == 1


def test_who_was_judged_to_be_the_same_goes_too(home: Home, tmp_path: Path, small_territories: Path) -> None:
    rows = tmp_path / "people.csv"
    rows.write_text("alliance,actor,actor_id\nRonde,Jean Dupont,p1\nRonde,J. Dupond,p2\nRonde,Le Relais,o1\n")
    say(home, Plan({"members": rows, "territories": small_territories}, only="members"))
    for keep, merge in (("members:p1", "members:p2"), ("members:o1", "members:o2")):
        judgements.add(home.judgements, judgements.judgement("accept", keep, merge, by="x", why="J. Dupond, o2"))
    assert sorted(say(home, Plan({})).table("actors")["id"]) == ["o1", "p1"]
    assert erase(home, "p2").judgements == 1
    assert open_generation(home.current()).table("actors")["id"].to_list() == ["o1"]
    assert traces(home.path, "Jean", "Dupont") == traces(home.path, "J", "Dupond") == []
    assert len(judgements.read(home.judgements).lines) == 1


def test_unknown_ids_are_refused(home: Home, members: Path, small_territories: Path) -> None:
    say(home, Plan({"members": members, "territories": small_territories}, only="members"))
    with pytest.raises(ForgetError, match="no actor has the id 'nobody'"):
        erase(home, "nobody")
    assert not home.forgotten.exists()


def test_a_shipped_actor_can_be_erased(home: Home, ecosystem_copy: Path, small_territories: Path) -> None:
    shipped = say(home, Plan({"territories": small_territories}))
    person = shipped.table("actors").filter(pl.col("kind") == "person").row(0, named=True)
    erase(home, person["id"])
    after = open_generation(home.current())
    assert person["iri"] not in after.table("actors")["iri"]
    assert after.table("actors").height == shipped.table("actors").height - 1
    assert traces(home.path, *person["name"].split()) == []
    ties = after.table("relations").filter((pl.col("subject") == person["iri"]) | (pl.col("object") == person["iri"]))
    assert ties.is_empty()
    # A copy of the shipped files that the user gives is kept out of the same way.
    say(home, Plan({"ecosystem": ecosystem_copy}))
    assert traces(home.path, *person["name"].split()) == []


def test_it_is_gone_over_http(home: Home, members: Path, small_territories: Path) -> None:
    say(home, Plan({"members": members, "territories": small_territories}, only="members"))
    erase(home, f"{NAME} (mine.csv)")
    path = quote(f"members:{NAME} (mine.csv)")
    with running(create_app(Settings(home=home.path))) as client:
        for url in (f"/api/v1/actors/{path}", f"/id/actor/{path}", f"/data/actor/{path}.ttl"):
            answer = client.get(url)
            assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json"), url
            assert NAME not in answer.text
        assert client.get(f"/en/actors/{path}").status_code == 410
        assert client.get("/api/v1/actors/members:nobody").status_code == 404


def test_the_command(
    home: Home,
    members: Path,
    small_territories: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.setenv("ALLIANCES_HOME", str(home.path))
    say(home, Plan({"members": members, "territories": small_territories}, only="members"))
    assert run(["forget", "nobody"]) == 1
    said = capsysbinary.readouterr().err.decode()
    assert said == "alliances: no actor has the id 'nobody': look for it with alliances actors --q\n"
    assert run(["forget", f"{NAME} (mine.csv)", "--by", "test", "--why", "letter"]) == 0
    said = capsysbinary.readouterr().out.decode()
    assert "2 rows gave less" in said
    assert f"copies of {members}" in said
    assert NAME not in said.replace(str(members), "")


# The list


Forgets = Callable[..., Forgotten]


@pytest.fixture
def forgets(home: Home) -> Forgets:
    def put(*names: str, numbers: tuple[str, ...] = ()) -> Forgotten:
        append(home, Erasure((iris.mint("actor", "a", names[0]),), names, numbers), when="", by="", why="")
        return Forgotten.read(home)

    return put


@pytest.mark.parametrize(
    "text",
    [
        "Jean Dupont", "JEAN  DUPONT", "jean-dupont", "jeandupont", "Jean\tDupont", "de Jean Dupont.", "dupont%20jean",
        "https://example.org/jean_dupont", "jean.dupont@example.org", "Jéan Dùpont", "Dupont;Jean", '"Dupont","Jean"',
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(forgets: Forgets, text: str) -> None:
    forgotten = forgets("Jean Dupont", "Dupont Jean")
    masked = forgotten.mask(text)
    assert "dupont" not in masked.lower()
    assert masked.count(";") == text.count(";")
    assert masked.count('"') == text.count('"')
    assert forgotten.mask(masked) == masked


@pytest.mark.parametrize(
    "text", ["Jean", "Dupont", "Jean et Dupont", "Jean Dupontel", "Marie-Jean Dup", "", "%", "100 %"]
)
def test_what_is_not_the_name_stays(forgets: Forgets, text: str) -> None:
    assert forgets("Jean Dupont").mask(text) == text


def test_a_name_of_one_word_fills_its_cell(forgets: Forgets) -> None:
    forgotten = forgets("Cap", numbers=("552100554",))
    assert forgotten.mask("Le Cap vert") == "Le Cap vert"
    assert forgotten.mask("Pacte,Cap,member") == forgotten.mask("Pacte,cap ,member").replace(" ,", ",")
    assert "Cap" not in forgotten.mask("Pacte,Cap,member")
    for number in ("552100554", "552 100 554", "55210055400054", "FR-RCS-552100554"):
        assert "100" not in forgotten.mask(number), number
    assert forgotten.mask("552100555") == "552100555"


def test_a_web_site_is_not_every_page_of_it(home: Home) -> None:
    site = "https://www.example.org"
    append(home, Erasure((iris.mint("actor", "a", "b"),), ("Jean Dupont",), (), (site,)), when="", by="", why="")
    mask = Forgotten.read(home).mask
    assert mask(f"{site}/page") == f"{site}/page"
    assert "example" not in mask(f"a,{site}/,b")
    assert "example" not in mask(site)


def test_two_homes_give_other_pseudonyms(tmp_path: Path) -> None:
    masked = set()
    for name in ("one", "two"):
        home = Home(tmp_path / name)
        append(home, Erasure((iris.mint("actor", "a", "b"),), ("Jean Dupont",)), when="", by="", why="")
        masked.add(Forgotten.read(home).mask("Jean Dupont"))
    assert len(masked) == 2


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.json", "t.xlsx", "t.parquet", "t.ttl"])
def test_a_copy_keeps_its_rows_whatever_its_format(forgets: Forgets, tmp_path: Path, name: str) -> None:
    frame = pl.DataFrame({"id": ["1", "", "3"], "name": ["Jean Dupont", "", "Zoé"]})
    path, copy = tmp_path / name, tmp_path / "copy"
    match name.removeprefix("t."):
        case "csv":
            frame.write_csv(path)
        case "csv.gz":
            path.write_bytes(gzip.compress(frame.write_csv().encode()))
        case "json":
            path.write_text(json.dumps([{"id": "1", "name": "J\u00e9an Dupont"}, {}, {"id": "3", "name": "Zoé"}]))
        case "xlsx":
            frame.write_excel(path)
        case "parquet":
            frame.write_parquet(path)
        case "ttl":
            path.write_text('<urn:1> <urn:name> "J\\u00e9an Dupont" .\n<urn:3> <urn:name> "Zoé" .\n', encoding="utf-8")
    from loaders.reading.opening import open_raw  # noqa: PLC0415

    forgotten = forgets("Jean Dupont")
    assert write_masked(path, Hints(name), forgotten.mask, copy)
    with path.open("rb") as old, copy.open("rb") as new:
        before, after = (
            [(number, list(cells)) for number, cells in open_raw(stream, Hints(name)).rows]  # type: ignore[arg-type]
            for stream in (old, new)
        )
    assert after == [(number, [forgotten.mask(cell) for cell in cells]) for number, cells in before] != before
    assert traces(copy.parent, "no such thing") == []
    assert not write_masked(copy, Hints(name), forgotten.mask, tmp_path / "again")
