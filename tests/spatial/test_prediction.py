"""Predictions against the normal distribution written out, and measures of fit."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import worlds
from support.references import columbus

import spatial
from spatial import weights

MODELS = ("OLS", "SLX", "SAR", "SEM", "SDM", "SDEM", "SAC", "GNS")
NAMES = worlds.names(25)
QUEEN = worlds.lattice_matrix(5)
W = worlds.row_standardised(QUEEN)
EYE = np.eye(25)


def cross_section(seed=2):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(25, 2))
    error = np.linalg.solve(EYE - 0.3 * W, rng.normal(size=25))
    mean = 1.0 + x @ [1.0, -0.5] + W @ x @ [0.5, 0.2] + error
    table = pd.DataFrame({"x1": x[:, 0], "x2": x[:, 1]}, index=pd.Index(NAMES, name="city"))
    return table.assign(
        y=np.linalg.solve(EYE - 0.4 * W, mean),
        kind=np.where(np.arange(25) % 3 == 0, "port", "inland"),
    )


def panel_table(seed=3):
    table = worlds.simulated_panel(W, periods=6, seed=seed, rho=0.3)
    return table.assign(kind=np.where(table["unit"] < "u008", "east", "west"))


def dense_parts(fit, w):
    rho, lam = (float(fit.params.get(name, 0.0)) for name in ("rho", "lambda"))
    eye = np.eye(len(w))
    return eye - rho * w, eye - lam * w


def mean_of(fit, table, w):
    names = [n for n in fit.params.index if n not in ("rho", "lambda", "Intercept")]
    columns = [w @ table[n[2:]] if n.startswith("W.") else table[n] for n in names]
    return fit.params.get("Intercept", 0.0) + np.column_stack(columns) @ fit.params[names]


@pytest.mark.parametrize("model", MODELS)
def test_in_the_sample(model):
    table = cross_section()
    fit = getattr(spatial, model)("y ~ x1 + x2").fit(table, worlds.graph(QUEEN, NAMES))
    a, b = dense_parts(fit, W)
    mean, y = mean_of(fit, table, W), table["y"].to_numpy()
    trend = np.linalg.solve(a, mean)
    np.testing.assert_allclose(fit.predict(), trend, atol=1e-10)
    pd.testing.assert_series_equal(fit.predict(), fit.fitted, check_names=False)
    signal = y - b @ (a @ y - mean)
    np.testing.assert_allclose(fit.predict(kind="signal"), signal, atol=1e-10)
    inverse = np.linalg.inv(b @ a)
    variance = inverse @ inverse.T
    best = np.empty(25)
    for i in range(25):
        others = np.arange(25) != i
        weight = np.linalg.solve(variance[np.ix_(others, others)], variance[others, i])
        best[i] = trend[i] + weight @ (y - trend)[others]
    np.testing.assert_allclose(fit.predict(kind="best"), best, atol=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_new_units_of_a_cross_section(model):
    table = cross_section()
    graph = worlds.graph(QUEEN, NAMES)
    new = [NAMES[i] for i in (3, 12, 13, 24)]
    kept = [name for name in NAMES if name not in new]
    fit = getattr(spatial, model)("y ~ x1 + x2").fit(table.loc[kept], weights.subset(graph, kept))
    asked = table.loc[new[::-1], ["x1", "x2"]]
    a, b = dense_parts(fit, W)
    trend = np.linalg.solve(a, mean_of(fit, table, W))
    at, others = ([NAMES.index(u) for u in part] for part in (new, kept))
    found = fit.predict(asked, graph)
    np.testing.assert_allclose(found[new], trend[at], atol=1e-9)
    inverse = np.linalg.inv(b @ a)
    variance = inverse @ inverse.T
    gap = table["y"].to_numpy()[others] - trend[others]
    weight = np.linalg.solve(variance[np.ix_(others, others)], gap)
    best = trend[at] + variance[np.ix_(at, others)] @ weight
    np.testing.assert_allclose(fit.predict(asked, graph, "best")[new], best, atol=1e-9)
    assert found.index.name == "city"


def test_other_values_of_known_units():
    table = cross_section()
    fit = spatial.SDM("y ~ x1 + x2").fit(table, worlds.graph(QUEEN, NAMES))
    changed = table.loc[["u007"], ["x1", "x2"]] + [1.0, 0.0]
    lifted = fit.predict(changed)["u007"] - fit.predict()["u007"]
    assert lifted == pytest.approx(fit.effects_by_unit("x1").loc["u007", "own"])
    with pytest.raises(spatial.InputError, match="u007 are in the sample"):
        fit.predict(changed, kind="best")


def test_categories_keep_their_coding():
    table = cross_section()
    fit = spatial.SAR("y ~ x1 + C(kind)").fit(table, worlds.graph(QUEEN, NAMES))
    inland = table[table["kind"] == "port"].drop(columns="y")
    np.testing.assert_allclose(fit.predict(inland), fit.predict()[inland.index], atol=1e-10)
    with pytest.raises(spatial.InputError, match="not seen.*desert"):
        fit.predict(inland.assign(kind="desert"))


@pytest.mark.parametrize("model", ["OLS", "SDM", "SEM", "GNS"])
@pytest.mark.parametrize("effects", ["none", "unit", "time", "twoway"])
def test_rows_of_the_sample_as_new_rows_give_the_trend(model, effects):
    panel = spatial.Panel(panel_table(), "unit", "time")
    fit = getattr(spatial, model)("y ~ x1 + log(1 + x2**2)", effects=effects).fit(
        panel, worlds.graph(QUEEN, NAMES)
    )
    again = fit.predict(panel)
    pd.testing.assert_series_equal(again, fit.predict(), atol=1e-9, rtol=0)
    assert again.attrs["notes"] == ()


def test_new_years_take_unit_effects_and_the_mean_year():
    table = panel_table()
    fit = spatial.SDM("y ~ x1", effects="twoway").fit(
        spatial.Panel(table, "unit", "time"), worlds.graph(QUEEN, NAMES)
    )
    later = table[table["time"] == 2005].assign(time=2006).drop(columns="y")
    found = fit.predict(spatial.Panel(later, "unit", "time"))
    effects = fit.fixed_effects().set_index(["kind", "label"])["estimate"]
    x = later["x1"].to_numpy()
    p = fit.params
    mean = effects["constant", "constant"] + effects["unit"][NAMES] + p["x1"] * x
    dense = np.linalg.solve(EYE - p["rho"] * W, mean + p["W.x1"] * W @ x)
    np.testing.assert_allclose(found, dense, atol=1e-9)
    assert "2006" in found.attrs["notes"][0]
    strange = later.assign(unit=later["unit"].replace("u003", "new"))
    w = worlds.graph(QUEEN, [n if n != "u003" else "new" for n in NAMES])
    with pytest.raises(spatial.InputError, match="new are not in the sample"):
        fit.predict(spatial.Panel(strange, "unit", "time"), w)


def test_lagged_columns_of_new_years():
    table = panel_table()
    early = spatial.Panel(table[table["time"] < 2005], "unit", "time")
    fit = spatial.SAR("y ~ lag(x1)", effects="unit").fit(early, worlds.graph(QUEEN, NAMES))
    found = fit.predict(spatial.Panel(table[table["time"] >= 2004], "unit", "time"))
    assert set(found.index.get_level_values("time")) == {2005}
    effects = fit.fixed_effects().set_index(["kind", "label"])["estimate"]
    past = table[table["time"] == 2004]["x1"].to_numpy()
    mean = effects["constant", "constant"] + effects["unit"][NAMES] + fit.params.iloc[0] * past
    dense = np.linalg.solve(EYE - fit.params["rho"] * W, mean)
    np.testing.assert_allclose(found, dense, atol=1e-9)


@pytest.mark.parametrize(("model", "component"), [("SDM", None), ("SEM", "inside")])
def test_random_effects_are_predicted_too(model, component):
    table = panel_table()
    panel = spatial.Panel(table, "unit", "time")
    spec = getattr(spatial, model)(
        "y ~ x1 + x2", effects="random", error_component=component, mundlak=True
    )
    fit = spec.fit(panel, worlds.graph(QUEEN, NAMES))
    again = fit.predict(panel, kind="best")
    np.testing.assert_allclose(again, fit.predict(kind="best"), atol=1e-9)
    np.testing.assert_allclose(fit.predict(panel), fit.predict(), atol=1e-9)
    effect = np.tile(fit.random_effects(), 6)
    rho = fit.params.get("rho", 0.0)
    by_hand = fit.predict() + np.kron(np.eye(6), np.linalg.inv(EYE - rho * W)) @ effect
    np.testing.assert_allclose(again, by_hand, atol=1e-9)
    gaps = [np.mean((table["y"] - fit.predict(kind=k).to_numpy()) ** 2) for k in ("best", "trend")]
    assert gaps[0] < gaps[1]
    assert fit.predict(kind="signal").notna().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "median"}, "trend, signal, best"),
        ({"w": worlds.graph(QUEEN, NAMES)}, "give data="),
        ({"data": "new", "kind": "signal"}, "outcomes of the rows"),
        ({"data": "panel"}, "DataFrame indexed by unit"),
        ({"data": "short"}, "x2, which the table lacks"),
        ({"data": "strange"}, "nowhere"),
    ],
)
def test_what_cannot_be_predicted(options, message):
    table = cross_section()
    fit = spatial.SAR("y ~ x1 + x2").fit(table, worlds.graph(QUEEN, NAMES))
    data = {
        "new": table,
        "panel": spatial.Panel(panel_table(), "unit", "time"),
        "short": table[["x1"]],
        "strange": table.rename(index={"u003": "nowhere"}),
    }
    given = {**options, "data": data.get(options.get("data"))}
    with pytest.raises(spatial.InputError, match=message):
        fit.predict(**given)


def test_separate_graphs_are_predicted_in_their_sample_only():
    table, rook = cross_section(), worlds.graph(worlds.lattice_matrix(5, rule="rook"), NAMES)
    fit = spatial.SAC("y ~ x1").fit(table, worlds.graph(QUEEN, NAMES), w_error=rook)
    assert fit.predict(kind="best").notna().all()
    with pytest.raises(spatial.InputError, match="w_error="):
        fit.predict(table)


# ---- goodness of fit


@pytest.mark.parametrize("effects", ["none", "unit", "twoway"])
def test_measures_of_fit_by_hand(effects):
    table = panel_table().sort_values(["time", "unit"])
    fit = spatial.SAR("y ~ x1 + x2", effects=effects).fit(
        spatial.Panel(table, "unit", "time"), worlds.graph(QUEEN, NAMES)
    )
    found, y = fit.goodness(), table["y"].to_numpy()
    assert found["rsquared"] == pytest.approx(fit.rsquared)
    assert found["corr2"] == pytest.approx(np.corrcoef(y, fit.fitted)[0, 1] ** 2)

    def centred(values):
        grid = values.reshape(6, 25)
        if effects == "unit":
            grid = grid - grid.mean(axis=0)
        if effects == "twoway":
            grid = grid - grid.mean(axis=0) - grid.mean(axis=1, keepdims=True) + grid.mean()
        return grid.ravel()

    x = table[["x1", "x2"]].to_numpy() @ fit.params[["x1", "x2"]]
    mean = np.linalg.solve(EYE - fit.params["rho"] * W, x.reshape(6, 25).T).T.ravel()
    within = np.corrcoef(centred(y), centred(mean))[0, 1] ** 2
    assert found["corr2_within"] == pytest.approx(within)
    spread = centred(y) - centred(y).mean()
    assert found["rsquared_within"] == pytest.approx(
        1 - (fit.residuals**2).sum() / (spread @ spread)
    )
    null = spread @ spread / fit.likelihood_nobs
    at_null = -0.5 * fit.likelihood_nobs * (np.log(2 * np.pi * null) + 1)
    share = 1 - np.exp(-2 * (fit.loglik - at_null) / fit.likelihood_nobs)
    assert found["nagelkerke"] == pytest.approx(share)


def test_an_ordinary_regression_has_one_rsquared():
    fit = spatial.OLS("y ~ x1 + x2").fit(cross_section(), worlds.graph(QUEEN, NAMES))
    np.testing.assert_allclose(fit.goodness(), fit.rsquared, rtol=1e-10)


@pytest.mark.reference
@pytest.mark.parametrize("model", ["SAR", "SEM", "SDM", "SDEM", "SAC"])
def test_nagelkerke_of_columbus(model):
    """spatialreg 1.2-6, CRIME ~ INC + HOVAL; stored in tests/reference/prediction.json."""
    stored = json.loads(
        (Path(__file__).parents[1] / "reference" / "prediction.json").read_text(encoding="utf-8")
    )["columbus_nagelkerke"]
    table, graph = columbus()
    fit = getattr(spatial, model)("CRIME ~ INC + HOVAL").fit(table, graph)
    assert fit.goodness()["nagelkerke"] == pytest.approx(stored[model], rel=1e-6)
