"""Quadratic forms of estimates in the inverse of their covariance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["inverse_of", "wald"]

Array = npt.NDArray[np.float64]
RANK = 1e-10  # smallest eigenvalue of the correlations beside the largest


def wald(values: Array, cov: Array) -> float:
    """v′V⁻¹v; NaN where V has no inverse, as from fewer clusters or periods than values.

    Examples
    --------
    >>> wald(np.array([2.0, 0.0]), np.array([[4.0, 0.0], [0.0, 1.0]]))
    1.0
    >>> wald(np.array([2.0, 1.0]), np.ones((2, 2)))
    nan
    """
    inverse = inverse_of(cov)
    return float("nan") if inverse is None else float(values @ inverse @ values)


def inverse_of(cov: Array) -> Array | None:
    """Inverse of a covariance, units of measurement taken out first; None where it has none."""
    variances = np.diag(cov)
    if not (np.isfinite(cov).all() and (variances > 0).all()):
        return None
    scale = np.sqrt(variances)
    sizes, vectors = np.linalg.eigh(cov / np.outer(scale, scale))
    if sizes[0] <= RANK * sizes[-1]:
        return None
    return np.asarray((vectors / sizes) @ vectors.T / np.outer(scale, scale))
