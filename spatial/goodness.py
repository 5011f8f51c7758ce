"""Goodness of fit as the field reports it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spatial.estimation import Estimated
from spatial.likelihood import gaussian_loglik
from spatial.within import Effects, demean

__all__ = ["goodness_of_fit"]

Array = npt.NDArray[np.float64]


def goodness_of_fit(fitted: Estimated, effects: Effects) -> dict[str, float]:
    """R² by four definitions, and Nagelkerke's from the likelihood.

    rsquared
        1 − Σε̂²/Σ(y − ȳ)²; what fixed effects explain is counted in.
    rsquared_within
        1 − Σε̂²/Σẏ², ẏ without the effects.
    corr2
        Squared correlation of y and its reduced form (I − ρW)⁻¹(Xb + effects).
    corr2_within
        Squared correlation of y and (I − ρW)⁻¹Xb, both without the effects: what the regressors
        explain beyond them (Elhorst, 2014, sec. 3.4).
    nagelkerke
        1 − exp[−2(ℓ − ℓ₀)/n], ℓ₀ the likelihood with the effects, or the constant, alone
        (Nagelkerke, 1991); NaN where no likelihood was maximised.
    """
    sample, found, way = fitted.sample, fitted.estimate, fitted.transformation
    y, layout = sample.y, sample.layout
    mean = sample.x @ fitted.coefficients
    if fitted.lag_y:
        mean = sample.network.solve(found.rho, mean)
    centred = demean(y, effects, layout)
    centred = centred - centred.mean()
    rss = float(found.residuals @ found.residuals)
    null = gaussian_loglik(float(centred @ centred), way.nobs)
    return {
        "rsquared": 1.0 - rss / float(((y - y.mean()) ** 2).sum()),
        "rsquared_within": 1.0 - rss / float(centred @ centred),
        "corr2": _correlation(y, fitted.reduced_form),
        "corr2_within": _correlation(centred, demean(mean, effects, layout)),
        "nagelkerke": float(-np.expm1(-2.0 / way.nobs * (found.loglik - null))),
    }


def _correlation(one: Array, other: Array) -> float:
    """Squared; zero where one does not vary."""
    a, b = one - one.mean(), other - other.mean()
    scale = float(a @ a) * float(b @ b)
    return float(a @ b) ** 2 / scale if scale > 0.0 else 0.0
