"""Dynamic panels with known parameters, and the exact mean of their score, everything dense."""

import numpy as np
import pandas as pd

from support.worlds import names


def dynamic_panel(
    w,
    *,
    periods,
    seed=0,
    tau=0.5,
    eta=-0.1,
    rho=0.3,
    lam=0.0,
    beta=1.0,
    theta=0.5,
    sigma=1.0,
    times=True,
    burn=60,
    m=None,
):
    """Long table of y and x; `w` and `m` are the scaled dense matrices of y and of the error.

    x is serially correlated and correlated with the unit effects.
    """
    rng = np.random.default_rng(seed)
    n, m = len(w), w if m is None else m
    a, b = np.eye(n) - rho * w, np.eye(n) - lam * m
    unit, x, y = rng.normal(size=n), np.zeros(n), np.zeros(n)
    rows = []
    for t in range(-burn, periods):
        x = 0.4 * x + rng.normal(size=n) + 0.3 * unit
        common = rng.normal() if times else 0.0
        error = np.linalg.solve(b, sigma * rng.normal(size=n))
        mean = tau * y + eta * w @ y + beta * x + theta * w @ x + unit + common
        y = np.linalg.solve(a, mean + error)
        if t >= 0:
            rows.append(pd.DataFrame({"unit": names(n), "time": 2000 + t, "y": y, "x": x}))
    return pd.concat(rows, ignore_index=True)


def missing_score(w, m, periods, *, tau, eta, rho, lam, sigma2):
    """Minus the exact mean of the score in (τ, η, ρ, λ, σ²) with unit effects as dummies.

    y_t is the stationary sum of past errors; with E the demeaning over time, the score in τ is
    Σ_t (B y_{t−1})′(Eε)_t/σ², and so on, whose means are traces of products of dense matrices.
    """
    n = len(w)
    s, b = np.linalg.inv(np.eye(n) - rho * w), np.eye(n) - lam * m
    a = s @ (tau * np.eye(n) + eta * w)
    responses = [s @ np.linalg.inv(b)]
    for _ in range(periods):
        responses.append(a @ responses[-1])
    demean = np.eye(periods) - 1.0 / periods
    out = np.zeros(5)
    for t in range(periods):
        for past in range(t + 1):
            now = responses[t - past]
            out[2] += demean[t, past] * np.trace(b @ w @ now)
            if past < t:
                before = responses[t - 1 - past]
                out[0] += demean[t, past] * np.trace(b @ before)
                out[1] += demean[t, past] * np.trace(b @ w @ before)
    out[2] -= periods * np.trace(w @ s)
    h = np.trace(m @ np.linalg.inv(b))
    out[3] = (periods - 1) * h - periods * h
    out[4] = ((periods - 1) * n - periods * n) / (2.0 * sigma2)
    return -out
