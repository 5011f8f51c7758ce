"""Maximum likelihood of models with a spatial lag of the error.

(I − λM)(y − ρWy − Xb) = ε. Given λ the data are filtered and what is left is the likelihood without
it, so that λ is an outer search over inner ones. B = I − λM is linear in λ: one QR decomposition of
[Z, MZ] serves every λ, Z = [X, y, Wy].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from spatial.likelihood import (
    Estimate,
    Interval,
    LogDetTerm,
    Triangle,
    admissible,
    gaussian_loglik,
    lag_profile,
    logdet_sum,
    require_inside,
    solve_profile,
)

__all__ = ["maximise_error"]

Array = npt.NDArray[np.float64]
GRID = 24
STEP = 1e-5
REACH = 0.08
CLOSE = 2.0


def maximise_error(
    z: Array,
    mz: Array,
    k: int,
    *,
    nobs: int,
    terms: Sequence[LogDetTerm],
    error_terms: Sequence[LogDetTerm],
) -> Estimate:
    """Maximise over λ, and over ρ where y is lagged.

    Parameters
    ----------
    z, mz
        [X, y] or [X, y, Wy] (n, K+1 or K+2) and its lag by M, after the fixed effects have left.
    k
        Number of regressors K.
    nobs
        Number of observations of the likelihood, the divisor of σ².
    terms, error_terms
        Log-determinants of I − ρW (none without a lag of y) and of I − λM.

    Raises
    ------
    InputError
        The likelihood rises up to the edge of the admissible interval of λ or ρ.
    """
    profile = ErrorProfile.of(z, mz, k, nobs, terms, error_terms)
    interval, within = admissible(error_terms), profile.within
    lam = solve_profile(profile, interval, grid=GRID)
    require_inside("lambda", lam, interval, error_terms)
    inner = profile.inner(lam)
    if terms:
        require_inside("rho", inner.rho, within, terms)
    rss = inner.rss
    loglik = gaussian_loglik(rss, nobs) + inner.logdet + float(logdet_sum(error_terms, lam, 0))
    residuals = (z - lam * mz) @ inner.combination
    return Estimate(
        rho=inner.rho if terms else np.nan,
        b=-inner.combination[:k],
        sigma2=rss / nobs,
        loglik=loglik,
        residuals=residuals,
        interval=within,
        lam=lam,
        error_interval=interval,
        rival=profile.rival(lam, loglik, interval),
    )


@dataclass(frozen=True)
class Inner:
    """Maximum at one λ; `combination` c gives the residual Z(λ)c, `moment` is ε′M(y − ρWy − Xb)."""

    rho: float
    rss: float
    logdet: float
    combination: Array
    moment: float


@dataclass(frozen=True, eq=False)
class ErrorProfile:
    """Concentrated likelihood in λ, from R of [Z, MZ] with columns of Z scaled to length one."""

    r: Array
    scale: Array
    k: int
    nobs: int
    lag_terms: Sequence[LogDetTerm]
    terms: Sequence[LogDetTerm]
    _known: dict[float, Inner] = field(default_factory=dict)
    _rough: dict[float, Inner] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        z: Array,
        mz: Array,
        k: int,
        nobs: int,
        terms: Sequence[LogDetTerm],
        error_terms: Sequence[LogDetTerm],
    ) -> ErrorProfile:
        """Reduce the data once."""
        scale = np.sqrt(np.einsum("ij,ij->j", z, z))
        scale[scale == 0.0] = 1.0
        r = np.linalg.qr(np.concatenate([z / scale, mz / scale], axis=1), mode="r")
        return cls(np.asarray(r), scale, k, nobs, terms, error_terms)

    @property
    def spread(self) -> tuple[float, float]:
        """Where M has no eigenvalue of a sign: a wide search around zero."""
        return 0.0, 10.0

    @property
    def within(self) -> Interval:
        """Admissible interval of ρ."""
        return admissible(self.lag_terms) if self.lag_terms else (-np.inf, np.inf)

    def inner(self, lam: float) -> Inner:
        """Maximum over ρ, b and σ² at one λ."""
        if lam not in self._known:
            if self.lag_terms and not self._known:
                self._refine_around(lam)
            self._known[lam] = self._inner(lam, refine=True)
        return self._known[lam]

    def _refine_around(self, lam: float) -> None:
        """Know the log-determinants of the lag of y wherever ρ will be for λ near this one."""
        rho, low, high = self._roughly(lam).rho, *self.within
        if np.isfinite(high - low):
            for term in self.lag_terms:
                term.logdet.refine(rho - REACH * (high - low), rho + REACH * (high - low))

    def _roughly(self, lam: float) -> Inner:
        if lam not in self._rough:
            self._rough[lam] = self._inner(lam, refine=False)
        return self._rough[lam]

    def value(self, at: Array) -> Array:
        """Likelihood at each λ, up to a constant."""
        found = [self._known.get(float(lam)) or self._roughly(float(lam)) for lam in at]
        inner = np.array([-0.5 * self.nobs * np.log(one.rss) + one.logdet for one in found])
        return inner + logdet_sum(self.terms, at, 0)

    def score(self, at: float) -> float:
        """Derivative in λ; by the envelope theorem that of the likelihood at the inner maximum."""
        one = self.inner(at)
        return float(self.nobs * one.moment / one.rss - logdet_sum(self.terms, at, 1))

    def slope(self, at: float) -> float:
        """Second derivative by central differences: only steps depend on it, not their end."""
        low, high = admissible(self.terms)
        width = high - low if np.isfinite(high - low) else 1.0
        step = min(STEP * width, 0.25 * (high - at), 0.25 * (at - low))
        return (self.score(at + step) - self.score(at - step)) / (2.0 * step)

    def rival(
        self, lam: float, loglik: float, interval: Interval
    ) -> tuple[float, float, float] | None:
        """A second maximum less than two points of log-likelihood lower."""
        known = sorted({*self._known, *self._rough})
        level = loglik - float(self.value(np.array([lam]))[0])
        values = self.value(np.array(known)) + level
        peaks = [
            (values[i], known[i])
            for i in range(1, len(known) - 1)
            if values[i] > max(values[i - 1], values[i + 1])
            and abs(known[i] - lam) > 2.0 * (interval[1] - interval[0]) / GRID
        ]
        if not peaks or max(peaks)[0] < loglik - CLOSE:
            return None
        at = max(peaks)[1]
        rho, height = self.inner(at).rho, float(self.value(np.array([at]))[0]) + level
        return (rho, at, height) if height >= loglik - CLOSE else None

    def _inner(self, lam: float, *, refine: bool) -> Inner:
        width = len(self.scale)
        filtered = self.r[:, :width] - lam * self.r[:, width:]
        reduced = Triangle(np.asarray(np.linalg.qr(filtered, mode="r")), self.scale, self.k)
        rest, rho, logdet = reduced.rest, 0.0, 0.0
        if self.lag_terms:
            profile = lag_profile(rest, self.nobs, self.lag_terms)
            rho = solve_profile(profile, self.within, refine=refine)
            rss, logdet = profile.rss(rho), float(logdet_sum(self.lag_terms, rho, 0))
        else:
            rss = float(rest[0, 0])
        outcome = np.array([1.0, -rho]) if self.lag_terms else np.ones(1)
        combination = np.concatenate([-(reduced.coefficients @ outcome), outcome])
        scaled = combination * self.scale
        moment = float((filtered @ scaled) @ (self.r[:, width:] @ scaled))
        return Inner(rho, rss, logdet, combination, moment)
