"""Sums over all pairs of units of products of the forms, from sparse factors alone.

Each form is A = NK⁻¹ with sparse N and K: BW and BS for ρ, M and B for λ, S = I − ρW, B = I − λM.
With R = ½(A + A′), R̃ the same of another form Ã = ÑK̃⁻¹, and C = diag(c),

    Σ_{k≠l} R_kl R̃_kl c_k c_l = ½ tr(C A C Ã′) + ½ tr(C A C Ã) − Σ_k A_kk Ã_kk c_k².

tr(C A C Ã′) = tr[Ñ′CN (K̃′C⁻¹K)⁻¹] is linear in the inner C, which is taken as the difference of two
positive ones; tr(C A C Ã) is the derivative in η, at zero, of tr[C N (K − ηQ)⁻¹] with the sparse
Q = CÑK̃⁻¹K.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.covariance.forms import Form
from spatial.diagonals import STEP
from spatial.selected import InverseEntries, Plan, plan_inverse
from spatial.systems import system_matrix, too_dense

__all__ = ["Weighted", "pair_sums"]

Array = npt.NDArray[np.float64]
Matrix = sparse.csr_array


class Weighted(NamedTuple):
    """A vector c (N,) and how often its sum counts."""

    weight: float
    values: Array


class _Quotient(NamedTuple):
    """N and K of a form."""

    above: Matrix
    below: Matrix


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two forms, `turned` = ÑK̃⁻¹K, and plans for K̃′C⁻¹K and K − ηQ."""

    one: _Quotient
    other: _Quotient
    turned: Matrix
    squared: Plan
    plain: Plan

    def sum(self, vectors: Sequence[Weighted]) -> float | None:
        """½ tr(C A C Ã′) + ½ tr(C A C Ã), summed over the vectors."""
        largest = np.max([np.abs(values) for _, values in vectors], axis=0)
        shift = largest + largest.mean()
        total, beside = 0.0, self._squared(shift)
        for weight, c in vectors:
            found, straight = self._squared(c + shift), self._with_itself(c)
            if beside is None or found is None or straight is None:
                return None
            outer = _csr(self.other.above.T @ _scaled(c, self.one.above))
            turned = float(found.trace(outer) - beside.trace(outer))
            total += 0.5 * weight * (turned + straight)
        return total

    def _squared(self, c: Array) -> InverseEntries | None:
        """(K̃′C⁻¹K)⁻¹ of a positive C."""
        return self.squared.invert(_csr(self.other.below.T @ _scaled(1.0 / c, self.one.below)))

    def _with_itself(self, c: Array) -> float | None:
        """tr(C A C Ã)."""
        stepped = _csr(self.one.below - STEP * 1j * _scaled(c, self.turned))
        found = self.plain.invert(stepped)
        above = _scaled(c, self.one.above)
        return None if found is None else float(found.trace(above).imag / STEP)


def pair_sums(forms: Sequence[Form], vectors: Sequence[Weighted]) -> Array | None:
    """Weighted sums over vectors c of Σ_{k≠l} R_kl R̃_kl c_k c_l for every pair of forms.

    Parameters
    ----------
    forms
        That of ρ, that of λ, or both, of the same periods.

    Returns
    -------
    Array
        (forms, forms), or None where weights have too many links for their size.
    """
    if too_dense(*(form.op for form in forms)):
        return None
    quotients, own = _quotients(forms), []
    for quotient in quotients:
        diagonal = _diagonal(quotient)
        if diagonal is None:
            return None
        own.append(diagonal)
    out = np.zeros((len(forms), len(forms)))
    for i, one in enumerate(quotients):
        for j, other in enumerate(quotients[: i + 1]):
            pair = _pair(other, one, forms[0] if i != j else None)
            found = None if pair is None else pair.sum(vectors)
            if found is None:
                return None
            both = own[i] * own[j]
            same = sum(weight * float(both @ values**2) for weight, values in vectors)
            out[i, j] = out[j, i] = found - same
    return out


def _quotients(forms: Sequence[Form]) -> list[_Quotient]:
    last = forms[-1]
    error = _Quotient(last.op.matrix, system_matrix(last.op, last.at))
    if len(forms) == 1:
        return [error]
    w, s = forms[0].op.matrix, system_matrix(forms[0].op, forms[0].at)
    return [_Quotient(_csr(error.below @ w), _csr(error.below @ s)), error]


def _pair(one: _Quotient, other: _Quotient, lag: Form | None) -> _Pair | None:
    """The pair of a form with itself, or with `lag` the pair of the form of ρ with that of λ."""
    turned = other.above if lag is None else _csr(other.above @ system_matrix(lag.op, lag.at))
    plain = plan_inverse(one.below, one.above, turned)
    if plain is None:
        return None
    squared = plan_inverse(_csr(other.below.T @ one.below), _csr(other.above.T @ one.above))
    return None if squared is None else _Pair(one, other, turned, squared, plain)


def _diagonal(quotient: _Quotient) -> Array | None:
    plan = plan_inverse(*quotient)
    found = None if plan is None else plan.invert(quotient.below)
    return None if found is None else found.after(quotient.above)


def _scaled(c: Array, matrix: Matrix) -> Matrix:
    return _csr(sparse.diags_array(c) @ matrix)


def _csr(matrix: Matrix) -> Matrix:
    return sparse.csr_array(matrix)
