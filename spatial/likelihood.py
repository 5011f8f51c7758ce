"""Maximum likelihood of a model with a spatial lag of y, and least squares without one.

y = ρ Wy + Xb + ε with normal ε. b and σ² are concentrated out (Ord, 1975; Elhorst, 2014, ch. 3),
and what is solved is the score in ρ: the likelihood itself is too flat at its top to give ρ to more
than eight digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import linalg

from spatial.errors import InputError
from spatial.weights.logdet import LogDeterminant

__all__ = [
    "Estimate",
    "LagProfile",
    "LogDetTerm",
    "Triangle",
    "admissible",
    "estimate_least_squares",
    "gaussian_loglik",
    "lag_profile",
    "logdet_sum",
    "maximise_lag",
    "require_inside",
    "solve_profile",
    "triangle",
]

Array = npt.NDArray[np.float64]
Interval = tuple[float, float]
GRID = 48
STEPS = 80
QUADRATIC = 1e-9
WIDTH = 5.0
REACH = 0.025
SLACK = 0.1
WIDENINGS = 12
EDGE = 1e-9


@dataclass(frozen=True)
class LogDetTerm:
    """One log-determinant and the number of periods that share it.

    `centred` takes one unit root out, as the transformation over units does: ln|I−ρW| − ln(1−ρ).
    """

    logdet: LogDeterminant
    periods: int
    centred: bool


@dataclass(frozen=True)
class Estimate:
    """Maximum of the likelihood.

    `rho` is NaN without a lag of y, `lam` without a lag of the error; `b` (K,); `sigma2` has
    divisor n; `residuals` (n,) are those of the error that is independent; `rival` is a second
    maximum (ρ, λ, log-likelihood) where there is one.
    """

    rho: float
    b: Array
    sigma2: float
    loglik: float
    residuals: Array
    interval: Interval = (-np.inf, np.inf)
    lam: float = np.nan
    error_interval: Interval = (-np.inf, np.inf)
    rival: tuple[float, float, float] | None = None


def logdet_sum(terms: Sequence[LogDetTerm], rho: npt.ArrayLike, order: int) -> Array:
    """Σ periods · (f, g or h), for order 0, 1, 2.

    Without the unit roots that the transformation removes.
    """
    values = np.asarray(rho, dtype=np.float64)
    out = np.zeros_like(values)
    for term in terms:
        part = (term.logdet.f, term.logdet.g, term.logdet.h)[order](values)
        if term.centred:
            root = (np.log1p(-values), 1.0 / (1.0 - values), 1.0 / (1.0 - values) ** 2)[order]
            part = part - root
        out = out + term.periods * part
    return out


@dataclass(frozen=True)
class Triangle:
    """R of the QR decomposition of [X, Y] with columns scaled to length one, and these lengths.

    R carries everything that least squares of the columns Y on X needs, without Q.
    """

    r: Array
    scale: Array
    k: int

    @property
    def coefficients(self) -> Array:
        """Least squares of Y on X, (K, m)."""
        k = self.k
        solved = linalg.solve_triangular(self.r[:k, :k], self.r[:k, k:], check_finite=False)
        return np.asarray(solved * self.scale[k:] / self.scale[:k, None], dtype=np.float64)

    @property
    def rest(self) -> Array:
        """Cross-products of the residuals of Y, (m, m)."""
        tail = self.r[self.k :, self.k :] * self.scale[self.k :]
        return np.asarray(tail.T @ tail, dtype=np.float64)


def triangle(x: Array, y: Array) -> Triangle:
    """Triangle of regressors (n, K) and the columns (n, m) to be regressed on them."""
    both = np.concatenate([x, y], axis=1)
    scale = np.sqrt(np.einsum("ij,ij->j", both, both))
    scale[scale == 0.0] = 1.0
    return Triangle(np.asarray(np.linalg.qr(both / scale, mode="r")), scale, x.shape[1])


def gaussian_loglik(rss: float, nobs: int) -> float:
    """−n/2·(ln 2πσ² + 1) with σ² = rss/n."""
    return float(-0.5 * nobs * (np.log(2.0 * np.pi * rss / nobs) + 1.0))


def estimate_least_squares(y: Array, x: Array, *, nobs: int) -> Estimate:
    """Model without a lag of y; nobs is that of the likelihood."""
    b = triangle(x, y[:, None]).coefficients[:, 0]
    residuals = y - x @ b
    rss = float(residuals @ residuals)
    return Estimate(np.nan, b, rss / nobs, gaussian_loglik(rss, nobs), residuals)


def maximise_lag(
    y: Array, wy: Array, x: Array, *, nobs: int, terms: Sequence[LogDetTerm]
) -> Estimate:
    """Maximise over ρ alone.

    Parameters
    ----------
    y, wy, x
        (n,), (n,), (n, K) after the fixed effects have left.
    nobs
        Number of observations of the likelihood, the divisor of σ².
    terms
        Log-determinants with the number of periods of each.

    Raises
    ------
    InputError
        The likelihood rises up to the edge of the admissible interval.
    """
    reduced = triangle(x, np.column_stack([y, wy]))
    profile = lag_profile(reduced.rest, nobs, terms)
    interval = admissible(terms)
    rho = solve_profile(profile, interval)
    require_inside("rho", rho, interval, terms)
    rss = profile.rss(rho)
    loglik = gaussian_loglik(rss, nobs) + float(logdet_sum(terms, rho, 0))
    b = reduced.coefficients @ np.array([1.0, -rho])
    return Estimate(rho, b, rss / nobs, loglik, y - rho * wy - x @ b, interval)


def admissible(terms: Sequence[LogDetTerm]) -> Interval:
    """Interval in which all log-determinants exist."""
    return (
        max(term.logdet.interval[0] for term in terms),
        min(term.logdet.interval[1] for term in terms),
    )


def lag_profile(rest: Array, nobs: int, terms: Sequence[LogDetTerm]) -> LagProfile:
    """Profile in ρ from the cross-products (2, 2) of what regressors leave of y and W y."""
    return LagProfile(float(rest[0, 0]), float(rest[0, 1]), float(rest[1, 1]), nobs, terms)


class Profile(Protocol):
    """Concentrated likelihood in one parameter, with its first two derivatives."""

    @property
    def terms(self) -> Sequence[LogDetTerm]:
        """Log-determinants in this parameter."""

    @property
    def spread(self) -> tuple[float, float]:
        """Centre and half-width to search where the interval is infinite."""

    def value(self, at: Array) -> Array:
        """Likelihood at each value, up to a constant."""

    def score(self, at: float) -> float:
        """First derivative."""

    def slope(self, at: float) -> float:
        """Second derivative."""


@dataclass(frozen=True)
class LagProfile:
    """Concentrated likelihood in ρ: rss = a − 2ρb + ρ²c."""

    a: float
    b: float
    c: float
    nobs: int
    terms: Sequence[LogDetTerm]

    @property
    def spread(self) -> tuple[float, float]:
        """Where W has no eigenvalue of a sign, the quadratic form alone bounds ρ."""
        if self.c <= 0:
            return 0.0, 10.0
        return self.b / self.c, 10.0 * (1.0 + np.sqrt(self.a / self.c))

    def rss(self, rho: float) -> float:
        """Sum of squared residuals at ρ."""
        return float(self._rss(np.float64(rho)))

    def value(self, rho: Array) -> Array:
        """Likelihood at each ρ, up to a constant."""
        return -0.5 * self.nobs * np.log(self._rss(rho)) + logdet_sum(self.terms, rho, 0)

    def _rss(self, rho: Array | np.float64) -> Array:
        """Completed square, never below the rounding of a."""
        centre = self.b / self.c if self.c > 0 else 0.0
        least = max(self.a - self.b * centre, 1e-16 * self.a)
        return np.asarray(least + self.c * (rho - centre) ** 2)

    def score(self, rho: float) -> float:
        """Derivative in ρ."""
        pull = self.nobs * (self.b - rho * self.c) / self.rss(rho)
        return float(pull - logdet_sum(self.terms, rho, 1))

    def slope(self, rho: float) -> float:
        """Second derivative in ρ."""
        rss, cross = self.rss(rho), self.b - rho * self.c
        return float(
            self.nobs * (2.0 * cross**2 - self.c * rss) / rss**2 - logdet_sum(self.terms, rho, 2)
        )


def solve_profile(
    profile: Profile, interval: Interval, *, grid: int = GRID, refine: bool = True
) -> float:
    """Root of the score at the highest point of the interval.

    Without `refine` the log-determinants are taken as they are, which large graphs know only
    roughly.
    """
    low, high = _finite(profile, interval)
    margin = EDGE * (high - low)
    low, high = low + margin, high - margin
    points = np.linspace(low, high, grid + 2)[1:-1]
    values = profile.value(points)
    place = int(np.argmax(values))
    best = float(points[place])
    left = low if place == 0 else float(points[place - 1])
    right = high if place == grid - 1 else float(points[place + 1])
    if refine:
        best = _root(profile, best, left, right)
    for _ in range(WIDENINGS):
        error = 1.0 / np.sqrt(max(-profile.slope(best), 1e-12))
        reach = min(max(WIDTH * error, REACH * (high - low)), 2.0 * WIDTH * error)
        reach = min(reach, 0.5 * (high - low))
        if refine:
            _refine(profile, best - reach, best + reach, error)
        found = _root(profile, best, left, right)
        edge = min(abs(found - left), abs(right - found)) <= 1e-6 * (high - low)
        if abs(found - best) <= 0.8 * reach and (not edge or (left, right) == (low, high)):
            break
        best, left, right = found, low, high
    return found


def _refine(profile: Profile, low: float, high: float, error: float) -> None:
    """Log-determinants between two values, exact or to a small share of the standard error."""
    periods = sum(term.periods for term in profile.terms)
    for term in profile.terms:
        term.logdet.refine(low, high, SLACK / (error * periods))


def _finite(profile: Profile, interval: Interval) -> Interval:
    low, high = interval
    if np.isfinite(low) and np.isfinite(high):
        return low, high
    centre, width = profile.spread
    return (
        low if np.isfinite(low) else centre - width,
        high if np.isfinite(high) else centre + width,
    )


def _root(profile: Profile, start: float, left: float, right: float) -> float:
    """Newton steps in a bracket that shrinks by the sign of the score.

    A step below 1e-9 of the bracket squares to rounding.
    """
    at, width = start, right - left
    for _ in range(STEPS):
        score, slope = profile.score(at), profile.slope(at)
        left, right = (at, right) if score > 0 else (left, at)
        step = at - score / slope if slope < 0 else np.nan
        newton = left < step < right
        following = step if newton else 0.5 * (left + right)
        moved, at = abs(following - at), following
        if moved <= (QUADRATIC if newton else 1e-15) * width:
            break
    return float(at)


def require_inside(
    name: str, value: float, interval: Interval, terms: Sequence[LogDetTerm]
) -> None:
    """Refuse a maximum at the edge of the interval."""
    low, high = interval
    margin = 1e-7 * (high - low)
    if not np.isfinite(margin) or low + margin <= value <= high - margin:
        return
    held = (
        "; without bias correction only the singularity at one would hold it below"
        if any(term.centred for term in terms)
        else ""
    )
    what = "spatial lag" if name == "rho" else "spatial error"
    raise InputError(
        f"the likelihood rises to the edge of the admissible interval of {name} "
        f"({low:.4g}, {high:.4g}), so that the {what} is not told apart from a common "
        f"movement{held}; use weights that reach less far (power=2, cutoff_km=, contiguity) "
        "or a regressor that carries the common movement."
    )
