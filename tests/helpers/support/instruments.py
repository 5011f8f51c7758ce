"""Two-stage least squares and the moments of the error with everything dense and explicit."""

import numpy as np
from scipy import optimize


def projector(columns):
    """Orthogonal projection on the span of columns; combinations do no harm."""
    u, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    kept = u[:, sizes > 1e-9 * sizes.max()]
    return kept @ kept.T


def two_stages(y, z, h):
    """Estimate, (Z′P_H Z)⁻¹ and T with b̂ − b = T′u."""
    p = projector(h)
    bread = np.linalg.inv(z.T @ p @ z)
    t = p @ z @ bread
    return t.T @ y, bread, t


def find(u, mu, matrices, traces, weight, interval):
    """λ that minimises the moments, σ² concentrated out where traces are given, by search."""
    n = len(u)
    parts = np.array([[u @ a @ u, -2.0 * mu @ a @ u, mu @ a @ mu] for a in matrices]) / n

    def objective(v):
        q = parts @ np.array([1.0, v, v**2])
        if traces is not None:
            t = traces / n
            q = q - t * (t @ weight @ q) / (t @ weight @ t)
        return q @ weight @ q

    grid = np.linspace(*interval, 401)[1:-1]
    values = [objective(v) for v in grid]
    at, step, scale = grid[int(np.argmin(values))], grid[1] - grid[0], min(values) + 1e-300
    return optimize.minimize_scalar(
        lambda v: objective(v) / scale,
        bounds=(at - step, at + step),
        method="bounded",
        options={"xatol": 1e-11},
    ).x


def slope(lam, u, mu, matrices):
    """Derivative of the moments in λ."""
    e = u - lam * mu
    return np.array([-2.0 * mu @ a @ e for a in matrices]) / len(e)
