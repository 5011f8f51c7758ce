"""Contributions of rows to the score of the likelihood.

At the estimate the score of (b, ρ, λ, σ²) is a sum over rows k of

    s_k = c_k ε_k/σ² + (quadratic part) − d_k,

c the columns PBX, the mean of PBWy, 0 and 0, and d_k the share of the row in tr G̃, tr H and n/2σ².
The quadratic part of ρ is ε′G̃ε/σ²: the product of two rows k ≠ l, ½(G̃_kl + G̃_lk)ε_kε_l, stands in
it twice, once with k and once with l, so that no order of the rows matters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from spatial.covariance.forms import Form
from spatial.estimation import Estimated
from spatial.likelihood import LogDetTerm, logdet_sum

__all__ = ["diagonals", "score_rows"]

Array = npt.NDArray[np.float64]


def score_rows(
    fitted: Estimated, quadratics: Sequence[Sequence[Form]], *, by_period: bool = False
) -> Array:
    """Contributions (n, K + spatial parameters + 1), which sum to zero.

    Where the bias of unit effects beside y(t−1) was subtracted they do not at the estimate, and
    their mean, that bias, leaves.

    Parameters
    ----------
    by_period
        Only sums over whole periods will be used: traces are spread evenly over their rows, and no
        diagonal of an inverse is needed.
    """
    if fitted.linear is not None:
        return fitted.linear.rows
    moments, found = fitted.moments, fitted.estimate
    error, s2, k = found.residuals, found.sigma2, moments.x.shape[1]
    out = np.empty((len(error), k + moments.n_lags + 1))
    out[:, :k] = moments.x * error[:, None] / s2
    centres = _even(fitted, quadratics) if by_period else diagonals(fitted, quadratics)
    for place, parts in enumerate(quadratics):
        out[:, k + place] = _quadratic(parts, error) / s2 - centres[:, place]
    if fitted.mean_lag is not None:
        out[:, k] += fitted.mean_lag * error / s2
    out[:, -1] = (error**2 / s2 - centres[:, -1]) / (2.0 * s2)
    return out - out.mean(axis=0) if fitted.transformation.over_past else out


def diagonals(fitted: Estimated, quadratics: Sequence[Sequence[Form]]) -> Array:
    """Diagonals of the transformed G̃, H and identity, (n, spatial parameters + 1)."""
    out = np.empty((fitted.sample.layout.n, len(quadratics) + 1))
    for place, parts in enumerate(quadratics):
        for form in parts:
            out[form.rows, place] = form.diagonal
    out[:, -1] = _left(fitted)
    return out


def _left(fitted: Estimated) -> Array:
    """Diagonal of the transformation: 1 − 1/T, 1 − 1/N_t, their product, or one."""
    layout, way = fitted.sample.layout, fitted.transformation
    out = np.ones(layout.n)
    if way.over_time:
        out = out * (1.0 - 1.0 / layout.n_times)
    if way.over_units:
        out = out * (1.0 - 1.0 / layout.time_counts[layout.time_codes])
    return out


def _quadratic(parts: Sequence[Form], error: Array) -> Array:
    """½ε∘(Aε + A′ε), (n,)."""
    out = np.empty_like(error)
    for form in parts:
        columns = error[form.rows].T
        both = form.apply(columns) + form.apply(columns, transposed=True)
        out[form.rows] = (0.5 * columns * both).T
    return out


def _even(fitted: Estimated, quadratics: Sequence[Sequence[Form]]) -> Array:
    """Traces of each period, spread over its rows."""
    out = np.empty((fitted.sample.layout.n, len(quadratics) + 1))
    found, sample = fitted.estimate, fitted.sample
    known = [(found.rho, sample.network, fitted.logdets)] if fitted.lag_y else []
    if fitted.lag_error:
        known.append((found.lam, sample.error_network, fitted.error_logdets))
    for place, (at, network, terms) in enumerate(known):
        for block, term in zip(network.blocks, terms, strict=True):
            out[block.rows, place] = _trace(term, at) / block.size
    out[:, -1] = _left(fitted)
    return out


def _trace(term: LogDetTerm, at: float) -> float:
    return float(logdet_sum([term], at, 1))
