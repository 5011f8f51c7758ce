"""Mean effects of a regressor: direct, indirect and total, with delta or simulated standard errors.

(LeSage and Pace, 2009, ch. 2.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

from spatial.effects.coefficients import Coefficients, LongRun
from spatial.effects.multiplier import Multiplier, Propagation, multiplier, multiplier_slope
from spatial.errors import InputError, is_whole

__all__ = [
    "EFFECTS",
    "Coefficients",
    "delta_effects",
    "effects_and_slopes",
    "effects_table",
    "simulated_effects",
    "undefined_effects",
]

Array = npt.NDArray[np.float64]
EFFECTS = ("direct", "indirect", "total")
TRIES = 1000


def delta_effects(
    places: Coefficients,
    params: Array,
    cov: Array,
    *,
    ways: Propagation,
    level: float,
) -> pd.DataFrame:
    """Effects with standard errors by the delta method.

    The variance of c(β, θ, ρ) is J V J′ with J from `multiplier` and `multiplier_slope`.
    """
    estimates, jacobian = effects_and_slopes(places, params, ways)
    flat = jacobian.reshape(-1, len(params))
    errors = np.sqrt(np.einsum("ij,jk,ik->i", flat, cov, flat).clip(min=0.0))
    z = ndtri(0.5 + level / 2.0)
    values = estimates.ravel()
    return effects_table(places.terms, values, errors, values - z * errors, values + z * errors)


def effects_and_slopes(
    places: Coefficients, params: Array, ways: Propagation
) -> tuple[Array, Array]:
    """Effects (terms, 3) and their derivatives in the parameters (terms, 3, p)."""
    rho = float(params[places.rho]) if places.rho >= 0 else 0.0
    own, lag = _by_effect(multiplier(ways, np.array([rho])))
    slope_own, slope_lag = _by_effect(multiplier_slope(ways, rho))
    beta, theta = _beta_theta(places, params)
    estimates = np.multiply.outer(beta, own) + theta[:, None] * lag
    jacobian = np.zeros((len(places.terms), 3, len(params)))
    for k, (at_own, at_lag) in enumerate(zip(places.own, places.neighbour, strict=True)):
        jacobian[k, :, at_own] = own
        if at_lag >= 0:
            jacobian[k, :, at_lag] = lag[k]
        if places.rho >= 0:
            jacobian[k, :, places.rho] = beta[k] * slope_own + theta[k] * slope_lag[k]
    return estimates, jacobian


def simulated_effects(
    places: Coefficients,
    params: Array,
    cov: Array,
    *,
    ways: Propagation,
    level: float,
    draws: int,
    seed: int,
    long_run: LongRun | None = None,
) -> pd.DataFrame:
    """Effects with the spread of draws of (β, θ, ρ) from their joint normal distribution.

    The estimate is that of the parameters, not the mean of the draws; bounds are quantiles. Draws
    of ρ outside its interval are drawn again, with `long_run` also those without a long run;
    `.attrs["redrawn"]` counts them.
    """
    if not is_whole(draws) or draws < 2:
        raise InputError(
            f"draws={draws!r} gives no standard error; give a whole number of at least 2, better "
            "1000."
        )
    if not is_whole(seed) or seed < 0:
        raise InputError(f"seed={seed!r} is not a whole number from 0 on.")

    def inside(rows: Array) -> npt.NDArray[np.bool_]:
        if long_run is not None:
            return long_run.exists(rows, ways.interval) & _within(rows, places.rho, ways.interval)
        return _within(rows, places.rho, ways.interval)

    sample, redrawn = _draw(params, cov, inside, draws, seed)
    if long_run is not None:
        places = long_run.target
        params, sample = long_run.values(params), long_run.values(sample)
    drawn = _effects(places, sample, ways)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    exact = _effects(places, params[None, :], ways)[0]
    table = effects_table(places.terms, exact, drawn.std(axis=0, ddof=1), low, high)
    table.attrs.update({"draws": draws, "seed": seed, "redrawn": redrawn})
    return table


def _by_effect(m: Multiplier) -> tuple[Array, Array]:
    """Factors of β (3,) and of θ (terms, 3) in the direct, indirect and total effect at one ρ."""
    own, whole, lag, whole_lag = m.own[0], m.all[0], m.own_lag[0], m.all_lag[0]
    factors = np.stack([lag, whole_lag - lag, whole_lag], axis=-1)
    return np.array([own, whole - own, whole]), factors


def _effects(places: Coefficients, params: Array, ways: Propagation) -> Array:
    """Direct, indirect and total effect of each term for rows of parameters, (rows, 3 × terms)."""
    rho = params[:, places.rho] if places.rho >= 0 else np.zeros(len(params))
    m = multiplier(ways, rho)
    beta, theta = _beta_theta(places, params)
    direct = beta * m.own[:, None] + theta * m.own_lag
    total = beta * m.all[:, None] + theta * m.all_lag
    return np.stack([direct, total - direct, total], axis=-1).reshape(len(params), -1)


def _beta_theta(places: Coefficients, params: Array) -> tuple[Array, Array]:
    """β and θ on the last axis; θ is zero where a term is not lagged."""
    beta = params[..., list(places.own)]
    padded = np.concatenate([params, np.zeros((*params.shape[:-1], 1))], axis=-1)
    return beta, padded[..., list(places.neighbour)]


def _within(rows: Array, rho: int, interval: tuple[float, float]) -> npt.NDArray[np.bool_]:
    if rho < 0:
        return np.ones(len(rows), dtype=bool)
    return np.asarray((rows[:, rho] > interval[0]) & (rows[:, rho] < interval[1]))


def _draw(
    params: Array,
    cov: Array,
    inside: Callable[[Array], npt.NDArray[np.bool_]],
    draws: int,
    seed: int,
) -> tuple[Array, int]:
    """Draws that are inside, and how many were drawn again for it."""
    rng = np.random.default_rng(seed)
    scale = np.sqrt(np.diag(cov))
    safe = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(cov / np.outer(safe, safe))
    root = vectors * np.sqrt(values.clip(min=0.0))

    def sample(count: int) -> Array:
        return np.asarray(params + (rng.standard_normal((count, len(params))) @ root.T) * safe)

    drawn, redrawn = sample(draws), 0
    for _ in range(TRIES):
        outside = ~inside(drawn)
        if not outside.any():
            return drawn, redrawn
        redrawn += int(outside.sum())
        drawn[outside] = sample(int(outside.sum()))
    raise InputError('draws of rho keep falling outside its interval; use method="delta".')


def undefined_effects(terms: Sequence[str]) -> pd.DataFrame:
    """The table of effects that do not exist: every number is NaN."""
    nothing = np.full(len(EFFECTS) * len(terms), np.nan)
    return effects_table(terms, nothing, nothing, nothing, nothing)


def effects_table(
    terms: Sequence[str], estimates: Array, errors: Array, low: Array, high: Array
) -> pd.DataFrame:
    """One row per term and effect; no statistic where the error is zero."""
    none = errors == 0.0
    z = np.divide(estimates, errors, out=np.full_like(estimates, np.nan), where=~none)
    return pd.DataFrame(
        {
            "term": np.repeat(np.asarray(terms, dtype=object), 3),
            "effect": np.tile(np.asarray(EFFECTS, dtype=object), len(terms)),
            "estimate": estimates,
            "std_error": errors,
            "statistic": z,
            "p_value": 2.0 * ndtr(-np.abs(z)),
            "conf_low": low,
            "conf_high": high,
        }
    )
