"""LM tests and traces against dense scores and information matrices on small worlds."""

import numpy as np
import pandas as pd
import pytest
from scipy import linalg
from support.brute import stacked
from support.worlds import (
    graph,
    lattice_matrix,
    names,
    nearest_matrix,
    row_standardised,
    simulated_panel,
    with_isolate,
)

import spatial
from spatial.diagnostics.projection import form_traces

EFFECTS = ("none", "unit", "time", "twoway")
STEP = 1e-4


def score_and_information(y, mean, cov, psi):
    """Score and expected information of y ~ N(mean(ψ), cov(ψ)) by differences of both."""
    inverse = np.linalg.inv(cov(psi))
    rest = y - mean(psi)
    steps = STEP * np.eye(len(psi))
    means = [(mean(psi + s) - mean(psi - s)) / (2 * STEP) for s in steps]
    covs = [inverse @ (cov(psi + s) - cov(psi - s)) / (2 * STEP) for s in steps]
    score = [
        m @ inverse @ rest + 0.5 * (rest @ c @ inverse @ rest - np.trace(c))
        for m, c in zip(means, covs, strict=True)
    ]
    info = [
        [a @ inverse @ b + 0.5 * np.trace(c @ d) for b, d in zip(means, covs, strict=True)]
        for a, c in zip(means, covs, strict=True)
    ]
    return np.array(score), np.array(info)


def lm(score, info, tested, beside=(), fixed=()):
    """Score test; `beside` locally robust (Bera and Yoon), `fixed` kept out altogether."""
    rest = [i for i in range(len(score)) if i not in (*tested, *beside, *fixed)]
    at = [*tested, *beside]
    left = (
        info[np.ix_(at, at)]
        - info[np.ix_(at, rest)] @ linalg.pinvh(info[np.ix_(rest, rest)]) @ info[np.ix_(rest, at)]
    )
    n, d = len(tested), score[at]
    own, cross, other = left[:n, :n], left[:n, n:], left[n:, n:]
    if beside:
        share = cross @ np.linalg.inv(other)
        own, d = own - share @ cross.T, d[:n] - share @ d[n:]
    return d @ np.linalg.solve(own, d)


class World:
    """A model of the family on stacked dense data: parameters (b, θ, ρ, λ, σ²)."""

    def __init__(self, y, x, w):
        self.y, self.x, self.w, self.n = y, x, w, len(y)

    def mean(self, psi):
        return np.linalg.solve(np.eye(self.n) - psi[-3] * self.w, self.x @ psi[:-3])

    def cov(self, psi):
        a, b = (np.eye(self.n) - value * self.w for value in psi[-3:-1])
        root = np.linalg.inv(b @ a)
        return psi[-1] * root @ root.T

    def at(self, b, rho, lam, s2):
        return score_and_information(
            self.y, self.mean, self.cov, np.array([*b, rho, lam, s2], dtype=float)
        )


def panel_of(matrix, periods=4, seed=3):
    table = simulated_panel(row_standardised(matrix), periods=periods, seed=seed, rho=0.3)
    return spatial.Panel(table, "unit", "time")


def dense(panel, w, effects, *, lag_x):
    """Stacked data after the Lee–Yu transformation, W x after x where wanted."""
    frame, t, n = panel.frame, panel.n_times, panel.n_units
    y = frame["y"].to_numpy().reshape(t, n)
    x = frame[["x1", "x2"]].to_numpy().reshape(t, n, 2)
    if effects == "none":
        x = np.concatenate([np.ones((t, n, 1)), x], axis=2)
    if lag_x:
        x = np.concatenate([x, np.einsum("ij,tjk->tik", w, x[:, :, -2:])], axis=2)
    correction = None if effects == "none" else "lee-yu"
    return stacked(y, x, w, effects=effects, correction=correction, stochastic=True)


