"""The rows of every list, as one nested frame each, made once a generation.

A column whose name begins with `_` is there to be filtered or sorted by and never leaves the project:
`_folded` holds every text that `q` looks in. Names of other things are joined in here, so that an
answer is a filter and a slice.
"""

from collections.abc import Callable

import polars as pl

from api.answers.folding import fold_expr

Tables = Callable[[str], pl.DataFrame]
"""A table of the generation by its name."""

_THINGS = {
    "actor": "actors",
    "alliance": "alliances",
    "measure": "measures",
    "chantier": "chantiers",
    "platform": "platforms",
    "programme": "programmes",
    "event": "events",
    "figure": "figures",
}


def public(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that an answer shows."""
    return frame.select(pl.exclude(r"^_.*$"))


def things(tables: Tables) -> pl.DataFrame:
    """What a relation may point to: `iri, class, id, source, kind, name, name_en, targets`.

    What has no kind has its class for one.
    """
    return pl.concat([_thing(tables(table), name) for name, table in _THINGS.items()])


def _thing(table: pl.DataFrame, name: str) -> pl.DataFrame:
    def column(field: str, otherwise: pl.Expr) -> pl.Expr:
        return (pl.col(field) if field in table.columns else otherwise).alias(field)

    return table.select(
        "iri",
        pl.lit(name).alias("class"),
        "id",
        "source",
        column("kind", pl.lit(name)),
        "name",
        column("name_en", pl.lit(None)).cast(pl.String),
        column("targets", pl.lit([], dtype=pl.List(pl.String))).cast(pl.List(pl.String)),
    )


def places(tables: Tables) -> pl.DataFrame:
    """`territory, territory_name, region, region_name`; a territory that is in no single région has no `region`."""
    territories = tables("territories")
    regions = territories.filter(level="region").select(region="id", region_name="name")
    within = pl.col("parents").list.eval(pl.element().filter(pl.element().str.starts_with("REG-"))).list.first()
    region = pl.when(pl.col("level") == "region").then("id").otherwise(within)
    located = territories.select(pl.col("id").alias("territory"), pl.col("name").alias("territory_name"), region=region)
    return located.join(regions, on="region", how="left", maintain_order="left")


def actors(tables: Tables) -> pl.DataFrame:
    """Organisations and persons; `_targets` are those of the alliances that they are members of."""
    joined = tables("memberships").join(tables("alliances").select(alliance="iri", _targets="targets"), on="alliance")
    targets = joined.explode("_targets").group_by(iri="actor").agg(pl.col("_targets").drop_nulls().unique())
    frame = _placed(_with_lists(tables("actors")), tables)
    frame = frame.join(targets, on="iri", how="left", maintain_order="left")
    frame = frame.with_columns(
        pl.struct("siren", "siret", "rna").alias("identifiers"), _alternative=pl.col("alt_names").list.join("\n")
    )
    return _searchable(_front(frame.drop("siren", "siret", "rna"), _ACTOR), "acronym", "_alternative")


def _with_lists(actors: pl.DataFrame) -> pl.DataFrame:
    """The actors; generations made before actors had other names, or were completed, give them none."""
    none = pl.lit([], dtype=pl.List(pl.String))
    missing = [name for name in ("alt_names", "completed_from") if name not in actors.columns]
    return actors.with_columns(none.alias(name) for name in missing)


def alliances(tables: Tables) -> pl.DataFrame:
    """Alliances with their members, in the order of the source."""
    member = pl.struct("id", "iri", "name", "kind", "role", "start", "end", "period_basis")
    named = parts(tables).select(
        "alliance", "role", "start", "end", "period_basis",
        id="actor_id", iri="actor", name="actor_name", kind="actor_kind",
    )  # fmt: skip
    members = named.group_by("alliance", maintain_order=True).agg(member.alias("members"))
    frame = _placed(tables("alliances"), tables)
    frame = frame.join(members, left_on="iri", right_on="alliance", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col("members").fill_null([]))
    return _searchable(_front(frame, _ALLIANCE), "description")


def parts(tables: Tables) -> pl.DataFrame:
    """Memberships with the names of both ends: `alliance*`, `actor*`, `role, start, end, period_basis`."""
    ends = [
        tables(table).select(iri="iri", id="id", name="name", kind="kind").rename(lambda c, n=name: _prefixed(n, c))  # type: ignore[misc]
        for name, table in (("actor", "actors"), ("alliance", "alliances"))
    ]
    chosen = tables("memberships").select(
        "alliance", "actor", "role", "start", "end", "period_basis", membership="iri", source_urls="source_urls"
    )
    for end, on in zip(ends, ("actor", "alliance"), strict=True):
        chosen = chosen.join(end, on=on, how="inner", maintain_order="left")
    return chosen


def _prefixed(name: str, column: str) -> str:
    return name if column == "iri" else f"{name}_{column}"


def territories(tables: Tables) -> pl.DataFrame:
    """Territories; `code` and `kind` repeat `id` and `level`."""
    frame = tables("territories").with_columns(code="id", kind="level", territory="id")
    frame = frame.join(places(tables), on="territory", how="left", maintain_order="left")
    return _searchable(_front(frame.drop("territory", "territory_name"), _TERRITORY), "id", "insee")


def measures(tables: Tables) -> pl.DataFrame:
    """Measures; `status` has a field a review (`2020-10`), null where no source says anything."""
    names = things(tables).select("iri", "id", "name")
    frame = tables("measures").with_columns(status=_status(tables))
    chantier = names.select(chantier="iri", _chantier="id", chantier_name="name")
    frame = frame.join(chantier, on="chantier", how="left", maintain_order="left")
    parties = _parties(frame, names)
    frame = (
        frame.drop("leads", "involved")
        .join(parties, on="iri", how="left", maintain_order="left")
        .with_columns(
            pl.col("_chantier").alias("chantier"), *(pl.col(f).fill_null([]) for f in ("leads", "involved", "parties"))
        )
    )
    return _searchable(_front(frame.drop("statuses"), _MEASURE))


def _parties(measures: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """`iri`, ids of `leads` and `involved`, and `parties` with names, in the order of the source."""
    long = pl.concat(
        [
            measures.select("iri", party=field).explode("party").drop_nulls().with_columns(part=pl.lit(field))
            for field in ("leads", "involved")
        ]
    )
    named = long.join(names.rename({"iri": "party"}), on="party", how="left", maintain_order="left")
    party = pl.struct("id", pl.col("party").alias("iri"), "name", "part")
    ids = {field: pl.col("id").filter(pl.col("part") == field) for field in ("leads", "involved")}
    return named.group_by("iri", maintain_order=True).agg(**ids, parties=party)


def chantiers(tables: Tables) -> pl.DataFrame:
    """The lines of work, with `status` by review as for measures."""
    frame = tables("chantiers").with_columns(status=_status(tables))
    return _searchable(_front(frame.drop("statuses"), ("number",)), "keyword")


def _status(tables: Tables) -> pl.Expr:
    reviews = (
        pl.concat(
            [
                tables(name).select(
                    pl.col("statuses").list.explode(keep_nulls=False, empty_as_null=False).struct.field("review")
                )
                for name in ("measures", "chantiers")
            ]
        )["review"]
        .unique()
        .sort()
    )
    texts = [_text_of(review).alias(review) for review in reviews]
    return pl.struct(texts) if texts else pl.lit(None)


def _text_of(review: str) -> pl.Expr:
    fits = pl.element().struct.field("review") == review
    return pl.col("statuses").list.eval(pl.element().filter(fits).struct.field("text")).list.first()


def platforms(tables: Tables) -> pl.DataFrame:
    """Places opened for alliances."""
    return _searchable(_front(_placed(tables("platforms"), tables)), "theme")


def programmes(tables: Tables) -> pl.DataFrame:
    """All rows of the programmes, whatever their kind."""
    frame = tables("programmes").with_columns(_alternative=pl.col("alt_names").list.join("\n"))
    return _searchable(_front(frame, ("kind",)), "_alternative", "description")


def conditions(tables: Tables) -> pl.DataFrame:
    """The enabling conditions: programmes of kind `condition`."""
    return programmes(tables).filter(kind="condition")


def events(tables: Tables) -> pl.DataFrame:
    """What took place."""
    return _searchable(_front(tables("events"), ("kind",)), "place", "topic")


def studies(tables: Tables) -> pl.DataFrame:
    """What figures belong to, with its figures; `q` looks in the words of the figures too."""
    said = pl.concat_str("indicator_fr", "indicator_en", "population", "appeal", separator="\n", ignore_nulls=True)
    grouped = (
        figures(tables)
        .group_by(iri="study", maintain_order=True)
        .agg(pl.struct(*_FIGURE).alias("figures"), said.str.join("\n").alias("_said"))
    )
    frame = things(tables).join(grouped, on="iri", how="inner", maintain_order="left")
    return _searchable(_front(frame, ("kind", "class")), "_said")


def figures(tables: Tables) -> pl.DataFrame:
    """The figures as a study shows them, and `study`, the IRI of what each belongs to."""
    named = tables("figures").with_columns(date="publication_date", indicator_fr="name", indicator_en="name_en")
    return named.with_columns(source_url=pl.col("source_urls").list.first()).select("study", *_FIGURE)


def targets(tables: Tables) -> pl.DataFrame:
    """The 169 targets with their goal, and how many alliances contribute to each."""
    goals = tables("goals").select(goal="id", goal_name="name", goal_name_en="name_en")
    counted = tables("alliances").select(id=pl.col("targets")).explode("id").drop_nulls()
    counts = counted.group_by("id").agg(alliances=pl.len())
    frame = tables("targets").join(goals, on="goal", how="left", maintain_order="left")
    frame = frame.join(counts, on="id", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col("alliances").fill_null(0), targets=pl.concat_list("id"))
    return _searchable(_front(frame.rename({"targets": "_targets"}), ("goal",)), "id")


def sources(tables: Tables) -> pl.DataFrame:
    """The sources of the generation with their licence and coverage, and the balance of their `files`."""
    file = pl.struct("file", "sha256", "rows_read", "rows_loaded", "rows_quarantined")
    balance = tables("files").group_by(id="source", maintain_order=True).agg(file.alias("files"))
    frame = tables("sources").join(balance, on="id", how="left", maintain_order="left")
    return _searchable(_front(frame.with_columns(pl.col("files").fill_null([]), source="id")), "id", "publisher")


def _placed(table: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    return table.join(places(tables), on="territory", how="left", maintain_order="left")


def _front(frame: pl.DataFrame, first: tuple[str, ...] = ()) -> pl.DataFrame:
    """The columns that people look for first, first."""
    order = [name for name in ("id", "source", "iri", "name", "name_en", *first) if name in frame.columns]
    return frame.select(*order, pl.exclude(order))


def _searchable(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    texts = [name for name in ("name", "name_en", *columns) if name in frame.columns]
    # A line break between the columns, so that no match reaches from one into the next.
    folded = [fold_expr(pl.col(name)) for name in texts]
    return frame.with_columns(
        _folded=pl.concat_str(folded, separator="\n", ignore_nulls=True), _name=fold_expr(pl.col("name"))
    )


_PLACE = ("territory", "territory_name", "region", "region_name")
_ACTOR = ("acronym", "alt_names", "kind", *_PLACE, "identifiers")
_ALLIANCE = ("kind", "start", "end", *_PLACE, "targets", "members")
_TERRITORY = ("code", "level", "kind", "region", "region_name", "population")
_MEASURE = ("number", "chantier", "chantier_name", "leads", "involved", "parties", "status", "confidence")
_FIGURE = (
    "id", "iri", "value", "qualifier", "unit", "appeal", "population", "sample_size", "date", "fieldwork",
    "indicator_fr", "indicator_en", "confidence", "note", "source_url", "source_urls",
)  # fmt: skip
