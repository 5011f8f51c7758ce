"""Variances of fixed effects that independent errors of variance one leave, without dummies.

The constant is the mean of the unit effects; μ sums to zero over units, α over the times of each
part of the panel. With n_i rows of unit i, C the incidence of units and times, and V the
generalised inverse of what unit effects leave of the time dummies, α has variance V before it is
centred, and μ_i, constant included, 1/n_i + q_i V q_i′ with q_i = C_i/n_i less the mean over the
times of its part.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.selected import inverse_entries
from spatial.systems import solve_system, system_matrix, too_dense
from spatial.weights.operator import Operator
from spatial.within import Effects, Layout

__all__ = ["filtered_noise", "unfiltered_noise"]

Array = npt.NDArray[np.float64]
SMALL = 300
MOST_TIMES = 3000


def unfiltered_noise(effects: Effects, layout: Layout) -> Array | None:
    """Variances of constant, μ and α by least squares; None for more than 3,000 times with gaps."""
    if effects == "unit":
        return _one_way(1.0 / layout.unit_counts)
    if effects == "time":
        return _one_way(1.0 / layout.time_counts)
    if layout.n_times > MOST_TIMES and not layout.balanced:
        return None
    return _balanced(layout) if layout.balanced else _two_way(layout)


def _one_way(variances: Array) -> Array:
    """Of the mean of independent effects, and of what is left of each."""
    n = len(variances)
    mean = float(variances.sum()) / n**2
    return np.concatenate([[mean], variances * (1.0 - 2.0 / n) + mean])


def _balanced(layout: Layout) -> Array:
    n, periods = layout.n_units, layout.n_times
    units = np.full(n, (1.0 - 1.0 / n) / periods)
    times = np.full(periods, (1.0 - 1.0 / periods) / n)
    return np.concatenate([[1.0 / (n * periods)], units, times])


def _two_way(layout: Layout) -> Array:
    n, v = layout.n_units, layout.time_inverse
    parts, place = np.unique(layout.components[n:], return_inverse=True)
    inside = (place == np.arange(len(parts))[:, None]).astype(np.float64)
    share = inside / inside.sum(axis=1, keepdims=True)
    own = 1.0 / layout.unit_counts
    of_unit = np.searchsorted(parts, layout.components[:n])
    q = layout.incidence.multiply(own[:, None]).toarray() - share[of_unit]
    through, sums = q @ v, q.sum(axis=0)
    units = own + (through * q).sum(axis=1)
    beside = (own + through @ sums) / n
    mean = (own.sum() + float(sums @ v @ sums)) / n**2
    centring = np.eye(layout.n_times) - inside.T @ share
    times = np.diag(centring @ v @ centring.T)
    return np.concatenate([[mean], units - 2.0 * beside + mean, times])


def filtered_noise(effects: Effects, layout: Layout, op: Operator, lam: float) -> Array | None:
    """Variances under the filter B = I − λM, the same in all times of a balanced panel.

    Means over time have the variance Z/T, Z = (B′B)⁻¹, and hold all of the unit effects; the effect
    of a time, less their mean, has (1 − 1/T)/|Bι|². None where M has too many links for its size.
    """
    n, periods = layout.n_units, layout.n_times
    b = system_matrix(op, lam)
    level = 1.0 / float((np.asarray(b.sum(axis=1)) ** 2).sum())
    times = np.full(periods, (1.0 - 1.0 / periods) * level) if effects != "unit" else np.empty(0)
    if effects == "time":
        return np.concatenate([[level / periods], times])
    own = _inverse_diagonal(op, b)
    if own is None:
        return None
    ones = np.ones(n)
    rows = solve_system(op, lam, solve_system(op, lam, ones, transposed=True))
    mean = float(rows.sum()) / n**2
    units = (own - 2.0 * rows / n + mean) / periods
    return np.concatenate([[mean / periods], units, times])


def _inverse_diagonal(op: Operator, b: sparse.csr_array) -> Array | None:
    """diag (B′B)⁻¹."""
    if op.n <= SMALL:
        return np.asarray((np.linalg.inv(b.toarray()) ** 2).sum(axis=1))
    square = sparse.csr_array(b.T @ b)
    found = None if too_dense(op) else inverse_entries(square)
    return None if found is None else found.diagonal
