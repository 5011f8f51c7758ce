"""Entropy weights, TOPSIS, principal components, coupling: by hand, and the choices in words."""

from __future__ import annotations

import json
from math import log, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import indices
from spatial.errors import InputError

LN3 = log(3)


def three() -> pd.DataFrame:
    return pd.DataFrame({"city": ["甲", "乙", "丙"], "x": [1.0, 2, 3], "y": [9.0, 4, 4]})


def panel(seed: int = 6, cities: int = 9, years: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(f"市{i}", 2010 + t) for i in range(cities) for t in range(years)],
        columns=["city", "year"],
    )
    common = rng.normal(size=len(frame)) + 0.8 * (frame["year"] - 2010)
    for k, name in enumerate(("p", "q", "r")):
        frame[name] = common * (-1 if name == "r" else 1) + rng.normal(0, 0.4 + 0.1 * k, len(frame))
    return frame


# ---- entropy weights


def test_entropy_weights_by_hand():
    # x' = (0, ½, 1), p = (0, ⅓, ⅔), e = [⅓ ln 3 + ⅔ ln 1.5]/ln 3;
    # y falls: y' = (0, 1, 1), p = (0, ½, ½), e = ln 2/ln 3.
    e_x = (LN3 / 3 + 2 / 3 * log(1.5)) / LN3
    e_y = log(2) / LN3
    w_x = (1 - e_x) / (2 - e_x - e_y)
    got = indices.entropy_weights(three(), "x", "y", unit="city")
    np.testing.assert_allclose(got, [0, w_x / 2 + 1 - w_x, 1], rtol=1e-14)
    table = indices.indicator_table(got)
    assert table["indicator"].tolist() == ["x", "y"] and table["sign"].tolist() == ["+", "−"]
    np.testing.assert_allclose(table["entropy"], [e_x, e_y], rtol=1e-14)
    np.testing.assert_allclose(table["weight"], [w_x, 1 - w_x], rtol=1e-14)


def test_shift_changes_the_weights_and_says_so():
    # With shift 1: p_x = (1, 1.5, 2)/4.5, p_y = (1, 2, 2)/5.
    p_x, p_y = np.array([1, 1.5, 2]) / 4.5, np.array([1, 2, 2]) / 5
    d = np.array([1 + (p * np.log(p)).sum() / LN3 for p in (p_x, p_y)])
    got = indices.entropy_weights(three(), "x", "y", shift=1, unit="city")
    table = indices.indicator_table(got)
    np.testing.assert_allclose(table["weight"], d / d.sum(), rtol=1e-13)
    plain = indices.indicator_table(indices.entropy_weights(three(), "x", "y", unit="city"))
    np.testing.assert_allclose(table["weight_without_shift"], plain["weight"], rtol=1e-14)
    assert (table["weight"] - plain["weight"]).abs().max() > 0.01
    np.testing.assert_allclose(got, [0, 0.5 * d[0] / d.sum() + d[1] / d.sum(), 1], rtol=1e-13)
    assert "shift before logarithms 1," in got.attrs["note"]
    assert "平移量 1，" in got.attrs["note_zh"]
    assert got.attrs["scope"] == "panel" and got.attrs["shift"] == 1


def test_panel_and_year_are_two_indices_and_the_note_says_which():
    frame = panel()
    whole = indices.entropy_weights(frame, ["p", "q"], "r", unit="city", time="year")
    yearly = indices.entropy_weights(frame, ["p", "q"], "r", "year", unit="city", time="year")
    assert "over the whole panel" in whole.attrs["note"] and "全样本" in whole.attrs["note_zh"]
    assert "within each year" in yearly.attrs["note"] and "逐年" in yearly.attrs["note_zh"]
    table = indices.indicator_table(yearly)
    assert list(table["time"].unique()) == ["2010", "2011", "2012"]
    np.testing.assert_allclose(table.groupby("time")["weight"].sum(), 1)
    assert yearly.groupby(frame["year"]).max().max() <= 1
    means = whole.groupby(frame["year"]).mean()
    assert means.is_monotonic_increasing and means[2012] - means[2010] > 0.2


