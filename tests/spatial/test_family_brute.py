"""The eight models × effects × shapes of data against the dense likelihood, written out."""

import warnings

import numpy as np
import pandas as pd
import pytest
from support import worlds
from support.family_cases import (
    EFFECTS,
    MODELS,
    NAMES,
    PERIODS,
    QUEEN,
    ROOK,
    SHAPES,
    SIDE,
    case,
    fitted,
    graphs,
    spatial_parameters,
    stack,
)

import spatial
from spatial.effects.multiplier import Propagation, multiplier, multiplier_slope


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_equals_the_dense_likelihood(shape, effects, model):
    made = fitted(shape, model, effects)
    fit, world = made.fit, made.world
    way = fit._fitted.transformation
    rho, lam = spatial_parameters(fit)
    values = world.pack(rho, lam)
    assert fit.likelihood_nobs == world.n
    beta, s2 = world.least_squares(rho, lam)
    np.testing.assert_allclose(fit._fitted.coefficients, beta[: world.x.shape[1]], rtol=1e-7)
    assert fit.loglik == pytest.approx(world.profile(rho, lam), rel=1e-10)
    assert fit.sigma2 == pytest.approx(s2 * way.inflation, rel=1e-9)
    score = world.gradient(values) / np.sqrt(np.diag(world.expected(values)))
    np.testing.assert_allclose(score, 0.0, atol=2e-7)
    if world.lag or world.error:
        information = world.expected(values)
        np.testing.assert_allclose(
            fit.with_cov("expected").cov,
            world.covariance(information) * way.inflation,
            rtol=2e-6,
            atol=1e-11,
        )


@pytest.mark.parametrize("model", ["SEM", "SDEM", "SAC", "GNS"])
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_point_of_a_grid_is_higher(shape, effects, model):
    made = fitted(shape, model, effects)
    fit, world = made.fit, made.world
    lows = [fit.rho_interval[0] if world.lag else 0.0, fit.lambda_interval[0]]
    highs = [fit.rho_interval[1] if world.lag else 0.0, fit.lambda_interval[1]]
    inside = np.linspace(0.04, 0.96, 8)
    rhos = lows[0] + inside * (highs[0] - lows[0]) if world.lag else [0.0]
    lams = lows[1] + inside * (highs[1] - lows[1])
    highest = max(world.profile(rho, lam) for rho in rhos for lam in lams)
    assert highest <= fit.loglik + 1e-9


@pytest.mark.parametrize(
    ("shape", "effects", "model"),
    [
        ("plain", "twoway", "GNS"),
        ("second graph", "unit", "SAC"),
        ("isolate", "time", "SDEM"),
        ("isolate", "twoway", "GNS"),
        ("unbalanced", "none", "GNS"),
        ("unbalanced", "time", "SAC"),
        ("unbalanced", "twoway", "SDM"),
        ("by year", "none", "SEM"),
        ("gaps isolate", "unit", "SEM"),
    ],
)
def test_observed_information_is_the_hessian(shape, effects, model):
    made = fitted(shape, model, effects)
    fit, world = made.fit, made.world
    values = world.pack(*spatial_parameters(fit))
    found = fit.with_cov("observed")
    expected = world.covariance(-world.hessian(values)) * fit._fitted.transformation.inflation
    np.testing.assert_allclose(found.cov, expected, rtol=3e-5, atol=1e-9)
    assert found.cov_kind == "observed"


