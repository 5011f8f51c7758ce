"""Spatial two-stage least squares against dense algebra with explicit dummies and instruments."""

import numpy as np
import pandas as pd
import pytest
from support import instruments as dense
from support import worlds

import spatial

PERIODS = 3
MODELS = {
    "OLS": spatial.OLS,
    "SLX": spatial.SLX,
    "SAR": spatial.SAR,
    "SDM": spatial.SDM,
    "SEM": spatial.SEM,
    "SDEM": spatial.SDEM,
    "SAC": spatial.SAC,
    "GNS": spatial.GNS,
}
WITH_ERROR = ("SEM", "SDEM", "SAC", "GNS")
TERMS = ["x1", "x2", "x3"]


def matrices():
    lattice = worlds.lattice_matrix(5, 6, "rook")
    return {
        "lattice": (worlds.row_standardised(lattice), lattice, "row"),
        "nearest": (
            worlds.row_standardised(worlds.nearest_matrix(30, 3)),
            worlds.nearest_matrix(30, 3),
            "row",
        ),
        "isolate": (
            worlds.row_standardised(worlds.with_isolate(lattice)),
            worlds.with_isolate(lattice),
            "row",
        ),
        "spectral": (lattice / np.abs(np.linalg.eigvals(lattice)).max(), lattice, "spectral"),
    }


GRAPHS = matrices()


