"""Which log-determinant serves which graph; made once per graph and kept with it."""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from spatial.logdet.base import LogDeterminant, Spectrum
from spatial.logdet.factorised import Factorised
from spatial.logdet.similarity import symmetric_form, unit_roots
from spatial.weights.operator import Operator

__all__ = ["EIGENVALUE_LIMIT", "log_determinant"]

EIGENVALUE_LIMIT = 1500


def log_determinant(op: Operator) -> LogDeterminant:
    """Eigenvalues up to 1,500 units, sparse factorisations beyond; kept on the operator."""
    found = op.store.get("logdet")
    if found is None:
        found = _spectrum(op) if op.n <= EIGENVALUE_LIMIT else _factorised(op)
        op.store["logdet"] = found
    return found  # type: ignore[no-any-return]


def _spectrum(op: Operator) -> Spectrum:
    symmetric = symmetric_form(op.matrix)
    if symmetric is not None:
        values = linalg.eigvalsh(symmetric.toarray(), overwrite_a=True, check_finite=False)
    else:
        values = linalg.eigvals(op.matrix.toarray(), overwrite_a=True, check_finite=False)
        if np.abs(values.imag).max(initial=0.0) <= 1e-12:
            values = values.real
    return Spectrum(_unit_root_exact(values, op))


def _unit_root_exact(values: np.ndarray, op: Operator) -> np.ndarray:
    """The eigenvalue of rows that sum to one is one, not one up to rounding."""
    if op.row_scaled:
        near = np.abs(values - 1.0) < 1e-12
        values = np.where(near, 1.0, values)
    return values


def _factorised(op: Operator) -> Factorised:
    symmetric = symmetric_form(op.matrix)
    matrix = op.matrix if symmetric is None else symmetric
    return Factorised(
        matrix,
        symmetric=symmetric is not None,
        interval=_interval(matrix, symmetric=symmetric is not None),
        unit_roots=unit_roots(op.matrix),
    )


def _interval(matrix: sparse.csr_array, *, symmetric: bool) -> tuple[float, float]:
    """Ends of the admissible interval by Lanczos; (−1, 1) over the spectral radius when asymmetric."""
    from scipy.sparse.linalg import eigs, eigsh

    start = np.random.default_rng(0).normal(size=matrix.shape[0])
    if symmetric:
        low = eigsh(matrix, k=1, which="SA", v0=start, return_eigenvectors=False, tol=1e-8)[0]
        high = eigsh(matrix, k=1, which="LA", v0=start, return_eigenvectors=False, tol=1e-8)[0]
        return _end(float(low), -np.inf), _end(float(high), np.inf)
    radius = float(np.abs(eigs(matrix, k=1, which="LM", v0=start, return_eigenvectors=False)[0]))
    return _end(-radius, -np.inf), _end(radius, np.inf)


def _end(eigenvalue: float, absent: float) -> float:
    if abs(eigenvalue) < 1e-9:
        return absent
    nearest = round(eigenvalue)
    return 1.0 / (nearest if abs(eigenvalue - nearest) < 1e-8 else eigenvalue)
