"""Mean effects of a regressor: direct, indirect and total, with delta or simulated standard errors.

With S = I − ρW the effects of x_k are the entries of S⁻¹(β_k I + θ_k W) (LeSage and Pace, 2009, ch.
2). No inverse is taken: tr S⁻¹ = N + ρ g(ρ), tr(S⁻¹W) = g(ρ), and row sums come from one solve, or
from 1/(1 − ρ) where all rows of W sum to one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.polynomial import Chebyshev
from scipy.special import ndtr, ndtri

from spatial.errors import InputError, is_whole
from spatial.information import solve_system
from spatial.weights.logdet import LogDeterminant
from spatial.weights.operator import Operator

__all__ = [
    "EFFECTS",
    "Coefficients",
    "Multiplier",
    "delta_effects",
    "multiplier",
    "simulated_effects",
]

Array = npt.NDArray[np.float64]
EFFECTS = ("direct", "indirect", "total")
SMOOTH_DEGREE = 24
TRIES = 1000


@dataclass(frozen=True)
class Multiplier:
    """What ρ and W do to β and θ: direct = β·own + θ·own_lag, total = β·all + θ·all_lag.

    own = tr S⁻¹/N, own_lag = tr(S⁻¹W)/N, all = 1′S⁻¹1/N, all_lag = 1′S⁻¹W1/N; arrays over the
    values of ρ asked for.
    """

    own: Array
    own_lag: Array
    all: Array
    all_lag: Array


@dataclass(frozen=True)
class Coefficients:
    """Names of the terms and the places of β, θ and ρ among the parameters; −1 where absent."""

    terms: tuple[str, ...]
    own: tuple[int, ...]
    neighbour: tuple[int, ...]
    rho: int


def multiplier(op: Operator, logdet: LogDeterminant | None, rho: Array) -> Multiplier:
    """Multiplier at each ρ; without a lag of y (`logdet` None) S is the identity."""
    ones = np.ones_like(rho)
    if logdet is None:
        trace = float(op.matrix.diagonal().sum()) / op.n
        return Multiplier(ones, trace * ones, ones, float(op.row_sums.mean()) * ones)
    g = logdet.g(rho) / op.n
    if op.stochastic:
        whole = 1.0 / (1.0 - rho)
        return Multiplier(1.0 + rho * g, g, whole, whole)
    whole, whole_lag = _row_means(op, rho, 1.0 / logdet.interval[1])
    return Multiplier(1.0 + rho * g, g, whole, whole_lag)


def multiplier_slope(op: Operator, logdet: LogDeterminant, rho: float) -> Multiplier:
    """Derivatives of the multiplier in ρ."""
    g, h = float(logdet.g(rho)) / op.n, float(logdet.h(rho)) / op.n
    if op.stochastic:
        whole = whole_lag = 1.0 / (1.0 - rho) ** 2
    else:
        ones = np.ones(op.n)
        forward = solve_system(op, rho, ones)
        back = op.matrix.T @ solve_system(op, rho, ones, transposed=True)
        whole = float(back @ forward) / op.n
        whole_lag = float(back @ (op.matrix @ forward)) / op.n
    return Multiplier(*(np.array([v]) for v in (g + rho * h, h, whole, whole_lag)))


def delta_effects(
    places: Coefficients,
    params: Array,
    cov: Array,
    *,
    op: Operator,
    logdet: LogDeterminant | None,
    level: float,
) -> pd.DataFrame:
    """Effects with standard errors by the delta method.

    The variance of c(β, θ, ρ) is J V J′ with J from the derivatives in `Multiplier` and
    `multiplier_slope`.
    """
    rho = float(params[places.rho]) if places.rho >= 0 else 0.0
    own, lag = _by_effect(multiplier(op, logdet, np.array([rho])))
    slope_own, slope_lag = np.zeros(3), np.zeros(3)
    if logdet is not None:
        slope_own, slope_lag = _by_effect(multiplier_slope(op, logdet, rho))
    beta, theta = _beta_theta(places, params)
    estimates = np.multiply.outer(beta, own) + np.multiply.outer(theta, lag)
    jacobian = np.zeros((len(places.terms), 3, len(params)))
    for k, (at_own, at_lag) in enumerate(zip(places.own, places.neighbour, strict=True)):
        jacobian[k, :, at_own] = own
        if at_lag >= 0:
            jacobian[k, :, at_lag] = lag
        if places.rho >= 0:
            jacobian[k, :, places.rho] = beta[k] * slope_own + theta[k] * slope_lag
    flat = jacobian.reshape(-1, len(params))
    errors = np.sqrt(np.einsum("ij,jk,ik->i", flat, cov, flat).clip(min=0.0))
    z = ndtri(0.5 + level / 2.0)
    values = estimates.ravel()
    return _table(places.terms, values, errors, values - z * errors, values + z * errors)


def simulated_effects(
    places: Coefficients,
    params: Array,
    cov: Array,
    *,
    op: Operator,
    logdet: LogDeterminant | None,
    level: float,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Effects with the spread of draws of (β, θ, ρ) from their joint normal distribution.

    The estimate is that of the parameters, not the mean of the draws; bounds are quantiles. Draws
    of ρ outside its interval are drawn again; `.attrs["redrawn"]` counts them.
    """
    if not is_whole(draws) or draws < 2:
        raise InputError(
            f"draws={draws!r} gives no standard error; give a whole number of at least 2, better "
            "1000."
        )
    if not is_whole(seed) or seed < 0:
        raise InputError(f"seed={seed!r} is not a whole number from 0 on.")
    interval = logdet.interval if logdet is not None else (-np.inf, np.inf)
    sample, redrawn = _draw(params, cov, places.rho, interval, draws, seed)
    if logdet is not None:
        logdet.refine(float(sample[:, places.rho].min()), float(sample[:, places.rho].max()))
    drawn = _effects(places, sample, op, logdet)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    exact = _effects(places, params[None, :], op, logdet)[0]
    table = _table(places.terms, exact, drawn.std(axis=0, ddof=1), low, high)
    table.attrs.update({"draws": draws, "seed": seed, "redrawn": redrawn})
    return table


