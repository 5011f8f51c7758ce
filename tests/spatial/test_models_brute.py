"""Every model × effect × correction × graph against dense algebra with explicit dummies."""

import numpy as np
import pytest
from support import brute, worlds

import spatial

PERIODS = 5
MODELS = {"OLS": spatial.OLS, "SLX": spatial.SLX, "SAR": spatial.SAR, "SDM": spatial.SDM}


def matrices():
    lattice = worlds.lattice_matrix(4, 5)
    spectral = lattice / np.abs(np.linalg.eigvals(lattice)).max()
    two = np.zeros((18, 18))
    two[:9, :9] = two[9:, 9:] = worlds.lattice_matrix(3)
    return {
        "lattice": (worlds.row_standardised(lattice), lattice, "row"),
        "isolate": (
            worlds.row_standardised(worlds.with_isolate(lattice)),
            worlds.with_isolate(lattice),
            "row",
        ),
        "nearest": (
            worlds.row_standardised(worlds.nearest_matrix(20, 3)),
            worlds.nearest_matrix(20, 3),
            "row",
        ),
        "components": (worlds.row_standardised(two), two, "row"),
        "spectral": (spectral, lattice, "spectral"),
    }


GRAPHS = matrices()


@pytest.fixture(scope="module", params=list(GRAPHS))
def world(request):
    w, raw, transform = GRAPHS[request.param]
    table = worlds.simulated_panel(w, periods=PERIODS, seed=len(request.param))
    return request.param, w, worlds.graph(raw, transform=transform), table


def arrays(table, w, model, effects):
    n = len(w)
    y = table["y"].to_numpy().reshape(PERIODS, n)
    x = table[["x1", "x2"]].to_numpy().reshape(PERIODS, n, 2)
    parts = [np.ones((PERIODS, n, 1))] if effects == "none" else []
    parts.append(x)
    if model in ("SLX", "SDM"):
        parts.append(np.einsum("ij,tjk->tik", w, x))
    return y, np.concatenate(parts, axis=2)


@pytest.mark.parametrize("effects", ["none", "unit", "time", "twoway"])
@pytest.mark.parametrize("correction", ["lee-yu", None])
@pytest.mark.parametrize("model", list(MODELS))
def test_equals_dense_likelihood(world, model, effects, correction):
    name, w, graph, table = world
    stochastic = bool(np.allclose(w.sum(axis=1), 1.0))
    if correction == "lee-yu" and (effects == "none" or (effects == "time" and not stochastic)):
        with pytest.raises(spatial.InputError, match="lee-yu"):
            MODELS[model]("y ~ x1", effects=effects, bias_correction=correction).fit(
                spatial.Panel(table, "unit", "time"), graph
            )
        return
    fit = MODELS[model]("y ~ x1 + x2", effects=effects, bias_correction=correction).fit(
        spatial.Panel(table, "unit", "time"), graph
    )
    y, x = arrays(table, w, model, effects)
    lag = model in ("SAR", "SDM")
    data = brute.stacked(y, x, w, effects=effects, correction=correction, stochastic=stochastic)
    dense = brute.dense_ml(*data, lag=lag)
    k = x.shape[2]
    estimate = np.append(dense.b[:k], dense.rho) if lag else dense.b[:k]
    np.testing.assert_allclose(fit.params, estimate, rtol=1e-8, atol=1e-10)
    assert fit.sigma2 == pytest.approx(dense.sigma2, rel=1e-9)
    assert fit.loglik == pytest.approx(dense.loglik, rel=1e-10)
    assert fit.likelihood_nobs == len(data[0])
    at = [*range(k), data[1].shape[1]] if lag else list(range(k))
    if lag:
        for kind, cov in (("expected", dense.expected), ("observed", dense.observed)):
            np.testing.assert_allclose(
                fit.with_cov(kind).cov, cov[np.ix_(at, at)], rtol=1e-6, atol=1e-12
            )
    else:
        free = len(data[0]) - np.linalg.matrix_rank(data[1])
        whole = np.linalg.inv(data[1].T @ data[1]) * dense.sigma2 * len(data[0]) / free
        classical = whole[np.ix_(at, at)]
        np.testing.assert_allclose(fit.cov, classical, rtol=1e-7, atol=1e-12)
    n_dummies = np.linalg.matrix_rank(data[1]) - k
    assert fit.aic == pytest.approx(-2 * fit.loglik + 2 * (k + lag + 1 + n_dummies), rel=1e-12)


