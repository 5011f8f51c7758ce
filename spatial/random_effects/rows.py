"""Columns of a balanced panel as deviations from unit means, and as these means times √T."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.information import Moments
from spatial.likelihood import Estimate, LogDetTerm
from spatial.random_effects.between import Between

__all__ = ["Rows", "moments_at", "reduced", "rows_of", "whitened"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rows:
    """[X, y] or [X, y, Wy] and its lag by M, within and between units.

    `between` makes Q at (φ, λ); `nobs` is N·T; the log-determinants count T periods.
    """

    within: Array
    within_lag: Array
    means: Array
    means_lag: Array
    k: int
    nobs: int
    periods: int
    terms: tuple[LogDetTerm, ...]
    error_terms: tuple[LogDetTerm, ...]
    between: Callable[[float, float], Between]


def rows_of(values: Array, periods: int) -> tuple[Array, Array]:
    """Deviations (n, k) and means times √T (N, k) of rows sorted by time."""
    grid = values.reshape(periods, -1, values.shape[1])
    mean = grid.mean(axis=0)
    return (grid - mean).reshape(values.shape), np.sqrt(periods) * mean


def reduced(rows: Rows, *, means: bool) -> Rows:
    """The same cross-products in few rows; `means` too where Q does not tell units apart."""
    within = _few(rows.within, rows.within_lag)
    between = _few(rows.means, rows.means_lag) if means else (rows.means, rows.means_lag)
    return Rows(
        *within,
        *between,
        rows.k,
        rows.nobs,
        rows.periods,
        rows.terms,
        rows.error_terms,
        rows.between,
    )


def _few(values: Array, lags: Array) -> tuple[Array, Array]:
    r = np.asarray(np.linalg.qr(np.concatenate([values, lags], axis=1), mode="r"))
    width = values.shape[1]
    return np.ascontiguousarray(r[:, :width]), np.ascontiguousarray(r[:, width:])


def whitened(within: Array, means: Array, q: Between) -> Array:
    """Rows with covariance σ²I."""
    return np.concatenate([within, q.whiten(means)])


def moments_at(rows: Rows, q: Between, found: Estimate) -> Moments:
    """Filtered and whitened columns at an estimate."""
    lam = found.lam if rows.error_terms else 0.0
    k, lag = rows.k, bool(rows.terms)
    kept = whitened(rows.within - lam * rows.within_lag, rows.means - lam * rows.means_lag, q)
    wy = kept[:, k + 1] if lag else None
    if not rows.error_terms:
        return Moments(kept[:, :k], wy)
    lagged = whitened(rows.within_lag, rows.means_lag, q)
    outcome = lagged[:, k] - (found.rho * lagged[:, k + 1] if lag else 0.0)
    return Moments(
        x=kept[:, :k],
        wy=wy,
        mu=outcome - lagged[:, :k] @ found.b,
        mx=lagged[:, :k],
        mwy=lagged[:, k + 1] if lag else None,
    )
