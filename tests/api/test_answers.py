"""The answers themselves, against the raw tables or against facts of the 2020 text."""

from datetime import date

import polars as pl
import pytest

from api.answers import (
    LISTS,
    AmbiguousError,
    AnswerError,
    BadQuestionError,
    IsolationQuestion,
    MetricsQuestion,
    NotFoundError,
    Question,
    Reader,
    allies,
    day,
    ego,
    isolation,
    list_rows,
    metrics,
    record,
    search,
    territory_isolation,
)
from api.answers.folding import fold
from api.answers.grouped import Grouped
from api.answers.reader import Ids
from graph import Generation, hierarchy
from ontology.dates import first_day, last_day

TALK_DAY = date(2020, 10, 17)


def test_lists_hold_the_whole_default_data(reader: Reader) -> None:
    totals = {name: list_rows(reader, name, Question()).total for name in LISTS}
    assert totals == {
        "actors": 1122,
        "alliances": 338,
        "territories": 36363,
        "measures": 3,
        "chantiers": 4,
        "platforms": 10,
        "programmes": 90,
        "studies": 31,
        "events": 61,
        "conditions": 3,
        "targets": 169,
        "sources": 3,
    }


def test_every_list_says_its_context(reader: Reader, generation: Generation) -> None:
    for name in LISTS:
        context = list_rows(reader, name, Question(limit=1)).context
        assert context["generation"] == generation.id
        assert context["graph_sha256"] == generation.graph_sha256
        assert context["as_of"] is None
        assert context["scope"]


@pytest.mark.parametrize(("appeal", "value"), [("devoir", 81), ("besoin", 92), ("envie", 84)])
def test_the_three_figures_of_2020_are_found_by_what_they_appeal_to(reader: Reader, appeal: str, value: int) -> None:
    (study,) = list_rows(reader, "studies", Question(appeal=appeal)).body()["results"]
    (figure,) = study["figures"]
    assert (figure["value"], figure["unit"], figure["appeal"]) == (value, "%", appeal)
    assert figure["population"]
    assert figure["date"].startswith("2020")
    assert figure["source_url"].startswith("https://")


def test_measures_say_that_3_of_21_are_documented(reader: Reader) -> None:
    answer = list_rows(reader, "measures", Question())
    assert answer.context["coverage"] == {"documented": 3, "of": 21}
    first = answer.body()["results"][0]
    assert first["number"] == 1
    assert list(first["status"]) == ["2020-10", "2021-05", "2022-05"]
    assert first["status"]["2022-05"] is None
    assert first["leads"] == ["djepva"]
    assert first["chantier"] == "chantier-mobiliser"


def test_a_text_is_found_whatever_its_case_and_accents(reader: Reader) -> None:
    plain = list_rows(reader, "actors", Question(q="reseau"))
    assert plain.total == list_rows(reader, "actors", Question(q="RÉSEAU")).total > 10
    assert all("reseau" in fold(" ".join(filter(None, row[:2]))) for row in _names(plain.frame))


def _names(frame: pl.DataFrame) -> list[tuple[str, ...]]:
    return frame.select(pl.concat_str("name", "name_en", "acronym", separator=" ", ignore_nulls=True)).rows()


def test_folding() -> None:
    assert fold("  L’Œuvre d'ÉTIENNE — №5 ") == "l oeuvre d etienne no5"
    assert fold("!?") == ""


def test_a_territory_means_all_within_it(reader: Reader, generation: Generation) -> None:
    found = list_rows(reader, "alliances", Question(territory="REG-28"))
    parents = {row["id"]: row["parents"] for row in generation.table("territories").select("id", "parents").to_dicts()}
    expected = {
        row["id"]
        for row in generation.table("alliances").to_dicts()
        if row["territory"] == "REG-28" or "REG-28" in parents.get(row["territory"], ())
    }
    assert set(found.frame["id"]) == expected
    assert len(expected) > 5
    alone = list_rows(reader, "alliances", Question(territory="REG-28", exact=True))
    assert 0 < alone.total < found.total
    assert set(alone.frame["territory"]) == {"REG-28"}


def test_an_alliance_of_a_region_counts_for_its_departements_only_if_asked(reader: Reader) -> None:
    own = list_rows(reader, "alliances", Question(territory="DEP-14"))
    inherited = list_rows(reader, "alliances", Question(territory="DEP-14", inherit=True))
    assert "REG-28" not in set(own.frame["territory"])
    assert "REG-28" in set(inherited.frame["territory"])


