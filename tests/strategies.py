"""Hypothesis strategies of every record class, as large as the model allows."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

from hypothesis import strategies as st

from ontology import iris, schemes
from ontology.dates import reversed_period
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
    Scope,
    Target,
    Territory,
    TerritoryLevel,
)

_NEVER = [chr(code) for code in (*range(9), 11, 12, *range(14, 32), 0x7F, 0xFFFE, 0xFFFF)]
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=_NEVER), min_size=1, max_size=40)
"""Every text that a record may hold: any script, any mark, line breaks, direction marks."""
sources = st.sampled_from(["ecosystem", "members", "a:b", "é/ü"])
Fields = Mapping[str, st.SearchStrategy[object]]


@st.composite
def partial_dates(draw: st.DrawFn) -> str:
    """A year, a month or a day from 0001 to 9999."""
    day = draw(st.dates(min_value=date(1, 1, 1)))
    return day.isoformat()[: draw(st.sampled_from([4, 7, 10]))]


@st.composite
def periods(draw: st.DrawFn) -> dict[str, str | None]:
    """A start and an end that are not reversed, each present or not."""
    start, end = draw(st.none() | partial_dates()), draw(st.none() | partial_dates())
    return {"start": end, "end": start} if reversed_period(start, end) else {"start": start, "end": end}


def iri_of(*kinds: str) -> st.SearchStrategy[str]:
    """The IRI of some thing of one of the kinds."""
    return st.builds(iris.mint, st.sampled_from(kinds), sources, texts)


def some(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    """Up to three different values."""
    return st.lists(values, max_size=3, unique=True).map(tuple)


def key_of(scheme: str) -> st.SearchStrategy[str]:
    """A key of one of the ontology's schemes."""
    return st.sampled_from(sorted(schemes.keys(scheme)))


addresses = st.builds(
    "https://example.org/{}/{}".format, st.integers(0, 9), st.from_regex(r"[a-z0-9%]?", fullmatch=True)
)
addresses = addresses.filter(lambda address: not address.endswith("%"))
codes = st.sampled_from(["17", "17.17", "17.16", "2.4", "1.a"])
integers = st.integers(0, 10**15)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal(-(10**9)), max_value=10**9, places=4)
maybe_text = st.none() | texts
statuses = st.lists(
    st.builds(ReviewStatus, review=partial_dates(), text=texts, status=st.none() | key_of("status")),
    max_size=3,
    unique_by=lambda one: one.review,
).map(tuple)

_KEY: Fields = {"source": sources, "key": texts}
_SOURCED: Fields = {
    **_KEY,
    "source_urls": some(addresses),
    "retrieved": st.none() | st.dates(min_value=date(1, 1, 1) + timedelta(days=1)),
}
_SDG: Fields = {"targets": some(codes), "sdg_basis": st.none() | key_of("basis")}
_NAMED: Fields = {"name": texts, "name_en": maybe_text, "note": maybe_text}
_CONFIDENCE: Fields = {"confidence": st.none() | key_of("confidence")}
_SITE: Fields = {"website": st.none() | addresses}
_LEVELS = st.sampled_from(get_args(TerritoryLevel))


def _dated(kind: Callable[..., Record], fields: Fields) -> st.SearchStrategy[Record]:
    build = st.fixed_dictionaries(dict(fields))
    return st.builds(lambda values, period: kind(**values, **period), build, periods())


_IDENTIFIED: Fields = {
    "siren": st.none() | st.from_regex(r"[0-9]{9}", fullmatch=True),
    "siret": st.none() | st.from_regex(r"[0-9]{14}", fullmatch=True),
    "rna": st.none() | st.from_regex(r"W[0-9]{9}", fullmatch=True),
}