def test_entropy_weights_against_the_formula_over_the_panel():
    frame = panel()
    x = frame[["p", "q", "r"]].to_numpy()
    unit = (x - x.min(0)) / np.ptp(x, axis=0)
    unit[:, 2] = (x[:, 2].max() - x[:, 2]) / np.ptp(x[:, 2])
    p = unit / unit.sum(0)
    logs = np.log(np.where(p > 0, p, 1))
    d = 1 + (p * logs).sum(0) / np.log(len(x))
    got = indices.entropy_weights(frame, ["p", "q"], "r", unit="city", time="year")
    np.testing.assert_allclose(got, unit @ (d / d.sum()), rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 1e6), st.floats(-1e4, 1e4))
def test_scaling_and_moving_an_indicator_changes_nothing(factor, offset):
    frame = three()
    other = frame.assign(x=frame["x"] * factor + offset)
    for index in (indices.entropy_weights, indices.entropy_topsis, indices.principal_component):
        got, want = index(other, "x", "y", unit="city"), index(frame, "x", "y", unit="city")
        np.testing.assert_allclose(got, want, atol=1e-6)


def test_equal_columns_share_their_weight_and_negative_values_are_scaled():
    frame = three().assign(z=lambda t: t["x"] - 50)
    table = indices.indicator_table(indices.entropy_weights(frame, ["x", "z"], unit="city"))
    np.testing.assert_allclose(table["weight"], [0.5, 0.5], rtol=1e-12)
    got = indices.entropy_weights(frame, ["x", "z"], unit="city")
    np.testing.assert_allclose(got, [0, 0.5, 1], rtol=1e-12)


def test_rows_that_lack_an_indicator_are_counted_in_the_note():
    frame = panel()
    frame.loc[[2, 7], "q"] = np.nan
    got = indices.entropy_weights(frame, ["p", "q"], unit="city", time="year")
    assert got.isna().sum() == 2 and "2 rows lack an indicator" in got.attrs["note"]
    frame.loc[7, "q"] = 1.0
    one = indices.entropy_topsis(frame, ["p", "q"], unit="city", time="year")
    assert "1 row lacks an indicator" in one.attrs["note"] and "1 行缺少" in one.attrs["note_zh"]


# ---- TOPSIS


def test_topsis_by_hand():
    # Row 2: v = (w_x/2, w_y); best (w_x, w_y), worst (0, 0).
    e_x, e_y = (LN3 / 3 + 2 / 3 * log(1.5)) / LN3, log(2) / LN3
    w_x, w_y = (1 - e_x) / (2 - e_x - e_y), (1 - e_y) / (2 - e_x - e_y)
    worst, best = sqrt(w_x**2 / 4 + w_y**2), w_x / 2
    got = indices.entropy_topsis(three(), "x", "y", unit="city")
    np.testing.assert_allclose(got, [0, worst / (worst + best), 1], rtol=1e-14)


def test_topsis_lies_between_its_ideals_and_orders_as_one_indicator_would():
    frame = panel()
    got = indices.entropy_topsis(frame, ["p", "q"], "r", unit="city", time="year")
    assert got.between(0, 1).all()
    alone = frame.assign(z=frame["p"] * 2)
    same = indices.entropy_topsis(alone, ["p", "z"], unit="city", time="year")
    assert (same.rank() == frame["p"].rank()).all()


# ---- index form of resilience


