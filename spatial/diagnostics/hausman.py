"""Contrasts of two estimates, one of which is efficient if the null holds (Hausman, 1978)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.diagnostics.nested import require_fits, require_same_rows
from spatial.diagnostics.rows import chi2_row
from spatial.errors import InputError
from spatial.within import demean

if TYPE_CHECKING:
    from spatial.fit import Fit

__all__ = ["hausman", "hausman_error"]

Array = npt.NDArray[np.float64]
NOT_COMPARED = ("Intercept", "lambda")
RANK = 1e-10
FLAT = 1e-12
NOTE = (
    "The difference of the covariances is not positive definite; a generalised inverse of its "
    "positive part was taken, and df counts that part. Where this decides, include the means of "
    "the regressors by unit in the random-effects model (Mundlak) and test them instead."
)


def hausman(fixed: Fit, random: Fit) -> pd.Series:
    """Hausman test of random against fixed effects in a spatial panel model.

    q′(V_F − V_R)⁻¹q with q = β_F − β_R over the parameters that both fits have: the coefficients of
    regressors that vary over time, their spatial lags, and rho, which like a slope is inconsistent
    where effects and regressors are correlated (Mutl and Pfaffermayr, 2011; Lee and Yu, 2012;
    Elhorst, 2014, ch. 3). The intercept, what is the same for all units in a year (dummies of the
    years) and the parameters of the error (lambda, variances) are not compared. Under the null
    hypothesis of no such correlation both fits are consistent, random effects are efficient, and
    the statistic is χ² with as many degrees of freedom as parameters compared. V_R is taken at the
    σ² of the fixed effects, which is consistent in any case and keeps the difference positive.

    Time effects must be treated alike in both, or their bias in rho is taken for a correlation:
    write them as dummies, C(year), into both formulas (with `lagged=` the other terms). On the
    cigarette panel the SDM then gives χ²(5) = 2.93; two-way effects transformed out against random
    effects with dummies would give 15.69.

    Parameters
    ----------
    fixed, random
        Fits of the same model on the same rows, with fixed and with random effects.

    Returns
    -------
    Series
        test, statistic, df, p_value, null, and note: a sentence where V_F − V_R is not positive
        definite, else empty.

    Raises
    ------
    InputError
        Fits of other rows, outcomes or models; no parameter in common; effects the wrong way round;
        two-way effects.

    Examples
    --------
    With a panel and weights at hand::

        fixed = SDM("y ~ x", effects="unit").fit(panel, w)
        random = SDM("y ~ x", effects="random").fit(panel, w)
        hausman(fixed, random)["p_value"]
    """
    require_fits(fixed, random)
    kinds: tuple[str, str] = (fixed.model.effects, random.model.effects)
    if kinds == ("twoway", "random"):
        raise InputError(
            "two-way effects are transformed out and random effects know no time effects; fit "
            'effects="unit" and effects="random" with dummies of the years, C(year), in both '
            "formulas."
        )
    if kinds != ("unit", "random"):
        raise InputError(
            f'hausman(fixed, random) was given effects "{kinds[0]}" and '
            f'"{kinds[1]}"; give a fit with unit effects first and one with random effects second.'
        )
    require_same_rows(fixed, random)
    if fixed.kind != random.kind:
        raise InputError(
            f"the fits are {fixed.kind} and {random.kind}; compare fixed and random effects of one "
            "model."
        )
    common = _common_to_all_units(fixed)
    names = [
        name
        for name in fixed.params.index
        if name in random.params.index and name not in (*NOT_COMPARED, *common)
    ]
    if not names:
        raise InputError("the fits have no coefficient in common; give both the same formula.")
    gap = (fixed.params[names] - random.params[names]).to_numpy(dtype=np.float64)
    own = fixed.cov.loc[names, names].to_numpy(dtype=np.float64)
    alike = fixed.sigma2 / random.sigma2
    return _contrast(
        "hausman",
        gap,
        own - alike * random.cov.loc[names, names].to_numpy(dtype=np.float64),
        np.sqrt(np.diag(own)),
        "effects uncorrelated with the regressors (random effects)",
    )


def _common_to_all_units(fit: Fit) -> list[str]:
    """Columns that are the same for all units in each time, such as dummies of the years."""
    sample = fit._fitted.sample
    within = np.abs(demean(sample.x, "time", sample.layout)).max(axis=0)
    flat = within <= FLAT * np.abs(sample.x).max(axis=0)
    return [name for name, same in zip(sample.labels, flat, strict=True) if same]


def hausman_error(fit: Fit) -> pd.Series:
    """Hausman test of an error model against least squares (Pace and LeSage, 2008).

    Where the spatial error model is right, least squares is consistent too, only less precise; a
    difference between the two sets of coefficients speaks for a lag of y or of regressors that was
    left out. q′(V_LS − V_ML)⁻¹q with V_LS = σ²(X′X)⁻¹X′(B′B)⁻¹X(X′X)⁻¹, B = I − λW.

    Parameters
    ----------
    fit
        A fit of SEM or SDEM with fixed effects or without effects.

    Returns
    -------
    Series
        test, statistic, df, p_value, null, note, as `hausman` gives.

    Raises
    ------
    InputError
        Another model.
    """
    require_fits(fit)
    fitted = fit._fitted
    if not fitted.lag_error or fitted.lag_y or str(fit.model.effects) == "random":
        raise InputError(
            f"hausman_error compares SEM or SDEM with least squares; this is {fit.kind} with "
            f'effects="{fit.model.effects}".'
        )
    sample, found = fitted.sample, fitted.estimate
    x, y = (demean(v, fitted.effects, sample.layout) for v in (sample.x, sample.y))
    network = sample.error_network
    spread = demean(network.solve(found.lam, x, transposed=True), fitted.effects, sample.layout)
    scale = 1.0 / np.linalg.norm(x, axis=0)
    bread = np.linalg.inv((x * scale).T @ (x * scale)) * np.outer(scale, scale)
    least = bread @ (x.T @ y)
    k = x.shape[1]
    own = fitted.sigma2 * bread @ (spread.T @ spread) @ bread
    error = fit.cov.to_numpy(dtype=np.float64)[:k, :k]
    return _contrast(
        "hausman_error",
        least - fitted.coefficients,
        own - error,
        np.sqrt(np.diag(own)),
        "the error model is right (least squares agrees)",
    )


def _contrast(test: str, gap: Array, spread: Array, scale: Array, null: str) -> pd.Series:
    """q′V⁺q over the positive part of V, which is judged in units of `scale`."""
    values, vectors = np.linalg.eigh(spread / np.outer(scale, scale))
    kept = values > RANK
    if not kept.any():
        raise InputError(
            "the fit that should be the more precise one is less precise in every direction, so "
            "that the test has no basis; test the unit means of the regressors (Mundlak) instead."
        )
    turned = vectors[:, kept].T @ (gap / scale)
    row = chi2_row(test, float((turned**2 / values[kept]).sum()), int(kept.sum()), null)
    row["note"] = "" if kept.all() else NOTE
    return row
