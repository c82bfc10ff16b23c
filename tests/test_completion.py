"""Registers in a build: what they load, whom they complete, and how that can be traced and taken back."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions

from api.checking import check
from api.pipeline import Plan, build_generation, find_loader
from graph import Generation, open_generation
from graph.home import Home
from graph.mirror.elements import elements_in
from graph.mirror.statements import lines_from
from graph.resolution.judgements import Action, add, judgement
from graph.resolution.merging import actor_iri
from graph.resolution.registers import Registers
from ontology import iris
from ontology.loads import Load, singly
from ontology.provenance import Layout, Loaded
from ontology.records import Actor

SIREN, COMPANY, RNA = "775544026", "552100554", "W012000002"
CAEN, NICE = "14118", "06088"
GRANTS = ("nomAttribuant", "idAttribuant", "dateConvention", "nomBeneficiaire", "idBeneficiaire", "montant")
GRANT = ("Département de la Mayenne", "22530001100015", "2017-06-27", "ASSO B", f"{SIREN}01284", "30000")
ASSOCIATIONS = ("id", "siret", "date_creat", "groupement", "titre", "adrs_codeinsee", "position")
UNITS = (
    *("siren", "statutDiffusionUniteLegale", "dateCreationUniteLegale", "identifiantAssociationUniteLegale"),
    *("denominationUniteLegale", "categorieJuridiqueUniteLegale", "nicSiegeUniteLegale"),
)
UNIT = (SIREN, "O", "1990-01-02", RNA, "ASSOCIATION B", "9220", "01284")
FIRM = (COMPANY, "O", "1955-01-01", "", "AUTOMOBILES", "5599", "00013")
SEATS = ("siren", "siret", "etablissementSiege", "codeCommuneEtablissement")
SEAT = (SIREN, f"{SIREN}01284", "true", CAEN)
TIES = ("siren", "ind_adhesion_directe", "siren_membre")
HOLDER = f"grants:{SIREN}"


class Sources:
    """Files of a build in a folder: `grants` is there from the start."""

    def __init__(self, folder: Path, territories: Path) -> None:
        self.folder = folder
        self.territories = territories
        self.write("grants", "grants.csv", GRANTS, GRANT)

    def write(self, source: str, file: str, *rows: Sequence[str]) -> None:
        path = self.folder / source / file
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=";").writerows(rows)

    def sirene(self, *units: Sequence[str], seats: Sequence[Sequence[str]] = (SEAT,)) -> None:
        self.write("sirene", "units.csv", UNITS, *units)
        self.write("sirene", "seats.csv", SEATS, *seats)

    def plan(self) -> Plan:
        given = {path.name: path for path in self.folder.iterdir()} | {"territories": self.territories}
        return Plan(given, remove=["ecosystem"])


@pytest.fixture
def sources(tmp_path: Path, small_territories: Path) -> Sources:
    folder = tmp_path / "sources"
    folder.mkdir()
    return Sources(folder, small_territories)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def built(home: Home, sources: Sources) -> Generation:
    return open_generation(build_generation(home, sources.plan()).path)


def actor(generation: Generation, full: str) -> dict[str, object]:
    return generation.table("actors").filter(iri=actor_iri(full)).row(0, named=True)


def ids(generation: Generation) -> list[str]:
    actors = generation.table("actors")
    return sorted(f"{source}:{key}" for source, key in actors.select("source", "id").iter_rows())


def card(generation: Generation, file: str) -> dict[str, object]:
    return next(one for one in generation.run["sources"] if one["file"] == file)


def test_a_register_completes_the_actor_and_adds_none(home: Home, sources: Sources) -> None:
    before = built(home, sources)
    assert actor(before, HOLDER)["territory"] is None
    sources.sirene(UNIT, FIRM)
    generation = built(home, sources)
    assert ids(generation) == ids(before)

    found = actor(generation, HOLDER)
    assert {name: found[name] for name in ("name", "alt_names", "territory", "founded", "rna", "siret", "kind")} == {
        "name": "ASSO B", "alt_names": ["ASSOCIATION B"], "territory": f"COM-{CAEN}", "founded": "1990-01-02",
        "rna": RNA, "siret": f"{SIREN}01284", "kind": "association",
    }  # fmt: skip
    assert found["completed_from"] == [iris.row("sirene", "units.csv", 2), iris.row("sirene", "seats.csv", 2)]
    assert generation.run["registers"] == {"completed": 1, "contradicting": 0}
    communes = generation.isolation("commune", as_of="2020-01-01")
    assert communes.filter(code=f"COM-{CAEN}")["status"].to_list() == ["connected"]


def test_what_was_taken_leads_to_the_cells_of_the_register(home: Home, sources: Sources) -> None:
    sources.sirene(UNIT)
    generation = built(home, sources)
    cells = generation.table("origins").filter(iri=actor_iri(HOLDER), source="sirene")
    assert set(cells.filter(file="units.csv", row=2).select("field", "raw").rows()) == {
        *(("key", SIREN), ("key", "O"), ("founded", "1990-01-02"), ("rna", RNA)),
        *(("alt_names", "ASSOCIATION B"), ("kind", "9220")),
    }
    seat = cells.filter(file="seats.csv").select("row", "column", "field", "raw").rows()
    assert seat == [(2, "codeCommuneEtablissement", "territory", CAEN)]
    # The row that the record stands in is that of its own source, in the graph and in the mirror.
    rows = generation.sparql(f"SELECT ?row {{ <{actor_iri(HOLDER)}> <http://www.w3.org/ns/prov#wasDerivedFrom> ?row }}")
    assert isinstance(rows, QuerySolutions)
    assert [one["row"].value for one in rows] == [iris.row("grants", "grants.csv", 2)]
    dump = {str(one) + " .\n" for one in generation.store if "ontology>" not in str(one.graph_name)}
    assert set(lines_from(elements_in(generation.path))) == dump


def test_what_the_source_says_stays(home: Home, sources: Sources) -> None:
    header, row = (*GRANTS, "rnaBeneficiaire"), (*GRANT, "W999999999")
    sources.write("grants", "grants.csv", header, row)
    sources.sirene((*UNIT[:3], "", *UNIT[4:]))
    found = actor(built(home, sources), HOLDER)
    assert (found["name"], found["rna"], found["territory"]) == ("ASSO B", "W999999999", f"COM-{CAEN}")


def test_what_contradicts_in_another_number_gives_nothing(home: Home, sources: Sources) -> None:
    sources.write("grants", "grants.csv", (*GRANTS, "rnaBeneficiaire"), (*GRANT, "W999999999"))
    sources.sirene(UNIT)
    generation = built(home, sources)
    assert (actor(generation, HOLDER)["territory"], actor(generation, HOLDER)["completed_from"]) == (None, [])
    assert generation.run["registers"] == {"completed": 0, "contradicting": 1}
    assert f"sirene:{SIREN}" not in ids(generation)


def test_what_a_contradicting_unit_leads_to_is_no_actor_either(home: Home, sources: Sources) -> None:
    """The RNA gives the association of the grant another SIREN, by which SIRENE knows a company."""
    sources.write("grants", "grants.csv", (*GRANTS, "rnaBeneficiaire"), (*GRANT, RNA))
    sources.write("rna", "waldec.csv", ASSOCIATIONS, (RNA, COMPANY, "", "S", "B", "", "A"))
    sources.sirene(FIRM)
    generation = built(home, sources)
    assert {one.partition(":")[0] for one in ids(generation)} == {"grants"}
    assert actor(generation, HOLDER)["completed_from"] == []


def test_a_register_loads_only_what_the_others_need(home: Home, sources: Sources) -> None:
    sources.sirene(UNIT, FIRM, seats=[SEAT, (COMPANY, f"{COMPANY}00013", "true", NICE)])
    sources.write("rna", "waldec.csv", ASSOCIATIONS, ("W1", "", "", "S", "", "nowhere", "A"))
    generation = built(home, sources)
    for file, rows, needed in (("units.csv", 2, 1), ("seats.csv", 2, 1), ("waldec.csv", 1, 0)):
        found = card(generation, file)
        assert (found["rows_read"], found["rows_loaded"], found["rows_quarantined"]) == (rows, rows, 0)
        assert found["rows_not_needed"] == rows - needed
    assert card(generation, "waldec.csv")["reasons"] == {"nothing_needed": 1}
    assert card(generation, "units.csv")["reasons"] == {}


def test_a_damaged_number_asks_for_nothing(home: Home, sources: Sources) -> None:
    """The first digits of a rounded SIRET are those of a SIREN, and identify nobody."""
    sources.write("rna", "waldec.csv", ASSOCIATIONS, (RNA, f"{SIREN}00000", "", "S", "B", CAEN, "A"))
    generation = built(home, sources)
    assert card(generation, "waldec.csv")["rows_not_needed"] == 1
    assert actor(generation, HOLDER)["territory"] is None


def test_a_register_alone_says_that_nothing_is_needed(home: Home, sources: Sources) -> None:
    sources.sirene(UNIT)
    plan = Plan(sources.plan().given, remove=["ecosystem"], only="sirene")
    generation = open_generation(build_generation(home, plan).path)
    assert ids(generation) == []
    assert card(generation, "units.csv")["reasons"] == {"nothing_needed": 1}


def test_a_check_reads_every_row(home: Home, sources: Sources) -> None:
    sources.sirene(UNIT, (SIREN[:-1] + "7", *UNIT[1:]))
    reports = {one.file: one for one in check(home, "sirene", sources.folder / "sirene")}
    assert (reports["units.csv"].rows_loaded, reports["units.csv"].rows_not_needed) == (1, 0)
    assert reports["units.csv"].reasons == {"bad_identifier": 1}


def test_each_actor_with_the_number_is_completed_and_none_are_merged(home: Home, sources: Sources) -> None:
    sources.write("syndicates", "composition.csv", TIES, (COMPANY, "1", SIREN))
    sources.sirene(UNIT)
    generation = built(home, sources)
    for one in (HOLDER, f"syndicates:{SIREN}"):
        assert actor(generation, one)["territory"] == f"COM-{CAEN}"
    assert generation.run["registers"]["completed"] == 2
    assert generation.table("merged").is_empty()


def test_one_register_leads_to_the_other(home: Home, sources: Sources) -> None:
    """The RNA gives the SIREN of an association that is known by its RNA number; SIRENE knows its seat by that."""
    sources.write("grants", "grants.csv", (*GRANTS, "rnaBeneficiaire"), (*GRANT[:4], "", "30000", RNA))
    sources.write("rna", "waldec.csv", ASSOCIATIONS, (RNA, SIREN, "1989-01-01", "S", "Asso b", "", "A"))
    sources.sirene((*UNIT[:3], "", *UNIT[4:]))
    generation = built(home, sources)
    found = actor(generation, f"grants:{RNA}")
    assert (found["siren"], found["founded"], found["territory"]) == (SIREN, "1989-01-01", f"COM-{CAEN}")
    assert found["alt_names"] == ["ASSOCIATION B"]
    rows = [("rna", "waldec.csv"), ("sirene", "units.csv"), ("sirene", "seats.csv")]
    assert found["completed_from"] == [iris.row(*one, 2) for one in rows]


def test_what_a_list_names_is_an_actor_once(home: Home, sources: Sources) -> None:
    """Two registers know the association, nobody else does."""
    sources.write("grants", "grants.csv", GRANTS, (*GRANT[:4], "", "30000"))
    sources.write("rna", "list.csv", ("wanted",), (RNA,))
    sources.write("rna", "waldec.csv", ASSOCIATIONS, (RNA, SIREN, "", "S", "Asso b", "", "A"))
    sources.sirene(UNIT, FIRM)
    generation = built(home, sources)
    assert [one for one in ids(generation) if not one.startswith("grants:")] == [f"rna:{RNA}"]
    assert actor(generation, f"rna:{RNA}")["territory"] == f"COM-{CAEN}"


def test_a_unit_that_is_an_actor_leads_to_the_cell_of_its_seat(home: Home, sources: Sources) -> None:
    sources.write("sirene", "list.csv", ("wanted",), (COMPANY,))
    sources.sirene(UNIT, FIRM, seats=[SEAT, (COMPANY, f"{COMPANY}00013", "true", NICE)])
    generation = built(home, sources)
    assert actor(generation, HOLDER)["territory"] is None
    firm = actor(generation, f"sirene:{COMPANY}")
    assert (firm["territory"], firm["completed_from"]) == (f"COM-{NICE}", [])
    cells = generation.table("origins").filter(iri=actor_iri(f"sirene:{COMPANY}"))
    assert cells.filter(field="territory").select("file", "row", "raw").rows() == [("seats.csv", 3, NICE)]
    assert cells.select("file", "row").row(0) == ("units.csv", 3)


def test_two_associations_of_one_number_in_a_register_are_two(home: Home, sources: Sources) -> None:
    sources.write("rna", "list.csv", ("wanted",), ("DEP-14",))
    rows = [(number, COMPANY, "", "S", "A", CAEN, "A") for number in (RNA, "W012000003")]
    sources.write("rna", "waldec.csv", ASSOCIATIONS, *rows)
    assert {f"rna:{RNA}", "rna:W012000003"} <= set(ids(built(home, sources)))


@pytest.mark.parametrize(("action", "own"), [("reject", True), ("accept", False)])
def test_what_people_judged_counts_more(home: Home, sources: Sources, action: Action, own: bool) -> None:
    sources.sirene(UNIT)
    add(home.judgements, judgement(action, HOLDER, f"sirene:{SIREN}", by="ana", why="vu"))
    generation = built(home, sources)
    assert (f"sirene:{SIREN}" in ids(generation)) == own
    assert generation.table("merged").height == (0 if own else 1)
    found = actor(generation, HOLDER)
    assert (found["territory"], found["completed_from"]) == (None if own else f"COM-{CAEN}", [])


def test_without_the_register_the_graph_is_what_it_was_to_the_bit(tmp_path: Path, home: Home, sources: Sources) -> None:
    before = built(home, sources)
    sources.sirene(UNIT)
    completed = built(home, sources)
    assert completed.graph_sha256 == built(Home(tmp_path / "other"), sources).graph_sha256 != before.graph_sha256
    again = build_generation(home, Plan({}, remove=["sirene"]))
    assert (again.path / "SHA256SUMS").read_bytes() == (before.path / "SHA256SUMS").read_bytes()


def test_persons_are_not_completed() -> None:
    person = Actor(source="own", key="p", name="P", kind="person", siren=SIREN)
    unit = Actor(source="sirene", key=SIREN, name="B", kind="association", siren=SIREN)
    registers = Registers()
    assert [one.record for one in singly(registers.passing(load_of(person)))] == [person]
    assert list(registers.passing(load_of(unit, register=True))) == []
    assert [one.record for one in registers.settled().records] == [unit]


def load_of(record: Actor, *, register: bool = False) -> Load:
    source = replace(find_loader("sirene").source, name=record.source, register=register)
    return Load(source, [Loaded(record, Layout(record.source, "f.csv", ()), 2, ())], [], registers_follow=not register)
