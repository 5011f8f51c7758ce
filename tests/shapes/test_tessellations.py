"""Properties of coverages, over random tessellations."""

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.tessellations import (
    SIDE,
    plant,
    shared_points,
    shared_segments,
    tessellation,
)

import shapes
from shapes.projection import metric_crs

# Without shrinking: a tessellation of fewer cells is no simpler to read, and shrinking takes long.
CALM = settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
seeds = st.integers(0, 10_000)
cells = st.integers(3, 24)
rules = st.sampled_from(["longest", "largest", "smallest"])
kinds = st.sampled_from(["gap", "moat", "overlap", "swell"])


def problems(frame):
    return set(shapes.check_boundaries(frame)["problem"])


@CALM
@given(seeds, cells, st.booleans())
def test_a_tessellation_is_clean(seed, count, lattice):
    frame = tessellation(seed, count, lattice=lattice)
    assert frame.area.sum() == pytest.approx(SIDE**2, rel=1e-12)
    assert problems(frame) == set()
    assert problems(tessellation(seed, count, lattice=lattice, winding=True)) == set()


@CALM
@given(seeds, cells, st.booleans(), st.sampled_from([500, 2_000, 20_000]))
def test_simplifying_keeps_every_neighbour(seed, count, lattice, tolerance):
    frame = tessellation(seed, count, lattice=lattice, winding=True)
    simple = shapes.simplify(frame, tolerance)
    before = shapely.get_num_coordinates(frame.geometry.to_numpy()).sum()
    assert shapely.get_num_coordinates(simple.geometry.to_numpy()).sum() < before
    assert shapely.coverage_is_valid(simple.geometry.to_numpy())
    assert shared_points(simple) == shared_points(frame)
    assert shared_segments(simple) == shared_segments(frame)


@CALM
@given(seeds, st.integers(6, 24), kinds, st.integers(0, 30), st.floats(1.0, 4.0), rules)
def test_planted_faults_are_found_and_repaired(seed, count, kind, unit, metres, rule):
    frame = tessellation(seed, count)
    spoilt = plant(frame, kind, unit, metres)
    found = problems(spoilt)
    if kind in ("gap", "moat"):
        assert "gap" in found and not found & {"overlap", "sliver"}
    else:
        assert "sliver" in found and "gap" not in found
    repaired = shapes.repair(spoilt, gaps=rule, overlaps=rule)
    assert problems(repaired) == set()
    assert shapely.coverage_is_valid(repaired.geometry.to_numpy())
    # All ground has one owner again; at the edge of the square a spoilt unit may have crept over.
    whole = spoilt.union_all().area
    assert repaired.area.sum() == pytest.approx(whole, rel=2e-4)
    assert shared_segments(repaired) == shared_segments(frame)


@CALM
@given(seeds, st.integers(6, 24), kinds, st.integers(0, 30), st.floats(1.0, 4.0), rules)
def test_the_ledger_adds_up_and_the_rest_is_untouched(seed, count, kind, unit, metres, rule):
    spoilt = plant(tessellation(seed, count), kind, unit, metres)
    repaired = shapes.repair(spoilt, gaps=rule, overlaps=rule)
    ledger = shapes.repairs(repaired)
    same = [
        shapely.equals_identical(a, b)
        for a, b in zip(spoilt.geometry, repaired.geometry, strict=True)
    ]
    assert set(repaired.index[~np.array(same)]) == set(ledger["key"])
    plane = metric_crs(spoilt)
    # An edge of 40 km is a chord in the plane of measurement: a vertex added on it bends the chord
    # by up to a metre, so that the same ground measures up to some 1e-6 more or less.
    for frame, column, which in ((spoilt, "before", "first"), (repaired, "after", "last")):
        areas = frame.to_crs(plane).area
        stated = ledger.drop_duplicates("key", keep=which).set_index("key")[column]
        assert np.allclose(stated, areas[stated.index], rtol=3e-6)
    for _, rows in ledger.groupby("key"):
        assert np.array_equal(rows["before"][1:], rows["after"][:-1])


@CALM
@given(seeds, cells, st.integers(2, 8))
def test_dissolving_keeps_area_and_sums(seed, count, size):
    frame = tessellation(seed, count)
    rng = np.random.default_rng(seed)
    frame = frame.assign(
        people=rng.integers(1, 100, len(frame)), income=rng.uniform(1, 9, len(frame))
    )
    members = list(frame.index[: min(size, len(frame))])
    rules = {"people": "sum", "income": ("mean", "people")}
    made = shapes.dissolve(frame, {"one": members}, rules)
    assert len(made) == len(frame) - len(members) + 1
    assert made.area.sum() == pytest.approx(frame.area.sum(), rel=1e-12)
    assert made["people"].sum() == frame["people"].sum()
    total = (frame["people"] * frame["income"]).sum()
    assert (made["people"] * made["income"]).sum() == pytest.approx(total, rel=1e-12)
    assert shapely.coverage_is_valid(made.geometry.to_numpy())
    assert isinstance(made, geopandas.GeoDataFrame) and made.crs == frame.crs
