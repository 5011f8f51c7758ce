"""Entries of the inverse as a lookup, and the diagonals and traces that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.memory import available_memory
from spatial.selected.elimination import MOST_ENTRIES, Elimination, eliminate
from spatial.selected.fronts import invert_entries

__all__ = ["InverseEntries", "Plan", "inverse_entries", "plan_inverse"]

Numbers = npt.NDArray[Any]
Places = npt.NDArray[np.intp]
INEXACT = 1e-8
BYTES = 40.0


@dataclass(frozen=True, eq=False)
class InverseEntries:
    """Entries of K⁻¹ at the places of `matrix` (n, n), whose pattern is symmetric."""

    matrix: sparse.csr_array

    @property
    def diagonal(self) -> Numbers:
        """diag K⁻¹, (n,)."""
        return np.asarray(self.matrix.diagonal())

    def after(self, other: sparse.csr_array) -> Numbers:
        """diag(A K⁻¹) of A with entries where `matrix` has them, (n,)."""
        rows, columns = _places(other)
        return self._summed(other, self.at(columns, rows), rows)

    def before(self, other: sparse.csr_array) -> Numbers:
        """diag(K⁻¹A), (n,)."""
        rows, columns = _places(other)
        return self._summed(other, self.at(columns, rows), columns)

    def trace(self, other: sparse.csr_array) -> Any:
        """tr(A K⁻¹)."""
        return self.after(other).sum()

    def beside(self, other: sparse.csr_array) -> sparse.csr_array:
        """Entries of K⁻¹ times those of A′ at the same places, K⁻¹ ∘ A′."""
        turned = sparse.csr_array(other.T)
        rows, columns = _places(turned)
        kept = (turned.data * self.at(rows, columns), turned.indices, turned.indptr)
        return sparse.csr_array(kept, shape=turned.shape)

    def at(self, rows: Places, columns: Places) -> Numbers:
        """Entries of K⁻¹ at these places, which `matrix` has."""
        found = np.searchsorted(self._keys, rows * self.matrix.shape[0] + columns)
        return np.asarray(self.matrix.data[found])

    @cached_property
    def _keys(self) -> Places:
        return _keys(self.matrix)

    def _summed(self, other: sparse.csr_array, entries: Numbers, over: Places) -> Numbers:
        products, n = other.data * entries, self.matrix.shape[0]
        real = np.bincount(over, weights=products.real, minlength=n)
        if not np.iscomplexobj(products):
            return real
        return np.asarray(real + 1j * np.bincount(over, weights=products.imag, minlength=n))


@dataclass(frozen=True, eq=False)
class Plan:
    """A symmetric pattern and how it is eliminated, for any matrix with entries within it."""

    pattern: sparse.csr_array
    tree: Elimination

    def invert(self, matrix: sparse.csr_array) -> InverseEntries | None:
        """Entries of K⁻¹ at the places of the pattern.

        Elimination goes along the diagonal, which is stable for I − ρW with ρ in its interval and
        for what is positive definite. Whether it was is seen in diag(K K⁻¹), which is one; None is
        returned where it is not to eight digits.

        Parameters
        ----------
        matrix
            K (n, n), real or complex.
        """
        rows, columns = _places(self.pattern)
        values = np.zeros(self.pattern.nnz, dtype=matrix.dtype)
        values[np.searchsorted(_keys(self.pattern), _keys(matrix))] = matrix.data
        try:
            found = invert_entries(self.tree, rows, columns, values)
        except np.linalg.LinAlgError:
            return None
        kept = (found, self.pattern.indices, self.pattern.indptr)
        entries = InverseEntries(sparse.csr_array(kept, shape=self.pattern.shape))
        unit = entries.after(matrix)
        return entries if np.abs(unit - 1.0).max(initial=0.0) <= INEXACT else None


def plan_inverse(*matrices: sparse.csr_array, most: float = MOST_ENTRIES) -> Plan | None:
    """Plan for the pattern of all matrices (n, n), their transposes and the diagonal.

    None where the factors would hold more than `most` numbers, or more than memory does.
    """
    n = matrices[0].shape[0]
    total = sparse.eye_array(n, format="csr")
    for matrix in matrices:
        ones = sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), (n, n))
        total = total + ones + ones.T
    pattern = sparse.csr_array(total)
    pattern.sort_indices()
    tree = eliminate(pattern, min(most, available_memory() / BYTES))
    return None if tree is None else Plan(pattern, tree)


def inverse_entries(
    matrix: sparse.csr_array, *also: sparse.csr_array, most: float = MOST_ENTRIES
) -> InverseEntries | None:
    """Entries of K⁻¹ where K, others, or their transposes have entries.

    None where the factors would hold more than `most` numbers, or the entries are not exact.

    Examples
    --------
    >>> chain = sparse.diags_array([-np.ones(3), 3 * np.ones(4), -np.ones(3)], offsets=[-1, 0, 1])
    >>> found = inverse_entries(sparse.csr_array(chain))
    >>> bool(np.allclose(found.diagonal, np.diag(np.linalg.inv(chain.toarray()))))
    True
    """
    plan = plan_inverse(matrix, *also, most=most)
    return None if plan is None else plan.invert(matrix)


def _places(matrix: sparse.csr_array) -> tuple[Places, Places]:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return rows, matrix.indices.astype(np.intp)


def _keys(matrix: sparse.csr_array) -> Places:
    """Places as one number; ascending where indices are sorted."""
    rows, columns = _places(matrix)
    return rows * matrix.shape[0] + columns