def _by_effect(m: Multiplier) -> tuple[Array, Array]:
    """Factors of β and of θ in the direct, indirect and total effect at one ρ, (3,) each."""
    own, lag, whole, whole_lag = m.own[0], m.own_lag[0], m.all[0], m.all_lag[0]
    return np.array([own, whole - own, whole]), np.array([lag, whole_lag - lag, whole_lag])


def _effects(
    places: Coefficients, params: Array, op: Operator, logdet: LogDeterminant | None
) -> Array:
    """Direct, indirect and total effect of each term for rows of parameters, (rows, 3 × terms)."""
    rho = params[:, places.rho] if places.rho >= 0 else np.zeros(len(params))
    m = multiplier(op, logdet, rho)
    beta, theta = _beta_theta(places, params)
    direct = beta * m.own[:, None] + theta * m.own_lag[:, None]
    total = beta * m.all[:, None] + theta * m.all_lag[:, None]
    return np.stack([direct, total - direct, total], axis=-1).reshape(len(params), -1)


def _beta_theta(places: Coefficients, params: Array) -> tuple[Array, Array]:
    """β and θ on the last axis; θ is zero where a term is not lagged."""
    beta = params[..., list(places.own)]
    padded = np.concatenate([params, np.zeros((*params.shape[:-1], 1))], axis=-1)
    return beta, padded[..., list(places.neighbour)]


def _draw(
    params: Array, cov: Array, rho: int, interval: tuple[float, float], draws: int, seed: int
) -> tuple[Array, int]:
    rng = np.random.default_rng(seed)
    scale = np.sqrt(np.diag(cov))
    safe = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(cov / np.outer(safe, safe))
    root = vectors * np.sqrt(values.clip(min=0.0))

    def sample(count: int) -> Array:
        return np.asarray(params + (rng.standard_normal((count, len(params))) @ root.T) * safe)

    drawn, redrawn = sample(draws), 0
    if rho < 0:
        return drawn, 0
    for _ in range(TRIES):
        outside = (drawn[:, rho] <= interval[0]) | (drawn[:, rho] >= interval[1])
        if not outside.any():
            return drawn, redrawn
        redrawn += int(outside.sum())
        drawn[outside] = sample(int(outside.sum()))
    raise InputError('draws of rho keep falling outside its interval; use method="delta".')


def _row_means(op: Operator, rho: Array, largest: float) -> tuple[Array, Array]:
    """1′S⁻¹1/N and 1′S⁻¹W1/N at each ρ.

    Many values are read from an interpolant of (1 − ρω) times them, ω the `largest` eigenvalue.
    """
    if len(rho) <= SMOOTH_DEGREE:
        return _solved_means(op, rho)
    nodes = np.polynomial.chebyshev.chebpts1(SMOOTH_DEGREE + 1)
    low, high = float(rho.min()), float(rho.max())
    points = 0.5 * (low + high) + 0.5 * (high - low) * nodes
    smooth = [
        Chebyshev.fit(points, values * (1.0 - largest * points), SMOOTH_DEGREE, domain=[low, high])
        for values in _solved_means(op, points)
    ]
    pole = 1.0 - largest * rho
    return smooth[0](rho) / pole, smooth[1](rho) / pole


def _solved_means(op: Operator, rho: Array) -> tuple[Array, Array]:
    ones = np.ones(op.n)
    forward = [solve_system(op, float(value), ones) for value in rho]
    return (
        np.array([v.mean() for v in forward]),
        np.array([(op.matrix @ v).mean() for v in forward]),
    )


def _table(
    terms: Sequence[str], estimates: Array, errors: Array, low: Array, high: Array
) -> pd.DataFrame:
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
