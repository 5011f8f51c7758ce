"""Maximum likelihood with a random unit effect: an outer search over φ = σ_μ²/σ² and λ.

Given both, the whitened rows are the likelihood without the effect, with b, σ² and ρ concentrated
out. A grid finds where to start; Newton steps with exact derivatives solve the score in λ and
τ = ln(1 + Tφ) ≥ 0, φ = 0 being the pooled model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError
from spatial.likelihood import (
    Estimate,
    Interval,
    admissible,
    gaussian_loglik,
    lag_profile,
    logdet_sum,
    require_inside,
    solve_profile,
    triangle,
)
from spatial.random_effects.between import Between
from spatial.random_effects.rows import Rows, moments_at, whitened
from spatial.random_effects.scores import observed, outer_score

__all__ = ["Maximum", "maximise_random"]

Array = npt.NDArray[np.float64]
SHARES = (1.0, 0.7, 0.4, 0.2, 0.07, 0.02)
FILTERS = 9
STEPS = 100
DONE = 1e-17
SETTLED = 1e-10
LARGEST = 2.0
WIDE = 10.0
REFINED = 0.05


@dataclass(frozen=True, eq=False)
class Maximum:
    """The likelihood at one (φ, λ): inner maximum with whitened residuals, and Q."""

    phi: float
    estimate: Estimate
    q: Between


def maximise_random(rows: Rows) -> Maximum:
    """Highest point over (φ, λ, ρ, b, σ²), φ ≥ 0.

    Raises
    ------
    InputError
        The likelihood rises up to the edge of the interval of λ or ρ, or does not settle.
    """
    interval = admissible(rows.error_terms) if rows.error_terms else (-np.inf, np.inf)
    within = admissible(rows.terms) if rows.terms else (-np.inf, np.inf)
    best = _climb(rows, _start(rows, interval), interval)
    found = best.estimate
    if rows.error_terms:
        require_inside("lambda", found.lam, interval, rows.error_terms)
    if rows.terms:
        require_inside("rho", found.rho, within, rows.terms)
    ready = replace(
        found,
        lam=found.lam if rows.error_terms else np.nan,
        interval=within,
        error_interval=interval,
    )
    return Maximum(best.phi, ready, best.q)


def _at(rows: Rows, phi: float, lam: float) -> Maximum:
    """Inner maximum over ρ, b and σ²; λ is zero without a lag of the error."""
    q, k = rows.between(phi, lam), rows.k
    kept = whitened(rows.within - lam * rows.within_lag, rows.means - lam * rows.means_lag, q)
    reduced = triangle(kept[:, :k], kept[:, k:])
    rest, rho, logdet = reduced.rest, 0.0, -0.5 * q.logdet
    if rows.terms:
        profile = lag_profile(rest, rows.nobs, rows.terms)
        rho = solve_profile(profile, admissible(rows.terms))
        rss = profile.rss(rho)
        logdet += float(logdet_sum(rows.terms, rho, 0))
    else:
        rss = float(rest[0, 0])
    if rows.error_terms:
        logdet += float(logdet_sum(rows.error_terms, lam, 0))
    outcome = np.array([1.0, -rho]) if rows.terms else np.ones(1)
    b = reduced.coefficients @ outcome
    residuals = kept[:, k:] @ outcome - kept[:, :k] @ b
    return Maximum(
        phi,
        Estimate(
            rho=rho if rows.terms else np.nan,
            b=b,
            sigma2=rss / rows.nobs,
            loglik=gaussian_loglik(rss, rows.nobs) + logdet,
            residuals=residuals,
            lam=lam,
        ),
        q,
    )


def _start(rows: Rows, interval: Interval) -> Maximum:
    """Highest point of a grid over (1 + Tφ)^(−½) and λ."""
    filters = np.zeros(1)
    if rows.error_terms:
        low, high = (max(interval[0], -WIDE), min(interval[1], WIDE))
        filters = low + (high - low) * (np.arange(FILTERS) + 0.5) / FILTERS
    best = _at(rows, 0.0, float(filters[0]))
    for share in SHARES:
        for lam in filters:
            point = _at(rows, (share**-2 - 1.0) / rows.periods, float(lam))
            if point.estimate.loglik > best.estimate.loglik:
                best = point
    return best


def _climb(rows: Rows, start: Maximum, interval: Interval) -> Maximum:
    here, refined, before = start, (np.inf, -np.inf), np.inf
    for _ in range(STEPS):
        around = _refine(rows, here.estimate.lam, interval, refined)
        if around != refined:
            refined, here = around, _at(rows, here.phi, here.estimate.lam)
        score, slope = _outer(rows, here)
        free = np.ones(len(score), dtype=bool)
        free[-1] = here.phi > 0.0 or score[-1] > 0.0
        if not free.any():
            return here
        step = np.zeros(len(score))
        step[free] = _newton(slope[np.ix_(free, free)], score[free])
        gain = float(score @ step)
        there = _along(rows, here, step, gain, interval)
        if gain < DONE or (gain < SETTLED and gain > 0.25 * before):
            return there
        here, before = there, gain
    raise InputError(
        "the likelihood with a random unit effect does not settle; rescale the regressors, or use "
        'effects="unit".'
    )


def _outer(rows: Rows, here: Maximum) -> tuple[Array, Array]:
    """Score and minus the Hessian of the concentrated likelihood in (λ, τ)."""
    moments = moments_at(rows, here.q, here.estimate)
    score = outer_score(rows, here.q, here.estimate, moments)
    info = observed(rows, here.q, here.estimate, moments)
    size = len(info)
    outer = [size - 3, size - 1] if rows.error_terms else [size - 1]
    inner = [place for place in range(size) if place not in outer]
    scale = 1.0 / np.sqrt(np.diag(info)[inner])
    scaled = info[np.ix_(inner, inner)] * np.outer(scale, scale)
    cross = info[np.ix_(inner, outer)] * scale[:, None]
    slope = info[np.ix_(outer, outer)] - cross.T @ np.linalg.solve(scaled, cross)
    turn = 1.0 / rows.periods + here.phi
    slope[-1] *= turn
    slope[:, -1] *= turn
    slope[-1, -1] -= score[-1] * turn
    score[-1] *= turn
    return score, slope


def _newton(slope: Array, score: Array) -> Array:
    """Newton step, uphill wherever the likelihood is not concave, no longer than `LARGEST`."""
    values, vectors = np.linalg.eigh(slope)
    floor = 1e-8 * max(float(np.abs(values).max()), 1e-300)
    step = vectors @ ((vectors.T @ score) / np.maximum(np.abs(values), floor))
    return np.asarray(step * min(1.0, LARGEST / max(float(np.abs(step).max()), 1e-300)))


def _along(rows: Rows, here: Maximum, step: Array, gain: float, interval: Interval) -> Maximum:
    """The step, halved until the likelihood does not fall."""
    size, lam = 1.0, here.estimate.lam
    tau = np.log1p(rows.periods * here.phi)
    for _ in range(STEPS):
        to = max(tau + size * step[-1], 0.0)
        filter_to = lam + size * step[0] if rows.error_terms else 0.0
        inside = not rows.error_terms or interval[0] < filter_to < interval[1]
        if inside:
            there = _at(rows, float(np.expm1(to)) / rows.periods, float(filter_to))
            rise = there.estimate.loglik - here.estimate.loglik
            if rise >= 0.0 or gain < 1e-9 * (1.0 + abs(here.estimate.loglik)):
                return there
        size *= 0.5
    return here


def _refine(rows: Rows, lam: float, interval: Interval, known: Interval) -> Interval:
    """Log-determinants made exact around λ."""
    if not rows.error_terms or known[0] < lam < known[1]:
        return known
    width = min(interval[1], WIDE) - max(interval[0], -WIDE)
    low, high = lam - REFINED * width, lam + REFINED * width
    for term in rows.error_terms:
        term.logdet.refine(low, high)
    return low, high
