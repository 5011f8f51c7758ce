"""Diagonals of products with (I − ρW)⁻¹, at any size, by selected inversion.

S = I − ρW. What depends on ρ is differentiated in it by a step into the complex plane,
f′(ρ) = Im f(ρ + ih)/h, which loses nothing to cancellation (Squire and Trapp, 1998).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.selected import InverseEntries, Plan, plan_inverse
from spatial.systems import DENSE_LIMIT, system_matrix, too_dense
from spatial.weights.operator import Operator

__all__ = [
    "SMALL",
    "STEP",
    "Diagonals",
    "form_diagonal",
    "multiplier_diagonals",
    "multiplier_entries",
]

Array = npt.NDArray[np.float64]
STEP = 1e-20
SMALL = 300


class Diagonals(NamedTuple):
    """Diagonals (N,) of S⁻¹ and S⁻¹V, and their derivatives in ρ, those of S⁻¹WS⁻¹ and S⁻¹WS⁻¹V."""

    inverse: Array
    lagged: Array
    inverse_slope: Array
    lagged_slope: Array


def multiplier_diagonals(op: Operator, by: Operator, rho: float) -> Diagonals | None:
    """Diagonals for weights W of y and V of a regressor, often the same.

    None where the weights have too many links for their size.
    """
    w, v = op.matrix, by.matrix
    if rho == 0.0:
        through = (w * sparse.csr_array(v.T)).sum(axis=1)
        return Diagonals(np.ones(op.n), v.diagonal(), w.diagonal(), np.asarray(through, float))
    if op.n <= SMALL or (op.n <= DENSE_LIMIT and too_dense(op, by)):
        return _from_inverse(w, v, rho)
    found = multiplier_entries(op, by, rho)
    if found is None:
        return None
    inverse, lagged = found.diagonal, found.before(v)
    return Diagonals(inverse.real, lagged.real, inverse.imag / STEP, lagged.imag / STEP)


def multiplier_entries(op: Operator, by: Operator, rho: float) -> InverseEntries | None:
    """Entries of (I − (ρ + ih)W)⁻¹, h = `STEP`, where W, V or their transposes have entries.

    Real parts are those of S⁻¹, imaginary ones over h those of S⁻¹WS⁻¹. None where the weights have
    too many links for their size.
    """
    plan = _plan_of(op, by)
    return None if plan is None else plan.invert(system_matrix(op, rho + STEP * 1j))


def form_diagonal(
    op: Operator, at: float, outer: Operator | None = None, lam: float = 0.0
) -> Array | None:
    """diag W(I − ρW)⁻¹, or diag BW(I − ρW)⁻¹B⁻¹ with B = I − λM of other weights M, (N,).

    None where the weights have too many links for their size.
    """
    if outer is None:
        plan, system, w = _plan_of(op, op), system_matrix(op, at), op.matrix
    else:
        filtered = system_matrix(outer, lam)
        system = sparse.csr_array(filtered @ system_matrix(op, at))
        w = sparse.csr_array(filtered @ op.matrix)
        plan = plan_inverse(system, w)
    found = None if plan is None else plan.invert(system)
    return None if found is None else found.after(w)


def _plan_of(op: Operator, by: Operator) -> Plan | None:
    """Elimination of the pattern of W and V, kept with W; None where factors would not fit."""
    key = "elimination" if by is op else "elimination with others"
    known: tuple[Operator, Plan | None] | None = op.store.get(key)
    if known is None or known[0] is not by:
        known = by, None if too_dense(op, by) else plan_inverse(op.matrix, by.matrix)
        op.store[key] = known
    return known[1]


def _from_inverse(w: sparse.csr_array, v: sparse.csr_array, rho: float) -> Diagonals:
    """The same from the whole inverse, for few units."""
    inverse = np.linalg.inv(np.eye(w.shape[0]) - rho * w.toarray())
    change = np.asarray(w @ inverse)
    lagged = change if v is w else np.asarray(inverse @ v)
    return Diagonals(
        np.diag(inverse),
        np.diag(lagged),
        (inverse * change.T).sum(axis=1),
        (change * lagged.T).sum(axis=1),
    )
