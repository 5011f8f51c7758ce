"""From the variance of the score to a covariance: bread on both sides, a factor, and its sign."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spatial.covariance.inverse import information
from spatial.estimation import Estimated
from spatial.information import invert

__all__ = ["estimated_count", "nested_effects", "sandwich", "without_negative"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
NEGATIVE = -1e-10


def sandwich(fitted: Estimated, meat: Array) -> Array:
    """I⁻¹ΩI⁻¹ of (b, ρ, λ) with the observed information I, which holds whatever the errors are.

    An estimate without a likelihood has a matrix of its own for I⁻¹.
    """
    if fitted.linear is not None:
        inner = fitted.linear.bread @ meat @ fitted.linear.bread
        return np.asarray(0.5 * (inner + inner.T))
    bread = invert(information(fitted, "observed"))
    places = fitted.places
    whole = bread @ meat @ bread
    return np.asarray((0.5 * (whole + whole.T))[np.ix_(places, places)])


def estimated_count(fitted: Estimated) -> int:
    """Coefficients, spatial parameters, and effects whether they left or stay."""
    if fitted.linear is not None:
        return fitted.sample.layout.n - fitted.linear.free
    way = fitted.transformation
    effects = fitted.sample.layout.n - way.nobs + way.dummies
    return len(fitted.params) + effects


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
