"""The pages of `alliances view` and `/view/…`: from a reader to one HTML file that stands alone."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

from api.answers.errors import BadQuestionError, NotFoundError
from api.answers.isolation import isolation_table
from api.answers.reader import Reader
from graph.hierarchy import Level, TerritoryCodeError
from graph.periods import AsOfMode
from ontology.schemes import Language
from visualisations.shell import PageContext

ViewKind: TypeAlias = Literal["network", "ego", "territory", "target", "map"]


@dataclass(frozen=True, kw_only=True)
class ViewQuestion:
    """Which page: `of` is the actor, territory or target of a page about one, `level` is the map's.

    `site` is the root of the site that the page's links lead to, none for a file that stands alone.
    """

    kind: ViewKind
    of: str = ""
    depth: int = 1
    level: Level = "departement"
    as_of: date | None = None
    as_of_mode: AsOfMode = "possible"
    lang: Language = "fr"
    site: str | None = None


def view(reader: Reader, question: ViewQuestion) -> str:
    """The page as HTML; drawn once, then kept. Raises `NotFoundError` or `BadQuestionError`."""
    if question.kind not in get_args(ViewKind):
        raise BadQuestionError(f"there is no view {question.kind!r}: choose one of {', '.join(get_args(ViewKind))}")
    return reader.kept(question, lambda: _drawn(reader, question))


def _drawn(reader: Reader, question: ViewQuestion) -> str:
    try:
        return _page(reader, question, _context(reader, question))
    except TerritoryCodeError as error:
        kind = BadQuestionError if error.candidates else NotFoundError
        raise kind(str(error), [reader.candidate(code) for code in error.candidates]) from None
    except LookupError as error:
        raise NotFoundError(str(error.args[0])) from None


def _page(reader: Reader, question: ViewQuestion, context: PageContext) -> str:
    # What draws takes a second or two to import, which an answer without a page need not wait for.
    from visualisations.map import map_page  # noqa: PLC0415
    from visualisations.pages import Sdg, ego_page, network_page, target_page, territory_page  # noqa: PLC0415

    table, lang = reader.generation.table, question.lang
    match question.kind:
        case "network":
            return network_page(reader.tables, context, lang)
        case "ego":
            return ego_page(reader.tables, question.of, question.depth, context, lang)
        case "territory":
            return territory_page(reader.tables, question.of, context, lang)
        case "target":
            return target_page(reader.tables, Sdg(table("goals"), table("targets")), question.of, context, lang)
        case "map":
            rows = isolation_table(reader, question.level, question.as_of, question.as_of_mode)
            return map_page(table("outlines"), rows, question.level, context, lang)


def _context(reader: Reader, question: ViewQuestion) -> PageContext:
    generation = reader.generation
    # A map speaks of the state of knowledge where no date is asked for, as isolation does.
    day = question.as_of or (generation.knowledge_date if question.kind == "map" else None)
    return PageContext(
        generation.id, generation.graph_sha256, as_of=day, as_of_mode=question.as_of_mode, site=question.site
    )
