"""Score and information of the spatial parameters at least squares, and the tests made of them.

At ρ = λ = 0 and θ = 0 the log-likelihood of y = ρWy + Xb + WXθ + u, u = λWu + ε, has the score
d_θ = Z′e/σ², d_ρ = e′Wy/σ² − tr PW and d_λ = e′We/σ² − tr PW, with e the residuals of least
squares, Z = PWX, σ² = e′e/rank P and P what takes the effects out. The information of (b, θ, ρ, λ,
σ²) is that of Anselin (1988, ch. 6) with traces of PWPW + PWPW′; where effects are transformed out
these are the traces of Debarsy and Ertur (2010) and Lee and Yu (2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.diagnostics.projection import FormTraces
from spatial.likelihood import triangle

__all__ = ["Score", "least_squares_score"]

Array = npt.NDArray[np.float64]
SINGULAR = 1e-10


@dataclass(frozen=True, eq=False)
class Score:
    """Score (p,) and information (p, p) at the restricted estimate, and the places of parameters.

    `groups` names places: "theta", "rho", "lambda"; whatever else there is was estimated.
    """

    score: Array
    information: Array
    groups: dict[str, tuple[int, ...]]

    def test(self, tested: Sequence[str], beside: Sequence[str] = ()) -> tuple[float, int]:
        """Statistic and degrees of freedom of H0: all parameters of `tested` are zero.

        Parameters
        ----------
        tested
            Groups that the hypothesis sets to zero.
        beside
            Groups that may differ locally from zero although they were not estimated (Bera and
            Yoon, 1993).

        Returns
        -------
        tuple
            NaN where the groups beside leave no information on those tested.
        """
        at = [place for name in tested for place in self.groups[name]]
        other = [place for name in beside for place in self.groups[name]]
        left = self._left(at + other)
        d, n = self.score[at + other], len(at)
        own, cross, rest = left[:n, :n], left[:n, n:], left[n:, n:]
        information, score = own, d[:n]
        if other:
            share = np.linalg.solve(rest, cross.T).T
            information, score = own - share @ cross.T, d[:n] - share @ d[n:]
        scale = np.sqrt(np.diag(own))
        lost = np.linalg.eigvalsh(information / np.outer(scale, scale))[0] <= SINGULAR
        statistic = np.nan if lost else float(score @ np.linalg.solve(information, score))
        return statistic, n

    def _left(self, places: list[int]) -> Array:
        """Information of places when what was estimated is partialled out."""
        free = {place for group in self.groups.values() for place in group}
        known = [place for place in range(len(self.score)) if place not in free]
        scale = 1.0 / np.sqrt(np.diag(self.information))
        scaled = self.information * np.outer(scale, scale)
        inner = scaled[np.ix_(known, known)]
        cross = scaled[np.ix_(places, known)]
        left = scaled[np.ix_(places, places)] - cross @ np.linalg.solve(inner, cross.T)
        back = 1.0 / scale[places]
        return np.asarray(left * np.outer(back, back))


def least_squares_score(
    residuals: Array, x: Array, z: Array, wy: Array, we: Array, traced: FormTraces
) -> Score:
    """Score and information of (θ, ρ, λ, σ²) at least squares, b partialled out.

    Parameters
    ----------
    residuals
        (n,) residuals e.
    x, z
        (n, K) regressors of the restricted model and (n, L) lags of regressors that it leaves out,
        both without the effects.
    wy, we
        (n,) lags of y and of e, both without the effects.
    traced
        Traces after the effects have left, regressors not counted.
    """
    s2 = float(residuals @ residuals) / traced.rank
    rho = z.shape[1]
    lam, last = rho + 1, rho + 2
    score = np.zeros(last + 1)
    score[:rho] = z.T @ residuals / s2
    score[rho] = float(residuals @ wy) / s2 - traced.mean
    score[lam] = float(residuals @ we) / s2 - traced.mean
    info = np.zeros((last + 1, last + 1))
    info[:lam, :lam] = triangle(x, np.column_stack([z, wy - we])).rest / s2
    info[rho, rho] += traced.spread
    info[lam, lam] = info[rho, lam] = info[lam, rho] = traced.spread
    info[[rho, lam], last] = info[last, [rho, lam]] = traced.mean / s2
    info[last, last] = traced.rank / (2.0 * s2**2)
    groups = {"theta": tuple(range(rho)), "rho": (rho,), "lambda": (lam,)}
    return Score(score, info, groups)
