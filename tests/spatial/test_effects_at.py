"""Effects at given values, contrasts between groups, intervals of flows, and the identity."""

import numpy as np
import pandas as pd
import pytest
from support import worlds

import spatial
from spatial.effects.derivatives import column_slope, variables

NAMES = worlds.names(16)
QUEEN = worlds.lattice_matrix(4)
W = worlds.row_standardised(QUEEN)


def table_of(seed=3):
    table = worlds.simulated_panel(W, periods=6, seed=seed, rho=0.4)
    rng = np.random.default_rng(seed)
    return table.assign(
        x=np.exp(0.3 * table["x1"]),
        z=rng.normal(size=len(table)) + 2.0,
        region=np.where(table["unit"] < "u008", "east", "west"),
    )


def fit_of(formula, model="SDM", raw=QUEEN, **options):
    spec = getattr(spatial, model)(formula, **options)
    return spec.fit(spatial.Panel(table_of(), "unit", "time"), worlds.graph(raw, NAMES))


COLUMNS = {
    "x": lambda x, z: x,
    "x:z": lambda x, z: x * z,
    "I(x ** 2)": lambda x, z: x**2,
    "log(x):z": lambda x, z: np.log(x) * z,
    "exp(x / 2)": lambda x, z: np.exp(x / 2),
    "I(-sqrt(x * z) + 1)": lambda x, z: -np.sqrt(x * z) + 1,
    "I(x ** z)": lambda x, z: x**z,
    "I(z / x)": lambda x, z: z / x,
    "I(2 ** x):I(log(z) ** 2)": lambda x, z: 2**x * np.log(z) ** 2,
}


@pytest.mark.parametrize("label", COLUMNS)
def test_derivatives_of_columns(label):
    for x, z in ((1.3, 0.7), (0.4, 2.0)):
        value = COLUMNS[label](np.float64(x).astype(complex) + 1e-30j, z)
        found = column_slope(label, "x", {"x": x, "z": z})
        assert found == pytest.approx(np.imag(value) / 1e-30, rel=1e-12)


def test_names_and_categories_of_columns():
    assert list(variables("C(region)[T.a:b]:`人均 GDP`")) == ["region", "人均 GDP"]
    assert list(variables("人均 GDP:x")) == ["人均 GDP", "x"]
    assert list(variables("I(lag(x) * z)")) == ["z", "lag(x)"] or list(
        variables("I(lag(x) * z)")
    ) == ["lag(x)", "z"]
    assert column_slope("C(region)[T.a:b]:x", "x", {"region": "a:b"}) == 1.0
    assert column_slope("region[T.east]:x", "x", {"region": "west"}) == 0.0
    assert column_slope("I(`人均 GDP` ** 2)", "人均 GDP", {"人均 GDP": 3.0}) == 6.0
    assert column_slope("lag(x):x", "x", {"lag(x)": 4.0}) == 4.0


@pytest.mark.parametrize("model", ["OLS", "SLX", "SAR", "SEM", "SDM", "GNS"])
def test_effects_at_are_sums_over_columns(model):
    fit = fit_of("y ~ x * z + I(x ** 2)", model)
    found = fit.effects_at("x", {"x": 1.5, "z": 2.0})
    assert list(found.columns[:4]) == ["at.x", "at.z", "term", "effect"]
    table = fit.effects().set_index(["term", "effect"])["estimate"]
    weights = {"x": 1.0, "x:z": 2.0, "I(x ** 2)": 3.0}
    for _, row in found.iterrows():
        by_hand = sum(d * table[term, row["effect"]] for term, d in weights.items())
        assert row["estimate"] == pytest.approx(by_hand, rel=1e-10, abs=1e-12)
    only = fit.effects_at("z", {"x": 0.0})
    np.testing.assert_allclose(
        only["std_error"], fit.effects().query("term == 'z'")["std_error"], rtol=1e-9
    )


