"""ln|I − ρW| at one ρ from one factorisation: SuperLU, dense LAPACK or CHOLMOD."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy import linalg, sparse

__all__ = ["Kernel", "cholmod_kernel", "dense_kernel", "has_cholmod", "superlu_kernel"]

Kernel = Callable[[float], float]


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


def cholmod_kernel(matrix: sparse.csr_array) -> Kernel:
    """Cholesky factors of a symmetric I − ρM, whose order is found once (Chen et al., 2008).

    Close to the ends of the interval, where rounding may make it indefinite, SuperLU takes over.

    Raises
    ------
    ImportError
        scikit-sparse is not installed, or cannot be loaded.
    """
    from sksparse import cholmod

    system, instead = _systems(matrix), superlu_kernel(matrix, symmetric=True)
    factor = _by_analysis(cholmod, system(0.0))

    def kernel(rho: float) -> float:
        try:
            return float(factor(system(rho)).logdet())
        except cholmod.CholmodNotPositiveDefiniteError:
            return instead(rho)

    return kernel


def _by_analysis(cholmod: Any, pattern: sparse.csc_array) -> Callable[[sparse.csc_array], Any]:
    """Factorise by one symbolic analysis, in the way of scikit-sparse 0.5 or in that of 0.4."""
    if hasattr(cholmod, "CholeskyFactor"):
        symbolic = cholmod.CholeskyFactor(pattern, order="default", supernodal_mode="supernodal")
        return lambda system: symbolic.copy().factorize(system)
    analysed = cholmod.analyze(sparse.csc_matrix(pattern), mode="supernodal")
    return lambda system: analysed.cholesky(sparse.csc_matrix(system))


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
