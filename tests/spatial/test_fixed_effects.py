"""Fixed effects recovered: against dummies written out, and as they stand in the reduced form."""

import numpy as np
import pandas as pd
import pytest
from scipy import linalg
from support import worlds

import spatial

MODELS = ("OLS", "SLX", "SAR", "SEM", "SDM", "SDEM", "SAC", "GNS")
EFFECTS = ("unit", "time", "twoway")
SHAPES = ("balanced", "isolate", "unbalanced")
NAMES = worlds.names(16)


def table_of(shape):
    w = worlds.row_standardised(worlds.lattice_matrix(4))
    table = worlds.simulated_panel(w, periods=5, seed=3, rho=0.3)
    if shape != "unbalanced":
        return table
    rng = np.random.default_rng(8)
    return table[rng.random(len(table)) > 0.15]


def fit_of(shape, model, effects, **options):
    raw = worlds.lattice_matrix(4)
    graph = worlds.graph(worlds.with_isolate(raw) if shape == "isolate" else raw, NAMES)
    missing = "absent" if shape == "unbalanced" else None
    spec = getattr(spatial, model)("y ~ x1 + x2", effects=effects, missing=missing, **options)
    return spec.fit(spatial.Panel(table_of(shape), "unit", "time"), graph)


def stacked_weights(network):
    w = np.zeros((network.n, network.n))
    for block in network.blocks:
        for rows in block.rows:
            w[np.ix_(rows, rows)] = block.operator.matrix.toarray()
    return w


def of_rows(fit):
    """Constant + μ + α of every row."""
    found = fit.fixed_effects().set_index(["kind", "label"])["estimate"]
    index = fit.fitted.index
    out = np.full(len(index), found["constant", "constant"])
    for kind, level in (("unit", 0), ("time", 1)):
        if kind in found.index.get_level_values(0):
            out += index.get_level_values(level).map(found[kind]).to_numpy(dtype=float)
    return out


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_effects_make_the_reduced_form_and_sum_to_zero(shape, effects, model):
    fit = fit_of(shape, model, effects)
    inner, p = fit._fitted, fit.params
    w = stacked_weights(inner.sample.network)
    mean = inner.sample.x @ inner.coefficients + of_rows(fit)
    dense = np.linalg.solve(np.eye(len(w)) - p.get("rho", 0.0) * w, mean)
    np.testing.assert_allclose(fit.fitted, dense, atol=1e-9)
    table = fit.fixed_effects()
    assert list(table.columns) == ["kind", "label", "estimate", "std_error"]
    sums = table[table["kind"] != "constant"].groupby("kind")["estimate"].sum()
    np.testing.assert_allclose(sums, 0.0, atol=1e-9)
    assert (table["kind"] == "unit").sum() == (16 if effects != "time" else 0)
    assert (table["kind"] == "time").sum() == (5 if effects != "unit" else 0)


@pytest.mark.parametrize("model", ["OLS", "SDM", "SEM", "GNS"])
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_standard_errors_are_those_of_dummies(shape, effects, model):
    """Inverse of the expected information with a dummy for each effect, then the contrasts."""
    fit = fit_of(shape, model, effects, bias_correction=None)
    sample, found = fit._fitted.sample, fit._fitted.estimate
    w, n = stacked_weights(sample.network), fit.nobs
    rho, lam = (float(fit.params.get(name, 0.0)) for name in ("rho", "lambda"))
    a, b = np.eye(n) - rho * w, np.eye(n) - lam * w
    units, times = sample.layout.unit_codes, sample.layout.time_codes
    d = np.hstack(
        [
            (units[:, None] == np.arange(16 if effects != "time" else 0)).astype(float),
            (times[:, None] == np.arange(5 if effects != "unit" else 0)).astype(float),
        ]
    )
    g = b @ w @ np.linalg.inv(a) @ np.linalg.inv(b)
    h = w @ np.linalg.inv(b)
    x = b @ np.hstack([sample.x, d])
    k, s2 = x.shape[1], found.sigma2
    lags = [(g, b @ w @ fit.fitted.to_numpy())] * ("rho" in fit.params)
    lags += [(h, np.zeros(n))] * ("lambda" in fit.params)
    info = np.zeros((k + len(lags) + 1,) * 2)
    info[:k, :k] = x.T @ x / s2
    info[-1, -1] = n / (2 * s2**2)
    for i, (q, v) in enumerate(lags):
        info[:k, k + i] = info[k + i, :k] = x.T @ v / s2
        info[k + i, -1] = info[-1, k + i] = np.trace(q) / s2
        for j, (r, u) in enumerate(lags):
            info[k + i, k + j] = np.trace(q @ r) + np.trace(q.T @ r) + v @ u / s2
    scale = 1 / np.sqrt(np.diag(info))
    inverse = np.linalg.pinv(info * np.outer(scale, scale), rcond=1e-11) * np.outer(scale, scale)
    own = slice(sample.x.shape[1], k)
    table = fit.fixed_effects()
    n_units, n_times = (table["kind"] == "unit").sum(), (table["kind"] == "time").sum()
    blocks = [np.eye(m) - 1 / m for m in (n_units, n_times) if m]
    centre = np.vstack(
        [
            np.r_[np.full(n_units, 1 / max(n_units, 1)), np.full(n_times, 1 / max(n_times, 1))],
            linalg.block_diag(*blocks),
        ]
    )
    expected = centre @ inverse[own, own] @ centre.T
    if model == "OLS":
        free = n - np.linalg.matrix_rank(np.hstack([sample.x, d]))
        s_x = fit.cov.to_numpy() * free / n
        assert np.allclose(s_x, inverse[: own.start, : own.start], rtol=1e-8)
        fit = fit.__class__(fit.model, fit.cov_kind, fit._fitted, s_x)
    inflation = fit._fitted.transformation.inflation
    np.testing.assert_allclose(
        fit.fixed_effects()["std_error"], np.sqrt(np.diag(expected) * inflation), rtol=2e-6
    )


def test_parts_that_share_no_unit_have_their_own_level():
    w = worlds.lattice_matrix(4)
    table = worlds.simulated_panel(worlds.row_standardised(w), periods=6, seed=5, rho=0.2)
    early, late = table["unit"].isin(NAMES[:8]), table["time"] < 2003
    table = table[early == late]
    fit = spatial.OLS("y ~ x1", effects="twoway", missing="absent").fit(
        spatial.Panel(table, "unit", "time"), worlds.graph(w, NAMES)
    )
    found = fit.fixed_effects().set_index(["kind", "label"])["estimate"]["time"]
    assert found[[2000, 2001, 2002]].sum() == pytest.approx(0.0, abs=1e-10)
    assert found[[2003, 2004, 2005]].sum() == pytest.approx(0.0, abs=1e-10)
    left = fit.residuals + fit._fitted.sample.x @ fit.params.to_numpy() + of_rows(fit)
    np.testing.assert_allclose(left, fit._fitted.sample.y, atol=1e-10)


def test_a_model_without_fixed_effects_says_so():
    fit = fit_of("balanced", "SAR", "none")
    with pytest.raises(spatial.InputError, match='effects="unit"'):
        fit.fixed_effects()


def test_labels_follow_the_units():
    found = fit_of("balanced", "SDM", "twoway").fixed_effects()
    assert found["label"].tolist() == ["constant", *NAMES, *range(2000, 2005)]
    assert isinstance(found, pd.DataFrame)
