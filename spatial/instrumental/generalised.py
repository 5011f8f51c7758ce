"""Generalised spatial two-stage least squares: models whose error has a spatial lag.

First two-stage least squares, λ from the moments of its residuals, then two-stage least squares on
y − λMy and Z − λMZ (Kelejian and Prucha, 1998, 1999). With `robust` moments λ is estimated once
more, with the weights that its own variance asks for (Kelejian and Prucha, 2010; Arraiz, Drukker,
Kelejian and Prucha, 2010, steps 1a, 1b, 2a, 2b). The covariance is joint in (b, λ): the moments are
linear-quadratic in ε once the influence of the residuals' b is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.covariance.sandwich import without_negative
from spatial.errors import InputError
from spatial.instrumental.error_moments import ErrorMoments, minimise
from spatial.instrumental.two_stage import TwoStage, two_stage

__all__ = ["Generalised", "Stacked", "generalised"]

Array = npt.NDArray[np.float64]
Interval = tuple[float, float]
EDGE = 1e-8


@dataclass(frozen=True, eq=False)
class Stacked:
    """y (n,), Z (n, K), their lags by M, and a basis of the instruments, all without the effects.

    `free` is n less effects and coefficients; `exogenous` says that the instruments span Z, so that
    the influence of b on the moments has expectation zero and is left out.
    """

    y: Array
    z: Array
    my: Array
    mz: Array
    basis: Array
    free: int
    exogenous: bool

    def filtered(self, lam: float) -> TwoStage:
        """Two-stage least squares of y − λMy on Z − λMZ."""
        return two_stage(self.y - lam * self.my, self.z - lam * self.mz, self.basis)


@dataclass(frozen=True, eq=False)
class Generalised:
    """λ, the second two-stage least squares, and the covariance (K+1, K+1) of (b, λ)."""

    lam: float
    step: TwoStage
    residuals: Array
    cov: Array


def generalised(
    data: Stacked,
    moments: ErrorMoments,
    *,
    interval: Interval,
    back: Callable[[float, Array], Array],
) -> Generalised:
    """Estimate (b, λ).

    Parameters
    ----------
    interval
        Where λ may lie.
    back
        (λ, v) to (I − λM′)⁻¹v for v (n, k), without the effects.
    """
    if moments.robust:
        return _robust(data, moments, interval)
    first = data.filtered(0.0)
    powers = moments.polynomial(first.residuals)
    equal = np.eye(len(moments.expectation))
    lam, weights = minimise(powers, equal, moments.expectation, interval)
    _require_inside(lam, interval)
    step = data.filtered(lam)
    slopes = _slopes(moments, data, step, step.residuals)
    shift = back(lam, first.influence @ slopes).T
    cov = _equal_variances(moments, step, shift, weights, data.free)
    return Generalised(lam, step, step.residuals, cov)


def _require_inside(lam: float, interval: Interval) -> None:
    low, high = interval
    if min(lam - low, high - lam) <= EDGE * (1.0 + abs(lam)):
        raise InputError(
            f"the moments of the error fall up to the edge of the interval of lambda, {lam:.4f}; a "
            "common trend or a lag of y may be left in the error, so add effects= or use SDM."
        )


def _robust(data: Stacked, moments: ErrorMoments, interval: Interval) -> Generalised:
    n = len(data.y)
    none = moments.expectation
    start = moments.polynomial(data.filtered(0.0).residuals)
    early, _ = minimise(start, np.eye(len(none)), none, interval)
    step = data.filtered(early)
    shift = (step.influence @ _slopes(moments, data, step, step.residuals)).T
    variances = moments.variances(step.residuals, data.free)
    spread = moments.spread(variances) + (shift * variances) @ shift.T / n
    powers = moments.polynomial(data.y - data.z @ step.b)
    lam, _ = minimise(powers, np.asarray(np.linalg.inv(spread)), none, interval)
    _require_inside(lam, interval)
    final = data.filtered(lam)
    residuals = final.y - final.z @ step.b
    return Generalised(lam, step, residuals, _unequal(moments, final, residuals, powers, lam, data))


def _unequal(
    moments: ErrorMoments,
    final: TwoStage,
    residuals: Array,
    powers: Array,
    lam: float,
    data: Stacked,
) -> Array:
    """Covariance of (b, λ) with errors of unequal variance (Kelejian and Prucha, 2010, eq. 23)."""
    n = len(residuals)
    variances = moments.variances(residuals, data.free)
    influence = final.influence
    shift = (influence @ _slopes(moments, data, final, residuals)).T
    spread = moments.spread(variances) + (shift * variances) @ shift.T / n
    inverse = np.linalg.inv(spread)
    slope = powers[1] + 2.0 * lam * powers[2]
    weights = inverse @ slope / float(slope @ inverse @ slope)
    of_b = (influence.T * variances) @ influence
    cross = -(influence.T * variances) @ (weights @ shift) / n
    return without_negative(_joint(of_b, cross, float(weights @ spread @ weights) / n))[0]


def _equal_variances(
    moments: ErrorMoments, step: TwoStage, shift: Array, weights: Array, free: int
) -> Array:
    """Covariance of (b, λ) with errors of one variance, third and fourth moments counted."""
    n, residuals = len(step.y), step.residuals
    variance = float(residuals @ residuals) / free
    third, fourth = moments.cumulants(residuals)
    diagonals = moments.diagonals
    spread = moments.spread(np.full(n, variance)) + variance * (shift @ shift.T) / n
    spread += fourth * (diagonals @ diagonals.T) / n
    skew = third * (shift @ diagonals.T) / n
    spread += skew + skew.T
    influence = step.influence
    moved = variance * (weights @ shift) + third * (weights @ diagonals)
    cross = -(influence.T @ moved) / n
    return _joint(variance * step.bread, cross, float(weights @ spread @ weights) / n)


def _slopes(moments: ErrorMoments, data: Stacked, step: TwoStage, residuals: Array) -> Array:
    """Derivatives of the forms ε′A_rε in b, −2 Z*′A_rε, (K, R)."""
    if data.exogenous:
        return np.zeros((data.z.shape[1], len(moments.expectation)))
    return np.asarray(-2.0 * step.z.T @ moments.forms(residuals).T)


def _joint(of_b: Array, cross: Array, of_lam: float) -> Array:
    return np.block([[of_b, cross[:, None]], [cross[None, :], np.array([[of_lam]])]])
