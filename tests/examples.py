"""One small world that conforms to every shape: at least one record of each class, with every field filled once."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from ontology import iris
from ontology.records import (
    Actor,
    Alliance,
    Chantier,
    Event,
    Figure,
    Goal,
    Measure,
    Membership,
    MergedActor,
    Platform,
    Programme,
    Record,
    Relation,
    ReviewStatus,
    Target,
    Territory,
)

SOURCE = "ecosystem"
URLS = ("https://example.org/page?q=1#top",)
READ = date(2026, 11, 23)
FRANCE, CAEN = iris.territory("FRA"), iris.territory("COM-14118")


def iri(kind: str, key: str) -> str:
    """The IRI of a thing of this world."""
    return iris.mint(kind, SOURCE, key)


EXAMPLES: Mapping[str, Record] = {
    "actor": Actor(
        source=SOURCE, key="le-rameau", source_urls=URLS, retrieved=READ, name="Le RAMEAU", name_en="The BRANCH",
        acronym="LR", alt_names=("Rameau",), kind="association", territory=CAEN, seat_as_stated="Caen (14)", website="https://example.org/",
        siren="356000000", siret="35600000000048", rna="W751000001", description="Un laboratoire", note="« Note »",
        completed_from=(iris.row("rna", "rna_waldec.csv", 2),),
    ),
    "person": Actor(
        source=SOURCE, key="gabriel", name="Gabriel", kind="person", public_role="ministre",
        role_from="2018-10", role_to="2020-07-06",
    ),
    "public_body": Actor(source=SOURCE, key="djepva", name="DJEPVA", kind="state"),
    "merged": MergedActor(
        source=SOURCE, key="rameau", source_urls=URLS, retrieved=READ, name="Rameau", name_en="Branch", acronym="R",
        siren="356000000", siret="35600000000048", rna="W751000001", merged_into=iri("actor", "le-rameau"),
    ),
    "alliance": Alliance(
        source=SOURCE, key="copilotage", source_urls=URLS, retrieved=READ, start="2020-05", end="2022",
        name="Copilotage", kind="cooperation", description="Ensemble", scope="commune", territory=CAEN,
        targets=("17", "17.17"), sdg_basis="mapped", measure=iri("measure", "mesure-01"),
    ),
    "membership": Membership(
        source=SOURCE, key="copilotage|le-rameau|lead", source_urls=URLS, retrieved=READ, start="2020-05", end="2022",
        alliance=iri("alliance", "copilotage"), actor=iri("actor", "le-rameau"), role="lead", period_basis="inferred",
    ),
    "undated_membership": Membership(
        source=SOURCE, key="copilotage|djepva|partner", alliance=iri("alliance", "copilotage"),
        actor=iri("actor", "djepva"), role="partner",
    ),
    "relation": Relation(
        source=SOURCE, key="rel-001", source_urls=URLS, retrieved=READ, start="2019-10", end="2020-05-07",
        subject=iri("measure", "mesure-01"), relation="part_of", object=iri("programme", "feuille-de-route"),
        seen_on="2021", basis="stated", note="Note",
    ),
    "participation": Relation(
        source=SOURCE, key="rel-002", subject=iri("actor", "le-rameau"), relation="takes_part_in",
        object=iri("event", "lancement"), basis="inferred",
    ),
    "chantier": Chantier(
        source=SOURCE, key="mobiliser", source_urls=URLS, retrieved=READ, number=1, number_basis="stated",
        name="Mobiliser", name_en="Mobilise", keyword="mobiliser", targets=("17.17",), sdg_basis="mapped",
        confidence="high", note="Note",
        statuses=(ReviewStatus(review="2022-05", text="non détaillé", status="not_detailed"),),
    ),
    "measure": Measure(
        source=SOURCE, key="mesure-01", source_urls=URLS, retrieved=READ, number=1, name="Rendre visible",
        name_en="Make visible", chantier=iri("chantier", "mobiliser"), chantier_basis="inferred",
        leads=(iri("actor", "djepva"),), involved=(iri("actor", "le-rameau"),), targets=("17.17",), sdg_basis="mapped",
        confidence="medium", note="Note",
        statuses=(
            ReviewStatus(review="2020-10", text="en place : en ligne", status="in_place"),
            ReviewStatus(review="2021-05", text="plus de 50 articles"),
        ),
    ),
    "platform": Platform(
        source=SOURCE, key="espace", source_urls=URLS, retrieved=READ, start="2020-05-07", end="2024", name="Espace",
        name_en="Space", theme="données", website="https://example.org/espace", status_text="en ligne",
        targets=("17.17",), sdg_basis="stated", note="Note",
    ),
    "programme": Programme(
        source=SOURCE, key="feuille-de-route", source_urls=URLS, retrieved=READ, start="2020-05-07", end="2022-05-07",
        name="Feuille de route", name_en="Roadmap", alt_names=("21 mesures", "FdR"), kind="programme",
        description="4 chantiers", website="https://example.org/fdr", targets=("17.17",), sdg_basis="mapped",
        note="Note",
    ),
    "study": Programme(source=SOURCE, key="etude", name="Étude", kind="study"),
    "condition": Programme(source=SOURCE, key="droit", name="Droit d’alliance", kind="condition"),
    "challenge": Programme(source=SOURCE, key="apprendre", name="Apprendre", kind="challenge"),
    "finding": Programme(source=SOURCE, key="plafond", name="Plafond de verre", kind="finding"),
    "event": Event(
        source=SOURCE, key="lancement", source_urls=URLS, retrieved=READ, start="2019-10-16", end="2019-10-17",
        name="Lancement", name_en="Launch", kind="launch", place="Paris", topic="alliances", note="Note",
    ),
    "figure": Figure(
        source=SOURCE, key="fig-utile", source_urls=URLS, retrieved=READ, study=iri("programme", "etude"),
        publication_date="2020-05-07", fieldwork="2020-04-29/2020-05-01", population="Français", sample_size=1000,
        qualifier="exact", value=Decimal("81.5"), unit="%", name="jugent utile", name_en="find useful", appeal="devoir",
        confidence="high", note="Note",
    ),
    "country": Territory(
        source="territories", key="FRA", name="France", level="pays", wkt="POLYGON ((0 0, 1 0, 1 1, 0 0))"
    ),
    "commune": Territory(
        source="territories", key="COM-14118", name="Caen", level="commune", insee="14118", siren="211401187",
        population=108_200, parents=(FRANCE,), old_codes=("14119",), latitude=49.1847, longitude=-0.3679,
    ),
    "goal": Goal(source="sdg", key="17", name="Partenariats", name_en="Partnerships"),
    "target": Target(
        source="sdg", key="17.17", name="Partenariats publics", name_en="Public partnerships", goal="17",
        group="systemic-partnerships",
    ),
}  # fmt: skip
"""A record by name; together they point at nothing that is not there."""
