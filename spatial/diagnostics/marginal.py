"""Marginal likelihoods of the spatial models, by numerical integration over ρ or λ.

The slopes and σ are integrated out in closed form; what is left is one-dimensional. Its logarithm
is integrated (log-sum-exp of a Gauss–Legendre rule around the mode): the mean of logarithms is not
the logarithm of the mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln, logsumexp

from spatial.errors import InputError
from spatial.likelihood import LogDetTerm, admissible, logdet_sum

__all__ = ["Counts", "Prior", "Slopes", "error_marginal", "lag_marginal", "plain_marginal"]

Array = npt.NDArray[np.float64]
Prior = Literal["uniform", "beta"]
Slopes = Literal["flat", "g"]
NODES = 256
ROUNDS = 6
DEPTH = 50.0
BETA = 1.01


@dataclass(frozen=True)
class Counts:
    """What the prior of the slopes needs.

    `free` is the number of observations less the effects that are dummies, `g` the factor of the
    g-prior, `constant` the number of leading columns with a flat prior in any case (an intercept).
    """

    free: int
    g: float
    constant: int
    slopes: Slopes


def plain_marginal(x: Array, y: Array, counts: Counts) -> float:
    """Log marginal likelihood of y = Xb + ε."""
    r, scale = _triangle(np.column_stack([x, y]))
    r = r * scale
    return float(_integrated(np.diag(r)[:-1], r[:, -1:], counts)[0])


def lag_marginal(
    x: Array, y: Array, wy: Array, terms: Sequence[LogDetTerm], counts: Counts, prior: Prior
) -> float:
    """Log marginal likelihood of y = ρWy + Xb + ε, integrated over ρ."""
    r, scale = _triangle(np.column_stack([x, y, wy]))
    r, k = r * scale, x.shape[1]

    def log_density(rho: Array) -> Array:
        outcomes = r[:, [k]] - rho * r[:, [k + 1]]
        return _integrated(np.diag(r)[:k], outcomes, counts) + logdet_sum(terms, rho, 0)

    return _over_interval(log_density, terms, prior)


def error_marginal(
    x: Array,
    y: Array,
    mx: Array,
    my: Array,
    terms: Sequence[LogDetTerm],
    counts: Counts,
    prior: Prior,
) -> float:
    """Log marginal likelihood of y = Xb + u, u = λMu + ε, integrated over λ."""
    r, scale = _triangle(np.column_stack([x, y, mx, my]))
    r, width = r * scale, x.shape[1] + 1
    size = scale[:width]

    def log_density(lam: Array) -> Array:
        filtered = r[:, :width] / size - lam[:, None, None] * (r[:, width:] / size)
        small = np.asarray(np.linalg.qr(filtered, mode="r")) * size
        diagonal = np.diagonal(small, axis1=1, axis2=2)[:, :-1].T
        return _integrated(diagonal, small[:, :, -1].T, counts) + logdet_sum(terms, lam, 0)

    return _over_interval(log_density, terms, prior)


def _triangle(columns: Array) -> tuple[Array, Array]:
    """R of columns scaled to length one, and their lengths."""
    scale = np.linalg.norm(columns, axis=0)
    scale[scale == 0.0] = 1.0
    return np.asarray(np.linalg.qr(columns / scale, mode="r")), scale


def _integrated(diagonal: Array, outcomes: Array, counts: Counts) -> Array:
    """Slopes and σ integrated out, for outcomes (rows of R, m); flat prior on log σ.

    Flat slopes: Γ(d)(2π)^−d |X′X|^−½ rss^−d with d = (free − K)/2 (LeSage, 2014). g-prior: slopes
    N(0, gσ²(X′X)⁻¹), in which units of measurement cancel.
    """
    k = len(diagonal)
    sizes = np.log(np.abs(diagonal))
    rss = (outcomes[k:] ** 2).sum(axis=0)
    if counts.slopes == "flat":
        d, gone, left = 0.5 * (counts.free - k), sizes.sum(axis=0), rss
    else:
        c, g = counts.constant, counts.g
        d = 0.5 * (counts.free - c)
        gone = sizes[:c].sum(axis=0) + 0.5 * (k - c) * np.log1p(g)
        left = (g * rss + (outcomes[c:] ** 2).sum(axis=0)) / (1.0 + g)
    return np.asarray(gammaln(d) - d * np.log(2.0 * np.pi) - gone - d * np.log(left))


def _over_interval(
    log_density: Callable[[Array], Array], terms: Sequence[LogDetTerm], prior: Prior
) -> float:
    """Logarithm of the integral of density times prior; the nodes close in on the mode."""
    whole = admissible(terms)
    low, high = (max(whole[0], -1.0), min(whole[1], 1.0)) if prior == "beta" else whole
    if not np.isfinite(high - low):
        raise InputError(
            "the admissible interval of the spatial parameter is infinite, so that a uniform prior "
            'has no density; use prior="beta".'
        )
    points, weights = np.polynomial.legendre.leggauss(NODES)
    start = (low, high)
    for _ in range(ROUNDS):
        if (low, high) != start:
            for term in terms:
                term.logdet.refine(low, high)
        at = 0.5 * (low + high) + 0.5 * (high - low) * points
        values = log_density(at) + _log_prior(at, start, prior)
        near = np.flatnonzero(values > values.max() - DEPTH)
        padded = np.concatenate([[low], at, [high]])
        closer = (padded[near[0]], padded[near[-1] + 2])
        if closer[1] - closer[0] > 0.7 * (high - low):
            break
        low, high = float(closer[0]), float(closer[1])
    return float(logsumexp(values, b=weights * 0.5 * (high - low)))


def _log_prior(at: Array, interval: tuple[float, float], prior: Prior) -> Array:
    """Uniform on the interval, or Beta(1.01, 1.01) on (−1, 1) (LeSage and Pace, 2009, ch. 5)."""
    if prior == "uniform":
        return np.full(at.shape, -np.log(interval[1] - interval[0]))
    shape = (BETA - 1.0) * (np.log1p(at) + np.log1p(-at))
    return np.asarray(shape - betaln(BETA, BETA) - (2.0 * BETA - 1.0) * np.log(2.0))