@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("kind", ["lattice", "nearest"])
def test_lm_is_the_dense_score_test(effects, kind):
    matrix = lattice_matrix(4) if kind == "lattice" else nearest_matrix(16, 3)
    w, panel = row_standardised(matrix), panel_of(matrix)
    y, x, big = dense(panel, w, effects, lag_x=False)
    b = np.linalg.lstsq(x, y)[0]
    s2 = np.sum((y - x @ b) ** 2) / len(y)
    score, info = World(y, x, big).at(b, 0.0, 0.0, s2)
    rho, lam = len(score) - 3, len(score) - 2
    found = spatial.lm_tests("y ~ x1 + x2", panel, graph(matrix), effects)
    expected = [
        lm(score, info, [rho], fixed=[lam]),
        lm(score, info, [lam], fixed=[rho]),
        lm(score, info, [rho], [lam]),
        lm(score, info, [lam], [rho]),
        lm(score, info, [rho, lam]),
    ]
    np.testing.assert_allclose(found["statistic"], expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("effects", EFFECTS)
def test_durbin_tests_are_the_dense_score_tests(effects):
    matrix = lattice_matrix(4)
    w, panel = row_standardised(matrix), panel_of(matrix)
    y, x, big = dense(panel, w, effects, lag_x=True)
    own = x.shape[1] - 2
    b = np.r_[np.linalg.lstsq(x[:, :own], y)[0], 0.0, 0.0]
    s2 = np.sum((y - x @ b) ** 2) / len(y)
    score, info = World(y, x, big).at(b, 0.0, 0.0, s2)
    theta, rho, lam = [own, own + 1], own + 2, own + 3
    expected = {
        "lm_lag": lm(score, info, [rho], fixed=[lam, *theta]),
        "lm_wx": lm(score, info, theta, fixed=[rho, lam]),
        "robust_lm_lag_wx": lm(score, info, [rho], theta, fixed=[lam]),
        "robust_lm_wx": lm(score, info, theta, [rho], fixed=[lam]),
        "lm_sdm": lm(score, info, [rho, *theta], fixed=[lam]),
        "lm_error": lm(score, info, [lam], fixed=[rho, *theta]),
        "lm_sdem": lm(score, info, [lam, *theta], fixed=[rho]),
    }
    found = spatial.durbin_tests("y ~ x1 + x2", panel, graph(matrix), effects)
    found = found.set_index("test")["statistic"]
    assert list(found.index) == list(expected)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-6), name


def test_lm_after_slx():
    matrix = lattice_matrix(4)
    panel = panel_of(matrix)
    y, x, big = dense(panel, row_standardised(matrix), "twoway", lag_x=True)
    b = np.linalg.lstsq(x, y)[0]
    score, info = World(y, x, big).at(b, 0.0, 0.0, np.sum((y - x @ b) ** 2) / len(y))
    found = spatial.lm_tests("y ~ x1 + x2", panel, graph(matrix), "twoway", lag_x=True)
    assert found["statistic"][0] == pytest.approx(lm(score, info, [4], fixed=[5]), rel=1e-6)
    assert found["statistic"][1] == pytest.approx(lm(score, info, [5], fixed=[4]), rel=1e-6)


@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("kind", ["SAR", "SDM", "SEM", "SDEM"])
def test_lm_residuals_is_the_dense_score_test(effects, kind):
    matrix = lattice_matrix(4)
    panel = panel_of(matrix)
    fit = getattr(spatial, kind)("y ~ x1 + x2", effects=effects).fit(panel, graph(matrix))
    lag_x = kind in ("SDM", "SDEM")
    y, x, big = dense(panel, row_standardised(matrix), effects, lag_x=lag_x)
    rho, lam = (fit.params.get(name, 0.0) for name in ("rho", "lambda"))
    score, info = World(y, x, big).at(fit.params.to_numpy()[:-1], rho, lam, fit.sigma2)
    tested = len(score) - 2 if "rho" in fit.params else len(score) - 3
    np.testing.assert_allclose(np.delete(score, tested), 0.0, atol=1e-4)
    found = spatial.lm_residuals(fit)
    assert found["test"] == ("lm_error" if "rho" in fit.params else "lm_lag")
    assert found["statistic"] == pytest.approx(lm(score, info, [tested]), rel=1e-5)


def gappy(panel):
    frame = panel.frame
    gone = np.zeros(len(frame), dtype=bool)
    gone[[3, 17, 18, 40, 41, 60]] = True
    return spatial.Panel(frame[~gone], "unit", "time")


def worlds():
    """Panels, weights and the word for missing rows, none of them balanced and stochastic."""
    matrix = lattice_matrix(4)
    panel = panel_of(matrix)
    by_year = {
        t: graph(matrix if t < 2002 else nearest_matrix(16, 3), names(16)) for t in panel.times
    }
    return {
        "unbalanced": (gappy(panel), graph(matrix), "absent"),
        "isolate": (panel, graph(with_isolate(matrix)), None),
        "unscaled": (panel, graph(matrix, transform="none"), None),
        "by_year": (panel, by_year, None),
        "unbalanced_by_year": (gappy(panel), by_year, "absent"),
    }


def projection(sample, effects, columns=None):
    """Dense P."""
    layout = sample.layout
    parts = [np.zeros((layout.n, 0)) if columns is None else columns]
    if effects in ("unit", "twoway"):
        parts.append(np.eye(layout.n_units)[layout.unit_codes])
    if effects in ("time", "twoway"):
        parts.append(np.eye(layout.n_times)[layout.time_codes])
    d = np.hstack(parts)
    return np.eye(layout.n) - (d @ np.linalg.pinv(d) if d.shape[1] else 0.0)


