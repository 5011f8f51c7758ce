"""Random unit effects against the normal likelihood with its covariance written out, NT × NT."""

import pickle

import numpy as np
import pandas as pd
import pytest
from support import worlds

import spatial
from spatial.weights.logdet import choice

SIDE, PERIODS = 4, 5
N = SIDE * SIDE
NAMES = worlds.names(N)
QUEEN = worlds.lattice_matrix(SIDE)
ROOK = worlds.lattice_matrix(SIDE, rule="rook")
CASES = [
    (model, component)
    for model in ("OLS", "SLX", "SAR", "SEM", "SDM", "SDEM", "SAC", "GNS")
    for component in (("inside", "outside") if model in ("SEM", "SDEM", "SAC", "GNS") else (None,))
]
GRAPHS = {
    "queen": QUEEN,
    "isolate": worlds.with_isolate(QUEEN),
    "nearest": worlds.nearest_matrix(N, 3, seed=4),
}


def table_of(seed=3, spread=1.0, lam=0.3):
    w = worlds.row_standardised(QUEEN)
    table = worlds.simulated_panel(w, periods=PERIODS, seed=seed, rho=0.3, effects=False)
    rng = np.random.default_rng(seed)
    filtered = rng.normal(size=(PERIODS, N)) @ np.linalg.inv(np.eye(N) - lam * w).T
    noise = filtered + spread * rng.normal(size=N)
    fixed = np.tile(rng.normal(size=N), PERIODS)
    return table.assign(y=table["y"] + noise.ravel(), z=fixed)


def fit_of(model, component, shape="queen", *, table=None, w_error=None, **options):
    spec = getattr(spatial, model)(
        options.pop("formula", "y ~ x1 + x2"),
        effects="random",
        error_component=component,
        **options,
    )
    panel = spatial.Panel(table_of() if table is None else table, "unit", "time")
    extra = {} if w_error is None else {"w_error": worlds.graph(w_error, NAMES)}
    return spec.fit(panel, worlds.graph(GRAPHS[shape], NAMES), **extra)


class Explicit:
    """(b, ρ, λ, σ², φ) → log-likelihood with V as one matrix; works for complex parameters."""

    def __init__(self, fit, w, m):
        sample = fit._fitted.sample
        self.y, self.x = sample.y, sample.x
        self.w, self.m = w, m
        self.lag, self.error = fit._fitted.lag_y, fit._fitted.lag_error
        self.component = fit._fitted.component
        self.k = self.x.shape[1]

    def unpack(self, v):
        rest = list(v[self.k : -2])
        rho = rest.pop(0) if self.lag else 0.0
        lam = rest.pop(0) if self.error else 0.0
        return v[: self.k], rho, lam, v[-2], v[-1]

    def variance(self, lam, s2, phi):
        b = np.linalg.inv(np.eye(N) - lam * self.m)
        shared, own = np.ones((PERIODS, PERIODS)), np.eye(PERIODS)
        unit = b @ b.T if self.component == "inside" else np.eye(N)
        return s2 * (np.kron(own, b @ b.T) + phi * np.kron(shared, unit))

    def mean_and_variance(self, v):
        b, rho, lam, s2, phi = self.unpack(v)
        a = np.kron(np.eye(PERIODS), np.linalg.inv(np.eye(N) - rho * self.w))
        return a @ self.x @ b, a @ self.variance(lam, s2, phi) @ a.T

    def loglik(self, v):
        mean, variance = self.mean_and_variance(v)
        e = self.y - mean
        root = np.log(np.linalg.det(variance / 4.0)) + len(e) * np.log(4.0)
        return -0.5 * (len(e) * np.log(2 * np.pi) + root + e @ np.linalg.solve(variance, e))

    def gradient(self, v):
        out = np.empty(len(v))
        for i in range(len(v)):
            moved = v.astype(complex)
            moved[i] += 1e-30j
            out[i] = self.loglik(moved).imag / 1e-30
        return out

    def hessian(self, v):
        steps = 1e-5 * np.maximum(np.abs(v), 0.1)
        rows = [
            (self.gradient(v + h * e) - self.gradient(v - h * e)) / (2 * h)
            for h, e in zip(steps, np.eye(len(v)), strict=True)
        ]
        return 0.5 * (np.array(rows) + np.array(rows).T)

    def expected(self, v):
        means, changes = [], []
        for i in range(len(v)):
            moved = v.astype(complex)
            moved[i] += 1e-30j
            mean, variance = self.mean_and_variance(moved)
            means.append(mean.imag / 1e-30)
            changes.append(variance.imag / 1e-30)
        inverse = np.linalg.inv(self.mean_and_variance(v)[1])
        turned = [inverse @ change for change in changes]
        pairs = list(zip(means, turned, strict=True))
        return np.array(
            [[u @ inverse @ v + 0.5 * np.sum(s * t.T) for v, t in pairs] for u, s in pairs]
        )


