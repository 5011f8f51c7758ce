"""Twice the log-likelihood over the threshold, everything else concentrated out.

A regressor x adds x·1(q > γ) to the columns of a model. With Q the other columns, orthonormal and
without the effects, and z(γ) what they leave of the new ones, the residual cross-products of the
sides Y = (y, Wy) are Y′(I − QQ′)Y − Y′zz′Y: one product of matrices for all γ at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.likelihood import LogDetTerm, admissible, lag_profile, logdet_sum, solve_profile

__all__ = ["Objective", "candidates", "cross", "orthonormal", "rest_of", "without"]

Array = npt.NDArray[np.float64]
POINTS = 61
REACH = 9.0  # standard errors of rho that a bootstrap draw may lie from the estimate
VANISHED = 1e-9


@dataclass(frozen=True, eq=False)
class Objective:
    """Twice the concentrated log-likelihood, up to a constant, from residual cross-products.

    `terms` are the log-determinants of a model with a lag of y, empty without; `rhos` (R,) and
    `logdets` (R,) the grid on which draws are maximised.
    """

    nobs: int
    terms: Sequence[LogDetTerm] = ()
    rhos: Array | None = None
    logdets: Array | None = None

    def around(self, rho: float, error: float) -> Objective:
        """Grid for draws around an estimate of rho."""
        low, high = admissible(self.terms)
        edge = 1e-6 * (high - low if np.isfinite(high - low) else 1.0)
        rhos = np.linspace(
            max(rho - REACH * error, low + edge), min(rho + REACH * error, high - edge), POINTS
        )
        for term in self.terms:
            term.logdet.refine(float(rhos[0]), float(rhos[-1]))
        return Objective(self.nobs, self.terms, rhos, logdet_sum(self.terms, rhos, 0))

    def exact(self, rest: Array) -> Array:
        """Maximum for each of (G, m, m) cross-products."""
        if not self.terms:
            return -self.nobs * np.log(rest[:, 0, 0])
        interval, out = admissible(self.terms), np.empty(len(rest))
        for place, one in enumerate(rest):
            profile = lag_profile(one, self.nobs, self.terms)
            rho = solve_profile(profile, interval)
            out[place] = 2.0 * float(profile.value(np.array([rho]))[0])
        return out

    def quick(self, rest: Array) -> Array:
        """The same on the grid of rho, with a parabola through its top."""
        if self.rhos is None or self.logdets is None:
            return -self.nobs * np.log(rest[:, 0, 0])
        rhos = self.rhos
        rss = rest[:, 0, 0, None] - 2.0 * rhos * rest[:, 0, 1, None] + rhos**2 * rest[:, 1, 1, None]
        value = 2.0 * self.logdets - self.nobs * np.log(rss)
        top = value.argmax(axis=1)
        inner, rows = top.clip(1, len(rhos) - 2), np.arange(len(value))
        before, here, after = (value[rows, inner + step] for step in (-1, 0, 1))
        bend = 2.0 * here - before - after
        gain = np.divide((after - before) ** 2, 8.0 * bend, out=np.zeros_like(bend), where=bend > 0)
        at_edge = top != inner
        return np.asarray(np.where(at_edge, value[rows, top], here + gain))

    def statistic(self, null: npt.ArrayLike, full: npt.ArrayLike) -> Array:
        """(S₀ − S₁)/σ̂² of least squares, 2(ℓ₁ − ℓ₀) with a lag of y."""
        apart = np.asarray(full, dtype=np.float64) - np.asarray(null, dtype=np.float64)
        return apart if self.terms else self.nobs * np.expm1(apart / self.nobs)


def candidates(q: Array, trim: float, grid: int, taken: Sequence[float] = ()) -> Array:
    """Values of q that leave a share `trim` of the rows in every regime, at most `grid` of them.

    A threshold γ parts q ≤ γ from q > γ; `taken` are thresholds that stand already.
    """
    values, counts = np.unique(q, return_counts=True)
    below = counts.cumsum()
    least = max(int(np.ceil(trim * len(q))), 1)
    fits = (below >= least) & (below <= len(q) - least)
    for gamma in taken:
        fits &= np.abs(below - int((q <= gamma).sum())) >= least
    left = values[fits]
    if len(left) <= grid:
        return left
    return np.asarray(left[np.unique(np.linspace(0, len(left) - 1, grid).round().astype(int))])


def orthonormal(x: Array) -> Array:
    """Orthonormal columns that span those of x (n, K)."""
    return np.asarray(np.linalg.qr(x / np.sqrt((x**2).sum(axis=0)))[0]) if x.shape[1] else x


def without(columns: Array, basis: Array) -> Array:
    """What orthonormal columns (n, K) leave of `columns` (c, n, G), orthonormal over c for each G.

    Columns that nothing is left of become zero.
    """
    out = np.empty_like(columns)
    for place, one in enumerate(columns):
        size = np.sqrt((one**2).sum(axis=0))
        left = one - basis @ (basis.T @ one)
        for earlier in out[:place]:
            left = left - earlier * (earlier * left).sum(axis=0)
        norm = np.sqrt((left**2).sum(axis=0))
        gone = norm <= VANISHED * np.where(size > 0, size, 1.0)
        out[place] = np.where(gone, 0.0, left / np.where(gone, 1.0, norm))
    return out


def rest_of(sides: Array, basis: Array) -> Array:
    """What orthonormal columns leave of the sides (n, m)."""
    return np.asarray(sides - basis @ (basis.T @ sides))


def cross(z: Array, rest: Array) -> Array:
    """Residual cross-products (G, m, m) of the sides with the columns z (c, n, G) added.

    `rest` (n, m) is what the other columns leave of the sides.
    """
    loads = np.stack([one.T @ rest for one in z])
    return np.asarray(rest.T @ rest - np.einsum("cgi,cgj->gij", loads, loads))
