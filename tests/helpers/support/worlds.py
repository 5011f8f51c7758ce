"""Lattices, rings and simulated panels with known parameters."""

import numpy as np
import pandas as pd

from spatial import weights


def lattice_matrix(rows, columns=None, rule="queen"):
    """Binary contiguity of a lattice, dense."""
    columns = columns or rows
    at = np.indices((rows, columns)).reshape(2, -1).T
    step = np.abs(at[:, None, :] - at[None, :, :])
    near = step.max(axis=2) == 1 if rule == "queen" else step.sum(axis=2) == 1
    return near.astype(float)


def names(n, prefix="u"):
    return [f"{prefix}{i:03d}" for i in range(n)]


def graph(matrix, ids=None, **options):
    return weights.from_matrix(matrix, ids or names(len(matrix)), **options)


def row_standardised(matrix):
    sums = matrix.sum(axis=1, keepdims=True)
    return np.divide(matrix, sums, out=np.zeros_like(matrix), where=sums > 0)


def with_isolate(matrix):
    """The last unit loses its neighbours."""
    cut = matrix.copy()
    cut[-1, :] = 0.0
    cut[:, -1] = 0.0
    return cut


def nearest_matrix(n, k, seed=0):
    """k nearest points, an asymmetric relation."""
    points = np.random.default_rng(seed).normal(size=(n, 2))
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    matrix = np.zeros((n, n))
    matrix[np.arange(n)[:, None], np.argsort(distance, axis=1)[:, :k]] = 1.0
    return matrix


def simulated_panel(
    w,
    *,
    periods,
    seed=0,
    rho=0.4,
    beta=(1.0, -0.5),
    theta=(0.5, 0.3),
    sigma=1.0,
    effects=True,
    ids=None,
):
    """Long table of y, x1, x2 from an SDM; `w` is the scaled dense matrix."""
    rng = np.random.default_rng(seed)
    n = len(w)
    solve = np.linalg.inv(np.eye(n) - rho * w)
    unit = rng.normal(size=n) if effects else np.zeros(n)
    rows = []
    for t in range(periods):
        x = rng.normal(size=(n, len(beta))) + 0.5 * unit[:, None]
        time = rng.normal() if effects else 0.0
        mean = x @ beta + w @ x @ theta + unit + time
        y = solve @ (mean + sigma * rng.normal(size=n))
        rows.append(
            pd.DataFrame(
                {
                    "unit": ids or names(n),
                    "time": 2000 + t,
                    "y": y,
                    **{f"x{j + 1}": x[:, j] for j in range(len(beta))},
                }
            )
        )
    return pd.concat(rows, ignore_index=True)
