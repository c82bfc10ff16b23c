import numpy as np
import polars as pl
import pytest

from graph import Generation
from graph.hierarchy import LEVELS, Level
from graph.nearest import nearest
from graph.neighbours import NEAREST, neighbours


def beside(generation: Generation, level: Level) -> dict[str, list[str]]:
    found = neighbours(generation.table("territories"), generation.table("outlines"), level)
    rows = np.split(found.matrix.indices, found.matrix.indptr[1:-1])
    return {code: [found.codes[at] for at in row] for code, row in zip(found.codes, rows, strict=True)}


def test_departements_by_the_map(generation: Generation) -> None:
    found = beside(generation, "departement")
    assert found["DEP-14"] == ["DEP-27", "DEP-50", "DEP-61"]
    assert found["DEP-75"] == ["DEP-92", "DEP-93", "DEP-94"]
    assert found["DEP-2A"] == ["DEP-2B"]
    assert found["DEP-29"] == ["DEP-22", "DEP-56"]
    alone = [code for code, others in found.items() if not others]
    assert {"DEP-971", "DEP-972", "DEP-973", "DEP-974", "DEP-976"} <= set(alone)
    assert all(code.startswith("DEP-9") and len(code) == 7 for code in alone)


def test_regions_by_the_map(generation: Generation) -> None:
    found = beside(generation, "region")
    assert found["REG-28"] == ["REG-11", "REG-24", "REG-32", "REG-52", "REG-53"]
    assert found["REG-94"] == []


def test_epci_islands_are_islands(generation: Generation) -> None:
    found = beside(generation, "epci")
    alone = {code for code, others in found.items() if not others and code.startswith("EPCI-")}
    assert {"EPCI-241700459", "EPCI-241700624", "EPCI-245600465"} <= alone  # Oléron, Ré, Belle-Île
    assert len(alone) == 6


@pytest.mark.parametrize("level", ["region", "departement", "epci"])
def test_who_touches_is_touched_and_nobody_touches_itself(generation: Generation, level: Level) -> None:
    table, outlines = generation.table("territories"), generation.table("outlines")
    found = neighbours(table, outlines, level)
    assert (found.matrix != found.matrix.T).nnz == 0
    assert found.matrix.diagonal().sum() == 0
    assert set(found.matrix.data) == {1.0}
    assert found.codes == table.filter(pl.col("level").is_in(LEVELS[level]))["id"].sort().to_list()


def test_communes_have_the_nearest_six(generation: Generation) -> None:
    found = neighbours(generation.table("territories"), generation.table("outlines"), "commune")
    known = generation.table("territories").filter(level="commune").sort("id")["latitude"].is_not_null().to_numpy()
    assert found.counts.max() == NEAREST
    assert found.counts[~known].sum() == 0
    assert (found.counts[known] == NEAREST).mean() > 0.99
    assert found.matrix.diagonal().sum() == 0
    around = found.matrix[[found.codes.index("COM-14118")]].indices
    assert "COM-14327" in [found.codes[at] for at in around]


def test_nearest_by_hand() -> None:
    """Places on the equator, 0.1° being 11.12 km; 2 and 3 on one spot, 4 without coordinates, 5 far from all."""
    longitude = np.array([0, 0.1, 0.25, 0.25, np.nan, 5])
    found = nearest(np.where(np.isnan(longitude), np.nan, 0.0), longitude, count=2, within_km=20)
    rows = [set(found.indices[found.indptr[at] : found.indptr[at + 1]].tolist()) for at in range(6)]
    assert rows[:1] + rows[2:] == [{1}, {1, 3}, {1, 2}, set(), set()]
    assert rows[1] in ({0, 2}, {0, 3})  # of two on one spot either is the second nearest
    nearer = nearest(np.zeros(6), longitude, count=1, within_km=11.1)
    assert nearer.nonzero()[0].tolist() == [2, 3]
    assert nearer.nonzero()[1].tolist() == [3, 2]


def test_nobody_near() -> None:
    assert nearest(np.array([]), np.array([]), 2, 20).shape == (0, 0)
    assert nearest(np.array([1.0]), np.array([1.0]), 2, 20).nnz == 0
