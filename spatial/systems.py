"""Solving (I − ρW)v = r: one factorisation per ρ, kept with the weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from spatial.weights.logdet.similarity import similarity
from spatial.weights.operator import Operator

__all__ = ["DENSE_LIMIT", "DENSE_SHARE", "solve_system", "system_matrix", "too_dense"]

Array = npt.NDArray[np.float64]
Solver = Callable[[Array, bool], Array]
DENSE_LIMIT = 3000
DENSE_SHARE = 0.1
KEPT = 2


def solve_system(op: Operator, rho: float, right: Array, *, transposed: bool = False) -> Array:
    """(I − ρW)⁻¹ applied to columns, or its transpose.

    The last two factorisations are kept with the operator, one for ρ and one for λ.
    """
    kept: dict[float, Solver] = op.store.setdefault("factors", {})
    if rho not in kept:
        if len(kept) == KEPT:
            del kept[next(iter(kept))]
        kept[rho] = _factors(op, rho)
    return np.asarray(kept[rho](right, transposed), dtype=np.float64)


def system_matrix(op: Operator, rho: complex) -> sparse.csr_array:
    """I − ρW, with sorted indices."""
    system = sparse.csr_array(sparse.eye_array(op.n, format="csr") - rho * op.matrix)
    system.sort_indices()
    return system


def too_dense(*ops: Operator) -> bool:
    """Whether weights of the same units have so many links that sparse factors are no help."""
    return sum(op.matrix.nnz for op in ops) > DENSE_SHARE * ops[0].n ** 2


def _factors(op: Operator, rho: float) -> Solver:
    if op.n <= DENSE_LIMIT and too_dense(op):
        dense = linalg.lu_factor(np.eye(op.n) - rho * op.matrix.toarray(), check_finite=False)

        def solve_dense(right: Array, transposed: bool) -> Array:  # noqa: FBT001
            return np.asarray(
                linalg.lu_solve(dense, right, trans=1 if transposed else 0, check_finite=False)
            )

        return solve_dense
    from scipy.sparse.linalg import splu

    order: Literal["COLAMD", "MMD_AT_PLUS_A"]
    order = "COLAMD" if similarity(op) is None else "MMD_AT_PLUS_A"
    lu: Any = splu(sparse.csc_array(system_matrix(op, rho)), permc_spec=order)

    def solve_sparse(right: Array, transposed: bool) -> Array:  # noqa: FBT001
        block = np.ascontiguousarray(right, dtype=np.float64)
        return np.asarray(lu.solve(block, "T" if transposed else "N"))

    return solve_sparse
