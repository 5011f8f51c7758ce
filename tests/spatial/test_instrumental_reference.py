"""Estimates by instruments against stored numbers of spatialreg and against spreg, run beside."""

import json
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support.references import columbus, own_name, within

import spatial
from spatial.instrumental.error_moments import ErrorMoments
from spatial.instrumental.generalised import Stacked, generalised
from spatial.instrumental.two_stage import independent
from spatial.network import one_block
from spatial.weights.operator import align
from spatial.within import Layout

pytestmark = pytest.mark.reference

STORED = json.loads(
    (Path(__file__).parents[1] / "reference/instrumental.json").read_text(encoding="utf-8")
)
FORMULA = "CRIME ~ INC + HOVAL"


@pytest.fixture(scope="module")
def crime():
    return columbus()


@pytest.fixture(scope="module")
def spreg():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from spreg.error_sp_het import BaseGM_Combo_Het, BaseGM_Error_Het
        from spreg.twosls_sp import BaseGM_Lag
    return SimpleNamespace(lag=BaseGM_Lag, error=BaseGM_Error_Het, combo=BaseGM_Combo_Het)


@pytest.fixture(scope="module")
def arrays(crime):
    """Columns in the order of the fits, and the weights as a matrix."""
    cities, graph = crime
    data = cities.sort_index()
    op = align(graph, data.index).operator
    x = np.column_stack([np.ones(49), data["INC"], data["HOVAL"]])
    return data["CRIME"].to_numpy(dtype=float)[:, None], x, data, op


def test_two_stage_least_squares_of_spatialreg(crime):
    cities, graph = crime
    fit = spatial.SAR(FORMULA, estimator="gmm").fit(cities, graph)
    stored = STORED["stsls"]
    for name, value in stored["coefficients"].items():
        within(fit.params[own_name(name)], value, stored["se"][name], name)
        error = stored["se"][name]
        assert fit.std_errors[own_name(name)] == pytest.approx(error, rel=1e-8), name


def test_error_moments_of_spatialreg(crime):
    cities, graph = crime
    fit = spatial.SEM(FORMULA, estimator="gmm").fit(cities, graph)
    for name, value in STORED["gm_error"]["coefficients"].items():
        within(fit.params[own_name(name)], value, 0.0, name)


@pytest.mark.parametrize("orders", [1, 2, 3])
def test_lag_of_spreg_with_an_endogenous_regressor(crime, spreg, arrays, orders):
    cities, graph = crime
    y, x, data, op = arrays
    columns = {"x": x[:, :2], "yend": x[:, 2:], "q": data[["DISCBD"]].to_numpy(dtype=float)}
    theirs = spreg.lag(y, w=_weights(op), w_lags=orders, lag_q=True, sig2n_k=True, **columns)
    white = spreg.lag(y, w=_weights(op), w_lags=orders, lag_q=True, robust="white", **columns)
    fit = spatial.SAR(FORMULA, endogenous="HOVAL", instruments="DISCBD", orders=orders).fit(
        cities, graph
    )
    np.testing.assert_allclose(fit.params, theirs.betas.ravel(), rtol=1e-7)
    np.testing.assert_allclose(fit.cov, theirs.vm, rtol=1e-6)
    robust = fit.with_cov("robust").cov * 45 / 49
    np.testing.assert_allclose(robust, white.vm, rtol=1e-6)


def test_error_of_spreg_under_unequal_variances(crime, spreg, arrays):
    cities, graph = crime
    y, x, _, op = arrays
    theirs = spreg.error(y, x, _sparse(op))
    fit = spatial.SEM(FORMULA, estimator="gmm", error_variance="unequal").fit(cities, graph)
    np.testing.assert_allclose(fit.params, theirs.betas.ravel(), rtol=1e-6)
    cov, factor = fit.cov.to_numpy(), 49 / 46
    np.testing.assert_allclose(cov[:3, :3], theirs.vm[:3, :3] * factor, rtol=2e-6)
    assert cov[3, 3] == pytest.approx(theirs.vm[3, 3] * factor**2, rel=2e-6)


def test_both_lags_of_spreg_under_unequal_variances(spreg, arrays):
    """Without the factor for few observations, which spreg does not use, all is equal."""
    y, x, data, op = arrays
    w = _sparse(op)
    q = data[["DISCBD"]].to_numpy(dtype=float)
    exogenous = np.column_stack([x[:, 1], q[:, 0]])
    h = np.column_stack([q, w @ exogenous, w @ w @ exogenous])
    ends = np.column_stack([x[:, 2], w @ y])
    theirs = spreg.combo(y, x[:, :2], ends, h, w, inv_method="true_inv")
    network, layout = one_block(op, 1), Layout(np.arange(49), np.zeros(49, dtype=np.intp), 49, 1)
    z = np.column_stack([x[:, :2], ends])
    basis, _ = independent(np.column_stack([x[:, :2], h]))
    found = generalised(
        Stacked(y[:, 0], z, w @ y[:, 0], w @ z, basis, free=49, exogenous=False),
        ErrorMoments(network, layout, "none", robust=True),
        interval=(-1.5, 1.0),
        back=lambda lam, values: network.solve(lam, values, transposed=True),
    )
    np.testing.assert_allclose([*found.step.b, found.lam], theirs.betas.ravel(), rtol=1e-5)
    scale = np.sqrt(np.outer(np.diag(theirs.vm), np.diag(theirs.vm)))
    np.testing.assert_allclose(found.cov / scale, theirs.vm / scale, atol=1e-5)


def _sparse(op):
    from scipy import sparse

    return sparse.csr_matrix(op.matrix)


def _weights(op):
    """The little that spreg reads of a weights object."""
    return SimpleNamespace(sparse=_sparse(op), n=op.n)
