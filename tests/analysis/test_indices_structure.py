"""Upgrading and rationalisation: every definition by hand, its zeros and its explosions."""

from __future__ import annotations

from math import acos, log, pi, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import indices
from spatial.errors import InputError

SECTORS = ("secondary", "tertiary", "primary")


def shares(*rows: tuple[float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["primary", "secondary", "tertiary"], dtype=float)
    return frame.assign(city=[f"市{i}" for i in range(len(rows))])


def test_upgrading_by_hand():
    frame = shares((10, 40, 50), (20, 60, 20))
    ratio = indices.upgrading(frame, "secondary", "tertiary", unit="city")
    np.testing.assert_allclose(ratio, [1.25, 1 / 3], rtol=1e-14)
    third = indices.upgrading(frame, *SECTORS, "tertiary_share", unit="city")
    np.testing.assert_allclose(third, [0.5, 0.2], rtol=1e-14)
    steps = indices.upgrading(frame, *SECTORS, "hierarchy", unit="city")
    np.testing.assert_allclose(steps, [0.1 + 0.8 + 1.5, 0.2 + 1.2 + 0.6], rtol=1e-14)
    angle = indices.upgrading(frame, *SECTORS, "angle", unit="city")
    length = sqrt(10**2 + 40**2 + 50**2)
    want = 3 * acos(10 / length) + 2 * acos(40 / length) + acos(50 / length)
    assert angle[0] == pytest.approx(want, rel=1e-14)


def test_upgrading_at_the_corners():
    frame = shares((1, 0, 0), (0, 1, 0), (0, 0, 1))
    angle = indices.upgrading(frame, *SECTORS, "angle", unit="city")
    # All in one sector: its own angle is 0, the others are right angles.
    np.testing.assert_allclose(angle, [1.5 * pi, 2 * pi, 2.5 * pi], rtol=1e-14)
    steps = indices.upgrading(frame, *SECTORS, "hierarchy", unit="city")
    assert steps.tolist() == [1, 2, 3]
    assert indices.upgrading(shares((0, 5, 0)), "secondary", "tertiary", unit="city")[0] == 0


def test_upgrading_ratio_warns_of_a_secondary_sector_that_nearly_vanishes():
    frame = shares((0, 0.5, 99.5), (0, 50, 50))
    with pytest.warns(indices.IndexWarning, match="below one per cent .* at 市0: the ratio"):
        got = indices.upgrading(frame, "secondary", "tertiary", unit="city")
    assert got[0] == pytest.approx(199)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 1000), min_size=3, max_size=3), st.integers(1, 500))
def test_moving_output_to_the_tertiary_sector_raises_the_other_definitions(values, more):
    first, second, third = values
    frame = shares((first + more, second, third), (first, second, third + more))
    for form in ("tertiary_share", "hierarchy"):
        low, high = indices.upgrading(frame, *SECTORS, form, unit="city")
        assert low < high
    low, high = indices.upgrading(frame.assign(secondary=100.0), *SECTORS[:2], unit="city")
    assert low < high


def test_angle_can_fall_where_output_moves_up():
    # A property of the definition, which its docstring states; the hierarchy rises here.
    frame = shares((16, 8, 1), (15, 8, 2))
    low, high = indices.upgrading(frame, *SECTORS, "angle", unit="city")
    assert high < low
    assert indices.upgrading(frame, *SECTORS, "hierarchy", unit="city").is_monotonic_increasing


def work() -> pd.DataFrame:
    return pd.DataFrame(
        {"city": ["a", "b"], "y1": [10, 0], "y2": [90, 30], "l1": [50, 10], "l2": [50, 10]}
    )


def test_rationalisation_by_hand():
    # a: y (0.1, 0.9), l (½, ½): TL = 0.1 ln 0.2 + 0.9 ln 1.8; deviations 0.8 + 0.8.
    # b: y (0, 1), l (½, ½): TL = 0 + ln 2; deviations 1 + 1.
    theil = np.array([0.1 * log(0.2) + 0.9 * log(1.8), log(2)])
    y, labour = ["y1", "y2"], ["l1", "l2"]
    got = indices.rationalisation(work(), y, labour, "theil", unit="city")
    np.testing.assert_allclose(got, theil, rtol=1e-14)
    inverse = indices.rationalisation(work(), y, labour, unit="city")
    np.testing.assert_allclose(inverse, 1 / theil, rtol=1e-14)
    gaps = indices.rationalisation(work(), y, labour, "deviation", unit="city")
    np.testing.assert_allclose(gaps, [1.6, 2], rtol=1e-14)
    assert "y1 / l1; y2 / l2" in got.attrs["note"]


def test_rationalisation_pairs_sectors_by_name_and_not_by_place():
    y = {"primary": "y1", "rest": ["y2"]}
    want = indices.rationalisation(work(), ["y1", "y2"], ["l1", "l2"], unit="city")
    frame = work().assign(l1=[20, 4], l2=[80, 16])
    by_name = indices.rationalisation(
        frame, y, {"rest": "l2", "primary": "l1"}, "theil", unit="city"
    )
    by_place = indices.rationalisation(frame, ["y1", "y2"], ["l1", "l2"], "theil", unit="city")
    np.testing.assert_array_equal(by_name, by_place)
    assert (by_name - 1 / want).abs().max() > 0.1


def test_rationalisation_refuses_perfect_balance_and_warns_near_it():
    frame = work().assign(y1=[50, 10], y2=[50, 10])
    y, labour = ["y1", "y2"], ["l1", "l2"]
    assert indices.rationalisation(frame, y, labour, "theil", unit="city").tolist() == [0, 0]
    with pytest.raises(InputError, match="Theil index is zero at a, b; its inverse has no value"):
        indices.rationalisation(frame, y, labour, unit="city")
    near = frame.assign(y1=[51, 15])
    with pytest.warns(indices.IndexWarning, match="below 0.001 at a: its inverse explodes"):
        indices.rationalisation(near, y, labour, unit="city")


def test_sector_without_output_or_labour_adds_nothing():
    frame = work().assign(y1=0, l1=0)
    y, labour = ["y1", "y2"], ["l1", "l2"]
    assert indices.rationalisation(frame, y, labour, "theil", unit="city").tolist() == [0, 0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 900), min_size=6, max_size=6))
def test_theil_index_by_productivities(values):
    frame = pd.DataFrame({"city": ["a"], **{f"c{k}": [v] for k, v in enumerate(values)}})
    y, labour = np.array(values[:3], float), np.array(values[3:], float)
    want = (y / y.sum() * np.log((y / labour) / (y.sum() / labour.sum()))).sum()
    got = indices.rationalisation(
        frame, ["c0", "c1", "c2"], ["c3", "c4", "c5"], "theil", unit="city"
    )
    assert got[0] == pytest.approx(want, abs=1e-12) and got[0] >= 0
