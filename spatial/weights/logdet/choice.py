"""Which log-determinant serves which graph; made once per graph and kept with it."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from spatial.weights.logdet.base import LogDeterminant, Spectrum
from spatial.weights.logdet.factorised import Factorised
from spatial.weights.logdet.similarity import similarity, unit_roots
from spatial.weights.operator import Operator, has_cycles

__all__ = ["EIGENVALUE_LIMIT", "log_determinant"]

EIGENVALUE_LIMIT = 1500
LOOSE_BEYOND = 20_000


def log_determinant(op: Operator) -> LogDeterminant:
    """Eigenvalues up to 1,500 units, sparse factorisations beyond; kept on the operator.

    Without a cycle of links (rivers, say) all eigenvalues are zero, and no interval bounds ρ.
    """
    if "logdet" not in op.store:
        op.store["logdet"] = _made(op)
    found: LogDeterminant = op.store["logdet"]
    return found


def _made(op: Operator) -> LogDeterminant:
    if not has_cycles(op.matrix):
        return Spectrum(np.zeros(op.n))
    return _spectrum(op) if op.n <= EIGENVALUE_LIMIT else _factorised(op)


def _spectrum(op: Operator) -> Spectrum:
    similar = similarity(op)
    if similar is not None:
        real = linalg.eigvalsh(similar.matrix.toarray(), overwrite_a=True, check_finite=False)
        return Spectrum(_unit_root_exact(real, op))
    values = linalg.eigvals(op.matrix.toarray(), overwrite_a=True, check_finite=False)
    if np.abs(values.imag).max(initial=0.0) <= 1e-12:
        return Spectrum(_unit_root_exact(values.real, op))
    return Spectrum(_unit_root_exact(values, op))


def _unit_root_exact(values: npt.NDArray[Any], op: Operator) -> npt.NDArray[Any]:
    """The eigenvalue of rows that sum to one is one, not one up to rounding."""
    return np.where(np.abs(values - 1.0) < 1e-12, 1.0, values) if op.row_scaled else values


def _factorised(op: Operator) -> Factorised:
    similar = similarity(op)
    matrix = op.matrix if similar is None else similar.matrix
    return Factorised(
        matrix,
        symmetric=similar is not None,
        interval=_interval(matrix, symmetric=similar is not None, row_scaled=op.row_scaled),
        unit_roots=unit_roots(op.matrix),
    )


def _interval(
    matrix: sparse.csr_array, *, symmetric: bool, row_scaled: bool
) -> tuple[float, float]:
    """Ends of the admissible interval by Lanczos; (−1, 1) over the spectral radius when asymmetric.

    Beyond 20,000 units the lower end is found to a thousandth and then taken a thousandth too
    short.
    """
    from scipy.sparse.linalg import eigs, eigsh

    start = np.random.default_rng(0).normal(size=matrix.shape[0])
    if not symmetric:
        if row_scaled:
            return -1.0, 1.0
        found = eigs(matrix, k=1, which="LM", v0=start, return_eigenvectors=False)
        return -1.0 / float(np.abs(found[0])), 1.0 / float(np.abs(found[0]))
    loose = matrix.shape[0] > LOOSE_BEYOND
    tolerance = 1e-3 if loose else 1e-8

    def end(which: Literal["SA", "LA"]) -> float:
        value = eigsh(matrix, k=1, which=which, v0=start, return_eigenvectors=False, tol=tolerance)
        return float(value[0]) * (1.0 + tolerance if loose else 1.0)

    return 1.0 / end("SA"), 1.0 if row_scaled else 1.0 / end("LA")
