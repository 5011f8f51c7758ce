"""Do 95 % intervals hold, and where the usual ones do not? Panels drawn from known parameters."""

import numpy as np
import pandas as pd
import pytest
from support import worlds

import spatial

pytestmark = pytest.mark.slow
DRAWS = 400
LEAST = 0.95 - 3 * np.sqrt(0.95 * 0.05 / DRAWS)


def stars(count=8, leaves=7):
    """Hubs with leaves: units whose own multiplier differs as much as it can."""
    size = 1 + leaves
    w = np.zeros((count * size, count * size))
    for star in range(count):
        hub = star * size
        w[hub, hub + 1 : hub + size] = w[hub + 1 : hub + size, hub] = 1.0
    return w


def coverage(draw, model, truth, kinds, graph, effects):
    """Share of intervals that hold the truth, by kind and parameter."""
    inside = {name: [] for name in kinds}
    for seed in range(DRAWS):
        table = draw(np.random.default_rng(seed))
        fit = model("y ~ x", effects=effects).fit(spatial.Panel(table, "unit", "time"), graph)
        for name, (kind, options) in kinds.items():
            found = fit.with_cov(kind, **options)
            off = (found.params[list(truth)] - pd.Series(truth)).abs()
            inside[name].append(off <= 1.959964 * found.std_errors[list(truth)])
    return pd.DataFrame({name: pd.DataFrame(rows).mean() for name, rows in inside.items()}).T


def long(x, y):
    periods, n = y.shape
    return pd.DataFrame(
        {
            "unit": worlds.names(n) * periods,
            "time": np.repeat(np.arange(periods), n),
            "x": x.ravel(),
            "y": y.ravel(),
        }
    )


def test_robust_holds_under_heavy_tails():
    raw, rho, periods = stars(), 0.7, 10
    w, n = raw / np.sqrt(7.0), len(raw)
    solve = np.linalg.inv(np.eye(n) - rho * w)

    def draw(rng):
        x = rng.normal(size=(periods, n))
        wide = rng.random((periods, n)) < 0.04
        error = rng.normal(size=(periods, n)) * np.where(wide, 6.0, 0.7)
        return long(x, (0.3 * x + error) @ solve.T)

    found = coverage(
        draw,
        spatial.SAR,
        {"rho": rho, "x": 0.3},
        {"expected": ("expected", {}), "robust": ("robust", {})},
        worlds.graph(raw, transform="spectral"),
        "none",
    )
    assert found.loc["expected", "rho"] < 0.9
    assert found.loc["robust"].min() > LEAST - 0.01


def test_clusters_hold_where_errors_persist():
    raw, rho, periods = worlds.lattice_matrix(8), 0.3, 6
    w, n = worlds.row_standardised(raw), len(raw)
    solve = np.linalg.inv(np.eye(n) - rho * w)

    def draw(rng):
        x = rng.normal(size=n) + 0.5 * rng.normal(size=(periods, n))
        error = rng.normal(size=n) + rng.normal(size=(periods, n))
        return long(x, (x + error) @ solve.T)

    found = coverage(
        draw,
        spatial.SAR,
        {"x": 1.0, "rho": rho},
        {"expected": ("expected", {}), "cluster": ("cluster", {"by": "unit"})},
        worlds.graph(raw),
        "none",
    )
    assert found.loc["expected", "x"] < 0.85
    assert found.loc["cluster"].min() > LEAST - 0.01


def test_driscoll_kraay_holds_under_common_shocks():
    raw, periods = worlds.lattice_matrix(5), 60
    n = len(raw)

    def draw(rng):
        loadings = rng.normal(size=(2, n))
        x = np.outer(rng.normal(size=periods), loadings[0]) + 0.5 * rng.normal(size=(periods, n))
        error = np.outer(rng.normal(size=periods), loadings[0]) + rng.normal(size=(periods, n))
        return long(x, x + error)

    found = coverage(
        draw,
        spatial.SLX,
        {"x": 1.0},
        {"expected": ("expected", {}), "driscoll-kraay": ("driscoll-kraay", {})},
        worlds.graph(raw),
        "unit",
    )
    assert found.loc["expected", "x"] < 0.8
    assert found.loc["driscoll-kraay", "x"] > 0.9


def test_hac_holds_where_neighbours_share_shocks():
    side, periods = 20, 2
    raw = worlds.lattice_matrix(side)
    at = np.indices((side, side)).reshape(2, -1).T * 100.0
    apart = np.linalg.norm(at[:, None] - at[None], axis=2)
    root = np.linalg.cholesky(np.exp(-apart / 150.0) + 1e-8 * np.eye(side**2))
    ids = worlds.names(side**2)
    distances = pd.DataFrame(apart, ids, ids)

    def draw(rng):
        x = rng.normal(size=(periods, side**2)) @ root.T
        return long(x, x + rng.normal(size=(periods, side**2)) @ root.T)

    found = coverage(
        draw,
        spatial.OLS,
        {"x": 1.0},
        {"expected": ("expected", {}), "hac": ("hac", {"km": 600, "distances": distances})},
        worlds.graph(raw),
        "time",
    )
    assert found.loc["expected", "x"] < 0.85
    assert found.loc["hac", "x"] > found.loc["expected", "x"] + 0.08


def test_all_hold_where_errors_are_normal_and_alike():
    raw, rho, periods = worlds.lattice_matrix(7), 0.4, 30
    w, n = worlds.row_standardised(raw), len(raw)
    solve = np.linalg.inv(np.eye(n) - rho * w)

    def draw(rng):
        x = rng.normal(size=(periods, n))
        return long(x, (x + rng.normal(size=(periods, n))) @ solve.T)

    at = np.indices((7, 7)).reshape(2, -1).T * 100.0
    ids = worlds.names(n)
    distances = pd.DataFrame(np.linalg.norm(at[:, None] - at[None], axis=2), ids, ids)
    found = coverage(
        draw,
        spatial.SAR,
        {"x": 1.0, "rho": rho},
        {
            "expected": ("expected", {}),
            "robust": ("robust", {}),
            "cluster": ("cluster", {"by": "unit"}),
            "driscoll-kraay": ("driscoll-kraay", {"lags": 1}),
            "hac": ("hac", {"km": 150, "distances": distances}),
        },
        worlds.graph(raw),
        "twoway",
    )
    assert found.to_numpy().min() > LEAST - 0.02
