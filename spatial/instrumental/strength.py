"""How strong and how valid instruments are.

With the exogenous regressors partialled out and Q (n, q) an orthonormal basis of the excluded
instruments, the first stage of endogenous z_j is Π_j = Q′z_j.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

from spatial.covariance.wald import inverse_of, wald
from spatial.estimation import Linear
from spatial.instrumental.two_stage import TwoStage, independent, two_stage

__all__ = ["FirstStage", "first_stage"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FirstStage:
    """Endogenous regressors (n, p) and excluded instruments Q (n, q) beside the exogenous ones.

    `free` is n less effects and all instruments; `spread` gives the covariance of sums of
    contributions of rows under what is assumed of the errors, which are `alike` or not.
    """

    step: TwoStage
    ends: Array
    q: Array
    free: int
    spread: Callable[[Linear], Array]
    alike: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of endogenous regressors and of excluded instruments."""
        return self.ends.shape[1], self.q.shape[1]

    def partial_rsquared(self) -> Array:
        """Share of z_j that the excluded instruments explain beside the exogenous regressors."""
        fitted = self.q.T @ self.ends
        return np.asarray((fitted**2).sum(axis=0) / (self.ends**2).sum(axis=0))

    def f_statistics(self) -> Array:
        """F of the excluded instruments in each first stage, (p,).

        NaN, as all that follows, where the covariance of the fit rests on fewer clusters or periods
        than there are instruments.
        """
        return np.array([self._f(column, self.shape[1]) for column in self.ends.T])

    def conditional_f(self) -> Array:
        """F of what is left of z_j beside the others (Sanderson and Windmeijer, 2016, eq. 14).

        The first stage of ξ_j = z_j − Z_{-j}δ, δ by two-stage least squares; q − p + 1 degrees of
        freedom. With one endogenous regressor it is its F.
        """
        p, q = self.shape
        out = []
        for j in range(p):
            others = np.delete(self.ends, j, axis=1)
            left = self.ends[:, j]
            if p > 1:
                left = two_stage(left, others, self.q).residuals
            out.append(self._f(left, q - p + 1))
        return np.array(out)

    def cragg_donald(self) -> float:
        """Smallest eigenvalue of the first-stage F matrix (Cragg and Donald, 1993)."""
        fitted = self.q.T @ self.ends
        rest = self.ends - self.q @ fitted
        spread = rest.T @ rest / self.free
        return float(linalg.eigh(fitted.T @ fitted, spread, eigvals_only=True)[0]) / self.shape[1]

    def kleibergen_paap(self) -> float:
        """Wald F that the first stages have rank p − 1 (Kleibergen and Paap, 2006, eq. 21).

        With equal variances it is the statistic of Cragg and Donald.
        """
        p, q = self.shape
        fitted = self.q.T @ self.ends
        rest = self.ends - self.q @ fitted
        root = np.linalg.inv(np.linalg.cholesky(rest.T @ rest / self.free))
        u, sizes, v = np.linalg.svd(fitted @ root.T)
        left, right = u[:, p - 1 :], v[p - 1]
        smallest = np.zeros(q - p + 1)
        smallest[0] = sizes[p - 1]
        spread = self._spread_of(self.q @ left, rest @ root.T @ right, self.free)
        return wald(smallest, spread) / q

    def overidentification(self) -> tuple[float, int]:
        """Sargan's statistic, or Hansen's J of the two-step estimate, and its degrees of freedom.

        Sargan (1958): ε̂′P_H ε̂/σ̂², σ̂² = ε̂′ε̂/n. Hansen (1982): the moments of the estimate that
        their own covariance weights.
        """
        step, free = self.step, self.step.basis.shape[1] - self.step.z.shape[1]
        if free == 0:
            return np.nan, 0
        if self.alike:
            moments = step.basis.T @ step.residuals
            variance = float(step.residuals @ step.residuals) / len(step.y)
            return float(moments @ moments) / variance, free
        rows = self.free + step.basis.shape[1]
        inverse = inverse_of(self._spread_of(step.basis, step.residuals, rows))
        if inverse is None:
            return np.nan, free
        of_z, of_y = step.basis.T @ step.z, step.basis.T @ step.y
        scale = np.sqrt(np.diag(step.z.T @ step.z))
        weighted = inverse @ (of_z / scale)
        b = np.linalg.solve((of_z / scale).T @ weighted, weighted.T @ of_y)
        moments = of_y - (of_z / scale) @ b
        return float(moments @ inverse @ moments), free

    def exogeneity(self, suspects: tuple[int, ...]) -> tuple[float, int]:
        """Wald statistic that regressors are exogenous after all (Wu, 1973; Hausman, 1978).

        The first-stage residuals of the suspects enter the equation as further regressors, W y
        stays instrumented; their coefficients are zero under the hypothesis.
        """
        step, m = self.step, len(suspects)
        columns = step.z[:, list(suspects)]
        rest = columns - step.basis @ (step.basis.T @ columns)
        basis, _ = independent(np.column_stack([step.basis, rest]))
        wider = two_stage(step.y, np.column_stack([step.z, rest]), basis)
        free = self.free + self.step.basis.shape[1] - wider.z.shape[1]
        cov = self.spread(wider.linear(free))[-m:, -m:]
        return wald(wider.b[-m:], cov), m

    def _f(self, column: Array, degrees: int) -> float:
        fitted = self.q.T @ column
        rest = column - self.q @ fitted
        spread = self._spread_of(self.q, rest, self.free)
        return wald(fitted, spread) / degrees

    def _spread_of(self, columns: Array, residuals: Array, free: int) -> Array:
        """Covariance of the sum of orthonormal columns (n, k) times residuals, (k, k)."""
        variance = float(residuals @ residuals) / free
        rows = columns * residuals[:, None]
        return self.spread(Linear(rows, np.eye(columns.shape[1]), free, variance))


def first_stage(
    step: TwoStage,
    endogenous: tuple[int, ...],
    *,
    absorbed: int,
    spread: Callable[[Linear], Array],
    alike: bool,
) -> FirstStage:
    """Partial the exogenous regressors out of the endogenous ones and of the instruments.

    Parameters
    ----------
    endogenous
        Places of the endogenous columns of z.
    absorbed
        Number of effects that left.
    """
    kept = [j for j in range(step.z.shape[1]) if j not in endogenous]
    exogenous, places = independent(np.column_stack([step.z[:, kept], step.basis]))
    own = sum(place < len(kept) for place in places)
    x, q = exogenous[:, :own], exogenous[:, own:]
    ends = step.z[:, list(endogenous)]
    ends = ends - x @ (x.T @ ends)
    free = len(step.y) - absorbed - step.basis.shape[1]
    return FirstStage(step, ends, q, free, spread, alike)
