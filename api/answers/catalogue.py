"""The lists: what each holds, and which questions make sense for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from api.answers import frames
from api.answers.frames import Tables


@dataclass(frozen=True, kw_only=True)
class ListSpec:
    """A list of the interface.

    `kinds` is the SKOS scheme of its `kind`; `place`, `targets` are the columns that the filters
    `territory` and `target` read. Where one is `None` the list refuses the filter: ignoring it would
    pass off everything as the answer. `dated` lists have `start` and `end`; of the others `as_of`
    filters nothing, and `context` says so.
    """

    name: str
    frame: Callable[[Tables], pl.DataFrame]
    iri_kind: str
    """The kind in the IRIs of its rows; empty where they have several."""
    of: str
    """What the list holds, in English, for `context.scope`."""
    kinds: str | None = None
    place: str | None = None
    placed: str = "in"
    targets: str | None = None
    appeals: bool = False
    dated: bool = False
    facets: tuple[str, ...] = ()
    sort: str = "name"


_SPECS = (
    ListSpec(
        name="actors", frame=frames.actors, iri_kind="actor", of="actors", kinds="actor-kind",
        place="territory", placed="seated in", targets="_targets", facets=("kind", "region"),
    ),
    ListSpec(
        name="alliances", frame=frames.alliances, iri_kind="alliance", of="alliances", kinds="alliance-kind",
        place="territory", placed="located in", targets="targets", dated=True, facets=("kind", "region", "targets"),
    ),
    ListSpec(
        name="territories", frame=frames.territories, iri_kind="territory", of="territories", kinds="level",
        place="id", placed="that are", facets=("kind", "region"),
    ),
    ListSpec(
        name="measures", frame=frames.measures, iri_kind="measure", of="documented measures of the mission",
        targets="targets", facets=("chantier", "confidence"), sort="number",
    ),
    ListSpec(
        name="chantiers", frame=frames.chantiers, iri_kind="chantier", of="chantiers of the mission",
        targets="targets", sort="number",
    ),
    ListSpec(
        name="platforms", frame=frames.platforms, iri_kind="platform", of="platforms", targets="targets",
        dated=True, facets=("targets",),
    ),
    ListSpec(
        name="programmes", frame=frames.programmes, iri_kind="programme",
        of="programmes, reports, studies, conditions, challenges and findings", kinds="programme-kind",
        targets="targets", dated=True, facets=("kind", "targets"),
    ),
    ListSpec(
        name="studies", frame=frames.studies, iri_kind="", of="studies and whatever else figures belong to",
        kinds="", targets="targets", appeals=True, facets=("kind",),
    ),
    ListSpec(
        name="events", frame=frames.events, iri_kind="event", of="events", kinds="event-kind", dated=True,
        facets=("kind",), sort="start",
    ),
    ListSpec(
        name="conditions", frame=frames.conditions, iri_kind="programme", of="enabling conditions of alliances",
        targets="targets", dated=True,
    ),
    ListSpec(
        name="targets", frame=frames.targets, iri_kind="target", of="SDG targets", targets="_targets",
        facets=("goal",), sort="id",
    ),
    ListSpec(name="sources", frame=frames.sources, iri_kind="source", of="sources of this generation"),
)  # fmt: skip

LISTS: Mapping[str, ListSpec] = MappingProxyType({spec.name: spec for spec in _SPECS})
"""The lists by name, as in the path and on the command line."""