def explicit(fit, shape="queen", m=None):
    w = worlds.row_standardised(GRAPHS[shape])
    world = Explicit(fit, w, w if m is None else worlds.row_standardised(m))
    inner = fit._fitted
    return world, np.array([*fit.params, inner.sigma2, inner.phi])


def kept(information, fit):
    scale = 1 / np.sqrt(np.diag(information))
    inverse = np.linalg.inv(information * np.outer(scale, scale)) * np.outer(scale, scale)
    return inverse[: len(fit.params), : len(fit.params)]


@pytest.mark.parametrize(("model", "component"), CASES)
@pytest.mark.parametrize("shape", GRAPHS)
def test_equals_the_dense_likelihood(shape, model, component):
    fit = fit_of(model, component, shape)
    world, values = explicit(fit, shape)
    assert fit._fitted.phi > 0.0
    assert fit.loglik == pytest.approx(world.loglik(values), rel=1e-10)
    expected = world.expected(values)
    score = world.gradient(values) / np.sqrt(np.diag(expected))
    np.testing.assert_allclose(score, 0.0, atol=2e-7)
    np.testing.assert_allclose(fit.cov, kept(expected, fit), rtol=2e-6, atol=1e-10)
    assert fit.cov_kind == "expected"


@pytest.mark.parametrize(("model", "component"), CASES)
def test_observed_information_is_the_hessian(model, component):
    fit = fit_of(model, component, "nearest")
    world, values = explicit(fit, "nearest")
    found = fit.with_cov("observed")
    np.testing.assert_allclose(found.cov, kept(-world.hessian(values), fit), rtol=3e-5, atol=1e-8)
    assert found.cov_kind == "observed"


@pytest.mark.parametrize(("model", "component"), CASES)
def test_no_point_of_a_grid_is_higher(model, component):
    fit = fit_of(model, component)
    world, values = explicit(fit)
    k = world.k
    rhos = np.linspace(-0.9, 0.9, 7) if world.lag else [0.0]
    lams = np.linspace(-0.9, 0.9, 7) if world.error else [0.0]
    for rho in rhos:
        a = np.kron(np.eye(PERIODS), np.eye(N) - rho * world.w)
        for lam in lams:
            for phi in (0.0, 0.3, 1.0, 4.0, 30.0):
                v = np.linalg.inv(world.variance(lam, 1.0, phi))
                b = np.linalg.solve(world.x.T @ v @ world.x, world.x.T @ v @ a @ world.y)
                e = a @ world.y - world.x @ b
                tail = [rho] * world.lag + [lam] * world.error
                at = np.array([*b, *tail, e @ v @ e / len(e), phi])
                assert world.loglik(at) <= fit.loglik + 1e-9
    assert len(values) == k + world.lag + world.error + 2


@pytest.mark.parametrize("component", ["inside", "outside"])
def test_a_second_graph_for_the_error(component):
    fit = fit_of("GNS", component, w_error=ROOK)
    world, values = explicit(fit, m=ROOK)
    assert fit.loglik == pytest.approx(world.loglik(values), rel=1e-10)
    np.testing.assert_allclose(fit.cov, kept(world.expected(values), fit), rtol=2e-6, atol=1e-10)


@pytest.mark.parametrize(("model", "component"), CASES)
def test_components_and_their_errors(model, component):
    fit = fit_of(model, component)
    world, values = explicit(fit)
    inverse = np.linalg.inv(world.expected(values))[-2:, -2:]
    s2, phi = values[-2:]
    jacobian = np.array([[phi, s2], [1.0, 0.0]])
    found = fit.variance_components
    assert list(found.index) == ["unit", "error"]
    np.testing.assert_allclose(found["variance"], [phi * s2, s2], rtol=1e-12)
    np.testing.assert_allclose(
        found["std_error"], np.sqrt(np.diag(jacobian @ inverse @ jacobian.T)), rtol=1e-6
    )
    assert found["share"].sum() == pytest.approx(1.0)
    assert fit.aic == pytest.approx(-2 * fit.loglik + 2 * (len(fit.params) + 2))


