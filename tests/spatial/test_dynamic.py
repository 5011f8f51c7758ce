"""Dynamic models against dense algebra, their invariances, and their refusals."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.brute import dense_effects, dense_ml, mean_effects, stacked
from support.moving import dynamic_panel, missing_score
from support.worlds import graph, lattice_matrix, names, nearest_matrix, row_standardised

import spatial
from spatial.covariance.forms import forms
from spatial.covariance.scores import score_rows
from spatial.dynamic import score_bias
from spatial.errors import InputError
from spatial.estimation import estimate_sample
from spatial.stability import Motion, stability

SIDE, PERIODS = 4, 12
BINARY = lattice_matrix(SIDE, SIDE + 1)
W = row_standardised(BINARY)
N = len(W)
DYNAMIC = [("y",), ("Wy",), ("y", "Wy")]
FAMILY = ["OLS", "SLX", "SAR", "SEM", "SDM", "SDEM", "SAC", "GNS"]


@pytest.fixture(scope="module")
def table():
    return dynamic_panel(W, periods=PERIODS + 1, seed=3)


@pytest.fixture(scope="module")
def panel(table):
    return spatial.Panel(table, "unit", "time")


@pytest.fixture(scope="module")
def long_panel():
    """Enough years for every model of the family to be far from a unit root."""
    return spatial.Panel(dynamic_panel(W, periods=81, seed=5), "unit", "time")


@pytest.fixture(scope="module")
def w():
    return graph(BINARY)


@pytest.fixture(scope="module")
def fit(panel, w):
    return spatial.SDM("y ~ x", effects="twoway", dynamic=("y", "Wy")).fit(panel, w)


def cubes(table, n=N):
    shape = (-1, n)
    return table["y"].to_numpy().reshape(shape), table["x"].to_numpy().reshape(shape)


def columns(table, w, dynamic, *, lag_x):
    """y (T, N) and x (T, N, k), written out."""
    y, x = cubes(table, len(w))
    past = {"y": y[:-1], "Wy": y[:-1] @ w.T}
    parts = [x[1:], *([x[1:] @ w.T] if lag_x else []), *(past[word] for word in dynamic)]
    return y[1:], np.stack(parts, axis=-1)


# ---- the likelihood and its correction


@pytest.mark.parametrize("effects", ["none", "unit", "time", "twoway"])
@pytest.mark.parametrize("dynamic", DYNAMIC)
@pytest.mark.parametrize("kind", ["SAR", "SDM"])
def test_uncorrected_is_the_likelihood_with_dummies(kind, dynamic, effects, table, panel, w):
    model = getattr(spatial, kind)("y ~ x", effects=effects, dynamic=dynamic, bias_correction=None)
    fit = model.fit(panel, w)
    y, x = columns(table, W, dynamic, lag_x=kind == "SDM")
    if effects == "none":
        x = np.concatenate([np.ones((*y.shape, 1)), x], axis=-1)
    known = dense_ml(*stacked(y, x, W, effects=effects, correction=None, stochastic=True))
    k = x.shape[-1]
    want = np.append(known.b[:k], known.rho)
    assert fit.params.to_numpy() == pytest.approx(want, rel=1e-7, abs=1e-9)
    assert fit.loglik == pytest.approx(known.loglik, rel=1e-9)
    at = [*range(k), len(known.b)]
    for name in ("expected", "observed"):
        cov = getattr(known, name)[np.ix_(at, at)]
        assert fit.with_cov(name).cov.to_numpy() == pytest.approx(cov, rel=2e-6, abs=1e-10)


@pytest.mark.parametrize("dynamic", DYNAMIC)
def test_time_effects_alone_need_the_transformation_over_units_only(dynamic, table, panel, w):
    fit = spatial.SDM("y ~ x", effects="time", dynamic=dynamic).fit(panel, w)
    y, x = columns(table, W, dynamic, lag_x=True)
    known = dense_ml(*stacked(y, x, W, effects="time", correction="lee-yu", stochastic=True))
    assert fit.params.to_numpy() == pytest.approx(np.append(known.b, known.rho), rel=1e-7)
    assert fit.loglik == pytest.approx(known.loglik, rel=1e-9)
    assert not any("1/T" in note for note in fit.notes)


@pytest.mark.parametrize("effects", ["unit", "twoway"])
@pytest.mark.parametrize("dynamic", DYNAMIC)
def test_correction_is_that_of_the_papers_term_by_term(dynamic, effects, table, panel, w):
    """Theorem 3 of Yu, de Jong and Lee (2008), with their sum over powers of A written out."""
    fit = spatial.SDM("y ~ x", effects=effects, dynamic=dynamic).fit(panel, w)
    y, x = columns(table, W, dynamic, lag_x=True)
    inner, n = W, N
    if effects == "twoway":
        basis = np.linalg.svd(np.ones((1, N)))[2][1:]
        inner, n = basis @ W @ basis.T, N - 1
        y, x = y @ basis.T, np.einsum("ij,tjk->tik", basis, x)
    flat_y, flat_x, big = stacked(y, x, inner, effects="unit", correction=None, stochastic=True)
    known = dense_ml(flat_y, flat_x, big)
    k = x.shape[-1]
    tau = known.b[k - len(dynamic)] if "y" in dynamic else 0.0
    eta = known.b[k - 1] if "Wy" in dynamic else 0.0
    s_inverse = np.linalg.inv(np.eye(n) - known.rho * inner)
    g = inner @ s_inverse
    a = s_inverse @ (tau * np.eye(n) + eta * inner)
    powers, term = np.zeros((n, n)), np.eye(n)
    for _ in range(3000):
        powers += term
        term = term @ a
    q = powers @ s_inverse
    missing = {"y": np.trace(q), "Wy": np.trace(inner @ q)}
    lag = tau * np.trace(g @ q) + eta * np.trace(g @ inner @ q) + np.trace(g)
    bias = np.zeros(len(known.b) + 2)
    bias[k - len(dynamic) : k] = [missing[word] for word in dynamic]
    bias[-2:] = lag, n / (2.0 * known.sigma2)
    start = np.concatenate([known.b, [known.rho, known.sigma2]])
    moved = start + known.expected @ bias
    want = np.append(moved[:k], moved[-2])
    assert fit.params.to_numpy() == pytest.approx(want, rel=1e-6, abs=1e-8)
    assert fit.sigma2 == pytest.approx(moved[-1], rel=1e-7)
    assert fit.likelihood_nobs == n * PERIODS


@pytest.mark.parametrize("kind", FAMILY)
def test_missing_part_of_the_score_is_its_exact_mean_to_order_one_over_t(kind):
    """Whatever the model: traces of stationary moments, with M other than W in the error."""
    binary = nearest_matrix(9, 3, seed=1)
    other = row_standardised(nearest_matrix(9, 2, seed=5))
    scaled = row_standardised(binary)
    has_rho, has_lam = kind in ("SAR", "SDM", "SAC", "GNS"), kind in ("SEM", "SDEM", "SAC", "GNS")
    truth = {"tau": 0.4, "eta": -0.2, "rho": 0.3 * has_rho, "lam": 0.4 * has_lam}
    data = dynamic_panel(scaled, periods=8, seed=2, times=False)
    data = spatial.Panel(data, "unit", "time")
    options = {"w_error": graph(other)} if has_lam else {}
    model = getattr(spatial, kind)("y ~ x", effects="unit", dynamic=("y", "Wy"))
    fitted = model.fit(data, graph(binary), **options)._fitted
    b = fitted.estimate.b.copy()
    b[[fitted.sample.earlier.own, fitted.sample.earlier.neighbour]] = truth["tau"], truth["eta"]
    known = replace(
        fitted.estimate,
        b=b,
        rho=truth["rho"] if has_rho else np.nan,
        lam=truth["lam"] if has_lam else np.nan,
        sigma2=2.0,
    )
    bias = score_bias(replace(fitted, estimate=known))
    kept = [True, True, has_rho, has_lam, True]
    at = np.flatnonzero(bias)
    errors = []
    for periods in (40, 80):
        exact = missing_score(scaled, other, periods, **truth, sigma2=2.0)[kept]
        errors.append(np.abs(bias[at] / exact - 1.0))
    assert len(at) == sum(kept)
    assert (errors[1] < 0.06).all()
    assert np.allclose(2.0 * errors[1], errors[0], rtol=0.15, atol=1e-9)


def test_transformation_over_units_takes_one_unit_and_the_unit_root_out(panel, w):
    fit = spatial.GNS("y ~ x", effects="twoway", dynamic=("y", "Wy")).fit(panel, w)
    fitted, b = fit._fitted, fit.params
    basis = np.linalg.svd(np.ones((1, N)))[2][1:]
    inner, eye = basis @ W @ basis.T, np.eye(N - 1)
    q = np.linalg.inv((1 - b["L.y"]) * eye - (b["rho"] + b["W.L.y"]) * inner)
    h = inner @ np.linalg.inv(eye - b["lambda"] * inner)
    want = [np.trace(q), *[np.trace(inner @ q)] * 2, np.trace(h), (N - 1) / (2 * fit.sigma2)]
    assert score_bias(fitted)[2:] == pytest.approx(want, rel=1e-9)


@pytest.mark.parametrize("kind", FAMILY)
@pytest.mark.parametrize("effects", ["unit", "twoway"])
def test_correction_is_one_step_for_every_model(kind, effects, panel, w):
    """θ + I⁻¹a, and residuals that are those of the corrected parameters."""
    fit = getattr(spatial, kind)("y ~ x", effects=effects, dynamic=("y", "Wy")).fit(panel, w)
    plain = estimate_sample(
        fit._fitted.sample,
        effects=effects,
        bias_correction="default",
        lag_y=fit._fitted.lag_y,
        lag_error=fit._fitted.lag_error,
    )
    assert fit.params["L.y"] > plain.coefficients[-2]
    assert fit.sigma2 > plain.sigma2
    assert fit.loglik == pytest.approx(plain.estimate.loglik, rel=1e-12)
    sample, rho = fit._fitted.sample, fit.params.get("rho", 0.0)
    lam = fit.params.get("lambda", 0.0)
    u = (sample.y - rho * sample.wy - sample.x @ fit._fitted.coefficients).reshape(PERIODS, N)
    error = u - lam * u @ W.T
    error = error - error.mean(axis=0)
    if effects == "twoway":
        error = error - error.mean(axis=1, keepdims=True)
    assert fit.residuals.to_numpy() == pytest.approx(error.ravel(), abs=1e-10)
    mean = fit.fitted.to_numpy().reshape(PERIODS, N)
    back = np.linalg.inv((np.eye(N) - lam * W) @ (np.eye(N) - rho * W))
    assert mean == pytest.approx(sample.y.reshape(PERIODS, N) - error @ back.T, abs=1e-9)


def test_fixed_effects_and_residuals_add_up(fit, table):
    b, found = fit.params, fit.fixed_effects()
    part = {kind: rows["estimate"].to_numpy() for kind, rows in found.groupby("kind", sort=False)}
    y, x = cubes(table)
    unit, time = part["unit"], part["time"]
    mean = part["constant"][0] + unit[None, :] + time[:, None]
    mean = mean + b["x"] * x[1:] + b["W.x"] * x[1:] @ W.T + b["L.y"] * y[:-1]
    error = y[1:] - b["rho"] * y[1:] @ W.T - mean - b["W.L.y"] * y[:-1] @ W.T
    assert fit.residuals.to_numpy() == pytest.approx(error.ravel(), abs=1e-9)


def test_without_a_spatial_parameter_the_variance_counts_the_effects_once(panel, w):
    fit = spatial.OLS("y ~ x", effects="unit", dynamic=("y",)).fit(panel, w)
    x = fit._fitted.moments.x
    free = N * PERIODS - N - 2
    variance = float((fit.residuals**2).sum()) / free
    assert fit.cov.to_numpy() == pytest.approx(variance * np.linalg.inv(x.T @ x), rel=1e-9)
    assert fit.params.index.tolist() == ["x", "L.y"]


@pytest.mark.parametrize("kind", ["SDM", "GNS"])
def test_every_covariance_stands_at_the_corrected_estimate(kind, panel, w):
    fit = getattr(spatial, kind)("y ~ x", effects="unit", dynamic=("y", "Wy")).fit(panel, w)
    rows = score_rows(fit._fitted, forms(fit._fitted))
    assert np.abs(rows.sum(axis=0)).max() < 1e-9 * np.abs(rows).sum(axis=0).max()
    for name in ("expected", "observed", "robust", "driscoll-kraay"):
        other = fit.with_cov(name)
        assert other.params.equals(fit.params)
        assert (other.std_errors / fit.std_errors).between(0.3, 3.0).all(), name
    observed, expected = fit.with_cov("observed").std_errors, fit.with_cov("expected").std_errors
    assert observed.to_numpy() == pytest.approx(expected.to_numpy(), rel=0.15)


# ---- effects


@pytest.mark.parametrize("kind", FAMILY)
@pytest.mark.parametrize("dynamic", DYNAMIC)
def test_effects_of_both_horizons_by_dense_inverses(kind, dynamic, long_panel, w):
    fit = getattr(spatial, kind)("y ~ x", effects="twoway", dynamic=dynamic).fit(long_panel, w)
    found = fit.effects()
    assert list(found.columns[:4]) == ["term", "effect", "horizon", "estimate"]
    assert found["horizon"].tolist() == ["short"] * 3 + ["long"] * 3

    def both(params):
        at = dict(zip(fit.params.index, params, strict=True))
        tau, eta, rho = at.get("L.y", 0.0), at.get("W.L.y", 0.0), at.get("rho", 0.0)
        beta, theta = at["x"], at.get("W.x", 0.0)
        middle = np.linalg.inv((1 - tau) * np.eye(N) - (rho + eta) * W)
        long = middle @ (beta * np.eye(N) + theta * W)
        return np.concatenate(
            [mean_effects(dense_effects(W, beta, theta, rho)), mean_effects(long)]
        )

    start = fit.params.to_numpy()
    assert found["estimate"].to_numpy() == pytest.approx(both(start), rel=1e-9, abs=1e-12)
    step = 1e-6
    slopes = np.array(
        [
            (both(start + step * unit) - both(start - step * unit)) / (2 * step)
            for unit in np.eye(len(start))
        ]
    )
    errors = np.sqrt(np.einsum("pi,pq,qi->i", slopes, fit.cov.to_numpy(), slopes))
    assert found["std_error"].to_numpy() == pytest.approx(errors, rel=1e-5, abs=1e-9)


def test_simulated_errors_come_near_the_delta_method(long_panel, w):
    fit = spatial.SDM("y ~ x", effects="twoway", dynamic=("y", "Wy")).fit(long_panel, w)
    delta, drawn = fit.effects(), fit.effects(method="simulate", draws=20_000, seed=1)
    short = delta["horizon"] == "short"
    assert drawn.loc[short, "std_error"].to_numpy() == pytest.approx(
        delta.loc[short, "std_error"].to_numpy(), rel=0.05
    )
    assert drawn["estimate"].to_numpy() == pytest.approx(delta["estimate"].to_numpy(), rel=1e-12)
    assert drawn.loc[~short, "std_error"].to_numpy() == pytest.approx(
        delta.loc[~short, "std_error"].to_numpy(), rel=0.35
    )
    assert drawn.attrs["draws"] == 20_000
    assert drawn.equals(fit.effects(method="simulate", draws=20_000, seed=1))


@pytest.mark.parametrize("horizon", ["short", "long"])
def test_effects_by_unit_flows_and_orders_of_a_horizon_add_up(fit, horizon):
    means = fit.effects().set_index(["horizon", "effect"])["estimate"][horizon]
    by_unit = fit.effects_by_unit("x", horizon=horizon)
    assert by_unit["own"].mean() == pytest.approx(means["direct"], rel=1e-9)
    assert by_unit["received"].mean() == pytest.approx(means["indirect"], rel=1e-9)
    assert by_unit["sent"].mean() == pytest.approx(means["indirect"], rel=1e-9)
    flows = fit.flows("x", horizon=horizon)
    assert flows["effect"].sum() / N == pytest.approx(means["indirect"], rel=1e-9)
    orders = fit.effects_by_order("x", orders=3, horizon=horizon)
    assert orders["total"].sum() == pytest.approx(means["total"], rel=1e-9)


def test_total_of_the_long_run_is_the_sum_over_years(fit):
    """A lasting unit change, followed through 400 years by the model itself."""
    b = fit.params
    s = np.linalg.inv(np.eye(N) - b["rho"] * W)
    push, y = s @ ((b["x"] + b["W.x"]) * np.ones(N)), np.zeros(N)
    for _ in range(400):
        y = s @ (b["L.y"] * y + b["W.L.y"] * W @ y) + push
    total = fit.effects().set_index(["horizon", "effect"]).loc[("long", "total"), "estimate"]
    assert y.mean() == pytest.approx(total, rel=1e-8)


# ---- stability


@pytest.mark.parametrize("matrix", [W, row_standardised(nearest_matrix(20, 3))])
def test_largest_root_is_that_of_the_dense_matrix(matrix):
    from spatial.weights.logdet import log_determinant
    from spatial.weights.operator import operator

    spread = 0.001 * np.array([[1.0, 0.2, -0.3], [0.2, 4.0, -0.5], [-0.3, -0.5, 2.0]])
    motion = Motion(0.5, -0.2, 0.3, spread)
    found = stability(motion, [log_determinant(operator(graph(matrix)))])
    eye = np.eye(len(matrix))
    a = np.linalg.solve(eye - 0.3 * matrix, 0.5 * eye - 0.2 * matrix)
    assert found.largest_root == pytest.approx(np.abs(np.linalg.eigvals(a)).max(), rel=1e-9)
    assert found.distance == pytest.approx(1.0 - 0.5 - 0.3 + 0.2, rel=1e-9)
    assert found.std_error == pytest.approx(np.sqrt(spread.sum()), rel=1e-9)
    assert found.stable
    assert not found.near_unit_root


def test_large_graphs_are_bounded_by_the_ends_of_the_interval():
    from spatial.weights.logdet import log_determinant
    from spatial.weights.logdet.choice import _factorised
    from spatial.weights.operator import operator

    op = operator(graph(BINARY))
    for motion in (Motion(0.5, -0.2, 0.3, np.eye(3)), Motion(-0.7, 0.5, -0.4, np.eye(3))):
        exact = stability(motion, [log_determinant(op)])
        bound = stability(motion, [_factorised(op)])
        assert bound.largest_root == pytest.approx(exact.largest_root, rel=1e-6)


def test_near_a_unit_root_the_long_run_is_left_empty_with_a_sentence(w):
    data = dynamic_panel(W, periods=9, tau=0.9, eta=-0.1, rho=0.17, seed=8)
    panel = spatial.Panel(data, "unit", "time")
    fit = spatial.SDM("y ~ x", effects="unit", dynamic=("y", "Wy")).fit(panel, w)
    long = fit.effects().query("horizon == 'long'")
    assert long[["estimate", "std_error", "conf_low", "conf_high"]].isna().all(axis=None)
    assert fit.effects().query("horizon == 'short'").notna().all(axis=None)
    assert any("unit root" in note or "not stable" in note for note in fit.notes)
    with pytest.raises(InputError, match="has no effects"):
        fit.flows("x", horizon="long")
    simulated = fit.effects(method="simulate", draws=50)
    assert simulated.query("horizon == 'long'")["estimate"].isna().all()
    assert "nan" in fit.summary()


def test_a_stable_process_is_reported_with_its_root(fit):
    note = next(text for text in fit.notes if "stable" in text)
    b = fit.params
    assert "long run, indirect x" in fit.summary()
    assert f"τ + ρ + η = {b['L.y'] + b['W.L.y'] + b['rho']:.3f}" in note


# ---- what changes nothing


def test_order_names_and_units_of_measurement_change_nothing(table, panel, w, fit):
    shuffled = table.sample(frac=1.0, random_state=0)
    shuffled["unit"] = shuffled["unit"].map({old: f"z{i}" for i, old in enumerate(names(N))})
    renamed = graph(BINARY, [f"z{i}" for i in range(N)])
    model = spatial.SDM("y ~ x", effects="twoway", dynamic=("y", "Wy"))
    other = model.fit(spatial.Panel(shuffled, "unit", "time"), renamed)
    assert other.params.to_numpy() == pytest.approx(fit.params.to_numpy(), rel=1e-9)
    scaled = table.assign(y=1000.0 * table["y"] + 7.0)
    other = model.fit(spatial.Panel(scaled, "unit", "time"), w)
    for name in ("L.y", "W.L.y", "rho"):
        assert other.params[name] == pytest.approx(fit.params[name], rel=1e-7)
        assert other.std_errors[name] == pytest.approx(fit.std_errors[name], rel=1e-6)
    assert other.params["x"] == pytest.approx(1000.0 * fit.params["x"], rel=1e-7)


def test_effects_of_units_and_years_leave_no_trace(table, w, fit):
    rng = np.random.default_rng(4)
    unit, year = rng.normal(size=N), rng.normal(size=PERIODS + 1)
    shifted = table.assign(y=table["y"] + 9 * np.tile(unit, PERIODS + 1) + 9 * year.repeat(N))
    model = spatial.SDM("y ~ x", effects="twoway", dynamic=("y", "Wy"))
    other = model.fit(spatial.Panel(shifted, "unit", "time"), w)
    assert other.params.to_numpy() == pytest.approx(fit.params.to_numpy(), rel=1e-6)
    assert other.loglik == pytest.approx(fit.loglik, rel=1e-9)


def test_one_word_is_as_good_as_a_tuple_and_order_does_not_matter():
    assert spatial.SDM("y ~ x", dynamic="y").dynamic == ("y",)
    assert spatial.SDM("y ~ x", dynamic=["Wy", "y"]).dynamic == ("y", "Wy")
    assert spatial.SDM("y ~ x").dynamic == ()


def test_names_follow_the_outcome(table, w):
    positive = table.assign(y=np.exp(table["y"] / 5))
    model = spatial.SDM("log(y) ~ x", effects="unit", dynamic=("y", "Wy"), lagged=["x"])
    fit = model.fit(spatial.Panel(positive, "unit", "time"), w)
    assert fit.params.index.tolist() == ["x", "W.x", "L.log(y)", "W.L.log(y)", "rho"]
    assert fit.terms == ("x",)


# ---- weights and units that change


def test_the_past_is_lagged_by_its_own_weights(table, panel):
    years = list(panel.times)
    graphs = {t: graph(BINARY if t % 2 else lattice_matrix(SIDE, SIDE + 1, "rook")) for t in years}
    model = spatial.SDM("y ~ x", effects="unit", dynamic=("y", "Wy"))
    fit = model.fit(panel, graphs)
    y, _ = cubes(table)
    rook = row_standardised(lattice_matrix(SIDE, SIDE + 1, "rook"))
    past = [y[i] @ (W if years[i] % 2 else rook).T for i in range(PERIODS)]
    sample = fit._fitted.sample
    assert sample.x[:, sample.earlier.neighbour] == pytest.approx(np.concatenate(past), abs=1e-12)
    assert fit.bias_correction == "dof"
    assert any("order 1/T" in note and "left in" in note for note in fit.notes)
    with pytest.raises(InputError, match="the graphs by year lack 2000"):
        model.fit(panel, {year: one for year, one in graphs.items() if year > 2000})
    with pytest.raises(InputError, match="weights differ by year"):
        replace(model, bias_correction="lee-yu").fit(panel, graphs)


def test_units_absent_in_a_year_have_no_past_in_the_next(table, w):
    gone = table[~((table["unit"] == "u003") & (table["time"] == 2004))]
    panel = spatial.Panel(gone, "unit", "time")
    model = spatial.SDM("y ~ x", effects="unit", dynamic=("y", "Wy"), missing="absent")
    fit = model.fit(panel, w)
    assert fit.nobs == N * PERIODS - 2
    assert any("u003 2005" in note and "dynamic=" in note for note in fit.notes)
    sample = fit._fitted.sample
    place = list(zip(sample.layout.time_codes, sample.layout.unit_codes, strict=True))
    row = place.index((list(sample.times).index(2005), 2))
    binary = np.delete(np.delete(BINARY, 3, 0), 3, 1)
    y, _ = cubes(table)
    want = (row_standardised(binary) @ np.delete(y[4], 3))[2]
    assert sample.x[row, sample.earlier.neighbour] == pytest.approx(want, rel=1e-12)
    with pytest.warns(spatial.AlignmentWarning, match="u003"):
        whole = replace(model, missing="drop_units").fit(panel, w)
    assert whole.bias_correction == "lee-yu"


def test_an_isolate_keeps_time_effects_as_dummies(panel):
    cut = BINARY.copy()
    cut[-1], cut[:, -1] = 0.0, 0.0
    fit = spatial.SDM("y ~ x", effects="twoway", dynamic=("y", "Wy")).fit(panel, graph(cut))
    assert fit.likelihood_nobs == N * PERIODS
    assert any("time effects are dummies" in note for note in fit.notes)
    assert any("is subtracted" in note for note in fit.notes)
    sizes = fit.effects().set_index(["horizon", "effect"])["estimate"]
    b, scaled = fit.params, row_standardised(cut)
    middle = np.linalg.inv((1 - b["L.y"]) * np.eye(N) - (b["rho"] + b["W.L.y"]) * scaled)
    want = mean_effects(middle @ (b["x"] * np.eye(N) + b["W.x"] * scaled))
    assert sizes["long"].to_numpy() == pytest.approx(want, rel=1e-9)


# ---- refusals


@pytest.mark.parametrize("word", ["Y", ("y", "y"), ("y", "wy"), 1, ("L.y",), None])
def test_misspelt_words_are_refused(word):
    with pytest.raises(InputError, match=r"dynamic=.*W y\(t−1\)"):
        spatial.SDM("y ~ x", dynamic=word)


def test_what_does_not_go_with_the_past_is_refused(table, panel, w):
    model = spatial.SDM("y ~ x", dynamic=("y",))
    with pytest.raises(InputError, match="cross-section"):
        model.fit(panel.at(2003), w)
    with pytest.raises(InputError, match=re.escape("1 time (2003)")):
        model.fit(spatial.Panel(table[table["time"] == 2003], "unit", "time"), w)
    two = spatial.Panel(table[table["time"] < 2002], "unit", "time")
    with pytest.raises(InputError, match="at least 3"):
        replace(model, effects="unit").fit(two, w)
    assert model.fit(two, w).nobs == N
    with pytest.raises(InputError, match="published"):
        spatial.SDM("y ~ x", effects="unit", dynamic=("y",), convention="published")
    with pytest.raises(InputError, match="order 1/T"):
        spatial.SAR("y ~ x", effects="unit", dynamic=("y",), estimator="gmm")


def test_the_past_written_as_a_regressor_is_refused_beside_unit_effects(table, panel, w):
    model = spatial.SDM("y ~ lag(y) + x", effects="unit")
    with pytest.raises(InputError, match=re.escape('set dynamic=("y",)')):
        model.fit(panel, w)
    own = table.assign(before=table.groupby("unit")["y"].shift(1)).query("time > 2000")
    with pytest.raises(InputError, match="before is y 1 step earlier"):
        spatial.SDM("y ~ before + x", effects="twoway").fit(spatial.Panel(own, "unit", "time"), w)
    with pytest.raises(InputError, match="is y 2 steps earlier"):
        replace(model, formula="y ~ lag(lag(y)) + x").fit(panel, w)
    assert "lag(y)" in replace(model, effects="none").fit(panel, w).params.index


def test_an_unknown_past_is_named(table, w):
    holed = table.copy()
    holed.loc[0, "y"] = np.inf
    with pytest.raises(InputError, match="y is infinite or missing in 1 row .u000 2000"):
        spatial.SDM("y ~ x", dynamic=("y",)).fit(spatial.Panel(holed, "unit", "time"), w)
    gap = spatial.Panel(table[table["time"] != 2005], "unit", "time")
    with pytest.raises(InputError, match=r"L\.y is missing .*2006"):
        spatial.SDM("y ~ x", effects="unit", dynamic=("y",)).fit(gap, w)


def test_horizon_words_are_checked(fit, panel, w):
    with pytest.raises(InputError, match='"short" or "long"'):
        fit.effects_by_unit("x", horizon="mid")
    static = spatial.SDM("y ~ x", effects="unit").fit(panel, w)
    with pytest.raises(InputError, match="has no y"):
        static.effects_by_unit("x", horizon="long")
    assert "horizon" not in static.effects().columns


def test_few_periods_are_said(table, w):
    short = spatial.Panel(table[table["time"] < 2005], "unit", "time")
    fit = spatial.SDM("y ~ x", effects="unit", dynamic=("y",)).fit(short, w)
    assert any("4 periods are few" in note for note in fit.notes)


def test_a_correction_that_does_not_exist_is_left_out_or_refused(w):
    data = dynamic_panel(W, periods=40, tau=1.02, eta=0.0, rho=0.0, seed=1, burn=0)
    panel = spatial.Panel(data, "unit", "time")
    model = spatial.SDM("y ~ x", effects="unit", dynamic=("y", "Wy"))
    fit = model.fit(panel, w)
    assert fit.bias_correction is None
    assert any("left in: the process is not stable" in note for note in fit.notes)
    with pytest.raises(InputError, match="bias_correction=None"):
        replace(model, bias_correction="lee-yu").fit(panel, w)


# ---- known parameters


def recovered(count, *, effects, start=0, **options):
    """Estimates, their errors and uncorrected estimates of simulated panels, N = 64, T = 10."""
    binary = lattice_matrix(8)
    scaled, w = row_standardised(binary), graph(binary)
    model = spatial.SDM("y ~ x", effects=effects, dynamic=("y", "Wy"))
    parts = []
    for seed in range(start, start + count):
        data = dynamic_panel(scaled, periods=11, seed=seed, **options)
        fit = model.fit(spatial.Panel(data, "unit", "time"), w)
        parts.append((fit.params, fit.std_errors, fit.uncorrected().params))
    return (pd.DataFrame([part[place].to_dict() for part in parts]) for place in range(3))


@pytest.mark.parametrize("effects", ["unit", "twoway"])
def test_correction_takes_out_most_of_the_bias(effects):
    found, _, plain = recovered(40, effects=effects, times=effects == "twoway")
    bias, before = found["L.y"].mean() - 0.5, plain["L.y"].mean() - 0.5
    assert before < -0.05
    assert abs(bias) < 0.25 * abs(before)
    assert found["x"].mean() == pytest.approx(1.0, abs=0.03)
    assert found["rho"].mean() == pytest.approx(0.3, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("effects", ["unit", "twoway"])
def test_intervals_hold_their_level(effects):
    truth = pd.Series({"x": 1.0, "W.x": 0.5, "L.y": 0.5, "W.L.y": -0.1, "rho": 0.3})
    found, errors, _ = recovered(1000, effects=effects, times=effects == "twoway")
    hit = ((found - truth).abs() <= 1.959964 * errors).mean()
    assert hit.drop("L.y").between(0.93, 0.97).all(), hit
    assert 0.90 < hit["L.y"] < 0.97, hit
