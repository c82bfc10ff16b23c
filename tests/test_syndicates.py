"""Intercommunal syndicates: groupings, and who is in them."""

from pathlib import Path

import pytest

from ontology import iris
from ontology.provenance import FileReport
from ontology.records import Actor, Alliance, Membership, Record
from tests.loading import load_files, load_texts

COMPOSITION = "siren,ind_adhesion_directe,siren_membre\n"


def load(tmp_path: Path, **texts: str) -> tuple[list[Record], dict[str, FileReport]]:
    return load_texts("syndicates", tmp_path, {f"{name}.csv": text for name, text in texts.items()})


def test_a_row_is_a_membership(tmp_path: Path) -> None:
    records, reports = load(tmp_path, c=COMPOSITION + "200000677,1,210100012\n200000677,0,210100020\n")
    assert (reports["c.csv"].rows_loaded, reports["c.csv"].issues) == (2, [])
    alliance = Alliance(
        source="syndicates",
        key="200000677",
        name="Groupement de collectivités, SIREN 200000677",
        kind="cooperation",
    )
    commune = Actor(
        source="syndicates",
        key="COM-01001",
        name="L'Abergement-Clémenciat",
        kind="local_authority",
        territory=iris.territory("COM-01001"),
        siren="210100012",
    )
    assert records[:3] == [
        alliance,
        commune,
        Membership(
            source="syndicates",
            key="200000677|COM-01001|member",
            alliance=alliance.iri,
            actor=commune.iri,
            role="member",
        ),
    ]
    assert [one.key for one in records[3:]] == ["COM-01002", "200000677|COM-01002|indirect_member"]


def test_the_list_of_groupings_gives_names_and_dates_and_no_person(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    columns = (
        "N° SIREN\tNom du groupement\tNature juridique\tDate d'effet\tNom Président\tSIREN du membre\tNom du membre"
    )
    rows = (
        "200000677\tSyndicat du Lac\tSIVU\t01/01/2010\tDURAND\t210100012\tL'Abergement-Clémenciat",
        "200000677\tSyndicat du Lac\tSIVU\t01/01/2010\tDURAND\t252102553\tSyndicat de l'Amont",
    )
    path.write_bytes("\n".join((columns, *rows)).encode("latin-1"))
    records, reports = load_files("syndicates", {path.name: path})
    assert (reports[path.name].new, reports[path.name].ignored) == ((), ("Nom Président",))
    assert not any("DURAND" in str(one) for one in records)
    alliance = records[0]
    assert isinstance(alliance, Alliance)
    assert (alliance.name, alliance.description, alliance.start) == ("Syndicat du Lac", "SIVU", "2010-01-01")
    member = records[3]
    assert isinstance(member, Actor)
    assert (member.key, member.name, member.territory) == ("252102553", "Syndicat de l'Amont", None)
    membership = records[4]
    assert isinstance(membership, Membership)
    assert (membership.start, membership.period_basis) == ("2010-01-01", "inferred")


def test_a_list_of_communes_leads_to_those_that_merged(tmp_path: Path) -> None:
    row = "200000677,1,211200761\n"  # 12076 became 12218
    records, reports = load(tmp_path, a=COMPOSITION + row)
    assert [(one.code, one.value) for one in reports["a.csv"].issues][:1] == [("unknown_territory", "211200761")]
    assert records[1].key == "211200761"
    records, reports = load(tmp_path, a=COMPOSITION + row, z="siren;insee;nom_com\n211200761;12076;Conques\n")
    assert [one.issues for one in reports.values()] == [[], []]
    assert reports["z.csv"].rows_loaded == 1
    assert records[1].key == "COM-12218"


@pytest.mark.parametrize(
    ("row", "issue"),
    [
        ("200000678,1,210100012", ("bad_identifier", "siren", "200000678")),
        ("200000677,1,2101000", ("bad_identifier", "siren_membre", "2101000")),
        ("200000677,1,", ("empty_value", "siren_membre", None)),
        ("200000677,x,210100012", ("unknown_value", "ind_adhesion_directe", "x")),
    ],
)
def test_a_row_that_says_nothing_certain_is_refused(
    tmp_path: Path, row: str, issue: tuple[str, str, str | None]
) -> None:
    records, reports = load(tmp_path, c=COMPOSITION + row + "\n200000677,1,210100012\n")
    found = reports["c.csv"].issues[0]
    assert ((found.code, found.column, found.value), found.refused) == (issue, True)
    assert reports["c.csv"].rows_quarantined == 1
    assert len(records) == 3


def test_the_composition_of_2021_loads_to_the_row(shared: Path) -> None:
    folder = shared / "data" / "opendata" / "banatic"
    records, reports = load_files("syndicates", {path.name: path for path in folder.iterdir()})
    assert {one.file: (one.rows_read, one.rows_loaded, one.issues) for one in reports.values()} == {
        "composition-communale-syndicats_2021.csv": (79_865, 79_865, []),
        "correspondance-siren-insee-2019.csv": (34_970, 34_970, []),
    }
    assert sum(isinstance(one, Alliance) for one in records) == 1333
    assert len({one.iri for one in records}) == len(records)
