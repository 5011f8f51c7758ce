"""Covariance of estimates with a random unit effect, and of the variance components."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import numpy.typing as npt

from spatial.covariance.inverse import fitted_traces
from spatial.errors import InputError
from spatial.information import expected_information, invert
from spatial.random_effects.between import Dense
from spatial.random_effects.estimate import RandomEstimated
from spatial.random_effects.rows import rows_of, whitened
from spatial.random_effects.scores import observed
from spatial.random_effects.sparse_between import Sparse
from spatial.systems import DENSE_LIMIT
from spatial.traces import Traces

__all__ = ["component_variances", "random_covariance"]

Array = npt.NDArray[np.float64]


def random_covariance(fitted: RandomEstimated, kind: str | None) -> tuple[Array, str]:
    """Covariance of (b, ρ, λ) and the name of what was used; None takes the default for the size.

    φ counts among the parameters, unless its estimate is zero.
    """
    full, used = _covariance(fitted, kind)
    return full[np.ix_(fitted.places, fitted.places)], used


def component_variances(fitted: RandomEstimated) -> tuple[Array, Array]:
    """σ_μ², σ² and their standard errors, (2,) each; NaN where φ is zero."""
    s2, phi = fitted.estimate.sigma2, fitted.phi
    full, _ = _covariance(fitted, None)
    places = fitted.moments.x.shape[1] + fitted.moments.n_lags + np.arange(2)
    if phi == 0.0:
        return np.array([0.0, s2]), np.array([np.nan, np.sqrt(full[places[0], places[0]])])
    jacobian = np.array([[phi, s2], [1.0, 0.0]])
    cov = jacobian @ full[np.ix_(places, places)] @ jacobian.T
    return np.array([phi * s2, s2]), np.sqrt(np.diag(cov))


def _covariance(fitted: RandomEstimated, kind: str | None) -> tuple[Array, str]:
    if kind is None:
        kind = "expected" if fitted.sample.n_units <= DENSE_LIMIT else "observed"
    if kind not in ("expected", "observed"):
        raise InputError(
            f'covariance "{kind}" is not available with effects="random"; it is "expected" or '
            '"observed".'
        )
    info = _expected(fitted) if kind == "expected" else _observed(fitted)
    return invert(info if fitted.phi > 0.0 else info[:-1, :-1]), kind


def _observed(fitted: RandomEstimated) -> Array:
    found = replace(fitted.estimate, residuals=fitted.error)
    return observed(fitted.rows, fitted.q, found, fitted.moments)


def _expected(fitted: RandomEstimated) -> Array:
    """Expected information in (b, ρ, λ, σ², φ)."""
    if isinstance(fitted.q, Sparse):
        raise InputError(
            "the expected information with a random effect outside the filter of the error needs "
            f"matrices of {fitted.sample.n_units:,} × {fitted.sample.n_units:,}; use "
            'with_cov("observed").'
        )
    traced, dense = _traces(fitted), isinstance(fitted.q, Dense)
    periods, n = fitted.rows.periods, fitted.sample.n_units
    counted = periods - 1 if dense else periods
    plain = expected_information(
        fitted.moments,
        _mean_lag(fitted),
        fitted.estimate,
        nobs=counted * n,
        traced=_times(traced, counted),
    )
    size = len(plain)
    info = np.zeros((size + 1, size + 1))
    info[:size, :size] = plain
    start = fitted.moments.x.shape[1]
    if isinstance(fitted.q, Dense):
        info[start:, start:] += _between_units(fitted, fitted.q)
        return info
    rate = fitted.q.trace("phi") / n
    pulls = [rate * traced.g] * fitted.lag_y + [rate * traced.h] * fitted.lag_error
    row = [*pulls, 0.5 * n * rate / fitted.estimate.sigma2, 0.5 * n * rate**2]
    info[-1, start:] = info[start:, -1] = row
    return info


def _traces(fitted: RandomEstimated) -> Traces:
    """Of one period."""
    if not (fitted.lag_y or fitted.lag_error):
        return Traces()
    return _times(fitted_traces(fitted), 1.0 / fitted.rows.periods)


def _times(traced: Traces, factor: float) -> Traces:
    return Traces(*(factor * value for value in astuple(traced)))


def _mean_lag(fitted: RandomEstimated) -> Array | None:
    """Mean of Wy in whitened rows."""
    if not fitted.lag_y:
        return None
    lagged = fitted.filtered(fitted.sample.network.lag(fitted.reduced_form))
    within, means = rows_of(lagged[:, None], fitted.rows.periods)
    return whitened(within, means, fitted.q)[:, 0]


def _between_units(fitted: RandomEstimated, q: Dense) -> Array:
    """½ tr(K_a K_b) of the unit means for (ρ, λ, σ², φ), K_a = Ω^(−½)(∂Ω/∂a)Ω^(−½)′."""
    n, found = fitted.sample.n_units, fitted.estimate
    m = fitted.sample.error_network.blocks[0].operator.matrix.toarray()
    eye = np.eye(n)
    b = eye - found.lam * m
    inverse = np.linalg.inv(b)
    parts = []
    if fitted.lag_y:
        w = fitted.sample.network.blocks[0].operator.matrix.toarray()
        lag = b @ w @ np.linalg.inv(eye - found.rho * w) @ inverse
        parts.append(_doubled(q.whiten(lag @ q.lower)))
    parts.append(q.both_sides(m @ inverse + (m @ inverse).T))
    parts += [eye / found.sigma2, q.matrix("phi")]
    return np.array([[0.5 * np.vdot(one, other) for other in parts] for one in parts])


def _doubled(matrix: Array) -> Array:
    return matrix + matrix.T