def test_standard_errors_at_values_are_numeric_derivatives():
    fit = fit_of("y ~ x * z + I(x ** 2)")
    names = list(fit.params.index)
    eye = np.eye(16)

    def values(p):
        b = dict(zip(names, p, strict=True))
        beta = b["x"] + 2.0 * b["x:z"] + 3.0 * b["I(x ** 2)"]
        theta = b["W.x"] + 2.0 * b["W.x:z"] + 3.0 * b["W.I(x ** 2)"]
        dense = np.linalg.solve(eye - b["rho"] * W, beta * eye + theta * W)
        return worlds_mean(dense)

    at = fit.params.to_numpy()
    step = 1e-6
    moves = [step * row for row in np.eye(len(at))]
    jacobian = np.array([(values(at + m) - values(at - m)) / (2 * step) for m in moves]).T
    errors = np.sqrt(np.diag(jacobian @ fit.cov.to_numpy() @ jacobian.T))
    found = fit.effects_at("x", {"x": 1.5, "z": 2.0})
    np.testing.assert_allclose(found["estimate"], values(at), rtol=1e-9)
    np.testing.assert_allclose(found["std_error"], errors, rtol=1e-6)


def worlds_mean(dense):
    direct, total = np.trace(dense) / len(dense), dense.sum() / len(dense)
    return np.array([direct, total - direct, total])


def test_lists_of_values_and_categories():
    fit = fit_of("y ~ x * z")
    found = fit.effects_at("x", {"z": [0.0, 1.0, 2.0]})
    assert found["at.z"].tolist() == [0.0] * 3 + [1.0] * 3 + [2.0] * 3
    one = fit.effects_at("x", {"z": 1.0})
    pd.testing.assert_frame_equal(found[3:6].reset_index(drop=True), one)
    by_region = fit_of("y ~ C(region) * x", lagged=["x"])
    east, west = (by_region.effects_at("x", {"region": r}) for r in ("east", "west"))
    table = by_region.effects().set_index(["term", "effect"])["estimate"]
    gap = west["estimate"].to_numpy() - east["estimate"].to_numpy()
    np.testing.assert_allclose(gap, table["C(region)[T.west]:x"], rtol=1e-9)


@pytest.mark.parametrize(
    ("variable", "values", "message"),
    [
        ("x", {"z": 1.0}, '"x"'),
        ("x", {"x": 1.0}, '"z"'),
        ("q", {}, "no variable of this model; its regressors read x, z"),
        ("x", {"x": 1.0, "z": 1.0, "q": 2.0}, "q, which no regressor reads"),
        ("x", {"x": [1.0, 2.0], "z": [1.0]}, "different length"),
    ],
)
def test_values_that_lack_or_mean_nothing(variable, values, message):
    fit = fit_of("y ~ x * z + I(x ** 2)")
    with pytest.raises(spatial.InputError, match=message):
        fit.effects_at(variable, values)


def test_no_derivative_at_a_value():
    fit = fit_of("y ~ log(x)")
    assert fit.effects_at("x", {"x": 2.0})["estimate"].iloc[0] == pytest.approx(
        0.5 * fit.effects()["estimate"].iloc[0]
    )
    with pytest.raises(spatial.InputError, match="no derivative"):
        fit.effects_at("x", {"x": 0.0})