@pytest.mark.parametrize(("model", "component"), CASES)
def test_predicted_effects_are_conditional_means(model, component):
    fit = fit_of(model, component)
    world, values = explicit(fit)
    b, rho, lam, s2, phi = world.unpack(values)
    a = np.kron(np.eye(PERIODS), np.eye(N) - rho * world.w)
    error = a @ world.y - world.x @ b
    inverse = np.linalg.inv(np.eye(N) - lam * world.m)
    unit = inverse @ inverse.T if component == "inside" else np.eye(N)
    shared = s2 * phi * np.kron(np.ones((1, PERIODS)), unit)
    dense = shared @ np.linalg.solve(world.variance(lam, s2, phi), error)
    np.testing.assert_allclose(fit.random_effects(), dense, atol=1e-9)
    assert list(fit.random_effects().index) == NAMES


@pytest.mark.parametrize(("model", "component"), CASES)
def test_no_variance_of_units_is_the_pooled_model(model, component):
    """Deviations from unit means alone leave nothing for the units."""
    table = table_of(spread=0.0)
    means = table.groupby("unit")["y"].transform("mean")
    table = table.assign(y=table["y"] - 0.9 * means)
    fit = fit_of(model, component, table=table)
    pooled = getattr(spatial, model)("y ~ x1 + x2").fit(
        spatial.Panel(table, "unit", "time"), worlds.graph(QUEEN, NAMES)
    )
    assert fit._fitted.phi == 0.0
    assert fit.loglik == pytest.approx(pooled.loglik, rel=1e-11)
    np.testing.assert_allclose(fit.params, pooled.params, rtol=1e-6, atol=1e-8)
    if "rho" in fit.params or "lambda" in fit.params:
        np.testing.assert_allclose(fit.std_errors, pooled.std_errors, rtol=1e-6)
    assert np.isnan(fit.variance_components.loc["unit", "std_error"])
    assert any("pooled" in note for note in fit.notes)


def test_invariant_regressors_and_effects():
    fit = fit_of("SDM", None, formula="y ~ x1 + z")
    assert list(fit.params.index) == ["Intercept", "x1", "z", "W.x1", "W.z", "rho"]
    effects = fit.effects().set_index(["term", "effect"])["estimate"]
    p = fit.params
    assert effects["z", "total"] == pytest.approx((p["z"] + p["W.z"]) / (1 - p["rho"]))
    assert len(fit.effects_by_unit("z")) == N


def test_mundlak_means_stand_last_and_give_within_estimates():
    """With all means in, the slopes of a model without lags of y are those within units."""
    fit = fit_of("SLX", None, mundlak=True)
    assert list(fit.params.index) == [
        "Intercept", "x1", "x2", "W.x1", "W.x2",
        "mean.x1", "mean.x2", "mean.W.x1", "mean.W.x2",
    ]  # fmt: skip
    within = spatial.SLX("y ~ x1 + x2", effects="unit").fit(
        spatial.Panel(table_of(), "unit", "time"), worlds.graph(QUEEN, NAMES)
    )
    slopes = within.params.index
    np.testing.assert_allclose(fit.params[slopes], within.params, rtol=1e-9)
    assert set(fit.effects()["term"]) == {"x1", "x2"}
    with_fixed = fit_of("SAR", None, formula="y ~ x1 + z + C(time)", mundlak=True)
    means = [name for name in with_fixed.params.index if name.startswith("mean.")]
    assert means == ["mean.x1"]


def test_ordinary_random_effects_are_generalised_least_squares():
    fit = fit_of("OLS", None)
    sample = fit._fitted.sample
    share = 1 - 1 / np.sqrt(1 + PERIODS * fit._fitted.phi)
    table = pd.DataFrame(np.column_stack([sample.y, sample.x]))
    unit = sample.layout.unit_codes
    quasi = (table - share * table.groupby(unit).transform("mean")).to_numpy()
    b = np.linalg.lstsq(quasi[:, 1:], quasi[:, 0])[0]
    np.testing.assert_allclose(fit.params, b, rtol=1e-10)


