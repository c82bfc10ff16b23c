"""Whom territories meet: what the matrices count is what joining the tables gives."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from graph.isolation import meetings
from graph.isolation.counts import kinds, through, ties
from graph.isolation.meetings import links_out, partners

TEXT = pl.String
KINDS = {"a": "association", "b": "company", "é": "association", "Z": "state"}
ACTORS = pl.DataFrame({"iri": list(KINDS), "kind": list(KINDS.values())})


def pairs_of(first: str, codes: str, second: str, others: str) -> st.SearchStrategy[pl.DataFrame]:
    """Tables of two columns, each row once."""
    rows = st.lists(st.tuples(st.sampled_from(codes), st.sampled_from(others)), max_size=30, unique=True)
    return rows.map(lambda found: pl.DataFrame(found, {first: TEXT, second: TEXT}, orient="row"))


TOUCHING = pairs_of("code", "uvwxyz", "alliance", "123456")
JOINED = pairs_of("alliance", "12345678", "actor", "abéZ")


@pytest.fixture(params=[1, 2, 2048], autouse=True)
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many territories are multiplied at once must not matter."""
    monkeypatch.setattr(meetings, "_BLOCK", request.param)


@given(TOUCHING)
def test_links_lead_to_those_that_share_an_alliance(pairs: pl.DataFrame) -> None:
    expected = pairs.select("code").unique().join(ties(pairs).group_by("code").len(), on="code", how="left")
    found = links_out(pairs)
    assert_frame_equal(
        found, expected.select("code", links_out=pl.col("len").fill_null(0).cast(pl.Int64)), check_row_order=False
    )


@given(TOUCHING, JOINED)
def test_partners_are_the_members_of_a_territorys_alliances(pairs: pl.DataFrame, joined: pl.DataFrame) -> None:
    members = pairs.join(joined, on="alliance")
    of_kind = pl.col("of_kind").cast(pl.Int64)
    counted = kinds(members, ACTORS).group_by("code").agg(partners=of_kind.sum(), partners_squared=(of_kind**2).sum())
    first = through(members).sort("code", "through", "actor", descending=[False, True, False])
    brokers = first.group_by("code").agg(
        broker=pl.col("actor").first(), broker_alliances=pl.col("through").first().cast(pl.Int64)
    )
    expected = counted.join(brokers, on="code")
    twice = pl.concat([joined, joined])  # two roles of one member
    assert_frame_equal(partners(pairs, twice, ACTORS), expected, check_row_order=False, check_column_order=False)
