"""Maximum likelihood of a model with a spatial lag of y, and least squares without one.

y = ρ Wy + Xb + ε with normal ε. b and σ² are concentrated out (Ord, 1975; Elhorst, 2014, ch. 3),
and what is solved is the score in ρ: the likelihood itself is too flat at its top to give ρ to more
than eight digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

from spatial.errors import InputError
from spatial.weights.logdet import LogDeterminant

__all__ = [
    "Estimate",
    "LogDetTerm",
    "estimate_least_squares",
    "logdet_sum",
    "maximise_lag",
]

Array = npt.NDArray[np.float64]
GRID = 48
STEPS = 80
QUADRATIC = 1e-9
WIDTH = 5.0
REACH = 0.025
WIDENINGS = 12


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

    `rho` is NaN without a lag of y, `b` (K,), `sigma2` has divisor n, `residuals` (n,).
    """

    rho: float
    b: Array
    sigma2: float
    loglik: float
    residuals: Array
    interval: tuple[float, float]


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
    return Estimate(np.nan, b, rss / nobs, gaussian_loglik(rss, nobs), residuals, (-np.inf, np.inf))


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
    rest = reduced.rest
    profile = _Profile(float(rest[0, 0]), float(rest[0, 1]), float(rest[1, 1]), nobs, terms)
    interval = (
        max(term.logdet.interval[0] for term in terms),
        min(term.logdet.interval[1] for term in terms),
    )
    rho = profile.solve(*interval)
    rss = profile.rss(rho)
    loglik = gaussian_loglik(rss, nobs) + float(logdet_sum(terms, rho, 0))
    b = reduced.coefficients @ np.array([1.0, -rho])
    return Estimate(rho, b, rss / nobs, loglik, y - rho * wy - x @ b, interval)


@dataclass(frozen=True)
class _Profile:
    """Concentrated likelihood in ρ: rss = a − 2ρb + ρ²c."""

    a: float
    b: float
    c: float
    nobs: int
    terms: Sequence[LogDetTerm]

    def rss(self, rho: float) -> float:
        return float(self._rss(np.float64(rho)))

    def value(self, rho: Array) -> Array:
        return -0.5 * self.nobs * np.log(self._rss(rho)) + logdet_sum(self.terms, rho, 0)

    def _rss(self, rho: Array | np.float64) -> Array:
        """Completed square, never below the rounding of a."""
        centre = self.b / self.c if self.c > 0 else 0.0
        least = max(self.a - self.b * centre, 1e-16 * self.a)
        return np.asarray(least + self.c * (rho - centre) ** 2)

    def score(self, rho: float) -> float:
        pull = self.nobs * (self.b - rho * self.c) / self.rss(rho)
        return float(pull - logdet_sum(self.terms, rho, 1))

    def slope(self, rho: float) -> float:
        rss, cross = self.rss(rho), self.b - rho * self.c
        return float(
            self.nobs * (2.0 * cross**2 - self.c * rss) / rss**2 - logdet_sum(self.terms, rho, 2)
        )

    def solve(self, low: float, high: float) -> float:
        """Root of the score at the highest point of the interval."""
        low, high = self._finite(low, high)
        best, left, right = self._best_of(np.linspace(low, high, GRID + 2)[1:-1], low, high)
        for _ in range(WIDENINGS):
            error = 1.0 / np.sqrt(max(-self.slope(best), 1e-12))
            reach = min(max(WIDTH * error, REACH * (high - low)), 0.5 * (high - low))
            for term in self.terms:
                term.logdet.refine(best - reach, best + reach)
            found = self._root(best, left, right)
            edge = min(abs(found - left), abs(right - found)) <= 1e-6 * (high - low)
            if abs(found - best) <= 0.8 * reach and (not edge or (left, right) == (low, high)):
                break
            best, left, right = found, low, high
        self._require_inside(found, low, high)
        return found

    def _finite(self, low: float, high: float) -> tuple[float, float]:
        """Where W has no eigenvalue of a sign, the quadratic form alone bounds ρ."""
        if np.isfinite(low) and np.isfinite(high):
            return low, high
        centre = self.b / self.c if self.c > 0 else 0.0
        spread = 10.0 * (1.0 + np.sqrt(self.a / self.c)) if self.c > 0 else 10.0
        return (
            low if np.isfinite(low) else centre - spread,
            high if np.isfinite(high) else centre + spread,
        )

    def _best_of(self, grid: Array, low: float, high: float) -> tuple[float, float, float]:
        place = int(np.argmax(self.value(grid)))
        left = low if place == 0 else float(grid[place - 1])
        right = high if place == len(grid) - 1 else float(grid[place + 1])
        return float(grid[place]), left, right

    def _root(self, start: float, left: float, right: float) -> float:
        """Newton steps in a bracket that shrinks by the sign of the score.

        A step below 1e-9 of the bracket squares to rounding.
        """
        rho, width = start, right - left
        for _ in range(STEPS):
            score, slope = self.score(rho), self.slope(rho)
            left, right = (rho, right) if score > 0 else (left, rho)
            step = rho - score / slope if slope < 0 else np.nan
            newton = left < step < right
            following = step if newton else 0.5 * (left + right)
            moved, rho = abs(following - rho), following
            if moved <= (QUADRATIC if newton else 1e-15) * width:
                break
        return float(rho)

    def _require_inside(self, rho: float, low: float, high: float) -> None:
        margin = 1e-7 * (high - low)
        if low + margin <= rho <= high - margin:
            return
        held = (
            "; without bias correction only the singularity at one would hold rho below it"
            if any(term.centred for term in self.terms)
            else ""
        )
        raise InputError(
            "the likelihood rises to the edge of the admissible interval of rho "
            f"({low:.4g}, {high:.4g}), so that the spatial lag is not told apart from a common "
            f"movement{held}; use weights that reach less far (power=2, cutoff_km=, contiguity) "
            "or a regressor that carries the common movement."
        )
