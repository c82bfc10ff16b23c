"""The pages that explain: the questions with their answers, where the data come from, what the ontology says."""

from urllib.parse import quote

from api.answers import NotFoundError, Reader, Row
from api.answers.coverage import measures_coverage, sources_coverage
from api.site.linking import linked, place_of
from api.site.visit import Pinned, Visit
from graph.competency import Question, questions
from graph.queries import PROLOGUE
from ontology import iris, reference, schemes
from ontology.rdf import SKOS
from ontology.schemes import Language
from visualisations.site.places import Place
from visualisations.site.words import text

MAX_ROWS = 100


def questions_page(visit: Visit) -> str:
    """All competency questions."""
    visit.asked(Pinned)
    listed = [one.model_dump(include={"id", "fr", "en"}) for one in questions()]
    return visit.page("questions", text("questions_title", visit.lang), {"questions": listed})


def question_page(visit: Visit) -> str:
    """One question: its answer, and every way to ask it oneself. Raises `NotFoundError`."""
    visit.asked(Pinned)
    asked = next((one for one in questions() if one.id == visit.place.key), None)
    if asked is None:
        raise NotFoundError(f"there is no question {visit.place.key!r}: choose one from the list")
    columns, rows = _answer(visit.reader, asked)
    shown = asked.model_dump(include={"sparql", "python", "cli", "note_fr", "note_en"})
    values: dict[str, object] = {
        "question": {**shown, "paths": [one.path for one in asked.rest]},
        "columns": columns,
        "rows": rows[:MAX_ROWS],
        "more": max(0, len(rows) - MAX_ROWS),
        "sparql": f"/sparql?query={quote(PROLOGUE + asked.sparql)}",
    }
    return visit.page("question", asked.fr if visit.lang == "fr" else asked.en, values)


def _answer(reader: Reader, asked: Question) -> tuple[list[str], list[list[Row]]]:
    """(variables, rows of cells) of a question's answer."""
    found = asked.ask(reader.generation)
    columns = list(found[0]) if found else []
    return columns, [[_cell(reader, row[name]) for name in columns] for row in found]


def _cell(reader: Reader, value: str | None) -> Row:
    """A value as a table shows it: `text`, the `page` of what it names, or the web `links` that it lists."""
    written = value or ""
    if written.startswith((iris.base_iri(), iris.SDG)):
        page = _page_of(reader, written)
        return {"text": page.key if page else written, "page": page, "links": []}
    parts = written.split(" | ")
    web = written != "" and all(one.startswith(("http://", "https://")) for one in parts)
    return {"text": written, "page": None, "links": parts if web else []}


def _page_of(reader: Reader, iri: str) -> Place | None:
    if iri.startswith(iris.SDG):
        return place_of(reader, iri, iris.parse_sdg(iri))
    try:
        return place_of(reader, iri, iris.parse(iri)[2])
    except ValueError:
        return None


def page(visit: Visit) -> str:
    """What these data are, their sources and limits, and the run card."""
    visit.asked(Pinned)
    reader = visit.reader
    run = reader.generation.run
    values: dict[str, object] = {
        "sources": linked(reader, reader.frame("sources").to_dicts()),
        "run": {name: run[name] for name in ("generation", "graph_sha256", "quads", "built", "parameters", "versions")},
        "covered": len(sources_coverage(reader, reader.generation.knowledge_date)["complete"]),
        "measures": measures_coverage(reader),
    }
    return visit.page("about", text("about_title", visit.lang), values)


def ontology_page(visit: Visit) -> str:
    """The classes, properties and lists of values of the ontology."""
    visit.asked(Pinned)
    lang = visit.lang
    lists = [
        {"name": name, "label": schemes.scheme_label(name, lang), "concepts": schemes.concepts(name)}
        for name in sorted(schemes.scheme_names())
    ]
    values: dict[str, object] = {
        "classes": [_term(iri, lang) for iri in reference.classes()],
        "properties": [_term(iri, lang) for iri in reference.properties()],
        "lists": lists,
    }
    return visit.page("ontology", text("ontology_title", lang), values)


def _term(iri: str, lang: Language) -> Row:
    definitions = schemes.texts(iri, SKOS + "definition") or schemes.texts(iri, SKOS + "scopeNote")
    return {
        "label": schemes.class_label(iri, lang),
        "curie": reference.curie(iri),
        "definition": definitions[lang][0] if lang in definitions else "",
    }