def test_a_goal_means_all_its_targets(reader: Reader) -> None:
    assert list_rows(reader, "alliances", Question(target="17.17")).total == 338
    biodiversity = list_rows(reader, "alliances", Question(target="15"))
    assert 0 < biodiversity.total < 338
    assert all(any(one.split(".")[0] == "15" for one in row) for row in biodiversity.frame["targets"])


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("measures", Question(territory="REG-28")),
        ("events", Question(target="17")),
        ("actors", Question(appeal="devoir")),
        ("platforms", Question(kind="x")),
        ("actors", Question(kind="spaceship")),
        ("actors", Question(exact=True)),
        ("actors", Question(q="?!")),
        ("actors", Question(sort="members")),
        ("alliances", Question(sort="_folded")),
        ("studies", Question(appeal="haine")),
        ("actors", Question(territory="28")),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(reader: Reader, name: str, question: Question) -> None:
    with pytest.raises(BadQuestionError, match=": "):
        list_rows(reader, name, question)


def test_an_ambiguous_territory_names_its_candidates(reader: Reader) -> None:
    with pytest.raises(BadQuestionError) as refused:
        reader.code("28")
    assert [(one["id"], one["name"]) for one in refused.value.candidates] == [
        ("DEP-28", "Eure-et-Loir"),
        ("REG-28", "Normandie"),
    ]
    with pytest.raises(NotFoundError):
        reader.code("REG-999")
    assert reader.code("14118") == "COM-14118"


def test_unknown_targets_and_records_are_not_found(reader: Reader) -> None:
    with pytest.raises(NotFoundError):
        list_rows(reader, "alliances", Question(target="18"))
    with pytest.raises(NotFoundError):
        record(reader, "actors", "nobody-at-all")


def test_sorting_and_pages(reader: Reader) -> None:
    everything = list_rows(reader, "territories", Question(kind="commune", sort="-population"))
    assert everything.frame["name"][0] == "Paris"
    page = list_rows(reader, "territories", Question(kind="commune", sort="-population", limit=10, offset=20))
    assert page.frame.equals(everything.frame.slice(20, 10))
    assert page.truncated
    assert not everything.truncated
    assert list_rows(reader, "targets", Question(target="17")).frame["id"].to_list() == [
        f"17.{number}" for number in range(1, 20)
    ]


def test_facets_count_all_rows_and_not_the_page(reader: Reader) -> None:
    answer = list_rows(reader, "alliances", Question(limit=1))
    kinds = {one["value"]: one["count"] for one in answer.facets["kind"]}
    assert sum(kinds.values()) == 338
    normandy = next(one for one in answer.facets["region"] if one["value"] == "REG-28")
    assert normandy["label"] == "Normandie"
    assert normandy["count"] == list_rows(reader, "alliances", Question(territory="REG-28")).total


@pytest.mark.parametrize("mode", ["possible", "certain"])
def test_as_of_reads_imprecise_dates_over_their_whole_span(reader: Reader, generation: Generation, mode: str) -> None:
    def runs(row: dict[str, str | None]) -> bool:
        start, end = row["start"], row["end"]
        if mode == "possible":
            return (not start or first_day(start) <= TALK_DAY) and (not end or last_day(end) >= TALK_DAY)
        return bool(start) and last_day(start or "") <= TALK_DAY and (not end or first_day(end) >= TALK_DAY)

    expected = {row["id"] for row in generation.table("alliances").to_dicts() if runs(row)}
    answer = list_rows(
        reader, "alliances", Question(as_of=TALK_DAY, as_of_mode="certain" if mode == "certain" else "possible")
    )
    assert set(answer.frame["id"]) == expected
    assert answer.context["undated"] == 69
    assert answer.context["as_of_mode"] == mode


def test_what_has_no_dates_says_so(reader: Reader) -> None:
    answer = list_rows(reader, "actors", Question(as_of=TALK_DAY, as_of_mode="certain"))
    assert answer.total == 1122
    assert answer.context["dated"] is False


@pytest.mark.parametrize("as_of", [None, TALK_DAY])
def test_allies_share_an_alliance(reader: Reader, generation: Generation, as_of: date | None) -> None:
    members = generation.table("memberships").to_dicts()
    if as_of is not None:
        running = {
            row["iri"]
            for row in generation.table("alliances").to_dicts()
            if (not row["start"] or first_day(row["start"]) <= as_of)
            and (not row["end"] or last_day(row["end"]) >= as_of)
        }
        members = [row for row in members if row["alliance"] in running]
    names = {row["iri"]: (row["id"], row["kind"]) for row in generation.table("actors").to_dicts()}
    mine = {row["alliance"] for row in members if names[row["actor"]][0] == "le-rameau"}
    expected = {names[row["actor"]][0] for row in members if row["alliance"] in mine} - {"le-rameau"}
    answer = allies(reader, "le-rameau", as_of=as_of)
    assert set(answer.frame["id"]) == expected
    assert len(expected) > 20
    shared = answer.frame["shared"].to_list()
    assert shared == sorted(shared, reverse=True)


