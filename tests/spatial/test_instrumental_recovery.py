"""Simulated panels with known parameters: bias and coverage of estimates by instruments."""

import numpy as np
import pandas as pd
import pytest
from support import worlds

import spatial

DRAWS = 1000
ENDOGENOUS = {"endogenous": ["x1"], "instruments": ["q"]}
CASES = {
    "SDM endogenous": (
        spatial.SDM("y ~ x1 + x2", effects="twoway", lagged=["x1"], **ENDOGENOUS),
        {"side": 14, "periods": 8, "theta": 0.8},
    ),
    "SDM endogenous, unequal variances": (
        spatial.SDM("y ~ x1 + x2", effects="time", lagged=["x1"], **ENDOGENOUS),
        {"side": 12, "periods": 4, "theta": 0.8, "unequal": True},
    ),
    "SEM": (
        spatial.SEM("y ~ x1 + x2", effects="unit", estimator="gmm"),
        {"side": 12, "periods": 3, "rho": 0.0, "lam": 0.4, "exogenous": True},
    ),
    "SEM skewed": (
        spatial.SEM("y ~ x1 + x2", estimator="gmm"),
        {"side": 20, "periods": 1, "rho": 0.0, "lam": 0.4, "exogenous": True, "skewed": True},
    ),
    "SEM unequal variances": (
        spatial.SEM("y ~ x1 + x2", effects="unit", estimator="gmm", error_variance="unequal"),
        {"side": 12, "periods": 5, "rho": 0.0, "lam": 0.4, "exogenous": True, "unequal": True},
    ),
    "GNS endogenous": (
        spatial.GNS("y ~ x1 + x2", effects="twoway", lagged=["x1"], **ENDOGENOUS),
        {"side": 14, "periods": 8, "theta": 0.8, "lam": 0.3},
    ),
    "SAC endogenous, unequal variances": (
        spatial.SAC("y ~ x1 + x2", effects="unit", error_variance="unequal", **ENDOGENOUS),
        {"side": 24, "periods": 8, "lam": 0.3, "unequal": True},
    ),
}


def simulate(rng, w, inverses, periods, effects, *, theta, exogenous, unequal, skewed):
    """x1 moves with the error unless it is exogenous; variances differ by unit and with q."""
    n = len(w)
    unit, size, parts = rng.normal(size=n), 0.5 + 1.5 * rng.random(n), []
    for t in range(periods):
        x1, x2, q, v = rng.normal(size=(4, n))
        e = rng.exponential(size=n) - 1.0 if skewed else rng.normal(size=n)
        if not exogenous:
            x1, e = q + v + 0.5 * x1, 0.6 * v + 0.8 * e
        if unequal:
            e = e * size * (0.5 + 0.5 * np.abs(q))
        shift = unit * (effects in ("unit", "twoway"))
        shift = shift + rng.normal() * (effects in ("time", "twoway"))
        mean = x1 - 0.5 * x2 + w @ (theta * x1) + shift
        y = inverses[0] @ (mean + inverses[1] @ e)
        columns = {"unit": worlds.names(n), "time": t, "y": y, "x1": x1, "x2": x2, "q": q}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CASES))
def test_intervals_hold_their_level(name):
    spec, world = CASES[name]
    known = {"rho": 0.3, "lam": 0.0, "theta": 0.0, "exogenous": False}
    known |= {"unequal": False, "skewed": False} | world
    raw = worlds.lattice_matrix(known.pop("side"), rule="rook")
    periods, rho, lam = (known.pop(key) for key in ("periods", "rho", "lam"))
    w, graph = worlds.row_standardised(raw), worlds.graph(raw)
    n = len(w)
    inverses = [np.linalg.inv(np.eye(n) - value * w) for value in (rho, lam)]
    truth = {"x1": 1.0, "x2": -0.5, "W.x1": known["theta"], "rho": rho, "lambda": lam}
    effect = inverses[0] @ (np.eye(n) + known["theta"] * w)
    direct = np.trace(effect) / n
    of_x1 = {"direct": direct, "indirect": effect.sum() / n - direct}
    rng, rows = np.random.default_rng(11), []
    for _ in range(DRAWS):
        table = simulate(rng, w, inverses, periods, spec.effects, **known)
        data = spatial.Panel(table, "unit", "time") if periods > 1 else table.set_index("unit")
        fit = spec.fit(data, graph)
        if known["unequal"] and "lambda" not in fit.params.index:
            fit = fit.with_cov("robust")
        z = ((fit.params - pd.Series(truth)) / fit.std_errors).dropna().to_dict()
        if rho:
            table = fit.effects().query("term == 'x1'").set_index("effect")
            for kind, value in of_x1.items():
                z[kind] = (table.loc[kind, "estimate"] - value) / table.loc[kind, "std_error"]
        rows.append(z)
    z = pd.DataFrame(rows)
    covered = (z.abs() < 1.96).mean()
    error = np.sqrt(0.95 * 0.05 / DRAWS)
    assert (covered - 0.95).abs().max() < 3.5 * error, covered
    assert z.mean().abs().max() < 0.2, z.mean()
