"""Sandwich for errors that are alike and independent, but not normal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spatial.covariance.forms import forms
from spatial.covariance.higher_moments import higher_moments
from spatial.covariance.inverse import information
from spatial.covariance.result import Covariance
from spatial.covariance.sandwich import estimated_count
from spatial.covariance.scores import diagonals
from spatial.estimation import Estimated
from spatial.information import invert

__all__ = ["robust"]

Array = npt.NDArray[np.float64]


def robust(fitted: Estimated) -> Covariance:
    """I⁻¹ΩI⁻¹ with the expected information I and the variance Ω of the score (Lee, 2004).

    The score is linear and quadratic in independent errors with skewness γ and excess kurtosis κ:

        Ω = I + γ/σ·(C′D + D′C) + κD′D,

    C the columns (PBX, mean of PBWy, 0, 0) and D the diagonals of PG̃P, PHP and P/2σ², P the
    transformation that takes the effects out (Lee and Yu, 2010) or the identity where effects are
    dummies. Under normal errors it is the expected information again. It does not cure unequal
    variances in ρ and λ, under which the estimate itself is inconsistent; two-stage least squares
    (estimator="gmm") does.

    OLS and SLX have no spatial parameter, and there it is White's sandwich for unequal variances
    times n/(n − K − effects) (HC1; MacKinnon and White, 1985).
    """
    if not (fitted.lag_y or fitted.lag_error):
        return Covariance(_unequal_variances(fitted), "robust")
    quadratics = forms(fitted)
    expected = information(fitted, "expected")
    linear, diagonal = _score(fitted, diagonals(fitted, quadratics))
    skewness, kurtosis = higher_moments(fitted)
    both = linear.T @ diagonal * (skewness / np.sqrt(fitted.estimate.sigma2))
    bread = invert(expected)
    cov = bread @ (expected + both + both.T + kurtosis * (diagonal.T @ diagonal)) @ bread
    places = fitted.places
    inner = (0.5 * (cov + cov.T))[np.ix_(places, places)]
    return Covariance(inner * fitted.transformation.inflation, "robust")


def _score(fitted: Estimated, diagonal: Array) -> tuple[Array, Array]:
    """Linear parts C and diagonals D of the scores of all parameters, (n, p) each."""
    moments = fitted.moments
    k = moments.x.shape[1]
    linear = np.zeros((len(moments.x), k + moments.n_lags + 1))
    weights = np.zeros_like(linear)
    linear[:, :k] = moments.x
    if fitted.mean_lag is not None:
        linear[:, k] = fitted.mean_lag
    weights[:, k:] = diagonal
    weights[:, -1] /= 2.0 * fitted.estimate.sigma2
    return linear, weights


def _unequal_variances(fitted: Estimated) -> Array:
    x, error = fitted.moments.x, fitted.estimate.residuals
    n = fitted.sample.layout.n
    bread, scores = invert(x.T @ x), x * error[:, None]
    cov = bread @ (scores.T @ scores) @ bread * (n / (n - estimated_count(fitted)))
    return np.asarray(0.5 * (cov + cov.T))