@pytest.mark.parametrize("model", ["SDM", "SDEM", "GNS"])
def test_shuffling_renaming_and_rescaling_leave_an_unbalanced_fit(model):
    table, raw, _ = case("unbalanced")
    w = graphs(raw, mapping=False)
    spec = getattr(spatial, model)("y ~ x1 + x2", effects="twoway", missing="absent")
    fit = spec.fit(spatial.Panel(table, "unit", "time"), w)
    order = np.random.default_rng(0).permutation(SIDE * SIDE)
    new = {name: f"z{place:02d}" for name, place in zip(NAMES, order, strict=True)}
    moved = table.assign(unit=table["unit"].map(new), x1=1000.0 * table["x1"]).sample(
        frac=1.0, random_state=1
    )
    graph = worlds.graph(QUEEN, [new[name] for name in NAMES])
    other = spec.fit(spatial.Panel(moved, "unit", "time"), graph)
    scale = np.where(other.params.index.str.endswith("x1"), 1000.0, 1.0)
    np.testing.assert_allclose(other.params * scale, fit.params, rtol=1e-7)
    np.testing.assert_allclose(other.std_errors * scale, fit.std_errors, rtol=1e-6)


def test_absent_and_drop_units_are_told_apart():
    table, raw, _ = case("unbalanced")
    w, panel = graphs(raw, mapping=False), spatial.Panel(table, "unit", "time")
    with pytest.raises(spatial.InputError, match=r'missing="absent".*missing="drop_units"'):
        spatial.SDM("y ~ x1", effects="unit").fit(panel, w)
    absent = spatial.SDM("y ~ x1", effects="unit", missing="absent").fit(panel, w)
    assert absent.nobs == len(table) and absent.bias_correction == "dof"
    assert any("do not exist" in note for note in absent.notes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", spatial.AlignmentWarning)
        dropped = spatial.SDM("y ~ x1", effects="unit", missing="drop_units").fit(panel, w)
        whole = panel.subset(units=panel.complete_units)
        same = spatial.SDM("y ~ x1", effects="unit").fit(whole, w)
    pd.testing.assert_series_equal(dropped.params, same.params)
    assert any(note.startswith("Units without a row") for note in dropped.notes)


def test_weights_of_single_regressors():
    table, _, _ = case("plain")
    panel, queen = spatial.Panel(table, "unit", "time"), worlds.graph(QUEEN, NAMES)
    rook = worlds.graph(ROOK, NAMES)
    fit = spatial.SDM("y ~ x1 + x2", effects="twoway").fit(panel, queen, w_x={"x2": rook})
    w, v = worlds.row_standardised(QUEEN), worlds.row_standardised(ROOK)
    by_hand = table.sort_values(["time", "unit"]).copy()
    x2 = by_hand["x2"].to_numpy().reshape(PERIODS, -1)
    by_hand["vx2"] = (x2 @ v.T).ravel()
    same = spatial.SDM("y ~ x1 + x2 + vx2", effects="twoway", lagged=["x1"]).fit(
        spatial.Panel(by_hand, "unit", "time"), queen
    )
    np.testing.assert_allclose(
        fit.params[["x1", "x2", "W.x1", "W.x2", "rho"]],
        same.params[["x1", "x2", "W.x1", "vx2", "rho"]],
        rtol=1e-9,
    )
    p = fit.params
    dense = np.linalg.solve(np.eye(len(w)) - p["rho"] * w, p["x2"] * np.eye(len(w)) + p["W.x2"] * v)
    table = fit.effects().set_index(["term", "effect"])["estimate"]
    assert table["x2", "direct"] == pytest.approx(np.trace(dense) / len(w), rel=1e-9)
    assert table["x2", "total"] == pytest.approx(dense.sum() / len(w), rel=1e-9)
    units = fit.effects_by_unit("x2")
    np.testing.assert_allclose(units["own"], np.diag(dense), rtol=1e-9)
    np.testing.assert_allclose(units["sent"], dense.sum(axis=0) - np.diag(dense), rtol=1e-9)
    sample = fit._fitted.sample
    logdets = tuple(one.logdet for one in fit._fitted.logdets)
    ways = Propagation(sample.network, logdets, sample.lag_networks)
    up, down = (multiplier(ways, np.array([p["rho"] + d])) for d in (1e-6, -1e-6))
    by_hand = (up.own_lag[0, 1] - down.own_lag[0, 1]) / 2e-6
    known = multiplier_slope(ways, p["rho"])
    assert known.own_lag[0, 1] == pytest.approx(by_hand, rel=1e-6)
    many = np.linspace(-0.8, 0.9, 60)
    read = multiplier(ways, many).own_lag[:, 1]
    solved = [np.trace(np.linalg.solve(np.eye(len(w)) - rho * w, v)) / len(w) for rho in many]
    np.testing.assert_allclose(read, solved, rtol=1e-9, atol=1e-9)


def test_effects_of_an_unbalanced_panel_are_means_over_its_rows():
    table, raw, _ = case("unbalanced")
    fit = spatial.SDM("y ~ x1 + x2", effects="twoway", missing="absent").fit(
        spatial.Panel(table, "unit", "time"), graphs(raw, mapping=False)
    )
    table = table.sort_values(["time", "unit"])
    w, p = stack(table, raw), fit.params
    eye = np.eye(len(w))
    dense = np.linalg.solve(eye - p["rho"] * w, p["x1"] * eye + p["W.x1"] * w)
    found = fit.effects().set_index(["term", "effect"])["estimate"]
    assert found["x1", "direct"] == pytest.approx(np.trace(dense) / len(w), rel=1e-10)
    assert found["x1", "total"] == pytest.approx(dense.sum() / len(w), rel=1e-10)
    own = pd.Series(np.diag(dense)).groupby(table["unit"].to_numpy()).mean()
    np.testing.assert_allclose(fit.effects_by_unit("x1")["own"], own, rtol=1e-9)


@pytest.mark.parametrize(
    ("model", "effects", "match"),
    [("SEM", "twoway", "a multiple of it"), ("GNS", "unit", "do not tell the parameters apart")],
)
def test_weights_that_are_all_alike_identify_no_error_lag(model, effects, match):
    """Without time effects W v is −v/(N−1) for every v, and W² is a mixture of I and W."""
    table = case("plain")[0]
    alike = worlds.graph(np.ones((len(NAMES), len(NAMES))) - np.eye(len(NAMES)), NAMES)
    spec = getattr(spatial, model)("y ~ x1", effects=effects)
    with pytest.raises(spatial.InputError, match=match):
        spec.fit(spatial.Panel(table, "unit", "time"), alike)


@pytest.mark.parametrize("effects", ["none", "unit"])
@pytest.mark.parametrize("size", [6, 15, 40])
def test_rounding_does_not_hide_that_rho_and_lambda_are_not_told_apart(size, effects):
    """Half of such fits used to come out, with standard errors of a million."""
    alike = worlds.graph(np.ones((size, size)) - np.eye(size))
    for seed in range(6):
        rng = np.random.default_rng(seed)
        time = np.repeat(range(4), size)
        x = 10.0 ** (seed - 2) * rng.normal(size=4 * size)
        table = pd.DataFrame({"unit": worlds.names(size) * 4, "time": time, "x": x})
        table["y"] = x + rng.normal(size=len(table)) + time
        panel = spatial.Panel(table, "unit", "time")
        with pytest.raises(spatial.InputError, match="do not tell the parameters apart"):
            spatial.GNS("y ~ x", effects=effects).fit(panel, alike)


def test_a_regressor_far_from_zero_is_no_matter_of_the_weights():
    """Beside the constant it leaves the information as near to singular, and is let pass."""
    table = worlds.simulated_panel(worlds.row_standardised(worlds.lattice_matrix(6)), periods=5)
    far = table.assign(x1=2e6 + table["x1"])
    graph = worlds.graph(worlds.lattice_matrix(6))
    plain, moved = (
        spatial.GNS("y ~ x1", lagged=[]).fit(spatial.Panel(one, "unit", "time"), graph)
        for one in (table, far)
    )
    np.testing.assert_allclose(
        moved.std_errors[["x1", "rho", "lambda"]], plain.std_errors[["x1", "rho", "lambda"]],
        rtol=0.05,  # rounding of 2e-16 over an eigenvalue of 1e-13
    )  # fmt: skip