@pytest.mark.parametrize("effects", ["none", "twoway"])
@pytest.mark.parametrize("model", list(MODELS))
def test_effects_equal_dense_inverse(world, model, effects):
    name, w, graph, table = world
    fit = MODELS[model]("y ~ x1 + x2", effects=effects).fit(
        spatial.Panel(table, "unit", "time"), graph
    )
    table = fit.effects().set_index(["term", "effect"])

    def at(params, term):
        theta = params.get(f"W.{term}", 0.0)
        return brute.dense_effects(w, params[term], theta, params.get("rho", 0.0))

    names = list(fit.params.index)
    for term in ("x1", "x2"):
        matrix = at(fit.params, term)
        np.testing.assert_allclose(
            table.loc[term, "estimate"], brute.mean_effects(matrix), rtol=1e-10, atol=1e-13
        )
        step, slopes, mean_slopes = 1e-6, [], []
        for label in names:
            up, down = fit.params.copy(), fit.params.copy()
            up[label] += step
            down[label] -= step
            slope = (at(up, term) - at(down, term)) / (2 * step)
            slopes.append(slope)
            mean_slopes.append(brute.mean_effects(slope))
        slopes, mean_slopes, cov = np.array(slopes), np.array(mean_slopes), fit.cov.to_numpy()
        error = np.sqrt(np.einsum("ie,ij,je->e", mean_slopes, cov, mean_slopes))
        np.testing.assert_allclose(table.loc[term, "std_error"], error, rtol=1e-6, atol=1e-12)

        units = fit.effects_by_unit(term)
        own = np.diag(matrix)
        np.testing.assert_allclose(units["own"], own, rtol=1e-9, atol=1e-13)
        np.testing.assert_allclose(
            units["received"], matrix.sum(axis=1) - own, rtol=1e-9, atol=1e-12
        )
        np.testing.assert_allclose(units["sent"], matrix.sum(axis=0) - own, rtol=1e-9, atol=1e-12)
        diagonal = np.einsum("kii->ki", slopes)
        for column, part in (
            ("own", diagonal),
            ("received", slopes.sum(axis=2) - diagonal),
            ("sent", slopes.sum(axis=1) - diagonal),
        ):
            error = np.sqrt(np.einsum("in,ij,jn->n", part, cov, part))
            np.testing.assert_allclose(units[f"{column}_std_error"], error, rtol=1e-5, atol=1e-9)

        flows = fit.flows(term).set_index(["to", "from"])
        assert len(flows) == len(w) * (len(w) - 1)
        error = np.sqrt(np.einsum("iab,ij,jab->ab", slopes, cov, slopes))
        for to, source in ((0, 1), (7, 2), (12, 13)):
            row = flows.loc[(fit.units[to], fit.units[source])]
            assert row["effect"] == pytest.approx(matrix[to, source], rel=1e-9, abs=1e-13)
            assert row["std_error"] == pytest.approx(error[to, source], rel=1e-5, abs=1e-9)


def test_models_without_lag_of_y_have_no_spurious_inference(world):
    _, w, graph, table = world
    panel = spatial.Panel(table, "unit", "time")
    ols = spatial.OLS("y ~ x1 + x2", effects="unit").fit(panel, graph).effects()
    indirect = ols[ols["effect"] == "indirect"]
    assert (indirect[["estimate", "std_error"]] == 0.0).all(axis=None)
    assert indirect[["statistic", "p_value"]].isna().all(axis=None)
    slx = spatial.SLX("y ~ x1 + x2", effects="unit").fit(panel, graph)
    effects = slx.effects().set_index(["term", "effect"])["estimate"]
    assert effects["x1", "indirect"] == pytest.approx(
        slx.params["W.x1"] * w.sum(axis=1).mean(), rel=1e-12
    )


def test_simulated_effects_agree_with_delta(world):
    name, w, graph, table = world
    fit = spatial.SDM("y ~ x1 + x2", effects="none").fit(
        spatial.Panel(table, "unit", "time"), graph
    )
    draws = 4000
    simulated, delta = fit.effects("simulate", draws=draws, seed=3), fit.effects()
    np.testing.assert_allclose(simulated["estimate"], delta["estimate"], rtol=1e-12)
    rng = np.random.default_rng(3)
    root = np.linalg.cholesky(fit.cov.to_numpy())
    drawn = fit.params.to_numpy() + rng.normal(size=(draws, len(fit.params))) @ root.T
    low, high = fit.rho_interval
    drawn = drawn[(drawn[:, -1] > low) & (drawn[:, -1] < high)]
    at = list(fit.params.index)
    dense = np.array(
        [
            brute.mean_effects(
                brute.dense_effects(w, d[at.index("x1")], d[at.index("W.x1")], d[-1])
            )
            for d in drawn[:1500]
        ]
    )
    spread = dense.std(axis=0, ddof=1)
    mine = simulated["std_error"].to_numpy()[:3]
    kurtosis = ((dense - dense.mean(axis=0)) ** 4).mean(axis=0) / spread**4
    error = spread * np.sqrt((kurtosis - 1) / 4 * (1 / draws + 1 / len(dense)))
    assert (np.abs(mine - spread) < 4 * error).all()
    assert simulated.attrs["redrawn"] >= 0


def test_isolate_says_what_was_corrected():
    w, raw, _ = GRAPHS["isolate"]
    panel = spatial.Panel(worlds.simulated_panel(w, periods=PERIODS), "unit", "time")
    graph = worlds.graph(raw)
    both = spatial.SDM("y ~ x1", effects="twoway").fit(panel, graph)
    assert both.bias_correction == "lee-yu"
    assert any("over time only" in note and "u019" in note for note in both.notes)
    time = spatial.SDM("y ~ x1", effects="time").fit(panel, graph)
    assert time.bias_correction is None
    assert any("No bias correction" in note for note in time.notes)
    with pytest.raises(spatial.InputError, match="u019"):
        spatial.SDM("y ~ x1", effects="time", bias_correction="lee-yu").fit(panel, graph)


def test_forgetting_fixed_effects_in_the_mean_would_show():
    """With an isolate the time effects belong into the mean of W y."""
    w, raw, _ = GRAPHS["isolate"]
    table = worlds.simulated_panel(w, periods=PERIODS, seed=2)
    table["y"] += (table["time"] - 2000) * 8.0
    fit = spatial.SDM("y ~ x1 + x2", effects="twoway", bias_correction=None).fit(
        spatial.Panel(table, "unit", "time"), worlds.graph(raw)
    )
    y, x = arrays(table, w, "SDM", "twoway")
    data = brute.stacked(y, x, w, effects="twoway", correction=None, stochastic=False)
    dense = brute.dense_ml(*data)
    assert fit.std_errors["rho"] == pytest.approx(
        np.sqrt(dense.expected[data[1].shape[1], data[1].shape[1]]), rel=1e-6
    )
