"""The home: what this is, a search box, the three figures of 2020, what the graph holds, a map."""

from collections.abc import Iterator

import polars as pl

from api.answers import Question, Reader, Row, list_rows
from api.answers.coverage import measures_coverage
from api.site.drawings import Drawings, map_legend, preview_url
from api.site.linking import linked
from api.site.visit import Visit
from graph.selection import PERSON
from ontology import schemes
from visualisations.site.words import text


def page(visit: Visit) -> str:
    """The home."""
    reader = visit.reader
    values = _values(reader)
    drawings = {
        "map": reader.index(Drawings).small(visit.lang),
        "legend": map_legend(visit.lang),
        "preview": preview_url(reader),
    }
    return visit.page("home", text("home_title", visit.lang), {**values, **drawings})


def _values(reader: Reader) -> dict[str, object]:
    found: dict[str, object] = linked(
        reader,
        {
            "appeals": list(_appeals(reader)),
            "counts": list(_counts(reader)),
            "sources": _sources(reader),
            "examples": _examples(reader),
        },
    )
    return found


def _appeals(reader: Reader) -> Iterator[list[Row]]:
    """[figure, its study] for each of the three appeals; none where no figure has it."""
    for one in schemes.concepts("appeal"):
        for study in list_rows(reader, "studies", Question(appeal=one.key)).body()["results"]:
            for figure in study["figures"]:
                yield [figure, {name: study[name] for name in ("id", "iri", "name", "name_en")}]


def _counts(reader: Reader) -> Iterator[Row]:
    """What the graph holds: `key` of the words, `value`, `section`, and for measures `of` how many."""
    actors, alliances = reader.frame("actors"), reader.frame("alliances")
    placed = pl.concat([frame.select("territory") for frame in (actors, alliances)])["territory"]
    communes = placed.filter(placed.str.starts_with("COM-")).n_unique()
    measures = measures_coverage(reader)
    counted = [
        ("alliances", alliances.height, "alliances", None),
        ("organisations", actors.filter(pl.col("kind") != PERSON).height, "actors", None),
        ("memberships", reader.generation.table("memberships").height, "network", None),
        ("places", communes, "map", None),
        ("measures", measures["documented"], "measures", measures["of"]),
    ]
    for key, value, section, of in counted:
        yield {"key": f"count.{key}", "value": value, "section": section, "of": of}


def _sources(reader: Reader) -> list[Row]:
    """The sources that the numbers come from: those that describe an alliance or an actor."""
    used = pl.concat([reader.frame(name).select("source") for name in ("actors", "alliances")])["source"].unique()
    chosen = reader.frame("sources").filter(pl.col("id").is_in(used.implode()))
    return chosen.select("id", "iri", "name", "name_en", "coverage_fr", "coverage_en").to_dicts()


def _examples(reader: Reader) -> list[Row]:
    """Names to begin with: the actor, the territory and the target with the most alliances, and a condition."""
    metrics = reader.generation.metric_table("actors").sort("alliances", "iri", descending=[True, False])
    places = reader.generation.metric_table("isolation_departement").sort("alliances", "iri", descending=[True, False])
    targets = reader.frame("targets").sort("alliances", "iri", descending=[True, False])
    firsts = [
        metrics.select("id", "iri", "name").head(1),
        places.select("iri", "name", id="code").head(1),
        reader.frame("conditions").select("id", "iri", "name", "name_en").head(1),
        targets.select("id", "iri", name="ODD " + pl.col("id"), name_en="SDG " + pl.col("id")).head(1),
    ]
    return [row for frame in firsts for row in frame.to_dicts()]
