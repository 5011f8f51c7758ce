"""Contiguity over random tessellations equals brute force over shared points and segments."""

import geopandas
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.tessellations import linked, plant, shared_points, shared_segments, tessellation

from spatial import InputError, weights

CALM = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
seeds = st.integers(0, 10_000)
kinds = st.sampled_from(["gap", "moat"])


@CALM
@given(seeds, st.integers(3, 30), st.booleans(), st.booleans())
def test_contiguity_is_sharing_points_and_segments(seed, count, lattice, winding):
    frame = tessellation(seed, count, lattice=lattice, winding=winding)
    assert linked(weights.contiguity(frame, "queen")) == shared_points(frame)
    assert linked(weights.contiguity(frame, "rook")) == shared_segments(frame)


@CALM
@given(seeds, st.integers(6, 24), kinds, st.integers(0, 30), st.floats(1.0, 4.0))
def test_a_tolerance_brings_back_what_a_gap_took(seed, count, kind, unit, metres):
    frame = tessellation(seed, count)
    spoilt = plant(frame, kind, unit, metres)
    lost = linked(weights.contiguity(frame)) - linked(weights.contiguity(spoilt))
    assert lost
    for rule in ("queen", "rook"):
        near = linked(weights.contiguity(spoilt, rule, tolerance_m=2.5 * metres))
        assert linked(weights.contiguity(frame, rule)) - near <= lost - shared_long(frame, metres)


def shared_long(frame, metres):
    """Pairs whose common border is long against the gap that was cut into it."""
    polygons = frame.geometry
    return {
        pair
        for pair in shared_segments(frame)
        if shapely.length(shapely.intersection(*polygons[sorted(pair)])) > 100 * metres
    }


def pair_of_squares(apart_m, *, degrees):
    at = 38_500_000.0
    boxes = [shapely.box(at, 0, at + 1e4, 1e4)]
    boxes.append(shapely.box(at + 1e4 + apart_m, 0, at + 2e4, 1e4))
    frame = geopandas.GeoDataFrame(geometry=boxes, index=["a", "b"], crs=4526)
    frame = frame.set_geometry(frame.translate(0, 6_000_000))
    return frame.to_crs(4326) if degrees else frame


@pytest.mark.parametrize("degrees", [False, True])
@pytest.mark.parametrize("rule", ["queen", "rook"])
def test_the_tolerance_is_in_metres(rule, degrees):
    frame = pair_of_squares(50.0, degrees=degrees)
    assert not linked(weights.contiguity(frame, rule, tolerance_m=48))
    assert len(linked(weights.contiguity(frame, rule, tolerance_m=52))) == 1
    assert "within 52 m" in weights.label(weights.contiguity(frame, rule, tolerance_m=52))


def test_a_corner_that_comes_near_is_no_border():
    boxes = [shapely.box(0, 0, 1e4, 1e4), shapely.box(1e4 + 5, 1e4 + 5, 2e4, 2e4)]
    frame = geopandas.GeoDataFrame(geometry=boxes, index=["a", "b"], crs=4526)
    assert len(linked(weights.contiguity(frame, "queen", tolerance_m=10))) == 1
    assert not linked(weights.contiguity(frame, "rook", tolerance_m=10))


def test_tolerances_that_are_none_are_refused():
    frame = pair_of_squares(50.0, degrees=False)
    for wrong in (-1, float("nan"), float("inf"), True):
        with pytest.raises(InputError, match="no distance"):
            weights.contiguity(frame, tolerance_m=wrong)
    with pytest.raises(InputError, match="no coordinate reference system"):
        weights.contiguity(frame.set_crs(None, allow_override=True), tolerance_m=1)