@pytest.mark.parametrize("component", ["inside", "outside"])
def test_shuffling_renaming_and_rescaling_change_nothing(component):
    table = table_of()
    fit = fit_of("GNS", component, table=table)
    order = np.random.default_rng(0).permutation(N)
    new = {name: f"z{place:02d}" for name, place in zip(NAMES, order, strict=True)}
    moved = table.assign(unit=table["unit"].map(new), x1=1000.0 * table["x1"]).sample(
        frac=1.0, random_state=1
    )
    spec = spatial.GNS("y ~ x1 + x2", effects="random", error_component=component)
    graph = worlds.graph(QUEEN, [new[name] for name in NAMES])
    other = spec.fit(spatial.Panel(moved, "unit", "time"), graph)
    scale = np.where(other.params.index.str.endswith("x1"), 1000.0, 1.0)
    np.testing.assert_allclose(other.params * scale, fit.params, rtol=1e-7)
    np.testing.assert_allclose(other.std_errors * scale, fit.std_errors, rtol=1e-6)
    table_before = table.copy()
    fit_of("SEM", component, table=table)
    pd.testing.assert_frame_equal(table, table_before)


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        ("SEM", {"effects": "random", "error_component": "within"}, "inside"),
        ("SEM", {"effects": "unit", "error_component": "inside"}, "leave it out"),
        ("SAR", {"effects": "random", "error_component": "inside"}, "SEM, SDEM"),
        ("SAR", {"effects": "unit", "mundlak": True}, "set both"),
        ("SAR", {"effects": "random", "bias_correction": "lee-yu"}, "no bias correction"),
        ("SAR", {"effects": "random", "estimator": "gmm"}, "random"),
    ],
)
def test_options_that_mean_nothing_are_refused(model, options, message):
    with pytest.raises(spatial.InputError, match=message):
        getattr(spatial, model)("y ~ x1", **options)


def test_what_random_effects_cannot_do_is_refused():
    table, graph = table_of(), worlds.graph(QUEEN, NAMES)
    panel = spatial.Panel(table.drop(index=table.index[3]), "unit", "time")
    with pytest.raises(spatial.InputError, match="balanced"):
        spatial.SAR("y ~ x1", effects="random", missing="absent").fit(panel, graph)
    fit = fit_of("SAR", None)
    with pytest.raises(spatial.InputError, match="fixed effects"):
        fit.fixed_effects()
    with pytest.raises(spatial.InputError, match="expected"):
        fit.with_cov("robust")
    with pytest.raises(spatial.InputError, match="no by="):
        fit.with_cov("expected", by="unit")
    with pytest.raises(spatial.InputError, match='effects="random"'):
        _ = fit_of("SAR", None).__class__.variance_components.fget(
            spatial.SAR("y ~ x1").fit(spatial.Panel(table, "unit", "time"), graph)
        )
    with pytest.raises(spatial.InputError, match="varies both"):
        fit_of("SAR", None, formula="y ~ z", mundlak=True)


@pytest.mark.slow
@pytest.mark.parametrize("component", ["inside", "outside"])
def test_simulation_recovers_the_truth(component):
    w = worlds.row_standardised(worlds.lattice_matrix(7))
    n, names = len(w), worlds.names(49)
    inverse, found = np.linalg.inv(np.eye(n) - 0.4 * w), []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x, e = rng.normal(size=(2, 8, n))
        mu = 0.8 * rng.normal(size=n)
        u = (e + mu) @ inverse.T if component == "inside" else e @ inverse.T + mu
        y = 1.0 + x + u
        table = pd.DataFrame(
            {
                "unit": np.tile(names, 8),
                "time": np.repeat(range(8), n),
                "y": y.ravel(),
                "x": x.ravel(),
            }
        )
        fit = spatial.SEM("y ~ x", effects="random", error_component=component).fit(
            spatial.Panel(table, "unit", "time"),
            worlds.graph(worlds.lattice_matrix(7), names),
        )
        found.append([*fit.params[["x", "lambda"]], *fit.variance_components["variance"]])
    means, errors = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(60)
    assert (np.abs(means - [1.0, 0.4, 0.64, 1.0]) < 4 * errors + 0.02).all()


@pytest.mark.slow
@pytest.mark.parametrize("component", ["inside", "outside"])
def test_log_determinants_by_factorisation_give_the_same(component, monkeypatch):
    """As for large graphs, where a coarse interpolant is made exact only around the maximum."""
    known = fit_of("GNS", component)
    monkeypatch.setattr(choice, "EIGENVALUE_LIMIT", 4)
    fit = fit_of("GNS", component)
    assert fit.loglik == pytest.approx(known.loglik, rel=1e-9)
    np.testing.assert_allclose(fit.params, known.params, rtol=1e-6)


@pytest.mark.parametrize("component", ["inside", "outside"])
def test_fit_travels_to_other_processes(component):
    fit = fit_of("SEM", component)
    again = pickle.loads(pickle.dumps(fit))
    pd.testing.assert_frame_equal(again.with_cov("observed").cov, fit.with_cov("observed").cov)
