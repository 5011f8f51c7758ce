"""Solving (I − ρW)v = r: one factorisation per ρ, kept with the weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from spatial.iteration import by_conjugate_gradients, by_repetition
from spatial.weights.logdet import factors_by, shared_cholesky
from spatial.weights.logdet.similarity import Similarity, similarity
from spatial.weights.operator import Operator

__all__ = ["DENSE_LIMIT", "DENSE_SHARE", "solve_system", "system_matrix", "too_dense"]

Array = npt.NDArray[np.float64]
Solver = Callable[[Array, bool], Array]
DENSE_LIMIT = 3000
DENSE_SHARE = 0.1
KEPT = 2
NEAR_DIAGONAL = 0.01


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
    way, similar = factors_by(op), similarity(op)
    if way is None:
        return _iterated(op, rho, similar)
    if way == "cholmod" and similar is not None:
        try:
            return _symmetric(shared_cholesky(op, similar)(rho).solve, similar)
        except ValueError:
            pass
    from scipy.sparse.linalg import splu

    system = sparse.csc_array(system_matrix(op, rho))
    lu: Any
    if similar is None:
        lu = splu(system, permc_spec="COLAMD")
    else:
        lu = splu(
            system,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=NEAR_DIAGONAL,
            options={"SymmetricMode": True},
        )

    def solve_sparse(right: Array, transposed: bool) -> Array:  # noqa: FBT001
        block = np.ascontiguousarray(right, dtype=np.float64)
        return np.asarray(lu.solve(block, "T" if transposed else "N"))

    return solve_sparse


def _iterated(op: Operator, rho: float, similar: Similarity | None) -> Solver:
    """Without factors, where they would not fit into memory."""
    if similar is not None:
        matrix = similar.matrix
        return _symmetric(
            lambda right: by_conjugate_gradients(lambda v: v - rho * (matrix @ v), right), similar
        )
    ahead, back = rho * op.matrix, sparse.csr_array(rho * op.matrix.T)

    def solve(right: Array, transposed: bool) -> Array:  # noqa: FBT001
        chosen = back if transposed else ahead
        return by_repetition(lambda v: np.asarray(chosen @ v), np.asarray(right, dtype=np.float64))

    return solve


def _symmetric(inverse: Callable[[Array], Array], similar: Similarity) -> Solver:
    """(I − ρW)⁻¹ = D^-½ (I − ρM)⁻¹ D^½ from the inverse of the symmetric form, for columns."""
    root = np.sqrt(similar.scale)[:, None]

    def solve(right: Array, transposed: bool) -> Array:  # noqa: FBT001
        columns = np.asarray(right, dtype=np.float64).reshape(len(root), -1)
        inner = columns / root if transposed else columns * root
        done = inverse(inner)
        return np.asarray(done * root if transposed else done / root).reshape(right.shape)

    return solve
