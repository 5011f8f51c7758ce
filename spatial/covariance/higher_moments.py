"""Skewness and excess kurtosis of the independent errors, from residuals that effects shrank."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spatial.estimation import Estimated
from spatial.within import demean

__all__ = ["higher_moments"]

Array = npt.NDArray[np.float64]
ROWS = 2048
VANISHED = 1e-6


def higher_moments(fitted: Estimated) -> tuple[float, float]:
    """γ = μ₃/σ³ and κ = μ₄/σ⁴ − 3 of ε where residuals are Pε.

    E Σe² = σ²Σp², E Σe³ = μ₃Σp³ and E Σe⁴ = μ₄Σp⁴ + 3σ⁴Σ_i[(Σ_j p²)² − Σ_j p⁴], sums over the
    entries p_ij of the projection P that takes the effects out. Means over its rows are exact up to
    2,048 rows or where all rows are alike; beyond they are over evenly spaced rows. γ is zero where
    two periods leave nothing of it.
    """
    error = fitted.estimate.residuals
    rows = _projection_rows(fitted)
    square, cube, fourth = ((rows**power).sum(axis=0) for power in (2, 3, 4))
    s2 = float(np.mean(error**2) / square.mean())
    skewness = 0.0
    if abs(cube.mean()) > VANISHED:
        skewness = float(np.mean(error**3) / cube.mean() / s2**1.5)
    normal = 3.0 * s2**2 * float(np.mean(square**2 - fourth))
    kurtosis = float((np.mean(error**4) - normal) / fourth.mean() / s2**2) - 3.0
    return skewness, max(kurtosis, skewness**2 - 2.0)


def _projection_rows(fitted: Estimated) -> Array:
    """Columns (n, m) of P: one where all are alike, else up to `ROWS` of them."""
    layout, moments = fitted.sample.layout, fitted.moments
    dummies = moments.x[:, len(fitted.sample.labels) :]
    alike = layout.balanced and dummies.shape[1] == 0
    count = 1 if alike else min(layout.n, ROWS)
    chosen = np.linspace(0, layout.n - 1, count).astype(np.intp)
    unit = np.zeros((layout.n, count))
    unit[chosen, np.arange(count)] = 1.0
    effects = fitted.effects if dummies.shape[1] == 0 else fitted.subtracted
    left = demean(unit, effects, layout)
    if dummies.shape[1]:
        basis = np.linalg.qr(dummies)[0]
        left = left - basis @ basis[chosen].T
    return left
