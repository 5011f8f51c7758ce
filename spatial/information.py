"""Information matrices of the likelihood; the covariance of the estimates is their inverse.

Parameters are ordered (b, ρ, λ, σ²), ρ and λ where the model has them. With B = I − λM,
G = W(I − ρW)⁻¹, G̃ = BGB⁻¹ and H = MB⁻¹, the score is quadratic in ε through G̃ and H; under the
transformation over units the traces lose the unit root and the mean over units (Anselin, 1988,
ch. 6; Lee and Yu, 2010; Elhorst, 2014, eq. 3.9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError
from spatial.likelihood import Estimate, LogDetTerm, logdet_sum
from spatial.traces import Traces

__all__ = [
    "Moments", "expected_information", "invert", "not_told_apart", "observed_information",
    "require_told_apart",
]  # fmt: skip

Array = npt.NDArray[np.float64]
SINGULAR, MOVES = 1e-12, 1e-4


@dataclass(frozen=True, eq=False)
class Moments:
    """Columns of the likelihood after the effects have left, filtered by B.

    x = BX (n, K), wy = BWy, mu = Mu with u = y − ρWy − Xb, mx = MX, mwy = MWy; None where the model
    has no lag of y or of the error.
    """

    x: Array
    wy: Array | None = None
    mu: Array | None = None
    mx: Array | None = None
    mwy: Array | None = None

    @property
    def n_lags(self) -> int:
        """Number of spatial parameters."""
        return int(self.wy is not None) + int(self.mu is not None)


def expected_information(
    moments: Moments, mean_lag: Array | None, estimate: Estimate, *, nobs: int, traced: Traces
) -> Array:
    """Expected information in (b, ρ, λ, σ²).

    Parameters
    ----------
    mean_lag
        (n,) the mean of BWy, after the fixed effects have left; None without a lag of y.
    """
    x, s2 = moments.x, estimate.sigma2
    k, last = x.shape[1], x.shape[1] + moments.n_lags
    info = np.zeros((last + 1, last + 1))
    info[:k, :k] = x.T @ x / s2
    if mean_lag is not None:
        info[:k, k] = x.T @ mean_lag / s2
        info[k, k] = traced.gg + traced.gtg + float(mean_lag @ mean_lag) / s2
        info[k, last] = traced.g / s2
    if moments.mu is not None:
        at = last - 1
        info[at, at] = traced.hh + traced.hth
        info[at, last] = traced.h / s2
        if mean_lag is not None:
            info[k, at] = traced.gh + traced.gth
    info[last, last] = nobs / (2.0 * s2**2)
    return _symmetric(info)


def observed_information(
    moments: Moments,
    estimate: Estimate,
    *,
    nobs: int,
    terms: Sequence[LogDetTerm],
    error_terms: Sequence[LogDetTerm],
) -> Array:
    """Minus the Hessian of the likelihood in (b, ρ, λ, σ²).

    Needs the second derivatives of the log-determinants and cross-products only.
    """
    x, wy, mu, error, s2 = (
        moments.x,
        moments.wy,
        moments.mu,
        estimate.residuals,
        estimate.sigma2,
    )
    k, last = x.shape[1], x.shape[1] + moments.n_lags
    info = np.zeros((last + 1, last + 1))
    info[:k, :k] = x.T @ x / s2
    if wy is not None:
        info[:k, k] = x.T @ wy / s2
        info[k, k] = float(logdet_sum(terms, estimate.rho, 2)) + float(wy @ wy) / s2
        info[k, last] = float(wy @ error) / s2**2
    if mu is not None:
        at = last - 1
        info[at, at] = float(logdet_sum(error_terms, estimate.lam, 2)) + float(mu @ mu) / s2
        info[at, last] = float(mu @ error) / s2**2
        if moments.mx is not None:
            info[:k, at] = (x.T @ mu + moments.mx.T @ error) / s2
        if wy is not None and moments.mwy is not None:
            info[k, at] = float(wy @ mu + moments.mwy @ error) / s2
    info[last, last] = nobs / (2.0 * s2**2)
    return _symmetric(info)


def _symmetric(upper: Array) -> Array:
    return np.asarray(np.triu(upper) + np.triu(upper, 1).T)


def not_told_apart() -> InputError:
    """What to raise where the information is singular."""
    return InputError(
        "the information is singular, so that these data and weights do not tell the "
        "parameters apart, as where every unit neighbours every other alike; fit a smaller "
        "model, or use other weights."
    )


def require_told_apart(information: Array) -> None:
    """Refuse ρ and λ that the information does not tell apart, whatever rounding leaves of it.

    Singular to within rounding (an eigenvalue of the scaled matrix below 1e-12 of the largest; a
    zero comes out at 1e-13) in a direction along which ρ, λ or σ², the last three, move: regressors
    that are nearly combinations of one another are no matter of the weights.
    """
    scale = 1.0 / np.sqrt(np.diag(information))
    scaled = information * np.outer(scale, scale)
    if not np.isfinite(scaled).all():
        raise not_told_apart()
    sizes, vectors = np.linalg.eigh(scaled)
    moves = np.abs(vectors[-3:]).max(axis=0) > MOVES
    if (moves & (sizes <= SINGULAR * sizes[-1])).any():
        raise not_told_apart()


def invert(information: Array) -> Array:
    """Inverse of an information matrix.

    Its diagonal is scaled to one first, so that units of measurement do not matter.

    Raises
    ------
    InputError
        It is singular, or so near to it that variances come out negative.
    """
    scale = 1.0 / np.sqrt(np.diag(information))
    try:
        inverse = np.linalg.inv(information * np.outer(scale, scale))
    except np.linalg.LinAlgError:
        inverse = np.full_like(information, np.nan)
    if not (np.diag(inverse) > 0.0).all():
        raise not_told_apart()
    inverse = 0.5 * (inverse + inverse.T)
    return np.asarray(inverse * np.outer(scale, scale), dtype=np.float64)
