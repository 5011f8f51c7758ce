"""What the halves of the score have in common beyond a kernel, from a sample of columns.

Σ_ts b_ts Σ_ij (1 − K_ij)(R_t K)_ij (K R_s)_ij is a sum over columns j; of many units it is N/m
times that over m of them in each period, drawn without replacement, with the standard error of such
a sample (Cochran, 1977, ch. 2).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from spatial.covariance.forms import Form, form_at
from spatial.covariance.nearness import Nearness
from spatial.estimation import Estimated
from spatial.traces import BLOCK

__all__ = ["COLUMNS", "sampled_halves"]

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
COLUMNS = 1000
SEED = 0


def sampled_halves(
    fitted: Estimated,
    quadratics: Sequence[Sequence[Form]],
    near: Nearness,
    over_time: Array,
) -> tuple[Array, Array]:
    """The sum for every pair of spatial parameters, and its standard error, (q, q) each.

    Parameters
    ----------
    over_time
        Weights b_ts (T, T).
    """
    layout, q = fitted.sample.layout, len(quadratics)
    rng = np.random.default_rng(SEED)
    count = min(layout.n_units, max(2, -(-COLUMNS // layout.n_times)))
    total, variance = np.zeros((q, q)), np.zeros((q, q))
    for t in range(layout.n_times):
        chosen = np.sort(rng.choice(layout.n_units, size=count, replace=False))
        pieces = [
            _columns_at(fitted, quadratics, near, over_time[t], t, chosen[start : start + BLOCK])
            for start in range(0, count, BLOCK)
        ]
        found = np.concatenate(pieces, axis=2)
        total += layout.n_units * found.mean(axis=2)
        share = 1.0 - count / layout.n_units
        variance += share * layout.n_units**2 * found.var(axis=2, ddof=1) / count
    return total, np.sqrt(variance)


def _columns_at(
    fitted: Estimated,
    quadratics: Sequence[Sequence[Form]],
    near: Nearness,
    over_time: Array,
    t: int,
    places: Rows,
) -> Array:
    """What some columns of period t add, with earlier periods twice, (q, q, m)."""
    kernel = near.columns(places)
    unit = np.zeros_like(kernel)
    unit[places, np.arange(len(places))] = 1.0
    left = [(1.0 - kernel) * _halves(fitted, parts, kernel, t) for parts in quadratics]
    out = np.zeros((len(left), len(left), len(places)))
    for s in range(t + 1):
        if over_time[s] == 0.0:
            continue
        right = [near.times(_halves(fitted, parts, unit, s)) for parts in quadratics]
        part = np.array([[(one * two).sum(axis=0) for two in right] for one in left])
        out += 0.5 * (part + part.transpose(1, 0, 2)) * over_time[s] * (1.0 if s == t else 2.0)
    return out


def _halves(fitted: Estimated, parts: Sequence[Form], columns: Array, t: int) -> Array:
    """R_t v of columns (N, m) over all units; R_t is zero where a unit has no row, and at i = j."""
    layout = fitted.sample.layout
    form, rows = form_at(parts, layout.time_codes, t)
    units = layout.unit_codes[rows]
    scaled = fitted.estimate.residuals[rows, None] / np.sqrt(fitted.estimate.sigma2)
    held = columns[units]
    both = form.apply(scaled * held) + form.apply(scaled * held, transposed=True)
    out = np.zeros_like(columns)
    out[units] = 0.5 * scaled * both - form.own[:, None] * scaled**2 * held
    return out
