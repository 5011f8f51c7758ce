"""First stages and tests of instruments against explicit regressions; notes and refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from support import instruments as dense
from support import worlds

import spatial

RAW = worlds.lattice_matrix(6, 7, "rook")
W = worlds.row_standardised(RAW)
N = len(W)


def table(*, seed=3, strength=1.0):
    """Two endogenous regressors x2 and x3, three outside instruments, unequal variances."""
    rng = np.random.default_rng(seed)
    x1, q1, q2, q3, v2, v3, e = rng.normal(size=(7, N))
    x2 = strength * (q1 + 0.5 * q3) + 0.4 * x1 + v2
    x3 = strength * (q2 - 0.3 * q1) + v3
    e = (0.5 * v2 + 0.4 * v3 + e) * (0.5 + np.abs(q1))
    mean = x1 + x2 - x3
    y = np.linalg.solve(np.eye(N) - 0.3 * W, mean + e)
    columns = {"y": y, "x1": x1, "x2": x2, "x3": x3, "q1": q1, "q2": q2, "q3": q3}
    return pd.DataFrame(columns, index=pd.Index(worlds.names(N), name="unit"))


TWO = {"endogenous": ["x2", "x3"], "instruments": ["q1", "q2", "q3"]}


@pytest.fixture(scope="module")
def fit():
    return spatial.OLS("y ~ x1 + x2 + x3", **TWO).fit(table(), worlds.graph(RAW))


def parts():
    """y, endogenous, exogenous and excluded columns of that model."""
    data = table()
    exogenous = np.column_stack([np.ones(N), data["x1"]])
    return (data["y"].to_numpy(), data[["x2", "x3"]].to_numpy(), exogenous,
            data[["q1", "q2", "q3"]].to_numpy())  # fmt: skip


def residuals(y, x):
    return y - x @ np.linalg.lstsq(x, y)[0]


def wald_f(y, x, tested, *, robust, degrees=None):
    """F that the coefficients of the last `tested` columns are zero."""
    b, inverse = np.linalg.lstsq(x, y)[0], np.linalg.inv(x.T @ x)
    e, free = y - x @ b, len(y) - x.shape[1]
    cov = e @ e / free * inverse
    if robust:
        cov = inverse @ (x.T * e**2) @ x @ inverse * len(y) / free
    at = slice(-tested, None)
    return b[at] @ np.linalg.solve(cov[at, at], b[at]) / (degrees or tested)


@pytest.mark.parametrize("robust", [False, True])
def test_first_stages(fit, robust):
    fit = fit.with_cov("robust") if robust else fit
    _, ends, exogenous, excluded = parts()
    found = fit.first_stage().set_index("term")
    assert list(found.index) == ["x2", "x3"]
    both = np.column_stack([exogenous, excluded])
    for j, name in enumerate(found.index):
        row = found.loc[name]
        alone, full = residuals(ends[:, j], exogenous), residuals(ends[:, j], both)
        assert row["partial_rsquared"] == pytest.approx(1 - full @ full / (alone @ alone))
        f = wald_f(ends[:, j], both, 3, robust=robust)
        assert row["f_statistic"] == pytest.approx(f, rel=1e-9)
        assert row["p_value"] == pytest.approx(stats.f.sf(f, 3, N - 5), rel=1e-8)
        left, other = (residuals(ends[:, k], exogenous) for k in (j, 1 - j))
        q = np.column_stack([residuals(column, exogenous) for column in excluded.T])
        b, _, _ = dense.two_stages(left, other[:, None], q)
        fitted = dense.projector(q) @ (rest := left - other * b[0])
        if not robust:
            size = np.sum((rest - fitted) ** 2) / (N - 5)
            assert row["conditional_f"] == pytest.approx(fitted @ fitted / 2 / size, rel=1e-9)
        assert row["conditional_df"] == 2


def test_over_identification_and_exogeneity(fit):
    y, ends, exogenous, excluded = parts()
    z, h = np.column_stack([exogenous, ends]), np.column_stack([exogenous, excluded])
    b, _, _ = dense.two_stages(y, z, h)
    e = y - z @ b
    found = fit.instrument_tests().set_index("test")
    assert list(found.index) == ["sargan", "cragg_donald", "wu_hausman"]
    sargan = N * (1 - np.sum(residuals(e, h) ** 2) / (e @ e))
    assert found.loc["sargan", "statistic"] == pytest.approx(sargan, rel=1e-9)
    assert found.loc["sargan", "df"] == 1
    assert found.loc["sargan", "p_value"] == pytest.approx(stats.chi2.sf(sargan, 1))
    first = np.column_stack([residuals(column, h) for column in ends.T])
    f = wald_f(y, np.column_stack([z, first]), 2, robust=False)
    assert found.loc["wu_hausman", "statistic"] == pytest.approx(2 * f, rel=1e-9)
    robust = fit.with_cov("robust").instrument_tests().set_index("test")
    f = wald_f(y, np.column_stack([z, first]), 2, robust=True)
    assert robust.loc["wu_hausman", "statistic"] == pytest.approx(2 * f, rel=1e-9)
    weight = np.linalg.inv((h.T * e**2) @ h)
    b = np.linalg.solve(z.T @ h @ weight @ h.T @ z, z.T @ h @ weight @ h.T @ y)
    moments = h.T @ (y - z @ b)
    assert robust.loc["hansen", "statistic"] == pytest.approx(moments @ weight @ moments, rel=1e-8)


def test_weak_identification_statistics(fit):
    _, ends, exogenous, excluded = parts()
    x, q = (np.column_stack([residuals(c, exogenous) for c in part.T]) for part in (ends, excluded))
    p = dense.projector(q)
    spread = x.T @ (x - p @ x) / (N - 5)
    smallest = np.linalg.eigvals(np.linalg.solve(spread, x.T @ p @ x)).real.min() / 3
    found = fit.instrument_tests().set_index("test").loc["cragg_donald"]
    assert found["statistic"] == pytest.approx(smallest, rel=1e-9)
    robust = fit.with_cov("robust").instrument_tests().set_index("test").loc["kleibergen_paap"]
    assert robust["statistic"] == pytest.approx(kleibergen_paap(x, q), rel=1e-8)


def kleibergen_paap(x, q):
    """Wald statistic of the rank by vectorised coefficients and a full Kronecker covariance."""
    basis = np.linalg.qr(q)[0]
    pi = basis.T @ x
    rest = x - basis @ pi
    free = N - 5
    f = np.linalg.inv(np.linalg.cholesky(rest.T @ rest / free))
    theta = pi @ f.T
    rows = np.array([np.kron(v, h) for v, h in zip(rest, basis, strict=True)])
    cov = rows.T @ rows * N / free
    turn = np.kron(f, np.eye(3))
    cov = turn @ cov @ turn.T
    u, _, vt = np.linalg.svd(theta)
    left, right = u[:, 1:], vt[1:]
    pick = np.kron(right, left.T)
    value = pick @ theta.T.ravel()
    return value @ np.linalg.solve(pick @ cov @ pick.T, value) / 3


def test_one_endogenous_regressor_makes_all_statistics_one():
    options = {"endogenous": "x2", "instruments": ["q1", "q3"]}
    fit = spatial.OLS("y ~ x1 + x2", **options).fit(table(), worlds.graph(RAW))
    for kind, test in (("homoskedastic", "cragg_donald"), ("robust", "kleibergen_paap")):
        one = fit.with_cov(kind)
        row = one.first_stage().iloc[0]
        weak = one.instrument_tests().set_index("test").loc[test, "statistic"]
        assert row["f_statistic"] == pytest.approx(row["conditional_f"], rel=1e-12)
        assert row["f_statistic"] == pytest.approx(weak, rel=1e-10)


def test_every_regressor_lagged_is_said_to_leave_rho_unidentified():
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.normal(size=(N, 3)), worlds.names(N), ["y", "x1", "x2"])
    graph = worlds.graph(RAW)
    all_lagged = spatial.SDM("y ~ x1 + x2", estimator="gmm").fit(data, graph)
    assert any("lagged=" in note and "W.y" in note for note in all_lagged.notes)
    some = spatial.SDM("y ~ x1 + x2", lagged=["x1"], estimator="gmm").fit(data, graph)
    assert not any("lagged=" in note for note in some.notes)
    assert any("W2.x1, W2.x2" in note for note in all_lagged.notes)
    third = spatial.SDM("y ~ x1 + x2", estimator="gmm", orders=3).fit(data, graph)
    assert any("W3.x1" in note for note in third.notes)


def test_weak_outside_instruments_are_named():
    weak = spatial.OLS("y ~ x1 + x2 + x3", **TWO).fit(table(strength=0.05), worlds.graph(RAW))
    assert any(note.startswith("Instruments of x2 are weak") for note in weak.notes)


def test_rho_beyond_its_interval_has_no_effects():
    data = table()
    rng = np.random.default_rng(5)
    for _ in range(200):
        data = pd.DataFrame(rng.normal(size=(N, 2)), worlds.names(N), ["y", "x1"])
        fit = spatial.SDM("y ~ x1", estimator="gmm").fit(data, worlds.graph(RAW))
        if not -1 < fit.params["rho"] < 1:
            break
    with pytest.raises(spatial.InputError, match="outside its interval"):
        fit.effects()
    with pytest.raises(spatial.InputError, match="outside its interval"):
        fit.effects_by_unit("x1")
    assert "outside its interval" in fit.summary()


REFUSED = [
    ({"estimator": "iv"}, "estimator='iv'"),
    ({"endogenous": ["x2"]}, "without an outside instrument"),
    ({"endogenous": ["z"], "instruments": ["q1"]}, "endogenous= names z"),
    ({"endogenous": ["x2"], "instruments": ["x1"]}, "instruments x1 are regressors"),
    ({"endogenous": ["x2"], "instruments": ["nowhere"]}, "nowhere"),
    ({"endogenous": ["x2"], "instruments": ["I(0 * q1)"]}, "constant, absorbed"),
    ({"endogenous": ["x2"], "instruments": ["q1"], "estimator": "ml"}, "belongs to"),
    ({"endogenous": ["x2", "x3"], "instruments": ["q1"]}, "need 2 instruments"),
    ({"endogenous": 3, "instruments": ["q1"]}, "endogenous=3"),
    ({"endogenous": ["x2"], "instruments": ["q1"], "orders": 2}, "no lag of y"),
    ({"endogenous": ["x2"], "instruments": ["q1"], "error_variance": "equal"}, "no lag of the er"),
    ({"estimator": "gmm"}, "least squares"),
    ({"instruments": ["q1"]}, "least squares"),
    ({"orders": 2}, "belongs to"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_refusals_of_models_without_lags(options, words):
    with pytest.raises(spatial.InputError, match=words):
        spatial.OLS("y ~ x1 + x2 + x3", **options).fit(table(), worlds.graph(RAW))


def test_refusals_of_other_models():
    graph, data = worlds.graph(RAW), table()
    with pytest.raises(spatial.InputError, match="orders=5"):
        spatial.SAR("y ~ x1", estimator="gmm", orders=5)
    with pytest.raises(spatial.InputError, match="error_variance='both'"):
        spatial.SEM("y ~ x1", estimator="gmm", error_variance="both")
    with pytest.raises(spatial.InputError, match="no bias correction"):
        spatial.SAR("y ~ x1", effects="unit", estimator="gmm", bias_correction="lee-yu")
    fit = spatial.SAR("y ~ x1", estimator="gmm").fit(data, graph)
    with pytest.raises(spatial.InputError, match="homoskedastic, robust, cluster"):
        fit.with_cov("expected")
    error = spatial.SEM("y ~ x1", estimator="gmm").fit(data, graph)
    with pytest.raises(spatial.InputError, match='error_variance="unequal"'):
        error.with_cov("robust")
    with pytest.raises(spatial.InputError, match="leave by= out"):
        error.with_cov("homoskedastic", by="unit")
    assert error.with_cov("homoskedastic").cov.equals(error.cov)
    with pytest.raises(spatial.InputError, match="no first stage"):
        error.first_stage()
    likely = spatial.SAR("y ~ x1").fit(data, graph)
    with pytest.raises(spatial.InputError, match="maximum likelihood"):
        likely.first_stage()
    with pytest.raises(spatial.InputError, match="likelihood"):
        spatial.lr_test(fit, likely)