def test_resilience_index_is_the_composite_and_sums_weights_by_dimension():
    frame = panel()
    dimensions = {"抵抗": {"negative": ["r"]}, "恢复": ["p", "q"]}
    for method, function in (
        ("entropy", indices.entropy_weights),
        ("topsis", indices.entropy_topsis),
    ):
        got = indices.resilience_index(frame, dimensions, method, unit="city", time="year")
        want = function(frame, ["p", "q"], "r", unit="city", time="year")
        np.testing.assert_allclose(got, want, rtol=1e-14)
    table = indices.indicator_table(got).set_index("indicator")
    assert table["dimension"].to_dict() == {"p": "恢复", "q": "恢复", "r": "抵抗"}
    sums = json.loads(got.attrs["dimensions"])
    assert sums == pytest.approx(
        {"抵抗": table.loc["r", "weight"], "恢复": table.loc[["p", "q"], "weight"].sum()}
    )
    yearly = indices.resilience_index(frame, dimensions, scope="year", unit="city", time="year")
    by_year = json.loads(yearly.attrs["dimensions"])
    assert list(by_year) == ["2010", "2011", "2012"]
    assert all(sum(v.values()) == pytest.approx(1) for v in by_year.values())


# ---- principal component


def test_principal_component_by_hand():
    # Two indicators with correlation c > 0: λ₁ = 1 + c, loadings (1, 1)/√2, share (1 + c)/2.
    # x = (1, 2, 3): z = (−1, 0, 1); y = (9, 4, 5) falls: mean 6, sd √7, z = −(3, −2, −1)/√7.
    frame = three().assign(y=[9.0, 4, 5])
    z = np.array([[-1, -3 / sqrt(7)], [0, 2 / sqrt(7)], [1, 1 / sqrt(7)]])
    c = (z[:, 0] * z[:, 1]).sum() / 2
    got = indices.principal_component(frame, "x", "y", unit="city")
    np.testing.assert_allclose(got, z.sum(axis=1) / sqrt(2), rtol=1e-12)
    assert json.loads(got.attrs["variance_share"])[""] == pytest.approx((1 + c) / 2)
    assert got.var() == pytest.approx(1 + c)
    assert f"{(1 + c) / 2:.1%}" in got.attrs["note"]
    assert f"方差贡献率 {(1 + c) / 2:.1%}" in got.attrs["note_zh"]
    unit = indices.principal_component(frame, "x", "y", form="unit", unit="city")
    np.testing.assert_allclose(unit, (got - got.min()) / (got.max() - got.min()), rtol=1e-12)


def test_principal_component_by_singular_values_and_its_sign():
    frame = panel()
    z = frame[["p", "q", "r"]].to_numpy() * [1, 1, -1]
    z = (z - z.mean(0)) / z.std(0, ddof=1)
    u, s, vt = np.linalg.svd(z, full_matrices=False)
    want = u[:, 0] * s[0] * np.sign(vt[0].sum())
    got = indices.principal_component(frame, ["p", "q"], "r", unit="city", time="year")
    np.testing.assert_allclose(got, want, rtol=1e-9)
    share = json.loads(got.attrs["variance_share"])[""]
    assert share == pytest.approx(s[0] ** 2 / (s**2).sum())
    turned = indices.principal_component(
        frame.assign(p=-frame["p"], q=-frame["q"], r=-frame["r"]),
        "r",
        ["p", "q"],
        unit="city",
        time="year",
    )
    np.testing.assert_allclose(turned, got, rtol=1e-9)
    assert np.corrcoef(got, frame["p"])[0, 1] > 0.8 and (got.mean(), 1) == pytest.approx((0, 1))


def test_kaiser_meyer_olkin_against_partial_correlations_from_residuals():
    frame = panel()
    got = indices.principal_component(frame, ["p", "q"], "r", unit="city", time="year")
    z = frame[["p", "q", "r"]].to_numpy()
    r = np.corrcoef(z.T)
    plain = partial = 0.0
    for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 2, 0)):
        plain += r[i, j] ** 2
        top = r[i, j] - r[i, k] * r[j, k]
        partial += top**2 / ((1 - r[i, k] ** 2) * (1 - r[j, k] ** 2))
    assert json.loads(got.attrs["kmo"])[""] == pytest.approx(plain / (plain + partial))
    twin = frame.assign(q=frame["p"])
    collinear = indices.principal_component(twin, ["p", "q"], "r", unit="city", time="year")
    assert json.loads(collinear.attrs["kmo"])[""] is None


