"""Moments of the spatial error: u = λMu + ε, λ from quadratic forms in ε.

With homoskedastic ε and ε̄ = Mε, Kelejian and Prucha (1999, eq. 6) set

    E ε′ε = σ² tr P,   E ε̄′ε̄ = σ² tr M′PM,   E ε′ε̄ = σ² tr PM,

where P takes the effects out (Kapoor, Kelejian and Prucha, 2007, eq. 17, for unit effects). With
errors of unequal variance Kelejian and Prucha (2010, eq. 9) set E ε′(M′M − diag M′M)ε = 0 and
E ε′Mε = 0. Effects are taken out by P where M maps effects to effects; others are regressors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from numpy.polynomial import polynomial as poly
from scipy import sparse

from spatial.network import Block, Network
from spatial.within import Effects, Layout, demean

__all__ = ["ErrorMoments", "minimise"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ErrorMoments:
    """Quadratic forms ε′A_rε whose expectations are known, and what their variance needs.

    A = (I, M′M, (M+M′)/2) with equal variances; with `robust` A = (M′M, (M+M′)/2) less their
    diagonals.
    """

    network: Network
    layout: Layout
    effects: Effects
    robust: bool

    def lag(self, values: Array) -> Array:
        """P M v."""
        return demean(self.network.lag(values), self.effects, self.layout)

    def forms(self, values: Array) -> Array:
        """A_r v for v (n,) without effects, (R, n)."""
        lagged = self.lag(values)
        square = demean(_back(self.network, lagged), self.effects, self.layout)
        cross = 0.5 * (lagged + demean(_back(self.network, values), self.effects, self.layout))
        if not self.robust:
            return np.stack([values, square, cross])
        first, second = self._diagonals
        return np.stack([square - first * values, cross - second * values])

    def polynomial(self, residuals: Array) -> Array:
        """Coefficients (3, R) of q(λ) = ε′Aε/n in powers of λ, ε = u − λMu, u without effects."""
        lagged = self.lag(residuals)
        of_u, of_lag = self.forms(residuals), self.forms(lagged)
        powers = [of_u @ residuals, -2.0 * (of_u @ lagged), of_lag @ lagged]
        return np.stack(powers) / self.network.n

    @cached_property
    def expectation(self) -> Array:
        """tr(A_r)/n after the effects have left, (R,); zeros where diagonals are out."""
        if self.robust:
            return np.zeros(2)
        share = self._time_share
        totals = np.zeros(3)
        for block in self.network.blocks:
            matrix, n, periods = block.operator.matrix, block.operator.n, share * block.periods
            square, trace = float(matrix.data @ matrix.data), float(matrix.diagonal().sum())
            rows = float(n)
            if self._over_units:
                columns = np.asarray(matrix.sum(axis=0)).ravel()
                square -= float(columns @ columns) / n
                trace -= float(columns.sum()) / n
                rows -= 1.0
            totals += periods * np.array([rows, square, trace])
        return totals / self.network.n

    def spread(self, variances: Array) -> Array:
        """n·Var of the forms ε′A_rε/n, (R, R), for independent ε with these variances (n,).

        2·Σ_ij A_r,ij A_s,ij σ_i²σ_j², the part that does not ask for third or fourth moments; over
        periods unit effects leave the weights of I − ιι′/T, squared.
        """
        size = 2 if self.robust else 3
        out = np.zeros((size, size))
        for block in self.network.blocks:
            of_block = variances[block.rows]
            matrices = self._matrices(block)
            for r in range(size):
                for s in range(r, size):
                    both = matrices[r].multiply(matrices[s])
                    out[r, s] += 2.0 * self._weighted(both, of_block)
        out = np.triu(out) + np.triu(out, 1).T
        return np.asarray(out / self.network.n)

    @cached_property
    def diagonals(self) -> Array:
        """Diagonals of A_r on the rows, (R, n); zeros where they are out."""
        if self.robust:
            return np.zeros((2, self.network.n))
        out = np.ones((3, self.network.n))
        for block in self.network.blocks:
            matrix = block.operator.matrix
            out[1, block.rows] = _column_squares(block)
            out[2, block.rows] = matrix.diagonal()
        return out * self._time_share

    def variances(self, residuals: Array, free: int) -> Array:
        """Variance of each ε from its residual, (n,).

        ε̂² times n/free. Without the means over T > 2 periods E ε̂_it² = (1 − 2/T)σ_it² +
        Σ_s σ_is²/T², which is solved for σ_it² (Stock and Watson, 2008, eq. 6); single values may
        then be negative, their sums are not.
        """
        n, periods = len(residuals), self.layout.n_times
        squares = residuals**2
        if self._time_share < 1.0 and periods > 2:
            grid = squares.reshape(periods, -1)
            shared = grid.sum(axis=0) / (periods * (periods - 1.0))
            squares = ((grid - shared) / (1.0 - 2.0 / periods)).ravel() * self._time_share
        return np.asarray(squares * n / free)

    def cumulants(self, residuals: Array) -> tuple[float, float]:
        """Third and fourth cumulant of ε from residuals without the effects.

        Subtracting means over T periods leaves Σ_s q_ts³ and Σ_s q_ts⁴ of them, q = I − ιι′/T.
        """
        third = float(np.mean(residuals**3))
        fourth = float(np.mean(residuals**4)) - 3.0 * float(np.mean(residuals**2)) ** 2
        if self._time_share == 1.0:
            return third, fourth
        periods = self.layout.n_times
        own, other = 1.0 - 1.0 / periods, -1.0 / periods
        third_left = own**3 + (periods - 1) * other**3
        fourth_left = own**4 + (periods - 1) * other**4
        return (third / third_left if periods > 2 else 0.0), fourth / fourth_left

    @property
    def _over_units(self) -> bool:
        return self.effects in ("time", "twoway")

    @property
    def _time_share(self) -> float:
        """(T − 1)/T where unit effects leave, else 1."""
        periods = self.layout.n_times
        return (periods - 1.0) / periods if self.effects in ("unit", "twoway") else 1.0

    @cached_property
    def _diagonals(self) -> Array:
        """Diagonals of M′M and of M, less what time effects take, on the rows, (2, n)."""
        out = np.empty((2, self.network.n))
        for block in self.network.blocks:
            matrix = block.operator.matrix
            square, own = _column_squares(block), matrix.diagonal()
            if self._over_units:
                columns = np.asarray(matrix.sum(axis=0)).ravel()
                square = square - columns**2 / block.operator.n
                own = own - columns / block.operator.n
            out[0, block.rows], out[1, block.rows] = square, own
        return out

    def _matrices(self, block: Block) -> tuple[sparse.csr_array, ...]:
        store, key = block.operator.store, ("error forms", self.robust)
        if key not in store:
            matrix = block.operator.matrix
            square = sparse.csr_array(matrix.T @ matrix)
            cross = sparse.csr_array(0.5 * (matrix + matrix.T))
            if self.robust:
                store[key] = (_hollow(square), _hollow(cross))
            else:
                store[key] = (sparse.eye_array(matrix.shape[0], format="csr"), square, cross)
        return store[key]  # type: ignore[no-any-return]

    def _weighted(self, both: sparse.csr_array, variances: Array) -> float:
        """Σ_ts q_ts² σ_t²′(A∘A)σ_s² over the periods (P, N) of a block."""
        each = float(np.einsum("ti,ti->", variances, np.asarray(both @ variances.T).T))
        if self.effects not in ("unit", "twoway"):
            return each
        periods = self.layout.n_times
        total = variances.sum(axis=0)
        between = float(total @ (both @ total))
        return (1.0 - 2.0 / periods) * each + between / periods**2


def minimise(
    powers: Array, metric: Array, expectation: Array, interval: tuple[float, float]
) -> tuple[float, Array]:
    """λ that minimises the moments, and the weights w with λ̂ − λ ≈ −w′(moments − σ² expectation).

    The objective (q − σ²t)′Υ(q − σ²t) is, σ² concentrated out, a polynomial of degree four in λ:
    its least value in the interval is at a root of a cubic, or at an end.

    Parameters
    ----------
    powers
        (3, R) coefficients of q(λ) in powers of λ.
    metric
        Υ, (R, R).
    expectation
        t, (R,), the moments' expectation over σ²; zeros where there is none.
    """
    inner = metric
    if expectation.any():
        pulled = metric @ expectation
        inner = metric - np.outer(pulled, pulled) / float(expectation @ pulled)
    objective = np.zeros(5)
    for k in range(3):
        for m in range(3):
            objective[k + m] += float(powers[k] @ inner @ powers[m])
    roots = poly.polyroots(poly.polyder(objective))
    low, high = interval
    inside = [float(r.real) for r in roots if low < r.real < high]
    ends = [end for end in interval if np.isfinite(end)]
    candidates = np.array([*inside, *ends])
    best = float(candidates[np.argmin(poly.polyval(candidates, objective))])
    slope = powers[1] + 2.0 * best * powers[2]
    return best, inner @ slope / float(slope @ inner @ slope)


def _back(network: Network, values: Array) -> Array:
    """M′v over all rows, for v (n,)."""
    out = np.empty_like(values)
    for block in network.blocks:
        out[block.rows] = np.asarray(block.operator.matrix.T @ values[block.rows].T).T
    return out


def _column_squares(block: Block) -> Array:
    matrix = block.operator.matrix
    return np.asarray(matrix.multiply(matrix).sum(axis=0), dtype=np.float64).ravel()


def _hollow(matrix: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(matrix - sparse.diags_array(matrix.diagonal(), format="csr"))
