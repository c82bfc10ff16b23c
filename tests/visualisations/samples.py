"""A small invented ecosystem made of real records, and texts that attack a page."""

from collections.abc import Iterable

import polars as pl

from graph.selection import Tables
from graph.tables import RecordTables
from ontology import iris
from ontology.records import Actor, Alliance, Goal, Membership, Record, Target, Territory
from visualisations.pages import Sdg
from visualisations.shell import PageContext

CONTEXT = PageContext("0007-5eed", "0123456789abcdef" * 4)
SERVED = PageContext("0007-5eed", "0123456789abcdef" * 4, site="/")
SOURCE = "sample"

ATTACKS = (
    "<script>window.XSS=1</script>",
    '<img src=x onerror="window.XSS=1">',
    '<a href="#">x</a><img src=x onerror="window.XSS=1">',
    '<a href="javascript:window.XSS=1">x</a>',
    '"><script>window.XSS=1</script>',
    "\\u003cscript\\u003e",
    "</title><script>window.XSS=1</script>",
    "<!--<script>",
    '{{constructor.constructor("window.XSS=1")()}}',
    "\nwindow.XSS=1\n",
    '<iframe srcdoc="<script>parent.XSS=1</script>">',
    "</script><script>window.XSS=1</script>",
    "</style><script>window.XSS=1</script>",
    "</noscript></textarea></svg><svg onload=window.XSS=1>",
    "' onmouseover='window.XSS=1' x='",
    '" onfocus="window.XSS=1" autofocus tabindex="0',
    "\u2028window.XSS=1\u2029",
    "\u202ewindow.XSS=1",
    "javascript:window.XSS=1",
    "href https://example.org/x.js",
)


def frames(records: Iterable[Record]) -> dict[str, pl.DataFrame]:
    collected = RecordTables()
    for record in records:
        collected.add(record)
    return collected.frames()


def tables(records: Iterable[Record]) -> Tables:
    found = frames(records)
    return Tables(found["actors"], found["alliances"], found["memberships"], found["territories"])


def actor(key: str, name: str | None = None, kind: str = "association", territory: str | None = None) -> Actor:
    seat = territory and iris.territory(territory)
    return Actor(source=SOURCE, key=key, name=name or key, kind=kind, territory=seat)


def alliance(
    key: str, *targets: str, name: str | None = None, kind: str = "charter", territory: str | None = None
) -> Alliance:
    place = territory and iris.territory(territory)
    return Alliance(
        source=SOURCE, key=key, name=name or key, kind=kind, territory=place, targets=targets, start="2019", end=None
    )


def member(alliance_key: str, actor_key: str, role: str = "partner", start: str | None = "2019") -> Membership:
    return Membership(
        source=SOURCE,
        key=f"{alliance_key}|{actor_key}|{role}",
        alliance=iris.mint("alliance", SOURCE, alliance_key),
        actor=iris.mint("actor", SOURCE, actor_key),
        role=role,
        start=start,
        period_basis="inferred" if start else "unknown",
    )


def territory(code: str, name: str, level: str, *parents: str) -> Territory:
    return Territory.model_validate(
        {
            "source": "territories",
            "key": code,
            "name": name,
            "level": level,
            "parents": tuple(map(iris.territory, parents)),
        }
    )


TERRITORIES = (
    territory("FRA", "France", "pays"),
    territory("REG-28", "Normandie", "region", "FRA"),
    territory("DEP-14", "Calvados", "departement", "REG-28", "FRA"),
    territory("DEP-28", "Eure-et-Loir", "departement", "FRA"),
    territory("COM-14118", "Caen", "commune", "DEP-14", "REG-28", "FRA"),
)
ECOSYSTEM: tuple[Record, ...] = (
    *TERRITORIES,
    actor("ana", "Ana", territory="COM-14118"),
    actor("bo", "Bô & Cie", "company"),
    actor("cleo", "Cléo", "state"),
    actor("dora", "Dora", "network"),
    actor("eve", "Ève", "foundation"),
    actor("alone", "Seule", "fund", territory="DEP-28"),
    actor("pat", "Pat", "person"),
    alliance("north", "17.17", "2.4", name="Nord", territory="DEP-14"),
    alliance("south", "17.17", "17.16", name="Sud", kind="ptce"),
    alliance("east", "2.4", name="Est", kind="research"),
    member("north", "ana", "lead"),
    member("north", "bo"),
    member("north", "bo", "funder"),
    member("south", "bo", start=None),
    member("south", "cleo"),
    member("south", "pat"),
    member("east", "cleo"),
    member("east", "dora"),
    member("east", "eve"),
)
"""ana – north – bo – south – cleo – east – dora, eve; `alone` has no tie, `pat` is a person."""

SDG = Sdg(
    *(
        frames(
            [
                Goal(source="sdg", key="2", name="Faim « zéro »", name_en="Zero hunger"),
                Goal(source="sdg", key="17", name="Partenariats", name_en="Partnerships"),
                Goal(source="sdg", key="1", name="Pas de pauvreté", name_en="No poverty"),
                *(
                    Target(source="sdg", key=key, goal=key.split(".")[0], name=f"cible {key}", name_en=f"target {key}")
                    for key in ("2.4", "17.16", "17.17")
                ),
            ]
        )[name]
        for name in ("goals", "targets")
    )
)


def ecosystem() -> Tables:
    return tables(ECOSYSTEM)


def hostile(attack: str) -> list[Record]:
    """The attack as every text of an actor, an alliance, a territory and their tie: key, name, kind, role."""
    return [
        *TERRITORIES,
        territory("DEP-01", attack, "departement", "FRA"),
        actor(attack, attack, attack, territory="DEP-01"),
        actor("other", attack, "company"),
        alliance(attack, "17.17", name=attack, kind=attack, territory="DEP-01"),
        member(attack, attack, attack),
        member(attack, "other"),
    ]