@pytest.mark.filterwarnings("ignore::spatial.ScalingWarning")
@pytest.mark.parametrize("world", list(worlds()))
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("regressors", [False, True])
def test_traces_after_effects(world, effects, regressors):
    panel, w, missing = worlds()[world]
    sample = spatial.OLS("y ~ x1 + x2", missing=missing).fit(panel, w)._fitted.sample
    columns = sample.x if regressors else None
    p, big = projection(sample, effects, columns), sample.network.lag(np.eye(sample.layout.n))
    found = form_traces(sample.network, sample.layout, effects, columns)
    assert found.rank == round(np.trace(p))
    assert found.mean == pytest.approx(np.trace(p @ big), abs=1e-9)
    assert found.square == pytest.approx(np.trace(p @ big @ p @ big), rel=1e-9)
    assert found.product == pytest.approx(np.trace(p @ big @ p @ big.T), rel=1e-9)


@pytest.mark.filterwarnings("ignore::spatial.ScalingWarning")
@pytest.mark.parametrize("world", list(worlds()))
@pytest.mark.parametrize("effects", EFFECTS)
def test_lm_where_effects_cannot_be_transformed(world, effects):
    """d = e′We/σ² − tr PW with variance tr PWPW + tr PWPW′ − 2(tr PW)²/rank P."""
    panel, w, missing = worlds()[world]
    found = spatial.lm_tests("y ~ x1 + x2", panel, w, effects, missing=missing)["statistic"]
    sample = spatial.OLS("y ~ x1 + x2", missing=missing).fit(panel, w)._fitted.sample
    p, big = projection(sample, effects), sample.network.lag(np.eye(sample.layout.n))
    rank = np.trace(p)
    x = p @ sample.x[:, 0 if effects == "none" else 1 :]
    e = p @ sample.y - x @ np.linalg.lstsq(x, p @ sample.y)[0]
    s2 = e @ e / rank
    spread = np.trace(p @ big @ p @ (big + big.T))
    mean = p @ big @ (sample.y - e)
    left = mean - x @ np.linalg.lstsq(x, mean)[0]
    trace = np.trace(p @ big)
    own = spread - 2 * trace**2 / rank
    error = (e @ big @ e / s2 - trace) ** 2 / own
    lag = (e @ big @ sample.y / s2 - trace) ** 2 / (own + left @ left / s2)
    assert found[1] == pytest.approx(error, rel=1e-8)
    assert found[0] == pytest.approx(lag, rel=1e-8)
    assert found[4] == pytest.approx(found[0] + found[3], rel=1e-8)
    assert found[4] == pytest.approx(found[1] + found[2], rel=1e-8)


@pytest.mark.parametrize("effects", EFFECTS)
def test_residual_moran_moments(effects):
    """Mean and variance of I under the projection, from dense matrices."""
    matrix = lattice_matrix(4)
    panel = panel_of(matrix)
    fit = spatial.OLS("y ~ x1 + x2", effects=effects).fit(panel, graph(matrix))
    sample = fit._fitted.sample
    m = projection(sample, effects, sample.x)
    big = sample.network.lag(np.eye(sample.layout.n))
    r, mw = round(np.trace(m)), m @ big
    e = m @ sample.y
    mean = np.trace(mw) / r
    second = (np.trace(mw @ m @ big.T) + np.trace(mw @ mw) + np.trace(mw) ** 2) / (r * (r + 2))
    found = spatial.residual_moran(fit)
    assert found["statistic"] == pytest.approx(e @ big @ e / (e @ e), rel=1e-9)
    assert found["expected"] == pytest.approx(mean, rel=1e-9)
    assert found["std_dev"] == pytest.approx(np.sqrt(second - mean**2), rel=1e-9)


def test_pesaran_cd_of_an_unbalanced_panel():
    panel = gappy(panel_of(lattice_matrix(4), periods=6))
    fit = spatial.OLS("y ~ x1 + x2", effects="unit", missing="absent").fit(
        panel, graph(lattice_matrix(4))
    )
    grid = fit.residuals.unstack(level=0)
    total, mean = 0.0, []
    for i in range(16):
        for j in range(i + 1, 16):
            pair = grid.iloc[:, [i, j]].dropna()
            r = np.corrcoef(pair.to_numpy().T)[0, 1]
            total += np.sqrt(len(pair)) * r
            mean.append(r)
    found = spatial.pesaran_cd(fit)
    assert found["statistic"] == pytest.approx(np.sqrt(2 / (16 * 15)) * total, rel=1e-9)
    assert found["mean_correlation"] == pytest.approx(np.mean(mean), rel=1e-9)
    assert pd.isna(found["df"])
