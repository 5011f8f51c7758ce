"""Density, co-agglomeration, specialisation, diversity and variety: by hand and by other routes."""

from __future__ import annotations

import json
from math import log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import indices
from spatial.errors import InputError

NOWHERE = st.lists(
    st.lists(st.integers(0, 500), min_size=4, max_size=4).filter(any), min_size=2, max_size=8
)


def table(**columns: list[float]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    return pd.DataFrame({"city": [f"市{i}" for i in range(count)], **columns})


def cross(counts: list[list[int]]) -> pd.DataFrame:
    return table(**{name: [row[k] for row in counts] for k, name in enumerate("abcd")})


# ---- density


def test_density_by_hand_and_its_unit():
    # (10 + 5)/100 = 0.15 persons per km²; 0/50 = 0; in hectares a hundredth of that.
    frame = table(it=[10, 0], c39=[5, 0], km2=[100, 50])
    got = indices.density(frame, ["it", "c39"], "km2", unit="city")
    assert got.tolist() == [0.15, 0.0]
    hectares = indices.density(frame.assign(km2=[1e4, 5e3]), ["it", "c39"], "km2", unit="city")
    np.testing.assert_allclose(hectares, got / 100)


# ---- co-agglomeration


def test_coagglomeration_by_hand():
    # All: a 20, b 20, whole 400: shares 1/20. City 1: a 10/100 -> LQ 2, b 5/100 -> LQ 1;
    # city 2: a 10/300 -> LQ 2/3, b 15/300 -> LQ 1.
    # Quality 1 − 1/3 = 2/3 and 1 − (1/3)/(5/3) = 4/5; height 3 and 5/3.
    frame = table(a=[10, 10], b=[5, 15], whole=[100, 300])
    quality = indices.coagglomeration(frame, "a", "b", "whole", "quality", unit="city")
    np.testing.assert_allclose(quality, [2 / 3, 4 / 5], rtol=1e-14)
    both = indices.coagglomeration(frame, "a", "b", "whole", unit="city")
    np.testing.assert_allclose(both, [2 / 3 + 3, 4 / 5 + 5 / 3], rtol=1e-14)
    assert "+ LQ_a + LQ_b" in both.attrs["note"] and "+ LQ_a" not in quality.attrs["note"]


def test_ellison_glaeser_kerr_by_hand_adds_up_to_the_pair():
    # s_a = (1/2, 1/2), s_b = (1/4, 3/4), x = (1/4, 3/4); Σx² = 10/16, 1 − Σx² = 3/8.
    # City 1: (1/4)(0) = 0; city 2: (−1/4)(0) = 0. With b = (8, 12), s_b = (2/5, 3/5):
    # (1/4)(3/20)/(3/8) = 1/10 in both cities, γ = 1/5.
    frame = table(a=[10, 10], b=[5, 15], c=[8, 12], whole=[100, 300])
    form = "ellison_glaeser_kerr"
    none = indices.coagglomeration(frame, "a", "b", "whole", form, unit="city")
    np.testing.assert_allclose(none, [0, 0], atol=1e-16)
    got = indices.coagglomeration(frame, "a", "c", "whole", form, unit="city")
    np.testing.assert_allclose(got, [0.1, 0.1], rtol=1e-13)
    assert json.loads(got.attrs["gamma"]) == pytest.approx({"": 0.2})


def test_ellison_glaeser_kerr_by_year_and_where_one_city_holds_all():
    frame = pd.DataFrame({"city": list("xyxy"), "year": [1, 1, 2, 2], "a": [1, 3, 2, 2]})
    frame["b"], frame["whole"] = [2, 2, 1, 3], [10, 30, 20, 20]
    form = "ellison_glaeser_kerr"
    got = indices.coagglomeration(frame, "a", "b", "whole", form, unit="city", time="year")
    sums = got.groupby(frame["year"]).sum()
    assert json.loads(got.attrs["gamma"]) == pytest.approx({"1": sums[1], "2": sums[2]})
    one = frame[frame["city"] == "x"]
    with pytest.raises(InputError, match="one city holds all of whole in 1, 2"):
        indices.coagglomeration(one, "a", "b", "whole", form, unit="city", time="year")


def test_coagglomeration_of_cities_with_one_or_neither_industry():
    frame = table(a=[10, 0, 0], b=[0, 10, 0], whole=[100, 100, 100])
    with pytest.warns(indices.IndexWarning, match="a and b are both zero at 市2"):
        got = indices.coagglomeration(frame, "a", "b", "whole", "quality", unit="city")
    np.testing.assert_array_equal(got, [0, 0, np.nan])


@settings(max_examples=40, deadline=None)
@given(NOWHERE)
def test_quality_is_the_lesser_over_the_mean_and_symmetric(counts):
    frame = cross(counts).assign(whole=1000.0)
    if frame["a"].sum() == 0 or frame["b"].sum() == 0 or ((frame["a"] + frame["b"]) == 0).any():
        return
    got = indices.coagglomeration(frame, "a", "b", "whole", "quality", unit="city")
    back = indices.coagglomeration(frame, "b", "a", "whole", "quality", unit="city")
    lq = [indices.location_quotient(frame, c, "whole", unit="city") for c in "ab"]
    np.testing.assert_allclose(got, 2 * np.minimum(*lq) / (lq[0] + lq[1]), atol=1e-12)
    np.testing.assert_allclose(got, back, atol=1e-12)


# ---- specialisation


def test_specialisation_by_hand():
    # City 1: (10, 10), city 2: (10, 50); all (20, 60): 1/4, 3/4.
    # |1/2 − 1/4| + |1/2 − 3/4| = 1/2; |1/6 − 1/4| + |5/6 − 3/4| = 1/6.
    # Against the other: |1/2 − 1/6| + |1/2 − 5/6| = 2/3 in both.
    frame = table(it=[10, 10], steel=[10, 50])
    got = indices.specialisation(frame, ["it", "steel"], unit="city")
    np.testing.assert_allclose(got, [1 / 2, 1 / 6], rtol=1e-14)
    other = indices.specialisation(frame, ["it", "steel"], "others", unit="city")
    np.testing.assert_allclose(other, [2 / 3, 2 / 3], rtol=1e-14)
    assert "all other cities" in other.attrs["note"] and "其他" in other.attrs["note_zh"]


def test_specialisation_is_two_where_no_sector_is_shared():
    frame = table(it=[10, 0], steel=[0, 50])
    assert indices.specialisation(frame, ["it", "steel"], "others", unit="city").tolist() == [2, 2]
    with pytest.raises(InputError, match="no other city to compare with at 市0"):
        indices.specialisation(frame[:1], ["it", "steel"], "others", unit="city")


@settings(max_examples=40, deadline=None)
@given(NOWHERE)
def test_specialisation_by_groupby_and_sectors_of_several_columns(counts):
    frame = cross(counts)
    parts = {"x": ["a", "b"], "y": "c", "z": "d"}
    wide = pd.DataFrame({"x": frame["a"] + frame["b"], "y": frame["c"], "z": frame["d"]})
    share = wide.div(wide.sum(axis=1), axis=0)
    want = (share - wide.sum() / wide.sum().sum()).abs().sum(axis=1)
    got = indices.specialisation(frame, parts, unit="city")
    np.testing.assert_allclose(got, want, atol=1e-12)
    assert got.between(0, 2).all()


# ---- diversity and variety


def test_diversity_by_hand():
    # Shares (1/2, 1/4, 1/4): entropy ½ ln 2 + 2·¼ ln 4 = 1.5 ln 2, Σs² = 3/8.
    frame = table(a=[20, 5, 0], b=[10, 5, 7], c=[10, 5, 0])
    parts = ["a", "b", "c"]
    entropy = indices.diversity(frame, parts, unit="city")
    np.testing.assert_allclose(entropy, [1.5 * log(2), log(3), 0], rtol=1e-14)
    bits = indices.diversity(frame, parts, unit="city", base=2)
    np.testing.assert_allclose(bits, [1.5, log(3) / log(2), 0], rtol=1e-14)
    blau = indices.diversity(frame, parts, "herfindahl", unit="city")
    np.testing.assert_allclose(blau, [5 / 8, 2 / 3, 0], rtol=1e-14)
    count = indices.diversity(frame, parts, "inverse_herfindahl", unit="city")
    np.testing.assert_allclose(count, [8 / 3, 3, 1], rtol=1e-14)
    assert "base 2" in bits.attrs["note"] and "natural" in entropy.attrs["note"]


def test_a_city_with_one_sector_has_no_negative_zero():
    frame = table(a=[20.0], b=[0.0])
    assert not np.signbit(indices.diversity(frame, ["a", "b"], unit="city")).any()


def test_variety_by_hand():
    # I64 1/4, I65 1/4, C39 1/2: groups 1/2 and 1/2: UV = 1 bit; inside I one bit, weight ½.
    frame = table(I64=[10], I65=[10], C39=[20])
    groups = {"I": ["I64", "I65"], "C": ["C39"]}
    assert indices.unrelated_variety(frame, groups, unit="city").tolist() == pytest.approx([1.0])
    assert indices.related_variety(frame, groups, unit="city").tolist() == pytest.approx([0.5])
    nats = indices.related_variety(frame, groups, unit="city", base=None)
    assert nats.tolist() == pytest.approx([0.5 * log(2)])


@settings(max_examples=40, deadline=None)
@given(NOWHERE)
def test_varieties_add_up_to_the_entropy_of_all_sectors(counts):
    frame = cross(counts)
    groups = {"x": ["a", "c"], "y": ["b", "d"]}
    related = indices.related_variety(frame, groups, unit="city")
    apart = indices.unrelated_variety(frame, groups, unit="city")
    whole = indices.diversity(frame, list("abcd"), unit="city", base=2)
    np.testing.assert_allclose(related + apart, whole, atol=1e-12)
    assert (related >= 0).all() and (apart >= 0).all()


def test_related_variety_by_its_own_formula():
    rng = np.random.default_rng(2)
    frame = cross(rng.integers(1, 90, (6, 4)).tolist())
    groups = {"x": ["a", "c"], "y": ["b", "d"]}
    want = np.zeros(6)
    total = frame[list("abcd")].sum(axis=1)
    for columns in groups.values():
        mass = frame[columns].sum(axis=1)
        inside = frame[columns].div(mass, axis=0)
        want += mass / total * -(inside * np.log2(inside)).sum(axis=1)
    np.testing.assert_allclose(indices.related_variety(frame, groups, unit="city"), want)
