"""Fixed effects recovered after the estimation, with the constant that identifies them.

What the effects explain is f = (I − ρW)y − Xb − (I − λM)⁻¹ε̂, a constant plus μ_i plus α_t in every
row (Elhorst, 2014, eq. 3.5 and 3.7, for balanced panels). They are told apart by Σμ = 0 over units
and Σα = 0 over times.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from spatial.effect_noise import filtered_noise, unfiltered_noise
from spatial.estimation import DUMMY_LIMIT, Estimated
from spatial.weights.operator import Operator
from spatial.within import Effects, Layout, demean

__all__ = ["Recovered", "recover_effects"]

Array = npt.NDArray[np.float64]


class Recovered(NamedTuple):
    """Constant, unit effects (N or 0) and time effects (T or 0), stacked, with standard errors."""

    values: Array
    errors: Array
    n_units: int
    n_times: int


def recover_effects(fitted: Estimated, cov: Array) -> Recovered:
    """Effects and their standard errors, given the covariance (p, p) of (b, ρ, λ).

    The effects are linear in y: their variance is that of errors of variance σ² through the means,
    plus J V J′ with J the effects of the columns X and of the mean of W y. Unit effects are
    consistent only as T grows, time effects as N grows. NaN where dummies of all rows do not fit.
    """
    layout, effects = fitted.sample.layout, fitted.effects
    error = fitted.unfiltered(fitted.estimate.residuals)
    left = fitted.sample.y - fitted.sample.x @ fitted.coefficients - error
    if fitted.lag_y:
        left = left - fitted.estimate.rho * fitted.sample.wy
    values = _identified(_raw(left[:, None], effects, layout), effects, layout)[:, 0]
    units, times = _sizes(effects, layout)
    return Recovered(values, _errors(fitted, cov), units, times)


def _sizes(effects: Effects, layout: Layout) -> tuple[int, int]:
    return (
        layout.n_units if effects in ("unit", "twoway") else 0,
        layout.n_times if effects in ("time", "twoway") else 0,
    )


def _raw(values: Array, effects: Effects, layout: Layout) -> Array:
    """Least squares of rows (n, k) on the dummies of units and times, (units + times, k)."""
    unit, time = layout.unit_codes, layout.time_codes
    if effects == "time":
        return layout.means(values, time, layout.time_counts)
    if effects == "unit":
        return layout.means(values, unit, layout.unit_counts)
    if layout.n_times > layout.n_units:
        turned = _raw(values, effects, layout.turned)
        return np.concatenate([turned[layout.n_times :], turned[: layout.n_times]])
    within = values - layout.means(values, unit, layout.unit_counts)[unit]
    sums = layout.means(within, time, layout.time_counts) * layout.time_counts[:, None]
    shift = layout.time_inverse @ sums
    return np.concatenate([layout.means(values - shift[time], unit, layout.unit_counts), shift])


def _identified(raw: Array, effects: Effects, layout: Layout) -> Array:
    """Constant, μ with Σμ = 0, α with Σα = 0 in every connected part of the panel."""
    units, times = _sizes(effects, layout)
    mu, alpha = raw[:units], raw[units:]
    if units and times:
        alpha, mu = _centred_by_part(mu, alpha, layout)
    elif times:
        mu, alpha = mu, alpha - alpha.mean(axis=0)
    constant = mu.mean(axis=0) if units else raw.mean(axis=0)
    return np.concatenate([constant[None], mu - constant if units else mu, alpha])


def _centred_by_part(mu: Array, alpha: Array, layout: Layout) -> tuple[Array, Array]:
    """α less its mean in each part, which goes to the units of that part."""
    of_times = layout.components[layout.n_units :]
    parts, place = np.unique(of_times, return_inverse=True)
    means = np.stack([alpha[place == part].mean(axis=0) for part in range(len(parts))])
    of_unit = np.empty(layout.n_units, dtype=np.intp)
    of_unit[layout.unit_codes] = place[layout.time_codes]
    return alpha - means[place], mu + means[of_unit]


def _errors(fitted: Estimated, cov: Array) -> Array:
    layout, effects = fitted.sample.layout, fitted.effects
    noise = _noise(fitted)
    if noise is None:
        return np.full(1 + sum(_sizes(effects, layout)), np.nan)
    jacobian = _jacobian(fitted)
    k = jacobian.shape[1]
    spread = np.einsum("ij,jk,ik->i", jacobian, cov[:k, :k], jacobian)
    return np.asarray(np.sqrt((fitted.sigma2 * noise + spread).clip(min=0.0)))


def _noise(fitted: Estimated) -> Array | None:
    """Variances of constant, μ and α for errors of variance one; None where they do not fit."""
    layout, effects = fitted.sample.layout, fitted.effects
    if not fitted.lag_error:
        return unfiltered_noise(effects, layout)
    if _saturated(fitted):
        found = filtered_noise(effects, layout, _filter(fitted), fitted.estimate.lam)
        if found is not None:
            return found
    if layout.n * sum(_sizes(effects, layout)) > DUMMY_LIMIT:
        return None
    inverse = np.asarray(np.linalg.pinv(_gram(fitted), rcond=1e-11, hermitian=True), np.float64)
    half = _identified(inverse, effects, layout)
    return np.diag(_identified(np.ascontiguousarray(half.T), effects, layout))


def _saturated(fitted: Estimated) -> bool:
    """Whether the filter is the same in all times of a balanced panel.

    Means over time then hold all of the unit effects, deviations from them all of the others.
    """
    return fitted.sample.layout.balanced and fitted.sample.error_network.single is not None


def _filter(fitted: Estimated) -> Operator:
    return fitted.sample.error_network.blocks[0].operator


def _gram(fitted: Estimated) -> Array:
    """D′B′BD of all dummies D."""
    columns = fitted.filtered(_dummies(fitted.effects, fitted.sample.layout))
    return np.asarray(columns.T @ columns)


def _dummies(effects: Effects, layout: Layout) -> Array:
    units, times = _sizes(effects, layout)
    columns = [layout.unit_codes[:, None] == np.arange(units)]
    columns.append(layout.time_codes[:, None] == np.arange(times))
    return np.concatenate(columns, axis=1).astype(np.float64)


def _jacobian(fitted: Estimated) -> Array:
    """Effects that fit the columns of X and the mean of W y, (effects, K or K + 1)."""
    sample, effects = fitted.sample, fitted.effects
    columns = [sample.x]
    if fitted.lag_y:
        columns.append(sample.network.lag(fitted.reduced_form)[:, None])
    values = np.concatenate(columns, axis=1)
    if fitted.lag_error and _saturated(fitted):
        raw = _raw_filtered(values, fitted)
        return _identified(raw, effects, sample.layout)
    if fitted.lag_error and fitted.subtracted != effects:
        dummies = fitted.filtered(_dummies(effects, sample.layout))
        found = np.linalg.lstsq(dummies, fitted.filtered(values), rcond=1e-11)[0]
        return _identified(np.asarray(found, np.float64), effects, sample.layout)
    if fitted.lag_error:
        within = demean(fitted.filtered(values), effects, sample.layout)
        values = values - fitted.unfiltered(within)
    return _identified(_raw(values, effects, sample.layout), effects, sample.layout)


def _raw_filtered(values: Array, fitted: Estimated) -> Array:
    """Generalised least squares of rows (n, k) on the dummies where the filter is the same."""
    layout, effects = fitted.sample.layout, fitted.effects
    grid = values.reshape(layout.n_times, layout.n_units, -1)
    units = grid.mean(axis=0) if effects != "time" else np.zeros(grid.shape[1:])
    filtered = fitted.filtered(np.ones(layout.n)).reshape(layout.n_times, -1)[0]
    rest = fitted.filtered((grid - units).reshape(values.shape)).reshape(grid.shape)
    times = np.einsum("i,tik->tk", filtered, rest) / float(filtered @ filtered)
    parts = [units] * (effects != "time") + [times] * (effects != "unit")
    return np.concatenate(parts)
