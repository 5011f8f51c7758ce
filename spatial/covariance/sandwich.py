"""From the variance of the score to a covariance: bread on both sides, a factor, and its sign."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spatial.covariance.inverse import information
from spatial.errors import InputError, named
from spatial.estimation import Estimated
from spatial.information import invert

__all__ = ["estimated_count", "left_open", "nested_effects", "sandwich", "without_negative"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
NEGATIVE = -1e-10
NOTHING = 1e-13


def sandwich(fitted: Estimated, meat: Array) -> Array:
    """I⁻¹ΩI⁻¹ of (b, ρ, λ) with the observed information I, which holds whatever the errors are.

    An estimate without a likelihood has a matrix of its own for I⁻¹.

    Raises
    ------
    InputError
        Sums in which the contributions of rows cancel, so that a variance would be zero.
    """
    if fitted.linear is not None:
        inner = fitted.linear.bread @ meat @ fitted.linear.bread
        _refuse_cancelled(fitted, inner, fitted.linear.variance * fitted.linear.bread)
        return np.asarray(0.5 * (inner + inner.T))
    bread = invert(information(fitted, "observed"))
    cut = np.ix_(fitted.places, fitted.places)
    whole = (bread @ meat @ bread)[cut]
    _refuse_cancelled(fitted, whole, bread[cut])
    return np.asarray(0.5 * (whole + whole.T))


def _refuse_cancelled(fitted: Estimated, matrix: Array, equal: Array) -> None:
    """Refuse variances that are rounding beside those of equal errors.

    With unit effects both of two periods contribute the same, which sums to zero at the maximum.
    """
    gone = np.abs(np.diag(matrix)) <= NOTHING * np.diag(equal)
    if gone.any():
        lags = ["rho"] * fitted.lag_y + ["lambda"] * fitted.lag_error
        names = [*fitted.sample.labels, *lags]
        lost = [name for name, zero in zip(names, gone, strict=True) if zero]
        raise InputError(
            f"what rows contribute to the estimate of {named(lost)} cancels within every group or "
            "period, as over two periods with unit effects, and the standard error would be zero; "
            'sum over other groups, such as with_cov("cluster", by="unit").'
        )


def estimated_count(fitted: Estimated) -> int:
    """Coefficients, spatial parameters, and effects whether they left or stay."""
    if fitted.linear is not None:
        return fitted.sample.layout.n - fitted.linear.free
    way = fitted.transformation
    effects = fitted.sample.layout.n - way.nobs + way.dummies
    return len(fitted.params) + effects


def left_open(fitted: Estimated, matrix: Array, change: Array) -> float:
    """How far `change` moves standard errors of the spatial parameters, in percent at most."""
    spatial = fitted.lag_y + fitted.lag_error
    return 50.0 * float((np.diag(change) / np.diag(matrix))[-spatial:].max())


def nested_effects(fitted: Estimated, codes: Codes) -> int:
    """Effects that lie within groups of rows, less the constant among them, which do not count."""
    layout = fitted.sample.layout
    count = 0
    for effects, own, size in (
        ("unit", layout.unit_codes, layout.n_units),
        ("time", layout.time_codes, layout.n_times),
    ):
        if fitted.effects in (effects, "twoway"):
            pairs = np.unique(np.column_stack([own, codes]), axis=0)
            count += size - 1 if len(pairs) == size else 0
    return count


def without_negative(matrix: Array) -> tuple[Array, bool]:
    """The matrix without negative eigenvalues, and whether there were any.

    They are taken from the matrix scaled by its own diagonal, so that units of measurement do not
    matter (Cameron, Gelbach and Miller, 2011, sec. 2.3).
    """
    scale = np.sqrt(np.abs(np.diag(matrix)))
    scale[scale == 0.0] = 1.0
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    if values.min() > NEGATIVE * max(values.max(), 1.0):
        return matrix, False
    kept = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return np.asarray(kept * np.outer(scale, scale)), True
