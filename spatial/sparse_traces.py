"""Traces of products of two inverses as traces of one: tr(A K⁻¹) with sparse A and K.

With S = I − ρW, B = I − λM, G = W S⁻¹, G̃ = BGB⁻¹ and H = MB⁻¹,

    tr G̃′G̃ = tr[(BW)′BW ((BS)′BS)⁻¹],  tr G̃H = tr[MW (BS)⁻¹],  tr G̃′H = tr[W′B′M (S′B′B)⁻¹],

and where M = W, so that all commute, G̃ = G. None of it needs more than the entries of the inverse
where A has entries, so that it is exact at sizes at which no inverse fits.
"""

from __future__ import annotations

from typing import NamedTuple

from scipy import sparse

from spatial.selected import inverse_entries
from spatial.systems import system_matrix, too_dense
from spatial.weights.operator import Operator

__all__ = ["JointProducts", "commuting_products", "joint_products", "square_product"]

Matrix = sparse.csr_array


class JointProducts(NamedTuple):
    """tr G̃′G̃, tr G̃H and tr G̃′H."""

    gtg: float
    gh: float
    gth: float


def square_product(op: Operator, at: float) -> float | None:
    """tr G′G; None where the weights have too many links for their size."""
    w, s = op.matrix, system_matrix(op, at)
    return _trace(w.T @ w, s.T @ s, op)


def commuting_products(op: Operator, rho: float, lam: float) -> tuple[float, float] | None:
    """tr GH and tr G′H for M = W; None as in `square_product`."""
    w, s, b = op.matrix, system_matrix(op, rho), system_matrix(op, lam)
    gh, gth = _trace(w @ w, b @ s, op), _trace(w.T @ w, s.T @ b, op)
    return None if gh is None or gth is None else (gh, gth)


def joint_products(
    op: Operator, error_op: Operator, rho: float, lam: float
) -> JointProducts | None:
    """All three for M other than W; None as in `square_product`."""
    w, m = op.matrix, error_op.matrix
    s, b = system_matrix(op, rho), system_matrix(error_op, lam)
    filtered, both = b @ w, b @ s
    gh = _trace(m @ w, both, op, error_op)
    gth = None if gh is None else _trace(filtered.T @ m, s.T @ b.T @ b, op, error_op)
    gtg = None if gth is None else _trace(filtered.T @ filtered, both.T @ both, op, error_op)
    if gh is None or gth is None or gtg is None:
        return None
    return JointProducts(gtg, gh, gth)


def _trace(above: Matrix, below: Matrix, *ops: Operator) -> float | None:
    """tr(A K⁻¹)."""
    if too_dense(*ops):
        return None
    a, k = sparse.csr_array(above), sparse.csr_array(below)
    a.sort_indices()
    k.sort_indices()
    found = inverse_entries(k, a)
    return None if found is None else float(found.trace(a))