def test_an_ally_says_through_what_and_in_which_role(reader: Reader) -> None:
    rows = {row["id"]: row for row in allies(reader, "le-rameau").body()["results"]}
    through = {one["id"]: one for one in rows["caisse-des-depots"]["alliances"]}
    assert through["observatoire-partenariats-2008"]["role"] == "founder"
    assert through["observatoire-partenariats-2008"]["ally_role"] == "founder"
    assert through["observatoire-partenariats-2008"]["start"] == "2008"


def test_persons_have_relations_and_no_allies(reader: Reader) -> None:
    assert allies(reader, "gabriel-attal").total == 0
    assert record(reader, "actors", "gabriel-attal")["relations"]


def test_ego_grows_with_depth_and_stays_two_mode(reader: Reader) -> None:
    sizes = []
    for depth in (1, 2, 3):
        found = ego(reader, "le-rameau", depth=depth)
        classes = {node["iri"]: node["class"] for node in found["nodes"]}
        assert len(classes) == len(found["nodes"])
        assert all((classes[e["source"]], classes[e["target"]]) == ("actor", "alliance") for e in found["edges"])
        assert max(node["depth"] for node in found["nodes"]) == depth
        sizes.append(len(classes))
    assert sizes == sorted(set(sizes))
    with pytest.raises(BadQuestionError):
        ego(reader, "le-rameau", depth=4)


def test_ego_at_depth_1_holds_the_allies(reader: Reader) -> None:
    found = ego(reader, "le-rameau")
    actors = {node["id"] for node in found["nodes"] if node["class"] == "actor"}
    assert actors == {"le-rameau", *allies(reader, "le-rameau").frame["id"]}


def test_an_actor_s_record_has_its_ties_in_both_directions(reader: Reader) -> None:
    found = record(reader, "actors", "le-rameau")
    assert found["name"] == "Le RAMEAU"
    assert {tie["direction"] for tie in found["relations"]} == {"in", "out"}
    assert all(tie["label_fr"] and tie["label_en"] for tie in found["relations"])
    assert len(found["memberships"]) == 19


def test_a_twin_is_seen_from_both_sides(reader: Reader, generation: Generation) -> None:
    pair = generation.table("relations").filter(relation="same_undertaking_as").row(0, named=True)
    ends = reader.things.filter(pl.col("iri").is_in([pair["subject"], pair["object"]])).to_dicts()
    lists = {"alliance": "alliances", "platform": "platforms", "programme": "programmes", "actor": "actors"}
    seen = {one["iri"]: record(reader, lists[one["class"]], one["id"])["same_undertaking_as"] for one in ends}
    assert [one["iri"] for one in seen[pair["subject"]]] == [pair["object"]]
    assert [one["iri"] for one in seen[pair["object"]]] == [pair["subject"]]


def test_provenance_leads_to_the_cell(reader: Reader) -> None:
    cells = record(reader, "actors", "le-rameau", provenance=True)["origins"]
    name = next(cell for cell in cells if cell["field"] == "name")
    assert (name["file"], name["column"], name["raw"]) == ("actors.csv", "name", "Le RAMEAU")
    assert name["row"] >= 2
    assert len(name["sha256"]) == 64
    assert "origins" not in record(reader, "actors", "le-rameau")


def test_a_territory_s_record_says_where_it_lies(reader: Reader) -> None:
    caen = record(reader, "territories", "14118")
    assert caen["id"] == caen["code"] == "COM-14118"
    assert {one["code"] for one in caen["within"]} >= {"DEP-14", "REG-28", "FRA"}
    normandy = record(reader, "territories", "REG-28")
    assert normandy["contains"]["departement"] == 5
    assert normandy["alliances"] == list_rows(reader, "alliances", Question(territory="REG-28")).total


def test_an_id_of_several_sources_needs_its_source() -> None:
    ids = Ids(pl.DataFrame({"id": ["a", "a:b", "a"], "source": ["s", "s", "t"], "iri": ["1", "2", "3"], "name": "abc"}))
    assert ids.find("s:a") == 0
    assert ids.find("t:a") == 2
    assert ids.find("a:b") == 1
    assert ids.find("b") is None
    assert ids.find("t:a:b") is None
    with pytest.raises(AmbiguousError) as ambiguous:
        ids.find("a")
    assert [one["id"] for one in ambiguous.value.candidates] == ["s:a", "t:a"]


def test_grouped_gives_the_rows_of_a_value() -> None:
    frame = pl.DataFrame({"key": ["b", "a", "b", None], "n": [1, 2, 3, 4]})
    grouped = Grouped(frame, "key")
    assert grouped["b"]["n"].to_list() == [1, 3]
    assert grouped["z"].is_empty()
    assert grouped.of(["b", "a"])["n"].to_list() == [1, 3, 2]


