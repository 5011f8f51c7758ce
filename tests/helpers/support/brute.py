"""Maximum likelihood with everything dense and explicit.

Dummies as columns, transformations as matrices.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize


@dataclass
class Dense:
    rho: float
    b: np.ndarray
    sigma2: float
    loglik: float
    expected: np.ndarray
    observed: np.ndarray


def orthonormal(n):
    """(n, n−1) with orthonormal columns, orthogonal to the vector of ones."""
    return linalg.null_space(np.ones((1, n)))


def dummies(n, periods, effects):
    """Columns for unit and time effects of data stacked by time, unit fastest."""
    units = np.kron(np.ones((periods, 1)), np.eye(n))
    times = np.kron(np.eye(periods), np.ones((n, 1)))
    return {
        "none": np.zeros((n * periods, 0)),
        "unit": units,
        "time": times,
        "twoway": np.hstack([units, times[:, 1:]]),
    }[effects]


def dense_ml(y, x, w, *, lag=True):
    """ML of y = ρWy + Xb + ε on stacked data with W of the same size; covariances of (b, ρ, σ²)."""
    n, k = x.shape
    a = np.eye(n)
    roots = np.linalg.eigvals(w)
    real = roots[np.abs(roots.imag) < 1e-9].real

    def parts(rho):
        z = y - rho * w @ y
        b = linalg.lstsq(x, z)[0]
        e = z - x @ b
        return b, e, e @ e / n

    def minus(rho):
        s2 = parts(rho)[2]
        return 0.5 * n * np.log(s2) - np.linalg.slogdet(a - rho * w)[1]

    rho = 0.0
    if lag:
        low, high = 1 / real.min(), 1 / real.max()
        rough = optimize.minimize_scalar(
            minus, bounds=(low, high), method="bounded", options={"xatol": 1e-9}
        ).x

        def score(value):
            _, e, s2 = parts(value)
            g = np.trace(np.linalg.solve(a - value * w, w))
            return e @ (w @ y) / s2 - g

        rho = optimize.brentq(
            score, max(rough - 1e-4, low + 1e-9), min(rough + 1e-4, high - 1e-9), xtol=1e-15
        )
    b, e, s2 = parts(rho)
    loglik = -0.5 * n * (np.log(2 * np.pi * s2) + 1) + np.linalg.slogdet(a - rho * w)[1]
    g = w @ np.linalg.inv(a - rho * w)
    mean, wy = g @ x @ b, w @ y
    expected, observed = np.zeros((k + 2, k + 2)), np.zeros((k + 2, k + 2))
    for info, lagged in ((expected, mean), (observed, wy)):
        info[:k, :k] = x.T @ x / s2
        info[:k, k] = info[k, :k] = x.T @ lagged / s2
        info[k + 1, k + 1] = n / (2 * s2**2)
    expected[k, k] = np.trace(g @ g) + np.trace(g.T @ g) + mean @ mean / s2
    expected[k, k + 1] = expected[k + 1, k] = np.trace(g) / s2
    observed[k, k] = np.trace(g @ g) + wy @ wy / s2
    observed[k, k + 1] = observed[k + 1, k] = wy @ e / s2**2
    return Dense(rho, b, s2, loglik, np.linalg.pinv(expected), np.linalg.inv(observed))


def stacked(y, x, w, *, effects, correction, stochastic):
    """y, X, W of the likelihood.

    Dummies as columns, or orthonormal transformations over time and units.

    y is (T, N), x (T, N, K); returned stacked by time. Regressors come first, dummies after them.
    """
    periods, n = y.shape
    over_time = correction == "lee-yu" and effects in ("unit", "twoway")
    over_units = correction == "lee-yu" and effects in ("time", "twoway") and stochastic
    ft = orthonormal(periods).T if over_time else np.eye(periods)
    fn = orthonormal(n).T if over_units else np.eye(n)
    big = np.kron(ft, fn)
    rest = "none"
    if correction is None:
        rest = effects
    elif effects in ("time", "twoway") and not over_units:
        rest = "time"
    columns = dummies(fn.shape[0], ft.shape[0], rest)
    flat = x.reshape(periods * n, -1)
    inner = fn @ w @ fn.T
    return big @ y.ravel(), np.hstack([big @ flat, columns]), np.kron(np.eye(ft.shape[0]), inner)


def dense_effects(w, beta, theta, rho):
    """Matrix of effects S⁻¹(βI + θW)."""
    n = len(w)
    return np.linalg.solve(np.eye(n) - rho * w, beta * np.eye(n) + theta * w)


def mean_effects(p):
    """Direct, indirect, total of a matrix of effects."""
    direct, total = np.trace(p) / len(p), p.sum() / len(p)
    return np.array([direct, total - direct, total])
