"""The network pages: the whole ecosystem, around an actor, of a territory, of an SDG goal or target.

All show the two-mode network, actors and alliances, of the date in the page's context. An id or a code that
is not known raises a `LookupError` with a sentence.
"""

from dataclasses import dataclass

import networkx as nx
import polars as pl

from graph import hierarchy
from graph.networks import Network, two_mode
from graph.selection import PERSON, Tables, select
from ontology.schemes import Language
from visualisations import texts
from visualisations.page import Details, View, network_html
from visualisations.shell import Head, PageContext

MAX_DEPTH = 3


@dataclass(frozen=True)
class Sdg:
    """The tables that name the goals and targets."""

    goals: pl.DataFrame
    targets: pl.DataFrame


def network_page(tables: Tables, context: PageContext, lang: Language) -> str:
    """The whole ecosystem: every organisation and every alliance, also those without a tie."""
    title = "Qui fait alliance avec qui" if lang == "fr" else "Who allies with whom"
    lead = (
        "L’écosystème français des alliances d’intérêt général autour de l’ODD 17, tel que les sources le décrivent."
        if lang == "fr"
        else "The French ecosystem of alliances for the general interest around SDG 17, as the sources describe it."
    )
    return network_html(_view(_at(tables, context), lang), Head(title, lead), context, lang)


def ego_page(tables: Tables, actor: str, depth: int, context: PageContext, lang: Language) -> str:
    """An actor (id, `source:id` or IRI) and whom it reaches through 1 to 3 alliances.

    Depth 1 is its alliances and their members, its allies; each further step adds the alliances and
    allies of those. Raises `ValueError` on another depth.
    """
    if not 1 <= depth <= MAX_DEPTH:
        raise ValueError(f"depth {depth}: write 1, 2 or {MAX_DEPTH}")
    iri, name = _actor(tables.actors, actor)
    chosen = _at(tables, context)
    around = nx.ego_graph(_network(chosen), iri, radius=2 * depth)
    view = View(around, _details(chosen.memberships, lang), focus=iri)
    title = f"Les alliances de {name}" if lang == "fr" else f"The alliances of {name}"
    return network_html(view, Head(title, _ego_lead(depth, lang)), context, lang)


def territory_page(tables: Tables, territory: str, context: PageContext, lang: Language) -> str:
    """The alliances located in a territory or within it, or with a member seated there, and their members.

    Who is seated there without any alliance is shown too. `territory` is as `hierarchy.resolve` takes it.
    """
    code = hierarchy.resolve(tables.territories, territory)
    name = tables.territories.filter(pl.col("id") == code)["name"][0]
    codes = hierarchy.within(tables.closure, code).to_list()
    chosen = select(tables, as_of=context.as_of, mode=context.as_of_mode, codes=codes)
    title = f"{name} : alliances et acteurs" if lang == "fr" else f"{name}: alliances and actors"
    lead = (
        "Les alliances situées ici ou dont un membre y a son siège, avec tous leurs membres."
        if lang == "fr"
        else "The alliances located here or with a member seated here, with all their members."
    )
    return network_html(_view(chosen, lang), Head(title, lead), context, lang)


def target_page(tables: Tables, sdg: Sdg, code: str, context: PageContext, lang: Language) -> str:
    """The alliances that contribute to an SDG target (`17.17`) or to any target of a goal (`17`)."""
    name = _target_name(sdg, code, lang)
    one = pl.element()
    matches = pl.col("targets").list.eval((one == code) | one.str.starts_with(f"{code}.")).list.any()
    chosen = _of_alliances(_at(tables, context), matches.fill_null(value=False))
    title = f"ODD {code} : {name}" if lang == "fr" else f"SDG {code}: {name}"
    lead = (
        "Les alliances rattachées à cette cible et leurs membres. Le rattachement est le nôtre, pas celui des sources."
        if lang == "fr"
        else "The alliances mapped to this target and their members. The mapping is ours, not the sources’."
    )
    return network_html(_view(chosen, lang), Head(title, lead), context, lang)


def _view(tables: Tables, lang: Language) -> View:
    """All of what was selected."""
    return View(_network(tables), _details(tables.memberships, lang))


def _at(tables: Tables, context: PageContext) -> Tables:
    return select(tables, as_of=context.as_of, mode=context.as_of_mode)


def _network(tables: Tables) -> Network:
    return two_mode(tables.actors, tables.alliances, tables.memberships)


def _of_alliances(tables: Tables, matches: pl.Expr) -> Tables:
    """The alliances that match, their memberships and members, and nobody else."""
    alliances = tables.alliances.filter(matches)
    memberships = tables.memberships.join(alliances, left_on="alliance", right_on="iri", how="semi")
    actors = tables.actors.join(memberships, left_on="iri", right_on="actor", how="semi")
    return Tables(actors=actors, alliances=alliances, memberships=memberships, territories=tables.territories)


def _actor(actors: pl.DataFrame, text: str) -> tuple[str, str]:
    """(IRI, name) of the one organisation that `text` names."""
    qualified = pl.concat_str("source", "id", separator=":")
    found = actors.filter((pl.col("id") == text) | (qualified == text) | (pl.col("iri") == text))
    if found.is_empty():
        raise LookupError(f"no actor has the id {text!r}: search for its name to find its id")
    if found.height > 1:
        names = ", ".join(f"{source}:{key}" for source, key in found.select("source", "id").sort(pl.all()).iter_rows())
        raise LookupError(f"{text!r} names {found.height} actors: write one of {names}")
    iri, name, kind = found.select("iri", "name", "kind").row(0)
    if kind == PERSON:
        raise LookupError(f"{text!r} is a person: persons have a record, but enter no network")
    return iri, name


def _target_name(sdg: Sdg, code: str, lang: Language) -> str:
    column = "name" if lang == "fr" else "name_en"
    found = pl.concat([frame.select("id", column) for frame in (sdg.goals, sdg.targets)]).filter(pl.col("id") == code)
    if found.is_empty():
        raise LookupError(f"no SDG goal or target has the code {code!r}: write one such as 17 or 17.17")
    return str(found[column][0])


def _ego_lead(depth: int, lang: Language) -> str:
    if lang == "fr":
        steps = "une alliance" if depth == 1 else f"{depth} alliances au plus"
        return f"L’acteur, ses alliances et ceux qu’il atteint à travers {steps}."
    steps = "one alliance" if depth == 1 else f"at most {depth} alliances"
    return f"The actor, its alliances, and those whom it reaches through {steps}."


def _details(memberships: pl.DataFrame, lang: Language) -> Details:
    """Roles and periods of each tie; roles of one period stand together."""
    rows = memberships.select("actor", "alliance", "start", "end", "period_basis", "role").sort(pl.all())
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for actor, alliance, start, end, basis, role in rows.iter_rows():
        when = texts.period(start, end, lang)
        if basis == "inferred" and (start or end):
            when = f"{when}, {texts.text('inferred', lang)}"
        roles = found.setdefault((actor, alliance), {}).setdefault(when, [])
        roles.append(texts.concept("role", role, lang))
    return {
        ends: " ; ".join(f"{', '.join(dict.fromkeys(roles))} · {when}" for when, roles in periods.items())
        for ends, periods in found.items()
    }
