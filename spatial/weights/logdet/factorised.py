"""Log-determinant of large graphs: a few sparse factorisations and one interpolant between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Chebyshev
from scipy import sparse

__all__ = ["Factorised", "factor_logdet"]

Vector = npt.NDArray[np.float64]
ERROR = 1e-10
DEGREES = (6, 10, 16, 24, 36)
COARSE_DEGREE = 8


class Factorised:
    """f from sparse LU factors at Chebyshev nodes; g and h are derivatives of the interpolant.

    What is interpolated is f(ρ) − c·ln(1 − ρ), c the number of unit eigenvalues, which takes the
    singularity
    at one out (Chebyshev interpolation; Trefethen, 2013, ch. 2 and 8). A coarse interpolant serves
    the whole
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
        return np.asarray(self._smooth(values, 0) + self._roots * np.log1p(-values))

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
        low, high = self._inside(low, high)
        if any(piece.domain[0] <= low and high <= piece.domain[1] for piece in self._fine):
            return
        checks = low + (high - low) * np.array([0.03, 0.37, 0.91])
        truth = np.array([self._smooth_at(point) for point in checks])
        for degree in DEGREES:
            piece = Chebyshev.interpolate(self._many, degree, domain=[low, high])
            error = np.abs(piece(checks) - truth).max()
            if error <= ERROR * max(1.0, np.abs(truth).max()):
                break
        self._fine.append(piece)

    def _smooth(self, values: Vector, order: int) -> Vector:
        if self._coarse is None:
            low, high = self._inside(-np.inf, np.inf)
            self._coarse = Chebyshev.interpolate(self._many, COARSE_DEGREE, domain=[low, high])
        out = np.asarray(_derivative(self._coarse, order)(values), dtype=np.float64)
        for piece in self._fine:
            within = (values >= piece.domain[0]) & (values <= piece.domain[1])
            if np.any(within):
                out = np.where(within, _derivative(piece, order)(values), out)
        return out

    def _inside(self, low: float, high: float) -> tuple[float, float]:
        """Clip to what lies a little inside the admissible interval."""
        left = max(self.interval[0], -4.0)
        right = min(self.interval[1], 4.0)
        margin = 1e-6 * (right - left) if np.isfinite(low) else 5e-3 * (right - left)
        return max(low, left + margin), min(high, right - margin)

    def _many(self, points: Vector) -> Vector:
        return np.array([self._smooth_at(float(point)) for point in points])

    def _smooth_at(self, rho: float) -> float:
        if rho not in self._known:
            f = factor_logdet(self._matrix, rho, symmetric=self._symmetric)
            self._known[rho] = f - self._roots * float(np.log1p(-rho))
        return self._known[rho]


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