def test_within_agrees_with_the_hierarchy(reader: Reader) -> None:
    for code in ("FRA", "REG-28", "DEP-14", "COM-14118"):
        assert sorted(reader.within(code)) == hierarchy.within(reader.tables.closure, code).to_list()


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("le rameau", "le-rameau"),
        ("LE RAMEUA", "le-rameau"),
        ("Normandie", "REG-28"),
        ("Normadie", "REG-28"),
        ("14118", "COM-14118"),
        ("reg-28", "REG-28"),
        ("17.17", "17.17"),
        ("paris", "COM-75056"),
        ("depots caisse", "caisse-des-depots"),
        ("saint etienne", "COM-42218"),
    ],
)
def test_search_finds_first(reader: Reader, q: str, first: str) -> None:
    assert search(reader, q).frame["id"][0] == first


def test_search_looks_through_brackets_and_blanks(reader: Reader) -> None:
    assert any("(Re)Connaissance" in name for name in search(reader, "reconnaissance").frame["name"])


def test_search_puts_prefixes_before_parts_and_territories_last(reader: Reader) -> None:
    rows = search(reader, "saint", limit=None).frame
    order = [["exact", "prefix", "words", "part", "similar"].index(one) for one in rows["match"]]
    assert order == sorted(order)
    prefixes = rows.filter(match="prefix")
    is_territory = (prefixes["list"] == "territories").to_list()
    assert is_territory == sorted(is_territory)
    population = prefixes.filter(list="territories")["population"].to_list()
    assert population == sorted(population, reverse=True)


def test_search_can_be_restricted_and_refuses_nonsense(reader: Reader) -> None:
    assert set(search(reader, "normandie", lists=frozenset({"actors"})).frame["list"]) == {"actors"}
    for q, lists in (("…", None), ("x", frozenset({"spaceships"}))):
        with pytest.raises(BadQuestionError):
            search(reader, q, lists=lists)
    assert search(reader, "qqqzzzwww").total == 0


def test_metrics_of_everything_and_of_a_day(reader: Reader) -> None:
    everything = metrics(reader, MetricsQuestion())
    assert everything.total == 1098
    assert everything.frame["id"][0] == "le-rameau"
    assert everything.frame["alliances"][0] == 19
    assert everything.context["network"]["n_alliances"] == 338
    then = metrics(reader, MetricsQuestion(as_of=TALK_DAY, metrics=("alliances", "betweenness")))
    assert then.frame.columns == ["id", "iri", "name", "kind", "alliances", "betweenness"]
    running = list_rows(reader, "alliances", Question(as_of=TALK_DAY)).total
    assert then.context["network"]["n_alliances"] == running < 338


@pytest.mark.parametrize(
    "question",
    [
        MetricsQuestion(metrics=("beauty",)),
        MetricsQuestion(on="territories", network="projection"),
        MetricsQuestion(sort="beauty"),
    ],
)
def test_metrics_that_there_are_not(reader: Reader, question: MetricsQuestion) -> None:
    with pytest.raises(BadQuestionError, match=": "):
        metrics(reader, question)


def test_no_territory_is_isolated_from_a_source_that_covers_none_completely(reader: Reader) -> None:
    answer = isolation(reader, IsolationQuestion(level="departement"))
    statuses = {one["value"]: one["count"] for one in answer.facets["status"]}
    assert "isolated" not in statuses
    assert statuses["connected"] > 50
    assert answer.context["as_of"] == reader.generation.knowledge_date
    silent = answer.frame.filter(pl.col("status") != "connected")
    assert silent["score"].null_count() == silent.height > 0


def test_the_isolation_of_one_territory_is_its_row(reader: Reader) -> None:
    rows = isolation(reader, IsolationQuestion(level="departement")).body()["results"]
    row = next(one for one in rows if one["code"] == "DEP-14")
    alone = territory_isolation(reader, "DEP-14")
    assert {field: alone[field] for field in row} == row
    assert all(one["fr"] and one["en"] for one in row["components"])
    with pytest.raises(BadQuestionError):
        territory_isolation(reader, "FRA")


def test_the_worklist_begins_with_most_people(reader: Reader) -> None:
    rows = isolation(reader, IsolationQuestion(level="epci", worklist=True)).frame
    assert "connected" not in set(rows["status"])
    populations = rows["population"].drop_nulls().to_list()
    assert populations == sorted(populations, reverse=True)


@pytest.mark.parametrize("text", ["2020", "2020-02-31", "20201017", "today", "2020-W10-1"])
def test_a_day_is_written_whole(text: str) -> None:
    with pytest.raises(ValueError, match="as in 2020-10-17"):
        day(text)


def test_every_error_has_a_status_and_a_title() -> None:
    for kind in AnswerError.__subclasses__():
        assert 300 <= kind.status < 600
        assert kind.title