def test_principal_component_without_a_sign_or_a_first_is_refused():
    frame = three().assign(y=[9.0, 4, 5])
    with pytest.raises(InputError, match=r"sign is undetermined; move an indicator"):
        indices.principal_component(frame, ["x", "y"], unit="city")
    square = pd.DataFrame({"city": list("abcd"), "x": [0, 0, 1, 1], "y": [0, 1, 0, 1]})
    with pytest.raises(InputError, match="explain the same, so that neither is the first"):
        indices.principal_component(square, ["x", "y"], unit="city")


def test_indicator_that_loads_against_its_declared_direction_is_named():
    with pytest.warns(indices.IndexWarning, match=r"against the first component: r;"):
        indices.principal_component(panel(), ["p", "q", "r"], unit="city", time="year")


# ---- coupling


def test_coupling_of_two_systems_by_hand():
    # U = (0.4, 0.4): C = 1, T = 0.4, D = √0.4; U = (0.1, 0.9): C = 2√0.09/1 = 0.6, T = 0.5.
    frame = pd.DataFrame({"city": list("ab"), "u": [0.4, 0.1], "v": [0.4, 0.9]})
    got = indices.coupling(frame, ["u", "v"], unit="city")
    np.testing.assert_allclose(got, [sqrt(0.4), sqrt(0.3)], rtol=1e-14)
    degree = indices.coupling(frame, ["u", "v"], part="coupling", unit="city")
    np.testing.assert_allclose(degree, [1, 0.6], rtol=1e-14)
    level = indices.coupling(frame, ["u", "v"], [0.25, 0.75], "development", unit="city")
    np.testing.assert_allclose(level, [0.4, 0.7], rtol=1e-14)
    weighted = indices.coupling(frame, ["u", "v"], [0.25, 0.75], unit="city")
    np.testing.assert_allclose(weighted, np.sqrt([0.4, 0.42]), rtol=1e-14)


def test_coupling_of_three_systems_has_the_outer_root():
    # U = (0.2, 0.4, 0.6): Π = 0.048, mean 0.4: C = (0.048/0.064)^(1/3) = 0.75^(1/3).
    frame = pd.DataFrame({"city": ["a"], "u": [0.2], "v": [0.4], "w": [0.6]})
    systems = ["u", "v", "w"]
    degree = indices.coupling(frame, systems, part="coupling", unit="city")
    assert degree.tolist() == pytest.approx([0.75 ** (1 / 3)])
    bare = indices.coupling(frame, systems, part="coupling", unit="city", outer_root=False)
    assert bare.tolist() == pytest.approx([0.75])
    assert "^(1/k)" in degree.attrs["note"] and "without the outer root" in bare.attrs["note"]
    assert "未开外层" in bare.attrs["note_zh"]


def test_coupling_at_zero_and_at_missing():
    frame = pd.DataFrame({"city": list("abcd"), "u": [0, 0, 1, 0.5], "v": [0, 0.5, 1, np.nan]})
    got = indices.coupling(frame, ["u", "v"], unit="city")
    np.testing.assert_array_equal(got, [0, 0, 1, np.nan])
    with pytest.warns(indices.IndexWarning, match="every system is zero at a: coupling has no"):
        degree = indices.coupling(frame, ["u", "v"], part="coupling", unit="city")
    np.testing.assert_array_equal(degree, [np.nan, 0, 1, np.nan])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(any))
def test_coupling_stays_in_its_range_and_does_not_depend_on_the_order(values):
    frame = pd.DataFrame({"city": ["a"], **dict(zip("uvw", ([v] for v in values), strict=True))})
    got = indices.coupling(frame, list("uvw"), unit="city")[0]
    again = indices.coupling(frame, list("wuv"), unit="city")[0]
    assert 0 <= got <= sqrt(np.mean(values)) + 1e-12
    assert again == pytest.approx(got, abs=1e-12)
