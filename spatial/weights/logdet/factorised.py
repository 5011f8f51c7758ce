"""Log-determinant of large graphs: a few sparse factorisations and one interpolant between them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Chebyshev
from scipy import sparse

__all__ = ["Factorised", "factor_logdet"]

Vector = npt.NDArray[np.float64]
ERROR = 1e-10
DEGREES = (6, 10, 16, 24, 36)
COARSE_DEGREE = 8
COARSE_MARGIN, MARGIN, LEAST = 5e-3, 1e-7, 1e-12
WIDEST = 4.0


class Factorised:
    """f from sparse LU factors at Chebyshev nodes; g and h are derivatives of the interpolant.

    What is interpolated is f(ρ) − c·ln(1 − ρ), c the number of unit eigenvalues, which takes the
    singularity at one out (Chebyshev interpolation; Trefethen, 2013, ch. 2 and 8), in the variable
    s = ln((ρ − low)/(high − ρ)) of the admissible interval: singularities at 1/ω beyond its ends,
    however close, are then π away from the real line. A coarse interpolant serves the whole
    interval; `refine` makes one that is checked against further factorisations to 1e-10.
    """

    def __init__(
        self,
        matrix: sparse.csr_array,
        *,
        symmetric: bool,
        interval: tuple[float, float],
        unit_roots: int,
    ) -> None:
        self.n = int(matrix.shape[0])
        self.interval = interval
        self._matrix = sparse.csc_array(matrix)
        self._symmetric = symmetric
        self._roots = unit_roots
        self._known: dict[float, float] = {}
        self._coarse: Chebyshev | None = None
        self._fine: list[Chebyshev] = []

    def f(self, rho: npt.ArrayLike) -> Vector:
        """ln|I − ρW|."""
        values = np.asarray(rho, dtype=np.float64)
        return np.asarray(self._smooth(values, 0) + self._root_part(values))

    def g(self, rho: npt.ArrayLike) -> Vector:
        """tr[W(I − ρW)⁻¹]."""
        values = np.asarray(rho, dtype=np.float64)
        return -self._smooth(values, 1) + self._roots / (1.0 - values)

    def h(self, rho: npt.ArrayLike) -> Vector:
        """tr[(W(I − ρW)⁻¹)²]."""
        values = np.asarray(rho, dtype=np.float64)
        return -self._smooth(values, 2) + self._roots / (1.0 - values) ** 2

    def refine(self, low: float, high: float) -> None:
        """Interpolate between `low` and `high` with as many nodes as 1e-10 of f asks for."""
        low, high = self._inside(low, high, MARGIN)
        if any(piece.domain[0] <= low and high <= piece.domain[1] for piece in self._fine):
            return
        count = int(np.ceil((high - low) / WIDEST))
        ends = np.linspace(low, high, count + 1)
        self._fine += [self._checked(a, b) for a, b in pairwise(ends.tolist())]

    def _checked(self, low: float, high: float) -> Chebyshev:
        """Interpolant between two values of s, of the first degree that three checks confirm."""
        checks = low + (high - low) * np.array([0.03, 0.37, 0.91])
        truth = self._many(checks)
        for degree in DEGREES:
            piece = Chebyshev.interpolate(self._many, degree, domain=[low, high])
            error = np.abs(piece(checks) - truth).max()
            if error <= ERROR * max(1.0, np.abs(truth).max()):
                break
        return piece

    def _smooth(self, values: Vector, order: int) -> Vector:
        """f − c·ln(1 − ρ), or its first or second derivative in ρ."""
        low, high = self.interval
        least = LEAST * (high - low)
        left, right = np.maximum(values - low, least), np.maximum(high - values, least)
        s = np.log(left / right)
        if order == 0:
            return self._interpolated(s, 0)
        slope = 1.0 / left + 1.0 / right
        if order == 1:
            return self._interpolated(s, 1) * slope
        bend = 1.0 / right**2 - 1.0 / left**2
        return self._interpolated(s, 2) * slope**2 + self._interpolated(s, 1) * bend

    def _interpolated(self, s: Vector, order: int) -> Vector:
        if self._coarse is None:
            ends = self._inside(-np.inf, np.inf, COARSE_MARGIN)
            self._coarse = Chebyshev.interpolate(self._many, COARSE_DEGREE, domain=list(ends))
        held = np.clip(s, *self._coarse.domain)
        out = np.asarray(_derivative(self._coarse, order)(held), dtype=np.float64)
        for piece in self._fine:
            within = (s >= piece.domain[0]) & (s <= piece.domain[1])
            if np.any(within):
                out = np.where(within, _derivative(piece, order)(s), out)
        return out

    def _inside(self, low: float, high: float, margin: float) -> tuple[float, float]:
        """Values of s at `low` and `high`, clipped a little inside the admissible interval."""
        left, right = self.interval
        space = margin * (right - left)
        low, high = max(low, left + space), min(high, right - space)
        return (
            float(np.log((low - left) / (right - low))),
            float(np.log((high - left) / (right - high))),
        )

    def _many(self, points: Vector) -> Vector:
        """Exact values at `points` of s."""
        left, right = self.interval
        rho = left + (right - left) / (1.0 + np.exp(-points))
        return np.array([self._smooth_at(float(value)) for value in rho])

    def _smooth_at(self, rho: float) -> float:
        if rho not in self._known:
            f = factor_logdet(self._matrix, rho, symmetric=self._symmetric)
            self._known[rho] = f - float(self._root_part(rho))
        return self._known[rho]

    def _root_part(self, rho: npt.ArrayLike) -> Vector:
        """c·ln(1 − ρ); without unit eigenvalues ρ may lie beyond one."""
        values = np.asarray(rho, dtype=np.float64)
        return self._roots * np.log1p(-values) if self._roots else np.zeros_like(values)


def factor_logdet(matrix: sparse.csc_array, rho: float, *, symmetric: bool) -> float:
    """ln|I − ρW| from one sparse LU factorisation.

    Fill-reducing order by the pattern's symmetry.
    """
    from scipy.sparse.linalg import splu

    system = sparse.csc_array(sparse.eye_array(matrix.shape[0], format="csc") - rho * matrix)
    if symmetric:
        factors = splu(
            system,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
    else:
        factors = splu(system, permc_spec="COLAMD")
    return float(np.log(np.abs(factors.U.diagonal())).sum())


def _derivative(piece: Chebyshev, order: int) -> Chebyshev:
    return piece if order == 0 else piece.deriv(order)