@pytest.mark.parametrize("model", ["OLS", "SAR", "SDM", "SDEM"])
def test_contrasts_are_differences_of_means_with_delta_errors(model):
    fit = fit_of("y ~ x1 + x2", model, effects="unit")
    groups = {"inner": [NAMES[i] for i in (5, 6, 9, 10)], "corner": [NAMES[i] for i in (0, 15)]}
    found = fit.contrast("x1", groups).set_index("effect")
    names = [n for n in ("x1", "W.x1", "rho") if n in fit.params]
    at, eye = fit.params[names].to_numpy(), np.eye(16)

    def values(p):
        b = dict(zip(names, p, strict=True))
        right = b["x1"] * eye + b.get("W.x1", 0.0) * W
        dense = np.linalg.solve(eye - b.get("rho", 0.0) * W, right)
        own = np.diag(dense)
        parts = np.array([own, dense.sum(axis=1) - own, dense.sum(axis=0) - own])
        return parts[:, [5, 6, 9, 10]].mean(axis=1) - parts[:, [0, 15]].mean(axis=1)

    moves = 1e-6 * np.eye(len(at))
    jacobian = np.array([(values(at + m) - values(at - m)) / 2e-6 for m in moves]).T
    errors = np.sqrt(np.diag(jacobian @ fit.cov.loc[names, names].to_numpy() @ jacobian.T))
    order = ["own", "received", "sent"]
    np.testing.assert_allclose(found.loc[order, "estimate"], values(at), atol=1e-10)
    np.testing.assert_allclose(found.loc[order, "std_error"], errors, rtol=1e-5, atol=1e-9)
    assert set(found["group"]) == {"inner"} and set(found["versus"]) == {"corner"}


def test_groups_by_series_in_all_pairs():
    fit = fit_of("y ~ x1 + x2")
    groups = pd.Series(["a"] * 6 + ["b"] * 6 + ["c"] * 3 + [None], index=NAMES)
    found = fit.contrast("x2", groups)
    assert list(zip(found["group"], found["versus"], strict=True))[::3] == [
        ("a", "b"), ("a", "c"), ("b", "c"),
    ]  # fmt: skip
    units = fit.effects_by_unit("x2")
    by_hand = units["sent"][NAMES[:6]].mean() - units["sent"][NAMES[6:12]].mean()
    assert found["estimate"][2] == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"a": NAMES[:3]}, "two groups"),
        ({"a": NAMES[:3], "b": []}, "b has none"),
        ({"a": NAMES[:3], "b": ["nowhere"]}, "group b names nowhere"),
        ({"a": NAMES[:3], "b": NAMES[2:5]}, "u002 stand in more than one"),
        ([NAMES[:3], NAMES[3:]], "are a list"),
    ],
)
def test_groups_that_are_none(groups, message):
    with pytest.raises(spatial.InputError, match=message):
        fit_of("y ~ x1").contrast("x1", groups)


def test_flows_have_intervals():
    flows = fit_of("y ~ x1 + x2").flows("x1", top=4, level=0.9)
    half = 1.6448536269514722 * flows["std_error"]
    np.testing.assert_allclose(flows["conf_low"], flows["effect"] - half)
    np.testing.assert_allclose(flows["conf_high"], flows["effect"] + half)


@pytest.mark.parametrize("model", ["SAR", "SDM", "SAC", "GNS"])
@pytest.mark.parametrize("transform", ["row", "spectral", "isolate"])
def test_total_is_the_multiplier_only_where_rows_sum_to_one(model, transform):
    """total = (β + θ)/(1 − ρ) for rows that sum to one; else the mean of own + received."""
    raw = worlds.with_isolate(QUEEN) if transform == "isolate" else QUEEN
    options = {"transform": "spectral"} if transform == "spectral" else {}
    fit = getattr(spatial, model)("y ~ x1 + x2").fit(
        spatial.Panel(table_of(), "unit", "time"), worlds.graph(raw, NAMES, **options)
    )
    p = fit.params
    total = fit.effects().set_index(["term", "effect"])["estimate"]["x1", "total"]
    short = (p["x1"] + p.get("W.x1", 0.0)) / (1.0 - p["rho"])
    units = fit.effects_by_unit("x1")
    for column in ("received", "sent"):
        assert total == pytest.approx((units["own"] + units[column]).mean(), rel=1e-10)
    if transform == "row":
        assert total == pytest.approx(short, rel=1e-12)
        np.testing.assert_allclose(units["own"] + units["received"], short, rtol=1e-10)
    else:
        assert abs(total - short) > 1e-6 * abs(short)