def simulated(w, *, rho=0.4, lam=0.3, periods=PERIODS, seed=0, theta=0.5):
    """x3 is endogenous with instruments q1 and q2; x1 and x3 spill over."""
    rng = np.random.default_rng(seed)
    n = len(w)
    lag, error = (np.linalg.inv(np.eye(n) - value * w) for value in (rho, lam))
    unit, rows = rng.normal(size=n), []
    for t in range(periods):
        x1, x2, q1, q2, v = rng.normal(size=(5, n))
        x3 = q1 + 0.5 * q2 + 0.3 * x1 + v
        x1 = x1 + 0.5 * unit
        e = 0.5 * v + 0.8 * rng.normal(size=n)
        mean = x1 - 0.5 * x2 + 0.7 * x3 + w @ (theta * x1 + 0.3 * x3) + unit + rng.normal()
        rows.append(
            pd.DataFrame(
                {
                    "unit": worlds.names(n),
                    "time": 2000 + t,
                    "y": lag @ (mean + error @ e),
                    "x1": x1,
                    "x2": x2,
                    "x3": x3,
                    "q1": q1,
                    "q2": q2,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


@pytest.fixture(scope="module", params=list(GRAPHS))
def world(request):
    w, raw, transform = GRAPHS[request.param]
    return request.param, w, worlds.graph(raw, transform=transform), simulated(w)


def columns_of(table, w, kind, effects, lagged, *, endogenous, orders=2):
    """y, Z (names and columns), H and stacked W, with no effect taken out yet."""
    periods = table["time"].nunique()
    big = np.kron(np.eye(periods), w)
    model = MODELS[kind]
    x = {} if effects != "none" else {"Intercept": np.ones(len(table))}
    x |= {name: table[name].to_numpy() for name in TERMS}
    if model.lag_x:
        x |= {f"W.{name}": big @ table[name].to_numpy() for name in lagged}
    suspects = {"x3", "W.x3"} if endogenous else set()
    h = {name: v for name, v in x.items() if name not in suspects}
    base = {name: v for name, v in h.items() if name in TERMS}
    q = {name: table[name].to_numpy() for name in ("q1", "q2")} if endogenous else {}
    h |= q
    if endogenous and model.lag_x and "x3" in lagged:
        h |= {f"W.{name}": big @ v for name, v in q.items()}
    if model.lag_y:
        for name, v in (base | q).items():
            for power in range(1, orders + 1):
                h[f"W{power}.{name}"] = np.linalg.matrix_power(big, power) @ v
    if model.lag_error:
        given = {name: v for name, v in x.items() if name not in suspects} | q
        h |= {f"M.{name}": big @ v for name, v in given.items() if name != "Intercept"}
    y = table["y"].to_numpy()
    if model.lag_y:
        x["rho"] = big @ y
    return y, x, np.column_stack(list(h.values())), big


def dummies(table, effects):
    unit = pd.get_dummies(table["unit"]).to_numpy(dtype=float)
    time = pd.get_dummies(table["time"]).to_numpy(dtype=float)
    return {
        "none": np.zeros((len(table), 0)),
        "unit": unit,
        "time": time,
        "twoway": np.hstack([unit, time[:, 1:]]),
    }[effects]


def specification(kind, effects, *, endogenous, lagged, **options):
    if MODELS[kind].lag_x:
        options["lagged"] = lagged
    if endogenous:
        options |= {"endogenous": ["x3"], "instruments": ["q1", "q2"]}
    return MODELS[kind](f"y ~ {' + '.join(TERMS)}", effects=effects, estimator="gmm", **options)


@pytest.mark.parametrize("effects", ["none", "unit", "time", "twoway"])
@pytest.mark.parametrize(
    ("kind", "endogenous", "lagged"),
    [
        ("OLS", True, []),
        ("SLX", True, ["x1", "x3"]),
        ("SLX", True, ["x1"]),
        ("SAR", False, []),
        ("SAR", True, []),
        ("SDM", False, ["x1"]),
        ("SDM", True, ["x1", "x3"]),
    ],
)
def test_two_stages_and_covariances(world, kind, effects, endogenous, lagged):
    _, w, graph, table = world
    y, x, h, _ = columns_of(table, w, kind, effects, lagged, endogenous=endogenous)
    extra = dummies(table, effects)
    z = np.hstack([np.column_stack(list(x.values())), extra])
    b, bread, t = dense.two_stages(y, z, np.hstack([h, extra]))
    e, k, free = y - z @ b, len(x), len(y) - z.shape[1]
    fit = specification(kind, effects, endogenous=endogenous, lagged=lagged).fit(
        spatial.Panel(table, "unit", "time"), graph
    )
    assert list(fit.params.index) == list(x)
    np.testing.assert_allclose(fit.params, b[:k], rtol=1e-8, atol=1e-9)
    assert fit.sigma2 == pytest.approx(e @ e / free, rel=1e-8)
    np.testing.assert_allclose(fit.residuals, e, atol=1e-8)
    np.testing.assert_allclose(fit.cov, (e @ e / free * bread)[:k, :k], rtol=1e-7, atol=1e-10)
    scores = t * e[:, None]
    robust = scores.T @ scores * len(y) / free
    np.testing.assert_allclose(fit.with_cov("robust").cov, robust[:k, :k], rtol=1e-7, atol=1e-10)
    assert fit.cov_kind == "homoskedastic"
    assert fit.with_cov("robust").with_cov("homoskedastic").cov.equals(fit.cov)
    assert np.isnan([fit.loglik, fit.aic, fit.bic]).all()
    assert fit.bias_correction is None


@pytest.mark.parametrize("effects", ["none", "unit", "time", "twoway"])
@pytest.mark.parametrize("kind", WITH_ERROR)
@pytest.mark.parametrize("endogenous", [False, True])
@pytest.mark.parametrize("variance", ["equal", "unequal"])
def test_moments_of_the_error(world, kind, effects, endogenous, variance):
    name, w, graph, _ = world
    table = simulated(w, rho=0.4 if MODELS[kind].lag_y else 0.0)
    lagged = ["x1"]
    y, x, h, big = columns_of(table, w, kind, effects, lagged, endogenous=endogenous)
    apart = effects
    if name in ("isolate", "spectral") and effects in ("time", "twoway"):
        apart = "none" if effects == "time" else "unit"
    p = (
        np.eye(len(y)) - dense.projector(dummies(table, apart))
        if apart != "none"
        else np.eye(len(y))
    )
    rest = dummies(table, effects)[:, dummies(table, apart).shape[1] :]
    rest = rest if apart != effects else rest[:, :0]
    z, h = np.hstack([np.column_stack(list(x.values())), rest]), np.hstack([h, rest])
    free = len(y) - dummies(table, effects).shape[1] - len(x)
    inputs = [p @ v for v in (y, z, big @ y, big @ z, h)]
    plain = MODELS[kind].lag_y or endogenous
    interval = tuple(
        1 / v for v in (np.linalg.eigvals(w).real.min(), np.linalg.eigvals(w).real.max())
    )
    solve = dense_equal if variance == "equal" else dense_unequal
    lam, b, residuals, cov = solve(
        *inputs, m=big, p=p, w=w, periods=PERIODS, effects=apart, free=free,
        influence=plain, interval=interval,
    )  # fmt: skip
    fit = specification(
        kind, effects, endogenous=endogenous, lagged=lagged, error_variance=variance
    ).fit(spatial.Panel(table, "unit", "time"), graph)
    k = len(x)
    assert list(fit.params.index) == [*x, "lambda"]
    assert fit.params["lambda"] == pytest.approx(lam, abs=2e-7)
    np.testing.assert_allclose(fit.params.iloc[:-1], b[:k], atol=2e-6)
    np.testing.assert_allclose(fit.residuals, residuals, atol=1e-5)
    kept = [*range(k), z.shape[1]]
    expected = cov[np.ix_(kept, kept)]
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(fit.cov / scale, expected / scale, atol=2e-5)
    assert fit.cov_kind == ("homoskedastic" if variance == "equal" else "robust")


def blocks(w, periods, effects, *, robust):
    """A_r of the variance: over periods what unit effects leave, over units all of M."""
    q = np.eye(periods)
    if effects in ("unit", "twoway"):
        q = q - 1.0 / periods
    cross, square = 0.5 * (w + w.T), w.T @ w
    if robust:
        parts = [square - np.diag(np.diag(square)), cross - np.diag(np.diag(cross))]
    else:
        parts = [np.eye(len(w)), square, cross]
    return [np.kron(q, part) for part in parts]


def dense_equal(y, z, my, mz, h, *, m, p, w, periods, effects, free, influence, interval):
    n = len(y)
    inner = [p, m.T @ p @ m, 0.5 * (m + m.T)]
    matrices = [p @ a @ p for a in inner]
    traces = np.array([np.trace(a) for a in matrices])
    first, _, t = dense.two_stages(y, z, h)
    u = y - z @ first
    mu = p @ m @ u
    lam = dense.find(u, mu, matrices, traces, np.eye(3), interval)
    zs, ys = z - lam * mz, y - lam * my
    b, bread, ts = dense.two_stages(ys, zs, h)
    e = ys - zs @ b
    variance = e @ e / free
    filters = np.linalg.inv(np.eye(n) - lam * m)
    shift = [
        p @ filters.T @ t @ (-2.0 * zs.T @ a @ e) if influence else np.zeros(n) for a in matrices
    ]
    shift = np.array(shift)
    spread_of = blocks(w, periods, effects, robust=False)
    q = np.eye(periods) - (1.0 / periods if effects in ("unit", "twoway") else 0.0)
    third = np.mean(e**3) / (q[0] ** 3).sum()
    fourth = (np.mean(e**4) - 3 * np.mean(e**2) ** 2) / (q[0] ** 4).sum()
    diagonal = np.array([np.diag(a) for a in spread_of])
    spread = np.array([[2 * variance**2 * np.vdot(a, c) for c in spread_of] for a in spread_of])
    spread += variance * shift @ shift.T + fourth * diagonal @ diagonal.T
    spread += third * (shift @ diagonal.T + diagonal @ shift.T)
    trace = traces / n
    weight = np.eye(3) - np.outer(trace, trace) / (trace @ trace)
    d = dense.slope(lam, u, mu, matrices)
    pull = weight @ d / (d @ weight @ d) / n
    cross = -ts.T @ (variance * pull @ shift + third * pull @ diagonal)
    cov = np.block(
        [[variance * bread, cross[:, None]], [cross[None], np.array([[pull @ spread @ pull]])]]
    )
    return lam, b, e, cov


def dense_unequal(y, z, my, mz, h, *, m, p, w, periods, effects, free, influence, interval):
    n = len(y)
    time = effects in ("time", "twoway")
    center = np.kron(np.eye(periods), np.eye(len(w)) - (1.0 / len(w) if time else 0.0))
    inner = (center @ m.T @ center @ m @ center, center @ (0.5 * (m + m.T)) @ center)
    matrices = [p @ (a - np.diag(np.diag(a))) @ p for a in inner]
    spread_of = blocks(w, periods, effects, robust=True)
    first, _, _ = dense.two_stages(y, z, h)
    u = y - z @ first
    early = dense.find(u, p @ m @ u, matrices, None, np.eye(2), interval)

    def at(lam, b=None):
        zs, ys = z - lam * mz, y - lam * my
        found, _, t = dense.two_stages(ys, zs, h)
        b = found if b is None else b
        e = ys - zs @ b
        sizes = e**2
        if effects in ("unit", "twoway"):
            mixing = (1 - 2 / periods) * np.eye(periods) + 1 / periods**2
            sizes = np.kron(np.linalg.inv(mixing), np.eye(len(w))) @ sizes * (1 - 1 / periods)
        sizes = sizes * n / free
        shift = [t @ (-2.0 * zs.T @ a @ e) if influence else np.zeros(n) for a in matrices]
        shift = np.array(shift)
        s = np.diag(sizes)
        spread = (
            np.array([[2 * np.trace(a @ s @ c @ s) for c in spread_of] for a in spread_of])
            + (shift * sizes) @ shift.T
        )
        return b, e, sizes, t, shift, spread

    b, _, _, _, _, spread = at(early)
    u = y - z @ b
    mu = p @ m @ u
    lam = dense.find(u, mu, matrices, None, np.linalg.inv(spread / n), interval)
    b, e, sizes, t, shift, spread = at(lam, b)
    inverse = np.linalg.inv(spread)
    d = dense.slope(lam, u, mu, matrices) * n
    pull = inverse @ d / (d @ inverse @ d)
    cross = -(t.T * sizes) @ (pull @ shift)
    cov = np.block(
        [[(t.T * sizes) @ t, cross[:, None]], [cross[None], np.array([[pull @ spread @ pull]])]]
    )
    return lam, b, e, cov
