"""ln|I − ρW| at one ρ from one factorisation: SuperLU, dense LAPACK or CHOLMOD."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

__all__ = ["Cholesky", "CholeskyFactors", "Cholmod", "Dense", "Kernel", "SuperLU", "has_cholmod"]

Array = npt.NDArray[np.float64]
Kernel = Callable[[float], float]


class CholeskyFactors(Protocol):
    """Factors of I − ρM at one ρ."""

    def logdet(self) -> float:
        """ln|I − ρM|."""

    def solve(self, right: Array) -> Array:
        """(I − ρM)⁻¹r of a vector or columns."""


class SuperLU:
    """Sparse LU factors, in a fill-reducing order by the pattern's symmetry."""

    def __init__(self, matrix: sparse.csr_array, *, symmetric: bool) -> None:
        self._systems, self._symmetric = Systems(matrix), symmetric

    def __call__(self, rho: float) -> float:
        """ln|I − ρW|."""
        from scipy.sparse.linalg import splu

        options: dict[str, Any] = {"permc_spec": "COLAMD"}
        if self._symmetric:
            options = {
                "permc_spec": "MMD_AT_PLUS_A",
                "diag_pivot_thresh": 0.0,
                "options": {"SymmetricMode": True},
            }
        factors = splu(self._systems(rho), **options)
        return float(np.log(np.abs(factors.U.diagonal())).sum())


class Dense:
    """Dense LU factors, for weights that would fill theirs anyhow."""

    def __init__(self, matrix: sparse.csr_array) -> None:
        self._matrix = matrix

    def __call__(self, rho: float) -> float:
        """ln|I − ρW|."""
        system = self._matrix.toarray(order="F")
        system *= -rho
        system[np.diag_indices_from(system)] += 1.0
        factors = linalg.lu_factor(system, overwrite_a=True, check_finite=False)[0]
        return float(np.log(np.abs(np.diag(factors))).sum())


def has_cholmod() -> bool:
    """Whether scikit-sparse is installed."""
    return find_spec("sksparse") is not None


class Cholesky:
    """Cholesky factors of a symmetric I − ρM for any ρ, whose order is found once.

    (CHOLMOD; Chen, Davis, Hager and Rajamanickam, 2008.) Where rounding makes I − ρM indefinite,
    close to the ends of the interval, they raise ValueError.

    Raises
    ------
    ImportError
        scikit-sparse is not installed, or cannot be loaded.
    """

    def __init__(self, matrix: sparse.csr_array) -> None:
        from sksparse import cholmod

        self._matrix, self._systems = matrix, Systems(matrix)
        self._factorise = _by_analysis(cholmod, self._systems(0.0))

    def __reduce__(self) -> tuple[type[Cholesky], tuple[sparse.csr_array]]:
        """Travel to other processes without the analysis, which cannot."""
        return Cholesky, (self._matrix,)

    def __call__(self, rho: float) -> CholeskyFactors:
        """Factors of I − ρM."""
        from sksparse import cholmod

        try:
            return self._factorise(self._systems(rho))
        except cholmod.CholmodNotPositiveDefiniteError as indefinite:
            raise ValueError(f"I − ρM is not positive definite at {rho}") from indefinite


class Cholmod:
    """ln|I − ρM| from Cholesky factors; SuperLU takes over where they do not exist."""

    def __init__(self, factors: Cholesky, matrix: sparse.csr_array) -> None:
        self._factors, self._instead = factors, SuperLU(matrix, symmetric=True)

    def __call__(self, rho: float) -> float:
        """ln|I − ρM|."""
        try:
            return float(self._factors(rho).logdet())
        except ValueError:
            return self._instead(rho)


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


class Systems:
    """I − ρW for any ρ on one pattern, diagonal included."""

    def __init__(self, matrix: sparse.csr_array) -> None:
        n, links = matrix.shape[0], matrix.tocoo()
        at = np.arange(n)
        rows, columns = np.concatenate([links.row, at]), np.concatenate([links.col, at])
        self._weights = sparse.csc_array(
            (np.concatenate([links.data, np.zeros(n)]), (rows, columns)), shape=(n, n)
        )
        self._weights.sort_indices()
        self._diagonal = self._weights.indices == np.repeat(at, np.diff(self._weights.indptr))

    def __call__(self, rho: float) -> sparse.csc_array:
        """I − ρW."""
        weights = self._weights
        data = -rho * weights.data
        data[self._diagonal] += 1.0
        return sparse.csc_array((data, weights.indices, weights.indptr), shape=weights.shape)