records: Mapping[type[Record], st.SearchStrategy[Record]] = {
    Actor: st.builds(
        Actor,
        **_SOURCED,
        **_NAMED,
        **_SITE,
        acronym=maybe_text,
        alt_names=some(texts),
        kind=key_of("actor-kind"),
        territory=st.none() | iri_of("territory"),
        seat_as_stated=maybe_text,
        **_IDENTIFIED,
        public_role=maybe_text,
        role_from=st.none() | partial_dates(),
        role_to=st.none() | partial_dates(),
        founded=st.none() | partial_dates(),
        dissolved=st.none() | partial_dates(),
        budget_eur=st.none() | st.decimals(0, 10**12, places=2),
        description=maybe_text,
        completed_from=some(st.builds(iris.row, sources, texts, st.integers(2, 10**6))),
    ),
    MergedActor: st.builds(
        MergedActor,
        **_SOURCED,
        **_IDENTIFIED,
        name=texts,
        name_en=maybe_text,
        acronym=maybe_text,
        merged_into=iri_of("actor"),
    ),
    Alliance: _dated(
        Alliance,
        {
            **_SOURCED,
            **_SDG,
            "name": texts,
            "kind": key_of("alliance-kind"),
            "description": maybe_text,
            "scope": st.none() | st.sampled_from(get_args(Scope)),
            "territory": st.none() | iri_of("territory"),
            "measure": st.none() | iri_of("measure"),
            "amount_eur": st.none() | st.decimals(0, 10**12, places=2),
        },
    ),
    Membership: _dated(
        Membership,
        {
            **_SOURCED,
            "alliance": iri_of("alliance"),
            "actor": iri_of("actor"),
            "role": key_of("role"),
            "period_basis": st.sampled_from(["stated", "inferred", "unknown"]),
        },
    ),
    Relation: _dated(
        Relation,
        {
            **_SOURCED,
            "subject": iri_of("actor", "programme", "measure"),
            "relation": key_of("relation"),
            "object": iri_of("actor", "programme", "platform", "event", "chantier"),
            "seen_on": st.none() | partial_dates(),
            "basis": key_of("basis"),
            "note": maybe_text,
        },
    ),
    Chantier: st.builds(
        Chantier,
        **_SOURCED,
        **_NAMED,
        **_SDG,
        **_CONFIDENCE,
        number=st.none() | st.integers(1, 4),
        number_basis=maybe_text,
        keyword=maybe_text,
        statuses=statuses,
    ),
    Measure: st.builds(
        Measure,
        **_SOURCED,
        **_NAMED,
        **_SDG,
        **_CONFIDENCE,
        number=st.none() | st.integers(1, 21),
        chantier=st.none() | iri_of("chantier"),
        chantier_basis=st.none() | key_of("basis"),
        leads=some(iri_of("actor")),
        involved=some(iri_of("actor")),
        statuses=statuses,
    ),
    Platform: _dated(
        Platform,
        {
            **_SOURCED,
            **_NAMED,
            **_SDG,
            **_SITE,
            "theme": maybe_text,
            "status_text": maybe_text,
            "territory": st.none() | iri_of("territory"),
        },
    ),
    Programme: _dated(
        Programme,
        {
            **_SOURCED,
            **_NAMED,
            **_SDG,
            **_SITE,
            "alt_names": some(texts),
            "kind": key_of("programme-kind"),
            "description": maybe_text,
        },
    ),
    Event: _dated(
        Event, {**_SOURCED, **_NAMED, "kind": key_of("event-kind"), "place": maybe_text, "topic": maybe_text}
    ),
    Figure: st.builds(
        Figure,
        **_SOURCED,
        **_NAMED,
        **_CONFIDENCE,
        study=iri_of("programme", "actor", "platform", "event"),
        publication_date=st.none() | partial_dates(),
        fieldwork=maybe_text,
        population=texts,
        sample_size=st.none() | st.integers(1, 10**12),
        qualifier=key_of("qualifier"),
        value=decimals,
        unit=texts,
        appeal=st.none() | key_of("appeal"),
    ),
    Territory: st.builds(
        Territory,
        **_KEY,
        name=texts,
        level=_LEVELS,
        insee=maybe_text,
        siren=maybe_text,
        population=st.none() | integers,
        parents=some(iri_of("territory")),
        old_codes=some(texts),
        latitude=st.none() | st.floats(-90, 90),
        longitude=st.none() | st.floats(-180, 180),
        wkt=maybe_text,
    ),
    Goal: st.builds(Goal, source=st.just("sdg"), key=texts, name=texts, name_en=texts),
    Target: st.builds(
        Target,
        source=st.just("sdg"),
        key=texts,
        name=texts,
        name_en=texts,
        goal=st.integers(1, 17).map(str),
        group=st.none() | key_of("target-group"),
    ),
}
"""A strategy a class."""


def any_record() -> st.SearchStrategy[Record]:
    """A record of any class."""
    return st.one_of(*records.values())
