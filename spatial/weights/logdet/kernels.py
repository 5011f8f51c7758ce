"""ln|I − ρW| at one ρ from one factorisation: SuperLU, dense LAPACK or CHOLMOD."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

__all__ = [
    "CholeskyFactors",
    "Kernel",
    "cholesky_factors",
    "cholmod_kernel",
    "dense_kernel",
    "has_cholmod",
    "superlu_kernel",
]

Array = npt.NDArray[np.float64]
Kernel = Callable[[float], float]


class CholeskyFactors(Protocol):
    """Factors of I − ρM at one ρ."""

    def logdet(self) -> float:
        """ln|I − ρM|."""

    def solve(self, right: Array) -> Array:
        """(I − ρM)⁻¹r of a vector or columns."""


def superlu_kernel(matrix: sparse.csr_array, *, symmetric: bool) -> Kernel:
    """Sparse LU factors, in a fill-reducing order by the pattern's symmetry."""
    from scipy.sparse.linalg import splu

    system = _systems(matrix)
    options: dict[str, Any] = {"permc_spec": "COLAMD"}
    if symmetric:
        options = {
            "permc_spec": "MMD_AT_PLUS_A",
            "diag_pivot_thresh": 0.0,
            "options": {"SymmetricMode": True},
        }

    def kernel(rho: float) -> float:
        factors = splu(system(rho), **options)
        return float(np.log(np.abs(factors.U.diagonal())).sum())

    return kernel


def dense_kernel(matrix: sparse.csr_array) -> Kernel:
    """Dense LU factors, for weights that would fill theirs anyhow."""

    def kernel(rho: float) -> float:
        system = matrix.toarray(order="F")
        system *= -rho
        system[np.diag_indices_from(system)] += 1.0
        factors = linalg.lu_factor(system, overwrite_a=True, check_finite=False)[0]
        return float(np.log(np.abs(np.diag(factors))).sum())

    return kernel


def has_cholmod() -> bool:
    """Whether scikit-sparse is installed."""
    return find_spec("sksparse") is not None


def cholesky_factors(matrix: sparse.csr_array) -> Callable[[float], CholeskyFactors]:
    """Cholesky factors of a symmetric I − ρM for any ρ, whose order is found once.

    (CHOLMOD; Chen, Davis, Hager and Rajamanickam, 2008.) Where rounding makes I − ρM indefinite,
    close to the ends of the interval, they raise ValueError.

    Raises
    ------
    ImportError
        scikit-sparse is not installed, or cannot be loaded.
    """
    from sksparse import cholmod

    system = _systems(matrix)
    factorise = _by_analysis(cholmod, system(0.0))

    def factors(rho: float) -> CholeskyFactors:
        try:
            return factorise(system(rho))
        except cholmod.CholmodNotPositiveDefiniteError as indefinite:
            raise ValueError(f"I − ρM is not positive definite at {rho}") from indefinite

    return factors


def cholmod_kernel(factors: Callable[[float], CholeskyFactors], matrix: sparse.csr_array) -> Kernel:
    """ln|I − ρM| from Cholesky factors; SuperLU takes over where they do not exist."""
    instead = superlu_kernel(matrix, symmetric=True)

    def kernel(rho: float) -> float:
        try:
            return float(factors(rho).logdet())
        except ValueError:
            return instead(rho)

    return kernel


@dataclass(frozen=True)
class _Elder:
    """Factors of scikit-sparse 0.4, whose solution is a call."""

    factor: Any

    def logdet(self) -> float:
        return float(self.factor.logdet())

    def solve(self, right: Array) -> Array:
        return np.asarray(self.factor(right))


def _by_analysis(
    cholmod: Any, pattern: sparse.csc_array
) -> Callable[[sparse.csc_array], CholeskyFactors]:
    """Factorise by one symbolic analysis, in the way of scikit-sparse 0.5 or in that of 0.4."""
    if hasattr(cholmod, "CholeskyFactor"):
        symbolic = cholmod.CholeskyFactor(pattern, order="default", supernodal_mode="supernodal")
        return lambda system: cast(CholeskyFactors, symbolic.copy().factorize(system))
    analysed = cholmod.analyze(sparse.csc_matrix(pattern), mode="supernodal")
    return lambda system: _Elder(analysed.cholesky(sparse.csc_matrix(system)))


def _systems(matrix: sparse.csr_array) -> Callable[[float], sparse.csc_array]:
    """I − ρW for any ρ on one pattern, diagonal included."""
    n, links = matrix.shape[0], matrix.tocoo()
    at = np.arange(n)
    rows, columns = np.concatenate([links.row, at]), np.concatenate([links.col, at])
    weights = sparse.csc_array(
        (np.concatenate([links.data, np.zeros(n)]), (rows, columns)), shape=(n, n)
    )
    weights.sort_indices()
    diagonal = weights.indices == np.repeat(at, np.diff(weights.indptr))

    def system(rho: float) -> sparse.csc_array:
        data = -rho * weights.data
        data[diagonal] += 1.0
        return sparse.csc_array((data, weights.indices, weights.indptr), shape=(n, n))

    return system
